"""The ledger's read side (c2sp.org/tlog-tiles): `/ledger/checkpoint`, `/ledger/tile/…`, the verifier key at `/ledger/vkey`."""

from litestar import Response, get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from kept.api.given import GivenRuntime
from kept.edge import FOR_EVERY_VERSION
from kept.kit.objects import NoSuchObject
from kept.ledger import read_path


@get("/ledger/{path:path}", include_in_schema=False, cache_control=None, opt=FOR_EVERY_VERSION)
async def ledger_file(path: FromPath[str], runtime: GivenRuntime) -> Response[bytes]:
    """One file of the log; full tiles may be cached for ever, the checkpoint hardly at all. Raises NotATile."""
    found = read_path(path.lstrip("/"))
    try:
        body = await runtime.ledger.objects.get(found.key)
    except NoSuchObject:
        raise NotFoundException from None
    headers = {"cache-control": f"public, max-age={found.cache_seconds}", "access-control-allow-origin": "*"}
    return Response(body, media_type=found.content_type, headers=headers)
