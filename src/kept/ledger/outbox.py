"""An act and its ledger entries as one statement: both are committed, or neither; an act that did nothing logs nothing.

    WITH act AS (<INSERT, UPDATE or DELETE … RETURNING …>),
         logged AS (INSERT INTO ledger_outbox SELECT … WHERE EXISTS (SELECT FROM act))
    SELECT * FROM act

The two inserts are SQL text: as Core expressions they take a quarter of a millisecond to build, which is as long as the
act itself. Rows come from arrays, so the text does not depend on their number and stays in the statement cache.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from kept.ledger.entry import Detail, Entry, Waiting, write

_UUIDS = ARRAY(sa.Uuid())
_BYTES = ARRAY(sa.LargeBinary())
_NOW = sa.bindparam("ledger_now", type_=sa.DateTime(timezone=True))
_ONLY_IF_ACTED = " WHERE EXISTS (SELECT FROM act)"

_WAITING = (
    "INSERT INTO ledger_outbox (entry_id, payload, created_at) SELECT w.entry_id, w.payload, :ledger_now"
    " FROM unnest(:ledger_ids, :ledger_payloads) AS w(entry_id, payload)"
)
_WAITING_TYPES = (
    _NOW,
    sa.bindparam("ledger_ids", type_=_UUIDS),
    sa.bindparam("ledger_payloads", type_=_BYTES),
)
_DETAILS = (
    "INSERT INTO entry_detail (owner_id, entry_id, salt, details, created_at)"
    " SELECT d.owner_id, d.entry_id, d.salt, d.details, :ledger_now"
    " FROM unnest(:detail_owners, :detail_ids, :detail_salts, :detail_texts) AS d(owner_id, entry_id, salt, details)"
)
_DETAILS_TYPES = (
    _NOW,
    sa.bindparam("detail_owners", type_=_UUIDS),
    sa.bindparam("detail_ids", type_=_UUIDS),
    sa.bindparam("detail_salts", type_=_BYTES),
    sa.bindparam("detail_texts", type_=_BYTES),
)
_insert_waiting = sa.text(_WAITING).bindparams(*_WAITING_TYPES)
_insert_details = sa.text(_DETAILS).bindparams(*_DETAILS_TYPES)
_log_act = sa.text(_WAITING + _ONLY_IF_ACTED).bindparams(*_WAITING_TYPES)
_detail_act = sa.text(_DETAILS + _ONLY_IF_ACTED).bindparams(*_DETAILS_TYPES)


def recorded(
    statement: sa.Insert | sa.Update | sa.Delete, entries: Sequence[Entry], *, cell: str, now: datetime
) -> sa.Select[Any]:
    """`statement` together with its entries, as one statement that returns what `statement` returns.

    `statement` needs a RETURNING clause. When it touches no row, nothing is logged.
    """
    act = statement.cte("act")
    parts = [act]
    waiting, details = _written(entries, cell, now)
    if waiting:
        parts.append(_with_waiting(_log_act, waiting, now).columns().cte("logged"))
    if details:
        parts.append(_with_details(_detail_act, details, now).columns().cte("detailed"))
    return sa.select(act).add_cte(*parts)


def outbox_insert(entries: Sequence[Entry], *, cell: str, now: datetime) -> list[sa.TextClause]:
    """Statements that log entries whose act changes no row of its own; to be run in one transaction of the caller's."""
    waiting, details = _written(entries, cell, now)
    statements = [_with_waiting(_insert_waiting, waiting, now)] if waiting else []
    return statements + ([_with_details(_insert_details, details, now)] if details else [])


def _written(entries: Sequence[Entry], cell: str, now: datetime) -> tuple[list[Waiting], list[Detail]]:
    pairs = [write(entry, cell=cell, now=now) for entry in entries]
    return [waiting for waiting, _ in pairs], [detail for _, detail in pairs if detail is not None]


def _with_waiting(insert: sa.TextClause, waiting: Sequence[Waiting], now: datetime) -> sa.TextClause:
    return insert.bindparams(
        ledger_now=now,
        ledger_ids=[one.entry_id for one in waiting],
        ledger_payloads=[one.payload for one in waiting],
    )


def _with_details(insert: sa.TextClause, details: Sequence[Detail], now: datetime) -> sa.TextClause:
    return insert.bindparams(
        ledger_now=now,
        detail_owners=[one.owner_id for one in details],
        detail_ids=[one.entry_id for one in details],
        detail_salts=[one.salt for one in details],
        detail_texts=[one.details for one in details],
    )
