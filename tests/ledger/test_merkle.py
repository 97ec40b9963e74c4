"""Hashes and proofs against a naive implementation of the RFC."""

import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kept.ledger.formats.merkle import (
    EMPTY_ROOT,
    Span,
    consistency_spans,
    inclusion_spans,
    is_extension,
    is_included,
    leaf_hash,
    root_of,
)
from tests.ledger import naive

ENTRIES = [f"entry {number}".encode() for number in range(300)]
SIZES = st.integers(1, len(ENTRIES))


def hashes(spans: list[Span]) -> list[bytes]:
    return [naive.mth(ENTRIES[span.start : span.end]) for span in spans]


def test_an_empty_tree_hashes_to_the_hash_of_nothing() -> None:
    assert base64.b64encode(EMPTY_ROOT) == b"47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
    assert root_of([]) == EMPTY_ROOT


@given(st.integers(0, len(ENTRIES)))
def test_roots_are_those_of_the_rfc(size: int) -> None:
    assert root_of([leaf_hash(entry) for entry in ENTRIES[:size]]) == naive.mth(ENTRIES[:size])


@given(SIZES, st.data())
def test_inclusion_proofs_are_those_of_the_rfc_and_prove(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    proof = hashes(inclusion_spans(index, size))
    assert proof == naive.path(index, ENTRIES[:size])
    assert is_included(leaf_hash(ENTRIES[index]), index, size, proof, naive.mth(ENTRIES[:size]))


@given(SIZES, st.data())
def test_consistency_proofs_are_those_of_the_rfc_and_prove(new: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(1, new))
    proof = hashes(consistency_spans(old, new))
    assert proof == (naive.proof(old, ENTRIES[:new]) if old < new else [])
    assert is_extension(old, naive.mth(ENTRIES[:old]), new, naive.mth(ENTRIES[:new]), proof)


@settings(max_examples=200)
@given(SIZES, st.data())
def test_a_proof_that_was_tampered_with_proves_nothing(size: int, data: st.DataObject) -> None:
    index, other = (data.draw(st.integers(0, size - 1)) for _ in range(2))
    old = data.draw(st.integers(1, size))
    root, leaf = naive.mth(ENTRIES[:size]), leaf_hash(ENTRIES[index])
    inclusion = naive.path(index, ENTRIES[:size])
    growth = naive.proof(old, ENTRIES[:size]) if old < size else []
    for bad in tampered(inclusion, data):
        assert not is_included(leaf, index, size, bad, root)
    for bad in tampered(growth, data):
        assert not is_extension(old, naive.mth(ENTRIES[:old]), size, root, bad)
    assert other == index or not is_included(leaf, other, size, inclusion, root)
    assert not is_included(leaf_hash(b"another"), index, size, inclusion, root)
    assert not is_extension(old, bytes(32), size, root, growth)


def tampered(proof: list[bytes], data: st.DataObject) -> list[list[bytes]]:
    extra = [*proof, bytes(32)]
    if not proof:
        return [extra]
    at = data.draw(st.integers(0, len(proof) - 1))
    return [extra, proof[:-1], proof[1:], [*proof[:at], bytes(32), *proof[at + 1 :]]]


def test_everything_extends_the_empty_tree_and_nothing_shrinks() -> None:
    root = naive.mth(ENTRIES[:7])
    assert is_extension(0, EMPTY_ROOT, 7, root, [])
    assert is_extension(7, root, 7, root, [])
    assert not is_extension(7, root, 7, EMPTY_ROOT, [])
    assert not is_extension(7, root, 3, naive.mth(ENTRIES[:3]), [])
    assert not is_extension(-1, root, 3, root, [])
    assert not is_included(leaf_hash(ENTRIES[0]), 7, 7, [], root)


def test_a_proof_that_ends_below_the_root_proves_nothing() -> None:
    """As if a log of one entry were shown as the root of two."""
    leaf = leaf_hash(ENTRIES[0])
    assert not is_included(leaf, 0, 2, [], leaf)
    assert not is_extension(1, leaf, 2, leaf, [])


def test_proofs_for_leaves_that_are_not_there_are_refused() -> None:
    with pytest.raises(ValueError, match="leaf 7 is not in a tree of 7"):
        inclusion_spans(7, 7)
    with pytest.raises(ValueError, match="does not extend"):
        consistency_spans(8, 7)
