"""What made-up members do for their accounts, and made-up attacks on these, all of them stopped."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from kept.accounts import (
    PASSWORDS,
    Halfway,
    Session,
    SignedIn,
    TooManyAttempts,
    WrongCode,
    WrongLogin,
    begin_second_factor,
    choose,
    code_at,
    finish_sign_in,
    held_by,
    sign_in,
    step_at,
    turn_on,
)
from kept.cells import Cell
from kept.demo.people import PASSWORD
from kept.kit import KeptError
from kept.runtime import Runtime
from kept.vault import Reason, Sealed

CAREFUL = ("theo.slow", "timo")
"""Whom we ask for a code, too. Nobody has their app: to look around as a member, take another one."""
WEAK = ("short", "qwerty123456789", "keptkeptkeptkept", "1234567890123456")
NOBODY = "nobody.in.the.demo"

_SECRET = "SELECT secret FROM second_factor WHERE owner_id = $1"  # noqa: S105


async def come_back(runtime: Runtime, handle: str, *, device: str) -> SignedIn:
    """Sign in a made-up member, with a code where one is asked for; waits for the next one if the last was used."""
    while True:
        now = runtime.clock.now()
        made = await sign_in(runtime.accounts, handle, PASSWORD, device=device, now=now)
        if not isinstance(made, Halfway):
            return made
        home = await runtime.cells.directory.by_handle(handle)
        assert home is not None  # noqa: S101  they have just given their password
        code = await _code(runtime, runtime.cells.named(home.cell), home.member_id, now=now)
        try:
            return await finish_sign_in(runtime.accounts, made.ticket, code, device=device, now=now)
        except WrongCode:
            await asyncio.sleep(10)


async def protect(runtime: Runtime, sessions: Sequence[Session]) -> int:
    """Let the careful set up their apps, and attack accounts that don't exist; returns how many attempts were stopped."""
    for session in sessions:
        if session.handle in CAREFUL and not (await held_by(session, now=runtime.clock.now())).second:
            await _set_up(runtime, session)
    return await _choose_badly(runtime) + await _guess(runtime)


async def _set_up(runtime: Runtime, session: Session) -> None:
    now = runtime.clock.now()
    begun = await begin_second_factor(runtime.accounts, session, now=now)
    code = code_at(begun.secret.replace(" ", ""), step_at(now))
    await turn_on(runtime.accounts, session, begun.ticket, password=PASSWORD, code=code, now=now)


async def _choose_badly(runtime: Runtime) -> int:
    refused = 0
    for weak in WEAK:
        try:
            await choose(runtime.accounts, weak, handle="somebody", email=None)
        except KeptError:
            refused += 1
    return refused


async def _guess(runtime: Runtime) -> int:
    stopped = 0
    for _ in range(PASSWORDS.free + 2):
        try:
            await sign_in(runtime.accounts, NOBODY, PASSWORD, device="A demo", now=runtime.clock.now())
        except WrongLogin:
            continue
        except TooManyAttempts:
            stopped += 1
    return stopped


async def _code(runtime: Runtime, cell: Cell, member_id: UUID, *, now: datetime) -> str:
    """What the app of a made-up member shows."""
    sealed = Sealed((await cell.database.fetch(_SECRET, member_id))[0]["secret"])
    place = (member_id, "second_factor.secret", member_id)
    secret = await runtime.accounts.vault(cell).open(*place, sealed, reason=Reason.SECURITY_LOGIN)
    return code_at(secret.decode(), step_at(now))
