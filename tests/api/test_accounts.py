"""Accounts as programs see them: what is documented, what is refused, and how it is said."""

import itertools
from typing import Any
from uuid import UUID

import pytest
from litestar.testing import AsyncTestClient

PASSWORD = "plum-harbour-sixty-lanterns"
_numbers = itertools.count(1)


def somebody(**given: Any) -> dict[str, Any]:
    usual = {
        "handle": f"lou{next(_numbers)}",
        "password": PASSWORD,
        "birth_date": "1990-05-17",
        "country": "US",
        "accept_terms": "current",
    }
    return {key: value for key, value in (usual | given).items() if value is not ...}


async def join(door: AsyncTestClient, **given: Any) -> dict[str, str]:
    answer = await door.post("/api/v1/accounts", json=somebody(**given))
    assert answer.status_code == 201, answer.text
    return answer.json()


def bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


async def test_sign_up_tells_where_private_data_lives(door: AsyncTestClient) -> None:
    made = await join(door, country="DE", handle="From.Berlin", email="berlin@example.org")
    assert made.keys() == {"member_id", "region", "token"}
    assert made["region"] == "eu"
    me = (await door.get("/api/v1/me", headers=bearer(made["token"]))).json()
    assert me == {
        "member_id": str(UUID(made["member_id"])),
        "handle": "from.berlin",
        "region": "eu",
        "country": "DE",
        "language": "en",
        "band": "adult",
        "joined_at": "2026-11-23T12:00:00Z",
        "email": "b…@example.org",
    }


@pytest.mark.parametrize(
    ("given", "status", "code"),
    [
        ({"country": "CN"}, 451, "not_offered_here"),
        ({"country": "XX"}, 422, "unknown_country"),
        ({"handle": "x"}, 422, "bad_handle"),
        ({"handle": "admin"}, 409, "handle_reserved"),
        ({"password": "qwerty123456789"}, 422, "password_breached"),
        ({"password": "x"}, 422, "password_too_short"),
        ({"birth_date": "2027-01-01"}, 422, "bad_birth_date"),
        ({"birth_date": "yesterday"}, 422, "invalid"),
        ({"accept_terms": "1999-01-01"}, 422, "not_current_terms"),
        ({"accept_terms": ...}, 422, "invalid"),
        ({"email": "nonsense"}, 422, "bad_email"),
        ({"nickname": "kim"}, 422, "unknown_field"),
        ({"device_id": "1"}, 422, "unknown_field"),
        ({"handle": "00:1a:2b:3c:4d:5e"}, 422, "forbidden_value"),
        ({"handle": 7}, 422, "invalid"),
        ({"handle": None}, 422, "invalid"),
    ],
)
async def test_a_refusal_says_what_and_why(door: AsyncTestClient, given: dict[str, Any], status: int, code: str) -> None:
    answer = await door.post("/api/v1/accounts", json=somebody(**given))
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert PASSWORD not in answer.text
    assert len(answer.json()["detail"]) > 20


async def test_a_name_is_taken_once(door: AsyncTestClient) -> None:
    await join(door, handle="taken.once", email="taken@example.org")
    for given in ({"handle": "Taken.Once"}, {"email": "TAKEN@example.org"}):
        answer = await door.post("/api/v1/accounts", json=somebody(country="FR", **given))
        assert (answer.status_code, answer.json()["code"]) == (409, "name_taken")


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'"x"', b"\xff\xfe", b'{"handle": "\\ud800"}', b"[" * 50_000])
async def test_a_body_that_is_none_is_refused(door: AsyncTestClient, body: bytes) -> None:
    for path in ("accounts", "sessions"):
        answer = await door.post(f"/api/v1/{path}", content=body, headers={"content-type": "application/json"})
        assert answer.status_code in (400, 422), answer.text


async def test_a_body_that_is_too_large_is_refused_unread(door: AsyncTestClient) -> None:
    answer = await door.post("/api/v1/accounts", json=somebody(password="x" * 100_000))
    assert answer.status_code == 413


async def test_from_a_country_where_the_service_is_not_offered_nobody_gets_in(door: AsyncTestClient) -> None:
    made = await join(door)
    there = {"x-country": "CN"}
    answers = [
        await door.post("/api/v1/accounts", json=somebody(), headers=there),
        await door.post("/api/v1/sessions", json={"login": "lou1", "password": PASSWORD}, headers=there),
        await door.get("/api/v1/me", headers=bearer(made["token"]) | there),
    ]
    assert [one.status_code for one in answers] == [451, 451, 451]


async def test_sign_in_by_handle_and_by_address(door: AsyncTestClient) -> None:
    await join(door, handle="comes.back", email="back@example.org", country="DE")
    for login in ("comes.back", "@Comes.Back", "back@example.org"):
        answer = await door.post("/api/v1/sessions", json={"login": login, "password": PASSWORD})
        assert answer.status_code == 201
        assert answer.json().keys() == {"token"}
        me = await door.get("/api/v1/me", headers=bearer(answer.json()["token"]))
        assert me.json()["handle"] == "comes.back"


async def test_a_wrong_password_and_nobody_get_the_same_answer(door: AsyncTestClient) -> None:
    await join(door, handle="same.answer")
    wrong = await door.post("/api/v1/sessions", json={"login": "same.answer", "password": "another-plum"})
    nobody = await door.post("/api/v1/sessions", json={"login": "no.such.one", "password": PASSWORD})
    assert wrong.status_code == nobody.status_code == 401
    assert wrong.json() == nobody.json()
    assert wrong.headers["www-authenticate"] == "Bearer"


async def test_guessing_is_slowed_down_and_says_for_how_long(door: AsyncTestClient) -> None:
    await join(door, handle="guess.me")
    tries = [await door.post("/api/v1/sessions", json={"login": "guess.me", "password": f"guess-{n}"}) for n in range(11)]
    assert [one.status_code for one in tries] == [401] * 10 + [429]
    assert int(tries[-1].headers["retry-after"]) >= 1


async def test_sessions_are_listed_and_ended(door: AsyncTestClient) -> None:
    made = await join(door, handle="has.devices")
    agent = {"user-agent": "Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0"}
    login = {"login": "has.devices", "password": PASSWORD}
    phone = (await door.post("/api/v1/sessions", json=login, headers=agent)).json()["token"]
    listed = (await door.get("/api/v1/sessions", headers=bearer(phone))).json()["sessions"]
    assert {(one["device"], one["current"]) for one in listed} == {("Firefox on Android", True), ("A program", False)}
    other = next(one["id"] for one in listed if not one["current"])
    assert (await door.delete(f"/api/v1/sessions/{other}", headers=bearer(phone))).status_code == 204
    assert (await door.get("/api/v1/me", headers=bearer(made["token"]))).status_code == 401
    assert (await door.delete(f"/api/v1/sessions/{other}", headers=bearer(phone))).status_code == 404
    assert (await door.delete("/api/v1/sessions/current", headers=bearer(phone))).status_code == 204
    assert (await door.get("/api/v1/me", headers=bearer(phone))).status_code == 401


async def test_nobody_sees_or_ends_somebody_elses_session(door: AsyncTestClient) -> None:
    mine, theirs = await join(door), await join(door)
    session = (await door.get("/api/v1/sessions", headers=bearer(theirs["token"]))).json()["sessions"][0]["id"]
    assert (await door.delete(f"/api/v1/sessions/{session}", headers=bearer(mine["token"]))).status_code == 404
    assert (await door.get("/api/v1/me", headers=bearer(theirs["token"]))).status_code == 200


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Bearer x", "Bearer us." + "A" * 86, "Bearer ü"])
async def test_without_a_good_token_nobody_is_known(door: AsyncTestClient, header: str | None) -> None:
    headers = {} if header is None else {b"authorization": header.encode("latin-1")}
    for method, path in [("GET", "me"), ("GET", "sessions"), ("DELETE", "sessions/current")]:
        answer = await door.request(method, f"/api/v1/{path}", headers=headers)  # type: ignore[arg-type]
        assert answer.status_code == 401, (path, answer.text)


async def test_the_description_names_every_status_and_takes_no_other_field(door: AsyncTestClient) -> None:
    described = (await door.get("/api/openapi.json")).json()
    sign_up = described["paths"]["/api/v1/accounts"]["post"]
    assert set(sign_up["responses"]) == {"201", "400", "403", "409", "413", "422", "426", "429", "451", "503"}
    schema = described["components"]["schemas"]["SignUp"]
    assert schema["additionalProperties"] is False
    assert set(schema["required"]) == {"handle", "password", "birth_date", "country", "accept_terms"}
    assert all("description" in field or "oneOf" in field for field in schema["properties"].values())
