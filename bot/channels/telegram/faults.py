"""The Bot API's refusals as the faults of `bot.channels.base` (error texts: Telegram reference 1.7)."""

from __future__ import annotations

import re
from typing import Final

from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    TelegramError,
)

from bot.channels.base import Again, ChatMoved, Never, Refusal, SendFault, Stop, Uncertain
from bot.channels.telegram.request import FloodWait, MethodUnknown, NotSent, ServerFault, TokenRefused

NOT_MODIFIED: Final = "message is not modified"
DELETED_BEFORE: Final = "message to delete not found"
CANNOT_PARSE: Final = "can't parse entities"
REPLY_GONE: Final = (
    "message to be replied not found",
    "replied message not found",
    "reply message not found",
)

_FORBIDDEN: Final = (
    ("blocked by the user", Refusal.BLOCKED, "blocked by the person"),
    ("deactivated", Refusal.GONE, "account deactivated"),
    ("initiate conversation", Refusal.BLOCKED, "never started the bot"),
    ("messages to bots", Refusal.REFUSED, "chat is a bot"),
    ("chat was deleted", Refusal.GONE, "group deleted"),
    ("kicked", Refusal.BLOCKED, "removed from the group"),
    ("not a member", Refusal.BLOCKED, "not in the group"),
)
_BAD: Final = (
    ("chat not found", Refusal.GONE, "chat not found"),
    ("user not found", Refusal.GONE, "chat not found"),
    ("peer_id_invalid", Refusal.GONE, "chat not found"),
    ("input_user_deactivated", Refusal.GONE, "account deactivated"),
    ("user_is_blocked", Refusal.BLOCKED, "blocked by the person"),
    ("user_is_bot", Refusal.REFUSED, "chat is a bot"),
    ("chat_write_forbidden", Refusal.BLOCKED, "no right to write in the group"),
    ("no rights to send", Refusal.BLOCKED, "no right to write in the group"),
    ("not enough rights", Refusal.BLOCKED, "no right to write in the group"),
    ("need administrator rights", Refusal.BLOCKED, "no right to write in the group"),
    ("message to edit not found", Refusal.EDIT_IMPOSSIBLE, "message to edit is gone"),
    ("message can't be edited", Refusal.EDIT_IMPOSSIBLE, "message can't be edited"),
    ("there is no text in the message", Refusal.EDIT_IMPOSSIBLE, "message can't be edited"),
    ("there is no caption in the message", Refusal.EDIT_IMPOSSIBLE, "message can't be edited"),
    ("message_id_invalid", Refusal.EDIT_IMPOSSIBLE, "message to edit is gone"),
    ("message is too long", Refusal.REFUSED, "message too long"),
    ("message_too_long", Refusal.REFUSED, "message too long"),
    ("text is too long", Refusal.REFUSED, "message too long"),
    ("caption is too long", Refusal.REFUSED, "caption too long"),
    ("media_caption_too_long", Refusal.REFUSED, "caption too long"),
    ("text is empty", Refusal.REFUSED, "message empty"),
    ("must be non-empty", Refusal.REFUSED, "message empty"),
    ("button_data_invalid", Refusal.REFUSED, "button refused"),
    ("inlinekeyboardbutton", Refusal.REFUSED, "button refused"),
    ("inline keyboard button", Refusal.REFUSED, "button refused"),
    ("reply markup is too long", Refusal.REFUSED, "too many buttons"),
    ("file is too big", Refusal.REFUSED, "file too big"),
    ("thread not found", Refusal.REFUSED, "topic gone"),
    ("topic_", Refusal.REFUSED, "topic closed"),
    ("file", Refusal.REFUSED, "file refused"),
)
_CODE: Final = re.compile(r"\b[A-Z][A-Z_]{5,}\b")


def fault_of(error: TelegramError) -> SendFault:
    """What to do after `error`. The reasons are our own words: the server's may quote what was sent."""
    match error:
        case NotSent():
            return Again("not connected")
        case ServerFault():
            return _server_fault(error)
        case FloodWait():
            return Again("told to wait", after=error.seconds)
        case ChatMigrated():
            return ChatMoved("group has a new id", new_chat=str(error.new_chat_id))
        case Forbidden():
            return _refused(error.message, _FORBIDDEN, Never("forbidden", refusal=Refusal.BLOCKED))
        case MethodUnknown():
            return Never("method not known to the server", refusal=Refusal.REFUSED)
        case TokenRefused():
            return Stop("token refused")
        case Conflict():
            return Again("another instance is running")
        case BadRequest():
            code = _CODE.search(error.message)
            reason = f"bad request {code.group()}" if code else "bad request"
            return _refused(error.message, _BAD, Never(reason, refusal=Refusal.REFUSED))
    return Uncertain("no answer")


def _server_fault(error: ServerFault) -> SendFault:
    """The API's own 500 says that nothing was done; a proxy's 502 or 504 says nothing at all."""
    if error.code == 413:
        return Never("file too big", refusal=Refusal.REFUSED)
    if error.told:
        return Again(f"server fault {error.code}")
    return Uncertain(f"server fault {error.code}")


def _refused(text: str, table: tuple[tuple[str, Refusal, str], ...], other: Never) -> Never:
    lower = text.lower()
    for words, refusal, reason in table:
        if words in lower:
            return Never(reason, refusal=refusal)
    return other
