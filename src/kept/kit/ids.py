"""Identifiers: UUID version 7 (RFC 9562, 5.7): time-ordered, so indexes grow at one end, and unguessable in the rest."""

import os
import threading
from datetime import UTC, datetime
from uuid import UUID

_lock = threading.Lock()
_last = 0


def new_id() -> UUID:
    """A new UUIDv7; ids made by one process sort in the order they were made, even when the clock steps back.

    The 12 bits after the milliseconds count up within one (RFC 9562, 6.2, method 1); 62 bits stay random.
    """
    global _last
    millis = int(datetime.now(UTC).timestamp() * 1000)
    with _lock:
        stamp = max(millis << 12, _last + 1)
        _last = stamp
    value = (stamp >> 12) << 80 | 0x7 << 76 | (stamp & 0xFFF) << 64
    value |= 0b10 << 62 | int.from_bytes(os.urandom(8), "big") >> 2
    return UUID(int=value)


def id_time(value: UUID) -> datetime:
    """The moment an id was made, to the millisecond."""
    return datetime.fromtimestamp((value.int >> 80) / 1000, UTC)
