"""Who has moved away: what a cell remembers for a day, so that a request that came too late is sent after them.

A request that was on its way when its member's home was switched finds their rows gone. Nothing that it wanted to write is
stored, here or there, and it is told to try again: then it goes to the new home.
"""

import re
from datetime import datetime
from typing import ClassVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped

from kept.catalog import Category, CellRow, Keep, Law, Level, Purpose, field, system
from kept.kit import Database, KeptError, Kind

_OWNER = re.compile(r"=\(([0-9a-f-]{36})\)")


class HomeMoved(KeptError):
    """The member's home was switched while a request of theirs was on its way; repeated, it goes to the new one."""

    code = "home_moved"
    kind = Kind.BUSY
    message = "Your data has just moved to another place, so nothing was stored. Try again now."


class Departed(CellRow):
    """Somebody whose home was here, and where it is now."""

    __tablename__ = "departed"
    law: ClassVar[Law] = system(
        "Who moved to another cell.", keep=Keep.after_creation("left_at", "requests on their way", days=1)
    )

    member_id: Mapped[UUID] = field(
        Category.ID, Level.INTERNAL, Purpose.SERVICE, about="Who moved.", type_=sa.Uuid(), primary_key=True
    )
    to_cell: Mapped[str] = field(
        Category.OPERATIONS, Level.INTERNAL, Purpose.SERVICE, about="Where to.", type_=sa.Text()
    )
    left_at: Mapped[datetime] = field(
        Category.OPERATIONS, Level.INTERNAL, Purpose.SERVICE, about="When.", type_=sa.DateTime(timezone=True)
    )


async def has_departed(database: Database, error: IntegrityError) -> bool:
    """Whether a row was refused because its owner has just moved away."""
    detail = getattr(getattr(error.orig, "__cause__", None), "detail", None) or ""
    match = _OWNER.search(detail)
    if match is None:
        return False
    return bool(await database.fetch("SELECT FROM departed WHERE member_id = $1", UUID(match[1])))
