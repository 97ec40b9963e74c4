"""`kept vault`: the process that holds root keys and key stores, and lends members' keys over its socket."""

import asyncio
import contextlib
import os
import pwd
import signal
import socket

import structlog

from kept.app.compose import open_keys
from kept.kit import KeptError, Settings
from kept.kit.settings import BadSettings
from kept.runtime import KeyHolders
from kept.vault.apart import VaultServer, bound_socket

_log = structlog.get_logger()


def hold(settings: Settings) -> None:
    """Answer until told to stop.

    Raises:
        BadSettings: `vault.users` names somebody whom this machine doesn't know.
        BadCatalog, NotRunning: see open_keys.
        ForeignKeyStore, RootKeyLost, WrongKey, KeyFileExposed (all Fatal): the keys are not what they must be.
    """
    allowed = _allowed(settings)
    holders = open_keys(settings)
    listening = bound_socket(settings.vault_socket, owner=os.geteuid(), open_to_all=allowed != {os.geteuid()})
    asyncio.run(_hold(holders, listening, allowed))


def _allowed(settings: Settings) -> set[int]:
    """The numbers of the users who may ask."""
    try:
        return {pwd.getpwnam(name).pw_uid for name in settings.vault.users} or {os.geteuid()}
    except KeyError as error:
        raise BadSettings(why=f"vault.users: {error.args[0]}") from error


async def _hold(holders: KeyHolders, listening: socket.socket, allowed: set[int]) -> None:
    serving = asyncio.ensure_future(_serve(holders, VaultServer(holders.by_cell, allowed=allowed), listening))
    for told in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(told, serving.cancel)
    try:
        with contextlib.suppress(asyncio.CancelledError):
            await serving
    finally:
        await holders.close()


async def _serve(holders: KeyHolders, server: VaultServer, listening: socket.socket) -> None:
    """Look at every key store and root first: one that is not what it must be ends the process before it answers anybody."""
    for cell, holder in holders.by_cell.items():
        try:
            await holder.start()
        except KeptError as error:  # it passes, or an operator mends it; until then, who asks is told so
            _log.warning("vault.not_ready", cell=cell, error=error.code)
    await server.run(listening)
