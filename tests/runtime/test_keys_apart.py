"""A process that holds no keys: what it opens, and what it remembers of what an operator said."""

import gc
from pathlib import Path
from typing import Any

import msgspec
import pytest

from kept.app.compose import GATES
from kept.cells import Keys, KeysApart
from kept.kit import Settings, load_settings
from kept.kit.settings import Region
from kept.kit.settings import Vault as VaultSettings
from kept.runtime import open_key_holders, open_runtime
from kept.vault import KeyHolder
from tests.fixtures.house import House

SECRET = "hunter-2-of-the-key-store"


def configured(folder: Path) -> Settings:
    """One region on servers of the operator's own, with a PIN in a file."""
    regions = {
        "eu": Region(
            residents=["*"],
            database="postgresql://data:said@localhost/data",
            keys_database=f"postgresql://keys:{SECRET}@localhost/keys",
        )
    }
    vault = VaultSettings(apart=True, kms="pkcs11", pkcs11_pin_file=f"/run/{SECRET}", pkcs11_module="m", pkcs11_token="t")
    return msgspec.structs.replace(load_settings(environ={}), data=str(folder), regions=regions, vault=vault)


def asked_of(asked: list[str]) -> Any:
    def embedded(name: str) -> str:
        asked.append(name)
        return f"postgresql://{name}:said@localhost/{name}"

    return embedded


def reachable(thing: object) -> set[str]:
    """Every text that can be reached from an object, and every part of an address."""
    seen, waiting, texts = {id(thing)}, [thing], set()
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            texts.add(one)
        for other in gc.get_referents(one):
            if id(other) not in seen and not isinstance(other, type) and type(other).__name__ not in ("module", "function"):
                seen.add(id(other))
                waiting.append(other)
    return texts


@pytest.mark.parametrize("keys", [Keys.HERE, Keys.APART])
async def test_with_keys_apart_nothing_that_leads_to_them_is_remembered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, keys: Keys
) -> None:
    monkeypatch.setattr("kept.runtime.keys.open_kms", lambda _settings: None)  # there is no token here
    runtime = open_runtime(configured(tmp_path), asked_of([]), gates=GATES, keys=keys)
    told = [text for text in reachable(runtime) if SECRET in text]
    assert bool(told) is (keys is Keys.HERE), told
    await runtime.close()


async def test_with_keys_apart_no_address_of_a_key_store_is_asked_for(tmp_path: Path) -> None:
    asked: list[str] = []
    settings = msgspec.structs.replace(load_settings(environ={}), data=str(tmp_path))
    runtime = open_runtime(settings, asked_of(asked), gates=GATES, keys=Keys.APART)
    assert sorted(asked) == ["kept_directory", "kept_eu", "kept_ledger", "kept_us"]
    assert not any(isinstance(vault, KeyHolder) for vault in runtime.vaults.values())
    for cell in runtime.cells:
        with pytest.raises(KeysApart):
            cell.keys_database  # noqa: B018  asking is what it is about
    assert [path.name for path in (tmp_path / "keys").iterdir()] == ["beacon.key"]
    await runtime.close()


async def test_the_vault_opens_key_stores_and_nothing_else(house: House) -> None:
    asked: list[str] = []
    holders = open_key_holders(house.settings, asked_of(asked), house.clock)
    assert sorted(asked) == ["kept_eu_keys", "kept_us_keys"]
    assert set(holders.by_cell) == {"us", "eu"}
    await holders.close()
