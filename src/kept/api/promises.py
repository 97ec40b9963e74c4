"""The promises as data: what `/trust` shows, for programs."""

from datetime import datetime

import msgspec
from litestar import get

from kept.api.bodies import problems
from kept.api.given import GivenRuntime
from kept.edge import FOR_EVERY_VERSION
from kept.promises import standing


class PromiseAnswer(msgspec.Struct):
    """One promise and where it stands: kept, broken, unproven or planned."""

    id: str
    group: str
    statement: str
    state: str
    figure: str
    sample: int
    details: dict[str, str | float]
    measured_at: datetime | None
    enforcement: str
    evidence: str
    refused: str
    code: list[str]


class PromisesAnswer(msgspec.Struct):
    """Every promise, in the order of the public page."""

    promises: list[PromiseAnswer]


@get(
    "/api/v1/promises",
    summary="Every promise and where it stands",
    tags=["promises"],
    opt=FOR_EVERY_VERSION,
    responses=problems(),
)
async def promises(runtime: GivenRuntime) -> PromisesAnswer:
    """The newest evidence of each promise. Evidence older than ten minutes proves nothing, and its promise is unproven."""
    return PromisesAnswer(
        [
            PromiseAnswer(
                id=reading.promise.id,
                group=reading.promise.group,
                statement=reading.promise.statement,
                state=reading.state,
                figure=reading.figure,
                sample=reading.sample,
                details=dict(reading.details),
                measured_at=reading.measured_at,
                enforcement=reading.promise.enforcement,
                evidence=reading.promise.evidence,
                refused=reading.promise.refused,
                code=list(reading.code),
            )
            for reading in await standing(runtime)
        ]
    )
