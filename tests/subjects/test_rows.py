"""Whose each row is, and what erasure does to it, in a schema that is not ours."""

from collections.abc import AsyncIterator, Callable
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from examples import foreign_app
from kept.catalog import Category, Keep, Law, Level, Purpose, field, record
from kept.catalog.law import Erasure, Rule
from kept.catalog.tables import system
from kept.subjects import CannotAnonymise, Held, Others, Outcome, What, erase_rows, forget_name, owned_tables, rows_of

KEEP = Keep.after_closure("contract", days=30)


def ruled(about: str, level: Level = Level.INTERNAL, **rule: bool) -> dict[str, Rule]:
    names = rule.pop("names_other", False) or rule.get("goes_with_other", False)
    return {"rule": Rule(Category.ID, level, frozenset({Purpose.SERVICE}), about, names_other=names, **rule)}


def schema() -> sa.MetaData:
    """Members, their clips, comments on clips (owned through two steps), follows, and a log that loses its names."""
    metadata = sa.MetaData()

    def table(name: str, law: Law, *columns: sa.Column[object] | sa.ForeignKeyConstraint) -> None:
        sa.Table(name, metadata, *columns).info["law"] = law

    def column(name: str, *more: object, level: Level = Level.INTERNAL, **options: object) -> sa.Column[object]:
        rule = {key: bool(options.pop(key)) for key in ("names_other", "goes_with_other") if key in options}
        return sa.Column(name, options.pop("type_", sa.Uuid()), *more, info=ruled(name, level, **rule), **options)  # type: ignore[arg-type,call-overload]

    table("member", record("Members.", owner="id", keep=KEEP), column("id", primary_key=True))
    table(
        "clip",
        record("Clips.", owner="owner_id", keep=KEEP),
        column("owner_id", sa.ForeignKey("member.id"), primary_key=True),
        column("clip_id", primary_key=True, unique=True),
    )
    table(
        "remark",
        record("Remarks under clips, kept by whoever made the clip.", owner="clip_id.owner_id", keep=KEEP),
        column("clip_id", sa.ForeignKey("clip.clip_id"), primary_key=True),
        column("by", primary_key=True, names_other=True),
    )
    table(
        "follow",
        record("Follows.", owner="owner_id", keep=KEEP),
        column("owner_id", sa.ForeignKey("member.id"), primary_key=True),
        column("followed_id", primary_key=True, goes_with_other=True),
    )
    table(
        "visit",
        record("Visits.", owner="owner_id", keep=KEEP, erasure=Erasure.ANONYMISE),
        column("owner_id", primary_key=True),
        column("place", type_=sa.Text(), nullable=True, level=Level.CONFIDENTIAL),
    )
    table("counter", system("Counters.", keep=KEEP), column("name", type_=sa.Text(), primary_key=True))
    return metadata


METADATA = schema()
T = METADATA.tables


@pytest.fixture
async def connection(fresh_database: Callable[..., str]) -> AsyncIterator[AsyncConnection]:
    engine = create_async_engine(fresh_database("foreign").replace("postgresql://", "postgresql+asyncpg://", 1))
    async with engine.begin() as opened:
        await opened.run_sync(METADATA.create_all)
        yield opened
    await engine.dispose()


async def fill(connection: AsyncConnection) -> tuple[UUID, UUID, UUID]:
    """Ada with a clip under which Ben remarks; both follow each other; Ada was somewhere."""
    ada, ben, clip = uuid4(), uuid4(), uuid4()
    await connection.execute(sa.insert(T["member"]), [{"id": ada}, {"id": ben}])
    await connection.execute(sa.insert(T["clip"]).values(owner_id=ada, clip_id=clip))
    await connection.execute(sa.insert(T["remark"]).values(clip_id=clip, by=ben))
    both = [{"owner_id": ada, "followed_id": ben}, {"owner_id": ben, "followed_id": ada}]
    await connection.execute(sa.insert(T["follow"]), both)
    await connection.execute(sa.insert(T["visit"]).values(owner_id=ada, place="Bergen"))
    return ada, ben, clip


def told(outcomes: list[Outcome]) -> dict[str, tuple[What, int, int]]:
    return {one.where: (one.what, one.rows, one.left) for one in outcomes}


async def test_every_table_has_an_outcome_and_what_is_owned_through_others_goes_too(
    connection: AsyncConnection,
) -> None:
    ada, ben, _ = await fill(connection)
    outcomes = told(await erase_rows(connection, owned_tables(METADATA), ada))
    assert outcomes == {
        "member": (What.ERASED, 1, 0),
        "clip": (What.ERASED, 1, 0),
        "remark": (What.ERASED, 1, 0),
        "follow": (What.ERASED, 1, 0),
        "visit": (What.ANONYMISED, 1, 0),
    }
    [visit] = (await connection.execute(sa.select(T["visit"]))).all()
    assert visit.place is None
    assert visit.owner_id not in (ada, ben)
    again = told(await erase_rows(connection, owned_tables(METADATA), ada))
    assert {what for what, _, _ in again.values()} == {What.NOTHING_FOUND}


async def test_a_name_goes_with_a_follow_and_is_somebody_else_in_what_stays(connection: AsyncConnection) -> None:
    ada, ben, clip = await fill(connection)
    outcomes = told(await forget_name(connection, METADATA, ben))
    assert outcomes == {"remark": (What.ANONYMISED, 1, 0), "follow": (What.ANONYMISED, 1, 0)}
    [remark] = (await connection.execute(sa.select(T["remark"]))).all()
    assert remark.clip_id == clip
    assert remark.by not in (ada, ben)
    follows = (await connection.execute(sa.select(T["follow"].c.owner_id))).scalars().all()
    assert follows == [ben], "Ada's follow of Ben is gone; Ben's own rows are erased with the rest"


async def test_a_held_clip_stays_with_all_that_it_hangs_on_and_the_rest_goes(connection: AsyncConnection) -> None:
    ada, _, clip = await fill(connection)
    await connection.execute(sa.insert(T["clip"]).values(owner_id=ada, clip_id=uuid4()))
    held = Held(items=frozenset({clip}))
    outcomes = told(await erase_rows(connection, owned_tables(METADATA), ada, held))
    assert outcomes["clip"] == (What.HELD, 1, 1)
    assert outcomes["member"] == (What.HELD, 0, 1), "a row that stays refers to it"
    assert outcomes["follow"] == (What.ERASED, 1, 0)


async def test_a_hold_on_everything_stops_everything(connection: AsyncConnection) -> None:
    ada, _, _ = await fill(connection)
    outcomes = told(await erase_rows(connection, owned_tables(METADATA), ada, Held(everything=True)))
    assert {what for what, _, _ in outcomes.values()} == {What.HELD}
    assert sum(gone for _, gone, _ in outcomes.values()) == 0


async def test_a_copy_numbers_others_and_holds_nothing_of_theirs(connection: AsyncConnection) -> None:
    ada, ben, _ = await fill(connection)
    others, found = Others(), []
    for table in owned_tables(METADATA):
        found += [row async for page in rows_of(connection, table, ada, others=others) for row in page]
    assert str(ben) not in str(found)
    assert str(found).count("person 1") == 2


async def test_what_cannot_be_made_anonymous_is_refused_and_nothing_is_lost(connection: AsyncConnection) -> None:
    metadata = sa.MetaData()
    place = sa.Column("place", sa.Text(), nullable=False, info=ruled("place", Level.CONFIDENTIAL))
    owner = sa.Column("owner_id", sa.Uuid(), primary_key=True, info=ruled("owner"))
    sa.Table("visit", metadata, owner, place).info["law"] = record(
        "Visits.", owner="owner_id", keep=KEEP, erasure=Erasure.ANONYMISE
    )
    ada, _, _ = await fill(connection)
    with pytest.raises(CannotAnonymise, match="place"):
        await erase_rows(connection, owned_tables(metadata), ada)


@pytest.mark.parametrize("ondelete", [None, "NO ACTION", "RESTRICT"])
async def test_what_rows_of_others_hang_on_is_refused_and_the_rest_goes(
    connection: AsyncConnection, ondelete: str | None
) -> None:
    metadata = sa.MetaData()
    deck = sa.Table(
        "deck",
        metadata,
        sa.Column("owner_id", sa.Uuid(), primary_key=True, info=ruled("owner")),
        sa.Column("number", sa.Integer(), primary_key=True, unique=True, info=ruled("number")),
    )
    copy = sa.Table(
        "copied",
        metadata,
        sa.Column("owner_id", sa.Uuid(), primary_key=True, info=ruled("owner")),
        sa.Column("of", sa.ForeignKey("deck.number", ondelete=ondelete), primary_key=True, info=ruled("of")),
    )
    for table in (deck, copy):
        table.info["law"] = record("Decks and copies.", owner="owner_id", keep=KEEP)
    ada, ben = uuid4(), uuid4()
    await connection.run_sync(metadata.create_all)
    await connection.execute(sa.insert(deck), [{"owner_id": ada, "number": number} for number in (1, 2, 3)])
    await connection.execute(sa.insert(copy), [{"owner_id": ada, "of": 1}, {"owner_id": ben, "of": 2}])
    assert told(await erase_rows(connection, owned_tables(metadata), ada)) == {
        "deck": (What.REFUSED, 2, 1),
        "copied": (What.ERASED, 1, 0),
    }
    assert told(await erase_rows(connection, owned_tables(metadata), ben))["copied"] == (What.ERASED, 1, 0)
    assert told(await erase_rows(connection, owned_tables(metadata), ada))["deck"] == (What.ERASED, 1, 0)


async def test_the_example_of_a_foreign_application_runs(
    fresh_database: Callable[..., str], capsys: pytest.CaptureFixture[str]
) -> None:
    await foreign_app.main(fresh_database("library").replace("postgresql://", "postgresql+asyncpg://", 1))
    said = capsys.readouterr().out
    assert "'lent_by': 'person 1'" in said
    assert "what=<What.ERASED: 'erased'>, rows=1" in said


@settings(max_examples=200)
@given(st.booleans(), st.frozensets(st.uuids(), max_size=3))
def test_nothing_is_held_without_a_hold(everything: bool, items: frozenset[UUID]) -> None:
    assert Held(everything, items).anything is (everything or bool(items))


def test_fields_that_go_with_others_name_others() -> None:
    made = field(Category.SOCIAL, Level.CONFIDENTIAL, Purpose.SERVICE, about="x", type_=sa.Uuid(), goes_with_other=True)
    assert made.column.info["rule"].names_other
