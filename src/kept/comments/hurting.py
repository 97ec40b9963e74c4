"""What is hurtful by rule: lists in English and Spanish, as data beside this file, and the operator's own words."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path

from kept.comments.folding import Phrases

LANGUAGES = ("en", "es")


def hurtful(more: Iterable[str] = ()) -> Phrases:
    """Everything that is hurtful by rule, in all languages at once: nobody says which one they write in."""
    return Phrases((*_listed(), *more))


@cache
def _listed() -> tuple[str, ...]:
    found: list[str] = []
    for language in LANGUAGES:
        lines = (Path(__file__).parent / "hurtful" / f"{language}.txt").read_text("utf-8").splitlines()
        found += [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    return tuple(found)
