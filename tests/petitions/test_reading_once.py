"""What makes reading fast must not change what is read: kept readings, words folded by themselves, short cuts."""

from __future__ import annotations

import random
import re
import unicodedata
from datetime import date

import pytest

from petitions import dates, names, text
from petitions.choices import language_of
from petitions.danger import find_danger
from petitions.extract import find_dates, find_name, find_people, find_phones
from petitions.intents import Intent, chosen_kind, intents, is_only, question, story_part
from petitions.text import fold
from petitions.wording import MESSAGES_KEPT, Hit, Phrasebook, longest_only, read_words
from tests.petitions.measure_understanding import TODAY, sample_suggester

ODD = [
    "\u200b", "\x1c", "\u00a8", "Σ", "ΑΣ", "𝚺", "ﬁ", "İ", "ı", "\u212a", "ſ", "\u0301", "\u05b7\u05b0", "\t", "\xa0",
    "\u2028", "각", "ｔｅｎ", "½", "１２", "\x00", "…", "a", "Đ", "ữ", " ", "/", "9",
]  # fmt: skip


def _folded_whole(typed: str) -> str:
    """What `fold` is defined as, over the whole text at once."""
    typed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", typed).lower())
    return " ".join(text._MARKS.sub("", typed).replace("đ", "d").split())


def test_words_folded_one_by_one_give_the_folded_text() -> None:
    chance = random.Random(11)
    for _ in range(3000):
        typed = "".join(chance.choice(ODD) for _ in range(chance.randint(0, 40)))
        assert fold(typed) == _folded_whole(typed), ascii(typed)


def test_a_text_folded_letter_by_letter_keeps_its_length() -> None:
    for typed in ("Ngày 10/5\u2028tại Đền Trần\u0301", "ﬁ İ ½ 각", "\u0301\u200b"):
        flat = dates._same_length_fold(typed)
        assert flat == "".join(" " if c.isspace() else (fold(c) or " ")[:1] for c in typed)
        assert len(flat) == len(typed)


def test_a_kept_reading_is_the_same_as_a_new_one() -> None:
    suggester = sample_suggester()
    said = [
        "xong rồi",
        "đồ ngu",
        "bao lâu thì có kết quả ạ?",
        "tố cáo nhé",
        "có người đang đánh em",
        "👋",
        "ok gửi đi",
    ]

    def read(typed: str) -> tuple[object, ...]:
        only = [intent for intent in Intent if is_only(typed, intent)]
        seen = suggester.understand(typed, today=TODAY)
        return (intents(typed), only, story_part(typed), question(typed), chosen_kind(typed), language_of(typed),
                find_danger(typed), find_phones(typed), seen)  # fmt: skip

    first = [read(typed) for typed in said]
    assert first == [read(typed) for typed in said]
    for number in range(3 * MESSAGES_KEPT):
        read(f"tin thứ {number}")
    assert first == [read(typed) for typed in said]


def test_numbers_found_are_the_callers_own() -> None:
    found = find_phones("số tôi 0951223455")
    found.clear()
    assert [phone.raw for phone in find_phones("số tôi 0951223455")] == ["0951223455"]


def test_another_day_is_another_understanding() -> None:
    suggester = sample_suggester()
    story = "Quán karaoke gần nhà tôi hát ồn cả đêm hôm qua, cả xóm không ngủ được"
    days = [suggester.understand(story, today=date(2026, 11, day)).date.value for day in (20, 21)]
    assert days == [date(2026, 11, 19), date(2026, 11, 20)]


@pytest.mark.parametrize(
    "typed",
    [
        "TÊN TÔI LÀ VŨ HẢI",
        "Chồng mình tên là Lê Văn Tám, họ và tên tôi: Đỗ Thị Hà",
        "ĐẠI DIỆN Trần Thị Bé, tên em là mình, my full name is Emma Clarke, Name: Bob Stone",
        "tên " * 200,
        "cột đèn, tiền, hoten Lan",
    ],
)
def test_introductions_are_those_a_search_of_the_whole_text_finds(typed: str) -> None:
    found = [match.span() for match in names._introductions(typed)]
    assert found == [match.span() for match in re.finditer(names._INTRODUCED, typed)]


def test_short_cuts_lose_nothing() -> None:
    assert find_people("Chúng tôi, 23 giáo viên") == 23
    assert find_people("6 phụ huynh cùng kiến nghị") == 6
    assert find_people("cùng 12 hộ dân ký đơn") == 12
    assert find_people("we are 14 neighbours") == 14
    assert find_people("there are 4 of us") == 4
    assert find_people("my wife and I want to complain") == 2
    today = date(2026, 11, 20)
    for typed in (
        "ba hom truoc",
        "3 days ago",
        "cn tuan truoc",
        "t6 tuan truoc",
        "last monday",
        "May 12, 2026",
    ):
        assert [day.problem for day in find_dates(typed, today)] == [None], typed
    assert find_name("Hello, this is Emma Clarke") == "Emma Clarke"


def test_phrases_are_found_in_reading_order_short_before_long() -> None:
    book = Phrasebook(
        [("a", "công", 1.0), ("b", "công đức", 1.0), ("a", "tiền công đức", 2.0), ("c", "đức", 1.0)]
    )
    hits = book.find(read_words("Tiền công đức, công"))
    assert [(hit.label, hit.first, hit.last) for hit in hits] == [
        ("a", 0, 3), ("a", 1, 2), ("b", 1, 3), ("c", 2, 3), ("a", 3, 4),
    ]  # fmt: skip
    assert [(hit.label, hit.first) for hit in longest_only(hits)] == [("a", 0), ("b", 1), ("c", 2), ("a", 3)]


def test_longest_only_keeps_hits_that_do_not_overlap_as_they_are() -> None:
    hits = [Hit("a", "x", 1.0, 0, 1, True), Hit("a", "y", 1.0, 1, 3, True), Hit("b", "z", 1.0, 5, 6, False)]
    assert longest_only(hits) == hits
