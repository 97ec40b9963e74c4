"""The directory: the only store that all cells share. Opaque member id, public handle, keyed hash of a login -> cell.

A sign-up claims its names here first, then writes the account in its cell, then confirms. A claim that was never
confirmed (the process died in between) lapses after ten minutes, and its names are free again.
"""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from kept.cells.models import CellKey, DirectoryHandle, DirectoryLogin, DirectoryMember
from kept.kit import Database, KeptError, Kind
from kept.ledger import Entry, Signer, VerifierKey, recorded

MOVED = "moved"
"""The PostgreSQL channel on which a process says whose home was switched, by member id."""
MOST_HOMES = 100_000
"""Homes that a process remembers."""
CLAIM_LAPSES = timedelta(minutes=10)
DIRECTORY_NAME = "directory"
"""What the ledger calls the place of an act on the directory itself; no cell has that name."""


class NameTaken(KeptError):
    code = "name_taken"
    kind = Kind.CONFLICT
    message = "That {what} is taken. Choose another one."


class ForgedCellKey(KeptError):
    code = "forged_cell_key"
    kind = Kind.BUG
    message = "The public key of the cell {cell} is not signed by its region's gateway, so nothing was sealed to it."


@dataclass(frozen=True, slots=True)
class Home:
    """Who somebody is, and where they live."""

    member_id: UUID
    cell: str


class Directory:
    """Look-ups and claims. Homes are remembered only while `watching` hears of every move, whichever process makes it."""

    def __init__(
        self,
        database: Database,
        *,
        ours: Collection[str] | None = None,
        signer: Signer | None = None,
        verifiers: Mapping[str, VerifierKey] | None = None,
    ) -> None:
        """`ours` are the cells whose unfinished claims this process may settle; None: of all cells.

        Where regions run apart, `signer` is our gateway's key, and `verifiers` are those of others' cells.
        """
        self.database = database
        self._signer = signer
        self._verifiers = verifiers or {}
        self._ours = None if ours is None else tuple(ours)
        self._homes: dict[UUID, str] = {}
        self._hears = False
        self._moves = 0

    @asynccontextmanager
    async def watching(self) -> AsyncIterator[None]:
        """Hear of moves, and so remember homes, inside the block; look-ups outside of it ask the directory each time."""
        async with self.database.hearing(MOVED, self._moved, self._connected):
            yield

    async def act(self, statement: Any, *entries: Entry, now: datetime) -> Sequence[sa.Row[Any]]:
        """Execute and commit a change of the directory, and record it in the same statement; see `Tx.act`."""
        async with self.database.begin() as connection:
            result = await connection.execute(recorded(statement, entries, cell=DIRECTORY_NAME, now=now))
            return result.all()

    async def claim(self, home: Home, *, handle: str, login: bytes | None, now: datetime) -> None:
        """Reserve an id, a handle (lower case) and a keyed login for a new member.

        Raises:
            NameTaken: the handle, or the login, belongs to somebody else.
        """
        async with self.database.begin() as connection:
            await self._drop_lapsed(connection, handle, login, now)
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

    async def in_doubt(self, *, before: datetime, handle: str | None = None, login: bytes | None = None) -> list[Home]:
        """Claims that we may settle, made before a moment and never confirmed: all, or those that hold one of two names."""
        doubtful = sa.select(DirectoryMember.member_id, DirectoryMember.cell).where(
            DirectoryMember.confirmed_at.is_(None), DirectoryMember.claimed_at < before, self._settled_here()
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
            await connection.execute(sa.select(sa.func.pg_notify(MOVED, str(member_id))))
        self._homes.pop(member_id, None)

    async def home(self, member_id: UUID) -> str | None:
        """The cell that somebody lives in."""
        if member_id in self._homes:
            return self._homes[member_id]
        moves = self._moves
        rows = await self.database.fetch("SELECT cell FROM member WHERE member_id = $1", member_id)
        if not rows:
            return None
        cell: str = rows[0]["cell"]
        if self._hears and moves == self._moves:  # else the answer may be older than what we heard meanwhile
            if len(self._homes) >= MOST_HOMES:
                self._homes.clear()
            self._homes[member_id] = cell
        return cell

    async def has_moved(self, member_id: UUID) -> bool:
        """Whether somebody's home was ever switched."""
        return bool(
            await self.database.fetch("SELECT FROM member WHERE member_id = $1 AND moved_at IS NOT NULL", member_id)
        )

    async def move(self, member_id: UUID, to_cell: str, *, from_cell: str, now: datetime) -> bool:
        """Switch a home, if it is still `from_cell`; every process hears of it as this is committed.

        False: the home is another cell (`to_cell`, when this was done before), or there is no such member.
        """
        mine = sa.and_(DirectoryMember.member_id == member_id, DirectoryMember.cell == from_cell)
        moved = sa.update(DirectoryMember).where(mine).values(cell=to_cell, moved_at=now)
        switched = moved.returning(DirectoryMember.member_id).cte("switched")
        told = sa.func.pg_notify(MOVED, sa.cast(switched.c.member_id, sa.Text))
        async with self.database.begin() as connection:
            done = len((await connection.execute(sa.select(told).select_from(switched))).all()) == 1
        self._moved(str(member_id))
        return done

    async def publish_key(self, cell: str, key: bytes, *, now: datetime) -> None:
        """Tell all cells to which public key things for somebody in `cell` are sealed from now on."""
        signature = None if self._signer is None else self._signer.sign(_key_text(cell, key))
        statement = insert(CellKey).values(cell=cell, key=key, signature=signature, published_at=now)
        fresh = {name: statement.excluded[name] for name in ("key", "signature", "published_at")}
        changed = sa.or_(CellKey.key != statement.excluded.key, CellKey.signature.is_distinct_from(signature))
        async with self.database.begin() as connection:
            await connection.execute(
                statement.on_conflict_do_update(index_elements=["cell"], set_=fresh, where=changed)
            )

    async def key_of(self, cell: str) -> bytes | None:
        """The public key of a cell; None before it told one. One round trip: callers on hot paths remember it.

        Raises:
            ForgedCellKey: others serve that cell, and its gateway did not sign this: whoever can write to the directory
                could read what is sealed to a key of their own.
        """
        rows = await self.database.fetch("SELECT key, signature FROM cell_key WHERE cell = $1", cell)
        if not rows:
            return None
        key: bytes = rows[0]["key"]
        verifier = self._verifiers.get(cell)
        if verifier is not None and not verifier.is_signed(_key_text(cell, key), rows[0]["signature"] or b""):
            raise ForgedCellKey(cell=cell)
        return key

    def _moved(self, member_id: str) -> None:
        self._moves += 1
        self._homes.pop(UUID(member_id), None)

    def _connected(self, up: bool) -> None:
        """From now on every move is heard, or none: what was remembered may be out of date either way."""
        self._hears = up
        self._moves += 1
        self._homes.clear()

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

    async def handles(self, members: list[UUID]) -> dict[UUID, str]:
        """The handles of many, in one round trip; whoever is unknown is left out."""
        rows = await self.database.fetch("SELECT member_id, handle FROM handle WHERE member_id = ANY($1)", members)
        return {row["member_id"]: row["handle"] for row in rows}

    async def _drop_lapsed(self, connection: AsyncConnection, handle: str, login: bytes | None, now: datetime) -> None:
        """Free the names asked for, if a claim that was never confirmed holds them."""
        lapsed = sa.and_(
            DirectoryMember.member_id.in_(_holders(handle, login)),
            DirectoryMember.confirmed_at.is_(None),
            DirectoryMember.claimed_at < now - CLAIM_LAPSES,
            self._settled_here(),
        )
        rows = await connection.execute(sa.delete(DirectoryMember).where(lapsed).returning(DirectoryMember.member_id))
        gone = list(rows.scalars())
        if gone:
            await connection.execute(sa.delete(DirectoryHandle).where(DirectoryHandle.member_id.in_(gone)))
            await connection.execute(sa.delete(DirectoryLogin).where(DirectoryLogin.member_id.in_(gone)))

    def _settled_here(self) -> sa.ColumnElement[bool]:
        """Whether there is a member behind a claim is known by the cell alone: other regions settle their own."""
        return sa.true() if self._ours is None else DirectoryMember.cell.in_(self._ours)

    async def _find(self, table: str, column: str, value: str | bytes) -> Home | None:
        sql = f"SELECT m.member_id, m.cell FROM {table} t JOIN member m USING (member_id) WHERE t.{column} = $1"  # noqa: S608
        rows = await self.database.fetch(sql, value)
        return Home(rows[0]["member_id"], rows[0]["cell"]) if rows else None


def _holders(handle: str, login: bytes | None) -> sa.Select[UUID] | sa.CompoundSelect[UUID]:
    """Whose a handle is, and whose a login."""
    holders = sa.select(DirectoryHandle.member_id).where(DirectoryHandle.handle == handle)
    if login is None:
        return holders
    return holders.union(sa.select(DirectoryLogin.member_id).where(DirectoryLogin.login_index == login))


def _key_text(cell: str, key: bytes) -> bytes:
    """What a gateway signs for a cell's key."""
    return b"kept/cell-key/v1\n" + cell.encode() + b"\n" + key
