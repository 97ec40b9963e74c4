"""Roots in files: what those files must be. What every key management must do is in `test_kms_contract.py`."""

import asyncio
import os
import pwd
import resource
import signal
import stat
from pathlib import Path

import pytest

from kept.postgres import system_account
from kept.vault import Beacon, KeyFileExposed, LocalKms, RootKeyLost, Wrapped, WrongKey
from kept.vault.kms import VAULT_USER, hand_over

KEY = bytes(range(32))
AAD = b"what it is bound to"
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")


def modes(folder: Path) -> dict[str, int]:
    paths = [folder, *folder.rglob("*")]
    return {str(path.relative_to(folder)): stat.S_IMODE(path.stat().st_mode) for path in paths}


def owners(folder: Path) -> dict[str, int]:
    return {str(path.relative_to(folder)): path.stat().st_uid for path in folder.rglob("*")}


@pytest.fixture
def kms(keys_folder: Path) -> LocalKms:
    return LocalKms(keys_folder)


@pytest.fixture
def vault_user() -> pwd.struct_passwd:
    return pwd.getpwuid(system_account(VAULT_USER).uid)


async def test_regions_and_epochs_that_share_a_root_by_mistake_are_still_told_apart(
    kms: LocalKms, keys_folder: Path
) -> None:
    wrapped = await kms.wrap("eu", KEY, AAD)
    await kms.wrap("us", KEY, AAD)
    await kms.advance("eu")
    root = (keys_folder / "eu" / "root-00001.key").read_bytes()
    for name in ("us/root-00001.key", "eu/root-00002.key"):
        (keys_folder / name).write_bytes(root)
    again = LocalKms(keys_folder)
    assert await again.unwrap("eu", wrapped, AAD) == KEY
    for region, epoch in (("us", 1), ("eu", 2)):
        with pytest.raises(WrongKey):
            await again.unwrap(region, Wrapped(epoch, wrapped.blob), AAD)


async def test_a_root_that_is_gone_is_missed_and_not_replaced(kms: LocalKms, keys_folder: Path) -> None:
    wrapped = await kms.wrap("eu", KEY, AAD)
    (keys_folder / "eu" / "root-00001.key").unlink()
    with pytest.raises(RootKeyLost):
        await LocalKms(keys_folder).unwrap("eu", wrapped, AAD)
    with pytest.raises(RootKeyLost):
        await LocalKms(keys_folder).unwrap("us", wrapped, AAD)
    assert modes(keys_folder) == {".": 0o700, "eu": 0o700}


async def test_roots_are_for_their_owner_only(kms: LocalKms, keys_folder: Path) -> None:
    before = os.umask(0)
    try:
        await kms.wrap("eu", KEY, AAD)
    finally:
        os.umask(before)
    assert modes(keys_folder) == {".": 0o700, "eu": 0o700, "eu/root-00001.key": 0o600}


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
async def test_a_root_that_others_may_read_is_refused(kms: LocalKms, keys_folder: Path, mode: int) -> None:
    await kms.wrap("eu", KEY, AAD)
    (keys_folder / "eu" / "root-00001.key").chmod(mode)
    with pytest.raises(KeyFileExposed, match="open to others"):
        await LocalKms(keys_folder).wrap("eu", KEY, AAD)


@pytest.mark.parametrize("folder", ["", "eu"])
async def test_a_folder_that_others_may_enter_is_refused(kms: LocalKms, keys_folder: Path, folder: str) -> None:
    await kms.wrap("eu", KEY, AAD)
    (keys_folder / folder).chmod(0o755)
    with pytest.raises(KeyFileExposed, match="open to others"):
        await LocalKms(keys_folder).wrap("eu", KEY, AAD)


async def test_a_link_or_a_damaged_file_is_no_root(kms: LocalKms, keys_folder: Path) -> None:
    wrapped = await kms.wrap("eu", KEY, AAD)
    root = keys_folder / "eu" / "root-00001.key"
    root.rename(keys_folder / "elsewhere")
    root.symlink_to(keys_folder / "elsewhere")
    with pytest.raises(KeyFileExposed):
        await LocalKms(keys_folder).unwrap("eu", wrapped, AAD)
    root.unlink()
    for damaged in (b"", KEY[:-1], KEY + b"\n"):
        root.write_bytes(damaged)
        root.chmod(0o600)
        with pytest.raises(KeyFileExposed, match="damaged"):
            await LocalKms(keys_folder).unwrap("eu", wrapped, AAD)


@pytest.mark.parametrize("region", ["", "..", "eu/../us", "EU", "a b", "-x"])
async def test_a_region_cannot_lead_out_of_the_folder(kms: LocalKms, region: str) -> None:
    with pytest.raises(ValueError, match="not a name for a region"):
        await kms.wrap(region, KEY, AAD)


async def test_those_that_start_together_agree_on_one_root(keys_folder: Path) -> None:
    kms = LocalKms(keys_folder)
    wrapped = await asyncio.gather(*(LocalKms(keys_folder).wrap("eu", KEY, AAD) for _ in range(16)))
    assert [bytes(await kms.unwrap("eu", one, AAD)) for one in wrapped] == [KEY] * 16
    assert [path.name for path in (keys_folder / "eu").iterdir()] == ["root-00001.key"]


async def test_a_root_that_could_not_be_written_leaves_nothing_behind(kms: LocalKms, keys_folder: Path) -> None:
    """A full disk, played by a limit on the size of files."""
    await kms.wrap("eu", KEY, AAD)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    previous = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (16, limits[1]))
        with pytest.raises(OSError, match="File too large"):
            await kms.advance("eu")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, previous)
    assert [path.name for path in (keys_folder / "eu").iterdir()] == ["root-00001.key"]
    assert (await kms.wrap("eu", KEY, AAD)).epoch == 1


async def test_a_destroyed_root_is_overwritten_before_it_is_unlinked(kms: LocalKms, keys_folder: Path) -> None:
    await kms.wrap("eu", KEY, AAD)
    root, witness = keys_folder / "eu" / "root-00001.key", keys_folder / "link"
    os.link(root, witness)
    await kms.destroy("eu", 1)
    assert [path.name for path in (keys_folder / "eu").iterdir()] == []
    assert witness.read_bytes() == bytes(32)
    await kms.destroy("eu", 1)


@as_root
async def test_roots_that_were_handed_over_stay_the_vault_s_whoever_makes_the_next_one(
    kms: LocalKms, keys_folder: Path, vault_user: pwd.struct_passwd
) -> None:
    wrapped = await kms.wrap("eu", KEY, AAD)
    for _ in range(2):  # it can be repeated
        hand_over(keys_folder, vault_user.pw_uid, vault_user.pw_gid)
    Beacon(keys_folder / "beacon.key")
    assert await kms.unwrap("eu", wrapped, AAD) == KEY
    assert await kms.advance("eu") == 2
    await kms.wrap("us", KEY, AAD)
    theirs = {"eu", "us", "eu/root-00001.key", "eu/root-00002.key", "us/root-00001.key"}
    assert owners(keys_folder) == dict.fromkeys(theirs, vault_user.pw_uid) | {"beacon.key": 0}
    await kms.destroy("eu", 1)
    with pytest.raises(RootKeyLost):
        await kms.unwrap("eu", wrapped, AAD)


@as_root
async def test_only_the_vault_s_group_may_pass_and_only_its_user_may_own(
    kms: LocalKms, keys_folder: Path, vault_user: pwd.struct_passwd
) -> None:
    wrapped = await kms.wrap("eu", KEY, AAD)
    hand_over(keys_folder, vault_user.pw_uid, vault_user.pw_gid)
    for mode in (0o711, 0o750, 0o730):
        os.chmod(keys_folder, mode)
        with pytest.raises(KeyFileExposed, match="open to others"):
            await kms.unwrap("eu", wrapped, AAD)
    os.chmod(keys_folder, 0o710)  # noqa: S103  as it was
    os.chown(keys_folder, -1, vault_user.pw_gid + 1)
    with pytest.raises(KeyFileExposed, match="open to others"):
        await kms.unwrap("eu", wrapped, AAD)
    os.chown(keys_folder, -1, vault_user.pw_gid)
    os.chown(keys_folder / "eu" / "root-00001.key", vault_user.pw_uid + 1, -1)
    with pytest.raises(KeyFileExposed, match="another user"):
        await kms.unwrap("eu", wrapped, AAD)
