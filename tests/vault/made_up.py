"""A schema made up for tests: sealed columns of every kind that the reasons tell apart."""

from typing import Any

import sqlalchemy as sa

from kept.catalog import Category, Crossing, Keep, Level, Purpose, case
from kept.catalog.law import Rule
from kept.vault import SealedColumn

EMAIL = "person.email"
BIRTH = "person.birth"
DRAFT = "person.draft"
TOTP = "person.totp"
LETTER = "letter.body"
FILE = "file.about"

SCHEMA = sa.MetaData()


def sealed(name: str, level: Level, *purposes: Purpose, crossing: Crossing = Crossing.NEVER) -> "sa.Column[Any]":
    """A sealed column and what it is."""
    rule = Rule(Category.PRIVATE_CONTENT, level, frozenset(purposes), "For a test.", crossing)
    return sa.Column(name, SealedColumn(), info={"rule": rule})


PERSON = sa.Table(
    "person",
    SCHEMA,
    sa.Column("owner_id", sa.Uuid(), primary_key=True),
    sealed("email", Level.CONFIDENTIAL, Purpose.SERVICE, Purpose.NOTIFICATIONS, Purpose.AUTHENTICATION),
    sealed("birth", Level.CONFIDENTIAL, Purpose.SERVICE),
    sealed("draft", Level.RESTRICTED, Purpose.SERVICE),
    sealed("totp", Level.SECRET, Purpose.AUTHENTICATION),
)
LETTERS = sa.Table(
    "letter",
    SCHEMA,
    sa.Column("owner_id", sa.Uuid(), primary_key=True),
    sa.Column("letter_id", sa.Uuid(), primary_key=True),
    sealed("body", Level.RESTRICTED, Purpose.SERVICE, crossing=Crossing.ADDRESSED),
)
FILES = sa.Table(
    "file",
    SCHEMA,
    sa.Column("case_id", sa.Uuid(), primary_key=True),
    sealed("about", Level.CONFIDENTIAL, Purpose.SERVICE, Purpose.NOTIFICATIONS, Purpose.SECURITY, Purpose.LEGAL),
    info={"law": case("A case.", keep=Keep.after_closure("a test", days=1))},
)
