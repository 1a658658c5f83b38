"""From the event log of a played year alone: nobody examines a case against himself, nothing wanders, nothing is
forwarded twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, select

from bot.simulation.world import Wish
from petitions.kinds import Action, Kind
from storage.events import CHANGES
from storage.keys import Vault
from storage.schema import events
from tests.simulation.conftest import AGENCY, Year, played

EXAMINES = {
    Action.TAKE,
    Action.SCREEN_ELIGIBLE,
    Action.ACCEPT,
    Action.VERIFY,
    Action.DECIDE,
    Action.CONCLUDE,
    Action.ANSWER,
}
ACCUSING = {Kind.COMPLAINT, Kind.DENUNCIATION, Kind.ANONYMOUS_TIP}
LEADERS = "lanh_dao"
HEADS = {"giam_doc_so": LEADERS}


@dataclass
class Case:
    """A case as its events alone tell it."""

    now: dict[str, Any] = field(default_factory=dict)
    history: list[tuple[Action, int | None, dict[str, Any], dict[str, Any]]] = field(default_factory=list)
    """Action, acting officer, what was given, how the case stood after it."""


def cases_of(connection: Connection, vault: Vault) -> dict[int, Case]:
    found: defaultdict[int, Case] = defaultdict(Case)
    rows = connection.execute(select(events).order_by(events.c.petition_id, events.c.seq))
    for row in rows:
        content = vault.open_json(row.content_enc, table="events", column="content_enc", row=row.id)
        case = found[row.petition_id]
        case.now = case.now | content.get(CHANGES, {})
        case.history.append((Action(row.type), row.officer_id, content, dict(case.now)))
    return dict(found)


def against_itself(stands: dict[str, Any]) -> bool:
    """Worked out apart from the service: the unit is the accused one, and no law gives it the case."""
    against = stands.get("against")
    unit = HEADS.get(str(against), against)
    if stands["kind"] not in ACCUSING or unit not in {each.code for each in AGENCY.units}:
        return False
    first = stands["kind"] == Kind.COMPLAINT and stands.get("instance", 1) == 1
    subordinate = AGENCY.unit(str(unit)).type == "don_vi_truc_thuoc"
    if first and (subordinate or unit == LEADERS):
        return False
    return bool(stands["unit"] == unit)


def examined(case: Case) -> Iterator[tuple[Action, int | None, dict[str, Any]]]:
    for action, officer, _, stands in case.history:
        if action in EXAMINES and officer is not None:
            yield action, officer, stands


def check(cases: dict[int, Case]) -> dict[str, int]:
    """Everything that must be true; gives how much of each there was, so that nothing is true for want of cases."""
    seen: defaultdict[str, int] = defaultdict(int)
    for petition_id, case in cases.items():
        for action, officer, stands in examined(case):
            assert not against_itself(stands), (petition_id, action)
            assert officer != stands.get("accused_id"), (petition_id, action)
        chain = sum(action is Action.TRANSFER for action, *_ in case.history)
        assert chain < 4, petition_id
        seen["transferred"] += chain > 0
        seen["longest chain"] = max(seen["longest chain"], chain)
        sent = [given["destination"] for action, _, given, _ in case.history if action is Action.PASS_ON]
        assert len(sent) == len(set(sent)), petition_id
        seen["passed on"] += len(sent)
        for action, _, given, stands in case.history:
            if action is Action.FILE and stands["kind"] in ACCUSING:
                assert given["route"]["because"], petition_id
                seen["accused known"] += stands.get("against") is not None
                seen["against the inspectorate"] += stands.get("against") == "thanh_tra"
                seen["against the head"] += stands.get("against") == "giam_doc_so"
                seen["against a deputy"] += stands.get("against") == "pho_giam_doc_so"
                seen["second instance"] += stands.get("instance", 1) > 1
            seen["accused found later"] += action is Action.CORRECT and "against" in given
            seen["accused by name"] += action is Action.CORRECT and bool(given.get("accused_id"))
            seen["refused transfers"] += action is Action.REFUSE_TRANSFER
            seen["ruled"] += action is Action.RULE_UNIT
            seen["loopholes"] += action is Action.POLICY_GAP
    linked = defaultdict(list)
    for petition_id, case in cases.items():
        root = case.now.get("linked_to") or petition_id
        linked[root] += [given["destination"] for a, _, given, _ in case.history if a is Action.PASS_ON]
    assert all(len(sent) == len(set(sent)) for sent in linked.values())
    return dict(seen)


def test_no_case_of_the_year_is_examined_by_whom_it_is_against(year: Year) -> None:
    seen = check(year.look(lambda connection: cases_of(connection, year.vault)))
    for name in (
        "transferred",
        "refused transfers",
        "ruled",
        "passed on",
        "accused known",
        "against the inspectorate",
        "accused found later",
        "second instance",
        "loopholes",
    ):
        assert seen.get(name, 0) >= 1, (name, seen)


@pytest.mark.soak
def test_nor_of_a_long_one(tmp_path: Path) -> None:
    wish = Wish(first=date(2026, 1, 1), last=date(2026, 12, 31), petitions=3000)
    long = played(tmp_path / "long", wish, 7)
    seen = check(long.look(lambda connection: cases_of(connection, long.vault)))
    for name in ("against the head", "against a deputy", "accused by name"):
        assert seen.get(name, 0) >= 1, (name, seen)
    assert long.summary.unanswerable == ()
    assert long.summary.replayed.differences == ()
