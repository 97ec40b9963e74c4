"""The table of drafts: clips that were sent, and that their author has not published.

A draft has no row among the clips, so no job, no card, no page and no media address can find it. What its author said of it
is sealed. Its file waits in the spool under the draft's id, which becomes the clip's.
"""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

from kept.catalog import Category, CellRow, Keep, Law, Level, Purpose, field, owner_field, record
from kept.vault import Sealed, SealedColumn

Timestamp = sa.DateTime(timezone=True)


class ClipDraft(CellRow):
    """A clip that its author saved as a draft. The row goes when it is published, deleted or lapsed."""

    __tablename__ = "clip_draft"
    law: ClassVar[Law] = record(
        "Drafts of clips.", keep=Keep.after_last_use("changed_at", "contract", days=30)
    )

    owner_id: Mapped[UUID] = owner_field()
    draft_id: Mapped[UUID] = field(
        Category.ID, Level.INTERNAL, Purpose.SERVICE, about="Draft, later the clip.", type_=sa.Uuid(), primary_key=True
    )
    words: Mapped[Sealed] = field(
        Category.PRIVATE_CONTENT,
        Level.RESTRICTED,
        Purpose.SERVICE,
        about="What you chose for it: caption, who may watch and comment, cut and cover.",
        type_=SealedColumn(),
    )
    size: Mapped[int] = field(
        Category.OPERATIONS,
        Level.INTERNAL,
        Purpose.SERVICE,
        about="Length of what was uploaded.",
        type_=sa.BigInteger(),
    )
    sha256: Mapped[bytes] = field(
        Category.OPERATIONS,
        Level.INTERNAL,
        Purpose.SERVICE,
        Purpose.SECURITY,
        about="SHA-256 of what was uploaded.",
        type_=sa.LargeBinary(),
    )
    created_at: Mapped[datetime] = field(
        Category.OPERATIONS, Level.INTERNAL, Purpose.SERVICE, about="When the upload was complete.", type_=Timestamp
    )
    changed_at: Mapped[datetime] = field(
        Category.OPERATIONS, Level.INTERNAL, Purpose.SERVICE, about="When you last changed it.", type_=Timestamp
    )
