"""The canary: found where it is in clear, seen where it is sealed, and nothing is said where nothing was seen."""

import secrets
import time
from pathlib import Path

from kept.messages import look
from kept.messages.canary import Canary


def canary() -> Canary:
    return Canary(b"canary " + secrets.token_hex(16).encode(), secrets.token_bytes(120), time.time())


def test_a_text_in_clear_is_found_also_where_pieces_meet(tmp_path: Path) -> None:
    one = canary()
    (tmp_path / "wal").write_bytes(b"x" * ((1 << 22) - 9) + one.text + b"y" * 10 + one.sealed)
    (tmp_path / "other").write_bytes(b"nothing")
    looked = look([tmp_path], [one], since=one.sent_at)
    assert looked.plain == [str(tmp_path / "wal")]
    assert (looked.files, looked.sealed) == (2, 1)


def test_sealed_it_is_seen_and_not_found_in_clear(tmp_path: Path) -> None:
    one = canary()
    (tmp_path / "wal").write_bytes(one.sealed)
    looked = look([tmp_path, tmp_path], [one], since=one.sent_at)
    assert (looked.plain, looked.sealed, looked.complete) == ([], 1, True)


def test_files_that_did_not_change_are_not_read_again(tmp_path: Path) -> None:
    one = canary()
    (tmp_path / "old").write_bytes(one.text)
    assert look([tmp_path], [one], since=time.time() + 60).files == 0
