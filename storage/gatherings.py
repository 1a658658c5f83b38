"""Several petitions on one matter: the lead and those merged into it, read and written together, and mere links.

A lead may have hundreds of members, so whatever is done to all of them costs a fixed number of statements. Lock
order: the lead, then its members by rising id; a lead always came first (`ck_petitions_lead_first`), so this is the
order of ids, and no two turns wait for each other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import bindparam, delete, or_, select, update

from petitions.clocks import ClockState
from petitions.gathering import MIRRORED, Count, Petitioner, count
from petitions.kinds import Action
from storage.bindings import Bindings
from storage.book import as_record, insert_new
from storage.cases import Cases
from storage.events import CHANGES, json_values
from storage.prepared import Prepared
from storage.records import ActorRef, ContactRecord, EventRecord, PetitionChanges, PetitionRecord
from storage.schema import assignments, bindings, breaches, clocks, contacts, events, links, petitions

_COLUMNS: Final = tuple(petitions.c[name] for name in PetitionRecord.__dataclass_fields__)
_MEMBERS: Final = (
    select(*_COLUMNS).where(petitions.c.merged_into == bindparam("lead")).order_by(petitions.c.id)
)
_MEMBERS_LOCKED: Final = Prepared(_MEMBERS.with_for_update(key_share=True))
_SOME_MEMBERS: Final = Prepared(_MEMBERS.limit(bindparam("most")))
_LOCKED: Final = (
    select(*_COLUMNS)
    .where(petitions.c.id.in_(bindparam("petition_ids", expanding=True)))
    .order_by(petitions.c.id)
    .with_for_update(key_share=True)
)
_PETITIONERS: Final = Prepared(
    select(petitions.c.id, petitions.c.contact_id, petitions.c.phone_hash, petitions.c.people).where(
        or_(
            petitions.c.merged_into == bindparam("lead"),
            (petitions.c.id == bindparam("lead")) & petitions.c.left_at.is_(None),
        )
    )
)
_ADDITIONS: Final = (
    select(events)
    .join(petitions, petitions.c.id == events.c.petition_id)
    .where(petitions.c.merged_into == bindparam("lead"), events.c.type == Action.CITIZEN_ADDS)
    .order_by(events.c.id.desc())
    .limit(bindparam("most"))
)
_REPRESENTING: Final = Prepared(
    select(*_COLUMNS)
    .where(
        or_(petitions.c.merged_into == bindparam("lead"), petitions.c.id == bindparam("lead")),
        petitions.c.represents_at.is_not(None),
        petitions.c.left_at.is_(None),
    )
    .order_by(petitions.c.represents_at, petitions.c.id)
)
_FOLLOWED: Final = ("stage", *MIRRORED)
_FOLLOW: Final = Prepared(
    update(petitions)
    .where(petitions.c.id == bindparam("of_id"), petitions.c.version == bindparam("of_version"))
    .values(
        {
            name: bindparam(f"to_{name}", type_=petitions.c[name].type)
            for name in (*_FOLLOWED, "events_count", "events_head", "version", "updated_at")
        }
    )
)
_END_ASSIGNMENTS: Final = (
    update(assignments)
    .where(
        assignments.c.petition_id.in_(bindparam("petition_ids", expanding=True)),
        assignments.c.until.is_(None),
    )
    .values(until=bindparam("now"))
)
_END_BREACHES: Final = (
    update(breaches)
    .where(
        breaches.c.clock_id.in_(
            select(clocks.c.id).where(
                clocks.c.petition_id.in_(bindparam("petition_ids", expanding=True)),
                clocks.c.state == ClockState.MERGED.value,
            )
        ),
        breaches.c.ended_on.is_(None),
    )
    .values(ended_on=bindparam("on_day"))
)
_SHARED: Final = select(bindings.c.conversation_id).where(
    bindings.c.conversation_id.in_(bindparam("conversation_ids", expanding=True)),
    bindings.c.agreed.is_(True),
    bindings.c.ended_at.is_(None),
)
_CONTACTS: Final = select(contacts).where(contacts.c.id.in_(bindparam("contact_ids", expanding=True)))
_LINK: Final = insert_new(links, unless=["petition_id", "other_id"])
_UNLINK: Final = delete(links).where(
    links.c.petition_id == bindparam("of_petition"), links.c.other_id == bindparam("from_other")
)
_LINKS: Final = Prepared(
    select(links.c.other_id).where(links.c.petition_id == bindparam("petition_id")).order_by(links.c.other_id)
)
_NO_WINDOWS: Final[Mapping[str, timedelta]] = {}
_AT_ONCE: Final = 500
"""Rows named in one statement: SQLite and PostgreSQL both limit the parameters."""


class Gatherings(Cases, Bindings):
    """Leads, their members, and links."""

    def lock_petitions(self, petition_ids: Sequence[int]) -> dict[int, PetitionRecord]:
        """Several petitions, locked in the order of their ids whatever order they are named in."""
        rows = self.connection.execute(_LOCKED, {"petition_ids": sorted(set(petition_ids))})
        return {row.id: as_record(PetitionRecord, row) for row in rows}

    def lock_members(self, lead_id: int) -> list[PetitionRecord]:
        """Everything merged into a lead that is locked in this transaction, locked too, the oldest first."""
        rows = _MEMBERS_LOCKED.rows(self.connection, {"lead": lead_id})
        return [as_record(PetitionRecord, row) for row in rows]

    def members(self, lead_id: int, *, most: int = 1000) -> list[PetitionRecord]:
        """What is merged into a lead, the oldest first."""
        rows = _SOME_MEMBERS.rows(self.connection, {"lead": lead_id, "most": most})
        return [as_record(PetitionRecord, row) for row in rows]

    def count_of_matter(self, lead_id: int) -> Count:
        """Petitions and people of a lead and its members; a petitioner who left is not among them."""
        rows = _PETITIONERS.rows(self.connection, {"lead": lead_id})
        return count(Petitioner(row.id, row.contact_id, row.phone_hash, row.people) for row in rows)

    def additions_to(self, lead_id: int, *, most: int) -> list[tuple[PetitionRecord, EventRecord]]:
        """What petitioners of merged petitions added, with the petition of each, the oldest of the latest `most`
        first. Raises `keys.CannotOpen`."""
        rows = self.connection.execute(_ADDITIONS, {"lead": lead_id, "most": most}).all()
        known = self.petitions_by_id([row.petition_id for row in rows])
        return [(known[row.petition_id], self._event(row)) for row in reversed(rows)]

    def representatives(self, lead_id: int) -> list[PetitionRecord]:
        """The petitions of those who represent the people of a matter, as they were chosen."""
        rows = _REPRESENTING.rows(self.connection, {"lead": lead_id})
        return [as_record(PetitionRecord, row) for row in rows]

    def follow(
        self,
        members: Sequence[PetitionRecord],
        changes: PetitionChanges,
        *,
        actor: ActorRef,
        content: dict[str, Any],
    ) -> list[PetitionRecord]:
        """Appends a FOLLOW_LEAD event to each of `members`, which are locked in this transaction, and gives them
        as they are then. `changes`: stage and mirrored columns as the lead has them."""
        now = self.now()
        events: list[dict[str, Any]] = []
        rows: list[dict[str, Any]] = []
        after: list[PetitionRecord] = []
        moved: list[PetitionRecord] = []
        for member in members:
            changed: Any = {n: v for n, v in changes.items() if getattr(member, n) != v}
            event = self._event_row(
                member.id,
                member.events_count + 1,
                previous=member.events_head,
                action=Action.FOLLOW_LEAD,
                actor=actor,
                content=content | ({CHANGES: json_values(changed)} if changed else {}),
                now=now,
            )
            becomes = replace(
                member,
                **changed,
                events_count=member.events_count + 1,
                events_head=self._head(event),
                version=member.version + 1,
                updated_at=now,
            )
            events.append(event)
            rows.append(_followed(member, becomes))
            after.append(becomes)
            if self._answers_otherwise(member, becomes):
                moved.append(becomes)
        _FOLLOW.run_many(self.connection, rows)
        self._write_events(events)
        self._answer_from_now(moved)
        if "unit" in changes:
            for was, becomes in zip(members, after, strict=True):
                if was.unit != becomes.unit:
                    self._changed_together(was, becomes)
        return after

    def end_breaches_of(self, members: Sequence[PetitionRecord], on: date) -> None:
        """The lead is settled: dates of its members that had passed are no longer open."""
        for some in _in_parts([member.id for member in members]):
            self.connection.execute(_END_BREACHES, {"petition_ids": some, "on_day": on})

    def notice_contacts_of_many(
        self, several: Sequence[PetitionRecord], windows: Mapping[str, timedelta] = _NO_WINDOWS
    ) -> dict[int, list[ContactRecord]]:
        """As `notice_contacts` for each of several petitions, by petition id; those told in one chat cost one look
        together."""
        homes = {p.conversation_id for p in several if p.conversation_id is not None}
        shared: set[int] = set()
        for some in _in_parts(sorted(homes)):
            shared |= set(self.connection.execute(_SHARED, {"conversation_ids": some}).scalars())
        alone = [p for p in several if p.conversation_id not in shared]
        known = self.contacts_by_id(sorted({p.contact_id for p in alone if p.contact_id is not None}))
        found = {p.id: [known[p.contact_id]] if p.contact_id in known else [] for p in alone}
        for petition in several:
            if petition.id not in found:
                found[petition.id] = self.notice_contacts(petition, windows)
        return found

    def contacts_by_id(self, contact_ids: Sequence[int]) -> dict[int, ContactRecord]:
        """Several chats in one look; one that is not there is left out."""
        found: dict[int, ContactRecord] = {}
        for some in _in_parts(contact_ids):
            for row in self.connection.execute(_CONTACTS, {"contact_ids": some}):
                found[row.id] = self._contact(row)
        return found

    # --- links

    def links_of(self, petition_id: int) -> list[int]:
        """The petitions that this one is linked to, the oldest first."""
        return [row.other_id for row in _LINKS.rows(self.connection, {"petition_id": petition_id})]

    def link(self, one: int, other: int) -> None:
        """Two petitions have to do with each other; it stands in both. Linked again changes nothing."""
        rows = [
            {"petition_id": this, "other_id": that, "agency": self.agency}
            for this, that in ((one, other), (other, one))
        ]
        _LINK.run_many(self.connection, rows)

    def unlink(self, one: int, other: int) -> None:
        """Takes the link away from both sides."""
        for this, that in ((one, other), (other, one)):
            self.connection.execute(_UNLINK, {"of_petition": this, "from_other": that})

    # --- inside

    def _answer_from_now(self, moved: Sequence[PetitionRecord]) -> None:
        """New lines in the assignments of petitions whose unit, officer or destination is another now."""
        for some in _in_parts([petition.id for petition in moved]):
            self.connection.execute(_END_ASSIGNMENTS, {"petition_ids": some, "now": self.now()})
        self._assign_many([(petition, petition.events_count) for petition in moved], self.now())


def _followed(before: PetitionRecord, after: PetitionRecord) -> dict[str, Any]:
    changing = (*_FOLLOWED, "events_count", "events_head", "version", "updated_at")
    return {
        "of_id": before.id,
        "of_version": before.version,
        **{f"to_{name}": getattr(after, name) for name in changing},
    }


def _in_parts(values: Sequence[int]) -> list[list[int]]:
    return [list(values[at : at + _AT_ONCE]) for at in range(0, len(values), _AT_ONCE)]
