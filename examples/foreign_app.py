"""Another application's schema, annotated: copies, erasure and holds come from the annotations alone.

    .venv/bin/python examples/foreign_app.py postgresql+asyncpg://…/an_empty_database
"""

import asyncio
import sys

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.orm import DeclarativeBase

from kept.catalog import Category, Keep, Level, Purpose, check, field, record
from kept.subjects import Others, Outcome, erase_rows, forget_name, owned_tables, rows_of

WHY = Purpose.SERVICE


class Base(DeclarativeBase):
    def __init_subclass__(cls, **options: object) -> None:
        super().__init_subclass__(**options)
        cls.__table__.info["law"] = cls.law


def number(about: str, **column: object) -> object:
    return field(Category.ID, Level.INTERNAL, WHY, about=about, type_=sa.Integer(), **column)


class Reader(Base):
    __tablename__ = "reader"
    law = record("People who read.", owner="id", keep=Keep.after_closure("contract", days=30))
    id = number("Reader.", primary_key=True)
    name = field(Category.NAME, Level.CONFIDENTIAL, WHY, about="Name.", type_=sa.Text())


class Loan(Base):
    __tablename__ = "loan"
    law = record("What was lent to whom.", owner="reader_id", keep=Keep.after_closure("contract", days=365))
    reader_id = number("Reader.", primary_key=True)
    book = field(Category.PRIVATE_CONTENT, Level.CONFIDENTIAL, WHY, about="Book.", type_=sa.Text(), primary_key=True)
    lent_by = field(
        Category.ID, Level.INTERNAL, WHY, about="Who lent it.", type_=sa.Integer(), nullable=True, names_other=True
    )


async def copy_of(connection: AsyncConnection, person: int) -> dict[str, list[dict[str, object]]]:
    """All rows of somebody, by table; others are numbered."""
    others = Others()
    return {
        table.name: [row async for page in rows_of(connection, table, person, others=others) for row in page]
        for table in owned_tables(Base.metadata)
    }


async def erase(connection: AsyncConnection, person: int) -> list[Outcome]:
    """Everything of somebody, and their name in what others keep."""
    gone = await erase_rows(connection, owned_tables(Base.metadata), person)
    return gone + await forget_name(connection, Base.metadata, person)


async def main(address: str) -> None:
    check(Base.metadata)
    engine = create_async_engine(address)
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
        await connection.execute(sa.insert(Reader), [{"id": 1, "name": "Ada"}, {"id": 2, "name": "Ben"}])
        await connection.execute(sa.insert(Loan), [
            {"reader_id": 1, "book": "Moby-Dick", "lent_by": 2},
            {"reader_id": 2, "book": "Emma", "lent_by": 1},
        ])
        sys.stdout.write(f"{await copy_of(connection, 1)}\n{await erase(connection, 1)}\n")
    await engine.dispose()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
