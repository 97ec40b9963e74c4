"""Members' keys that move to another cell: what was sealed goes on opening there, and nothing opens here any more."""

import asyncio
from uuid import UUID

import pytest
from sqlalchemy.exc import DBAPIError

from kept.kit import Database, new_id
from kept.vault import KeyDestroyed, NoSuchKey, Reason, Sealed, Vault, WrongKey
from kept.vault.errors import VaultFailed
from tests.vault.conftest import OpenVault
from tests.vault.made_up import EMAIL

SECRET = b"kim@example.org"
Values = dict[UUID, Sealed]


@pytest.fixture
def here(open_vault: OpenVault) -> Vault:
    return open_vault()


@pytest.fixture
def there(open_vault: OpenVault, other_store_address: str) -> Vault:
    return open_vault("us", "us", address=other_store_address)


async def people(vault: Vault, count: int = 20) -> Values:
    values = {}
    for member in [new_id() for _ in range(count)]:
        await vault.create(member)
        values[member] = await vault.seal(member, EMAIL, member, SECRET)
    return values


async def opens(vault: Vault, member: UUID, sealed: Sealed) -> bool:
    try:
        return await vault.open(member, EMAIL, member, sealed, reason=Reason.OWNER) == SECRET
    except (NoSuchKey, KeyDestroyed):
        return False


async def test_what_was_sealed_opens_in_the_other_cell_under_the_same_key(
    here: Vault, there: Vault, store: Database, open_vault: OpenVault
) -> None:
    values = await people(here)
    assert await here.hand_over(list(values), there) == len(values)
    for member, sealed in values.items():
        assert await opens(there, member, sealed)
        assert await opens(here, member, sealed)
        assert await opens(here, member, await there.seal(member, EMAIL, member, SECRET))
    here_now = {row["wrapped"] for row in await store.fetch("SELECT wrapped FROM member_key")}
    there_now = {row["wrapped"] for row in await open_vault.holders[there]._store.fetch("SELECT wrapped FROM member_key")}
    assert len(there_now) == len(values)
    assert not here_now & there_now


async def test_handing_over_can_be_repeated_and_taken_up_in_the_middle(here: Vault, there: Vault) -> None:
    values = await people(here)
    members = list(values)
    assert await here.hand_over(members[:7], there) == 7
    for _ in range(2):
        assert await here.hand_over(members, there) == len(members)
    assert all([await opens(there, *person) for person in values.items()])
    assert await here.hand_over([], there) == await here.forget([]) == 0


async def test_more_than_a_batch_is_handed_over(here: Vault, there: Vault, store: Database) -> None:
    values = await people(here, 3)
    members = [new_id() for _ in range(2_100)]
    known = list(values)
    assert await here.hand_over([known[0], *members, known[1], *members, known[2]], there) == 3
    assert all([await opens(there, *person) for person in values.items()])


async def test_a_forgotten_member_opens_in_no_process_of_the_old_cell(
    open_vault: OpenVault, here: Vault, there: Vault
) -> None:
    another = open_vault()
    values = await people(here)
    stays = await people(here, 1)
    for person in [*values.items(), *stays.items()]:
        assert await opens(another, *person)
    await here.hand_over(list(values), there)
    assert await here.forget(list(values)) == len(values)
    # Straight after: no time passes in which a notification could still arrive.
    for vault in (another, here, open_vault()):
        assert not any([await opens(vault, *person) for person in values.items()])
        assert all([await opens(vault, *person) for person in stays.items()])
    assert all([await opens(there, *person) for person in values.items()])
    assert await here.forget(list(values)) == 0


async def test_who_moved_away_can_move_back(here: Vault, there: Vault) -> None:
    values = await people(here, 2)
    members = list(values)
    for one, other in ((here, there), (there, here)) * 2:
        assert await one.hand_over(members, other) == 2
        assert await one.forget(members) == 2
    assert all([await opens(here, *person) for person in values.items()])


async def test_who_is_shredded_in_either_cell_is_not_handed_over(here: Vault, there: Vault) -> None:
    values = await people(here, 3)
    one, other, alive = values
    await here.shred(one)
    await there.shred(other)
    assert await here.hand_over([one, other, alive], there) == 1
    assert [await opens(there, *person) for person in values.items()] == [False, False, True]
    await there.shred(alive)
    assert await here.hand_over([alive], there) == 0
    assert not await opens(there, alive, values[alive])


async def test_shredding_in_both_cells_during_a_move_leaves_no_key(here: Vault, there: Vault) -> None:
    values = await people(here, 10)
    for member in values:
        await asyncio.gather(here.hand_over([member], there), here.shred(member))
        await there.shred(member)
        assert await here.hand_over([member], there) == 0
        assert not await opens(here, member, values[member])
        assert not await opens(there, member, values[member])


async def test_another_key_of_the_same_member_stops_it(here: Vault, there: Vault) -> None:
    values = await people(here, 2)
    member = next(iter(values))
    await there.create(member)
    with pytest.raises(WrongKey, match="another key"):
        await here.hand_over(list(values), there)


FAULTS = {
    "before a key is stored": ("there", "BEFORE INSERT ON member_key"),
    "after a key is stored": ("there", "AFTER INSERT ON member_key"),
    "at a new bucket": ("there", "BEFORE INSERT ON bucket_key"),
    "before a key is deleted": ("here", "BEFORE DELETE ON member_key"),
    "at the count": ("here", "BEFORE UPDATE ON key_store"),
}


@pytest.mark.parametrize(("where", "moment"), FAULTS.values(), ids=FAULTS)
async def test_a_move_that_fails_loses_no_key_and_can_be_repeated(
    here: Vault, there: Vault, open_vault: OpenVault, where: str, moment: str
) -> None:
    values = await people(here)
    await there.start()
    store = open_vault.holders[{"here": here, "there": there}[where]]._store
    await store.fetch("CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE ''disk full''; END'")
    await store.fetch(f"CREATE TRIGGER fail {moment} FOR EACH ROW EXECUTE FUNCTION fail()")
    try:
        with pytest.raises((DBAPIError, VaultFailed)):
            await move(here, there, list(values))
        assert all([await opens(here, *person) for person in values.items()])
    finally:
        await store.fetch(f"DROP TRIGGER fail ON {moment.split()[-1]}")
        await store.fetch("DROP FUNCTION fail()")
    await move(here, there, list(values))
    assert all([await opens(there, *person) for person in values.items()])
    assert not any([await opens(here, *person) for person in values.items()])


async def move(here: Vault, there: Vault, members: list[UUID]) -> None:
    await here.hand_over(members, there)
    await here.forget(members)
