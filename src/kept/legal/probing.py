"""Trying the door: rows of listed countries are put where they may not stand, and the database has to turn each one away.

Everything is rolled back, whatever it answers. So the promise is measured where it is held, and not from what we say of it.
"""

import os
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from itertools import product

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from kept.cells import Cell
from kept.kit import new_id
from kept.legal.listing import says
from kept.legal.models import LegalRequest
from kept.legal.states import OF_LISTED, State
from kept.vault import SUITES, Sealed
from kept.vault.sealed import OVERHEAD_BYTES


@dataclass(frozen=True, slots=True)
class Tried:
    """What one cell's database did."""

    told: bool
    """Its list is that of the settings."""
    turned_away: int
    let_in: int
    standing: int
    """Requests of listed countries that really stand where they may not."""


async def try_the_door(cell: Cell, listed: Collection[str], *, now: datetime) -> Tried:
    """Try to bring each listed country into each state that it may not be in, claiming to be listed, and claiming not to be."""
    turned_away = let_in = 0
    elsewhere = [state for state in State if state not in OF_LISTED]
    async with cell.database.engine.connect() as connection:
        told = await says(connection, listed)
        standing = (await connection.execute(_standing(listed))).scalar_one()
        for country, state, claim in product(sorted(listed), elsewhere, (True, False)):
            attempt = await connection.begin_nested()
            try:
                await connection.execute(_row(country, state, claims_listed=claim, now=now))
                let_in += 1
            except IntegrityError:
                turned_away += 1
            await attempt.rollback()
        await connection.rollback()
    return Tried(told, turned_away, let_in, standing)


def _standing(listed: Collection[str]) -> sa.Select[int]:
    wrong = sa.and_(LegalRequest.country.in_(listed), LegalRequest.state.not_in(OF_LISTED))
    return sa.select(sa.func.count()).select_from(LegalRequest).where(wrong)


def _row(country: str, state: State, *, claims_listed: bool, now: datetime) -> sa.Insert:
    """A row that wants nothing but a country that is not listed: it fails by that, or it is let in."""
    nothing = Sealed(bytes([min(SUITES)]) + os.urandom(OVERHEAD_BYTES))
    return sa.insert(LegalRequest).values(
        case_id=new_id(),
        number="TRIED",
        instrument="national",
        country=country,
        listed=claims_listed,
        asked=nothing,
        narrowed=nothing,
        emergency=False,
        state=state,
        ground="",
        stood="",
        received_at=now,
        changed_at=now,
        prolonged=False,
        valid_at=now,
        recipient="TRIED",
        recipient_by=new_id(),
        confirmed_by=new_id(),
        grant_id=new_id(),
    )
