"""Versions that came, and one that should not have been served."""

from tests.fixtures.installation import Installation


async def requests_of_each_state(here: Installation) -> None:
    here.runtime.tallies.count("clients.current", 6)
    here.runtime.tallies.count("clients.nudged", 3)
    here.runtime.tallies.count("clients.too_old")
    here.runtime.tallies.count("clients.unnamed", 5)


async def a_version_that_is_too_old_and_was_served(here: Installation) -> None:
    here.runtime.tallies.count("clients.too_old_served")


OFFENDERS = [("collection.current-version", a_version_that_is_too_old_and_was_served)]
