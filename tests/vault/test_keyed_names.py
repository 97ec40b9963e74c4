"""Blind indexes and pseudonyms."""

import re
import unicodedata
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kept.kit import new_id
from kept.vault import Beacon, KeyFileExposed, normalise
from kept.vault.beacon import keyed_index
from tests.vault.conftest import OpenVault

KEY = bytes(32)


@pytest.mark.parametrize(
    "spelling",
    ["kim@example.org", "Kim@Example.ORG", "  kim@example.org\n", "ｋｉｍ＠ｅｘａｍｐｌｅ.org", "\u212aim@example.org"],
)
def test_spellings_of_one_address_have_one_index(spelling: str) -> None:
    assert keyed_index(KEY, "email", spelling) == keyed_index(KEY, "email", "kim@example.org")


@pytest.mark.parametrize("other", ["kim@example.com", "kym@example.org", "kim@example.org.", "kim@exampleorg", "kim"])
def test_other_addresses_have_other_indexes(other: str) -> None:
    assert keyed_index(KEY, "email", other) != keyed_index(KEY, "email", "kim@example.org")


@given(st.text())
def test_normalising_twice_changes_nothing_more(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@given(st.text())
def test_composed_and_decomposed_letters_are_the_same(text: str) -> None:
    assert normalise(unicodedata.normalize("NFD", text)) == normalise(unicodedata.normalize("NFC", text))


def test_kinds_are_kept_apart() -> None:
    assert keyed_index(KEY, "email", "kim") != keyed_index(KEY, "handle", "kim")
    for kind in ("", "e|mail", "E-mail", "é"):
        with pytest.raises(ValueError, match="not a kind"):
            keyed_index(KEY, kind, "kim")


def test_an_index_is_sixteen_bytes_of_the_documented_hmac() -> None:
    import hashlib
    import hmac

    expected = hmac.new(KEY, b"v1|email|kim@example.org", hashlib.sha256).digest()[:16]
    assert keyed_index(KEY, "email", "Kim@example.org ") == expected


def test_an_installation_has_one_beacon(tmp_path: Path) -> None:
    first, again = Beacon(tmp_path / "keys" / "beacon.key"), Beacon(tmp_path / "keys" / "beacon.key")
    stranger = Beacon(tmp_path / "other" / "beacon.key")
    member = new_id()
    assert first.blind_index("email", "a@b.c") == again.blind_index("email", "A@B.C")
    assert first.pseudonym(member) == again.pseudonym(member)
    assert first.blind_index("email", "a@b.c") != stranger.blind_index("email", "a@b.c")
    assert first.pseudonym(member) != stranger.pseudonym(member)


def test_a_beacon_that_others_may_read_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "keys" / "beacon.key"
    Beacon(file)
    file.chmod(0o644)
    with pytest.raises(KeyFileExposed):
        Beacon(file)
    file.chmod(0o600)
    file.parent.chmod(0o750)
    with pytest.raises(KeyFileExposed):
        Beacon(file)


@given(st.uuids(), st.uuids())
def test_pseudonyms_tell_members_apart_and_say_nothing(one: UUID, other: UUID) -> None:
    beacon = _beacon()
    name = beacon.pseudonym(one)
    assert re.fullmatch(r"[0-9a-f]{32}", name)
    assert (name == beacon.pseudonym(other)) == (one == other)
    assert one.hex not in name


_made: list[Beacon] = []


def _beacon() -> Beacon:
    import tempfile

    if not _made:
        with tempfile.TemporaryDirectory() as folder:
            _made.append(Beacon(Path(folder) / "beacon.key"))
    return _made[0]


async def test_a_cells_own_index_agrees_in_all_its_processes_and_in_no_other_cell(
    open_vault: OpenVault, other_store_address: str
) -> None:
    one, again = open_vault(), open_vault()
    other = open_vault("us", "us", address=other_store_address)
    assert await one.blind_index("email", "a@b.c") == await again.blind_index("email", " A@b.c")
    assert await one.blind_index("email", "a@b.c") != await other.blind_index("email", "a@b.c")
    member = new_id()
    assert one.pseudonym(member) == other.pseudonym(member)
