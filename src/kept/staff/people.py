"""The staff directory: entering somebody, moving them to another place of work, their leaving. Each is on record.

The ledger says that it happened and to whom (an opaque id); name, team and place stand here alone.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from kept.accounts import COUNTRIES
from kept.cells import DIRECTORY_NAME, Directory
from kept.kit import KeptError, Kind, new_id
from kept.ledger import Entry, recorded
from kept.policy import Action, Actor, Service, Team, require
from kept.staff.models import StaffMember

_NAME = re.compile(r"\A[a-z][a-z0-9]*(?:[._-][a-z0-9]+)*\Z")
LONGEST_NAME = 40


class BadStaff(KeptError):
    code = "bad_staff"
    kind = Kind.INVALID
    message = "Nobody was entered: {why}."


class NoSuchColleague(KeptError):
    code = "no_such_colleague"
    kind = Kind.NOT_FOUND
    message = "Nobody of that name works here."


@dataclass(frozen=True, slots=True)
class NewColleague:
    """Who is to be entered. `region` is a region's name for a team of its own, or empty; `site` a country (ISO 3166-1)."""

    name: str
    team: Team
    site: str
    region: str = ""
    manager: str = ""


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody in the directory."""

    staff_id: UUID
    name: str
    team: Team
    region: str
    site: str
    manager_id: UUID | None
    added_at: datetime
    ended_at: datetime | None

    def of_security(self, region: str) -> bool:
        """Whether they are of the security team of a region."""
        return self.team is Team.SECURITY and self.region == region


async def enter(
    directory: Directory, new: NewColleague, *, regions: Collection[str], actor: Actor, by: str, now: datetime
) -> UUID:
    """Enter somebody; returns their id. `by` is who does it, for the ledger.

    Raises:
        Refused: the actor is not of the security team.
        BadStaff: no such region, country, team or manager; a name that is no name, or is taken.
    """
    require(actor, Action.MANAGE_STAFF, Service())
    _check(new, regions)
    staff_id = new_id()
    async with directory.database.begin() as connection:
        await connection.execute(sa.text("LOCK TABLE staff_member IN SHARE ROW EXCLUSIVE MODE"))
        taken = await connection.execute(_named(new.name))
        if taken.first() is not None:
            raise BadStaff(why=f"{new.name} works here already")
        manager = None
        if new.manager:
            found = (await connection.execute(_named(new.manager))).first()
            if found is None:
                raise BadStaff(why=f"nobody called {new.manager} works here, who could be the manager")
            manager = found.staff_id
        row = sa.insert(StaffMember).values(
            staff_id=staff_id,
            name=new.name,
            team=new.team.value,
            region=new.region,
            site=new.site,
            manager_id=manager,
            added_at=now,
        )
        entry = Entry("staff.entered", actor=by, object=f"staff:{staff_id}")
        await connection.execute(recorded(row.returning(StaffMember.staff_id), [entry], cell=DIRECTORY_NAME, now=now))
    return staff_id


async def change_site(directory: Directory, staff_id: UUID, site: str, *, actor: Actor, by: str, now: datetime) -> None:
    """Somebody works in another country from now on. Raises Refused, BadStaff, NoSuchColleague."""
    require(actor, Action.MANAGE_STAFF, Service())
    _check_site(site)
    await _change(directory, staff_id, Entry("staff.moved", actor=by, object=f"staff:{staff_id}"), now=now, site=site)


async def leave(directory: Directory, staff_id: UUID, *, actor: Actor, by: str, now: datetime) -> None:
    """Somebody no longer works here: their sessions end with the next request, their grants with it. Raises as above."""
    require(actor, Action.MANAGE_STAFF, Service())
    entry = Entry("staff.left", actor=by, object=f"staff:{staff_id}")
    await _change(directory, staff_id, entry, now=now, ended_at=now, invitation_hash=None)


async def colleagues(directory: Directory, *, gone: bool = False) -> Sequence[Colleague]:
    """Everybody who works here, by name; with `gone`, also who left."""
    rows = await directory.database.fetch(f"{_SELECT} WHERE $1 OR ended_at IS NULL ORDER BY name, added_at", gone)
    return [colleague_of(row) for row in rows]


async def colleague(directory: Directory, who: UUID | str) -> Colleague:
    """Somebody who works here, by id or name. Raises NoSuchColleague."""
    column = "staff_id" if isinstance(who, UUID) else "name"
    rows = await directory.database.fetch(f"{_SELECT} WHERE {column} = $1 AND ended_at IS NULL", who)
    if not rows:
        raise NoSuchColleague
    return colleague_of(rows[0])


async def still_here(directory: Directory, staff_ids: Collection[UUID]) -> frozenset[UUID]:
    """Which of them work here."""
    sql = "SELECT staff_id FROM staff_member WHERE staff_id = ANY($1) AND ended_at IS NULL"
    return frozenset(row["staff_id"] for row in await directory.database.fetch(sql, list(staff_ids)))


_PLAIN = ("staff_id", "name", "region", "site", "manager_id", "added_at", "ended_at")
_SELECT = "SELECT staff_id, name, team, region, site, manager_id, added_at, ended_at FROM staff_member"


def colleague_of(row: Mapping[str, Any]) -> Colleague:
    """A row of `staff_member`, whatever else stands in it."""
    return Colleague(**{name: row[name] for name in _PLAIN}, team=Team(row["team"]))


def _named(name: str) -> sa.Select[UUID]:
    return sa.select(StaffMember.staff_id).where(StaffMember.name == name, StaffMember.ended_at.is_(None))


async def _change(directory: Directory, staff_id: UUID, entry: Entry, *, now: datetime, **values: object) -> None:
    mine = sa.update(StaffMember).where(StaffMember.staff_id == staff_id, StaffMember.ended_at.is_(None))
    if not await directory.act(mine.values(**values).returning(StaffMember.staff_id), entry, now=now):
        raise NoSuchColleague


def _check(new: NewColleague, regions: Collection[str]) -> None:
    if not _NAME.match(new.name) or len(new.name) > LONGEST_NAME:
        raise BadStaff(why="a work name has small letters and digits, with a dot, dash or underscore between words")
    if new.team is Team.NONE:
        raise BadStaff(why="everybody is in a team")
    if new.region and new.region not in regions:
        raise BadStaff(why=f"there is no region {new.region}")
    if new.team is Team.SECURITY and not new.region:
        raise BadStaff(why="the security team is a region's: say which region they oversee")
    _check_site(new.site)


def _check_site(site: str) -> None:
    if site not in COUNTRIES:
        raise BadStaff(why="the place of work is a country, by its two letters (ISO 3166-1)")
