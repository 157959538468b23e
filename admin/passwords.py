"""Passwords: argon2 hashes, and the few rules that a new one must meet."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

#: NIST SP 800-63B: length is what counts, composition rules are not.
SHORTEST = 8
LONGEST = 128

_hasher = PasswordHasher()
#: Checked when there is no such account, so that the answer takes as long as for a wrong password.
_NOBODY = _hasher.hash("nobody has this password")


def make_hash(password: str) -> str:
    """The hash to store."""
    return _hasher.hash(password)


def fits(stored: str, password: str) -> bool:
    """Whether `password` belongs to the stored hash; takes equally long when nothing is stored."""
    try:
        return _hasher.verify(stored or _NOBODY, password[: LONGEST * 4]) and bool(stored)
    except (VerificationError, InvalidHashError):
        return False


def refusal(password: str, username: str) -> str | None:
    """The key of the sentence that says why a new password is not taken, or None."""
    if len(password) < SHORTEST:
        return "account.password_short"
    if len(password) > LONGEST:
        return "account.password_long"
    if username.lower() in password.lower() or len(set(password)) < 4:
        return "account.password_weak"
    return None
