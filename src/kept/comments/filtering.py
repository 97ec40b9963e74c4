"""A member's own filter: their words and phrases, sealed, and the general one. What it catches waits for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from kept.accounts import Session
from kept.cells import Tx
from kept.comments.errors import BadWords
from kept.comments.folding import words_of
from kept.comments.models import WORDS, CommentFilter
from kept.comments.opening import Comments
from kept.policy import Account, Action, AgeBand, Comment, Relation, require
from kept.vault import Reason

MOST_WORDS = 200
LONGEST_WORD = 50
"""Characters of a word or phrase."""


@dataclass(frozen=True, slots=True)
class Filter:
    """Which comments a member looks at first."""

    general: bool
    words: tuple[str, ...] = ()


async def filter_of(comments: Comments, by: Session) -> Filter:
    """One's own filter, to be looked at and changed. Raises Refused: who makes no clips has none."""
    require(by.actor, Action.DELETE_COMMENT, Comment(relation=Relation.STRANGER, on_own_clip=True))
    async with by.cell.begin() as tx:
        row = await _row(tx, by.member_id)
    words = await _words(comments, by.cell.name, by.member_id, row, Reason.OWNER)
    return Filter(_general(row, by.band), words)


async def filter_for(comments: Comments, tx: Tx, member_id: UUID, band: AgeBand) -> Filter:
    """The filter of a member at home in this cell, to be held against a comment: read by the program alone."""
    row = await _row(tx, member_id)
    return Filter(_general(row, band), await _words(comments, tx.cell.name, member_id, row, Reason.SERVICE))


async def set_filter(
    comments: Comments, tx: Tx, by: Session, *, general: bool, words: Sequence[str], now: datetime
) -> None:
    """Choose which comments are held from now on; those that stand, stay. Raises BadWords, Refused."""
    require(by.actor, Action.CHANGE_SETTINGS, Account(undoes_guardian=False))
    chosen = checked_words(words)
    sealed = None
    if chosen:
        vault = comments.vaults[by.cell.name]
        sealed = await vault.seal(by.member_id, WORDS, by.member_id, msgspec.json.encode(chosen))
    fresh = {"general": general, "words": sealed, "changed_at": now}
    made = insert(CommentFilter).values(owner_id=by.member_id, **fresh)
    await tx.run(made.on_conflict_do_update(index_elements=["owner_id"], set_=fresh))


def checked_words(words: Sequence[str]) -> list[str]:
    """Words and phrases without blanks around them and without repetitions. Raises BadWords."""
    found = list(dict.fromkeys(" ".join(word.split()) for word in words if word.strip()))
    if len(found) > MOST_WORDS:
        raise BadWords(why=f"it has more than {MOST_WORDS} words and phrases")
    for word in found:
        if len(word) > LONGEST_WORD:
            raise BadWords(why=f"a word or phrase has {LONGEST_WORD} characters at most")
        if not words_of(word):
            raise BadWords(why="one of them has no letter and no digit")
    return found


def _general(row: sa.Row[Any] | None, band: AgeBand) -> bool:
    """On by default for minors."""
    return band is not AgeBand.ADULT if row is None else bool(row.general)


async def _row(tx: Tx, member_id: UUID) -> sa.Row[Any] | None:
    wanted = sa.select(CommentFilter.general, CommentFilter.words).where(CommentFilter.owner_id == member_id)
    return (await tx.run(wanted)).first()


async def _words(
    comments: Comments, cell: str, member_id: UUID, row: sa.Row[Any] | None, reason: Reason
) -> tuple[str, ...]:
    if row is None or row.words is None:
        return ()
    opened = await comments.vaults[cell].open(member_id, WORDS, member_id, row.words, reason=reason)
    return tuple(msgspec.json.decode(opened, type=list[str]))
