"""The menu within the platform's limits, one at a time under the chat; tags within theirs."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import MenuVersion, Tag, Tagging
from models.desk.account import menus, people, tags
from models.errors import DomainError, Missing
from models.menus import KEYS, MENU_MOVES, TAG_MOVES, TAGGING_MOVES, CannotStep

REPAIR = {"name": "我要报修", "type": "click", "key": "MENU_REPAIR"}
SITE = {"name": "官网", "type": "view", "url": "https://nuanju.example"}
MORE = {"name": "更多", "sub_button": [REPAIR, SITE]}


def below(count: int) -> dict:
    return {"name": "更多", "sub_button": [REPAIR] * count}


@pytest.mark.parametrize("buttons", [
    [REPAIR], [REPAIR, SITE, MORE], [below(5)], [{**REPAIR, "name": "字" * 5}],
    [{"name": "更多", "sub_button": [{**REPAIR, "name": "字" * 20}]}], *[[{**REPAIR, "key": key}] for key in KEYS],
])  # fmt: skip
def test_a_menu_within_the_limits_is_taken(buttons) -> None:
    menus.check(buttons)


@pytest.mark.parametrize(("buttons", "why"), [
    ([], "menu_empty"), ([REPAIR] * 4, "menu_many"), ([below(6)], "menu_below"),
    ([{**REPAIR, "name": ""}], "menu_no_name"),
    ([{**REPAIR, "name": "字" * 6}], "menu_long"), ([{**REPAIR, "key": "MENU_NOBODY"}], "menu_nothing"),
    ([{"name": "更多", "sub_button": [{**REPAIR, "name": "字" * 21}]}], "menu_long"),
    ([{**SITE, "url": "javascript:alert(1)"}], "menu_nothing"), ([{**SITE, "url": ""}], "menu_nothing"),
    ([{**SITE, "url": "https://x/" + "y" * 1024}], "menu_nothing"), ([{"name": "空"}], "menu_nothing"),
])  # fmt: skip
def test_what_the_platform_or_the_bot_would_not_take_is_refused(buttons, why) -> None:
    with pytest.raises(menus.BadMenu) as refusal:
        menus.check(buttons)
    assert refusal.value.key == f"errors.{why}"


@pytest.mark.parametrize(("model", "moves"), [(MenuVersion, MENU_MOVES), (Tag, TAG_MOVES), (Tagging, TAGGING_MOVES)])
def test_every_kind_moves_along_its_arrows_only(now, model, moves) -> None:
    for state in moves:
        for to in moves:
            row = model(_state=state, next_try_at=now)
            if to in moves[state]:
                row.move(to, now=now)
                assert row.state == to
            else:
                with pytest.raises(CannotStep):
                    row.move(to, now=now)
                assert row.state == state


def test_one_version_is_wanted_one_is_in_use_and_the_old_one_comes_back(session: Session, now) -> None:
    first, second = (menus.draft(session, [one], staff=None, now=now) for one in (REPAIR, SITE))
    menus.publish(session, first, now=now)
    menus.publish(session, second, now=now)
    assert (first.state, second.state) == ("draft", "wanted")
    menus.published(session, second, now=now)
    menus.publish(session, first, now=now)
    menus.published(session, first, now=now)
    assert (first.state, second.state) == ("published", "retired")
    assert menus.current(session) is first
    menus.publish(session, second, now=now)
    menus.published(session, second, now=now)
    assert menus.current(session) is second and first.state == "retired"


def test_a_tag_has_a_name_of_its_own_and_the_account_a_hundred(session: Session, now) -> None:
    tags.make(session, " 样板房 ", now=now)
    for name, refusal in (("样板房", tags.Taken), ("  ", Missing), ("字" * 31, DomainError)):
        with pytest.raises(refusal):
            tags.make(session, name, now=now)
    for number in range(99):
        tags.make(session, f"t{number}", now=now)
    with pytest.raises(tags.TooMany):
        tags.make(session, "one more", now=now)


def test_a_person_has_twenty_tags_and_each_once(session: Session, now) -> None:
    person = people.find_or_add(session, "o-tagged", now=now)
    made = [tags.make(session, f"t{number}", now=now) for number in range(21)]
    for tag in made[:20]:
        assert tags.put(session, tag, [person], now=now) == 1
    assert tags.put(session, made[0], [person], now=now) == 0
    with pytest.raises(tags.TooMany):
        tags.put(session, made[20], [person], now=now)
    first = session.scalars(select(Tagging).where(Tagging.tag_id == made[0].id)).one()
    tags.take_off(session, first, now=now)
    assert first.state == "off"
    assert tags.put(session, made[20], [person], now=now) == 1


def test_a_tag_that_is_on_comes_off_by_a_job_and_may_be_kept_after_all(session: Session, now) -> None:
    person, tag = people.find_or_add(session, "o-tagged", now=now), tags.make(session, "t", now=now)
    tags.put(session, tag, [person], now=now)
    row = session.scalars(select(Tagging)).one()
    row.move("put", now=now)
    tags.take_off(session, row, now=now)
    assert row.state == "unwanted"
    assert tags.put(session, tag, [person], now=now) == 1 and row.state == "put"
