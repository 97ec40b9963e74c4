"""`kept vault`: the process that holds root keys and key stores, and lends members' keys over its socket.

Started by root, it becomes the user `kept-vault` once everything is open and loaded, before it answers anybody. What is
loaded later could be out of that user's reach, so nothing is.
"""

import asyncio
import contextlib
import os
import pwd
import signal
import socket

import structlog

from kept.app.compose import open_keys
from kept.app.starting import started
from kept.kit import KeptError, Settings
from kept.kit.processes import become
from kept.kit.settings import BadSettings
from kept.postgres import Account, admit, server_account, system_account
from kept.runtime import KeyHolders
from kept.vault.apart import VaultServer, bound_socket
from kept.vault.kms import VAULT_USER, hand_over

_log = structlog.get_logger()


def hold(settings: Settings) -> None:
    """Answer until told to stop.

    Raises:
        BadSettings: `vault.users` names somebody whom this machine doesn't know; there can be no socket where it says.
        BadCatalog, NotRunning: see open_keys.
        NoServerUser, FolderNotFit: we are root, and can't become the vault's user.
        ForeignKeyStore, RootKeyLost, WrongKey, KeyFileExposed (all Fatal): the keys are not what they must be.
    """
    allowed = _allowed(settings)
    user = _prepared_user(settings)
    holders = open_keys(settings)
    listening = _bound(settings, allowed)
    asyncio.run(_hold(holders, VaultServer(holders.by_cell, allowed=allowed), listening, user))


def _allowed(settings: Settings) -> set[int]:
    """The numbers of the users who may ask."""
    try:
        return {pwd.getpwnam(name).pw_uid for name in settings.vault.users} or {os.geteuid()}
    except KeyError as error:
        raise BadSettings(why=f"vault.users: {error.args[0]}") from error


def _bound(settings: Settings, allowed: set[int]) -> socket.socket:
    try:
        return bound_socket(settings.vault_socket, owner=os.geteuid(), open_to_all=allowed != {os.geteuid()})
    except OSError as error:
        raise BadSettings(why=f"vault.socket: {error}") from error


def _prepared_user(settings: Settings) -> Account:
    """Whom we are to become: somebody who can pass to the database server's socket and to the root keys, if these are files."""
    user = system_account(VAULT_USER)
    if user.other:
        admit(settings.data_folder, server_account())
        if settings.vault.kms == "local":
            hand_over(settings.data_folder / "keys", user.uid, user.gid)
    return user


async def _hold(holders: KeyHolders, server: VaultServer, listening: socket.socket, user: Account) -> None:
    serving = asyncio.ensure_future(_serve(holders, server, listening, user))
    for told in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(told, serving.cancel)
    try:
        with contextlib.suppress(asyncio.CancelledError):
            await serving
    finally:
        await holders.close()


async def _serve(holders: KeyHolders, server: VaultServer, listening: socket.socket, user: Account) -> None:
    """Look at every key store and root first: one that is not what it must be ends the process before it answers anybody."""
    for cell, holder in holders.by_cell.items():
        try:
            await holder.start()
        except KeptError as error:  # it passes, or an operator mends it; until then, who asks is told so
            if user.other:
                raise
            _log.warning("vault.not_ready", cell=cell, error=error.code)
    if user.other:
        await _become(user, holders)
    started()
    await server.run(listening)


async def _become(user: Account, holders: KeyHolders) -> None:
    """Be the vault's user from now on, with everything loaded, and see that key stores and roots are in its reach."""
    for store in holders.stores:
        async with store.begin():  # which loads what a transaction needs
            pass
    become(user.uid, user.gid, sorted({*os.getgrouplist(user.name, user.gid), server_account().gid}))
    for holder in holders.by_cell.values():
        await holder.backup_key(None)  # makes one that nobody keeps: wraps and unwraps
