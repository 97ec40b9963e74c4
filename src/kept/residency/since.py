"""What the ledger tells of the time since a backup. The whole log is checked before a word of it is believed."""

import asyncio

from kept.kit import KeptError, Kind
from kept.ledger import Leaf, VerifierKey, open_checkpoint, read, source_of, verify
from kept.ledger.formats.tiles import ENTRIES, WIDTH, Tile, unbundle
from kept.ledger.reading.sources import fetch_tile
from kept.residency.luggage import Works


class LedgerUnfit(KeptError):
    """Without a ledger that verifies, nobody knows what has to be done again: the cell stays closed."""

    code = "ledger_unfit"
    kind = Kind.CONFLICT
    message = "The ledger does not verify ({why}), so what was done since the backup is not known. The cell stays closed."


async def leaves_since(works: Works, start: int) -> list[Leaf]:
    """The entries from index `start` on, oldest first. Raises LedgerUnfit."""
    return await asyncio.to_thread(_read, works, start)


def _read(works: Works, start: int) -> list[Leaf]:
    source = source_of(works.ledger.objects)
    note = source.fetch("checkpoint")
    if note is None:
        if start == 0:
            return []
        raise LedgerUnfit(why="there is none")
    report = verify(source)
    if not report.good:
        raise LedgerUnfit(why=str(report.deviations[0]))
    size = open_checkpoint(note, VerifierKey.parse((source.fetch("vkey") or b"").decode())).size
    if size < start:
        raise LedgerUnfit(why=f"it has {size} entries, and had {start} when the backup was made")
    leaves: list[Leaf] = []
    for index in range(start // WIDTH, -(-size // WIDTH)):
        width = min(WIDTH, size - index * WIDTH)
        data = fetch_tile(source, Tile(ENTRIES, index, width))
        leaves += [read(payload) for payload in unbundle(data or b"")]
    return leaves[start % WIDTH :] if size > start else []
