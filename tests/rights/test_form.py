"""Asking without being signed in: nothing is told or done before a code from the address on file."""

import re
from datetime import timedelta
from uuid import UUID

import pytest

from kept.kit import new_id
from kept.kit.settings import Mail
from kept.rights.mailing import Letter, NotSent, SmtpMailer
from tests.fixtures.house import NOON
from tests.fixtures.site import PASSWORD, Site
from tests.rights.conftest import Postal, followed_by
from tests.rights.test_requests import carry, follow, work

NOBODY = "nobody-has-this@example.org"


async def test_a_copy_by_the_form_is_verified_by_a_code_to_the_address_on_file(postal: Postal) -> None:
    me, email = await postal.join()
    number, first = await postal.ask("access", email)
    await work(postal.site)
    [letter] = postal.sent_to(email)
    assert letter["From"] == "privacy@kept.example"
    assert (await follow(postal.site, number, first))["state"] == "unverified"
    answer = await postal.form("/rights/verify", request=number, code=postal.code())
    assert answer.status_code == 200, answer.text
    again, secret = followed_by(answer.text)
    assert again == number
    await work(postal.site)
    assert (await follow(postal.site, number, secret))["state"] == "ready"
    stale = {"kept-request-secret": first}
    gone = await postal.site.client.get(f"/api/v1/rights/requests/{number}", headers=stale)
    assert gone.status_code == 404, "whoever merely sent the request sees nothing of what its owner verified"
    copy = await postal.form(f"/your-request/{number}/download", code=f"{number}.{secret}")
    assert copy.status_code == 200
    assert copy.content[:2] == b"PK"
    assert (await postal.form(f"/your-request/{number}/download", code=f"{number}.{first}")).status_code == 404
    assert me.member_id


async def test_a_deletion_by_handle_and_code_rests_the_account_and_ends_erased(postal: Postal) -> None:
    me, _ = await postal.join("DE")
    number, _ = await postal.ask("deletion", f"@{me.handle}")
    assert (await postal.site.client.get("/api/v1/me", headers=me.headers)).status_code == 200, "nothing is done before"
    await work(postal.site)
    answer = await postal.form("/rights/verify", request=number, code=postal.code())
    _, secret = followed_by(answer.text)
    told = await follow(postal.site, number, secret)
    assert told["state"] == "grace"
    assert (await postal.site.client.get("/api/v1/me", headers=me.headers)).status_code == 401
    postal.site.runtime.clock.advance(timedelta(days=30, seconds=1))  # type: ignore[attr-defined]
    await work(postal.site)
    await carry(postal.site)
    assert (await follow(postal.site, number, secret))["state"] == "done"
    cell = postal.site.worker.cells.named(me.region)
    named = "SELECT FROM rights_request WHERE member_id = $1"
    assert not await cell.database.fetch(named, UUID(me.member_id)), "nobody knows any more whose request it was"


async def test_the_form_does_not_tell_whether_there_is_an_account(postal: Postal) -> None:
    me, email = await postal.join("DE")
    await work(postal.site)  # what others are still to be told
    pages = []
    for named in (email, NOBODY, me.handle, "no.such.handle"):
        answer = await postal.form("/rights", kind="access", named=named)
        assert answer.status_code == 200
        number, secret = followed_by(answer.text)
        shown = await postal.site.client.get("/your-request", params={"code": f"{number}.{secret}"})
        wrong = await postal.form("/rights/verify", request=number, code="00000000")
        texts = [one.text.replace(number, "N").replace(secret, "S") for one in (answer, shown, wrong)]
        pages.append([_without_ids(text) for text in texts])
    assert all(one == pages[0] for one in pages)
    sent = len(postal.box.letters)
    await work(postal.site)
    assert {letter["To"] for letter in postal.box.letters[sent:]} == {email}, "nobody else is written to"


async def test_a_code_is_good_for_five_guesses_and_then_it_ends_with_an_explanation(postal: Postal) -> None:
    _, email = await postal.join()
    for named in (email, NOBODY):
        number, secret = await postal.ask("access", named)
        await work(postal.site)
        right = postal.code()
        for guess in range(5):
            wrong = "99999999" if right != "99999999" else "11111111"
            assert (await postal.form("/rights/verify", request=number, code=wrong)).status_code == 403, guess
        assert (await postal.form("/rights/verify", request=number, code=right)).status_code == 403, "the sixth"
        await work(postal.site)
        told = await follow(postal.site, number, secret)
        assert (told["state"], told["reason"]) == ("refused", "not_verified")


async def test_a_code_is_over_after_a_day_and_is_good_once(postal: Postal) -> None:
    _, email = await postal.join()
    number, _ = await postal.ask("objection", email, about="functional.service.improve")
    await work(postal.site)
    code = postal.code()
    postal.site.runtime.clock.advance(timedelta(days=1))  # type: ignore[attr-defined]
    assert (await postal.form("/rights/verify", request=number, code=code)).status_code == 403
    number, _ = await postal.ask("objection", email, about="functional.service.improve")
    await work(postal.site)
    assert (await postal.form("/rights/verify", request=number, code=postal.code())).status_code == 200
    assert (await postal.form("/rights/verify", request=number, code=postal.code())).status_code >= 400


async def test_one_account_gets_three_codes_a_day_whoever_asks(postal: Postal) -> None:
    _, email = await postal.join()
    for _ in range(5):
        await postal.ask("access", email)
        await work(postal.site)
    assert len(postal.sent_to(email)) == 3


async def test_the_same_by_another_door_joins_what_is_open(postal: Postal) -> None:
    me, email = await postal.join()
    body = {"kind": "correction", "password": PASSWORD, "about": "country", "value": "AT"}
    first = (await postal.site.client.post("/api/v1/rights/requests", json=body, headers=me.headers)).json()
    number, _ = await postal.ask("correction", email, about="country", value="AT")
    await work(postal.site)
    answer = await postal.form("/rights/verify", request=number, code=postal.code())
    _, secret = followed_by(answer.text)
    assert (await follow(postal.site, number, secret))["request_id"] == first["request_id"], "answered with the first"
    cell = postal.site.worker.cells.named(me.region)
    rows = await cell.database.fetch(
        "SELECT state, channel, also FROM rights_request WHERE member_id = $1 ORDER BY asked_at, request_id",
        UUID(me.member_id),
    )
    assert [(row["state"], row["channel"], row["also"]) for row in rows] == [
        ("received", "app", ["form"]),
        ("joined", "form", []),
    ]


async def test_a_letter_that_the_mail_server_does_not_take_waits_and_is_sent_later(postal: Postal) -> None:
    _, email = await postal.join()
    await postal.ask("access", email)
    before, postal.box.refuses = len(postal.box.letters), True
    await work(postal.site)
    await work(postal.site)
    postal.box.refuses = False
    await work(postal.site)
    assert len(postal.box.letters) == before, "not before its time"
    postal.site.runtime.clock.advance(timedelta(minutes=2))  # type: ignore[attr-defined]
    await work(postal.site)
    assert len(postal.box.letters) == before + 1
    for cell in postal.site.worker.cells:
        assert not await cell.database.fetch("SELECT FROM rights_mail")


async def test_nothing_of_what_was_written_lies_in_clear(postal: Postal) -> None:
    _, email = await postal.join()
    await postal.ask("correction", email, about="other", value="ein-kanarienvogel-im-formular")
    for cell in postal.site.worker.cells:
        for row in await cell.database.fetch("SELECT said FROM rights_matter"):
            assert b"kanarienvogel" not in bytes(row["said"])
            assert email.encode() not in bytes(row["said"])


async def test_without_a_mail_server_the_form_says_so_and_takes_nothing(site: Site) -> None:
    shown = await site.client.get("/rights")
    assert "sends no e-mail" in shown.text
    assert '<form class="form" method="post"' not in shown.text
    sent = await site.client.post(
        "/rights", data={"kind": "access", "named": "kim"}, headers={"origin": "http://kept.example"}
    )
    assert sent.status_code == 503


@pytest.mark.parametrize(
    "data", [{"named": ""}, {"named": "kim", "kind": "everything"}, {"named": "kim", "kind": "correction"}]
)
async def test_a_form_that_says_too_little_is_shown_again_with_what_is_missing(
    postal: Postal, data: dict[str, str]
) -> None:
    answer = await postal.form("/rights", **data)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text


async def test_letters_go_in_clear_to_this_machine_only() -> None:
    mailer = SmtpMailer(Mail(server="192.0.2.1", port=25, tls="none", sender="a@kept.example"))
    with pytest.raises(NotSent):
        await mailer.send(Letter("kim@example.org", "x", "y"), mail_id=new_id(), now=NOON)


def _without_ids(text: str) -> str:
    return re.sub(r"ticket=[\w.-]+|nonce-?=?\"?[\w+/=-]+|data-opening=\"[^\"]*\"|content=\"[^\"]{60,}\"", "", text)
