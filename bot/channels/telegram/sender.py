"""Messages out: renders `Outgoing`, sends it piece by piece, and says what became of it."""

from __future__ import annotations

import asyncio
import contextlib
from collections import OrderedDict
from dataclasses import replace
from typing import Any, Final

from telegram import Bot, InputFile
from telegram.error import BadRequest, TelegramError

from bot.channels.base import Again, Attachment, ChatMoved, Never, Refusal, SendFault, SendReceipt, Uncertain
from bot.channels.telegram.commands import TextsByLanguage
from bot.channels.telegram.faults import (
    CANNOT_PARSE,
    DELETED_BEFORE,
    NOT_MODIFIED,
    REPLY_GONE,
    fault_of,
)
from bot.channels.telegram.keyboards import (
    REMOVAL,
    Keyboard,
    asking,
    inline,
    unreachable_links,
    wish_labels,
)
from bot.channels.telegram.render import MAX_CAPTION, MAX_TEXT, Piece, pieces
from handlers.messages import Outgoing

NO_PREVIEW: Final = {"is_disabled": True}
TEXT: Final = "sendmessage"
DOCUMENT: Final = "senddocument"
EDIT: Final = "editmessagetext"
DELETE: Final = "deletemessage"
"""Method names know no case; spelt as PTB does, `do_api_request` would warn of its own methods."""
REMEMBERED: Final = 2_000
"""Chats and half-sent messages kept in mind; forgetting costs a repeated piece or a stale keyboard."""
MANY_CHATS: Final = 3
"""So many chats told to wait at the same time mean that the whole account is meant."""
ACKNOWLEDGE_WITHIN: Final = 5.0
MAX_ANSWER: Final = 200


class TelegramSender:
    """Sends through one bot.

    `texts`: language → key → text (area `commands`); the first language is the default.
    """

    def __init__(self, bot: Bot, texts: TextsByLanguage) -> None:
        self._bot = bot
        self._labels = {language: wish_labels(own) for language, own in texts.items()}
        self._accepted: OrderedDict[int, int] = OrderedDict()
        self._asking: OrderedDict[str, None] = OrderedDict()
        self._waiting: dict[str, float] = {}

    async def send(self, chat: str, message: Outgoing, attachment: Attachment | None) -> SendReceipt:
        """Send all pieces; a repeat after a fault goes on behind the pieces that were accepted.

        Raises Again, Uncertain, Never, ChatMoved, Stop.
        """
        key = hash((chat, message, attachment.name if attachment else ""))
        steps = self._steps(chat, _with_links(message), attachment)
        if not steps:
            raise Never("message empty", refusal=Refusal.REFUSED)
        sent = ""
        for index, (method, fields) in enumerate(steps):
            if index < self._accepted.get(key, 0) and index < len(steps) - 1:
                continue
            try:
                sent = await self._one(method, {"chat_id": chat, **fields})
            except TelegramError as error:
                fault = self._noted(chat, fault_of(error))
                if isinstance(fault, Never | ChatMoved):  # this message will not come here again
                    self._accepted.pop(key, None)
                raise fault from None
            if len(steps) > 1:
                _remember(self._accepted, key, index + 1)
        self._accepted.pop(key, None)
        self._waiting.pop(chat, None)
        self._note_keyboard(chat, steps[-1][1].get("reply_markup"))
        return SendReceipt(message_ref=sent)

    async def edit(self, chat: str, message_ref: str, message: Outgoing) -> SendReceipt:
        """Replace text and buttons of a message. Raises as `send` but not Uncertain: it may be repeated."""
        parts = pieces(_with_links(message), limit=MAX_TEXT)
        if len(parts) != 1 or not message_ref.isdigit():
            raise Never("does not fit into one message", refusal=Refusal.EDIT_IMPOSSIBLE)
        fields = {"chat_id": chat, "message_id": int(message_ref), "reply_markup": inline(message.rows)}
        try:
            await self._one(EDIT, {**fields, "piece": parts[0]})
        except BadRequest as error:
            if NOT_MODIFIED not in error.message.lower():
                raise self._noted(chat, fault_of(error)) from None
        except TelegramError as error:
            fault = self._noted(chat, fault_of(error))
            if isinstance(fault, Uncertain):
                fault = Again(fault.reason)
            raise fault from None
        return SendReceipt(message_ref=message_ref)

    async def delete(self, chat: str, message_ref: str) -> bool:
        """Delete a message of a private chat; Telegram allows it for 48 hours. Raises Again, ChatMoved, Stop."""
        try:
            given = {"chat_id": chat, "message_id": int(message_ref)}
            await self._bot.do_api_request(DELETE, api_kwargs=given)
        except BadRequest as error:
            return DELETED_BEFORE in error.message.lower()
        except TelegramError as error:
            fault = self._noted(chat, fault_of(error))
            if isinstance(fault, Never):
                return False
            raise (Again(fault.reason) if isinstance(fault, Uncertain) else fault) from None
        except ValueError:  # no message of this platform
            return False
        return True

    async def acknowledge(self, callback_id: str, text: str = "") -> None:
        """Stop a button's spinner; too late or not at all does no harm, so faults are swallowed."""
        with contextlib.suppress(TelegramError, TimeoutError):
            async with asyncio.timeout(ACKNOWLEDGE_WITHIN):
                given = {"callback_query_id": callback_id, "text": text[:MAX_ANSWER] or None}
                await self._bot.do_api_request("answercallbackquery", api_kwargs=given)

    def _steps(
        self, chat: str, message: Outgoing, attachment: Attachment | None
    ) -> list[tuple[str, dict[str, Any]]]:
        """The calls this message needs, in order; buttons under the last, the reply on the first."""
        steps: list[tuple[str, dict[str, Any]]] = []
        if attachment is None:
            steps = [(TEXT, {"piece": piece}) for piece in pieces(message)]
        else:
            caption = pieces(message, limit=MAX_CAPTION)
            steps = [
                (DOCUMENT, {"attachment": attachment, "piece": caption[0] if len(caption) == 1 else None})
            ]
            if len(caption) > 1:  # too long for a caption: the file first, then all the words
                steps += [(TEXT, {"piece": piece}) for piece in pieces(message)]
        if not steps:
            return []
        for _, fields in steps:
            fields["disable_notification"] = message.quiet or None
            fields["protect_content"] = message.protect or None
        if message.reply_to.isdigit():
            steps[0][1]["reply_parameters"] = {
                "message_id": int(message.reply_to),
                "allow_sending_without_reply": True,
            }
        steps[-1][1]["reply_markup"] = self._markup(chat, message)
        return steps

    def _markup(self, chat: str, message: Outgoing) -> Keyboard | None:
        """Buttons win over wishes, as a message has one keyboard; a stale sharing keyboard goes."""
        if markup := inline(message.rows):
            return markup
        private = not chat.startswith("-")
        labels = self._labels.get(message.language) or next(iter(self._labels.values()), {})
        if private and labels and (keyboard := asking(message.wishes, labels)):
            return keyboard
        return REMOVAL if chat in self._asking else None

    def _note_keyboard(self, chat: str, markup: Keyboard | None) -> None:
        if markup is REMOVAL:
            self._asking.pop(chat, None)
        elif markup is not None and "keyboard" in markup:
            _remember(self._asking, chat, None)

    async def _one(self, method: str, fields: dict[str, Any]) -> str:
        """One call; what cannot be parsed goes again as plain text, a lost reply target is left out."""
        try:
            return await self._call(method, fields, plain=False)
        except BadRequest as error:
            text = error.message.lower()
            if CANNOT_PARSE in text:
                return await self._call(method, fields, plain=True)
            if any(words in text for words in REPLY_GONE) and fields.pop("reply_parameters", None):
                return await self._call(method, fields, plain=False)
            raise

    async def _call(self, method: str, fields: dict[str, Any], *, plain: bool) -> str:
        """Returns the message's id. Not Bot.send_message: its objects double the cost."""
        given = dict(fields)
        piece: Piece | None = given.pop("piece")
        words = "caption" if method == DOCUMENT else "text"
        if piece is not None:
            given[words] = piece.plain if plain else piece.html
            if not plain and piece.html != piece.plain:
                given["parse_mode"] = "HTML"
        if method == DOCUMENT:
            attachment: Attachment = given.pop("attachment")
            document = InputFile(attachment.data, filename=attachment.name)
            document.mimetype = attachment.mime or document.mimetype
            given["document"] = document
        else:
            given["link_preview_options"] = NO_PREVIEW
        answer = await self._bot.do_api_request(method, api_kwargs=given)
        return str(answer.get("message_id", "")) if isinstance(answer, dict) else ""

    def _noted(self, chat: str, fault: SendFault) -> SendFault:
        """A wait asked of several chats at once is meant for the account (the answer itself does not say)."""
        if not isinstance(fault, Again) or fault.after is None:
            return fault
        now = asyncio.get_running_loop().time()
        self._waiting = {name: until for name, until in self._waiting.items() if until > now}
        self._waiting[chat] = now + fault.after
        if len(self._waiting) >= MANY_CHATS:
            return Again(fault.reason, after=fault.after, whole_account=True)
        return fault


def _with_links(message: Outgoing) -> Outgoing:
    lines = unreachable_links(message)
    return replace(message, text="\n".join([message.text, "", *lines]).strip()) if lines else message


def _remember(kept: OrderedDict[Any, Any], key: Any, value: Any) -> None:
    kept[key] = value
    kept.move_to_end(key)
    while len(kept) > REMEMBERED:
        kept.popitem(last=False)
