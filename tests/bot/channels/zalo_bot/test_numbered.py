"""Plain text with numbered choices, and the words that are commands."""

from __future__ import annotations

import re

import pytest

from bot.channels.cutting import cut, shows_something, utf16
from bot.channels.numbered import numbered_choices, numbered_text
from bot.channels.words import ALIASES, command_of
from handlers.messages import Button, Command, Outgoing

ROWS = (
    (Button(label="Có", token="yes"), Button(label="Trang tra cứu", url="https://tiepdan.vn/s/1")),
    (Button(label="Không\n chắc", token="maybe"),),
    (Button(label="Quay lại", token="back"),),
)
LIST = "1. Có\n2. Không chắc\n3. Quay lại\nTrang tra cứu: https://tiepdan.vn/s/1"


def test_title_text_and_choices() -> None:
    message = Outgoing(title="Đơn của Ông/Bà", text="Đúng chưa?", rows=ROWS)
    assert numbered_text(message, limit=2000) == [f"Đơn của Ông/Bà\nĐúng chưa?\n\n{LIST}"]
    assert numbered_text(message, limit=2000, choices=False) == ["Đơn của Ông/Bà\nĐúng chưa?"]
    assert numbered_text(message, limit=2000, lines=["Tệp a: https://x.vn/a"]) == [
        f"Đơn của Ông/Bà\nĐúng chưa?\n\nTệp a: https://x.vn/a\n\n{LIST}"
    ]


def test_numbers_count_the_buttons_with_a_token() -> None:
    message = Outgoing(text="?", rows=ROWS)
    assert [button.token for button in numbered_choices(message)] == ["yes", "maybe", "back"]
    (piece,) = numbered_text(message, limit=2000)
    numbers = re.findall(r"^(\d+)\. (.*)$", piece, re.MULTILINE)
    labels = [" ".join(button.label.split()) for button in numbered_choices(message)]
    assert numbers == [(str(index), label) for index, label in enumerate(labels, start=1)]


def test_nothing_is_said_where_there_is_nothing() -> None:
    assert numbered_text(Outgoing(text=" \u200b\n"), limit=2000) == []
    assert numbered_text(Outgoing(text="", rows=ROWS), limit=2000) == [LIST]
    assert numbered_text(Outgoing(text="", rows=((Button(label="\n", token="t"),),)), limit=2000) == ["1. t"]
    assert numbered_text(Outgoing(text="", rows=((Button(label="", url="https://x.vn"),),)), limit=2000) == [
        "https://x.vn"
    ]


@pytest.mark.parametrize("length", [100, 1900, 1960, 2000, 2100, 3990, 4100, 9000])
def test_long_texts_are_cut_at_sentences_and_the_list_stays_whole(length: int) -> None:
    sentence = "Đây là một câu vừa phải. "
    text = (sentence * (length // len(sentence) + 1))[:length].strip()
    pieces = numbered_text(Outgoing(title="T", text=text, rows=ROWS), limit=2000)
    assert all(utf16(piece) <= 2000 and shows_something(piece) for piece in pieces)
    assert pieces[-1].endswith(LIST)
    assert pieces[-1] != LIST  # the end of the question stands above it
    assert all(piece.endswith(".") for piece in pieces[:-1])
    said = " ".join(pieces).replace(LIST, "").split()
    assert said == f"T {text}".split()


@pytest.mark.parametrize(
    "text", ["x" * 7000, "👩‍👩‍👧 " * 900, "ệ" * 3000, "😀" * 3000, "\n".join("abc" * 900)]
)
def test_texts_without_sentences_are_cut_as_well(text: str) -> None:
    pieces = numbered_text(Outgoing(text=text, rows=ROWS), limit=2000)
    assert all(0 < utf16(piece) <= 2000 for piece in pieces)
    assert "".join("".join(pieces).replace(LIST, "").split()) == "".join(text.split())


def test_a_list_longer_than_a_message_is_cut_between_lines() -> None:
    rows = tuple((Button(label=f"Lựa chọn {'dài ' * 12}{n}", token=f"t{n}"),) for n in range(1, 61))
    pieces = numbered_text(Outgoing(text="Chọn", rows=rows), limit=2000)
    assert all(utf16(piece) <= 2000 for piece in pieces)
    numbers = [int(n) for piece in pieces for n in re.findall(r"^(\d+)\. ", piece, re.MULTILINE)]
    assert numbers == list(range(1, 61))
    huge = Outgoing(text="Chọn", rows=((Button(label="x" * 5000, token="t"),),))
    assert all(utf16(piece) <= 2000 for piece in numbered_text(huge, limit=2000))


def test_no_markup_and_nothing_that_cannot_be_written() -> None:
    (piece,) = numbered_text(Outgoing(title="<b>", text="*a* \ud800 \x07b", monospace=("a",)), limit=2000)
    assert piece.encode()
    assert piece.startswith("<b>\n*a*")
    assert "\x07" not in piece


def test_cutting_tears_no_visible_character() -> None:
    accents = "e\u0323\u0302" * 50
    assert all(not piece.startswith(("\u0323", "\u0302")) for piece in cut(accents, 10))


@pytest.mark.parametrize("word", sorted(ALIASES))
def test_every_alias_is_a_command(word: str) -> None:
    for mark in "/#":
        assert command_of(f" {mark}{word.upper()} ") == Command(name=ALIASES[word])


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("/status 7KQ2 mật mã", Command(name="status", argument="7KQ2 mật mã")),
        ("#case TD-1", Command(name="case", argument="TD-1")),
        ("/anything at all", Command(name="anything", argument="at all")),
        ("#lichcatnuoc", Command(name="lichcatnuoc")),
        ("#bắt đầu", Command(name="start")),
        ("#Trợ giúp", Command(name="help")),
        ("#ngôn ngữ en", Command(name="language", argument="en")),
        ("#anything at all", None),
        ("#góp ý về bãi rác", None),
        ("#b:token", None),
        ("# 1", None),
        ("#1", None),
        ("/", None),
        ("", None),
        ("tracuu", None),
        ("#" + "x" * 100, None),
    ],
)
def test_commands_in_words(text: str, command: Command | None) -> None:
    assert command_of(text) == command


def test_a_rating_stands_in_one_line() -> None:
    stars = tuple(Button(label=str(n), token=f"rate{n}") for n in range(1, 6))
    message = Outgoing(
        text="Hài lòng tới mức nào?", rows=(stars, (Button(label="Chưa hài lòng", token="no"),))
    )
    assert numbered_text(message, limit=2000) == [
        "Hài lòng tới mức nào?\n\n1 · 2 · 3 · 4 · 5\n6. Chưa hài lòng"
    ]
    one = Outgoing(text="?", rows=((Button(label="1", token="a"),), (Button(label="2 người", token="b"),)))
    assert numbered_text(one, limit=2000) == ["?\n\n1. 1\n2. 2 người"]
