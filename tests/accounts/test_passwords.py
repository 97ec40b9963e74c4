import asyncio
import hashlib
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kept.accounts import (
    Hasher,
    PasswordBreached,
    PasswordNamesUs,
    PasswordNamesYou,
    PasswordTooLong,
    PasswordTooShort,
    PasswordWeak,
    TooBusy,
    judged,
)
from kept.accounts.passwords import BreachedList, normal_password
from kept.kit.settings import Accounts as AccountSettings
from kept.kit.settings import BadSettings
from tests.accounts.town import CHEAP, PASSWORD


async def judge(password: str, breached: BreachedList | None = None) -> str:
    hasher = Hasher(CHEAP)
    try:
        taken = await judged(
            hasher, breached, password, handle="kim.lee", email="kimberly@example.org", site="kept"
        )
        assert await hasher.matches(taken.hash, normal_password(password))
        return taken.hash
    finally:
        hasher.close()


@pytest.mark.parametrize("password", [PASSWORD, "Str0ng-pass-word-42", "mein kleines pferd", "пароль от моей лодки"])
async def test_a_good_password_is_taken_as_argon2id(password: str) -> None:
    assert (await judge(password)).startswith("$argon2id$")


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("short", PasswordTooShort),
        ("owl-boat-hat-7", PasswordTooShort),
        ("ⅷ", PasswordTooShort),
        ("x" * 257, PasswordTooLong),
        ("x" * 100_000, PasswordTooLong),
        ("kept! kept! kept!", PasswordNamesUs),
        ("keptkeptkeptkept", PasswordNamesUs),
        ("qwerty123456789", PasswordBreached),
        ("1qaz2wsx3edc4rfv", PasswordBreached),
        ("P@ssw0rd1P@ssw0rd1", PasswordWeak),
        ("aaaaaaaaaaaaaaaa", PasswordWeak),
        ("12345678910111213", PasswordWeak),
        ("I am Kim.Lee indeed, hello", PasswordNamesYou),
        ("kimberly-plum-harbour", PasswordNamesYou),
    ],
)
async def test_a_bad_password_is_refused_and_told_why(password: str, why: type[Exception]) -> None:
    with pytest.raises(why):
        await judge(password)


def listed(folder: Path, passwords: list[str], digits: int = 40, count: str = "") -> BreachedList:
    hashes = sorted({hashlib.sha1(p.encode(), usedforsecurity=False).hexdigest()[:digits].upper() for p in passwords})
    file = folder / "breached.txt"
    file.write_text("".join(f"{one}{count}\n" for one in hashes))
    return BreachedList(str(file))


@pytest.mark.parametrize(("digits", "count"), [(40, ""), (40, ":17"), (16, "")])
def test_every_password_of_the_list_is_found_and_no_other(tmp_path: Path, digits: int, count: str) -> None:
    passwords = [f"secret {number}" for number in range(2_000)]
    breached = listed(tmp_path, passwords, digits, count)
    assert all(breached.holds(password) for password in passwords)
    assert not any(breached.holds(f"other {number}") for number in range(2_000))


@given(st.lists(st.text(min_size=1, max_size=5), min_size=1, max_size=30), st.text(max_size=5))
def test_a_list_of_any_length_is_searched_rightly(passwords: list[str], other: str) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        breached = listed(Path(folder), passwords, count=random.choice(["", ":1", ":123456"]))
        assert all(breached.holds(password) for password in passwords)
        assert breached.holds(other) == (other in passwords)


async def test_a_password_of_the_operators_list_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PasswordBreached):
        await judge(PASSWORD, listed(tmp_path, [PASSWORD]))


@pytest.mark.parametrize("content", [None, "", "not hashes\n", "abc\n"])
def test_a_list_that_is_none_is_refused_at_start(tmp_path: Path, content: str | None) -> None:
    file = tmp_path / "list"
    if content is not None:
        file.write_text(content)
    with pytest.raises(BadSettings, match="breached_passwords"):
        BreachedList(str(file))


async def test_who_comes_when_too_many_wait_is_told_to_come_back() -> None:
    slow = AccountSettings(argon2_memory_kib=16_384, argon2_time=2)  # nobody is done before the last one came
    hasher = Hasher(slow, waiting=3)
    results = await asyncio.gather(*(hasher.hash(PASSWORD) for _ in range(12)), return_exceptions=True)
    assert sum(isinstance(one, TooBusy) for one in results) >= 12 - 5 - 2
    assert sum(isinstance(one, str) for one in results) >= 5
    assert (await hasher.hash(PASSWORD)).startswith("$argon2id$")
    hasher.close()


async def test_hashing_leaves_the_loop_free() -> None:
    hasher = Hasher(AccountSettings(argon2_memory_kib=65_536, argon2_time=3))
    work, turns = asyncio.create_task(hasher.hash(PASSWORD)), 0
    while not work.done():
        await asyncio.sleep(0.001)
        turns += 1
    hasher.close()
    assert turns > 5


async def test_who_gives_up_waiting_leaves_room_behind() -> None:
    hasher = Hasher(CHEAP, waiting=0)
    for _ in range(20):
        task = asyncio.create_task(hasher.hash(PASSWORD))
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await asyncio.sleep(0.01)
    assert await hasher.matches(None, PASSWORD) is False
    hasher.close()


async def test_an_older_hash_is_known_as_dated() -> None:
    old, new = Hasher(CHEAP), Hasher(AccountSettings(argon2_memory_kib=128, argon2_time=1))
    hashed = await old.hash(PASSWORD)
    assert not old.is_dated(hashed)
    assert new.is_dated(hashed)
    assert await new.matches(hashed, PASSWORD)
    old.close()
    new.close()
