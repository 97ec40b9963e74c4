"""What people are called by: public handles, which must not be mistaken for somebody else's, and e-mail addresses."""

import re
import unicodedata

from kept.kit import KeptError, Kind

_HANDLE = re.compile(r"[a-z0-9_.]{2,24}")
_DIGITS_FOR_LETTERS = str.maketrans("013457$", "oleasts")
_LOOK_ALIKE = (("rn", "m"), ("vv", "w"), ("i", "l"))

_PROTECTED = frozenset(
    {
        "abuse", "admin", "administrator", "childsafety", "hostmaster", "moderation", "moderator", "official", "operator",
        "owner", "postmaster", "privacy", "security", "staff", "support", "sysadmin", "system", "trustandsafety",
        "trustsafety", "verified", "webmaster",
    }
)  # fmt: skip
"""Words by which a handle would pass for the people who run the place."""

_KEPT_BACK = frozenset({"all", "anonymous", "deleted", "everyone", "me", "none", "null", "undefined", "you"})
"""Words that a text about people needs for itself: “deleted account”, “@everyone”."""

_EMAIL = re.compile(r"[^@\s\x00-\x1f\x7f]{1,64}@(?=.{1,253}$)[^@\s\x00-\x1f\x7f.]{1,63}(?:\.[^@\s\x00-\x1f\x7f.]{1,63})+")


class BadHandle(KeptError):
    code = "bad_handle"
    kind = Kind.INVALID
    message = (
        "A handle has 2 to 24 characters: letters from a to z, digits, “_” and “.”, with at least one letter or digit."
        " Dots stand between other characters."
    )


class HandleReserved(KeptError):
    code = "handle_reserved"
    kind = Kind.CONFLICT
    message = "That handle is reserved, so that nobody is taken for the people who run this place. Choose another one."


class BadEmail(KeptError):
    code = "bad_email"
    kind = Kind.INVALID
    message = "That isn't an e-mail address we can write to. Check it, or leave it out: it is optional."


def handle_of(text: str, *, site: str) -> str:
    """The handle that somebody typed, in its one spelling: NFKC, small letters, without a leading “@”.

    Only ASCII is left after folding, so no letter of another script can pose as one of ours (UTS 39). Look-alikes within
    ASCII (0 and o, rn and m) are refused where it matters: for words that stand for the operator, or the `site` itself.

    Raises:
        BadHandle: a length or a character that handles don't have.
        HandleReserved: a word that is kept back, or looks like one.
    """
    handle = unicodedata.normalize("NFKC", text).strip().lower().removeprefix("@")
    dotted = handle.startswith(".") or handle.endswith(".") or ".." in handle
    if not _HANDLE.fullmatch(handle) or dotted or not handle.strip("_."):
        raise BadHandle
    if handle in _KEPT_BACK or _poses(handle, site):
        raise HandleReserved
    return handle


def email_of(text: str) -> str:
    """An e-mail address as typed, without outer spaces, in NFC.

    Raises:
        BadEmail: not of the shape of one (RFC 5321, 4.5.3.1: 64 and 255 octets at most, 254 for the whole path).
    """
    email = unicodedata.normalize("NFC", text).strip()
    if len(email.encode()) > 254 or not _EMAIL.fullmatch(email):
        raise BadEmail
    return email


def masked(email: str) -> str:
    """As much of an address as its owner needs to know it by: `a…@example.org`."""
    local, _, domain = email.partition("@")
    return f"{local[:1]}…@{domain}"


def _poses(handle: str, site: str) -> bool:
    """Whether a handle reads like the operator: a protected word, the site's name, or the two together."""
    ours = _skeleton(site)
    words = {_skeleton(word) for word in _PROTECTED}
    seen = _skeleton(handle)
    return seen == ours or seen in words or any(seen in (ours + word, word + ours) for word in words)


def _skeleton(text: str) -> str:
    """What is left of a word for a quick eye: look-alikes made equal, separators gone."""
    bare = re.sub(r"[^a-z0-9]", "", text.lower()).translate(_DIGITS_FOR_LETTERS)
    for pair, one in _LOOK_ALIKE:
        bare = bare.replace(pair, one)
    return bare
