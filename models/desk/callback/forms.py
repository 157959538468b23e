"""Survey forms: which questions an occasion asks. The house starts with these; managers make new versions.

Words of our own stand in templates/chat (`question.*`); a form holds only what staff wrote instead.
"""

import datetime as dt
import re
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models.actors import By
from models.errors import Missing
from models.questions import KINDS, Question
from models.surveys import SurveyForm

_WHY = Question("why", "words", at_most=3)
#: Occasion -> (asked in chat first, questions). `whole` gives the survey's own score where there are several.
DEFAULTS: dict[str, tuple[bool, tuple[Question, ...]]] = {
    "repair_done": (True, (Question("score"), _WHY)),
    "control_point": (
        True,
        (
            Question("workmanship"), Question("conduct"), Question("supervisor"), Question("designer"),
            Question("whole"), _WHY,
        ),
    ),
    "building": (True, (Question("score"), _WHY)),
    "aftercare": (True, (Question("score"), _WHY)),
    "repair_visit": (True, (Question("score"), _WHY)),
    "repair_long": (True, (Question("score"), _WHY)),
    "complaint_done": (True, (Question("score"), _WHY)),
    "slip": (False, (Question("settled", "yes_no"), Question("why", "words", after="settled", at_most=3))),
}  # fmt: skip
KEY = re.compile(r"^[a-z][a-z0-9_]{0,29}$")
#: More questions than this nobody answers in a chat.
MOST = 8


def current(session: Session, name: str, *, now: dt.datetime) -> SurveyForm | None:
    """The form that is asked on this occasion now; None for occasions that ask nothing."""
    query = select(SurveyForm).where(SurveyForm.name == name, SurveyForm.active).order_by(SurveyForm.version.desc())
    found = session.scalars(query).first()
    if found is None and name in DEFAULTS:
        in_chat, asked = DEFAULTS[name]
        found = SurveyForm(name=name, in_chat=in_chat, questions=[one.to_json() for one in asked], created_at=now)
        try:
            with session.begin_nested():
                session.add(found)
        except IntegrityError:  # planted by another transaction in the same moment
            return session.scalars(query).first()
    return found


def plant(session: Session, *, now: dt.datetime) -> list[SurveyForm]:
    """Every default form stands; those that exist keep what staff made of them."""
    active = select(SurveyForm).where(SurveyForm.active).order_by(SurveyForm.version)
    known = {form.name: form for form in session.scalars(active)}
    return [form for name in DEFAULTS if (form := known.get(name) or current(session, name, now=now))]


def revise(
    session: Session, form: SurveyForm, questions: Sequence[Question], *, in_chat: bool, by: By, now: dt.datetime
) -> SurveyForm:
    """A new version of the form with these questions is asked from now on; surveys that were begun keep theirs.

    Refused: no question, too many, a key twice, an unknown kind, words in one language only, a condition on a
    question that does not come before.
    """
    _check(questions)
    newest = select(SurveyForm.version).where(SurveyForm.name == form.name).order_by(SurveyForm.version.desc())
    version = (session.scalars(newest).first() or 0) + 1
    for old in session.scalars(select(SurveyForm).where(SurveyForm.name == form.name, SurveyForm.active)):
        old.active = False
    row = SurveyForm(
        name=form.name, version=version, in_chat=in_chat, questions=[one.to_json() for one in questions],
        staff_id=by.id if by.kind == "staff" else None, created_at=now,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def _check(questions: Sequence[Question]) -> None:
    if not questions or len(questions) > MOST:
        raise Missing("errors.form_length", most=MOST)
    before: list[str] = []
    for one in questions:
        if not KEY.match(one.key) or one.key in before or one.kind not in KINDS:
            raise Missing("errors.form_question", field=one.key)
        if any(bool(part.get("zh", "").strip()) != bool(part.get("en", "").strip()) for part in (one.name, one.text)):
            raise Missing("errors.form_languages", field=one.key)
        if one.after and one.after not in before:
            raise Missing("errors.form_condition", field=one.key)
        before.append(one.key)
