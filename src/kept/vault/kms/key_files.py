"""Files that hold a key: made whole or not at all, for their owner only, refused when anybody else could read them.

Where root runs the vault as a process of its own, that process is the user `kept-vault`, and root keys are this user's. Then
the folder of all keys, which is root's, lets that user's group pass, and shows it nothing.
"""

import contextlib
import os
import pwd
import stat
from pathlib import Path
from uuid import uuid4

from kept.vault.errors import KeyFileExposed, RootKeyLost
from kept.vault.wrapping import KEY_BYTES

_PASSABLE = 0o710


VAULT_USER = "kept-vault"


def hand_over(folder: Path, uid: int, gid: int) -> None:
    """Give the root keys below `folder` to the vault's user, and let that user pass through. For root to do, and to repeat.

    Raises:
        KeyFileExposed: others may look into it, or it is no folder.
    """
    make_folder(folder)
    check_folder(folder)
    os.chown(folder, -1, gid)
    folder.chmod(_PASSABLE)
    for region in folder.iterdir():
        if not region.is_symlink() and region.is_dir():
            os.chown(region, uid, gid)
            for file in region.iterdir():
                if file.lstat().st_nlink == 1:  # another name for a file of somebody's is no key
                    os.chown(file, uid, gid, follow_symlinks=False)


def adopt(path: Path, folder: Path) -> None:
    """Give what root has just made to the vault's user, if `folder` was handed over; else nothing happens."""
    user = _vault_user()
    if os.geteuid() == 0 and user is not None and folder.stat().st_gid == user.pw_gid:
        os.chown(path, user.pw_uid, user.pw_gid, follow_symlinks=False)


def read_key_file(path: Path) -> bytes:
    """The 32 bytes of a key file.

    Raises:
        FileNotFoundError: there is none, or no folder for it.
        KeyFileExposed: a link, another owner's, open to group or others, or not 32 bytes long.
    """
    try:
        file = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise KeyFileExposed(f"{path}: {error.strerror}") from error
    try:
        _check(path, os.fstat(file), stat.S_IFREG)
        key = os.read(file, KEY_BYTES + 1)
    finally:
        os.close(file)
    if len(key) != KEY_BYTES:
        raise KeyFileExposed(f"{path}: {len(key)} bytes are not a key; it is damaged")
    return key


def make_key_file(path: Path, *, among: Path | None = None) -> None:
    """Put a new random key at `path` (0600), complete and on disk before it has its name; one that is there stays.

    A root key is `among` those of a folder: if that was handed over to the vault's user, so is the key.
    """
    draft = path.with_name(f".{uuid4().hex}.draft")
    file = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(file, "wb") as stream:  # writes all or raises, where os.write may write a part
            stream.write(os.urandom(KEY_BYTES))
            stream.flush()
            os.fsync(file)
        if among is not None:
            adopt(draft, among)
        # A link, unlike a rename, fails where another process was quicker: its key is already in use.
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
    finally:
        os.unlink(draft)
    _sync_folder(path.parent)


def destroy_key_file(path: Path) -> None:
    """Overwrite a key file and take it away; nothing happens if there is none.

    A file system or a disk that writes in new places keeps the old bytes for a while: whoever minds keeps roots elsewhere.
    """
    with contextlib.suppress(FileNotFoundError):
        file = os.open(path, os.O_WRONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            os.write(file, bytes(KEY_BYTES))
            os.fsync(file)
        finally:
            os.close(file)
        os.unlink(path)
        _sync_folder(path.parent)


def make_folder(path: Path) -> None:
    """Make a folder that only we may enter, on disk before anything is put into it."""
    try:
        path.mkdir(parents=True, mode=0o700)
    except FileExistsError:
        return
    _sync_folder(path.parent)


def check_folder(path: Path) -> None:
    """Refuse a key folder that others may look into, or anybody but the vault's group may pass.

    Raises:
        KeyFileExposed, RootKeyLost (no such folder).
    """
    try:
        _check(path, os.lstat(path), stat.S_IFDIR)
    except FileNotFoundError as error:
        raise RootKeyLost(f"the key folder {path} is gone") from error


def _check(path: Path, found: os.stat_result, kind: int) -> None:
    if stat.S_IFMT(found.st_mode) != kind:
        raise KeyFileExposed(f"{path} is not a plain {'file' if kind == stat.S_IFREG else 'folder'}")
    user = _vault_user()
    passable = kind == stat.S_IFDIR and user is not None and found.st_gid == user.pw_gid
    if found.st_mode & 0o077 & ~(0o010 if passable else 0):
        mode = stat.S_IMODE(found.st_mode)
        raise KeyFileExposed(f"{path} is open to others (mode {mode:04o}): what it holds may be known")
    root = os.geteuid() == 0
    if found.st_uid not in (os.geteuid(), 0) and not (root and user is not None and found.st_uid == user.pw_uid):
        raise KeyFileExposed(f"{path} belongs to another user")


def _vault_user() -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(VAULT_USER)
    except KeyError:
        return None


def _sync_folder(path: Path) -> None:
    folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
