"""Database sessions: one `Database` a PostgreSQL database, with SQLAlchemy Core for verbs and bare asyncpg for hot paths.

A transaction is committed at the edge only: verbs are handed one and never commit it.
"""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import asyncpg
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from kept.kit.errors import KeptError, Kind

DATABASE_AWAY = (OSError, asyncpg.PostgresConnectionError, asyncpg.InterfaceError, asyncpg.CannotConnectNowError)
"""What is raised while a server is down or coming up; it passes."""


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
        self.address = urlunsplit(parts._replace(query=urlencode(query)))
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
                pool_pre_ping=True,
                connect_args={"ssl": self._tls} if self._tls else {},
            )
        return self._engine

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[AsyncConnection]:
        """A transaction: committed when the block ends, rolled back when it raises."""
        async with self.engine.begin() as connection:
            yield connection

    async def pool(self) -> "asyncpg.Pool[asyncpg.Record]":
        """Bare asyncpg connections, for statements on a hot path and for LISTEN."""
        async with self._opening:  # two that come first together must not make two
            if self._pool is None:
                self._pool = await asyncpg.create_pool(
                    self.address, min_size=1, max_size=self._pool_size, ssl=self._tls or None
                )
            return self._pool

    async def fetch(self, statement: str, *values: Any) -> list[asyncpg.Record]:
        """One round trip on the hot path; asyncpg keeps the statement prepared."""
        pool = self._pool or await self.pool()
        return await pool.fetch(statement, *values)

    @asynccontextmanager
    async def listening(self, channel: str, wake: asyncio.Event) -> AsyncIterator[None]:
        """Set `wake` whenever something is notified on `channel`; reconnects by itself, and wakes when it has."""
        task = asyncio.create_task(self._listen(channel, wake))
        try:
            yield
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def _listen(self, channel: str, wake: asyncio.Event) -> None:
        while True:
            with contextlib.suppress(*DATABASE_AWAY):
                connection = await asyncpg.connect(self.address, ssl=self._tls or None)
                try:
                    gone = asyncio.Event()
                    connection.add_termination_listener(lambda _connection, gone=gone: gone.set())
                    await connection.add_listener(channel, lambda *_: wake.set())
                    wake.set()
                    await gone.wait()
                finally:
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
