"""The operating-system user that the server runs as, and what that user can reach.

PostgreSQL refuses root: then it runs as `kept-postgres`, who owns the data and nothing else; else it runs as oneself. Other
processes that root starts can have users of their own, too; those that need the server are in its user's group.
"""

import fcntl
import grp
import os
import pwd
import shutil
import stat
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kept.postgres.errors import FolderNotFit, NoServerUser

NAME = "kept-postgres"

_MAKING = Path("/run/kept-accounts.lock")
"""Held by whoever makes a user: while two are made at once, one can be seen that will not stay."""


@dataclass(frozen=True, slots=True)
class Account:
    """Who the server runs as. `other` tells whether that is somebody else than we are."""

    name: str
    uid: int
    gid: int
    other: bool

    @property
    def popen(self) -> dict[str, Any]:
        """What subprocess needs to run a program as this user, with no group of ours."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.other else {}

    def own(self, path: Path) -> None:
        """Give a file or folder to this user."""
        if self.other:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)


def server_account() -> Account:
    """Whom the server runs as; makes the system user where we are root and it is missing.

    Raises:
        NoServerUser: it is missing and can't be made.
    """
    return system_account(NAME)


def system_account(name: str) -> Account:
    """A user of that name where we are root, made if need be; else ourselves. Raises NoServerUser."""
    if os.geteuid() != 0:
        return Account(str(os.geteuid()), os.geteuid(), os.getegid(), other=False)
    with _one_at_a_time():
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            entry = _made(name)
    return Account(name, entry.pw_uid, entry.pw_gid, other=True)


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    descriptor = os.open(_MAKING, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def blocked_at(path: Path, account: Account) -> Path | None:
    """The first folder on the way to `path`, `path` included, that the account may not pass through; else None.

    Looks at owner, group and mode only: where an access list grants more, the answer errs on the side of refusing.
    """
    if not account.other:
        return None
    for folder in (*reversed(path.parents), path):
        if not _may_pass(folder.stat(), account):
            return folder
    return None


def admit(folder: Path, account: Account) -> None:
    """Make `folder` (which is Kept's own) if need be, and let the account pass through it, but nobody else.

    A folder that is closed to others stays so: it is handed to the account's group with the right to pass, and no more.

    Raises:
        FolderNotFit: the account can't pass a folder above it, and Kept opens no folder that is not its own.
    """
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    above = missing[-1].parent if missing else folder.parent
    blocked = blocked_at(above, account)
    if blocked is not None:
        raise _unfit(folder, blocked, account)
    for path in reversed(missing):
        path.mkdir(mode=0o700)
        if account.other:
            os.chown(path, -1, account.gid)
            path.chmod(0o710)
    mine = folder.stat()
    if not account.other or _may_pass(mine, account):
        return
    if mine.st_uid != 0 or mine.st_mode & stat.S_IRWXG:  # it is open to some other group, which we would shut out
        raise _unfit(folder, folder, account)
    os.chown(folder, -1, account.gid)
    folder.chmod(stat.S_IMODE(mine.st_mode) | stat.S_IXGRP)


def _unfit(folder: Path, blocked: Path, account: Account) -> FolderNotFit:
    return FolderNotFit(
        folder=folder,
        why=f"{blocked} is closed to the user {account.name}, as whom PostgreSQL runs because we are root.",
        remedy="Kept opens no folder to others: choose another with --data (such as /var/lib/kept), "
        "or start Kept as an ordinary user.",
    )


def _may_pass(status: os.stat_result, account: Account) -> bool:
    if status.st_uid == account.uid:
        return bool(status.st_mode & stat.S_IXUSR)
    if status.st_gid == account.gid:
        return bool(status.st_mode & stat.S_IXGRP)
    return bool(status.st_mode & stat.S_IXOTH)


def _made(name: str) -> pwd.struct_passwd:
    """Make the system user, with whichever of the usual programs there is."""
    choices = (
        ["useradd", "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin"],
        ["adduser", "--system", "--group", "--no-create-home"],
    )
    why = "there is neither useradd nor adduser"
    for command in choices:
        program = shutil.which(command[0], path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
        if program is None:
            continue
        done = subprocess.run([program, *command[1:], name], capture_output=True, text=True, check=False)
        why = (done.stderr or done.stdout).strip()
        try:  # another of us may have made it in the meantime
            entry = pwd.getpwnam(name)
            grp.getgrgid(entry.pw_gid)
        except KeyError:
            continue
        return entry
    raise NoServerUser(user=name, why=why)
