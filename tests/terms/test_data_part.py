"""The part about data: made from the catalogue, complete, and stored beside the version that it was written with."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase

import kept.app.schema  # noqa: F401  declares every table
from kept.catalog import Category, Keep, Level, Purpose, data_map, field, index, owner_field, record, system
from kept.catalog.law import Basis, Crossing, Since
from kept.catalog.map import TableEntry, entry_of
from kept.terms import (
    BadDocument,
    data_part,
    digest_of,
    documents,
    generated_part,
    generated_part_is_current,
    outdated_parts,
    part_of,
    stored_part,
    version_of,
    write_parts,
)
from kept.terms.describing import is_about_somebody
from kept.terms.vocabulary import Subject
from kept.terms.words import WORDS


class Base(DeclarativeBase):
    """A schema of the tests' own."""


class Diary(Base):
    __tablename__ = "diary"
    law = record("Diaries.", keep=Keep.after_closure("contract", days=30))
    owner_id = owner_field()
    text = field(
        Category.PRIVATE_CONTENT, Level.RESTRICTED, Purpose.SERVICE, about="What you wrote", type_=sa.LargeBinary()
    )
    mood = field(Category.PRIVATE_CONTENT, Level.RESTRICTED, Purpose.SERVICE, about="Your mood.", type_=sa.LargeBinary())


class Names(Base):
    __tablename__ = "names"
    law = index("Who has which name.", owner="member_id", keep=Keep.after_closure("contract", days=0))
    name = field(
        Category.HANDLE, Level.PUBLIC, Purpose.SERVICE, about="Name.", type_=sa.Text(), crossing=Crossing.PUBLIC,
        primary_key=True,
    )  # fmt: skip
    member_id = owner_field()


class Weather(Base):
    __tablename__ = "weather"
    law = system("The weather.", keep=Keep.after_creation("day", "operations", days=1))
    day = field(
        Category.OPERATIONS, Level.INTERNAL, Purpose.OPERATIONS, about="Day.", type_=sa.Date(), primary_key=True
    )


class Puzzle(Base):
    __tablename__ = "puzzle"
    law = record("Puzzles.", keep=Keep.after_closure("contract", days=30))
    owner_id = owner_field()
    shoe = field("user.shoe_size", Level.INTERNAL, Purpose.SERVICE, about="Shoe size.", type_=sa.Text())  # type: ignore[arg-type]


for table in (Diary, Names, Weather, Puzzle):
    table.__table__.info["law"] = table.law


def entries(*tables: type[Base]) -> list[TableEntry]:
    return [entry_of(table.__table__, "cell") for table in tables]  # type: ignore[arg-type]


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Two versions of both notices, in a folder of the test's own, without stored parts."""
    head = "---\ntitle: T\nsummary: S.\nsince: {0}\nchanges: C.\nasks_again: no\n---\n{{data}}\n"
    for kind in ("privacy", "privacy-young"):
        folder = tmp_path / "en" / kind
        folder.mkdir(parents=True)
        for since in ("2026-01-01", "2026-06-01"):
            (folder / f"{since}.md").write_text(head.format(since))
    for module in (documents, data_part):
        monkeypatch.setattr(module, "FOLDER", tmp_path)
    documents._read_all.cache_clear()
    yield tmp_path
    documents._read_all.cache_clear()


def test_what_the_notices_say_about_data_is_what_the_catalogue_says() -> None:
    stale = [f"{file.parent.name}/{file.name}" for file in outdated_parts()]
    assert stale == [], "what we keep has changed: run `kept terms build`, review it, and say what changed in the notice"


def test_every_field_about_somebody_is_described_in_the_notice() -> None:
    text = generated_part()
    for entry in data_map():
        for one in entry.fields:
            if is_about_somebody(entry, one):
                assert one.rule.about.strip() in text, f"{entry.name}.{one.name}"


def test_every_word_of_the_catalogue_has_words_for_people_in_every_language() -> None:
    for words in WORDS.values():
        assert words.purposes.keys() == set(Purpose)
        assert words.levels.keys() == set(Level)
        assert words.crossings.keys() == set(Crossing)
        assert words.bases.keys() == set(Basis)
        assert words.subjects.keys() == set(Subject)
        assert words.since.keys() == set(Since)
        forbidden = {Category.MAC_ADDRESS, Category.PRECISE_LOCATION}
        assert set(words.categories) == {category for category in Category if category not in forbidden}


def test_a_field_says_what_for_how_long_who_may_see_it_and_where_it_is() -> None:
    text = generated_part(entries=entries(Diary))
    assert "### What you keep to yourself or send to somebody" in text
    assert "- Diaries. What you wrote. Your mood.  " in text
    assert "**Why**: to run the service." in text
    assert "**How long**: until your account is closed, and 30 days longer." in text
    assert "**Who may see it**: you; staff only if two teams agree, for a case on record." in text
    assert "**Where**: only in your region." in text


def test_the_directory_is_honestly_said_to_be_shared_by_all_regions() -> None:
    text = generated_part(entries=entries(Names))
    assert "in the directory that all regions share" in text
    assert "**How long**: until your account is closed." in text


def test_what_is_about_nobody_is_named_too() -> None:
    assert "- The weather." in generated_part(entries=entries(Weather))


def test_data_without_words_for_people_stops_the_program() -> None:
    with pytest.raises(BadDocument, match="shoe"):
        generated_part(entries=entries(Puzzle))


def test_a_new_field_changes_the_digest() -> None:
    before, after = (digest_of(generated_part(entries=entries(*some))) for some in ((Diary,), (Diary, Names)))
    assert before != after


def test_the_notice_for_younger_people_says_the_same_categories_in_short() -> None:
    text = generated_part("privacy-young", entries=entries(Diary, Names, Weather))
    assert "- **Your handle**: to run the service." in text
    assert len(text.splitlines()) < 10


def test_a_change_of_the_catalogue_is_seen_until_it_is_written_down(shelf: Path) -> None:
    assert not generated_part_is_current()
    assert len(write_parts()) == 2
    assert generated_part_is_current()
    file = shelf / "en" / "privacy" / "2026-06-01.data.md"
    file.write_text(file.read_text().replace("handle", "hat"))
    assert outdated_parts() == [file]


def test_an_old_version_says_what_it_said_then(shelf: Path) -> None:
    old, new = version_of("privacy", "2026-01-01"), version_of("privacy", "2026-06-01")
    (shelf / "en" / "privacy" / "2026-01-01.data.md").write_text("## What we kept\n")
    assert part_of(old) == "## What we kept\n"
    assert part_of(new) == generated_part()
    assert stored_part(new) is None
