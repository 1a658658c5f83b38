"""Buttons and wishes as Telegram keyboards (Telegram reference 1.8, 1.11).

Plain dictionaries: the library's button classes cost more than all the rest of a send.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from bot.channels.cutting import utf16
from handlers.messages import Button, Capabilities, Outgoing, Wish

CAPABILITIES: Final = Capabilities(
    max_text=4096,
    max_buttons=100,
    max_row=8,
    max_label=60,
    can_edit=True,
    can_delete=True,
    max_upload=20 * 1024 * 1024,
    wishes=frozenset({Wish.CONTACT, Wish.LOCATION}),
    groups=True,
    foreign=True,
)
STYLES: Final = frozenset({"primary", "danger", "success"})
ASKABLE: Final = (Wish.CONTACT, Wish.LOCATION)
REMOVAL: Final[dict[str, Any]] = {"remove_keyboard": True}
Keyboard = dict[str, Any]


def short_label(label: str, limit: int = CAPABILITIES.max_label) -> str:
    """One line of at most `limit` UTF-16 units, cut at a word where that keeps most of it."""
    line = " ".join(label.split())
    if utf16(line) <= limit:
        return line
    kept = ""
    for char in line:
        if utf16(kept + char) > limit - 1:
            break
        kept += char
    space = kept.rfind(" ")
    if line[len(kept)] != " " and space > len(kept) // 2:
        kept = kept[:space]
    return kept.rstrip(" ,.;:-") + "…"


def reachable(url: str) -> bool:
    """True for links that Telegram takes on a button: http(s) with a dotted host name or an address."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return False
    try:
        return not ipaddress.ip_address(parts.hostname).is_loopback
    except ValueError:
        return "." in parts.hostname


def inline(rows: Iterable[Iterable[Button]]) -> Keyboard | None:
    """The buttons in rows of at most eight and a hundred in all; links nobody can open are left out."""
    keyboard: list[list[dict[str, str]]] = []
    count = 0
    for row in rows:
        buttons = [_button(button) for button in row if button.token or reachable(button.url)]
        buttons = buttons[: CAPABILITIES.max_buttons - count]
        count += len(buttons)
        width = CAPABILITIES.max_row
        keyboard += [buttons[i : i + width] for i in range(0, len(buttons), width)]
    return {"inline_keyboard": keyboard} if keyboard else None


def unreachable_links(message: Outgoing) -> list[str]:
    """Lines for the text in place of link buttons that Telegram would refuse (no public address)."""
    return [f"{b.label}: {b.url}" for row in message.rows for b in row if b.url and not reachable(b.url)]


def wish_labels(texts: Mapping[str, str]) -> dict[Wish, str]:
    """What the sharing keys say, from the texts `share_contact` and `share_location`."""
    return {wish: texts[f"share_{wish.value}"] for wish in ASKABLE if f"share_{wish.value}" in texts}


def asking(wishes: Iterable[Wish], labels: Mapping[Wish, str]) -> Keyboard | None:
    """A keyboard that shares the own phone number or place; private chats only."""
    wanted = set(wishes)
    rows = [
        [{"text": labels[wish], f"request_{wish.value}": True}]
        for wish in ASKABLE
        if wish in wanted and wish in labels
    ]
    return {"keyboard": rows, "resize_keyboard": True, "one_time_keyboard": True} if rows else None


def _button(button: Button) -> dict[str, str]:
    shown = {"text": short_label(button.label) or button.token or "…"}
    if button.url:
        shown["url"] = button.url
    else:
        shown["callback_data"] = button.token
    if button.style in STYLES:
        shown["style"] = button.style
    return shown
