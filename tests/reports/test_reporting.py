"""Whoever sees something can report it, in any region; it stands in the queue with whose it is, who is never told by whom."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kept.accounts import Session
from kept.comments import NoSuchComment
from kept.kit import new_id
from kept.kit.pace import Pace
from kept.messages import NoSuchMessage
from kept.policy import AgeBand, Refused
from kept.reports import (
    CHILDRENS,
    ILLEGAL,
    REASONS,
    Kind,
    NoSuchReport,
    NotAReport,
    Severity,
    TooManyReports,
    UnknownReason,
    own_report,
    own_reports,
    waiting,
)
from kept.reports.errors import TooManyReports as Refusal
from kept.social import NoSuchMember, block
from kept.subjects import erasing
from kept.subjects.reading import Others, rows_of
from kept.terms import current, guidelines
from kept.vault import Reason, Sealed
from kept.videos import NoSuchVideo, curate
from tests.comments.talk import say
from tests.fixtures.crowd import Crowd
from tests.reports.telling import CHILD_SAFETY, MODERATOR, RUDE, queued, tell, write_to

HOMES = pytest.mark.parametrize("home", ["us", "eu"], ids=["same cell", "over the sea"])


def test_the_reasons_are_the_rules_of_the_guidelines_and_the_law() -> None:
    rules = {rule.id for rule in guidelines(current("guidelines"))}
    assert {reason.key for reason in REASONS} == rules | {ILLEGAL}
    assert set(CHILDRENS) <= rules


@HOMES
async def test_a_clip_and_a_comment_a_member_and_a_message_are_reported(
    crowd: Crowd, home: str, small_clip: bytes
) -> None:
    author, fan = await crowd.member(crowd.lot.cells.named(home)), await crowd.member(crowd.us)
    clip = await crowd.lot.publish(author, small_clip)
    comment = await say(crowd, author, clip, "nobody likes you")
    await crowd.carry()
    message = await write_to(crowd, author, fan, "I know where you live")
    made = {
        Kind.CLIP: (await tell(crowd, fan, clip=clip, text="Look at 0:03"), clip),
        Kind.COMMENT: (await tell(crowd, fan, clip=clip, comment=comment), comment),
        Kind.MEMBER: (await tell(crowd, fan, handle=f"@{author.handle}"), author.member_id),
        Kind.MESSAGE: (await tell(crowd, fan, "violence.threats", message=message, quote=True), message),
    }
    await crowd.carry()
    for kind, (receipt, item) in made.items():
        found = await queued(author.cell, item)
        assert found is not None
        assert (found.kind, found.reporters, receipt.again) == (kind, 1, False)
        own = await own_report(crowd.reports, fan, receipt.report_id)
        assert (own.kind, own.handle, own.state, own.number) == (kind, author.handle, "received", receipt.number)
    urgent = await queued(author.cell, message)
    assert urgent is not None
    assert (urgent.severity, urgent.reasons) == (Severity.URGENT, (("violence.threats", 1),))
    mine, _ = await own_reports(crowd.reports, fan)
    assert [one.kind for one in mine] == [Kind.MESSAGE, Kind.MEMBER, Kind.COMMENT, Kind.CLIP]
    assert await own_reports(crowd.reports, author) == ([], None)
    for cell in crowd.lot.cells:
        if cell is not author.cell:
            assert await queued(cell, clip) is None
    # whoever is reported reads nothing of who it was, and not which of their things
    [row] = await author.cell.database.fetch("SELECT * FROM reported_by WHERE item_id = $1", message)
    assert fan.member_id.bytes not in bytes(row["reporter"])
    texts = await fan.cell.database.fetch("SELECT said, quoted FROM report_text WHERE owner_id = $1", fan.member_id)
    assert not any(b"live" in bytes(one["quoted"] or b"") or b"0:03" in bytes(one["said"] or b"") for one in texts)
    sealed = next(one["quoted"] for one in texts if one["quoted"])
    report_id = made[Kind.MESSAGE][0].report_id
    opened = await crowd.reports.vaults["us"].open(
        fan.member_id, "report_text.quoted", report_id, Sealed(sealed), reason=Reason.OWNER
    )
    assert opened == b"I know where you live"


async def test_without_their_yes_the_message_is_kept_nowhere_else(crowd: Crowd) -> None:
    one, other = await crowd.member(crowd.us), await crowd.member(crowd.us)
    message = await write_to(crowd, one, other, "you are nothing")
    receipt = await tell(crowd, other, message=message)
    assert await other.cell.database.fetch("SELECT FROM report_text WHERE report_id = $1", receipt.report_id) == []


async def test_what_one_cannot_see_cannot_be_reported(crowd: Crowd, small_clip: bytes) -> None:
    author, fan, stranger = [await crowd.member(crowd.us) for _ in range(3)]
    clip = await crowd.lot.publish(author, small_clip)
    comment = await say(crowd, fan, clip, "hello")
    message = await write_to(crowd, author, fan, "hello")
    for error, about in (
        (NoSuchVideo, {"clip": new_id()}),
        (NoSuchComment, {"clip": clip, "comment": new_id()}),
        (NoSuchMessage, {"message": message}),
        (NoSuchMember, {"handle": "nobody.here"}),
        (NotAReport, {}),
    ):
        with pytest.raises(error):
            await tell(crowd, stranger, **about)
    for by, about in (
        (author, {"clip": clip}),
        (fan, {"clip": clip, "comment": comment}),
        (author, {"message": message}),
        (author, {"handle": author.handle}),
    ):
        with pytest.raises(NotAReport, match="your"):
            await tell(crowd, by, **about)
    with pytest.raises(UnknownReason):
        await tell(crowd, fan, "ugly", clip=clip)
    with pytest.raises(NotAReport, match="1,000 letters"):
        await tell(crowd, fan, clip=clip, text="a" * 1001)
    with pytest.raises(NoSuchReport):
        await own_report(crowd.reports, fan, new_id())
    # whoever has blocked somebody is heard nevertheless
    await crowd.do(block, fan, author)
    assert (await tell(crowd, fan, handle=author.handle)).again is False


async def test_a_child_says_that_a_clip_is_frightening_and_nothing_more(crowd: Crowd, small_clip: bytes) -> None:
    author, child = await crowd.member(crowd.us), await crowd.lot.member(crowd.us, AgeBand.UNDER_13)
    clip = await crowd.lot.publish(author, small_clip)
    with pytest.raises(NoSuchVideo):
        await tell(crowd, child, "violence.graphic", clip=clip)
    async with crowd.us.begin() as tx:
        await curate(tx, author.member_id, clip, picked_by=None, now=crowd.lot.now)
    await crowd.carry()
    await tell(crowd, child, "violence.graphic", clip=clip)
    found = await queued(crowd.us, clip)
    assert found is not None
    assert found.severity is Severity.HIGH
    for reason, text in (("crime.fraud", ""), ("violence.graphic", "words")):
        with pytest.raises(NotAReport):
            await tell(crowd, child, reason, clip=clip, text=text)
    comment = await say(crowd, author, clip, "hello")
    with pytest.raises(Refused):
        await tell(crowd, child, "violence.graphic", clip=clip, comment=comment)
    with pytest.raises(NoSuchMember):
        await tell(crowd, child, "violence.graphic", handle=author.handle)
    with pytest.raises(Refused):
        await tell(crowd, child, "violence.graphic", message=new_id())


async def test_child_safety_is_seen_by_its_own_team_alone_and_numbers_hide_nothing(
    crowd: Crowd, small_clip: bytes
) -> None:
    author = await crowd.member(crowd.us)
    clip, other = [await crowd.lot.publish(author, small_clip) for _ in range(2)]
    for _ in range(3):
        await tell(crowd, await crowd.member(crowd.us), clip=clip)
    await tell(crowd, await crowd.member(crowd.us), "children.grooming", clip=other)
    for actor, seen in ((MODERATOR, (True, False)), (CHILD_SAFETY, (False, True))):
        assert tuple([await queued(crowd.us, one, actor) is not None for one in (clip, other)]) == seen
    found = await queued(crowd.us, other, CHILD_SAFETY)
    assert found is not None
    assert found.severity is Severity.URGENT
    assert (await crowd.lot.seen(author, clip)).state.value == "published"
    with pytest.raises(Refused):
        await waiting(crowd.us, author.actor)


async def test_many_reports_at_once_are_slowed_down(crowd: Crowd, small_clip: bytes) -> None:
    author, fan = await crowd.member(crowd.us), await crowd.member(crowd.us)
    clip = await crowd.lot.publish(author, small_clip)
    slow = replace(crowd, reports=replace(crowd.reports, pace=Pace(Refusal, per_minute=1, burst=1)))
    await tell(slow, fan, clip=clip)
    with pytest.raises(TooManyReports) as refused:
        await tell(slow, fan, clip=clip)
    assert refused.value.details["retry_after"] > 1


async def test_a_copy_of_their_data_tells_nobody_who_reported_them_or_what(crowd: Crowd) -> None:
    one, other = await crowd.member(crowd.us), await crowd.member(crowd.us)
    message = await write_to(crowd, one, other, "you are nothing")
    receipt = await tell(crowd, other, message=message)
    tables = {table.name: table for table in erasing.tables_of_members()}
    assert {"report", "report_text", "reported_item", "reported_by"} <= tables.keys()
    told = ""
    async with crowd.us.begin() as tx:
        for name in ("reported_item", "reported_by"):
            async for rows in rows_of(tx.connection, tables[name], one.member_id, others=Others()):
                told += repr(rows)
    assert RUDE in told
    for hint in (message, receipt.report_id, other.member_id):
        assert str(hint) not in told
        assert repr(hint.bytes)[2:-1] not in told
    assert "message" not in told.replace("'report", "")


_crowds: dict[int, list[Session]] = {}


async def _people(crowd: Crowd) -> list[Session]:
    """Five people in two regions, the same for every example."""
    if id(crowd) not in _crowds:
        homes = (crowd.us, crowd.eu, crowd.us, crowd.eu, crowd.eu)
        _crowds[id(crowd)] = [await crowd.member(home) for home in homes]
    return _crowds[id(crowd)]


@given(acts=st.lists(st.tuples(st.integers(0, 4), st.sampled_from([RUDE, "crime.fraud", "hate.attacks"])), max_size=12))
@settings(max_examples=12, deadline=None, database=None, suppress_health_check=list(HealthCheck))
async def test_the_queue_counts_different_people_whatever_they_do_and_in_whatever_order(
    crowd: Crowd, small_clip: bytes, acts: list[tuple[int, str]]
) -> None:
    author, people = await crowd.member(crowd.us), await _people(crowd)
    clip = await crowd.lot.publish(author, small_clip)
    fast = replace(crowd, reports=replace(crowd.reports, pace=Pace(Refusal, per_minute=1e6, burst=1000)))
    for who, reason in acts:
        await tell(fast, people[who], reason, clip=clip)
    await crowd.carry()
    found = await queued(crowd.us, clip)
    different = {who for who, _ in acts}
    assert (found.reporters if found else 0) == len(different)
    if found:
        first = {who: reason for who, reason in reversed(acts)}
        assert sum(count for _, count in found.reasons) == len(different)
        assert {reason for reason, _ in found.reasons} == set(first.values())
