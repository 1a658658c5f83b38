"""Makes words fit for our PDF font: every letter drawn, no word wider than the paper.

The font that the PDF compiler brings has every letter of the languages of Europe and Vietnam, and no emoji. What
it lacks would print as a crossed box and stand in the file as nothing; so an open box is put there that can be
read as one. The Word document keeps the words as they are.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

OPEN_BOX: Final = "□"
LONGEST_WORD: Final = 36
"""Letters; a line holds some 60."""

_DRAWN: Final = "\t\n\x20-\u04ff\u1e00-\u27bf"
_LACKING: Final = (
    "\u2041\u2043\u2053\u211f\u2121\u2123\u2125\u2152\u2185-\u2188\u218a\u218b\u2400-\u2421\u2424-\u2426"
    "\u2440-\u244a\u2607\u2608\u2630-\u2637\u268c-\u268f\u269d-\u269f\u26a8\u26a9\u26b0\u26b1\u26b3-\u2700"
    "\u2705\u270a\u270b\u2715\u2716\u2727-\u2729\u274c\u274e\u2753-\u2755\u2757\u275f\u2760\u2780-\u2793"
    "\u2795-\u2797\u27b0"
)
_UNDRAWN: Final = re.compile(f"[^{_DRAWN}]|[{_LACKING}]")
_TOGETHER: Final = re.compile(
    "[\U0001f1e6-\U0001f1ff]{2}|[\u2600-\u27bf\U0001f000-\U0001faff](?:[\ufe0e\ufe0f\u20e3\U0001f3fb-\U0001f3ff]"
    "|\u200d[\u2600-\u27bf\U0001f000-\U0001faff])+"
)
"""An emoji of several characters: one box."""
_LONG: Final = re.compile(rf"\S{{{LONGEST_WORD},}}")
_PIECE: Final = re.compile(r"\S{24}(?=\S)(?![\u0300-\u036f])")
_MAY_BREAK: Final = "\u200b"


def printable(words: str) -> str:
    """The words as they are printed. Nothing changes where all letters are drawn and no word is too long."""
    if _UNDRAWN.search(words) is not None:
        words = _UNDRAWN.sub(_box, _TOGETHER.sub(OPEN_BOX, words))
    return _LONG.sub(lambda word: _PIECE.sub(rf"\g<0>{_MAY_BREAK}", word[0]), words)


def _box(letter: re.Match[str]) -> str:
    """Fancy forms of plain letters (𝐀, Ａ) become the plain ones."""
    plain = unicodedata.normalize("NFKC", letter[0])
    if plain != letter[0] and _UNDRAWN.search(plain) is None:
        return plain
    return "" if unicodedata.category(letter[0])[0] in "MC" else OPEN_BOX
