"""Requests by e-mail: what the operator's mail server hands over, signed. Who wrote it is found out by a code alone.

A letter that answers a code verifies its request. Another one begins a request, if its subject says which. What says neither
is left to people: the mail server is told so, keeps it in the mailbox, and the privacy team enters it. Attachments are
never looked at.
"""

import hashlib
import hmac
import re
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import getaddresses
from enum import StrEnum
from pathlib import Path
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from kept.accounts import BadEmail, email_of
from kept.kit import KeptError, Settings
from kept.kit import Kind as ErrorKind
from kept.look.words import translator
from kept.rights.intake import Claim, home_of, take_in
from kept.rights.mailing import Letter, post, require_mail
from kept.rights.models import RightsSeen
from kept.rights.states import Kind
from kept.rights.taking import Channel
from kept.rights.verifying import Verified, WrongCode, verify
from kept.rights.works import BadRequest, Doors
from kept.vault import normalise

LARGEST = 1024 * 1024
WINDOW = timedelta(minutes=5)
_READ = 20_000
_CODE = re.compile(r"(?<!\d)(\d{8})(?!\d)")
_NUMBER = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_WORDS = (
    (Kind.DELETION, re.compile(r"\b(delet|eras|elimin|borr|suprim|supres)", re.IGNORECASE)),
    (Kind.PORTABILITY, re.compile(r"\b(portab|transfer)", re.IGNORECASE)),
    (Kind.ACCESS, re.compile(r"\b(access|copy|copia|acceso)", re.IGNORECASE)),
)


class MailClosed(KeptError):
    code = "mail_closed"
    kind = ErrorKind.FORBIDDEN
    message = "No letters are taken here: the settings name no secret for the mail server (mail.inbound_key_file)."


class NotFromOurs(KeptError):
    code = "not_signed"
    kind = ErrorKind.FORBIDDEN
    message = "This letter is not signed by our mail server, or it is too old, or it was taken already."


class Became(StrEnum):
    """What became of a letter."""

    TAKEN = "taken"
    VERIFIED = "verified"
    IGNORED = "ignored"
    """A machine wrote it, or its code is wrong."""
    FOR_PEOPLE = "for_people"
    """It doesn't say what it asks for: somebody has to read it."""


def signature_of(secret: bytes, timestamp: str, letter: bytes) -> str:
    """HMAC-SHA-256 over the moment (seconds since 1970), a dot, and the letter as it is; in hexadecimal."""
    return hmac.new(secret, timestamp.encode() + b"." + letter, hashlib.sha256).hexdigest()


async def receive(works: Doors, letter: bytes, *, timestamp: str, signature: str, now: datetime) -> Became:
    """Take a letter (RFC 5322) that our mail server hands over. Raises MailClosed, NoMail, NotFromOurs."""
    await _require_ours(works, letter, timestamp, signature, now=now)
    require_mail(works.settings)
    message = message_from_bytes(letter, policy=policy.default)
    assert isinstance(message, EmailMessage)  # noqa: S101  the policy makes these
    sender = _sender(message)
    if sender is None or str(message.get("Auto-Submitted", "no")).lower() != "no":
        return Became.IGNORED
    subject, text = str(message.get("Subject", ""))[:500], _text(message)
    number, codes = _NUMBER.search(f"{subject}\n{text}"), _CODE.findall(text)
    if number is not None and codes:
        return await _answer(works, UUID(number[0]), codes[0], sender, now=now)
    kind = next((kind for kind, words in _WORDS if words.search(subject)), None)
    if kind is None:
        return Became.FOR_PEOPLE
    try:
        await take_in(works, Claim(kind, Channel.EMAIL, sender, email=sender), now=now)
    except BadRequest:
        return Became.FOR_PEOPLE
    return Became.TAKEN


async def _answer(works: Doors, request_id: UUID, code: str, sender: str, *, now: datetime) -> Became:
    try:
        done = await verify(works, request_id, code, now=now)
    except WrongCode:
        return Became.IGNORED
    home = await home_of(works, normalise(sender))
    if home is not None and home.member_id == done.request.member_id:
        await _tell(works, done, sender, now=now)
    return Became.VERIFIED


async def _tell(works: Doors, done: Verified, to: str, *, now: datetime) -> None:
    """Send the new secret to the address on file, which the letter came from, too; nobody else is given it."""
    site, server, request = works.settings.site, works.settings.server, done.request
    t = translator("en")
    door = server.public_url.rstrip("/") or f"http://{server.host}:{server.port}"
    where = f"{door}/your-request?code={request.request_id}.{done.secret}"
    subject = t("letters.verified.subject", site=site.name).unescape()
    text = t("letters.verified.text", site=site.name, where=where, date=f"{request.due_at:%d %B %Y}").unescape()
    async with request.cell.begin() as tx:
        await post(works, tx, request.request_id, Letter(to, subject, text), now=now)


async def _require_ours(works: Doors, letter: bytes, timestamp: str, signature: str, *, now: datetime) -> None:
    """Raises MailClosed; NotFromOurs: not signed with the secret, out of the window, or taken before."""
    secret = secret_of(works.settings)
    if secret is None:
        raise MailClosed
    told = signature_of(secret, timestamp, letter)
    at = int(timestamp) if timestamp.isascii() and timestamp.isdecimal() and len(timestamp) < 12 else 0
    if not hmac.compare_digest(told.encode(), signature.encode()) or abs(now.timestamp() - at) > WINDOW.total_seconds():
        raise NotFromOurs
    once = insert(RightsSeen).values(digest=hashlib.sha256(told.encode()).digest(), seen_at=now)
    async with next(iter(works.cells)).begin() as tx:
        if not (await tx.run(once.on_conflict_do_nothing().returning(RightsSeen.digest))).all():
            raise NotFromOurs


def secret_of(settings: Settings) -> bytes | None:
    """The secret that the mail server signs with; None: this door is closed. At least 32 bytes, else it is none."""
    file = settings.mail.inbound_key_file
    if not file:
        return None
    secret = Path(file).read_bytes().strip()
    return secret if len(secret) >= 32 else None


def _sender(message: EmailMessage) -> str | None:
    """The one address that a letter says it comes from; None without one."""
    found = getaddresses([str(value) for value in message.get_all("From", [])])
    if len(found) != 1:
        return None
    try:
        return email_of(found[0][1])
    except BadEmail:
        return None


def _text(message: EmailMessage) -> str:
    """The beginning of the plain text; nothing of any attachment."""
    part = message.get_body(("plain",))
    if part is None:
        return ""
    try:
        return str(part.get_content())[:_READ]
    except (LookupError, UnicodeError, ValueError):
        return ""
