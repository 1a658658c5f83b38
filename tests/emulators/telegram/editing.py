"""Methods that change or remove messages, and the answer to a pressed button."""

from __future__ import annotations

from typing import Any

from .entities import units
from .errors import NOT_MODIFIED, bad
from .markup import read_markup
from .model import ChatState, StoredMessage
from .params import Params
from .sending import MAX_CAPTION, MAX_TEXT, formatted, required_text
from .world import CALLBACK_LIFETIME, World

TOO_OLD = "query is too old and response timeout expired or query ID is invalid"
DELETABLE = 48 * 3600


def _own_message(world: World, chat: ChatState, params: Params) -> StoredMessage:
    if not params.text("message_id"):
        raise bad("message identifier is not specified")
    message = chat.messages.get(params.integer("message_id"))
    if message is None or message.deleted:
        raise bad("message to edit not found")
    if not message.by_bot or message.markup is not None:
        raise bad("message can't be edited")
    return message


def _apply(world: World, chat: ChatState, message: StoredMessage, fields: dict[str, Any]) -> dict[str, Any]:
    """Replace the named fields (None removes one); raises `not modified` when nothing would change."""
    after = {key: value for key, value in {**message.api, **fields}.items() if value is not None}
    after.pop("edit_date", None)
    before = {key: value for key, value in message.api.items() if key != "edit_date"}
    if after == before:
        raise bad(NOT_MODIFIED)
    after["edit_date"] = world.clock.unix()
    message.api = after
    chat.happened("edit", message.id)
    return after


def _inline(params: Params) -> dict[str, Any] | None:
    """Editing without `reply_markup` removes the keyboard (reference 1.11)."""
    markup = read_markup(params)
    return markup if markup is not None and "inline_keyboard" in markup else None


def edit_message_text(world: World, params: Params) -> dict[str, Any]:
    text, entities = required_text(params)
    markup = _inline(params)
    chat = world.chat_to_write(params)
    message = _own_message(world, chat, params)
    if "text" not in message.api:
        raise bad("there is no text in the message to edit")
    if units(text) > MAX_TEXT:
        raise bad("MESSAGE_TOO_LONG")
    return _apply(world, chat, message, {"text": text, "entities": entities or None, "reply_markup": markup})


def edit_message_caption(world: World, params: Params) -> dict[str, Any]:
    caption, entities = formatted(params, "caption", "caption_")
    markup = _inline(params)
    chat = world.chat_to_write(params)
    message = _own_message(world, chat, params)
    if "text" in message.api:
        raise bad("there is no caption in the message to edit")
    if units(caption) > MAX_CAPTION:
        raise bad("MEDIA_CAPTION_TOO_LONG")
    fields = {"caption": caption or None, "caption_entities": entities or None, "reply_markup": markup}
    return _apply(world, chat, message, fields)


def edit_message_reply_markup(world: World, params: Params) -> dict[str, Any]:
    markup = _inline(params)
    chat = world.chat_to_write(params)
    return _apply(world, chat, _own_message(world, chat, params), {"reply_markup": markup})


def delete_message(world: World, params: Params) -> bool:
    chat = world.chat_to_write(params)
    message = chat.messages.get(params.integer("message_id"))
    if message is None or message.deleted:
        raise bad("message to delete not found")
    foreign = not message.by_bot and chat.type != "private" and chat.bot_status != "administrator"
    if foreign or world.clock.now() - message.api["date"] > DELETABLE:
        raise bad("message can't be deleted")
    message.deleted = True
    chat.happened("delete", message.id)
    return True


def answer_callback_query(world: World, params: Params) -> bool:
    pressed = world.callbacks.get(params.text("callback_query_id"))
    if len(params.text("text")) > 200:
        raise bad("MESSAGE_TOO_LONG")
    if pressed is None or pressed.answered or world.clock.now() - pressed.at > CALLBACK_LIFETIME:
        raise bad(TOO_OLD)
    pressed.answer = {"text": params.text("text"), "show_alert": params.flag("show_alert")}
    waiters, pressed.waiters = pressed.waiters, []
    for waiter in waiters:
        if not waiter.done():
            waiter.set_result(None)
    return True
