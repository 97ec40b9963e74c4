"""Signed notes and verifier keys: c2sp.org/signed-note; the log's own are Ed25519 (signature type 0x01).

A note is a text, an empty line, and signature lines `— <name> <base64(key id || signature)>`. A signature by an unknown
key is ignored; one by a known key that does not verify spoils the note.
"""

import base64
import binascii
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Protocol, Self, TypeVar

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from kept.kit import KeptError, Kind

ED25519 = b"\x01"
LARGEST_NOTE = 1_000_000
"""Bytes. Verifiers should limit a note, but take 16 signatures of up to 5 kB at least."""

_DASH = "— "


class Key(Protocol):
    """The public half of a key of any signature type."""

    @property
    def name(self) -> str:
        """Its name on signature lines."""

    @property
    def key_id(self) -> bytes:
        """Four bytes that tell keys of one name apart."""

    def verifies(self, text: str, signature: bytes) -> bool:
        """Whether `signature` is this key's over `text`."""


AnyKey = TypeVar("AnyKey", bound=Key)


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
        return key_id_of(self.name, ED25519 + self.public)

    @property
    def text(self) -> str:
        """The vkey as people pass it on."""
        return vkey_of(self.name, ED25519 + self.public)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a vkey. Raises BadNote if its parts do not belong together."""
        name, material = parse_vkey(text)
        if len(material) != 33 or material[:1] != ED25519:
            raise BadNote(why="its verifier key is not an Ed25519 key")
        return cls(name, material[1:])

    def verifies(self, text: str, signature: bytes) -> bool:
        """Whether `signature` is this key's over `text`."""
        return self.is_signed(text.encode(), signature)

    def is_signed(self, data: bytes, signature: bytes) -> bool:
        """The same over bytes, for formats other than notes."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, data)
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

    def sign(self, data: bytes) -> bytes:
        """The bare signature, for formats other than notes."""
        return self._private.sign(data)

    def line(self, text: str) -> str:
        """The signature line under `text`."""
        return signature_line(self.vkey.name, self.vkey.key_id + self._private.sign(text.encode()))


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


def open_note(data: bytes, keys: Iterable[Key]) -> Note:
    """Take a note apart and check it: at least one of `keys` signed it, and none of their signatures is bad.

    Raises:
        BadNote: malformed, unsigned, or badly signed.
    """
    note = parse(data)
    if not signed_by(note, keys):
        raise BadNote(why="no known key has signed it")
    return note


def signed_by(note: Note, keys: Iterable[AnyKey]) -> list[tuple[AnyKey, bytes]]:
    """Which of `keys` signed `note`, and their signatures. Raises BadNote if one of these is bad."""
    known = {(key.name, key.key_id): key for key in keys}
    found = []
    for one in note.signatures:
        key = known.get((one.name, one.key_id))
        if key is None:
            continue  # "Verifiers MUST ignore signatures from unknown keys"
        if not key.verifies(note.text, one.signature):
            raise BadNote(why=f"the signature of {key.name} is bad")
        found.append((key, one.signature))
    return found


def key_id_of(name: str, material: bytes) -> bytes:
    """The key id of a key; `material` is its type byte and its public key."""
    return sha256(name.encode() + b"\n" + material).digest()[:4]


def vkey_of(name: str, material: bytes) -> str:
    """A verifier key as people pass it on; `material` as above."""
    return f"{name}+{key_id_of(name, material).hex()}+{base64.b64encode(material).decode()}"


def parse_vkey(text: str) -> tuple[str, bytes]:
    """Name and material of a verifier key. Raises BadNote if its parts do not belong together."""
    name, _, rest = text.partition("+")
    _, _, encoded = rest.partition("+")
    material = strict_base64(encoded)
    if not is_name(name) or text != vkey_of(name, material):
        raise BadNote(why="its verifier key has a name or an id that does not belong to it")
    return name, material


def signature_line(name: str, blob: bytes) -> str:
    """The line of a signature; `blob` begins with the key id."""
    return f"{_DASH}{name} {base64.b64encode(blob).decode()}\n"


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
