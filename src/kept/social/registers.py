"""How two members stand, as pure data: what each says about the other, and what follows from it.

Each says three things: whether they want to follow (`Wish`), what they answer to the other's wish (`Answer`), and whether they
block (`Block`). Only the one who says it changes it, at home; the other's cell keeps the newest that it heard. So both cells
come to the same, in whatever order, and how often, they are told. Whatever is newest wins, and nothing here knows a clock:
`turn` counts up with everything that somebody says about the other.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

import msgspec

from kept.policy import Relation


class FollowState(StrEnum):
    """Where following somebody has come to."""

    ENDED = "ended"
    """Never asked, given up, declined, or ended by either."""
    ASKED = "asked"
    FOLLOWING = "following"


class Wish(msgspec.Struct, frozen=True):
    """Whether somebody wants to follow the other."""

    turn: int = 0
    wants: bool = False


class Answer(msgspec.Struct, frozen=True):
    """What somebody answers to the other's wish of the turn `to`. No is final: whoever wants to ask again wishes again."""

    to: int = 0
    accepted: bool = False

    @property
    def weight(self) -> tuple[int, bool]:
        """What prevails over a lighter one."""
        return self.to, not self.accepted


class Block(msgspec.Struct, frozen=True):
    """Whether somebody blocks the other."""

    turn: int = 0
    stands: bool = False


class Said(msgspec.Struct, frozen=True):
    """All that one says about the other."""

    wish: Wish = Wish()
    answer: Answer = Answer()
    block: Block = Block()

    @property
    def turn(self) -> int:
        """The newest turn."""
        return max(self.wish.turn, self.block.turn)

    def newest(self, other: "Said") -> "Said":
        """Of each thing the newest that was said."""
        return Said(
            wish=max(self.wish, other.wish, key=lambda one: one.turn),
            answer=max(self.answer, other.answer, key=lambda one: one.weight),
            block=max(self.block, other.block, key=lambda one: one.turn),
        )


NOTHING = Said()


@dataclass(frozen=True, slots=True)
class Side:
    """How it stands between two, seen from one of them."""

    mine: Said = NOTHING
    theirs: Said = NOTHING

    @property
    def follows(self) -> FollowState:
        """Whether I follow them."""
        return state_of(self.mine.wish, self.theirs.answer)

    @property
    def followed(self) -> FollowState:
        """Whether they follow me."""
        return state_of(self.theirs.wish, self.mine.answer)

    @property
    def blocked(self) -> bool:
        """Whether either blocks the other."""
        return self.mine.block.stands or self.theirs.block.stands

    @property
    def relation(self) -> Relation:
        """What I am to them, as the policy asks."""
        return relation_of(blocked=self.blocked, follows=self.follows, followed=self.followed)

    def saying(self, **said: Wish | Answer | Block) -> "Side":
        """The same after I said something else."""
        return replace(self, mine=msgspec.structs.replace(self.mine, **said))

    def wishing(self, wants: bool, *, turn: int) -> "Side":
        """The same after I said whether I want to follow; unchanged if I said so before."""
        if self.mine.wish.wants is wants and (not wants or self.follows is not FollowState.ENDED):
            return self
        return self.saying(wish=Wish(self._next(turn), wants))

    def answering(self, accepted: bool) -> "Side":
        """The same after I answered their wish, if there is one."""
        if not self.theirs.wish.wants:
            return self
        answer = Answer(self.theirs.wish.turn, accepted)
        return self.saying(answer=max(self.mine.answer, answer, key=lambda one: one.weight))

    def blocking(self, stands: bool, *, turn: int) -> "Side":
        """The same after I blocked them, which ends following both ways, or took that back, which brings nothing back."""
        if self.mine.block.stands is stands:
            return self
        side = self.wishing(False, turn=turn).answering(False) if stands else self
        return side.saying(block=Block(side._next(turn), stands))

    def hearing(self, said: Said) -> "Side":
        """The same after I heard what they say."""
        return replace(self, theirs=self.theirs.newest(said))

    def _next(self, turn: int) -> int:
        return max(turn, self.mine.turn + 1)


def reacting(side: Side, *, turn: int, welcome: bool, private: bool) -> Side:
    """What a member's cell says for them once it has heard from the other: blocks win, open accounts take whoever asks.

    `welcome`: the policy lets the other ask; `private`: the member answers themselves.
    """
    mine, theirs = side.mine, side.theirs
    if theirs.block.stands:
        side = side.wishing(False, turn=turn)
        if theirs.wish.turn < theirs.block.turn:
            side = side.answering(False)
    if mine.block.stands:
        return side.answering(False)
    if side.followed is not FollowState.ASKED:
        return side
    if not welcome:
        return side.answering(False)
    return side if private else side.answering(True)


def state_of(wish: Wish, answer: Answer) -> FollowState:
    """What a wish has come to, by the answer to it."""
    if not wish.wants:
        return FollowState.ENDED
    if answer.to != wish.turn:
        return FollowState.ASKED
    return FollowState.FOLLOWING if answer.accepted else FollowState.ENDED


def relation_of(*, blocked: bool, follows: FollowState, followed: FollowState) -> Relation:
    """What the one who follows, or not, is to the other."""
    if blocked:
        return Relation.BLOCKED
    if follows is not FollowState.FOLLOWING:
        return Relation.STRANGER
    return Relation.FRIEND if followed is FollowState.FOLLOWING else Relation.FOLLOWER
