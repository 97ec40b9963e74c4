"""Where a member is in a feed that is ranked for them: the cursor of a page. It carries what was given, so that no server has
to remember anything, nothing comes twice, and a page can be asked of any process, also after a restart.

What was given is carried as three bytes a clip, mixed with the sitting's seed: at the end of a long sitting, one clip in some
fifty thousand is taken for one that was given. Not secret and not signed: a made-up cursor leads to a place in the same feed,
and is checked.
"""

import base64
import binascii
import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self, TypeVar
from uuid import UUID

from kept.videos import BadCursor

T = TypeVar("T")

_MARK = 3
_SEED = 4
_NEAR = 8
"""Authors that are carried, at most: the last ones."""
LONGEST = 1300
"""Characters of a cursor."""


@dataclass(frozen=True, slots=True)
class Sitting:
    """What was given so far, and by whom the last ones are, as marks."""

    seed: int
    given: tuple[int, ...] = ()
    authors: tuple[int, ...] = ()

    @classmethod
    def begin(cls) -> Self:
        """A new one."""
        return cls(secrets.randbits(8 * _SEED))

    @property
    def count(self) -> int:
        """How many clips it had."""
        return len(self.given)

    def mark(self, thing: UUID) -> int:
        """A clip, or an author, as this sitting remembers them."""
        salt = self.seed.to_bytes(_SEED, "big")
        return int.from_bytes(hashlib.blake2b(thing.bytes, digest_size=_MARK, salt=salt).digest(), "big")

    def without_given(self, clips: Mapping[UUID, T]) -> dict[UUID, T]:
        """Those of the clips, by their ids, that it did not have."""
        given = frozenset(self.given)
        return {item: clip for item, clip in clips.items() if not given or self.mark(item) not in given}

    def after(self, clips: Sequence[tuple[UUID, UUID]]) -> Self:
        """The sitting once these clips were given, each with its author."""
        given = (*self.given, *(self.mark(item) for item, _ in clips))
        authors = (*self.authors, *(self.mark(author) for _, author in clips))[-_NEAR:]
        return type(self)(self.seed, given, authors)

    def __str__(self) -> str:
        marks = b"".join(mark.to_bytes(_MARK, "big") for mark in (*self.authors, *self.given))
        raw = self.seed.to_bytes(_SEED, "big") + len(self.authors).to_bytes(1, "big") + marks
        return base64.urlsafe_b64encode(raw).decode()

    @classmethod
    def read(cls, text: str, *, most: int) -> Self:
        """The sitting that `text` names, of `most` clips at the most. Raises BadCursor."""
        try:
            raw = base64.b64decode(text.encode(), altchars=b"-_", validate=True)
        except (binascii.Error, UnicodeEncodeError) as error:
            raise BadCursor from error
        seed, marks = int.from_bytes(raw[:_SEED], "big"), raw[_SEED + 1 :]
        if len(raw) <= _SEED or raw[_SEED] > _NEAR or len(marks) % _MARK:
            raise BadCursor
        found = [int.from_bytes(marks[at : at + _MARK], "big") for at in range(0, len(marks), _MARK)]
        near, given = found[: raw[_SEED]], found[raw[_SEED] :]
        if len(near) < raw[_SEED] or not 0 < len(given) <= most:
            raise BadCursor
        return cls(seed, tuple(given), tuple(near))
