"""The sending side of the gateway between regions: a batch goes as one signed request, and is dropped after the answer.

Each request has a number of its own, higher than any before, that is stored before it is sent. When a link fails, it is
tried again after a pause that doubles; what is wrong with it is stored beside, for operators.
"""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import msgspec
import sqlalchemy as sa
import structlog
from sqlalchemy.dialects.postgresql import insert

from kept.cells.cell import Cell, Tx
from kept.cells.crossing import LinkOut
from kept.cells.exchange import Told, check_answer, request_message, sign_request
from kept.cells.parcels import AnyParcel
from kept.cells.receiving import Behind
from kept.cells.registry import RemoteCell
from kept.cells.settling import oldest, settle, unpacked
from kept.cells.signatures import BadSignature
from kept.cells.structured import BadField
from kept.cells.wire import PATH, Outcome, write_batch
from kept.ledger import Signer

_log = structlog.get_logger()

FULL = 3 * 1024 * 1024
"""Bytes of envelopes after which a batch is full."""
LONGEST_PAUSE = 60.0
PATIENCE = httpx.Timeout(20.0, connect=5.0)
UNDERSTOOD = frozenset({400, 413, 422})
"""Statuses that say: not this batch. Then parcels go one by one, until the one is found."""


class Trouble(Exception):
    """Why a request did nothing that we know of; `code` is stored and shown, `pause` is in seconds."""

    def __init__(self, code: str, pause: float = 0.0, *, of_the_batch: bool = False, behind: int = 0) -> None:
        super().__init__(code)
        self.code = code
        self.pause = pause
        self.of_the_batch = of_the_batch
        self.behind = behind


class Sender:
    """Brings what waits in cells of this process to other regions' gateways."""

    def __init__(self, key: Signer, client: httpx.AsyncClient) -> None:
        self._key = key
        self._client = client

    async def send(self, cell: Cell, to: RemoteCell, *, batch: int, now: datetime) -> int:
        """Send a batch; returns how many parcels were settled. One process at a time works on a link; others return 0."""
        async with cell.begin() as tx:
            if not (await tx.run(sa.select(_lock(to.name)))).scalar_one():
                return 0
            link = (await tx.run(sa.select(LinkOut.__table__).where(LinkOut.to_cell == to.name))).first()
            if link is not None and link.again_at is not None and link.again_at > now:
                return 0
            one_by_one = link is not None and (link.trouble or "").startswith("batch:")
            rows = _bounded((await tx.run(oldest(to.name, now, 1 if one_by_one else batch))).all())
            if not rows:
                return 0
            parcels, refused = unpacked(rows)
            try:
                refused |= await self._brought(cell, to, parcels, now=now)
            except Trouble as trouble:
                await _note_trouble(tx, to.name, trouble, failures=link.failures if link else 0, now=now)
                if not trouble.of_the_batch or len(rows) > 1:
                    return 0
                refused |= {row.parcel_id: trouble.code for row in rows}
            else:
                await _note_success(tx, to.name)
            await settle(tx, to.name, parcels, refused, now=now)
        return len(rows)

    async def _brought(
        self, cell: Cell, to: RemoteCell, parcels: Sequence[AnyParcel], *, now: datetime
    ) -> dict[UUID, str]:
        """Post parcels; returns those that were refused there. Raises Trouble."""
        if not parcels:
            return {}
        told = Told(cell.name, to.name, await _next_number(cell, to.name, now=now))
        body = write_batch(parcels)
        fields = sign_request(body, told, self._key, now=now)
        try:
            answer = await self._client.post(to.gateway_url + PATH, content=body, headers=fields, timeout=PATIENCE)
        except httpx.TransportError as error:
            _log.warning("gateway.unreachable", cell=cell.name, to=to.name, error=type(error).__name__)
            raise Trouble("unreachable") from error
        if answer.status_code not in (200, 409):
            raise _refused(answer)
        try:
            check_answer(answer.status_code, dict(answer.headers), answer.content, request_message(fields), to.key)
            if answer.status_code == 409:
                raise Trouble("sequence_behind", behind=msgspec.msgpack.decode(answer.content, type=Behind).number)
            outcome = msgspec.msgpack.decode(answer.content, type=Outcome)
        except (BadSignature, BadField, msgspec.DecodeError, KeyError) as error:
            _log.error("gateway.forged_answer", cell=cell.name, to=to.name, error=type(error).__name__)
            raise Trouble("forged_answer") from error
        return {UUID(parcel_id): code for parcel_id, code in outcome.refused.items()}


def _refused(answer: httpx.Response) -> Trouble:
    """The trouble in an answer that is none of a gateway's own; nobody signed it, so it settles nothing."""
    try:
        code = str(answer.json()["code"])[:64]
    except (ValueError, KeyError, TypeError):
        code = f"http_{answer.status_code}"
    told = answer.headers.get("retry-after", "")
    pause = min(float(told), 300.0) if told.isascii() and told.isdigit() else 0.0
    of_the_batch = answer.status_code in UNDERSTOOD and code in ("bad_batch", "batch_too_large")
    return Trouble(code, pause, of_the_batch=of_the_batch)


def _bounded(rows: Sequence[sa.Row[Any]]) -> list[sa.Row[Any]]:
    """As many as fit into a request, one at least."""
    taken: list[sa.Row[Any]] = []
    size = 0
    for row in rows:
        size += len(row.envelope or b"")
        if taken and size > FULL:
            break
        taken.append(row)
    return taken


def _lock(to_cell: str) -> sa.Function[Any]:
    return sa.func.pg_try_advisory_xact_lock(sa.func.hashtextextended(f"link out {to_cell}", 0))


async def _next_number(cell: Cell, to_cell: str, *, now: datetime) -> int:
    """A number that no request to `to_cell` had before; committed, so that it is none's again."""
    statement = insert(LinkOut).values(to_cell=to_cell, number=1, signed_at=now)
    more = {"number": LinkOut.number + 1, "signed_at": now}
    statement = statement.on_conflict_do_update(index_elements=["to_cell"], set_=more)
    async with cell.begin() as tx:
        return int((await tx.run(statement.returning(LinkOut.number))).scalar_one())


async def _note_trouble(tx: Tx, to_cell: str, trouble: Trouble, *, failures: int, now: datetime) -> None:
    doubled = min(0.5 * 2 ** min(failures, 20), LONGEST_PAUSE)
    pause = max(trouble.pause, doubled * random.uniform(0.5, 1.0))  # noqa: S311  so that many links don't try as one
    code = f"batch:{trouble.code}" if trouble.of_the_batch else trouble.code
    values: dict[str, Any] = {"failures": failures + 1, "trouble": code}
    values["again_at"] = None if trouble.of_the_batch else now + timedelta(seconds=pause)
    if trouble.behind:  # ours was set back, with the whole cell, by a restore
        values["number"] = sa.func.greatest(LinkOut.number, trouble.behind)
    await tx.run(sa.update(LinkOut).where(LinkOut.to_cell == to_cell).values(values))


async def _note_success(tx: Tx, to_cell: str) -> None:
    fine = {"failures": 0, "trouble": None, "again_at": None}
    troubled = sa.and_(LinkOut.to_cell == to_cell, LinkOut.trouble.is_not(None))
    await tx.run(sa.update(LinkOut).where(troubled).values(fine))
