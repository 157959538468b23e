"""The second factor: six digits from an app (RFC 6238). A code is taken once, even within its half minute.

`Staff.totp_secret` holds the secret and, behind a colon, the step of the last code that was taken. Steps are
counted in real time, never in the sandbox's: the app on the person's phone does not travel.
"""

import secrets

import pyotp
import segno

from models import Staff

#: One code is shown so long, seconds.
STEP = 30
#: The name under which apps list the account.
ISSUER = "暖居"


def new_secret() -> str:
    """A fresh secret, to be confirmed by a code before it counts."""
    return pyotp.random_base32()


def picture(secret: str, username: str) -> str:
    """The QR code that apps scan, as a data URL of an SVG; nothing leaves this machine."""
    address = pyotp.TOTP(secret).provisioning_uri(name=username, issuer_name=ISSUER)
    return segno.make(address, error="m").svg_data_uri(scale=5, border=2)


def set_up(person: Staff, secret: str, code: str, at: float) -> bool:
    """The second factor is on when `code` proves that the app has the secret; otherwise nothing changes."""
    step = _matching(secret, code, at, used=0)
    if step is None:
        return False
    person.totp_secret = f"{secret}:{step}"
    return True


def take(person: Staff, code: str, at: float) -> bool:
    """Whether `code` is the person's code now, or of one step before or after; it is used up afterwards."""
    secret, _, used = person.totp_secret.partition(":")
    step = _matching(secret, code, at, used=int(used or 0))
    if step is None:
        return False
    person.totp_secret = f"{secret}:{step}"
    return True


def _matching(secret: str, code: str, at: float, *, used: int) -> int | None:
    digits = "".join(code.split()).encode()
    totp, present = pyotp.TOTP(secret), int(at // STEP)
    for step in (present - 1, present, present + 1):
        if step > used and secrets.compare_digest(totp.at(step * STEP).encode(), digits):
            return step
    return None
