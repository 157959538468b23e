"""What WeChat refused, named by what the caller should do next.

The rule of this module: an error carries a code, the platform's own words and its `rid`, and nothing else. Tokens,
secrets, addresses and message texts never get in, so an error may be logged, stored on a row or shown to staff.
Codes and reactions follow the platform's "global return codes" page and the pages of the single interfaces.
"""

from __future__ import annotations

import re

_RID = re.compile(r"\s*rid:\s*([0-9A-Za-z][0-9A-Za-z-]{0,79})")
_LINE_BREAKS = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]+")
_WORDS = 300  # characters kept of the platform's explanation

TOKEN_CODES = frozenset({40001, 40014, 42001})


class GatewayError(Exception):
    """Something between us and WeChat went wrong; the class says what to do, the attributes what it was."""

    def __init__(self, code: int = 0, message: str = "", rid: str = "") -> None:
        """Keep the platform's code (0 when the platform said nothing), one line of words, and its request id."""
        super().__init__(code, message, rid)
        self.code, self.message, self.rid = code, message, rid

    def __str__(self) -> str:
        """One line, fit for a log."""
        words = f"{type(self).__name__} {self.code} {self.message}".rstrip()
        return f"{words} (rid {self.rid})" if self.rid else words


class Refused(GatewayError):
    """WeChat answered no, and asking again cannot help: give this message up."""

    #: Not following, unknown, on our black-list, or has switched messages off: hopeless until the person acts.
    PERSON_CODES = frozenset({40003, 43004, 43019, 46004, 48002, 50005})

    @property
    def permanent_for_person(self) -> bool:
        """True when nothing can be sent to this person until an event of theirs arrives."""
        return self.code in self.PERSON_CODES


class Unreachable(GatewayError):
    """WeChat did not get the request, or the request changes nothing: it is safe to send it again, backing off."""


class Throttled(GatewayError):
    """Too much or too busy: the request was not carried out; try again after `retry_after` seconds."""

    _SECONDS = {
        -1: 5.0,
        45009: 3600.0,
        45011: 60.0,
        45066: 60.0,
        # Somebody has to allow a mass send in the console first.
        89505: 600.0,
        43116: 3600.0,
        43117: 3600.0,
        43118: 3600.0,
    }

    @property
    def retry_after(self) -> float:
        """Seconds to wait: the platform names no times, so these are the period of the limit that was hit."""
        return self._SECONDS.get(self.code, 60.0)

    @property
    def for_person(self) -> bool:
        """True when only this recipient gets too much; everybody else can still be written to."""
        return self.code in (43116, 43117, 43118)


class WindowClosed(GatewayError):
    """The person has not written lately, or the window's messages are used up: take the next channel, do not repeat."""

    @property
    def reason(self) -> str:
        """`quota` when the window is open but its count is used up (45047), else `closed` (45015)."""
        return "quota" if self.code == 45047 else "closed"


class NoConsent(GatewayError):
    """The person allows no (more) notice of this template: forget what we thought and take the next rung."""


class MassSpent(GatewayError):
    """The platform allows no more mass messages in this period: whoever is left waits for their own window."""


class Misconfigured(GatewayError):
    """No message can go out until a person changes a setting, here or in the platform's console: stop and alert."""


class Unknown(GatewayError):
    """The request was sent and no answer came: perhaps carried out, so a person or an idempotency key decides."""


class Forged(GatewayError):
    """This push does not come from WeChat (or is too old to tell): answer 403 and keep nothing."""


class Unreadable(GatewayError):
    """This push is WeChat's, but cannot be understood: keep the bytes and answer `success`."""


_BY_NAME = {
    WindowClosed: {45015, 45047},
    NoConsent: {43101},
    MassSpent: {45028},
    Throttled: set(Throttled._SECONDS),
    Misconfigured: {
        *TOKEN_CODES,  # still refused after a refresh: the secret or the account is wrong
        40002,
        40013,
        40125,
        41002,
        41004,
        40243,
        50007,  # app id, secret, secret frozen, account frozen
        40164,
        61004,
        89503,
        89506,
        89507,  # our address is not in the white-list, or waits for an administrator
        48001,
        48004,
        48006,
        48008,
        50002,  # no permission, banned, quota reset used up, type not allowed, restricted
    },
}
_CLASSES = {code: kind for kind, codes in _BY_NAME.items() for code in codes}


def named(code: int, words: str) -> GatewayError:
    """The error for a platform code, `rid` taken out of the words. An unknown code is Refused: it was a clear no."""
    found = _RID.search(words)
    message = _LINE_BREAKS.sub(" ", _RID.sub("", words)).strip()[:_WORDS]
    return _CLASSES.get(code, Refused)(code, message, found.group(1) if found else "")
