"""A log that is checked again and again: whole at first and once a day, and in between only what it gained."""

import time

from kept.ledger.edge import Edge
from kept.ledger.formats.checkpoint import Checkpoint, open_checkpoint
from kept.ledger.formats.note import BadNote, VerifierKey
from kept.ledger.reading.growth import Deviates, growth, known_edge
from kept.ledger.reading.sources import Source
from kept.ledger.reading.verify import Report, verify

WHOLE_AGAIN = 24 * 3600.0
"""Seconds after which everything is read once more: what was sound may have been damaged since."""


class Checker:
    """Remembers how far the log in `source` has been found sound. Blocking; for one thread at a time."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self._report: Report | None = None
        self._edge = Edge()
        self._whole_at = 0.0

    def check(self) -> Report:
        """What is known of the whole log now. Raises CannotRead when it does not answer."""
        now = time.monotonic()
        known = self._report
        if known is None or now - self._whole_at > WHOLE_AGAIN:
            known = verify(self.source)
            self._whole_at = now
        else:
            try:
                known = self._grown(known)
            except (BadNote, Deviates) as error:
                self._report = None
                return _deviating(known, str(error))
        self._report = None
        if known.good:
            self._edge = known_edge(self.source, Checkpoint(known.origin, known.size, known.root))
            self._report = known
        return known

    def forget(self) -> None:
        """Read everything once more at the next check, as after a restart."""
        self._report = None

    def _grown(self, known: Report) -> Report:
        head = open_checkpoint(self.source.fetch("checkpoint") or b"", VerifierKey.parse(known.vkey))
        for step in growth(self.source, self._edge, head):
            known.entries += step.edge.size - known.size
            known.size = step.edge.size
            known.events.update(step.events)
            known.first_at = min(known.first_at or step.first_at, step.first_at)
            known.last_at = max(known.last_at, step.last_at)
        known.root = head.root
        return known


def _deviating(known: Report, why: str) -> Report:
    known.deviates(why)
    return known
