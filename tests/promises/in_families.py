"""Pages with and without the rating."""

from tests.fixtures.installation import Installation


def pages_that_are_labelled(here: Installation) -> None:
    here.runtime.tallies.count("rating.labelled", 5)


async def a_page_without_a_label(here: Installation) -> None:
    here.runtime.tallies.count("rating.missing")


OFFENDERS = [("youth.rating", a_page_without_a_label)]
