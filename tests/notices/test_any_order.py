"""Whatever members do and undo: what the author finds is what stands, by a model that knows the last word of each alone."""

from dataclasses import dataclass, field
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kept.accounts import Session
from kept.comments import delete_comment
from kept.likes import like, unlike
from kept.notices import mend_notices, page, unread
from kept.social import block, follow, mute, unblock, unfollow, unmute
from tests.comments.talk import act, say
from tests.fixtures.crowd import Crowd

TIES = {"follow": follow, "unfollow": unfollow}
BY_AUTHOR = {"mute": mute, "unmute": unmute, "block": block, "unblock": unblock}
ACTS = st.lists(
    st.tuples(st.sampled_from([*TIES, *BY_AUTHOR, "like", "unlike", "say", "delete", "mend"]), st.integers(0, 1)),
    min_size=1,
    max_size=14,
)


@dataclass
class Model:
    """What the author is to find, by who did what last."""

    follows: set[int] = field(default_factory=set)
    """Told, and not taken back."""
    following: set[int] = field(default_factory=set)
    likes: set[int] = field(default_factory=set)
    said: dict[int, list[UUID]] = field(default_factory=lambda: {0: [], 1: []})
    told: set[UUID] = field(default_factory=set)
    muted: set[int] = field(default_factory=set)
    blocked: set[int] = field(default_factory=set)

    def expected(self, fans: list[Session]) -> list[tuple[str, str | None, int]]:
        away = self.muted | self.blocked
        found = [("followed", fans[who].handle, 1) for who in self.follows - away]
        for who, comments in self.said.items():
            found += [("commented", fans[who].handle, 1) for one in comments if one in self.told and who not in away]
        return sorted([*found, *([("liked", None, len(self.likes))] if self.likes else [])], key=str)


@settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(acts=ACTS)
async def test_what_is_found_is_what_stands(crowd: Crowd, small_clip: bytes, acts: list[tuple[str, int]]) -> None:
    author = await crowd.member(crowd.us)
    fans = [await crowd.member(crowd.us), await crowd.member(crowd.eu)]
    clip = await crowd.publish(author, small_clip)
    model = Model()
    for name, who in acts:
        await step(crowd, model, author, fans, clip, name, who)
        await crowd.carry()
        found = (await page(author, now=crowd.lot.now)).notices
        shown = sorted([(str(one.kind), one.handle, one.amount) for one in found if one.kind != "published"], key=str)
        assert shown == model.expected(fans), name
        assert await unread(author, now=crowd.lot.now) == len(found), "nothing was opened"


async def step(
    crowd: Crowd, model: Model, author: Session, fans: list[Session], clip: UUID, name: str, who: int
) -> None:
    fan, blocked = fans[who], who in model.blocked
    if name == "follow" and not blocked:
        await crowd.do(follow, fan, author)
        if who not in model.following and who not in model.muted:
            model.follows.add(who)
        model.following.add(who)
    elif name == "unfollow":
        await crowd.do(unfollow, fan, author)
        model.following.discard(who)
        model.follows.discard(who)
    elif name in ("like", "unlike") and not blocked:
        async with fan.cell.begin() as tx:
            await (like if name == "like" else unlike)(tx, fan, clip, now=crowd.lot.now)
        (model.likes.add if name == "like" else model.likes.discard)(who)
    elif name == "say" and not blocked:
        model.said[who].append(comment := await say(crowd, fan, clip, "hello"))
        if who not in model.muted:
            model.told.add(comment)
    elif name == "delete" and model.said[who]:
        await act(crowd, delete_comment, fan, clip, model.said[who].pop())
    elif name in BY_AUTHOR:
        await crowd.do(BY_AUTHOR[name], author, fan)
        note(model, name, who)
    elif name == "mend":
        await mend_notices(author.cell)


def note(model: Model, name: str, who: int) -> None:
    """What the author's word changes: a block takes away for good, muting only as long as it lasts."""
    if name in ("mute", "unmute"):
        (model.muted.add if name == "mute" else model.muted.discard)(who)
    elif name == "unblock":
        model.blocked.discard(who)
    elif who not in model.blocked:
        model.blocked.add(who)
        model.following.discard(who)
        model.follows.discard(who)
        model.told -= set(model.said[who])
