"""Guessing takes time: after a few failures in a row under one name, each next attempt has to wait twice as long.

An attempt is counted before the password or code is looked at, so that a hundred at once are no way round it, and names that
nobody has are counted, too: how we answer does not tell whether there is such an account (OWASP ASVS 5.0, 6.3.1 and 6.3.8).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from kept.accounts.opening import Accounts
from kept.cells import Cell
from kept.kit import KeptError, Kind


@dataclass(frozen=True, slots=True)
class Limit:
    """Of what: how many failures in a row cost nothing, and the longest that the next attempt has to wait."""

    what: str
    free: int
    longest_wait: timedelta


PASSWORDS = Limit("passwords", 10, timedelta(minutes=15))
CODES = Limit("codes", 5, timedelta(hours=1))
"""Three codes of a million are good at a time: at one guess an hour, half of all guessers get in within 26 years."""
FORGOTTEN = timedelta(days=1)

_WAIT = "make_interval(secs => least($3::float, 2 ^ least(t.failures - $4::int, 20)))"
_COUNT = f"""
INSERT INTO signin_attempt AS t (login_index, failures, last_at) VALUES ($1, 1, $2)
ON CONFLICT (login_index) DO UPDATE
SET last_at = $2, failures = CASE WHEN t.last_at < $2 - $5::interval THEN 1 ELSE t.failures + 1 END
WHERE t.failures < $4::int OR t.last_at + {_WAIT} <= $2 OR t.last_at > $2 + make_interval(secs => $3::float)
RETURNING failures
"""  # noqa: S608  constants only
# The last condition lets people in again after a clock that was ahead was set back.
_UNTIL = f"SELECT last_at + {_WAIT} AS until FROM signin_attempt t WHERE login_index = $1 AND $2::timestamptz IS NOT NULL"  # noqa: S608
_CLEAR = "DELETE FROM signin_attempt WHERE login_index = $1"


class TooManyAttempts(KeptError):
    code = "too_many_attempts"
    kind = Kind.TOO_MANY
    message = "There were too many attempts to sign in under this name. Try again in {retry_after} seconds."


async def count_attempt(cell: Cell, login_index: bytes, limit: Limit = PASSWORDS, *, now: datetime) -> None:
    """Count an attempt, before it is known how it ends. Raises TooManyAttempts, with the seconds to wait."""
    bounds = (limit.longest_wait.total_seconds(), limit.free)
    if await cell.database.fetch(_COUNT, login_index, now, *bounds, FORGOTTEN):
        return
    rows = await cell.database.fetch(_UNTIL, login_index, now, *bounds)
    wait = rows[0]["until"] - now if rows else timedelta(seconds=1)
    raise TooManyAttempts(retry_after=max(1, round(wait.total_seconds())))


async def admit_attempt(
    accounts: Accounts, cell: Cell, login_index: bytes, limit: Limit = PASSWORDS, *, now: datetime
) -> None:
    """The same, and count for all to see what was stopped. Raises TooManyAttempts."""
    try:
        await count_attempt(cell, login_index, limit, now=now)
    except TooManyAttempts:
        accounts.count(f"protection.stopped:{limit.what}")
        raise


async def clear_attempts(cell: Cell, login_index: bytes) -> None:
    """Somebody signed in: the count begins again."""
    await cell.database.fetch(_CLEAR, login_index)
