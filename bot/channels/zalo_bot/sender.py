"""Messages out: plain text in pieces, every file as a link in the text.

The platform fetches a picture from an address by itself; ours opens a page and downloads once, for a person. So
pictures go as links as well.
"""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any, Final

from bot.channels.base import Attachment, Never, Refusal, SendReceipt, Stop
from bot.channels.numbered import numbered_text
from bot.channels.sharing import FileSharer
from bot.channels.zalo_bot.api import BotApi, BotFault, Refused
from bot.channels.zalo_bot.faults import fault_of
from handlers.messages import Outgoing
from handlers.texts import Catalogue

log = logging.getLogger(__name__)

MAX_TEXT: Final = 2000
"""UTF-16 units of a message; the server may count characters, which are never more."""
REMEMBERED: Final = 2_000
"""Half-sent messages kept in mind; forgetting one costs a repeated piece."""
TextsByLanguage = Mapping[str, Mapping[str, str]]


def file_texts(catalogue: Catalogue) -> TextsByLanguage:
    """The area `channels` of every language: what stands beside the link of a file."""
    return catalogue.area("channels")


class BotSender:
    """Sends through one bot. `texts`: language → key → text (area `channels`), the first is the default."""

    def __init__(self, api: BotApi, share: FileSharer, texts: TextsByLanguage) -> None:
        self._api = api
        self._share = share
        self._texts = texts
        self._accepted: OrderedDict[int, set[object]] = OrderedDict()

    async def send(self, chat: str, message: Outgoing, attachment: Attachment | None) -> SendReceipt:
        """Send all pieces; a repeat after a fault goes on behind the pieces that were accepted.

        Raises Again, Uncertain, Never, Stop.
        """
        key = hash((chat, message, attachment.name if attachment else ""))
        done = self._accepted.get(key, set())
        try:
            sent = await self._send(chat, message, attachment, key, done)
        except Never:  # this message will not come here again
            self._accepted.pop(key, None)
            raise
        self._accepted.pop(key, None)
        return SendReceipt(message_ref=sent)

    async def _send(
        self, chat: str, message: Outgoing, attachment: Attachment | None, key: int, done: set[object]
    ) -> str:
        sent, lines = "", []
        if attachment is not None:
            lines = [await self._link(attachment, message.language)]
        pieces = numbered_text(message, limit=MAX_TEXT, lines=lines)
        if not pieces:
            raise Never("message empty", refusal=Refusal.REFUSED)
        for index, piece in enumerate(pieces):
            if index in done and index < len(pieces) - 1:
                continue
            sent = await self._call("sendMessage", chat, text=piece)
            done.add(index)
            if len(pieces) > 1:
                self._remember(key, done)
        return sent

    async def _link(self, attachment: Attachment, language: str) -> str:
        """The line with the file's name and link; where it cannot be shared the line says so."""
        texts = self._texts.get(language) or next(iter(self._texts.values()), {})
        try:
            link = await self._share.share(attachment)
        except Never as fault:
            log.error("file_not_shared", extra={"reason": fault.reason})
            return texts.get("file_unsent", "{name}").format(name=attachment.name)
        return texts.get("file_link", "{name}: {link}").format(name=attachment.name, link=link)

    async def _call(self, method: str, chat: str, **params: Any) -> str:
        """Returns the message's id. Raises Again, Uncertain, Never, Stop."""
        try:
            answer = await self._api.call(method, chat_id=chat, **params)
        except BotFault as error:
            fault = fault_of(error)
            if isinstance(fault, Stop) and isinstance(error, Refused) and error.code == 403:
                fault = await self._whose(fault)
            raise fault from None
        return str(answer.get("message_id", "")) if isinstance(answer, dict) else ""

    async def _whose(self, stop: Stop) -> Stop | Never:
        """403 stands for a refused token; where the bot may still ask who it is, only the person is meant."""
        try:
            await self._api.call("getMe")
        except BotFault:
            return stop
        return Never("not allowed to write to this person", refusal=Refusal.BLOCKED)

    def _remember(self, key: int, done: set[object]) -> None:
        self._accepted[key] = done
        self._accepted.move_to_end(key)
        while len(self._accepted) > REMEMBERED:
            self._accepted.popitem(last=False)
