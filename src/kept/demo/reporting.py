"""What the made-up members report: a clip that may be made by a machine, one that pretends, and a fraud."""

from collections.abc import Sequence
from contextlib import suppress

from kept.accounts import Session
from kept.kit import KeptError
from kept.policy import Action, can_anyhow
from kept.reports import About, NewReport, report
from kept.runtime import Runtime

REASONS = ("truth.synthetic-media", "authenticity.impersonation", "crime.fraud")
MOST = 3
_CLIPS = "SELECT item_id, owner_id FROM shelf_card WHERE NOT away ORDER BY published_at LIMIT 6"


async def report_some(runtime: Runtime, sessions: Sequence[Session]) -> int:
    """Let a few of those whose home is here report a clip of somebody else's; returns how many new reports there are."""
    count = 0
    for number, session in enumerate([one for one in sessions if can_anyhow(one.actor, Action.COMMENT)][:MOST]):
        rows = await session.cell.database.fetch(_CLIPS)
        others = [row["item_id"] for row in rows if row["owner_id"] != session.member_id]
        for clip in others[number : number + 1]:
            new = NewReport(reason=REASONS[number % len(REASONS)])
            with suppress(KeptError):  # keys of a new installation may be on their way
                async with session.cell.begin() as tx:
                    done = await report(runtime.reports, tx, session, About(clip=clip), new, now=runtime.clock.now())
                count += not done.again
    return count
