"""Long things sealed piece by piece: the format to the letter, and nothing altered, moved or cut short gets through."""

from collections.abc import AsyncIterator, Iterable
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256, SHA512
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand
from hypothesis import given, settings
from hypothesis import strategies as st

from kept.kit import new_id
from kept.vault import KeyDestroyed, Reason, ReasonRefused, Vault, WrongKey
from kept.vault.cache import MemberKeys
from kept.vault.reasons import Place
from kept.vault.streams import OpeningStream, SealingStream
from kept.vault.wrapping import bind
from tests.vault.conftest import OpenVault
from tests.vault.made_up import DRAFT, EMAIL, LETTER

CHUNK = 16 * 1024
OWNER, ROW = UUID(int=1), UUID(int=2)
PLACE = Place("person", "draft", (True,) * len(Reason))
SIZES = (0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 17)


def keys() -> MemberKeys:
    return MemberKeys(bytearray(range(32)), 1, "eu")


def cut(data: bytes, size: int) -> list[bytes]:
    return [data[at : at + size] for at in range(0, len(data), size)]


def seal(data: bytes, size: int = 10_000, row: UUID = ROW) -> bytes:
    stream = SealingStream(keys(), OWNER, PLACE, row)
    return b"".join([stream.update(piece) for piece in cut(data, size)]) + stream.finish()


def unseal(sealed: bytes, size: int = 10_000, row: UUID = ROW, owner: UUID = OWNER, place: Place = PLACE) -> bytes:
    stream = OpeningStream(keys(), owner, place, row)
    return b"".join([stream.update(piece) for piece in cut(sealed, size)]) + stream.finish()


@settings(max_examples=60)
@given(st.sampled_from(SIZES), st.integers(1, 40_000), st.integers(1, 40_000))
def test_pieces_may_be_cut_anywhere(size: int, sealing: int, opening: int) -> None:
    data = bytes(number % 251 for number in range(size))
    assert unseal(seal(data, max(sealing, size // 50, 1)), max(opening, size // 50, 1)) == data


@pytest.mark.parametrize("size", SIZES)
def test_the_format_is_that_of_the_specification(size: int) -> None:
    """c2sp.org/chunked-encryption, read anew: `Key derivation`, `Message chunking`, `AEAD usage`."""
    data = bytes(number % 251 for number in range(size))
    sealed = seal(data)
    assert sealed[:3] == b"\x02\x00\x01"
    salt, commitment, body = sealed[3:27], sealed[27:59], sealed[59:]
    where = (2, "eu", "person", "draft", OWNER.bytes, 1)
    key = HKDFExpand(SHA256(), 32, bind("kept/stream/v1", *where)).derive(bytes(range(32)))
    info = b"c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM\x00" + salt + bind(*where, ROW.bytes)
    derived = HKDFExpand(SHA512(), 32 + 12 + 32, info).derive(key)
    assert derived[44:] == commitment
    base = int.from_bytes(derived[32:44], "big")
    chunks = [body[at : at + CHUNK + 16] for at in range(0, len(body), CHUNK + 16)]
    assert 16 <= len(chunks[-1]) < CHUNK + 16
    opened = [
        AESGCM(derived[:32]).decrypt((base ^ number).to_bytes(12, "big"), chunk, None)
        for number, chunk in enumerate(chunks)
    ]
    assert b"".join(opened) == data


@pytest.mark.parametrize("size", SIZES)
def test_a_stream_cut_short_is_noticed(size: int) -> None:
    sealed = seal(bytes(size))
    ends = {0, 1, 2, 3, 20, 58, 59, 60, 59 + CHUNK + 16, 59 + 2 * (CHUNK + 16), len(sealed) - 16, len(sealed) - 1}
    for end in (end for end in ends if 0 <= end < len(sealed)):
        with pytest.raises(WrongKey):
            unseal(sealed[:end])


@settings(max_examples=60)
@given(st.data())
def test_any_flipped_bit_of_a_stream_is_rejected(data: st.DataObject) -> None:
    sealed = bytearray(seal(bytes(CHUNK + 50)))
    bit = data.draw(st.integers(0, 60 * 8) | st.integers(0, len(sealed) * 8 - 1))
    sealed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(WrongKey):
        unseal(bytes(sealed))


def test_chunks_cannot_be_swapped_repeated_or_left_out() -> None:
    sealed = seal(b"a" * CHUNK + b"b" * CHUNK + b"c" * 100)
    head, first, second, last = sealed[:59], *cut(sealed[59:], CHUNK + 16)
    for order in ([second, first, last], [first, first, second, last], [first, last], [first, second], [last]):
        with pytest.raises(WrongKey):
            unseal(head + b"".join(order))


def test_a_stream_opens_in_its_own_place_only() -> None:
    sealed = seal(b"mine")
    for options in ({"row": OWNER}, {"owner": ROW}, {"place": Place("person", "email", PLACE.allowed)}):
        with pytest.raises(WrongKey):
            unseal(sealed, **options)


async def flow(pieces: Iterable[bytes]) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece


async def joined(pieces: AsyncIterator[bytes]) -> bytes:
    return b"".join([piece async for piece in pieces])


async def test_a_draft_is_sealed_and_opened_in_the_vault(vault: Vault) -> None:
    member, draft = new_id(), new_id()
    await vault.create(member)
    film = bytes(number % 251 for number in range(100_000))
    sealed = await joined(vault.seal_stream(member, DRAFT, draft, flow(cut(film, 7_000))))
    assert film[:1_000] not in sealed
    opened = vault.open_stream(member, DRAFT, draft, flow(cut(sealed, 9_000)), reason=Reason.PROCESSING)
    assert await joined(opened) == film
    assert vault.take_opens() == {"vault.opened:processing": 1}
    with pytest.raises(WrongKey):
        await joined(vault.open_stream(member, EMAIL, draft, flow([sealed]), reason=Reason.OWNER))
    for reason in (Reason.ENFORCEMENT, None):
        with pytest.raises(ReasonRefused):
            await joined(vault.open_stream(member, DRAFT, draft, flow([sealed]), reason=reason))  # type: ignore[arg-type]
    with pytest.raises(ReasonRefused):
        await joined(vault.open_stream(member, LETTER, draft, flow([sealed]), reason=Reason.PROCESSING))


async def test_a_stream_that_is_being_read_ends_where_its_owner_is_shredded(open_vault: OpenVault) -> None:
    one, other = open_vault(), open_vault()
    member, draft = new_id(), new_id()
    await one.create(member)
    sealed = await joined(one.seal_stream(member, DRAFT, draft, flow([bytes(5 * CHUNK)])))
    reading = other.open_stream(member, DRAFT, draft, flow(cut(sealed, CHUNK + 100)), reason=Reason.OWNER)
    assert await anext(reading) == bytes(CHUNK)
    await one.shred(member)
    with pytest.raises(KeyDestroyed):
        await anext(reading)
