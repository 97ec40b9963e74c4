"""Faults at every step: a store and a database whose every effect can fail just before or just after it happens."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from kept.kit import Database
from kept.ledger import Store


class Injected(OSError):
    """The fault."""


class Faults:
    """Counts effects, and fails at number `at`: before it happens, or after."""

    def __init__(self, at: int, *, after: bool) -> None:
        self.at = at
        self.after = after
        self.seen = 0
        self.fired = ""

    @asynccontextmanager
    async def effect(self, what: str) -> AsyncIterator[None]:
        mine, self.seen = self.seen == self.at, self.seen + 1
        if mine:
            self.fired = what
        if mine and not self.after:
            raise Injected(f"before {what}")
        yield
        if mine:
            raise Injected(f"after {what}")


class FaultyStore:
    """A store; each file is an effect."""

    def __init__(self, inner: Store, faults: Faults) -> None:
        self._inner = inner
        self._faults = faults

    async def probe(self) -> None:
        async with self._faults.effect("probe"):
            await self._inner.probe()

    async def get(self, key: str) -> bytes | None:
        async with self._faults.effect(f"get {key}"):
            return await self._inner.get(key)

    async def create(self, files: Mapping[str, bytes]) -> None:
        for key, data in files.items():
            async with self._faults.effect(f"create {key}"):
                await self._inner.create({key: data})

    async def replace(self, key: str, data: bytes) -> None:
        async with self._faults.effect(f"replace {key}"):
            await self._inner.replace(key, data)

    async def drop_partials(self, key: str) -> None:
        async with self._faults.effect(f"drop {key}"):
            await self._inner.drop_partials(key)


class FaultyDatabase:
    """A database on a hot path; each statement and each commit is an effect."""

    def __init__(self, inner: Database, faults: Faults) -> None:
        self._inner = inner
        self._faults = faults
        self.name = inner.name

    async def pool(self) -> "FaultyDatabase":
        return self

    async def fetch(self, statement: str, *values: Any) -> Any:
        async with self._faults.effect(statement):
            return await self._inner.fetch(statement, *values)

    @asynccontextmanager
    async def acquire(self) -> AsyncIterator[Any]:
        pool = await self._inner.pool()
        async with pool.acquire() as connection:
            yield _FaultyConnection(connection, self._faults)


class _FaultyConnection:
    def __init__(self, inner: Any, faults: Faults) -> None:
        self._inner = inner
        self._faults = faults

    async def fetch(self, statement: str, *values: Any) -> Any:
        async with self._faults.effect(statement):
            return await self._inner.fetch(statement, *values)

    async def fetchrow(self, statement: str, *values: Any) -> Any:
        async with self._faults.effect(statement):
            return await self._inner.fetchrow(statement, *values)

    async def execute(self, statement: str, *values: Any) -> Any:
        async with self._faults.effect(statement):
            return await self._inner.execute(statement, *values)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[None]:
        transaction = self._inner.transaction()
        await transaction.start()
        try:
            yield
        except BaseException:
            await transaction.rollback()
            raise
        if self._faults.seen == self._faults.at and not self._faults.after:
            await transaction.rollback()  # a commit that fails
        async with self._faults.effect("COMMIT"):
            await transaction.commit()
