"""The same matter in other words: suggested with its reason, seldom wrongly, and never for a common word."""

from __future__ import annotations

from datetime import date

import pytest

from bot.profile import read_agency
from petitions import matters
from petitions.matters import packaged_rarity, read, reason, score, suggest, term_hashes
from petitions.understanding import KeywordSuggester
from tests.petitions.altered import full_sample
from tests.petitions.test_copies import OTHER, STORY

RETOLD = "cho hoi quan hat Sao Dem phuong Minh Khai sao mo den 1h sang, ca ngo 4 mat ngu ca thang nay roi"
KEY = b"key"


@pytest.fixture(scope="module")
def told() -> list[matters.Told]:
    suggester = KeywordSuggester(read_agency(None))
    found = []
    for row in full_sample():
        seen = suggester.understand(row["text"], today=date(2026, 11, 1))
        found.append(read(row["text"], topic=seen.topic.value, place=seen.place.value or ""))
    return found


@pytest.mark.shared
def test_the_other_one_is_among_three_and_few_suggestions_are_wrong(told: list[matters.Told]) -> None:
    """On the sample: wanted at least 0.80 found, at most one wrong suggestion in five petitions."""
    groups = [row["dup_group"] for row in full_sample()]
    results = suggest(told, packaged_rarity())
    of_many = [place for place, name in enumerate(groups) if name is not None and groups.count(name) > 1]
    found = sum(any(groups[each.place] == groups[place] for each in results[place]) for place in of_many)
    wrong = sum(
        groups[place] is None or groups[each.place] != groups[place]
        for place, result in enumerate(results)
        for each in result
    )
    assert found / len(of_many) >= 0.9
    assert wrong / len(groups) <= 0.2
    assert all(len(result) <= matters.SUGGESTED for result in results)


@pytest.mark.shared
def test_kept_hashes_find_the_other_one(told: list[matters.Told]) -> None:
    """What the store keeps is enough to find the candidates: twenty by the weight of common hashes."""
    groups, rarity = [row["dup_group"] for row in full_sample()], packaged_rarity()
    hashes = [term_hashes(each, KEY, rarity) for each in told]
    of_many = [place for place, name in enumerate(groups) if name is not None and groups.count(name) > 1]
    found = 0
    for place in of_many:
        shared = sorted(
            (-sum(weight for value, weight in hashes[place].items() if value in theirs), other)
            for other, theirs in enumerate(hashes)
            if other != place
        )
        found += any(weight < 0 and groups[other] == groups[place] for weight, other in shared[:20])
    assert found / len(of_many) >= 0.95


def test_a_retold_matter_is_suggested_with_its_words() -> None:
    petitions = [read(STORY), read(OTHER), read(RETOLD)]
    results = suggest(petitions, packaged_rarity())
    assert results[2][0].place == 0
    assert results[0][0].place == 2
    assert "sao dem" in " ".join(results[2][0].reason)
    assert results[1] == []


def test_topic_and_place_count() -> None:
    rarity = packaged_rarity()
    plain = score(read(STORY), read(RETOLD), rarity)
    assert score(read(STORY, topic="a"), read(RETOLD, topic="b"), rarity) < plain
    placed = score(read(STORY, place="ngõ 4 phường Minh Khai"), read(RETOLD), rarity)
    assert placed > plain


def test_the_writers_name_and_number_are_left_out() -> None:
    kept = read("Tôi là Lê Văn Mẫu, điện thoại 0951223455. Cổng đền đổ rồi.").terms
    assert "0951223455" not in kept
    assert not {"mau", "van mau", "le van"} & kept
    assert {"cong", "den do"} <= kept


@pytest.mark.parametrize(
    "text", ["", "👋", "ok", "x" * 30_000, "\ud800", "DROP TABLE petitions; --", "hello " * 9000]
)
def test_what_says_nothing_suggests_nothing_and_breaks_nothing(text: str) -> None:
    results = suggest([read(text), read(STORY)], packaged_rarity())
    assert results == [[], []]
    assert len(term_hashes(read(text), KEY, packaged_rarity())) <= matters.TERMS


def test_hashes_are_keyed_few_and_fit_a_column() -> None:
    own = term_hashes(read(STORY), KEY, packaged_rarity())
    assert len(own) == matters.TERMS
    assert all(0 <= value < 2**63 and weight > 0 for value, weight in own.items())
    assert not own.keys() & term_hashes(read(STORY), b"other", packaged_rarity()).keys()


def test_reasons_are_few_and_say_each_word_once() -> None:
    words = [word for term in reason(read(STORY), read(STORY), packaged_rarity()) for word in term.split()]
    assert words
    assert len(words) == len(set(words))
