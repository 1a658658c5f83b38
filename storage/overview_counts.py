"""What the overview counts by week, kept in the transaction that changes a petition, so that no page counts anew.

What one petition adds is a function of how it stands now (`_counts_of`); a change takes the old away and adds the
new. A case that is sealed later is therefore taken out of every figure of before. All of it can be forgotten and
counted again from the petitions, their clocks, breaches and history (`recount_overview`, `overview_older`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import bindparam, delete, select, text, update

from petitions.clocks import ALARMED, ClockState
from petitions.hotspots import CellKind
from petitions.transition_groups import OPEN as UNDECIDED
from petitions.transitions import SEALED_KINDS
from storage.book import insert_new, upsert
from storage.events import CHANGES
from storage.gatherings import Gatherings
from storage.hotspots import Hotspots
from storage.keys import CannotOpen
from storage.overview_tables import MEASURES, overview_cases, overview_counts
from storage.prepared import Prepared
from storage.records import ActorRef, Filing, PetitionChanges, PetitionContent, PetitionRecord
from storage.registers import VIETNAM
from storage.schema import assignments, breaches, clocks, events, petitions

ALL, TOPIC, OFFICER, RULE = "all", "topic", "officer", "rule"
_WATCHED: Final = frozenset({"stage", "kind", "confidential", "accused_id", "unit", "officer_id", "topic"})
_ENDS: Final = frozenset({"state", "breached_at"})
_AT_ONCE: Final = 400
_HIGHEST: Final = 2**63 - 1


def _of(column: Any) -> Any:
    return column.in_(bindparam("petition_ids", expanding=True))


_KEEP: Final = insert_new(overview_cases, unless=["petition_id"])
_SETTLE: Final = Prepared(
    update(overview_cases)
    .where(overview_cases.c.petition_id == bindparam("of_petition"))
    .values(settled_at=bindparam("at"))
)
_CASES: Final = (
    select(overview_cases.c.petition_id, overview_cases.c.settled_at)
    .where(_of(overview_cases.c.petition_id))
    .order_by(overview_cases.c.petition_id)
    .with_for_update(key_share=True)
)
_MET: Final = select(
    clocks.c.petition_id, clocks.c.id, clocks.c.rule, clocks.c.due_on, clocks.c.ended_on, clocks.c.end_seq
).where(
    _of(clocks.c.petition_id),
    clocks.c.state == ClockState.MET.value,
    clocks.c.duty.in_([duty.value for duty in sorted(ALARMED)]),
    clocks.c.due_on.is_not(None),
    clocks.c.ended_on.is_not(None),
)
_PASSED: Final = select(
    breaches.c.petition_id,
    breaches.c.clock_id,
    breaches.c.rule,
    breaches.c.unit,
    breaches.c.officer_id,
    breaches.c.due_on,
).where(_of(breaches.c.petition_id))
_ANSWERED: Final = (
    select(assignments.c.petition_id, assignments.c.event_seq, assignments.c.unit, assignments.c.officer_id)
    .where(_of(assignments.c.petition_id))
    .order_by(assignments.c.petition_id, assignments.c.event_seq, assignments.c.id)
)
_HISTORY: Final = (
    select(events.c.id, events.c.petition_id, events.c.at, events.c.content_enc)
    .where(_of(events.c.petition_id))
    .order_by(events.c.petition_id, events.c.seq)
)
_ADD: Final = upsert(
    overview_counts,
    key=["agency", "about", "week", "unit", "value", "sealed", "hidden_from"],
    change=lambda new: {name: overview_counts.c[name] + new[name] for name in MEASURES},
)
_LOWEST: Final = Prepared(
    select(overview_cases.c.petition_id)
    .where(overview_cases.c.agency == bindparam("agency"))
    .order_by(overview_cases.c.petition_id)
    .limit(1)
)
_OLDER: Final = Prepared(
    select(petitions.c.id)
    .where(petitions.c.id < bindparam("below"), petitions.c.agency.concat("") == bindparam("agency"))
    .order_by(petitions.c.id.desc())
    .limit(bindparam("most"))
)


class Key(NamedTuple):
    """Which figures a thing is counted in."""

    about: str
    week: int
    unit: str
    value: str
    sealed: bool
    hidden_from: int


Counts = dict[Key, Counter[str]]
"""How many of each measure, by key."""


@dataclass(frozen=True, slots=True)
class _Known:
    """What is on record beside the petitions' rows."""

    settled: Mapping[int, datetime | None]
    """By petition; one that is not in it is not counted."""
    met: Mapping[int, list[Any]]
    passed: Mapping[int, list[Any]]
    answered: Mapping[int, list[Any]]


class OverviewCounts(Hotspots, Gatherings):
    """Keeping the counts."""

    def file(self, filing: Filing) -> PetitionRecord:
        """As `Hotspots.file`; the petition counts from this transaction on."""
        petition = super().file(filing)
        _KEEP.run(self.connection, {"petition_id": petition.id, "agency": self.agency, "settled_at": None})
        self._shift({}, _counts_of(petition, _Known({petition.id: None}, {}, {}, {})))
        return petition

    def record(self, petition: PetitionRecord, **given: Any) -> PetitionRecord:
        """As `Hotspots.record`; what the petition adds to the figures follows."""
        if not _concerns(given["changes"], given.get("operations", ())):
            return super().record(petition, **given)
        before = self._counted([petition])
        after = super().record(petition, **given)
        self._follow_counts(before, [(petition, after)])
        return after

    def follow(
        self,
        members: Sequence[PetitionRecord],
        changes: PetitionChanges,
        *,
        actor: ActorRef,
        content: dict[str, Any],
    ) -> list[PetitionRecord]:
        """As `Gatherings.follow`; with the same few statements for all of them."""
        changed = any(
            getattr(member, name) != value
            for member in members
            for name, value in changes.items()
            if name in _WATCHED
        )
        before = self._counted(members) if changed else {}
        after = super().follow(members, changes, actor=actor, content=content)
        if changed:
            self._follow_counts(before, list(zip(members, after, strict=True)))
        return after

    def overview_older(self, *, most: int = 100) -> int:
        """Counts some petitions that are not counted yet, from the newest down; how many were looked at."""
        ids = self._uncounted(most)
        fresh = self.lock_petitions(ids)
        for counted in self._beside(list(fresh), settled_only=True).settled:
            fresh.pop(counted)
        if self._uncounted(most) != ids:
            return len(ids)  # they were forgotten meanwhile: what is newer than these goes first again
        settled = self._settled_by_history([p for p in fresh.values() if p.stage not in UNDECIDED])
        _KEEP.run_many(
            self.connection,
            [
                {"petition_id": each, "agency": self.agency, "settled_at": settled.get(each)}
                for each in sorted(fresh)
            ],
        )
        self._shift({}, self._counted(list(fresh.values())))
        return len(ids)

    def overview_is_whole(self) -> bool:
        """Whether every petition is counted."""
        return not self._uncounted(1)

    def recount_overview(self) -> None:
        """Forgets all counts; `overview_older` makes them anew from what is on record."""
        if self.connection.dialect.name == "postgresql":
            # whoever is changing a petition has read what it adds: first they end
            self.connection.execute(text("LOCK TABLE overview_cases IN EXCLUSIVE MODE"))
        for table in (overview_cases, overview_counts):
            self.connection.execute(delete(table).where(table.c.agency == self.agency))

    def places_told(
        self, wanted: Sequence[tuple[PetitionRecord, int]]
    ) -> dict[int, tuple[str, PetitionContent]]:
        """As `place_of` for several petitions, each with the hash of its place: the words, and everything it says,
        by petition; without those that name no such place or cannot be opened."""
        try:
            said = self.contents([petition.id for petition, _ in wanted])
        except CannotOpen:
            said = {petition.id: self._content_or_empty(petition) for petition, _ in wanted}
        found: dict[int, tuple[str, PetitionContent]] = {}
        for petition, place_hash in wanted:
            if petition.id in said:
                told = self._told(said[petition.id])
                if any(self._cell_hash(CellKind.PLACE, key) == place_hash for key in told.keys):
                    found[petition.id] = (told.words, said[petition.id])
        return found

    # --- inside

    def _uncounted(self, most: int) -> list[int]:
        lowest = _LOWEST.first(self.connection, {"agency": self.agency})
        below = _HIGHEST if lowest is None else lowest.petition_id
        rows = _OLDER.rows(self.connection, {"below": below, "agency": self.agency, "most": most})
        return [row.id for row in rows]

    def _follow_counts(self, before: Counts, pairs: Sequence[tuple[PetitionRecord, PetitionRecord]]) -> None:
        for was, after in pairs:
            if (was.stage in UNDECIDED) != (after.stage in UNDECIDED):
                at = None if after.stage in UNDECIDED else after.updated_at
                _SETTLE.run(self.connection, {"of_petition": after.id, "at": at})
        self._shift(before, self._counted([after for _, after in pairs]))

    def _counted(self, records: Sequence[PetitionRecord]) -> Counts:
        """What these petitions, as they are given, add to the figures; one that is not counted yet adds nothing."""
        total: Counts = {}
        for start in range(0, len(records), _AT_ONCE):
            some = records[start : start + _AT_ONCE]
            known = self._beside([each.id for each in some])
            for petition in some:
                if petition.id in known.settled:
                    for key, counted in _counts_of(petition, known).items():
                        total.setdefault(key, Counter()).update(counted)
        return total

    def _beside(self, petition_ids: list[int], *, settled_only: bool = False) -> _Known:
        values = {"petition_ids": petition_ids}
        cases = self.connection.execute(_CASES, values) if petition_ids else ()
        settled = {row.petition_id: row.settled_at for row in cases}
        if not settled or settled_only:
            return _Known(settled, {}, {}, {})
        met, passed = self._grouped(_MET, petition_ids), self._grouped(_PASSED, petition_ids)
        return _Known(settled, met, passed, self._grouped(_ANSWERED, sorted(met)))

    def _grouped(self, statement: Any, petition_ids: list[int]) -> dict[int, list[Any]]:
        found: dict[int, list[Any]] = {}
        for row in self.connection.execute(statement, {"petition_ids": petition_ids}) if petition_ids else ():
            found.setdefault(row.petition_id, []).append(row)
        return found

    def _shift(self, before: Counts, after: Counts) -> None:
        """Takes the one away and adds the other, in one order for everybody, so that no two wait for each other."""
        rows = []
        for key in sorted({*before, *after}):
            was, becomes = before.get(key, Counter()), after.get(key, Counter())
            steps = {name: becomes[name] - was[name] for name in MEASURES}
            if any(steps.values()):
                rows.append({"agency": self.agency, **key._asdict(), **steps})
        _ADD.run_many(self.connection, rows)

    def _settled_by_history(self, records: Sequence[PetitionRecord]) -> dict[int, datetime]:
        """When each of these, which are done with, left the stages in which nothing is decided: by their events."""
        found: dict[int, datetime | None] = {}
        rows = self.connection.execute(_HISTORY, {"petition_ids": [each.id for each in records]})
        for row in rows if records else ():
            try:
                content = self.vault.open_json(
                    row.content_enc, table="events", column="content_enc", row=row.id
                )
            except CannotOpen:
                continue
            stage = content.get(CHANGES, {}).get("stage")
            if stage is None:
                continue
            if stage in UNDECIDED:
                found[row.petition_id] = None
            elif found.get(row.petition_id) is None:
                found[row.petition_id] = row.at
        return {each.id: found.get(each.id) or each.updated_at for each in records}


def week_of(day: date) -> int:
    """The Monday of a day's week, as `date.toordinal`."""
    return day.toordinal() - day.weekday()


def _counts_of(petition: PetitionRecord, known: _Known) -> Counts:
    """Received and done count with the unit that answers now; a limit with who answered when it was kept or passed.
    Of a sealed case everything counts with the unit that has it, for nobody else may know of it."""
    total: Counts = {}
    sealed = petition.confidential or petition.kind in SEALED_KINDS
    hidden_from = (petition.accused_id or 0) if sealed else 0

    def add(measure: str, day: date, unit: str, **values: str) -> None:
        for about, value in ({ALL: "", TOPIC: petition.topic or ""} | values).items():
            answers = petition.unit if sealed else unit
            key = Key(about, week_of(day), answers, value, sealed, hidden_from)
            total.setdefault(key, Counter())[measure] += 1

    add("received", petition.filed_at.astimezone(VIETNAM).date(), petition.unit)
    settled_at = known.settled[petition.id]
    if settled_at is not None:
        add("settled", settled_at.astimezone(VIETNAM).date(), petition.unit, **_named(petition.officer_id))
    passed = known.passed.get(petition.id, [])
    for row in passed:
        add("late", row.due_on, row.unit, **_named(row.officer_id), rule=row.rule)
    gone_by = {row.clock_id for row in passed}
    for row in known.met.get(petition.id, []):
        if row.id in gone_by:
            continue
        unit, officer_id = _who_answered(petition, known.answered.get(petition.id, []), row.end_seq)
        if row.ended_on <= row.due_on:
            add("in_time", row.ended_on, unit, **_named(officer_id), rule=row.rule)
        else:
            add("late", row.due_on, unit, **_named(officer_id), rule=row.rule)
    return total


def _who_answered(petition: PetitionRecord, lines: list[Any], seq: int | None) -> tuple[str, int | None]:
    """Unit and officer just before the event that ended a limit."""
    answers = (petition.unit, petition.officer_id)
    for place, line in enumerate(lines):
        if place == 0 or seq is None or line.event_seq < seq:
            answers = (line.unit, line.officer_id)
    return answers


def _named(officer_id: int | None) -> dict[str, str]:
    return {} if officer_id is None else {OFFICER: str(officer_id)}


def _concerns(changes: Mapping[str, Any], operations: Sequence[Mapping[str, Any]]) -> bool:
    """Whether an event can change what its petition adds to the figures."""
    return bool(_WATCHED & changes.keys()) or any(_ENDS & operation.keys() for operation in operations)
