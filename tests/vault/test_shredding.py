"""A destroyed key opens nothing, anywhere, from the moment that its destruction is reported as done."""

import asyncio
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from kept.catalog import KeyRow
from kept.kit import Database, Kind, new_id
from kept.kit.database import DatabaseAway
from kept.vault import KeyDestroyed, Reason, Sealed, Vault
from kept.vault.cache import MemberKeys
from kept.vault.errors import VaultFailed
from tests.vault.conftest import NOON, OpenVault
from tests.vault.made_up import EMAIL

SECRET = b"kim@example.org"
ROOT = Path(__file__).parents[2]


async def member_with_value(vault: Vault) -> tuple[UUID, Sealed]:
    member = new_id()
    await vault.create(member)
    return member, await vault.seal(member, EMAIL, member, SECRET)


async def opens(vault: Vault, member: UUID, sealed: Sealed) -> bool:
    try:
        return await vault.open(member, EMAIL, member, sealed, reason=Reason.OWNER) == SECRET
    except KeyDestroyed:
        return False


async def test_a_shredded_member_is_unreadable_at_once_in_every_process(open_vault: OpenVault) -> None:
    one, *others = vaults = [open_vault() for _ in range(3)]
    for _ in range(10):
        member, sealed = await member_with_value(one)
        for vault in vaults:
            assert await opens(vault, member, sealed)
        await one.shred(member)
        # Straight after: no time passes in which a notification could still arrive.
        assert [await opens(vault, member, sealed) for vault in others] == [False, False]
        with pytest.raises(KeyDestroyed) as gone:
            await one.open(member, EMAIL, member, sealed, reason=Reason.OWNER)
        assert gone.value.kind is Kind.GONE
        for vault in vaults:
            with pytest.raises(KeyDestroyed):
                await vault.seal(member, EMAIL, member, SECRET)
            with pytest.raises(KeyDestroyed):
                await vault.open_many(member, EMAIL, [(member, sealed)], reason=Reason.EXPORT)


async def test_others_go_on_from_memory_while_one_is_shredded(open_vault: OpenVault) -> None:
    one, other = open_vault(), open_vault()
    shredded, _ = await member_with_value(one)
    member, sealed = await member_with_value(one)
    assert await opens(other, member, sealed)
    held = other._cache.entries[member.int]
    await one.shred(shredded)
    assert await opens(other, member, sealed)
    assert other._cache.entries[member.int] is held


async def test_no_opening_that_begins_after_the_report_succeeds_under_load(open_vault: OpenVault) -> None:
    vaults = [open_vault() for _ in range(3)]
    people = [await member_with_value(vaults[0]) for _ in range(12)]
    reported: dict[UUID, float] = {}
    late: list[UUID] = []
    stop = asyncio.Event()

    async def read(vault: Vault) -> None:
        while not stop.is_set():
            for member, sealed in people:
                began = time.monotonic()
                if await opens(vault, member, sealed) and began > reported.get(member, float("inf")):
                    late.append(member)
                await asyncio.sleep(0)

    readers = [asyncio.create_task(read(vault)) for vault in vaults]
    for number, (member, _) in enumerate(people):
        await vaults[number % 3].shred(member)
        reported[member] = time.monotonic()
    stop.set()
    await asyncio.gather(*readers)
    assert late == []
    assert not any([await opens(vault, *person) for vault in vaults for person in people])


async def test_a_key_read_just_before_its_destruction_is_not_kept(
    open_vault: OpenVault, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = open_vault(), open_vault()
    member, sealed = await member_with_value(one)
    neighbour, _ = await member_with_value(one)
    await other.seal(neighbour, EMAIL, neighbour, SECRET)
    find, was_read, go_on = other._find, asyncio.Event(), asyncio.Event()

    async def slow(member_id: UUID) -> MemberKeys:
        keys = await find(member_id)
        was_read.set()
        await go_on.wait()
        return keys

    monkeypatch.setattr(other, "_find", slow)
    opening = asyncio.create_task(opens(other, member, sealed))
    await was_read.wait()
    await one.shred(member)
    go_on.set()
    assert await opening is False
    assert await opens(other, member, sealed) is False


@pytest.fixture
def started() -> Iterator[list["subprocess.Popen[str]"]]:
    processes: list[subprocess.Popen[str]] = []
    yield processes
    for process in processes:
        process.kill()
        process.communicate()


async def start_reader(
    started: list["subprocess.Popen[str]"], address: str, folder: Path, member: UUID, sealed: Sealed, lease: float
) -> "subprocess.Popen[str]":
    words = [address, str(folder), str(member), bytes(sealed).hex(), str(lease)]
    command = [sys.executable, "-m", "tests.vault.another_process", *words]
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    started.append(process)
    assert process.stdout is not None
    assert await asyncio.to_thread(process.stdout.readline) == "warm\n"
    return process


async def test_a_process_that_hangs_opens_nothing_after_the_report(
    open_vault: OpenVault, started: list["subprocess.Popen[str]"], store_address: str, keys_folder: Path
) -> None:
    """It has the key in memory, is stopped while the member is shredded, and then goes on where it was."""
    vault = open_vault()
    member, sealed = await member_with_value(vault)
    lease = 1.0
    process = await start_reader(started, store_address, keys_folder, member, sealed, lease)
    process.send_signal(signal.SIGSTOP)
    began = time.monotonic()
    await vault.shred(member)
    assert lease <= time.monotonic() - began < lease + 2
    process.send_signal(signal.SIGCONT)
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write("again\n")
    process.stdin.flush()
    assert await asyncio.to_thread(process.stdout.readline) == "key_destroyed\n"


async def test_a_process_that_was_killed_delays_one_shredding_and_no_second(
    open_vault: OpenVault, store: Database
) -> None:
    vault = open_vault()
    (first, _), (second, _) = await member_with_value(vault), await member_with_value(vault)
    await store.fetch("INSERT INTO key_reader VALUES ($1, 0, 0.3, $2)", uuid4(), NOON)
    began = time.monotonic()
    await vault.shred(first)
    waited = time.monotonic() - began
    await vault.shred(second)
    assert 0.3 < waited < 3
    assert time.monotonic() - began - waited < 0.3


async def test_a_closed_vault_delays_nobody(open_vault: OpenVault) -> None:
    vault, gone = open_vault(), open_vault()
    member, sealed = await member_with_value(vault)
    assert await opens(gone, member, sealed)
    await gone.close()
    began = time.monotonic()
    await vault.shred(member)
    assert time.monotonic() - began < 1


async def test_memory_is_not_trusted_while_the_key_store_is_silent(open_vault: OpenVault) -> None:
    """With the lease run out, a key in memory counts for nothing until the store was asked again."""
    now = [0.0]
    vault, other = open_vault(monotonic=lambda: now[0]), open_vault()
    member, sealed = await member_with_value(vault)
    assert await opens(vault, member, sealed)
    assert vault._warm(member, EMAIL) is not None
    now[0] += 5.1
    assert vault._warm(member, EMAIL) is None
    assert await opens(vault, member, sealed)
    assert vault._warm(member, EMAIL) is not None
    assert other is not vault


async def test_a_shredded_id_gets_no_second_key(open_vault: OpenVault) -> None:
    one, other = open_vault(), open_vault()
    member, _ = await member_with_value(one)
    never = new_id()
    await one.shred(member)
    assert (await one.shred(never)).found is False
    for vault in (one, other, open_vault()):
        for shredded in (member, never):
            with pytest.raises(KeyDestroyed):
                await vault.create(shredded)


async def test_making_and_shredding_at_once_never_leaves_a_key(open_vault: OpenVault, store: Database) -> None:
    one, other = open_vault(), open_vault()
    members = [new_id() for _ in range(20)]
    for member in members:
        await asyncio.gather(one.create(member), other.shred(member), return_exceptions=True)
    assert await store.fetch("SELECT owner_id FROM member_key") == []
    assert len(await store.fetch("SELECT member_id FROM shredded_key")) == len(members)


async def test_shredding_twice_says_when_it_was_the_first_time(open_vault: OpenVault) -> None:
    one, other = open_vault(), open_vault()
    member, _ = await member_with_value(one)
    first, second = await one.shred(member), await other.shred(member)
    assert (first.found, second.found) == (True, False)
    assert first.at == second.at == NOON
    assert first.generation == second.generation == 1


async def test_the_wrapped_key_is_in_no_row_after_shredding(vault: Vault, store: Database) -> None:
    member, _ = await member_with_value(vault)
    [row] = await store.fetch("SELECT wrapped FROM member_key WHERE owner_id = $1", member)
    wrapped = row["wrapped"].hex()

    async def found() -> list[str]:
        texts = []
        for table in KeyRow.metadata.tables:
            rows = await store.fetch(f"SELECT string_agg(t::text, ' ') AS text FROM {table} t")  # noqa: S608
            texts += [table for row in rows if wrapped in (row["text"] or "")]
        return texts

    assert await found() == ["member_key"]
    await vault.shred(member)
    assert await found() == []


FAULTS = {
    "before the key is deleted": "BEFORE DELETE ON member_key",
    "after the key is deleted": "AFTER DELETE ON member_key",
    "at the count": "BEFORE UPDATE ON key_store",
    "at the tombstone": "AFTER INSERT ON shredded_key",
}


@pytest.mark.parametrize("moment", FAULTS.values(), ids=FAULTS)
async def test_a_shredding_that_fails_destroys_nothing_and_can_be_repeated(
    open_vault: OpenVault, store: Database, moment: str
) -> None:
    one, other = open_vault(), open_vault()
    member, sealed = await member_with_value(one)
    table = moment.split()[-1]
    await store.fetch("CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE ''disk full''; END'")
    await store.fetch(f"CREATE TRIGGER fail {moment} FOR EACH ROW EXECUTE FUNCTION fail()")
    try:
        with pytest.raises((DBAPIError, VaultFailed)):
            await one.shred(member)
        assert await opens(one, member, sealed)
        assert await opens(other, member, sealed)
        await open_vault().create(member)
    finally:
        await store.fetch(f"DROP TRIGGER fail ON {table}")
        await store.fetch("DROP FUNCTION fail()")
    assert (await one.shred(member)).found is True
    assert not await opens(other, member, sealed)


async def test_cut_connections_change_nothing_about_it(open_vault: OpenVault, store: Database) -> None:
    """All of a reader's connections are cut, the one it listens on too, while a member is shredded."""
    one, other = open_vault(), open_vault()
    member, sealed = await member_with_value(one)
    assert await opens(other, member, sealed)
    await store.fetch(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    for _ in range(20):
        try:
            await one.shred(member)
            break
        except DatabaseAway:
            await asyncio.sleep(0.05)
    assert not await opens(one, member, sealed)
    assert not await opens(other, member, sealed)


@pytest.mark.parametrize("end", ["pg_terminate_backend", "pg_cancel_backend"])
async def test_a_question_cut_off_in_the_middle_is_asked_again(
    open_vault: OpenVault, store: Database, end: str
) -> None:
    """As when the server is shut down, or gives up a statement, while a reader asks."""
    vault = open_vault(lease_seconds=0.6)
    member, sealed = await member_with_value(vault)
    waits = "datname = current_database() AND wait_event_type = 'Lock'"
    asking = f"SELECT {end}(pid) FROM pg_stat_activity WHERE {waits}"  # noqa: S608
    async with store.begin() as connection:
        await connection.execute(sa.text("LOCK TABLE key_store IN ACCESS EXCLUSIVE MODE"))
        for _ in range(100):
            if await store.fetch(asking):
                break
            await asyncio.sleep(0.02)
        else:
            pytest.fail("the reader never asked")
        await asyncio.sleep(0.1)
    await asyncio.sleep(0.3)
    assert vault._lease.is_good()
    assert await opens(vault, member, sealed)


async def test_many_shreddings_at_once_all_come_through(open_vault: OpenVault, store: Database) -> None:
    vaults = [open_vault() for _ in range(3)]
    people = [await member_with_value(vaults[0]) for _ in range(30)]
    await asyncio.gather(*(vaults[number % 3].shred(member) for number, (member, _) in enumerate(people)))
    assert not any([await opens(vault, *person) for vault in vaults for person in people])
    rows = await store.fetch("SELECT generation FROM shredded_key ORDER BY generation")
    assert [row["generation"] for row in rows] == list(range(1, 31))
