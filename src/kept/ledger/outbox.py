"""An act and its ledger entries as one statement: both are committed, or neither; an act that did nothing logs nothing.

    WITH act AS (<INSERT, UPDATE or DELETE … RETURNING …>),
         logged AS (INSERT INTO ledger_outbox (SELECT … FROM act LIMIT 1))
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
    _fill(twin, entries, cell, now)
    return cast(Act, twin)


def outbox_insert(entries: Sequence[Entry], *, cell: str, now: datetime) -> list[sa.Executable]:
    """Statements that log entries whose act changes no row of its own; to be run in one transaction of the caller's."""
    if not entries:
        return []
    alone = _Alone()
    _fill(alone, entries, cell, now)
    return [alone]


def _fill(statement: Any, entries: Iterable[Entry], cell: str, now: datetime) -> None:
    """Give `statement` the values of its entries' rows, side by side; the outbox's stand behind the time."""
    logged, detailed = [sa.bindparam("ledger_now", now, _TIME)], []
    for number, entry in enumerate(entries):
        waiting, detail = write(entry, cell=cell, now=now)
        logged += _values(f"ledger_{number}", _OUTBOX, waiting)
        if detail is not None:
            detailed += _values(f"detail_{number}", _DETAIL, detail)
    statement.logged, statement.detailed = tuple(logged), tuple(detailed)


def _values(prefix: str, types: Mapping[str, Any], row: Waiting | Detail) -> list[sa.BindParameter[Any]]:
    # Named, because a parameter that has to find itself a name takes four times as long to make.
    return [sa.bindparam(f"{prefix}_{name}", getattr(row, name), type_) for name, type_ in types.items()]


_VALUES = [("logged", InternalTraversal.dp_clauseelement_tuple), ("detailed", InternalTraversal.dp_clauseelement_tuple)]
"""How SQLAlchemy's statement cache tells two of them apart: by their number of values, not by the values."""


class _RecordedInsert(sa.Insert):
    _traverse_internals = [*sa.Insert._traverse_internals, *_VALUES]  # noqa: RUF012  as SQLAlchemy declares it


class _RecordedUpdate(sa.Update):
    _traverse_internals = [*sa.Update._traverse_internals, *_VALUES]  # noqa: RUF012  as SQLAlchemy declares it


class _RecordedDelete(sa.Delete):
    _traverse_internals = [*sa.Delete._traverse_internals, *_VALUES]  # noqa: RUF012  as SQLAlchemy declares it


class _Alone(sa.Executable, sa.ClauseElement):
    _traverse_internals = _VALUES


_KINDS: dict[type[Any], type[Any]] = {
    sa.Insert: _RecordedInsert,
    sa.Update: _RecordedUpdate,
    sa.Delete: _RecordedDelete,
}


@compiles(_RecordedInsert)
def _compile_insert(act: Any, compiler: Any, **options: Any) -> str:
    return _with_rows(compiler.visit_insert(act, **options), act, compiler)


@compiles(_RecordedUpdate)
def _compile_update(act: Any, compiler: Any, **options: Any) -> str:
    return _with_rows(compiler.visit_update(act, **options), act, compiler)


@compiles(_RecordedDelete)
def _compile_delete(act: Any, compiler: Any, **options: Any) -> str:
    return _with_rows(compiler.visit_delete(act, **options), act, compiler)


@compiles(_Alone)
def _compile_alone(alone: Any, compiler: Any, **_: Any) -> str:
    return _with_rows("", alone, compiler)


def _with_rows(act: str, statement: Any, compiler: Any) -> str:
    """The SQL of `act` with that of its entries' rows; without an act, of the rows alone."""
    now, *logged = [compiler.process(bind) for bind in statement.logged]
    detailed = [compiler.process(bind) for bind in statement.detailed]
    only_if = " FROM act LIMIT 1" if act else ""

    def insert(table: str, columns: Sequence[str], texts: Sequence[str]) -> str:
        width = len(columns)
        rows = [", ".join(texts[at : at + width]) for at in range(0, len(texts), width)]
        source = " UNION ALL ".join(f"(SELECT {row}, {now}{only_if})" for row in rows)
        return f"INSERT INTO {table} ({', '.join(columns)}, created_at) {source}"

    parts = [f"act AS ({act})"] if act else []
    parts.append(f"logged AS ({insert('ledger_outbox', list(_OUTBOX), logged)})")
    if detailed:
        parts.append(f"detailed AS ({insert('entry_detail', list(_DETAIL), detailed)})")
    return f"WITH {', '.join(parts)} SELECT {'* FROM act' if act else '1'}"  # noqa: S608
