"""Which counts may be shown: none of fewer than k people, and none from which such a one could be worked out. Pure.

A count that is left out can be worked out where it is the only one missing in a sum that is known: of a row or a column of the
table, or of all of it. So of every such line either nothing is left out, or at least two counts that are at least k people
together; and of two dimensions, none is fixed by the sums taken together (a bridge of the graph whose edges are what is
left out). The next smallest counts are left out with them until that holds.
What is shown is rounded down, so that counts of several questions, or of two days, don't differ by single people.
"""

from collections.abc import Iterator, Mapping

SMALLEST = 10
"""The fewest people a shown count may stand for."""
MOST_DIMENSIONS = 2
STEP = 5
"""Counts are shown in steps of so many people."""

Key = tuple[str, ...]


def suppressed(counts: Mapping[Key, int], k: int = SMALLEST) -> set[Key]:
    """The keys whose counts must not be shown. Keys have up to two parts, and counts are of people."""
    out = {key for key, count in counts.items() if count < k}
    while (more := _next(counts, out, k)) is not None:
        out.add(more)
    return out


def rounded(people: int) -> int:
    """A count as it is shown."""
    return people - people % STEP


def _next(counts: Mapping[Key, int], out: set[Key], k: int) -> Key | None:
    """The next count to leave out; None, if what is shown gives nothing away."""
    for line in _lines(counts):
        missing = [key for key in line if key in out]
        if missing and (len(missing) == 1 or sum(counts[key] for key in missing) < k):
            shown = [key for key in line if key not in out]
            if shown:
                return _smallest(counts, shown)
    for key in sorted(out):
        if _is_fixed(key, out):
            shown = [other for other in counts if other not in out and _share(key, other)]
            if shown:
                return _smallest(counts, shown)
    return None


def _lines(counts: Mapping[Key, int]) -> Iterator[list[Key]]:
    """The sums that somebody may know: of everything, and of everything that agrees in one dimension."""
    yield list(counts)
    dimensions = len(next(iter(counts), ()))
    for place in range(dimensions if dimensions > 1 else 0):
        for value in sorted({key[place] for key in counts}):
            yield [key for key in counts if key[place] == value]


def _is_fixed(key: Key, out: set[Key]) -> bool:
    """Whether the sums of rows and columns leave one value only: no way round from its row to its column without it."""
    if len(key) < MOST_DIMENSIONS:
        return False
    rows, columns = {key[0]}, set[str]()
    others = out - {key}
    while True:
        found = {other[1] for other in others if other[0] in rows}
        reached = {other[0] for other in others if other[1] in found} | rows
        if key[1] in found:
            return False
        if found <= columns and reached == rows:
            return True
        rows, columns = reached, found


def _share(one: Key, other: Key) -> bool:
    return any(a == b for a, b in zip(one, other, strict=True))


def _smallest(counts: Mapping[Key, int], keys: list[Key]) -> Key:
    return min(keys, key=lambda key: (counts[key], key))
