"""Which passwords we take (NIST SP 800-63B-4, 3.1.1; OWASP ASVS 5.0, 6.2): long enough, not known from a breach, not easily
guessed, no name of the member's in it. No rules about kinds of characters, and no password has to be changed by the date.
"""

import hashlib
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from kept.accounts.hashing import Hasher
from kept.kit import KeptError, Kind
from kept.kit.settings import BadSettings

SHORTEST, SHORTEST_ALONE, LONGEST = 8, 15, 256
"""In characters, after normalising: beside a second factor, and where the password alone opens the account."""
STRONG = 3
"""zxcvbn's score for 'safely unguessable', from 0 to 4."""
_SCORED = 72
"""zxcvbn looks at no more characters than this; what begins strong does not get weaker."""


class PasswordTooShort(KeptError):
    code = "password_too_short"
    kind = Kind.INVALID
    message = "That password is too short. Take at least {shortest} characters; three or four words make a good one."


class PasswordTooLong(KeptError):
    code = "password_too_long"
    kind = Kind.INVALID
    message = "That password is too long. We take up to {longest} characters."


class PasswordBreached(KeptError):
    code = "password_breached"
    kind = Kind.INVALID
    message = "That password is known from stolen lists, so it would be tried first. Choose another one."


class PasswordWeak(KeptError):
    code = "password_weak"
    kind = Kind.INVALID
    message = "That password is easy to guess. Add a word or two that have nothing to do with each other."


class PasswordNamesYou(KeptError):
    code = "password_names_you"
    kind = Kind.INVALID
    message = "That password contains your handle or your e-mail address, which others know. Choose another one."


class PasswordNamesUs(KeptError):
    code = "password_names_us"
    kind = Kind.INVALID
    message = "That password is little more than the name of this service, which is tried first. Choose another one."


@dataclass(frozen=True, slots=True, repr=False)
class HashedPassword:
    """A password that was taken, as it is stored. Only `judged` makes one."""

    hash: str


class BreachedList:
    """SHA-1 hashes of breached passwords in a sorted file, searched on disk: one a line in hex, or their first digits, all
    of one length; `:count` may follow, as in the lists of Have I Been Pwned.

    Raises:
        BadSettings: the file can't be read, or does not begin like such a list.
    """

    def __init__(self, path: str) -> None:
        self._path = Path(path)
        try:
            with self._path.open("rb") as file:
                self._digits = len(_key(file.readline()))
        except OSError as error:
            raise BadSettings(why=f"accounts.breached_passwords: {error}") from error
        if not 5 <= self._digits <= 40:
            raise BadSettings(why=f"accounts.breached_passwords: {path} does not begin with a SHA-1 hash in hex")

    def holds(self, password: str) -> bool:
        """Whether a password is in the list; about 35 reads for a list of a thousand million."""
        digest = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest()
        wanted = digest[: self._digits].encode()
        with self._path.open("rb") as file:
            return _bisect(file, wanted, self._path.stat().st_size)


def _bisect(file: BinaryIO, wanted: bytes, size: int) -> bool:
    """Whether a line of a sorted file has the key `wanted`. `low` and `high` enclose where its line may begin."""
    low, high = 0, size
    while low < high:
        middle = (low + high) // 2
        file.seek(middle)
        if middle:
            file.readline()
        key = _key(file.readline())
        if key == wanted:
            return True
        if key and key < wanted:
            low = middle + 1
        else:
            high = middle
    file.seek(0)
    return _key(file.readline()) == wanted


def _key(line: bytes) -> bytes:
    """The hash of a line, in small letters; empty when it is none."""
    key = line.strip().split(b":")[0].lower()
    return key if all(digit in b"0123456789abcdef" for digit in key) else b""


def normal_password(text: str) -> str:
    """A password in its one spelling (NFKC; NIST SP 800-63B-4, 3.1.1.2), so that every keyboard types the same one."""
    return unicodedata.normalize("NFKC", text)


async def judged(
    hasher: Hasher,
    breached: BreachedList | None,
    password: str,
    *,
    handle: str,
    email: str | None,
    site: str,
    shortest: int = SHORTEST_ALONE,
) -> HashedPassword:
    """Take a new password, or say why not.

    Raises:
        PasswordTooShort, PasswordTooLong, PasswordBreached, PasswordWeak, PasswordNamesYou, PasswordNamesUs: in words that
            help.
        TooBusy: too many passwords are being hashed.
    """
    normal = normal_password(password)
    if len(normal) > LONGEST:
        raise PasswordTooLong(longest=LONGEST)
    if len(normal) < shortest:
        raise PasswordTooShort(shortest=shortest)
    await hasher.run(_judge, normal, breached, handle, email, site)
    return HashedPassword(await hasher.hash(normal))


def _judge(password: str, breached: BreachedList | None, handle: str, email: str | None, site: str) -> None:
    """Refuse what is known, names the member, or is guessed quickly."""
    names = [handle, *((email, email.partition("@")[0]) if email else ())]
    low = password.lower()
    if any(len(name) > 2 and name.lower() in low for name in names):
        raise PasswordNamesYou
    if site and len(low.replace(site.lower(), "")) < min(SHORTEST, len(low)):
        raise PasswordNamesUs
    if breached is not None and breached.holds(password):
        raise PasswordBreached
    from zxcvbn import zxcvbn  # its word lists take 14 MiB, in the one process that signs people up

    found = zxcvbn(password[:_SCORED], user_inputs=[*names, site])
    if any(part.get("dictionary_name") == "passwords" and part["token"] == password for part in found["sequence"]):
        raise PasswordBreached
    if found["score"] < STRONG:
        raise PasswordWeak
