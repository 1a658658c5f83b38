"""The sums of the hash chain: nothing in an event can change without its link."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage import chain

FACTS = chain.LinkFacts(
    petition_id=5, seq=2, action="note", actor_kind="citizen", officer_id=None, at=1, commitment=b"c" * 32
)
KEY = b"k" * 32


@pytest.mark.parametrize(
    "changed",
    [
        {"petition_id": 6},
        {"seq": 3},
        {"action": "not"},
        {"actor_kind": "ecitizen"},
        {"officer_id": 0},
        {"at": 11},
        {"commitment": b"d" * 32},
    ],
)
def test_every_fact_counts(changed: dict[str, object]) -> None:
    other = replace(FACTS, **changed)  # type: ignore[arg-type]

    assert chain.link(KEY, chain.START, FACTS) != chain.link(KEY, chain.START, other)


def test_key_and_link_before_count() -> None:
    link = chain.link(KEY, chain.START, FACTS)

    assert link == chain.link(KEY, chain.START, FACTS)
    assert link != chain.link(b"l" * 32, chain.START, FACTS)
    assert link != chain.link(KEY, b"\1" * 32, FACTS)
    assert chain.head(KEY, 5, 2, link) != chain.head(KEY, 5, 3, link)


@given(
    words=st.tuples(st.text(max_size=5), st.text(max_size=5)),
    other=st.tuples(st.text(max_size=5), st.text(max_size=5)),
)
def test_words_cannot_be_moved_from_one_field_to_the_next(
    words: tuple[str, str], other: tuple[str, str]
) -> None:
    one = replace(FACTS, action=words[0], actor_kind=words[1])
    two = replace(FACTS, action=other[0], actor_kind=other[1])

    assert (chain.link(KEY, chain.START, one) == chain.link(KEY, chain.START, two)) == (words == other)


def test_a_commitment_hides_its_content_behind_the_salt() -> None:
    assert chain.commitment(b"a" * 16, b"{}") != chain.commitment(b"b" * 16, b"{}")
    assert chain.commitment(b"a" * 16, b"{}") != chain.commitment(b"a" * 16, b"{ }")
