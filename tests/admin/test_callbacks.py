"""The callback workbench, slips and survey forms, as colleagues use them."""

import datetime as dt

import pytest
from sqlalchemy import select

from models import Answer, AuditEntry, Callback, Disclosure, Slip, Staff, Survey, SurveyForm
from models.actors import SYSTEM
from models.desk.callback import callbacks, forms, slips, surveys
from tests.admin.builders import PHONE


def followed(person, path: str, told: dict) -> str:
    """The page that stands there after the form was sent."""
    answer = person.post(path, **told)
    return person.get(answer.location).text if answer.location else answer.text


pytestmark = pytest.mark.sqlite_only  # what the pages do is done by verbs that are tested on both databases


@pytest.fixture
def calls(desk, session, now) -> list[Callback]:
    """Three calls owed by the agent: an inspection, a wish, one for tomorrow."""
    forms.plant(session, now=now)
    agent = session.get(Staff, desk.staff["agent"].id)
    project, talk = session.merge(desk.project), session.merge(desk.conversation)
    more = {"owner": agent, "phone": PHONE}
    rows = [
        callbacks.ask(session, "control_point", about=project, now=now, words="中期验收", **more),
        callbacks.ask(session, "asked_by_customer", about=talk, now=now, words="量房 13800138000", **more),
        callbacks.ask(session, "repair_done", about=session.merge(desk.repair), now=now, **more),
    ]
    rows[0].due_at = now - dt.timedelta(hours=1)
    rows[2].from_at = now + dt.timedelta(days=1)
    session.commit()
    return rows


def test_one_card_at_a_time_with_its_script_and_the_phone_masked(as_role, calls) -> None:
    page = as_role("agent").get("/admin/callbacks/desk").text
    assert calls[0].number in page and "中期验收做完了" in page and "施工工艺几分" in page
    assert PHONE not in page and "138****8000" in page and "0/" in page
    other = as_role("agent").get(f"/admin/callbacks/desk?at={calls[1].id}").text
    assert "量房" in other and PHONE not in other


def test_revealing_the_phone_is_on_record(as_role, calls, session) -> None:
    assert as_role("agent").post(f"/admin/reveal/callback/{calls[0].id}/phone").json["value"] == PHONE
    assert session.scalars(select(Disclosure)).one().record_type == "callback"


def test_answers_land_on_the_form_and_the_next_card_comes(as_role, calls, session) -> None:
    told = {f"score_{key}": "5" for key in ("workmanship", "conduct", "designer", "whole")}
    told |= {"score_supervisor": "2", "words_supervisor": "没来过", "version": calls[0].version}
    page = followed(as_role("agent"), f"/admin/callbacks/{calls[0].id}/answered", told)
    assert calls[1].number in page and "1/" in page
    session.expire_all()
    survey = session.scalars(select(Survey).where(Survey.callback_id == calls[0].id)).one()
    assert (survey.state, survey.score, {row.by for row in survey.answers}) == ("answered", 5, {"phone"})
    assert session.scalars(select(Slip)).one().problem == "没来过"
    assert session.get(Callback, calls[0].id).state == "done"
    assert session.scalars(select(AuditEntry.action).order_by(AuditEntry.id.desc())).first() == "callback.answered"


def test_words_that_were_said_before_keep_their_number(as_role, calls, session) -> None:
    at, said = calls[0].asked_at, f"找我爱人{PHONE}说"
    survey = surveys.of_callback(session, calls[0], now=at)
    survey.answers.append(Answer(question="conduct", score=4, words=said, sentiment="positive", by="chat", at=at))
    session.commit()
    agent = as_role("agent")
    assert 'value="找我爱人138****8000说"' in agent.get("/admin/callbacks/desk").text
    told = {f"score_{key}": "5" for key in ("workmanship", "conduct", "supervisor", "designer", "whole")}
    told |= {"words_conduct": "找我爱人138****8000说", "version": calls[0].version}
    agent.post(f"/admin/callbacks/{calls[0].id}/answered", **told)
    session.expire_all()
    kept = {row.question: row.words for row in survey.answers}
    assert kept["conduct"] == said


def test_an_empty_form_is_refused_and_nothing_is_lost(as_role, calls, session) -> None:
    page = followed(as_role("agent"), f"/admin/callbacks/{calls[0].id}/answered", {"version": calls[0].version})
    assert "问卷还没填" in page
    session.expire_all()
    assert session.get(Callback, calls[0].id).attempts == []


@pytest.mark.parametrize(("preset", "hours"), [("half", 0.5), ("evening", 9), ("morning", 23.5)])
def test_not_reached_is_tried_again_when_the_person_chose(as_role, calls, session, now, preset, hours) -> None:
    told = {"outcome": "no_answer", "again": preset, "version": calls[0].version}
    as_role("agent").post(f"/admin/callbacks/{calls[0].id}/tried", **told)
    session.expire_all()
    call = session.get(Callback, calls[0].id)
    assert [one.outcome for one in call.attempts] == ["no_answer"]
    assert call.due_at == now + dt.timedelta(hours=hours)


def test_one_talk_settles_what_else_is_owed_on_that_telephone(as_role, calls, session, now) -> None:
    calls[2].from_at = None
    session.commit()
    agent = as_role("agent")
    card = agent.get("/admin/callbacks/desk").text
    assert "这通电话还能问" in card and calls[2].number in card and PHONE not in card
    told = {"outcome": "no_answer", "again": "half", "version": calls[0].version}
    page = followed(agent, f"/admin/callbacks/{calls[0].id}/tried", told)
    assert f"{calls[2].number}" in page and "也一起记了" in page
    session.expire_all()
    assert [one.outcome for one in session.get(Callback, calls[2].id).attempts] == ["no_answer"]
    assert session.get(Callback, calls[2].id).due_at == now + dt.timedelta(minutes=30)
    told = {f"score_{key}": "5" for key in ("workmanship", "conduct", "supervisor", "designer", "whole")}
    calls[2].due_at = calls[0].due_at = now
    session.commit()
    sent = agent.post(f"/admin/callbacks/{calls[0].id}/answered", **told, version=calls[0].version)
    assert f"at={calls[1].id}" in sent.location or f"at={calls[2].id}" in sent.location, "the same household is next"


def test_a_later_call_needs_a_moment_and_a_refusal_ends_it(as_role, calls, session) -> None:
    address, told = f"/admin/callbacks/{calls[0].id}/tried", {"version": calls[0].version}
    page = followed(as_role("agent"), address, told | {"outcome": "later", "again": "own"})
    assert "完整的日期" in page
    as_role("agent").post(address, **told, outcome="refused")
    session.expire_all()
    assert session.get(Callback, calls[0].id).state == "dropped"


def test_whoever_saw_an_older_card_is_told(as_role, calls, session) -> None:
    told = {"outcome": "no_answer", "again": "half", "version": calls[0].version}
    as_role("agent").post(f"/admin/callbacks/{calls[0].id}/tried", **told)
    page = followed(as_role("manager"), f"/admin/callbacks/{calls[0].id}/tried", told)
    assert "改过" in page


def test_lists_say_what_is_owed_and_what_is_over(as_role, calls) -> None:
    agent = as_role("agent")
    mine = agent.get("/admin/callbacks/").text
    assert all(call.number in mine for call in calls)
    late = agent.get("/admin/callbacks/?view=late").text
    assert calls[0].number in late and calls[2].number not in late
    assert "还没有结束的回访" in agent.get("/admin/callbacks/?view=closed").text


def test_a_slip_from_its_measures_to_the_second_round(as_role, desk, session, now, look) -> None:
    slip = slips.raise_(session, session.merge(desk.repair), "还在滴", by=SYSTEM, now=now)
    session.commit()
    agent, number, address = as_role("agent"), slip.number, f"/admin/slips/{slip.id}"

    def version() -> int:
        return look(lambda fresh: fresh.scalar(select(Slip.version)))

    assert number in agent.get("/admin/slips/").text and "还没写措施" in agent.get(f"/admin/slips/{number}").text
    until = (now + dt.timedelta(hours=30)).strftime("%Y-%m-%dT%H:%M")
    told = {"measures": "换龙头", "promised_at": until, "version": version()}
    assert "换龙头" in followed(agent, f"{address}/answer", told)
    told = {"satisfied": "no", "words": "又滴了", "version": version()}
    page = followed(agent, f"{address}/called", told)
    assert "第2轮" in page and "又滴了" in page
    told = {"reason": "另单换龙头", "version": version()}
    assert agent.post(f"{address}/close", **told).status_code == 403
    as_role("manager").post(f"{address}/assign", staff=desk.staff["designer"].id, version=told["version"])
    assert look(lambda fresh: fresh.scalar(select(Slip.owner_id))) != desk.staff["designer"].id, "who may open no slip"
    as_role("manager").post(f"{address}/close", **told)
    assert look(lambda fresh: fresh.scalars(select(Slip)).one().state) == "closed"


def test_a_form_is_changed_into_a_new_version_with_a_preview(as_role, session, now) -> None:
    forms.plant(session, now=now)
    session.commit()
    manager = as_role("manager")
    page = manager.get("/admin/forms/control_point").text
    assert "施工工艺几分？" in page and "第1版" in page
    told = {"in_chat": "1"}
    for line, (key, zh, en) in enumerate((("whole", "总的几分？", "All in all?"), ("", "", ""))):
        told |= {f"key_{line}": key, f"kind_{line}": "score", f"text_zh_{line}": zh, f"text_en_{line}": en}
    page = followed(manager, "/admin/forms/control_point/save", told)
    assert "总的几分？" in page and "第2版" in page
    half = followed(manager, "/admin/forms/control_point/save", told | {"text_en_0": ""})
    assert "要一起写" in half
    session.expire_all()
    versions = session.scalars(select(SurveyForm.version).where(SurveyForm.name == "control_point"))
    assert sorted(versions) == [1, 2]
