"""What became of one's data, in words: no name of a table reaches a page, nothing is lost, and nothing is counted twice."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import kept.app.schema  # noqa: F401  declares every table
from kept.catalog import data_map
from kept.look import pages
from kept.look.samples import shell
from kept.look.samples_rights import follow
from kept.look.views import FollowView
from kept.look.words import LANGUAGES, texts
from kept.subjects import Place, What
from kept.subjects.places import SPECIAL
from kept.web.outcomes import grouped
from tests.look.reading import read

TABLES = sorted({entry.name for entry in data_map()})
PLACES = st.one_of(
    st.builds(Place, st.sampled_from([*TABLES, *SPECIAL, "no_longer_there"])),
    st.builds(Place, st.sampled_from([*TABLES, "", "no_longer_there"]), st.sampled_from(["us", "eu-2"])),
)
COUNTS = st.integers(0, 10**6)
OUTCOMES = st.lists(
    st.fixed_dictionaries(
        {"where": PLACES.map(str), "what": st.sampled_from([one.value for one in What]), "rows": COUNTS, "left": COUNTS}
    ),
    max_size=60,
)


def shown(outcomes: list[dict[str, Any]], language: str) -> str:
    view = follow(shell(None, language=language))
    request = view.request
    assert request is not None
    again = FollowView(shell=view.shell, request=replace(request, outcomes=grouped(outcomes, language)), code="x")
    return " ".join(read(pages.render_follow(again)).text)


@given(PLACES)
def test_a_place_is_read_as_it_was_written(place: Place) -> None:
    assert Place.read(str(place)) == place


def test_receipts_keep_naming_places_as_they_always_did() -> None:
    assert str(Place("message", "eu")) == "eu: message of others"
    assert str(Place("", "us")) == "us: what others keep"
    assert str(Place("account")) == "account"


@given(OUTCOMES, st.sampled_from(sorted(LANGUAGES)))
def test_nothing_is_lost_and_each_way_of_ending_is_told_once(outcomes: list[dict[str, Any]], language: str) -> None:
    groups = grouped(outcomes, language)
    assert sorted(group.what for group in groups) == sorted({one["what"] for one in outcomes})
    for name in ("rows", "left"):
        told = sum(getattr(line, name) for group in groups for line in group.lines)
        assert told == sum(one[name] for one in outcomes)
    for group in groups:
        said = [(line.place, line.holds, line.of_others) for line in group.lines]
        assert len(said) == len(set(said))
        assert all(bool(line.place) != bool(line.holds) for line in group.lines)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_name_of_a_table_is_on_the_page(language: str) -> None:
    places = [Place(table) for table in (*TABLES, *SPECIAL)] + [Place(table, "eu") for table in (*TABLES, "")]
    page = shown([{"where": str(one), "what": "erased", "rows": 1, "left": 0} for one in places], language)
    assert not [table for table in TABLES if "_" in table and table in page]
    assert " of others" not in page
    for one in SPECIAL:
        assert f"rights.place.{one}" in texts(language)


def test_rows_of_others_in_several_cells_are_one_line() -> None:
    outcomes = [{"where": str(Place("message", cell)), "what": "anonymised", "rows": 2, "left": 0} for cell in ("us", "eu")]
    ((line,),) = [group.lines for group in grouped(outcomes, "en")]
    assert (line.holds, line.of_others, line.rows) == ("Messages: each party has a copy.", True, 4)


def test_what_is_still_to_be_done_stands_before_what_was_never_there() -> None:
    outcomes = [{"where": "account", "what": what, "rows": 0, "left": 0} for what in ("nothing_found", "held", "erased")]
    assert [group.what for group in grouped(outcomes, "en")] == ["erased", "held", "nothing_found"]
