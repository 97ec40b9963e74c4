"""A platform that sends e-mail, and the mail server that takes it: a real one, on this machine."""

import asyncio
import itertools
import re
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from aiosmtpd.smtp import SMTP, Envelope

from kept.kit.settings import Mail
from kept.postgres import EmbeddedPostgres
from tests.fixtures.site import PASSWORD, Member, Site, open_site

_numbers = itertools.count(1)


@dataclass
class Mailbox:
    """What the mail server took; `refuses` lets it turn away what comes."""

    letters: list[EmailMessage] = field(default_factory=list)
    refuses: bool = False

    async def handle_DATA(self, _server: object, _session: object, envelope: Envelope) -> str:
        if self.refuses:
            return "451 4.3.0 not now"
        assert isinstance(envelope.content, bytes)
        self.letters.append(message_from_bytes(envelope.content, policy=policy.default))  # type: ignore[arg-type]
        return "250 taken"


@dataclass
class Postal:
    """The platform, and the mailbox that its letters reach."""

    site: Site
    box: Mailbox

    async def join(self, country: str = "US") -> tuple[Member, str]:
        """Somebody with an e-mail address on file."""
        number = next(_numbers)
        handle, email = f"mailed{number}", f"mailed{number}@example.org"
        body = {
            "handle": handle,
            "password": PASSWORD,
            "birth_date": "1990-05-17",
            "country": country,
            "accept_terms": "current",
            "email": email,
        }
        source = {"x-forwarded-for": f"2001:db8:9::{number:x}"}
        answer = await self.site.client.post("/api/v1/accounts", json=body, headers=source)
        assert answer.status_code == 201, answer.text
        made = answer.json()
        headers = {"authorization": f"Bearer {made['token']}"}
        return Member(handle, made["member_id"], made["region"], headers), email

    async def form(self, path: str, **data: str):
        """A form, sent from our own page."""
        headers = {"origin": "http://kept.example", "x-forwarded-for": f"2001:db8:8::{next(_numbers):x}"}
        return await self.site.client.post(path, data=data, headers=headers)

    async def ask(self, kind: str, named: str, **more: str) -> tuple[str, str]:
        """A request by the web form: its number and its secret."""
        answer = await self.form("/rights", kind=kind, named=named, **more)
        assert answer.status_code == 200, answer.text
        return followed_by(answer.text)

    def code(self) -> str:
        """The code in the last letter that has one."""
        for letter in reversed(self.box.letters):
            if found := re.search(r"^ {4}(\d{8})\s*$", letter.get_content(), re.MULTILINE):
                return found[1]
        raise AssertionError("no letter has a code")

    def sent_to(self, email: str) -> list[EmailMessage]:
        """What somebody was sent."""
        return [letter for letter in self.box.letters if letter["To"] == email]


def followed_by(text: str) -> tuple[str, str]:
    """Number and secret, as a page shows them."""
    found = re.search(r'code-to-keep">([0-9a-f-]{36})\.([\w-]+)<', text)
    assert found, text
    return found[1], found[2]


@asynccontextmanager
async def listening(box: Mailbox) -> AsyncIterator[int]:
    """A mail server on this machine; its port."""
    server = await asyncio.get_running_loop().create_server(
        lambda: SMTP(box, enable_SMTPUTF8=True), "127.0.0.1", 0, family=socket.AF_INET
    )
    yield server.sockets[0].getsockname()[1]
    server.close()


@pytest.fixture(scope="session")
async def postal(postgres: EmbeddedPostgres, templates: dict[str, str]) -> AsyncIterator[Postal]:
    box = Mailbox()
    async with listening(box) as port:
        mail = Mail(server="127.0.0.1", port=port, tls="none", sender="privacy@kept.example")
        async with open_site(postgres, templates, "postal", mail=mail) as site:
            yield Postal(site, box)
