"""The history of a petition: append-only, hash-chained events, and who answered for it when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Row, bindparam, insert, select, update

from petitions.clocks import Operation
from petitions.kinds import Action
from storage import chain
from storage.book import as_record
from storage.clocks import Clocks
from storage.columns import microseconds
from storage.keys import to_json
from storage.prepared import Prepared
from storage.records import ActorRef, AssignmentRecord, EventRecord, PetitionChanges, PetitionRecord
from storage.registers import Registers
from storage.schema import assignments, conversations, events, petitions

_INSERT: Final = Prepared(insert(events))
_OF_PETITION: Final = (
    select(events).where(events.c.petition_id == bindparam("petition_id")).order_by(events.c.seq)
)
_INSERT_ASSIGNMENT: Final = Prepared(insert(assignments))
_END_ASSIGNMENT: Final = (
    update(assignments)
    .where(assignments.c.petition_id == bindparam("of_petition"), assignments.c.until.is_(None))
    .values(until=bindparam("now"))
)
_ASSIGNMENTS: Final = (
    select(*(assignments.c[name] for name in AssignmentRecord.__dataclass_fields__))
    .where(assignments.c.petition_id == bindparam("petition_id"))
    .order_by(assignments.c.id)
)
_HAS_PETITIONS: Final = Prepared(
    update(conversations)
    .where(conversations.c.id == bindparam("conversation"), conversations.c.has_petitions.is_(False))
    .values(has_petitions=True)
)
_ANSWERABLE: Final = frozenset({"unit", "officer_id", "destination"})

CLOCKS: Final = "_clocks"
"""Where an event's sealed content keeps what it did to the petition's clocks and tasks."""
CHANGES: Final = "_changes"
"""Where an event's sealed content keeps what it made of the petition."""
FINGERPRINT: Final = "_content"
"""Where the FILE event keeps the keyed hash of the petition's content."""
REPLAYED_WORDS: Final = ("code", "kind", "unit", "destination", "stage", "register_book")
REPLAYED: Final = frozenset(
    {*REPLAYED_WORDS, "officer_id", "merged_into", "members", "register_year", "register_no"}
)
"""Columns that `verify` compares with what the history made of them."""


class StaleRecord(Exception):
    """The petition was changed since this record of it was read: it was not locked in this transaction."""


class Events(Clocks, Registers):
    """Appending to the history and reading it."""

    def record(
        self,
        petition: PetitionRecord,
        *,
        action: Action,
        actor: ActorRef,
        content: dict[str, Any],
        changes: PetitionChanges,
        operations: Sequence[Operation] = (),
    ) -> PetitionRecord:
        """Appends an event to a petition locked in this transaction, makes its changes. Gives it as it is.

        `operations` are what it does to the petition's clocks and tasks, kept with the event.

        A change of kind takes a number in the other book, a change of unit, officer or destination a new line
        in the assignments. `content` (JSON values) is stored sealed. Raises StaleRecord.
        """
        now = self.now()
        values: dict[str, Any] = dict(changes)
        kind = changes.get("kind")
        if kind is not None and kind.value != petition.register_book:
            book, year, number = self._move_to_book(petition, kind, now)
            values |= {"register_book": book, "register_year": year, "register_no": number}
        event = self._event_row(
            petition.id,
            petition.events_count + 1,
            previous=petition.events_head,
            action=action,
            actor=actor,
            content=content
            | ({CHANGES: json_values(values)} if values else {})
            | ({CLOCKS: list(operations)} if operations else {}),
            now=now,
        )
        values |= {
            "events_count": petition.events_count + 1,
            "events_head": self._head(event),
            "version": petition.version + 1,
            "updated_at": now,
        }
        statement = update(petitions).where(
            petitions.c.id == petition.id, petitions.c.version == petition.version
        )
        if self.connection.execute(statement.values(values)).rowcount != 1:
            raise StaleRecord(f"petition {petition.id} is past version {petition.version}")
        self._write_event(event)
        after = replace(petition, **values)
        self._apply_operations(
            petition.id, after.unit, after.officer_id, after.events_count, list(operations)
        )
        if self._answers_otherwise(petition, after):
            self.connection.execute(_END_ASSIGNMENT, {"of_petition": petition.id, "now": now})
            self._assign(after, after.events_count, now)
        if after.conversation_id is not None and after.conversation_id != petition.conversation_id:
            self._has_petitions(after.conversation_id)
        return after

    def events(self, petition_id: int) -> list[EventRecord]:
        """The whole history, opened, oldest first. Raises `keys.CannotOpen`."""
        rows = self.connection.execute(_OF_PETITION, {"petition_id": petition_id})
        return [self._event(row) for row in rows]

    def assignments(self, petition_id: int) -> list[AssignmentRecord]:
        """Who answered for the petition, from filing until now, oldest first; the last one is open."""
        rows = self.connection.execute(_ASSIGNMENTS, {"petition_id": petition_id})
        return [as_record(AssignmentRecord, row) for row in rows]

    def _event(self, row: Row[Any]) -> EventRecord:
        content = self.vault.open_json(row.content_enc, table="events", column="content_enc", row=row.id)
        changes = content.pop(CHANGES, {})
        clocks = content.pop(CLOCKS, ())
        content.pop(FINGERPRINT, None)
        return EventRecord(
            id=row.id,
            petition_id=row.petition_id,
            seq=row.seq,
            action=row.type,
            actor=ActorRef(kind=row.actor_kind, officer_id=row.officer_id),
            at=row.at,
            content=content,
            changes=changes,
            clocks=tuple(clocks),
        )

    def _head(self, event: dict[str, Any]) -> bytes:
        return chain.head(self.vault.chain_key, event["petition_id"], event["seq"], event["link"])

    def _event_row(
        self,
        petition_id: int,
        seq: int,
        *,
        previous: bytes,
        action: Action,
        actor: ActorRef,
        content: dict[str, Any],
        now: datetime,
    ) -> dict[str, Any]:
        event_id = self.ids.new()
        salt, plain = self.vault.random_bytes(chain.SALT_BYTES), to_json(content)
        facts = chain.LinkFacts(
            petition_id=petition_id,
            seq=seq,
            action=action.value,
            actor_kind=actor.kind.value,
            officer_id=actor.officer_id,
            at=microseconds(now),
            commitment=chain.commitment(salt, plain),
        )
        return {
            "id": event_id,
            "agency": self.agency,
            "petition_id": petition_id,
            "seq": seq,
            "type": action,
            "actor_kind": actor.kind,
            "officer_id": actor.officer_id,
            "at": now,
            "salt_enc": self.vault.seal(salt, table="events", column="salt_enc", row=event_id),
            "content_enc": self.vault.seal(plain, table="events", column="content_enc", row=event_id),
            "commitment": facts.commitment,
            "link": chain.link(self.vault.chain_key, previous, facts),
        }

    def _write_event(self, row: dict[str, Any]) -> None:
        _INSERT.run(self.connection, row)

    def _write_events(self, rows: Sequence[dict[str, Any]]) -> None:
        _INSERT.run_many(self.connection, rows)

    def _changed_together(self, before: PetitionRecord, after: PetitionRecord) -> None:
        """A petition went along with its lead to another unit; who keeps something by unit overrides this."""

    def _answers_otherwise(self, before: PetitionRecord, after: PetitionRecord) -> bool:
        return any(getattr(before, name) != getattr(after, name) for name in _ANSWERABLE)

    def _assign(self, petition: PetitionRecord, event_seq: int, now: datetime) -> None:
        self._assign_many([(petition, event_seq)], now)

    def _assign_many(self, several: Sequence[tuple[PetitionRecord, int]], now: datetime) -> None:
        """A line in the assignments for each petition and the event by which it came so."""
        _INSERT_ASSIGNMENT.run_many(
            self.connection,
            [
                {
                    "id": self.ids.new(),
                    "agency": self.agency,
                    "petition_id": petition.id,
                    "unit": petition.unit,
                    "officer_id": petition.officer_id,
                    "destination": petition.destination,
                    "since": now,
                    "event_seq": event_seq,
                }
                for petition, event_seq in several
            ],
        )

    def _has_petitions(self, conversation_id: int) -> None:
        _HAS_PETITIONS.run(self.connection, {"conversation": conversation_id})


def json_values(changes: dict[str, Any]) -> dict[str, Any]:
    """Column values as an event's content keeps them: words of vocabularies as such, dates in ISO."""
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in changes.items()}
