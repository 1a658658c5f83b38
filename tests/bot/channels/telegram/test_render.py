"""Properties of rendering: within Telegram's limits whatever the words and buttons, and no word lost."""

from __future__ import annotations

import re
from html import unescape
from itertools import chain

from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.channels.cutting import shows_something, utf16
from bot.channels.telegram.keyboards import CAPABILITIES, inline, short_label
from bot.channels.telegram.render import MAX_CAPTION, MAX_TEXT, pieces
from handlers.messages import Button, Outgoing
from tests.emulators.telegram.entities import parse, units

LETTERS = (
    "abc XYZ ăâêôơưđ ỗựậểữ \u0303\u0301 .,!? \n 0123 <>&\"' </b> &amp; 😀👨‍👩‍👧🇻🇳 \u200d\ufe0f _*[]`|~\\"
)
words = st.text(alphabet=st.one_of(st.sampled_from(LETTERS), st.characters(codec="utf-8")), max_size=400)


@st.composite
def long_texts(draw: st.DrawFn) -> str:
    """Up to 20,000 characters: a few drawn stretches, repeated."""
    stretches = draw(st.lists(st.tuples(words, st.integers(1, 40)), max_size=6))
    return "".join(stretch * times for stretch, times in stretches)[:20_000]


def squeezed(text: str) -> str:
    """The words without any space, controls and invisible marks: what a cut may drop is only these."""
    return re.sub(r"[\s\x00-\x20\u200b-\u200f\u2028-\u202f\u2060-\u206f]+", "", text)


@settings(max_examples=150, deadline=None)
@given(text=long_texts(), title=words, limit=st.sampled_from([MAX_TEXT, MAX_CAPTION]))
@example(text="😀" * 5000, title="", limit=MAX_TEXT)
@example(text="&<>" * 5000, title="<b>", limit=MAX_TEXT)
@example(text="a" * 4096 + " ", title="", limit=MAX_TEXT)
@example(text="e\u0301" * 4096, title="", limit=MAX_TEXT)
def test_pieces_stay_within_limits_and_lose_no_word(text: str, title: str, limit: int) -> None:
    found = pieces(Outgoing(text=text, title=title), limit=limit)
    for piece in found:
        plain, entities = parse(piece.html, "HTML")
        assert units(plain) <= limit
        assert utf16(piece.plain) <= limit
        assert len(piece.html.encode()) <= 32 * 1024
        assert len(entities) <= 100
        assert shows_something(piece.plain)
        assert unescape(re.sub("</?(?:b|code)>", "", piece.html)) == piece.plain
    joined = squeezed("".join(piece.plain for piece in found))
    whole = squeezed(title.replace("\r", "") + text.replace("\r", ""))
    if shows_something(whole):
        assert [c for c in joined if shows_something(c)] == [c for c in whole if shows_something(c)]


@settings(max_examples=80, deadline=None)
@given(before=words, after=long_texts(), times=st.integers(1, 150))
def test_codes_stay_whole_and_copyable(before: str, after: str, times: int) -> None:
    code = "ABCD-EFGH-JKMN"
    text = f"{before} " + f"{code} \n" * times + after
    found = pieces(Outgoing(text=text, monospace=(code,)))
    marked = chain.from_iterable(re.findall("<code>(.*?)</code>", piece.html) for piece in found)
    assert set(marked) == {code}
    assert sum(piece.plain.count(code) for piece in found) >= times
    for piece in found:
        _, entities = parse(piece.html, "HTML")
        assert len(entities) <= 100


labels = st.text(alphabet=st.one_of(st.sampled_from(LETTERS), st.characters(codec="utf-8")), max_size=200)


@settings(max_examples=100, deadline=None)
@given(rows=st.lists(st.lists(labels, max_size=20), max_size=15))
def test_keyboards_stay_within_limits(rows: list[list[str]]) -> None:
    buttons = tuple(
        tuple(Button(label=label, token=f"t{i}-{j}") for j, label in enumerate(row))
        for i, row in enumerate(rows)
    )
    markup = inline(buttons)
    wanted = [button.token for row in buttons for button in row][: CAPABILITIES.max_buttons]
    if markup is None:
        assert wanted == []
        return
    shown = [button for row in markup["inline_keyboard"] for button in row]
    assert [button["callback_data"] for button in shown] == wanted
    assert all(len(row) <= CAPABILITIES.max_row for row in markup["inline_keyboard"])
    assert all(b["text"].strip() and units(b["text"]) <= CAPABILITIES.max_label for b in shown)


def test_labels_are_cut_at_a_word() -> None:
    assert short_label("Phòng  Tài nguyên\nvà Môi trường", 60) == "Phòng Tài nguyên và Môi trường"
    assert short_label("Phòng Tài nguyên và Môi trường", 20) == "Phòng Tài nguyên và…"
    assert short_label("x" * 100, 20) == "x" * 19 + "…"


def test_cut_prefers_paragraph_then_sentence_then_word() -> None:
    paragraph = "a" * 3000 + "\n\n" + "b" * 2000
    assert [len(p.plain) for p in pieces(Outgoing(text=paragraph))] == [3000, 2000]
    sentence = "a" * 3000 + ". " + "b " * 1000
    assert pieces(Outgoing(text=sentence))[0].plain == "a" * 3000 + "."
    word = "a" * 4000 + " " + "b" * 1000
    assert [len(p.plain) for p in pieces(Outgoing(text=word))] == [4000, 1000]
