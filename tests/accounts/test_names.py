import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kept.accounts import BadEmail, BadHandle, HandleReserved, email_of, handle_of, masked


@pytest.mark.parametrize(
    ("typed", "handle"),
    [("kim", "kim"), ("Kim.Lee_99", "kim.lee_99"), (" @kim ", "kim"), ("ｋｉｍ", "kim"), ("a1", "a1"), ("k" * 24, "k" * 24)],
)
def test_a_handle_has_one_spelling(typed: str, handle: str) -> None:
    assert handle_of(typed, site="kept") == handle


@pytest.mark.parametrize(
    "typed",
    ["", "k", "k" * 25, "kim lee", "кim", "kím", ".kim", "kim.", "k..m", "___", "../etc", "ki\nm", "kim\x00", "🐙🐙"],
)
def test_what_is_no_handle_is_refused(typed: str) -> None:
    with pytest.raises(BadHandle):
        handle_of(typed, site="kept")


@pytest.mark.parametrize(
    "typed",
    ["admin", "Adm1n", "4dmin", "a.d_m.i.n", "rnoderator", "kept", "k3pt", "kept_support", "support.kept", "0fficial",
     "everyone", "deleted"],
)
def test_nobody_poses_as_the_operator(typed: str) -> None:
    with pytest.raises(HandleReserved):
        handle_of(typed, site="kept")


def test_the_name_of_this_site_is_protected() -> None:
    assert handle_of("kept", site="Harbour") == "kept"
    with pytest.raises(HandleReserved):
        handle_of("harb0ur", site="Harbour")


@given(st.text(max_size=40))
def test_whatever_is_typed_a_handle_is_plain_or_refused(typed: str) -> None:
    try:
        handle = handle_of(typed, site="kept")
    except (BadHandle, HandleReserved):
        return
    assert 2 <= len(handle) <= 24
    assert set(handle) <= set(string.ascii_lowercase + string.digits + "_.")
    assert handle_of(handle, site="kept") == handle
    assert not handle.startswith(".")
    assert not handle.endswith(".")


@pytest.mark.parametrize("typed", ["kim@example.org", " kim@example.org ", "kim+clips@mail.example.co.uk", "ü@bücher.example"])
def test_addresses_that_people_have_are_taken(typed: str) -> None:
    assert email_of(typed) == typed.strip()


@pytest.mark.parametrize(
    "typed",
    ["kim", "kim@", "@example.org", "kim@example", "k m@example.org", "kim@exa mple.org", "kim@example..org",
     "kim@example.org\nBcc: all@example.org", "k" * 65 + "@example.org", "k@" + "a" * 250 + ".org"],
)
def test_what_is_no_address_is_refused(typed: str) -> None:
    with pytest.raises(BadEmail):
        email_of(typed)


def test_an_address_is_shown_masked() -> None:
    assert masked("kim@example.org") == "k…@example.org"
