"""Rate limits at the door, by source address, in memory: an address is looked at and forgotten, never stored."""

import time
from collections import OrderedDict

from kept.edge.state import AnyConnection, runtime_of
from kept.kit import KeptError, Kind

SOURCES = 50_000


class TooManyRequests(KeptError):
    code = "too_many_requests"
    kind = Kind.TOO_MANY
    message = "That was a lot at once. Wait a moment, then try again."


def source_of(connection: AnyConnection) -> str:
    """The address that a request comes from; behind the trusted proxy, what that says last (earlier parts can be made up)."""
    peer = connection.client.host if connection.client else ""
    if not peer or peer != runtime_of(connection).settings.server.trusted_proxy:
        return peer
    return connection.headers.get("x-forwarded-for", "").rpartition(",")[2].strip() or peer


class RateLimit:
    """A token bucket for each source: `burst` at once, refilled with `per_minute`."""

    def __init__(self, *, per_minute: float, burst: int) -> None:
        self._rate = per_minute / 60
        self._burst = burst
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, connection: AnyConnection) -> None:
        """Spend one token. Raises TooManyRequests, with the seconds to wait."""
        source = source_of(connection)
        now = time.monotonic()
        tokens, at = self._buckets.pop(source, (float(self._burst), now))
        tokens = min(self._burst, tokens + (now - at) * self._rate)
        if tokens >= 1:
            self._buckets[source] = (tokens - 1, now)
        else:
            self._buckets[source] = (tokens, now)
            raise TooManyRequests(retry_after=1 + (1 - tokens) / self._rate)
        while len(self._buckets) > SOURCES:
            self._buckets.popitem(last=False)
