"""postgres: the embedded PostgreSQL server: its programs, folder, processes, databases and login roles.

Owns the server's whole life, whatever kills it or us: one owner a folder, no process left behind, no folder opened to
others, no private value in a log. Never knows what is stored: tables belong to the floors above.
Start reading at `server.py` (the life), then `layout.py` (the folder) and `account.py` (as whom it runs).
"""

from kept.postgres.account import Account, admit, server_account, system_account
from kept.postgres.errors import (
    AlreadyRunning,
    FolderNotFit,
    NoPrograms,
    NoServerUser,
    NoSuchDatabase,
    NotRunning,
    OtherVersion,
    ServerFailed,
    StatementFailed,
)
from kept.postgres.layout import write_private
from kept.postgres.locks import FolderLock
from kept.postgres.server import EmbeddedPostgres

__all__ = [
    "Account",
    "AlreadyRunning",
    "EmbeddedPostgres",
    "FolderLock",
    "FolderNotFit",
    "NoPrograms",
    "NoServerUser",
    "NoSuchDatabase",
    "NotRunning",
    "OtherVersion",
    "ServerFailed",
    "StatementFailed",
    "admit",
    "server_account",
    "system_account",
    "write_private",
]
