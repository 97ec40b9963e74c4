"""A second factor: asked for after the password, good once, slow to guess, and turned off by nobody with a session alone."""

import asyncio
import itertools
from collections.abc import Sequence
from datetime import datetime, timedelta

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kept.accounts import (
    CODES,
    RECOVERY_CODES,
    BadTicket,
    Halfway,
    NewPasskey,
    NoPassword,
    NoSecondFactor,
    PasswordTooShort,
    SecondFactorOn,
    SignedIn,
    TooManyAttempts,
    WrongCode,
    WrongLogin,
    WrongPassword,
    begin_second_factor,
    choose_another,
    code_at,
    finish_sign_in,
    new_secret,
    renew_recovery_codes,
    set_password,
    sign_in,
    step_at,
    step_of,
    turn_off,
    turn_on,
)
from kept.accounts.one_time import new_recovery_code, typed
from tests.accounts.app import App, session_of, with_app
from tests.accounts.town import PASSWORD, Town
from tests.fixtures.house import NOON

_names = itertools.count(1)


def name() -> str:
    return f"twofold{next(_names)}"


async def halfway(town: Town, handle: str, after: timedelta = timedelta()) -> str:
    half = await sign_in(town.accounts, handle, PASSWORD, device="Firefox on Linux", now=town.now + after)
    assert isinstance(half, Halfway)
    return half.ticket


async def finish(town: Town, ticket: str, code: str, after: timedelta = timedelta()) -> SignedIn:
    return await finish_sign_in(town.accounts, ticket, code, device="Firefox on Linux", now=town.now + after)


async def count(town: Town, made: SignedIn, table: str) -> int:
    rows = await made.cell.database.fetch(f"SELECT count(*) AS n FROM {table} WHERE owner_id = $1", made.member_id)  # noqa: S608
    return int(rows[0]["n"])


def test_codes_are_those_of_the_rfc() -> None:
    """RFC 6238, appendix B, SHA-1; the last six of its eight digits."""
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    table = {59: "287082", 1111111109: "081804", 1234567890: "005924", 2000000000: "279037", 20000000000: "353130"}
    assert {at: code_at(secret, at // 30) for at in table} == table


@given(st.integers(-6, 6), st.integers(0, 29))
def test_only_the_codes_of_this_step_and_its_neighbours_are_good(off: int, second: int) -> None:
    secret, now = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", NOON + timedelta(seconds=second)
    step = step_at(now) + off
    near = {code_at(secret, step_at(now) + one) for one in (-1, 0, 1)}
    found = step_of(secret, code_at(secret, step), now=now)
    assert found == (step if abs(off) <= 1 else None) or code_at(secret, step) in near


def test_secrets_have_160_bits_and_recovery_codes_no_letters_that_look_alike() -> None:
    assert len(pyotp.TOTP(new_secret()).byte_secret()) == 20
    codes = {new_recovery_code() for _ in range(500)}
    assert len(codes) == 500
    assert not set("".join(codes)) & set("01ilo")


@pytest.mark.parametrize("text", ["492 039", " 492039\n", "４９２０３９", "492-039"])
def test_a_code_may_be_typed_as_it_is_shown(text: str) -> None:
    assert typed(text) == "492039"


async def test_a_password_alone_is_half_a_sign_in(town: Town) -> None:
    handle = name()
    made, app = await with_app(town, handle=handle)
    before = await count(town, made, "session")
    ticket = await halfway(town, handle)
    assert await count(town, made, "session") == before
    signed_in = await finish(town, ticket, app.code(town.now))
    assert (await session_of(town, signed_in)).member_id == made.member_id


async def test_a_code_is_good_once_also_for_two_at_once(town: Town) -> None:
    handle = name()
    _, app = await with_app(town, handle=handle)
    ticket, code = await halfway(town, handle), app.code(town.now)
    both = await asyncio.gather(*(finish(town, ticket, code) for _ in range(4)), return_exceptions=True)
    assert sum(isinstance(one, SignedIn) for one in both) == 1
    assert sum(isinstance(one, WrongCode) for one in both) == 3
    with pytest.raises(WrongCode):
        await finish(town, ticket, app.code(town.now, -1))  # an older one is not good any more, either


async def test_the_code_that_set_it_up_does_not_sign_anybody_in(town: Town) -> None:
    made = await town.join(handle=name())
    session = await session_of(town, made)
    begun = await begin_second_factor(town.accounts, session, now=town.now)
    code = code_at(begun.secret.replace(" ", ""), step_at(town.now))
    await turn_on(town.accounts, session, begun.ticket, password=PASSWORD, code=code, now=town.now)
    with pytest.raises(WrongCode):
        await finish(town, await halfway(town, session.handle), code)


async def test_a_recovery_code_is_good_once_also_for_two_at_once(town: Town) -> None:
    handle = name()
    made, app = await with_app(town, handle=handle)
    assert len(set(app.recovery)) == RECOVERY_CODES == await count(town, made, "recovery_code")
    ticket, code = await halfway(town, handle), app.recovery[3]
    both = await asyncio.gather(*(finish(town, ticket, code) for _ in range(4)), return_exceptions=True)
    assert sum(isinstance(one, SignedIn) for one in both) == 1
    assert await count(town, made, "recovery_code") == RECOVERY_CODES - 1
    assert await finish(town, ticket, app.recovery[4].upper().replace("-", " "))


async def test_codes_of_others_open_nothing(town: Town) -> None:
    mine, theirs = name(), name()
    await with_app(town, handle=mine)
    _, other = await with_app(town, handle=theirs)
    ticket = await halfway(town, mine)
    for code in (other.code(town.now), other.recovery[0]):
        with pytest.raises(WrongCode):
            await finish(town, ticket, code)


async def test_one_answer_for_every_wrong_code(town: Town) -> None:
    handle = name()
    _, app = await with_app(town, handle=handle)
    ticket = await halfway(town, handle)
    await finish(town, ticket, app.code(town.now))
    said = set()
    for code in ("", app.code(town.now), app.code(town.now, 5), "aaaa-bbbb-cccc"):
        with pytest.raises(WrongCode) as refused:
            await finish(town, ticket, code)
        said.add(refused.value.public)
    assert len(said) == 1


async def test_wrong_codes_are_stopped_whatever_the_password_and_counted(town: Town) -> None:
    handle = name()
    made, app = await with_app(town, handle=handle)
    town.accounts.take_counts()
    for _ in range(CODES.free):
        ticket = await halfway(town, handle)  # right again and again: that clears nothing
        with pytest.raises(WrongCode):
            await finish(town, ticket, "aaaa-bbbb-cccc")
    with pytest.raises(TooManyAttempts) as stopped:
        await finish(town, ticket, app.code(town.now))
    counts = town.accounts.take_counts()
    assert (counts["protection.refused:code"], counts["protection.stopped:codes"]) == (CODES.free, 1)
    rows = await made.cell.database.fetch(
        "SELECT session_id, answer FROM signin_alert WHERE owner_id = $1", made.member_id
    )
    assert [tuple(row.values()) for row in rows] == [(None, None)], "the member is told, once"
    later = timedelta(seconds=stopped.value.details["retry_after"])
    assert await finish(town, ticket, app.code(town.now + later), later)


async def test_many_codes_at_once_are_counted_one_by_one(town: Town) -> None:
    handle = name()
    await with_app(town, handle=handle)
    ticket = await halfway(town, handle)
    guesses = [finish(town, ticket, f"{number:06}") for number in range(CODES.free * 4)]
    results = await asyncio.gather(*guesses, return_exceptions=True)
    assert sum(isinstance(one, WrongCode) for one in results) == CODES.free
    assert sum(isinstance(one, TooManyAttempts) for one in results) == CODES.free * 3


async def test_a_right_password_waits_five_minutes_and_dies_with_the_password(town: Town) -> None:
    handle = name()
    made, app = await with_app(town, handle=handle)
    ticket = await halfway(town, handle)
    with pytest.raises(BadTicket):
        await finish(town, ticket, app.code(town.now, 11), timedelta(minutes=5, seconds=1))
    session = await session_of(town, made)
    chosen = await choose_another(town.accounts, session, "four-other-lanterns-here")
    async with made.cell.begin() as tx:
        await set_password(tx, session, chosen, now=town.now)
    with pytest.raises(BadTicket):
        await finish(town, ticket, app.code(town.now))
    with pytest.raises(WrongLogin):
        await sign_in(town.accounts, handle, PASSWORD, device="", now=town.now)


async def test_a_forged_ticket_is_no_half(town: Town) -> None:
    session = await session_of(town, await town.join(handle=name()))
    setting = await begin_second_factor(town.accounts, session, now=town.now)
    for ticket in ("", "forged", setting.ticket):
        with pytest.raises(BadTicket):
            await finish(town, ticket, "492039")


async def test_setting_up_asks_who_one_is_and_for_a_right_code(town: Town) -> None:
    session = await session_of(town, await town.join(handle=name()))
    begun = await begin_second_factor(town.accounts, session, now=town.now)
    code = code_at(begun.secret.replace(" ", ""), step_at(town.now))
    for password, said, error in (
        ("wrong", code, WrongPassword),
        (PASSWORD, "", WrongCode),
        (PASSWORD, "000", WrongCode),
    ):
        with pytest.raises(error):
            await turn_on(town.accounts, session, begun.ticket, password=password, code=said, now=town.now)
    assert isinstance(await sign_in(town.accounts, session.handle, PASSWORD, device="", now=town.now), SignedIn)
    other = await session_of(town, await town.join(handle=name()))
    with pytest.raises(BadTicket):
        await turn_on(town.accounts, other, begun.ticket, password=PASSWORD, code=code, now=town.now)


async def test_it_is_set_up_once_also_by_two_at_once(town: Town) -> None:
    session = await session_of(town, await town.join(handle=name()))
    begun = await begin_second_factor(town.accounts, session, now=town.now)
    code = code_at(begun.secret.replace(" ", ""), step_at(town.now))

    async def once() -> Sequence[str]:
        return await turn_on(town.accounts, session, begun.ticket, password=PASSWORD, code=code, now=town.now)

    both = await asyncio.gather(once(), once(), return_exceptions=True)
    assert sorted(type(one).__name__ for one in both) == ["SecondFactorOn", "list"]
    with pytest.raises(SecondFactorOn):
        await begin_second_factor(town.accounts, session, now=town.now)


async def test_who_has_no_password_needs_none(town: Town) -> None:
    key = NewPasskey(__import__("uuid").uuid4(), b"k" * 16, b"p" * 77, 0)
    session = await session_of(town, await town.join(handle=name(), credential=key))
    with pytest.raises(NoPassword):
        await begin_second_factor(town.accounts, session, now=town.now)


async def test_a_session_alone_turns_nothing_off(town: Town) -> None:
    made, app = await with_app(town, handle=name())
    session, code = await session_of(town, made), app.code(town.now)
    for act in (turn_off, renew_recovery_codes):
        with pytest.raises(WrongPassword):
            await act(town.accounts, session, password="wrong", code=code, now=town.now)
        with pytest.raises(WrongCode):
            await act(town.accounts, session, password=PASSWORD, code="", now=town.now)
    assert await count(town, made, "recovery_code") == RECOVERY_CODES
    await turn_off(town.accounts, session, password=PASSWORD, code=code, now=town.now)
    assert (await count(town, made, "second_factor"), await count(town, made, "recovery_code")) == (0, 0)
    assert isinstance(await sign_in(town.accounts, session.handle, PASSWORD, device="", now=town.now), SignedIn)
    with pytest.raises(NoSecondFactor):
        await turn_off(town.accounts, session, password=PASSWORD, code=code, now=town.now)


async def test_new_recovery_codes_take_the_place_of_all_old_ones(town: Town) -> None:
    handle = name()
    made, app = await with_app(town, handle=handle)
    session = await session_of(town, made)
    fresh = await renew_recovery_codes(town.accounts, session, password=PASSWORD, code=app.recovery[0], now=town.now)
    assert await count(town, made, "recovery_code") == RECOVERY_CODES
    ticket = await halfway(town, handle)
    with pytest.raises(WrongCode):
        await finish(town, ticket, app.recovery[1])
    assert await finish(town, ticket, fresh[0])


async def test_a_short_password_is_good_beside_codes_and_keeps_them_on(town: Town) -> None:
    made, app = await with_app(town, handle=name())
    session, short = await session_of(town, made), "owl-boat-hat7"
    with pytest.raises(PasswordTooShort):
        await choose_another(town.accounts, await session_of(town, await town.join(handle=name())), short)
    chosen = await choose_another(town.accounts, session, short)
    async with made.cell.begin() as tx:
        await set_password(tx, session, chosen, now=town.now)
    with pytest.raises(PasswordTooShort):
        await turn_off(town.accounts, session, password=short, code=app.code(town.now), now=town.now)
    assert await count(town, made, "second_factor") == 1


async def test_the_secret_is_sealed_and_no_code_is_stored(town: Town) -> None:
    made, app = await with_app(town, handle=name())
    secret = (await made.cell.database.fetch("SELECT secret FROM second_factor WHERE owner_id = $1", made.member_id))[0]
    codes = await made.cell.database.fetch("SELECT code_hash FROM recovery_code WHERE owner_id = $1", made.member_id)
    stored = secret["secret"] + b"".join(row["code_hash"] for row in codes)
    assert app.secret.encode() not in stored
    assert not any(code.replace("-", "").encode() in stored for code in app.recovery)


def test_an_app_shows_what_other_apps_show() -> None:
    app = App(new_secret(), [])
    now = datetime(2026, 3, 1, 12, 0, 15, tzinfo=NOON.tzinfo)
    assert app.code(now) == pyotp.TOTP(app.secret).at(now)
