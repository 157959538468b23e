"""The dispatch board and what the repair's page shows of faults, visits and delays."""

import datetime as dt

import pytest

from models import Repair
from models.actors import By
from models.desk.repair import finishing, items, postponing, repairs, visits
from models.desk.repair.items import Fault
from tests.admin import builders

pytestmark = pytest.mark.sqlite_only  # what a page says does not depend on the database
H = dt.timedelta(hours=1)


def page(person, path: str) -> str:
    answer = person.get(f"/admin/{path}")
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_the_board_has_a_lane_for_each_crew_and_what_nobody_has_at_the_side(as_role, session, desk, now) -> None:
    waiting = builders.reported(session, desk.follower, desk.project, now, "门关不严")
    waiting.crew = None
    session.commit()
    shown = page(as_role("engineer"), "dispatch/")
    side, lanes = shown.split('class="crews"')
    assert waiting.number in side and waiting.number not in lanes
    assert desk.repair.number in lanes and desk.other_crew.name in lanes


def test_giving_a_job_from_the_board_comes_back_to_it_and_says_what_clashes(as_role, session, desk, now, look) -> None:
    other = builders.reported(session, desk.follower, desk.project, now, "门关不严")
    other.project, other.house_text = None, "城西公馆3-802"
    for case in (other, desk.repair):
        case.when_start, case.when_end = now + 4 * H, now + 6 * H
    session.flush()
    repairs.assign(session, other, desk.other_crew, by=By("staff", 1, "小林"), now=now)
    visits.accept(session, other, by=By("crew", desk.other_crew.id, desk.other_crew.name), now=now)
    session.commit()
    person = as_role("engineer")
    answer = person.post(
        f"/admin/repairs/{desk.repair.id}/assign", crew=desk.other_crew.id, version=desk.repair.version, back="dispatch"
    )
    assert answer.location.endswith("/admin/dispatch/")
    shown = page(person, "dispatch/")
    assert f"{desk.repair.number} 和 {other.number}" in shown and "时间撞了" in shown
    assert look(lambda session: session.get(Repair, desk.repair.id).crew_id) == desk.other_crew.id


def test_the_page_shows_faults_visits_materials_and_other_times(as_role, session, desk, now) -> None:
    case, by = desk.repair, By("crew", desk.crew.id, desk.crew.name)
    items.name(case, [Fault("厨房漏水"), Fault("卧室门关不上")])
    repairs.assign(session, case, desk.crew, by=By("staff", 1, "小林"), now=now)
    visits.arrive(session, case, by=by, now=now, place=(30.27, 120.15))
    postponing.ask(session, case, postponing.Window(now + 24 * H, now + 27 * H, "", "等合页"), words="", by=by, now=now)
    work = visits.Work(("角阀1个",), {2: "等合页"})
    visits.finish(session, case, note="换了角阀", by=by, now=now + H, work=work)
    session.commit()
    shown = page(as_role("engineer"), f"repairs/{case.number}")
    for words in ("厨房漏水", "没修", "等合页", "角阀1个", "换了角阀", "没修完", "发过位置", "作废"):
        assert words in shown, words


def test_a_delay_is_told_from_the_page_and_late_ones_stand_in_a_view_of_their_own(
    as_role, session, desk, now, clock, look
) -> None:
    limit = finishing.promise(session, desk.repair, now=now)
    session.commit()
    person = as_role("agent")
    assert desk.repair.number not in page(person, "repairs/?view=overdue")
    clock.now = limit.due_at + H
    assert desk.repair.number in page(person, "repairs/?view=overdue")
    path, until = f"/admin/repairs/{desk.repair.id}/delay", (limit.due_at + 72 * H).date().isoformat()
    person.post(path, until="nonsense", reason="缺货", version=desk.repair.version)
    assert look(lambda session: session.get(Repair, desk.repair.id).late_until) is None
    person.post(path, until=until, reason="缺货", version=desk.repair.version)
    found = look(lambda session: session.get(Repair, desk.repair.id))
    assert (found.late_reason, found.late_until.isoformat()) == ("缺货", until)
    assert f"延到 {until}" in page(person, f"repairs/{desk.repair.number}")
