"""`kept ledger`: what is printed, and how it ends."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from kept.cli.ledger import app
from kept.ledger import BadNote, CannotRead, NotInTheLog, Signer, check_proof
from tests.ledger.workbench import ORIGIN, SIGNER, flips, waiting, written


def kept(*words: str, data: Path) -> Any:
    return CliRunner().invoke(app, [*words, "--data", str(data)])


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder with a log of 300 entries."""
    (tmp_path / "ledger").mkdir()
    written(tmp_path / "ledger", [waiting(300)])
    return tmp_path


def test_verify_prints_what_it_counted_and_ends_well(data: Path) -> None:
    done = kept("verify", data=data)
    assert done.exit_code == 0, done.output
    assert "300 of 300" in done.stdout
    assert "video.published" in done.stdout
    assert done.stdout.rstrip().endswith("verified from the first entry")
    report = json.loads(kept("verify", str(data / "ledger"), "--vkey", SIGNER.vkey.text, "--json", data=data).stdout)
    assert (report["good"], report["pinned"], report["entries"]) == (True, True, 300)


def test_verify_names_a_deviation_and_ends_with_1(data: Path) -> None:
    tile = data / "ledger" / "tile" / "entries" / "001.p" / "44"
    tile.write_bytes(flips(tile.read_bytes(), samples=0)[1])
    done = kept("verify", data=data)
    assert done.exit_code == 1
    assert "DEVIATES" in done.stdout
    assert done.stdout.rstrip().endswith("NOT VERIFIED")
    assert kept("verify", str(data / "nothing"), data=data).exit_code == 1
    assert isinstance(kept("verify", "http://127.0.0.1:9/ledger", data=data).exception, CannotRead)


def test_head_prints_the_checkpoint_if_its_signature_is_good(data: Path) -> None:
    done = kept("head", data=data)
    assert done.stdout == (data / "ledger" / "checkpoint").read_text()
    assert SIGNER.vkey.text in done.stderr
    stranger = kept("head", "--vkey", Signer(ORIGIN, bytes(32)).vkey.text, data=data)
    assert (stranger.stdout, type(stranger.exception)) == ("", BadNote)


def test_prove_prints_a_proof(data: Path) -> None:
    first = (data / "ledger" / "tile" / "entries" / "000").read_bytes()
    payload = first[2 : 2 + int.from_bytes(first[:2], "big")]
    assert check_proof(kept("prove", "0", data=data).stdout, payload, SIGNER.vkey).size == 300
    assert isinstance(kept("prove", "300", data=data).exception, NotInTheLog)
