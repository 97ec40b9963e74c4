"""The door for letters: the operator's mail server hands over what comes to the address for requests."""

from typing import Annotated, Any

import msgspec
from litestar import Request, post
from litestar.datastructures import State
from litestar.di import NamedDependency

from kept.api.bodies import problems
from kept.edge import FOR_EVERY_VERSION, RateLimit
from kept.rights.receiving import LARGEST, Became, receive
from kept.runtime import Runtime

AnyRequest = Request[Any, Any, State]

_LETTERS = RateLimit(per_minute=120, burst=240)


class LetterAnswer(msgspec.Struct):
    """What became of a letter."""

    became: Annotated[
        Became, msgspec.Meta(description="taken, verified, ignored; for_people: leave it in the mailbox.")
    ]


@post(
    "/api/v1/rights/mail",
    opt=FOR_EVERY_VERSION,
    tags=("rights",),
    request_max_body_size=LARGEST,
    status_code=202,
    summary="Hand over a letter",
    operation_id="take_rights_mail",
    responses=problems(403, 413, 429, 503),
)
async def rights_mail(request: AnyRequest, runtime: NamedDependency[Runtime]) -> LetterAnswer:
    """For the operator's own mail server: the letter as it came (RFC 5322), with `Kept-Mail-Timestamp` and the HMAC-SHA-256
    of that, a dot and the letter as `Kept-Mail-Signature`, in hexadecimal. Each is taken once, within five minutes.
    """
    _LETTERS.take(request)
    became = await receive(
        runtime,
        await request.body(),
        timestamp=request.headers.get("kept-mail-timestamp", ""),
        signature=request.headers.get("kept-mail-signature", ""),
        now=runtime.clock.now(),
    )
    return LetterAnswer(became)
