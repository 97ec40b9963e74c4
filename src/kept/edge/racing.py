"""A request that changes something, and whose member's home was switched meanwhile, is told to try again.

What it wanted to change may have been gone when it came to it, so an answer that says `done` could be wrong. Homes are
remembered by every process and forgotten as they are switched, so asking costs nothing.
"""

from litestar.types import Message, Scope

from kept.cells import Directory, HomeMoved
from kept.edge.asking import ASKER, SAFE, Asker
from kept.kit.database import DATABASE_AWAY

_TRY_AGAIN = (b"retry-after", b"1")


async def tell_if_moved(message: Message, scope: Scope) -> None:
    """A hook that sees every answer before it is sent."""
    asker = scope.get(ASKER)
    if message["type"] != "http.response.start" or not isinstance(asker, Asker) or asker.session is None:
        return
    if scope.get("method") in SAFE:
        return
    if await _may_have_moved(asker, scope["litestar_app"].state.runtime.cells.directory):
        message["status"] = HomeMoved.kind.value
        message["headers"] = [*message["headers"], _TRY_AGAIN]


async def _may_have_moved(asker: Asker, directory: Directory) -> bool:
    """Whether the member lives elsewhere now, or nobody can say, because the directory is away."""
    try:
        home = await directory.home(asker.member.member_id)
    except DATABASE_AWAY:
        return True
    return home is not None and home != asker.cell.name
