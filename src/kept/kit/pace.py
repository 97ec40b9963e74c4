"""How fast somebody may write: a token bucket for each member, in memory."""

import time
from collections import OrderedDict
from collections.abc import Callable
from uuid import UUID

from kept.kit.errors import KeptError

MEMBERS = 50_000


class Pace:
    """`burst` at once, refilled with `per_minute`; who is faster gets a `refusal`, with the seconds to wait."""

    def __init__(
        self,
        refusal: type[KeptError],
        *,
        per_minute: float,
        burst: int,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._refusal = refusal
        self._rate = per_minute / 60
        self._burst = float(burst)
        self._monotonic = monotonic
        self._buckets: OrderedDict[UUID, tuple[float, float]] = OrderedDict()

    def take(self, member_id: UUID) -> None:
        """Spend one. Raises the refusal, with `retry_after`."""
        now = self._monotonic()
        left, at = self._buckets.pop(member_id, (self._burst, now))
        left = min(self._burst, left + (now - at) * self._rate)
        enough = left >= 1
        self._buckets[member_id] = (left - 1 if enough else left, now)
        while len(self._buckets) > MEMBERS:
            self._buckets.popitem(last=False)
        if not enough:
            raise self._refusal(retry_after=1 + (1 - left) / self._rate)
