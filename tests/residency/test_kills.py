"""`kill -9` right after every effect of a move: it is finished or taken back, and there is one home, whole, at every moment."""

import signal
import subprocess
import sys
from pathlib import Path
from uuid import UUID

import asyncpg
import msgspec
import pytest

from kept.cells import Cell
from kept.residency import move_member, settle_all
from kept.vault import KeyDestroyed, NoSuchKey, Reason
from tests.residency.conftest import Town
from tests.residency.test_moving import strange

MOVING = "kept.residency.moving"
EFFECTS = [
    "kept.residency.deciding:begin",
    "kept.vault:KeyHolder.hand_over",
    f"{MOVING}:bring",
    f"{MOVING}:take",
    f"{MOVING}:give",
    f"{MOVING}:_prepare",
    f"{MOVING}:_commit",
    "kept.videos:ClipLuggage.pack",
    "kept.residency.deciding:switch",
    f"{MOVING}:_let_go",
    f"{MOVING}:_end_holding",
    "kept.videos:ClipLuggage.unpack",
    f"{MOVING}:_delete_objects",
    "kept.vault:KeyHolder.forget",
    f"{MOVING}:_record",
    "kept.residency.deciding:dealt_with",
]
SWITCHED_FROM = EFFECTS.index("kept.residency.deciding:switch")


def place_of(town: Town) -> str:
    """Settings and addresses, for another process."""
    addresses = {f"kept_{cell.name}": cell.database.address for cell in town.cells}
    addresses |= {f"kept_{cell.name}_keys": cell.keys_database.address for cell in town.cells}
    addresses["kept_directory"] = town.cells.directory.database.address
    addresses["kept_ledger"] = town.house.ledger_database.address
    return msgspec.json.encode({"settings": town.settings, "addresses": addresses}).decode()


def killed(town: Town, effect: str, *args: str) -> None:
    """Run something in a process that is killed after an effect."""
    script = Path(__file__).with_name("mover_to_kill.py")
    command = [sys.executable, "-P", str(script), place_of(town), effect, *args]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == -signal.SIGKILL, f"it was not killed at {effect}: {done.stderr}"


async def readable_at(town: Town, cell: Cell, member_id: UUID, sealed: object) -> bool:
    vault = town.vaults[cell.name]
    try:
        text = await vault.open(member_id, "account.birth_date", member_id, sealed, reason=Reason.OWNER)
    except (NoSuchKey, KeyDestroyed):
        return False
    return text == b"1990-05-17"


async def takes_writes(cell: Cell, member_id: UUID) -> bool:
    """Whether a row of the member can be changed there: an update that waits, or finds nothing, does not count."""
    pool = await cell.database.pool()
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute("SET LOCAL lock_timeout = 300")
        try:
            done = await connection.execute("UPDATE account SET language = 'sv' WHERE owner_id = $1", member_id)
        except asyncpg.LockNotAvailableError:
            return False
    return done == "UPDATE 1"


@pytest.mark.slow
@pytest.mark.parametrize("effect", EFFECTS)
async def test_a_mover_killed_after_any_effect_leaves_one_home_and_everything_in_it(
    town: Town, small_clip: bytes, effect: str
) -> None:
    member = await town.member(town.old)
    await town.publish(member, small_clip)
    sealed = await town.vaults["eu"].seal(
        member.member_id, "account.birth_date", member.member_id, b"1990-05-17"
    )
    before, files = await town.rows(town.old, member.member_id), await town.stored(town.old)
    killed(town, effect, "move", str(member.member_id), "eu-2")

    switched = EFFECTS.index(effect) >= SWITCHED_FROM
    assert await town.cells.directory.home(member.member_id) == ("eu-2" if switched else "eu")
    if switched:
        assert not await takes_writes(town.old, member.member_id), "two homes accept writes"
        assert await takes_writes(town.new, member.member_id)

    await settle_all(town)
    home, other = (town.new, town.old) if switched else (town.old, town.new)
    assert await town.rows(home, member.member_id) == before
    assert await town.rows(other, member.member_id) == {}
    assert (await town.stored(home), await town.stored(other)) == (files, set())
    assert await readable_at(town, home, member.member_id, sealed)
    assert not await readable_at(town, other, member.member_id, sealed)
    assert await takes_writes(home, member.member_id)
    assert await strange(town) == []
    for cell in town.cells:
        assert not await cell.database.fetch("SELECT FROM pg_prepared_xacts WHERE database = current_database()")
        assert not await cell.database.fetch("SELECT FROM arriving_object")

    await move_member(town, member.member_id, other.name)
    assert (await town.rows(other, member.member_id)).keys() == before.keys()
    await town.house.carry()
    assert await strange(town) == []
