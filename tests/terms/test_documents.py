"""The documents: their versions, who agrees to which, and what is refused."""

from datetime import date
from pathlib import Path

import pytest

from kept.policy import AgeBand
from kept.terms import (
    KINDS,
    BadDocument,
    DocumentKind,
    NotCurrentTerms,
    UnknownDocument,
    agreed,
    all_versions,
    current,
    documents,
    guidelines,
    required_for,
    still_good,
    version_of,
)

HEAD = "---\ntitle: Terms\nsummary: S.\nsince: {since}\nchanges: C.\nasks_again: {asks}\n---\nText.\n"


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of documents of the test's own: terms of March, of June (asks again), and of September."""
    folder = tmp_path / "en" / "terms"
    folder.mkdir(parents=True)
    for since, asks in (("2026-03-01", "no"), ("2026-06-01", "yes"), ("2026-09-01", "no")):
        (folder / f"{since}.md").write_text(HEAD.format(since=since, asks=asks))
    monkeypatch.setattr(documents, "FOLDER", tmp_path)
    documents._read_all.cache_clear()
    yield folder
    documents._read_all.cache_clear()


def test_every_kind_of_document_has_a_current_version_in_english() -> None:
    for kind in KINDS:
        document = current(kind)
        assert document.language == "en"
        assert document.title
        assert document.text.strip()
        assert version_of(kind, document.version) == document


def test_the_version_that_holds_is_the_newest_that_has_begun(shelf: Path) -> None:
    assert [document.version for document in all_versions("terms")] == ["2026-09-01", "2026-06-01", "2026-03-01"]
    assert current("terms").version == "2026-09-01"
    assert current("terms", on=date(2026, 8, 31)).version == "2026-06-01"
    assert current("terms", on=date(2026, 6, 1)).version == "2026-06-01"
    with pytest.raises(UnknownDocument):
        current("terms", on=date(2026, 2, 28))


def test_a_language_that_lacks_a_document_shows_it_in_english(shelf: Path) -> None:
    spanish = shelf.parent.parent / "es" / "terms"
    spanish.mkdir(parents=True)
    (spanish / "2026-06-01.md").write_text(HEAD.format(since="2026-06-01", asks="yes"))
    assert version_of("terms", "2026-06-01", language="es").language == "es"
    assert current("terms", language="es").language == "en"
    assert current("terms", language="../..").language == "en"


def test_a_yes_counts_until_a_later_version_asks_again(shelf: Path) -> None:
    assert not still_good("terms", "2026-03-01")
    assert still_good("terms", "2026-03-01", on=date(2026, 5, 31))
    assert still_good("terms", "2026-06-01")
    assert still_good("terms", "2026-09-01")


@pytest.mark.parametrize("band", AgeBand)
def test_people_agree_to_the_terms_and_to_the_privacy_notice_that_is_for_them(band: AgeBand) -> None:
    notice = DocumentKind.PRIVACY if band is AgeBand.ADULT else DocumentKind.PRIVACY_YOUNG
    assert [document.kind for document in required_for(band)] == [DocumentKind.TERMS, notice]


def test_agreeing_names_the_current_version_or_says_current() -> None:
    version = current("terms").version
    assert agreed("current", AgeBand.ADULT) == agreed(version, AgeBand.ADULT) == required_for(AgeBand.ADULT)
    for wrong in ("", "2020-01-01", "yes", "true"):
        with pytest.raises(NotCurrentTerms, match=version):
            agreed(wrong, AgeBand.ADULT)


def test_an_unknown_document_is_not_there() -> None:
    for kind, version in (("cookies", "2026-11-01"), ("terms", "1999-01-01")):
        with pytest.raises(UnknownDocument):
            version_of(kind, version)


@pytest.mark.parametrize(
    "text",
    [
        "no head at all",
        "---\ntitle: T\n---\nText.\n",
        HEAD.format(since="2026-01-02", asks="no"),
        HEAD.format(since="2026-01-01", asks="perhaps"),
    ],
)
def test_a_document_with_a_wrong_head_stops_the_program(tmp_path: Path, text: str) -> None:
    file = tmp_path / "2026-01-01.md"
    file.write_text(text)
    with pytest.raises(BadDocument):
        documents.read(file, "en", DocumentKind.TERMS)


def test_every_guideline_has_a_name_of_its_own() -> None:
    rules = guidelines(current("guidelines"))
    assert len({rule.id for rule in rules}) == len(rules) >= 20
    assert all("." in rule.id for rule in rules)
    titled = [line for line in current("guidelines").text.splitlines() if line.startswith("### ")]
    assert len(titled) == len(rules)
