"""What is sealed to a cell opens in that cell, for what it was meant for, and nowhere else."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kept.kit import Database
from kept.vault import EnvelopeRefused, Vault, seal_envelope
from kept.vault.envelopes import OVERHEAD_BYTES, EnvelopeKey
from kept.vault.wrapping import new_key
from tests.vault.conftest import OpenVault

CONTEXT = b"message to eu"
LETTER = b"See you at six."
KEY = EnvelopeKey(bytes(32))


async def test_any_process_of_the_cell_opens_what_is_sealed_to_it(open_vault: OpenVault) -> None:
    one, other = open_vault(), open_vault()
    to = await one.envelope_key()
    assert await other.envelope_key() == to
    assert len(to) == 1216
    envelope = seal_envelope(to, CONTEXT, LETTER)
    assert len(envelope) == len(LETTER) + OVERHEAD_BYTES
    assert LETTER not in envelope
    for vault in (one, other, open_vault()):
        assert await vault.open_envelope(CONTEXT, envelope) == LETTER
    assert seal_envelope(to, CONTEXT, LETTER) != envelope


async def test_another_cell_or_context_opens_nothing(open_vault: OpenVault, other_store_address: str) -> None:
    here, there = open_vault(), open_vault("us", "us", address=other_store_address)
    envelope = seal_envelope(await here.envelope_key(), CONTEXT, LETTER)
    with pytest.raises(EnvelopeRefused, match="another cell"):
        await there.open_envelope(CONTEXT, envelope)
    for context in (b"", b"message to us", CONTEXT + b"\x00"):
        with pytest.raises(EnvelopeRefused):
            await here.open_envelope(context, envelope)
    assert await here.open_envelope(CONTEXT, envelope) == LETTER


async def test_the_private_key_is_in_the_store_under_the_root_only(vault: Vault, store: Database) -> None:
    await vault.envelope_key()
    [row] = await store.fetch("SELECT root_epoch, wrapped FROM cell_secret WHERE name = 'envelope 1'")
    assert (row["root_epoch"], len(row["wrapped"])) == (1, 61)


async def test_a_newer_key_takes_over_and_the_older_one_opens_what_is_on_its_way(
    open_vault: OpenVault, store: Database
) -> None:
    vault = open_vault()
    old = await vault.envelope_key()
    on_its_way = seal_envelope(old, CONTEXT, LETTER)
    await open_vault.holders[vault]._secrets.get("envelope 2", now=vault._clock.now())
    another = open_vault()
    new = await another.envelope_key()
    assert new != old
    for each in (vault, another):
        assert await each.open_envelope(CONTEXT, seal_envelope(new, CONTEXT, LETTER)) == LETTER
        assert await each.open_envelope(CONTEXT, on_its_way) == LETTER
    await store.fetch("UPDATE cell_secret SET retired_at = now() WHERE name = 'envelope 1'")
    with pytest.raises(EnvelopeRefused, match="retired"):
        await open_vault().open_envelope(CONTEXT, on_its_way)


@given(content=st.binary(max_size=300), context=st.binary(max_size=40), flip=st.integers(0, 10_000))
@settings(max_examples=60, deadline=None)
def test_a_flipped_bit_anywhere_is_noticed(content: bytes, context: bytes, flip: int) -> None:
    envelope = seal_envelope(KEY.public, context, content)
    assert KEY.open(context, envelope) == content
    # The head names version and key; whose key it is, the vault looks up.
    at = 9 + flip % (len(envelope) - 9)
    with pytest.raises(EnvelopeRefused):
        KEY.open(context, envelope[:at] + bytes([envelope[at] ^ 1 << flip % 8]) + envelope[at + 1 :])


@pytest.mark.parametrize("blob", [b"", b"\x01", bytes(OVERHEAD_BYTES), b"\x02" + bytes(OVERHEAD_BYTES)])
async def test_what_is_no_envelope_is_refused_and_stops_nothing(vault: Vault, blob: bytes) -> None:
    with pytest.raises(EnvelopeRefused, match="not an envelope"):
        await vault.open_envelope(CONTEXT, blob)
    assert await vault.envelope_key()


@pytest.mark.parametrize("key", [b"", bytes(1216)[:-1], b"\xff" * 1216])
def test_what_is_no_cells_key_gets_no_envelope(key: bytes) -> None:
    with pytest.raises(EnvelopeRefused, match="no cell's key"):
        seal_envelope(key, CONTEXT, LETTER)


def test_two_seeds_give_two_keys_and_one_seed_one() -> None:
    seed = new_key()
    assert EnvelopeKey(seed).public == EnvelopeKey(bytes(seed)).public != EnvelopeKey(new_key()).public
