"""What has lapsed goes, and nothing else."""

from datetime import timedelta

from kept.accounts import forget_lapsed, resume, sign_in
from tests.accounts.town import PASSWORD, Town


async def test_sessions_go_when_nobody_used_them(town: Town) -> None:
    made = await town.join(handle="went.away", country="DE")
    later = town.now + timedelta(days=20)
    other = await sign_in(town.accounts, "went.away", PASSWORD, device="", now=later)
    end = town.now + timedelta(days=30, seconds=1)
    await forget_lapsed(made.cell, session_days=30, now=end)
    left = await made.cell.database.fetch("SELECT 1 FROM session WHERE owner_id = $1", made.member_id)
    assert len(left) == 1
    assert await resume(town.accounts, other.token, now=end)


async def test_failures_and_answered_challenges_go_within_a_day_or_less(town: Town) -> None:
    cell = town.house.eu
    await cell.database.fetch("DELETE FROM signin_attempt")
    await cell.database.fetch("DELETE FROM spent_challenge")
    for hours in (0, 23, 25):
        at = town.now - timedelta(hours=hours)
        await cell.database.fetch("INSERT INTO signin_attempt VALUES ($1, 1, $2)", bytes([hours]), at)
        await cell.database.fetch("INSERT INTO spent_challenge VALUES ($1, $2)", bytes([hours]), at)
    await forget_lapsed(cell, session_days=30, now=town.now)
    assert len(await cell.database.fetch("SELECT 1 FROM signin_attempt")) == 2
    assert len(await cell.database.fetch("SELECT 1 FROM spent_challenge")) == 1
