"""What is written into the log: canonical JSON (RFC 8785) of opaque ids and one salted commitment, never personal data.

An entry can't be taken back, so nothing that could tell who somebody is may get in: ids are opaque or refused, and
details stay in the cell (`entry_detail`) under a salt. Erasing that row leaves a hash that nobody can open.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
import rfc8785

from kept.kit import KeptError, Kind, new_id

SALT_BYTES = 32
LARGEST_DETAILS = 16_384
"""Bytes of canonical JSON."""

_WORD = "[a-z][a-z0-9_]{0,31}"
_EVENT = rf"\A{_WORD}(?:\.{_WORD}){{1,4}}\Z"
_PURPOSE = rf"\A{_WORD}(?:\.{_WORD}){{0,4}}\Z"
_CELL = r"\A[a-z][a-z0-9_-]{0,62}\Z"
_HASH = r"\A[0-9a-f]{64}\Z"
_TIME = r"\A[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z\Z"
_UUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_TOKEN = "[A-Za-z0-9_-]{22,96}"  # noqa: S105  base64url or hex of 128 bits and more: no name, number or address is that long
_OPAQUE = rf"(?:[a-z][a-z0-9]{{0,15}}:)?(?:{_UUID}|{_TOKEN})"
_THING = "(?:cell|document|gate|policy|region|setting|system|table):[a-z][a-z0-9]*(?:[_-][a-z0-9]+)*"
_PERSON_ID = rf"\A(?:{_OPAQUE}|system:[a-z][a-z0-9_]{{0,31}})\Z"
_OBJECT_ID = rf"\A(?:{_OPAQUE}|{_THING})\Z"


class NotForTheLedger(KeptError):
    """A bug in the caller. The message does not repeat the value, which may be somebody's data."""

    code = "not_for_the_ledger"
    kind = Kind.BUG
    message = "A ledger entry's {field} {why}."


class BadEntry(KeptError):
    """Bytes on their way into the log, or in it, that this program did not write."""

    code = "bad_entry"
    kind = Kind.BUG
    message = "This is not an entry of this ledger: it {why}."


@dataclass(frozen=True, slots=True)
class Entry:
    """One act, as the log will tell it. `event` is in the past tense: `video.published`.

    `actor` and `subject` are keyed pseudonyms from the vault, or `system:<word>` where no person acted; `object` is an
    opaque id (a UUID, or 128 bits or more in hex or base64url, with a kind in front if that helps: `video:<uuid>`) or a
    public thing (`table:account`, `document:terms-3`). `details` need `owner`, in whose home cell they are kept.

    Raises:
        NotForTheLedger: a field that could be personal data, or that no entry can carry.
    """

    event: str
    actor: str | None = None
    subject: str | None = None
    object: str | None = None
    purpose: str | None = None
    details: Mapping[str, Any] | None = None
    owner: UUID | None = None
    """Whose row in `entry_detail` the details are; not in the log."""
    policy: str | None = None
    """SHA-256 (hex) of the policy set that decided."""
    entry_id: UUID | None = None
    """Given by the caller where a row has to name the entry; such an entry is written once."""

    def __post_init__(self) -> None:
        for field, pattern in _SHAPES.items():
            value = getattr(self, field)
            if value is not None and pattern.search(value) is None:
                raise NotForTheLedger(field=field, why="is not the opaque text that belongs there")
        if self.details is None:
            return
        if self.owner is None:
            raise NotForTheLedger(field="details", why="need an owner, in whose cell they are kept")
        if len(canonical(self.details)) > LARGEST_DETAILS:
            raise NotForTheLedger(field="details", why="are too long")


_SHAPES = {
    "event": re.compile(_EVENT),
    "actor": re.compile(_PERSON_ID),
    "subject": re.compile(_PERSON_ID),
    "object": re.compile(_OBJECT_ID),
    "purpose": re.compile(_PURPOSE),
    "policy": re.compile(_HASH),
}


class Leaf(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """An entry as stored. Fields are in RFC 8785's order and no value needs an escape: msgspec's text is canonical."""

    actor: Annotated[str, msgspec.Meta(pattern=_PERSON_ID)] | None = None
    at: Annotated[str, msgspec.Meta(pattern=_TIME)]
    """When it happened: UTC, to the millisecond."""
    cell: Annotated[str, msgspec.Meta(pattern=_CELL)]
    """Where it happened."""
    details: Annotated[str, msgspec.Meta(pattern=_HASH)] | None = None
    """Commitment to what the cell keeps; see `commitment`."""
    event: Annotated[str, msgspec.Meta(pattern=_EVENT)]
    id: UUID
    object: Annotated[str, msgspec.Meta(pattern=_OBJECT_ID)] | None = None
    policy: Annotated[str, msgspec.Meta(pattern=_HASH)] | None = None
    purpose: Annotated[str, msgspec.Meta(pattern=_PURPOSE)] | None = None
    subject: Annotated[str, msgspec.Meta(pattern=_PERSON_ID)] | None = None
    v: Literal[1]


@dataclass(frozen=True, slots=True)
class Waiting:
    """An entry on its way into the log."""

    entry_id: UUID
    payload: bytes


@dataclass(frozen=True, slots=True)
class Detail:
    """What an entry commits to: `details` (canonical JSON) under `salt`, the owner's."""

    owner_id: UUID
    entry_id: UUID
    salt: bytes
    details: bytes


def write(entry: Entry, *, cell: str, now: datetime) -> tuple[Waiting, Detail | None]:
    """Give an entry its id, time and place. Called once an act: an entry with an id of its own is never a duplicate."""
    entry_id = entry.entry_id or new_id()
    detail = None
    if entry.details is not None and entry.owner is not None:
        detail = Detail(entry.owner, entry_id, os.urandom(SALT_BYTES), canonical(entry.details))
    leaf = Leaf(
        actor=entry.actor,
        at=now.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        cell=cell,
        details=commitment(detail.salt, detail.details) if detail else None,
        event=entry.event,
        id=entry_id,
        object=entry.object,
        policy=entry.policy,
        purpose=entry.purpose,
        subject=entry.subject,
        v=1,
    )
    return Waiting(entry_id, msgspec.json.encode(leaf)), detail


def read(payload: bytes) -> Leaf:
    """The entry in `payload`. Raises BadEntry for anything that `write` would not have written, to the byte."""
    try:
        leaf = _decode(payload)
    except msgspec.DecodeError as error:
        raise BadEntry(why=f"can't be read ({error})") from error
    if msgspec.json.encode(leaf) != payload:
        raise BadEntry(why="is not in canonical form")
    return leaf


def commitment(salt: bytes, details: bytes) -> str:
    """SHA-256(salt || canonical details), in hex; the salt's length is fixed, so the two can't be shifted."""
    return sha256(salt + details).hexdigest()


def canonical(details: Mapping[str, Any]) -> bytes:
    """RFC 8785. Raises NotForTheLedger for values that JSON can't carry exactly."""
    try:
        return bytes(rfc8785.dumps(dict(details)))
    except (rfc8785.CanonicalizationError, TypeError) as error:
        raise NotForTheLedger(field="details", why=f"can't be written as canonical JSON: {error}") from error


_decode = msgspec.json.Decoder(Leaf).decode
canonical({"": 0})  # loads the codec that keys are sorted by: the vault's process can read no file later
