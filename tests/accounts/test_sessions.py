"""A token opens its own session and nothing else, for as long as the session lives."""

import base64
from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kept.accounts import NoSuchSession, NotSignedIn, resume, revoke, revoke_others, sessions_of, sign_in
from kept.policy import AgeBand
from tests.accounts.town import PASSWORD, Town


async def test_a_token_leads_home_and_tells_who_it_is(town: Town) -> None:
    made = await town.join(handle="resumed", country="SE", language="sv")
    session = await resume(town.accounts, made.token, now=town.now)
    assert made.token.startswith("eu.")
    assert (session.member_id, session.handle, session.country, session.language) == (made.member_id, "resumed", "SE", "sv")
    assert session.band is session.actor.band is AgeBand.ADULT


async def test_what_is_stored_opens_nothing(town: Town) -> None:
    made = await town.join()
    secret = base64.urlsafe_b64decode(made.token.split(".")[1] + "==")[32:]
    stored = await made.cell.database.fetch("SELECT s::text AS row FROM session s WHERE owner_id = $1", made.member_id)
    assert secret.hex() not in stored[0]["row"]


@pytest.mark.parametrize("token", ["", "x", "us.", "us." + "A" * 86, "mars." + "A" * 86, "us.\x00", "🐙"])
async def test_what_is_no_token_is_refused(town: Town, token: str) -> None:
    with pytest.raises(NotSignedIn):
        await resume(town.accounts, token, now=town.now)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(position=st.integers(0, 500), letter=st.sampled_from("ABCXYZabcxyz019-_."))
async def test_a_token_with_a_changed_letter_is_refused(town: Town, position: int, letter: str) -> None:
    made = await town.join(handle="changed") if not _made else _made[0]
    _made[:] = [made]
    position %= len(made.token) - 1  # the last letter carries four bits only
    changed = made.token[:position] + letter + made.token[position + 1 :]
    if changed != made.token:
        with pytest.raises(NotSignedIn):
            await resume(town.accounts, changed, now=town.now)


_made: list = []


async def test_the_token_of_another_region_is_refused_in_this_one(town: Town) -> None:
    made = await town.join(country="DE")
    with pytest.raises(NotSignedIn):
        await resume(town.accounts, "us" + made.token[2:], now=town.now)


async def test_a_session_dies_of_disuse_and_lives_by_use(town: Town) -> None:
    made = await town.join()
    now = town.now
    for _ in range(3):
        now += timedelta(days=29)
        await resume(town.accounts, made.token, now=now)
    with pytest.raises(NotSignedIn):
        await resume(town.accounts, made.token, now=now + timedelta(days=30, seconds=1))


async def test_when_it_was_last_used_is_known_to_the_hour_only(town: Town) -> None:
    made = await town.join()
    await resume(town.accounts, made.token, now=town.now + timedelta(minutes=59))
    assert (await sessions_of(made.cell, made.member_id))[0].last_seen_at == town.now
    await resume(town.accounts, made.token, now=town.now + timedelta(minutes=61))
    assert (await sessions_of(made.cell, made.member_id))[0].last_seen_at == town.now + timedelta(minutes=61)


async def test_sessions_are_listed_and_ended_one_by_one_or_all(town: Town) -> None:
    made = await town.join(handle="many.devices", device="Safari on iPhone")
    others = [
        await sign_in(town.accounts, "many.devices", PASSWORD, device=name, now=town.now + timedelta(minutes=n))
        for n, name in enumerate(["Firefox on Linux", "A program", "Chrome on Android"], 1)
    ]
    listed = await sessions_of(made.cell, made.member_id)
    mine = await resume(town.accounts, made.token, now=town.now)
    assert [one.name for one in listed] == ["Chrome on Android", "A program", "Firefox on Linux", "Safari on iPhone"]
    async with made.cell.begin() as tx:
        await revoke(tx, mine, listed[1].session_id)
    with pytest.raises(NotSignedIn):
        await resume(town.accounts, others[1].token, now=town.now)
    async with made.cell.begin() as tx:
        with pytest.raises(NoSuchSession):
            await revoke(tx, mine, listed[1].session_id)
    async with made.cell.begin() as tx:
        assert await revoke_others(tx, mine) == 2
    assert [one.session_id for one in await sessions_of(made.cell, made.member_id)] == [mine.session_id]


async def test_nobody_ends_the_session_of_somebody_else(town: Town) -> None:
    mine, theirs = await town.join(), await town.join()
    theirs_session = (await sessions_of(theirs.cell, theirs.member_id))[0]
    session = await resume(town.accounts, mine.token, now=town.now)
    async with mine.cell.begin() as tx:
        with pytest.raises(NoSuchSession):
            await revoke(tx, session, theirs_session.session_id)
    assert await resume(town.accounts, theirs.token, now=town.now)


async def test_a_birthday_changes_the_band_on_that_day(town: Town) -> None:
    today = town.now.date()
    tomorrow = today + timedelta(days=1)
    made = await town.join(birth_date=date(today.year - 13, tomorrow.month, tomorrow.day))
    assert (await resume(town.accounts, made.token, now=town.now)).band is AgeBand.UNDER_13
    for _ in range(2):
        session = await resume(town.accounts, made.token, now=town.now + timedelta(days=1))
        assert session.band is session.actor.band is AgeBand.TEEN_13_15
    assert (await resume(town.accounts, made.token, now=town.now)).band is AgeBand.UNDER_13, "the clock was set back"


async def test_no_stored_date_betrays_a_birthday(town: Town) -> None:
    stored = set()
    for month in (1, 6, 12):
        made = await town.join(birth_date=date(2011, month, 15))
        stored.update(await made.cell.database.fetch("SELECT band, band_on FROM account WHERE owner_id = $1", made.member_id))
    assert stored == {(AgeBand.TEEN_13_15, town.now.date())}


async def test_a_closed_account_ends_its_sessions(town: Town) -> None:
    made = await town.join()
    await made.cell.database.fetch("UPDATE account SET closed_at = $2 WHERE owner_id = $1", made.member_id, town.now)
    with pytest.raises(NotSignedIn):
        await resume(town.accounts, made.token, now=town.now)


async def test_ids_of_members_are_not_needed_to_be_secret(town: Town) -> None:
    """Who knows somebody's member and session ids still lacks the 256 bits that open the session."""
    made = await town.join()
    session = await resume(town.accounts, made.token, now=town.now)
    forged = base64.urlsafe_b64encode(session.member_id.bytes + session.session_id.bytes + bytes(32)).rstrip(b"=").decode()
    with pytest.raises(NotSignedIn):
        await resume(town.accounts, f"us.{forged}", now=town.now)
    assert isinstance(session.member_id, UUID)
