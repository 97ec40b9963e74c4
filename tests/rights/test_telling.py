"""What became of a request is told at the address that verified it: once, in the person's language, and to nobody else."""

from datetime import timedelta
from uuid import UUID

from kept.policy import Actor, Team
from kept.policy import Site as Seat
from kept.rights import Ground, Why, extend, refuse
from kept.rights.matters import matter_of
from kept.rights.requests import Request, request_of
from tests.fixtures.site import Member
from tests.rights.conftest import Postal
from tests.rights.test_requests import carry, work

PRIVACY = Actor.staff(Team.PRIVACY, Seat.IN_REGION)


async def verified(postal: Postal, email: str, kind: str, **more: str) -> str:
    number, _ = await postal.ask(kind, email, **more)
    await work(postal.site)
    assert (await postal.form("/rights/verify", request=number, code=postal.code())).status_code == 200
    return number


async def found(postal: Postal, me: Member, number: str) -> Request:
    request = await request_of(postal.site.worker.cells.named(me.region), UUID(number))
    assert request is not None
    return request


def news(postal: Postal, email: str) -> list[str]:
    """All letters but the code."""
    texts = [letter.get_content() for letter in postal.sent_to(email)]
    return [text for text in texts if "Nobody at" in text or "Nadie de" in text]


async def test_an_extension_and_a_refusal_are_told_with_their_reasons_and_once_each(postal: Postal) -> None:
    me, email = await postal.join("DE")
    number = await verified(postal, email, "correction", about="country", value="AT")
    request, now = await found(postal, me, number), postal.site.worker.clock.now()
    async with request.cell.begin() as tx:
        await extend(tx, request, Why.COMPLEX, actor=PRIVACY, by="system:test", now=now)
    await work(postal.site)
    await work(postal.site)
    [first] = news(postal, email)
    assert "more time, because what you asked for is complex" in first.replace("\n", " ")
    assert number in first
    postal.site.runtime.clock.advance(timedelta(hours=1))  # type: ignore[attr-defined]
    async with request.cell.begin() as tx:
        now = postal.site.worker.clock.now()
        await refuse(tx, request, Ground.NOT_CHANGEABLE, actor=PRIVACY, by="system:test", now=now)
    await work(postal.site)
    await work(postal.site)
    _, second = news(postal, email)
    assert "This can't be changed for you" in second.replace("\n", " ")
    assert "complain to the data protection authority" in second.replace("\n", " ")
    left = "SELECT FROM rights_matter WHERE request_id = $1"
    assert not await request.cell.database.fetch(left, request.request_id), "it is destroyed once it is told"


async def test_a_copy_is_told_of_when_it_is_ready_and_not_when_it_is_destroyed(postal: Postal) -> None:
    me, email = await postal.join()
    number = await verified(postal, email, "access")
    await work(postal.site)
    await work(postal.site)
    [told] = news(postal, email)
    assert "it is ready" in told
    postal.site.runtime.clock.advance(timedelta(days=31))  # type: ignore[attr-defined]
    await work(postal.site)
    await work(postal.site)
    assert (await found(postal, me, number)).state.value == "expired"
    assert news(postal, email) == [told]


async def test_who_had_their_account_erased_is_told_so_after_it_and_their_address_goes_then(postal: Postal) -> None:
    me, email = await postal.join("DE")
    number = await verified(postal, email, "deletion")
    postal.site.runtime.clock.advance(timedelta(days=30, seconds=1))  # type: ignore[attr-defined]
    await work(postal.site)
    await carry(postal.site)
    await work(postal.site)
    request = await found(postal, me, number)
    assert request.state.value == "done"
    [told] = news(postal, email)
    assert "it is done" in told
    assert (await matter_of(postal.site.worker, request.cell, request.request_id)).reach == ""


async def test_without_the_code_nobody_is_told_anything(postal: Postal) -> None:
    _, email = await postal.join()
    await postal.ask("access", email)
    await work(postal.site)
    postal.site.runtime.clock.advance(timedelta(days=2))  # type: ignore[attr-defined]
    await work(postal.site)
    await work(postal.site)
    assert news(postal, email) == []
    assert len(postal.sent_to(email)) == 1, "the code alone"
