"""Cosignatures: c2sp.org/tlog-cosignature, against its text, a public witness's key, and tampering."""

import base64
import struct

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PublicKey
from hypothesis import given
from hypothesis import strategies as st

from kept.ledger import BadNote, Checkpoint, Cosigner, CosignerKey, Signer, VerifierKey
from kept.ledger.formats.cosignature import COSIGNATURE_V1, ML_DSA_44, time_of
from kept.ledger.formats.note import open_note, parse

HEAD = Checkpoint("log.example/a", 7, bytes(range(32)))
KINDS = pytest.mark.parametrize("kind", [COSIGNATURE_V1, ML_DSA_44], ids=["ed25519", "ml-dsa-44"])
# A witness of the public network, whose key id somebody else's program computed.
PUBLIC_WITNESS = "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2"
# The example of tlog-cosignature, whose keys are not given there.
EXAMPLE = """example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe\
+mbIUBkBIfZ+qnA==
"""


def cosigner(kind: bytes, name: str = "witness.example/w1", seed: int = 7) -> Cosigner:
    return Cosigner(name, bytes([seed]) * 32, kind)


def blob_of(line: str) -> bytes:
    return base64.b64decode(line.split(" ")[2])


def test_a_public_witness_key_is_read_as_its_owner_wrote_it() -> None:
    key = CosignerKey.parse(PUBLIC_WITNESS)
    assert (key.kind, key.key_id.hex(), key.text) == (COSIGNATURE_V1, "da77ade7", PUBLIC_WITNESS)


def test_the_specifications_example_says_when_it_was_cosigned() -> None:
    cosignature = parse(EXAMPLE.encode()).signatures[1]
    assert (cosignature.name, time_of(cosignature.signature)) == ("witness.example.com/w1", 1679315147)
    assert len(cosignature.signature) == 8 + 64


def test_what_is_signed_with_ed25519_is_the_specifications_text() -> None:
    one = cosigner(COSIGNATURE_V1)
    blob = blob_of(one.line(EXAMPLE.partition("\n\n")[0] + "\n", 1679315147))
    signed = (
        b"cosignature/v1\ntime 1679315147\nexample.com/behind-the-sofa\n20852163\n"
        b"CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    )
    assert blob[:4] == one.vkey.key_id
    assert blob[4:12] == struct.pack(">Q", 1679315147)
    Ed25519PublicKey.from_public_bytes(one.vkey.public).verify(blob[12:], signed)


def test_what_is_signed_with_ml_dsa_is_the_specifications_structure() -> None:
    one = cosigner(ML_DSA_44)
    blob = blob_of(one.line(HEAD.text, 1679315147))
    signed = (
        b"subtree/v1\n\0" + b"\x12witness.example/w1" + struct.pack(">Q", 1679315147) + b"\x0dlog.example/a"
        + struct.pack(">QQ", 0, 7) + bytes(range(32))
    )  # fmt: skip
    assert len(blob) == 4 + 8 + 2420
    MLDSA44PublicKey.from_public_bytes(one.vkey.public).verify(blob[12:], signed)


@KINDS
def test_a_cosigned_checkpoint_opens_with_the_cosigners_key(kind: bytes) -> None:
    one = cosigner(kind)
    note = HEAD.text + "\n" + one.line(HEAD.text, 1_800_000_000)
    assert open_note(note.encode(), [CosignerKey.parse(one.vkey.text)]).text == HEAD.text


@KINDS
def test_nothing_but_the_signed_time_text_and_key_verify(kind: bytes) -> None:
    one, at = cosigner(kind), 1_800_000_000
    signature = blob_of(one.line(HEAD.text, at))[4:]
    assert one.vkey.verifies(HEAD.text, signature)
    assert not one.vkey.verifies(Checkpoint(HEAD.origin, 8, HEAD.root).text, signature)
    assert not one.vkey.verifies(HEAD.text, struct.pack(">Q", at + 1) + signature[8:])
    assert not one.vkey.verifies(HEAD.text, signature[:-1])
    assert not one.vkey.verifies(HEAD.text, signature + b"\0")
    assert not cosigner(kind, seed=8).vkey.verifies(HEAD.text, signature)


def test_a_cosignature_without_a_time_or_beyond_all_times_is_none() -> None:
    one = cosigner(COSIGNATURE_V1)
    for at in (0, 2**63):
        assert not one.vkey.verifies(HEAD.text, blob_of(one.line(HEAD.text, at))[4:])


def test_only_ml_dsa_commits_to_the_cosigners_name() -> None:
    for kind, moves in ((COSIGNATURE_V1, True), (ML_DSA_44, False)):
        one = cosigner(kind)
        other = CosignerKey("witness.example/w2", kind, one.vkey.public)
        assert other.verifies(HEAD.text, blob_of(one.line(HEAD.text, 9))[4:]) is moves


def test_extension_lines_are_signed_with_ed25519_and_passed_over_by_ml_dsa() -> None:
    longer = HEAD.text + "extension\n"
    for kind, moves in ((COSIGNATURE_V1, False), (ML_DSA_44, True)):
        one = cosigner(kind)
        signature = blob_of(one.line(longer, 9))[4:]
        assert one.vkey.verifies(longer, signature)
        assert one.vkey.verifies(HEAD.text, signature) is moves


@KINDS
@given(at=st.integers(0, 90), change=st.integers(1, 255))
def test_no_byte_of_a_cosignature_can_be_changed(kind: bytes, at: int, change: int) -> None:
    one = cosigner(kind)
    signature = bytearray(blob_of(one.line(HEAD.text, 1_800_000_000))[4:])
    signature[at % len(signature)] ^= change
    assert not one.vkey.verifies(HEAD.text, bytes(signature))


def test_a_logs_key_is_no_cosigners_and_the_other_way_round() -> None:
    with pytest.raises(BadNote):
        CosignerKey.parse(Signer("log.example/a", bytes(32)).vkey.text)
    with pytest.raises(BadNote):
        VerifierKey.parse(cosigner(COSIGNATURE_V1).vkey.text)
    with pytest.raises(BadNote):
        CosignerKey.parse(PUBLIC_WITNESS.replace("da77ade7", "da77ade8"))


def test_a_cosigner_does_not_show_its_secret_and_has_a_name_that_notes_can_carry() -> None:
    assert base64.b64encode(bytes([7]) * 32).decode() not in repr(cosigner(COSIGNATURE_V1))
    for bad in ("", "a b", "a+b", "w" * 256):
        with pytest.raises(BadNote):
            cosigner(COSIGNATURE_V1, bad)
