"""Codes of the platform in the panel: wanted, shown when made, asked for again; and who brought whom."""

import pytest
from sqlalchemy import select

from models import BindingCode, QrCode, Referral
from models.actors import By
from models.desk.account import people
from models.desk.sales import referrals, signing
from models.desk.sales.signing import Deal
from models.worktime import local_day
from tests.admin.test_work import text

pytestmark = pytest.mark.sqlite_only  # tests/models and tests/jobs hold the same on both databases


def test_a_binding_code_gets_the_platforms_qr_as_soon_as_a_worker_made_it(as_role, desk, session, look, clock):
    person = as_role("agent")
    page = person.post("/admin/codes/issue", kind="crew", id=desk.crew.id).location
    code = look(lambda session: session.scalars(select(BindingCode).order_by(BindingCode.id.desc())).first())
    asked = look(lambda session: session.scalar(select(QrCode).where(QrCode.code_id == code.id)))
    assert (asked.state, asked.next_try_at) == ("wanted", clock()), "the workers are asked"
    shown = text(person.get(page))
    assert "准备中" in shown and "<svg" in shown and 'class="qr"' not in shown and code.code in shown
    watch = f"/admin/pulse?watch=code:{code.id}"
    before = person.get(watch).json["stamp"]
    made = session.get(QrCode, asked.id)
    made.move("made", now=clock())
    made.url = "http://weixin.qq.com/q/abc"
    session.commit()
    assert person.get(watch).json["stamp"] != before, "the open page looks again by itself"
    shown = text(person.get(page))
    assert "可扫" in shown and 'class="qr"' in shown and code.code in shown
    assert "style=" not in shown, "nothing that the content policy refuses"


def test_a_qr_can_be_asked_for_again_but_not_for_a_dead_code(as_role, desk, look, clock):
    person = as_role("agent")
    code = look(lambda session: session.scalars(select(BindingCode)).first())
    assert "还没有二维码" in text(person.get(f"/admin/codes/details/?id={code.id}"))
    person.post(f"/admin/codes/{code.id}/ask")
    assert look(lambda session: session.scalar(select(QrCode.state).where(QrCode.code_id == code.id))) == "wanted"
    dead = person.post("/admin/codes/issue", kind="project", id=desk.project.id)
    number = int(dead.location.rpartition("=")[2])
    person.post(f"/admin/codes/{number}/drop")
    clock.advance(minutes=1)
    person.post(f"/admin/codes/{number}/ask")
    assert look(lambda session: session.scalar(select(QrCode.state).where(QrCode.code_id == number))) == "dropped"


def test_nobody_takes_a_colleagues_place_with_a_code(as_role, desk, look):
    agent, manager = as_role("agent"), as_role("manager")
    boss = desk.staff["manager"].id
    assert agent.post("/admin/codes/issue", kind="staff", id=boss).status_code == 403
    assert agent.post("/admin/codes/issue", kind="nobody", id=1).status_code == 404
    page = manager.post("/admin/codes/issue", kind="staff", id=boss).location
    code = look(lambda session: session.scalars(select(BindingCode).where(BindingCode.staff_id == boss)).one())
    assert code.code in text(manager.get(page))
    shown = agent.get(page, follow_redirects=True)
    assert code.code not in text(shown) and "周经理" not in text(agent.get("/admin/codes/"))
    assert agent.post(f"/admin/codes/{code.id}/drop").status_code == 404
    assert agent.post(f"/admin/codes/{code.id}/ask").status_code == 404


def test_a_channel_code_is_wanted_shown_when_made_and_asked_again_after_a_refusal(as_role, session, look, clock):
    person = as_role("marketing")
    person.post("/admin/qrcodes/new/", title="国庆展会")
    row = look(lambda session: session.scalars(select(QrCode).where(QrCode.kind == "channel")).one())
    assert (row.state, row.title, row.expires_at) == ("wanted", "国庆展会", None)
    session.get(QrCode, row.id).move("failed", now=clock(), reason="40097 invalid args")
    session.commit()
    page = f"/admin/qrcodes/details/?id={row.id}"
    assert "40097" in text(person.get(page))
    person.post(f"/admin/qrcodes/{row.id}/again")
    made = session.get(QrCode, row.id, populate_existing=True)
    assert made.state == "wanted"
    made.move("made", now=clock())
    made.url, made.scans = "http://weixin.qq.com/q/abc", 7
    session.commit()
    shown = text(person.get(page))
    assert 'class="qr"' in shown and ">7<" in shown
    person.post(f"/admin/qrcodes/{row.id}/drop")
    assert 'class="qr"' not in text(person.get(page))


def test_who_brought_whom_is_listed_by_name(as_role, session, desk, now):
    newcomer = people.find_or_add(session, "oNewcomer", now=now)
    referrals.arrived(session, newcomer, referrals.code_of(session, desk.follower, now=now).scene, now=now)
    session.commit()
    assert "陈先生" in text(as_role("marketing").get("/admin/referrals/"))
    assert "陈先生" in text(as_role("agent").get("/admin/referrals/?search=大明"))


def test_who_of_the_brought_has_signed_and_whose_it_counts_as(as_role, session, desk, now):
    scene = referrals.code_of(session, desk.follower, now=now).scene
    for name in ("钱七", "周八"):
        newcomer = people.find_or_add(session, f"o{name}", now=now)
        referrals.arrived(session, newcomer, scene, now=now)
        people.know(session, newcomer, now=now, name=name)
    today = local_day(now)
    deal = Deal("HT-88", "江南里", "5幢", "301", 18_600_000, 5_580_000, today, today)
    row = session.scalars(select(Referral).order_by(Referral.id)).first()
    signing.sign(session, row.newcomer.customer, deal, by=By("staff", desk.staff["agent"].id, "小林"), now=now)
    session.commit()
    person = as_role("marketing")
    shown = text(person.get("/admin/referrals/"))
    assert "已签约，" in shown and "已记" in shown and "还没签" in shown
    assert "已签约，" in text(person.get(f"/admin/referrals/details/?id={row.id}"))
    signed, still = (text(person.get(f"/admin/referrals/?outcome={one}")) for one in ("signed", "open"))
    assert "钱七" in signed and "周八" not in signed and "周八" in still and "钱七" not in still
