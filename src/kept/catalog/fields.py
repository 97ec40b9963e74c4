"""How a column is annotated: SQLAlchemy's `mapped_column` with a `Rule` in its `info`."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import MappedColumn, mapped_column

from kept.catalog.category import Category
from kept.catalog.law import Crossing, Level, Purpose, Rule


def field(
    category: Category,
    level: Level,
    *purposes: Purpose,
    about: str,
    type_: Any,
    crossing: Crossing = Crossing.NEVER,
    derived_from: tuple[str, ...] = (),
    names_other: bool = False,
    goes_with_other: bool = False,
    names_object: bool = False,
    **column: Any,
) -> MappedColumn[Any]:
    """A column and what it is. `about` is shown to the member; `column` goes to `mapped_column` (not null by default)."""
    rule = Rule(
        category,
        level,
        frozenset(purposes),
        about,
        crossing,
        derived_from,
        names_other=names_other or goes_with_other,
        goes_with_other=goes_with_other,
        names_object=names_object,
    )
    column.setdefault("nullable", False)
    return mapped_column(type_, info={"rule": rule}, **column)


def owner_field(*, crossing: Crossing = Crossing.NEVER, **column: Any) -> MappedColumn[UUID]:
    """The column `owner_id` that says whose a row is; first in the primary key, never null, never changed."""
    return field(
        Category.ID,
        Level.INTERNAL,
        Purpose.SERVICE,
        about="Whose this is.",
        type_=sa.Uuid(),
        crossing=crossing,
        primary_key=True,
        **column,
    )
