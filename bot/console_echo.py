"""What a platform reports about chats and messages beside people's own words, written into the casebook.

Somebody of the office writes by hand in a chat: the service is silent there for a while. A message reached its
person: its row says so. A message that was sent comes back: whoever sends may have waited for that.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection

from bot.turns import Books
from petitions.clock import Clock
from storage import chat_marks
from storage.database import Database

SILENT_FOR: Final = timedelta(minutes=30)
"""How long the service stays silent after the office's last own message."""

Echoed = Callable[[str, str, str], object]
"""Hears of (chat, message id, text) of a message that the platform accepted."""


class ConsoleEcho:
    """The reports of one account. Methods raise `storage.database.Unavailable`."""

    def __init__(
        self,
        channel: str,
        account: str,
        *,
        database: Database,
        books: Books,
        clock: Clock,
        echoed: Echoed,
        silent_for: timedelta = SILENT_FOR,
    ) -> None:
        self._channel = channel
        self._account = account
        self._database = database
        self._books = books
        self._clock = clock
        self._echoed = echoed
        self._silent_for = silent_for

    async def office_wrote(self, chat: str, at: datetime) -> None:
        """Silent from `at` on; also in a chat that never wrote to the service."""
        until = at + self._silent_for
        if until <= self._clock.now():
            return

        def work(connection: Connection) -> None:
            book = self._books(connection)
            opened = book.open_turn(channel=self._channel, account=self._account, chat=chat)
            chat_marks.mute(connection, opened.contact.id, until)

        await self._database.transact(work)

    async def arrived(self, chat: str, message_ids: Sequence[str]) -> None:
        """Messages that are only known as sent become delivered; unknown ones change nothing."""
        now = self._clock.now()

        def work(connection: Connection) -> None:
            if not chat:
                for ref in message_ids:
                    chat_marks.delivered_somewhere(connection, self._channel, self._account, ref, now=now)
                return
            contact = self._books(connection).contact(self._channel, self._account, chat)
            if contact is not None:
                chat_marks.delivered(connection, contact.id, message_ids)

        await self._database.transact(work)

    async def echoed(self, chat: str, message_id: str, text: str) -> None:
        """Passed on to whoever sends for the account."""
        self._echoed(chat, message_id, text)

    async def left(self, chat: str) -> None:
        """Nothing is changed: messages may still be allowed, and a refused one says when they are not."""
        del chat
