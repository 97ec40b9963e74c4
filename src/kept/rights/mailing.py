"""Letters by e-mail: sealed while they wait, sent by the worker, tried again until the mail server has taken them.

Without a mail server in the settings there is no way out, and the doors that need one say so (`NoMail`) instead of
pretending.
"""

import asyncio
import contextlib
import smtplib
import ssl
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from ipaddress import ip_address
from pathlib import Path
from typing import Protocol
from uuid import UUID

import msgspec
import sqlalchemy as sa
import structlog

from kept.cells import Cell, Tx
from kept.kit import KeptError, Kind, Settings, new_id
from kept.kit.settings import Mail
from kept.rights.models import RightsMail
from kept.rights.works import Sealing
from kept.vault import KeyDestroyed, NoSuchKey, NotSealed, Reason, Sealed, WrongKey

PLACE = "rights_mail.content"
TIMEOUT_SECONDS = 20.0
LONGEST_PAUSE = timedelta(hours=6)
_TAKE = """
UPDATE rights_mail SET tries = tries + 1, changed_at = $1,
    next_at = $1::timestamptz + least($2::interval, interval '30 seconds' * 2 ^ least(tries, 12))
WHERE (request_id, mail_id) IN
    (SELECT request_id, mail_id FROM rights_mail WHERE next_at <= $1 ORDER BY next_at LIMIT 20 FOR UPDATE SKIP LOCKED)
RETURNING request_id, mail_id, content
"""
_GONE = "DELETE FROM rights_mail WHERE request_id = $1 AND mail_id = $2"
_TOLD = "UPDATE rights_request SET confirmed_at = $2 WHERE request_id = $1 AND confirmed_at IS NULL"
"""The first letter of ours says that the request came."""
_log = structlog.get_logger()


class NoMail(KeptError):
    code = "no_mail"
    kind = Kind.BUSY
    message = (
        "This platform sends no e-mail, so nothing can be asked this way. "
        "Sign in and ask in the app, or write to {contact}."
    )


class NotSent(Exception):
    """The mail server could not be reached, or did not take it."""


class Letter(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """To whom, and what. `to` is an address alone, checked when it came."""

    to: str
    subject: str
    text: str

    def __repr__(self) -> str:
        return "<letter>"


class Mailer(Protocol):
    """Sends one letter, or raises NotSent."""

    async def send(self, letter: Letter, *, mail_id: UUID, now: datetime) -> None: ...


class SmtpMailer:
    """By SMTP (RFC 5321), with TLS (RFC 3207, 8314); in clear to a server on this same machine only."""

    def __init__(self, mail: Mail) -> None:
        self._mail = mail

    async def send(self, letter: Letter, *, mail_id: UUID, now: datetime) -> None:
        """Raises NotSent."""
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = self._mail.sender, letter.to, letter.subject
        message["Date"] = format_datetime(now)
        message["Message-ID"] = f"<{mail_id}@{self._mail.sender.rpartition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834, 5: so that no machine answers it
        message.set_content(letter.text)
        try:
            await asyncio.to_thread(self._deliver, message)
        except (OSError, smtplib.SMTPException, ssl.SSLError, ValueError) as error:
            raise NotSent(type(error).__name__) from error

    def _deliver(self, message: EmailMessage) -> None:
        mail, context = self._mail, ssl.create_default_context()
        if mail.tls == "none" and not _is_here(mail.server):
            raise ValueError("in clear to another machine")
        if mail.tls == "always":
            server: smtplib.SMTP = smtplib.SMTP_SSL(mail.server, mail.port, timeout=TIMEOUT_SECONDS, context=context)
        else:
            server = smtplib.SMTP(mail.server, mail.port, timeout=TIMEOUT_SECONDS)
        with server:
            if mail.tls == "starttls":
                server.starttls(context=context)
            if mail.user:
                server.login(mail.user, Path(mail.password_file).read_text().strip())
            server.send_message(message)


def mailer_of(settings: Settings) -> Mailer | None:
    """What the settings name; None without a mail server."""
    return SmtpMailer(settings.mail) if settings.mail.server and settings.mail.sender else None


def sends_mail(settings: Settings) -> bool:
    """Whether there is a way out."""
    return mailer_of(settings) is not None


def require_mail(settings: Settings) -> None:
    """Raises NoMail."""
    if not sends_mail(settings):
        raise NoMail(contact=settings.site.contact)


async def seal_letter(works: Sealing, cell: Cell, request_id: UUID, letter: Letter, *, now: datetime) -> sa.Insert:
    """What puts a letter into the outbox, sealed under its request's key: run it in the act's own transaction."""
    mail_id = new_id()
    content = await works.vaults[cell.name].seal(request_id, PLACE, mail_id, msgspec.json.encode(letter))
    return sa.insert(RightsMail).values(
        request_id=request_id, mail_id=mail_id, content=content, tries=0, next_at=now, made_at=now, changed_at=now
    )


async def post(works: Sealing, tx: Tx, request_id: UUID, letter: Letter, *, now: datetime) -> None:
    """Put a letter into the outbox."""
    await tx.run(await seal_letter(works, tx.cell, request_id, letter, now=now))


async def send_due(works: Sealing, cell: Cell, mailer: Mailer, *, now: datetime) -> int:
    """Send what is due; how many letters the mail server took. One that it does not take waits twice as long each time."""
    sent = 0
    for row in await cell.database.fetch(_TAKE, now, LONGEST_PAUSE):
        request_id, mail_id = row["request_id"], row["mail_id"]
        letter = await _opened(works, cell, request_id, mail_id, bytes(row["content"] or b""))
        if letter is not None:
            try:
                await mailer.send(letter, mail_id=mail_id, now=now)
            except NotSent as error:
                _log.warning("rights.mail_not_sent", error=str(error))
                continue
            sent += 1
            await cell.database.fetch(_TOLD, request_id, now)
        await cell.database.fetch(_GONE, request_id, mail_id)
    return sent


async def _opened(works: Sealing, cell: Cell, request_id: UUID, mail_id: UUID, content: bytes) -> Letter | None:
    """A letter; None where its key is gone, or it is none of ours."""
    try:
        clear = await works.vaults[cell.name].open(request_id, PLACE, mail_id, Sealed(content), reason=Reason.CASE)
        return msgspec.json.decode(clear, type=Letter)
    except (KeyDestroyed, NoSuchKey, NotSealed, WrongKey, msgspec.DecodeError):
        return None


def _is_here(server: str) -> bool:
    if server == "localhost":
        return True
    with contextlib.suppress(ValueError):
        return ip_address(server).is_loopback
    return False
