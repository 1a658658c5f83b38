"""Random actions on a petition through the one entry of all actors, and what must hold after each."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from handlers import cases
from handlers.notices import Audience
from handlers.turn import Turn
from petitions import clocks as ops
from petitions.clocks import Clock, ClockState, Duty
from petitions.clockwork import current
from petitions.facts import facts_of
from petitions.gathering import stage_of_member
from petitions.kinds import Action, ActorKind, Kind, Role, Severity, Stage
from petitions.notices import notices_for
from petitions.reasons import CODES
from petitions.transitions import SEALED_KINDS, SEALED_ROLES, TABLE
from petitions.workflow import Refused
from storage.casebook import Casebook
from storage.records import SERVICE, ActorRef, OfficerRecord, OutboxRow, PetitionRecord
from tests.handlers.officers.office import Office, sample_agency

UNITS = ("ql_van_hoa", "thanh_tra", "bao_tang", "lanh_dao")
PEOPLE = (
    ("11", "ql_van_hoa", Role.OFFICER),
    ("12", "ql_van_hoa", Role.HEAD),
    ("21", "thanh_tra", Role.INTAKE),
    ("22", "thanh_tra", Role.HEAD),
    ("23", "thanh_tra", Role.INSPECTOR),
    ("24", "thanh_tra", Role.OFFICER),
    ("31", "bao_tang", Role.HEAD),
    ("32", "bao_tang", Role.OFFICER),
    ("41", "lanh_dao", Role.DIRECTOR),
)
"""Chat, unit and role. Nobody is in a group, so every notice to officers goes to private chats."""
CITIZEN_CHAT = "500"
MOVES = [action for action in Action if action not in {Action.FILE, Action.DENIED}]
LAWFUL_WAY = (
    Action.TAKE,
    Action.CONFIRM_FORM,
    Action.SCREEN_ELIGIBLE,
    Action.ACCEPT,
    Action.VERIFY,
    Action.DECIDE,
)
_ENDS = (Stage.CLOSED, Stage.WITHDRAWN, Stage.RECEIVED, Stage.NOT_ACCEPTED, Stage.PASSED_ON, Stage.GUIDED)
"""Stages from which little leads on; reached often enough without help."""
_PUT_BACK = frozenset({Action.UNMERGE, Action.UNDO_DUPLICATE})
"""What leads to where the petition stood before."""
ALARMS = frozenset({Action.WARN, Action.BREACH, Action.ESCALATE})


@dataclass
class World:
    """An office with people, one petition under test and another it may be joined to."""

    office: Office
    chance: random.Random
    officers: dict[str, OfficerRecord] = field(default_factory=dict)
    petition: PetitionRecord | None = None
    other: PetitionRecord | None = None
    breached: set[int] = field(default_factory=set)
    done: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    aside: State | None = None
    """How the petition under test stood before it was merged."""
    script: list[Action] = field(default_factory=list)
    """What is done in order by the head of the unit before chance takes over."""

    async def begin(self, kind: Kind, severity: Severity) -> None:
        for chat, unit, role in PEOPLE:
            self.officers[chat] = await self.office.officer(chat, unit, role)
        unit = "thanh_tra" if kind in SEALED_KINDS else "ql_van_hoa"
        confidential = kind in SEALED_KINDS
        self.other = await self.office.file("501", kind, unit=unit, confidential=confidential)
        self.petition = await self.office.file(
            CITIZEN_CHAT, kind, unit=unit, severity=severity, confidential=confidential
        )

    # --- one step

    async def step(self) -> None:
        """Time goes by, somebody tries something, and everything that must hold is looked at."""
        scripted = bool(self.script)
        if not scripted and self.chance.random() < 0.25:
            await self._other_goes_on()
        hours = (1, 5) if scripted else (1, 5, 5, 20, 30, 24 * 3, 24 * 9, 24 * 25)
        self.office.clock.forward(dt.timedelta(hours=self.chance.choice(hours)))
        before = await self._state()
        action = self.script.pop(0) if scripted else self._action(before.petition)
        actor = self._head(before.petition) if scripted else self._actor(action, before.petition)
        given = self._given(action, before.petition, sure=scripted)
        code = await self._try(action, actor, given)
        after = await self._state()
        self._look(action, actor, given, code, before, after)
        if not code:
            self._merged_and_back(action, before, after)
        await self._in_step(after)

    async def _other_goes_on(self) -> None:
        """Somebody does something with the other petition, which may be the lead of the one under test."""
        assert self.other is not None
        tested, self.petition = self.petition, self.other
        try:
            now = (await self._state()).petition
            action = self._action(now)
            actor = self._actor(action, now)
            await self._try(action, actor, self._given(action, now, sure=False))
        finally:
            self.petition = tested
        state = await self._state()
        _somebody_answers(state)
        _clocks_hold(state)
        _history_replays(state)
        await self._in_step(state)

    async def _in_step(self, state: State) -> None:
        """A merged petition stands where its lead stands, and its lead knows of it."""
        assert self.other is not None
        other_id = self.other.id
        lead = await self.office.work(lambda book: book.petition(other_id))
        assert lead is not None
        merged = state.petition.merged_into is not None
        assert lead.members == int(merged)
        if not merged:
            return
        member = state.petition
        assert member.stage is stage_of_member(lead.stage)
        assert (member.unit, member.officer_id, member.destination, member.outcome) == (
            lead.unit,
            lead.officer_id,
            lead.destination,
            lead.outcome,
        )

    def _merged_and_back(self, action: Action, before: State, after: State) -> None:
        """Taken out again, a petition is what it was: stage, unit, officer, and every clock with its days."""
        if action is Action.MERGE:
            self.aside = before
        if action is not Action.UNMERGE:
            return
        assert self.aside is not None
        was, now = self.aside.petition, after.petition
        assert (now.stage, now.unit, now.officer_id, now.due_on, now.outcome) == (
            was.stage,
            was.unit,
            was.officer_id,
            was.due_on,
            was.outcome,
        )
        assert after.clocks == self.aside.clocks

    def _action(self, petition: PetitionRecord) -> Action:
        """Mostly something that the table has for this stage, and there what leads on; sometimes anything."""
        if self.chance.random() < 0.1:
            return self.chance.choice(MOVES)
        rows = [
            row
            for row in TABLE
            if petition.stage in row.from_stages
            and row.action in MOVES
            and (row.kinds is None or petition.kind in row.kinds)
        ]
        onward = [row for row in rows if row.to_stage not in (None, petition.stage, *_ENDS)]
        return self.chance.choice(onward if onward and self.chance.random() < 0.45 else rows).action

    def _actor(self, action: Action, petition: PetitionRecord) -> ActorRef:
        """Mostly somebody who may be able to, sometimes anybody."""
        rows = [row for row in TABLE if row.action is action]
        kinds = sorted({kind for row in rows for kind in row.actors})
        kind = self.chance.choice(kinds if self.chance.random() < 0.9 else list(ActorKind))
        if kind is ActorKind.CITIZEN:
            return cases.CITIZEN
        if kind is ActorKind.SERVICE:
            return SERVICE
        near = [o for o in self.officers.values() if o.unit == petition.unit]
        officer = self.chance.choice(
            near if near and self.chance.random() < 0.8 else [*self.officers.values()]
        )
        return ActorRef(kind=ActorKind.OFFICER, officer_id=officer.id, role=officer.role, unit=officer.unit)

    def _head(self, petition: PetitionRecord) -> ActorRef:
        officer = next(
            o
            for o in self.officers.values()
            if o.unit == petition.unit and o.role in {Role.HEAD, Role.DIRECTOR}
        )
        return ActorRef(kind=ActorKind.OFFICER, officer_id=officer.id, role=officer.role, unit=officer.unit)

    def _given(self, action: Action, petition: PetitionRecord, *, sure: bool) -> dict[str, Any]:
        """What the row asks for; now and then something is missing or wrong."""
        rows = [r for r in TABLE if r.action is action and (r.kinds is None or petition.kind in r.kinds)]
        row = self.chance.choice(rows or [r for r in TABLE if r.action is action])
        values = {need: self._value(need, row, petition) for need in sorted(row.needs)}
        if sure and "on" in values:
            values["on"] = self.office.clock.now().astimezone(sample_agency().zone).date()
        elif values and self.chance.random() < 0.12:
            values[self.chance.choice(sorted(values))] = None
        given = {name: value for name, value in values.items() if value is not None}
        if "officer" in given:
            given["officer_id"] = given.pop("officer")
        if action is Action.CORRECT:
            given |= self.chance.choice(
                ({"topic": "bao_tang_di_tich"}, {"remote": True}, {"subkind": "ky_luat"})
            )
        if action is Action.REASSIGN:
            given["officer_id"] = self._colleague(petition.unit)
        return given

    def _value(self, need: str, row: Any, petition: PetitionRecord) -> Any:
        today = self.office.clock.now().astimezone(sample_agency().zone).date()
        lists = {"result": ("result_first", "result_second")[min(petition.instance, 2) - 1]}
        match need:
            case "code":
                return self.chance.choice(CODES[lists.get(row.codes, row.codes)])
            case "on":
                return today - dt.timedelta(days=self.chance.choice((0, 0, 0, 1, 4, -1)))
            case "moment":
                return self.office.clock.now() + dt.timedelta(days=self.chance.choice((6, 9, 1)))
            case "document":
                return "12/QĐ-SVHTTDL"
            case "destination":
                return self.chance.choice(("so_yte", "ubnd_tinh"))
            case "linked":
                return self.other.id if self.other is not None else None
            case "unit":
                return self.chance.choice(UNITS)
            case "officer":
                return self._colleague(petition.unit)
            case "task":
                return "Hoàn trả lệ phí đã thu"
            case "due":
                return today + dt.timedelta(days=self.chance.choice((0, 10, -3)))
            case "facts":
                known = facts_of(row.facts, denunciation=petition.kind is Kind.DENUNCIATION)
                return {known[0].key: self.chance.randrange(5)}
            case "rating":
                return self.chance.randrange(1, 6)
            case _:
                return "Lời ghi của bước này"

    def _colleague(self, unit: str) -> int:
        near = [o.id for o in self.officers.values() if o.unit == unit]
        return self.chance.choice(near or [o.id for o in self.officers.values()])

    async def _try(self, action: Action, actor: ActorRef, given: dict[str, Any]) -> str:
        """The refusal's code; "" where it was done."""
        refused: list[str] = []
        petition = self.petition
        assert petition is not None

        def handle(turn: Turn) -> None:
            operations = self._alarm(turn, petition) if action in ALARMS else []
            try:
                cases.perform(turn, petition.id, action, actor, operations=operations, **given)
            except Refused as fault:
                refused.append(fault.code.value)
            except cases.UnknownPetition:
                refused.append("hidden")

        await self.office.as_citizen(CITIZEN_CHAT if actor.kind is ActorKind.CITIZEN else "999", handle)
        (self.refused if refused else self.done)[action.value] += 1
        return refused[0] if refused else ""

    def _alarm(self, turn: Turn, petition: PetitionRecord) -> list[ops.Operation]:
        """A breach is found for clocks that are late, as the service finds it."""
        today = turn.now.astimezone(sample_agency().zone).date()
        late = [c for c in turn.book.clocks(petition.id).values() if c.late_on(today)]
        return [ops.change(clock.id, breached_at=turn.now) for clock in late if clock.breached_at is None]

    # --- what is there

    async def _state(self) -> State:
        petition = self.petition
        assert petition is not None

        def look(book: Casebook) -> State:
            found = book.petition(petition.id)
            assert found is not None
            return State(
                petition=found,
                clocks=book.clocks(petition.id),
                events=book.events(petition.id),
                assignments=book.assignments(petition.id),
                breaches={breach.id: breach for breach in book.breaches(petition.id)},
                open_tasks=[task for task in book.tasks(petition.id) if task.done_on is None],
                notices=book.notices_of(petition.id),
            )

        return await self.office.work(look)

    def _look(
        self,
        action: Action,
        actor: ActorRef,
        given: dict[str, Any],
        code: str,
        before: State,
        after: State,
    ) -> None:
        said = (action, actor, given, code, before.petition.stage, after.petition.stage)
        if code:  # nothing half done
            assert after.petition == before.petition, said
            assert after.clocks == before.clocks, said
            assert len(after.events) == len(before.events), said
        else:
            caught_up = action is Action.MERGE and after.petition.stage is not Stage.MERGED
            assert len(after.events) == len(before.events) + 1 + caught_up, said
            assert _is_in_table(action, actor, before.petition, after.petition), said
            self._told_as_the_policy_says(action, actor, before, after)
        _somebody_answers(after)
        _clocks_hold(after)
        _history_replays(after)
        assert before.breaches.keys() <= after.breaches.keys(), said
        self.breached |= after.breaches.keys()
        assert self.breached == after.breaches.keys(), said

    # --- who was told

    def _told_as_the_policy_says(self, action: Action, actor: ActorRef, before: State, after: State) -> None:
        seq = len(before.events) + 1
        rows = [row for row in after.notices if row.event_seq == seq]
        rules = notices_for(action, after.petition.kind, confidential=after.petition.confidential)
        wants_citizen = any(rule.audience is Audience.CITIZEN for rule in rules)
        expected = 1 if wants_citizen and actor.kind is not ActorKind.CITIZEN else 0
        same_person = (before.petition.unit, before.petition.officer_id) == (
            after.petition.unit,
            after.petition.officer_id,
        )
        if action is Action.REASSIGN and same_person:  # a task moved; to the citizen nothing did
            expected = 0
        if action is Action.RECOMPUTE and before.petition.due_on == after.petition.due_on:
            expected = 0
        told = [row for row in rows if row.audience == "citizen" and row.chat == CITIZEN_CHAT]
        assert len(told) == expected, (action, [row.body for row in told])
        assert not [row for row in rows if row.audience == "citizen" and row.chat != CITIZEN_CHAT]

        wanted: set[str] = set()
        for rule in rules:
            if rule.audience is not Audience.CITIZEN:
                wanted |= self._chats(rule.audience, after, given=after.events[seq - 1].content)
        if action is Action.MERGE and actor.kind is ActorKind.CITIZEN:
            wanted = set()  # the lead's card says how many joined
        wanted -= {chat for chat, o in self.officers.items() if o.id == actor.officer_id}
        lines = {
            row.chat for row in rows if row.audience == "officer" and not _is_refresh(row, after, before)
        }
        assert lines == wanted, (action, lines, wanted, after.petition.unit, after.petition.officer_id)

    def _chats(self, audience: Audience, after: State, *, given: dict[str, Any]) -> set[str]:
        """The policy in plain words, apart from the product's own code."""
        petition = after.petition
        sealed = petition.confidential or petition.kind in SEALED_KINDS
        unit = {
            chat: o
            for chat, o in self.officers.items()
            if o.unit == petition.unit
            and (not sealed or o.role in SEALED_ROLES or o.id == petition.officer_id)
        }
        named = {chat for chat, o in self.officers.items() if o.id == petition.officer_id}
        match audience:
            case Audience.UNIT:
                return set(unit)
            case Audience.OFFICER:
                return named or set(unit)
            case Audience.HEAD:
                heads = {chat for chat, o in unit.items() if o.role is Role.HEAD}
                return heads or (set() if sealed and petition.unit != "lanh_dao" else {"41"}) or set(unit)
            case Audience.DIRECTOR:
                return {"41"}
            case Audience.NAMED:
                chosen = given.get("officer_id")
                if chosen == petition.officer_id:
                    return set()
                return {
                    chat
                    for chat, o in self.officers.items()
                    if o.id == chosen and (not sealed or chat in unit)
                }
            case _:
                duty = {chat for chat, o in self.officers.items() if o.unit == "thanh_tra"} - {"22", "24"}
                return duty & set(unit) if sealed else duty


@dataclass(frozen=True)
class State:
    petition: PetitionRecord
    clocks: dict[int, Clock]
    events: list[Any]
    assignments: list[Any]
    breaches: dict[int, Any]
    open_tasks: list[Any]
    notices: list[OutboxRow]


def _is_refresh(row: OutboxRow, after: State, before: State) -> bool:
    """A card brought up to date is no notice: it is the card of a chat that had one."""
    if row.card_petition_id is None:
        return False
    brings = after.events[-1].action in {
        Action.TRANSFER,
        Action.ASSIGN,
        Action.REASSIGN,
        Action.REFUSE_TRANSFER,
        Action.RULE_UNIT,
    }
    moved = after.petition.unit != before.petition.unit
    heading = str(row.body.get("text", "")).split("\n", 1)[0]
    return not ((brings or moved) and heading[:1] in "🆕📨📌↩⚖🔗✂")


def _is_in_table(action: Action, actor: ActorRef, before: PetitionRecord, after: PetitionRecord) -> bool:
    """Some row of the table leads from there to here for this actor and kind."""
    for row in TABLE:
        if row.action is not action or actor.kind not in row.actors or before.stage not in row.from_stages:
            continue
        if row.kinds is not None and before.kind not in row.kinds:
            continue
        to_stage = row.to_stage or before.stage
        if action is Action.CORRECT and after.unit != before.unit:
            to_stage = Stage.RECEIVED
        if to_stage is after.stage or (row.action in _PUT_BACK and after.stage is not Stage.MERGED):
            return True
    return False


def _somebody_answers(state: State) -> None:
    petition = state.petition
    open_lines = [line for line in state.assignments if line.until is None]
    assert len(open_lines) == 1
    assert (open_lines[0].unit, open_lines[0].officer_id) == (petition.unit, petition.officer_id)
    assert petition.unit in UNITS
    if petition.stage not in {Stage.RECEIVED, Stage.MERGED, Stage.WITHDRAWN}:
        assert petition.officer_id is not None
    assert petition.stage is not Stage.MERGED or petition.merged_into is not None


def _clocks_hold(state: State) -> None:
    petition, clocks = state.petition, state.clocks.values()
    for clock in clocks:
        assert (clock.ended_on is None) == clock.alive
        assert (clock.suspended_on is not None) == (clock.state is ClockState.SUSPENDED) or not clock.alive
        if clock.nominal_on and clock.due_on and clock.aim_on:
            assert clock.aim_on <= clock.nominal_on <= clock.due_on or clock.duty is Duty.TASK
    alive = [clock for clock in clocks if clock.alive]
    still = [clock for clock in alive if clock.state is ClockState.MERGED]
    assert still == (alive if petition.merged_into is not None else [])
    steps = Counter(clock.step for clock in alive if clock.duty is not Duty.TASK)
    assert not steps or max(steps.values()) == 1
    paused = [clock for clock in alive if clock.state is ClockState.SUSPENDED]
    assert not paused or petition.stage is Stage.SUSPENDED
    assert petition.stage is not Stage.SUSPENDED or len(paused) == 1
    if petition.stage in {Stage.ACCEPTED, Stage.VERIFYING}:
        assert steps["settle"] == 1
    if petition.merged_into is not None:
        assert petition.due_on is None
        return
    if petition.stage in {Stage.CLOSED, Stage.WITHDRAWN}:
        assert not [clock for clock in alive if clock.duty is not Duty.CITIZEN]
    governing = current(clocks)
    assert petition.due_on == (governing.due_on if governing else None)
    assert petition.due_rule == (governing.rule if governing else None)
    tasks = [clock for clock in alive if clock.duty is Duty.TASK]
    assert len(tasks) == (len(state.open_tasks) if petition.stage is Stage.ENFORCING else 0)


def _history_replays(state: State) -> None:
    clocks: dict[int, Clock] = {}
    row: dict[str, Any] = {}
    for event in state.events:
        clocks = ops.apply(clocks, event.clocks)
        row |= event.changes
    assert clocks == state.clocks
    for name in (
        "merged_into",
        "stage",
        "unit",
        "officer_id",
        "kind",
        "instance",
        "transfers",
        "bound",
        "complex",
    ):
        if name in row:
            assert row[name] == getattr(state.petition, name), name
    if "due_on" in row:
        due = state.petition.due_on
        assert row["due_on"] == (due.isoformat() if due else None)
