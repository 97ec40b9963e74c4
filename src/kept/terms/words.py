"""The catalogue's vocabulary in plain words, for the privacy notice, the record of processing and a member's copy.

By language; a test compares each list with the catalogue, so that nothing can be stored that has no word for people.
"""

from collections.abc import Iterable
from datetime import timedelta

from kept.catalog import BASES, Keep, Purpose
from kept.catalog.law import Since
from kept.terms.english import ENGLISH
from kept.terms.spanish import SPANISH
from kept.terms.vocabulary import Words

WORDS: dict[str, Words] = {"en": ENGLISH, "es": SPANISH}
"""By language."""


def words_in(language: str) -> Words:
    """The words of a language; English where it has none yet."""
    return WORDS.get(language, ENGLISH)


def keep_in_words(keep: Keep, words: Words) -> str:
    """How long rows are kept, as people say it."""
    if keep.since is Since.CLOSURE and not keep.time:
        return words.until_closed
    return words.since[keep.since].format(time=time_in_words(keep.time, words))


def purposes_in_words(purposes: Iterable[Purpose], words: Words) -> str:
    """What for, as people say it."""
    return "; ".join(sorted(words.purposes[purpose] for purpose in purposes))


def bases_in_words(purposes: Iterable[Purpose], words: Words) -> str:
    """What allows it, as people say it."""
    return "; ".join(words.bases[basis] for basis in sorted({BASES[purpose] for purpose in purposes}))


def time_in_words(time: timedelta, words: Words) -> str:
    """A length of time in days, or in hours below one."""
    if time < timedelta(days=1):
        return words.hours.format(count=round(time / timedelta(hours=1)))
    return words.one_day if time.days == 1 else words.days.format(count=time.days)
