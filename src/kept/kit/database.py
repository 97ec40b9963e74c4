"""Database sessions: one `Database` a PostgreSQL database, with SQLAlchemy Core for verbs and bare asyncpg for hot paths.

A transaction is committed at the edge only: verbs are handed one and never commit it.
"""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import asyncpg
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from kept.kit.errors import KeptError, Kind


class DatabaseAway(KeptError):
    """The server is down, coming up or going down; whether the last statement took effect is not known."""

    code = "database_away"
    kind = Kind.BUSY
    message = "We can't get at our records for the moment. Try again in a few seconds."


DATABASE_AWAY = (
    DatabaseAway,
    OSError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # a connection that broke off in the middle of the protocol
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.CannotConnectNowError,
)
"""What is raised while a server is down or coming up; it passes. `Database` tells it as DatabaseAway."""


class PlainDatabaseLink(KeptError):
    code = "plain_database_link"
    kind = Kind.INVALID
    message = "The database {address} is on another machine: its address needs sslmode=verify-full."


class Database:
    """One PostgreSQL database, 15 or newer, addressed like libpq does: `postgresql://user:password@host/name?sslmode=…`.

    Raises:
        PlainDatabaseLink: a host that is neither a socket folder nor loopback, without `sslmode=verify-full`.
    """

    def __init__(self, address: str, *, pool: int = 8) -> None:
        parts = urlsplit(address)
        query = dict(parse_qsl(parts.query))
        tls = _tls(parts.hostname or query.get("host", ""), query)
        told = f"?{urlencode(query)}" if query else ""
        self.address = f"{parts.scheme}://{parts.netloc}{parts.path}{told}"  # urlunsplit drops the // of an empty host
        self.name = parts.path.lstrip("/")
        self._tls = tls
        self._pool_size = pool
        self._opening = asyncio.Lock()
        self._engine: AsyncEngine | None = None
        self._pool: asyncpg.Pool[asyncpg.Record] | None = None

    @property
    def engine(self) -> AsyncEngine:
        """The SQLAlchemy engine, made at first use."""
        if self._engine is None:
            self._engine = create_async_engine(
                self.address.replace("postgresql://", "postgresql+asyncpg://", 1),
                pool_size=self._pool_size,
                max_overflow=0,
                hide_parameters=True,  # an error's text goes to logs; the values are somebody's
                connect_args={"ssl": self._tls} if self._tls else {},
            )
            sa.event.listen(self._engine.sync_engine, "checkout", _must_be_open)
        return self._engine

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[AsyncConnection]:
        """A transaction: committed when the block ends, rolled back when it raises. Raises DatabaseAway."""
        begun = False
        try:
            async with self.engine.begin() as connection:
                begun = True
                yield connection
        except sa.exc.DBAPIError as error:
            if error.connection_invalidated or is_away(error.orig and error.orig.__cause__):
                raise DatabaseAway from error
            raise
        except DATABASE_AWAY as error:
            if begun or not is_away(error):  # the block's own business
                raise
            raise DatabaseAway from error

    async def pool(self) -> "asyncpg.Pool[asyncpg.Record]":
        """Bare asyncpg connections, for statements on a hot path and for LISTEN."""
        async with self._opening:  # two that come first together must not make two
            if self._pool is None:
                self._pool = await asyncpg.create_pool(
                    self.address, min_size=1, max_size=self._pool_size, ssl=self._tls or None, reset=_as_it_is
                )
            return self._pool

    async def fetch(self, statement: str, *values: Any) -> list[asyncpg.Record]:
        """One round trip on the hot path; asyncpg keeps the statement prepared. Raises DatabaseAway."""
        try:
            pool = self._pool or await self.pool()
            rows: list[asyncpg.Record] = await pool.fetch(statement, *values)
        except DATABASE_AWAY as error:
            if is_away(error):
                raise DatabaseAway from error
            raise
        return rows

    @asynccontextmanager
    async def listening(self, channel: str, wake: asyncio.Event) -> AsyncIterator[None]:
        """Set `wake` whenever something is notified on `channel`; reconnects by itself, and wakes when it has."""
        async with self.hearing(channel, lambda _told: wake.set(), lambda up: wake.set() if up else None):
            yield

    @asynccontextmanager
    async def hearing(
        self, channel: str, heard: Callable[[str], None], connected: Callable[[bool], None]
    ) -> AsyncIterator[None]:
        """Hand over what is notified on `channel`; `connected` says from when on nothing is missed, and when that ends."""
        task = asyncio.create_task(self._listen(channel, heard, connected))
        try:
            yield
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def _listen(self, channel: str, heard: Callable[[str], None], connected: Callable[[bool], None]) -> None:
        while True:
            with contextlib.suppress(*DATABASE_AWAY):
                connection = await asyncpg.connect(self.address, ssl=self._tls or None)
                try:
                    gone = asyncio.Event()
                    connection.add_termination_listener(lambda _connection, gone=gone: gone.set())
                    await connection.add_listener(channel, lambda *told: heard(told[3]))
                    connected(True)
                    await gone.wait()
                finally:
                    connected(False)
                    connection.terminate()
            await asyncio.sleep(1)

    async def close(self) -> None:
        """Return every connection."""
        if self._engine is not None:
            await self._engine.dispose()
            self._engine = None
        if self._pool is not None:
            await self._pool.close()
            self._pool = None


def is_away(error: BaseException | None) -> bool:
    """Whether an error of the driver says that the server is away. Its InterfaceError also tells of wrong programs."""
    if isinstance(error, asyncpg.InterfaceError):
        return "clos" in str(error)  # "connection is closed", "pool is closing"
    return isinstance(error, DATABASE_AWAY)


async def _as_it_is(_connection: object) -> None:
    """Give a connection back as it is: `fetch` runs single statements, which leave nothing behind, and a reset is a round
    trip as long as the statement itself."""


def _must_be_open(connection: Any, *_: object) -> None:
    """Have the pool replace a connection that the server closed, which the driver has noticed by itself: asking the server
    takes three round trips, as many as a short transaction."""
    if connection.driver_connection.is_closed():
        raise sa.exc.DisconnectionError


def _tls(host: str, query: dict[str, str]) -> ssl.SSLContext | None:
    """What `sslmode` and `sslrootcert` ask for; takes both out of `query`."""
    mode = query.pop("sslmode", "")
    root = query.pop("sslrootcert", None)
    if mode == "verify-full":
        return ssl.create_default_context(cafile=root)
    if host and not host.startswith("/") and host not in ("localhost", "127.0.0.1", "::1"):
        raise PlainDatabaseLink(address=host)
    return None


def compiled(statement: sa.ClauseElement) -> str:
    """SQL text of a Core statement for the hot path, in asyncpg's numbering (`$1`, `$2`, …)."""
    from sqlalchemy.dialects.postgresql import asyncpg as dialect

    return str(statement.compile(dialect=dialect.dialect()))  # type: ignore[no-untyped-call]
