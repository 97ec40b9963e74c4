"""Made-up rows as CSV (RFC 4180) or JSON."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import msgspec

from kept.anonymous.making import Row


def as_csv(rows: Sequence[Row]) -> str:
    """A table, with a header. Bytes are hexadecimal, nothing is an empty cell."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(rows[0] if rows else ())
    writer.writerows([_cell(value) for value in row.values()] for row in rows)
    return out.getvalue()


def as_json(tables: Mapping[str, Sequence[Row]]) -> str:
    """Every table by its name, a row a line. Bytes are hexadecimal."""
    return "{\n" + ",\n".join(_tables(tables)) + "\n}\n"


def _tables(tables: Mapping[str, Sequence[Row]]) -> Iterator[str]:
    for name, rows in tables.items():
        lines = ",\n".join(
            msgspec.json.encode({key: _plain(value) for key, value in row.items()}).decode() for row in rows
        )
        yield f'"{name}": [\n{lines}\n]'


def _plain(value: Any) -> Any:
    return value.hex() if isinstance(value, bytes) else value


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, dict | list):
        return msgspec.json.encode(value).decode()
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(_plain(value))
