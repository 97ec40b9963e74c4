"""The three questions of the check-up, over every account that there can be."""

from datetime import timedelta
from itertools import product

import pytest

from kept.accounts import Answered, Held, SignedIn, devices_in_order, held_by, recovery, resume, sign_in, way_in
from tests.accounts.app import session_of, with_app
from tests.accounts.town import PASSWORD, Town

DONE, HALF, OPEN = Answered.DONE, Answered.HALF, Answered.OPEN


def held(password: bool, passkeys: int, codes: int | None = None, idle: int = 0) -> Held:
    return Held(password, passkeys, codes is not None, codes or 0, 1 + idle, idle)


@pytest.mark.parametrize(
    ("one", "way", "again"),
    [
        (held(True, 0), OPEN, OPEN),
        (held(True, 1), HALF, DONE),
        (held(False, 1), DONE, OPEN),
        (held(False, 2), DONE, DONE),
        (held(True, 0, 10), DONE, DONE),
        (held(True, 0, 2), DONE, HALF),
        (held(True, 0, 0), DONE, OPEN),
        (held(True, 1, 0), DONE, DONE),
    ],
)
def test_what_is_done_follows_from_what_is_there(one: Held, way: Answered, again: Answered) -> None:
    assert (way_in(one), recovery(one)) == (way, again)


def test_no_account_that_a_stolen_password_opens_is_called_done() -> None:
    for password, passkeys, codes in product((True, False), range(3), (None, 0, 10)):
        one = held(password, passkeys, codes)
        assert (way_in(one) is DONE) == (not password or codes is not None)


def test_a_device_is_to_look_at_when_it_is_asked_about_or_idle() -> None:
    assert devices_in_order(held(True, 0), alerts=0) is DONE
    assert devices_in_order(held(True, 0, idle=1), alerts=0) is HALF
    assert devices_in_order(held(True, 0, idle=1), alerts=1) is OPEN


async def test_what_protects_an_account_is_counted(town: Town) -> None:
    made, _ = await with_app(town, handle="counted.all")
    other = await town.join(handle="counted.none")
    assert await held_by(await session_of(town, made), now=town.now) == Held(True, 0, True, 10, 1, 0)
    second = await sign_in(town.accounts, "counted.none", PASSWORD, device="", now=town.now)
    assert isinstance(second, SignedIn)
    later = town.now + timedelta(days=15)
    session = await resume(town.accounts, other.token, now=later)
    assert await held_by(session, now=later) == Held(True, 0, False, 0, 2, 1)
