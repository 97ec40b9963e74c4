"""Keys in memory: not too many, not too long, and overwritten when they go."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kept.kit import Database, new_id
from kept.vault import CacheSize, Reason
from kept.vault.cache import KeyCache, MemberKeys
from kept.vault.wrapping import new_key
from tests.vault.conftest import OpenVault
from tests.vault.made_up import BIRTH, EMAIL


def keys() -> MemberKeys:
    return MemberKeys(new_key(), 1, "eu")


@given(st.lists(st.tuples(st.sampled_from(["put", "forget", "sweep", "wait", "all"]), st.integers(0, 9)), max_size=40))
def test_what_leaves_is_overwritten_and_what_stays_is_in_bounds(steps: list[tuple[str, int]]) -> None:
    now = [0.0]
    cache = KeyCache(CacheSize(members=4, seconds=10), lambda: now[0])
    made: list[MemberKeys] = []
    for step, number in steps:
        member = UUID(int=number)
        if step == "put":
            made.append(keys())
            cache.put(member, made[-1])
        elif step == "forget":
            cache.forget([member])
            assert member.int not in cache.entries
            assert cache.is_shredded(member)
        elif step == "wait":
            now[0] += number
        elif step == "all":
            cache.forget_all()
        else:
            cache.sweep()
            assert all(entry.until > now[0] for entry in cache.entries.values())
        assert len(cache.entries) <= 4
        held = {id(entry) for entry in cache.entries.values()}
        for one in made:
            assert any(one.key) == (id(one) in held)


async def test_a_key_is_read_anew_when_its_time_is_up(open_vault: OpenVault, store: Database) -> None:
    now = [0.0]
    vault = open_vault(cache=CacheSize(seconds=60), monotonic=lambda: now[0], lease_seconds=5.0)
    member = new_id()
    await vault.create(member)
    await vault.seal(member, EMAIL, member, b"text")
    first = vault._cache.entries[member.int]
    now[0] = 59
    await vault.seal(member, BIRTH, member, b"text")
    assert vault._cache.entries[member.int] is first
    now[0] = 66
    await vault.seal(member, EMAIL, member, b"text")
    assert vault._cache.entries[member.int] is not first
    assert not any(first.key)


async def test_few_place_keys_are_kept_ready_and_all_go_on_working(open_vault: OpenVault) -> None:
    vault = open_vault(cache=CacheSize(members=3, places=2))
    members = [new_id() for _ in range(5)]
    for member in members:
        await vault.create(member)
    for _ in range(3):
        for member in members:
            for place in (EMAIL, BIRTH):
                sealed = await vault.seal(member, place, member, member.bytes)
                assert await vault.open(member, place, member, sealed, reason=Reason.OWNER) == member.bytes
            assert sum(len(entry.places) for entry in vault._cache.entries.values()) <= 2
            assert len(vault._cache.entries) <= 3


async def test_a_warm_key_asks_the_store_nothing(open_vault: OpenVault, monkeypatch: pytest.MonkeyPatch) -> None:
    vault = open_vault(lease_seconds=30.0)
    member = new_id()
    await vault.create(member)
    sealed = await vault.seal(member, EMAIL, member, b"text")

    async def refuse(*_: object) -> None:
        raise AssertionError("the key store was asked")

    monkeypatch.setattr(open_vault.holders[vault]._store, "fetch", refuse)
    monkeypatch.setattr(vault, "_find", refuse)
    assert await vault.open(member, EMAIL, member, sealed, reason=Reason.OWNER) == b"text"
    assert await vault.seal(member, EMAIL, member, b"text") != sealed
    assert await vault.seal(member, BIRTH, member, b"text") != sealed


async def test_closing_overwrites_every_key_in_memory(open_vault: OpenVault) -> None:
    vault = open_vault()
    member = new_id()
    await vault.create(member)
    await vault.seal(member, EMAIL, member, b"text")
    held = vault._cache.entries[member.int].key
    buckets = [key for key, _ in open_vault.holders[vault]._buckets._held.values()]
    assert any(held)
    assert all(map(any, buckets))
    holder = open_vault.holders[vault]
    await vault.close()
    await holder.close()
    assert not any(held)
    assert not any(map(any, buckets))
