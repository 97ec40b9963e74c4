"""Made-up rows: of the schema's types, with references that fit, the same for the same seed, and of nobody."""

import csv
import io
import json
import subprocess
import sys
from typing import Any
from uuid import UUID

import asyncpg
import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

import kept.app.schema  # noqa: F401  declares every table
from kept.anonymous import made_rows
from kept.anonymous.making import Row, TooFewRows, _unique_sets
from kept.catalog import CellRow, Level, data_map
from kept.cli.data import app
from tests.fixtures.house import House
from tests.terms.test_terms_command import Declared

RUN = CliRunner()
TABLES = {entry.name: entry.table for entry in data_map()}
CELL = CellRow.metadata.sorted_tables

ALONE = """
import sys
import kept.app.schema
from kept.anonymous import as_json, made_rows
from kept.catalog import data_map

tables = [entry.table for entry in data_map()]

def refuse(event, arguments):
    if event.startswith(("open", "socket.", "subprocess.", "os.", "sqlite3.")):
        raise RuntimeError(f"made-up rows must not touch {event}: {arguments}")

sys.addaudithook(refuse)
made = as_json(made_rows(tables, 5, seed=3))
sys.stdout.write(made)
"""
"""Every table, in a process that may not open a file, a socket or a process any more."""


@settings(max_examples=25, deadline=None)
@given(st.sets(st.sampled_from(sorted(TABLES)), min_size=1, max_size=5), st.integers(1, 30), st.integers())
def test_the_same_seed_gives_the_same_rows_whatever_else_is_made(names: set[str], rows: int, seed: int) -> None:
    made = made_rows((TABLES[name] for name in names), rows, seed=seed)
    assert made == made_rows((TABLES[name] for name in sorted(names)), rows, seed=seed)
    assert made.keys() == names
    for name, found in made.items():
        assert len(found) == rows
        for row in found:
            assert list(row) == [column.name for column in TABLES[name].c]
            assert not [column for column in TABLES[name].c if row[column.name] is None and not column.nullable]
        for unique in _unique_sets(TABLES[name]):
            keys = [tuple(row[one] for one in unique) for row in found]
            assert len([key for key in keys if None not in key]) == len({key for key in keys if None not in key})


@settings(max_examples=25, deadline=None)
@given(st.sets(st.sampled_from(sorted(table.name for table in CELL)), min_size=1, max_size=8), st.integers(1, 20))
def test_references_lead_to_rows_that_were_made_together(names: set[str], rows: int) -> None:
    made = made_rows((TABLES[name] for name in names), rows)
    for name in names:
        for key in TABLES[name].foreign_key_constraints:
            if key.referred_table.name in names:
                there = {_picked(row, [e.column.name for e in key.elements]) for row in made[key.referred_table.name]}
                here = {_picked(row, [e.parent.name for e in key.elements]) for row in made[name]}
                assert here <= there, f"{name}: {key.column_keys}"


def test_a_shelf_shows_rows_of_its_source() -> None:
    made = made_rows((TABLES["shelf_card"], TABLES["video"]), 10)
    clips = {(row["owner_id"], row["video_id"]) for row in made["video"]}
    cards = {_picked(row, [column.name for column in TABLES["shelf_card"].primary_key]) for row in made["shelf_card"]}
    assert cards == clips


async def test_a_real_database_takes_every_made_up_row(house: House) -> None:
    await _drop_rules(house)
    made = made_rows(CELL, 15)
    for table in CELL:
        await _store(house, table, made[table.name])
    for table in CELL:
        assert (await house.us.database.fetch(f'SELECT count(*) AS n FROM "{table.name}"'))[0]["n"] >= 15  # noqa: S608


def test_making_opens_nothing_and_needs_no_database() -> None:
    done = subprocess.run([sys.executable, "-c", ALONE], capture_output=True, text=True, check=False, env={"PATH": ""})
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout).keys() == TABLES.keys()


async def test_of_a_database_full_of_canaries_none_appears(house: House) -> None:
    planted: set[str] = set()
    await _drop_rules(house)
    made = made_rows(CELL, 5, seed=77)
    for table in CELL:
        rows = [{column.name: _canary(column, row[column.name]) for column in table.c} for row in made[table.name]]
        await _store(house, table, rows)
        planted |= {_text(value) for row in rows for value in row.values() if isinstance(value, str | bytes | UUID)}
    assert len(planted) > 200
    names = [part for table in CELL for part in ("--table", table.name)]
    said = RUN.invoke(app, ["sample", *names, "--rows", "50"], obj=Declared())
    assert said.exit_code == 0, said.output
    words = set(said.output.replace('"', " ").replace(",", " ").split())
    assert not planted & words
    assert "canary" not in said.output
    assert b"canary".hex() not in said.output


def test_csv_and_json_hold_the_same_rows(tmp_path: Any) -> None:
    told = json.loads(RUN.invoke(app, ["sample", "--table", "account", "--rows", "7"], obj=Declared()).output)[
        "account"
    ]
    text = RUN.invoke(app, ["sample", "--table", "account", "--rows", "7", "--as", "csv"], obj=Declared()).stdout_bytes
    rows = list(csv.DictReader(io.StringIO(text.decode(), newline="")))
    assert text.count(b"\r\n") == 8
    assert [row["handle"] for row in rows] == [row["handle"] for row in told]
    assert [row["email"] or None for row in rows] == [row["email"] for row in told]
    several = ["sample", "--table", "video", "--table", "rendition", "--as", "csv"]
    assert RUN.invoke(app, several, obj=Declared()).exit_code != 0
    assert RUN.invoke(app, [*several, "--to", str(tmp_path / "out")], obj=Declared()).exit_code == 0
    assert sorted(file.name for file in (tmp_path / "out").iterdir()) == ["rendition.csv", "video.csv"]


def test_another_seed_gives_other_rows_and_an_unknown_table_is_named() -> None:
    one, other = (
        RUN.invoke(app, ["sample", "--table", "video", "--seed", seed], obj=Declared()).output for seed in "12"
    )
    assert one != other
    assert "nothing" in str(RUN.invoke(app, ["sample", "--table", "nothing"], obj=Declared()).exception)


def test_what_is_secret_or_sealed_is_made_of_random_bytes_only() -> None:
    for entry in data_map():
        (row,) = made_rows([entry.table], 1, seed=5)[entry.name]
        for one in entry.fields:
            if one.type == "sealedcolumn" or (one.rule.level is Level.SECRET and one.type == "largebinary"):
                assert row[one.name] is None or isinstance(row[one.name], bytes)


def test_more_rows_than_there_are_values_are_refused() -> None:
    metadata = sa.MetaData()
    flags = sa.Table(
        "flags", metadata, sa.Column("on", sa.Boolean, primary_key=True), info={"law": TABLES["tally"].info["law"]}
    )
    flags.c.on.info["rule"] = TABLES["message"].c.mine.info["rule"]
    assert len(made_rows([flags], 2)["flags"]) == 2
    with pytest.raises(TooFewRows):
        made_rows([flags], 3)


def _picked(row: Row, names: list[str]) -> tuple[Any, ...]:
    return tuple(row[name] for name in names)


def _canary(column: sa.Column[Any], value: Any) -> Any:
    """A value that says that it was stored, where the type can say anything."""
    if isinstance(value, str):
        return f"canary-{value}"
    if isinstance(value, bytes):
        return b"canary" + value
    return {"canary": f"canary-{column.name}"} if isinstance(value, dict) else value


def _text(value: Any) -> str:
    return value.hex() if isinstance(value, bytes) else str(value)


async def _drop_rules(house: House) -> None:
    """Made-up rows are of the schema's types and lead to each other; what one column says of another is not made up."""
    for table in CELL:
        for rule in table.constraints:
            if isinstance(rule, sa.CheckConstraint):
                await house.us.database.fetch(f'ALTER TABLE "{table.name}" DROP CONSTRAINT "{rule.name}"')


async def _store(house: House, table: sa.Table, rows: list[Row]) -> None:
    names = ", ".join(f'"{column.name}"' for column in table.c)
    places = ", ".join(f"${number}" for number in range(1, len(table.c) + 1))
    for row in rows:
        values = [json.dumps(value) if isinstance(value, dict) else value for value in row.values()]
        try:
            await house.us.database.fetch(f'INSERT INTO "{table.name}" ({names}) VALUES ({places})', *values)  # noqa: S608
        except asyncpg.PostgresError as error:
            raise AssertionError(f"{table.name}: {error}") from error
