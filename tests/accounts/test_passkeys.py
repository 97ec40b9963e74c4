"""Passkeys: made and used on this site only, once a challenge, by a device that verifies its user."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kept.accounts import (
    BadPasskey,
    BadTicket,
    LastCredential,
    NoSuchPasskey,
    PasskeyRefused,
    RelyingParty,
    SignedIn,
    WrongLogin,
    add_passkey,
    begin_another,
    begin_asking,
    begin_newcomer,
    finish_making,
    passkeys_of,
    remove_passkey,
    resume,
    sign_in,
    sign_in_with_passkey,
)
from tests.accounts.authenticator import Authenticator
from tests.accounts.town import PASSWORD, Town

SITE = RelyingParty("kept.example", "https://kept.example", "Kept")


def device(**given: object) -> Authenticator:
    return Authenticator(**{"origin": SITE.origin, "rp_id": SITE.id} | given)  # type: ignore[arg-type]


async def join_with(town: Town, phone: Authenticator, **given: object) -> SignedIn:
    """Sign somebody up with a passkey and no password."""
    begun = begin_newcomer(town.accounts.tickets, SITE, "newcomer", now=town.now)
    key = finish_making(town.accounts.tickets, SITE, begun.ticket, phone.make(begun.options), now=town.now)
    return await town.join(credential=key, **given)


async def use(town: Town, phone: Authenticator, site: RelyingParty = SITE) -> SignedIn:
    begun = begin_asking(town.accounts.tickets, SITE, now=town.now)
    return await sign_in_with_passkey(
        town.accounts, site, begun.ticket, phone.answer(begun.options), device="Safari on iPhone", now=town.now
    )


async def test_a_passkey_alone_makes_an_account_and_opens_it(town: Town) -> None:
    phone = device()
    made = await join_with(town, phone, country="DE", handle="no.password", device="Safari on iPhone")
    back = await use(town, phone)
    assert (back.member_id, back.cell.name) == (made.member_id, "eu")
    assert (await resume(town.accounts, back.token, now=town.now)).handle == "no.password"
    assert [key.label for key in await passkeys_of(made.cell, made.member_id)] == ["Safari on iPhone"]
    with pytest.raises(WrongLogin):
        await sign_in(town.accounts, "no.password", PASSWORD, device="", now=town.now)


async def test_the_browser_is_asked_for_a_key_that_needs_neither_name_nor_password(town: Town) -> None:
    begun = begin_newcomer(town.accounts.tickets, SITE, "kim", now=town.now)
    options = json.loads(begun.options)
    assert options["authenticatorSelection"]["residentKey"] == "required"
    assert options["authenticatorSelection"]["userVerification"] == "required"
    assert options["attestation"] == "none"
    asked = json.loads(begin_asking(town.accounts.tickets, SITE, now=town.now).options)
    assert asked["allowCredentials"] == []
    assert asked["userVerification"] == "required"


async def test_a_passkey_made_elsewhere_or_without_its_user_is_refused(town: Town) -> None:
    tickets = town.accounts.tickets
    for bad in (device(origin="https://kept.evil.example"), device(rp_id="evil.example"), device(verifies=False)):
        begun = begin_newcomer(tickets, SITE, "kim", now=town.now)
        with pytest.raises(BadPasskey):
            finish_making(tickets, SITE, begun.ticket, bad.make(begun.options), now=town.now)


async def test_the_answer_to_another_challenge_is_refused(town: Town) -> None:
    tickets = town.accounts.tickets
    first, second = (begin_newcomer(tickets, SITE, "kim", now=town.now) for _ in range(2))
    with pytest.raises(BadPasskey):
        finish_making(tickets, SITE, second.ticket, device().make(first.options), now=town.now)
    with pytest.raises(BadTicket):
        finish_making(tickets, SITE, first.ticket, device().make(first.options), now=town.now + timedelta(minutes=11))


async def test_an_answer_from_another_site_is_refused(town: Town) -> None:
    phone = device()
    await join_with(town, phone)
    for lie in ({"origin": "https://kept.evil.example"}, {"rp_id": "evil.example"}, {"verifies": False}):
        with pytest.raises(PasskeyRefused):
            await use(town, replace(phone, **lie))  # type: ignore[arg-type]
    assert await use(town, phone)


async def test_an_answer_counts_once(town: Town) -> None:
    phone = device(counter=-1)
    made = await join_with(town, replace(phone, counter=0))
    phone.user = made.member_id.bytes
    begun = begin_asking(town.accounts.tickets, SITE, now=town.now)
    said = phone.answer(begun.options)  # with a counter of nought, as synchronised passkeys have
    given = {"device": "", "now": town.now}
    assert await sign_in_with_passkey(town.accounts, SITE, begun.ticket, said, **given)
    with pytest.raises(PasskeyRefused):
        await sign_in_with_passkey(town.accounts, SITE, begun.ticket, said, **given)


async def test_a_copied_authenticator_betrays_itself_by_its_counter(town: Town) -> None:
    phone = device()
    await join_with(town, phone)
    copy = replace(phone)
    await use(town, phone)
    await use(town, phone)
    with pytest.raises(PasskeyRefused):
        await use(town, copy)


async def test_nobody_elses_key_opens_an_account(town: Town) -> None:
    mine, theirs = device(), device()
    await join_with(town, mine)
    await join_with(town, theirs)
    with pytest.raises(PasskeyRefused):
        await use(town, replace(mine, user=theirs.user))
    with pytest.raises(PasskeyRefused):
        await use(town, replace(mine, user=theirs.user, credential_id=theirs.credential_id))
    with pytest.raises(PasskeyRefused):
        await use(town, device(user=bytes(16)))


async def test_a_member_adds_and_removes_passkeys_but_never_the_last_way_in(town: Town) -> None:
    phone, laptop = device(), device()
    made = await join_with(town, phone, handle="two.keys")
    session = await resume(town.accounts, made.token, now=town.now)
    begun = await begin_another(town.accounts.tickets, SITE, session, now=town.now)
    assert [one["id"] for one in json.loads(begun.options)["excludeCredentials"]]
    key = finish_making(town.accounts.tickets, SITE, begun.ticket, laptop.make(begun.options), now=town.now)
    async with made.cell.begin() as tx:
        await add_passkey(tx, session, key, label="Firefox on Linux", now=town.now)
    assert await use(town, laptop)
    async with made.cell.begin() as tx:
        await remove_passkey(tx, session, phone.credential_id)
    with pytest.raises(PasskeyRefused):
        await use(town, phone)
    async with made.cell.begin() as tx:
        with pytest.raises(NoSuchPasskey):
            await remove_passkey(tx, session, phone.credential_id)
        with pytest.raises(LastCredential):
            await remove_passkey(tx, session, laptop.credential_id)
    assert await use(town, laptop)


async def test_a_passkey_made_for_one_member_is_not_given_to_another(town: Town) -> None:
    made = await town.join()
    session = await resume(town.accounts, made.token, now=town.now)
    begun = begin_newcomer(town.accounts.tickets, SITE, "kim", now=town.now)
    key = finish_making(town.accounts.tickets, SITE, begun.ticket, device().make(begun.options), now=town.now)
    async with made.cell.begin() as tx:
        with pytest.raises(BadPasskey):
            await add_passkey(tx, session, key, label="", now=town.now)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["id", "rawId", "type", "response", "clientDataJSON", "attestationObject", "userHandle", "signature"]),
        inner, max_size=5,
    ),
    max_leaves=8,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(json_values.map(json.dumps) | st.text(max_size=40))
async def test_whatever_a_browser_sends_the_answer_is_a_refusal(town: Town, said: str) -> None:
    made, asked = (
        begin_newcomer(town.accounts.tickets, SITE, "kim", now=town.now),
        begin_asking(town.accounts.tickets, SITE, now=town.now),
    )
    with pytest.raises(BadPasskey):
        finish_making(town.accounts.tickets, SITE, made.ticket, said, now=town.now)
    with pytest.raises(PasskeyRefused):
        await sign_in_with_passkey(town.accounts, SITE, asked.ticket, said, device="", now=town.now)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(st.integers(0, 10_000), st.integers(1, 255))
async def test_a_flipped_byte_in_an_answer_is_refused(town: Town, position: int, change: int) -> None:
    begun = begin_newcomer(town.accounts.tickets, SITE, "kim", now=town.now)
    said = bytearray(device().make(begun.options).encode())
    said[position % len(said)] ^= change
    try:
        key = finish_making(town.accounts.tickets, SITE, begun.ticket, said.decode("latin-1"), now=town.now)
    except BadPasskey:
        return
    assert key.public_key, "what is not signed may change, such as spaces"
