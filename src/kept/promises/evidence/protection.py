"""Evidence that accounts are protected: who uses what, what was stopped, and trials of the live controls.

A trial touches no member's account: it guesses at names that nobody can have, and its made-up member is never committed.
"""

from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import timedelta

import sqlalchemy as sa

from kept.accounts import (
    CODES,
    PASSWORDS,
    SPEND,
    Limit,
    TooManyAttempts,
    clear_attempts,
    code_at,
    count_attempt,
    judged,
    new_secret,
    step_at,
    step_of,
)
from kept.cells import Cell, Resident, tallied
from kept.kit import KeptError, new_id
from kept.promises.promise import Finding
from kept.promises.registry import measures
from kept.runtime import Runtime

FEWEST = 10
"""A share of fewer accounts than this would say something about single ones."""
WEAK = ("quite short", "qwerty123456789", "aaaaaaaaaaaaaaaaaaaa", "canary.member and more")
"""Too short, stolen, easily guessed, the member's own name."""

_ADOPTION = """
SELECT count(*) AS accounts, count(*) FILTER (WHERE
    EXISTS (SELECT FROM second_factor f WHERE f.owner_id = a.owner_id)
    OR EXISTS (SELECT FROM credential_passkey k WHERE k.owner_id = a.owner_id)) AS protected
FROM account a WHERE a.closed_at IS NULL
"""
_MADE_UP = "INSERT INTO second_factor (owner_id, secret, last_step, set_up_at) VALUES ($1, ''::bytea, 1, $2)"


@measures("account.protection", "kept.accounts.second_factor", "kept.accounts.attempts", "kept.accounts.passwords")
async def accounts_protected(runtime: Runtime) -> Finding:
    """Counts of accounts and of what was stopped in thirty days; a control that lets through what it must not breaks it."""
    accounts, protected = 0, 0
    for cell in runtime.cells:
        row = (await cell.database.fetch(_ADOPTION))[0]
        accounts, protected = accounts + row["accounts"], protected + row["protected"]
    since = (runtime.clock.now() - timedelta(days=30)).date()
    counts = await tallied(runtime.cells, "protection.", since=since)
    failed = [name for name, holds in _TRIALS.items() if not await holds(runtime)]
    figure = f"{_share(protected, accounts)}. {_stopped(counts)}. {_tried(failed)}"
    details = {name.removeprefix("protection."): count for name, count in counts.most_common(20)}
    return Finding.of(good=not failed, figure=figure, sample=accounts, trials=len(_TRIALS), **details)


def _share(protected: int, accounts: int) -> str:
    if accounts < FEWEST:
        return f"Fewer than {FEWEST} accounts, so the share with a passkey or second factor is not told"
    return (
        f"{protected:,} of {accounts:,} accounts have a passkey or a second factor ({100 * protected / accounts:.0f} %)"
    )


def _stopped(counts: Counter[str]) -> str:
    weak = sum(count for name, count in counts.items() if name.startswith("protection.refused:password_"))
    tries = sum(count for name, count in counts.items() if name.startswith("protection.stopped:"))
    wrong, replays = counts["protection.refused:code"], counts["protection.refused:replay"]
    return (
        f"Stopped in 30 days: {tries:,} attempts over the limit, {weak:,} weak or stolen passwords, {wrong:,} wrong codes,"
        f" {replays:,} codes used twice"
    )


def _tried(failed: list[str]) -> str:
    if failed:
        return f"Let through just now what must be refused: {', '.join(failed)}"
    return f"All {len(_TRIALS)} controls refused just now what they must refuse"


async def _weak_passwords_refused(runtime: Runtime) -> bool:
    """By the rule that signing up asks, with the operator's own list."""
    refused = [weak for weak in WEAK if await _is_refused(runtime, weak)]
    return len(refused) == len(WEAK)


async def _is_refused(runtime: Runtime, password: str) -> bool:
    accounts, site = runtime.accounts, runtime.settings.site.name
    try:
        await judged(accounts.hasher, accounts.breached, password, handle="canary.member", email=None, site=site)
    except KeptError as error:
        return error.code.startswith("password_")
    return False


async def _passwords_limited(runtime: Runtime) -> bool:
    return all([await _limits(runtime, cell, PASSWORDS) for cell in runtime.cells])


async def _codes_limited(runtime: Runtime) -> bool:
    return all([await _limits(runtime, cell, CODES) for cell in runtime.cells])


async def _limits(runtime: Runtime, cell: Cell, limit: Limit) -> bool:
    """Whether the next attempt after the free ones is stopped, under a name that nobody has or can have."""
    index, now = runtime.beacon.blind_index("trial", f"{limit.what}:{new_id()}"), runtime.clock.now()
    try:
        for _ in range(limit.free):
            await count_attempt(cell, index, limit, now=now)
        await count_attempt(cell, index, limit, now=now)
    except TooManyAttempts:
        return True
    finally:
        await clear_attempts(cell, index)
    return False


async def _old_codes_refused(runtime: Runtime) -> bool:
    """The code of this moment is good, and those of minutes around it are not."""
    now, secret = runtime.clock.now(), new_secret()
    step = step_at(now)
    near = {code_at(secret, step + off) for off in (-1, 0, 1)}
    far = [code for off in (-10, -2, 2, 10) if (code := code_at(secret, step + off)) not in near]
    return step_of(secret, code_at(secret, step), now=now) is not None and not any(
        step_of(secret, code, now=now) for code in far
    )


async def _replays_refused(runtime: Runtime) -> bool:
    return all([await _spent_once(runtime, cell) for cell in runtime.cells])


async def _spent_once(runtime: Runtime, cell: Cell) -> bool:
    """Whether a code of a made-up member, who is never committed, is used up by its first use."""
    member_id, now = new_id(), runtime.clock.now()
    async with cell.database.engine.connect() as connection:
        try:
            await connection.execute(sa.insert(Resident).values(member_id=member_id, since=now))
            await connection.exec_driver_sql(_MADE_UP, (member_id, now))
            used = [(await connection.exec_driver_sql(SPEND, (member_id, step))).rowcount for step in (2, 2, 1)]
        finally:
            await connection.rollback()
    return used == [1, 0, 0]


_TRIALS: dict[str, Callable[[Runtime], Awaitable[bool]]] = {
    "weak passwords": _weak_passwords_refused,
    "guessed passwords": _passwords_limited,
    "guessed codes": _codes_limited,
    "old codes": _old_codes_refused,
    "codes used twice": _replays_refused,
}
"""What must be refused, and the trial of it."""
