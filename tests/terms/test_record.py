"""The record of processing, and how long everything is kept: complete, in both languages, and what the sweeper does."""

import csv
import io

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import DeclarativeBase

import kept.app.schema  # noqa: F401  declares every table
from kept.catalog import BASES, Category, Keep, Level, Purpose, data_map, field, owner_field, record
from kept.catalog import case as case_law
from kept.catalog.map import TableEntry, entry_of
from kept.retention import rules
from kept.terms import EndedBy, Subject, about_nobody, as_csv, current, schedule, words_in
from kept.terms import record as record_of
from kept.terms.describing import described
from kept.terms.record import COLUMNS


class Base(DeclarativeBase):
    """A schema of the tests' own."""


class Postcard(Base):
    __tablename__ = "postcard"
    law = record("Postcards, “quoted”, with commas.", keep=Keep.after_creation("at", "contract", hours=12))
    owner_id = owner_field()
    at = field(
        Category.OPERATIONS, Level.INTERNAL, Purpose.SERVICE, Purpose.SECURITY, about="When,\nroughly",
        type_=sa.DateTime(timezone=True),
    )  # fmt: skip
    friend = field(
        Category.SOCIAL, Level.CONFIDENTIAL, Purpose.SERVICE, about="Whom it is to.", type_=sa.Uuid(), names_other=True
    )


class Complaint(Base):
    __tablename__ = "complaint"
    law = case_law("Complaints.", keep=Keep.after_creation("at", "legal claims", days=5))
    case_id = field(
        Category.OPERATIONS, Level.INTERNAL, Purpose.LEGAL, about="The case.", type_=sa.Uuid(), primary_key=True
    )
    at = field(Category.OPERATIONS, Level.INTERNAL, Purpose.LEGAL, about="When.", type_=sa.DateTime(timezone=True))


for table in (Postcard, Complaint):
    table.__table__.info["law"] = table.law


def entries() -> list[TableEntry]:
    return [entry_of(table.__table__, "cell") for table in (Postcard, Complaint)]  # type: ignore[arg-type]


def fields_of(chapters: tuple[object, ...]) -> set[str]:
    return {f"{f.entry.name}.{f.field.name}" for c in chapters for g in c.groups for f in g.fields}  # type: ignore[attr-defined]


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_field_about_somebody_is_in_the_record_once(language: str) -> None:
    shown = [
        f"{f.entry.name}.{f.field.name}" for chapter in record_of(language) for group in chapter.groups for f in group.fields
    ]
    wanted = {f"{one.entry.name}.{one.field.name}" for one in described(words_in(language)) if one.is_about_somebody}
    assert len(shown) == len(set(shown))
    assert set(shown) == wanted
    assert len({chapter.key for chapter in record_of(language)}) == len(record_of(language))


def test_what_is_shown_to_people_is_said_in_spanish() -> None:
    spanish = words_in("es").sentences
    shown = {entry.law.about for entry in data_map()} | {entry.law.keep.basis for entry in data_map() if entry.law.keep}
    shown |= {one.field.rule.about for one in described(words_in("en")) if one.is_about_somebody}
    missing = sorted(one for one in shown if one not in spanish)
    assert missing == [], "say these in Spanish, in src/kept/terms/sentences/es.json"


def test_nothing_is_translated_that_nobody_says() -> None:
    said = {entry.law.about for entry in data_map()} | {entry.law.keep.basis for entry in data_map() if entry.law.keep}
    said |= {field.rule.about for entry in data_map() for field in entry.fields}
    assert sorted(set(words_in("es").sentences) - said) == []


def test_fields_stand_with_whom_they_are_about() -> None:
    found = {chapter.subject: fields_of((chapter,)) for chapter in record_of(entries=entries())}
    assert found == {
        Subject.MEMBER: {"postcard.at"},
        Subject.OTHER: {"postcard.friend"},
        Subject.ASKER: {"complaint.case_id", "complaint.at"},
    }


def test_each_purpose_has_a_legal_basis_and_the_notice_names_the_same() -> None:
    assert BASES.keys() == set(Purpose)
    notice = current("privacy").text
    for said in ("our contract with you", "legitimate interest", "legal obligation"):
        assert said in notice
        assert any(said in words for words in words_in("en").bases.values())
    group = next(group for chapter in record_of(entries=entries()) for group in chapter.groups if group.table == "postcard")
    contract, interest = "our contract with you (GDPR Art. 6(1)(b))", "our legitimate interest, and yours (GDPR Art. 6(1)(f))"
    assert group.fate.basis == f"{contract}; {interest}"
    assert group.fate.how_long == "12 hours from when it was made"


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_tables_about_nobody_are_named(language: str) -> None:
    assert words_in(language).sentence("Counters.") in about_nobody(language)
    assert about_nobody(language, entries=entries()) == ()


@given(st.text(max_size=20))
def test_a_search_finds_what_names_every_word_and_nothing_else(wanted: str) -> None:
    everything, found = record_of(entries=entries()), record_of(wanted=wanted, entries=entries())
    assert fields_of(found) <= fields_of(everything)
    if not wanted.split():
        assert found == everything


def test_a_search_finds_by_column_category_and_word() -> None:
    assert fields_of(record_of(wanted="FRIEND", entries=entries())) == {"postcard.friend"}
    assert fields_of(record_of(wanted="postcards whom", entries=entries())) == {"postcard.friend"}
    assert fields_of(record_of(wanted="security team", entries=entries())) == {"postcard.friend"}
    assert record_of(wanted="shoe", entries=entries()) == ()


def test_the_csv_has_a_line_for_every_column_and_is_read_back_as_it_was() -> None:
    text = as_csv()
    assert "\n" not in text.replace("\r\n", ""), "RFC 4180: lines end with CRLF"
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert tuple(rows[0]) == COLUMNS
    assert [(row["store"], row["table"], row["column"]) for row in rows] == [
        (entry.store, entry.name, field.name)
        for entry in sorted(data_map(), key=lambda one: (one.store, one.name))
        for field in entry.fields
    ]
    email = next(row for row in rows if (row["table"], row["column"]) == ("account", "email"))
    assert (email["sealed"], email["level"], email["crossing"]) == ("yes", "confidential", "never")


def test_no_cell_of_the_csv_can_be_taken_for_a_formula() -> None:
    for row in csv.reader(io.StringIO(as_csv(), newline="")):
        assert not [cell for cell in row if cell.startswith(("=", "+", "-", "@", "\t"))]


def test_commas_quotes_and_line_ends_in_an_annotation_stay_in_their_cell() -> None:
    rows = list(csv.DictReader(io.StringIO(as_csv(entries()), newline="")))
    assert len(rows) == 5
    assert rows[3]["table_holds"] == "Postcards, “quoted”, with commas."
    assert rows[3]["column_holds"] == "When,\nroughly."


def test_every_table_has_its_rule_and_the_sweeper_takes_what_the_list_says_it_takes() -> None:
    lines = [line for part in schedule().values() for line in part]
    assert sorted(line.table for line in lines) == sorted(entry.name for entry in data_map())
    swept = {rule.table for store in ("cell", "directory", "keys") for rule in rules(store)}
    assert {line.table for line in lines if line.ended_by is EndedBy.SWEEP} == swept
    waiting = {rule.table for store in ("cell", "directory", "keys") for rule in rules(store) if rule.waiting != "false"}
    assert {line.table for line in lines if line.while_in_use} == waiting
    for line in lines:
        assert any(letter.isdigit() for letter in line.how_long) or "day" in line.how_long or "closed" in line.how_long
        assert line.because
