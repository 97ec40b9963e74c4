"""Receipts: one file that proves one entry, offline, and says no more than it proves."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pytest
import rfc8785
import sqlalchemy as sa
from typer.testing import CliRunner

from kept.catalog import CellRow
from kept.cli.ledger import app
from kept.kit import new_id
from kept.ledger import (
    BadProof,
    Cosigner,
    Entry,
    NoDetails,
    NotInTheLog,
    Opening,
    Proven,
    Quorum,
    Receipt,
    Signer,
    VerifierKey,
    Waiting,
    check_receipt,
    disclose,
    index_of,
    receipt_of,
    source_of,
)
from kept.ledger.entry import write
from tests.ledger.workbench import NOON, ORIGIN, SIGNER, Workbench, waiting, written

SECRET = {"reason": "the harbour master asked"}
WITNESS = Cosigner("witness.example/one", bytes(32))


@dataclass(frozen=True)
class Shop:
    """A log of 300 entries; `entry`, number 290, commits to what `opening` opens."""

    folder: Path
    entry: Waiting
    opening: Opening

    def receipt(self, **options: Any) -> Receipt:
        return receipt_of(source_of(self.folder / "ledger"), 290, SIGNER.vkey, **options)


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    entry, detail = write(Entry("video.removed", details=SECRET, owner=new_id()), cell="eu", now=NOON)
    assert detail is not None
    (tmp_path / "ledger").mkdir()
    written(tmp_path / "ledger", [[*waiting(290), entry, *waiting(9)]])
    return Shop(tmp_path, entry, Opening(detail.salt, detail.details))


def cosign(folder: Path) -> None:
    file = folder / "ledger" / "checkpoint"
    note = file.read_text()
    file.write_text(note + WITNESS.line(note.partition("\n\n")[0] + "\n", 1_795_000_000))


def policy(*rules: str) -> bytes:
    lines = [f"log {SIGNER.vkey.text}", f"witness one {WITNESS.vkey.text}", *rules]
    return "".join(f"{line}\n" for line in lines).encode()


def kept(*words: object, data: Path) -> Any:
    return CliRunner().invoke(app, [*map(str, words), "--data", str(data)])


def test_a_receipt_proves_its_entry_and_nothing_more(shop: Shop) -> None:
    proven = check_receipt(shop.receipt().written(), SIGNER.vkey)
    assert (proven.leaf.id, proven.index, proven.head.size, proven.details) == (shop.entry.entry_id, 290, 300, None)
    opened = check_receipt(shop.receipt(opening=shop.opening).written(), SIGNER.vkey)
    assert json.loads(opened.details or "") == SECRET
    for index in (0, 255, 256, 299):
        assert check_receipt(receipt_of(source_of(shop.folder / "ledger"), index, SIGNER.vkey).written(), SIGNER.vkey)


@pytest.mark.parametrize("trust", ["key", "policy"])
@pytest.mark.parametrize("with_details", [False, True])
def test_a_flipped_byte_is_refused_or_changes_nothing_that_was_proven(
    shop: Shop, trust: str, with_details: bool
) -> None:
    cosign(shop.folder)
    trusted: VerifierKey | Quorum = SIGNER.vkey if trust == "key" else Quorum.parse(policy("quorum one"))
    sound = shop.receipt(opening=shop.opening if with_details else None).written()
    proven, passed = check_receipt(sound, trusted), 0
    for at in range(len(sound)):
        for bit in (1 << at % 8, 0x20, 0xFF):
            try:
                again: Proven = check_receipt(sound[:at] + bytes([sound[at] ^ bit]) + sound[at + 1 :], trusted)
            except BadProof:
                continue
            assert again == proven
            passed += 1
    # What the key alone does not authenticate: the cosignature's line, of a witness nobody asked for.
    assert passed == 0 if trust == "policy" else passed < 3 * 200


def test_what_is_cut_off_added_or_rearranged_is_refused(shop: Shop) -> None:
    sound = shop.receipt(opening=shop.opening).written()
    fields = json.loads(sound)
    bad = [sound[:at] for at in range(len(sound) - 1)]
    bad += [
        sound + b"\n",
        sound + b"x",
        b" " + sound,
        json.dumps(fields, indent=1).encode(),
        b"",
        b"[]",
        bytes(2 << 20),
    ]
    bad += [sound.replace(b'{"details"', b'{"details":"{}","details"'), b"\xff" + sound]
    for change in (
        {"more": 1},
        {"version": 2},
        {"format": "kept-receipts"},
        {"salt": "00" * 32},
        {"salt": "00"},
        {"details": "{}"},
        {"salt": None},
        {"details": None},
        {"payload": "{}"},
        {"proof": ""},
        {"proof": fields["payload"]},
    ):
        bad.append(rfc8785.dumps({key: value for key, value in (fields | change).items() if value is not None}))
    for data in bad:
        with pytest.raises(BadProof):
            check_receipt(data, SIGNER.vkey)
    assert check_receipt(sound.removesuffix(b"\n"), SIGNER.vkey) == check_receipt(sound, SIGNER.vkey)


def test_details_of_another_entry_are_not_passed_off(shop: Shop) -> None:
    with pytest.raises(BadProof, match="not those"):
        shop.receipt(opening=Opening(bytes(32), shop.opening.details))
    with pytest.raises(BadProof, match="commits to no details"):
        receipt_of(source_of(shop.folder / "ledger"), 0, SIGNER.vkey, shop.opening)
    with pytest.raises(BadProof, match="one is missing"):
        check_receipt(msgspec.structs.replace(shop.receipt(opening=shop.opening), salt=None).written(), SIGNER.vkey)


def test_an_entry_is_found_by_its_id_wherever_it_is(shop: Shop) -> None:
    source = source_of(shop.folder / "ledger")
    assert index_of(source, shop.entry.entry_id, SIGNER.vkey) == 290
    first = check_receipt(receipt_of(source, 0, SIGNER.vkey).written(), SIGNER.vkey).leaf.id
    assert index_of(source, first, SIGNER.vkey) == 0
    with pytest.raises(NotInTheLog):
        index_of(source, new_id(), SIGNER.vkey)


def test_a_policy_asks_for_cosignatures_and_another_key_for_another_log(shop: Shop) -> None:
    bare = shop.receipt().written()
    with pytest.raises(BadProof, match="quorum"):
        check_receipt(bare, Quorum.parse(policy("quorum one")))
    with pytest.raises(BadProof):
        check_receipt(bare, Signer(ORIGIN, bytes(32)).vkey)
    cosign(shop.folder)
    proven = check_receipt(shop.receipt().written(), Quorum.parse(policy("quorum one")))
    assert (proven.cosigners, proven.as_of) == (("one",), 1_795_000_000)


def test_the_commands_write_a_receipt_and_check_it_with_clear_words(shop: Shop) -> None:
    file, data = shop.folder / "receipt.json", shop.folder
    cosign(data)
    assert kept("prove", shop.entry.entry_id, "--to", file, data=data).exit_code == 0
    assert kept("prove", "290", "--to", file, data=data).exit_code == 2  # it is there
    assert kept("prove", shop.entry.entry_id, data=data).stdout_bytes == file.read_bytes()
    assert kept("prove", "the-third", data=data).exit_code == 2
    (data / "policy").write_bytes(policy("quorum one"))
    for trust in ((), ("--key", SIGNER.vkey.text), ("--policy", data / "policy")):
        done = kept("check", file, *trust, data=data)
        assert done.exit_code == 0, done.output
        assert str(shop.entry.entry_id) in done.stdout
        assert ("vouches" in done.stdout) == ("--policy" in trust)
        assert done.stdout.rstrip().endswith("proven: this entry is in the log")
    file.write_bytes(file.read_bytes().replace(b"video.removed", b"video.renamed"))
    done = kept("check", file, "--key", SIGNER.vkey.text, data=data)
    assert (done.exit_code, done.stdout.rstrip().endswith("NOT PROVEN")) == (1, True)


def test_nothing_is_said_of_a_receipt_when_nothing_is_trusted(shop: Shop, tmp_path: Path) -> None:
    file, empty = shop.folder / "receipt.json", tmp_path / "empty"
    file.write_bytes(shop.receipt().written())
    empty.mkdir()
    (empty / "policy").write_bytes(b"quorum two\n")
    for words in (
        (file,),
        (file, "--key", "nonsense"),
        (file, "--policy", empty / "policy"),
        (file, "--policy", empty / "none"),
        (empty / "none", "--key", SIGNER.vkey.text),
        (file, "--key", SIGNER.vkey.text, "--policy", empty / "policy"),
    ):
        done = kept("check", *words, data=empty)
        assert (done.exit_code, done.stdout) == (2, ""), done.output
        assert "NOTHING CHECKED" in done.stderr


async def test_details_leave_the_cell_on_record_only(bench: Workbench) -> None:
    entry, detail = write(Entry("video.removed", details=SECRET, owner=new_id()), cell="eu", now=NOON)
    assert detail is not None
    table = CellRow.metadata.tables["entry_detail"]
    row = {"owner_id": detail.owner_id, "entry_id": detail.entry_id, "salt": detail.salt, "details": detail.details}
    async with bench.cells["eu"].begin() as connection:
        resident = {"member_id": detail.owner_id, "since": NOON}
        await connection.execute(sa.insert(CellRow.metadata.tables["resident"]).values(resident))
        await connection.execute(sa.insert(table).values(row | {"created_at": NOON}))
    async with bench.cells["eu"].begin() as connection:
        opening = await disclose(connection, entry.entry_id, cell="eu", now=NOON)
    assert opening == Opening(detail.salt, detail.details)
    (logged,) = await bench.cells["eu"].fetch("SELECT payload FROM ledger_outbox")
    said = json.loads(logged["payload"])
    assert (said["event"], said["object"]) == ("ledger.details_disclosed", f"entry:{entry.entry_id}")
    async with bench.cells["eu"].begin() as connection:
        assert await disclose(connection, new_id(), cell="eu", now=NOON, apart=opening) == opening
    with pytest.raises(NoDetails):
        async with bench.cells["eu"].begin() as connection:
            await disclose(connection, new_id(), cell="eu", now=NOON)
    assert len(await bench.outbox("eu")) == 2
