"""Reads recent chats back after an outage, so that what people wrote meanwhile is taken once (reference 1.9).

Zalo repeats an event for two hours and then forgets it; nothing else brings it again. So at start, after the
database was away, and when nothing came for an hour, the chats with messages newer than the last safe moment are
read, and what people said goes the way of every update: its id is the same as the event's, so that what did
arrive is dropped as seen.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

from bot.channels.base import Again, Receiver, SendFault, Stop, Verdict
from bot.channels.zalo_oa.errors import Refused, Remedy
from bot.channels.zalo_oa.options import CHANNEL, OaOptions
from bot.channels.zalo_oa.parser import EventReader
from bot.channels.zalo_oa.readback import PastMessage, is_card, listed, past_message
from bot.channels.zalo_oa.reading import ref_of
from bot.channels.zalo_oa.webhook import NOT_COMMITTED, RECEIVED
from storage import inbox, oddities
from storage.database import Database, Unavailable
from storage.oddities import Oddity

log = logging.getLogger(__name__)

RECENT: Final = "/v2.0/oa/listrecentchat"
CONVERSATION: Final = "/v2.0/oa/conversation"
PAGE: Final = 10
LOOK_SECONDS: Final = 60.0
MARGIN: Final = timedelta(minutes=10)
"""Events do not come in order, so a little of what came before the last safe moment is read as well."""
FARTHEST: Final = timedelta(days=7)
"""Nobody may be answered any more who wrote earlier."""
READ_UP: Final = "read_up"
"""Counted where reading back found that up to now nothing is missing; only events themselves are `RECEIVED`, so that
the doctor can say whether any come."""
GAP: Final = "reading_back"
"""The mark of a gap that is not closed yet, for whoever leads next."""
SILENCE: Final = timedelta(hours=1)
NOT_ALLOWED_PAUSE: Final = timedelta(hours=1)
MOST_REQUESTS: Final = 60
"""In one look; what is left is read in the next one, so that sending keeps its share of the account's rate."""
MOST_PAGES: Final = 10
"""Of one chat."""

_PASSING: Final = frozenset(
    {Remedy.NEXT_MINUTE, Remedy.FEW_TRIES, Remedy.RENEW, Remedy.LATER, Remedy.MORNING}
)

Count = Callable[[str], None]


class Reads(Protocol):
    """The part of the client that reads. `background`: whoever waits for an answer goes first."""

    async def get(self, path: str, data: Mapping[str, Any] | None = None, *, background: bool = False) -> Any:
        """The answer's `data`. Raises SendFault."""


class Bounded(Exception):
    """The requests of one look are used up."""


class CatchUp:
    """Reads back for one account, where `leads` says that this process may; `pause`: seconds between looks."""

    def __init__(
        self,
        options: OaOptions,
        reads: Reads,
        receiver: Receiver,
        *,
        database: Database,
        agency: str,
        now: Callable[[], datetime],
        count: Count,
        leads: Callable[[], bool] = lambda: True,
        pause: float = LOOK_SECONDS,
    ) -> None:
        self._account = options.oa_id
        self._reads = reads
        self._receiver = receiver
        self._database = database
        self._agency = agency
        self._now = now
        self._count = count
        self._leads = leads
        self._pause = pause
        self._reader = EventReader(options.oa_id, now=now)
        self._gap: datetime | None = None
        """From when on something may be missing."""
        self._read_to: dict[str, datetime] = {}
        """Chats of this gap that were read, and up to which message."""
        self._last_good: datetime | None = None
        """The last look that found the database well; None before the first."""
        self._refused_at: datetime | None = None
        self._troubled = False
        self._not_before: datetime | None = None
        self._left = 0
        self._ids_agree = False

    async def run(self) -> None:
        """Look for ever; ends by cancellation."""
        while True:
            try:
                if self._leads():
                    await self.look()
                else:
                    self._last_good = None  # whoever led meanwhile knows more: begin as at start
            except Exception as fault:  # noqa: BLE001 - the edge of this part: it must never end
                log.critical("catch_up_failed", extra={"fault": type(fault).__name__})
            await asyncio.sleep(self._pause)

    async def look(self) -> int:
        """See whether something may be missing and read it back; how many messages were new. Never raises
        SendFault or Unavailable."""
        now = self._now()
        try:
            received, read_up, refused, left = await self._database.read(
                lambda connection: (
                    oddities.last_of(connection, CHANNEL, self._account, RECEIVED),
                    oddities.last_of(connection, CHANNEL, self._account, READ_UP),
                    oddities.last_of(connection, CHANNEL, self._account, NOT_COMMITTED),
                    oddities.last_of(connection, CHANNEL, self._account, GAP),
                )
            )
            safe = max((one for one in (received, read_up) if one is not None), default=None)
            await self._notice(safe, refused, left, now)
            self._last_good, self._refused_at, self._troubled = now, refused, False
            if self._gap is None or (self._not_before is not None and now < self._not_before):
                return 0
            found = await self._read_back(max(self._gap, now - FARTHEST), now)
            await self._close_gap()
        except Unavailable:
            self._troubled = True
            log.error("catch_up_without_database")
            return 0
        except Bounded:
            self._count("catchup_continued")
            return 0
        except SendFault as fault:
            self._refused(fault, now)
            return 0
        self._count(READ_UP)
        if found:
            self._count("catchup_found")
            log.warning("missed_messages_read_back", extra={"count": found})
        return found

    def _refused(self, fault: SendFault, now: datetime) -> None:
        if _passes(fault):
            log.warning("catch_up_later", extra={"reason": fault.reason})
            return
        self._count("catchup_refused")
        self._not_before = now + NOT_ALLOWED_PAUSE
        log.error("catch_up_refused", extra={"reason": fault.reason})

    async def _notice(
        self, safe: datetime | None, refused: datetime | None, left: datetime | None, now: datetime
    ) -> None:
        """Widen the gap by what this look finds. `safe`: up to when nothing is missing. `left`: what an earlier
        process could not finish."""
        since: datetime | None = None
        if self._last_good is None:  # the start: an account that never received anything has missed nothing
            since = min((one for one in (safe, left) if one is not None), default=None)
            if safe is None:
                self._count(READ_UP)
        elif self._troubled or refused != self._refused_at:
            since = self._last_good
        elif safe is not None and now - safe >= SILENCE:
            since = safe
        if since is None or (self._gap is not None and self._gap <= since):
            return
        self._gap = since
        mark = Oddity(
            channel=CHANNEL, account=self._account, what=GAP, count=1, first_at=since, last_at=since
        )
        await self._database.transact(
            lambda connection: oddities.set_mark(connection, mark, agency=self._agency)
        )

    async def _close_gap(self) -> None:
        self._gap, self._not_before = None, None
        self._read_to.clear()
        await self._database.transact(
            lambda connection: oddities.clear_mark(connection, CHANNEL, self._account, GAP)
        )

    # --- reading

    async def _read_back(self, since: datetime, now: datetime) -> int:
        """Raises SendFault, Unavailable, Bounded; what was read before is handed on."""
        self._left = MOST_REQUESTS
        begin = max(since - MARGIN, now - FARTHEST)
        collected: list[tuple[str, datetime, list[PastMessage]]] = []
        stopped: SendFault | Bounded | None = None
        try:
            for user, newest in await self._chats(begin):
                if self._read_to.get(user) != newest:
                    collected.append((user, newest, await self._said_by(user, begin)))
        except (SendFault, Bounded) as fault:
            stopped = fault
        margin = await self._margin_is_known([one for _, _, said in collected for one in said], since)
        new = 0
        for user, newest, said in collected:
            new += await self._hand_on([one for one in said if margin or one.at >= since])
            self._read_to[user] = newest
        if stopped is not None:
            raise stopped
        return new

    async def _margin_is_known(self, said: list[PastMessage], since: datetime) -> bool:
        """Whether messages from before the gap may be taken: they are known by their ids, all but those that
        were missed. Should ids of reads differ from those of events (RECALLED), none is known, and taking them
        would file each twice. Raises Unavailable."""
        before = [f"msg:{ref_of(one.id)}" for one in said if one.at < since]
        if not before or self._ids_agree:
            return True
        self._ids_agree = bool(
            await self._database.read(
                lambda connection: inbox.seen_among(connection, CHANNEL, self._account, before)
            )
        )
        if not self._ids_agree:
            self._count("catchup_ids_unknown")
        return self._ids_agree

    async def _chats(self, begin: datetime) -> list[tuple[str, datetime]]:
        """Who has messages since `begin`, with the moment of the newest, the longest waiting first."""
        newest: dict[str, datetime] = {}
        for page in range(MOST_REQUESTS):
            items = await self._page(RECENT, {"offset": page * PAGE, "count": PAGE})
            found = self._readable(items)
            for one in found:
                newest[one.user] = max(one.at, newest.get(one.user, one.at))
            if len(items) < PAGE or not any(one.at >= begin for one in found):
                break
        return sorted(((user, at) for user, at in newest.items() if at >= begin), key=lambda pair: pair[1])

    async def _said_by(self, user: str, begin: datetime) -> list[PastMessage]:
        """As `_messages`; one chat that is refused (its person left) is no reason to leave out the others."""
        try:
            return await self._messages(user, begin)
        except Refused as fault:
            if _passes(fault) or fault.meaning.remedy is Remedy.STOP:
                raise
            self._count("catchup_chat_refused")
            return []

    async def _messages(self, user: str, begin: datetime) -> list[PastMessage]:
        """What the person said since `begin`, oldest first."""
        said: dict[str, PastMessage] = {}
        for page in range(MOST_PAGES):
            items = await self._page(CONVERSATION, {"user_id": user, "offset": page * PAGE, "count": PAGE})
            found = [one for one in self._readable(items) if one.user == user]
            said |= {one.id: one for one in found if one.by_user and one.at >= begin}
            if len(items) < PAGE or not any(one.at >= begin for one in found):
                break
        else:
            self._count("catchup_long_chat")
        return sorted(said.values(), key=lambda one: one.at)

    async def _page(self, path: str, data: dict[str, Any]) -> list[Any]:
        if self._left <= 0:
            raise Bounded
        self._left -= 1
        items = listed(await self._reads.get(path, data, background=True))
        if items is None:
            self._count("catchup_unreadable")
            return []
        return items

    def _readable(self, items: list[Any]) -> list[PastMessage]:
        found = [past_message(item, self._account) for item in items]
        for _ in range(found.count(None)):
            self._count("catchup_unreadable")
        return [one for one in found if one is not None]

    async def _hand_on(self, messages: list[PastMessage]) -> int:
        """Give what was said to the receiver; how many of it were new. Raises Unavailable."""
        new = 0
        for one in messages:
            reading = self._reader.read_back(one.message, user=one.user, at=one.at, card=is_card(one))
            for incoming in reading.incomings:
                verdict = await self._receiver(incoming)
                if verdict is Verdict.RETRY:
                    raise Unavailable("not committed")
                new += verdict is Verdict.DONE
            for oddity in reading.oddities:
                self._count(oddity)
        return new


def _passes(fault: SendFault) -> bool:
    """Whether the next look may succeed by itself (`Stop` comes from the tokens and costs no request)."""
    if isinstance(fault, Refused):
        return fault.meaning.remedy in _PASSING
    return isinstance(fault, Again | Stop)
