"""Evidence on bullying: nothing of somebody who is blocked stands after the block, filters hold, reports reach their queue.

That reports are acted on is not shown by this: nobody decides about them here yet. So the best that this check says is that the
promise is unproven, and why; what is wrong makes it broken all the same.
"""

from datetime import timedelta

from kept.cells import Cell
from kept.comments import Filter, Why, caught
from kept.policy import Action, Actor, AgeBand, Choice, Clip, Mailbox, Payload, Person, Relation, Standing, can
from kept.promises.promise import Finding, Verdict
from kept.promises.registry import measures
from kept.runtime import Runtime

COUNTED, PATIENCE = timedelta(days=30), timedelta(minutes=10)
"""Reports of so long are looked at; one that goes to another region may be on its way for a while."""
MOST = 10_000
_BLOCKS = "SELECT count(*) AS n FROM block WHERE ended_at IS NULL"
_STANDING = """
SELECT (SELECT count(*) FROM block b JOIN follow f ON f.owner_id = b.owner_id AND f.other_id = b.other_id
        WHERE b.ended_at IS NULL AND f.ended_at IS NULL)
    + (SELECT count(*) FROM block b JOIN follower f ON f.owner_id = b.owner_id AND f.other_id = b.other_id
        WHERE b.ended_at IS NULL AND f.ended_at IS NULL)
    + (SELECT count(*) FROM block b JOIN message m ON m.owner_id = b.owner_id AND m.peer_id = b.other_id
        WHERE b.ended_at IS NULL AND NOT m.mine AND m.arrived_at > b.since + interval '5 seconds')
    + (SELECT count(*) FROM block b JOIN comment_under_clip u ON u.owner_id = b.owner_id AND u.author_id = b.other_id
        WHERE b.ended_at IS NULL AND u.written_at > b.since + interval '1 minute')
    + (SELECT count(*) FROM block b JOIN shelf_card c ON c.owner_id = b.owner_id
        JOIN shelf_comment s ON s.clip_id = c.item_id AND s.owner_id = b.other_id
        WHERE b.ended_at IS NULL AND s.written_at > b.since + interval '1 minute') AS n
"""
_REPORTS = """
SELECT report_id, about_id, made_at, state FROM report WHERE made_at > $1 ORDER BY made_at DESC LIMIT $2
"""
_QUEUED = "SELECT report_id FROM reported_by WHERE received_at > $1"
_HELD = "SELECT count(*) AS n FROM comment_under_clip WHERE state = 'held'"


@measures("bullying.handled", "kept.social.following", "kept.comments.judging", "kept.reports.queueing")
async def people_protect_themselves(runtime: Runtime) -> Finding:
    """Scans what stands between people who are apart, tries the filters and the policy, and follows reports to the queue."""
    blocks = standing = held = 0
    for cell in runtime.cells:
        blocks, standing = blocks + await _count(cell, _BLOCKS), standing + await _count(cell, _STANDING)
        held += await _count(cell, _HELD)
    made, lost = await _reports(runtime)
    passed = _what_passes(runtime)
    figure = (
        f"{standing} things of blocked people stand after {blocks} blocks; {held} comments are held for the owner of a clip;"
        f" {made} reports in 30 days, {lost} of them not acknowledged or not in the queue."
        " Whether reports are acted on is unproven: nobody decides about them here yet"
    )
    details: dict[str, str | int | float] = {
        "standing": standing,
        "blocks": blocks,
        "held": held,
        "reports": made,
        "lost": lost,
    }
    good = not (standing or lost or passed)
    if passed:
        figure = f"{figure}. What must be stopped passes: {', '.join(passed)}"
    return Finding(Verdict.EMPTY if good else Verdict.BAD, figure, blocks + made, details)


async def _count(cell: Cell, sql: str) -> int:
    return int((await cell.database.fetch(sql))[0]["n"])


async def _reports(runtime: Runtime) -> tuple[int, int]:
    """How many were made, and of how many that should be in the queue of a cell that is here, there is nothing."""
    now = runtime.clock.now()
    rows = [row for cell in runtime.cells for row in await cell.database.fetch(_REPORTS, now - COUNTED, MOST)]
    since = now - COUNTED
    queued = {row["report_id"] for cell in runtime.cells for row in await cell.database.fetch(_QUEUED, since)}
    homes = await runtime.cells.directory.homes([row["about_id"] for row in rows]) if rows else {}
    here = {cell.name for cell in runtime.cells}
    due = [row for row in rows if homes.get(row["about_id"]) in here and row["made_at"] < now - PATIENCE]
    lost = sum(row["report_id"] not in queued for row in due) + sum(not row["state"] for row in rows)
    return len(rows), lost


def _what_passes(runtime: Runtime) -> list[str]:
    """What the filters and the policy let through just now, and must not."""
    hurtful, off = runtime.comments.hurtful, Filter(general=False)
    tries = {
        "a hurtful comment": caught("honestly, this is stupid", Filter(general=True), hurtful, restricted=False)
        is Why.GENERAL,
        "a word that a member filters": caught("c0balt", Filter(False, ("cobalt",)), hurtful, restricted=False)
        is Why.WORDS,
        "somebody who is restricted": caught("hello", off, hurtful, restricted=True) is Why.RESTRICTED,
    }
    one = Actor.member(AgeBand.ADULT, standing=Standing.GOOD, offered=True, limits=())
    apart, grown, all_ = Relation.BLOCKED, AgeBand.ADULT, Choice.EVERYONE
    mailbox = Mailbox(relation=apart, owner_band=grown, accepts=all_, payload=Payload.TEXT)
    person = Person(relation=apart, owner_band=grown, private=False, mentions=all_)
    for action, thing in (
        (Action.COMMENT, Clip(relation=apart, owner_band=grown, comments=all_)),
        (Action.SEND_MESSAGE, mailbox),
        (Action.FOLLOW, person),
        (Action.MENTION, person),
    ):
        tries[f"{action} of somebody blocked"] = not can(one, action, thing).allowed
    return [name for name, stopped in tries.items() if not stopped]
