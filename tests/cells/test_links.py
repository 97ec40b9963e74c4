"""Regions that run apart: signed, replay-protected, resumable, and nothing lost or doubled however the wire fails."""

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import httpx
import msgspec
import pytest
from sqlalchemy.schema import CreateTable

from kept.cells import crossings, receiving, sending
from kept.cells.exchange import COVERED, Told, sign_request
from kept.cells.wire import Batch, Envelope, Put, Remove
from kept.kit import new_id
from kept.ledger import Signer
from tests.cells.apart import KEYS, Apart, Cut, Killed, Request
from tests.cells.test_shelves import Poster
from tests.fixtures.house import House


@pytest.fixture
async def apart(house: House) -> AsyncIterator[Apart]:
    for cell in house.cells:
        async with cell.begin() as tx:
            await tx.run(CreateTable(Poster.__table__))
    made = Apart(house)
    yield made
    for gateway in made.gateways.values():
        await gateway.close()


@pytest.fixture
async def author(house: House) -> UUID:
    return await house.resident(house.eu)


def packed(*parcels: Put | Remove | Envelope) -> bytes:
    import gzip

    return gzip.compress(msgspec.msgpack.encode(Batch(list(parcels))))


def signed(apart: Apart, body: bytes, *, number: int = 1, key: Signer = KEYS["eu"], sender: str = "eu") -> Request:
    return Request("us", sign_request(body, Told(sender, "us", number), key, now=apart.now), body)


async def test_a_public_row_and_a_sealed_letter_cross_are_counted_and_dropped(apart: Apart, author: UUID) -> None:
    await apart.show("hello", author)
    letter = await apart.write(new_id())
    assert await apart.carry() == 2
    assert await apart.posters() == ["hello"]
    assert await apart.delivered() == {letter}
    assert await apart.waiting() == 0
    counted = {(one.kind, one.category): one.count for one in await crossings(apart.gateways["eu"]._cells, since=apart.now)}
    assert counted == {
        ("public", "user.content.public"): 1,
        ("public", "user.unique_id"): 2,
        ("addressed", "user.content.private"): 1,
        ("addressed", "user.unique_id"): 1,
    }


async def test_a_cut_before_the_gateway_loses_nothing_and_the_pause_doubles(apart: Apart, author: UUID) -> None:
    await apart.show("hello", author)

    def cut(request: Request) -> httpx.Response | None:
        raise Cut("cut")

    apart.wire.before = cut
    pauses = []
    for _ in range(9):
        assert await apart.carry() == 0
        link = await apart.link()
        assert link["trouble"] == "unreachable"
        pauses.append((link["again_at"] - apart.now).total_seconds())
        tries = len(apart.wire.seen)
        assert await apart.carry() == 0
        assert len(apart.wire.seen) == tries  # not before its time
        apart.house.clock.advance(timedelta(seconds=pauses[-1] + 0.001))
    assert all(0.25 * 2**n <= pause <= 0.5 * 2**n for n, pause in enumerate(pauses[:7]))
    assert max(pauses) <= 60
    apart.wire.before = lambda _: None
    assert await apart.carry() == 1
    assert await apart.posters() == ["hello"]
    assert {key: value for key, value in (await apart.link()).items() if key != "number"} == {
        "failures": 0,
        "trouble": None,
        "again_at": None,
    }


async def test_an_answer_that_is_lost_brings_the_parcel_again_and_it_is_applied_once(apart: Apart, author: UUID) -> None:
    letter = await apart.write(new_id())

    def lose(_answer: httpx.Response) -> httpx.Response:
        raise Cut("cut")

    apart.wire.after = lose
    assert await apart.carry() == 0
    assert await apart.delivered() == {letter}
    assert await apart.waiting() == 1
    apart.wire.after = lambda answer: answer
    apart.house.clock.advance(timedelta(seconds=1))
    assert await apart.carry() == 1
    assert await apart.delivered() == {letter}
    assert await apart.waiting() == 0


async def test_a_replayed_request_changes_nothing_and_gets_the_same_answer(apart: Apart, author: UUID) -> None:
    await apart.write(new_id())
    await apart.carry()
    calls = apart.letters.calls
    again = await apart.post(apart.wire.seen[-1])
    assert again.status_code == 200
    assert msgspec.msgpack.decode(again.content) == {"refused": {}, "already": True}
    assert apart.letters.calls == calls
    await apart.write(new_id())
    await apart.carry()
    older = await apart.post(apart.wire.seen[-2])
    assert older.status_code == 409
    assert msgspec.msgpack.decode(older.content) == {"number": 2}
    assert apart.letters.calls == calls + 1


@pytest.mark.parametrize("name", [*(name for name in COVERED if not name.startswith("@")), "signature", "signature-input"])
async def test_a_request_altered_anywhere_is_refused(apart: Apart, name: str) -> None:
    body = packed(Envelope(new_id(), "letter", new_id(), b"x"))
    for change in (lambda text: "", lambda text: text[:-2] + text[-1], lambda text: text + "0"):
        request = signed(apart, body, number=4711)
        request.headers[name] = change(request.headers[name])
        assert (await apart.post(request)).status_code in (400, 401, 403)
    request = signed(apart, body)
    del request.headers[name]
    assert (await apart.post(request)).status_code in (400, 401, 403)
    assert await apart.delivered() == set()


async def test_another_body_a_foreign_key_and_a_borrowed_name_are_refused(apart: Apart) -> None:
    body, other = packed(Envelope(new_id(), "letter", new_id(), b"x")), packed(Envelope(new_id(), "letter", new_id(), b"y"))
    swapped = signed(apart, body)
    swapped.body = other
    stranger = Signer("eu.gateway", b"\x07" * 32)
    requests = [
        swapped,
        signed(apart, body, key=stranger),
        signed(apart, body, key=KEYS["us"]),
        signed(apart, body, key=KEYS["us"], sender="us"),
        signed(apart, body, sender="atlantis"),
    ]
    for request in requests:
        assert (await apart.post(request)).status_code in (401, 403)
    to_another = signed(apart, body)
    to_another.to = "eu"
    assert (await apart.post(to_another)).status_code == 403
    assert await apart.delivered() == set()


async def test_a_clock_that_is_wrong_is_called_so_and_nothing_is_lost(apart: Apart, author: UUID) -> None:
    await apart.show("hello", author)
    old = signed(apart, packed())
    apart.house.clock.advance(timedelta(minutes=6))
    answer = await apart.post(old)
    assert answer.status_code == 400
    assert answer.json()["code"] == "clock_skew"
    assert "360 seconds ago" in answer.json()["detail"]
    apart.wire.before = lambda _: httpx.Response(400, json={"code": "clock_skew"})
    assert await apart.carry() == 0
    assert (await apart.link())["trouble"] == "clock_skew"
    assert await apart.waiting() == 1


@pytest.mark.parametrize("status", [200, 409])
async def test_an_answer_that_the_other_gateway_did_not_sign_settles_nothing(
    apart: Apart, author: UUID, status: int
) -> None:
    await apart.show("hello", author)
    forged = msgspec.msgpack.encode({"refused": {}} if status == 200 else {"number": 10**9})
    apart.wire.before = lambda _: httpx.Response(status, content=forged)
    assert await apart.carry() == 0
    assert (await apart.link())["trouble"] == "forged_answer"
    assert (await apart.link())["number"] == 1
    assert await apart.waiting() == 1


async def test_another_requests_answer_is_none_to_this_one(apart: Apart, author: UUID) -> None:
    answers: list[httpx.Response] = []

    def keep(answer: httpx.Response) -> httpx.Response:
        answers.append(answer)
        return answer

    apart.wire.after = keep
    await apart.show("one", author)
    await apart.carry()
    await apart.show("two", author)
    apart.wire.before = lambda _: httpx.Response(200, content=answers[0].content, headers=answers[0].headers)
    assert await apart.carry() == 0
    assert (await apart.link())["trouble"] == "forged_answer"
    assert await apart.posters() == ["one"]


async def test_one_poisoned_parcel_is_shown_and_does_not_keep_the_others(apart: Apart, author: UUID) -> None:
    bad = new_id()
    apart.letters.refuse.add(bad)
    poisoned, fine = await apart.write(bad), await apart.write(new_id())
    await apart.show("hello", author)
    await apart.carry()
    assert await apart.delivered() == {fine}
    assert await apart.posters() == ["hello"]
    rows = await apart.house.eu.database.fetch("SELECT parcel_id, refused_as FROM parcel")
    assert [(row["parcel_id"], row["refused_as"]) for row in rows] == [(poisoned, "error")]


async def test_a_batch_that_is_not_understood_is_taken_apart_until_the_parcel_is_found(apart: Apart, author: UUID) -> None:
    first, bad, last = [await apart.write(new_id()) for _ in range(3)]

    def choke(request: Request) -> httpx.Response | None:
        import gzip

        holds = bad.bytes.hex() in gzip.decompress(request.body).hex() or str(bad).encode() in gzip.decompress(request.body)
        return httpx.Response(400, json={"code": "bad_batch"}) if holds else None

    apart.wire.before = choke
    for _ in range(6):
        await apart.carry()
    assert await apart.delivered() == {first, last}
    rows = await apart.house.eu.database.fetch("SELECT parcel_id, refused_as FROM parcel")
    assert [(row["parcel_id"], row["refused_as"]) for row in rows] == [(bad, "bad_batch")]


async def test_a_gateway_that_asks_for_patience_gets_it(apart: Apart, author: UUID) -> None:
    await apart.show("hello", author)
    apart.wire.before = lambda _: httpx.Response(503, json={"code": "gateway_busy"}, headers={"retry-after": "30"})
    await apart.carry()
    apart.wire.before = lambda _: None
    apart.house.clock.advance(timedelta(seconds=29))
    assert await apart.carry() == 0
    apart.house.clock.advance(timedelta(seconds=1))
    assert await apart.carry() == 1


async def test_a_number_that_was_set_back_by_a_restore_catches_up(apart: Apart, author: UUID) -> None:
    for words in ("one", "two", "three"):
        await apart.show(words, author)
        await apart.carry()
    await apart.house.eu.database.fetch("UPDATE link_out SET number = 0")
    await apart.show("four", author)
    assert await apart.carry() == 0
    apart.house.clock.advance(timedelta(seconds=1))
    assert await apart.carry() == 1
    assert await apart.posters() == ["four", "one", "three", "two"]


async def test_a_region_speaks_for_its_own_members_and_in_public_fields_only(apart: Apart, author: UUID) -> None:
    american = await apart.house.resident(apart.house.us)
    cases = {
        "owner_elsewhere": {"owner_id": str(american), "item_id": str(new_id()), "words": "not mine"},
        "unknown_owner": {"owner_id": str(new_id()), "item_id": str(new_id()), "words": "whose?"},
        "not_public": {"owner_id": str(author), "item_id": str(new_id()), "words": "x", "views": 3},
        "unknown_parcel": {"owner_id": str(author), "words": "nothing"},
    }
    parcels = {new_id(): (code, fields) for code, fields in cases.items()}
    body = packed(*(Put(parcel_id, "test_poster", fields) for parcel_id, (_, fields) in parcels.items()))
    answer = await apart.post(signed(apart, body))
    assert answer.status_code == 200
    refused = msgspec.msgpack.decode(answer.content)["refused"]
    assert refused == {str(parcel_id): code for parcel_id, (code, _) in parcels.items()}
    secret = Put(new_id(), "account", {"owner_id": str(author), "item_id": str(new_id()), "email": "x"})
    answer = await apart.post(signed(apart, packed(secret), number=2))
    assert list(msgspec.msgpack.decode(answer.content)["refused"].values()) == ["unknown_parcel"]
    mine = Remove(new_id(), "test_poster", american, new_id())
    answer = await apart.post(signed(apart, packed(mine), number=3))
    assert list(msgspec.msgpack.decode(answer.content)["refused"].values()) == ["owner_elsewhere"]
    assert await apart.posters() == []


async def test_what_is_no_batch_is_refused_and_uses_up_no_number(apart: Apart) -> None:
    import gzip

    bomb = gzip.compress(b"\x00" * (17 * 1024 * 1024))
    more = gzip.compress(msgspec.msgpack.encode({"parcels": [], "birth_date": "1990-05-17"}))
    for body, code in ((b"", "bad_batch"), (b"x", "bad_batch"), (bomb, "batch_too_large"), (more, "bad_batch")):
        answer = await apart.post(signed(apart, body))
        assert answer.json()["code"] == code
    assert (await apart.post(signed(apart, packed()))).status_code == 200


def kill(*_arguments: object) -> httpx.Response:
    raise Killed


async def killed_settling(*_arguments: object, **_named: object) -> None:
    raise Killed


@pytest.mark.parametrize("moment", ["sending", "applying", "noting", "answering", "settling"])
async def test_whoever_is_killed_at_whatever_moment_every_letter_arrives_once(
    apart: Apart, author: UUID, moment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await apart.show("before", author)
    await apart.carry()
    letters = {await apart.write(new_id()) for _ in range(3)}
    await apart.show("hello", author)
    with monkeypatch.context() as patched:
        if moment == "sending":
            apart.wire.before = kill
        elif moment == "applying":
            apart.letters.killed = True
        elif moment == "noting":
            patched.setattr(receiving, "_note", killed_settling)
        elif moment == "answering":
            apart.wire.after = kill
        else:
            patched.setattr(sending, "settle", killed_settling)
        with pytest.raises(Killed):
            await apart.carry()
        assert await apart.waiting() == 4
    arrived = moment in ("answering", "settling")
    assert await apart.posters() == (["before", "hello"] if arrived else ["before"])
    assert await apart.delivered() == (letters if arrived else set())
    again = Apart(apart.house)  # both processes are started again
    await again.carry()
    assert await again.delivered() == letters
    assert await again.posters() == ["before", "hello"]
    assert await again.waiting() == 0
    assert await again.carry() == 0
    for gateway in again.gateways.values():
        await gateway.close()


async def test_nobody_but_a_neighbour_gets_a_body_read(apart: Apart) -> None:
    body = packed(Envelope(new_id(), "letter", new_id(), b"x"))
    for request in (signed(apart, body, key=Signer("eu.gateway", b"\x07" * 32)), signed(apart, body, sender="atlantis")):
        await apart.post(request)
        assert not request.was_read
