"""People: WeChat identities (Follower), persons (Customer) and which houses they belong to."""

import datetime as dt

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.houses import Crew, Project
from models.staff import Staff
from phones import called


class Customer(Base):
    """A person. May have several WeChat identities and several houses."""

    __tablename__ = "customer"

    id: Mapped[int] = mapped_column(primary_key=True)
    #: As the person gave it; empty until known.
    name: Mapped[str] = mapped_column(String(40), default="")
    #: 先生, 女士 or empty; printed after the surname.
    form: Mapped[str] = mapped_column(String(4), default="")
    #: Digits only, national format; masked wherever people see it.
    phone: Mapped[str] = mapped_column(String(20), default="", index=True)
    #: potential, likely, signed, building, in_warranty, out_of_warranty.
    stage: Mapped[str] = mapped_column(String(20), default="potential")
    #: How the person heard of us.
    source: Mapped[str] = mapped_column(String(40), default="")
    #: Birthday; the year is nobody's business. `birth_lunar` counts by the lunar calendar. Null: not known.
    birth_month: Mapped[int | None]
    birth_day: Mapped[int | None]
    birth_lunar: Mapped[bool] = mapped_column(default=False)
    #: The month of a lunar birthday was a leap month 闰月.
    birth_leap: Mapped[bool] = mapped_column(default=False)
    #: False for who wants no wishes at festivals and birthdays, but everything else.
    wants_greetings: Mapped[bool] = mapped_column(default=True)
    #: What colleagues should know; never shown to the customer.
    note: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[dt.datetime]

    followers: Mapped[list["Follower"]] = relationship(back_populates="customer")
    memberships: Mapped[list["ProjectMember"]] = relationship(back_populates="customer")
    tags: Mapped[list["CustomerTag"]] = relationship(
        back_populates="customer", order_by="CustomerTag.id", cascade="all, delete-orphan"
    )

    @property
    def tag_words(self) -> list[str]:
        """The words by which staff sort people: 老带新, 怕吵."""
        return [tag.word for tag in self.tags]

    @tag_words.setter
    def tag_words(self, words: list[str]) -> None:
        kept = {tag.word: tag for tag in self.tags}
        self.tags = [kept.get(word) or CustomerTag(word=word) for word in dict.fromkeys(words)]

    @property
    def call(self) -> str:
        """How the person is addressed, 陈先生; the name alone without a form, empty when unknown."""
        return called(self.name, self.form)

    def __str__(self) -> str:
        return self.call or "未留姓名"


class CustomerTag(Base):
    """A word that staff put on a person. There is no list of them: what is used is offered."""

    __tablename__ = "customer_tag"
    __table_args__ = (UniqueConstraint("customer_id", "word"), Index("ix_customer_tag_word", "word", "customer_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey(Customer.id))
    word: Mapped[str] = mapped_column(String(20))

    customer: Mapped[Customer] = relationship(back_populates="tags")

    def __str__(self) -> str:
        return self.word


class Follower(Base):
    """One WeChat openid, what it may be sent, and as whom it is served.

    The turn counter makes the webhook's write a compare-and-set: whoever read an older turn reads again.
    """

    __tablename__ = "follower"

    id: Mapped[int] = mapped_column(primary_key=True)
    openid: Mapped[str] = mapped_column(String(64), unique=True)
    unionid: Mapped[str] = mapped_column(String(64), default="")
    customer_id: Mapped[int | None] = mapped_column(ForeignKey(Customer.id), index=True)
    #: Set when this WeChat belongs to a crew; it is then served as crew.
    crew_id: Mapped[int | None] = mapped_column(ForeignKey(Crew.id), index=True)
    #: Set when this WeChat belongs to a member of staff.
    staff_id: Mapped[int | None] = mapped_column(ForeignKey(Staff.id), index=True)
    lang: Mapped[str] = mapped_column(String(5), default="zh")
    subscribed: Mapped[bool] = mapped_column(default=True)
    subscribed_at: Mapped[dt.datetime | None]
    unsubscribed_at: Mapped[dt.datetime | None]
    #: When the person last did what says whether they follow, by the platform's clock: pushes may overtake each other.
    follow_said_at: Mapped[dt.datetime | None]
    #: The scene of the code that brought the person; empty when they came by themselves.
    scene: Mapped[str] = mapped_column(String(64), default="")
    #: Counts answered pushes; compared and set by each of them.
    turn: Mapped[int] = mapped_column(default=0)
    #: The 48 h window of customer-service messages: open until, and how many may still be sent in it.
    reply_until: Mapped[dt.datetime | None]
    reply_left: Mapped[int] = mapped_column(default=0)
    #: The one-minute window after a follow, scan or menu tap.
    burst_until: Mapped[dt.datetime | None]
    burst_left: Mapped[int] = mapped_column(default=0)
    last_heard_at: Mapped[dt.datetime | None]
    #: Since when, and how many messages came, within the minute that is being counted.
    flood_since: Mapped[dt.datetime | None]
    flood_count: Mapped[int] = mapped_column(default=0)
    #: Set while the person refuses marketing; service messages still go out.
    opted_out_at: Mapped[dt.datetime | None]
    #: Why the platform will not take messages for this person; cleared by their next push.
    unreachable: Mapped[str] = mapped_column(String(80), default="")
    #: Wrong binding codes today, and the local day they were counted on.
    bind_tries: Mapped[int] = mapped_column(default=0)
    bind_tries_on: Mapped[dt.date | None]
    created_at: Mapped[dt.datetime]

    customer: Mapped[Customer | None] = relationship(back_populates="followers")
    crew: Mapped[Crew | None] = relationship()
    staff: Mapped[Staff | None] = relationship()

    def __str__(self) -> str:
        who = self.crew or self.staff or self.customer
        return str(who) if who else f"微信用户…{self.openid[-4:]}"


class ProjectMember(Base):
    """A person of a household on one project."""

    __tablename__ = "project_member"
    __table_args__ = (UniqueConstraint("project_id", "customer_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey(Project.id))
    customer_id: Mapped[int] = mapped_column(ForeignKey(Customer.id), index=True)
    #: owner or family.
    role: Mapped[str] = mapped_column(String(10), default="owner")

    project: Mapped[Project] = relationship(back_populates="members")
    customer: Mapped[Customer] = relationship(back_populates="memberships")

    def __str__(self) -> str:
        return f"{self.customer}（{'业主' if self.role == 'owner' else '家人'}）"


class BindingCode(Base):
    """A one-time code that ties a WeChat to a project's household, a crew or a member of staff."""

    __tablename__ = "binding_code"
    id: Mapped[int] = mapped_column(primary_key=True)
    #: Six digits, or a long random scene for printed QR codes.
    code: Mapped[str] = mapped_column(String(64), unique=True)
    project_id: Mapped[int | None] = mapped_column(ForeignKey(Project.id))
    #: The person of the household who will hold it; null makes a new customer.
    customer_id: Mapped[int | None] = mapped_column(ForeignKey(Customer.id))
    crew_id: Mapped[int | None] = mapped_column(ForeignKey(Crew.id))
    staff_id: Mapped[int | None] = mapped_column(ForeignKey(Staff.id))
    #: The owner's WeChat that asked for it in chat; null when staff gave it out.
    issued_by_id: Mapped[int | None] = mapped_column(ForeignKey(Follower.id))
    #: For whom, in the owner's word: 老婆, 家人; empty when nobody said.
    label: Mapped[str] = mapped_column(String(20), default="")
    expires_at: Mapped[dt.datetime]
    used_at: Mapped[dt.datetime | None]
    used_by_id: Mapped[int | None] = mapped_column(ForeignKey(Follower.id))
    created_at: Mapped[dt.datetime]
    project: Mapped[Project | None] = relationship()
    crew: Mapped[Crew | None] = relationship()
    staff: Mapped[Staff | None] = relationship()
    #: The platform's picture of it; null while nobody asked.
    qr: Mapped["QrCode | None"] = relationship(back_populates="code")  # noqa: F821
