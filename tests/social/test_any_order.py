"""Whatever two members do, however parcels come (late, twice, out of order): both cells come to the same, and blocks win."""

import contextlib
import random
from dataclasses import dataclass, field

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kept.accounts import Session
from kept.cells.crossing import ParcelRow
from kept.policy import Relation
from kept.social import (
    FollowState,
    NoSuchMember,
    NoSuchRequest,
    Side,
    accept_follower,
    block,
    decline_follower,
    follow,
    remove_follower,
    unblock,
    unfollow,
)
from kept.social.registers import Said, reacting
from tests.fixtures.crowd import Crowd

VERBS = {
    "follow": follow,
    "unfollow": unfollow,
    "accept": accept_follower,
    "decline": decline_follower,
    "remove": remove_follower,
    "block": block,
    "unblock": unblock,
}
ACTS = st.lists(
    st.tuples(st.sampled_from([*VERBS, "follow", "deliver", "deliver"]), st.booleans()), min_size=1, max_size=24
)


@dataclass
class Ends:
    """The cells of two members, as pure as `registers` is, and what is on its way between them, for ever."""

    private: tuple[bool, bool]
    chance: random.Random
    turn: int = 0
    sides: list[Side] = field(default_factory=lambda: [Side(), Side()])
    sent: list[list[Said]] = field(default_factory=lambda: [[], []])
    """To each, all that was ever told to them: what has come may come again."""
    due: list[list[Said]] = field(default_factory=lambda: [[], []])

    def act(self, name: str, who: int) -> None:
        self.turn += 1
        side = self.sides[who]
        if name == "follow" and not side.blocked:
            self.say(who, side.wishing(True, turn=self.turn))
        elif name == "unfollow":
            self.say(who, side.wishing(False, turn=self.turn))
        elif name in ("block", "unblock"):
            self.say(who, side.blocking(name == "block", turn=self.turn))
        elif name in ("decline", "remove") or (name == "accept" and side.followed is not FollowState.ENDED):
            self.say(who, side.answering(name == "accept"))

    def say(self, who: int, after: Side) -> None:
        if after.mine != self.sides[who].mine:
            for box in (self.sent, self.due):
                box[1 - who].append(after.mine)
        self.sides[who] = after
        if after.mine.block.stands:  # at once, whatever is still on its way
            assert after.follows is after.followed is FollowState.ENDED
        if after.theirs.block.stands:
            assert not after.mine.wish.wants

    def deliver(self, who: int, said: Said) -> None:
        heard = self.sides[who].hearing(said)
        self.sides[who] = heard
        self.say(who, reacting(heard, turn=self.turn, welcome=True, private=self.private[who]))

    def deliver_some(self, who: int) -> None:
        """One that has not come yet, whichever, or one that has, again."""
        box = self.due[who] if self.due[who] and self.chance.random() < 0.7 else self.sent[who]
        if box:
            said = box[self.chance.randrange(len(box))]
            if box is self.due[who]:
                box.remove(said)
            self.deliver(who, said)

    def settle(self) -> None:
        for _ in range(200):
            waiting = [who for who in (0, 1) if self.due[who]]
            if not waiting:
                return
            who = self.chance.choice(waiting)
            self.deliver(who, self.due[who].pop(self.chance.randrange(len(self.due[who]))))
        raise AssertionError("they never come to rest")


def hold(one: Side, other: Side) -> None:
    """What is true whenever nothing is on its way any more."""
    assert (one.mine, one.theirs) == (other.theirs, other.mine), "each mirror says what its owner says"
    assert (one.follows, one.followed) == (other.followed, other.follows)
    if one.blocked:
        assert one.relation is other.relation is Relation.BLOCKED
        assert one.follows is one.followed is FollowState.ENDED


@settings(max_examples=600, deadline=None, database=None)
@given(acts=ACTS, private=st.tuples(st.booleans(), st.booleans()), seed=st.integers(0, 1 << 30))
def test_the_registers_agree_in_any_order(acts: list[tuple[str, bool]], private: tuple[bool, bool], seed: int) -> None:
    ends = Ends(private, random.Random(seed))
    for name, first in acts:
        if name == "deliver":
            ends.deliver_some(0 if first else 1)
        else:
            ends.act(name, 0 if first else 1)
    ends.settle()
    hold(*ends.sides)
    for who in (0, 1):  # all of it once more, the oldest last
        for said in reversed(ends.sent[who].copy()):
            ends.deliver(who, said)
    ends.settle()
    hold(*ends.sides)


FEW = settings(max_examples=15, deadline=None, database=None, suppress_health_check=list(HealthCheck))
_SIDES = """
SELECT f.turn, f.wants, f.answer_to, f.accepted, f.state, b.turn AS block, b.ended_at IS NULL AS blocks
FROM (SELECT 1) x LEFT JOIN {follow} f ON f.owner_id = $1 AND f.other_id = $2
LEFT JOIN {block} b ON b.owner_id = $1 AND b.other_id = $2
"""


async def stored(one: Session, other: Session, *, mirror: bool) -> list[tuple[object, ...]]:
    """What a cell has of its member's own acts towards another, or of the other's."""
    names = {"follow": "follower", "block": "blocked_by"} if mirror else {"follow": "follow", "block": "block"}
    rows = await one.cell.database.fetch(_SIDES.format(**names), one.member_id, other.member_id)
    return [tuple(row.values()) for row in rows]


async def shuffle_parcels(crowd: Crowd, chance: random.Random) -> None:
    """Carry what waits in any order, and some of it twice."""
    for cell in crowd.lot.cells:
        async with cell.begin() as tx:
            rows = [dict(row._mapping) for row in (await tx.run(ParcelRow.__table__.select())).all()]
        await crowd.gateway.drain(cell, now=crowd.lot.now)
        again = [row for row in rows if row["kind"] == "addressed" and chance.random() < 0.5]
        chance.shuffle(again)
        if again:
            async with cell.begin() as tx:
                await tx.run(ParcelRow.__table__.insert().values(again))


async def play(crowd: Crowd, pair: tuple[Session, Session], acts: list[tuple[str, bool]], seed: int) -> None:
    chance = random.Random(seed)
    for name, first in acts:
        one, other = pair if first else pair[::-1]
        if name == "deliver":
            await shuffle_parcels(crowd, chance)
            continue
        with contextlib.suppress(NoSuchMember, NoSuchRequest):
            await crowd.do(VERBS[name], one, other)
    await crowd.carry()
    for one, other in (pair, pair[::-1]):
        assert await stored(one, other, mirror=False) == await stored(other, one, mirror=True)
        faced = await crowd.facing(one, other)
        profile = await crowd.profile(one, at=other.cell)
        assert profile is not None
        assert profile.following == (faced.follows is FollowState.FOLLOWING)
        assert profile.followers == (faced.followed is FollowState.FOLLOWING)
        if faced.relation is Relation.BLOCKED:
            assert faced.follows is faced.followed is FollowState.ENDED


@FEW
@given(acts=ACTS, private=st.booleans(), seed=st.integers(0, 1 << 30))
async def test_in_one_cell(crowd: Crowd, acts: list[tuple[str, bool]], private: bool, seed: int) -> None:
    await play(crowd, (await crowd.member(), await crowd.member(private=private)), acts, seed)


@FEW
@given(acts=ACTS, private=st.booleans(), seed=st.integers(0, 1 << 30))
async def test_across_a_border(crowd: Crowd, acts: list[tuple[str, bool]], private: bool, seed: int) -> None:
    pair = (await crowd.member(crowd.us), await crowd.member(crowd.eu, private=private))
    await play(crowd, pair, acts, seed)
