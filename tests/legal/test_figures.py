"""Figures tell how much was asked and how it ended, and nothing of anybody; the door is tried without leaving a trace."""

import pytest

from kept.legal import Figure, Ground, band, disclosed, figures, refuse, try_the_door
from tests.legal.conftest import LEGAL, LISTED, Chambers


@pytest.mark.parametrize(
    ("number", "told"),
    [
        (0, "0"),
        (1, "1–9"),
        (9, "1–9"),
        (10, "10–49"),
        (49, "10–49"),
        (50, "50–99"),
        (100, "100–199"),
        (1234, "1200–1299"),
    ],
)
def test_a_number_is_told_as_a_band(number: int, told: str) -> None:
    assert band(number) == told


async def test_requests_are_counted_by_country_and_instrument(chambers: Chambers) -> None:
    await chambers.receive("CN")
    for _ in range(2):
        await chambers.receive("FR", "epoc")
    valid = await chambers.validated("FR", "epoc")
    await refuse(chambers, valid.number, ground=Ground.RIGHTS, actor=LEGAL, now=chambers.now)
    assert await figures(chambers.cells) == [
        Figure("CN", "national", received=1, refused=1, valid=0, withdrawn=0, produced=0, accounts=0),
        Figure("FR", "epoc", received=3, refused=1, valid=1, withdrawn=0, produced=0, accounts=0),
    ]
    accounts, opened_in, elsewhere = await disclosed(chambers)
    assert (accounts.total(), opened_in, elsewhere) == (0, [], 0)


async def test_trying_the_door_leaves_nothing_behind(chambers: Chambers) -> None:
    tried = await try_the_door(chambers.eu, LISTED, now=chambers.now)
    assert (tried.told, tried.turned_away, tried.let_in, tried.standing) == (True, len(LISTED) * 5 * 2, 0, 0)
    assert await chambers.eu.database.fetch("SELECT FROM legal_request") == []
    await chambers.eu.database.fetch("ALTER TABLE legal_request DROP CONSTRAINT legal_request_refusal")
    tried = await try_the_door(chambers.eu, LISTED, now=chambers.now)
    assert (tried.turned_away, tried.let_in) == (len(LISTED) * 5, len(LISTED) * 5)
    assert await chambers.eu.database.fetch("SELECT FROM legal_request") == []


async def test_a_list_that_is_not_the_settings_is_told(chambers: Chambers) -> None:
    tried = await try_the_door(chambers.us, ["CN"], now=chambers.now)
    assert tried.told is False
