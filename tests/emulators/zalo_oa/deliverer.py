"""Delivery of events to the webhook: signature, 2 s deadline, retry ladder (reference 2.1, 2.2)."""

from __future__ import annotations

import asyncio
import hashlib
import io
import random
from collections import deque
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from .clock import Ticks

DEADLINE = 2.0
LADDER = (30.0, 300.0, 900.0, 1800.0, 3600.0)


def signature(app_id: str, body: bytes, timestamp: str, secret: str) -> str:
    """`mac=` and the SHA-256 of app id, body, timestamp and OA secret key, one after the other."""
    whole = app_id.encode() + body + timestamp.encode() + secret.encode()
    return "mac=" + hashlib.sha256(whole).hexdigest()


@dataclass(slots=True, eq=False)
class Delivery:
    """One event on its way; the same bytes come again with every retry."""

    raw: bytes
    headers: dict[str, str]
    key: str
    """Whose event it is: events of one key are first tried in order unless told otherwise."""
    retry: bool = True
    answers: list[str] = field(default_factory=list)
    """Status, or `timeout` / `refused` / `reset`, of each attempt."""
    due: float = 0.0
    """When the next attempt is due (clock)."""
    done: asyncio.Event = field(default_factory=asyncio.Event)
    """Acknowledged with 200, or given up."""
    kick: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def acknowledged(self) -> bool:
        return bool(self.answers) and self.answers[-1] == "200"


class Deliverer:
    def __init__(self, clock: Ticks, chance: random.Random) -> None:
        self._clock = clock
        self._random = chance
        self.url = ""
        """Empty: not registered; events are lost, as with Zalo."""
        self.deadline = DEADLINE
        """Real seconds in which the 200 must come."""
        self.ladder: tuple[float, ...] = LADDER
        self.parallel = False
        """Events of one person go out at once instead of one after the other."""
        self.duplicates = 0.0
        """Chance that an event is delivered twice."""
        self.pending: list[Delivery] = []
        self.log: deque[Delivery] = deque(maxlen=20_000)
        self.lost = 0
        """Events that nobody will bring any more."""
        self.deregistered = 0
        self._held: list[Delivery] | None = None
        self._lanes: dict[str, deque[Delivery]] = {}
        self._waiting: list[Delivery] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._session: aiohttp.ClientSession | None = None

    async def probe(self, url: str) -> int:
        """What saving the URL in the console does: an unsigned `{}`. The status, 0 for no answer."""
        status, _ = await self._post(url, b"{}", {})
        return status

    def submit(self, raw: bytes, headers: dict[str, str], key: str, *, retry: bool = True) -> Delivery:
        item = Delivery(raw, headers, key, retry)
        if not self.url:
            self.lost += 1
            item.done.set()
            return item
        self._take(item)
        if self.duplicates and self._random.random() < self.duplicates:
            self._take(Delivery(raw, headers, key, retry))
        return item

    def hold(self) -> None:
        """Keep events back until `release`."""
        if self._held is None:
            self._held = []

    def release(self, order: str = "given") -> None:
        """Let held events go: `given`, `reversed` or `shuffled`; the last two all at once."""
        held, self._held = self._held or [], None
        if order == "reversed":
            held.reverse()
        elif order == "shuffled":
            self._random.shuffle(held)
        for item in held:
            if order == "given":
                self._start(item)
            else:
                self._spawn(self._first(item))

    def deliver_again(self, item: Delivery) -> Delivery:
        """Bring the same bytes once more, as after a slow 200."""
        again = Delivery(item.raw, item.headers, item.key, item.retry)
        self._take(again)
        return again

    @property
    def waiting(self) -> int:
        """Events that failed and wait for their next attempt."""
        return len(self._waiting)

    def retry_now(self) -> int:
        """Make every waiting attempt at once, without moving the time; how many."""
        waiting = list(self._waiting)
        for item in waiting:
            item.kick.set()
        return len(waiting)

    def retry_due(self) -> int:
        """Make the attempts that are due on the clock (for clocks that cannot wake sleepers)."""
        due = [item for item in self._waiting if item.due <= self._clock.now()]
        for item in due:
            item.kick.set()
        return len(due)

    async def close(self) -> None:
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _take(self, item: Delivery) -> None:
        self.pending.append(item)
        self.log.append(item)
        if self._held is not None:
            self._held.append(item)
        else:
            self._start(item)

    def _start(self, item: Delivery) -> None:
        if self.parallel:
            self._spawn(self._first(item))
            return
        lane = self._lanes.get(item.key)
        if lane is not None:
            lane.append(item)
            return
        self._lanes[item.key] = deque([item])
        self._spawn(self._drain(item.key))

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _drain(self, key: str) -> None:
        lane = self._lanes[key]
        while lane:
            await self._first(lane.popleft())
        del self._lanes[key]

    async def _first(self, item: Delivery) -> None:
        """The first attempt; later ones do not keep the next event waiting."""
        if not await self._attempt(item):
            self._spawn(self._again(item))

    async def _again(self, item: Delivery) -> None:
        for pause in self.ladder:
            item.due = self._clock.now() + pause
            item.kick.clear()
            self._waiting.append(item)
            await self._wait(item, pause)
            self._waiting.remove(item)
            if await self._attempt(item):
                return
        self._give_up(item)
        self._deregister()

    async def _wait(self, item: Delivery, pause: float) -> None:
        timer = asyncio.ensure_future(self._clock.sleep(pause))
        kicked = asyncio.ensure_future(item.kick.wait())
        try:
            await asyncio.wait((timer, kicked), return_when=asyncio.FIRST_COMPLETED)
        finally:
            for waiter in (timer, kicked):
                waiter.cancel()
            await asyncio.gather(timer, kicked, return_exceptions=True)

    async def _attempt(self, item: Delivery) -> bool:
        """Whether nothing more is to be done for this event."""
        if not self.url:
            self._give_up(item)
            return True
        headers = dict(item.headers)
        if item.answers:
            headers["num_retry"] = str(len(item.answers))
        status, fault = await self._post(self.url, item.raw, headers)
        item.answers.append(fault or str(status))
        if status == 200:
            self._finish(item)
            return True
        if not item.retry:
            self._give_up(item)
            return True
        return False

    def _finish(self, item: Delivery) -> None:
        if item in self.pending:
            self.pending.remove(item)
        item.done.set()

    def _give_up(self, item: Delivery) -> None:
        self.lost += item.retry
        self._finish(item)

    def _deregister(self) -> None:
        """After the last attempt the application is taken off event delivery."""
        if self.url:
            self.url = ""
            self.deregistered += 1
            self.retry_now()

    async def _post(self, url: str, raw: bytes, headers: dict[str, str]) -> tuple[int, str]:
        if self._session is None:
            self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
        sent = {"Content-Type": "application/json", "User-Agent": "ZaloWebhook", **headers}
        timeout = aiohttp.ClientTimeout(total=self.deadline)
        try:
            async with self._session.post(
                url, data=io.BytesIO(raw), headers=sent, timeout=timeout, allow_redirects=False
            ) as answer:
                return answer.status, ""
        except TimeoutError:
            return 0, "timeout"
        except aiohttp.ClientConnectorError:
            return 0, "refused"
        except aiohttp.ClientError:
            return 0, "reset"
