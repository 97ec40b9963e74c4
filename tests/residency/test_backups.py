"""Backups: where they may be, whole to the bit, shut to who has no key; and when a restored cell opens again."""

import asyncio
from datetime import timedelta
from uuid import UUID

import msgspec
import pytest

from kept.bench.rows import fill
from kept.cells import CellRestoring, Standing
from kept.ledger import Log, Sequencer, load_signer, outbox_insert, store_of
from kept.residency import (
    CellInUse,
    DamagedBackup,
    LedgerUnfit,
    StillThere,
    UndeclaredSite,
    back_up,
    erased,
    expire,
    move_member,
    residue,
    restore,
    restoring,
    try_restore,
)
from kept.residency.sites import site_of
from kept.vault import KeyDestroyed, Reason
from kept.videos import NoSuchVideo, withdraw
from tests.residency.conftest import Town
from tests.residency.test_moving import strange
from tests.residency.test_pivoting import people


async def sequenced(town: Town) -> None:
    """Bring what waits into the log."""
    signer = load_signer(town.ledger.signing_key, town.ledger.origin)
    log = Log(town.house.ledger_database, store_of(town.ledger.objects), signer, town.clock)
    await log.open()
    await Sequencer(log, [cell.database for cell in town.cells]).drain()


async def lost(town: Town) -> None:
    """The data of the old cell is gone; its key store is another machine's."""
    names = ", ".join(f'"{name}"' for name in town.metadata.tables)
    await town.old.database.fetch(f"TRUNCATE {names}")
    async for key in town.old.objects.keys():
        await town.old.objects.delete(key)


def files_of(town: Town) -> list:
    return [path for path in (town.house.folder / "backups" / "eu").rglob("*") if path.is_file()]


async def erase(town: Town, member_id: UUID) -> None:
    """What an erasure does today: the key goes, and the ledger says so."""
    await town.vaults["eu"].shred(member_id)
    async with town.old.begin() as tx:
        for statement in outbox_insert([erased(town.beacon, member_id)], cell="eu", now=town.now):
            await tx.run(statement)
    await sequenced(town)


async def test_a_lost_cell_comes_back_with_every_row_and_file(town: Town, small_clip: bytes) -> None:
    members = await people(town, 5)
    author, other = await town.member(town.old), await town.member(town.house.us)
    video_id = await town.publish(author, small_clip)
    before = {one: await town.rows(town.old, one) for one in [*members, author.member_id]}
    files = await town.stored(town.old)
    await sequenced(town)
    made = await back_up(town, town.old)
    assert (made.site, made.objects) == ("here", len(files))
    await lost(town)
    report = await restore(town, town.old)
    assert report.rows == made.rows
    for member_id, rows in before.items():
        assert await town.rows(town.old, member_id) == rows
    assert await town.stored(town.old) == files
    assert (await town.seen(other, video_id)).own is False
    assert await town.cells.standings.of("eu") is Standing.SERVING
    assert await strange(town) == []


async def test_a_site_that_is_not_declared_gets_nothing(town: Town) -> None:
    with pytest.raises(UndeclaredSite):
        await back_up(town, town.old, site="elsewhere")
    assert files_of(town) == []


async def test_a_backup_holds_nothing_that_can_be_read(town: Town) -> None:
    await people(town, 5)
    needles = await residue.needles_of(town.old)
    handles = [row["handle"].encode() for row in await town.old.database.fetch("SELECT handle FROM account")]
    assert needles
    assert handles
    for kind in ("data", "keys"):
        await back_up(town, town.old, kind=kind)
    size, found = residue.search([town.house.folder / "backups"], [*needles, *handles])
    assert (size > 10_000, found) == (True, 0)


async def test_data_and_keys_are_never_in_one_backup(town: Town) -> None:
    await people(town, 2)
    data, keys = await back_up(town, town.old), await back_up(town, town.old, kind="keys")
    names = {path.name for path in (town.house.folder / "backups/eu/data" / str(data.backup_id)).iterdir()}
    key_names = {path.name for path in (town.house.folder / "backups/eu/keys" / str(keys.backup_id)).iterdir()}
    assert "member_key" in key_names
    assert not names & key_names


async def test_objects_are_stored_once_however_many_backups_name_them(town: Town, small_clip: bytes) -> None:
    author = await town.member(town.old)
    await town.publish(author, small_clip)
    await back_up(town, town.old)
    objects = [path for path in files_of(town) if path.parent.name == "objects"]
    again = await back_up(town, town.old)
    assert again.objects == len(objects) > 0
    assert [path for path in files_of(town) if path.parent.name == "objects"] == objects


async def test_a_test_of_a_backup_finds_any_damage_and_leaves_nothing_behind(town: Town) -> None:
    await people(town, 3)
    made = await back_up(town, town.old)
    report = await try_restore(town, town.old)
    assert report.rows == made.rows
    for table in ("account", "message", "resident"):
        file = town.house.folder / "backups/eu/data" / str(made.backup_id) / table
        whole = file.read_bytes()
        for damage in (whole[:-1], whole[:40] + bytes([whole[40] ^ 1]) + whole[41:], b""):
            file.write_bytes(damage)
            with pytest.raises(DamagedBackup):
                await try_restore(town, town.old)
        file.write_bytes(whole)
    assert (await try_restore(town, town.old)).rows == made.rows
    left = "SELECT FROM information_schema.schemata WHERE schema_name = $1"
    assert not await town.old.database.fetch(left, restoring.SCRATCH)


async def test_backups_go_when_their_time_is_up_and_keys_go_first(town: Town, small_clip: bytes) -> None:
    author = await town.member(town.old)
    await town.publish(author, small_clip)
    for kind in ("data", "keys"):
        await back_up(town, town.old, kind=kind)
    town.clock.advance(timedelta(days=7))
    assert await expire(town, town.old) == 1
    assert not [path for path in files_of(town) if "keys" in path.parts[-3:]]
    town.clock.advance(timedelta(days=24))
    assert await expire(town, town.old) == 1
    assert [path.name for path in files_of(town)] == ["backup-key.json"]


async def test_who_was_erased_since_stays_unreadable_even_with_a_backup_of_their_key(town: Town) -> None:
    member, other = await town.member(town.old), await town.member(town.old)
    place, why = "account.birth_date", Reason.OWNER
    sealed = await town.vaults["eu"].seal(member.member_id, place, member.member_id, b"1990-05-17")
    await sequenced(town)
    await back_up(town, town.old)
    keys = await back_up(town, town.old, kind="keys")
    await erase(town, member.member_id)
    await lost(town)
    await town.vaults["eu"].close()
    report = await restore(town, town.old, keys=keys.backup_id)
    assert report.replayed["member.erased"] == 1
    with pytest.raises(KeyDestroyed):
        await town.vaults["eu"].open(member.member_id, place, member.member_id, sealed, reason=why)
    assert await town.rows(town.old, member.member_id) == {}
    assert await town.rows(town.old, other.member_id)


async def test_a_clip_that_was_withdrawn_since_does_not_come_back(town: Town, small_clip: bytes) -> None:
    author, other = await town.member(town.old), await town.member(town.house.us)
    video_id, kept = await town.publish(author, small_clip), await town.publish(author, small_clip)
    await sequenced(town)
    await back_up(town, town.old)
    async with town.old.begin() as tx:
        name = town.beacon.pseudonym(author.member_id)
        await withdraw(tx, video_id, by=author, pseudonym=name, now=town.now)
    await sequenced(town)
    await lost(town)
    report = await restore(town, town.old)
    assert report.replayed["video.failed, video.withdrawn"] == 1
    await town.house.carry()
    with pytest.raises(NoSuchVideo):
        await town.seen(other, video_id)
    assert (await town.seen(other, kept)).own is False


async def test_who_has_moved_since_does_not_come_back(town: Town) -> None:
    member, other = await town.member(town.old), await town.member(town.old)
    await sequenced(town)
    await back_up(town, town.old)
    await move_member(town, member.member_id, "eu-2")
    await sequenced(town)
    await lost(town)
    assert (await restore(town, town.old)).removed == 1
    assert await town.rows(town.old, member.member_id) == {}
    assert await town.rows(town.old, other.member_id)
    assert await strange(town) == []


async def test_a_cell_stays_closed_until_all_is_done_again(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    member = await town.member(town.old)
    await sequenced(town)
    await back_up(town, town.old)
    await erase(town, member.member_id)
    await lost(town)

    async def nothing(*_args: object, **_named: object) -> int:
        return 0

    with monkeypatch.context() as patch:
        patch.setattr(restoring.Erasures, "replay", nothing)
        with pytest.raises(StillThere):
            await restore(town, town.old)
    with pytest.raises(CellRestoring):
        await town.cells.standings.require_open("eu")
    await restore(town, town.old)
    await town.cells.standings.require_open("eu")


async def test_without_a_sound_ledger_a_restored_cell_stays_closed(town: Town) -> None:
    member = await town.member(town.old)
    await back_up(town, town.old)
    await erase(town, member.member_id)
    await lost(town)
    bundle = next(path for path in (town.house.folder / "ledger/tile/entries").rglob("*") if path.is_file())
    bundle.write_bytes(bundle.read_bytes()[:-1] + b"X")
    with pytest.raises(LedgerUnfit):
        await restore(town, town.old)
    assert await town.cells.standings.of("eu") is Standing.RESTORING


async def test_a_cell_in_use_is_not_overwritten(town: Town) -> None:
    members = await people(town, 1)
    await back_up(town, town.old)
    before = await town.rows(town.old, members[0])
    with pytest.raises(CellInUse):
        await restore(town, town.old)
    assert await town.rows(town.old, members[0]) == before


async def test_a_backup_is_of_one_moment(town: Town) -> None:
    """Rows that come and go while it is made: a row is there with what it refers to, or not at all."""
    await people(town, 30)
    stop = asyncio.Event()

    async def live() -> None:
        while not stop.is_set():
            member_id = await town.house.resident(town.old)
            await town.old.database.fetch("DELETE FROM resident WHERE member_id = $1", member_id)
            await fill(town.old, [member_id], each=1)

    living = asyncio.create_task(live())
    for _ in range(3):
        await back_up(town, town.old)
        await try_restore(town, town.old)
    stop.set()
    await living


async def test_every_declared_site_is_found_by_its_name(town: Town) -> None:
    eu = msgspec.structs.replace(town.settings.regions["eu"], backup_sites=["a=memory:///", f"b={town.house.folder}/b"])
    settings = msgspec.structs.replace(town.settings, regions={**town.settings.regions, "eu": eu})
    assert site_of(settings, "eu", None).name == "a"
    assert site_of(settings, "eu", "b").objects.address == f"{town.house.folder}/b"
