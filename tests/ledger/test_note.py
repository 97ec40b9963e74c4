"""Signed notes, verifier keys and checkpoints against the specifications' examples, and against tampering."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kept.ledger.formats.checkpoint import Checkpoint, open_checkpoint
from kept.ledger.formats.note import BadNote, Signer, VerifierKey, is_name, open_note, parse, sign

# The example of c2sp.org/signed-note.
VKEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
NOTE = """This is an example message.

— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=
"""
# The example of c2sp.org/tlog-checkpoint, whose key is not given there.
CHECKPOINT = """example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
"""
SIGNER = Signer("log.example/a", bytes(range(32)))
OTHER = Signer("log.example/b", bytes(range(1, 33)))
HEAD = Checkpoint("log.example/a", 7, bytes(range(32)))


def test_the_specifications_note_opens_with_its_key() -> None:
    key = VerifierKey.parse(VKEY)
    assert open_note(NOTE.encode(), [key]).text == "This is an example message.\n"
    assert key.text == VKEY
    assert key.key_id.hex() == "530d903a"


def test_the_specifications_checkpoint_is_read_as_written() -> None:
    note = parse(CHECKPOINT.encode())
    origin, size, root = note.text.split("\n")[:3]
    assert Checkpoint(origin, int(size), base64.b64decode(root)).text == note.text
    assert [signature.name for signature in note.signatures] == ["example.com/behind-the-sofa"]


@given(st.integers(0, len(NOTE.encode()) - 1), st.integers(1, 255))
def test_no_byte_of_a_note_can_be_changed(at: int, change: int) -> None:
    data = bytearray(NOTE.encode())
    data[at] ^= change
    with pytest.raises(BadNote):
        open_note(bytes(data), [VerifierKey.parse(VKEY)])


@given(st.integers(0, len(VKEY) - 1), st.integers(1, 127))
def test_no_character_of_a_verifier_key_can_be_changed(at: int, change: int) -> None:
    text = VKEY[:at] + chr(ord(VKEY[at]) ^ change) + VKEY[at + 1 :]
    with pytest.raises(BadNote):
        VerifierKey.parse(text)


def test_signatures_of_unknown_keys_are_ignored_and_bad_ones_of_known_keys_are_not() -> None:
    note = sign("text\n", SIGNER, OTHER).encode()
    assert open_note(note, [SIGNER.vkey]).text == "text\n"
    assert len(open_note(note, [OTHER.vkey]).signatures) == 2
    mixed = sign("text\n", SIGNER) + sign("other\n", OTHER).split("\n\n")[1]
    assert open_note(mixed.encode(), [SIGNER.vkey]).text == "text\n"
    with pytest.raises(BadNote, match="is bad"):
        open_note(mixed.encode(), [SIGNER.vkey, OTHER.vkey])


def test_the_same_key_under_another_name_is_another_key() -> None:
    renamed = Signer("log.example/c", bytes(range(32)))
    assert renamed.vkey.key_id != SIGNER.vkey.key_id
    with pytest.raises(BadNote, match="no known key"):
        open_note(sign("text\n", renamed).encode(), [SIGNER.vkey])


def test_a_text_may_have_empty_lines_and_ends_at_the_last_one() -> None:
    text = "one\n\ntwo\n\n— not a signature\n"
    assert open_note(sign(text, SIGNER).encode(), [SIGNER.vkey]).text == text


def test_sixteen_large_signatures_are_read() -> None:
    line = SIGNER.line("text\n")
    large = "— witness.example/w " + base64.b64encode(bytes(5_000)).decode() + "\n"
    note = "text\n\n" + large * 15 + line
    assert len(open_note(note.encode(), [SIGNER.vkey]).signatures) == 16


@pytest.mark.parametrize(
    "data",
    [
        b"", b"text\n", b"text\n\n", b"text\n\n\n", b"\xff" + NOTE.encode(), NOTE.encode().replace(b"\n", b"\r\n"),
        NOTE.encode()[:-1], NOTE.encode() + b"\n",
        NOTE.replace("— ", "- ").encode(), b"x" * 1_000_001,
        NOTE.replace("foo Uw", "foo  Uw").encode(), NOTE.replace("=", "").encode(), NOTE.replace("QM=", "QN=").encode(),
        b"text\n\n\xe2\x80\x94 name AAAA\n",
    ],
)  # fmt: skip
def test_what_is_no_note_is_refused(data: bytes) -> None:
    with pytest.raises(BadNote):
        open_note(data, [VerifierKey.parse(VKEY)])


def test_names_have_no_spaces_and_no_plus() -> None:
    assert is_name("log.example/a")
    for bad in ("", "a b", "a+b", "a\u2003b", "a\nb", "a\u00a0b"):
        assert not is_name(bad)
        with pytest.raises(BadNote):
            Signer(bad, bytes(32))


def test_a_signer_does_not_show_its_secret() -> None:
    seed = bytes(range(32))
    assert base64.b64encode(seed).decode() not in repr(SIGNER)
    assert SIGNER.vkey.text in repr(SIGNER)


def test_a_checkpoint_opens_as_signed() -> None:
    assert HEAD.text == "log.example/a\n7\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n"
    assert open_checkpoint(HEAD.signed(SIGNER).encode(), SIGNER.vkey) == HEAD


@pytest.mark.parametrize(
    "text",
    [
        HEAD.text + "extension\n", HEAD.text.replace("\n7\n", "\n07\n"), HEAD.text.replace("\n7\n", "\n-7\n"),
        HEAD.text.replace("\n7\n", "\n٧\n"), HEAD.text.replace("Hh8=", "Hh9="), "log.example/a\n7\nAAAA\n",
        "log.example/a\n7\n", HEAD.text.replace("example/a", "example/b"),
    ],
)  # fmt: skip
def test_a_signed_text_that_is_no_checkpoint_of_this_log_is_refused(text: str) -> None:
    with pytest.raises(BadNote):
        open_checkpoint(sign(text, SIGNER).encode(), SIGNER.vkey)
