"""Delivery to a webhook: one in flight per queue key, keys in parallel, the retry ladder (reference 1.6)."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from .clock import SimClock
from .updates import Pending, UpdateQueue

READ_TIMEOUT = 60.0
GONE_HOURS = 23 * 3600.0
ReplyCall = Callable[[str, dict[str, Any]], Awaitable[None]]


@dataclass(slots=True)
class Hook:
    """What setWebhook set."""

    url: str
    secret: str = ""
    max_connections: int = 40
    last_error_at: int | None = None
    last_error: str = ""
    last_success: float = field(default_factory=time.monotonic)
    gone_since: float | None = None


class WebhookPusher:
    """Posts pending updates to the webhook. `log` keeps (update id, attempt, status or error) of each try."""

    def __init__(self, queue: UpdateQueue, clock: SimClock, chance: random.Random, reply: ReplyCall) -> None:
        self._queue = queue
        self._clock = clock
        self._chance = chance
        self._reply = reply
        self.hook: Hook | None = None
        self.log: deque[tuple[int, int, str]] = deque(maxlen=20_000)
        self.lose_replies = 0
        """So many coming 2xx are lost on their way: the handler finished, the update comes again."""
        self._held: set[tuple[str, int]] = set()
        self._waiting: dict[tuple[str, int], deque[Pending]] = {}
        self._ready: deque[tuple[str, int]] = deque()
        self._busy: set[tuple[str, int]] = set()
        self._open = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._session: aiohttp.ClientSession | None = None
        queue.webhook_active = lambda: self.hook is not None
        queue.on_add = self.add

    def set(self, hook: Hook | None) -> None:
        """Begin with `hook`, or stop; unconfirmed updates stay and go to the new one."""
        self._abandon()
        self.hook = hook
        if hook is not None:
            for item in list(self._queue.pending.values()):
                self.add(item)

    def add(self, item: Pending) -> None:
        line = self._waiting.get(item.key)
        if line is None:
            line = self._waiting[item.key] = deque()
            self._ready.append(item.key)
        line.append(item)
        self._start_some()

    def hold(self, key: tuple[str, int]) -> None:
        """Keep one queue key back, so that others overtake it."""
        self._held.add(key)

    def release(self, key: tuple[str, int]) -> None:
        self._held.discard(key)
        self._start_some()

    def deliver_again(self, item: Pending) -> None:
        """Post the same bytes once more, past the queue."""
        self._spawn(self._post_once(item))

    async def close(self) -> None:
        self._abandon()
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _abandon(self) -> None:
        self.hook = None
        self._waiting.clear()
        self._ready.clear()
        self._busy.clear()

    def _spawn(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _room(self, hook: Hook) -> int:
        failing = hook.last_error_at is not None and time.monotonic() - hook.last_success > 10
        return (1 if failing else hook.max_connections) - self._open

    def _start_some(self) -> None:
        hook = self.hook
        if hook is None:
            return
        for _ in range(len(self._ready)):
            if self._room(hook) <= 0:
                return
            key = self._ready.popleft()
            if key in self._held:
                self._ready.append(key)
                continue
            if key in self._busy or key not in self._waiting:
                continue
            self._busy.add(key)
            self._open += 1
            self._spawn(self._drain(key, hook))

    async def _drain(self, key: tuple[str, int], hook: Hook) -> None:
        """Deliver one key's updates strictly one after the other while this hook lasts."""
        line = self._waiting[key]
        holding = True
        try:
            while line and self.hook is hook and key not in self._held:
                item = line[0]
                attempt, pause = 0, 0.0
                while self.hook is hook and item.update_id in self._queue.pending:
                    if self._clock.now() + pause >= item.expires:
                        self._queue.confirm(item.update_id)
                        break
                    if pause > 0:  # the connection is free for others while this key waits
                        self._open -= 1
                        holding = False
                        self._start_some()
                        await self._clock.sleep(pause)
                        self._open += 1
                        holding = True
                        if self.hook is not hook:
                            return
                    attempt += 1
                    done, wish = await self._attempt(item, hook, attempt)
                    if done:
                        self._queue.confirm(item.update_id)
                        break
                    pause = wish if wish is not None else self._pause(attempt)
                line.popleft()
        finally:
            if holding:
                self._open -= 1
            if self.hook is hook:
                self._busy.discard(key)
                if line:
                    self._ready.append(key)
                else:
                    self._waiting.pop(key, None)
                self._start_some()

    def _pause(self, attempt: int) -> float:
        """First again at once, then 2, 4, 8 … up to a random 60–120 s."""
        return 0.0 if attempt == 1 else min(2.0 ** (attempt - 1), self._chance.uniform(60, 120))

    async def _attempt(self, item: Pending, hook: Hook, attempt: int) -> tuple[bool, float | None]:
        status, retry_after, fault, body = await self._post(item, hook)
        self.log.append((item.update_id, attempt, fault or str(status)))
        if fault is None and 200 <= status < 300:
            hook.last_success = time.monotonic()
            hook.gone_since = None
            if self.lose_replies > 0:
                self.lose_replies -= 1
                self._failed(hook, "Read timeout expired")
                return False, None
            if body:
                await self._reply_method(body)
            return True, None
        self._failed(hook, fault or f"Wrong response from the webhook: {status} {_reason(status)}")
        if status == 410:
            hook.gone_since = hook.gone_since or self._clock.now()
            if self._clock.now() - hook.gone_since >= GONE_HOURS:
                self.set(None)
        return False, min(retry_after, 3600.0) if retry_after is not None else None

    def _failed(self, hook: Hook, text: str) -> None:
        hook.last_error, hook.last_error_at = text, self._clock.unix()

    async def _post_once(self, item: Pending) -> None:
        if self.hook is not None:
            status, _, fault, _ = await self._post(item, self.hook)
            self.log.append((item.update_id, 0, fault or str(status)))

    async def _post(self, item: Pending, hook: Hook) -> tuple[int, float | None, str | None, bytes]:
        if self._session is None:
            self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
        headers = {"Content-Type": "application/json", "Accept-Encoding": "gzip, deflate"}
        if hook.secret:
            headers["X-Telegram-Bot-Api-Secret-Token"] = hook.secret
        timeout = aiohttp.ClientTimeout(total=READ_TIMEOUT)
        try:
            async with self._session.post(
                hook.url, data=item.raw.encode(), headers=headers, timeout=timeout, allow_redirects=False
            ) as answer:
                body = await answer.read()
                wish = answer.headers.get("Retry-After", "")
                return answer.status, float(wish) if wish.isdigit() else None, None, body
        except TimeoutError:
            return 0, None, "Read timeout expired", b""
        except aiohttp.ClientConnectorError:
            return 0, None, "Connection refused", b""
        except aiohttp.ClientError:
            return 0, None, "Connection reset by peer", b""

    async def _reply_method(self, body: bytes) -> None:
        """A 2xx body may be a method call; its result is lost, `get*` and webhook methods are not run."""
        try:
            call = json.loads(body)
        except ValueError:
            return
        method = call.pop("method", "") if isinstance(call, dict) else ""
        if (
            method
            and not method.lower().startswith("get")
            and method.lower()
            not in (
                "setwebhook",
                "deletewebhook",
                "close",
                "logout",
            )
        ):
            await self._reply(method, call)


def _reason(status: int) -> str:
    from http import HTTPStatus

    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"
