"""The transition table: who may do what, when; and that no petition can get stuck."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import product

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from petitions.clock_steps import DISCIPLINE, rule_of
from petitions.facts import GROUPS
from petitions.kinds import Action, ActorKind, Kind, Role, Stage
from petitions.reasons import CODES
from petitions.rules import RuleBook
from petitions.transition_groups import LAWFUL
from petitions.workflow import (
    NEEDS,
    TABLE,
    OfficerEffect,
    RefusalCode,
    Refused,
    Transition,
    actions_for,
    allowed,
    check_history,
    check_needs,
    may_see,
)
from tests.hand_clock import MORNING

CITIZEN, OFFICER, SERVICE = ActorKind.CITIZEN, ActorKind.OFFICER, ActorKind.SERVICE
OPEN = (Stage.RECEIVED, Stage.ASSIGNED, Stage.IN_PROGRESS, Stage.WAITING_CITIZEN)

DONE = (Stage.ANSWERED, Stage.CLOSED)


def press(
    stage: Stage | None,
    action: Action,
    role: Role | None = Role.OFFICER,
    *,
    actor: ActorKind = OFFICER,
    kind: Kind = Kind.FEEDBACK,
    same_unit: bool = True,
    is_assigned: bool | None = None,
) -> Transition | RefusalCode:
    try:
        return allowed(
            stage, action, actor=actor, role=role, kind=kind, same_unit=same_unit, is_assigned=is_assigned
        )
    except Refused as refused:
        return refused.code


def by_citizen(stage: Stage, action: Action, kind: Kind = Kind.FEEDBACK) -> Transition | RefusalCode:
    return press(stage, action, None, actor=CITIZEN, kind=kind, same_unit=False)


def leads_to(outcome: Transition | RefusalCode) -> Stage | None:
    assert isinstance(outcome, Transition), outcome
    return outcome.to_stage


def test_the_usual_way_of_a_petition() -> None:
    assert leads_to(press(None, Action.FILE, None, actor=CITIZEN)) is Stage.RECEIVED
    taken = press(Stage.RECEIVED, Action.TAKE)
    assert leads_to(taken) is Stage.ASSIGNED
    assert isinstance(taken, Transition)
    assert taken.officer is OfficerEffect.SELF
    assert leads_to(press(Stage.ASSIGNED, Action.START)) is Stage.IN_PROGRESS
    assert leads_to(press(Stage.IN_PROGRESS, Action.ASK_CITIZEN)) is Stage.WAITING_CITIZEN
    assert leads_to(by_citizen(Stage.WAITING_CITIZEN, Action.CITIZEN_ADDS)) is Stage.IN_PROGRESS
    assert leads_to(by_citizen(Stage.ASSIGNED, Action.CITIZEN_ADDS)) is None
    assert leads_to(press(Stage.IN_PROGRESS, Action.ANSWER)) is Stage.ANSWERED
    assert leads_to(by_citizen(Stage.ANSWERED, Action.RATE)) is None
    assert leads_to(by_citizen(Stage.ANSWERED, Action.NOT_SATISFIED)) is None
    assert leads_to(press(Stage.ANSWERED, Action.REOPEN, Role.HEAD)) is Stage.IN_PROGRESS
    assert leads_to(press(Stage.ANSWERED, Action.CLOSE, None, actor=SERVICE)) is Stage.CLOSED


def test_a_transfer_goes_back_to_received_with_nobody_named() -> None:
    for stage in OPEN:
        row = press(stage, Action.TRANSFER)
        assert leads_to(row) is Stage.RECEIVED
        assert isinstance(row, Transition)
        assert row.officer is OfficerEffect.CLEAR
        assert row.needs == {"reason", "unit"}


@pytest.mark.parametrize(
    ("outcome", "code"),
    [
        (press(Stage.RECEIVED, Action.TAKE, None), RefusalCode.NOT_LINKED),
        (press(Stage.RECEIVED, Action.TAKE, Role.ADMIN), RefusalCode.WRONG_ROLE),
        (press(Stage.RECEIVED, Action.TAKE, same_unit=False), RefusalCode.WRONG_UNIT),
        (press(Stage.ASSIGNED, Action.TAKE), RefusalCode.ALREADY_TAKEN),
        (press(Stage.WAITING_CITIZEN, Action.TAKE), RefusalCode.ALREADY_TAKEN),
        (press(Stage.CLOSED, Action.TAKE), RefusalCode.WRONG_STAGE),
        (press(Stage.RECEIVED, Action.ANSWER, Role.HEAD), RefusalCode.WRONG_STAGE),
        (press(Stage.RECEIVED, Action.ASSIGN), RefusalCode.WRONG_ROLE),
        (press(Stage.IN_PROGRESS, Action.ANSWER, is_assigned=False), RefusalCode.NOT_ASSIGNED),
        (press(Stage.IN_PROGRESS, Action.RATE), RefusalCode.WRONG_ACTOR),
        (press(Stage.CLOSED, Action.TRANSFER), RefusalCode.WRONG_STAGE),
        (press(Stage.RECEIVED, Action.FILE), RefusalCode.WRONG_STAGE),
        (by_citizen(Stage.RECEIVED, Action.TAKE), RefusalCode.WRONG_ACTOR),
        (by_citizen(Stage.RECEIVED, Action.RATE), RefusalCode.WRONG_STAGE),
        (by_citizen(Stage.WITHDRAWN, Action.CITIZEN_ADDS), RefusalCode.WRONG_STAGE),
        (by_citizen(Stage.ANSWERED, Action.WITHDRAW), RefusalCode.WRONG_STAGE),
        (by_citizen(Stage.RECEIVED, Action.WITHDRAW, Kind.COMPLAINT), RefusalCode.WRONG_KIND),
        (by_citizen(Stage.RECEIVED, Action.ASK_WITHDRAW, Kind.FEEDBACK), RefusalCode.WRONG_KIND),
        (press(Stage.IN_PROGRESS, Action.CLOSE, Role.HEAD, kind=Kind.COMPLAINT), RefusalCode.WRONG_STAGE),
        (
            press(Stage.RECEIVED, Action.TAKE, kind=Kind.DENUNCIATION, is_assigned=False),
            RefusalCode.HIDDEN,
        ),
    ],
)
def test_refusals_name_the_nearest_reason(outcome: Transition | RefusalCode, code: RefusalCode) -> None:
    assert outcome is code


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("stage", OPEN)
def test_withdrawing_is_final_only_where_no_law_asks_for_a_form(kind: Kind, stage: Stage) -> None:
    light = kind in {Kind.FEEDBACK, Kind.RECOMMENDATION}
    withdrawn, wished = by_citizen(stage, Action.WITHDRAW, kind), by_citizen(stage, Action.ASK_WITHDRAW, kind)
    completed = press(stage, Action.WITHDRAW, Role.HEAD, kind=kind)
    if light:
        assert leads_to(withdrawn) is Stage.WITHDRAWN
        assert completed is RefusalCode.WRONG_KIND
    else:
        assert leads_to(wished) is None
        assert leads_to(completed) is Stage.WITHDRAWN


def test_every_row_says_why_and_every_action_has_a_row() -> None:
    assert {row.action for row in TABLE} == set(Action)
    for row in TABLE:
        assert len(row.reason) > 15
        assert row.actors
        assert (OFFICER in row.actors) == bool(row.roles)
        assert row.needs <= set(NEEDS)
        assert row.officer is not OfficerEffect.NAMED or "officer" in row.needs
        assert ("code" in row.needs) == bool(row.codes)
        assert ("facts" in row.needs) == bool(row.facts)
        assert row.codes in {*CODES, "result", ""}
        assert row.facts in {*GROUPS, ""}


def test_every_step_of_a_row_means_a_rule_for_some_case() -> None:
    """A step nobody knows would silently start no clock."""
    known = set()
    book = RuleBook.packaged()
    for kind, instance, subkind in product(Kind, (1, 2), ("", DISCIPLINE)):
        decided = date(2026, 11, 30)
        case = ACase(kind=kind, instance=instance, subkind=subkind, destination="outside", decided_on=decided)
        for step in {step for row in TABLE for step in (*row.starts, *row.ends)}:
            found = rule_of(step, case)
            if found is not None:
                known.add(step)
                assert found.rule in {"N-01", *book.ids()}
    assert known == {step for row in TABLE for step in (*row.starts, *row.ends)}


def test_no_stage_with_a_named_officer_is_reached_without_one() -> None:
    """ASSIGNED and later stages follow only rows that name somebody or keep the one who is there."""
    named = set(Stage) - {Stage.RECEIVED, Stage.MERGED, Stage.WITHDRAWN, Stage.CLOSED}
    for row in TABLE:
        if row.to_stage in named:
            from_unnamed = Stage.RECEIVED in row.from_stages or Stage.WITHDRAWN in row.from_stages
            assert row.officer in {OfficerEffect.SELF, OfficerEffect.NAMED} or not from_unnamed
        if row.officer is OfficerEffect.CLEAR:
            assert row.to_stage is Stage.RECEIVED


def test_every_open_stage_has_a_way_to_an_end_for_every_kind() -> None:
    for kind, start in product(Kind, OPEN):
        seen, edge = {start}, [start]
        while edge:
            stage = edge.pop()
            for nxt in _next_stages(stage, kind):
                if nxt not in seen:
                    seen.add(nxt)
                    edge.append(nxt)
        assert Stage.CLOSED in seen
        if kind in LAWFUL:
            lawful = {Stage.NOT_ACCEPTED, Stage.PASSED_ON, Stage.ACCEPTED, Stage.DECIDED, Stage.ENFORCING}
            assert lawful | {Stage.DISCONTINUED, Stage.WITHDRAWN} <= seen
            assert Stage.ANSWERED not in seen
        else:
            assert Stage.ANSWERED in seen


def _next_stages(stage: Stage, kind: Kind) -> Iterable[Stage]:
    for row in TABLE:
        fits = stage in row.from_stages and (row.kinds is None or kind in row.kinds)
        if fits and row.to_stage is not None:
            yield row.to_stage


def test_cards_offer_what_the_table_allows_and_nothing_else() -> None:
    offered = actions_for(Stage.RECEIVED, role=Role.OFFICER, kind=Kind.FEEDBACK, same_unit=True)
    assert offered == (
        Action.TAKE,
        Action.MESSAGE_CITIZEN,
        Action.REPRESENT,
        Action.END_REPRESENT,
        Action.REFUSE_TRANSFER,
        Action.TRANSFER,
        Action.LINK,
        Action.NOTE,
    )
    done = {Action.TRANSFER: 0}
    plain = actions_for(Stage.RECEIVED, role=Role.OFFICER, kind=Kind.FEEDBACK, same_unit=True, done=done)
    assert Action.REFUSE_TRANSFER not in plain  # it did not come from another unit
    alone = {Action.BECOME_MASS: 0, Action.REPRESENT: 0}
    few = actions_for(Stage.RECEIVED, role=Role.OFFICER, kind=Kind.FEEDBACK, same_unit=True, done=alone)
    assert {Action.REPRESENT, Action.END_REPRESENT}.isdisjoint(few)
    head = actions_for(Stage.IN_PROGRESS, role=Role.HEAD, kind=Kind.COMPLAINT, same_unit=True)
    assert Action.ASSIGN in head
    assert Action.CLOSE not in head
    colleague = actions_for(
        Stage.IN_PROGRESS, role=Role.OFFICER, kind=Kind.FEEDBACK, same_unit=True, is_assigned=False
    )
    assert Action.ANSWER not in colleague
    assert (
        actions_for(
            Stage.RECEIVED, role=Role.OFFICER, kind=Kind.DENUNCIATION, same_unit=True, is_assigned=False
        )
        == ()
    )
    assert actions_for(Stage.RECEIVED, role=None, kind=Kind.FEEDBACK, same_unit=True) == ()


@pytest.mark.parametrize("kind", [Kind.DENUNCIATION, Kind.ANONYMOUS_TIP])
def test_a_sealed_case_is_for_few(kind: Kind) -> None:
    for role in Role:
        assert may_see(kind, False, role, same_unit=False, is_assigned=False) is False
        in_the_circle = role in {Role.INTAKE, Role.HEAD, Role.INSPECTOR, Role.DIRECTOR}
        assert may_see(kind, False, role, same_unit=True, is_assigned=False) is in_the_circle
    assert may_see(kind, False, Role.OFFICER, same_unit=True, is_assigned=True)
    assert not may_see(kind, False, None, same_unit=True, is_assigned=True)
    assert not may_see(Kind.FEEDBACK, True, Role.OFFICER, same_unit=True, is_assigned=False)


def test_an_open_case_is_for_its_unit_and_those_who_follow_up() -> None:
    assert may_see(Kind.FEEDBACK, False, Role.OFFICER, same_unit=True, is_assigned=False)
    assert not may_see(Kind.FEEDBACK, False, Role.OFFICER, same_unit=False, is_assigned=False)
    assert not may_see(Kind.COMPLAINT, False, Role.ADMIN, same_unit=False, is_assigned=False)
    assert may_see(Kind.COMPLAINT, False, Role.DIRECTOR, same_unit=False, is_assigned=False)


def test_needs_are_named_one_by_one() -> None:
    transfer = press(Stage.RECEIVED, Action.TRANSFER)
    rate = by_citizen(Stage.ANSWERED, Action.RATE)
    assert isinstance(transfer, Transition)
    assert isinstance(rate, Transition)
    for row, given, code in (
        (transfer, {"unit": "ql_van_hoa"}, RefusalCode.MISSING_REASON),
        (transfer, {"unit": "ql_van_hoa", "reason": "  "}, RefusalCode.MISSING_REASON),
        (transfer, {"reason": "nhầm"}, RefusalCode.MISSING_UNIT),
        (rate, {}, RefusalCode.MISSING_RATING),
        (rate, {"rating": 6}, RefusalCode.BAD_RATING),
    ):
        with pytest.raises(Refused) as caught:
            check_needs(row, given)
        assert caught.value.code is code
    check_needs(transfer, {"reason": "nhầm", "unit": "ql_van_hoa"})
    check_needs(rate, {"rating": 5})


def test_limits_that_need_the_history() -> None:
    objection = by_citizen(Stage.ANSWERED, Action.NOT_SATISFIED)
    reopening = press(Stage.ANSWERED, Action.REOPEN, Role.HEAD)
    taken_back = by_citizen(Stage.WITHDRAWN, Action.REOPEN)
    given_back = press(Stage.RECEIVED, Action.REFUSE_TRANSFER, Role.HEAD)
    eligible = press(Stage.IN_PROGRESS, Action.SCREEN_ELIGIBLE, Role.HEAD, kind=Kind.COMPLAINT)
    for row, done, actor, code in (
        (objection, {Action.NOT_SATISFIED: 1}, CITIZEN, RefusalCode.ALREADY_NOT_SATISFIED),
        (reopening, {}, OFFICER, RefusalCode.NOBODY_OBJECTED),
        (taken_back, {Action.REOPEN: 1}, CITIZEN, RefusalCode.ALREADY_REOPENED),
        (given_back, {}, OFFICER, RefusalCode.TO_FOCAL),
        (eligible, {}, OFFICER, RefusalCode.NOT_FORMED),
    ):
        assert isinstance(row, Transition)
        with pytest.raises(Refused) as caught:
            check_history(row, done, actor=actor)
        assert caught.value.code is code
    assert isinstance(reopening, Transition)
    assert isinstance(given_back, Transition)
    check_history(reopening, {Action.NOT_SATISFIED: 1}, actor=OFFICER)
    check_history(given_back, {Action.TRANSFER: 1}, actor=OFFICER)


@dataclass(frozen=True, kw_only=True)
class ACase:
    """A case as the law looks at it."""

    kind: Kind
    subkind: str = ""
    stage: Stage = Stage.IN_PROGRESS
    destination: str | None = None
    instance: int = 1
    remote: bool = False
    complex: bool = False
    extensions: int = 0
    formed_on: date | None = None
    accepted_on: date | None = None
    decided_on: date | None = None
    first_message_at: datetime = MORNING
    dialogue_at: datetime | None = None
    dialogue_held_at: datetime | None = None


class AnyPresses(RuleBasedStateMachine):
    """Whatever anybody presses, a petition past RECEIVED has a named officer."""

    def __init__(self) -> None:
        super().__init__()
        self.kind = Kind.FEEDBACK
        self.stage = Stage.RECEIVED
        self.officer: int | None = None

    @rule(
        action=st.sampled_from([a for a in Action if a is not Action.FILE]),
        actor=st.sampled_from(list(ActorKind)),
        role=st.sampled_from(list(Role)),
        same_unit=st.booleans(),
        who=st.integers(1, 3),
    )
    def press(self, action: Action, actor: ActorKind, role: Role, same_unit: bool, who: int) -> None:
        try:
            row = allowed(
                self.stage,
                action,
                actor=actor,
                role=role if actor is OFFICER else None,
                kind=self.kind,
                same_unit=same_unit,
                is_assigned=who == self.officer if actor is OFFICER else None,
            )
        except Refused:
            return
        if row.to_stage is not None:
            self.stage = row.to_stage
        if row.officer in {OfficerEffect.SELF, OfficerEffect.NAMED}:
            self.officer = who
        elif row.officer is OfficerEffect.CLEAR:
            self.officer = None

    @invariant()
    def somebody_answers(self) -> None:
        if self.stage not in {Stage.RECEIVED, Stage.MERGED, Stage.WITHDRAWN}:  # a merged one's lead says who
            assert self.officer is not None


AnyPresses.TestCase.settings = settings(max_examples=150, stateful_step_count=30, deadline=None)
TestAnyPresses = AnyPresses.TestCase
