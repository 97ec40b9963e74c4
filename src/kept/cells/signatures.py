"""HTTP message signatures (RFC 9421) with Ed25519, and content digests (RFC 9530), as gateways exchange them.

Components are fields and derived components of the message at hand, and with `;req` of the request that a response answers
(2.4). Other parameters of components are refused.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256, sha512
from hmac import compare_digest
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from kept.cells.structured import Bare, InnerList, Item, dictionary, written
from kept.kit import KeptError, Kind

ALGORITHM = "ed25519"
"""3.3.6; deterministic, without parameters of its own."""
LABEL = "kept"
_DIGESTS = {"sha-256": sha256, "sha-512": sha512}


class BadSignature(KeptError):
    code = "bad_gateway_signature"
    kind = Kind.UNAUTHENTICATED
    message = "The signature of this message is not good: {why}"


class Signing(Protocol):
    """A private Ed25519 key."""

    def sign(self, data: bytes) -> bytes:
        """The signature, 64 bytes."""


@dataclass(frozen=True, slots=True)
class Message:
    """What of an HTTP message may be signed: `fields` by lower-case name, and derived components (2.2) by theirs."""

    fields: Mapping[str, str]
    derived: Mapping[str, str]
    request: "Message | None" = field(default=None)
    """For a response: what it answers."""

    def value(self, component: Item) -> str:
        """The value of a component. Raises BadSignature: the message has none."""
        if component.params:
            if component.params != {"req": True} or self.request is None:
                raise BadSignature(why=f"“{component.text}” can't be covered")
            return self.request.value(Item(component.value))
        known = self.derived if component.value.startswith("@") else self.fields
        if component.value not in known:
            raise BadSignature(why=f"there is no “{component.value}” in the message")
        return known[component.value].strip(" \t")


@dataclass(frozen=True, slots=True)
class Signed:
    """A signature as it was found: what it covers, and its parameters. Nothing of it is believed before `verify`."""

    covers: InnerList
    signature: bytes

    @property
    def key_id(self) -> str:
        """Which key it claims to be of."""
        value = self.covers.params.get("keyid")
        return value if isinstance(value, str) else ""

    @property
    def created(self) -> int:
        """When it claims to be made (Unix time). Raises BadSignature when it doesn't say."""
        value = self.covers.params.get("created")
        if not isinstance(value, int) or isinstance(value, bool):
            raise BadSignature(why="it doesn't say when it was made")
        return value


def signature_base(message: Message, covers: InnerList) -> bytes:
    """What is signed (2.5). Raises BadSignature."""
    names = [item.text for item in covers.items]
    if len(set(names)) != len(names):
        raise BadSignature(why="a component is covered twice")
    lines = [f"{item.text}: {message.value(item)}" for item in covers.items]
    lines.append(f'"@signature-params": {covers.text}')
    try:
        return "\n".join(lines).encode("ascii")
    except UnicodeEncodeError as error:
        raise BadSignature(why="a covered value is not ASCII") from error


def signature_fields(
    message: Message, key: Signing, components: Sequence[str | Item], params: Mapping[str, Bare]
) -> dict[str, str]:
    """The fields Signature-Input and Signature (4) for a message."""
    items = tuple(one if isinstance(one, Item) else Item(one) for one in components)
    covers = InnerList(items, dict(params))
    signature = key.sign(signature_base(message, covers))
    return {"signature-input": f"{LABEL}={covers.text}", "signature": f"{LABEL}={written(signature)}"}


def signature_of(message: Message, *, tag: str, label: str | None = None) -> Signed:
    """The signature of a message that bears `tag` (7.2.6: for this application), or the one labelled `label`.

    Raises:
        BadField: the fields can't be read.
        BadSignature: there is none such, or more than one.
    """
    inputs = dictionary(message.fields.get("signature-input", ""))
    values = dictionary(message.fields.get("signature", ""))
    found = []
    for name, covers in inputs.items():
        wanted = isinstance(covers, InnerList) and (name == label if label else covers.params.get("tag") == tag)
        value = values.get(name)
        if wanted and isinstance(covers, InnerList) and isinstance(value, bytes):
            found.append(Signed(covers, value))
    if len(found) != 1:
        raise BadSignature(why="there is no signature" if not found else "there is more than one")
    return found[0]


def verify(message: Message, signed: Signed, public: bytes, *, must_cover: Sequence[str] = ()) -> None:
    """Check a signature (3.2) with a public key of 32 bytes. Raises BadSignature."""
    if signed.covers.params.get("alg", ALGORITHM) != ALGORITHM:
        raise BadSignature(why="it is of another algorithm")
    covered = {item.text for item in signed.covers.items}
    missing = [name for name in must_cover if name not in covered]
    if missing:
        raise BadSignature(why=f"it doesn't cover {missing[0]}")
    try:
        base = signature_base(message, signed.covers)
        Ed25519PublicKey.from_public_bytes(public).verify(signed.signature, base)
    except InvalidSignature as error:
        raise BadSignature(why="it is not of that key over this message") from error


def content_digest(body: bytes) -> str:
    """The field Content-Digest (RFC 9530, 2) of a body, as it is sent."""
    return f"sha-256={written(sha256(body).digest())}"


def check_digest(text: str, body: bytes) -> None:
    """Raises BadSignature, BadField: a body whose digest, by every algorithm that we know, is not the one in the field."""
    told = dictionary(text)
    known = [name for name in told if name in _DIGESTS]
    for name in known:
        value = told[name]
        if not isinstance(value, bytes) or not compare_digest(value, _DIGESTS[name](body).digest()):
            raise BadSignature(why="the body is not the one that was signed")
    if not known:
        raise BadSignature(why="the body has no digest that we know")
