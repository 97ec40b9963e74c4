"""Everything is wrapped anew under a new root while members go on, and nothing is lost, whatever fails and whenever."""

import asyncio
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy.exc import DBAPIError

from kept.kit import Database, new_id
from kept.ledger import read
from kept.vault import KeyDestroyed, LocalKms, Reason, Rotation, Sealed, Vault, by_region, go_on_rotating, seal_envelope
from kept.vault.errors import VaultFailed
from kept.vault.rotation import Step
from tests.vault.conftest import OpenVault
from tests.vault.made_up import EMAIL

SECRET = b"kim@example.org"
Values = dict[UUID, Sealed]


async def people(vault: Vault, count: int = 30) -> Values:
    values = {}
    for member in [new_id() for _ in range(count)]:
        await vault.create(member)
        values[member] = await vault.seal(member, EMAIL, member, SECRET)
    return values


async def all_open(vault: Vault, values: Values) -> bool:
    texts = [await vault.open(one, EMAIL, one, sealed, reason=Reason.OWNER) for one, sealed in values.items()]
    return texts == [SECRET] * len(values)


async def rotate(vault: Vault) -> Rotation:
    await vault.begin_rotation()
    for _ in range(200):
        rotation = await vault.rotate_on()
        if rotation is not None and rotation.finished_at is not None:
            return rotation
    pytest.fail("it never ends")


async def test_a_rotation_leaves_nothing_under_the_old_root(
    open_vault: OpenVault, store: Database, keys_folder: Path
) -> None:
    vault, other = open_vault(), open_vault()
    values = await people(vault)
    index = await vault.blind_index("email", "kim")
    assert await all_open(other, values)
    before = {row["wrapped"] for row in await store.fetch("SELECT wrapped FROM member_key")}
    rotation = await rotate(vault)
    assert (rotation.from_epoch, rotation.to_epoch, rotation.members) == (1, 2, len(values))
    assert await vault.oldest_root() == 2
    assert await vault.destroy_roots(2) == [1]
    assert await LocalKms(keys_folder).epochs("eu") == [2]
    after = {row["wrapped"] for row in await store.fetch("SELECT wrapped FROM member_key")}
    assert len(after) == len(values)
    assert not before & after
    for each in (vault, other, open_vault()):
        assert await all_open(each, values)
        assert await each.blind_index("email", "kim") == index
    told = [read(one.payload) for one in await vault.entries()]
    assert [(one.event, one.object) for one in told] == [
        ("keys.rotated", f"rotation:{rotation.rotation_id}"),
        ("keys.root_destroyed", "region:eu"),
    ]


async def test_an_old_copy_of_the_key_store_opens_nothing_after_it(
    open_vault: OpenVault, store: Database, other_store_address: str
) -> None:
    """As a backup of it would, that somebody kept longer than they may."""
    vault = open_vault()
    values = await people(vault, 3)
    copy = Database(other_store_address, pool=1)
    for table in ("key_store", "bucket_key", "cell_secret", "member_key"):
        for row in await store.fetch(f"SELECT * FROM {table}"):  # noqa: S608
            places = ", ".join(f"${number}" for number in range(1, len(row) + 1))
            await copy.fetch(f"INSERT INTO {table} VALUES ({places})", *row)  # noqa: S608
    await copy.close()
    assert await all_open(open_vault(address=other_store_address), values)
    await rotate(vault)
    await vault.destroy_roots(2)
    from kept.vault import RootKeyLost

    with pytest.raises(RootKeyLost):
        await all_open(open_vault(address=other_store_address), values)


async def test_members_come_read_write_and_go_while_it_runs(open_vault: OpenVault) -> None:
    vault, other, runner = (open_vault() for _ in range(3))
    values, gone = await people(vault, 40), await people(vault, 5)
    stop = asyncio.Event()

    async def live() -> None:
        while not stop.is_set():
            values.update(await people(other, 2))
            assert await all_open(other, dict(list(values.items())[:10]))
            await asyncio.sleep(0)

    async def leave() -> None:
        for member in gone:
            await vault.shred(member)

    living, leaving = asyncio.create_task(live()), asyncio.create_task(leave())
    for _ in range(3):
        await rotate(runner)
    stop.set()
    await asyncio.gather(living, leaving)
    await vault.destroy_roots(await vault.oldest_root())
    for each in (vault, other, open_vault()):
        assert await all_open(each, values)
        for member, sealed in gone.items():
            with pytest.raises(KeyDestroyed):
                await each.open(member, EMAIL, member, sealed, reason=Reason.OWNER)


async def test_two_who_rotate_at_once_make_one_rotation(open_vault: OpenVault, store: Database) -> None:
    one, other = open_vault(), open_vault()
    values = await people(one)
    await asyncio.gather(rotate(one), rotate(other))
    rows = await store.fetch("SELECT to_epoch FROM key_rotation WHERE finished_at IS NOT NULL")
    assert len(rows) in (1, 2)
    assert await all_open(open_vault(), values)
    assert await store.fetch("SELECT FROM bucket_key b WHERE root_epoch < $1", max(r["to_epoch"] for r in rows)) == []


async def test_cells_of_a_region_share_one_new_root_and_it_waits_for_both(
    open_vault: OpenVault, other_store_address: str, keys_folder: Path
) -> None:
    one, other = open_vault("eu", "eu"), open_vault("eu2", "eu", address=other_store_address)
    theirs = await people(other, 3)
    await people(one, 3)
    await rotate(one)
    before = min(await one.oldest_root(), await other.oldest_root())
    assert await one.destroy_roots(before) == []
    assert await all_open(open_vault("eu2", "eu", address=other_store_address), theirs)
    assert (await rotate(other)).to_epoch == 2
    assert await one.destroy_roots(min(await one.oldest_root(), await other.oldest_root())) == [1]
    assert await all_open(other, theirs)
    assert await LocalKms(keys_folder).epochs("eu") == [2]


async def test_a_root_that_the_cell_needs_is_not_destroyed_whatever_is_asked(vault: Vault) -> None:
    values = await people(vault, 2)
    assert await vault.destroy_roots(99) == []
    assert await all_open(vault, values)


async def test_envelopes_on_their_way_are_opened_after_one_rotation_and_not_after_two(vault: Vault) -> None:
    from kept.vault import EnvelopeRefused

    old = await vault.envelope_key()
    envelope = seal_envelope(old, b"context", SECRET)
    await rotate(vault)
    assert await vault.envelope_key() != old
    assert await vault.open_envelope(b"context", envelope) == SECRET
    await rotate(vault)
    with pytest.raises(EnvelopeRefused, match="retired"):
        await vault.open_envelope(b"context", envelope)


@pytest.mark.parametrize("steps", range(7))
async def test_it_goes_on_where_it_was_after_any_step(open_vault: OpenVault, steps: int) -> None:
    vault = open_vault()
    values = await people(vault)
    begun = await vault.begin_rotation()
    for _ in range(steps):
        await vault.rotate_on()
    await vault.close()
    again = open_vault()
    assert await all_open(again, values)
    finished = await again.rotation()
    if finished is None or finished.finished_at is None:
        finished = await rotate(again)
    assert (finished.rotation_id, finished.to_epoch) == (begun.rotation_id, 2)
    assert await all_open(open_vault(), values)


FAULTS = {
    "before a secret": "BEFORE UPDATE ON cell_secret",
    "after a secret": "AFTER UPDATE ON cell_secret",
    "at a new envelope key": "AFTER INSERT ON cell_secret",
    "before a new bucket key": "BEFORE INSERT ON bucket_key",
    "after a new bucket key": "AFTER INSERT ON bucket_key",
    "before a member's key": "BEFORE UPDATE ON member_key",
    "after a member's key": "AFTER UPDATE ON member_key",
    "before an old bucket key goes": "BEFORE DELETE ON bucket_key",
    "after an old bucket key went": "AFTER DELETE ON bucket_key",
    "at the count": "BEFORE UPDATE ON key_store",
    "at the entry": "AFTER INSERT ON key_entry",
}


@pytest.mark.parametrize("moment", FAULTS.values(), ids=FAULTS)
async def test_a_rotation_that_fails_loses_nothing_and_goes_on(
    open_vault: OpenVault, store: Database, moment: str
) -> None:
    vault = open_vault()
    values = await people(vault)
    await vault.envelope_key()
    await store.fetch("CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE ''disk full''; END'")
    await store.fetch(f"CREATE TRIGGER fail {moment} FOR EACH ROW EXECUTE FUNCTION fail()")
    try:
        with pytest.raises((DBAPIError, VaultFailed)):
            await rotate(vault)
        assert await all_open(vault, values)
        assert await all_open(open_vault(), values)
    finally:
        await store.fetch(f"DROP TRIGGER fail ON {moment.split()[-1]}")
        await store.fetch("DROP FUNCTION fail()")
    values.update(await people(open_vault(), 3))
    rotation = await rotate(open_vault())
    assert (rotation.step, rotation.to_epoch) == (Step.DONE, 2)
    assert await vault.destroy_roots(await vault.oldest_root()) == [1]
    assert await all_open(open_vault(), values)


async def test_a_root_made_just_before_a_crash_is_used_and_no_second_is_made(
    open_vault: OpenVault, store: Database, keys_folder: Path
) -> None:
    vault = open_vault()
    await people(vault, 2)
    await vault.begin_rotation()
    await LocalKms(keys_folder).advance("eu")
    assert (await rotate(vault)).to_epoch == 2
    assert await LocalKms(keys_folder).epochs("eu") == [1, 2]


async def test_whoever_comes_by_finishes_a_regions_rotation(
    open_vault: OpenVault, other_store_address: str, keys_folder: Path
) -> None:
    one, other = open_vault("eu", "eu"), open_vault("eu2", "eu", address=other_store_address)
    values = await people(one, 3)
    await other.start()
    [vaults] = by_region([one, other])
    assert await go_on_rotating(vaults) == []
    assert await one.rotation() is None
    for vault in vaults:
        await vault.begin_rotation()
    await one.rotate_on()
    assert await go_on_rotating(vaults) == [1]
    assert await go_on_rotating(vaults) == []
    assert await LocalKms(keys_folder).epochs("eu") == [2]
    assert await all_open(open_vault(), values)
