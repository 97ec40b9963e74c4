"""Measuring: run every check on the live system, store what was found, tell where each promise stands."""

from datetime import datetime
from typing import Any

import msgspec
import structlog

from kept.promises import evidence  # noqa: F401  declares the checks
from kept.promises.joining import EVERYWHERE, Measured, joined
from kept.promises.listing import PROMISES
from kept.promises.promise import FRESH, Finding, Promise, Reading, Verdict, state_of
from kept.promises.registry import check_of, code_of
from kept.runtime import Runtime

_log = structlog.get_logger()

_LATEST = """
SELECT DISTINCT ON (promise_id, measured_by) promise_id, measured_by, measured_at, verdict, figure, sample, details
FROM promise_reading WHERE measured_at <= $1 AND measured_by = ANY($2)
ORDER BY promise_id, measured_by, measured_at DESC
"""
_STORE = """
INSERT INTO promise_reading (promise_id, measured_by, measured_at, verdict, figure, sample, details)
SELECT promise_id, $7, $1, verdict, figure, sample, details::json
FROM unnest($2::text[], $3::text[], $4::text[], $5::bigint[], $6::text[])
    AS t (promise_id, verdict, figure, sample, details)
ON CONFLICT DO NOTHING
"""
_THIN_OUT = """
DELETE FROM promise_reading WHERE measured_at < $1::timestamptz - interval '1 hour' AND measured_at NOT IN (
    SELECT min(measured_at) FROM promise_reading GROUP BY promise_id, measured_by, verdict, date_trunc('hour', measured_at))
"""


async def measure_all(runtime: Runtime) -> list[Reading]:
    """Measure every promise now; a check that can't run proves nothing, and says so."""
    now = runtime.clock.now()
    return [_reading(promise, await _found(promise, runtime), measured_at=now, now=now) for promise in PROMISES]


async def store(runtime: Runtime, readings: list[Reading]) -> None:
    """Keep readings for the page; past an hour, one an hour is enough, and every change of verdict."""
    measured = [reading for reading in readings if check_of(reading.promise.id) is not None]
    if not measured:
        return
    database = runtime.cells.directory.database
    await database.fetch(
        _STORE,
        measured[0].measured_at,
        [reading.promise.id for reading in measured],
        [str(reading.details.get("verdict", Verdict.EMPTY)) for reading in measured],
        [reading.figure for reading in measured],
        [reading.sample for reading in measured],
        [msgspec.json.encode(reading.details).decode() for reading in measured],
        _measurer(runtime),
    )
    await database.fetch(_THIN_OUT, measured[0].measured_at)


async def standing(runtime: Runtime) -> list[Reading]:
    """Where each promise stands by its newest stored reading; what the page shows."""
    now = runtime.clock.now()
    measurers = _measurers(runtime)
    newest = await runtime.cells.directory.database.fetch(_LATEST, now + FRESH, measurers)
    rows = {(row["promise_id"], row["measured_by"]): Measured(_finding(row), row["measured_at"]) for row in newest}
    readings = []
    for promise in PROMISES:
        found = joined({measurer: rows.get((promise.id, measurer)) for measurer in measurers})
        finding, at = (found.finding, found.at) if found else (None, None)
        readings.append(_reading(promise, finding, measured_at=at, now=now))
    return readings


def _measurer(runtime: Runtime) -> str:
    """Whose cells this process measures."""
    return next(iter(runtime.settings.served)) if runtime.cells.remote else EVERYWHERE


def _measurers(runtime: Runtime) -> list[str]:
    """Who has to have measured before anything is proven."""
    return list(runtime.settings.regions) if runtime.cells.remote else [EVERYWHERE]


async def _found(promise: Promise, runtime: Runtime) -> Finding | None:
    check = check_of(promise.id)
    if check is None:
        return None
    try:
        return await check(runtime)
    except Exception as error:  # noqa: BLE001  the page must come up whatever one check does, and not call it kept
        _log.error("promise.check_failed", promise=promise.id, error=type(error).__name__, exc_info=error)
        return Finding(Verdict.EMPTY, "The check could not run.", 0, {"error": type(error).__name__})


def _reading(promise: Promise, finding: Finding | None, *, measured_at: datetime | None, now: datetime) -> Reading:
    measurable = check_of(promise.id) is not None
    age = None if measured_at is None else now - measured_at
    state = state_of(finding, measurable=measurable, age=age)
    if finding is None:
        return Reading(promise, state, "", 0, {}, None, code_of(promise.id))
    details = finding.details | {"verdict": str(finding.verdict)}
    return Reading(promise, state, finding.figure, finding.sample, details, measured_at, code_of(promise.id))


def _finding(row: Any) -> Finding:
    details: dict[str, str | int | float] = msgspec.json.decode(row["details"])
    return Finding(Verdict(row["verdict"]), row["figure"], row["sample"], details)
