"""The refusal list: it stands in the settings, and is brought from there into the tables that the database goes by.

A country that comes onto the list stops every request of its authorities in the same transaction, in whatever state it was.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from kept.accounts import COUNTRIES
from kept.cells import Cells, Tx
from kept.kit import Settings
from kept.kit.settings import BadSettings
from kept.ledger import Entry
from kept.legal.models import LegalCountry, LegalRequest
from kept.legal.states import Ground, State
from kept.retention import release_case

LEGAL = "system:legal"
LIST = "setting:refused_governments"
_AGAIN = timedelta(days=1)
_ONE_AT_A_TIME = sa.text("SELECT pg_advisory_xact_lock(hashtext('legal_country'))")


def listed_countries(settings: Settings) -> frozenset[str]:
    """The countries to whose authorities nothing is given. Raises BadSettings: a code that is no country's."""
    listed = {code.strip().upper() for code in settings.availability.refused_governments}
    for code in sorted(listed - COUNTRIES.keys()):
        raise BadSettings(why=f"availability.refused_governments: “{code}” is not a country's code of ISO 3166-1")
    return frozenset(listed)


async def keep_lists(cells: Cells, settings: Settings, *, now: datetime) -> int:
    """Bring the list into every cell that is here; how many requests were stopped. Raises BadSettings."""
    listed, stopped = listed_countries(settings), 0
    for cell in cells:
        async with cell.begin() as tx:
            stopped += await keep_list(tx, listed, now=now)
    return stopped


async def keep_list(tx: Tx, listed: frozenset[str], *, now: datetime) -> int:
    """Make the cell's list the one of the settings; how many requests that stopped. Every verb begins with it."""
    if await says(tx.connection, listed) and await _told_lately(tx, now=now):
        return 0
    await tx.run(_ONE_AT_A_TIME)
    rows = (await tx.run(sa.select(LegalCountry.country, LegalCountry.listed).with_for_update())).all()
    known = {row.country: row.listed for row in rows}
    coming = [code for code, answer in known.items() if not answer and code in listed]
    stopped = await _stop(tx, coming, now=now)
    answers = _answers(listed)
    told = insert(LegalCountry).values(
        [{"country": code, "listed": answer, "told_at": now} for code, answer in answers.items()]
    )
    told = told.on_conflict_do_update(
        index_elements=["country"], set_={"listed": told.excluded.listed, "told_at": told.excluded.told_at}
    )
    changed = any(known.get(code, False) is not answer for code, answer in answers.items())
    entries = [Entry("legal.list_changed", actor=LEGAL, object=LIST)] if changed else []
    await tx.act(told.returning(LegalCountry.country), *entries, now=now)
    return stopped


async def says(connection: AsyncConnection, listed: Collection[str]) -> bool:
    """Whether a cell's table says what the settings say."""
    rows = (await connection.execute(sa.select(LegalCountry.country, LegalCountry.listed))).all()
    return {row.country: row.listed for row in rows} == _answers(listed)


def _answers(listed: Collection[str]) -> dict[str, bool]:
    return {code: code in listed for code in sorted(COUNTRIES)}


async def _told_lately(tx: Tx, *, now: datetime) -> bool:
    oldest = (await tx.run(sa.select(sa.func.min(LegalCountry.told_at)))).scalar_one()
    return oldest is not None and oldest > now - _AGAIN


async def _stop(tx: Tx, countries: Sequence[str], *, now: datetime) -> int:
    """End every request of these countries as refused, each on record, and let go of what was preserved for it."""
    going_on = sa.and_(LegalRequest.country.in_(countries), LegalRequest.state != State.REFUSED)
    rows = (await tx.run(sa.select(LegalRequest.case_id, LegalRequest.number).where(going_on).with_for_update())).all()
    for row in rows:
        stop = (
            sa.update(LegalRequest)
            .where(LegalRequest.case_id == row.case_id)
            .values(
                state=State.REFUSED,
                ground=Ground.LISTED,
                stood=LegalRequest.state,
                changed_at=now,
                closed_at=sa.func.coalesce(LegalRequest.closed_at, now),
                preserved_until=None,
                package=None,
            )
        )
        entry = Entry("legal.refused", actor=LEGAL, object=f"case:{row.case_id}")
        await tx.act(stop.returning(LegalRequest.case_id), entry, now=now)
        await release_case(tx, row.number, now=now)
    return len(rows)
