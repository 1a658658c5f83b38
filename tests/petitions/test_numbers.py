"""Numbers of choices as people type them, and what is none."""

from __future__ import annotations

import pytest

from petitions.numbers import typed_number


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("1", 1), ("1.", 1), ("1)", 1), ("(2)", 2), (" 12 ", 12), ("#3", 3), ("0", 0),
        ("２", 2), ("②", 2), ("3️⃣", 3), ("số 1", 1), ("So 2", 2), ("chọn 1", 1), ("em chọn số 4 ạ", 4),
        ("chọn hai", 2), ("số ba", 3), ("so nam", 5), ("một", 1), ("Hai", 2), ("năm", 5), ("mot", 1),
        ("option 2", 2), ("two", 2), ("1 nhé", 1), ("No. 7", 7),
    ],
)  # fmt: skip
def test_a_number_is_read_however_it_is_typed(typed: str, number: int) -> None:
    assert typed_number(typed) == number


@pytest.mark.parametrize(
    "typed",
    [
        "", "hai người", "1 2", "123", "12/5", "số nhà 12", "ngõ 5", "sau", "nam", "tam", "so", "chọn", "1a",
        "một lần nữa", "số 5 đường Trần Phú", "em Nam", "cho ba", "10h", "1.5", "-1",
    ],
)  # fmt: skip
def test_what_is_no_number_of_a_choice(typed: str) -> None:
    assert typed_number(typed) is None


def test_where_a_name_or_place_is_asked_only_digits_count() -> None:
    assert typed_number("số 12", led=False, words=False) is None
    assert typed_number("Ba", led=False, words=False) is None
    assert typed_number("2.", led=False, words=False) == 2
