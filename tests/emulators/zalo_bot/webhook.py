"""Delivery to a webhook: in order per chat, chats side by side, refused ones again after a while."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import aiohttp

from tests.emulators.telegram import SimClock

from .model import Habits
from .updates import Update, UpdateQueue

SECRET_HEADER = "X-Bot-Api-Secret-Token"


class Pusher:
    """Delivers what is in the queue while a webhook is set."""

    def __init__(self, queue: UpdateQueue, clock: SimClock, habits: Habits) -> None:
        self.url = ""
        self.secret = ""
        self.updated_at = 0
        self.answers: list[int] = []
        """The HTTP status of each delivery so far; 0 where there was no answer."""
        self.lost = 0
        self._queue = queue
        self._clock = clock
        self._habits = habits
        self._lines: dict[str, asyncio.Task[None]] = {}
        self._session: aiohttp.ClientSession | None = None

    def set(self, url: str, secret: str) -> dict[str, Any]:
        self.url, self.secret = url, secret
        self.updated_at = int(self._clock.now() * 1000)
        self.wake()
        return self.info()

    def drop(self) -> None:
        self.url = ""

    def info(self) -> dict[str, Any]:
        return {"url": self.url, "updated_at": self.updated_at}

    def wake(self) -> None:
        if not self.url:
            return
        for chat in {update.chat for update in self._queue.pending}:
            line = self._lines.get(chat)
            if line is None or line.done():
                self._lines[chat] = asyncio.get_running_loop().create_task(self._run(chat))

    async def close(self) -> None:
        for line in self._lines.values():
            line.cancel()
        await asyncio.gather(*self._lines.values(), return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    async def _run(self, chat: str) -> None:
        while self.url:
            update = next((one for one in self._queue.pending if one.chat == chat), None)
            if update is None:
                return
            if not await self._deliver(update):
                return
            self._queue.pending.remove(update)

    async def _deliver(self, update: Update) -> bool:
        """False where the webhook was removed meanwhile: polling will bring it."""
        for pause in (*self._habits.webhook_again, None):
            status = await self._post(update.result)
            update.served += 1
            if 200 <= status < 300:
                update.taken = True
                return True
            if pause is None:
                break
            await self._clock.sleep(pause)
            if not self.url:
                return False
        self.lost += 1
        return True

    async def _post(self, result: Any) -> int:
        """The envelope is repeated: the body is an answer of its own."""
        if self._session is None:
            self._session = aiohttp.ClientSession()
        body = json.dumps({"ok": True, "result": result}, ensure_ascii=False).encode("utf-8", "replace")
        headers = {SECRET_HEADER: self.secret, "Content-Type": "application/json"}
        limit = aiohttp.ClientTimeout(total=self._habits.webhook_patience)
        status = 0
        try:
            async with self._session.post(self.url, data=body, headers=headers, timeout=limit) as answer:
                status = answer.status
        except (aiohttp.ClientError, TimeoutError, OSError):
            status = 0
        self.answers.append(status)
        return status
