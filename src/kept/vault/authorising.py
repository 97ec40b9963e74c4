"""Log before decrypt: what has to be on public record before something is opened for anybody but its owner.

The proof is an entry `access.authorised` of the ledger, shown to be included in a checkpoint that enough independent
witnesses have cosigned. The entry says in the open: which cell, whose data (a pseudonym), for which reason, in which
case. It commits to the rest, which the caller shows: which columns, which rows, from when until when. So whoever opens
must have told the world first, and nobody can make the record say something else later.

Where no witness has to cosign, nothing is opened: there is no setting, and no argument, that turns this off.
"""

import hmac
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal
from uuid import UUID

import msgspec

from kept.kit import KeptError
from kept.ledger import BadEntry, BadPolicy, BadProof, Leaf, NotCosigned, Quorum, check_proof, commitment, read
from kept.vault.errors import NotAuthorised
from kept.vault.reasons import Reason

EVENT = "access.authorised"
WITH_PROOF = frozenset({Reason.LEGAL_PROCESS, Reason.ENFORCEMENT, Reason.STAFF})
"""The reasons that open nothing without a proof."""
FRESH = timedelta(hours=24)
"""How old the witnesses' word may be: an older checkpoint may hide what was recorded since."""
LONGEST = timedelta(days=31)
"""An authorisation for ever is none."""
_SKEW = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Authorisation:
    """What is shown to a vault so that it opens: all of it public but salt and details."""

    entry: bytes
    """The ledger entry, to the byte."""
    proof: str
    """That it is in the log: c2sp.org/tlog-proof@v1, with a cosigned checkpoint."""
    salt: bytes
    details: bytes
    """What the entry commits to: a `Scope` as canonical JSON."""


class Scope(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"not_before": "from"}):
    """What an authorisation covers."""

    not_before: datetime
    places: list[str]
    """`table.column`, each one named."""
    rows: list[UUID] | Literal["all"]
    until: datetime


@dataclass(frozen=True, slots=True)
class Granted:
    """An authorisation that holds, here and now."""

    entry_id: UUID
    case: str


def witnesses_in(file: Path | None) -> Quorum | None:
    """The witness policy in `file`. It has to name the log itself (`log <vkey>`): a vault takes nobody else's word.

    Raises:
        BadPolicy: it can't be read.
    """
    if file is None:
        return None
    try:
        return Quorum.parse(file.read_bytes())
    except OSError as error:
        raise BadPolicy(why=str(error)) from error


def check_authorisation(
    shown: Authorisation,
    quorum: Quorum | None,
    *,
    cell: str,
    subject: str,
    place: str,
    rows: Collection[UUID],
    reason: Reason,
    now: datetime,
) -> Granted:
    """Whether `shown` authorises opening these rows of `place` of the member whose pseudonym is `subject`.

    Raises:
        NotAuthorised: it does not, or no witness is configured; says why.
    """
    if quorum is None or not quorum.asks_outsiders:
        raise NotAuthorised(why="no witness is configured that could vouch for the record")
    leaf = _entry(shown, quorum, now)
    _require(leaf.event == EVENT, "the entry is no authorisation")
    _require(leaf.cell == cell, "it is for another cell")
    _require(leaf.subject == subject, "it is about somebody else")
    _require(leaf.purpose == reason.value, "it is for another reason")
    _require(leaf.object is not None and leaf.object.startswith("case:"), "it names no case")
    scope = _scope(shown, leaf)
    _require(place in scope.places, "it does not cover this column")
    _require(scope.rows == "all" or set(rows) <= set(scope.rows), "it does not cover this row")
    _require(scope.until - scope.not_before <= LONGEST, "it is for longer than an authorisation may be")
    _require(scope.not_before <= now, "its time has not come")
    _require(now < scope.until, "its time has passed")
    return Granted(leaf.id, str(leaf.object))


def _entry(shown: Authorisation, quorum: Quorum, now: datetime) -> Leaf:
    """The entry, when the log has it and its witnesses have lately said so."""
    try:
        check_proof(shown.proof, shown.entry, quorum)
        vouched = quorum.opened(shown.proof.partition("\n\n")[2].encode())
        leaf = read(shown.entry)
    except (BadProof, NotCosigned, BadEntry) as error:
        raise NotAuthorised(why=_plainly(error)) from error
    as_of = datetime.fromtimestamp(vouched.as_of, UTC)
    _require(as_of <= now + _SKEW, "the witnesses' word is from the future")
    _require(now - as_of <= FRESH, "the witnesses' word is too old; ask the log for a newer proof")
    return leaf


def _scope(shown: Authorisation, leaf: Leaf) -> Scope:
    said = commitment(shown.salt, shown.details)
    if len(shown.salt) != 32 or leaf.details is None or not hmac.compare_digest(said, leaf.details):
        raise NotAuthorised(why="its details are not what the entry commits to")
    try:
        scope = msgspec.json.decode(shown.details, type=Scope)
    except msgspec.DecodeError as error:
        raise NotAuthorised(why="its details can't be read") from error
    _require(scope.not_before.tzinfo is not None and scope.until.tzinfo is not None, "its times have no zone")
    return scope


def _require(holds: bool, why: str) -> None:
    if not holds:
        raise NotAuthorised(why=why)


def _plainly(error: KeptError) -> str:
    return error.public.rstrip(".")
