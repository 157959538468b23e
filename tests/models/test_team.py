"""Hand-over notes that the next shift signs, announcements that each colleague confirms."""

import datetime as dt

import pytest

from models import Announcement, Confirmation, HandoverNote, Shift, Staff
from models.desk.staff import announcements, handovers
from models.desk.staff.announcements import Notice
from models.errors import IllegalMove, Missing, NotFound
from models.worktime import local_day
from tests.models.builders import house
from tests.models.test_duty import colleague, on_shift
from tests.stories.test_races import together

DAY = dt.timedelta(days=1)


@pytest.mark.sqlite_only  # plain rows
def test_the_next_shift_signs_and_neither_the_author_nor_the_same_shift(session, now):
    who, today = house(session, now), local_day(now)
    mate, night = colleague(session, who.agent, "小陈"), colleague(session, who.agent, "小吴")
    for person in (who.agent, mate):
        on_shift(session, person, today, 9, 18)
    on_shift(session, night, today, 22, 6)
    shift, day = handovers.shift_of(session, who.agent, now=now)
    assert (shift.name, day) == ("9-18", today)
    note = handovers.write(session, who.agent, " 1602 的配件明天到 ", shift=shift, now=now)
    assert (note.words, note.day, note.signed_at) == ("1602 的配件明天到", today, None)
    assert [list(handovers.to_sign(session, one)) for one in (who.agent, mate, night, who.manager)] == [
        [], [], [note], [note],
    ]  # fmt: skip
    for person in (who.agent, mate):
        with pytest.raises(IllegalMove):
            handovers.sign(session, note, person, now=now)
    handovers.sign(session, note, night, now=now)
    session.flush()
    with pytest.raises(IllegalMove) as again:
        handovers.sign(session, note, who.manager, now=now)
    assert again.value.facts["name"] == "小吴" and list(handovers.to_sign(session, who.manager)) == []
    with pytest.raises(Missing):
        handovers.write(session, who.agent, "  ", shift=None, now=now)


@pytest.mark.sqlite_only
def test_after_midnight_a_night_shifts_note_belongs_to_the_day_it_began_on(session, now):
    who, today = house(session, now), local_day(now)
    on_shift(session, who.agent, today, 22, 6)
    five = dt.datetime(2026, 11, 21, 21, tzinfo=dt.UTC)  # five in the morning of the next day
    shift, day = handovers.shift_of(session, who.agent, now=five)
    assert (shift.name, day) == ("22-6", today)
    assert handovers.write(session, who.agent, "都好", shift=shift, now=five).day == today
    assert handovers.write(session, who.agent, "都好", shift=None, now=five).day == today + DAY
    assert handovers.shift_of(session, who.agent, now=five + 2 * DAY) == (None, today + 3 * DAY)


@pytest.mark.sqlite_only
def test_an_announcement_is_shown_on_its_days_to_whom_it_is_for_until_they_confirm(session, now):
    who, today = house(session, now), local_day(now)
    all_, agents, later = (
        announcements.make(session, Notice(words, first, last, role), staff=who.manager, now=now)
        for words, first, last, role in (
            ("停电", today, today, None), ("新话术", today, today + DAY, who.agent.role),
            ("盘点", today + DAY, today + DAY, None),
        )
    )  # fmt: skip
    assert list(announcements.waiting(session, who.agent, now=now)) == [all_, agents]
    assert list(announcements.waiting(session, who.engineer, now=now)) == [all_]
    announcements.confirm(session, all_, who.agent, now=now)
    announcements.confirm(session, all_, who.agent, now=now + dt.timedelta(hours=1))
    assert session.query(Confirmation).count() == 1
    for row in (agents, later):
        with pytest.raises(NotFound):
            announcements.confirm(session, row, who.engineer, now=now)
    assert list(announcements.waiting(session, who.agent, now=now + DAY)) == [agents, later]
    people = [who.agent, who.engineer, who.manager]
    listed = announcements.listed(session)
    assert [row.words for row in listed] == ["盘点", "新话术", "停电"]
    assert announcements.missing(listed[2], people) == [who.engineer, who.manager]
    assert announcements.missing(listed[1], people) == [who.agent]
    announcements.withdraw(agents, now=now)
    session.flush()
    assert list(announcements.waiting(session, who.agent, now=now + DAY)) == [later]


@pytest.mark.sqlite_only
@pytest.mark.parametrize(("words", "first", "last"), [(" ", 0, 1), ("停电", 1, 0), ("停电", -2, -1)])
def test_what_is_no_announcement_is_refused(session, now, words, first, last):
    who, today = house(session, now), local_day(now)
    with pytest.raises(Missing):
        notice = Notice(words, today + first * DAY, today + last * DAY)
        announcements.make(session, notice, staff=who.manager, now=now)
    assert session.query(Announcement).count() == 0


def test_two_who_sign_or_one_who_confirms_at_once(sessions, now):
    with sessions.begin() as session:
        who = house(session, now)
        note = handovers.write(session, who.agent, "配件明天到", shift=None, now=now).id
        today = local_day(now)
        told = announcements.make(session, Notice("停电", today, today), staff=who.manager, now=now).id
        pair = who.manager.id, who.engineer.id
    refused = []

    def sign(person: int) -> None:
        try:
            with sessions.begin() as session:
                handovers.sign(session, session.get(HandoverNote, note), session.get(Staff, person), now=now)
        except IllegalMove as why:
            refused.append(why.key)

    def confirm() -> None:
        with sessions.begin() as session:
            announcements.confirm(session, session.get(Announcement, told), session.get(Staff, pair[0]), now=now)

    together(*(lambda person=person: sign(person) for person in pair), confirm, confirm)
    with sessions() as session:
        assert refused == ["errors.signed_already"] and session.query(Confirmation).count() == 1
        assert session.query(Shift).count() == 0
