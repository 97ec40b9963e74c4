"""What is refused at start-up, and in which words. Every rule has an offender here."""

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase

from kept.catalog import BadCatalog, Category, Crossing, Keep, Level, Purpose, check, problems
from kept.catalog.law import Law, Nature, Rule

KEEP = Keep.after_closure("contract", days=30)
RULE = Rule(Category.SETTINGS, Level.INTERNAL, frozenset({Purpose.SERVICE}), "Something.")


def column(name: str, type_: Any = None, rule: Rule | None = RULE, **options: Any) -> sa.Column[Any]:
    options.setdefault("nullable", False)
    return sa.Column(name, type_ or sa.Uuid(), info={} if rule is None else {"rule": rule}, **options)


def table(*columns: Any, law: Law | None, name: str = "thing") -> sa.Table:
    info = {} if law is None else {"law": law}
    return sa.Table(name, sa.MetaData(), *columns, info=info)


def record_law(owner: str | None = "owner_id", keep: Keep | None = KEEP) -> Law:
    return Law(Nature.RECORD, "A thing.", keep, owner)


def owner(**options: Any) -> sa.Column[Any]:
    return column("owner_id", primary_key=True, **options)


def test_a_fully_declared_table_passes() -> None:
    good = table(owner(), column("item_id", primary_key=True), law=record_law())
    assert list(problems(good.metadata)) == []
    check(good.metadata)


OFFENDERS: dict[str, Callable[[], sa.Table]] = {
    "table thing: no annotation": lambda: table(owner(), law=None),
    "column thing.nick: no annotation": lambda: table(owner(), column("nick", rule=None), law=record_law()),
    "table thing: no retention rule": lambda: table(owner(), law=record_law(keep=None)),
    "is not finite": lambda: table(owner(), law=record_law(keep=Keep.after_closure("contract", days=100_000))),
    "retention has no basis": lambda: table(owner(), law=record_law(keep=Keep.after_closure(" ", days=1))),
    "retention counts from column 'made_at', which does not exist": lambda: table(
        owner(), law=record_law(keep=Keep.after_creation("made_at", "contract", days=1))
    ),
    "table thing: no owner": lambda: table(owner(), law=record_law(owner=None)),
    "thing has no column 'who'": lambda: table(owner(), law=record_law(owner="who")),
    "owner_id can be null": lambda: table(
        column("owner_id", nullable=True), column("item_id", primary_key=True), law=record_law()
    ),
    "must start with the owner": lambda: table(
        column("item_id", primary_key=True), column("owner_id", primary_key=True), law=record_law()
    ),
    "a unique constraint must contain the owner": lambda: table(
        owner(), column("handle"), sa.UniqueConstraint("handle"), law=record_law()
    ),
    "the unique index": lambda: table(owner(), column("handle", index=True, unique=True), law=record_law()),
    "user.device.mac_address must not be collected": lambda: table(
        owner(),
        column("mac", rule=Rule(Category.MAC_ADDRESS, Level.INTERNAL, frozenset({Purpose.SECURITY}), "MAC.")),
        law=record_law(),
    ),
    "user.biometric.voice must not be collected": lambda: table(
        owner(),
        column("voice", rule=Rule("user.biometric.voice", Level.RESTRICTED, frozenset({Purpose.SERVICE}), "Voice.")),
        law=record_law(),
    ),
    "no purpose": lambda: table(
        owner(), column("x", rule=Rule(Category.SETTINGS, Level.INTERNAL, frozenset(), "X.")), law=record_law()
    ),
    "no description": lambda: table(
        owner(),
        column("x", rule=Rule(Category.SETTINGS, Level.INTERNAL, frozenset({Purpose.SERVICE}), "")),
        law=record_law(),
    ),
    "but this field may never": lambda: table(
        owner(), law=Law(Nature.SHELF, "Cards.", KEEP, "owner_id", source="video")
    ),
    "a shelf must name the record table": lambda: table(owner(), law=Law(Nature.SHELF, "Cards.", KEEP, "owner_id")),
    "holds nothing about anybody, but this is confidential": lambda: table(
        column(
            "e", primary_key=True, rule=Rule(Category.EMAIL, Level.CONFIDENTIAL, frozenset({Purpose.SERVICE}), "E.")
        ),
        law=Law(Nature.SYSTEM, "S.", KEEP),
    ),
    "confidential and yet public": lambda: table(
        owner(),
        column(
            "e",
            rule=Rule(Category.EMAIL, Level.CONFIDENTIAL, frozenset({Purpose.SERVICE}), "E.", crossing=Crossing.PUBLIC),
        ),
        law=record_law(),
    ),
    "derived from video.nothing, which does not exist": lambda: table(
        owner(),
        column(
            "d",
            rule=Rule(
                Category.SETTINGS, Level.INTERNAL, frozenset({Purpose.SERVICE}), "D.", derived_from=("video.nothing",)
            ),
        ),
        law=record_law(),
    ),
}


@pytest.mark.parametrize("words", OFFENDERS)
def test_start_up_fails_with_a_precise_message(words: str) -> None:
    with pytest.raises(BadCatalog, match=words.replace("(", r"\(")):
        check(OFFENDERS[words]().metadata)


class Foreign(DeclarativeBase):
    """A foreign application's tables: the owner is reached over foreign keys."""


def foreign(second_parent: bool, null: bool = False) -> sa.MetaData:
    metadata = sa.MetaData()
    law = record_law()
    sa.Table("video", metadata, column("owner_id", primary_key=True), info={"law": law})
    sa.Table("sound", metadata, column("owner_id", primary_key=True), info={"law": law})
    keys = [sa.ForeignKey("video.owner_id")] + ([sa.ForeignKey("sound.owner_id")] if second_parent else [])
    parent = sa.Column("parent_id", sa.Uuid(), *keys, primary_key=True, nullable=null, info={"rule": RULE})
    sa.Table("note", metadata, parent, info={"law": record_law("parent_id.owner_id")})
    return metadata


def test_an_owner_may_be_reached_over_a_foreign_key() -> None:
    assert list(problems(foreign(second_parent=False))) == []


def test_an_ambiguous_owner_path_is_refused() -> None:
    assert any("is ambiguous: sound, video" in line for line in problems(foreign(second_parent=True)))


def test_an_owner_path_through_null_is_refused() -> None:
    assert any("can be null" in line for line in problems(foreign(second_parent=False, null=True)))


def test_the_whole_program_is_declared() -> None:
    import kept.app.schema  # noqa: F401

    check()
