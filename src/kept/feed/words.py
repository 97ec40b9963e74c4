"""What is searched for, and what clips are tagged with.

A clip is found by the words of its caption: the database cuts them (its full-text search, as they stand and by their English
and Spanish stems, accents and case apart) and keeps their hashes in an index, not the words, so that nothing of a caption stays
behind in the index when its author is erased. `card_words` and `words_asked` are made by the migration.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

LONGEST_QUESTION = 100
"""Characters that are looked at."""
LONGEST_TAG = 50

TAG = re.compile(rf"#([^\W_]\w{{0,{LONGEST_TAG - 1}}})")
_A_WORD = re.compile(r"[^\W_]")


@dataclass(frozen=True, slots=True)
class Tag:
    """A hashtag of new clips: how many of them have it, and the newest of these."""

    name: str
    clips: int
    newest: tuple[UUID, ...]


def question(text: str) -> str:
    """What somebody wants to find, on one line; empty where there is no word in it."""
    plain = " ".join(unicodedata.normalize("NFKC", text).replace("\0", " ").split())[:LONGEST_QUESTION]
    return plain if _A_WORD.search(plain) else ""


def tag_of(text: str) -> str:
    """The tag that somebody wrote, in its one spelling without `#`; empty where it is none."""
    found = TAG.fullmatch("#" + unicodedata.normalize("NFKC", text).lower().removeprefix("#"))
    return found[1] if found else ""


def tags_in(caption: str) -> list[str]:
    """The tags of a caption, each once, in their order."""
    return list(dict.fromkeys(tag for tag in map(tag_of, TAG.findall(caption)) if tag))


def most_used(cards: Iterable[Mapping[str, Any]], *, most: int, newest: int) -> tuple[Tag, ...]:
    """The tags of cards (newest first): those that most authors use first, so that nobody gets there alone."""
    clips: dict[str, list[UUID]] = {}
    authors: dict[str, set[UUID]] = {}
    for card in cards:
        for tag in tags_in(card["caption"]):
            clips.setdefault(tag, []).append(card["item_id"])
            authors.setdefault(tag, set()).add(card["owner_id"])
    ranked = Counter({tag: len(owners) for tag, owners in authors.items()}).most_common()
    ranked.sort(key=lambda one: (-one[1], -len(clips[one[0]]), one[0]))
    return tuple(Tag(tag, len(clips[tag]), tuple(clips[tag][:newest])) for tag, _ in ranked[:most])
