"""Where an officer is answered: here in private, or in the private chat when the press came from a group."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from handlers.messages import Button, Outgoing
from handlers.officers.audience import tellable, texts_of
from petitions.kinds import ActorKind
from storage.records import ActorRef

if TYPE_CHECKING:
    from handlers.texts import Texts
    from handlers.turn import Turn
    from storage.records import ContactRecord, OfficerRecord


@dataclass(frozen=True, slots=True)
class Room:
    """One officer at work in one turn."""

    turn: Turn
    officer: OfficerRecord
    contact: ContactRecord
    """The officer's private chat; also when the press came from a group."""

    @property
    def actor(self) -> ActorRef:
        officer = self.officer
        return ActorRef(kind=ActorKind.OFFICER, officer_id=officer.id, role=officer.role, unit=officer.unit)

    @property
    def in_group(self) -> bool:
        return self.turn.incoming.is_group

    @property
    def texts(self) -> Texts:
        """The texts of the private chat's language."""
        return texts_of(self.turn, self.contact)

    def text(self, key: str, **params: object) -> str:
        return self.texts.get(key, **params)

    def say(self, key: str, *, petition_id: int | None = None, **params: object) -> None:
        """A plain sentence in the private chat."""
        self.send(Outgoing(text=self.text(key, **params)), petition_id=petition_id)

    def ask(
        self,
        key: str,
        rows: tuple[tuple[Button, ...], ...],
        *,
        petition_id: int | None = None,
        protect: bool = False,
        **params: object,
    ) -> None:
        """A sentence with buttons in the private chat."""
        message = Outgoing(text=self.text(key, **params), rows=rows, protect=protect)
        self.send(message, petition_id=petition_id)

    def send(self, message: Outgoing, *, petition_id: int | None = None, card_of: int | None = None) -> None:
        self.turn.send(
            message,
            to=self.contact,
            audience="officer",
            petition_id=petition_id,
            card_of=card_of,
            coalesce=f"card:{card_of}" if card_of is not None else "",
        )

    def acknowledge(self, key: str, **params: object) -> None:
        """Short words on the pressed button; where a message is read more surely, that is sent as well."""
        self.turn.acknowledgement = self.turn.text(key, **params)

    def refuse(self, key: str, **params: object) -> None:
        """Say why nothing was done: on the button in a group, as a message in private."""
        self.acknowledge(key, **params)
        if not self.in_group:
            self.send(Outgoing(text=self.text(key, **params)))


def room_of(turn: Turn) -> Room | None:
    """The room of the officer of this turn; None for anybody else.

    In a group the private chat on the same account is used, else any other chat of the officer that is open, at last
    one in which the answer waits for the person's next deed.
    """
    officer = turn.officer
    if officer is None or not officer.active:
        return None
    if not turn.incoming.is_group:
        return Room(turn, officer, turn.contact)
    contact = private_chat(turn, officer) or next(iter(_open_chats(turn, officer)), None)
    return Room(turn, officer, contact) if contact is not None else None


def private_chat(turn: Turn, officer: OfficerRecord) -> ContactRecord | None:
    """A private chat of `officer` that takes messages now: best on the account of this turn, then one that takes them
    at any time."""
    return next((chat for chat in _open_chats(turn, officer) if tellable(turn, chat)), None)


def _open_chats(turn: Turn, officer: OfficerRecord) -> list[ContactRecord]:
    chats = [turn.book.contact_by_id(contact_id) for contact_id in officer.contact_ids]
    open_chats = [
        chat for chat in chats if chat is not None and chat.blocked_at is None and not chat.is_group
    ]
    here = (turn.incoming.channel, turn.incoming.account)
    open_chats.sort(
        key=lambda chat: ((chat.channel, chat.account) != here, chat.channel in turn.facts.windows)
    )
    return open_chats
