"""The scene and its cast: a house, its crew, somebody in the office, and people with phones."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from sqlalchemy import Engine

from clock import Frozen
from models.desk import promises
from models.desk.account import people
from models.desk.staff import roles
from models.houses import Crew, Estate, Project
from models.people import Customer, ProjectMember
from models.staff import Staff
from settings import Settings
from templates import Texts
from tests.stories.scene import Person, Scene


@pytest.fixture(scope="session")
def texts() -> Texts:
    """The chat's own words, compiled once."""
    return Texts()


@pytest.fixture
def make_scene(
    engine: Engine, make_settings: Callable[..., Settings], clock: Frozen, texts: Texts
) -> Callable[..., Scene]:
    """A house without people, its texts given; the service notice is set up, as `make run` has it."""

    def make(words: Texts = texts) -> Scene:
        notices = {"template": "SANDBOX-SERVICE-NOTICE", "subscribe": "SANDBOX-SUBSCRIBE-NOTICE"}
        set_up = make_settings(**{f"wechat_{kind}_notice": template for kind, template in notices.items()})
        return Scene(engine, set_up, clock, words)

    return make


@pytest.fixture
def scene(make_scene: Callable[..., Scene]) -> Scene:
    """A house without people."""
    return make_scene()


@dataclass
class Cast:
    """Who stands on the scene. Ids are those of the records."""

    homeowner: Person
    crew: Person
    other_crew: Person
    engineer: Person
    crew_id: int
    other_crew_id: int
    engineer_id: int
    agent_id: int
    project_id: int


@pytest.fixture
def cast(scene: Scene) -> Cast:
    """Mrs Lin of 翡翠城8幢1602, whose house 王师傅 looks after; 李师傅; 赵工 with a WeChat; 小林 and 周经理 without."""
    with scene.desk() as session:
        promises.ensure_policies(session)
        role = roles.plant(session)
        staff = {
            name: Staff(username=name, name=title, role=role[name])
            for name, title in (("agent", "小林"), ("engineer", "赵工"), ("manager", "周经理"))
        }
        session.add_all(staff.values())
        session.flush()
        crews = [Crew(name=name, trades=["水"], lead=staff["engineer"]) for name in ("王师傅", "李师傅")]
        house = Project(
            number="HT-1", estate=Estate(name="翡翠城"), building="8幢", room="1602", crew=crews[0],
            supervisor=staff["engineer"], stage="in_warranty", created_at=scene.now(),
        )  # fmt: skip
        lin = Customer(name="林晓", form="女士", phone="13700137002", stage="in_warranty", created_at=scene.now())
        session.add_all([*crews, house, lin, ProjectMember(project=house, customer=lin, role="owner")])
        session.flush()
        for openid, facts in (
            ("oStory_lin", {"customer_id": lin.id}),
            ("oStory_wang", {"crew_id": crews[0].id}),
            ("oStory_li", {"crew_id": crews[1].id}),
            ("oStory_zhao", {"staff_id": staff["engineer"].id}),
        ):
            follower = people.find_or_add(session, openid, now=scene.now())
            for name, value in facts.items():
                setattr(follower, name, value)
        ids = (crews[0].id, crews[1].id, staff["engineer"].id, staff["agent"].id, house.id)
    phones = [
        scene.person("oStory_lin", "林女士"),
        scene.person("oStory_wang", "王师傅", kind="crew"),
        scene.person("oStory_li", "李师傅", kind="crew"),
        scene.person("oStory_zhao", "赵工", kind="staff"),
    ]
    for person in phones[1:]:
        person.says("你好")  # they use the account daily, so their windows are open
    return Cast(*phones, *ids)


@pytest.fixture
def reported(scene: Scene, cast: Cast) -> Cast:
    """The cast after Mrs Lin's tap was reported and offered to 王师傅; everybody has read their phone."""
    cast.homeowner.says("厨房水龙头滴水，随时在家")
    assert "单号 BX" in cast.homeowner.says("是的")
    scene.run_jobs()
    for person in (cast.homeowner, cast.crew, cast.other_crew, cast.engineer):
        person.reads()
    return cast
