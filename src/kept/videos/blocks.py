"""The block list: files that must not be published, by their exact hash, in every cell."""

from datetime import datetime
from typing import ClassVar

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped

from kept.catalog import Category, CellRow, Keep, Law, Level, Purpose, field, system
from kept.cells import Cell, Tx
from kept.ledger import Entry

Timestamp = sa.DateTime(timezone=True)


class HashBlock(CellRow):
    """Files that must not be published, by their exact hash."""

    __tablename__ = "hash_block"
    law: ClassVar[Law] = system(
        "Hashes of files that must not be published.", keep=Keep.after_creation("added_at", "security", days=3650)
    )

    sha256: Mapped[bytes] = field(
        Category.OPERATIONS,
        Level.INTERNAL,
        Purpose.SECURITY,
        about="SHA-256.",
        type_=sa.LargeBinary(),
        primary_key=True,
    )
    reason: Mapped[str] = field(
        Category.OPERATIONS, Level.INTERNAL, Purpose.SECURITY, about="Why: a code.", type_=sa.Text()
    )
    added_by: Mapped[str] = field(
        Category.OPERATIONS, Level.INTERNAL, Purpose.SECURITY, about="Which source or post added it.", type_=sa.Text()
    )
    added_at: Mapped[datetime] = field(
        Category.OPERATIONS, Level.INTERNAL, Purpose.SECURITY, about="When.", type_=Timestamp
    )


async def block_hash(tx: Tx, sha256: bytes, *, reason: str, added_by: str, now: datetime) -> None:
    """Put a hash on this cell's list; each cell has its own copy. `added_by` is a post or a source, not a person."""
    row = insert(HashBlock).values(sha256=sha256, reason=reason, added_by=added_by, added_at=now)
    entry = Entry("hash_block.added", object=f"sha256:{sha256.hex()}")
    await tx.act(row.on_conflict_do_nothing().returning(HashBlock.sha256), entry, now=now)


async def unblock_hash(tx: Tx, sha256: bytes, *, now: datetime) -> None:
    """Take a hash off this cell's list."""
    gone = sa.delete(HashBlock).where(HashBlock.sha256 == sha256).returning(HashBlock.sha256)
    await tx.act(gone, Entry("hash_block.removed", object=f"sha256:{sha256.hex()}"), now=now)


async def block_reason(cell: Cell, sha256: bytes) -> str | None:
    """Why a file must not be published; None when nothing is known against it."""
    rows = await cell.database.fetch("SELECT reason FROM hash_block WHERE sha256 = $1", sha256)
    return rows[0]["reason"] if rows else None
