"""The vault of a cell as other floors use it, on a real key store."""

import asyncio
import logging
import os
from pathlib import Path
from uuid import UUID

import pytest
import sqlalchemy as sa

from kept.catalog import KeyRow, Level, problems
from kept.kit import Database, new_id
from kept.vault import (
    ForeignKeyStore,
    NoSuchKey,
    Reason,
    RootKeyLost,
    Sealed,
    UnknownPlace,
    Vault,
    WrongKey,
)
from kept.vault.buckets import bucket_of
from tests.vault.conftest import OpenVault
from tests.vault.made_up import BIRTH, EMAIL, LETTER

SECRET = b"kim@example.org"


async def test_what_one_process_seals_another_opens(open_vault: OpenVault) -> None:
    one, other = open_vault(), open_vault()
    member = new_id()
    await one.create(member)
    sealed = await one.seal(member, EMAIL, member, SECRET)
    assert await other.open(member, EMAIL, member, sealed, reason=Reason.OWNER) == SECRET
    assert await one.open(member, EMAIL, member, sealed, reason=Reason.OWNER) == SECRET
    await one.close()
    assert await open_vault().open(member, EMAIL, member, sealed, reason=Reason.OWNER) == SECRET


async def test_many_are_sealed_and_opened_in_order(vault: Vault) -> None:
    member = new_id()
    await vault.create(member)
    rows = {new_id(): f"letter {number}".encode() for number in range(50)}
    sealed = await vault.seal_many(member, LETTER, rows.items())
    texts = await vault.open_many(member, LETTER, zip(rows, sealed, strict=True), reason=Reason.OWNER)
    assert texts == list(rows.values())
    assert await vault.open_many(member, LETTER, [], reason=Reason.OWNER) == []
    swapped = list(zip(rows, reversed(sealed), strict=True))
    with pytest.raises(WrongKey):
        await vault.open_many(member, LETTER, swapped, reason=Reason.OWNER)


async def test_a_value_moved_to_another_owner_column_row_or_cell_is_rejected(
    open_vault: OpenVault, other_store_address: str
) -> None:
    here, there = open_vault(), open_vault("us", "us", address=other_store_address)
    member, other = new_id(), new_id()
    for vault in (here, there):
        await vault.create(member)
        await vault.create(other)
    sealed = await here.seal(member, EMAIL, member, SECRET)
    for vault, owner, place, row in (
        (here, other, EMAIL, member),
        (here, member, BIRTH, member),
        (here, member, EMAIL, other),
        (there, member, EMAIL, member),
    ):
        with pytest.raises(WrongKey):
            await vault.open(owner, place, row, sealed, reason=Reason.OWNER)
    assert await here.open(member, EMAIL, member, sealed, reason=Reason.OWNER) == SECRET


async def test_a_value_of_an_unknown_key_epoch_is_rejected(vault: Vault) -> None:
    member = new_id()
    await vault.create(member)
    blob = bytes(await vault.seal(member, EMAIL, member, SECRET))
    with pytest.raises(WrongKey):
        await vault.open(member, EMAIL, member, Sealed(blob[:1] + b"\x00\x02" + blob[3:]), reason=Reason.OWNER)


async def test_nobody_has_a_key_before_it_is_made(vault: Vault) -> None:
    stranger = new_id()
    with pytest.raises(NoSuchKey):
        await vault.seal(stranger, EMAIL, stranger, SECRET)
    await vault.create(stranger)
    assert await vault.seal(stranger, EMAIL, stranger, SECRET)


async def test_making_a_key_twice_at_once_makes_one(open_vault: OpenVault) -> None:
    one, other = open_vault(), open_vault()
    member = new_id()
    await asyncio.gather(*(vault.create(member) for vault in (one, other) * 4))
    sealed = await one.seal(member, EMAIL, member, SECRET)
    await one.create(member)
    assert await other.open(member, EMAIL, member, sealed, reason=Reason.OWNER) == SECRET


@pytest.mark.parametrize("place", ["person.name", "nobody.email", "person", "", "person.owner_id"])
async def test_a_place_must_be_a_declared_column(vault: Vault, place: str) -> None:
    member = new_id()
    await vault.create(member)
    with pytest.raises(UnknownPlace):
        await vault.seal(member, place, member, SECRET)


async def test_a_bucket_has_one_key_made_when_its_first_member_comes(vault: Vault, store: Database) -> None:
    members = [new_id() for _ in range(20)]
    neighbour = UUID(int=members[0].int ^ 1 << 40)
    for member in [*members, neighbour]:
        await vault.create(member)
    rows = await store.fetch("SELECT bucket, version, root_epoch FROM bucket_key")
    assert {row["bucket"] for row in rows} == {bucket_of(member) for member in members}
    assert {(row["version"], row["root_epoch"]) for row in rows} == {(1, 1)}


async def test_wrapped_keys_cannot_be_swapped_in_the_key_store(open_vault: OpenVault, store: Database) -> None:
    """Somebody who can write the key store, but has no root, can't give one member another's key.

    What is sealed must be refused, too: it would outlive the member's own key.
    """
    member = new_id()
    other = UUID(int=member.int ^ 1 << 40)
    assert bucket_of(member) == bucket_of(other)
    vault = open_vault()
    await vault.create(member)
    await vault.create(other)
    sealed = await vault.seal(member, EMAIL, member, SECRET)
    await store.fetch("UPDATE member_key SET wrapped = (SELECT wrapped FROM member_key WHERE owner_id = $1)", other)
    with pytest.raises(WrongKey):
        await open_vault().open(member, EMAIL, member, sealed, reason=Reason.OWNER)
    with pytest.raises(WrongKey):
        await open_vault().seal(member, EMAIL, member, SECRET)


@pytest.mark.parametrize(
    "meddle",
    [
        "UPDATE member_key SET epoch = 2",
        "UPDATE member_key SET sealed_as = 'us'",
        "UPDATE member_key SET wrapped = set_byte(wrapped, 30, get_byte(wrapped, 30) # 1)",
        "UPDATE bucket_key SET wrapped = set_byte(wrapped, 30, get_byte(wrapped, 30) # 1)",
        "UPDATE bucket_key SET version = 2; UPDATE member_key SET bucket_version = 2",
        "DELETE FROM bucket_key",
    ],
)
async def test_a_key_store_that_was_meddled_with_opens_nothing(
    open_vault: OpenVault, store: Database, meddle: str
) -> None:
    vault = open_vault()
    member = new_id()
    await vault.create(member)
    sealed = await vault.seal(member, EMAIL, member, SECRET)
    async with store.begin() as connection:
        for statement in meddle.split(";"):
            await connection.execute(sa.text(statement))
    with pytest.raises(WrongKey):
        await open_vault().open(member, EMAIL, member, sealed, reason=Reason.OWNER)


async def test_another_cells_key_store_is_refused(open_vault: OpenVault) -> None:
    await open_vault("eu", "eu").start()
    for cell, region in (("us", "us"), ("eu2", "eu"), ("eu", "us")):
        with pytest.raises(ForeignKeyStore):
            await open_vault(cell, region).create(new_id())


async def test_two_cells_that_start_on_one_empty_key_store_do_not_both_get_it(open_vault: OpenVault) -> None:
    outcomes = await asyncio.gather(
        *(open_vault(cell, cell).start() for cell in ("eu", "us")), return_exceptions=True
    )
    assert [type(outcome) for outcome in outcomes if outcome] == [ForeignKeyStore]


async def test_a_lost_root_is_noticed_before_anything_is_written(
    open_vault: OpenVault, store: Database, keys_folder: Path
) -> None:
    vault = open_vault()
    await vault.create(new_id())
    vault_root = keys_folder / "eu" / "root-00001.key"
    os.unlink(vault_root)
    with pytest.raises(RootKeyLost):
        await open_vault().create(new_id())
    assert len(await store.fetch("SELECT FROM member_key")) == 1
    assert os.listdir(keys_folder / "eu") == []


async def test_the_key_store_holds_no_key_in_the_clear(vault: Vault, store: Database) -> None:
    member = new_id()
    await vault.create(member)
    await vault.seal(member, EMAIL, member, SECRET)
    key = bytes(vault._cache.entries[member.int].key)
    [row] = await store.fetch("SELECT wrapped FROM member_key")
    assert key not in row["wrapped"]
    assert len(row["wrapped"]) == 61


def test_the_key_stores_tables_are_declared_and_their_keys_secret() -> None:
    assert not [problem for problem in problems(KeyRow.metadata)]
    wrapped = [column for table in KeyRow.metadata.tables.values() for column in table.c if column.name == "wrapped"]
    assert {column.info["rule"].level for column in wrapped} == {Level.SECRET}
    assert {column.table.name for column in wrapped} == {"member_key", "bucket_key", "cell_secret"}


async def test_no_log_line_and_no_error_holds_plaintext_or_a_key(
    vault: Vault, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    member = new_id()
    await vault.create(member)
    sealed = await vault.seal(member, EMAIL, member, SECRET)
    await vault.open(member, EMAIL, member, sealed, reason=Reason.OWNER)
    with pytest.raises(WrongKey) as error:
        await vault.open(member, EMAIL, new_id(), sealed, reason=Reason.OWNER)
    key = bytes(vault._cache.entries[member.int].key)
    said = caplog.text + repr(error.value)
    for secret in (SECRET.decode(), repr(SECRET), key.hex(), repr(key)):
        assert secret not in said
