"""A log that is checked again and again: what it gained, against all that was seen before; and all of it, as time allows."""

import time
from collections.abc import Callable
from dataclasses import replace

from kept.ledger.edge import Edge
from kept.ledger.formats.checkpoint import Checkpoint, open_checkpoint
from kept.ledger.formats.note import BadNote, VerifierKey
from kept.ledger.reading.growth import Deviates, growth, known_edge
from kept.ledger.reading.sources import Source
from kept.ledger.reading.verify import Report, verify

REST = 50.0
"""Times as long as reading everything took is rested before it is done again: what was sound may have been damaged since."""
LONGEST_REST = 24 * 3600.0


class Checker:
    """Remembers how far the log in `source` has been found sound. Blocking; for one thread at a time."""

    def __init__(self, source: Source, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.source = source
        self._monotonic = monotonic
        self._known: Report | None = None
        self._edge = Edge()
        self._rested_at = 0.0

    def check(self) -> Report:
        """What is known of the whole log now. Raises CannotRead when it does not answer.

        What was once found sound is never let go of: a history that was written anew goes on deviating from it, even if it
        is sound in itself.
        """
        known, whole = self._known, None
        if known is None or self._monotonic() > self._rested_at:
            whole = self._read_whole()
        if whole is not None and (known is None or not whole.good):
            report = whole
        else:
            assert known is not None  # noqa: S101  else it was read whole
            report = self._grown(known)
        if report.good:
            self._edge = known_edge(self.source, Checkpoint(report.origin, report.size, report.root))
            self._known = report
        return report

    def _read_whole(self) -> Report:
        began = self._monotonic()
        report = verify(self.source)
        ended = self._monotonic()
        self._rested_at = ended + min(LONGEST_REST, REST * (ended - began))
        return report

    def _grown(self, known: Report) -> Report:
        """What is known, with what the log gained since; it deviates where the two don't fit."""
        report = replace(known, events=known.events.copy(), deviations=[])
        try:
            head = open_checkpoint(self.source.fetch("checkpoint") or b"", VerifierKey.parse(known.vkey))
            for step in growth(self.source, self._edge, head):
                report.entries += step.edge.size - report.size
                report.size = step.edge.size
                report.events.update(step.events)
                report.first_at = min(report.first_at or step.first_at, step.first_at)
                report.last_at = max(report.last_at, step.last_at)
            report.root = head.root
        except (BadNote, Deviates) as error:
            report.deviates(str(error))
        return report
