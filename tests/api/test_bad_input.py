"""Bad input over HTTP: refused in words, counted where a promise says so, and stored nowhere."""

import asyncio
import base64
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest

from kept.catalog.intake import tally
from tests.fixtures.site import PASSWORD, TUS, Member, Site

MACS = ["00:1b:44:11:3a:b7", "00-1B-44-11-3A-B7", "001b.4411.3ab7", "x 00:1B:44:11:3a:b7 y"]
SOMEBODY = {"password": PASSWORD, "birth_date": "1990-05-17", "country": "US", "accept_terms": "current"}


def b64(text: str | bytes) -> str:
    return base64.b64encode(text if isinstance(text, bytes) else text.encode()).decode()


def from_somewhere() -> dict[str, str]:
    """Another source each time, so that no rate limit answers instead."""
    return {"x-forwarded-for": f"2001:db8:3:{uuid4().hex[:4]}::1"}


def new_handle() -> str:
    return f"b{uuid4().hex[:12]}"


async def everything_stored(site: Site) -> str:
    """Every value of every table of every store, as text."""
    databases = [store for cell in site.worker.cells for store in (cell.database, cell.keys_database)]
    databases += [site.runtime.cells.directory.database, site.runtime.ledger.database]
    told = []
    for database in databases:
        tables = await database.fetch("SELECT table_name AS n FROM information_schema.tables WHERE table_schema = 'public'")
        for table in tables:
            told += [row["t"] for row in await database.fetch(f'SELECT t::text AS t FROM "{table["n"]}" t')]  # noqa: S608
    return "\n".join(told)


@pytest.mark.parametrize("mac", MACS)
@pytest.mark.parametrize("field", ["handle", "password", "country", "accept_terms", "email"])
async def test_a_mac_address_in_any_field_is_refused_and_counted_and_not_stored(site: Site, field: str, mac: str) -> None:
    before = tally["forbidden:SignUp"]
    body = {"handle": new_handle(), **SOMEBODY} | {field: mac}
    answer = await site.client.post("/api/v1/accounts", json=body, headers=from_somewhere())
    assert (answer.status_code, answer.json()["code"]) == (422, "forbidden_value"), answer.text
    assert field in answer.json()["detail"]
    assert mac not in answer.text
    assert tally["forbidden:SignUp"] == before + 1


@pytest.mark.parametrize("mac", MACS)
@pytest.mark.parametrize("key", ["caption", "filename", "filetype"])
async def test_a_mac_address_in_the_words_about_an_upload_is_refused(site: Site, key: str, mac: str) -> None:
    by = await site.join()
    refused = await site.begin(by, 10, **{"upload-metadata": f"{key} {b64(mac)}"})
    assert (refused.status_code, refused.json()["code"]) == (422, "forbidden_value")
    begun = await site.begin(by, 10)
    later = await site.send(by, begun.headers["location"], b"x", **{"upload-metadata": f"{key} {b64(mac)}"})
    assert (later.status_code, later.json()["code"]) == (422, "forbidden_value")


async def test_no_store_holds_what_was_refused(site: Site) -> None:
    secret = "0a:1b:2c:3d:4e:5f"
    by = await site.join()
    sent = [
        await site.client.post("/api/v1/accounts", json={"handle": secret, **SOMEBODY}),
        await site.client.post("/api/v1/sessions", json={"login": secret, "password": secret}),
        await site.begin(by, 10, **{"upload-metadata": f"filename {b64(secret)}"}),
        await site.client.post("/api/v1/network/first-open", json={"calls": [f"/static/{secret}"]}),
        await site.client.post("/settings/preferences", data={"theme": secret}, headers=own(by)),
        await site.client.post("/upload", data={"caption": secret}, headers=own(by)),
    ]
    assert [answer.status_code for answer in sent] == [422] * len(sent)
    await site.runtime.flush()
    stored = await everything_stored(site)
    assert secret not in stored
    assert "intake.forbidden:UploadMetadata" in stored, "that it was refused is counted"


def own(by: Member) -> dict[str, str]:
    """As a page of ours sends it."""
    token = by.headers["authorization"].removeprefix("Bearer ")
    return {"cookie": f"kept={token}", "sec-fetch-site": "same-origin"}


@pytest.mark.parametrize("field", ["mac_address", "gps", "contacts", "advertising_id", "__proto__", "password "])
async def test_an_unknown_field_is_refused_by_name_and_counted(site: Site, field: str) -> None:
    before = tally[f"unknown:SignUp.{field}"]
    answer = await site.client.post("/api/v1/accounts", json={"handle": new_handle(), **SOMEBODY, field: "x"})
    assert (answer.status_code, answer.json()["code"]) == (422, "unknown_field")
    assert f"“{field}”" in answer.json()["detail"]
    assert tally[f"unknown:SignUp.{field}"] == before + 1


async def test_a_form_with_an_unknown_field_is_refused_too(site: Site) -> None:
    by = await site.join()
    answer = await site.client.post("/settings/preferences", data={"theme": "dark", "imei": "1"}, headers=own(by))
    assert (answer.status_code, answer.json()["code"]) == (422, "unknown_field")
    assert "“imei”" in answer.json()["detail"]


async def test_of_many_who_want_one_handle_at_once_one_gets_it(site: Site) -> None:
    handle = new_handle()

    async def ask(country: str) -> tuple[int, str]:
        body = {"handle": handle, **SOMEBODY, "country": country}
        answer = await site.client.post("/api/v1/accounts", json=body, headers=from_somewhere())
        return answer.status_code, answer.json().get("code", "")

    told = await asyncio.gather(*(ask(country) for country in ("US", "DE", "FR", "US", "JP", "DE")))
    assert [status for status, _ in told].count(201) == 1, told
    assert {answer for answer in told if answer[0] != 201} == {(409, "name_taken")}
    held = "SELECT 1 FROM account WHERE handle = $1"
    assert sum([len(await cell.database.fetch(held, handle)) for cell in site.runtime.cells]) == 1
    found = await site.runtime.cells.directory.database.fetch("SELECT 1 FROM handle WHERE handle = $1", handle)
    assert len(found) == 1


HOSTILE_METADATA = [
    "caption",  # no value: an empty caption
    "caption " + "A" * 9,
    "caption " + b64(b"\xff\xfe"),
    "caption " + b64("x" * 301),
    f"caption {b64('a')},caption {b64('b')}",
    f"location {b64('+48.8577+002.2950/')}",
    f"CAPTION {b64('a')}",
    " , ,, ",
    "caption\t" + b64("a"),
    "caption " + b64("a") + " extra",
    "caption " + b64("\x00"),
    "caption " + b64("\ud800".encode("utf-8", "surrogatepass")),
    "filename " + b64("../../../../etc/passwd"),
    "filetype " + b64("<script>alert(1)</script>"),
    "caption " + b64("a" * 20_000),
    ",".join(f"k{number} {b64('v')}" for number in range(500)),
]


@pytest.mark.parametrize("told", HOSTILE_METADATA, ids=range(len(HOSTILE_METADATA)))
async def test_hostile_metadata_never_break_anything(site: Site, told: str) -> None:
    by = await site.join()
    answer = await site.begin(by, 10, **{"upload-metadata": told})
    assert answer.status_code in (201, 400, 422), answer.text
    if answer.status_code == 201:
        assert (await site.send(by, answer.headers["location"], b"0123456789")).status_code == 204
    else:
        assert answer.headers["content-type"] == "application/problem+json"


NUMBERS = ["-1", "+1", "1.0", "1e3", "0x10", " ", "", "NaN", "²", "9" * 19, "9" * 400, "18446744073709551616", "1,2", "1_0"]


@pytest.mark.parametrize("number", NUMBERS)
async def test_lengths_and_offsets_that_are_none_are_refused(site: Site, number: str) -> None:
    by = await site.join()
    header: Any = number.encode()
    length = await site.client.post("/api/v1/uploads", headers=TUS | by.headers | {"upload-length": header})
    assert (length.status_code, length.headers["content-type"]) == (400, "application/problem+json")
    place = (await site.begin(by, 10)).headers["location"]
    offset = await site.send(by, place, b"x", **{"upload-offset": header})
    assert offset.status_code == 400, offset.text
    later = await site.send(by, place, b"x", **{"upload-length": header})
    assert later.status_code == 400, later.text
    stand = await site.client.head(place, headers=TUS | by.headers)
    assert stand.headers["upload-offset"] == "0"


async def test_huge_lengths_and_offsets_are_refused_before_anything_is_kept(site: Site) -> None:
    by = await site.join()
    for length in (32 * 1024 * 1024 + 1, 2**40, 10**17):
        assert (await site.begin(by, length)).status_code == 413
    place = (await site.begin(by, 10)).headers["location"]
    assert (await site.send(by, place, b"x", 10**17)).status_code == 409
    assert (await site.send(by, place, b"x" * 11)).status_code == 413


async def test_a_form_that_does_not_say_how_long_it_is_is_not_read(site: Site) -> None:
    by = await site.join()

    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b"x" * 65_536

    kind = {"content-type": "multipart/form-data; boundary=x"}
    answer = await asyncio.wait_for(site.client.post("/upload", content=endless(), headers=own(by) | kind), 10)
    assert (answer.status_code, "MB at most" in answer.text) == (422, True)


BODIES: list[Any] = [b"", b"{", b"[]", b"null", b'"x"', b"\xff", b"{}", b'{"handle": {}}', b"[" * 20_000, b'{"a":' * 5_000]


@pytest.mark.parametrize("body", BODIES, ids=range(len(BODIES)))
@pytest.mark.parametrize("path", ["/api/v1/accounts", "/api/v1/sessions", "/api/v1/network/first-open"])
async def test_a_body_that_is_none_is_refused_in_words(site: Site, path: str, body: bytes) -> None:
    headers = {"content-type": "application/json"} | from_somewhere()
    answer = await site.client.post(path, content=body, headers=headers)
    assert answer.status_code in (400, 422), answer.text
    assert len(answer.json()["detail"]) > 10


async def test_a_body_that_is_too_large_is_not_read_to_its_end(site: Site) -> None:
    for path in ("/api/v1/accounts", "/api/v1/sessions", "/api/v1/network/first-open", "/csp-report"):
        answer = await site.client.post(path, content=b" " * (2 * 1024 * 1024), headers={"content-type": "application/json"})
        assert answer.status_code == (413 if "csp" not in path else 204), path


@pytest.mark.parametrize(
    "token",
    [
        "x", "us.x", "mars." + "A" * 86, "us." + "A" * 86, "eu." + "A" * 86, "us." + "=" * 86, "us." + "A" * 5_000,
        "../us." + "A" * 86, "us\x00." + "A" * 86, "Bearer Bearer x", "", "null",
    ],
)  # fmt: skip
async def test_a_token_that_is_none_opens_nothing(site: Site, token: str) -> None:
    answer = await site.client.get("/api/v1/me", headers=[("authorization", f"Bearer {token}".encode())])
    assert answer.status_code == 401
    assert answer.json()["code"] in ("not_signed_in", "sign_in_first")


async def test_a_token_of_one_member_opens_nothing_with_another_ones_id_in_it(site: Site) -> None:
    one, other = await site.join(), await site.join()
    parts = [base64.urlsafe_b64decode(m.headers["authorization"].split(".")[1] + "==") for m in (one, other)]
    mixed = base64.urlsafe_b64encode(parts[0][:16] + parts[1][16:]).rstrip(b"=").decode()
    answer = await site.client.get("/api/v1/me", headers={"authorization": f"Bearer us.{mixed}"})
    assert answer.status_code == 401
