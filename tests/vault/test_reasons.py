"""Nothing is opened without a reason that is good for the place."""

import pytest

from kept.kit import Kind, new_id
from kept.vault import KeyDestroyed, Reason, ReasonRefused, Vault
from tests.vault.made_up import BIRTH, DRAFT, EMAIL, FILE, LETTER, TOTP

PLACES = (EMAIL, BIRTH, DRAFT, TOTP, LETTER, FILE)
OPENS = {
    Reason.OWNER: {EMAIL, BIRTH, DRAFT, LETTER},
    Reason.DELIVERY: {EMAIL, LETTER},
    Reason.SECURITY_LOGIN: {EMAIL, TOTP},
    Reason.SERVICE: {EMAIL, BIRTH},
    Reason.PROCESSING: {EMAIL, BIRTH, DRAFT},
    Reason.EXPORT: {EMAIL, BIRTH, DRAFT, LETTER},
    Reason.CASE: {FILE},
    Reason.LEGAL_PROCESS: set(),
    Reason.ENFORCEMENT: set(),
    Reason.STAFF: set(),
}


@pytest.mark.parametrize("reason", Reason)
async def test_a_reason_opens_the_places_it_is_good_for_and_no_other(vault: Vault, reason: Reason) -> None:
    member = new_id()
    await vault.create(member)
    for place in PLACES:
        sealed = await vault.seal(member, place, member, b"text")
        if place in OPENS[reason]:
            one = await vault.open(member, place, member, sealed, reason=reason)
            many = await vault.open_many(member, place, [(member, sealed)], reason=reason)
            assert [one] == many == [b"text"]
            continue
        with pytest.raises(ReasonRefused) as refused:
            await vault.open(member, place, member, sealed, reason=reason)
        assert refused.value.kind is Kind.FORBIDDEN
        assert refused.value.details == {"reason": reason, "place": place}
        with pytest.raises(ReasonRefused):
            await vault.open_many(member, place, [(member, sealed)], reason=reason)


@pytest.mark.parametrize("reason", [None, "owner", "", 0, True, object()])
async def test_what_is_no_reason_opens_nothing(vault: Vault, reason: Reason) -> None:
    member = new_id()
    await vault.create(member)
    sealed = await vault.seal(member, EMAIL, member, b"text")
    with pytest.raises(ReasonRefused):
        await vault.open(member, EMAIL, member, sealed, reason=reason)
    with pytest.raises(ReasonRefused):
        await vault.open_many(member, EMAIL, [(member, sealed)], reason=reason)
    assert vault.take_opens() == {"vault.refused:none": 2}


async def test_opening_without_a_reason_is_not_even_a_call(vault: Vault) -> None:
    with pytest.raises(TypeError):
        await vault.open(new_id(), EMAIL, new_id(), None)  # type: ignore[call-arg,arg-type]


async def test_a_refusal_comes_before_any_key_is_touched(vault: Vault) -> None:
    shredded = new_id()
    await vault.create(shredded)
    sealed = await vault.seal(shredded, EMAIL, shredded, b"text")
    await vault.shred(shredded)
    with pytest.raises(ReasonRefused):
        await vault.open(shredded, EMAIL, shredded, sealed, reason=Reason.LEGAL_PROCESS)
    with pytest.raises(KeyDestroyed):
        await vault.open(shredded, EMAIL, shredded, sealed, reason=Reason.OWNER)


async def test_opens_are_counted_by_reason_once(vault: Vault) -> None:
    member = new_id()
    await vault.create(member)
    sealed = await vault.seal(member, EMAIL, member, b"text")
    await vault.open(member, EMAIL, member, sealed, reason=Reason.OWNER)
    await vault.open_many(member, EMAIL, [(member, sealed)] * 4, reason=Reason.OWNER)
    await vault.open(member, EMAIL, member, sealed, reason=Reason.EXPORT)
    with pytest.raises(ReasonRefused):
        await vault.open(member, EMAIL, member, sealed, reason=Reason.ENFORCEMENT)
    assert vault.take_opens() == {"vault.opened:owner": 5, "vault.opened:export": 1, "vault.refused:enforcement": 1}
    assert vault.take_opens() == {}
