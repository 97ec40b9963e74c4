"""The vault's socket: who may connect, what can be said, and what becomes of those who wait when nobody answers."""

import asyncio
import contextlib
import os
import tempfile
from collections.abc import AsyncIterator, Collection
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kept.kit import Database, FixedClock, Kind, new_id
from kept.vault import Beacon, KeyHolder, LocalKms, Reason
from kept.vault.apart import Link, VaultClient, VaultServer, bound_socket, messages
from kept.vault.errors import AskRefused, UnknownCell, VaultAway
from tests.vault.conftest import NOON
from tests.vault.made_up import EMAIL, SCHEMA

SECRET = b"kim@example.org"


class Served:
    """A vault behind a socket, to be ended and started again."""

    def __init__(self, holder: KeyHolder, path: Path) -> None:
        self.holder, self.path = holder, path
        self._task: asyncio.Task[None] | None = None

    def start(self, *allowed: int, asks: Collection[type[messages.Ask]] = messages.FOR_SERVING) -> None:
        listening = bound_socket(self.path, owner=os.geteuid(), open_to_all=False)
        server = VaultServer({"eu": self.holder}, allowed=allowed or (os.geteuid(),), asks=asks)
        self._task = asyncio.create_task(server.run(listening))

    async def end(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
            self._task = None

    def client(self, link: Link) -> VaultClient:
        beacon = Beacon(self.path.parent / "beacon" / "beacon.key")
        return VaultClient("eu", "eu", link, FixedClock(NOON), beacon, metadata=SCHEMA)


@pytest.fixture
async def served(store_address: str, keys_folder: Path) -> AsyncIterator[Served]:
    store = Database(store_address, pool=3)
    beacon = Beacon(keys_folder / "beacon.key")
    holder = KeyHolder("eu", "eu", store, LocalKms(keys_folder), FixedClock(NOON), beacon, metadata=SCHEMA)
    with tempfile.TemporaryDirectory(prefix="kept-vault-") as folder:
        made = Served(holder, Path(folder, "socket"))
        yield made
        await made.end()
    await holder.close()
    await store.close()


async def test_another_user_is_refused(served: Served) -> None:
    served.start(os.geteuid() + 1)
    link = Link(served.path, patience=0.2)
    with pytest.raises(VaultAway):
        await served.client(link).create(new_id())
    await link.close()
    assert served.path.stat().st_mode & 0o777 == 0o600


@pytest.mark.skipif(os.geteuid() != 0, reason="only root becomes others")
async def test_the_users_who_are_named_may_ask_and_nobody_else(reachable_folder: Path) -> None:
    named, other = 12_001, 12_002
    listening = bound_socket(reachable_folder / "socket", owner=0, open_to_all=True)
    server = asyncio.create_task(VaultServer({}, allowed={named}).run(listening))
    for user, told in ((named, UnknownCell), (other, VaultAway), (0, VaultAway)):
        link = Link(reachable_folder / "socket", patience=0.2)
        os.seteuid(user)
        try:
            with pytest.raises(told):
                await link.ask("eu", messages.Reach())
        finally:
            os.seteuid(0)
        await link.close()
    server.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await server


async def test_who_asks_while_the_vault_is_away_is_told_so_and_served_again_when_it_is_back(served: Served) -> None:
    served.start()
    link = Link(served.path)
    vault, member, stranger = served.client(link), new_id(), new_id()
    await vault.create(member)
    sealed = await vault.seal(member, EMAIL, member, SECRET)
    await served.end()
    with pytest.raises(VaultAway) as away:
        await vault.create(stranger)
    assert away.value.kind is Kind.BUSY
    served.start()
    await vault.create(stranger)
    assert await vault.open(member, EMAIL, member, sealed, reason=Reason.OWNER) == SECRET
    await vault.close()
    await link.close()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(junk=st.binary(max_size=300), framed=st.booleans())
def test_malformed_frames_end_their_own_connection_and_nothing_else(junk: bytes, framed: bool, tmp_path: Path) -> None:
    async def talk() -> None:
        with tempfile.TemporaryDirectory(prefix="kept-vault-") as folder:
            path = Path(folder, "socket")
            listening = bound_socket(path, owner=os.geteuid(), open_to_all=False)
            server = asyncio.create_task(VaultServer({}, allowed=(os.geteuid(),)).run(listening))
            reader, writer = await asyncio.open_unix_connection(path)
            writer.write(len(junk).to_bytes(4, "big") + junk if framed else junk)
            writer.write_eof()
            async with asyncio.timeout(5):
                assert await reader.read() == b""
            writer.close()
            link = Link(path)
            with pytest.raises(UnknownCell):  # it answers
                await link.ask("eu", messages.Reach())
            await link.close()
            server.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await server

    asyncio.run(talk())


def test_the_answers_that_hold_a_key_are_these_two() -> None:
    """Every other answer is typed as what it is; none is a bucket's key, a root or a cell's secret."""
    answers = {kind.__name__: kind.answer for kind in get_args(messages.Asks)}
    plain = (None, str, int, bytes, list[int], list[bytes])
    told = {name for name, answer in answers.items() if answer not in plain}
    keyless = {"LookAt", "OpeningsFrom", "Committed", "Entries", "Shred", "LatestRotation", "BeginRotation", "RotateOn"}
    assert told == {"Lend", "BackupKey"} | keyless, "look at what a new answer holds before you put it here"
    assert {name for name, answer in answers.items() if answer is bytes} == {"EnvelopeKey", "OpenEnvelope"}


async def test_who_answers_people_gets_no_backup_key_and_moves_rotates_and_destroys_nothing(served: Served) -> None:
    served.start()
    link = Link(served.path)
    vault, member = served.client(link), new_id()
    await vault.create(member)
    before = await served.holder.oldest_root()
    for asked in (
        vault.backup_key(None),
        vault.hand_over([member], vault),
        vault.forget([member]),
        vault.begin_rotation(),
        vault.rotate_on(),
        vault.destroy_roots(99),
        vault.entries_carried([new_id()]),
    ):
        with pytest.raises(AskRefused):
            await asked
    sealed = await vault.seal(member, EMAIL, member, SECRET)
    assert await vault.open(member, EMAIL, member, sealed, reason=Reason.OWNER) == SECRET
    assert (await served.holder.rotation(), await served.holder.oldest_root()) == (None, before)
    await vault.close()
    await link.close()


async def test_a_buckets_key_cannot_be_had_as_a_backups_key(served: Served) -> None:
    from kept.vault import Wrapped, WrongKey

    served.start(asks=messages.ASKS)
    link = Link(served.path)
    vault = served.client(link)
    await vault.create(new_id())
    [row] = await served.holder._store.fetch("SELECT root_epoch, wrapped FROM bucket_key")
    with pytest.raises(WrongKey):
        await vault.backup_key(Wrapped(row["root_epoch"], row["wrapped"]))
    key, stored = await vault.backup_key(None)
    assert (await vault.backup_key(stored))[0] == key
    await link.close()
