"""The gateway's door: signed batches of parcels from other regions' gateways. Nobody else has business here."""

from litestar import Request, Response, post
from litestar.datastructures import State

from kept.api.given import GivenRuntime
from kept.cells import GATEWAY_PATH, LARGEST_BATCH_BODY, request_message
from kept.edge import FOR_EVERY_VERSION


@post(GATEWAY_PATH, include_in_schema=False, request_max_body_size=LARGEST_BATCH_BODY, status_code=200, opt=FOR_EVERY_VERSION)
async def parcels(request: Request[object, object, State], runtime: GivenRuntime) -> Response[bytes]:
    """Takes a batch in, once; see `kept.cells.exchange` for what is signed and `kept.cells.wire` for what may be said."""
    message = request_message(dict(request.headers), method=request.method, path=request.url.path)
    answer = await runtime.gateway.receive(message, request.body, now=runtime.clock.now())
    media_type = answer.headers["content-type"]
    return Response(answer.body, status_code=answer.status, headers=answer.headers, media_type=media_type)
