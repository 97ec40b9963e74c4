"""Signed notes and verifier keys: c2sp.org/signed-note, Ed25519 only (signature type 0x01).

A note is a text, an empty line, and signature lines `— <name> <base64(key id || signature)>`. A signature by an unknown
key is ignored; one by a known key that does not verify spoils the note.
"""

import base64
import binascii
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from kept.kit import KeptError, Kind

ED25519 = b"\x01"
LARGEST_NOTE = 1_000_000
"""Bytes. Verifiers should limit a note, but take 16 signatures of up to 5 kB at least."""

_DASH = "— "


class BadNote(KeptError):
    code = "bad_note"
    kind = Kind.INVALID
    message = "This is not a note signed by the key we know: {why}"


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """The public half of a signer: `<name>+<hex key id>+<base64(type || public key)>`."""

    name: str
    public: bytes

    @property
    def key_id(self) -> bytes:
        """SHA-256(name || 0x0A || type || public key)[:4]."""
        return sha256(self.name.encode() + b"\n" + ED25519 + self.public).digest()[:4]

    @property
    def text(self) -> str:
        """The vkey as people pass it on."""
        return f"{self.name}+{self.key_id.hex()}+{base64.b64encode(ED25519 + self.public).decode()}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a vkey. Raises BadNote if its parts do not belong together."""
        name, _, rest = text.partition("+")
        key_id, _, encoded = rest.partition("+")
        material = strict_base64(encoded)
        if len(material) != 33 or material[:1] != ED25519:
            raise BadNote(why="its verifier key is not an Ed25519 key")
        key = cls(name, material[1:])
        if not is_name(name) or key_id != key.key_id.hex():
            raise BadNote(why="its verifier key has a name or an id that does not belong to it")
        return key

    def verifies(self, text: str, signature: bytes) -> bool:
        """Whether `signature` is this key's over `text`."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, text.encode())
        except InvalidSignature:
            return False
        return True


class Signer:
    """An Ed25519 key with a name. `repr` shows the public half only."""

    __slots__ = ("_private", "vkey")

    def __init__(self, name: str, seed: bytes) -> None:
        """`seed`: 32 secret bytes (RFC 8032). Raises BadNote for a name that no note can carry."""
        if not is_name(name):
            raise BadNote(why="a key's name has no spaces and no plus")
        self._private = Ed25519PrivateKey.from_private_bytes(seed)
        self.vkey = VerifierKey(name, self._private.public_key().public_bytes_raw())

    def __repr__(self) -> str:
        return f"Signer({self.vkey.text})"

    def line(self, text: str) -> str:
        """The signature line under `text`."""
        blob = self.vkey.key_id + self._private.sign(text.encode())
        return f"{_DASH}{self.vkey.name} {base64.b64encode(blob).decode()}\n"


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line."""

    name: str
    key_id: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class Note:
    """A text with its last newline, and who claims to have signed it."""

    text: str
    signatures: tuple[Signature, ...]


def sign(text: str, *signers: Signer) -> str:
    """The note of `text`, which ends in a newline."""
    return text + "\n" + "".join(signer.line(text) for signer in signers)


def parse(data: bytes) -> Note:
    """Take a note apart, without believing it. Raises BadNote."""
    if len(data) > LARGEST_NOTE:
        raise BadNote(why="it is too long")
    try:
        whole = data.decode()
    except UnicodeDecodeError as error:
        raise BadNote(why="it is not UTF-8") from error
    if any(char < " " and char != "\n" for char in whole):
        raise BadNote(why="it has control characters")
    text, blank, lines = whole.rpartition("\n\n")
    if not blank or not lines.endswith("\n"):
        raise BadNote(why="it has no signatures")
    return Note(text + "\n", tuple(_signature(line) for line in lines[:-1].split("\n")))


def open_note(data: bytes, keys: Iterable[VerifierKey]) -> Note:
    """Take a note apart and check it: at least one of `keys` signed it, and none of their signatures is bad.

    Raises:
        BadNote: malformed, unsigned, or badly signed.
    """
    note = parse(data)
    known = {(key.name, key.key_id): key for key in keys}
    good = 0
    for signature in note.signatures:
        key = known.get((signature.name, signature.key_id))
        if key is None:
            continue  # "Verifiers MUST ignore signatures from unknown keys"
        if not key.verifies(note.text, signature.signature):
            raise BadNote(why=f"the signature of {key.name} is bad")
        good += 1
    if not good:
        raise BadNote(why="no known key has signed it")
    return note


def is_name(name: str) -> bool:
    """Key names are not empty and have no Unicode spaces and no plus."""
    return bool(name) and "+" not in name and not any(char.isspace() or char < " " for char in name)


def strict_base64(text: str) -> bytes:
    """RFC 4648, section 4, in the one spelling that encodes to itself: spare bits carry no second form. Raises BadNote."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadNote(why="it has bad base64") from error
    if base64.b64encode(data).decode() != text:
        raise BadNote(why="it has base64 that is not in its one form")
    return data


def _signature(line: str) -> Signature:
    if not line.startswith(_DASH):
        raise BadNote(why="a signature line does not start with a dash")
    name, _, encoded = line.removeprefix(_DASH).partition(" ")
    blob = strict_base64(encoded)
    if not is_name(name) or len(blob) < 5:
        raise BadNote(why="a signature line has no name, or no signature")
    return Signature(name, blob[:4], blob[4:])
