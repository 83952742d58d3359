"""Canonical JSON and the Merkle log, against the published vectors of Certificate Transparency."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voting.log import (
    EMPTY_ROOT,
    CanonicalError,
    CompactTree,
    LeafKind,
    canonical,
    consistency_proof,
    inclusion_proof,
    leaf,
    leaf_hash,
    node_hash,
    read_canonical,
    signed_head,
    tree_head_message,
    tree_root,
    verify_consistency,
    verify_inclusion,
)

# Leaves, roots and proofs that Certificate Transparency publishes for RFC 6962.
LEAVES = [
    leaf_hash(bytes.fromhex(data))
    for data in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
A, B, C = (
    "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
    "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
)
INCLUSION = [
    (0, 1, []),
    (0, 8, ["96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7", A, C]),
    (5, 8, [B, "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0", ROOTS[4]]),
    (2, 3, [ROOTS[2]]),
    (1, 5, [ROOTS[1], A, B]),
]
CONSISTENCY = [
    (1, 1, []),
    (1, 8, ["96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7", A, C]),
    (
        6,
        8,
        [
            "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            ROOTS[4],
        ],
    ),
    (2, 5, [A, B]),
]
plain_json = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)
SURROGATE = chr(0xD800)


def unhex(proof: list[str]) -> list[bytes]:
    return [bytes.fromhex(step) for step in proof]


@pytest.mark.parametrize("size", range(9))
def test_root_is_the_published_one(size: int) -> None:
    assert tree_root(LEAVES[:size]).hex() == ROOTS[size]


@pytest.mark.parametrize(("index", "size", "proof"), INCLUSION)
def test_inclusion_proof_is_the_published_one(index: int, size: int, proof: list[str]) -> None:
    assert inclusion_proof(LEAVES[:size], index) == unhex(proof)
    assert verify_inclusion(
        leaf=LEAVES[index],
        index=index,
        size=size,
        proof=unhex(proof),
        root=bytes.fromhex(ROOTS[size]),
    )


@pytest.mark.parametrize(("old", "new", "proof"), CONSISTENCY)
def test_consistency_proof_is_the_published_one(old: int, new: int, proof: list[str]) -> None:
    assert consistency_proof(LEAVES[:new], old) == unhex(proof)
    assert verify_consistency(
        old_size=old,
        new_size=new,
        old_root=bytes.fromhex(ROOTS[old]),
        new_root=bytes.fromhex(ROOTS[new]),
        proof=unhex(proof),
    )


def hashes(size: int) -> list[bytes]:
    return [leaf_hash(str(number).encode()) for number in range(size)]


@settings(deadline=None)
@given(st.integers(1, 80), st.data())
def test_inclusion_holds_for_its_own_place_only(size: int, data: st.DataObject) -> None:
    leaves = hashes(size)
    root = tree_root(leaves)
    index = data.draw(st.integers(0, size - 1))
    proof = inclusion_proof(leaves, index)
    assert verify_inclusion(leaf=leaves[index], index=index, size=size, proof=proof, root=root)
    for other in set(range(-1, size + 2)) - {index}:
        assert not verify_inclusion(
            leaf=leaves[index], index=other, size=size, proof=proof, root=root
        )
    assert not verify_inclusion(
        leaf=leaf_hash(b"another"), index=index, size=size, proof=proof, root=root
    )
    assert not verify_inclusion(
        leaf=leaves[index], index=index, size=size, proof=[*proof, root], root=root
    )
    for number in range(len(proof)):
        cut = proof[:number] + proof[number + 1 :]
        assert not verify_inclusion(
            leaf=leaves[index], index=index, size=size, proof=cut, root=root
        )


@settings(deadline=None)
@given(st.integers(1, 80), st.data())
def test_consistency_holds_for_an_extended_log_only(size: int, data: st.DataObject) -> None:
    leaves = hashes(size)
    old = data.draw(st.integers(1, size))
    changed = data.draw(st.integers(0, old - 1))
    proof = consistency_proof(leaves, old)
    roots = {"old_root": tree_root(leaves[:old]), "new_root": tree_root(leaves)}
    assert verify_consistency(old_size=old, new_size=size, proof=proof, **roots)
    rewritten = [*leaves[:changed], leaf_hash(b"rewritten"), *leaves[changed + 1 :]]
    roots["new_root"] = tree_root(rewritten)
    assert not verify_consistency(old_size=old, new_size=size, proof=proof, **roots)
    assert not verify_consistency(
        old_size=old, new_size=size, proof=consistency_proof(rewritten, old), **roots
    )


def test_consistency_with_an_empty_or_larger_head_does_not_hold() -> None:
    root = tree_root(LEAVES)
    for old in (0, 9):
        assert not verify_consistency(
            old_size=old, new_size=8, old_root=root, new_root=root, proof=[]
        )
    assert not verify_consistency(old_size=3, new_size=8, old_root=root, new_root=root, proof=[])


def test_proofs_of_what_is_not_there_are_refused() -> None:
    with pytest.raises(IndexError, match="no leaf 8"):
        inclusion_proof(LEAVES, 8)
    with pytest.raises(ValueError, match="no head at 0"):
        consistency_proof(LEAVES, 0)


@settings(deadline=None)
@given(st.integers(0, 200), st.integers(0, 200))
def test_compact_tree_continues_from_its_peaks(before: int, after: int) -> None:
    leaves = hashes(before + after)
    first = CompactTree()
    for one in leaves[:before]:
        first.append(one)
    second = CompactTree(first.size, tuple(first.peaks))
    for one in leaves[before:]:
        second.append(one)
    assert (first.root(), second.root()) == (tree_root(leaves[:before]), tree_root(leaves))
    assert second.size == before + after


def test_compact_tree_with_peaks_of_another_size_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot have 2 peaks"):
        CompactTree(4, [ROOTS[1].encode(), ROOTS[2].encode()])


def test_leaf_and_node_cannot_be_taken_for_each_other() -> None:
    left, right = LEAVES[:2]
    assert node_hash(left, right) != leaf_hash(left + right)
    assert CompactTree().root() == EMPTY_ROOT


@settings(deadline=None)
@given(plain_json)
def test_canonical_form_is_read_back_and_unique(value: object) -> None:
    data = canonical(value)  # type: ignore[arg-type]  # hypothesis builds JSON values
    assert read_canonical(data) == value
    assert canonical(json.loads(data)) == data


def test_canonical_form_sorts_keys_and_keeps_korean() -> None:
    assert canonical({"나": 1, "b": [True, None], "a": "느티동 \n"}) == (
        '{"a":"느티동 \\n","b":[true,null],"나":1}'.encode()
    )


@pytest.mark.parametrize(
    ("value", "place"),
    [
        ({"a": [1, 0.5]}, r"\$\.a\[1\]: float"),
        ({"a": (1,)}, r"\$\.a: tuple"),
        ({1: 2}, r"the key 1 is not a text"),
        (2**53, "larger than a browser"),
        (-(2**53), "larger than a browser"),
        ({"a": SURROGATE}, "half a character"),
        (b"bytes", "bytes has no canonical form"),
    ],
)
def test_value_without_a_canonical_form_is_refused_by_place(value: object, place: str) -> None:
    with pytest.raises(CanonicalError, match=place):
        canonical(value)  # type: ignore[arg-type]  # wrong on purpose


@pytest.mark.parametrize(
    "data",
    [
        b'{"a": 1}',
        b'{"b":1,"a":2}',
        b'{"a":1,"a":1}',
        b"1.0",
        b"1e3",
        b"NaN",
        b'"\\u0061"',
        b"[1]\n",
        b"{",
        b"\xff",
        b"",
    ],
)
def test_bytes_in_another_form_are_refused(data: bytes) -> None:
    with pytest.raises(CanonicalError):
        read_canonical(data)


def test_leaf_holds_its_kind_and_facts() -> None:
    assert leaf(LeafKind.STATE, state="open") == b'{"kind":"state","state":"open"}'


def test_signed_head_holds_what_its_signature_covers() -> None:
    root = bytes(32)
    message = tree_head_message(contest="c", size=3, root=root, at="2026-11-22T18:00:00+00:00")
    head = signed_head(
        contest="c", size=3, root=root, at="2026-11-22T18:00:00+00:00", signature=b"\x01"
    )
    assert isinstance(head, dict)
    assert head.pop("signature") == "01"
    assert canonical(head) == message


@settings(deadline=None, max_examples=20)
@given(st.permutations(range(12)))
def test_root_depends_on_the_order_of_leaves(order: list[int]) -> None:
    leaves = hashes(12)
    moved = [leaves[number] for number in order]
    assert (tree_root(moved) == tree_root(leaves)) is (order == sorted(order))
