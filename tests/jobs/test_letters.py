"""What goes out: the texts, the staff's wording, buttons, links, the notice template, and words too long for one."""

from datetime import timedelta

import pytest

from bot.errors import Refused
from jobs.letters import Wording, Writer, client_msg_id
from jobs.outbox import deliver
from models.knowledge import TextVersion
from models.outbound import Outgoing
from models.people import Follower
from templates import Texts


def test_a_shut_window_takes_the_template_for_a_service_notice(
    make_world, make_settings, person, promise, platform, row, quick, now, repair
):
    settings = make_settings(wechat_template_notice="T1", public_url="https://nuanju.example")
    world = make_world(settings=settings)
    chen = person("W1", reply_left=0)
    mine = promise(chen, text_key="notice.plain", facts={"number": "BX20261121-0007"}, key="k1", ticket_id=repair)
    words = promise(chen, "员工的话", purpose="reply")
    deliver(world, rate=quick)
    ((openid, fields, url, key),) = platform.templates
    assert (openid, key) == ("W1", client_msg_id("k1"))
    assert url.startswith("https://nuanju.example/p/repair/")
    assert fields == {
        "character_string1": "BX20261121-0007",
        "thing2": "到了 BX20261121-0007",
        "time3": "2026-11-21 10:00",
    }
    assert row(mine).rung == "template" and row(words).state == "held"


def test_template_fields_hold_no_emoji_and_are_counted_without_them(now):
    words = "🎉周六见👨‍👩‍👧❤️ 老地方🇨🇳，带1️⃣双鞋套，别迟到👍🏽"
    field = Wording(words).fields("BX1", now)["thing2"]
    assert field == "周六见 老地方，带1双鞋套，别迟到"
    assert Wording("℃ → ① “好”，5㎡").fields("BX1", now)["thing2"] == "℃ → ① “好”，5㎡"


def test_template_fields_are_short_and_have_no_line_breaks(
    make_world, make_settings, person, promise, platform, quick, repair
):
    world = make_world(settings=make_settings(wechat_template_notice="T1"))
    chen = person("W1", reply_left=0)
    promise(chen, text_key="notice.hello", facts={"name": "很长的名字\n" * 9}, ticket_id=repair)
    deliver(world, rate=quick)
    field = platform.templates[0][1]["thing2"]
    assert len(field) == 20 and "\n" not in field


def test_buttons_go_out_as_a_menu_and_as_words_where_menus_are_refused(world, person, promise, platform, row, quick):
    choices = (("接单", "crew.accept:7"), ("退单", "crew.hand_back:7"))
    mine, test_account = promise(person("C1"), "新单", choices=choices), promise(person("C2"), "新单", choices=choices)
    platform.errors["C2"] = [Refused(40200, "invalid account type")]
    deliver(world, rate=quick)
    assert platform.menus == [("C1", [("crew.accept:7", "接单"), ("crew.hand_back:7", "退单")])]
    assert platform.texts_to("C2") == ["新单\n〔接单〕〔退单〕"]
    assert row(mine).sent_text == row(test_account).sent_text == "新单\n〔接单〕〔退单〕"


def test_a_page_is_signed_when_it_is_sent(make_world, make_settings, person, promise, platform, quick):
    world = make_world(settings=make_settings(public_url="https://nuanju.example"))
    page = {"purpose": "crew", "ticket_id": 7, "crew_id": 3}
    for key in ("notice.offer", "notice.plain"):
        promise(person(key), text_key=key, facts={"number": "BX1"}, page=page, purpose="staff")
    deliver(world, rate=quick)
    assert platform.texts_to("notice.offer")[0].startswith("新单 BX1 https://nuanju.example/p/crew/")
    assert '<a href="https://nuanju.example/p/crew/' in platform.texts_to("notice.plain")[0]


def test_the_staffs_newest_wording_is_used_in_the_persons_language(
    world, person, promise, platform, sessions, quick, now
):
    with sessions.begin() as session:
        for version, body, active in ((1, "旧的", True), (2, "新的{{ name }}", True), (3, "停用的", False)):
            session.add(
                TextVersion(key="notice.hello", lang="zh", version=version, body=body, active=active, created_at=now)
            )
    promise(person("W1"), text_key="notice.hello", facts={"name": "陈"})
    promise(person("W2", lang="en"), text_key="notice.hello", facts={"name": "Chen"})
    deliver(world, rate=quick)
    assert platform.texts_to("W1") == ["新的陈"] and platform.texts_to("W2") == ["Hello，Chen"]


def test_a_broken_text_is_refused_and_the_others_go_out(world, person, promise, row, quick, caplog):
    chen = person("W1")
    broken, missing, fine = (
        promise(chen, text_key="notice.broken"),
        promise(chen, text_key="notice.nowhere"),
        promise(chen, "好"),
    )
    deliver(world, rate=quick)
    assert [row(r).state for r in (broken, missing, fine)] == ["refused", "refused", "sent"]
    assert row(broken).reason == "text_broken" and "notice.broken" in caplog.text


def test_long_words_arrive_whole_in_two_messages(world, person, promise, platform, quick):
    words = "".join(f"第{number}句话。" for number in range(200))
    promise(person("W1"), words, purpose="reply", urgent=True)
    assert deliver(world, rate=quick) == 2
    heard = platform.texts_to("W1")
    assert "".join(heard) == words and max(len(text.encode()) for text in heard) <= 2048


def test_a_persons_words_cannot_become_a_link(world, person, promise, platform, quick):
    promise(person("W1"), '<a href="http://evil.example">点我</a>')
    deliver(world, rate=quick)
    assert "<" not in platform.texts_to("W1")[0]


@pytest.mark.parametrize(("days", "printed"), [(0, "明天下午（11月22日 周日）"), (1, "今天下午（11月22日 周日）")])
def test_a_time_at_home_is_seen_from_the_day_it_is_read(now, days, printed):
    start, end = now + timedelta(hours=27, minutes=30), now + timedelta(hours=32)
    facts = {"number": "BX20261121-0007", "house": "翡翠城8幢1602", "what": "厨房漏水", "when": "明天下午"}
    facts |= {"when_start": start.isoformat(), "when_end": end.isoformat()}
    letter = Outgoing(text_key="notice.crew_offer", facts=facts, choices=[], page={}, purpose="staff")
    writer = Writer(Texts(), {}, "secret", "https://nuanju.example", now + timedelta(days=days))
    assert f"家里有人：{printed}" in writer.write(letter, Follower(lang="zh")).text
