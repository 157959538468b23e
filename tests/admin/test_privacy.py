"""Privacy requests in the panel: two colleagues, a preview without contents, locked records, copies on record."""

import datetime as dt

import pytest
from sqlalchemy import select

from clock import Frozen
from jobs import privacy as duty
from jobs.world import World
from models import AuditEntry, Disclosure, LockedRecord, PrivacyRequest, Retention
from models.actors import By
from models.desk.personal import privacy, retention
from templates import Texts
from tests.admin import builders

pytestmark = pytest.mark.sqlite_only  # the verbs are tested on both databases in tests/models


@pytest.fixture
def asked(session, desk, now):
    """The household's owner wants to be deleted; nothing goes on for them any more."""
    desk.repair._state, desk.visit._state, desk.enquiry._state = "closed", "done", "lost"
    by = By("customer", desk.follower.id, "陈先生")
    row, _ = privacy.ask(session, desk.follower, "delete", "删掉我，电话13800138000", by=by, now=now)
    retention.ensure(session)
    session.commit()
    return row


@pytest.fixture
def world_of(settings, engine, sessions, now):
    """What a worker works with so long after the desk was planted; the network is not needed."""

    def make(later: dt.timedelta) -> World:
        texts, clock = Texts(), Frozen(now + later)
        return World(
            settings=settings, engine=engine, sessions=sessions, redis=None, gateway=None, clock=clock, texts=texts
        )

    return make


def step(person, row, name, look, **data):
    version = look(lambda session: session.get_one(PrivacyRequest, row.id).version)
    return person.post(f"/admin/privacy/{row.id}/{name}", version=str(version), **data)


def text(person, path: str) -> str:
    return person.get(f"/admin/{path}").get_data(as_text=True)


def test_two_colleagues_let_it_go_and_nobody_reads_what_goes(as_role, asked, look):
    manager, admin = as_role("manager"), as_role("admin")
    assert asked.number in text(manager, "privacy/") and "删除" in text(manager, "privacy/")
    page = text(manager, f"privacy/{asked.number}")
    assert "138****8000" in page and "13800138000" not in page
    for words in ("删什么、留什么", "合同与报价", "封存", "只留时间和方向"):
        assert words in page
    assert builders.PHONE not in page and "厨房水槽漏水" not in page
    assert step(manager, asked, "check", look, words="回电核对过").status_code == 302
    assert "核对的人不能自己批准" in text(manager, f"privacy/{asked.number}")
    refused = step(manager, asked, "approve", look)
    assert refused.status_code == 409 and "另一位同事" in refused.get_data(as_text=True)
    assert step(admin, asked, "send-back", look, words="再看看").status_code == 302
    assert step(manager, asked, "check", look, words="看过合同").status_code == 302
    stale = admin.post(f"/admin/privacy/{asked.id}/approve", version="1")
    assert stale.status_code == 409
    assert step(admin, asked, "approve", look).status_code == 302
    deeds = select(AuditEntry.action).where(AuditEntry.record_type == "privacy").order_by(AuditEntry.id)
    names = ["privacy.check", "privacy.send_back", "privacy.check", "privacy.approve"]
    assert look(lambda session: list(session.scalars(deeds))) == names


def test_after_the_job_the_page_says_what_went_and_the_locked_record_opens_once_each_time_on_record(
    as_role, asked, look, session, desk, world_of
):
    manager, admin = as_role("manager"), as_role("admin")
    step(manager, asked, "check", look, words="看过")
    step(admin, asked, "approve", look)
    assert duty.run(world_of(dt.timedelta(hours=2))) == 1
    page = text(manager, f"privacy/{asked.number}")
    assert "删了什么、留了什么" in page and "已办结" in page and "陈" not in page.split("经过")[1].split("办结时间")[0]
    assert "陈大明" not in text(manager, "customers/") and "翡翠城8幢" not in text(manager, "projects/")
    locked = look(lambda s: s.scalars(select(LockedRecord).where(LockedRecord.kind == "contract")).one())
    listed = text(manager, "privacy/locked")
    assert locked.number in listed and "陈大明" not in listed
    assert admin.get("/admin/privacy/locked").status_code == 403
    shown = manager.post(f"/admin/privacy/locked/{locked.id}").get_data(as_text=True)
    assert "陈大明" in shown and "这次查看已经记录在案" in shown
    seen = look(lambda s: s.scalars(select(Disclosure).where(Disclosure.record_type == "locked")).all())
    assert [(one.record_id, one.field) for one in seen] == [(locked.id, "contract")]


def test_a_copy_is_made_by_the_job_and_handed_over_with_a_slip(as_role, session, desk, now, look, world_of):
    manager = as_role("manager")
    answer = manager.post(
        "/admin/privacy/register", customer=str(desk.customer.id), wish="export", words="到店要一份资料"
    )
    row = look(lambda s: s.scalars(select(PrivacyRequest)).one())
    assert answer.status_code == 302 and (row.proof, row.cause) == ("papers", "phone")
    assert step(manager, row, "hand-over", look).status_code == 409
    assert step(manager, row, "export", look).status_code == 302
    assert duty.run(world_of(dt.timedelta(minutes=1))) == 1
    got = manager.post(f"/admin/privacy/{row.id}/hand-over")
    assert got.status_code == 200 and got.data[:2] == b"PK" and "交付记录.txt".encode() in got.data
    seen = look(lambda s: s.scalars(select(Disclosure).where(Disclosure.record_type == "privacy")).all())
    assert [one.field for one in seen] == ["copy"]


def test_how_long_things_are_kept_is_a_number(as_role, asked, look):
    admin = as_role("admin")
    assert "微信推送的原始内容" in text(admin, "retentions/")
    row = look(lambda s: s.scalars(select(Retention).where(Retention.name == "drafts")).one())
    form = text(admin, f"retentions/edit/?id={row.id}")
    assert "保存天数" in form
    assert "还没有待办" not in text(admin, "privacy/?view=over") and "没有超时的申请" in text(
        admin, "privacy/?view=late"
    )


def test_a_customers_page_offers_to_write_it_down(as_role, desk):
    assert "登记资料申请" in text(as_role("manager"), f"customers/details/?id={desk.customer.id}")
    assert "登记资料申请" not in text(as_role("agent"), f"customers/details/?id={desk.customer.id}")
