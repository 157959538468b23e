"""What goes into a dialog turn and what comes out of it: plain frozen values, no behaviour beyond JSON.

State is stored between turns and outlives releases: reading it back tolerates what an older one wrote.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from bot.leads import Lead, Offer, Slot, VisitRef
from bot.refs import CallRef, EventRef, PastRef, QuoteRef, RatedRef
from bot.understanding.library import Answer
from bot.understanding.reading import Reading, Slots
from models.questions import Question


@dataclass(frozen=True)
class Heard:
    """One push of one person, already understood."""

    text: str
    #: text image voice video shortvideo location link file event unknown.
    kind: str
    reading: Reading
    at: dt.datetime
    media_id: str = ""
    #: subscribe unsubscribe scan click view …; "" for messages.
    event: str = ""
    #: The menu's key of a click.
    key: str = ""
    #: The id of the button under a message that was tapped; its words are `text`.
    choice: str = ""
    #: What a scanned code says: ref_…, event_…; binding codes are heard as their digits.
    scene: str = ""
    #: Degrees north and east of a location that was sent.
    place: tuple[float, float] | None = None


@dataclass(frozen=True)
class House:
    """A house the records know; `id` is the project's."""

    id: int
    label: str
    #: Whether the records know when it was finished.
    completed: bool = False
    #: building, in_warranty, out_of_warranty; empty where nobody asked.
    stage: str = ""


@dataclass(frozen=True)
class Job:
    """A crew's open repair."""

    id: int
    number: str
    #: assigned accepted on_the_way on_site …, as in models.
    state: str
    label: str
    #: How many of its faults are still to be mended.
    items: int = 1
    #: The time agreed with the household, as said; and when we promised to be there or done.
    when: str = ""
    due: dt.datetime | None = None


@dataclass(frozen=True)
class TicketRef:
    """A customer's open repair, or one of their household that they watch."""

    id: int
    number: str
    state: str
    label: str
    urgent: bool = False
    #: The warranty does not cover it.
    paid: bool = False
    #: Whether this person reported it.
    own: bool = True
    #: Since when a crew's wish for another time waits for this person's answer.
    time_asked_at: dt.datetime | None = None
    #: That other time, and whether the question is the last thing on the phone: only then is a bare 好 its answer.
    time_asked: tuple[dt.datetime, dt.datetime] | None = None
    time_asked_last: bool = False
    #: When the visit is agreed to begin.
    when: dt.datetime | None = None
    #: Where, as the customer wrote it.
    house: str = ""


@dataclass(frozen=True)
class ComplaintRef:
    """A customer's open complaint, the newest."""

    id: int
    number: str
    #: registered upheld … proposed …, as in models.
    state: str
    target: str
    #: When the explanation in writing is promised; None once it was given.
    due: dt.datetime | None = None
    #: Whether what was proposed has reached this phone, or may have, and is the last thing on it.
    told: bool = False
    asked_last: bool = False


@dataclass(frozen=True)
class SurveyRef:
    """The satisfaction question that waits for this person's answer."""

    id: int
    ticket_id: int | None
    number: str
    label: str
    #: When it was asked: between it and a dialog, a bare number belongs to whoever asked last.
    asked_at: dt.datetime | None = None
    #: The form's name, its questions, and what those answered so far count as. Without questions: the repair's own.
    form: str = ""
    questions: tuple[Question, ...] = ()
    given: Mapping[str, int | None] = field(default_factory=dict)


def _nothing_found(_: Any) -> tuple[House, ...]:
    return ()


def _no_slots(_: str) -> tuple[Slot, ...]:
    return ()


def _never_open(_: dt.date) -> Slot | None:
    return None


def _no_answer(_: str) -> Answer:
    return Answer()


@dataclass(frozen=True)
class Facts:
    """All that the records know about the person, gathered before the turn."""

    now: dt.datetime
    #: 陈先生, or "".
    call: str = ""
    #: Masked, or "".
    phone: str = ""
    has_phone: bool = False
    houses: tuple[House, ...] = ()
    #: A crew's open jobs, most urgent first.
    jobs: tuple[Job, ...] = ()
    #: A customer's open repairs and those they watch, newest first.
    tickets: tuple[TicketRef, ...] = ()
    #: Open repairs that others of the household reported.
    household: tuple[TicketRef, ...] = ()
    #: What was finished lately in their homes, newest first.
    past: tuple[PastRef, ...] = ()
    #: What breaks again within this time after it was finished is the same case.
    redo: dt.timedelta = dt.timedelta(days=30)
    survey: SurveyRef | None = None
    #: All that wait for an answer, the one asked last first; `survey` is that one.
    surveys: tuple[SurveyRef, ...] = ()
    #: Quotes of this person's household that wait for an answer, newest first.
    quotes: tuple[QuoteRef, ...] = ()
    complaint: ComplaintRef | None = None
    calling: CallRef | None = None
    rated: RatedRef | None = None
    #: Whether a deletion of their data was asked for and is not carried out yet.
    erasing: bool = False
    crew_name: str | None = None
    staff_name: str | None = None
    #: Whether the person waits for a colleague in the queue.
    waiting: bool = False
    office_open: bool = True
    #: 明早9点; "" while the office is open.
    office_next: str = ""
    opted_out: bool = False
    #: Events that are open, the soonest first.
    events: tuple[EventRef, ...] = ()
    #: Houses of this person that the words may mean.
    find_houses: Callable[[str | Slots], tuple[House, ...]] = _nothing_found
    #: What the house's articles say to a question.
    find_answer: Callable[[str], Answer] = _no_answer
    lang: str = "zh"
    #: The person's visits to come, the next one first.
    visits: tuple[VisitRef, ...] = ()
    lead: Lead | None = None
    #: What we offer, the first to be shown first.
    offers: tuple[Offer, ...] = ()
    #: The showroom's name, address, hours today …, as its text names them; empty while there is none.
    showroom: Mapping[str, Any] = field(default_factory=dict)
    #: From when to when the showroom is open on a day; None when it is not.
    open_on: Callable[[dt.date], Slot | None] = _never_open
    #: The times at which a visit of a kind (measure, showroom) can still be booked, the next one first.
    free_slots: Callable[[str], tuple[Slot, ...]] = _no_slots


def _moment(value: Any) -> dt.datetime | None:
    try:
        at = dt.datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    return at if at.tzinfo else None


@dataclass(frozen=True)
class State:
    """Where a dialog stands. `script` "" means that none is open and only `missed` or `parked` matter."""

    script: str = ""
    step: str = ""
    answers: Mapping[str, Any] = field(default_factory=dict)
    media: tuple[str, ...] = ()
    #: Misunderstandings in a row.
    missed: int = 0
    started_at: dt.datetime | None = None
    touched_at: dt.datetime | None = None
    #: cancel or resume while a yes/no about the dialog itself is open, else "".
    confirming: str = ""
    #: The last words that were understood: the same again is a message sent twice, not a misunderstanding.
    last: str = ""
    #: Dialogs put aside, the last one first to come back.
    parked: tuple["State", ...] = ()
    #: The language of the last answer where it is not the one that the person is written to in, else "".
    lang: str = ""
    #: When they last read an apology of ours.
    sorry_at: dt.datetime | None = None
    #: What was done in the last turn and may be taken back in the next: its verb, its args.
    did: Mapping[str, Any] = field(default_factory=dict)

    def missing(self, now: dt.datetime | None = None) -> "State":
        """The same state with one misunderstanding more."""
        return replace(self, missed=self.missed + 1, last="", touched_at=now or self.touched_at)

    def to_json(self) -> dict[str, Any]:
        """A JSON object; from_json gives the same state back."""
        return {
            "script": self.script,
            "step": self.step,
            "answers": dict(self.answers),
            "media": list(self.media),
            "missed": self.missed,
            "started_at": self.started_at.isoformat() if self.started_at else None,
            "touched_at": self.touched_at.isoformat() if self.touched_at else None,
            "confirming": self.confirming,
            "last": self.last,
            "lang": self.lang,
            "sorry_at": self.sorry_at.isoformat() if self.sorry_at else None,
            "did": dict(self.did),
            "parked": [state.to_json() for state in self.parked],
        }

    @classmethod
    def from_json(cls, plain: Any) -> "State":
        """The stored state; parts that cannot be read are left out, an empty state at worst."""
        if not isinstance(plain, Mapping):
            return cls()
        text = {name: plain.get(name) for name in ("script", "step", "confirming", "last", "lang")}
        answers, media, did = plain.get("answers"), plain.get("media"), plain.get("did")
        parked, missed = plain.get("parked"), plain.get("missed")
        return cls(
            **{name: value if isinstance(value, str) else "" for name, value in text.items()},
            answers=dict(answers) if isinstance(answers, Mapping) else {},
            did=dict(did) if isinstance(did, Mapping) else {},
            media=tuple(m for m in media if isinstance(m, str)) if isinstance(media, list | tuple) else (),
            missed=missed if isinstance(missed, int) else 0,
            started_at=_moment(plain.get("started_at")),
            touched_at=_moment(plain.get("touched_at")),
            sorry_at=_moment(plain.get("sorry_at")),
            parked=tuple(map(cls.from_json, parked)) if isinstance(parked, list | tuple) else (),
        )


@dataclass(frozen=True)
class Say:
    """A text to say, by key. The results of this turn's verbs are merged into `facts` first."""

    key: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Do:
    """A verb to carry out; results named in `keep` are copied into the state's answers."""

    verb: str
    args: Mapping[str, Any] = field(default_factory=dict)
    keep: tuple[str, ...] = ()


@dataclass(frozen=True)
class Outcome:
    """What one turn leads to: the state to store (None: no dialog), what to say and what to do, in order."""

    state: State | None
    says: tuple[Say, ...] = ()
    dos: tuple[Do, ...] = ()
    #: What follows the desk's refusal of a verb, after its words; None: the dialog stays where it was before.
    otherwise: "Outcome | None" = None
