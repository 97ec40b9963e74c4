"""The table of readings: what was measured, when, for the page and for its history."""

from datetime import datetime
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

from kept.catalog import Category, DirectoryRow, Keep, Law, Level, Purpose, field, system

Timestamp = sa.DateTime(timezone=True)


class PromiseReading(DirectoryRow):
    """One measurement of one promise."""

    __tablename__ = "promise_reading"
    law: ClassVar[Law] = system(
        "What was measured of each promise.", keep=Keep.after_creation("measured_at", "accountability", days=730)
    )

    promise_id: Mapped[str] = field(
        Category.OPERATIONS, Level.PUBLIC, Purpose.REPORTING, about="Promise.", type_=sa.Text(), primary_key=True
    )
    measured_by: Mapped[str] = field(
        Category.OPERATIONS,
        Level.PUBLIC,
        Purpose.REPORTING,
        about="Region that measured its own cells; empty where one process serves all.",
        type_=sa.Text(),
        primary_key=True,
    )
    measured_at: Mapped[datetime] = field(
        Category.OPERATIONS, Level.PUBLIC, Purpose.REPORTING, about="When.", type_=Timestamp, primary_key=True
    )
    verdict: Mapped[str] = field(
        Category.OPERATIONS, Level.PUBLIC, Purpose.REPORTING, about="What was found.", type_=sa.Text()
    )
    figure: Mapped[str] = field(
        Category.OPERATIONS, Level.PUBLIC, Purpose.REPORTING, about="The figure, in words.", type_=sa.Text()
    )
    sample: Mapped[int] = field(
        Category.OPERATIONS, Level.PUBLIC, Purpose.REPORTING, about="How much was looked at.", type_=sa.BigInteger()
    )
    details: Mapped[dict[str, Any]] = field(
        Category.OPERATIONS, Level.PUBLIC, Purpose.REPORTING, about="The numbers behind.", type_=sa.JSON()
    )
