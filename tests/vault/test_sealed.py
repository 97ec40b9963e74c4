"""What a sealed value shows, and what a sealed column takes."""

import copy
import json
import pickle
from collections.abc import AsyncIterator, Callable

import msgspec
import pytest
import sqlalchemy as sa
from sqlalchemy.exc import CompileError, StatementError

from kept.kit import Database, new_id
from kept.vault import NotSealed, Reason, Sealed, Vault
from tests.vault.made_up import EMAIL, PERSON, SCHEMA

SECRET = b"kim@example.org, born in May"
BLOB = b"\x01\x00\x01" + bytes(32) + bytes(12) + b"ciphertext" + bytes(16)


def test_no_way_of_printing_a_sealed_value_shows_more_than_its_size() -> None:
    sealed = Sealed(BLOB)
    assert repr(sealed) == str(sealed) == f"{sealed}" == f"{sealed!s}" == "%s" % sealed == "<sealed, 10 bytes>"  # noqa: UP031
    assert f"{sealed:>20}".strip() == "<sealed, 10 bytes>"
    assert "ciphertext" not in repr([sealed]) + repr({"email": sealed})


@pytest.mark.parametrize("encode", [json.dumps, msgspec.json.encode, msgspec.msgpack.encode, pickle.dumps])
def test_no_encoder_takes_a_sealed_value(encode: Callable[[object], object]) -> None:
    with pytest.raises(TypeError):
        encode({"email": Sealed(BLOB)})


def test_a_sealed_value_cannot_be_changed() -> None:
    sealed = Sealed(BLOB)
    with pytest.raises(AttributeError):
        sealed._blob = b""
    with pytest.raises(AttributeError):
        del sealed._blob
    with pytest.raises(AttributeError):
        sealed.plaintext = b""


def test_a_sealed_value_is_its_bytes() -> None:
    sealed = Sealed(BLOB)
    assert bytes(sealed) == BLOB
    assert sealed == Sealed(BLOB) != Sealed(BLOB[:-1] + b"x")
    assert len({sealed, Sealed(BLOB)}) == 1
    assert copy.copy(sealed) is copy.deepcopy(sealed) is sealed
    assert sealed != BLOB


@pytest.mark.parametrize("blob", [b"", SECRET, BLOB[:62], b"\x02" + BLOB[1:], b"\x00" + BLOB[1:], BLOB.decode("latin1")])
def test_what_is_not_sealed_is_not_taken_for_it(blob: bytes) -> None:
    with pytest.raises(NotSealed):
        Sealed(blob)


@pytest.fixture
async def data(fresh_database: Callable[..., str]) -> AsyncIterator[Database]:
    database = Database(fresh_database("data"))
    async with database.begin() as connection:
        await connection.run_sync(SCHEMA.create_all)
    yield database
    await database.close()


@pytest.mark.parametrize("value", [SECRET, SECRET.decode(), BLOB, bytearray(BLOB), 5, ["x"]])
async def test_plaintext_cannot_reach_a_sealed_column(data: Database, value: object) -> None:
    person = new_id()
    statements = [
        sa.insert(PERSON).values(owner_id=person, email=value),
        sa.update(PERSON).values(email=value),
        sa.select(PERSON).where(PERSON.c.email == value),
    ]
    for statement in statements:
        with pytest.raises((StatementError, TypeError), match="takes a Sealed") as refused:
            async with data.begin() as connection:
                await connection.execute(statement)
        assert "kim@" not in str(refused.value).partition("[SQL")[0]
    async with data.begin() as connection:
        assert (await connection.execute(sa.select(sa.func.count()).select_from(PERSON))).scalar_one() == 0


def test_a_sealed_value_is_never_written_into_the_text_of_a_statement() -> None:
    statement = sa.insert(PERSON).values(owner_id=new_id(), email=Sealed(BLOB))
    with pytest.raises(CompileError) as refused:
        statement.compile(compile_kwargs={"literal_binds": True})
    assert "never written into the text" in str(refused.value.__cause__)


async def test_a_sealed_column_gives_back_what_it_took_and_the_vault_opens_it(data: Database, vault: Vault) -> None:
    person, nobody = new_id(), new_id()
    await vault.create(person)
    sealed = await vault.seal(person, EMAIL, person, SECRET)
    async with data.begin() as connection:
        await connection.execute(sa.insert(PERSON).values(owner_id=person, email=sealed))
        await connection.execute(sa.insert(PERSON).values(owner_id=nobody, email=None))
        stored = {row.owner_id: row.email for row in await connection.execute(sa.select(PERSON))}
    assert stored == {person: sealed, nobody: None}
    assert await vault.open(person, EMAIL, person, stored[person], reason=Reason.OWNER) == SECRET
    [raw] = await data.fetch("SELECT email FROM person WHERE owner_id = $1", person)
    assert SECRET not in raw["email"]


async def test_a_sealed_column_that_holds_something_else_is_not_read(data: Database) -> None:
    await data.fetch("INSERT INTO person (owner_id, email) VALUES ($1, $2)", new_id(), SECRET)
    async with data.begin() as connection:
        with pytest.raises(NotSealed):
            (await connection.execute(sa.select(PERSON.c.email))).all()
