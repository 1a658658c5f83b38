"""Every slip of one sign is caught; codes are found in running text and nothing else is."""

from __future__ import annotations

import random
import re
import uuid
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from petitions.codes import ALPHABET, BadCode, TrackingCode, find_codes, new_secret, read_secret, show_secret

CODES = st.integers(min_value=0, max_value=2**64).map(lambda seed: TrackingCode.generate(random.Random(seed)))
CODE = TrackingCode.generate(random.Random(2026))


def _is_refused(letters: str) -> bool:
    try:
        TrackingCode.parse(letters)
    except BadCode as bad:
        return bad.reason == "check"
    return False


@given(CODES)
def test_every_single_wrong_character_is_caught(code: TrackingCode) -> None:
    for place, right in enumerate(code.value):
        for wrong in ALPHABET:
            if wrong != right:
                assert _is_refused(code.value[:place] + wrong + code.value[place + 1 :])


@given(CODES)
def test_every_swap_of_two_characters_is_caught(code: TrackingCode) -> None:
    for first in range(12):
        for second in range(first + 1, 12):
            letters = list(code.value)
            letters[first], letters[second] = letters[second], letters[first]
            assert "".join(letters) == code.value or _is_refused("".join(letters))


def test_every_single_error_pattern_is_caught_for_every_pair_of_letters() -> None:
    """The sum is linear, so the difference a slip makes depends on place and letters only: try them all."""
    from petitions import codes

    for weighted in codes._WEIGHTED:
        assert len(set(weighted)) == 32
    for left, right in pairwise(codes._WEIGHTED):
        for a in range(32):
            for b in range(32):
                assert a == b or left[a] ^ right[b] != left[b] ^ right[a]


@given(CODES)
def test_codes_read_back_however_they_are_typed(code: TrackingCode) -> None:
    shown = str(code)
    assert re.fullmatch(r"[0-9A-Z]{4}(-[0-9A-Z]{4}){2}", shown)
    assert not set(shown) & set("ILOU")
    for typed in (
        shown,
        shown.lower(),
        shown.replace("-", " "),
        shown.replace("-", ""),
        shown.replace("-", "."),
        f"  {shown.replace('-', ' – ')}\n",
        shown.replace("0", "O"),
        shown.replace("0", "o").replace("1", "l"),
        shown.replace("1", "I"),
        " ".join(code.value),
    ):
        assert TrackingCode.parse(typed) == code


@pytest.mark.parametrize(
    "typed", ["", "ABCD", "ABCD-EFGH-JKM", "ABCD-EFGH-JKMNP", "ABCD-EFGH-JKM!", "đơn của tôi"]
)
def test_what_cannot_be_a_code_is_refused_by_shape(typed: str) -> None:
    with pytest.raises(BadCode) as caught:
        TrackingCode.parse(typed)
    assert caught.value.reason == "shape"


def test_codes_spread_over_more_than_fifty_bits() -> None:
    source = random.Random(1)
    accepted = sum(_mixed(source) for _ in range(40_000))
    share = accepted / 40_000
    assert 2**55 * share > 2**53
    assert len({TrackingCode.generate(source) for _ in range(5_000)}) == 5_000


def _mixed(source: random.Random) -> bool:
    from petitions import codes

    letters = codes.random_letters(source, 11)
    letters += ALPHABET[codes._sum(letters) ^ codes._GOOD_SUM]
    return codes._is_well_mixed(letters)


@given(CODES, st.sampled_from(["-", " ", ".", "", " - ", "–", "_", " . "]), st.booleans(), st.booleans())
def test_codes_are_found_in_a_sentence(code: TrackingCode, gap: str, lower: bool, letter_o: bool) -> None:
    typed = str(code).replace("-", gap)
    typed = typed.lower() if lower else typed
    typed = typed.replace("0", "o") if letter_o else typed
    text = f"cho hỏi đơn {typed} tới đâu rồi, số tôi là 0951 223 455"
    found = find_codes(text)
    assert [item.code for item in found] == [code]
    assert text[slice(*found[0].span)] == typed


@given(CODES, st.integers(0, 11), st.sampled_from(ALPHABET), st.sampled_from(["-", " ", ""]))
def test_mistyped_codes_are_reported_as_such(code: TrackingCode, place: int, wrong: str, gap: str) -> None:
    letters = code.value[:place] + wrong + code.value[place + 1 :]
    if letters == code.value:
        return
    typed = gap.join((letters[:4], letters[4:8], letters[8:]))
    assert [item.code for item in find_codes(f"Mã của tôi: {typed}. Cảm ơn")] == [None]


@given(CODES, st.integers(0, 11))
def test_a_forgotten_character_is_noticed_when_dashes_are_typed(code: TrackingCode, place: int) -> None:
    groups = str(code).split("-")
    groups[place // 4] = groups[place // 4][: place % 4] + groups[place // 4][place % 4 + 1 :]
    assert [item.code for item in find_codes(f"mã {'-'.join(groups)} nhé")] == [None]


@given(CODES, CODES)
def test_two_codes_in_one_text(first: TrackingCode, second: TrackingCode) -> None:
    assert [item.code for item in find_codes(f"{first} và {second}")] == [first, second]
    assert [item.code for item in find_codes(f"{first}\n{second}")] == [first, second]
    assert [item.code for item in find_codes(f"https://x.vn/status?code={first}")] == [first]


@given(CODES)
def test_a_short_number_before_a_code_does_not_hide_it(code: TrackingCode) -> None:
    text = f"nha 4b12 {code} 7c81; so 12b4 {str(code).replace('-', '')} 7c81 ok"
    assert [item.code for item in find_codes(text)] == [code, code]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Tôi muốn hỏi về đơn của tôi",
        "toi muon hoi loai hinh nhoi loan thoi hoan toan khong phai",
        "số điện thoại 0951 223 455, 0951.223.455, +84 951 223 455, 84951223455",
        "CCCD 001085012345 cấp ngày 12/05/2021",
        "HN-2025-00417",
        "tài khoản 1234 5678 9012",
        "nhom 2025 loai hinh 2026 thoi gian 1234",
        "biển số 90A-123.45, xe 29C1-234.56",
        "123e4567-e89b-12d3-a456-426614174000",
        "Quyết định 19/2025/QĐ-TTg ngày 12 tháng 6 năm 2025",
        "http://example.com/a/b/c?id=12",
        "AAAA-BBBB-CCCC",
        "0000-0000-0000 1111-1111-1111",
        "tour 2n1d gia 1tr5 cho 3 ng lon 2 tre em",
    ],
)
def test_other_things_are_not_taken_for_codes(text: str) -> None:
    assert find_codes(text) == []


def test_a_receipt_secret_is_not_taken_for_a_code() -> None:
    source = random.Random(3)
    for _ in range(200):
        secret = new_secret(source)
        assert len(secret) == 16
        assert read_secret(show_secret(secret).lower()) == secret
        assert find_codes(show_secret(secret)) == []
    with pytest.raises(BadCode):
        read_secret(str(CODE))


def test_ids_of_other_systems_are_never_taken_for_a_good_code() -> None:
    source = random.Random(4)
    for _ in range(500):
        other = uuid.UUID(int=source.getrandbits(128))
        assert find_codes(f"id {other} {other.hex}") == []


@given(st.text(max_size=200))
def test_any_text_is_read_without_a_fault(text: str) -> None:
    for item in find_codes(text):
        start, end = item.span
        assert 0 <= start < end <= len(text)
