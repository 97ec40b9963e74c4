"""Whatever two members do, in whatever order it arrives: the same messages on both sides, in order, rightly counted."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kept.accounts import Session
from kept.messages import NoSuchConversation, mark_read, page, unsend
from tests.messages.conftest import Office

ACTS = st.lists(
    st.tuples(st.sampled_from(["send", "repeat", "unsend", "read", "carry"]), st.booleans(), st.integers(0, 9)),
    min_size=1,
    max_size=14,
)
FEW = settings(max_examples=12, deadline=None, database=None, suppress_health_check=list(HealthCheck))


async def play(office: Office, pair: tuple[Session, Session], acts: list[tuple[str, bool, int]]) -> None:
    """Do it, and keep a plain model of what must come of it."""
    there: dict[Session, list[str]] = {pair[0]: [], pair[1]: []}
    ids: dict[str, object] = {}
    for number, (act, first, which) in enumerate(acts):
        one, other = pair if first else pair[::-1]
        mine = there[one]
        if act == "send":
            text = f"{number}"
            ids[text] = (await office.send(one, other, text, key=f"{number}")).message_id
            mine.append(text)
        elif act == "repeat" and mine:
            text = mine[which % len(mine)]
            assert (await office.send(one, other, text, key=text)).message_id == ids[text]
        elif act == "unsend" and mine:
            text = mine.pop(which % len(mine))
            async with one.cell.begin() as tx:
                await unsend(tx, office.messages, one, ids[text], now=office.now)  # type: ignore[arg-type]
        elif act == "carry":
            await office.carry()
        elif act == "read":
            found, _ = await page(office.messages, one, other.member_id)
            if found:
                async with one.cell.begin() as tx:
                    assert await mark_read(tx, one, other.member_id, up_to=found[0].message_id) == 0
    await office.carry()
    await hold(office, pair, there)


async def hold(office: Office, pair: tuple[Session, Session], there: dict[Session, list[str]]) -> None:
    left = sorted([int(text) for texts in there.values() for text in texts], reverse=True)
    for reader, peer in (pair, pair[::-1]):
        assert [int(text or "") for text in await office.texts(reader, peer)] == left
        new = await office.unread(reader, peer)
        assert new is None if not left else 0 <= (new or 0) <= len(there[peer])
        try:
            async with reader.cell.begin() as tx:
                found, _ = await page(office.messages, reader, peer.member_id)
                assert await mark_read(tx, reader, peer.member_id, up_to=found[0].message_id) == 0
        except (NoSuchConversation, IndexError):
            assert left == []


@FEW
@given(acts=ACTS)
async def test_in_one_cell(office: Office, acts: list[tuple[str, bool, int]]) -> None:
    await play(office, (await office.member(), await office.member()), acts)


@FEW
@given(acts=ACTS)
async def test_across_a_border(office: Office, acts: list[tuple[str, bool, int]]) -> None:
    pair = (await office.member(office.house.us), await office.member(office.house.eu))
    await play(office, pair, acts)
