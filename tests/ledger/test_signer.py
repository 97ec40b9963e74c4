"""The signing key's file."""

import os
import stat
import threading
from pathlib import Path

import pytest

from kept.ledger import UnusableKey, load_signer
from tests.ledger.workbench import ORIGIN, flips


def test_a_key_is_made_once_and_only_its_owner_can_read_it(tmp_path: Path) -> None:
    file = tmp_path / "keys" / "ledger.key"
    made = load_signer(file, ORIGIN).vkey
    assert load_signer(file, ORIGIN).vkey == made
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in file.parent.iterdir()] == ["ledger.key"]
    assert load_signer(tmp_path / "other.key", ORIGIN).vkey != made


def test_those_who_come_at_once_get_the_same_key(tmp_path: Path) -> None:
    found = []
    threads = [threading.Thread(target=lambda: found.append(load_signer(tmp_path / "key", ORIGIN).vkey)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
def test_a_key_that_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    load_signer(tmp_path / "key", ORIGIN)
    os.chmod(tmp_path / "key", mode)
    with pytest.raises(UnusableKey, match="can be read by others"):
        load_signer(tmp_path / "key", ORIGIN)


def test_a_key_of_another_log_is_refused(tmp_path: Path) -> None:
    load_signer(tmp_path / "key", ORIGIN)
    with pytest.raises(UnusableKey, match="belongs to the log"):
        load_signer(tmp_path / "key", "log.example/other")


def test_a_damaged_key_is_refused_without_showing_it(tmp_path: Path) -> None:
    file = tmp_path / "key"
    load_signer(file, ORIGIN)
    whole = file.read_bytes()
    for bad in (*flips(whole, samples=0)[:-1], b"", whole[:-2], b"\xff"):
        file.write_bytes(bad)
        with pytest.raises(UnusableKey) as refused:
            load_signer(file, ORIGIN)
        assert whole.decode().strip().split("+", 4)[-1] not in str(refused.value)
