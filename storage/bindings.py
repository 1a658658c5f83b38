"""Several chats of one citizen: a chat is bound to the conversation of another, and let go again.

A chat asks with a petition's code; the chat that filed it is asked for ten minutes whether that is the same
person. Once bound, both chats are one conversation with the same petitions; what the asking chat had filed
before comes along, and goes back with it when it is let go. Lock order: the conversation that is joined, then
the former one, then petitions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum, unique
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy import and_, bindparam, exists, insert, literal, or_, select, update

from storage.handovers import Handovers
from storage.records import ContactRecord, PetitionRecord
from storage.schema import bindings, contacts, conversations, files, petitions, timers

ASKED_FOR: Final = timedelta(minutes=10)
"""How long the question in the chat that filed can be answered."""
NOTIFY_LAST: Final = "last"
"""Notices go to the chat used last; the other way is `contacts.NOTIFY_ALL`."""
_NO_WINDOWS: Final[Mapping[str, timedelta]] = MappingProxyType({})
_LONG_AGO: Final = timedelta(days=36500)

_INSERT: Final = insert(bindings)
_BY_ID: Final = select(bindings).where(
    bindings.c.id == bindparam("binding_id"), bindings.c.agency == bindparam("agency")
)
_BOUND: Final = and_(bindings.c.agreed.is_(True), bindings.c.ended_at.is_(None))
_ACTIVE_OF: Final = select(bindings).where(bindings.c.asking_id == bindparam("contact_id"), _BOUND)
_ACTIVE_IN: Final = (
    select(bindings)
    .where(bindings.c.conversation_id == bindparam("conversation_id"), _BOUND)
    .order_by(bindings.c.id)
)
_IS_SHARED: Final = select(
    exists(
        select(literal(1)).where(bindings.c.conversation_id == bindparam("conversation_id"), _BOUND)
    ).label("shared")
)
_QUESTION: Final = (
    select(bindings)
    .where(
        bindings.c.conversation_id == bindparam("conversation_id"),
        bindings.c.asked_id == bindparam("contact_id"),
        bindings.c.answered_at.is_(None),
        bindings.c.expires_at > bindparam("now", type_=bindings.c.expires_at.type),
    )
    .order_by(bindings.c.id.desc())
    .limit(1)
)
_CHATS: Final = (
    select(contacts)
    .where(contacts.c.conversation_id == bindparam("conversation_id"), contacts.c.is_group.is_(False))
    .order_by(contacts.c.id)
)


@unique
class BindFault(StrEnum):
    """Why two chats cannot be one conversation (now)."""

    OVER = "over"
    """The question was answered already, or its ten minutes are over."""
    SAME = "same"
    """They are one conversation already."""
    AWAY = "away"
    """The asking chat's conversation goes on elsewhere at the moment."""
    BOUND = "bound"
    """The asking chat is bound to another conversation: it is let go first."""
    OFFICIAL = "official"
    """A group, or the chat of an officer: never part of a citizen's conversation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """One question whether a chat belongs to the same person, and what became of it."""

    id: int
    petition_id: int
    """The petition by whose code was asked."""
    conversation_id: int
    """The conversation that is shared."""
    asking_id: int
    """The chat that wants to follow its petitions."""
    asked_id: int
    """The chat that is asked."""
    former_id: int | None
    """The conversation that the asking chat had before, and gets back."""
    asked_at: datetime
    expires_at: datetime
    answered_at: datetime | None
    agreed: bool
    ended_at: datetime | None

    def is_open(self, now: datetime) -> bool:
        """Whether the question can still be answered."""
        return self.answered_at is None and now < self.expires_at


class Bindings(Handovers):
    """Which chats share one conversation, and where notices about its petitions go."""

    def ask_binding(
        self, petition: PetitionRecord, *, asking: ContactRecord, asked: ContactRecord
    ) -> Binding | BindFault:
        """Opens the question for ten minutes; earlier open ones of the same chat are over.

        Raises ValueError for a petition that belongs to no conversation.
        """
        if petition.conversation_id is None:
            raise ValueError("the petition was filed in no conversation")
        fault = self._fault(asking, petition.conversation_id)
        if fault is None and (asked.is_group or asked.officer_id is not None):
            fault = BindFault.OFFICIAL
        if fault is not None:
            return fault
        now = self.now()
        self.connection.execute(
            update(bindings)
            .where(
                bindings.c.asking_id == asking.id,
                bindings.c.answered_at.is_(None),
                bindings.c.expires_at > now,
            )
            .values(expires_at=now)
        )
        made = self.ids.new()
        self.connection.execute(
            _INSERT,
            {
                "id": made,
                "agency": self.agency,
                "petition_id": petition.id,
                "conversation_id": petition.conversation_id,
                "asking_id": asking.id,
                "asked_id": asked.id,
                "asked_at": now,
                "expires_at": now + ASKED_FOR,
            },
        )
        return self._known(made)

    def binding(self, binding_id: int) -> Binding | None:
        """The question with this id, whatever became of it."""
        values = {"binding_id": binding_id, "agency": self.agency}
        return _binding(self.connection.execute(_BY_ID, values).first())

    def open_question(self, conversation_id: int, contact_id: int) -> Binding | None:
        """The newest question about this conversation that the chat can still answer."""
        values = {"conversation_id": conversation_id, "contact_id": contact_id, "now": self.now()}
        return _binding(self.connection.execute(_QUESTION, values).first())

    def refuse_binding(self, binding_id: int) -> bool:
        """The person asked says no. False where the question is over."""
        return self._answer(binding_id, agreed=False)

    def bind(self, binding_id: int, *, draft_files: Sequence[int] | None = None) -> Binding | BindFault:
        """The person asked says yes: the asking chat joins the conversation; a fault changes nothing.

        What was filed from the asking chat's conversation comes along with its files, its timers and the chats
        bound to it. `draft_files`: files of an unsent draft that comes along as well; None: the draft stays.
        """
        found = self._known(binding_id)
        self.conversation(found.conversation_id)
        found = self._known(binding_id)  # as it stands under the lock
        asking = self.contact_by_id(found.asking_id)
        if asking is None or not found.is_open(self.now()):
            return BindFault.OVER
        fault = self._fault(asking, found.conversation_id)
        if fault is not None:
            return fault
        former = asking.conversation_id
        self.conversation(former)
        notify = self._notify_of(found)
        self._answer(binding_id, agreed=True)
        self._set_binding(binding_id, former_id=former)
        self._end_unused(former)
        self._move(former, found.conversation_id)
        if draft_files:
            self._move_files(found.conversation_id, draft_files)
        self._own(former, found.asked_id)  # a turn that waits for the former one sees that the chat has moved
        self.set_notify(found.conversation_id, notify)
        return self._known(binding_id)

    def bound_to(self, contact_id: int) -> Binding | None:
        """The binding by which this chat shares another one's conversation."""
        return _binding(self.connection.execute(_ACTIVE_OF, {"contact_id": contact_id}).first())

    def bindings_in(self, conversation_id: int) -> list[Binding]:
        """The bindings of every chat that joined this conversation, oldest first."""
        rows = self.connection.execute(_ACTIVE_IN, {"conversation_id": conversation_id})
        return [found for row in rows if (found := _binding(row)) is not None]

    def chats_in(self, conversation_id: int) -> list[ContactRecord]:
        """The private chats that share this conversation now."""
        rows = self.connection.execute(_CHATS, {"conversation_id": conversation_id})
        return [self._contact(row) for row in rows]

    def unbind(self, contact_id: int) -> Binding | None:
        """The chat gets its former conversation back, with what was filed from it; None where it is not bound.

        Raises ValueError while its conversation goes on elsewhere: it is brought back first.
        """
        found = self.bound_to(contact_id)
        if found is None or found.former_id is None:
            return None
        self.conversation(found.conversation_id)
        found = self.bound_to(contact_id)  # as it stands under the lock
        if found is None or found.former_id is None:
            return None
        contact = self.contact_by_id(contact_id)
        if contact is None or contact.conversation_id != found.conversation_id:
            raise ValueError("this chat's conversation is elsewhere")
        self.conversation(found.former_id)
        self._change(contact_id, conversation_id=found.former_id, notify="all")
        self._own(found.former_id, contact_id)
        self._set_binding(found.id, ended_at=self.now())
        self._take_back(found.conversation_id, found.former_id, contact_id)
        staying = self.chats_in(found.conversation_id)
        row = self.conversation(found.conversation_id)
        if row is not None and row.owner_contact_id == contact_id and staying:
            self._own(found.conversation_id, staying[0].id)
        if not self.bindings_in(found.conversation_id):
            self.set_notify(found.conversation_id, "all")
        return self._known(found.id)

    def use_chat(self, conversation_id: int, contact_id: int) -> None:
        """What the service says by itself in a shared conversation goes to this chat from here on; not while
        the conversation is handed over, nor to a chat that has left it."""
        if self.handover_of(conversation_id) is not None:
            return
        there = exists(
            select(literal(1)).where(
                contacts.c.id == contact_id, contacts.c.conversation_id == conversation_id
            )
        )
        self.connection.execute(
            update(conversations)
            .where(
                conversations.c.id == conversation_id, conversations.c.owner_contact_id != contact_id, there
            )
            .values(owner_contact_id=contact_id)
        )

    def set_notify(self, conversation_id: int, notify: str) -> None:
        """Where notices of this conversation go: `all` chats, or `last`, the one used last."""
        members = [binding.asking_id for binding in self.bindings_in(conversation_id)]
        away = self.handover_of(conversation_id)
        if away is not None:
            members.append(away.from_contact_id)
        here = contacts.c.conversation_id == conversation_id
        self.connection.execute(
            update(contacts)
            .where(or_(here, contacts.c.id.in_(members)), contacts.c.is_group.is_(False))
            .values(notify=notify)
        )

    def notice_contacts(
        self, petition: PetitionRecord, windows: Mapping[str, timedelta] = _NO_WINDOWS
    ) -> list[ContactRecord]:
        """The chats in which the citizen is told of a change.

        A petition of one chat is told there, also where that chat is blocked, so that the outcome stands on
        record. Of several chats the blocked ones are left out; of the others all are told, or (`last`) the
        one used last, best one that can be told now. `windows`: how long after the person's last deed a
        channel takes messages, by its name.
        """
        filed = self.contact_by_id(petition.contact_id) if petition.contact_id is not None else None
        home = petition.conversation_id
        if home is None or not self.connection.execute(_IS_SHARED, {"conversation_id": home}).scalar():
            return [filed] if filed is not None else []
        chats = {chat.id: chat for chat in self.chats_in(home)}
        away = self.handover_of(home)
        for first in (filed, self.contact_by_id(away.from_contact_id) if away is not None else None):
            if first is not None:
                chats.setdefault(first.id, first)
        told = [chat for chat in chats.values() if chat.blocked_at is None]
        if not told:
            return [filed] if filed is not None else list(chats.values())[:1]
        if all(chat.notify != NOTIFY_LAST for chat in told):
            return told
        now = self.now()

        def fitness(chat: ContactRecord) -> tuple[bool, datetime, bool]:
            window, seen = windows.get(chat.channel), chat.seen_at or now - _LONG_AGO
            return window is None or now - seen <= window, seen, chat == filed

        return [max(told, key=fitness)]

    # --- inside

    def _fault(self, asking: ContactRecord, conversation_id: int) -> BindFault | None:
        if asking.is_group or asking.officer_id is not None:
            return BindFault.OFFICIAL
        if asking.conversation_id == conversation_id:
            return BindFault.SAME
        if self.bound_to(asking.id) is not None:
            return BindFault.BOUND
        away = self.handed_over(asking.id) or self.taken_by(asking.id)
        if away is not None or self.handover_of(asking.conversation_id) is not None:
            return BindFault.AWAY
        return None

    def _notify_of(self, found: Binding) -> str:
        """What was chosen where several chats share the conversation already, else the chat used last."""
        asked = self.contact_by_id(found.asked_id)
        if asked is None or not self.bindings_in(found.conversation_id):
            return NOTIFY_LAST
        return asked.notify

    def _answer(self, binding_id: int, *, agreed: bool) -> bool:
        now = self.now()
        done = self.connection.execute(
            update(bindings)
            .where(bindings.c.id == binding_id, bindings.c.answered_at.is_(None), bindings.c.expires_at > now)
            .values(answered_at=now, agreed=agreed)
        )
        return done.rowcount == 1

    def _move(self, former: int, home: int) -> None:
        """Everything of a conversation becomes part of another: chats, their bindings, petitions, files."""
        for table in (contacts, petitions):
            self.connection.execute(
                update(table).where(table.c.conversation_id == former).values(conversation_id=home)
            )
        self.connection.execute(
            update(bindings)
            .where(bindings.c.conversation_id == former, bindings.c.ended_at.is_(None))
            .values(conversation_id=home)
        )
        self.connection.execute(
            update(files)
            .where(files.c.conversation_id == former, files.c.petition_id.is_not(None))
            .values(conversation_id=home)
        )
        self.connection.execute(
            update(timers)
            .where(timers.c.conversation_id == former, timers.c.status == "waiting")
            .values(conversation_id=home)
        )
        self._note_petitions(home)

    def _take_back(self, home: int, former: int, contact_id: int) -> None:
        """What was filed from a chat goes with it."""
        own = and_(petitions.c.conversation_id == home, petitions.c.contact_id == contact_id)
        filed = self.connection.execute(select(petitions.c.id).where(own)).scalars().all()
        self.connection.execute(update(petitions).where(own).values(conversation_id=former))
        self.connection.execute(
            update(files).where(files.c.petition_id.in_(filed)).values(conversation_id=former)
        )
        self._note_petitions(former)

    def _move_files(self, home: int, file_ids: Iterable[int]) -> None:
        self.connection.execute(
            update(files).where(files.c.id.in_(list(file_ids))).values(conversation_id=home)
        )

    def _note_petitions(self, conversation_id: int) -> None:
        has = exists(select(literal(1)).where(petitions.c.conversation_id == conversation_id))
        self.connection.execute(
            update(conversations).where(conversations.c.id == conversation_id, has).values(has_petitions=True)
        )

    def _set_binding(self, binding_id: int, **values: Any) -> None:
        self.connection.execute(update(bindings).where(bindings.c.id == binding_id).values(values))

    def _known(self, binding_id: int) -> Binding:
        found = self.binding(binding_id)
        if found is None:
            raise LookupError(f"no binding {binding_id}")
        return found


def _binding(row: Any) -> Binding | None:
    if row is None:
        return None
    return Binding(
        id=row.id,
        petition_id=row.petition_id,
        conversation_id=row.conversation_id,
        asking_id=row.asking_id,
        asked_id=row.asked_id,
        former_id=row.former_id,
        asked_at=row.asked_at,
        expires_at=row.expires_at,
        answered_at=row.answered_at,
        agreed=row.agreed,
        ended_at=row.ended_at,
    )
