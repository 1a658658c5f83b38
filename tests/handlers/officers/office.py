"""An office in a test: people and groups write, the bot answers, and everything sent can be read.

Each update is one turn on a real database, through the same entry as in service; sending is the outbox read
and marked as delivery does it, so that cards are edited where they stand.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from itertools import count
from typing import Any, TypeVar

import yaml
from sqlalchemy import Connection

from bot.dispatch import Books, Dispatcher
from handlers import cases, returning, router, untold
from handlers.messages import (
    Button,
    Capabilities,
    Choice,
    Command,
    Content,
    Incoming,
    Outgoing,
    Text,
)
from handlers.service_turn import service_turn
from handlers.talk import Talk
from handlers.texts import Catalogue
from handlers.turn import Facts, Turn, outgoing_from_data
from petitions.agency import Agency, load_agency
from petitions.calendar import WorkingCalendar
from petitions.deadlines import first_answer_due
from petitions.kinds import Action, ActorKind, Kind, Role
from petitions.triage.suggester import suggester_for
from storage import chat_marks, outbox, timers, waiting
from storage.casebook import Casebook
from storage.database import Database
from storage.ids import IdSource
from storage.keys import Vault
from storage.records import (
    ActorRef,
    Filing,
    OfficerRecord,
    OutboxRow,
    OutboxStatus,
    PetitionContent,
    PetitionRecord,
)
from tests.hand_clock import HandClock

CHANNEL, ACCOUNT = "telegram", "bot"
NUMBERED = Capabilities(
    can_edit=False, can_delete=False, numbered=True, albums=False, window=timedelta(days=7)
)
"""A channel that writes its choices as numbered lines, edits nothing and closes a week after the last word."""
PLACES = {"z": ("zalo_oa", "oa", NUMBERED), "w": ("web", "web", Capabilities(foreign=False))}
"""Channel, account and what it can carry, by the first letter of a chat's id; `CHANNEL` for any other."""
NAME, PHONE, STORY = "Nguyễn Thị Sen", "0951223455", "Quán hát đến khuya, cháu Tí nhà tôi mất ngủ"
PLACE = "đường Nguyễn Văn Trỗi, Phủ Lý"
ADDRESS = "Tổ 5, phường Minh Khai"

T = TypeVar("T")


@cache
def sample_agency() -> Agency:
    return load_agency(yaml.safe_load((files("petitions") / "data" / "agency.yaml").read_text("utf-8")))


@cache
def sample_facts() -> Facts:
    agency = sample_agency()
    return Facts(
        agency=agency,
        calendar=WorkingCalendar.from_packaged(),
        catalogue=Catalogue.load(),
        suggester=suggester_for(agency),
    )


def place(chat: str) -> tuple[str, str, Capabilities]:
    """Where a chat is."""
    return PLACES.get(chat[:1], (CHANNEL, ACCOUNT, Capabilities(groups=True)))


@dataclass(frozen=True)
class Sent:
    """A message as it stands in a chat now, and how often it was edited."""

    ref: str
    message: Outgoing
    row: OutboxRow
    edits: int = 0

    @property
    def text(self) -> str:
        return f"{self.message.title}\n{self.message.text}"

    @property
    def buttons(self) -> list[Button]:
        return [button for row in self.message.rows for button in row]

    def button(self, label: str) -> Button:
        """The button whose label holds these words."""
        found = [button for button in self.buttons if label in button.label]
        assert found, f"no button {label!r} among {[button.label for button in self.buttons]}"
        return found[0]

    def has(self, label: str) -> bool:
        return any(label in button.label for button in self.buttons)


@dataclass
class Office:
    database: Database
    vault: Vault
    ids: IdSource
    clock: HandClock
    acknowledged: str = ""
    """What the last press said on its button."""
    last_ref: str = ""
    """`message_ref` of the last update."""
    facts: Facts = field(default_factory=sample_facts)
    _updates: Any = field(default_factory=lambda: count(1))
    _refs: Any = field(default_factory=lambda: count(1000))
    _chats: dict[str, list[Sent]] = field(default_factory=dict)
    _all: list[tuple[str, Outgoing]] = field(default_factory=list)

    # --- what happens

    async def work(self, task: Callable[[Casebook], T]) -> T:
        return await self.database.transact(lambda connection: task(self._book(connection)))

    async def update(
        self,
        chat: str,
        content: Content,
        *,
        person: str = "",
        reply_to: str = "",
        deliver: bool = True,
        ref: str = "",
        **more: Any,
    ) -> list[Sent]:
        """One update; gives what was sent to that chat because of it, newest last. `ref` names the message of
        an edit; `more` are further fields of the update."""
        group = chat.startswith("-")
        self.last_ref = ref or f"in{next(self._refs)}"
        channel, account, capabilities = place(chat)
        if isinstance(content, Choice) and capabilities.numbered:  # a press comes back as text there
            content = replace(content, callback_id="")
        incoming = Incoming(
            channel=channel,
            account=account,
            update_id=str(next(self._updates)),
            chat=chat,
            person=person if group else chat,
            content=content,
            at=more.pop("at", self.clock.now()),
            is_group=group,
            message_ref=self.last_ref,
            reply_to=reply_to,
            **more,
        )
        self.clock.forward(timedelta(seconds=1))
        self.acknowledged = await self.database.transact(
            lambda connection: self._turn(connection, incoming, router.handle)
        )
        before = {id(sent) for sent in self._chats.get(chat, [])}
        if deliver:
            await self.deliver()
        return [sent for sent in self._chats.get(chat, []) if id(sent) not in before]

    async def say(self, chat: str, words: str, **more: Any) -> list[Sent]:
        return await self.update(chat, Text(text=words), **more)

    async def command(self, chat: str, name: str, argument: str = "", **more: Any) -> list[Sent]:
        return await self.update(chat, Command(name=name, argument=argument), **more)

    async def press(self, chat: str, button: Button | str, **more: Any) -> list[Sent]:
        token = button if isinstance(button, str) else button.token
        return await self.update(chat, Choice(token=token, callback_id="1"), **more)

    async def deliver(self, *, failing: dict[str, tuple[OutboxStatus, str]] | None = None) -> None:
        """Send everything that is due; for the chats in `failing` the outcome named there is written down."""

        def task(connection: Connection) -> None:
            accounts = [(CHANNEL, ACCOUNT), *((channel, account) for channel, account, _ in PLACES.values())]
            rows = outbox.due(connection, self.vault, accounts=accounts, now=self.clock.now())
            for row in rows:
                if failing and row.chat in failing:
                    status, reason = failing[row.chat]
                    outcome = outbox.Outcome(id=row.id, status=status, reason=reason)
                    outbox.mark_many(
                        connection, [outcome], now=self.clock.now(), ids=self.ids, agency=self._agency
                    )
                    if status in untold.STATUSES:
                        untold.note(self._book(connection), [row])
                    continue
                if self._is_closed(row):
                    if waiting.hold(connection, row, reason="window_passed", now=self.clock.now()):
                        untold.note(self._book(connection), [row])
                    continue
                ref = self._show(row)
                outbox.mark_sent(
                    connection,
                    row,
                    platform_ref=ref,
                    delivered=False,
                    now=self.clock.now(),
                    ids=self.ids,
                    agency=self._agency,
                )

        await self.database.transact(task)

    # --- what is there

    def chat(self, chat: str) -> list[Sent]:
        return self._chats.get(chat, [])

    def last(self, chat: str) -> Sent:
        assert self.chat(chat), f"nothing was sent to {chat}"
        return self.chat(chat)[-1]

    def card(self, chat: str, petition: PetitionRecord) -> Sent:
        """The petition's card as it stands in a chat."""
        found = [sent for sent in self.chat(chat) if sent.row.card_petition_id == petition.id]
        assert found, f"no card in {chat}"
        return found[-1]

    def everything_sent_to(self, chat: str) -> str:
        """All that ever went to a chat, edits and buttons included."""
        return "\n".join(
            "\n".join(
                [message.title, message.text, *(button.label for row in message.rows for button in row)]
            )
            for where, message in self._all
            if where == chat
        )

    # --- people

    async def officer(
        self, chat: str, unit: str, role: Role, name: str = "", *, linked: bool = True
    ) -> OfficerRecord:
        """An officer with a private chat, linked through an invitation as in service."""
        _, token = await self.work(
            lambda book: book.invite(
                unit, role, name or f"Cán bộ {chat}", self.clock.now() + timedelta(days=7)
            )
        )
        await self.command(chat, "link", token)
        channel, account, _ = place(chat)
        found = await self.work(lambda book: book.officer_of_chat(channel, account, chat))
        assert found is not None
        assert found.role is role
        return found

    async def group(self, chat: str, unit: str) -> None:
        _, token = await self.work(
            lambda book: book.invite(unit, None, "", self.clock.now() + timedelta(days=7), for_group=True)
        )
        await self.command(chat, "link", token, person="777")

    async def file(
        self, chat: str = "500", kind: Kind = Kind.FEEDBACK, *, unit: str = "ql_van_hoa", **fields: Any
    ) -> PetitionRecord:
        """A petition filed by the citizen of a chat."""
        content = PetitionContent(
            story=(fields.pop("story", STORY),),
            name=fields.pop("name", NAME),
            phone=fields.pop("phone", PHONE),
            address=ADDRESS,
            place=fields.pop("place", PLACE),
            answers=fields.pop("answers", {}),
        )
        due = first_answer_due(self.clock.now(), sample_facts().calendar, sample_agency().zone)
        filing = Filing(
            kind=kind,
            unit=unit,
            topic=fields.pop("topic", "karaoke_vu_truong"),
            content=content,
            actor=ActorRef(kind=ActorKind.CITIZEN),
            first_message_at=self.clock.now(),
            channel=CHANNEL,
            due_on=due.date,
            due_rule=due.rule_id,
            **fields,
        )
        filed: list[PetitionRecord] = []

        def handle(turn: Turn) -> None:
            where = replace(filing, conversation_id=turn.conversation_id, contact_id=turn.contact.id)
            filed.append(cases.file_petition(turn, where))

        await self.as_citizen(chat, handle)
        return filed[-1]

    async def as_citizen(self, chat: str, handle: Callable[[Turn], None]) -> None:
        """A turn of the citizen of a chat that does what `handle` does."""
        channel, account, _ = place(chat)
        incoming = Incoming(
            channel=channel,
            account=account,
            update_id=str(next(self._updates)),
            chat=chat,
            person=chat,
            content=Text(text="…"),
            at=self.clock.now(),
        )
        await self.database.transact(lambda connection: self._turn(connection, incoming, handle))
        await self.deliver()

    async def does(
        self, officer: OfficerRecord, petition: PetitionRecord, action: Action, **given: Any
    ) -> PetitionRecord:
        """An officer's step, past the buttons that lead to it."""
        actor = ActorRef(kind=ActorKind.OFFICER, officer_id=officer.id, role=officer.role, unit=officer.unit)
        done: list[PetitionRecord] = []
        await self.as_service(
            lambda turn: done.append(cases.perform(turn, petition.id, action, actor, **given))
        )
        return done[-1]

    async def as_service(self, handle: Callable[[Turn], None]) -> None:
        """A turn of the service itself."""

        def task(connection: Connection) -> None:
            handle(service_turn(self._book(connection), self.facts, self.clock.now(), random.Random(7)))

        await self.database.transact(task)
        await self.deliver()

    async def fire_timers(self) -> int:
        """Fire what is due, as the ticker does, and deliver; how many that were."""
        books = Books(vault=self.vault, ids=self.ids, clock=self.clock, agency=self._agency)
        dispatcher = Dispatcher(
            database=self.database,
            books=books,
            clock=self.clock,
            facts=self.facts,
            chance=random.Random(7),
        )
        fired = 0
        while await dispatcher.fire(self.clock.now()):
            fired += 1
            assert fired < 1000, "the timers never end"
        await self.deliver()
        return fired

    async def live_until(self, moment: datetime) -> None:
        """Let time pass from timer to timer, each at its own moment, and deliver what is due meanwhile."""
        while True:
            due = await self.database.read(timers.next_due)
            if due is None or due > moment:
                break
            self.clock.at = max(self.clock.at, due)
            assert await self.fire_timers(), "a timer is due and does not fire"
        self.clock.at = moment
        await self.deliver()

    async def now(self, petition: PetitionRecord) -> PetitionRecord:
        """The petition as it stands."""
        found = await self.work(lambda book: book.petition(petition.id))
        assert found is not None
        return found

    # --- inside

    @property
    def _agency(self) -> str:
        return sample_agency().code

    def _book(self, connection: Connection) -> Casebook:
        return Casebook(connection, vault=self.vault, ids=self.ids, clock=self.clock, agency=self._agency)

    def _turn(self, connection: Connection, incoming: Incoming, handle: Callable[[Turn], None]) -> str:
        book = self._book(connection)
        channel, account, capabilities = place(incoming.chat)
        opened = book.open_turn(
            channel=channel, account=account, chat=incoming.chat, is_group=incoming.is_group, language=""
        )
        contact = opened.contact
        if not incoming.is_group:
            chat_marks.seen(connection, contact.id, incoming.at)
            contact = replace(contact, seen_at=incoming.at)
            book.keep_in_mind(contact)
        who = incoming.person if incoming.is_group else incoming.chat
        turn = Turn(
            incoming=incoming,
            now=self.clock.now(),
            facts=self.facts,
            book=book,
            contact=contact,
            conversation_id=opened.conversation.id,
            talk=Talk.model_validate(opened.conversation.state),
            capabilities=capabilities,
            random=random.Random(7),
            officer=book.officer_of_chat(channel, account, who) if who else None,
        )
        if not incoming.is_group and (contact.has_waiting or channel in self.facts.windows):
            returning.came_back(turn)
        handle(turn)
        opened.conversation.state = turn.talk.model_dump(mode="json")
        book.save_conversation(opened.conversation)
        return turn.acknowledgement

    def _is_closed(self, row: OutboxRow) -> bool:
        """Whether the person's last deed is too long ago for this channel."""
        window = self.facts.windows.get(row.channel)
        if window is None or row.chat.startswith("-"):
            return False
        return row.seen_at is None or self.clock.now() - row.seen_at > window

    def _show(self, row: OutboxRow) -> str:
        message = outgoing_from_data(row.body)
        self._all.append((row.chat, message))
        chat = self._chats.setdefault(row.chat, [])
        edits = place(row.chat)[2].can_edit and row.channel not in self.facts.fixed
        for at, sent in enumerate(chat):
            if edits and row.edit_of_ref and sent.ref == row.edit_of_ref:
                chat[at] = Sent(sent.ref, message, row, sent.edits + 1)
                return sent.ref
        ref = f"m{next(self._refs)}"
        chat.append(Sent(ref, message, row))
        return ref
