"""A member moves to another cell: everything goes along, nothing stays, and nobody is at home in two places."""

import asyncio
from dataclasses import replace
from uuid import UUID

import asyncpg
import pytest
import sqlalchemy as sa

from kept.bench.rows import fill
from kept.cells import HomeMoved, strangers
from kept.kit import new_id
from kept.ledger import EntryDetail
from kept.residency import CopyDiffers, MemberBusy, copying, move_member, move_members, moving, settle_all
from kept.residency.tables import travelling
from kept.vault import NoSuchKey, Reason
from kept.videos import Part, Told, VideoState, own_draft, publish_draft
from tests.fixtures.lot import pieces
from tests.residency.conftest import Town


async def dweller(town: Town, each: int = 3) -> UUID:
    """Somebody at home in the old cell with rows in every table that the catalogue knows."""
    member_id = await town.house.resident(town.old)
    await town.old.database.fetch("DELETE FROM resident WHERE member_id = $1", member_id)
    counts = await fill(town.old, [member_id], each=each)
    assert all(counts.values()), "a table without rows would prove nothing"
    return member_id


async def strange(town: Town) -> list[str]:
    return [one.table for cell in town.cells for one in [s async for s in strangers(cell, town.cells.directory)]]


async def test_every_row_goes_along_whatever_table_it_is_in(town: Town) -> None:
    member_id, other = await dweller(town), await dweller(town)
    before, others = await town.rows(town.old, member_id), await town.rows(town.old, other)
    moved = await move_member(town, member_id, "eu-2")
    assert moved.rows == sum(before.values())
    assert await town.rows(town.new, member_id) == before
    assert await town.rows(town.old, member_id) == {}
    assert await town.rows(town.old, other) == others
    assert await town.cells.directory.home(member_id) == "eu-2"
    assert await strange(town) == []


async def test_what_was_sealed_opens_at_the_new_home_and_no_longer_at_the_old(town: Town) -> None:
    member = await town.member(town.old)
    place, why = "account.birth_date", Reason.OWNER
    sealed = await town.vaults["eu"].seal(member.member_id, place, member.member_id, b"1990-05-17")
    await move_member(town, member.member_id, "eu-2")
    opened = await town.vaults["eu-2"].open(member.member_id, place, member.member_id, sealed, reason=why)
    assert opened == b"1990-05-17"
    with pytest.raises(NoSuchKey):
        await town.vaults["eu"].open(member.member_id, place, member.member_id, sealed, reason=why)


async def test_clips_go_along_with_their_files_and_everybody_hears_where_they_are(town: Town, small_clip: bytes) -> None:
    member, other = await town.member(town.old), await town.member(town.house.us)
    video_id = await town.publish(member, small_clip)
    files = await town.stored(town.old)
    moved = await move_member(town, member.member_id, "eu-2")
    await town.house.carry()
    assert moved.objects == len(files) > 0
    assert await town.stored(town.old) == set()
    assert await town.stored(town.new) == files
    seen = await town.seen(other, video_id)
    assert (seen.state, seen.home) == (VideoState.PUBLISHED, "eu-2")


async def test_an_upload_goes_on_at_the_new_home(town: Town, small_clip: bytes) -> None:
    member = await town.member(town.old)
    half = len(small_clip) // 2
    begun = await town.begin(member, len(small_clip))
    await town.send(member, begun.upload_id, small_clip[:half])
    await move_member(town, member.member_id, "eu-2")
    assert town.spooled(town.old) == set()
    there = type(member)(**{name: getattr(member, name) for name in member.__dataclass_fields__} | {"cell": town.new})
    done = await town.send(there, begun.upload_id, small_clip[half:], offset=half)
    await town.run_jobs(done.video_id)
    assert (await town.seen(there, done.video_id)).state is VideoState.PUBLISHED


async def test_a_draft_goes_along_with_its_file_and_opens_at_the_new_home(town: Town, small_clip: bytes) -> None:
    member = await town.member(town.old)
    begun = await town.begin(member, len(small_clip))
    part = Part(offset=0, caption="A draft", draft=True)
    uploads, now = town.studio.uploads, town.now
    await uploads.append(member, begun.upload_id, part, pieces(small_clip), now=now, vault=town.vaults["eu"])
    await move_member(town, member.member_id, "eu-2")
    assert town.spooled(town.old) == set()
    there, vault = replace(member, cell=town.new), town.vaults["eu-2"]
    assert (await own_draft(there, vault, begun.upload_id, now=now)).words.caption == "A draft"
    name = town.studio.beacon.pseudonym(member.member_id)
    async with town.new.begin() as tx:
        await publish_draft(tx, there, vault, begun.upload_id, Told(), pseudonym=name, now=now)
    await town.run_jobs(begun.upload_id)
    assert (await town.seen(there, begun.upload_id)).state is VideoState.PUBLISHED


async def test_a_write_that_races_waits_and_is_told_to_try_again(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    member_id = await dweller(town)
    began, go = asyncio.Event(), asyncio.Event()
    give = copying.give

    async def slowly(*args: object) -> None:
        began.set()
        await go.wait()
        await give(*args)

    monkeypatch.setattr(moving, "give", slowly)
    moves = asyncio.create_task(move_member(town, member_id, "eu-2"))
    await began.wait()
    row = {"owner_id": member_id, "entry_id": new_id(), "salt": b"s", "details": b"{}", "created_at": town.now}

    async def write() -> None:
        async with town.old.begin() as tx:
            await tx.run(sa.insert(EntryDetail).values(**row))

    writes = asyncio.create_task(write())
    await asyncio.sleep(0.1)
    assert not writes.done(), "it waits for the member's data"
    go.set()
    await moves
    with pytest.raises(HomeMoved):
        await writes
    assert not await town.old.database.fetch("SELECT FROM guard_refusal")
    assert not await town.new.database.fetch("SELECT FROM entry_detail WHERE entry_id = $1", row["entry_id"])


async def test_somebody_at_work_is_not_interrupted(town: Town) -> None:
    member_id = await dweller(town)
    before = await town.rows(town.old, member_id)
    async with town.old.begin() as tx:
        await tx.run(sa.text("UPDATE account SET language = 'fi'"))
        with pytest.raises(MemberBusy):
            await move_member(town, member_id, "eu-2")
    assert await town.rows(town.old, member_id) == before
    assert await town.rows(town.new, member_id) == {}
    await move_member(town, member_id, "eu-2")
    assert [row["language"] for row in await town.new.database.fetch("SELECT language FROM account")] == ["fi"]


@pytest.mark.parametrize("table", [table.name for table in travelling() if table.name != "job"])
async def test_a_row_that_arrives_otherwise_stops_the_move(town: Town, table: str) -> None:
    """A server that alters what it stores, in any table: nothing is switched, nothing deleted."""
    member_id = await dweller(town, each=1)
    before = await town.rows(town.old, member_id)
    column = next(one.columns[-1] for one in travelling() if one.name == table)
    owner = next(one.owner for one in travelling() if one.name == table)
    if column == owner:
        pytest.skip("it has no other column")
    await town.new.database.fetch(
        "CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$"
    )
    await town.new.database.fetch(f'CREATE TRIGGER lose BEFORE INSERT ON "{table}" FOR EACH ROW EXECUTE FUNCTION lose()')
    with pytest.raises((CopyDiffers, asyncpg.ForeignKeyViolationError)):
        await move_member(town, member_id, "eu-2")
    assert await town.rows(town.old, member_id) == before
    assert await town.rows(town.new, member_id) == {}
    assert await town.cells.directory.home(member_id) == "eu"


async def test_a_member_erased_during_the_move_stays_unreadable(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    member = await town.member(town.old)
    give = copying.give

    async def erased(*args: object) -> None:
        await town.vaults["eu"].shred(member.member_id)
        await give(*args)

    monkeypatch.setattr(moving, "give", erased)
    await move_member(town, member.member_id, "eu-2")
    stones = await town.new.keys_database.fetch("SELECT FROM shredded_key WHERE member_id = $1", member.member_id)
    keys = await town.new.keys_database.fetch("SELECT FROM member_key WHERE owner_id = $1", member.member_id)
    assert (len(stones), len(keys)) == (1, 0)


async def test_many_move_together_and_nobody_twice(town: Town) -> None:
    members = [await dweller(town, each=1) for _ in range(12)]
    both = await asyncio.gather(*(move_members(town, members, "eu", "eu-2") for _ in range(2)))
    assert sorted(member for moved in both for member in moved.members) == sorted(members)
    assert await strange(town) == []
    assert await settle_all(town) == 0
    assert not await town.old.database.fetch("SELECT FROM pg_prepared_xacts WHERE database = current_database()")


async def test_moving_back_and_forth_loses_nothing(town: Town) -> None:
    member_id = await dweller(town)
    before = await town.rows(town.old, member_id)
    for cell in ("eu-2", "eu", "eu-2"):
        await move_member(town, member_id, cell)
    assert await town.rows(town.new, member_id) == before
    assert await strange(town) == []
