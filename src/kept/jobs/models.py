"""The table of jobs: what was asked for, and how far it is. Both an outbox and what a page shows."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

from kept.catalog import Category, CellRow, Keep, Law, Level, Purpose, field, system

Timestamp = sa.DateTime(timezone=True)


class JobRow(CellRow):
    """A job, its state and its progress; ids only."""

    __tablename__ = "job"
    __table_args__ = (sa.Index("job_waiting", "asked_at", postgresql_where=sa.text("state in ('waiting', 'running')")),)
    law: ClassVar[Law] = system(
        "Work that was asked for, and how far it is.",
        keep=Keep.after_last_use("updated_at", "operations", days=30).unless("state IN ('waiting', 'running')"),
    )

    job_id: Mapped[UUID] = field(
        Category.OPERATIONS, Level.INTERNAL, Purpose.OPERATIONS, about="Job.", type_=sa.Uuid(), primary_key=True
    )
    kind: Mapped[str] = field(
        Category.OPERATIONS, Level.INTERNAL, Purpose.OPERATIONS, about="What is done.", type_=sa.Text()
    )
    owner_id: Mapped[UUID] = field(
        Category.PSEUDONYM, Level.INTERNAL, Purpose.OPERATIONS, about="For whom.", type_=sa.Uuid(), index=True
    )
    subject_id: Mapped[UUID] = field(
        Category.OPERATIONS, Level.INTERNAL, Purpose.OPERATIONS, about="With what.", type_=sa.Uuid(), index=True
    )
    state: Mapped[str] = field(
        Category.OPERATIONS, Level.INTERNAL, Purpose.OPERATIONS, about="See JobState.", type_=sa.Text()
    )
    step: Mapped[str] = field(
        Category.OPERATIONS, Level.INTERNAL, Purpose.OPERATIONS, about="Step it is at.", type_=sa.Text()
    )
    percent: Mapped[int] = field(
        Category.OPERATIONS, Level.INTERNAL, Purpose.OPERATIONS, about="How much is done.", type_=sa.SmallInteger()
    )
    asked_at: Mapped[datetime] = field(
        Category.OPERATIONS, Level.INTERNAL, Purpose.OPERATIONS, about="When.", type_=Timestamp
    )
    updated_at: Mapped[datetime] = field(
        Category.OPERATIONS, Level.INTERNAL, Purpose.OPERATIONS, about="Last change.", type_=Timestamp
    )
