"""A mirror follows a log while its writer is at work, and cries about nothing."""

import asyncio
from pathlib import Path

from kept.audit import Copy, Mirror, State, findings
from kept.kit import SystemClock
from kept.ledger import FolderSource
from tests.ledger.conftest import bench as bench  # the writer's own stores
from tests.ledger.workbench import SIGNER, Workbench, waiting


async def test_a_mirror_keeps_up_with_a_writer_at_work(bench: Workbench, tmp_path: Path) -> None:
    log = bench.log()
    await log.append(waiting(1))
    mirror = Mirror(FolderSource(bench.folder), Copy(tmp_path), SystemClock(), key=SIGNER.vkey)
    sizes = set()

    async def watch() -> State:
        while (state := await asyncio.to_thread(mirror.look)).size < 1201:
            sizes.add(state.size)
        return state

    watching = asyncio.create_task(watch())
    for _ in range(40):
        await log.append(waiting(30))
    state = await asyncio.wait_for(watching, 20)
    assert len(sizes) > 1
    assert state.alarms == []
    found = await asyncio.to_thread(findings, Copy(tmp_path))
    assert (found.deviations, found.entries) == ([], 1201)
