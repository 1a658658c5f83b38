"""Copies of a text are found whatever was done to them, and nothing else is taken for one."""

from __future__ import annotations

import random
from itertools import combinations

import pytest

from petitions.copies import SHARED, SKETCH, are_copies, group, likeness, read, sketch
from tests.petitions.altered import PREFACES, WAYS, copy, full_sample, sample

STORY = (
    "Quán karaoke Sao Đêm ở số 12 ngõ 4 phường Minh Khai hát quá giờ, tối nào cũng ồn tới một giờ sáng, nhà tôi có "
    "người già không ngủ được, đã nhắc nhiều lần mà chủ quán không giảm."
)
OTHER = (
    "Cổng vào đền làng Trác bị xe tải chở đất húc đổ một bên trụ, gạch cổ vỡ ra đường, đề nghị cơ quan cho người "
    "xuống lập biên bản và giữ lại hiện trạng trước khi người ta dọn mất."
)
KEY = b"a key of the office"


@pytest.mark.shared
@pytest.mark.parametrize("way", WAYS)
def test_copies_of_all_petitions_are_found_and_only_they(way: str) -> None:
    check_copies(way, [row["text"] for row in full_sample()])


@pytest.mark.parametrize("way", WAYS)
def test_copies_of_the_sample_are_found_and_only_they(way: str) -> None:
    check_copies(way, [row["text"] for row in sample()])


def check_copies(way: str, given: list[str]) -> None:
    """Recall and precision of pairs, over texts and one copy of each."""
    chance, originals = random.Random(20261128), [text for text in given if len(text.split()) >= 8]
    words = [word for text in originals for word in text.split()]
    copies = [copy(text, way, words, chance) for text in originals]
    count = len(originals)
    truly = {pair for places in group(originals) for pair in combinations(places, 2)}
    pairs = {pair for places in group(originals + copies) for pair in combinations(places, 2)}
    found = sum((place, place + count) in pairs for place in range(count))
    right = sum(
        one % count == other % count
        or (one % count, other % count) in truly
        or (other % count, one % count) in truly
        for one, other in pairs
    )
    assert found / count >= 0.97
    assert right / len(pairs) >= 0.97
    sketches = sum(
        len({*sketch(read(text), KEY)} & {*sketch(read(each), KEY)}) >= SHARED
        for text, each in zip(originals, copies, strict=True)
    )
    assert sketches / count >= 0.97


@pytest.mark.shared
def test_pairs_of_the_sample_that_are_copies_are_of_one_matter() -> None:
    rows = full_sample()
    matters = [{rows[place]["dup_group"] for place in places} for places in group(r["text"] for r in rows)]
    assert matters
    assert all(len(matter) == 1 and None not in matter for matter in matters)


def test_a_preface_that_many_share_joins_nobody() -> None:
    assert group([PREFACES[1] + STORY, PREFACES[1] + OTHER]) == []
    assert group([STORY, PREFACES[1] + STORY, OTHER, PREFACES[1] + OTHER]) == [[0, 1], [2, 3]]


def test_the_same_sender_may_have_two_matters() -> None:
    sender = (
        " Tôi là Lê Văn Mẫu, trú tại tổ 5 phường Minh Khai, điện thoại 0951223455, xin cam đoan đúng sự thật."
    )
    assert group([STORY + sender, OTHER + sender]) == []


def test_a_text_that_quotes_two_others_does_not_make_them_one() -> None:
    groups = group([STORY, OTHER, f"{STORY} {OTHER}"])
    assert not any({0, 1} <= set(places) for places in groups)


def test_groups_go_through_other_copies() -> None:
    chance, words = random.Random(3), OTHER.split()
    family = [STORY, *(copy(STORY, "changed", words, chance) for _ in range(6))]
    assert group([OTHER, *family]) == [[1, 2, 3, 4, 5, 6, 7]]


def test_a_campaign_of_many_copies_is_one_group() -> None:
    chance, words = random.Random(4), OTHER.split()
    many = [copy(STORY, chance.choice(WAYS), words, chance) for _ in range(300)]
    groups = group([OTHER, *many])
    assert len(groups) == 1
    assert 0 not in groups[0]
    assert len(groups[0]) >= 290


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "👋",
        "xin chào",
        "Kính gửi",
        "ok",
        "a" * 50_000,
        "\ud800\x00",
        "¿Dónde está la oficina?",
        "1 2 3",
    ],
)
def test_what_says_nothing_is_no_copy_and_breaks_nothing(text: str) -> None:
    short = len(read(text).words) < 4
    assert (group([text, text]) == []) is short
    assert (sketch(read(text), KEY) == ()) is short
    assert likeness(read(text), read(text)) == 1.0


def test_short_texts_are_copies_as_a_whole_only() -> None:
    one, other = "đường ngập quá rồi ạ", "ĐƯỜNG NGẬP QUÁ RỒI"
    assert are_copies(read(one), read(other))
    assert not are_copies(read(one), read("đường ngập quá nhiều"))
    assert len({*sketch(read(one), KEY)} & {*sketch(read(other), KEY)}) >= SHARED


def test_a_sketch_is_small_keyed_and_fits_a_column() -> None:
    own = sketch(read(STORY), KEY)
    assert len(own) == SKETCH
    assert own == tuple(sorted(own))
    assert all(0 <= value < 2**63 for value in own)
    assert not set(own) & set(sketch(read(STORY), b"another key"))
    assert own == sketch(read(copy(STORY, "plain", [], random.Random(1))), KEY)


def test_phrases_of_every_petition_leave_no_trace() -> None:
    phrase = "Đề nghị Sở thụ lý, xử lý theo pháp luật. Tôi xin cam đoan những nội dung trên là đúng sự thật."
    one, other = f"{STORY} {phrase}", f"{OTHER} {phrase}"
    assert len({*sketch(read(one), KEY)} & {*sketch(read(other), KEY)}) < SHARED


def test_ten_thousand_words_are_read() -> None:
    long = " ".join(f"chữ{place} {STORY}" for place in range(300))
    assert group([long, long + " thêm một câu nữa ở cuối"]) == [[0, 1]]
