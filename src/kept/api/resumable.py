"""The headers of resumable uploads, in two dialects: tus 1.0 and draft-ietf-httpbis-resumable-upload. Pure reading.

tus: core, creation, creation-with-upload, creation-defer-length, checksum, expiration, termination.
IETF: everything but interim responses (104), which an ASGI application can't send.
"""

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import Annotated, Any, Literal

import msgspec

from kept.catalog import Intake, accept, feeds, not_stored
from kept.kit import KeptError, Kind
from kept.media import WHOLE, Cut
from kept.policy import Choice
from kept.videos import LONGEST_CAPTION, Checksum, Ends, Part, WatchedBy

TUS_VERSION = "1.0.0"
TUS_EXTENSIONS = "creation,creation-with-upload,creation-defer-length,checksum,expiration,termination"
ALGORITHMS = ("sha256", "sha1")

_PARTS = {"tus": "application/offset+octet-stream", "ietf": "application/partial-upload"}
_DIGITS = re.compile(r"[0-9]{1,18}")
_INTEGER = re.compile(r"([0-9]{1,15})(?:;.*)?")
_BOOLEAN = re.compile(r"\?([01])(?:;.*)?")
_DIGEST = re.compile(r"(?:^|,)\s*sha-256\s*=\s*:([A-Za-z0-9+/=]+):")


class BadHeader(KeptError):
    code = "bad_header"
    kind = Kind.MALFORMED
    message = "The header {name} {why}."


class NoDialect(KeptError):
    code = "no_upload_dialect"
    kind = Kind.PRECONDITION
    message = "Say “Tus-Resumable: 1.0.0”, or use the IETF headers (Upload-Complete), so that we know how to take this upload."


class WrongPartType(KeptError):
    code = "wrong_part_type"
    kind = Kind.UNSUPPORTED
    message = "The bytes of an upload come as {wanted}."


Seconds = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{1,4}(\.[0-9]{1,3})?\Z")]
"""A moment of the upload: `12.345`."""


class UploadMetadata(Intake):
    """What a client may say of a clip in Upload-Metadata."""

    caption: Annotated[
        Annotated[str, msgspec.Meta(max_length=LONGEST_CAPTION)] | None, feeds("video.caption")
    ] = None
    comments: Annotated[Choice | None, feeds("video.comments")] = None
    audience: Annotated[WatchedBy | None, feeds("video.audience")] = None
    cut_start: Annotated[Seconds | None, feeds("video.cut_start")] = None
    cut_end: Annotated[Seconds | None, feeds("video.cut_end")] = None
    cover_at: Annotated[Seconds | None, feeds("video.cover_at")] = None
    draft: Annotated[Literal["1"] | None, not_stored("says what becomes of it")] = None
    filename: Annotated[str, not_stored("file names tell of devices and days"), msgspec.Meta(max_length=1024)] = ""
    filetype: Annotated[str, not_stored("we look at the bytes"), msgspec.Meta(max_length=256)] = ""


class Dialect(Enum):
    """Which of the two a client speaks."""

    TUS = "tus"
    IETF = "ietf"


@dataclass(frozen=True, slots=True)
class Creation:
    """A wish to begin an upload; `part` is there when bytes come with it."""

    dialect: Dialect
    length: int | None
    caption: str
    part: Part | None
    comments: Choice | None = None
    """Who may comment; as the member chose for all clips, if it doesn't say."""
    audience: WatchedBy | None = None
    """Who may watch; by the member's age, if it doesn't say."""
    cut: Cut = WHOLE
    draft: bool = False
    """It is not to be published when it is complete."""


def dialect_of(headers: Mapping[str, str]) -> Dialect:
    """Which dialect a request is in. Raises NoDialect for another version of tus, too."""
    version = headers.get("tus-resumable")
    if version is None:
        return Dialect.IETF
    if version.strip() != TUS_VERSION:
        raise NoDialect
    return Dialect.TUS


def creation_of(headers: Mapping[str, str]) -> Creation:
    """What a POST that begins an upload says. Raises NoDialect, BadHeader, and as `accept` for the metadata."""
    dialect = dialect_of(headers)
    size = _size(headers)
    told = _metadata(headers)
    caption, draft = told.caption or "", told.draft is not None
    if dialect is Dialect.TUS:
        length = _tus_length(headers)
        brings = headers.get("content-type", "").split(";")[0].strip() == _PARTS["tus"] and size != 0
        part = Part(offset=0, size=size, length=length, checksum=_checksum(headers), draft=draft) if brings else None
        return Creation(dialect, length, caption, part, told.comments, told.audience, _cut(told) or WHOLE, draft)
    complete = _complete(headers)
    if complete is None:
        raise NoDialect
    length = _integer(headers, "upload-length")
    if complete and size is not None:
        length = size if length is None else length
    ends = Ends.HERE if complete else Ends.LATER
    part = Part(offset=0, ends=ends, size=size, length=length, checksum=_content_digest(headers), draft=draft)
    brought = None if size == 0 and not complete else part
    return Creation(dialect, length, caption, brought, told.comments, told.audience, _cut(told) or WHOLE, draft)


def part_of(headers: Mapping[str, str]) -> tuple[Dialect, Part]:
    """What a PATCH says. Raises NoDialect, BadHeader, WrongPartType, and as `accept` for the metadata."""
    dialect = dialect_of(headers)
    wanted = _PARTS[dialect.value]
    if headers.get("content-type", "").split(";")[0].strip().lower() != wanted:
        raise WrongPartType(wanted=wanted)
    size, told = _size(headers), _metadata(headers)
    if dialect is Dialect.TUS:
        offset, length = _digits(headers, "upload-offset"), _digits(headers, "upload-length")
        ends, checksum = Ends.AT_LENGTH, _checksum(headers)
    else:
        offset, length = _integer(headers, "upload-offset"), _integer(headers, "upload-length")
        complete = _complete(headers)
        if complete is None:
            raise BadHeader(name="Upload-Complete", why="is missing: ?1 for the last part, ?0 for any other")
        ends, checksum = Ends.HERE if complete else Ends.LATER, _content_digest(headers)
    if offset is None:
        raise BadHeader(name="Upload-Offset", why="is missing")
    draft = told.draft is not None
    part = Part(offset=offset, ends=ends, size=size, length=length, checksum=checksum, draft=draft)
    return dialect, replace(part, caption=told.caption, comments=told.comments, audience=told.audience, cut=_cut(told))


def _cut(told: UploadMetadata) -> Cut | None:
    """Which part is wanted, if it says so."""
    if told.cut_start is None and told.cut_end is None and told.cover_at is None:
        return None
    end, cover = (None if one is None else float(one) for one in (told.cut_end, told.cover_at))
    return Cut(start=float(told.cut_start or 0), end=end, cover=cover)


def written_metadata(caption: str) -> str:
    """A caption as Upload-Metadata."""
    return f"caption {base64.b64encode(caption.encode()).decode()}"


def _tus_length(headers: Mapping[str, str]) -> int | None:
    length, deferred = _digits(headers, "upload-length"), headers.get("upload-defer-length")
    if deferred not in (None, "1"):
        raise BadHeader(name="Upload-Defer-Length", why="can only be 1")
    if (length is None) is (deferred is None):
        raise BadHeader(name="Upload-Length", why="or Upload-Defer-Length must be there, and not both")
    return length


def _size(headers: Mapping[str, str]) -> int | None:
    """Bytes of the content; None where the connection tells only at their end."""
    if "transfer-encoding" in headers:
        return None
    return _digits(headers, "content-length") or 0


def _digits(headers: Mapping[str, str], name: str) -> int | None:
    value = headers.get(name)
    if value is None:
        return None
    if not _DIGITS.fullmatch(value.strip()):
        raise BadHeader(name=name.title(), why="must be a number of bytes")
    return int(value)


def _integer(headers: Mapping[str, str], name: str) -> int | None:
    """A structured field (RFC 9651); "other values MUST cause the entire header field to be ignored" (4.1.1)."""
    found = _INTEGER.fullmatch(headers.get(name, "").strip())
    return int(found[1]) if found else None


def _complete(headers: Mapping[str, str]) -> bool | None:
    found = _BOOLEAN.fullmatch(headers.get("upload-complete", "").strip())
    return found[1] == "1" if found else None


def _metadata(headers: Mapping[str, str]) -> UploadMetadata:
    """tus, Creation, Upload-Metadata: keys and base64 values."""
    given: dict[str, Any] = {}
    for pair in filter(None, map(str.strip, headers.get("upload-metadata", "").split(","))):
        key, _, value = pair.partition(" ")
        if key in given:
            raise BadHeader(name="Upload-Metadata", why="says something twice")
        try:
            given[key] = base64.b64decode(value.strip(), validate=True).decode()
        except (binascii.Error, UnicodeDecodeError) as error:
            raise BadHeader(name="Upload-Metadata", why="must have its values in base64 of UTF-8") from error
    return accept(given, UploadMetadata)


def _checksum(headers: Mapping[str, str]) -> Checksum | None:
    """tus, Checksum."""
    value = headers.get("upload-checksum")
    if value is None:
        return None
    algorithm, _, text = value.strip().partition(" ")
    if algorithm not in ALGORITHMS:
        raise BadHeader(name="Upload-Checksum", why=f"can be of {' or '.join(ALGORITHMS)}")
    return Checksum(algorithm, _decoded("Upload-Checksum", text))


def _content_digest(headers: Mapping[str, str]) -> Checksum | None:
    """RFC 9530, 2; algorithms that we don't know are ignored."""
    found = _DIGEST.search(headers.get("content-digest", ""))
    return Checksum("sha256", _decoded("Content-Digest", found[1])) if found else None


def _decoded(name: str, text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise BadHeader(name=name, why="must be base64") from error
