"""The emulator as tests and load drivers use it."""

from __future__ import annotations

from typing import Any, Self

from tests.emulators.telegram import SimClock

from .faults import Fault, FaultKind
from .model import Call, ChatState, Habits, Limits, Media, World
from .people import Group, Person, Shown, media_of
from .server import ApiServer
from .updates import Update

TOKEN = "734500000001:EmulatorTokenForTestsOnly-0123456789abcdef"


class ZaloBotEmulator:
    """A Bot Platform server for one bot, with people on the other side.

    As `async with ZaloBotEmulator() as zalo:`; the service gets `zalo.url` and `zalo.token`.
    `limits` are high unless told otherwise (`Limits.real()`).
    """

    def __init__(
        self,
        *,
        token: str = TOKEN,
        clock: SimClock | None = None,
        seed: int = 1,
        limits: Limits | None = None,
        keep_calls: bool = True,
    ) -> None:
        self.clock = clock or SimClock()
        self.world = World(token=token, clock=self.clock, seed=seed)
        self.world.limits = limits or Limits()
        self.server = ApiServer(self.world, keep_calls=keep_calls)
        self._host = "127.0.0.1"
        self._people: dict[str, Person] = {}

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> None:
        self._host = host
        await self.server.start(host, port)

    async def stop(self) -> None:
        await self.server.stop()

    async def go_away(self) -> None:
        """Refuse every connection, until `come_back`."""
        await self.server.close_port()

    async def come_back(self) -> None:
        await self.server.start(self._host, self.server.port)

    @property
    def token(self) -> str:
        return self.world.token

    @property
    def url(self) -> str:
        """What `ZALO_BOT_API_URL` is set to."""
        return self.world.url

    @property
    def habits(self) -> Habits:
        return self.world.habits

    # --- people

    def person(self, name: str = "") -> Person:
        """The person with this name (made on first use); a new one where there is no name."""
        name = name or f"Người dân {len(self._people) + 1}"
        if name not in self._people:
            chat = ChatState(self.world.new_id())
            self.world.chats[chat.id] = chat
            self._people[name] = Person(self, chat, name)
        return self._people[name]

    def group(self, title: str = "Tổ tiếp dân") -> Group:
        chat = ChatState(self.world.new_id(), "GROUP", title)
        self.world.chats[chat.id] = chat
        return Group(self, chat)

    # --- what happened

    @property
    def calls(self) -> list[Call]:
        return list(self.server.calls)

    def calls_of(self, method: str, chat: str | None = None) -> list[Call]:
        wanted = method.lower()
        return [c for c in self.server.calls if c.method == wanted and (chat is None or c.chat == chat)]

    @property
    def unconfirmed(self) -> int:
        """Updates that the bot has not surely taken in yet."""
        return self.server.updates.unconfirmed

    def media(self, shown: Shown) -> Media:
        """The file behind a message, to be made late, wrong or gone."""
        return media_of(self, shown)

    # --- updates

    def push(self, update: Update) -> None:
        self.server.updates.add(update)
        self.server.pusher.wake()

    def push_raw(self, result: Any, chat: str = "raw") -> None:
        """Any `result`, also of an event or shape that does not exist yet."""
        self.push(Update(result, chat))

    def redeliver(self, message_id: str) -> None:
        """Bring an update once more, byte for byte."""
        self.server.updates.again(message_id)
        self.server.pusher.wake()

    def retry_now(self) -> None:
        """Try webhook deliveries that wait for their next attempt at once."""
        self.clock.wake_all()

    # --- faults

    def fault(self, kind: FaultKind | str, method: str = "", **settings: Any) -> Fault:
        """Order a fault: `fault("lost_after", "sendMessage", chat="…", count=2, seconds=1)`."""
        return self.server.faults.add(Fault(FaultKind(kind), method, **settings))

    def fail(self, method: str, code: int, description: str, **settings: Any) -> Fault:
        return self.fault(FaultKind.ERROR, method, code=code, description=description, **settings)

    def clear_faults(self) -> None:
        self.server.faults.clear()

    def revoke_token(self, code: int = 403, *, revoked: bool = True) -> None:
        self.world.refused_with = code if revoked else 0
