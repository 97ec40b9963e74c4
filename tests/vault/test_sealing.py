"""What binds a sealed value to its place, whatever the bytes."""

import os
from dataclasses import replace
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given, settings
from hypothesis import strategies as st

from kept.vault import Reason, Sealed, WrongKey
from kept.vault.reasons import Place
from kept.vault.sealed import HEAD_BYTES, OVERHEAD_BYTES
from kept.vault.sealing import PlaceKey, open_each, place_key, seal_with
from kept.vault.sealing import open_with as open_one
from kept.vault.wrapping import bind

MEMBER_KEY = bytes(range(32))
ALLOWED = (True,) * len(Reason)
WORDS = st.text(min_size=1, max_size=20)
contexts = st.tuples(st.uuids(), st.integers(1, 65_535), WORDS, WORDS, WORDS)
"""Owner, key epoch, cell, table, column."""


def open_with(key: PlaceKey, row: UUID, sealed: Sealed) -> bytes:
    """Open a value in both ways, which must come to the same."""
    outcomes: list[bytes | WrongKey] = []
    for way in (open_one, lambda key, row, sealed: open_each(key, [(row, sealed)])[0]):
        try:
            outcomes.append(way(key, row, sealed))
        except WrongKey as error:
            outcomes.append(error)
    one, each = outcomes
    assert one == each or type(one) is type(each) is WrongKey
    if isinstance(one, WrongKey):
        raise one
    return one


def key_for(context: tuple[UUID, int, str, str, str], member_key: bytes = MEMBER_KEY) -> PlaceKey:
    owner, epoch, cell, table, column = context
    return place_key(member_key, owner, epoch, cell, Place(table, column, ALLOWED))


@given(contexts, st.uuids(), st.binary(max_size=2_000))
def test_what_is_sealed_opens_to_what_it_was(context: tuple[UUID, int, str, str, str], row: UUID, text: bytes) -> None:
    key = key_for(context)
    sealed = seal_with(key, row, text)
    assert open_with(key, row, sealed) == text
    assert open_with(key_for(context), row, Sealed(bytes(sealed))) == text
    assert len(bytes(sealed)) == len(text) + OVERHEAD_BYTES


@given(contexts, contexts, st.uuids(), st.uuids())
def test_a_value_opens_in_its_own_place_only(
    here: tuple[UUID, int, str, str, str], there: tuple[UUID, int, str, str, str], row: UUID, other_row: UUID
) -> None:
    """Owner, epoch, cell, table, column and row: whichever differs, with the same member key."""
    sealed = seal_with(key_for(here), row, b"mine")
    for part in range(5):
        mixed = (*here[:part], there[part], *here[part + 1 :])
        if mixed != here:
            with pytest.raises(WrongKey):
                open_with(key_for(mixed), row, sealed)  # type: ignore[arg-type]
    if other_row != row:
        with pytest.raises(WrongKey):
            open_with(key_for(here), other_row, sealed)


@given(contexts, contexts, st.uuids())
def test_the_additional_data_alone_binds_a_value_to_its_place(
    here: tuple[UUID, int, str, str, str], there: tuple[UUID, int, str, str, str], row: UUID
) -> None:
    """Even where two places had the same derived key and commitment."""
    key, other = key_for(here), key_for(there)
    if here != there:
        with pytest.raises(WrongKey):
            open_with(replace(key, aad=other.aad), row, seal_with(key, row, b"mine"))


@settings(max_examples=200)
@given(st.binary(max_size=100), st.data())
def test_any_flipped_bit_is_rejected(text: bytes, data: st.DataObject) -> None:
    key, row = key_for((UUID(int=1), 1, "eu", "person", "email")), UUID(int=2)
    blob = bytearray(bytes(seal_with(key, row, text)))
    bit = data.draw(st.integers(0, len(blob) * 8 - 1))
    blob[bit // 8] ^= 1 << bit % 8
    with pytest.raises(WrongKey):
        open_with(key, row, Sealed(bytes(blob)))


@given(st.binary(max_size=100), st.integers(1, 200))
def test_any_missing_or_added_byte_is_rejected(text: bytes, count: int) -> None:
    key, row = key_for((UUID(int=1), 1, "eu", "person", "email")), UUID(int=2)
    blob = bytes(seal_with(key, row, text))
    for altered in (blob[:-count], blob + bytes(count)):
        with pytest.raises(WrongKey):
            open_with(key, row, Sealed(altered))


def test_no_nonce_comes_twice() -> None:
    key, row = key_for((UUID(int=1), 1, "eu", "person", "email")), UUID(int=2)
    blobs = [bytes(seal_with(key, row, b"same")) for _ in range(20_000)]
    assert len({blob[HEAD_BYTES : HEAD_BYTES + 12] for blob in blobs}) == len(blobs)
    assert len({blob[HEAD_BYTES:] for blob in blobs}) == len(blobs)


@given(st.lists(st.binary(max_size=5), max_size=5), st.lists(st.binary(max_size=5), max_size=5))
def test_no_two_tuples_are_bound_alike(one: list[bytes], other: list[bytes]) -> None:
    assert (bind(*one) == bind(*other)) == (one == other)


@pytest.mark.parametrize("plaintext", ["text", None, 5])
def test_only_bytes_are_sealed(plaintext: object) -> None:
    with pytest.raises(TypeError):
        seal_with(key_for((UUID(int=1), 1, "eu", "person", "email")), UUID(int=2), plaintext)  # type: ignore[arg-type]


def test_a_ciphertext_made_to_open_under_two_keys_opens_under_one_at_most() -> None:
    """The attack of ePrint 2019/016: plain AES-GCM opens it twice, to two texts; a sealed value carries its commitment."""
    owner, row = UUID(int=1), UUID(int=2)
    context = (owner, 1, "eu", "letter", "body")
    keys = [key_for(context, os.urandom(32)) for _ in range(2)]
    raw = [os.urandom(32) for _ in range(2)]
    aad = keys[0].aad + row.bytes
    nonce = os.urandom(12)
    ciphertext = opens_under_both(raw[0], raw[1], nonce, aad)
    texts = [AESGCM(one).decrypt(nonce, ciphertext, aad) for one in raw]
    assert texts[0] != texts[1]

    ours = [replace(key, encrypt=AESGCM(one).encrypt, decrypt=AESGCM(one).decrypt) for key, one in zip(keys, raw, strict=True)]
    for committed in ours:
        forged = Sealed(committed.head + nonce + ciphertext)
        opened = [key for key in ours if _opens(key, row, forged)]
        assert opened == [committed]


def _opens(key: PlaceKey, row: UUID, sealed: Sealed) -> bool:
    try:
        open_with(key, row, sealed)
    except WrongKey:
        return False
    return True


def opens_under_both(one: bytes, other: bytes, nonce: bytes, aad: bytes) -> bytes:
    """Two blocks of ciphertext and a tag that AES-GCM accepts under both keys (NIST SP 800-38D, 7): solve the second
    block so that both tags agree."""
    first = os.urandom(16)
    sides = []
    for key in (one, other):
        block = Cipher(algorithms.AES(key), modes.ECB()).encryptor().update  # noqa: S305  GCM is built of it
        h = int.from_bytes(block(bytes(16)), "big")
        mask = int.from_bytes(block(nonce + b"\x00\x00\x00\x01"), "big")
        known = 0
        for part in [*_blocks(aad), first]:
            known = _times(known ^ int.from_bytes(part, "big"), h)
        lengths = int.from_bytes((len(aad) * 8).to_bytes(8, "big") + (32 * 8).to_bytes(8, "big"), "big")
        # tag = ((known ^ x) * h ^ lengths) * h ^ mask, for the free block x
        sides.append((_times(h, h), _times(_times(known, h) ^ lengths, h) ^ mask))
    (slope, rest), (other_slope, other_rest) = sides
    free = _times(rest ^ other_rest, _inverse(slope ^ other_slope))
    tag = _times(free, slope) ^ rest
    return first + free.to_bytes(16, "big") + tag.to_bytes(16, "big")


def _blocks(data: bytes) -> list[bytes]:
    return [data[i : i + 16].ljust(16, b"\x00") for i in range(0, len(data), 16)]


def _times(x: int, y: int) -> int:
    """Product in GF(2^128) with GCM's bit order (SP 800-38D, 6.3)."""
    product = 0
    for bit in range(127, -1, -1):
        if x >> bit & 1:
            product ^= y
        y = y >> 1 ^ (0xE1 << 120 if y & 1 else 0)
    return product


def _inverse(x: int) -> int:
    """x to the power of 2^128 - 2."""
    result, power = 1 << 127, x
    for _ in range(127):
        power = _times(power, power)
        result = _times(result, power)
    return result
