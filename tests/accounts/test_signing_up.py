"""A member comes to be as a whole or not at all."""

import asyncio
from collections import Counter
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from kept.accounts import (
    BadHandle,
    PasswordBreached,
    SignedIn,
    WrongLogin,
    resume,
    sign_in,
)
from kept.accounts.models import Acceptance, Account
from kept.cells import Cell, NameTaken
from kept.policy import AgeBand, Refused
from kept.vault import Reason
from tests.accounts.town import PASSWORD, Town

TABLES = ("account", "credential_password", "credential_passkey", "session", "acceptance", "resident", "ledger_outbox")


async def rows(cell: Cell) -> Counter[str]:
    """How many rows each table of a cell has."""
    counts: Counter[str] = Counter()
    for table in TABLES:
        counts[table] = (await cell.database.fetch(f"SELECT count(*) FROM {table}"))[0][0]  # noqa: S608
    return counts


async def account_of(made: SignedIn) -> Any:
    async with made.cell.begin() as tx:
        return (await tx.run(sa.select(Account).where(Account.owner_id == made.member_id))).one()


@pytest.mark.parametrize(("country", "cell"), [("US", "us"), ("BR", "us"), ("DE", "eu"), ("gb", "eu")])
async def test_the_home_region_follows_the_country(town: Town, country: str, cell: str) -> None:
    made = await town.join(country=country)
    assert made.cell.name == cell
    assert await town.accounts.cells.directory.home(made.member_id) == cell
    assert (await account_of(made)).country == country.upper()


async def test_what_is_private_is_sealed_and_opens_in_the_vault(town: Town) -> None:
    made = await town.join(birth_date=date(1991, 2, 3), email="kim.sealed@example.org", country="FR")
    account = await account_of(made)
    vault = town.accounts.vault(made.cell)
    born = await vault.open(made.member_id, "account.birth_date", made.member_id, account.birth_date, reason=Reason.SERVICE)
    email = await vault.open(made.member_id, "account.email", made.member_id, account.email, reason=Reason.OWNER)
    assert (born, email) == (b"1991-02-03", b"kim.sealed@example.org")
    stored = await made.cell.database.fetch("SELECT a::text AS row FROM account a WHERE owner_id = $1", made.member_id)
    assert b"kim.sealed".hex() not in stored[0]["row"]
    assert b"1991-02-03".hex() not in stored[0]["row"]
    assert "1991-02" not in stored[0]["row"]


async def test_a_member_of_each_age_band_gets_theirs(town: Town) -> None:
    today = town.now.date()
    for years, band in [(10, AgeBand.UNDER_13), (14, AgeBand.TEEN_13_15), (17, AgeBand.TEEN_16_17), (40, AgeBand.ADULT)]:
        made = await town.join(birth_date=today.replace(year=today.year - years))
        assert (await resume(town.accounts, made.token, now=town.now)).band is band


async def test_a_child_leaves_no_address_behind(town: Town) -> None:
    made = await town.join(birth_date=date(2018, 1, 1), email="child@example.org", handle="small.one")
    assert (await account_of(made)).email is None
    with pytest.raises(WrongLogin):
        await sign_in(town.accounts, "child@example.org", PASSWORD, device="", now=town.now)


async def test_sign_up_is_one_entry_under_a_pseudonym(town: Town) -> None:
    before = await rows(town.house.us)
    made = await town.join(handle="entry.one")
    after = await rows(town.house.us)
    after.subtract(before)
    assert after["ledger_outbox"] == after["account"] == after["session"] == after["resident"] == 1
    payloads = await made.cell.database.fetch("SELECT convert_from(payload, 'UTF8') AS text FROM ledger_outbox")
    mine = [row["text"] for row in payloads if town.accounts.beacon.pseudonym(made.member_id) in row["text"]]
    assert len(mine) == 1
    assert '"account.created"' in mine[0]
    assert "entry.one" not in mine[0]
    assert str(made.member_id) not in mine[0]


async def test_what_was_agreed_to_is_kept_by_version(town: Town) -> None:
    made = await town.join()
    async with made.cell.begin() as tx:
        agreed = (await tx.run(sa.select(Acceptance).where(Acceptance.owner_id == made.member_id))).all()
    assert {row.document for row in agreed} >= {"terms", "privacy"}
    assert all(row.version and row.accepted_at == town.now for row in agreed)


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"country": "CN"}, Refused),
        ({"handle": "x"}, BadHandle),
        ({"credential": "qwerty123456789"}, PasswordBreached),
    ],
)
async def test_a_refusal_stores_nothing(town: Town, given: dict[str, Any], error: type[Exception]) -> None:
    before = [await rows(cell) for cell in town.house.cells]
    with pytest.raises(error):
        await town.join(**given)
    assert [await rows(cell) for cell in town.house.cells] == before


async def test_a_handle_is_taken_once_over_all_regions(town: Town) -> None:
    await town.join(handle="only.one", country="US")
    with pytest.raises(NameTaken, match="name is taken"):
        await town.join(handle="Only.One", country="DE")


async def test_an_address_is_taken_once_over_all_regions(town: Town) -> None:
    await town.join(email="once@example.org", country="US")
    with pytest.raises(NameTaken, match="e-mail address is taken"):
        await town.join(email="ONCE@example.org", country="DE")


async def test_in_a_race_for_a_handle_exactly_one_wins(town: Town) -> None:
    before = {cell.name: await rows(cell) for cell in town.house.cells}
    runners = [town.join(handle="racer", country="US" if number % 2 else "DE") for number in range(8)]
    results = await asyncio.gather(*runners, return_exceptions=True)
    won = [one for one in results if isinstance(one, SignedIn)]
    assert len(won) == 1
    assert sum(isinstance(one, NameTaken) for one in results) == 7
    for cell in town.house.cells:
        grown = await rows(cell) - before[cell.name]
        assert grown["account"] == grown["resident"] == (1 if cell is won[0].cell else 0)
