"""What the desk does with a case: through the verbs, seen by bot and workers, on record, and never over a colleague."""

import datetime as dt
import re

import pytest
from redis import Redis
from sqlalchemy import select

from admin import create_app
from models import (
    AuditEntry,
    BindingCode,
    Conversation,
    Customer,
    Escalation,
    Message,
    Outgoing,
    Policy,
    Promise,
    Repair,
    TextVersion,
    TicketEvent,
)
from models.actors import SYSTEM
from models.desk.repair import repairs
from tests.admin.conftest import Person
from tests.admin.test_trust import as_master

pytestmark = pytest.mark.sqlite_only  # the verbs are tested on both databases; test_both.py walks the panel on both


def text(answer) -> str:
    return answer.get_data(as_text=True)


def fresh(look, desk) -> Repair:
    return look(lambda session: session.get(Repair, desk.repair.id))


def last_deed(look) -> AuditEntry:
    return look(lambda session: session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first())


def test_assigning_tells_the_crew_and_stands_in_the_log(as_role, desk, look):
    answer = as_role("agent").post(
        f"/admin/repairs/{desk.repair.id}/assign", crew=desk.other_crew.id, version=desk.repair.version, reason="离得近"
    )
    assert answer.location.endswith(desk.repair.number)
    assert fresh(look, desk).crew_id == desk.other_crew.id
    event = look(lambda session: session.scalars(select(TicketEvent).order_by(TicketEvent.id.desc())).first())
    assert (event.name, event.actor_kind, event.actor_name, event.reason) == ("assigned", "staff", "小林", "离得近")
    deed = last_deed(look)
    assert (deed.action, deed.record_id, deed.actor_name) == ("repair.assign", desk.repair.number, "小林")
    assert (deed.before, deed.after) == ({"crew": "王师傅"}, {"crew": "李师傅"})


def test_a_case_that_changed_meanwhile_is_not_overwritten(as_role, session, desk, now, look):
    seen = desk.repair.version
    repairs.chase(session, desk.repair, "怎么还没来", by=SYSTEM, now=now)
    session.commit()
    answer = as_role("agent").post(
        f"/admin/repairs/{desk.repair.id}/close", version=seen, reason="客户电话确认已经修好"
    )
    assert answer.status_code == 409
    assert "刚刚有人改过" in text(answer)
    assert "客户催单" in text(answer), "says what happened"
    assert "客户电话确认已经修好" in text(answer), "what was typed is not lost"
    assert fresh(look, desk).state == "assigned"


def test_pausing_needs_the_customers_words(as_role, desk, clock, look):
    person, path = as_role("agent"), f"/admin/repairs/{desk.repair.id}/pause"
    until = (clock() + dt.timedelta(hours=32)).strftime("%Y-%m-%dT%H:%M")
    assert person.post(path, version=desk.repair.version, until=until, words="").status_code == 409
    assert person.post(path, version=desk.repair.version, until="", words="周六来").status_code == 409
    assert person.post(path, version=desk.repair.version, until=until, words="周六上午来就行").status_code == 302
    paused = select(Promise).join(Policy).where(Promise.state == "paused", Policy.name == "repair.on_site")
    promise = look(lambda session: session.scalars(paused).one())
    assert promise.agreement == "周六上午来就行"
    assert promise.paused_until == clock() + dt.timedelta(hours=24), "the form's time is Beijing's"
    assert person.post(f"/admin/repairs/{desk.repair.id}/resume", version=fresh(look, desk).version).status_code == 302
    assert look(lambda session: session.get(Promise, promise.id)).state == "open"


def test_closing_and_reopening_want_a_reason(as_role, desk, look):
    person, path = as_role("manager"), f"/admin/repairs/{desk.repair.id}"
    assert person.post(f"{path}/close", version=desk.repair.version, reason=" ").status_code == 409
    assert person.post(f"{path}/close", version=desk.repair.version, reason="客户确认").status_code == 302
    closed = fresh(look, desk)
    assert (closed.state, closed.close_reason) == ("closed", "客户确认")
    assert person.post(f"{path}/reopen", version=closed.version, reason="还滴水").status_code == 302
    assert fresh(look, desk).round == 2


def test_a_step_that_the_state_forbids_is_a_sentence(as_role, desk):
    answer = as_role("agent").post(f"/admin/repairs/{desk.repair.id}/reopen", version=desk.repair.version, reason="x")
    assert answer.status_code == 409
    assert f"{desk.repair.number} 现在是“已派单”，不能改成“已返修”。" in text(answer)


def test_an_answer_goes_out_and_a_note_never_does(as_role, desk, look):
    person, path = as_role("agent"), f"/admin/conversations/{desk.conversation.id}"
    before = look(lambda session: len(session.scalars(select(Outgoing.id)).all()))
    person.post(f"{path}/note", words="这位客户很急")
    assert look(lambda session: len(session.scalars(select(Outgoing.id)).all())) == before
    person.post(f"{path}/say", words="师傅在路上了")
    sent = look(lambda session: session.scalars(select(Outgoing).order_by(Outgoing.id.desc())).first())
    assert (sent.body, sent.purpose, sent.state) == ("师傅在路上了", "reply", "queued")
    kinds = look(lambda session: session.scalars(select(Message.direction).order_by(Message.id)).all())
    assert kinds[-2:] == ["note", "out"]


def test_a_note_on_a_case_is_never_sent(as_role, desk, look):
    before = look(lambda session: len(session.scalars(select(Outgoing.id)).all()))
    as_role("engineer").post(f"/admin/repairs/{desk.repair.id}/note", words="带角阀")
    assert look(lambda session: len(session.scalars(select(Outgoing.id)).all())) == before


def test_taking_over_silences_the_bot_and_giving_back_wakes_it(as_role, desk, look):
    person, path = as_role("agent"), f"/admin/conversations/{desk.conversation.id}"
    person.post(f"{path}/take")
    taken = look(lambda session: session.get(Conversation, desk.conversation.id))
    assert (taken.owner, taken.staff_id) == ("agent", desk.staff["agent"].id)
    person.post(f"{path}/give-back")
    assert look(lambda session: session.get(Conversation, desk.conversation.id)).owner == "bot"


def test_who_sends_from_a_page_on_which_a_colleague_had_not_taken_it_yet_is_told_who_has(as_role, desk, look):
    path = f"/admin/conversations/{desk.conversation.id}"
    first = as_role("manager")
    seen = re.search(r'name="seen" value="(\d+)"', text(first.get(path)))[1]
    assert first.post(f"{path}/take", seen=seen).status_code == 302
    second = as_role("agent")
    answer = second.post(f"{path}/say", seen=seen, words="您好")
    assert answer.status_code == 409 and f"{desk.staff['manager'].name} 刚刚接手了" in text(answer)
    assert not look(lambda session: session.scalars(select(Outgoing).where(Outgoing.body == "您好")).all())
    assert second.post(f"{path}/say", seen=desk.staff["manager"].id, words="您好").status_code == 302
    assert look(lambda session: session.get(Conversation, desk.conversation.id)).staff_id == desk.staff["agent"].id


def test_an_escalation_is_taken_and_resolved_in_words(as_role, desk, look):
    person = as_role("engineer")
    row = look(lambda session: session.scalars(select(Escalation).where(Escalation.kind == "dissatisfied")).one())
    person.post(f"/admin/escalations/{row.id}/take")
    assert person.post(f"/admin/escalations/{row.id}/resolve", words="").status_code == 409
    person.post(f"/admin/escalations/{row.id}/resolve", words="已电话致歉")
    done = look(lambda session: session.get(Escalation, row.id))
    assert (done.state, done.owner_id) == ("resolved", desk.staff["engineer"].id)
    assert "已电话致歉" in done.resolution
    assert person.post(f"/admin/escalations/{row.id}/resolve", words="again").status_code == 409


def test_a_lost_message_is_sent_again_only_by_a_person(as_role, desk, look):
    as_role("agent").post(f"/admin/outgoing/{desk.lost.id}/retry")
    row = look(lambda session: session.get(Outgoing, desk.lost.id))
    assert (row.state, row.reason) == ("queued", "retried:小林")
    page = text(as_role("agent").get(f"/admin/outgoing/details/?id={desk.lost.id}"))
    assert "小林 让它重发" in page


def test_the_workers_are_nudged_once_and_by_name(settings, engine, clock, desk, redis):
    person = Person(create_app(settings, engine=engine, redis=redis, clock=clock).test_client())
    person.log_in("agent")
    for words in ("一", "二"):
        person.post(f"/admin/conversations/{desk.conversation.id}/say", words=words)
    assert redis.llen("rq:queue:nuanju") == 1
    job = redis.lindex("rq:queue:nuanju", 0).decode()
    assert redis.hget(f"rq:job:{job}", "description").decode() == "jobs.work.deliver()"


def test_without_redis_the_answer_is_kept_all_the_same(settings, engine, clock, desk, look):
    away = Redis(port=1, socket_connect_timeout=0.2, retry=None)
    person = Person(create_app(settings, engine=engine, redis=away, clock=clock).test_client())
    person.log_in("agent")
    assert person.post(f"/admin/conversations/{desk.conversation.id}/say", words="在").status_code == 302
    assert look(lambda session: session.scalars(select(Outgoing).where(Outgoing.body == "在")).one()).state == "queued"


# --- forms


def form_of(person, desk) -> str:

    page = text(person.get(f"/admin/customers/edit/?id={desk.customer.id}"))
    return re.search(r'name="seen"[^>]*value="([^"]*)"', page)[1]


def test_an_edit_keeps_the_phone_that_was_not_typed(as_role, desk, look):
    person = as_role("agent")
    person.post(
        f"/admin/customers/edit/?id={desk.customer.id}",
        seen=form_of(person, desk), name="陈小明", form="先生", stage="in_warranty", source="", note="", phone="",
    )  # fmt: skip
    row = look(lambda session: session.get(Customer, desk.customer.id))
    assert (row.name, row.phone) == ("陈小明", "13800138000")
    deed = last_deed(look)
    assert (deed.action, deed.before["name"], deed.after["name"]) == ("edit", "•••", "•••")


def test_two_people_on_one_form_are_told_and_nothing_is_lost(as_role, desk, look):
    mine, theirs = as_role("agent"), as_role("manager")
    path = f"/admin/customers/edit/?id={desk.customer.id}"
    facts = {"form": "先生", "stage": "in_warranty", "source": "", "note": "", "phone": ""}
    seen_by_both = form_of(mine, desk)
    assert theirs.post(path, seen=seen_by_both, name="陈一", **facts).status_code == 302
    answer = mine.post(path, seen=seen_by_both, name="陈二", **facts)
    assert "别人改过：姓名" in text(answer)
    assert 'value="陈二"' in text(answer), "what I typed is still there"
    assert look(lambda session: session.get(Customer, desk.customer.id)).name == "陈一"


@pytest.mark.parametrize("phone", ["12", "不告诉你", "1" * 30])
def test_a_phone_that_is_none_is_explained_beside_its_field(as_role, desk, phone):
    person = as_role("agent")
    answer = person.post(
        f"/admin/customers/edit/?id={desk.customer.id}",
        seen=form_of(person, desk), name="陈大明", form="先生", stage="in_warranty", phone=phone,
    )  # fmt: skip
    assert "5 到 20 位数字" in text(answer)


def test_nobody_locks_the_house_out_of_its_panel(as_role, desk, look):
    person = as_role("admin")
    admin = desk.staff["admin"]
    page = text(person.get(f"/admin/staff/edit/?id={admin.id}"))

    seen = re.search(r'name="seen"[^>]*value="([^"]*)"', page)[1]
    answer = person.post(
        f"/admin/staff/edit/?id={admin.id}", seen=seen, name="管理员", username="admin", role=str(admin.role_id)
    )
    assert "不能停用自己" in text(answer)
    assert look(lambda session: session.get(type(admin), admin.id)).active


def test_a_binding_code_is_shown_once_issued_and_can_be_revoked(as_role, desk, look, clock):
    person = as_role("agent")
    page = person.post("/admin/codes/issue", kind="project", id=desk.project.id)
    code = look(lambda session: session.scalars(select(BindingCode).order_by(BindingCode.id.desc())).first())
    shown = text(person.get(page.location))
    assert code.code in shown
    assert code.code not in text(person.get("/admin/codes/"))
    person.post(f"/admin/codes/{code.id}/drop")
    assert look(lambda session: session.get(BindingCode, code.id)).expires_at == clock()
    assert code.code not in text(person.get(page.location))


def test_a_person_joins_a_house_by_phone(as_role, desk, look):
    person, path = as_role("manager"), f"/admin/projects/{desk.project.id}/join"
    assert person.post(path, name="王芳", phone="136 0013 6000", form="女士", role="family").status_code == 302
    new = look(lambda session: session.scalars(select(Customer).where(Customer.phone == "13600136000")).one())
    assert (new.name, new.form) == ("王芳", "女士")
    assert person.post(path, name="王芳", phone="13600136000").status_code == 409


# --- texts


def test_a_wording_is_checked_kept_and_taken_back(as_role, look):
    person, path = as_role("marketing"), "/admin/texts/survey.words_taken"
    assert person.post(f"{path}/save", body="{{ nobody_knows }}", lang="zh").status_code == 422
    assert person.post(f"{path}/preview", body="谢谢您！", lang="zh").json == {"words": "谢谢您！"}
    person.post(f"{path}/save", body="谢谢您的评价。", lang="zh", version_seen=0)
    row = look(lambda session: session.scalars(select(TextVersion)).one())
    assert (row.key, row.version, row.body, row.active) == ("survey.words_taken", 1, "谢谢您的评价。", True)
    assert "谢谢您的评价。" in text(person.get(path))
    assert person.post(f"{path}/save", body="又一版。", lang="zh", version_seen=0).status_code == 409
    person.post(f"{path}/restore", version=0, lang="zh")
    assert not look(lambda session: session.scalars(select(TextVersion)).one()).active


# --- the log


def test_the_chain_is_verified_from_the_panel(as_role, session, desk):
    person = as_role("manager")
    person.post("/admin/audit/verify")
    assert "操作记录完整" in text(person.get("/admin/audit/"))
    first = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).first()
    as_master(session)
    first.actor_name = "别人"
    session.commit()
    person.post("/admin/audit/verify")
    assert f"第 {first.id} 条断开" in text(person.get("/admin/audit/"))
