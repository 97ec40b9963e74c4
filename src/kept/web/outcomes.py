"""What was done in each place, in words: grouped by how it ended, each place as the catalogue says what it holds."""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from kept.catalog import data_map
from kept.look.views import OutcomeGroup, OutcomeLine
from kept.subjects import Place, What
from kept.subjects.places import SPECIAL
from kept.terms import words_in


def grouped(outcomes: Iterable[Mapping[str, Any]], language: str) -> tuple[OutcomeGroup, ...]:
    """The outcomes of a request, by how they ended; places that read the same are one line, their rows added up."""
    lines: dict[str, dict[tuple[str, str, bool], list[int]]] = {}
    for one in outcomes:
        place = Place.read(one["where"])
        counted = lines.setdefault(one["what"], {}).setdefault(_named(place, language), [0, 0])
        counted[0] += one["rows"]
        counted[1] += one["left"]
    order = [*(what.value for what in What if what is not What.NOTHING_FOUND), What.NOTHING_FOUND.value]
    return tuple(
        OutcomeGroup(
            what=what,
            lines=tuple(
                OutcomeLine(place=place, holds=holds, of_others=others, rows=rows, left=left)
                for (place, holds, others), (rows, left) in lines[what].items()
            ),
        )
        for what in order
        if what in lines
    )


def _named(place: Place, language: str) -> tuple[str, str, bool]:
    """A special place by its name, a table by what it holds; one that is not in the schema any more is just a place."""
    if place.table in SPECIAL:
        return place.table, "", place.of_others
    holds = _holdings(language).get(place.table, "")
    unnamed = "others" if place.of_others else "gone"
    return "" if holds else unnamed, holds, place.of_others


@cache
def _holdings(language: str) -> Mapping[str, str]:
    words = words_in(language)
    return {entry.name: words.sentence(entry.law.about) for entry in data_map()}
