"""Long lists of buttons, a page at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from handlers.messages import Button

if TYPE_CHECKING:
    from handlers.texts import Texts

PAGE: Final = 12
"""Buttons on one page: what a phone shows without scrolling far."""

Rows = tuple[tuple[Button, ...], ...]


def paged(buttons: Sequence[Button], page: int, token_of: Callable[[int], str], texts: Texts) -> Rows:
    """One button a row, with `earlier` and `more` below where there are other pages.

    A page beyond the end (an old button) shows the last one.
    """
    last = max(0, (len(buttons) - 1) // PAGE)
    page = min(page, last)
    rows = [(button,) for button in buttons[page * PAGE : (page + 1) * PAGE]]
    turning = []
    if page > 0:
        turning.append(Button(label=texts.get("officer.button_earlier"), token=token_of(page - 1)))
    if page < last:
        turning.append(Button(label=texts.get("officer.button_more"), token=token_of(page + 1)))
    return (*rows, tuple(turning)) if turning else tuple(rows)
