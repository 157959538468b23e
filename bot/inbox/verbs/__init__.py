"""The verbs a dialog may ask for: each turns the dialog's plain arguments into one verb of the desk.

A verb that the desk refuses raises DomainError; the inbox says that text instead and the dialog stays where it was.
"""

from bot.inbox.verbs import (
    callback,
    complaint,
    crew,
    events,
    household,
    knowledge,
    privacy,
    quotes,
    referral,
    repair,
    sales,
    site,
    staff,
    survey,
    talk,
    warranty,
)
from bot.inbox.verbs.hand import Args, Hand, Results, Verb

__all__ = ["VERBS", "Args", "Hand", "Results", "Verb"]

#: The names are the dialog engine's API; a test holds that every name a script uses is here.
VERBS: dict[str, Verb] = (
    repair.VERBS
    | survey.VERBS
    | crew.VERBS
    | quotes.VERBS
    | warranty.VERBS
    | talk.VERBS
    | knowledge.VERBS
    | household.VERBS
    | referral.VERBS
    | events.VERBS
    | site.VERBS
    | complaint.VERBS
    | staff.VERBS
    | callback.VERBS
    | sales.VERBS
    | privacy.VERBS
)  # fmt: skip
