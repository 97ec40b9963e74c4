"""Applying what came across a border, in one transaction of the cell that it came to. One bad parcel doesn't stop the rest."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

import structlog

from kept.cells.cell import OwnerElsewhere, Tx, log_refusal
from kept.cells.parcels import Addressed, AnyParcel, ShelfPut, UnknownParcel
from kept.cells.shelves import apply, put_all
from kept.kit import Fatal, KeptError
from kept.kit.database import DATABASE_AWAY

_log = structlog.get_logger()


class Deliver(Protocol):
    """Applies what is addressed to somebody in this cell. Must do nothing when it has been done (by `parcel_id`).

    For somebody who moved away meanwhile it may send the parcel on. Whatever it raises puts this one parcel aside, to be
    tried again later and to be shown to operators by the error's code.
    """

    async def __call__(self, tx: Tx, parcel: Addressed, *, now: datetime) -> None: ...


Handlers = Mapping[str, Deliver]
"""By what is addressed: `Addressed.what`."""


async def apply_all(tx: Tx, parcels: Sequence[AnyParcel], handlers: Handlers, *, now: datetime) -> dict[UUID, str]:
    """Apply parcels; returns those that were refused, with the error's code.

    All at once, and one by one only when that fails. Raises Fatal and DatabaseAway, which concern more than one parcel.
    """
    if await _refusal(tx, parcels, handlers, now=now) is None:
        return {}
    found = {parcel.parcel_id: await _refusal(tx, [parcel], handlers, now=now) for parcel in parcels}
    refused = {parcel_id: code for parcel_id, code in found.items() if code is not None}
    _log.warning("gateway.parcels_refused", cell=tx.cell.name, codes=sorted(set(refused.values())), count=len(refused))
    return refused


async def _refusal(tx: Tx, parcels: Sequence[AnyParcel], handlers: Handlers, *, now: datetime) -> str | None:
    """Apply all of them, or none and tell why."""
    try:
        async with tx.connection.begin_nested():
            # Puts and removals come to the same in any order.
            await put_all(tx, [parcel for parcel in parcels if isinstance(parcel, ShelfPut)])
            for parcel in parcels:
                if not isinstance(parcel, ShelfPut):
                    await _apply_one(tx, parcel, handlers, now=now)
    except (Fatal, *DATABASE_AWAY):
        raise
    except OwnerElsewhere as error:
        if len(parcels) == 1:
            await log_refusal(tx, str(error.details["table"]), now=now)
        return error.code
    except KeptError as error:
        return error.code
    except Exception as error:  # noqa: BLE001  the edge of a parcel: it is put aside and shown, and the others go on
        _log.error("gateway.parcel_failed", cell=tx.cell.name, error=type(error).__name__, exc_info=error)
        return type(error).__name__
    return None


async def _apply_one(tx: Tx, parcel: AnyParcel, handlers: Handlers, *, now: datetime) -> None:
    if not isinstance(parcel, Addressed):
        await apply(tx, parcel, now=now)
    elif parcel.what in handlers:
        await handlers[parcel.what](tx, parcel, now=now)
    else:
        raise UnknownParcel(what=parcel.what)
