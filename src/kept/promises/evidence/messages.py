"""Evidence on messages: a canary that the platform sends can be read nowhere on its disks, sealed as it is found there."""

import asyncio
from collections import defaultdict
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit
from weakref import WeakKeyDictionary

from kept.cells import Cell, Standing
from kept.messages import Canaries, Canary, Looked, Messages, look
from kept.promises.promise import Finding, Verdict
from kept.promises.registry import measures
from kept.runtime import Runtime

_canaries: WeakKeyDictionary[Messages, Canaries] = WeakKeyDictionary()
TRIES, PAUSE_SECONDS = 3, 0.3
_DATA = "data"
"""The embedded server's folder of databases, beside that of its socket."""


@measures("messages.encrypted", "kept.messages.storing", "kept.vault.sealing")
async def a_canary_is_nowhere_in_clear(runtime: Runtime) -> Finding:
    """Sends a text in each cell by the ordinary way, then reads every file that was changed since.

    Where a database server is elsewhere, or its files may not be read, nothing is proven for it, and the figure says so.
    """
    mine = _canaries.setdefault(runtime.messages, Canaries())
    since, folders = float("inf"), {runtime.settings.data_folder}
    unproven: defaultdict[str, list[str]] = defaultdict(list)
    looked_at = 0
    plain: set[str] = set()
    size = 0
    standings = await runtime.cells.standings.all()
    for cell in (one for one in runtime.cells if standings.get(one.name, Standing.SERVING) is Standing.SERVING):
        canary = await mine.send(runtime.messages, runtime.cells, cell, now=runtime.clock.now())
        since = min(canary.sent_at, since)
        files = await asyncio.to_thread(_files_of, cell)
        looked = await _looked(sorted(folders | files), list(mine.sent), canary)
        plain.update(looked.plain)
        size += looked.size
        if looked.plain or (looked.sealed and looked.complete and not looked.unreadable):
            looked_at += 1
        else:
            why = "its database's files are not here" if not looked.sealed else "not all files could be read"
            unproven[why].append(cell.name)
    missing = "; ".join(f"unproven for {', '.join(names)}: {why}" for why, names in unproven.items())
    found = f"a canary text found in {len(plain)} files of those changed since it was sent ({size / 1e6:,.0f} MB)"
    figure = f"{found}; {missing}" if missing else found
    details = {"files_in_clear": len(plain), "cells_looked_at": looked_at, "cells_unproven": len(unproven)}
    if plain:
        return Finding(Verdict.BAD, figure, looked_at, dict(details))
    if unproven:
        return Finding(Verdict.EMPTY, figure, looked_at, dict(details))
    return Finding.of(good=True, figure=figure, sample=looked_at, **details)


async def _looked(folders: list[Path], canaries: list[Canary], newest: Canary) -> Looked:
    """Look, off the event loop; again, where a server is told to write its log a moment after it commits."""
    for _ in range(TRIES):
        looked = await asyncio.to_thread(look, folders, canaries, since=newest.sent_at)
        if looked.sealed or looked.plain:
            break
        await asyncio.sleep(PAUSE_SECONDS)
    return looked


def _files_of(cell: Cell) -> set[Path]:
    """The folder of the embedded database server, beside whose files its socket is; nothing for any other server."""
    query = dict(parse_qsl(urlsplit(cell.database.address).query))
    folder = Path(query.get("host", "")).parent
    return {folder} if (folder / _DATA / "PG_VERSION").exists() else set()
