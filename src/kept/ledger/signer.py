"""The log's signing key: an Ed25519 seed in a file that only its owner can read, made at first use.

The file holds the private key in the form of Go's note tools, `PRIVATE+KEY+<name>+<key id>+<base64(type || seed)>`, so
that a key is bound to the name of its log.
"""

import base64
import os
import secrets
import stat
from pathlib import Path

from kept.kit import Fatal
from kept.ledger.files import sync_folder
from kept.ledger.formats.note import ED25519, BadNote, Signer, strict_base64

_PREFIX = "PRIVATE+KEY+"


class UnusableKey(Fatal):
    """The signing key's file can't be trusted, or belongs to another log."""


def load_signer(file: Path, origin: str) -> Signer:
    """The signer of the log `origin`; the key is made when `file` does not exist.

    Raises:
        UnusableKey: the file is open to others, damaged, or of another log.
    """
    try:
        return _read(file, origin)
    except FileNotFoundError:
        _make(file, origin)
    return _read(file, origin)


def _read(file: Path, origin: str) -> Signer:
    with file.open(errors="replace") as opened:
        if stat.S_IMODE(os.fstat(opened.fileno()).st_mode) & 0o077:
            raise UnusableKey(f"the signing key {file} can be read by others")
        text = opened.read().removesuffix("\n")
    name, _, rest = text.removeprefix(_PREFIX).partition("+")
    key_id, _, encoded = rest.partition("+")
    try:
        material = strict_base64(encoded)
        if not text.startswith(_PREFIX) or len(material) != 33 or material[:1] != ED25519:
            raise BadNote(why="it holds no Ed25519 key")
        signer = Signer(name, material[1:])
    except BadNote as error:
        raise UnusableKey(f"the signing key {file} is damaged") from error
    if name != origin or key_id != signer.vkey.key_id.hex():
        raise UnusableKey(f"the signing key {file} belongs to the log {name}, not to {origin}")
    return signer


def _make(file: Path, origin: str) -> None:
    """Write a new key, whole and on disk before it has its name; a key that somebody else just made stays."""
    seed = secrets.token_bytes(32)
    key_id = Signer(origin, seed).vkey.key_id.hex()
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    temporary = file.with_name(f".{file.name}.{secrets.token_hex(8)}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as opened:
        opened.write(f"{_PREFIX}{origin}+{key_id}+{base64.b64encode(ED25519 + seed).decode()}\n")
        opened.flush()
        os.fsync(descriptor)
    try:
        os.link(temporary, file)
    except FileExistsError:
        return
    finally:
        temporary.unlink()
    sync_folder(file.parent)
