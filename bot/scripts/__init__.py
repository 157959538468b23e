"""The menu: every dialog there is, by the name that stored drafts carry. Add, never rename."""

from bot.scripts import (
    aftermath,
    answered,
    appointment,
    call,
    consent,
    enquiry,
    events,
    household,
    known,
    privacy,
    quote,
    regret,
    repair,
    site,
    small,
    survey,
    urgent,
    visits,
    warranty,
)
from bot.scripts.script import Script

SCRIPTS: dict[str, Script] = {
    script.name: script
    for script in (
        repair.SCRIPT,
        known.SHARED,
        urgent.SCRIPT,
        survey.SCRIPT,
        small.CANCEL,
        small.BIND,
        quote.SCRIPT,
        warranty.SCRIPT,
        call.SCRIPT,
        answered.ANSWERED,
        answered.WHICH,
        household.BY_CONTRACT,
        household.INVITE,
        household.UNBIND,
        household.REMOVE,
        site.PROGRESS,
        site.PHOTOS,
        events.SIGN_UP,
        events.WITHDRAW,
        *aftermath.SCRIPTS,
        enquiry.SCRIPT,
        appointment.SCRIPT,
        visits.CALL_OFF,
        visits.MOVE,
        privacy.SCRIPT,
        consent.SCRIPT,
        regret.SCRIPT,
    )
}
