"""The emulator as tests and load drivers use it."""

from __future__ import annotations

import asyncio
import json
from typing import Any, Self

from . import events
from .clock import ClockLike, Ticks
from .content import Content
from .deliverer import Deliverer, Delivery, signature
from .faults import Fault, FaultKind
from .model import Attachment, Call, Settings, Shown, Template
from .people import ZaloUser
from .sending import deliver
from .server import ZaloServer
from .world import World


class ZaloOaEmulator:
    """Zalo's OAuth, OpenAPI, template host, CDN and webhook for one OA, with people on the other side.

    `clock` moves token life, windows, links and the retry ladder: a `SimClock`, a house clock, or a callable.
    Other keywords are fields of `Settings`, e.g. `ZaloOaEmulator(buttons="reject", oa_per_minute=100)`.
    As `async with ZaloOaEmulator() as zalo:`; the service gets `oauth_url`, `api_url` and `business_url`.
    """

    def __init__(
        self,
        *,
        clock: ClockLike | None = None,
        seed: int = 1,
        keep_calls: int | None = None,
        **settings: Any,
    ) -> None:
        self.settings = Settings(**settings)
        self.ticks = Ticks(clock)
        self.clock: Any = self.ticks.source
        self.world = World(self.settings, self.ticks, seed=seed)
        self.server = ZaloServer(self.world, keep_calls=keep_calls)
        self._host = "127.0.0.1"
        self.people: list[ZaloUser] = []

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> None:
        self._host = host
        await self.server.start(host, port)

    async def stop(self) -> None:
        await self.world.close()
        await self.server.close_port()

    async def go_away(self) -> None:
        """Refuse every connection, until `come_back`."""
        await self.server.close_port()

    async def come_back(self) -> None:
        await self.server.start(self._host, self.server.port)

    # --- addresses and keys

    @property
    def url(self) -> str:
        return f"http://{self._host}:{self.server.port}"

    @property
    def oauth_url(self) -> str:
        """Stands for https://oauth.zaloapp.com/v4."""
        return f"{self.url}/oauth/v4"

    @property
    def api_url(self) -> str:
        """Stands for https://openapi.zalo.me."""
        return f"{self.url}/api"

    @property
    def business_url(self) -> str:
        """Stands for https://business.openapi.zalo.me."""
        return f"{self.url}/business"

    @property
    def app_id(self) -> str:
        return self.settings.app_id

    @property
    def app_secret(self) -> str:
        return self.settings.app_secret

    @property
    def oa_id(self) -> str:
        return self.settings.oa_id

    @property
    def oa_secret(self) -> str:
        return self.settings.oa_secret

    # --- grants

    def issue_tokens(self) -> dict[str, str]:
        """A token pair as the console's API Explorer hands it out (access_token, refresh_token, expires_in)."""
        return self.world.oauth.pair()

    def issue_code(self) -> str:
        """An authorisation code as if the administrator had agreed: ten minutes, once."""
        return self.world.oauth.new_code()

    def refuse_refresh(self, count: int = 1) -> None:
        """The next renewals answer -14014; the token is spent by that and a person must authorise again."""
        self.world.oauth.refuse_next = count

    def withdraw_grant(self, code: int = -223) -> None:
        """The OA withdraws its grant (-223) or the application is removed (-219): calls fail, events end.

        A new code or pair grants again.
        """
        self.world.oauth.withdraw(code)

    @property
    def renewals(self) -> int:
        """How many renewals succeeded (also those whose answer was lost)."""
        return self.world.oauth.renewals

    # --- people and the console

    def person(
        self,
        name: str = "Nguyễn Văn An",
        phone: str = "",
        *,
        follower: bool = True,
        anonymous: bool = False,
        admin: bool = False,
    ) -> ZaloUser:
        """A new person, who has not yet interacted. `phone` (84…) lets templates by phone reach them."""
        account = self.world.account(name, phone, follower=follower, anonymous=anonymous, admin=admin)
        user = ZaloUser(self.world, account)
        self.people.append(user)
        return user

    def user(self, user_id: str) -> ZaloUser:
        return next(one for one in self.people if one.id == user_id)

    def console_says(self, user: ZaloUser, text: str, admin_id: str = "7712345678901234567") -> Shown:
        """An officer writes in the OA's chat tool: the echo carries `admin_id`."""
        return deliver(self.world, user.account, Content(text=text), admin_id)

    def console_sends_photo(
        self, user: ZaloUser, data: bytes, admin_id: str = "7712345678901234567"
    ) -> Shown:
        url = self.world.host_file(data, "photo.jpg", "image/jpeg")
        payload = {"thumbnail": url, "url": url}
        content = Content(
            kind="image",
            attachments=[Attachment("image", "", url, data)],
            event="oa_send_image",
            event_attachments=[{"type": "image", "payload": payload}],
        )
        return deliver(self.world, user.account, content, admin_id)

    def template(
        self,
        template_id: str,
        limits: dict[str, int],
        text: str,
        *,
        tag: int = 1,
        approved: bool = True,
        for_uid: bool = True,
    ) -> Template:
        """Register a ZBS template: parameter -> most characters; `<name>` in the text is its place."""
        made = Template(template_id, limits, text, tag, approved, for_uid)
        self.world.templates[template_id] = made
        return made

    # --- the webhook

    @property
    def deliverer(self) -> Deliverer:
        """The switches of delivery: deadline, ladder, parallel, duplicates, hold, release, log, lost."""
        return self.world.deliverer

    async def webhook(self, url: str, *, force: bool = False) -> int:
        """Save the URL in the console: an unsigned `{}` is posted and must get 200, else it is not saved.

        The status (0: no answer). `force` saves without asking.
        """
        status = 200 if force else await self.deliverer.probe(url)
        if status == 200:
            self.deliverer.url = url
        return status

    def subscribe(self, *names: str) -> None:
        """Tick these events only; none: all."""
        self.world.subscribed = frozenset(names) or None

    @property
    def undelivered(self) -> int:
        """Events not yet acknowledged with 200 (waiting retries and held ones included)."""
        return len(self.deliverer.pending)

    async def settled(self, timeout: float = 5.0) -> None:  # noqa: ASYNC109 - the test's patience
        """Wait until every event is acknowledged or given up."""
        async with asyncio.timeout(timeout):
            while self.deliverer.pending:
                await self.deliverer.pending[0].done.wait()

    def push(
        self,
        event: dict[str, Any] | bytes,
        *,
        sign: bool = True,
        timestamp: str | None = None,
        secret: str = "",
        app_id: str = "",
        headers: dict[str, str] | None = None,
        retry: bool | None = None,
    ) -> Delivery:
        """Post any event at all. A dict without `timestamp` gets one; `secret` signs with another key.

        Retried as Zalo does only when signed, unless `retry` says otherwise.
        """
        if isinstance(event, dict):
            if "timestamp" not in event or timestamp is not None:
                event = {**event, "timestamp": timestamp if timestamp is not None else self.ticks.ms()}
            raw = events.encode(event)
            stamp = str(event["timestamp"])
        else:
            raw, stamp = event, timestamp if timestamp is not None else _timestamp_in(event)
        sent = dict(headers or {})
        if sign:
            key = secret or self.settings.oa_secret
            sent["X-ZEvent-Signature"] = signature(app_id or self.settings.app_id, raw, stamp, key)
        return self.deliverer.submit(raw, sent, "raw", retry=sign if retry is None else retry)

    def redeliver(self, item: Delivery | None = None) -> Delivery:
        """Bring an event (the newest one) once more, byte for byte."""
        return self.deliverer.deliver_again(item if item is not None else self.deliverer.log[-1])

    def corrupt_signatures(self, count: int = 1) -> None:
        """The next events are signed with a wrong key."""
        self.world.corrupt = count

    def retry_now(self) -> int:
        """Make every waiting attempt at once (service restarted); how many."""
        return self.deliverer.retry_now()

    def retry_due(self) -> int:
        """Make the attempts due on the clock; needed only for clocks that cannot wake sleepers."""
        return self.deliverer.retry_due()

    # --- what happened

    @property
    def calls(self) -> list[Call]:
        return list(self.server.calls)

    def calls_of(self, path: str, user: str = "") -> list[Call]:
        """Calls whose path contains `path`."""
        return [c for c in self.server.calls if path in c.path and user in ("", c.user)]

    def busiest_minute(self) -> int:
        """The largest number of API requests seen in any 60 seconds of the clock, refused ones included."""
        return self.server.rates.busiest

    # --- faults

    def fault(self, kind: FaultKind | str, path: str = "", **settings: Any) -> Fault:
        """Order a fault: `fault("lost_after", "message/cs", user=…, count=2, seconds=1)`."""
        return self.server.faults.add(Fault(FaultKind(kind), path, **settings))

    def fail(self, path: str, code: int, **settings: Any) -> Fault:
        """Answer with this error code, known or not."""
        return self.fault(FaultKind.ERROR, path, code=code, **settings)

    def clear_faults(self) -> None:
        self.server.faults.clear()


def _timestamp_in(raw: bytes) -> str:
    try:
        found = json.loads(raw)
    except ValueError:
        return ""
    return str(found.get("timestamp", "")) if isinstance(found, dict) else ""
