"""Guessing takes time: after ten failures in a row under one name, each next attempt has to wait twice as long.

An attempt is counted before the password is looked at, so that a hundred at once are no way round it, and names that nobody
has are counted, too: how we answer does not tell whether there is such an account (OWASP ASVS 5.0, 6.3.1 and 6.3.8).
"""

from datetime import datetime, timedelta

from kept.cells import Cell
from kept.kit import KeptError, Kind

FREE = 10
"""Failures in a row that cost nothing."""
LONGEST_WAIT = timedelta(minutes=15)
FORGOTTEN = timedelta(days=1)

_WAIT = f"make_interval(secs => least({LONGEST_WAIT.total_seconds():.0f}, 2 ^ least(failures - {FREE}, 20)))"
_COUNT = f"""
INSERT INTO signin_attempt AS t (login_index, failures, last_at) VALUES ($1, 1, $2)
ON CONFLICT (login_index) DO UPDATE
SET last_at = $2, failures = CASE WHEN t.last_at < $2 - $3::interval THEN 1 ELSE t.failures + 1 END
WHERE t.failures < {FREE} OR t.last_at + {_WAIT.replace("failures", "t.failures")} <= $2 OR t.last_at > $2 + $4::interval
RETURNING failures
"""  # noqa: S608  constants only
# The last condition lets people in again after a clock that was ahead was set back.
_UNTIL = f"SELECT last_at + {_WAIT} AS until FROM signin_attempt WHERE login_index = $1"  # noqa: S608
_CLEAR = "DELETE FROM signin_attempt WHERE login_index = $1"


class TooManyAttempts(KeptError):
    code = "too_many_attempts"
    kind = Kind.TOO_MANY
    message = "There were too many attempts to sign in under this name. Try again in {retry_after} seconds."


async def count_attempt(cell: Cell, login_index: bytes, *, now: datetime) -> None:
    """Count an attempt, before it is known how it ends. Raises TooManyAttempts, with the seconds to wait."""
    if await cell.database.fetch(_COUNT, login_index, now, FORGOTTEN, LONGEST_WAIT):
        return
    rows = await cell.database.fetch(_UNTIL, login_index)
    wait = rows[0]["until"] - now if rows else timedelta(seconds=1)
    raise TooManyAttempts(retry_after=max(1, round(wait.total_seconds())))


async def clear_attempts(cell: Cell, login_index: bytes) -> None:
    """Somebody signed in: the count begins again."""
    await cell.database.fetch(_CLEAR, login_index)
