"""Structured field values (RFC 9651), as far as message signatures need them: dictionaries of inner lists and byte sequences.

Strict: what is not in the one form that it would be written in is refused, so that signer and verifier can't read two
things in one text.
"""

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from kept.kit import KeptError, Kind

_KEY = re.compile(r"[a-z*][a-z0-9_.*-]*")
_STRING = re.compile(r'"((?:[\x20-\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"')
_BYTES = re.compile(r":([A-Za-z0-9+/=]*):")
_INTEGER = re.compile(r"-?[0-9]{1,15}")
_SPACE = re.compile(r"[ \t]*")


class BadField(KeptError):
    code = "bad_field"
    kind = Kind.MALFORMED
    message = "A header field can't be read: {why}"


Bare = str | int | bytes | bool


@dataclass(frozen=True, slots=True)
class Item:
    """A bare item and its parameters, in order."""

    value: str
    params: Mapping[str, Bare] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The item as it is written."""
        return written(self.value) + written_params(self.params)


@dataclass(frozen=True, slots=True)
class InnerList:
    """A list of strings with parameters, and the parameters of the whole."""

    items: tuple[Item, ...]
    params: Mapping[str, Bare]

    @property
    def text(self) -> str:
        """The list as it is written."""
        return "(" + " ".join(item.text for item in self.items) + ")" + written_params(self.params)


def written(value: Bare) -> str:
    """A bare item as it is written (4.1.3). Raises BadField for a string that no field can hold."""
    if value is True or value is False:
        return "?1" if value else "?0"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, bytes):
        return f":{base64.b64encode(value).decode()}:"
    if any(not " " <= char <= "~" for char in value):
        raise BadField(why="a string holds more than printable ASCII")
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def written_params(params: Mapping[str, Bare]) -> str:
    """Parameters as they are written (4.1.1.2): true is the bare name."""
    return "".join(f";{name}" if value is True else f";{name}={written(value)}" for name, value in params.items())


def dictionary(text: str) -> dict[str, InnerList | bytes]:
    """Read a dictionary whose members are inner lists or byte sequences (4.2.2). Raises BadField."""
    reader = _Reader(text.strip(" "))
    found: dict[str, InnerList | bytes] = {}
    while not reader.is_done:
        name = reader.take(_KEY, "a name")
        reader.expect("=")
        value: InnerList | bytes = reader.inner_list() if reader.sees("(") else reader.byte_sequence()
        if name in found:
            raise BadField(why=f"{name} stands there twice")
        found[name] = value
        reader.take(_SPACE, "space")
        if reader.is_done:
            break
        reader.expect(",")
        reader.take(_SPACE, "space")
        if reader.is_done:
            raise BadField(why="it ends in a comma")
    return found


class _Reader:
    """Reads on from where it stands."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    @property
    def is_done(self) -> bool:
        return self._at >= len(self._text)

    def sees(self, mark: str) -> bool:
        return self._text.startswith(mark, self._at)

    def expect(self, mark: str) -> None:
        if not self.sees(mark):
            raise BadField(why=f"“{mark}” is missing")
        self._at += len(mark)

    def take(self, pattern: re.Pattern[str], what: str) -> str:
        match = pattern.match(self._text, self._at)
        if match is None:
            raise BadField(why=f"{what} is missing")
        self._at = match.end()
        return match[1] if pattern.groups else match[0]

    def byte_sequence(self) -> bytes:
        try:
            return base64.b64decode(self.take(_BYTES, "a byte sequence"), validate=True)
        except binascii.Error as error:
            raise BadField(why="a byte sequence is not base64") from error

    def inner_list(self) -> InnerList:
        self.expect("(")
        items: list[Item] = []
        while not self.sees(")"):
            if items:
                self.expect(" ")
            items.append(Item(self._string(), self._params()))
        self.expect(")")
        return InnerList(tuple(items), self._params())

    def _string(self) -> str:
        return re.sub(r"\\(.)", r"\1", self.take(_STRING, "a string"))

    def _params(self) -> dict[str, Bare]:
        params: dict[str, Bare] = {}
        while self.sees(";"):
            self.expect(";")
            name = self.take(_KEY, "a parameter's name")
            if name in params:
                raise BadField(why=f"the parameter {name} stands there twice")
            params[name] = True
            if self.sees("="):
                self.expect("=")
                params[name] = self._bare()
        return params

    def _bare(self) -> Bare:
        if self.sees('"'):
            return self._string()
        if self.sees(":"):
            return self.byte_sequence()
        return int(self.take(_INTEGER, "a value"))
