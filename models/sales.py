"""Before signing 售前: what we offer (packages, showrooms, times for visits) and who asks (enquiries, appointments).

Enquiries and appointments are cases like any other: a number, an owner, a story, a state that only `move` changes.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models import states
from models.base import Base
from models.work import Ticket

#: What people come together for -> what staff read.
VISITS = {"measure": "量房", "showroom": "到店"}
#: Best first.
GRADES = ("A", "B", "C", "D")


class Package(Base):
    """A package 装修方案: a style at a price per square metre. Prices are ranges and never a quote."""

    __tablename__ = "package"
    __table_args__ = (CheckConstraint("price_low > 0 AND price_high >= price_low", name="price_range"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    #: As customers read it: 暖居·原木四季.
    name: Mapped[str] = mapped_column(String(40), unique=True)
    #: 现代简约, 北欧, 新中式 …
    style: Mapped[str] = mapped_column(String(20))
    #: What it comes with, in one or two sentences.
    summary: Mapped[str] = mapped_column(String(200), default="")
    #: 分 per square metre, from and to.
    price_low: Mapped[int]
    price_high: Mapped[int]
    #: Square metres that it suits, from and to; null means no bound.
    area_low: Mapped[int | None]
    area_high: Mapped[int | None]
    #: The picture's place below the media folder; empty while there is none.
    picture: Mapped[str] = mapped_column(String(200), default="")
    #: A page with more; empty shows the picture alone.
    link: Mapped[str] = mapped_column(String(300), default="")
    active: Mapped[bool] = mapped_column(default=True)
    #: Those with small numbers are offered first.
    position: Mapped[int] = mapped_column(default=100)

    def __str__(self) -> str:
        return self.name


class Showroom(Base):
    """A showroom 展厅: where it is and when it is open. Days that the office calendar closes close it too."""

    __tablename__ = "showroom"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40), unique=True)
    address: Mapped[str] = mapped_column(String(120))
    #: Degrees on Chinese maps (GCJ-02), as the map's own picker gives them; null while nobody has looked them up.
    lat: Mapped[float | None]
    lng: Mapped[float | None]
    phone: Mapped[str] = mapped_column(String(20), default="")
    opens: Mapped[dt.time] = mapped_column(default=dt.time(9))
    shuts: Mapped[dt.time] = mapped_column(default=dt.time(18))
    #: Weekdays on which it is open, Monday is 0.
    weekdays: Mapped[list[Any]] = mapped_column(default=lambda: list(range(7)))
    #: How to get there: 地铁2号线南门出口.
    route: Mapped[str] = mapped_column(String(200), default="")
    #: Where cars stand and what it costs: 地下车库B区免费停; empty while nobody has written it down.
    parking: Mapped[str] = mapped_column(String(120), default="")
    active: Mapped[bool] = mapped_column(default=True)

    def __str__(self) -> str:
        return self.name


class VisitPlan(Base):
    """When visits of a kind can be booked on one weekday: from, to, how long each, how many at once."""

    __tablename__ = "visit_plan"
    __table_args__ = (
        CheckConstraint("visit IN ('measure', 'showroom')", name="known_visit"),
        CheckConstraint("weekday BETWEEN 0 AND 6 AND minutes >= 10 AND seats >= 1 AND lead_hours >= 0", name="sane"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: measure or showroom.
    visit: Mapped[str] = mapped_column(String(10))
    #: Monday is 0.
    weekday: Mapped[int]
    starts: Mapped[dt.time]
    ends: Mapped[dt.time]
    #: How long one visit takes.
    minutes: Mapped[int] = mapped_column(default=120)
    #: How many visits of this kind may begin at the same time.
    seats: Mapped[int] = mapped_column(default=1)
    #: How many hours before it begins a visit can last be booked.
    lead_hours: Mapped[int] = mapped_column(default=4)
    active: Mapped[bool] = mapped_column(default=True)

    def __str__(self) -> str:
        return f"{VISITS[self.visit]} 周{'一二三四五六日'[self.weekday]} {self.starts:%H:%M}–{self.ends:%H:%M}"


class Enquiry(Ticket):
    """An enquiry 咨询: somebody thinks of having a home done, and what we know of it."""

    moves = states.ENQUIRY

    __tablename__ = "enquiry"
    __table_args__ = (
        Index("ix_enquiry_grade", "grade", "id"),
        CheckConstraint("grade IN ('A', 'B', 'C', 'D')", name="known_grade"),
    )

    id: Mapped[int] = mapped_column(ForeignKey(Ticket.id), primary_key=True)
    #: Square metres.
    area: Mapped[int | None]
    #: 三室两厅.
    layout: Mapped[str] = mapped_column(String(20), default="")
    style: Mapped[str] = mapped_column(String(20), default="")
    #: 分.
    budget_low: Mapped[int | None]
    budget_high: Mapped[int | None]
    #: When they get the keys, as understood and as said.
    keys_on: Mapped[dt.date | None]
    keys_text: Mapped[str] = mapped_column(String(40), default="")
    #: How they heard of us.
    source: Mapped[str] = mapped_column(String(40), default="")
    #: What was asked, line by line, in the customer's words.
    asked: Mapped[str] = mapped_column(Text, default="")
    #: Words of decision were said: 打算签, 什么时候能开工.
    decided: Mapped[bool] = mapped_column(default=False)
    #: A very hopeful, B hopeful, C ordinary, D faint; and why, in words.
    grade: Mapped[str] = mapped_column(String(1), default="D")
    grade_cause: Mapped[str] = mapped_column(String(200), default="")
    #: What the rule said last: it speaks again only when it has something new to say.
    rule_grade: Mapped[str] = mapped_column(String(1), default="D")
    #: When somebody of us last did something about it.
    last_touch_at: Mapped[dt.datetime | None]
    #: When it last lost a grade because nobody had done anything about it.
    cooled_at: Mapped[dt.datetime | None]

    appointments: Mapped[list["Appointment"]] = relationship(
        back_populates="enquiry", foreign_keys="Appointment.enquiry_id", order_by="Appointment.id"
    )

    __mapper_args__ = {"polymorphic_identity": "enquiry"}

    @property
    def what(self) -> str:
        """The enquiry in one line for people: 89㎡ 现代简约, else what was asked first."""
        facts = [f"{self.area}㎡" if self.area else "", self.layout, self.style]
        return " ".join(filter(None, facts)) or self.asked.partition("\n")[0]


class Appointment(Ticket):
    """An appointment 预约: measuring at the house or a visit to the showroom.

    While it is booked it holds a seat of its time (`seat_key`) and its enquiry's place for this kind (`holder_key`);
    both are unique, so that no two transactions can give one seat to two people.
    """

    moves = states.APPOINTMENT
    names: ClassVar[Mapping[str, str]] = states.NAMES | {"done": "已见面"}

    __tablename__ = "appointment"
    __table_args__ = (
        Index("ix_appointment_day", "start_at", "id"),
        CheckConstraint("visit IN ('measure', 'showroom')", name="known_visit"),
    )

    id: Mapped[int] = mapped_column(ForeignKey(Ticket.id), primary_key=True)
    #: measure or showroom.
    visit: Mapped[str] = mapped_column(String(10))
    enquiry_id: Mapped[int] = mapped_column(ForeignKey(Enquiry.id), index=True)
    showroom_id: Mapped[int | None] = mapped_column(ForeignKey(Showroom.id), index=True)
    start_at: Mapped[dt.datetime]
    end_at: Mapped[dt.datetime]
    #: How often it was moved; each time its reminder is a new one.
    moved: Mapped[int] = mapped_column(default=0)
    #: measure:2026-11-22T01:00:00+00:00:1; null once nobody holds the seat.
    seat_key: Mapped[str | None] = mapped_column(String(60), unique=True)
    #: 17:measure; null once it is over.
    holder_key: Mapped[str | None] = mapped_column(String(30), unique=True)

    enquiry: Mapped[Enquiry] = relationship(back_populates="appointments", foreign_keys=[enquiry_id])
    showroom: Mapped[Showroom | None] = relationship()

    __mapper_args__ = {"polymorphic_identity": "appointment", "inherit_condition": id == Ticket.id}

    @property
    def where(self) -> str:
        """Where people meet: the house that is measured, or the showroom's address."""
        return (self.showroom.address if self.showroom else "") if self.visit == "showroom" else self.house

    @property
    def what(self) -> str:
        """The appointment in one line for people."""
        return f"{VISITS[self.visit]} {self.where}".strip()
