"""Letters from the mail server: signed, in time, once; and the line that says who sent one proves nothing."""

import asyncio
from collections.abc import AsyncIterator
from email.message import EmailMessage
from pathlib import Path
from uuid import UUID

import pytest

from kept.kit.settings import Mail
from kept.postgres import EmbeddedPostgres
from kept.rights.receiving import signature_of
from tests.fixtures.site import open_site
from tests.rights.conftest import Mailbox, Postal, listening
from tests.rights.test_requests import work

SECRET = b"a-secret-of-more-than-thirty-two-bytes"


@pytest.fixture(scope="module")
async def mailed(
    postgres: EmbeddedPostgres, templates: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Postal]:
    file: Path = tmp_path_factory.mktemp("mail") / "secret"
    await asyncio.to_thread(file.write_bytes, SECRET + b"\n")
    box = Mailbox()
    async with listening(box) as port:
        mail = Mail(
            server="127.0.0.1", port=port, tls="none", sender="privacy@kept.example", inbound_key_file=str(file)
        )
        async with open_site(postgres, templates, "mailed", mail=mail) as site:
            yield Postal(site, box)


def letter(sender: str, subject: str, text: str = "Dear people", **headers: str) -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, "privacy@kept.example", subject
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message.as_bytes()


async def hand_over(mailed: Postal, content: bytes, *, late: float = 0, secret: bytes = SECRET) -> tuple[int, str]:
    timestamp = str(int(mailed.site.runtime.clock.now().timestamp() - late))
    signed = {"kept-mail-timestamp": timestamp, "kept-mail-signature": signature_of(secret, timestamp, content)}
    answer = await mailed.site.client.post("/api/v1/rights/mail", content=content, headers=signed)
    return answer.status_code, answer.json().get("became", answer.json().get("code"))


async def rows_of(mailed: Postal, member_id: str) -> list[tuple[str, str, str]]:
    sql = "SELECT kind, state, channel FROM rights_request WHERE member_id = $1"
    return [
        (row["kind"], row["state"], row["channel"])
        for cell in mailed.site.worker.cells
        for row in await cell.database.fetch(sql, UUID(member_id))
    ]


async def confirmed(mailed: Postal, member_id: str) -> bool:
    sql = "SELECT confirmed_at FROM rights_request WHERE member_id = $1"
    rows = [row for cell in mailed.site.worker.cells for row in await cell.database.fetch(sql, UUID(member_id))]
    return all(row["confirmed_at"] is not None for row in rows)


async def test_a_request_by_mail_is_verified_by_answering_the_code(mailed: Postal) -> None:
    me, email = await mailed.join()
    assert await hand_over(mailed, letter(f"Kim <{email}>", "A copy of my data, please")) == (202, "taken")
    assert await rows_of(mailed, me.member_id) == [("access", "unverified", "email")]
    assert not await confirmed(mailed, me.member_id), "no letter of ours has gone yet"
    await work(mailed.site)
    assert await confirmed(mailed, me.member_id)
    asked = mailed.box.letters[-1].get_content()
    quoted = "\r\n".join(f"> {line}" for line in asked.splitlines())
    assert await hand_over(mailed, letter(email, "Re: Your code", f"It is me.\r\n{quoted}")) == (202, "verified")
    await work(mailed.site)
    assert await rows_of(mailed, me.member_id) == [("access", "ready", "email")]
    assert mailed.box.letters[-1]["To"] == email
    assert "/your-request?code=" in mailed.box.letters[-1].get_content().replace("=\r\n", "")


async def test_whoever_forges_the_sender_starts_nothing_and_hears_nothing(mailed: Postal) -> None:
    me, email = await mailed.join()
    await work(mailed.site)  # what others are still to be told
    await hand_over(mailed, letter(email, "Delete my account"))
    await work(mailed.site)
    assert mailed.box.letters[-1]["To"] == email, "its owner is asked"
    assert (await mailed.site.client.get("/api/v1/me", headers=me.headers)).status_code == 200
    number = mailed.box.letters[-1].get_content().split("Request number: ")[1].split()[0]
    guess = letter("mallory@example.org", "Re: Your code", f"{number}\n12345678")
    assert (await hand_over(mailed, guess))[1] == "ignored"
    assert await rows_of(mailed, me.member_id) == [("deletion", "unverified", "email")]


async def test_who_answers_from_another_address_is_not_given_the_new_secret(mailed: Postal) -> None:
    _, email = await mailed.join()
    await hand_over(mailed, letter(email, "access"))
    await work(mailed.site)
    answer = letter("mallory@example.org", "Re: Your code", mailed.box.letters[-1].get_content())
    assert (await hand_over(mailed, answer))[1] == "verified"
    sent = len(mailed.box.letters)
    await work(mailed.site)
    assert len(mailed.box.letters) == sent


async def test_what_is_not_signed_is_late_or_came_before_is_not_taken(mailed: Postal) -> None:
    content = letter("kim@example.org", "A copy of my data")
    assert await hand_over(mailed, content, secret=b"x" * 40) == (403, "not_signed")
    assert await hand_over(mailed, content, late=301) == (403, "not_signed")
    assert await hand_over(mailed, content, late=-301) == (403, "not_signed")
    assert (await mailed.site.client.post("/api/v1/rights/mail", content=content)).status_code == 403
    assert await hand_over(mailed, content) == (202, "taken")
    assert await hand_over(mailed, content) == (403, "not_signed"), "a replay"
    altered = {"kept-mail-timestamp": str(int(mailed.site.runtime.clock.now().timestamp()))}
    altered["kept-mail-signature"] = signature_of(SECRET, altered["kept-mail-timestamp"], content)
    answer = await mailed.site.client.post("/api/v1/rights/mail", content=content + b"!", headers=altered)
    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("content", "became"),
    [
        (letter("kim@example.org", "Hello"), "for_people"),
        (letter("kim@example.org", "A copy", Auto_Submitted="auto-replied"), "ignored"),
        (letter("kim@example.org, lee@example.org", "A copy"), "ignored"),
        (b"", "ignored"),
        (b"\xff\xfe" * 500, "ignored"),
        (
            b"From: kim@example.org\r\nContent-Type: text/plain; charset=no-such\r\nSubject: hi\r\n\r\n\xff",
            "for_people",
        ),
        (
            b"From: kim@example.org\r\nContent-Type: multipart/mixed; boundary=x\r\nSubject: \r\n\r\n--x\r\n--x--",
            "for_people",
        ),
        (b"From: =?utf-8?q?=00?= <a\x00@b>\r\n\r\n", "ignored"),
    ],
)
async def test_whatever_a_letter_is_it_gets_an_answer(mailed: Postal, content: bytes, became: str) -> None:
    assert await hand_over(mailed, content) == (202, became)


async def test_a_letter_that_is_too_large_is_turned_away(mailed: Postal) -> None:
    content = letter("kim@example.org", "A copy", "x\n" * 600_000)
    assert (await hand_over(mailed, content))[0] == 413


async def test_without_a_secret_this_door_is_closed(postal: Postal) -> None:
    assert await hand_over(postal, letter("kim@example.org", "A copy")) == (403, "mail_closed")
