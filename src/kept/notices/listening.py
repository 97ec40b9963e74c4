"""What the floors below tell of, by the ports that they define: each in the transaction of what happened.

Whose cell it happens in writes the notice for members at home there; to others goes an envelope, with what it tells of.
"""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from kept.cells import Tx
from kept.comments import Shown
from kept.notices.kinds import Kind, Topic
from kept.notices.mentioning import mentioned_in
from kept.notices.models import Notice
from kept.notices.opening import Notices
from kept.notices.storing import id_of, put, take
from kept.notices.telling import Counted, Happened, recipient, tell
from kept.policy import Audience
from kept.social import FollowState, Side, facing, profile_of
from kept.videos import Video, VideoState

_PARENT = sa.text("""
SELECT owner_id FROM shelf_comment WHERE item_id = :parent
UNION ALL SELECT author_id FROM comment_under_clip WHERE comment_id = :parent AND state = 'followers' LIMIT 1
""")
_OF_CLIPS = {
    VideoState.PUBLISHED: Kind.PUBLISHED,
    VideoState.HELD: Kind.HELD,
    VideoState.FAILED: Kind.FAILED,
    VideoState.WITHDRAWN: Kind.WITHDRAWN,
}


async def tie_changed(tx: Tx, owner_id: UUID, other_id: UUID, before: Side, after: Side, *, now: datetime) -> None:
    """How it stands between a member at home here and somebody else has changed."""
    if after.blocked and not before.blocked:
        await take(tx, owner_id, Notice.actor_id == other_id)
        return
    if before.followed is not after.followed:
        await _followed(tx, owner_id, other_id, before.followed, after.followed, now=now)
    if before.follows is not after.follows:
        await _follows(tx, owner_id, other_id, before.follows, after.follows, now=now)


async def comment_shown(notices: Notices, tx: Tx, shown: Shown, *, now: datetime) -> None:
    """A comment is seen by others: its clip's owner is told, whoever it answers, and whom it mentions; each of one thing."""
    told: dict[UUID, Kind] = {shown.author_id: Kind.COMMENTED}
    if shown.parent_id is not None:
        answered = (await tx.run(_PARENT, {"parent": shown.parent_id})).scalar_one_or_none()
        if answered is not None:
            told.setdefault(answered, Kind.ANSWERED)
    told.setdefault(shown.clip_owner_id, Kind.COMMENTED)
    for member_id in await mentioned_in(tx, shown.text):
        told.setdefault(member_id, Kind.MENTIONED)
    del told[shown.author_id]
    if shown.waited:
        told.pop(shown.clip_owner_id, None)
    for member_id, kind in told.items():
        happened = Happened(kind, shown.author_id, shown.clip_id, shown.comment_id, shown.for_followers)
        await tell(notices, tx, member_id, happened, now=now)


async def likes_counted(notices: Notices, tx: Tx, owner_id: UUID, item: Mapping[str, UUID], *, now: datetime) -> None:
    """The likes of something of somebody's were counted anew in this cell."""
    await tell(notices, tx, owner_id, Counted(item["clip_id"], item.get("comment_id")), now=now)


async def clip_moved(notices: Notices, tx: Tx, owner_id: UUID, video_id: UUID, *, now: datetime) -> None:
    """A clip has come to another state: its author is told, and once it is published whom its caption mentions."""
    mine = sa.and_(Video.owner_id == owner_id, Video.video_id == video_id)
    video = (await tx.run(sa.select(Video.state, Video.changed_by, Video.caption, Video.audience).where(mine))).first()
    kind = None if video is None else _OF_CLIPS.get(VideoState(video.state))
    if video is None or kind is None or video.changed_by == owner_id:
        return
    if await recipient(tx, owner_id) is not None:
        await put(tx, owner_id, id_of(video_id, "clip"), kind, clip_id=video_id, now=now)
    if kind is Kind.PUBLISHED and video.audience != Audience.ONLY_ME:
        for member_id in await mentioned_in(tx, video.caption):
            await tell(notices, tx, member_id, Happened(Kind.MENTIONED, owner_id, video_id), now=now)


async def _followed(
    tx: Tx, owner_id: UUID, other_id: UUID, before: FollowState, after: FollowState, *, now: datetime
) -> None:
    notice_id = id_of(other_id, "follows")
    if after is FollowState.ENDED:
        await take(tx, owner_id, Notice.notice_id == notice_id)
        return
    kind = Kind.ASKED if after is FollowState.ASKED else Kind.FOLLOWED
    if await _hears_of(tx, owner_id, other_id):
        await put(tx, owner_id, notice_id, kind, actor_id=other_id, seen=before is FollowState.ASKED, now=now)


async def _follows(
    tx: Tx, owner_id: UUID, other_id: UUID, before: FollowState, after: FollowState, *, now: datetime
) -> None:
    """Being let in is told where somebody had to let one in."""
    notice_id = id_of(other_id, "accepted")
    if after is not FollowState.FOLLOWING:
        await take(tx, owner_id, Notice.notice_id == notice_id)
        return
    profile = await profile_of(tx.cell, other_id)
    if (
        before is FollowState.ASKED
        and profile is not None
        and profile.private
        and await _hears_of(tx, owner_id, other_id)
    ):
        await put(tx, owner_id, notice_id, Kind.ACCEPTED, actor_id=other_id, now=now)


async def _hears_of(tx: Tx, owner_id: UUID, other_id: UUID) -> bool:
    to = await recipient(tx, owner_id)
    mine = await facing(tx.cell, owner_id, other_id)
    return to is not None and to.wants(Topic.PEOPLE) and not (mine.muted or mine.restricted)
