"""Cleaning keeps what is visible and drops what hides; folding makes spellings comparable."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from petitions.text import clean, fold


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        ("  Kính gửi Sở \r\n\tđơn  ", "Kính gửi Sở \n\tđơn"),
        ("a\x00b\x07c\x1b[31m", "abc[31m"),
        ("one\rtwo\u2028three", "one\ntwo\nthree"),
        (unicodedata.normalize("NFD", "Khiếu nại đường Trần Phú"), "Khiếu nại đường Trần Phú"),
        ("\u202egnp.exe\u202c", "gnp.exe"),
        ("kh\u200biếu\u00ad n\ufeffại", "khiếu nại"),
        ("e\u200b\u0301", "é"),
        ("gia đình 👨\u200d👩\u200d👧 và 🏳\ufe0f\u200d🌈", "gia đình 👨\u200d👩\u200d👧 và 🏳\ufe0f\u200d🌈"),
        ("a\u200db", "ab"),
        ("\ud800x", "x"),
        ("مرحبا", "مرحبا"),
        ("", ""),
        (" \n\t ", ""),
    ],
)
def test_clean_keeps_the_visible_text(raw: str, kept: str) -> None:
    assert clean(raw) == kept


@given(st.text(st.characters(exclude_categories=[]), max_size=60))
def test_clean_twice_changes_nothing_and_can_be_stored(raw: str) -> None:
    once = clean(raw)
    assert clean(once) == once
    assert unicodedata.is_normalized("NFC", once)
    assert "\x00" not in once
    once.encode()  # no lone surrogate is left


@given(st.text(alphabet="aáăâbcdđeêéghiịklmnoôơpqrstuưữvxy ,.;0123456789\n", max_size=200))
def test_clean_keeps_ordinary_vietnamese_letter_for_letter(raw: str) -> None:
    assert clean(unicodedata.normalize("NFD", raw)) == raw.strip()


@pytest.mark.parametrize(
    ("raw", "folded"),
    [
        ("Khiếu nại", "khieu nai"),
        ("ĐƠN  Tố\n cáo", "don to cao"),
        ("TÔI Ở PHƯỜNG HAI BÀ TRƯNG", "toi o phuong hai ba trung"),
        (unicodedata.normalize("NFD", "Nguyễn Thị Sử"), "nguyen thi su"),
        ("ＡＢＣ\u200b1２3", "abc123"),
        ("\tplain ASCII\n text ", "plain ascii text"),
    ],
)
def test_fold_makes_spellings_equal(raw: str, folded: str) -> None:
    assert fold(raw) == folded


@given(st.text(max_size=60))
def test_fold_is_stable(raw: str) -> None:
    once = fold(raw)
    assert fold(once) == once
    assert fold(clean(raw)) == once
