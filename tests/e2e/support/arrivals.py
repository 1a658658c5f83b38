"""What arrived on each platform's telephones against what the book says of it: in flight, lost, doubled."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from storage.records import OutboxRow
from tests.e2e.support.ledger import Ledger
from tests.e2e.support.platforms import Platforms
from tests.emulators.telegram import TelegramEmulator

_ACTS: Final = ("sendmessage", "senddocument", "editmessagetext")
_ARRIVED: Final = ("sent", "delivered")
Chat = tuple[str, str]
"""Channel and the platform's id of the chat."""


class Arrivals(Protocol):
    """One platform's side."""

    async def in_flight(self, ledger: Ledger) -> Counter[Chat]:
        """While the service is dead: messages the platform had and the book does not know of, since the start."""

    async def unheard(self) -> Counter[Chat]:
        """Messages that were applied while the service got no answer."""

    async def lost(self, ledger: Ledger) -> list[str]:
        """Messages the book says arrived that did not."""

    async def doubled(self, ledger: Ledger) -> Counter[Chat]:
        """Copies beyond the first."""


class TelegramArrivals:
    """By the calls that the platform applied: each is one message of the book."""

    def __init__(self, telegram: TelegramEmulator) -> None:
        self._telegram = telegram

    async def in_flight(self, ledger: Ledger) -> Counter[Chat]:
        return +await self._unrecorded(ledger)

    async def unheard(self) -> Counter[Chat]:
        return Counter(
            ("telegram", str(call.chat))
            for call in self._telegram.server.calls
            if call.chat is not None and call.outcome.startswith("applied")
        )

    async def lost(self, ledger: Ledger) -> list[str]:
        unrecorded = await self._unrecorded(ledger)
        return [f"{-count} of {chat}" for chat, count in unrecorded.items() if count < 0]

    async def doubled(self, ledger: Ledger) -> Counter[Chat]:
        return +await self._unrecorded(ledger)

    async def _unrecorded(self, ledger: Ledger) -> Counter[Chat]:
        """By chat: calls the platform applied, less messages the book says have arrived."""
        applied = Counter(
            ("telegram", str(call.chat))
            for call in self._telegram.server.calls
            if call.method in _ACTS and call.chat is not None and call.outcome.startswith(("ok", "applied"))
        )
        recorded = Counter((row.channel, row.chat) for row in await _arrived(ledger, "telegram"))
        return Counter({chat: applied[chat] - recorded[chat] for chat in applied | recorded})


@dataclass(frozen=True, slots=True)
class OnPhone:
    """A message of the office on a telephone: its id and what makes two of them copies."""

    id: str
    looks: Hashable


class PhoneArrivals:
    """By what the telephones show: a message of the book may be several there, each with an id of its own.

    `phones` gives every chat's messages of the office in order; `unheard` the chats of applied calls whose
    answer was lost.
    """

    def __init__(
        self,
        channel: str,
        phones: Callable[[], dict[str, Sequence[OnPhone]]],
        unheard: Callable[[], list[str]],
    ) -> None:
        self._channel = channel
        self._phones = phones
        self._unheard = unheard
        self._flown: dict[str, set[str]] = {}

    async def in_flight(self, ledger: Ledger) -> Counter[Chat]:
        """Those behind the newest one that the book knows: a chat's messages leave in order."""
        known = {row.platform_ref for row in await _arrived(ledger, self._channel)}
        for chat, shown in self._phones().items():
            newest = max((place for place, one in enumerate(shown) if one.id in known), default=-1)
            self._flown.setdefault(chat, set()).update(one.id for one in shown[newest + 1 :])
        return Counter({(self._channel, chat): len(ids) for chat, ids in self._flown.items() if ids})

    async def unheard(self) -> Counter[Chat]:
        return Counter((self._channel, chat) for chat in self._unheard())

    async def lost(self, ledger: Ledger) -> list[str]:
        phones = self._phones()
        there = {one.id for shown in phones.values() for one in shown}
        return [
            f"message {row.id} of {self._channel}"
            for row in await _arrived(ledger, self._channel)
            if row.platform_ref and row.platform_ref not in there
        ]

    async def doubled(self, ledger: Ledger) -> Counter[Chat]:
        """Equal messages on one telephone, less those that the book holds twice."""
        wanted: dict[str, Counter[str]] = {}
        for row in await _arrived(ledger, self._channel, "uncertain"):
            wanted.setdefault(row.chat, Counter())[json.dumps(row.body, sort_keys=True)] += 1
        found: Counter[Chat] = Counter()
        for chat, shown in self._phones().items():
            meant = _repeats(wanted.get(chat, Counter()))
            found[(self._channel, chat)] = _repeats(Counter(one.looks for one in shown)) - meant
        return +found


def _repeats(counted: Counter[Hashable] | Counter[str]) -> int:
    return sum(count - 1 for count in counted.values())


async def _arrived(ledger: Ledger, channel: str, *also: str) -> list[OutboxRow]:
    wanted = (*_ARRIVED, *also)
    return [r for r in await ledger.messages() if r.channel == channel and r.status.value in wanted]


def arrivals(platforms: Platforms) -> list[Arrivals]:
    """Of every platform that runs."""
    found: list[Arrivals] = [TelegramArrivals(platforms.telegram)]
    if platforms.zalo_oa is not None:
        found.append(_of_the_official_account(platforms))
    if platforms.zalo_bot is not None:
        found.append(_of_the_bot(platforms))
    return found


def _of_the_official_account(platforms: Platforms) -> PhoneArrivals:
    oa = platforms.oa

    def phones() -> dict[str, Sequence[OnPhone]]:
        return {
            person.id: [
                OnPhone(one.id, (one.text, one.kind, *(a.name for a in one.attachments)))
                for one in person.messages
                if one.from_oa and not one.admin_id
            ]
            for person in oa.world.people.values()
        }

    def unheard() -> list[str]:
        return [call.user for call in oa.calls if call.user and call.outcome.startswith("applied")]

    return PhoneArrivals("zalo_oa", phones, unheard)


def _of_the_bot(platforms: Platforms) -> PhoneArrivals:
    bot = platforms.bot

    def phones() -> dict[str, Sequence[OnPhone]]:
        return {
            chat.id: [OnPhone(one.id, (one.text, one.kind)) for one in chat.messages if one.by_bot]
            for chat in bot.world.chats.values()
        }

    def unheard() -> list[str]:
        return [call.chat for call in bot.calls if call.chat and call.outcome.startswith("applied")]

    return PhoneArrivals("zalo_bot", phones, unheard)
