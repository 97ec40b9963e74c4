"""A request between gateways and its answer: which fields they have, what is signed, and how old a request may be.

POST /gateway/v1/parcels, signed over method, path, date, type, coding, digest, sender, receiver and sequence number. The
answer is signed as well, over its status and digest and over the request's signature: it can't be made up on the way, nor
be another request's.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime

from kept.cells.signatures import (
    ALGORITHM,
    BadSignature,
    Message,
    check_digest,
    content_digest,
    signature_fields,
    signature_of,
    verify,
)
from kept.cells.structured import Item
from kept.cells.wire import ENCODING, MEDIA_TYPE, PATH
from kept.kit import KeptError, Kind
from kept.ledger import Signer, VerifierKey

TAG = "kept-gateway"
FRESH = timedelta(minutes=5)
"""How far two regions' clocks may be apart, the way included."""
SENDER, RECEIVER, NUMBER = "kept-sender", "kept-receiver", "kept-sequence"
COVERED = (
    "@method", "@path", "date", "content-type", "content-encoding", "content-digest", SENDER, RECEIVER, NUMBER
)  # fmt: skip
_ANSWERED = (
    Item("@status"),
    Item("content-digest"),
    *(Item(name, {"req": True}) for name in (SENDER, RECEIVER, NUMBER, "signature")),
)


class ClockSkew(KeptError):
    code = "clock_skew"
    kind = Kind.MALFORMED
    message = (
        "This request was signed {apart} seconds {way} by our clock, which says {ours}; more than {most} seconds "
        "are too many. Set the clocks of both regions by the same time."
    )


@dataclass(frozen=True, slots=True)
class Answer:
    """What a gateway answers."""

    status: int
    body: bytes
    headers: dict[str, str]


@dataclass(frozen=True, slots=True)
class Told:
    """Who sends what to whom, as a request claims; true once the signature is verified."""

    sender: str
    receiver: str
    number: int


def key_id(key: VerifierKey) -> str:
    """How a signature names a gateway's key."""
    return f"{key.name}+{key.key_id.hex()}"


def sign_request(body: bytes, told: Told, key: Signer, *, now: datetime) -> dict[str, str]:
    """The fields of a request."""
    fields = {
        "date": format_datetime(now.astimezone(UTC), usegmt=True),
        "content-type": MEDIA_TYPE,
        "content-encoding": ENCODING,
        "content-digest": content_digest(body),
        SENDER: told.sender,
        RECEIVER: told.receiver,
        NUMBER: str(told.number),
    }
    return fields | signature_fields(request_message(fields), key, COVERED, _params(key, now))


def request_message(fields: Mapping[str, str], *, method: str = "POST", path: str = PATH) -> Message:
    """A request, for its signature."""
    return Message(fields, {"@method": method, "@path": path})


def read_told(request: Message) -> Told:
    """What a request claims. Raises BadSignature."""
    number = request.fields.get(NUMBER, "")
    if not number.isascii() or not number.isdigit() or len(number) > 15 or str(int(number)) != number:
        raise BadSignature(why="it has no sequence number")
    return Told(request.fields.get(SENDER, ""), request.fields.get(RECEIVER, ""), int(number))


def check_request(request: Message, key: VerifierKey, *, now: datetime) -> None:
    """Whether a request is of the gateway whose `key` this is, and fresh. Raises BadSignature, BadField, ClockSkew."""
    signed = signature_of(request, tag=TAG)
    if signed.key_id != key_id(key):
        raise BadSignature(why=f"it is not of {key_id(key)}")
    verify(request, signed, key.public, must_cover=[f'"{name}"' for name in COVERED])
    if (request.fields["content-type"], request.fields["content-encoding"]) != (MEDIA_TYPE, ENCODING):
        raise BadSignature(why="its body is of another type or coding")
    _check_fresh(datetime.fromtimestamp(signed.created, UTC), now)
    try:
        said = parsedate_to_datetime(request.fields["date"])
    except ValueError as error:
        raise BadSignature(why="its date can't be read") from error
    _check_fresh(said if said.tzinfo else said.replace(tzinfo=UTC), now)


def check_body(request: Message, body: bytes) -> None:
    """Whether a body is the one that a request was signed for. Raises BadSignature, BadField."""
    check_digest(request.fields["content-digest"], body)


def sign_answer(status: int, body: bytes, request: Message, key: Signer, *, now: datetime) -> Answer:
    """An answer that can be told from any other."""
    fields = {"content-type": MEDIA_TYPE, "content-digest": content_digest(body)}
    message = Message(fields, {"@status": str(status)}, request)
    return Answer(status, body, fields | signature_fields(message, key, _ANSWERED, _params(key, now)))


def check_answer(status: int, fields: Mapping[str, str], body: bytes, request: Message, key: VerifierKey) -> None:
    """Whether an answer is of the gateway that was asked, and to this request. Raises BadSignature, BadField."""
    message = Message(fields, {"@status": str(status)}, request)
    signed = signature_of(message, tag=TAG)
    if signed.key_id != key_id(key):
        raise BadSignature(why=f"the answer is not of {key_id(key)}")
    verify(message, signed, key.public, must_cover=[item.text for item in _ANSWERED])
    check_digest(fields["content-digest"], body)


def _params(key: Signer, now: datetime) -> dict[str, str | int | bytes | bool]:
    return {"created": int(now.timestamp()), "keyid": key_id(key.vkey), "alg": ALGORITHM, "tag": TAG}


def _check_fresh(then: datetime, now: datetime) -> None:
    apart = (now - then).total_seconds()
    if abs(apart) > FRESH.total_seconds():
        ours = now.astimezone(UTC).isoformat(timespec="seconds")
        way = "ago" if apart > 0 else "from now"
        raise ClockSkew(apart=round(abs(apart)), way=way, ours=ours, most=round(FRESH.total_seconds()))
