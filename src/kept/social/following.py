"""Following: asking, taking it back, answering, letting a follower go. Each is said at home and told to the other's cell."""

from datetime import datetime
from uuid import UUID

from kept.accounts import Session
from kept.cells import Tx
from kept.policy import Action
from kept.social.deciding import YOUNGEST, require_follow, require_self
from kept.social.errors import NoSuchMember, NoSuchRequest, NotYourself
from kept.social.opening import Social
from kept.social.pairs import lock_pair, side_of, store_side
from kept.social.profiles import introduce, profile_of
from kept.social.registers import FollowState, Side
from kept.social.telling import Told, tell, turn_at

LONGEST_NAME = 64


async def follow(social: Social, tx: Tx, by: Session, handle: str, *, now: datetime) -> FollowState:
    """Follow somebody, or ask to; says what came of it so far. Their own cell may be elsewhere and answer later.

    Raises NoSuchMember, NotYourself, Refused, TooManyFollows; NoWayThere: the other's region can't be reached.
    """
    require_self(by.actor, Action.FOLLOW)
    social.pace.take(by.member_id)
    other_id = await whose(social, by, handle)
    profile = await profile_of(tx.cell, other_id)
    if profile is None:
        raise NoSuchMember
    before = await _locked(tx, by, other_id)
    require_follow(by.actor, before.relation, band=YOUNGEST, private=profile.private)
    await _say(social, tx, by, other_id, before, before.wishing(True, turn=turn_at(now)), now=now)
    await introduce(tx, by.member_id, now=now)
    return (await side_of(tx, by.member_id, other_id)).follows


async def unfollow(social: Social, tx: Tx, by: Session, handle: str, *, now: datetime) -> None:
    """Follow somebody no longer, or take back having asked. Raises NoSuchMember, NotYourself, Refused, NoWayThere."""
    require_self(by.actor, Action.UNFOLLOW)
    other_id = await whose(social, by, handle)
    before = await _locked(tx, by, other_id)
    await _say(social, tx, by, other_id, before, before.wishing(False, turn=turn_at(now)), now=now)


async def accept_follower(social: Social, tx: Tx, by: Session, handle: str, *, now: datetime) -> None:
    """Let somebody who asked follow. Raises NoSuchRequest, NoSuchMember, NotYourself, Refused, NoWayThere."""
    require_self(by.actor, Action.ANSWER_FOLLOW_REQUEST)
    other_id = await whose(social, by, handle)
    before = await _locked(tx, by, other_id)
    if before.followed is FollowState.ENDED:
        raise NoSuchRequest
    await _say(social, tx, by, other_id, before, before.answering(True), now=now)
    await introduce(tx, by.member_id, now=now)


async def decline_follower(social: Social, tx: Tx, by: Session, handle: str, *, now: datetime) -> None:
    """Don't let somebody who asked follow; they aren't told. Raises NoSuchMember, NotYourself, Refused, NoWayThere."""
    await _let_go(social, tx, by, handle, Action.ANSWER_FOLLOW_REQUEST, now=now)


async def remove_follower(social: Social, tx: Tx, by: Session, handle: str, *, now: datetime) -> None:
    """Have somebody follow no longer; they aren't told. Raises NoSuchMember, NotYourself, Refused, NoWayThere."""
    await _let_go(social, tx, by, handle, Action.REMOVE_FOLLOWER, now=now)


async def block(social: Social, tx: Tx, by: Session, handle: str, *, now: datetime) -> None:
    """Block somebody: following ends both ways, and neither is shown to the other. Nobody is told.

    Raises NoSuchMember, NotYourself, Refused, NoWayThere.
    """
    require_self(by.actor, Action.BLOCK)
    other_id = await whose(social, by, handle)
    before = await _locked(tx, by, other_id)
    await _say(social, tx, by, other_id, before, before.blocking(True, turn=turn_at(now)), now=now)


async def unblock(social: Social, tx: Tx, by: Session, handle: str, *, now: datetime) -> None:
    """Take a block back; who followed whom before doesn't come back. Raises as `block`."""
    require_self(by.actor, Action.UNBLOCK)
    other_id = await whose(social, by, handle)
    before = await _locked(tx, by, other_id)
    await _say(social, tx, by, other_id, before, before.blocking(False, turn=turn_at(now)), now=now)


async def whose(social: Social, by: Session, handle: str) -> UUID:
    """Whose name that is, with or without an @ before it. Raises NoSuchMember, NotYourself."""
    name = handle.strip().removeprefix("@").lower()
    home = await social.directory.by_handle(name) if 0 < len(name) <= LONGEST_NAME else None
    if home is None:
        raise NoSuchMember
    if home.member_id == by.member_id:
        raise NotYourself
    return home.member_id


async def _let_go(social: Social, tx: Tx, by: Session, handle: str, action: Action, *, now: datetime) -> None:
    require_self(by.actor, action)
    other_id = await whose(social, by, handle)
    before = await _locked(tx, by, other_id)
    await _say(social, tx, by, other_id, before, before.answering(False), now=now)


async def _locked(tx: Tx, by: Session, other_id: UUID) -> Side:
    await lock_pair(tx, by.member_id, other_id)
    return await side_of(tx, by.member_id, other_id)


async def _say(
    social: Social, tx: Tx, by: Session, other_id: UUID, before: Side, after: Side, *, now: datetime
) -> None:
    """Store what somebody says and tell the other's cell; what was said before is not said again."""
    if after == before:
        return
    await store_side(tx, by.member_id, other_id, before, after, now=now)
    await social.changed(tx, by.member_id, other_id, before, after, now=now)
    await tell(social, tx, other_id, Told(by.member_id, by.band, after.mine), now=now)
