"""Identity numbers: which are taken, which are not and why, and that a shown one hides most of it."""

from __future__ import annotations

import pytest

from petitions.identity import Identity, IdentityProblem, Paper, masked_identity, read_identity


@pytest.mark.parametrize(
    ("text", "number", "paper"),
    [
        ("035090123456", "035090123456", Paper.CITIZEN),
        ("035 090 123 456", "035090123456", Paper.CITIZEN),
        ("035.090.123.456", "035090123456", Paper.CITIZEN),
        ("Số căn cước của tôi là 035090123456 ạ", "035090123456", Paper.CITIZEN),
        ("０３５０９０１２３４５６", "035090123456", Paper.CITIZEN),
        ("C1234567", "C1234567", Paper.PASSPORT),
        ("hộ chiếu p00123456", "P00123456", Paper.PASSPORT),
        ("passport XA 1234567", "XA1234567", Paper.PASSPORT),
        ("cccd 035090123456, 035090123456", "035090123456", Paper.CITIZEN),
    ],
)
def test_numbers_of_accepted_papers_are_read(text: str, number: str, paper: Paper) -> None:
    assert read_identity(text) == Identity(number, paper)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("168123456", IdentityProblem.OLD_CARD),
        ("CMND 168 123 456", IdentityProblem.OLD_CARD),
        ("03509012345", IdentityProblem.LENGTH),
        ("0350901234567", IdentityProblem.LENGTH),
        ("C12345678901", IdentityProblem.LENGTH),
        ("tôi không nhớ", IdentityProblem.NONE),
        ("", IdentityProblem.NONE),
        ("năm 1990", IdentityProblem.NONE),
        ("035090123456 hay 035090123457", IdentityProblem.SEVERAL),
    ],
)
def test_others_are_refused_with_the_reason(text: str, problem: IdentityProblem) -> None:
    assert read_identity(text) is problem


def test_a_good_number_is_found_beside_one_that_is_none() -> None:
    assert read_identity("sinh 19900412, căn cước 035090123456") == Identity("035090123456", Paper.CITIZEN)


@pytest.mark.parametrize(
    ("number", "shown"), [("035090123456", "•••••••••456"), ("C1234567", "•••••567"), ("12345", "•••••")]
)
def test_a_shown_number_hides_most_of_it(number: str, shown: str) -> None:
    assert masked_identity(number) == shown
