"""Counts a period's report once more, straight from the events and the circular's notes, to hold the service's own.

Written apart from `petitions.reports` and `storage.reporting`: each petition's history is opened and walked from its
first event to the last one of the period, in the words of the notes under the forms (law.md 4.3).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, text

from petitions.agency import Agency
from storage.keys import Vault

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
EPOCH = datetime(1970, 1, 1, tzinfo=ZoneInfo("UTC"))

Cells = Counter[tuple[str, str, int]]
"""Unit, form, column."""
Flows = dict[str, list[int]]
"""Opening, received, ended, carried over."""

FIELDS = {
    "khieu_nai": {"land": 9, "policy": 10, "other": 11},
    "to_cao": {"administrative": 15, "corruption": 16, "judicial": 17, "other": 18},
    "kien_nghi": {"policy": 20, "land": 21, "other": 22},
}
ORDERED_COMPLAINT = {
    "recover_money": 13, "recover_land": 14, "return_money": 15, "return_land": 16, "return_organisations": 17,
    "return_people": 18, "discipline_people": 19, "discipline_officials": 20, "investigation_matters": 21,
    "investigation_people": 22, "investigation_officials": 23,
}  # fmt: skip
ORDERED_DENUNCIATION = {
    "recover_money": 14, "recover_land": 15, "return_money": 16, "return_land": 17, "return_organisations": 18,
    "return_people": 19, "discipline_organisations": 20, "discipline_people": 21, "discipline_officials": 22,
    "investigation_matters": 23, "investigation_people": 24, "investigation_officials": 25,
}  # fmt: skip
DONE_COMPLAINT = {
    "recovered_money": 5, "recovered_land": 6, "returned_money": 9, "returned_land": 10, "disciplined_people": 11,
    "disciplined_officials": 12, "prosecuted_cases": 13, "prosecuted_people": 14, "prosecuted_officials": 15,
}  # fmt: skip
DONE_DENUNCIATION = {
    "recovered_money": 20, "recovered_land": 21, "returned_money": 24, "returned_land": 25,
    "disciplined_organisations": 26, "disciplined_people": 27, "disciplined_officials": 28, "prosecuted_cases": 29,
    "prosecuted_people": 30, "prosecuted_officials": 31,
}  # fmt: skip
TO_DO = {
    "recover_money": ("recovered_money", 3, 18), "recover_land": ("recovered_land", 4, 19),
    "return_money": ("returned_money", 7, 22), "return_land": ("returned_land", 8, 23),
}  # fmt: skip
RESULTS = {
    "complaint_right": 8, "complaint_wrong": 9, "complaint_partly": 10, "first_upheld": 11, "first_changed": 12,
    "denunciation_true": 8, "denunciation_untrue": 9, "denunciation_partly": 10,
}  # fmt: skip


MATTERS = {("02/XLD", 5)} | {(form, ms) for form in ("03/GQKN", "04/GQTC") for ms in (2, 3, 4, 5, 6)}
"""Columns that count matters, not petitions."""


@dataclass
class Told:
    """One petition as far as its history was read."""

    id: int
    filed: date
    kind: str
    instance: int
    topic: str | None
    visit: datetime | None
    at_desk: datetime | None
    """When somebody brought it to the desk, where an officer entered it."""
    formed: date | None
    units: list[tuple[datetime, str]] = field(default_factory=list)
    merged: tuple[datetime, int] | None = None
    leads: bool = False
    examined: datetime | None = None
    verdict: str = ""
    accepted: date | None = None
    accepted_with: date | None = None
    """The day on which the petition that it was merged into was accepted."""
    refused: bool = False
    withdrawn: bool = False
    stopped: date | None = None
    stopped_for: str = ""
    result: str = ""
    decided: date | None = None
    decided_at: datetime | None = None
    closed: datetime | None = None
    ordered: Counter[str] = field(default_factory=Counter)
    carried: list[tuple[date, dict[str, int]]] = field(default_factory=list)

    def unit_at(self, moment: datetime) -> str:
        return [unit for since, unit in self.units if since <= moment][-1]


def read(connection: Connection, vault: Vault, until: datetime) -> list[Told]:
    """Every petition filed before `until` with what happened to it before `until`.

    The days written on decisions (`on`) are read whenever they were entered, for they count by themselves.
    """
    found = []
    rows = connection.execute(
        text(
            "SELECT id, topic, filed_at, visit_at, formed_on, channel, first_message_at FROM petitions ORDER BY id"
        )
    ).all()
    for row in rows:
        history = connection.execute(
            text("SELECT id, type, at, content_enc FROM events WHERE petition_id = :id ORDER BY seq"),
            {"id": row.id},
        ).all()
        filed = moment(row.filed_at)
        if filed >= until:
            continue
        told = Told(
            id=row.id, filed=filed.date(), kind="", instance=1, topic=row.topic,
            visit=moment(row.visit_at) if row.visit_at else None,
            at_desk=moment(row.first_message_at) if row.channel == "counter" else None,
            formed=date.fromisoformat(row.formed_on) if row.formed_on else None,
        )  # fmt: skip
        for event in history:
            content = vault.open_json(event.content_enc, table="events", column="content_enc", row=event.id)
            walk(told, event.type, moment(event.at), content, until)
        found.append(told)
    join(found)
    return found


def join(found: list[Told]) -> None:
    """What was merged into another is examined with it, from the merge on, and stands where that one stands."""
    by_id = {told.id: told for told in found}
    for told in found:
        if told.merged is None:
            continue
        merged_at, lead = told.merged[0], by_id[told.merged[1]]
        lead.leads = True
        together = max(merged_at, lead.examined) if lead.examined else None
        told.examined = min((at for at in (told.examined, together) if at is not None), default=None)
        told.verdict = lead.verdict or told.verdict
        told.accepted_with, told.refused = lead.accepted, lead.refused


def moment(microseconds: int) -> datetime:
    return (EPOCH + timedelta(microseconds=microseconds)).astimezone(VIETNAM)


def walk(told: Told, action: str, at: datetime, content: dict[str, Any], until: datetime) -> None:
    changes = content.get("_changes", {})
    day = date.fromisoformat(content["on"]) if content.get("on") else at.date()
    if action == "accept":
        told.accepted = day
    if action in ("decide", "conclude"):
        told.decided, told.decided_at, told.result = day, at, content["code"]
        told.ordered.update(content.get("facts", {}))
    if action == "task_done":
        told.carried.append((day, content.get("facts", {})))
    if told.merged is not None and changes.get("merged_into", told) is None:
        told.merged = None  # taken apart after all, also where that was seen only later
    if at >= until:
        return
    told.kind = changes.get("kind", told.kind)
    told.instance = changes.get("instance", told.instance)
    if "unit" in changes:
        told.units.append((at, changes["unit"]))
    if action in ("screen_eligible", "answer"):
        told.verdict = "ours"
    elif action in ("screen_ineligible", "screen_duplicate"):
        told.verdict = "lacking"
    elif action in ("guide", "pass_on"):
        told.verdict = action
    elif action == "withdraw":
        told.withdrawn = not changes.get("left_at")
    elif action == "not_accept":
        told.refused = True
    elif action == "discontinue":
        told.stopped, told.stopped_for = at.date(), content["code"]
    elif action == "close":
        told.closed = at
    if action == "merge":
        told.merged = (at, changes["merged_into"])
    elif "merged_into" in changes and changes["merged_into"] is None:
        told.merged = None
    if action == "withdraw" and changes.get("left_at"):
        return
    ends = (
        "screen_eligible",
        "answer",
        "screen_ineligible",
        "screen_duplicate",
        "guide",
        "pass_on",
        "withdraw",
        "close",
    )
    if action in ends and told.examined is None:
        told.examined = at


def count(petitions: list[Told], first: date, last: date, agency: Agency) -> tuple[Cells, Flows]:
    """Forms 01 to 05 of every unit, and the balances."""
    cells: Cells = Counter()
    flows: Flows = defaultdict(lambda: [0, 0, 0, 0])
    matters: set[tuple[int, str]] = set()
    for told in sorted(petitions, key=lambda each: (not each.leads, each.id)):
        examine(told, first, last, agency, cells, flows["petitions"], matters)
        settle(told, first, last, flows)
        carry_out(told, first, last, cells, flows)
        kept = told.visit is not None and told.formed == told.visit.date()
        for day in (told.visit if kept else None, told.at_desk):
            if day is not None and first <= day.date() <= last:
                for column in (1, 2, 3, 5, 6, 7):
                    cells[told.unit_at(end_of(last)), "01/TCD", column] += 1
    return cells, flows


def end_of(last: date) -> datetime:
    return datetime(last.year, last.month, last.day, 23, 59, 59, 999999, tzinfo=VIETNAM)


def examine(
    told: Told,
    first: date,
    last: date,
    agency: Agency,
    cells: Cells,
    flow: list[int],
    matters: set[tuple[int, str]],
) -> None:
    examined = told.examined.date() if told.examined else None
    if examined is not None and examined < first:
        return
    unit = told.unit_at(told.examined or end_of(last))
    flow[0 if told.filed < first else 1] += 1
    flow[2 if examined else 3] += 1
    add = Counter([("02/XLD", 1)])
    if examined:
        add["02/XLD", 2] += 1
        if told.verdict in ("ours", "guide", "pass_on"):
            add["02/XLD", 3] += 1
        if told.verdict in ("guide", "pass_on"):
            add["02/XLD", 23] += 1
            add["02/XLD", 24 if told.verdict == "guide" else 25] += 1
        if told.verdict == "ours":
            add.update(competent(told, last, agency))
            for head in ("02/XLD", "03/GQKN", "04/GQTC"):
                key = (told.merged[1] if told.merged else told.id, head)
                if key in matters:  # the matter counts once, at the petition that leads it
                    for place in [place for place in add if place in MATTERS and place[0] == head]:
                        del add[place]
                elif any(place in MATTERS and place[0] == head for place in add):
                    matters.add(key)
    for (form, column), number in add.items():
        cells[unit, form, column] += number


def competent(told: Told, last: date, agency: Agency) -> Counter[tuple[str, int]]:
    report = next((topic.report for topic in agency.topics if topic.code == told.topic), None)
    add = Counter([("02/XLD", 4), ("02/XLD", 5)])
    if told.kind in ("kien_nghi", "phan_anh"):
        subject = report.proposal if report else "other"
        add.update([("02/XLD", 19), ("02/XLD", FIELDS["kien_nghi"][subject])])
        return add
    second = told.instance == 2
    if told.kind == "khieu_nai":
        subject = report.complaint if report else "other"
        add.update([("02/XLD", 6), ("02/XLD", 8 if second else 7), ("02/XLD", FIELDS["khieu_nai"][subject])])
        form = "03/GQKN"
    else:
        subject = report.denunciation if report else "administrative"
        add.update([("02/XLD", 12), ("02/XLD", 14 if second else 13), ("02/XLD", FIELDS["to_cao"][subject])])
        form = "04/GQTC"
    add.update([(form, 1), (form, 2), (form, standing(told, last))])
    return add


def standing(told: Told, last: date) -> int:
    """Columns 3 to 6 of 03/GQKN and 04/GQTC."""
    if told.stopped is not None and told.stopped_for == "all_withdrawn":
        return 6
    if told.kind == "thong_tin_nac_danh" or told.refused:
        return 5
    accepted = told.accepted_with if told.merged else told.accepted
    if accepted is not None and accepted <= last:
        return 4
    return 6 if told.withdrawn else 3


def settle(told: Told, first: date, last: date, flows: Flows) -> None:
    if told.accepted is None or told.accepted > last:
        return
    decided = told.decided if told.decided is not None and told.decided <= last else None
    ended = min((day for day in (decided, told.stopped) if day is not None), default=None)
    if ended is not None and ended < first:
        return
    flow = flows["complaint" if told.kind == "khieu_nai" else "denunciation"]
    flow[0 if told.accepted < first else 1] += 1
    flow[2 if ended else 3] += 1


def carry_out(told: Told, first: date, last: date, cells: Cells, flows: Flows) -> None:
    if told.decided is None or told.decided > last:
        return
    closed = told.closed.date() if told.closed else None
    if told.decided < first and closed is not None and closed < first:
        return
    complaint = told.kind == "khieu_nai"
    unit = told.unit_at(max(told.closed or end_of(last), told.decided_at or end_of(last)))
    flow = flows["decisions" if complaint else "conclusions"]
    flow[0 if told.decided < first else 1] += 1
    flow[2 if closed else 3] += 1
    cells[unit, "05/KQTH", 1 if complaint else 16] += 1
    if closed:
        cells[unit, "05/KQTH", 2 if complaint else 17] += 1
    if told.decided >= first:
        form = "03/GQKN" if complaint else "04/GQTC"
        cells[unit, form, 7] += 1
        cells[unit, form, RESULTS[told.result] + (3 if not complaint and told.instance == 2 else 0)] += 1
        for fact, column in (ORDERED_COMPLAINT if complaint else ORDERED_DENUNCIATION).items():
            cells[unit, form, column] += told.ordered[fact]
    before: Counter[str] = Counter()
    for day, facts in told.carried:
        if day < first:
            before.update(facts)
        elif day <= last:
            for fact, column in (DONE_COMPLAINT if complaint else DONE_DENUNCIATION).items():
                cells[unit, "05/KQTH", column] += facts.get(fact, 0)
    for ordered, (done, mine, theirs) in TO_DO.items():
        cells[unit, "05/KQTH", mine if complaint else theirs] += max(0, told.ordered[ordered] - before[done])
