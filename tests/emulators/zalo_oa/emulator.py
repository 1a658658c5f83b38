"""The emulator as tests and load drivers use it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, Final, Self

from . import events
from .clock import ClockLike, Ticks
from .content import Content
from .deliverer import Deliverer, Delivery, signature
from .faults import Fault, FaultKind
from .model import Attachment, Call, Settings, Shown, Template
from .people import ZaloUser
from .sending import deliver
from .server import PREFIXES, Server
from .world import World

VERIFIER: Final = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
"""RFC 7636's verifier, which belongs to the challenge the settings begin with."""


class ZaloOaEmulator:
    """The servers of Zalo for one Official Account, with people on the other side.

    As `async with ZaloOaEmulator() as zalo:`; the service gets `zalo.settings_for_service()`, and its webhook is
    saved with `await zalo.register(url)`. `settings` changes what is uncertain or limited. Limits are high.
    """

    def __init__(
        self,
        *,
        clock: ClockLike | None = None,
        seed: int = 1,
        settings: Settings | None = None,
        keep_calls: int | None = None,
    ) -> None:
        self.settings = settings or Settings()
        self.clock = Ticks(clock)
        self.world = World(self.settings, self.clock, seed=seed)
        self.server = Server(self.world, keep_calls=keep_calls)
        self._host = "127.0.0.1"
        self._people: dict[str, ZaloUser] = {}
        self._first: dict[str, str] = {}
        self._phones = 951_000_000

    async def __aenter__(self) -> Self:
        await self.server.start(self._host, 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.world.close()
        await self.world.deliverer.close()
        await self.server.stop()

    async def go_away(self) -> None:
        """Refuse every connection, until `come_back`."""
        await self.server.stop()

    async def come_back(self) -> None:
        await self.server.start(self._host, self.server.port)

    # --- addresses and settings

    @property
    def url(self) -> str:
        return f"http://{self._host}:{self.server.port}"

    @property
    def oauth_url(self) -> str:
        return self.url + PREFIXES["oauth"]

    @property
    def api_url(self) -> str:
        return self.url + PREFIXES["api"]

    @property
    def business_url(self) -> str:
        return self.url + PREFIXES["business"]

    def first_refresh_token(self) -> str:
        """The refresh token of a pair from the console's API Explorer."""
        if not self._first:
            self._first = self.world.oauth.pair()
        return self._first["refresh_token"]

    def settings_for_service(self) -> dict[str, Any]:
        """What an operator writes into the settings; the first token is one of the API Explorer."""
        return {
            "zalo_oa_id": self.settings.oa_id,
            "zalo_oa_app_id": self.settings.app_id,
            "zalo_oa_app_secret": self.settings.app_secret,
            "zalo_oa_secret_key": self.settings.oa_secret,
            "zalo_oa_refresh_token": self.first_refresh_token(),
            "zalo_oa_api_url": self.api_url,
            "zalo_oa_oauth_url": self.oauth_url,
            "zalo_oa_business_url": self.business_url,
            "zalo_oa_rate": "0",
        }

    def permission_link(self, callback: str, challenge: str) -> str:
        """What the console shows once callback and challenge are saved there."""
        self.settings.callback, self.settings.challenge = callback, challenge
        return (
            f"{self.oauth_url}/oa/permission?app_id={self.settings.app_id}"
            f"&redirect_uri={callback}&code_challenge={challenge}"
        )

    def approve_template(self, template_id: str, limits: dict[str, int], text: str, **more: Any) -> Template:
        """A template of the console; `limits`: parameter and its most characters."""
        found = Template(template_id, limits, text, **more)
        self.world.templates[template_id] = found
        return found

    # --- people

    def person(
        self,
        name: str = "An",
        phone: str = "",
        *,
        follower: bool = True,
        anonymous: bool = False,
        admin: bool = False,
    ) -> ZaloUser:
        """A new person; `phone` as 84…, made up where none is given."""
        if not phone:
            self._phones += 1
            phone = f"84{self._phones}"
        account = self.world.account(name, phone, follower=follower, anonymous=anonymous, admin=admin)
        user = self._people[account.id] = ZaloUser(self.world, account)
        return user

    @property
    def people(self) -> list[ZaloUser]:
        return list(self._people.values())

    def console_sends_photo(
        self, user: ZaloUser, data: bytes, *, admin_id: str = "5550001112223334445"
    ) -> Shown:
        """An officer sends a picture in the OA's own chat tool."""
        url = self.world.host_file(data, "photo.jpg", "image/jpeg")
        event = {"type": "image", "payload": {"thumbnail": url, "url": url}}
        picture = Content(
            kind="image",
            attachments=[Attachment("image", "", url, data)],
            event="oa_send_image",
            event_attachments=[event],
        )
        return deliver(self.world, user.account, picture, admin_id)

    def console_says(self, user: ZaloUser, text: str, *, admin_id: str = "5550001112223334445") -> Shown:
        """An officer types in the OA's own chat tool."""
        return deliver(self.world, user.account, Content(text=text), admin_id)

    # --- the webhook

    async def register(self, url: str) -> int:
        """Save the webhook's address in the console: it is probed with an unsigned `{}`. The answer's status."""
        status = await self.world.deliverer.probe(url)
        if status == 200:
            self.world.deliverer.url = url
        return status

    @property
    def unconfirmed(self) -> int:
        """Events that were not acknowledged yet."""
        return len(self.world.deliverer.pending)

    @property
    def undelivered(self) -> int:
        return self.unconfirmed

    @property
    def deliverer(self) -> Deliverer:
        """The switches of delivery: deadline, ladder, parallel, duplicates, hold and release, log, lost."""
        return self.world.deliverer

    def delivered(self) -> Sequence[Delivery]:
        """Every event that was sent, oldest first."""
        return list(self.world.deliverer.log)

    def deliver_again(self, event: Delivery) -> Delivery:
        return self.world.deliverer.deliver_again(event)

    def retry_now(self) -> int:
        """Make every waiting attempt at once, without moving the time; how many."""
        return self.world.deliverer.retry_now()

    def retry_due(self) -> int:
        """Make the attempts that are due on the clock; needed for clocks that cannot wake sleepers."""
        return self.world.deliverer.retry_due()

    def subscribe(self, *names: str) -> None:
        """Tick these events only in the console; none: all."""
        self.world.subscribed = frozenset(names) or None

    def corrupt_signatures(self, count: int = 1) -> None:
        """The next events are signed with a wrong key (their retries too)."""
        self.world.corrupt = count

    def push(
        self,
        event: dict[str, Any] | bytes,
        *,
        sign: bool = True,
        timestamp: str = "",
        secret: str = "",
        app_id: str = "",
        headers: dict[str, str] | None = None,
        retry: bool = False,
    ) -> Delivery:
        """Any event, also of a kind or shape that does not exist; bytes go out as they are.

        `timestamp` is what is signed where the event has none; `retry`: it is brought again as Zalo's own are.
        """
        raw = event if isinstance(event, bytes) else events.encode(event)
        stamp = timestamp or (str(event.get("timestamp", "")) if isinstance(event, dict) else "")
        sent = dict(headers or {})
        if sign:
            key = secret or self.settings.oa_secret
            sent["X-ZEvent-Signature"] = signature(app_id or self.settings.app_id, raw, stamp, key)
        return self.world.deliverer.submit(raw, sent, "raw", retry=retry)

    async def settled(self, *, within: float = 10.0) -> None:
        """Until every event is acknowledged or given up. Raises TimeoutError."""
        async with asyncio.timeout(within):
            while self.world.deliverer.pending:
                await asyncio.sleep(0.005)

    # --- what happened

    @property
    def calls(self) -> list[Call]:
        return list(self.server.calls)

    def calls_of(self, path: str, user: str = "") -> list[Call]:
        """Requests whose path ends so."""
        return [c for c in self.server.calls if c.path.endswith(path) and (not user or c.user == user)]

    def busiest_minute(self) -> int:
        """The largest number of requests of the API in any 60 seconds."""
        return self.server.rates.busiest

    @property
    def renewals(self) -> int:
        return self.world.oauth.renewals

    # --- faults

    def fault(self, kind: FaultKind | str, path: str = "", **settings: Any) -> Fault:
        """Order a fault: `fault("lost_after", "message/cs", user=…, count=2, seconds=1)`."""
        return self.server.faults.add(Fault(FaultKind(kind), path, **settings))

    def fail(self, path: str, code: int, **settings: Any) -> Fault:
        return self.fault(FaultKind.ERROR, path, code=code, **settings)

    def clear_faults(self) -> None:
        self.server.faults.clear()

    def refuse_renewals(self, count: int = 1) -> None:
        """So many coming renewals are refused (-14014), the token is spent by that."""
        self.world.oauth.refuse_next = count

    def withdraw_grant(self, code: int = -223) -> None:
        """The OA takes its grant back (-223) or the application is removed (-219)."""
        self.world.oauth.withdraw(code)
