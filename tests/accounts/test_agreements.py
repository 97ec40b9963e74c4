"""Who has not agreed to what is in force is asked first."""

from datetime import date

import pytest
import sqlalchemy as sa

from kept.accounts import Session, agree, overview, resume
from kept.accounts.models import Acceptance
from kept.accounts.standing import standing
from kept.policy import Action, Clip, Refused, Service, Standing, require
from kept.terms import NotCurrentTerms, current
from tests.accounts.town import Town

TODAY = date(2026, 11, 23)


async def owing(town: Town, handle: str) -> Session:
    """A member of long ago, whose yes to the terms is not on record."""
    made = await town.join(handle=handle)
    async with made.cell.begin() as tx:
        await tx.run(sa.delete(Acceptance).where(Acceptance.owner_id == made.member_id, Acceptance.document == "terms"))
    return await resume(town.accounts, made.token, now=town.now)


async def test_a_member_in_good_standing_goes_on(town: Town) -> None:
    made = await town.join()
    session = await resume(town.accounts, made.token, now=town.now)
    require(session.actor, Action.UPLOAD, Service())


async def test_without_a_yes_to_the_terms_only_the_way_to_it_is_open(town: Town) -> None:
    session = await owing(town, "owes.a.yes")
    for action, thing in ((Action.UPLOAD, Service()), (Action.LIKE, Clip()), (Action.OPEN_FOR_YOU, Service())):
        with pytest.raises(Refused, match="our terms have changed"):
            require(session.actor, action, thing)


async def test_a_yes_counts_at_the_next_request_and_is_on_record(town: Town) -> None:
    session = await owing(town, "says.yes")
    version = current("terms").version
    async with session.cell.begin() as tx:
        with pytest.raises(NotCurrentTerms):
            await agree(town.accounts, tx, session, "1999-01-01", now=town.now)
        await agree(town.accounts, tx, session, version, now=town.now)
    rows = await session.cell.database.fetch("SELECT convert_from(payload, 'UTF8') AS text FROM ledger_outbox")
    mine = [row["text"] for row in rows if town.accounts.beacon.pseudonym(session.member_id) in row["text"]]
    assert sum('"terms.accepted"' in text and f"document:terms-{version}" in text for text in mine) == 1
    assert (await overview(town.accounts, session)).agreed["terms"].version == version


async def test_saying_yes_twice_is_one_entry(town: Town) -> None:
    session = await owing(town, "says.it.twice")
    for _ in range(2):
        async with session.cell.begin() as tx:
            await agree(town.accounts, tx, session, "current", now=town.now)
    rows = await session.cell.database.fetch("SELECT convert_from(payload, 'UTF8') AS text FROM ledger_outbox")
    name = town.accounts.beacon.pseudonym(session.member_id)
    assert sum(name in row["text"] and '"terms.accepted"' in row["text"] for row in rows) == 1


def test_only_what_asks_again_makes_a_yes_due() -> None:
    newest = current("terms").version
    assert standing((f"terms@{newest}",), TODAY) is Standing.GOOD
    assert standing((f"terms@{newest}", f"privacy-young@{newest}"), TODAY) is Standing.GOOD
    assert standing((), TODAY) is Standing.TERMS_DUE
    assert standing((f"privacy@{newest}",), TODAY) is Standing.TERMS_DUE
