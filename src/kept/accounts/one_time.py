"""Codes of an authenticator app (RFC 6238: SHA-1, six digits, half a minute each), and recovery codes: pure, no store."""

import hmac
import re
import secrets
import unicodedata
from datetime import datetime

import pyotp

STEP_SECONDS = 30
AROUND = (0, -1, 1)
"""Steps beside the present one whose code is taken, too: clocks differ, and typing takes time (RFC 6238, 5.2)."""
_DIGITS = re.compile(r"[0-9]{6}")
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""What nobody mistakes for something else: no i, l, o, 0, 1."""
_GROUPS, _GROUP = 3, 4


def new_secret() -> str:
    """160 random bits in base32, as apps read them (RFC 4226, 4: at least 128, better 160)."""
    return pyotp.random_base32(32)


def uri_of(secret: str, *, account: str, site: str) -> str:
    """What the QR code says: an `otpauth:` address."""
    return pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=site)


def code_at(secret: str, step: int) -> str:
    """The code of a step."""
    return pyotp.TOTP(secret).generate_otp(step)


def step_at(now: datetime) -> int:
    """The step that a moment falls in."""
    return int(now.timestamp()) // STEP_SECONDS


def step_of(secret: str, code: str, *, now: datetime) -> int | None:
    """The step whose code it is, if that is good at this moment. Compares all of them, each in constant time."""
    found = None
    for offset in AROUND:
        step = step_at(now) + offset
        if hmac.compare_digest(code_at(secret, step).encode(), code.encode()):
            found = step if found is None else max(found, step)
    return found


def typed(text: str) -> str:
    """A code in its one spelling: without spaces and hyphens, in small letters."""
    return re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", text[:64])).lower()


def is_from_app(code: str) -> bool:
    """Whether a code, in its one spelling, has the shape of an app's."""
    return _DIGITS.fullmatch(code) is not None


def new_recovery_code() -> str:
    """A recovery code as it is shown: three groups of four (59 bits)."""
    groups = ("".join(secrets.choice(_LETTERS) for _ in range(_GROUP)) for _ in range(_GROUPS))
    return "-".join(groups)


def readable(secret: str) -> str:
    """A secret in groups of four, for whoever types it."""
    return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
