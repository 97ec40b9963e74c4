"""Handing a package over: counsel downloads it, sealed as it is, for some days; that they did is on record before it begins."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from kept.access import find, reached
from kept.disclosure.works import NoPackage, Works
from kept.kit.objects import Objects
from kept.legal import State, amend, case_of, keep_lists, listed_countries
from kept.policy import Action, LegalRequest, require
from kept.staff import Seat

DAYS = 14
THERE_FOR = timedelta(days=DAYS)
PIECE = 256 * 1024


@dataclass(frozen=True, slots=True)
class Package:
    """What is downloaded: bytes of age, and what they are to be held against."""

    name: str
    size: int
    sha256: bytes
    pieces: AsyncIterator[bytes]


async def open_package(works: Works, number: str, *, seat: Seat, now: datetime) -> Package:
    """The package of a case, to be passed on to the authority. Each call is a `legal.downloaded` in the ledger.

    Raises:
        NoSuchCase.
        Refused: not of the legal team, or nothing is given to that country's authorities (any more).
        NoPackage: there is none, or none any more.
    """
    await keep_lists(works.cells, works.settings, now=now)
    case = await case_of(works.cells, number)
    made = case.production
    votes = (await find(case.cell, made.grant_id)).votes if made.grant_id else ()
    listed = case.listed or case.country in listed_countries(works.settings)
    is_made = case.state is State.PRODUCED
    noun = LegalRequest(country_listed=listed, validated=True, approvals=reached(votes), on_record=True)
    require(seat.actor, Action.DISCLOSE if is_made or listed else Action.SEE_LEGAL_REQUEST, noun)
    if (
        not is_made
        or made.package is None
        or made.package_sha256 is None
        or made.package_size is None
        or _is_over(made.produced_at, now)
    ):
        raise NoPackage(number=case.number, days=DAYS)
    async with case.cell.begin() as tx:
        if not await amend(tx, case, State.PRODUCED, event="legal.downloaded", by=seat.who.staff_id, now=now):
            raise NoPackage(number=case.number, days=DAYS)
    stored = _stored(case.cell.objects, made.package, made.package_size)
    return Package(f"{case.number}.zip.age", made.package_size, made.package_sha256, stored)


def _is_over(produced_at: datetime | None, now: datetime) -> bool:
    return produced_at is None or produced_at + THERE_FOR <= now


async def _stored(objects: Objects, key: str, size: int) -> AsyncIterator[bytes]:
    for start in range(0, size, PIECE):
        yield await objects.get_range(key, start, min(start + PIECE, size))
