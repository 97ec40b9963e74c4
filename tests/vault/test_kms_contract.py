"""What every key management must do, tried on each kind."""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from kept.kit import Kind
from kept.kit.settings import BadSettings, Settings
from kept.kit.settings import Vault as VaultSettings
from kept.vault import Kms, KmsAway, LocalKms, RootKeyLost, Wrapped, WrongKey, open_kms
from tests.vault.kms_kinds import KINDS, PIN, TOKEN_LABEL, Another, roots, softhsm, token

KEY = bytes(range(32))
AAD = b"what it is bound to"


@pytest.fixture(scope="module", params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def another(kind: str, tmp_path: Path) -> Iterator[Another]:
    with roots(kind, tmp_path) as opened:
        yield opened


@pytest.fixture
async def kms(another: Another) -> AsyncIterator[Kms]:
    opened = another()
    yield opened
    await opened.close()


async def test_a_wrapped_key_comes_back_in_any_process(kms: Kms, another: Another) -> None:
    wrapped = await kms.wrap("eu", KEY, AAD)
    assert await kms.unwrap("eu", wrapped, AAD) == KEY
    other = another()
    assert await other.unwrap("eu", wrapped, AAD) == KEY
    await other.close()
    assert KEY not in wrapped.blob
    assert (await kms.wrap("eu", bytearray(KEY), AAD)).blob != wrapped.blob


async def test_a_wrapped_key_is_bound_to_region_epoch_and_use(kms: Kms) -> None:
    wrapped = await kms.wrap("eu", KEY, AAD)
    await kms.wrap("us", KEY, AAD)
    await kms.advance("eu")
    for region, moved, aad in (
        ("us", wrapped, AAD),
        ("eu", wrapped, b"something else"),
        ("eu", wrapped, b""),
        ("eu", Wrapped(2, wrapped.blob), AAD),
        ("eu", Wrapped(1, wrapped.blob[:-1] + bytes([wrapped.blob[-1] ^ 1])), AAD),
        ("eu", Wrapped(1, wrapped.blob[:-30] + bytes([wrapped.blob[-30] ^ 1]) + wrapped.blob[-29:]), AAD),
        ("eu", Wrapped(1, wrapped.blob[:-1]), AAD),
    ):
        with pytest.raises(WrongKey):
            await kms.unwrap(region, moved, aad)
    assert await kms.unwrap("eu", wrapped, AAD) == KEY


async def test_a_new_epoch_wraps_and_the_old_one_goes_on_opening(kms: Kms, another: Another) -> None:
    other = another()
    old = await other.wrap("eu", KEY, AAD)
    assert await kms.advance("eu") == 2
    # At once, in a process that wrapped under the older one before.
    new = await other.wrap("eu", KEY, AAD)
    await other.close()
    assert (old.epoch, new.epoch) == (1, 2)
    assert await kms.unwrap("eu", old, AAD) == await kms.unwrap("eu", new, AAD) == KEY
    assert await kms.epochs("eu") == [1, 2]
    assert await kms.epochs("us") == []


async def test_a_destroyed_root_opens_nothing_in_any_process_and_does_not_come_back(
    kms: Kms, another: Another, kind: str
) -> None:
    other = another()
    old = await kms.wrap("eu", KEY, AAD)
    theirs = await kms.wrap("us", KEY, AAD)
    assert await other.unwrap("eu", old, AAD) == KEY
    await kms.advance("eu")
    new = await kms.wrap("eu", KEY, AAD)
    for _ in range(2):
        assert await kms.destroy("eu", 1) == (timedelta(days=7) if kind == "aws" else timedelta())
    for each in (kms, other):
        with pytest.raises(RootKeyLost):
            await each.unwrap("eu", old, AAD)
        assert await each.unwrap("eu", new, AAD) == await each.unwrap("us", theirs, AAD) == KEY
        assert await each.epochs("eu") == [2]
        assert (await each.wrap("eu", KEY, AAD)).epoch == 2
    assert await kms.advance("eu") == 3
    await other.close()


async def test_what_no_root_wrapped_is_missed_and_no_root_is_made_for_it(kms: Kms) -> None:
    with pytest.raises(RootKeyLost):
        await kms.unwrap("us", Wrapped(1, b"blob"), AAD)
    assert await kms.epochs("us") == []


async def test_those_that_start_together_open_each_others(another: Another) -> None:
    several = [another() for _ in range(4)]
    wrapped = await asyncio.gather(*(each.wrap("eu", KEY, AAD) for each in several))
    assert [bytes(await several[0].unwrap("eu", one, AAD)) for one in wrapped] == [KEY] * 4
    for each in several:
        await each.close()


@pytest.mark.parametrize("region", ["", "..", "eu/../us", "EU", "a b", "-x"])
async def test_a_region_cannot_lead_elsewhere(kms: Kms, region: str) -> None:
    with pytest.raises(ValueError, match="not a name for a region"):
        await kms.wrap(region, KEY, AAD)


@pytest.mark.parametrize("length", [0, 31, 33])
async def test_a_damaged_blob_of_any_length_is_refused(kms: Kms, length: int) -> None:
    await kms.wrap("eu", KEY, AAD)
    with pytest.raises(WrongKey):
        await kms.unwrap("eu", Wrapped(1, bytes(length)), AAD)


async def test_a_service_that_is_away_says_so_and_gives_no_secret_away(caplog: pytest.LogCaptureFixture) -> None:
    from kept.vault.kms.aws import AwsKms
    from kept.vault.kms.openbao import OpenBaoKms

    caplog.set_level(logging.INFO)
    for away in (
        OpenBaoKms("http://127.0.0.1:9", "s.secret-token"),
        AwsKms("eu-central-1", endpoint="http://127.0.0.1:9"),
    ):
        with pytest.raises(KmsAway) as error:
            await away.wrap("eu", KEY, AAD)
        assert error.value.kind is Kind.BUSY
        assert "s.secret-token" not in caplog.text + repr(error.value)
        await away.close()


async def test_a_wrong_pin_or_token_is_no_key_management() -> None:
    module = softhsm()
    from kept.vault.kms.openbao import OpenBaoKms
    from kept.vault.kms.pkcs11 import Pkcs11Kms
    from tests.vault.openbao_double import Transit

    transit = Transit()
    token()
    for wrong in (
        Pkcs11Kms(module, TOKEN_LABEL, "9999"),
        Pkcs11Kms(module, "no such", PIN),
        OpenBaoKms(transit.address, "s.wrong"),
    ):
        with pytest.raises(KmsAway):
            await wrong.wrap("eu", KEY, AAD)
        await wrong.close()
    transit.close()


def said(**values: str) -> Settings:
    return Settings(data="/nowhere", vault=VaultSettings(**values))  # type: ignore[arg-type]


def test_the_settings_choose_and_say_what_is_missing(tmp_path: Path) -> None:
    assert isinstance(open_kms(said(), {}), LocalKms)
    pin = tmp_path / "pin"
    pin.write_text("1234\n")
    token = {"kms": "pkcs11", "pkcs11_module": "/x.so", "pkcs11_token": "kept"}
    bao = {"kms": "openbao", "openbao_address": "https://bao.example"}
    assert type(open_kms(said(**token, pkcs11_pin_file=str(pin)), {})).__name__ == "Pkcs11Kms"
    assert type(open_kms(said(**token), {"PKCS11_PIN": "1234"})).__name__ == "Pkcs11Kms"
    assert type(open_kms(said(**bao), {"BAO_TOKEN": "x"})).__name__ == "OpenBaoKms"
    assert type(open_kms(said(kms="aws", aws_region="eu-central-1"), {})).__name__ == "AwsKms"
    for values, missing in (
        ({"kms": "pkcs11"}, "pkcs11_module"),
        (token, "PKCS11_PIN"),
        (token | {"pkcs11_pin_file": str(tmp_path / "none")}, "pkcs11_pin_file"),
        ({"kms": "aws"}, "aws_region"),
        ({"kms": "aws", "aws_region": "eu-central-1", "aws_endpoint": "http://kms.example"}, "https"),
        ({"kms": "openbao"}, "openbao_address"),
        (bao, "BAO_TOKEN or VAULT_TOKEN"),
        (bao | {"openbao_address": "http://bao.example"}, "https"),
    ):
        with pytest.raises(BadSettings, match=missing):
            open_kms(said(**values), {})
