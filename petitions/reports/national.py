"""What the national database asks of a case, field by field (Nghị định 55/2022/NĐ-CP; law.md section 6, P-08).

No interface is published, so every field is exported with the time at which it changed, by whom, and whether a
person typed it in. The list follows law.md; its settlement part is RECALLED there and is marked so in the docs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from petitions.kinds import Action, ActorKind, Kind
from petitions.reports.counting import OUTCOME_OF, Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A field got a value."""

    field: str
    value: str | int | bool
    on: str
    """The day written on it, in ISO; "" where none was given."""
    at: datetime
    by: ActorKind

    @property
    def by_hand(self) -> bool:
        """Whether an officer typed it in; the others come from the citizen's own chat or from the service."""
        return self.by is ActorKind.OFFICER


_DATED: Final = {
    Action.CONFIRM_FORM: "form_confirmed_on",
    Action.ACCEPT: "accepted_on",
    Action.DECIDE: "decided_on",
    Action.CONCLUDE: "concluded_on",
    Action.SEND_DECISION: "sent_on",
    Action.PUBLISH_DECISION: "published_on",
    Action.HOLD_DIALOGUE: "dialogue_held_on",
    Action.SUSPEND: "suspended_on",
    Action.RESUME: "resumed_on",
    Action.DISCONTINUE: "discontinued_on",
    Action.EXTEND: "extended_on",
    Action.TASK_DONE: "task_done_on",
    Action.TAKE_EFFECT: "effective_on",
    Action.REPORT_UP: "reported_up_on",
}
"""Events whose day is a field: the day written on them, else the day they were entered."""
_HAPPENED: Final = {
    Action.VERIFY: "verification_started",
    Action.ORDER_TASK: "task_ordered",
    Action.COMPLAIN_AGAIN: "second_complaint",
    Action.GO_UP: "denounced_further",
    Action.WITHDRAW: "withdrawn",
    Action.WITHDRAW_PART: "partly_withdrawn",
    Action.ANSWER: "answered",
    Action.CLOSE: "closed",
    Action.BOOK_VISIT: "visit_booked",
    Action.CANCEL_VISIT: "visit_cancelled",
    Action.MERGE: "merged",
    Action.UNMERGE: "taken_out_of_merge",
}
_DOCUMENT: Final = {
    Action.ACCEPT: "acceptance_document",
    Action.NOT_ACCEPT: "non_acceptance_document",
    Action.DECIDE: "decision_document",
    Action.CONCLUDE: "conclusion_document",
    Action.DISCONTINUE: "discontinuance_document",
}
_REASON: Final = {
    Action.SCREEN_INELIGIBLE: "ineligible_reason",
    Action.SCREEN_DUPLICATE: "duplicate_reason",
    Action.SCREEN_ANONYMOUS: "anonymous_reason",
    Action.PASS_ON: "outside_reason",
    Action.GUIDE: "outside_reason",
    Action.NOT_ACCEPT: "non_acceptance_reason",
    Action.DISCONTINUE: "discontinuance_reason",
    Action.SUSPEND: "suspension_reason",
    Action.EXTEND: "extension_reason",
    Action.DECIDE: "result",
    Action.CONCLUDE: "result",
}
_COLUMNS: Final = ("kind", "subkind", "unit", "instance", "remote", "complex")
"""Columns of the petition that are fields wherever they change."""


def changes_of(
    action: Action,
    by: ActorKind,
    at: datetime,
    day: str,
    content: Mapping[str, Any],
    changed: Mapping[str, Any],
) -> Iterator[Change]:
    """The fields that one event set. `day`: the event's own day in Vietnam, in ISO."""
    on = str(content.get("on", ""))

    def change(field: str, value: str | int | bool) -> Change:
        return Change(field=field, value=value, on=on, at=at, by=by)

    for column in _COLUMNS:
        if changed.get(column) not in (None, ""):
            yield change(column, changed[column])
    if content.get("topic"):
        yield change("topic", content["topic"])
    outcome = OUTCOME_OF.get(action)
    if outcome is not None:
        yield change("eligible", outcome is not Outcome.INELIGIBLE)
        if outcome is not Outcome.INELIGIBLE:
            yield change("competent", outcome is Outcome.COMPETENT)
    if action in (Action.PASS_ON, Action.GUIDE):
        target = "passed_to" if action is Action.PASS_ON else "guided_to"
        yield change(target, str(content.get("destination", "")))
    if action in _REASON and content.get("code"):
        yield change(_REASON[action], content["code"])
    if action in _DOCUMENT and content.get("document"):
        yield change(_DOCUMENT[action], content["document"])
    if action in _DATED:
        yield change(_DATED[action], on or day)
    if action in _HAPPENED:
        yield change(_HAPPENED[action], value=True)
    for fact, amount in sorted((content.get("facts") or {}).items()):
        if amount:
            yield change(fact, amount)


@dataclass(frozen=True, slots=True, kw_only=True)
class NationalCase:
    """A case as it is exported. Of a sealed one nothing that could tell who the person is."""

    register: str
    kind: Kind
    sealed: bool
    received_at: datetime
    first_message_at: datetime
    channel: str
    code: str
    name: str
    address: str
    content: str
    people: int | None
    linked_register: str
    """The first petition of a second complaint, or the one it was joined to; "" where that one is sealed."""
    changes: tuple[Change, ...]
