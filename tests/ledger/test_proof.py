"""Proof files: c2sp.org/tlog-proof@v1."""

from pathlib import Path

import pytest

from kept.ledger import BadProof, Checkpoint, NotInTheLog, Signer, check_proof, prove, source_of
from kept.ledger.edge import Edge, extended
from kept.ledger.formats.note import BadNote
from tests.ledger import naive
from tests.ledger.workbench import ORIGIN, SIGNER, flips, waiting, written


@pytest.mark.parametrize("size", [1, 2, 3, 255, 256, 257, 600])
def test_every_entry_has_a_proof_that_nothing_else_passes(tmp_path: Path, size: int) -> None:
    batch = waiting(size)
    entries = [one.payload for one in batch]
    written(tmp_path, [batch])
    source = source_of(tmp_path)
    for index in {0, 1, size // 2, size - 2, size - 1} & set(range(size)):
        proof = prove(source, index, SIGNER.vkey)
        head = check_proof(proof, entries[index], SIGNER.vkey)
        assert (head.origin, head.size, head.root) == (ORIGIN, size, naive.mth(entries))
        with pytest.raises(BadProof):
            check_proof(proof, entries[index] + b" ", SIGNER.vkey)
    with pytest.raises(NotInTheLog):
        prove(source, size, SIGNER.vkey)
    with pytest.raises(NotInTheLog):
        prove(source, -1, SIGNER.vkey)


def test_proofs_reach_over_three_levels_of_tiles(tmp_path: Path) -> None:
    batch = waiting(1)
    entries = [b"%d" % number for number in range(70_000)]
    edge, files = extended(Edge(), entries)
    written(tmp_path, [batch])
    for key, data in files.items():
        (tmp_path / key).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / key).write_bytes(data)
    (tmp_path / "checkpoint").write_text(Checkpoint(ORIGIN, edge.size, edge.root).signed(SIGNER))
    for index in (0, 255, 256, 65_535, 65_536, 69_999, 12_345):
        assert check_proof(prove(source_of(tmp_path), index, SIGNER.vkey), entries[index], SIGNER.vkey).size == 70_000


def test_a_proof_file_has_the_form_of_the_specification(tmp_path: Path) -> None:
    batch = waiting(3)
    written(tmp_path, [batch])
    proof = prove(source_of(tmp_path), 1, SIGNER.vkey)
    lines = proof.split("\n")
    assert lines[:2] == ["c2sp.org/tlog-proof@v1", "index 1"]
    assert [len(line) for line in lines[2:5]] == [44, 44, 0]
    assert proof.endswith((tmp_path / "checkpoint").read_text())
    with_extra = proof.replace("index 1", "extra aGVsbG8=\nindex 1")
    assert check_proof(with_extra, batch[1].payload, SIGNER.vkey).size == 3


def test_a_proof_with_a_changed_byte_proves_nothing(tmp_path: Path) -> None:
    batch = waiting(3)
    written(tmp_path, [batch])
    proof = prove(source_of(tmp_path), 1, SIGNER.vkey).encode()
    for bad in [*flips(proof, samples=400), proof[:-1], proof + b"\n", b"", b"\n\n"]:
        with pytest.raises(BadProof):
            check_proof(bad.decode(errors="replace"), batch[1].payload, SIGNER.vkey)


def test_proofs_come_from_sound_logs_of_the_right_key_only(tmp_path: Path) -> None:
    written(tmp_path, [waiting(300)])
    with pytest.raises(BadNote):
        prove(source_of(tmp_path), 1, Signer(ORIGIN, bytes(32)).vkey)
    tile = tmp_path / "tile/0/000"
    tile.write_bytes(flips(tile.read_bytes(), samples=0)[1])
    with pytest.raises(BadProof):
        prove(source_of(tmp_path), 100, SIGNER.vkey)
    tile.unlink()
    with pytest.raises(BadProof, match="missing"):
        prove(source_of(tmp_path), 1, SIGNER.vkey)
    (tmp_path / "checkpoint").unlink()
    with pytest.raises(BadNote):
        prove(source_of(tmp_path), 1, SIGNER.vkey)
