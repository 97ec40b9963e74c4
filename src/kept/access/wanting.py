"""What staff may ask for, derived from the catalogue: every column of members' own tables, with its level and purposes."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from uuid import UUID

from kept.access.states import LONGEST, needed
from kept.catalog import CellRow, Level, Nature, Purpose
from kept.kit import KeptError, Kind
from kept.subjects import OwnedTable, owned_tables, rule_of
from kept.vault import SealedColumn

MOST_PEOPLE = 100
_CASE = re.compile(r"\A[A-Z0-9][A-Z0-9./-]{0,63}\Z")
SHORTEST_REASON, LONGEST_REASON = 10, 1_000


class BadRequest(KeptError):
    code = "bad_access_request"
    kind = Kind.INVALID
    message = "Nothing was asked for: {why}."


@dataclass(frozen=True, slots=True)
class Choice:
    """A column that can be asked for: `place` is `table.column`."""

    place: str
    table: str
    about: str
    level: Level
    purposes: frozenset[Purpose]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for. `clear`: shown without a mask; `minutes` run from the last approval on."""

    members: tuple[UUID, ...]
    fields: tuple[str, ...]
    purpose: Purpose
    reason: str
    case_ref: str = ""
    clear: bool = False
    minutes: int = 60


@cache
def tables() -> Mapping[str, OwnedTable]:
    """Members' own tables, by name."""
    return {one.name: one for one in owned_tables(CellRow.metadata, (Nature.RECORD,))}


@cache
def choices() -> dict[str, Choice]:
    """Everything of members' that is anybody's to read, by place.

    What is secret is not there, nor what is restricted and not sealed: without a vault to ask, no proof would be looked at.
    """
    found = {}
    for table in tables().values():
        for column in table.table.c:
            rule = rule_of(column)
            unsealed = rule.level is Level.RESTRICTED and not isinstance(column.type, SealedColumn)
            if rule.level < Level.SECRET and not unsealed and column.name != table.owner:
                place = f"{table.name}.{column.name}"
                found[place] = Choice(place, table.name, rule.about, rule.level, rule.purposes)
    return found


def level_of(fields: Collection[str]) -> Level:
    """The highest level among fields. Raises BadRequest: none, an unknown one, or one that nobody reads."""
    if not fields:
        raise BadRequest(why="choose at least one field")
    known = choices()
    for place in fields:
        if place not in known:
            raise BadRequest(why=f"there is no field {place[:80]} that anybody reads")
    return max(known[place].level for place in fields)


def purposes_of(fields: Collection[str]) -> frozenset[Purpose]:
    """What all of these fields may be used for."""
    found = [choices()[place].purposes for place in fields]
    return frozenset.intersection(*found) if found else frozenset()


def fits(fields: Collection[str], purpose: Purpose) -> bool:
    """Whether the catalogue allows every field that is not public for a purpose."""
    return all(purpose in choices()[place].purposes or choices()[place].level is Level.PUBLIC for place in fields)


def check(wanted: Wanted) -> Level:
    """The level of what is wanted. Raises BadRequest: it can't be asked in this way; says what is missing."""
    level = level_of(wanted.fields)
    if not wanted.members:
        raise BadRequest(why="say whose data it is")
    if len(wanted.members) > MOST_PEOPLE:
        raise BadRequest(why=f"ask for at most {MOST_PEOPLE} people at a time")
    if not SHORTEST_REASON <= len(wanted.reason.strip()) <= LONGEST_REASON:
        raise BadRequest(why=f"give a reason of {SHORTEST_REASON} to {LONGEST_REASON} characters")
    if wanted.case_ref and not _CASE.match(wanted.case_ref):
        raise BadRequest(why="a case has a number of capital letters, digits, “.”, “/” and “-”, and names nobody")
    if needed(level).case and not wanted.case_ref:
        raise BadRequest(why="restricted data is read for a case: give its number")
    if not timedelta(minutes=1) <= timedelta(minutes=wanted.minutes) <= LONGEST:
        raise BadRequest(why=f"it may last from a minute to {LONGEST.days} days")
    return level


def by_table(fields: Sequence[str]) -> dict[str, list[str]]:
    """Column names by table, in the order of the schema."""
    wanted, found = set(fields), dict[str, list[str]]()
    for place in choices():
        if place in wanted:
            table, _, column = place.partition(".")
            found.setdefault(table, []).append(column)
    return found
