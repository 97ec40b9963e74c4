"""How data comes in: every request body is a declared struct that forbids unknown fields and says where each field goes.

    class SignUp(Intake):
        handle: Annotated[str, feeds("account.handle"), msgspec.Meta(min_length=2, max_length=24)]
        password: Annotated[str, not_stored("checked against its hash, then forgotten")]

`decode` is the only door: it refuses unknown fields, and values whose shape is forbidden (MAC addresses), and counts both.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Annotated, Any, TypeVar, get_args, get_origin, get_type_hints

import msgspec

from kept.kit.errors import KeptError, Kind

T = TypeVar("T", bound="Intake")

MAC_ADDRESS = re.compile(
    r"(?<![0-9a-f])(?:[0-9a-f]{2}([:-]))(?:[0-9a-f]{2}\1){4}[0-9a-f]{2}(?![0-9a-f])"
    r"|(?<![0-9a-f.])(?:[0-9a-f]{4}\.){2}[0-9a-f]{4}(?![0-9a-f.])",
    re.IGNORECASE,
)
"""EUI-48 as six pairs (IEEE 802, colons or hyphens) or three dotted quads."""

tally: Counter[str] = Counter()
"""Counted since start: `scanned`, `forbidden:<intake>`, `unknown:<intake>.<field>`, taken and stored by the edge."""

_declared: list[type["Intake"]] = []
_decoders: dict[type["Intake"], Callable[[bytes], Any]] = {}


class UnknownField(KeptError):
    code = "unknown_field"
    kind = Kind.INVALID
    message = "We don't accept a field named “{field}” here, so nothing was stored."


class ForbiddenValue(KeptError):
    code = "forbidden_value"
    kind = Kind.INVALID
    message = (
        "“{field}” holds something shaped like a hardware (MAC) address. We don't collect those; nothing was stored."
    )


class InvalidBody(KeptError):
    code = "invalid"
    kind = Kind.INVALID
    message = "The request can't be read: {why}"


class Intake(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """The base of every request body, form and telemetry event."""

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        _declared.append(cls)


class _Feeds:
    __slots__ = ("column", "reason")

    def __init__(self, column: str | None, reason: str | None) -> None:
        self.column = column
        self.reason = reason


def feeds(column: str) -> msgspec.Meta:
    """This field is stored in `table.column`."""
    return msgspec.Meta(extra={"flow": _Feeds(column, None)})


def not_stored(reason: str) -> msgspec.Meta:
    """This field is used and forgotten, for `reason`."""
    return msgspec.Meta(extra={"flow": _Feeds(None, reason)})


def decode(body: bytes, into: type[T]) -> T:
    """Read a JSON body.

    Raises:
        UnknownField: a field that `into` does not declare.
        ForbiddenValue: a text of a forbidden shape, in any field.
        InvalidBody: anything else that does not fit, and why.
    """
    decoder = _decoders.get(into)
    if decoder is None:
        decoder = _decoders[into] = msgspec.json.Decoder(into).decode
    try:
        value = decoder(body)
    except msgspec.DecodeError as error:
        raise _refusal(into, str(error)) from error
    return _scanned(value)


def accept(values: dict[str, Any], into: type[T]) -> T:
    """As `decode`, for form fields that are already apart; texts are converted to the declared types."""
    try:
        value = msgspec.convert(values, into, strict=False)
    except msgspec.ValidationError as error:
        raise _refusal(into, str(error)) from error
    return _scanned(value)


def scan_text(text: str, field: str) -> None:
    """Refuse a text of a forbidden shape; for intakes that are not structs, such as headers. Raises ForbiddenValue."""
    tally["scanned"] += 1
    if MAC_ADDRESS.search(text):
        tally[f"forbidden:{field}"] += 1
        raise ForbiddenValue(field=field)


def intake_problems(columns: Iterable[str]) -> Iterator[str]:
    """Every field of every declared intake that does not say where it goes, or names a column that does not exist."""
    known = set(columns)
    for intake in _declared:
        hints = get_type_hints(intake, include_extras=True)
        for field in msgspec.structs.fields(intake):
            flow = flow_of(hints[field.name])
            where = f"intake {intake.__name__}.{field.name}"
            if flow is None:
                yield f"{where}: neither feeds a column nor says why it is not stored"
            elif flow.column is not None and flow.column not in known:
                yield f"{where}: feeds {flow.column}, which does not exist"


def declared() -> tuple[type[Intake], ...]:
    """Every intake of the program."""
    return tuple(_declared)


def flow_of(hint: Any) -> _Feeds | None:
    """Where a field goes, by its annotation."""
    if get_origin(hint) is Annotated:
        for meta in get_args(hint)[1:]:
            if isinstance(meta, msgspec.Meta) and meta.extra and "flow" in meta.extra:
                flow: _Feeds = meta.extra["flow"]
                return flow
    return None


def _refusal(into: type[Intake], why: str) -> KeptError:
    match = re.search(r"unknown field `([^`]*)`", why)
    if match is None:
        return InvalidBody(why=why)
    tally[f"unknown:{into.__name__}.{match[1][:40]}"] += 1
    return UnknownField(field=match[1][:80])


def _scanned(value: T) -> T:
    tally["scanned"] += 1
    for name, text in _texts(value):
        if "\0" in text:
            raise InvalidBody(why=f"“{name}” holds a character that no text can hold (U+0000)")
        if MAC_ADDRESS.search(text):
            tally[f"forbidden:{type(value).__name__}"] += 1
            raise ForbiddenValue(field=name)
    return value


def _texts(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Every text in a struct, with the name of its field."""
    if isinstance(value, str):
        yield name, value
    elif isinstance(value, msgspec.Struct):
        for field in value.__struct_fields__:
            yield from _texts(getattr(value, field), field)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield name, str(key)
            yield from _texts(item, name)
    elif isinstance(value, (list, tuple, set)):
        for item in value:
            yield from _texts(item, name)
