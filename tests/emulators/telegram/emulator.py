"""The emulator as tests and load drivers use it."""

from __future__ import annotations

from typing import Any, Self

from .clock import SimClock
from .control import Control
from .faults import Fault, FaultKind
from .groups import Group
from .model import Call, ChatState, User
from .people import Person
from .phone import Shown, transcript
from .rates import Rates
from .server import ApiServer
from .world import World

TOKEN = "7000000001:AAEmulatorTokenForTestsOnly-0123456789abc"


class TelegramEmulator:
    """A Bot API server for one bot, with people on the other side.

    `rates` None means no flood limits. `keep_calls` bounds the call log (None: all; 0: none).
    As `async with TelegramEmulator() as telegram:`; the service gets `telegram.url` and `telegram.token`.
    """

    def __init__(
        self,
        *,
        token: str = TOKEN,
        username: str = "tiepdan_test_bot",
        clock: SimClock | None = None,
        seed: int = 1,
        first_update_id: int = 100_000,
        rates: Rates | None = None,
        keep_calls: int | None = None,
    ) -> None:
        self.clock = clock or SimClock()
        self.world = World(
            token=token, clock=self.clock, seed=seed, username=username, first_update_id=first_update_id
        )
        self.server = ApiServer(self.world, keep_calls=keep_calls)
        self.server.rates = rates
        self.server.control = Control(self).handle
        self._host = "127.0.0.1"
        self._people: dict[int, Person] = {}
        self._next_person = 500_000_001
        self._next_group = 4_000_001

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
        """What `TELEGRAM_API_URL` is set to."""
        return f"http://{self._host}:{self.server.port}"

    @property
    def bot_username(self) -> str:
        return self.world.bot.username

    # --- people

    def person(
        self,
        person_id: int | None = None,
        first_name: str = "An",
        language_code: str = "vi",
        *,
        last_name: str = "",
        username: str = "",
        started: bool = True,
    ) -> Person:
        """The person with this id (made on first use). `started=False`: never opened the bot."""
        if person_id is None:
            person_id, self._next_person = self._next_person, self._next_person + 1
        if person_id not in self._people:
            user = User(person_id, first_name, last_name, username, language_code)
            chat = ChatState(person_id, "private", user=user, started=started, members={person_id: "member"})
            self.world.users[person_id] = user
            self.world.chats[person_id] = chat
            self._people[person_id] = Person(self.world, user, chat)
        return self._people[person_id]

    def group(
        self,
        title: str = "Tổ tiếp dân",
        *,
        members: tuple[Person, ...] = (),
        admins: tuple[Person, ...] = (),
        supergroup: bool = True,
        with_bot: bool = True,
        bot_admin: bool = False,
    ) -> Group:
        """A group; its first administrator (or member) owns it. The bot is in it unless told otherwise."""
        number, self._next_group = self._next_group, self._next_group + 1
        group_id = -1_000_000_000_000 - number if supergroup else -number
        status = "left" if not with_bot else "administrator" if bot_admin else "member"
        chat = ChatState(group_id, "supergroup" if supergroup else "group", title, bot_status=status)
        self.world.chats[group_id] = chat
        everybody = (*admins, *members) or (self.person(),)
        group = Group(self.world, chat, everybody[0])
        for person in everybody:
            group.join(person, admin=person in admins)
        return group

    # --- what happened

    @property
    def calls(self) -> list[Call]:
        return list(self.server.calls)

    def calls_of(self, method: str, chat: int | None = None) -> list[Call]:
        wanted = method.lower()
        return [c for c in self.server.calls if c.method == wanted and (chat is None or c.chat == chat)]

    def transcript(self, chat_id: int) -> list[Shown]:
        return transcript(self.world.chats[chat_id])

    @property
    def unconfirmed(self) -> int:
        """Updates the bot has not acknowledged yet."""
        return len(self.world.updates.pending)

    # --- faults

    def fault(self, kind: FaultKind | str, method: str = "", **settings: Any) -> Fault:
        """Order a fault: `fault("lost_after", "sendMessage", chat=5, count=2, seconds=1)`."""
        return self.server.faults.add(Fault(FaultKind(kind), method, **settings))

    def fail(self, method: str, code: int, description: str, **settings: Any) -> Fault:
        return self.fault(FaultKind.ERROR, method, code=code, description=description, **settings)

    def too_many(self, method: str, retry_after: int, **settings: Any) -> Fault:
        text = f"Too Many Requests: retry after {retry_after}"
        return self.fail(method, 429, text, parameters={"retry_after": retry_after}, **settings)

    def clear_faults(self) -> None:
        self.server.faults.clear()

    def redeliver(self, update_id: int) -> None:
        """Bring an update once more, byte for byte."""
        item = self.world.updates.redeliver(update_id)
        if self.server.pusher.hook is not None:
            self.server.pusher.deliver_again(item)

    def retry_now(self) -> None:
        """Try webhook deliveries that wait for their next attempt at once (service restarted)."""
        self.clock.wake_all()

    def push_update(
        self, kind: str, payload: dict[str, Any], *, key: tuple[str, int] = ("raw", 0)
    ) -> int | None:
        """Any update, also of a type or shape that does not exist yet."""
        return self.world.updates.add(kind, payload, key)

    @property
    def update_ids(self) -> list[int]:
        """Ids of all updates made so far (the last 5,000)."""
        return [item.update_id for item in self.world.updates.history]

    def revoke_token(self, *, revoked: bool = True) -> None:
        self.world.token_revoked = revoked
