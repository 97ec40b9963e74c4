"""Whoever signs in from a new device is asked about; who is asked, what the answers do, and which devices are known."""

from datetime import timedelta
from uuid import uuid4

import pytest

from kept.accounts import (
    KNOWN_FOR,
    NoSuchAlert,
    NotSignedIn,
    Session,
    SignedIn,
    disown,
    open_alerts,
    own_up,
    resume,
    sign_in,
)
from kept.retention import sweep
from tests.accounts.town import PASSWORD, Town

MINUTE = timedelta(minutes=1)


async def come(town: Town, handle: str, minutes: int, known: str = "", device: str = "Firefox on Linux") -> SignedIn:
    made = await sign_in(town.accounts, handle, PASSWORD, device=device, known=known, now=town.now + minutes * MINUTE)
    assert isinstance(made, SignedIn)
    return made


async def see(town: Town, made: SignedIn) -> Session:
    return await resume(town.accounts, made.token, now=town.now)


async def test_the_first_session_asks_nobody_and_a_new_device_is_asked_about_elsewhere(town: Town) -> None:
    home = await town.join(handle="asked.once")
    assert (await see(town, home)).alert is None
    new = await come(town, "asked.once", 5)
    assert (await see(town, new)).alert is None, "who just came would say yes"
    alert = (await see(town, home)).alert
    assert alert is not None
    assert (alert.device, alert.at) == ("Firefox on Linux", town.now + 5 * MINUTE)
    assert await open_alerts(await see(town, home)) == [alert]


async def test_a_device_that_was_there_before_is_not_asked_about_again(town: Town) -> None:
    home = await town.join(handle="known.again")
    new = await come(town, "known.again", 5)
    for known in (home.known, new.known):
        assert (await come(town, "known.again", 6, known)).known == known
    assert len(await open_alerts(await see(town, home))) == 1
    late = await sign_in(
        town.accounts, "known.again", PASSWORD, device="", known=home.known, now=town.now + KNOWN_FOR + MINUTE
    )
    assert isinstance(late, SignedIn)
    assert late.known != home.known, "for so long a device is known, and then it is new"


async def test_a_familys_tablet_knows_four_of_them_and_each_only_themselves(town: Town) -> None:
    known, first = "", ""
    for number in range(5):
        await town.join(handle=f"family{number}")
        made = await come(town, f"family{number}", 1, known)
        known, first = made.known, first or made.known
    assert len(known.split(".")) == 4
    assert (await come(town, "family4", 2, known)).known == known
    assert (await come(town, "family0", 2, known)).known != known, "the fifth pushed the first out"


async def test_yes_is_remembered(town: Town) -> None:
    home = await town.join(handle="answers.yes")
    new = await come(town, "answers.yes", 5)
    session = await see(town, home)
    assert session.alert is not None
    async with home.cell.begin() as tx:
        await own_up(tx, session, session.alert.alert_id)
    assert (await see(town, home)).alert is None
    assert await see(town, new)
    with pytest.raises(NoSuchAlert):
        async with home.cell.begin() as tx:
            await own_up(tx, session, session.alert.alert_id)


async def test_no_ends_the_session_and_forgets_the_device(town: Town) -> None:
    home = await town.join(handle="answers.no")
    thief = await come(town, "answers.no", 5)
    session = await see(town, home)
    assert session.alert is not None
    async with home.cell.begin() as tx:
        await disown(tx, session, session.alert.alert_id)
    with pytest.raises(NotSignedIn):
        await see(town, thief)
    again = await come(town, "answers.no", 7, thief.known)
    assert again.known != thief.known
    assert (await see(town, home)).alert is not None, "the same device again is a new one"


async def test_a_thief_answers_for_nobody_who_was_there_before(town: Town) -> None:
    home = await town.join(handle="not.thief")
    phone = await come(town, "not.thief", 5)
    thief = await come(town, "not.thief", 9)
    assert await open_alerts(await see(town, thief)) == []
    asked = [one.session_id for one in await open_alerts(await see(town, home))]
    assert asked == [(await see(town, thief)).session_id, (await see(town, phone)).session_id]
    session = await see(town, thief)
    for alert in await open_alerts(await see(town, home)):
        for answer in (own_up, disown):
            with pytest.raises(NoSuchAlert):
                async with home.cell.begin() as tx:
                    await answer(tx, session, alert.alert_id)
    known = await come(town, "not.thief", 12, home.known)
    assert len(await open_alerts(await see(town, known))) == 2, "who comes with a known device is asked about all"


async def test_others_alerts_are_no_business_of_mine(town: Town) -> None:
    theirs = await town.join(handle="theirs.one")
    await come(town, "theirs.one", 5)
    mine = await see(town, await town.join(handle="mine.one"))
    alert = (await see(town, theirs)).alert
    assert alert is not None
    for wrong in (alert.alert_id, uuid4()):
        with pytest.raises(NoSuchAlert):
            async with theirs.cell.begin() as tx:
                await disown(tx, mine, wrong)


@pytest.mark.parametrize("known", ["", "forged", "." * 50, "a.b.c.d.e.f", "\x00", "é"])
async def test_what_a_browser_makes_up_is_not_known(town: Town, known: str) -> None:
    if await town.accounts.cells.directory.by_handle("made.up") is None:
        await town.join(handle="made.up")
    assert (await come(town, "made.up", 5, known)).known != known


async def test_alerts_are_kept_for_ninety_days(town: Town) -> None:
    home = await town.join(handle="ninety.days")
    await come(town, "ninety.days", 5)
    at = town.now + timedelta(days=90)
    await sweep(town.house.cells, now=at)
    counted = "SELECT count(*) AS n FROM signin_alert WHERE owner_id = $1"
    assert (await home.cell.database.fetch(counted, home.member_id))[0]["n"] == 1
    await sweep(town.house.cells, now=at + 10 * MINUTE)
    assert (await home.cell.database.fetch(counted, home.member_id))[0]["n"] == 0
