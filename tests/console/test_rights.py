"""The privacy team's room: what came by post is entered, compared, decided with two acts, and answered with a reason."""

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import pytest

from kept.policy import Actor, Site, Team
from kept.postgres import EmbeddedPostgres
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
        directory, now = house.runtime.cells.directory, house.runtime.clock.now()
        new = NewColleague("pat", Team.PRIVACY, "US")
        staff_id = await enter(directory, new, regions=["us", "eu"], actor=OPERATOR, by="system:test", now=now)
        yield Room(house, await begin_session(directory, staff_id, device="Firefox on Linux", now=now))


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
    cells = room.house.worker.cells
    directory, now = cells.directory, room.house.runtime.clock.now()
    new = NewColleague("pia", Team.PRIVACY, "US")
    staff_id = await enter(directory, new, regions=["us", "eu"], actor=OPERATOR, by="system:test", now=now)
    later = Room(room.house, await begin_session(directory, staff_id, device="Firefox on Linux", now=now))
    assert "past the law" in await later.get("/console")


async def _asks(house: House, me: Member) -> None:
    body = {"kind": "correction", "password": PASSWORD, "about": "handle", "value": "kim"}
    answer = await house.client.post("/api/v1/rights/requests", json=body, headers=me.headers)
    assert answer.status_code == 202, answer.text
