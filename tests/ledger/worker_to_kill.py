"""A process that sequences until it is killed: `python -m tests.ledger.worker_to_kill FOLDER LEDGER CELL [CELL …]`."""

import asyncio
import sys
from pathlib import Path

from kept.kit import Database
from kept.ledger import Sequencer
from tests.ledger.workbench import Workbench


async def main(folder: str, ledger: str, *cells: str) -> None:
    bench = Workbench(Path(folder), Database(ledger), {cell: Database(cell) for cell in cells})
    print("sequencing", flush=True)
    await Sequencer(bench.log(), list(bench.cells.values()), pool=0.001).run()


asyncio.run(main(*sys.argv[1:]))
