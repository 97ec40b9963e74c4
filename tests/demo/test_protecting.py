"""The demo's careful members set up their apps once, come back with a code, and attacks leave evidence."""

from datetime import date, timedelta

from kept.accounts import Newcomer, held_by, resume, sign_up
from kept.demo.people import PASSWORD
from kept.demo.protecting import CAREFUL, come_back, protect
from tests.fixtures.installation import Installation, installation

__all__ = ["installation"]


async def test_who_is_careful_comes_back_with_a_code_and_attacks_are_counted(installation: Installation) -> None:
    runtime, clock = installation.runtime, installation.clock
    someone = Newcomer(
        handle=CAREFUL[0], birth_date=date(1960, 1, 15), country="US", credential=PASSWORD, accepts="current"
    )
    made = await sign_up(runtime.accounts, someone, now=clock.now())
    session = await resume(runtime.accounts, made.token, now=clock.now())
    assert await protect(runtime, [session]) == 6
    assert (await held_by(session, now=clock.now())).second
    clock.advance(timedelta(minutes=2))
    again = await come_back(runtime, CAREFUL[0], device="A demo")
    assert again.member_id == made.member_id
    assert await protect(runtime, [session]) >= 6
    assert "0 attempts" not in (await installation.found("account.protection")).figure
