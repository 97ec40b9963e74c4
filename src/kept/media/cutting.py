"""Which part of an upload its author wants, and which picture stands for it."""

from dataclasses import dataclass, replace

from kept.media.errors import BadCut

SHORTEST = 0.5
"""Seconds that must be left."""
_CLOSE = 0.05
"""Seconds from an end that count as the end: nobody sees them, and a clip that is left whole need not be encoded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """In seconds of the upload. Without an end, to its end; without a cover, the first picture that is not black."""

    start: float = 0.0
    end: float | None = None
    cover: float | None = None

    def within(self, seconds: float) -> "Cut":
        """The same for an upload that turned out to be that long: nothing lies beyond its end. Raises BadCut."""
        end = seconds if self.end is None or self.end > seconds - _CLOSE else self.end
        start = self.start if self.start > _CLOSE else 0.0
        if end - start < min(SHORTEST, seconds):
            raise BadCut
        cover = None if self.cover is None else min(max(self.cover, start), end - _CLOSE)
        return replace(self, start=start, end=end, cover=cover)

    def leaves_whole(self, seconds: float) -> bool:
        """Whether nothing is cut off."""
        return self.start == 0.0 and (self.end is None or self.end >= seconds)

    def length(self, seconds: float) -> float:
        """Seconds that are left."""
        return (seconds if self.end is None else self.end) - self.start


WHOLE = Cut()
