"""Attacks that were stopped, and controls that let something through."""

from typing import Any

from kept.accounts import HashedPassword, WrongLogin, choose, sign_in
from kept.kit import KeptError
from tests.fixtures.installation import Installation


async def attacks_that_are_stopped(here: Installation) -> None:
    accounts, now = here.runtime.accounts, here.clock.now()
    try:
        await choose(accounts, "qwerty123456789", handle="somebody", email=None)
    except KeptError:
        for _ in range(12):
            try:
                await sign_in(accounts, "nobody.here", "plum-harbour-sixty-lanterns", device="", now=now)
            except (WrongLogin, KeptError):
                continue


async def a_hand_that_sets_counts_of_failures_back(here: Installation) -> None:
    await _trigger(here, "signin_attempt", "failures", "1")


async def a_hand_that_makes_codes_good_again(here: Installation) -> None:
    await _trigger(here, "second_factor", "last_step", "0")


async def a_rule_that_takes_every_password(here: Installation) -> None:
    async def nothing(*_: Any) -> None:
        return None

    async def hashed(_: str) -> str:
        return HashedPassword("").hash

    hasher: Any = here.runtime.accounts.hasher
    hasher.run, hasher.hash = nothing, hashed


async def _trigger(here: Installation, table: str, column: str, value: str) -> None:
    body = f"BEGIN NEW.{column} := {value}; RETURN NEW; END"
    await here.run("eu", f"CREATE FUNCTION undo_{table}() RETURNS trigger LANGUAGE plpgsql AS '{body}'")
    await here.run(
        "eu",
        f"CREATE TRIGGER undo BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION undo_{table}()",
    )


OFFENDERS = [
    ("account.protection", a_hand_that_sets_counts_of_failures_back),
    ("account.protection", a_hand_that_makes_codes_good_again),
    ("account.protection", a_rule_that_takes_every_password),
]
