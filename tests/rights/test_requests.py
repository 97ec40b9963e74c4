"""Somebody gets a copy of all that is kept about them, and is erased so that nothing is left; through the API."""

import io
import json
import re
import zipfile
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from kept.catalog.tables import STORES
from kept.jobs import registered
from kept.ledger import load_signer
from kept.policy import Actor, Team
from kept.policy import Site as Seat
from kept.residency import hash_of
from kept.retention import NewHold, lift_hold, place_hold
from kept.rights import advance
from kept.subjects import NotErasedYet, read_receipt
from tests.fixtures.lot import HereAndNow
from tests.fixtures.site import PASSWORD, Member, Site

CANARY = "ein-kanarienvogel-singt-im-gartenhaus"


class Patient(HereAndNow):
    """A job whose steps are tried again while parcels are carried, as the engine and the worker do."""

    site: Site

    async def step(self, name: str, run: Any, *args: Any, percent: int = 0, retry: Any = None) -> Any:
        try:
            return await super().step(name, run, *args)
        except NotErasedYet:
            await carry(self.site)
            return await super().step(name, run, *args)


def dying_before(step_name: str) -> type[Patient]:
    """A worker that is killed before a step."""

    class Dies(Patient):
        async def step(self, name: str, run: Any, *args: Any, percent: int = 0, retry: Any = None) -> Any:
            if name == step_name:
                raise ConnectionError(name)
            return await super().step(name, run, *args, percent=percent, retry=retry)

    return Dies


async def carry(site: Site) -> None:
    for cell in site.runtime.cells:
        while await site.runtime.gateway.drain(cell, now=site.runtime.clock.now()):
            pass


async def ask(site: Site, by: Member, kind: str, grace: str = "default", password: str = PASSWORD) -> Any:
    body = {"kind": kind, "password": password, "grace": grace}
    return await site.client.post("/api/v1/rights/requests", json=body, headers=by.headers)


async def work(site: Site) -> None:
    """What a worker does about requests, until nothing waits."""
    await advance(site.worker)
    for _ in range(4):
        for cell in site.worker.cells:
            rows = await cell.database.fetch(
                "UPDATE job SET state = 'running' WHERE kind LIKE 'rights%' AND state = 'waiting'"
                " RETURNING job_id, kind, owner_id, subject_id"
            )
            for row in rows:
                job = Patient(cell.name, row["owner_id"], row["subject_id"])
                job.site = site
                try:
                    await registered()[row["kind"]](job, site.worker)
                finally:
                    await cell.database.fetch("UPDATE job SET state = 'done' WHERE job_id = $1", row["job_id"])
        await carry(site)


async def follow(site: Site, request_id: str, secret: str) -> Any:
    answer = await site.client.get(f"/api/v1/rights/requests/{request_id}", headers={"kept-request-secret": secret})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def write(site: Site, by: Member, to: Member, text: str) -> None:
    for name, vault in site.worker.vaults.items():
        key = await vault.envelope_key()
        await site.worker.cells.directory.publish_key(name, key, now=site.runtime.clock.now())
    body = {"to": to.handle, "text": text}
    answer = await site.client.post("/api/v1/messages", json=body, headers=by.headers)
    assert answer.status_code in (200, 201), answer.text


async def everywhere(site: Site, member_id: UUID) -> dict[str, int]:
    """Where a member's id stands in any column of any table of any store, whatever the catalogue says of it."""
    found = {}
    for cell in site.worker.cells:
        stores = {"cell": cell.database, "keys": cell.keys_database, "directory": site.worker.cells.directory.database}
        for store, database in stores.items():
            for table in STORES[store].metadata.sorted_tables:
                text = f'SELECT count(*) AS n FROM "{table.name}" r WHERE r::text LIKE $1'  # noqa: S608
                number = (await database.fetch(text, f"%{member_id}%"))[0]["n"]
                if number:
                    found[f"{cell.name}/{store}: {table.name}"] = number
    return found


async def test_a_copy_holds_everything_that_is_kept_and_nobody_elses_id(site: Site, phone_clip: bytes) -> None:
    me, other = await site.join(), await site.join("FR")
    video_id = await site.publish(me, phone_clip)
    await write(site, me, other, CANARY)
    await work(site)
    asked = await ask(site, me, "access")
    assert asked.status_code == 202, asked.text
    await work(site)
    request_id = asked.json()["request_id"]
    told = (await site.client.get(f"/api/v1/rights/requests/{request_id}", headers=me.headers)).json()
    assert told["state"] == "ready", told
    refused = await site.client.post(
        f"/api/v1/rights/requests/{request_id}/download", json={"password": "wrong"}, headers=me.headers
    )
    assert refused.status_code == 403
    answer = await site.client.post(
        f"/api/v1/rights/requests/{request_id}/download", json={"password": PASSWORD}, headers=me.headers
    )
    got = await site.client.get(answer.json()["url"])
    assert got.status_code == 200
    archive = zipfile.ZipFile(io.BytesIO(got.content))
    assert archive.testzip() is None
    messages = json.loads(archive.read("data/message.json"))
    assert [one["body"] for one in messages] == [CANARY]
    assert messages[0]["peer_id"] == "person 1"
    [video] = json.loads(archive.read("data/video.json"))
    assert video["video_id"] == video_id
    assert any(name.startswith("media/") for name in archive.namelist())
    [password] = json.loads(archive.read("data/credential_password.json"))
    assert "argon2" not in password["hash"]
    everything = b"".join(archive.read(name) for name in archive.namelist())
    assert other.member_id.encode() not in everything
    page = archive.read("index.html").decode()
    assert CANARY in page
    assert not re.search(r"(src|href)=\"(https?:)?//", page), "it works offline"
    stored = site.worker.cells.named(me.region).objects
    assert CANARY.encode() not in await stored.get(f"copies/{request_id}")


async def test_a_copy_is_destroyed_after_its_days(site: Site) -> None:
    me = await site.join()
    request_id = (await ask(site, me, "access")).json()["request_id"]
    await work(site)
    objects = site.worker.cells.named(me.region).objects
    assert await objects.size(f"copies/{request_id}")
    site.runtime.clock.advance(timedelta(days=31))  # type: ignore[attr-defined]
    await work(site)
    assert [key async for key in objects.keys("copies")] == []


async def test_a_deletion_hides_at_once_and_can_be_called_off_as_if_nothing_had_been(site: Site, phone_clip: bytes) -> None:
    me, other = await site.join(), await site.join()
    video_id = await site.publish(me, phone_clip)
    assert (await site.client.get(f"/api/v1/videos/{video_id}", headers=other.headers)).status_code == 200
    asked = (await ask(site, me, "deletion")).json()
    assert asked["state"] == "grace"
    await work(site)
    assert (await site.client.get(f"/api/v1/videos/{video_id}", headers=other.headers)).status_code == 404
    assert (await site.client.get("/api/v1/me", headers=me.headers)).status_code == 401, "every session has ended"
    signed_in = await site.client.post("/api/v1/sessions", json={"login": me.handle, "password": PASSWORD})
    again = {"authorization": f"Bearer {signed_in.json()['token']}"}
    begun = await site.client.post("/api/v1/messages", json={"to": other.handle, "text": "hi"}, headers=again)
    assert begun.status_code == 403, "an account at rest does nothing"
    kept = await site.client.delete(f"/api/v1/rights/requests/{asked['request_id']}", headers=again)
    assert kept.status_code == 204, kept.text
    await work(site)
    assert (await site.client.get(f"/api/v1/videos/{video_id}", headers=other.headers)).status_code == 200
    assert (await follow(site, asked["request_id"], asked["secret"]))["state"] == "called_off"


async def test_after_an_erasure_nothing_of_the_member_is_left_anywhere(site: Site, phone_clip: bytes) -> None:
    me, other = await site.join(), await site.join()
    far = await site.join("FR")
    cell = site.worker.cells.named(me.region)
    before = {key async for key in cell.objects.keys("clips")}
    await site.publish(me, phone_clip)
    assert {key async for key in cell.objects.keys("clips")} > before
    for to in (other, far):
        await write(site, me, to, CANARY)
    await work(site)
    asked = (await ask(site, me, "deletion", "none")).json()
    assert asked["state"] == "erasing"
    await work(site)
    done = await follow(site, asked["request_id"], asked["secret"])
    assert done["state"] == "done", done
    member_id = UUID(me.member_id)
    left = await everywhere(site, member_id)
    assert {name.partition(": ")[2] for name in left} <= {"shredded_key"}, left
    assert {key async for key in cell.objects.keys("clips")} == before
    outcomes = {one["where"]: one["outcome"] for one in done["outcomes"]}
    assert outcomes["account"] == outcomes["message"] == outcomes["keys"] == "erased"
    assert outcomes["upload"] == "nothing_found"
    assert outcomes["eu: message of others"] == "anonymised"
    inbox = (await site.client.get("/api/v1/messages/conversations", headers=far.headers)).json()
    assert me.handle not in json.dumps(inbox)
    gone = await site.client.post("/api/v1/sessions", json={"login": me.handle, "password": PASSWORD})
    assert gone.status_code == 401


async def test_the_receipt_is_signed_and_its_hash_is_in_the_ledger(site: Site) -> None:
    me = await site.join()
    asked = (await ask(site, me, "deletion", "none")).json()
    await work(site)
    done = await follow(site, asked["request_id"], asked["secret"])
    stores = site.worker.ledger
    said = read_receipt(done["receipt"], load_signer(stores.signing_key, stores.origin).vkey)
    assert said["residue"]["rows"] == {}
    assert said["residue"]["found"] == 0
    assert me.member_id not in done["receipt"]
    rows = await site.worker.cells.named(me.region).database.fetch("SELECT payload FROM ledger_outbox")
    logged = b"".join(bytes(row["payload"]) for row in rows).decode()
    assert f"receipt:{hash_of(done['receipt'])}" in logged
    assert "member.erased" in logged


async def test_the_days_to_change_ones_mind_end_by_themselves(site: Site) -> None:
    me = await site.join()
    asked = (await ask(site, me, "deletion")).json()
    site.runtime.clock.advance(timedelta(days=29))  # type: ignore[attr-defined]
    await work(site)
    assert (await follow(site, asked["request_id"], asked["secret"]))["state"] == "grace"
    site.runtime.clock.advance(timedelta(days=1, seconds=1))  # type: ignore[attr-defined]
    await work(site)
    assert (await follow(site, asked["request_id"], asked["secret"]))["state"] == "done"


async def test_a_hold_stops_the_erasure_says_so_and_lets_go_when_it_ends(site: Site) -> None:
    me = await site.join()
    cell, now = site.worker.cells.named(me.region), site.runtime.clock.now()
    legal = Actor.staff(Team.LEGAL, Seat.IN_REGION)
    held = NewHold(UUID(me.member_id), "CASE-7", now + timedelta(days=10), now + timedelta(days=20))
    async with cell.begin() as tx:
        hold_id = await place_hold(tx, held, actor=legal, subject=site.worker.beacon.pseudonym(held.member_id), now=now)
    asked = (await ask(site, me, "deletion", "none")).json()
    await work(site)
    told = await follow(site, asked["request_id"], asked["secret"])
    assert told["state"] == "held"
    assert {one["outcome"] for one in told["outcomes"] if one["where"] in ("account", "keys", "files")} == {"held"}
    assert await cell.database.fetch("SELECT FROM account WHERE owner_id = $1", held.member_id)
    async with cell.begin() as tx:
        await lift_hold(tx, hold_id, actor=legal, now=site.runtime.clock.now())
    await work(site)
    assert (await follow(site, asked["request_id"], asked["secret"]))["state"] == "done"


async def test_requests_are_for_their_owners_alone(site: Site) -> None:
    me, other = await site.join(), await site.join()
    wrong = await ask(site, me, "deletion", password="not my password")
    assert wrong.status_code == 403
    asked = (await ask(site, me, "access")).json()
    path = f"/api/v1/rights/requests/{asked['request_id']}"
    assert (await site.client.get(path, headers=other.headers)).status_code == 404
    assert (await site.client.delete(path, headers=other.headers)).status_code == 404
    assert (await site.client.get(path, headers={"kept-request-secret": "guessed"})).status_code == 404
    assert (await site.client.get(path)).status_code == 401
    twice = (await ask(site, me, "access")).json()
    assert twice["request_id"] == asked["request_id"], "a second one joins the first"


async def test_a_round_that_breaks_off_anywhere_is_taken_up_again(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed before each step in turn, the erasure goes on in another round and ends the same."""
    steps = ["destroying the key", "hiding", "deleting files", "deleting rows", "forgetting the name", "leaving the directory"]
    for step in [*steps, "tidying", "closing"]:
        me = await site.join()
        asked = (await ask(site, me, "deletion", "none")).json()

        monkeypatch.setattr(f"{__name__}.Patient", dying_before(step))
        with pytest.raises(ConnectionError):
            await work(site)
        monkeypatch.undo()
        assert (await follow(site, asked["request_id"], asked["secret"]))["state"] == "erasing"
        site.runtime.clock.advance(timedelta(minutes=5))  # type: ignore[attr-defined]
        await site.worker.cells.named(me.region).database.fetch("UPDATE job SET updated_at = updated_at - interval '9 days'")
        await work(site)
        done = await follow(site, asked["request_id"], asked["secret"])
        assert done["state"] == "done", (step, done)
        assert {name.partition(": ")[2] for name in await everywhere(site, UUID(me.member_id))} <= {"shredded_key"}, step
