"""The directory: the only store that all cells share. Opaque member id, public handle, keyed hash of a login -> cell.

A sign-up claims its names here first, then writes the account in its cell, then confirms. A claim that was never
confirmed (the process died in between) lapses after ten minutes, and its names are free again.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from kept.cells.models import DirectoryHandle, DirectoryLogin, DirectoryMember
from kept.kit import Database, KeptError, Kind

CLAIM_LAPSES = timedelta(minutes=10)


class NameTaken(KeptError):
    code = "name_taken"
    kind = Kind.CONFLICT
    message = "That {what} is taken. Choose another one."


@dataclass(frozen=True, slots=True)
class Home:
    """Who somebody is, and where they live."""

    member_id: UUID
    cell: str


class Directory:
    """Look-ups and claims. Homes are cached: they change only when a member moves, and a move forgets them."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._homes: dict[UUID, str] = {}

    async def claim(self, home: Home, *, handle: str, login: bytes | None, now: datetime) -> None:
        """Reserve an id, a handle (lower case) and a keyed login for a new member.

        Raises:
            NameTaken: the handle, or the login, belongs to somebody else.
        """
        async with self.database.begin() as connection:
            await _drop_lapsed(connection, handle, login, now)
            try:
                await connection.execute(
                    insert(DirectoryMember).values(member_id=home.member_id, cell=home.cell, claimed_at=now)
                )
                await connection.execute(insert(DirectoryHandle).values(handle=handle, member_id=home.member_id))
                if login is not None:
                    await connection.execute(insert(DirectoryLogin).values(login_index=login, member_id=home.member_id))
            except IntegrityError as error:
                constraint = getattr(getattr(error.orig, "__cause__", None), "constraint_name", None) or ""
                taken = "e-mail address" if constraint.startswith(DirectoryLogin.__tablename__) else "name"
                raise NameTaken(what=taken) from error

    async def confirm(self, member_id: UUID, *, now: datetime) -> bool:
        """The account behind a claim is written. False: the claim lapsed before that, and its names may be another's."""
        mine = DirectoryMember.member_id == member_id
        async with self.database.begin() as connection:
            done = await connection.execute(sa.update(DirectoryMember).where(mine).values(confirmed_at=now))
        return done.rowcount == 1

    async def in_doubt(
        self, *, before: datetime, handle: str | None = None, login: bytes | None = None
    ) -> list[Home]:
        """Claims made before a moment and never confirmed: all of them, or those that hold one of two names."""
        doubtful = sa.select(DirectoryMember.member_id, DirectoryMember.cell).where(
            DirectoryMember.confirmed_at.is_(None), DirectoryMember.claimed_at < before
        )
        if handle is not None:
            doubtful = doubtful.where(DirectoryMember.member_id.in_(_holders(handle, login)))
        async with self.database.begin() as connection:
            return [Home(row.member_id, row.cell) for row in await connection.execute(doubtful)]

    async def release(self, member_id: UUID) -> None:
        """Forget a member: id, handle and login."""
        async with self.database.begin() as connection:
            for table in (DirectoryLogin, DirectoryHandle, DirectoryMember):
                await connection.execute(sa.delete(table).where(table.member_id == member_id))
        self._homes.pop(member_id, None)

    async def home(self, member_id: UUID) -> str | None:
        """The cell that somebody lives in."""
        if member_id not in self._homes:
            rows = await self.database.fetch("SELECT cell FROM member WHERE member_id = $1", member_id)
            if not rows:
                return None
            if len(self._homes) > 100_000:
                self._homes.clear()
            self._homes[member_id] = rows[0]["cell"]
        return self._homes[member_id]

    async def by_handle(self, handle: str) -> Home | None:
        """Who has a handle; nobody, for a text that PostgreSQL can't hold."""
        return None if "\x00" in handle else await self._find("handle", "handle", handle.lower())

    async def by_login(self, login: bytes) -> Home | None:
        """Who signs in with the address behind a keyed hash."""
        return await self._find("login", "login_index", login)

    async def homes(self, members: list[UUID]) -> dict[UUID, str]:
        """The homes of many, in one round trip; whoever is unknown is left out."""
        rows = await self.database.fetch("SELECT member_id, cell FROM member WHERE member_id = ANY($1)", members)
        return {row["member_id"]: row["cell"] for row in rows}

    async def _find(self, table: str, column: str, value: str | bytes) -> Home | None:
        sql = f"SELECT m.member_id, m.cell FROM {table} t JOIN member m USING (member_id) WHERE t.{column} = $1"  # noqa: S608
        rows = await self.database.fetch(sql, value)
        return Home(rows[0]["member_id"], rows[0]["cell"]) if rows else None


async def _drop_lapsed(connection: AsyncConnection, handle: str, login: bytes | None, now: datetime) -> None:
    """Free the names asked for, if a claim that was never confirmed holds them."""
    lapsed = sa.and_(
        DirectoryMember.member_id.in_(_holders(handle, login)),
        DirectoryMember.confirmed_at.is_(None),
        DirectoryMember.claimed_at < now - CLAIM_LAPSES,
    )
    rows = await connection.execute(sa.delete(DirectoryMember).where(lapsed).returning(DirectoryMember.member_id))
    gone = list(rows.scalars())
    if gone:
        await connection.execute(sa.delete(DirectoryHandle).where(DirectoryHandle.member_id.in_(gone)))
        await connection.execute(sa.delete(DirectoryLogin).where(DirectoryLogin.member_id.in_(gone)))


def _holders(handle: str, login: bytes | None) -> sa.Select[UUID] | sa.CompoundSelect[UUID]:
    """Whose a handle is, and whose a login."""
    holders = sa.select(DirectoryHandle.member_id).where(DirectoryHandle.handle == handle)
    if login is None:
        return holders
    return holders.union(sa.select(DirectoryLogin.member_id).where(DirectoryLogin.login_index == login))
