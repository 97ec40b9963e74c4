"""The privacy team's room: what came by post is entered, compared, decided with two acts, and answered with a reason."""

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import pytest
from httpx import Response
from pypdfium2 import PdfDocument

from kept.policy import Actor, Site, Team
from kept.postgres import EmbeddedPostgres
from kept.rights import advance
from kept.staff import NewColleague, enter
from kept.staff.signing_in import begin_session
from tests.fixtures.site import PASSWORD, Member, open_site
from tests.fixtures.site import Site as House

OPERATOR = Actor.staff(Team.SECURITY, Site.IN_REGION)


class Room:
    """A colleague of the privacy team, at the console."""

    def __init__(self, house: House, token: str) -> None:
        self.house = house
        self._headers = {"cookie": f"kept-console={token}", "sec-fetch-site": "same-origin"}

    async def get(self, path: str) -> str:
        answer = await self.house.client.get(path, headers=self._headers)
        assert answer.status_code == 200, answer.text
        return answer.text

    async def post(self, path: str, **data: str) -> int:
        answer = await self.house.client.post(path, data=data, headers=self._headers)
        self.house.client.cookies.clear()
        return answer.status_code

    async def print(self, path: str, *, sure: str = "yes") -> Response:
        data = {"act": "letter", "sure": sure}
        answer = await self.house.client.post(f"{path}/act", data=data, headers=self._headers)
        self.house.client.cookies.clear()
        return answer

    async def enter(self, kind: str, named: str, **more: str) -> str:
        """Enter a letter; the address of its page."""
        before = await self._ids()
        assert await self.post("/console/rights", kind=kind, named=named, **more) == 303
        [made] = await self._ids() - before
        return f"/console/rights/{made[0]}/{made[1]}"

    async def row(self, path: str) -> dict[str, object]:
        cell, number = path.split("/")[-2:]
        rows = await self.house.worker.cells.named(cell).database.fetch(
            "SELECT * FROM rights_request WHERE request_id = $1", UUID(number)
        )
        return dict(rows[0])

    async def _ids(self) -> set[tuple[str, UUID]]:
        wanted = "SELECT request_id FROM rights_request"
        return {
            (cell.name, row["request_id"]) for cell in self.house.worker.cells for row in await cell.database.fetch(wanted)
        }


@pytest.fixture(scope="module")
async def room(postgres: EmbeddedPostgres, templates: dict[str, str]) -> AsyncIterator[Room]:
    async with open_site(postgres, templates, "rightsdesk") as house:
        yield await newcomer(house, "pat")


async def newcomer(house: House, name: str) -> Room:
    """A new colleague of the privacy team, signed in now."""
    directory, now = house.runtime.cells.directory, house.runtime.clock.now()
    new = NewColleague(name, Team.PRIVACY, "US")
    staff_id = await enter(directory, new, regions=["us", "eu"], actor=OPERATOR, by="system:test", now=now)
    return Room(house, await begin_session(directory, staff_id, device="Firefox on Linux", now=now))


async def test_a_letter_is_entered_compared_and_begun_and_its_words_are_sealed(room: Room) -> None:
    me = await room.house.join()
    path = await room.enter("deletion", f"@{me.handle}", address="Gartenhaus 7, 10115 Berlin")
    shown = await room.get(path)
    assert "Gartenhaus 7" in shown
    assert (await room.row(path))["state"] == "unverified"
    assert await room.post(f"{path}/act", act="verify") == 422, "one act is not two"
    assert (await room.row(path))["state"] == "unverified"
    assert await room.post(f"{path}/act", act="verify", sure="yes") == 303
    row = await room.row(path)
    assert (row["state"], row["verified_by"], row["channel"]) == ("grace", "documents", "post")
    assert row["grace_until"] is not None
    assert await room.post(f"{path}/act", act="verify", sure="yes") == 422, "it is not verified twice"
    entries = await room.house.worker.cells.named(me.region).database.fetch("SELECT payload FROM ledger_outbox")
    logged = [bytes(one["payload"]).decode() for one in entries]
    assert any(f"request:{row['request_id']}" in one and '"staff:' in one for one in logged), "who decided is on record"


async def test_that_a_letter_came_is_confirmed_by_a_colleague_once(room: Room) -> None:
    me = await room.house.join("DE")
    path = await room.enter("deletion", me.handle)
    assert (await room.row(path))["confirmed_at"] is None, "nobody told them yet"
    assert "Receipt to be confirmed by" in await room.get(path)
    assert await room.post(f"{path}/act", act="confirm") == 422
    assert await room.post(f"{path}/act", act="confirm", sure="yes") == 303
    assert (await room.row(path))["confirmed_at"] is not None
    assert "Receipt to be confirmed by" not in await room.get(path)
    assert await room.post(f"{path}/act", act="confirm", sure="yes") == 422


async def test_a_letter_is_answered_by_letter_with_a_code_that_follows_it(room: Room) -> None:
    me = await room.house.join("DE")
    path = await room.enter("deletion", me.handle, address="Zażółć Gęślą, Gartenhaus 7, 10115 Berlin")
    assert (await room.print(path, sure="")).status_code == 422, "it is said that it is sent"
    first = await room.print(path)
    assert (first.status_code, first.headers["content-type"]) == (200, "application/pdf")
    assert first.headers["cache-control"] == "no-store"
    text = words(first.content)
    assert "Zażółć Gęślą" in text
    assert "copy of a document that names you" in text
    row = await room.row(path)
    assert row["told_at"] is not None
    assert row["confirmed_at"] is not None
    earlier = code_in(text)
    assert (await room.house.client.get("/your-request", params={"code": earlier})).status_code == 200
    room.house.runtime.clock.advance(timedelta(minutes=1))  # type: ignore[attr-defined]
    assert await room.post(f"{path}/act", act="not_verified", sure="yes") == 303
    await advance(room.house.worker)
    assert "Gartenhaus 7" in await room.get(path), "the address is kept until the end was told"
    text = words((await room.print(path)).content)
    assert "Nobody showed in time" in text
    assert "complain to the data protection authority" in text
    followed = await room.house.client.get("/your-request", params={"code": code_in(text)})
    assert "Answered: not possible" in followed.text
    assert (await room.house.client.get("/your-request", params={"code": earlier})).status_code == 404, "void"
    await advance(room.house.worker)
    assert "Gartenhaus 7" not in await room.get(path)
    assert (await room.print(path)).status_code == 422


async def test_a_letter_about_a_copy_holds_no_code_and_one_that_cannot_be_printed_says_why(room: Room) -> None:
    me = await room.house.join("DE")
    path = await room.enter("access", me.handle, address="Gartenhaus 7, 10115 Berlin")
    secret = (await room.row(path))["secret_hash"]
    text = words((await room.print(path)).content)
    assert "/your-request" not in text
    assert "Sign in and ask there" in text
    assert (await room.row(path))["secret_hash"] == secret
    for address, why in (("", "no address"), ("東京都千代田区", "no type here"), ("a, b, c, d, e, f, g", "7 lines")):
        path = await room.enter("deletion", me.handle, address=address)
        answer = await room.print(path)
        assert answer.status_code == 422
        assert why in answer.text
        assert (await room.row(path))["told_at"] is None
    assert (await room.print(await room.enter("access", me.handle, address="x"))).content.startswith(b"%PDF")


def words(pdf: bytes) -> str:
    """The text of a letter as a reader takes it out, on one line; the link on paper is broken anywhere."""
    pages = PdfDocument(pdf)
    return " ".join(" ".join(page.get_textpage().get_text_bounded() for page in pages).split())


def code_in(text: str) -> str:
    """What follows the link."""
    return text[text.index("/your-request?code=") + len("/your-request?code=") :].replace(" ", "")


async def test_no_copy_is_given_for_documents(room: Room) -> None:
    me = await room.house.join()
    path = await room.enter("access", me.handle)
    assert await room.post(f"{path}/act", act="verify", sure="yes") == 422
    assert await room.post(f"{path}/act", act="not_verified", sure="yes") == 303
    assert (await room.row(path))["ground"] == "not_verified"


async def test_a_letter_about_nobody_ends_with_that_reason(room: Room) -> None:
    path = await room.enter("correction", "no.such.person", about="birth_date", value="1990-01-01")
    assert "no such account" in await room.get(path)
    assert await room.post(f"{path}/act", act="verify", sure="yes") == 422
    assert await room.post(f"{path}/act", act="not_verified", sure="yes") == 303
    assert (await room.row(path))["ground"] == "no_account"


async def test_a_correction_is_set_right_or_refused_and_extended_once(room: Room) -> None:
    me = await room.house.join("DE")
    path = await room.enter("correction", me.handle, about="birth_date", value="1991-05-17")
    assert await room.post(f"{path}/act", act="correct", sure="yes") == 422, "not before it is theirs"
    assert await room.post(f"{path}/act", act="extend", why="complex", sure="yes") == 303
    assert await room.post(f"{path}/act", act="extend", why="complex", sure="yes") == 422
    assert await room.post(f"{path}/act", act="verify", sure="yes") == 303
    assert await room.post(f"{path}/act", act="refuse", ground="because", sure="yes") == 422
    assert await room.post(f"{path}/act", act="correct", sure="yes") == 303
    assert (await room.row(path))["state"] == "done"
    assert await room.post(f"{path}/act", act="refuse", ground="needed", sure="yes") == 422


async def test_a_longer_time_is_not_lost_when_it_is_known_whose_it_is(room: Room) -> None:
    me = await room.house.join("DE")
    path = await room.enter("correction", me.handle, about="handle", value="kim")
    assert await room.post(f"{path}/act", act="extend", why="numerous", sure="yes") == 303
    assert await room.post(f"{path}/act", act="verify", sure="yes") == 303
    row = await room.row(path)
    assert row["due_at"] - row["asked_at"] > timedelta(days=80)  # type: ignore[operator]


async def test_what_is_past_the_laws_day_is_told_at_the_start(room: Room) -> None:
    me = await room.house.join("DE")
    assert "past the law" not in await room.get("/console")
    await _asks(room.house, me)
    room.house.runtime.clock.advance(timedelta(days=32))  # type: ignore[attr-defined]
    assert "past the law" in await (await newcomer(room.house, "pia")).get("/console")


async def test_an_address_is_kept_two_weeks_for_a_letter_that_nobody_prints(room: Room) -> None:
    room = await newcomer(room.house, "pim")
    me = await room.house.join("DE")
    path = await room.enter("deletion", me.handle, address="Lindenallee 3, 10115 Berlin")
    assert await room.post(f"{path}/act", act="not_verified", sure="yes") == 303
    room.house.runtime.clock.advance(timedelta(days=13))  # type: ignore[attr-defined]
    await advance(room.house.worker)
    kept = "SELECT FROM rights_matter WHERE request_id = $1"
    row = await room.row(path)
    cell = room.house.worker.cells.named(path.split("/")[-2])
    assert await cell.database.fetch(kept, row["request_id"])
    room.house.runtime.clock.advance(timedelta(days=1, seconds=1))  # type: ignore[attr-defined]
    await advance(room.house.worker)
    assert not await cell.database.fetch(kept, row["request_id"])


async def _asks(house: House, me: Member) -> None:
    body = {"kind": "correction", "password": PASSWORD, "about": "handle", "value": "kim"}
    answer = await house.client.post("/api/v1/rights/requests", json=body, headers=me.headers)
    assert answer.status_code == 202, answer.text
