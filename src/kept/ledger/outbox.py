"""An act and its ledger entries as one statement: both are committed, or neither; an act that did nothing logs nothing.

    WITH act AS (<INSERT, UPDATE or DELETE … RETURNING …>),
         logged AS (INSERT INTO ledger_outbox SELECT … WHERE EXISTS (SELECT FROM act))
    SELECT * FROM act

A recorded act is an `Insert`, `Update` or `Delete` with a few more values, wrapped when it is compiled (which happens once):
put together from Core expressions, the same statement costs as much time as the act itself.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.visitors import InternalTraversal

from kept.ledger.entry import Detail, Entry, Waiting, write

Act = sa.Insert | sa.Update | sa.Delete

_TIME = sa.DateTime(timezone=True)
_OUTBOX = {"entry_id": sa.Uuid(), "payload": sa.LargeBinary()}
_DETAIL = {"owner_id": sa.Uuid(), "entry_id": sa.Uuid(), "salt": sa.LargeBinary(), "details": sa.LargeBinary()}


def recorded(statement: Act, entries: Sequence[Entry], *, cell: str, now: datetime) -> Act:
    """`statement` together with its entries, as one statement that returns what `statement` returns.

    `statement` needs a RETURNING clause. When it touches no row, nothing is logged.
    """
    if not entries:
        return statement
    kind = next(own for base, own in _KINDS.items() if isinstance(statement, base))
    twin: Any = object.__new__(kind)
    twin.__dict__.update(statement.__dict__)
    twin.record = _Record(entries, cell, now)
    return cast(Act, twin)


def outbox_insert(entries: Sequence[Entry], *, cell: str, now: datetime) -> list[sa.Executable]:
    """Statements that log entries whose act changes no row of its own; to be run in one transaction of the caller's."""
    return [_Alone(entries, cell, now)] if entries else []


class _Record(sa.ClauseElement):
    """The rows that record an act: the values of the two inserts, side by side."""

    _traverse_internals = [  # noqa: RUF012  as SQLAlchemy declares it
        ("waiting", InternalTraversal.dp_clauseelement_list),
        ("details", InternalTraversal.dp_clauseelement_list),
        ("now", InternalTraversal.dp_clauseelement),
    ]
    """How SQLAlchemy's statement cache tells two of them apart: by their number of values, not by the values."""

    def __init__(self, entries: Iterable[Entry], cell: str, now: datetime) -> None:
        self.now = sa.bindparam("ledger_now", now, _TIME)
        self.waiting: list[sa.BindParameter[Any]] = []
        self.details: list[sa.BindParameter[Any]] = []
        for number, entry in enumerate(entries):
            waiting, detail = write(entry, cell=cell, now=now)
            self.waiting += _values(f"ledger_{number}", _OUTBOX, waiting)
            if detail is not None:
                self.details += _values(f"detail_{number}", _DETAIL, detail)


def _values(prefix: str, types: Mapping[str, Any], row: Waiting | Detail) -> list[sa.BindParameter[Any]]:
    # Named, because a parameter that has to find itself a name takes four times as long to make.
    return [sa.bindparam(f"{prefix}_{name}", getattr(row, name), type_) for name, type_ in types.items()]


_RECORD = [("record", InternalTraversal.dp_clauseelement)]


class _RecordedInsert(sa.Insert):
    _traverse_internals = [*sa.Insert._traverse_internals, *_RECORD]  # noqa: RUF012  as SQLAlchemy declares it


class _RecordedUpdate(sa.Update):
    _traverse_internals = [*sa.Update._traverse_internals, *_RECORD]  # noqa: RUF012  as SQLAlchemy declares it


class _RecordedDelete(sa.Delete):
    _traverse_internals = [*sa.Delete._traverse_internals, *_RECORD]  # noqa: RUF012  as SQLAlchemy declares it


class _Alone(sa.Executable, _Record):
    _traverse_internals = _Record._traverse_internals


_KINDS: dict[type[Any], type[Any]] = {sa.Insert: _RecordedInsert, sa.Update: _RecordedUpdate, sa.Delete: _RecordedDelete}


@compiles(_RecordedInsert)
def _compile_insert(act: Any, compiler: Any, **options: Any) -> str:
    return _with_record(compiler.visit_insert(act, **options), act.record, compiler)


@compiles(_RecordedUpdate)
def _compile_update(act: Any, compiler: Any, **options: Any) -> str:
    return _with_record(compiler.visit_update(act, **options), act.record, compiler)


@compiles(_RecordedDelete)
def _compile_delete(act: Any, compiler: Any, **options: Any) -> str:
    return _with_record(compiler.visit_delete(act, **options), act.record, compiler)


@compiles(_Alone)
def _compile_alone(record: _Alone, compiler: Any, **_: Any) -> str:
    return _with_record("", record, compiler)


def _with_record(act: str, record: _Record, compiler: Any) -> str:
    """The SQL of `act` with that of its rows; without an act, of the rows alone."""
    now, only_if = compiler.process(record.now), " WHERE EXISTS (SELECT FROM act)" if act else ""

    def insert(table: str, columns: Iterable[str], binds: Sequence[sa.BindParameter[Any]]) -> str:
        names, texts = ", ".join(columns), [compiler.process(bind) for bind in binds]
        width = names.count(",") + 1
        rows = [f"({', '.join(texts[at : at + width])})" for at in range(0, len(texts), width)]
        source = f"(VALUES {', '.join(rows)}) AS written({names})"
        return f"INSERT INTO {table} ({names}, created_at) SELECT {names}, {now} FROM {source}{only_if}"  # noqa: S608

    parts = [f"act AS ({act})"] if act else []
    parts.append(f"logged AS ({insert('ledger_outbox', _OUTBOX, record.waiting)})")
    if record.details:
        parts.append(f"detailed AS ({insert('entry_detail', _DETAIL, record.details)})")
    return f"WITH {', '.join(parts)} SELECT {'* FROM act' if act else '1'}"  # noqa: S608
