"""Counts: of people, none that is small, and none that can be worked out from those that are shown."""

from collections import defaultdict
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import kept.app.schema  # noqa: F401  declares every table
from kept.anonymous import BadDimension, count, dimension_of, made_rows, one_table, suppressed
from kept.anonymous.counting import TooFine
from kept.anonymous.making import NoSuchTable
from kept.catalog import CellRow, Level
from kept.catalog.law import Rule
from tests.anonymous.test_making import _store
from tests.fixtures.house import House

ONE = st.dictionaries(st.tuples(st.sampled_from("abcdefgh")), st.integers(1, 60), max_size=8)
TWO = st.dictionaries(st.tuples(st.sampled_from("abcde"), st.sampled_from("wxyz")), st.integers(1, 60), max_size=20)


def is_fixed(one: tuple[str, ...], unknown: list[tuple[str, ...]]) -> bool:
    """Whether sums of rows and columns (and of everything) fix an unknown: linear algebra, by elimination."""
    lines = [[Fraction(1) for _ in unknown]]
    places = range(len(one)) if len(one) > 1 else ()
    agreeing = [(place, value) for place in places for value in {key[place] for key in unknown}]
    lines += [[Fraction(int(key[place] == value)) for key in unknown] for place, value in agreeing]
    wanted = [Fraction(int(key == one)) for key in unknown]
    return rank(lines) == rank([*lines, wanted])


def rank(lines: list[list[Fraction]]) -> int:
    rows, found = [list(line) for line in lines], 0
    for column in range(len(rows[0])):
        pivot = next((row for row in rows[found:] if row[column]), None)
        if pivot is None:
            continue
        rows.remove(pivot)
        rows.insert(found, pivot)
        for number in range(found + 1, len(rows)):
            factor = rows[number][column] / pivot[column]
            rows[number] = [a - factor * b for a, b in zip(rows[number], pivot, strict=True)]
        found += 1
    return found


@settings(deadline=None)
@given(st.one_of(ONE, TWO), st.integers(2, 25))
def test_no_small_count_is_shown_and_none_follows_from_what_is(counts: dict[tuple[str, ...], int], k: int) -> None:
    hidden = suppressed(counts, k)
    assert {key for key, number in counts.items() if number < k} <= hidden
    shown = set(counts) - hidden
    for key in hidden:
        if counts[key] < k and any(a == b or len(key) == 1 for other in shown for a, b in zip(key, other, strict=True)):
            assert not is_fixed(key, sorted(hidden)), (key, hidden)
    lines = defaultdict(list)
    for key in counts:
        lines[("all",)].append(key)
        for place, value in enumerate(key if len(key) > 1 else ()):
            lines[(str(place), value)].append(key)
    for line in lines.values():
        missing = [key for key in line if key in hidden]
        if missing and len(missing) < len(line):
            assert len(missing) > 1
            assert sum(counts[key] for key in missing) >= k


@given(st.one_of(ONE, TWO))
def test_nothing_is_left_out_where_every_group_is_large(counts: dict[tuple[str, ...], int]) -> None:
    assert suppressed({key: number + 10 for key, number in counts.items()}) == set()


def test_the_next_smallest_group_is_left_out_with_one_that_is_too_small() -> None:
    assert suppressed({("DE",): 40, ("FR",): 30, ("ES",): 3}) == {("ES",), ("FR",)}
    assert suppressed({("DE",): 40, ("FR",): 4, ("ES",): 3, ("PT",): 12}) == {("ES",), ("FR",), ("PT",)}


async def test_people_are_counted_not_rows_over_all_cells(house: House) -> None:
    made = made_rows([one_table("resident"), one_table("account"), one_table("session")], 60, seed=4)
    for name in ("resident", "account", "session"):
        await _store(house, one_table(name), made[name])
    account = one_table("account")
    found = await count(house.cells, account, [dimension_of(account, "country")])
    countries = [row["country"] for row in made["account"]]
    true = {(one,): countries.count(one) for one in set(countries)}
    assert found.total == 60
    assert found.groups == {key: true[key] // 5 * 5 for key in sorted(true) if key not in suppressed(true)}
    assert found.left_out == len(suppressed(true))
    sessions = await count(house.cells, one_table("session"), [])
    people = len({row["owner_id"] for row in made["session"]})
    assert sessions.groups[()] == sessions.total == people // 5 * 5 < 60
    month = await count(
        house.cells, account, [dimension_of(account, "created_at:month"), dimension_of(account, "band")]
    )
    assert all(number >= 10 for number in month.groups.values())


async def test_a_few_people_are_not_counted_at_all(house: House) -> None:
    await _store(house, one_table("resident"), made_rows([one_table("resident")], 9)["resident"])
    found = await count(house.cells, one_table("resident"), [])
    assert (found.total, found.groups, found.left_out) == (None, {}, 1)


async def test_k_can_be_raised_and_never_lowered(house: House) -> None:
    with pytest.raises(TooFine, match="at least 10"):
        await count(house.cells, one_table("account"), [], k=9)
    await _store(house, one_table("resident"), made_rows([one_table("resident")], 11)["resident"])
    assert (await count(house.cells, one_table("resident"), [], k=11)).total == 10
    assert (await count(house.cells, one_table("resident"), [], k=12)).total is None


async def test_only_somebodys_rows_are_counted_and_by_two_dimensions_at_most(house: House) -> None:
    with pytest.raises(BadDimension, match="nobody's"):
        await count(house.cells, one_table("tally"), [])
    account = one_table("account")
    with pytest.raises(BadDimension, match="at most 2"):
        await count(house.cells, account, [dimension_of(account, name) for name in ("country", "language", "band")])
    with pytest.raises(NoSuchTable):
        one_table("nothing")


NO_DIMENSIONS = ["handle", "owner_id", "email", "birth_date", "email:month", "created_at", "nothing", "a b", "band:x"]


@pytest.mark.parametrize("name", NO_DIMENSIONS)
def test_what_is_somebodys_or_too_fine_is_no_dimension(name: str) -> None:
    with pytest.raises(BadDimension):
        dimension_of(one_table("account"), name)


def test_no_column_that_is_confidential_is_a_dimension_unless_it_is_made_coarse() -> None:
    taken = []
    for table in CellRow.metadata.tables.values():
        for column in table.c:
            rule: Rule = column.info["rule"]
            try:
                dimension_of(table, column.name)
            except BadDimension:
                continue
            assert rule.level < Level.CONFIDENTIAL
            assert not rule.names_other
            taken.append(f"{table.name}.{column.name}")
    assert {"account.country", "account.band", "video.state"} <= set(taken)
