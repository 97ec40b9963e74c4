"""Where a page of a list ends: the moment and the id of its last clip, or comment, as a short text that clients hand back.

Not secret and not signed: a made-up cursor leads to a place in the same list. It is checked, so that it can't be
anything else.
"""

import base64
import binascii
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from kept.kit import KeptError, Kind

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_LENGTH = 8 + 16
_LAST = (datetime.max.replace(tzinfo=UTC) - _EPOCH) // _MICROSECOND


class BadCursor(KeptError):
    code = "bad_cursor"
    kind = Kind.MALFORMED
    message = "This is no place in this list. Begin at the start."


@dataclass(frozen=True, slots=True)
class Cursor:
    """What comes after the item `item_id`, which has its place at `at`."""

    at: datetime
    item_id: UUID

    def __str__(self) -> str:
        micros = (self.at - _EPOCH) // _MICROSECOND
        return base64.urlsafe_b64encode(micros.to_bytes(8, "big") + self.item_id.bytes).decode()

    @classmethod
    def read(cls, text: str) -> "Cursor":
        """The place that `text` names. Raises BadCursor."""
        try:
            raw = base64.b64decode(text.encode(), altchars=b"-_", validate=True)
        except (binascii.Error, UnicodeEncodeError) as error:
            raise BadCursor from error
        micros = int.from_bytes(raw[:8], "big")
        if len(raw) != _LENGTH or micros > _LAST:
            raise BadCursor
        return cls(_EPOCH + micros * _MICROSECOND, UUID(bytes=raw[8:]))
