"""Whatever guardians and a young person do, however parcels come: under 18 nothing gets looser that no guardian loosened."""

import random

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from kept.accounts import SWITCHES, Limits
from kept.policy import AgeBand, Limit
from kept.social import Answer, Wish
from kept.youth.registers import InForce, PairState, Setting, pair_state, strictest, taking

GUARDIANS = 3
OFF = st.frozensets(st.sampled_from(SWITCHES))
MINUTES = st.none() | st.sampled_from([15, 30, 60, 120])
WHO = st.integers(0, GUARDIANS - 1)


class Family(RuleBasedStateMachine):
    """A young one's cell, guardians' cells, and all that was ever said between them, which may come at any time, and again."""

    def __init__(self) -> None:
        super().__init__()
        self.turn = 0
        self.wishes = [Wish() for _ in range(GUARDIANS)]
        self.answers = [Answer() for _ in range(GUARDIANS)]
        self.held: dict[int, Setting] = {}
        self.sent: list[tuple[int, Answer, Setting]] = []
        self.shown: list[frozenset[int]] = [frozenset() for _ in range(GUARDIANS)]
        self.set_last = [Setting() for _ in range(GUARDIANS)]
        self.band = AgeBand.UNDER_13

    @initialize(seed=st.integers(0, 1 << 30))
    def begin(self, seed: int) -> None:
        self.chance = random.Random(seed)

    @property
    def current(self) -> frozenset[int]:
        pairs = zip(self.wishes, self.answers, strict=True)
        return frozenset(wish.turn for wish, answer in pairs if pair_state(wish, answer) is PairState.PAIRED)

    @property
    def force(self) -> InForce:
        return strictest(self.held.values())

    def next(self) -> int:
        self.turn += 1
        return self.turn

    @rule(who=WHO, wants=st.booleans())
    def wish(self, who: int, wants: bool) -> None:
        before = self.force
        self.wishes[who] = Wish(self.next(), wants)
        assert self.force == before, "neither agreeing nor ending changes anything"

    @rule(who=WHO, accepted=st.booleans())
    def answer(self, who: int, accepted: bool) -> None:
        self.sent.append((who, Answer(self.wishes[who].turn, accepted), self.set_last[who]))

    @rule(who=WHO, off=OFF, minutes=MINUTES)
    def set(self, who: int, off: frozenset[Limit], minutes: int | None) -> None:
        """A guardian sets something in the pairing they know of, naming what they were shown last."""
        setting = Setting(self.next(), self.answers[who].to, off, minutes, self.shown[who])
        self.set_last[who] = setting
        self.sent.append((who, self.answers[who], setting))

    @rule(who=WHO)
    def look(self, who: int) -> None:
        """What former guardians left is told to one who is a guardian now."""
        if self.wishes[who].turn in self.current:
            self.shown[who] = frozenset(self.held) - self.current

    @rule(who=WHO)
    def pair(self, who: int) -> None:
        """The whole way, with nothing late."""
        self.wish(who, True)
        self.answer(who, True)
        self.hear(*self.sent[-1])
        assert self.wishes[who].turn in self.current

    @rule(who=WHO, off=OFF, minutes=MINUTES)
    def set_at_once(self, who: int, off: frozenset[Limit], minutes: int | None) -> None:
        self.set(who, off, minutes)
        self.hear(*self.sent[-1])

    @rule()
    def deliver(self) -> None:
        """Anything that was ever said: late, twice, out of order."""
        if self.sent:
            self.hear(*self.chance.choice(self.sent))

    def hear(self, who: int, answer: Answer, setting: Setting) -> None:
        if answer.to == self.wishes[who].turn:
            self.answers[who] = max(self.answers[who], answer, key=lambda one: one.weight)
        if setting.to != self.wishes[who].turn:
            return
        before, held = self.force, self.held
        self.held = taking(held, self.current, setting)
        if self.held == held:
            return
        assert setting.to in self.current, "only a guardian of now sets anything"
        untouched = [one for pairing, one in held.items() if pairing != setting.to and pairing not in setting.over]
        assert self.force.is_at_least(strictest(untouched)), "what a guardian doesn't name stays"
        assert self.force.is_at_least(InForce(setting.off, setting.minutes))
        replaced = strictest(one for pairing, one in held.items() if pairing == setting.to or pairing in setting.over)
        if InForce(setting.off, setting.minutes).is_at_least(replaced):
            assert self.force.is_at_least(before), "who tightens loosens nothing elsewhere"

    @rule()
    def birthday(self) -> None:
        order = [band for band in AgeBand if band is not AgeBand.ADULT]
        limits = Limits(self.force.off, self.force.minutes)
        before = limits.switched_off(self.band), limits.guardians_minutes(self.band)
        self.band = order[min(order.index(self.band) + 1, len(order) - 1)]
        assert (limits.switched_off(self.band), limits.guardians_minutes(self.band)) == before

    @invariant()
    def a_pairing_that_ended_still_holds(self) -> None:
        for setting in self.held.values():
            assert self.force.is_at_least(InForce(setting.off, setting.minutes))


TestFamily = Family.TestCase
TestFamily.settings = settings(max_examples=150, stateful_step_count=40, deadline=None, database=None)
