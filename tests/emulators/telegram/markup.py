"""Reply markup as the server checks it: shapes first, then what a chat allows (reference 1.7, 1.8, 1.11)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from .errors import bad
from .model import ChatState
from .params import Params

ACTIONS = (
    "url",
    "callback_data",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "copy_text",
    "callback_game",
    "pay",
)
MAX_BUTTONS = 100
MAX_ROW = 8


def read_markup(params: Params) -> dict[str, Any] | None:
    """The parsed `reply_markup`, None when there is none. Raises the server's errors."""
    markup = params.json("reply_markup", "reply keyboard markup")
    if not markup:
        return None
    if not isinstance(markup, dict):
        raise bad("object expected as reply markup")
    if "inline_keyboard" in markup:
        return _inline(markup["inline_keyboard"])
    if "keyboard" in markup:
        return _reply(markup)
    if markup.get("remove_keyboard") or markup.get("force_reply"):
        return markup
    return None


def _rows(value: Any, what: str) -> list[list[Any]]:
    if not isinstance(value, list) or not all(isinstance(row, list) for row in value):
        raise bad(f"can't parse {what}: field must be of type Array")
    return [row for row in value if row]


def _inline(value: Any) -> dict[str, Any] | None:
    rows = _rows(value, "inline keyboard")
    for row in rows:
        for button in row:
            _check_inline_button(button)
    if sum(len(row) for row in rows) > MAX_BUTTONS or any(len(row) > MAX_ROW for row in rows):
        raise bad("reply markup is too long")
    return {"inline_keyboard": rows} if rows else None


def _check_inline_button(button: Any) -> None:
    if not isinstance(button, dict):
        raise bad("can't parse InlineKeyboardButton: expected an Object")
    text = button.get("text")
    if not isinstance(text, str):
        raise bad("can't parse InlineKeyboardButton: can't find field \"text\"")
    if not text.strip():
        raise bad("can't parse InlineKeyboardButton: button text must be non-empty")
    if not any(action in button for action in ACTIONS):
        raise bad("can't parse InlineKeyboardButton: Text buttons are not allowed in the inline keyboard")
    if "url" in button:
        _check_url(str(button["url"]))
    elif "callback_data" in button:
        data = str(button["callback_data"])
        if not 1 <= len(data.encode()) <= 64:
            raise bad("BUTTON_DATA_INVALID")


def _check_url(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme in ("tg", "ton"):
        return
    if parts.scheme not in ("http", "https", "") or "." not in (parts.hostname or ""):
        raise bad(f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")


def _reply(markup: dict[str, Any]) -> dict[str, Any]:
    rows = _rows(markup["keyboard"], "reply keyboard")
    for row in rows:
        for button in row:
            text = (
                button
                if isinstance(button, str)
                else button.get("text")
                if isinstance(button, dict)
                else None
            )
            if not isinstance(text, str) or not text:
                raise bad("can't parse keyboard button: text must be non-empty")
    return {**markup, "keyboard": [[{"text": b} if isinstance(b, str) else b for b in row] for row in rows]}


def check_for_chat(markup: dict[str, Any] | None, chat: ChatState) -> None:
    if markup is None or "keyboard" not in markup or chat.type == "private":
        return
    for row in markup["keyboard"]:
        for button in row:
            if button.get("request_contact"):
                raise bad("phone number can be requested in private chats only")
            if button.get("request_location"):
                raise bad("location can be requested in private chats only")
