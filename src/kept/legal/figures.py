"""Figures about requests of authorities, nobody's: by country and instrument, and how many accounts were disclosed to whom."""

import re
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from uuid import UUID

from kept.cells import Cells
from kept.legal.cases import Case, cases_with, serving
from kept.legal.works import Works
from kept.vault import Reason

_COUNTED = """
SELECT country, instrument, count(*) AS received,
    count(*) FILTER (WHERE state = 'refused') AS refused,
    count(valid_at) AS valid,
    count(*) FILTER (WHERE state = 'withdrawn') AS withdrawn,
    count(produced_at) AS produced,
    coalesce(sum(disclosed), 0) AS accounts
FROM legal_request GROUP BY country, instrument
"""
_NAMES = ("received", "refused", "valid", "withdrawn", "produced", "accounts")
_GIVEN = "SELECT case_id, disclosed FROM legal_request WHERE produced_at IS NOT NULL"
_STEPS = (1, 10, 50, 100)
_CASE = "case:"
_OURS = re.compile(rf"\A{_CASE}[0-9a-f]{{8}}(-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}\Z")


@dataclass(frozen=True, slots=True)
class Figure:
    """What authorities of a country asked for by one instrument."""

    country: str
    instrument: str
    received: int
    refused: int
    valid: int
    """Found valid and narrowed, whatever became of them then."""
    withdrawn: int
    produced: int
    """Answered with a package."""
    accounts: int
    """Accounts of which something was in these packages."""


async def figures(cells: Cells) -> list[Figure]:
    """All requests that are on record here, by country and instrument."""
    added: dict[tuple[str, str], Counter[str]] = {}
    for cell in await serving(cells):
        for row in await cell.database.fetch(_COUNTED):
            counts = {name: row[name] for name in _NAMES}
            added.setdefault((row["country"], row["instrument"]), Counter()).update(counts)
    return [Figure(country, instrument, **counts) for (country, instrument), counts in sorted(added.items())]


async def disclosed(works: Works) -> tuple[Counter[str], list[Case], int]:
    """Accounts disclosed, by country: what the vaults opened under legal process by their own record, which nothing is opened
    without; and what packages say that were made, where more was given than had to be opened.

    Also the cases that they were opened in, and how many were opened in cases that are not here.
    """
    opened: dict[str, set[UUID]] = {}
    for vault in works.vaults.values():
        for one in await vault.openings():
            if one.reason is Reason.LEGAL_PROCESS:  # an authorisation is about one account
                opened.setdefault(one.case, set()).add(one.authorisation_id)
    given = {
        f"{_CASE}{row['case_id']}": int(row["disclosed"] or 0)
        for cell in await serving(works.cells)
        for row in await cell.database.fetch(_GIVEN)
    }
    ids = {UUID(name.removeprefix(_CASE)) for name in opened.keys() | given.keys() if _OURS.match(name)}
    known = {case.ledger_object: case for case in await cases_with(works.cells, ids)}
    told: Counter[str] = Counter()
    for name, case in known.items():
        told[case.country] += max(len(opened.get(name, ())), given.get(name, 0))
    elsewhere = sum(len(opened[name]) for name in opened.keys() - known.keys())
    return told, list(known.values()), elsewhere


def band(number: int) -> str:
    """A number as it is published: one that goes up by one would tell which country has just asked for something."""
    if number < _STEPS[0]:
        return "0"
    for low, high in pairwise(_STEPS):
        if number < high:
            return f"{low}–{high - 1}"
    low = number // 100 * 100
    return f"{low}–{low + 99}"
