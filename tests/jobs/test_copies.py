"""A person's copy: all of theirs and nothing of anybody else's, made once, fetched once by their own WeChat."""

import csv
import datetime as dt
import io
import json
import re
import zipfile

import pytest
from sqlalchemy import select

from bot import links
from bot.app import create_app
from jobs import privacy as duty
from models import Attachment, AuditEntry, Follower, Message, Outgoing, PrivacyRequest
from models.actors import By
from models.desk.demo import company as demo
from models.desk.personal import privacy
from models.desk.talk import conversations
from models.staff import Staff

pytestmark = pytest.mark.sqlite_only  # what is read and packed does not depend on the database
HAN = re.compile(r"[\u3000-\u9fff]")
PICTURE = b"\xff\xd8\xff" + b"x" * 40


@pytest.fixture
def asked(sessions, world, clock):
    """Zhou of the demo company wants a copy, and a manager let it be made."""
    (world.settings.media_dir / "2026").mkdir(parents=True, exist_ok=True)
    (world.settings.media_dir / "2026" / "a.jpg").write_bytes(PICTURE)
    with sessions.begin() as session:
        now = clock()
        demo.plant(session, now)
        zhou = session.scalars(select(Follower).where(Follower.openid == "oNuanju_W3")).one()
        talk = conversations.of(session, zhou)
        for direction, author, words in (
            ("in", "customer", "=1+1，我的电话13600136003，师傅电话13500135001对吗"),
            ("out", "staff", "对，13500135001，您的13600136003没变"),
            ("note", "staff", "这位客户很难缠"),
        ):
            session.add(
                Message(conversation=talk, direction=direction, author=author, text=words, created_at=now, kind="text")
            )
        session.add(Attachment(follower_id=zhou.id, kind="image", state="fetched", path="2026/a.jpg", created_at=now))
        row, _ = privacy.ask(session, zhou, "export", "导出我的资料", by=By("customer", zhou.id, ""), now=now)
        manager = session.scalars(select(Staff).where(Staff.username == "manager")).one()
        privacy.approve(session, row, manager, now=now)
        return row.id, zhou.id


def opened(world, path) -> zipfile.ZipFile:
    return zipfile.ZipFile(world.settings.media_dir / path)


def test_it_holds_all_of_the_person_and_nothing_of_others(sessions, world, asked, settings, engine, redis, clock):
    assert duty.run(world) == 1 and duty.run(world) == 0
    with sessions() as session:
        row = session.get_one(PrivacyRequest, asked[0])
        letter = session.scalars(select(Outgoing).where(Outgoing.text_key == "privacy.ready")).one()
        assert (row.state, letter.follower_id, letter.page["purpose"]) == ("done", asked[1], "copy")
    archive = opened(world, row.path)
    plain = archive.read("资料.json").decode()
    told = json.loads(plain)
    assert told["person"][0]["name"] == "周桂芳" and len(told["houses"]) == 3 and told["repairs"] and told["quotes"]
    ours = next(one for one in told["messages"] if one["from"] == "staff" and "没变" in one["words"])
    assert ours["words"] == "对，***，您的13600136003没变"
    for others in ("林晓", "13700137002", "很难缠", "oNuanju"):
        assert others not in plain, others
    sheet = list(csv.reader(io.StringIO(archive.read("聊天.csv").decode("utf-8-sig"))))
    assert sheet[0] == ["时间", "谁", "类型", "内容"] and any(line[3].startswith("'=1+1") for line in sheet)
    assert archive.read("说明.txt").decode().count(row.number) == 1
    assert [name for name in archive.namelist() if name.startswith("files/")][0].endswith(".jpg")
    fetched_once_by_its_own_wechat(sessions, create_app(settings, engine=engine, redis=redis, clock=clock), row, asked)


def fetched_once_by_its_own_wechat(sessions, app, row, asked):
    client, secret, now = app.test_client(), app.extensions["nuanju"].settings.secret_key, row.done_at
    address = f"/p/copy/{links.sign(secret, links.Ticket('copy', row.id, reader_id=asked[1]), now=now)}"
    foreign = f"/p/copy/{links.sign(secret, links.Ticket('copy', row.id, reader_id=asked[1] + 1), now=now)}"
    assert client.get(foreign).status_code == 404 and client.post(foreign).status_code == 404
    for _ in range(2):  # looking takes nothing
        assert row.number in client.get(address).text
    got = client.post(address)
    assert got.status_code == 200 and got.data[:2] == b"PK" and "attachment" in got.headers["Content-Disposition"]
    again = client.post(address)
    assert again.status_code == 404 and "只能用一次" in again.text and "只能用一次" in client.get(address).text
    with sessions() as session:
        deeds = session.scalars(select(AuditEntry.action).where(AuditEntry.action == "privacy.taken")).all()
        assert len(deeds) == 1 and session.get_one(PrivacyRequest, row.id).events[-1].name == "taken"


def test_taken_back_before_it_was_made_nothing_is_made(sessions, world, asked, clock):
    with sessions.begin() as session:
        who = session.get_one(Follower, asked[1])
        privacy.withdraw(session, who, "撤回", by=By("customer", who.id, ""), now=clock() + dt.timedelta(minutes=1))
    assert duty.run(world) == 0 and not (world.settings.media_dir / "exports").exists()


def test_who_writes_english_reads_their_copy_in_english(sessions, world, asked):
    """Labels, states, phases and kinds are English; what people wrote, names and addresses are as they were."""
    with sessions.begin() as session:
        session.get_one(Follower, asked[1]).lang = "en"
    assert duty.run(world) == 1
    with sessions() as session:
        archive = opened(world, session.get_one(PrivacyRequest, asked[0]).path)
    plain = archive.read("data.json").decode()
    told = json.loads(plain)
    names = archive.namelist()
    assert "repairs.csv" in names and "readme.txt" in names and "homes and contracts.csv" in names
    ours = {"state", "category", "place", "phases", "source", "form", "role", "kind", "visit"}
    shown = [
        str(row[key]) for rows in told.values() if isinstance(rows, list) for row in rows for key in ours & row.keys()
    ]
    assert shown and [one for one in shown if HAN.search(one)] == []
    heads = [archive.read(name).decode("utf-8-sig").splitlines()[0] for name in names if name.endswith(".csv")]
    assert heads and [head for head in heads if HAN.search(head)] == []
    assert any("13600136003" in row["words"] and "电话" in row["words"] for row in told["messages"])
