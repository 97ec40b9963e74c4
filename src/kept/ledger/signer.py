"""Signing keys, the log's and a witness's: a seed in a file that only its owner can read, made at first use.

The file holds the private key in the form of Go's note tools, `PRIVATE+KEY+<name>+<key id>+<base64(type || seed)>`, so
that a key is bound to the name of its log or cosigner.
"""

import base64
import os
import secrets
import stat
from pathlib import Path
from typing import TypeVar

from kept.kit import Fatal
from kept.ledger.files import sync_folder
from kept.ledger.formats.cosignature import COSIGNATURE_V1, Cosigner
from kept.ledger.formats.note import ED25519, BadNote, Signer, is_name, strict_base64

_PREFIX = "PRIVATE+KEY+"
_AnyKey = TypeVar("_AnyKey", Signer, Cosigner)


class UnusableKey(Fatal):
    """The signing key's file can't be trusted, or belongs to another log."""


def load_signer(file: Path, origin: str) -> Signer:
    """The signer of the log `origin`; the key is made when `file` does not exist.

    Raises:
        UnusableKey: the file is open to others, damaged, or of another log.
    """
    _make(file, origin, ED25519)
    name, seed, key_id = _read(file, ED25519)
    signer = _bound(file, Signer(name, seed), key_id)
    if name != origin:
        raise UnusableKey(f"the signing key {file} belongs to the log {name}, not to {origin}")
    return signer


def load_cosigner(file: Path, name: str, kind: bytes = COSIGNATURE_V1) -> Cosigner:
    """The cosigner whose key is in `file`; made under `name` when it does not exist, else it has the file's name.

    Raises:
        UnusableKey: the file is open to others, damaged, or of another kind.
    """
    _make(file, name, kind)
    found, seed, key_id = _read(file, kind)
    return _bound(file, Cosigner(found, seed, kind), key_id)


def _read(file: Path, kind: bytes) -> tuple[str, bytes, str]:
    """Name, seed and key id in a key file."""
    with file.open(errors="replace") as opened:
        if stat.S_IMODE(os.fstat(opened.fileno()).st_mode) & 0o077:
            raise UnusableKey(f"the signing key {file} can be read by others")
        text = opened.read().removesuffix("\n")
    name, _, rest = text.removeprefix(_PREFIX).partition("+")
    key_id, _, encoded = rest.partition("+")
    try:
        material = strict_base64(encoded)
    except BadNote as error:
        raise UnusableKey(f"the signing key {file} is damaged") from error
    if not text.startswith(_PREFIX) or len(material) != 33 or material[:1] != kind or not is_name(name):
        raise UnusableKey(f"the signing key {file} is damaged")
    return name, material[1:], key_id


def _bound(file: Path, key: _AnyKey, key_id: str) -> _AnyKey:
    """`key`, if it has the id that its file says."""
    if key_id != key.vkey.key_id.hex():
        raise UnusableKey(f"the signing key {file} is damaged, or belongs to another name")
    return key


def _make(file: Path, name: str, kind: bytes) -> None:
    """Write a new key, whole and on disk before it has its name; one that is there or that somebody just made stays."""
    if file.exists():
        return
    seed = secrets.token_bytes(32)
    key = Signer(name, seed) if kind == ED25519 else Cosigner(name, seed, kind)
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    temporary = file.with_name(f".{file.name}.{secrets.token_hex(8)}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as opened:
        opened.write(f"{_PREFIX}{name}+{key.vkey.key_id.hex()}+{base64.b64encode(kind + seed).decode()}\n")
        opened.flush()
        os.fsync(descriptor)
    try:
        os.link(temporary, file)
    except FileExistsError:
        return
    finally:
        temporary.unlink()
    sync_folder(file.parent)
