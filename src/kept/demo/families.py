"""A made-up family: a parent with a teen and a child, paired by a code as people do, and limits that the parent has set."""

from collections.abc import Sequence

from kept.accounts import Session
from kept.policy import Limit
from kept.runtime import Runtime
from kept.youth import PairState, agree, confirm, family_of, offer_code, set_limits

GUARDIAN = "mira.makes"
WARDS = {"ava": (frozenset({Limit.SEARCH}), 45), "pip": (frozenset({Limit.RESTRICTED_MODE}), 30)}
"""Whom she looks after, with what is off and the minutes a day. All at home in one region, so that nothing has to travel."""


async def make_family(runtime: Runtime, sessions: Sequence[Session]) -> int:
    """Pair those who are here; how many were. Doing it twice does it once."""
    here = {session.handle: session for session in sessions}
    parent = here.get(GUARDIAN)
    if parent is None:
        return 0
    known = {one.handle for one in (await family_of(runtime.youth, parent)).wards}
    young = [here[handle] for handle in WARDS if handle in here and handle not in known]
    for one in young:
        await _pair(runtime, parent, one)
    return len(young)


async def _pair(runtime: Runtime, parent: Session, young: Session) -> None:
    now, youth = runtime.clock.now(), runtime.youth
    off, minutes = WARDS[young.handle]
    async with parent.cell.begin() as tx:
        code = await offer_code(youth, tx, parent, now=now)
        if await agree(youth, tx, young, parent.handle, code, now=now) is PairState.ASKED:
            await confirm(youth, tx, parent, young.handle, now=now)
            await set_limits(youth, tx, parent, young.handle, off, minutes, now=now)
