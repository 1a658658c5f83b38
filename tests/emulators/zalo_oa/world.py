"""The state of the emulated OA and the few ways it changes."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass, field
from typing import Any

from . import events
from .clock import Ticks
from .deliverer import Deliverer, Delivery, signature
from .model import DAY, HOUR, Asset, CdnFile, Settings, Shown, Template
from .oauth import OAuth

REPLY_WINDOW = 48 * HOUR
LAST_WINDOW = 7 * DAY


@dataclass(slots=True, eq=False)
class Account:
    """One person's side of the OA."""

    id: str
    by_app: str
    name: str
    phone: str = ""
    follower: bool = True
    blocked: bool = False
    inactive: bool = False
    refuses_templates: bool = False
    admin: bool = False
    """Administrator of application or OA: gets development-mode templates."""
    anonymous: bool = False
    conversation_id: str = ""
    online: bool = True
    last_interaction: float | None = None
    shared: dict[str, str] = field(default_factory=dict)
    messages: list[Shown] = field(default_factory=list)
    waiters: list[asyncio.Future[None]] = field(default_factory=list)
    waiting_receipts: list[Shown] = field(default_factory=list)

    def wake(self) -> None:
        waiters, self.waiters = self.waiters, []
        for waiter in waiters:
            if not waiter.done():
                waiter.set_result(None)


class World:
    def __init__(self, settings: Settings, clock: Ticks, *, seed: int) -> None:
        self.settings = settings
        self.clock = clock
        self.random = random.Random(seed)
        self.oauth = OAuth(settings, clock, self.random)
        self.deliverer = Deliverer(clock, self.random)
        self.people: dict[str, Account] = {}
        self.owners: dict[str, Account] = {}
        """Message id -> whose chat it is in."""
        self.shown: dict[str, Shown] = {}
        self.cdn: dict[str, CdnFile] = {}
        self.assets: dict[str, Asset] = {}
        self.uploads: dict[str, int] = {}
        self.templates: dict[str, Template] = {}
        self.templates_sent: dict[int, int] = {}
        """Day (since 1970, Vietnam) -> template messages."""
        self.package_used = 0
        self.base_url = ""
        self.subscribed: frozenset[str] | None = None
        """Events ticked in the console; None: all."""
        self.corrupt = 0
        """So many coming events are signed wrongly."""
        self._tasks: set[asyncio.Task[None]] = set()

    def digits(self, length: int) -> str:
        return str(self.random.randint(1, 9)) + "".join(self.random.choices("0123456789", k=length - 1))

    def message_id(self) -> str:
        return f"{self.random.getrandbits(76):019x}"

    def account(
        self, name: str, phone: str, *, follower: bool, anonymous: bool = False, admin: bool = False
    ) -> Account:
        found = Account(self.digits(19), self.digits(19), name, phone, follower=follower, admin=admin)
        if anonymous:
            found.anonymous, found.follower = True, False
            found.id, found.conversation_id = f"{self.random.getrandbits(80):020x}", self.digits(12)
        self.people[found.id] = found
        return found

    def by_phone(self, phone: str) -> Account | None:
        return next((one for one in self.people.values() if one.phone == phone), None)

    # --- media

    def host_file(
        self, data: bytes, name: str, content_type: str, *, expired: int = 0, life: float | None = None
    ) -> str:
        """Put bytes on the CDN; the link. `expired` 403 or 404: it is dead from the start."""
        path = f"/cdn/{self.random.getrandbits(64):016x}/{name}"
        expires = self.clock.now() + (self.settings.cdn_life if life is None else life)
        self.cdn[path] = CdnFile(data, content_type, expires, expired or 200)
        return self.base_url + path

    # --- events

    def emit(self, event: dict[str, Any], key: str, *, zns: bool = False) -> Delivery | None:
        """Sign an event and hand it to the deliverer; None when it is not ticked or not granted."""
        name = event["event_name"]
        if self.oauth.withdrawn or (self.subscribed is not None and name not in self.subscribed):
            return None
        texts_only = self.settings.hash_only and name == "user_send_text"
        if texts_only and not event["message"].get("text", "").startswith("#"):
            return None
        raw = events.encode(event)
        secret = self.settings.oa_secret
        if self.corrupt > 0:
            self.corrupt -= 1
            secret += "-wrong"
        headers = {"X-ZEvent-Signature": signature(self.settings.app_id, raw, event["timestamp"], secret)}
        if zns:
            headers["X-ZEvent-Server"] = "ZNS"
        return self.deliverer.submit(raw, headers, key)

    def by_user(self, user: Account, name: str, message: dict[str, Any]) -> Delivery | None:
        """An event of a person's message; an anonymous one has names and a conversation of its own."""
        if user.anonymous:
            name = name.replace("user_send_", "anonymous_send_")
            message = {**message, "conversation_id": user.conversation_id}
        event = events.by_user(name, **self._ids(user), message=message)
        return self.emit(event, user.id)

    def by_oa(self, user: Account, name: str, message: dict[str, Any], admin_id: str = "") -> Delivery | None:
        if user.anonymous and name.startswith("oa_send_"):
            name = name.replace("oa_send_", "oa_send_anonymous_")
            message = {**message, "conversation_id": user.conversation_id}
        event = events.by_oa(name, **self._ids(user), message=message, admin_id=admin_id)
        return self.emit(event, user.id)

    def relation(self, user: Account, name: str, source: str) -> Delivery | None:
        return self.emit(events.relation(name, **self._ids(user), source=source), user.id)

    def about(self, user: Account, name: str) -> Delivery | None:
        return self.emit(events.about(name, **self._ids(user)), user.id)

    def submitted(self, user: Account, info: dict[str, Any]) -> Delivery | None:
        """user_submit_info: as a message, with `info` in its place."""
        event = events.by_user("user_submit_info", **self._ids(user), message={})
        del event["message"]
        stamp = event.pop("timestamp")
        return self.emit({**event, "info": info, "timestamp": stamp}, user.id)

    def _ids(self, user: Account) -> dict[str, str]:
        return {
            "app": self.settings.app_id,
            "oa": self.settings.oa_id,
            "user": user.id,
            "by_app": user.by_app,
            "at": self.clock.ms(),
        }

    # --- messages

    def keep(self, user: Account, shown: Shown) -> Shown:
        user.messages.append(shown)
        self.owners[shown.id] = user
        self.shown[shown.id] = shown
        return shown

    def to_phone(self, user: Account, shown: Shown) -> None:
        """A message of the OA arrives on the phone; the receipt follows when the phone is online."""
        self.keep(user, shown)
        user.wake()
        if user.online:
            self.received(user, shown)
        else:
            user.waiting_receipts.append(shown)

    def received(self, user: Account, shown: Shown) -> None:
        shown.received = True
        if not self.settings.receipts or user.anonymous:
            return
        if self.settings.receipt_delay <= 0:
            self._receipt(user, shown)
            return
        task = asyncio.get_running_loop().create_task(self._late_receipt(user, shown))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _late_receipt(self, user: Account, shown: Shown) -> None:
        await self.clock.sleep(self.settings.receipt_delay)
        self._receipt(user, shown)

    def _receipt(self, user: Account, shown: Shown) -> None:
        if shown.tracking_id or (shown.template_id and shown.kind == "phone_template"):
            message = {
                "delivery_time": self.clock.ms(),
                "msg_id": shown.id,
                "tracking_id": shown.tracking_id,
            }
            ids = {**self._ids(user), "user": user.phone}
            self.emit(events.by_oa("user_received_message", **ids, message=message), user.id, zns=True)
            return
        self.by_oa(user, "user_received_message", {"msg_id": shown.id})

    async def close(self) -> None:
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self.deliverer.close()

    # --- the interaction clock

    def interacted(self, user: Account) -> None:
        user.last_interaction = self.clock.now()

    def age(self, user: Account) -> float | None:
        """Seconds since the last interaction; None when there was none."""
        return None if user.last_interaction is None else self.clock.now() - user.last_interaction
