"""Versions are compared as numbers; what is none is refused with words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kept.kit import load_settings
from kept.kit.settings import BadSettings
from kept.kit.versions import read_version

numbers = st.lists(st.integers(0, 999_999), min_size=1, max_size=4)


def written(parts: list[int]) -> str:
    return ".".join(map(str, parts))


@given(numbers, numbers)
def test_versions_compare_as_their_numbers_do_however_many_there_are(one: list[int], other: list[int]) -> None:
    padded = [parts + [0] * (4 - len(parts)) for parts in (one, other)]
    first, second = read_version(written(one)), read_version(written(other))
    assert (first < second, first == second) == (padded[0] < padded[1], padded[0] == padded[1])


def test_ten_is_more_than_nine_and_a_zero_at_the_end_is_nothing() -> None:
    assert read_version("1.10") > read_version("1.9.9")
    assert read_version("1.0") == read_version("1") == read_version("01.0.0.0")


@given(st.text(max_size=60))
def test_what_is_no_version_is_refused_and_nothing_else_happens(text: str) -> None:
    parts = text.split(".")
    good = len(parts) <= 4 and all(1 <= len(part) <= 6 and part.isascii() and part.isdigit() for part in parts)
    if good:
        assert read_version(text) >= ()
    else:
        with pytest.raises(ValueError, match=r"such as 1\.2\.3"):
            read_version(text)


@pytest.mark.parametrize(
    "text", ["", "1.", ".1", "1..2", "v1", "1.2.3.4.5", "-1", "1.2-rc1", "١.٢", "1\n", " 1", "1234567"]
)
def test_an_operator_is_told_which_version_can_not_be_read(text: str) -> None:
    for name in ("MINIMUM", "NEWEST"):
        with pytest.raises(BadSettings, match=r"such as 1\.2\.3.*clients"):
            load_settings(environ={f"KEPT_CLIENTS_{name}": text})


def test_a_minimum_that_nobody_reaches_is_refused() -> None:
    with pytest.raises(BadSettings, match=r"the minimum 1\.10 is newer than the newest version 1\.9: lower it"):
        load_settings(environ={"KEPT_CLIENTS_MINIMUM": "1.10", "KEPT_CLIENTS_NEWEST": "1.9"})
    assert load_settings(environ={"KEPT_CLIENTS_MINIMUM": "2", "KEPT_CLIENTS_NEWEST": "2.0"}).clients.minimum == "2"
