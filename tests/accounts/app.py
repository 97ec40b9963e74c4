"""An authenticator app in which members have put their secrets, and members who have one."""

from dataclasses import dataclass
from datetime import datetime

from kept.accounts import Session, SignedIn, begin_second_factor, code_at, resume, step_at, turn_on
from tests.accounts.town import PASSWORD, Town


@dataclass
class App:
    """Shows codes."""

    secret: str
    recovery: list[str]

    def code(self, now: datetime, off: int = 0) -> str:
        """The code of a moment; of `off` half minutes later."""
        return code_at(self.secret, step_at(now) + off)


async def session_of(town: Town, made: SignedIn) -> Session:
    return await resume(town.accounts, made.token, now=town.now)


async def with_app(town: Town, **given: object) -> tuple[SignedIn, App]:
    """Somebody who set up their app two minutes ago."""
    made = await town.join(**given)
    session, before = await session_of(town, made), datetime.fromtimestamp(town.now.timestamp() - 120, town.now.tzinfo)
    begun = await begin_second_factor(town.accounts, session, now=before)
    app = App(begun.secret.replace(" ", ""), [])
    app.recovery += await turn_on(
        town.accounts, session, begun.ticket, password=PASSWORD, code=app.code(before), now=before
    )
    return made, app
