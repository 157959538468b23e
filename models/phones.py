"""How phone numbers and names are kept and shown. Pure; used wherever a person is spoken of."""

import re


def clean_phone(phone: str) -> str:
    """Digits only, without +86; empty stays empty."""
    digits = re.sub(r"\D", "", phone)
    return digits[2:] if len(digits) == 13 and digits.startswith("86") else digits[:20]


def mask_phone(phone: str) -> str:
    """138****8000; short numbers keep their last two digits."""
    if not phone:
        return ""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 8 else f"***{phone[-2:]}"


def mask_name(name: str) -> str:
    """陈**: the first sign and no more; empty stays empty."""
    return f"{name[:1]}**" if name else ""
