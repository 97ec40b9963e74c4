"""What `require` decided, counted in memory for evidence: refused attempts and writes that were let through, by age band.

The runtime takes the counts and adds them to the cell's tallies, as it does with those of the other floors.
"""

from collections import Counter

from kept.policy.actions import Action
from kept.policy.attributes import word
from kept.policy.bands import AgeBand


class Tally:
    """Counters by name: `policy.refused:<band>:<action>:<policy>` and `policy.wrote:<band>:<action>`."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()

    def refused(self, action: Action, band: AgeBand | None, policies: tuple[str, ...]) -> None:
        """Count an attempt that was refused, under the first policy that refuses it."""
        self._counts[f"policy.refused:{word(band)}:{action}:{policies[0] if policies else 'none'}"] += 1

    def wrote(self, action: Action, band: AgeBand | None) -> None:
        """Count a write that was let through."""
        self._counts[f"policy.wrote:{word(band)}:{action}"] += 1

    def take(self) -> Counter[str]:
        """The counts since the last time, and begin again at nought."""
        taken, self._counts = self._counts, Counter()
        return taken


tally = Tally()
"""Of this process."""
