"""Loopholes in policy and law that officers marked: a line for each beside the event that keeps its words sealed.

The line is made and ended in the transaction of its event; its words are opened from that event only.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import and_, bindparam, insert, select, update

from petitions.clocks import Operation
from petitions.kinds import Action
from petitions.policy_gaps import Gap
from storage.cases import Cases
from storage.prepared import Prepared
from storage.records import ActorRef, PetitionChanges, PetitionRecord
from storage.schema import events, policy_gaps

MOST: Final = 5000
"""Loopholes read for one period; more than an office marks in a year."""

_FIELDS: Final = tuple(
    policy_gaps.c[name] for name in ("petition_id", "seq", "unit", "officer_id", "marked_at")
)
_WITH_WORDS: Final = (
    select(*_FIELDS, events.c.id.label("event_id"), events.c.content_enc)
    .join(events, and_(events.c.petition_id == policy_gaps.c.petition_id, events.c.seq == policy_gaps.c.seq))
    .where(policy_gaps.c.withdrawn_at.is_(None))
)
_OF_PETITION: Final = _WITH_WORDS.where(policy_gaps.c.petition_id == bindparam("petition_id")).order_by(
    policy_gaps.c.seq
)
_OF_PERIOD: Final = (
    _WITH_WORDS.where(
        policy_gaps.c.agency == bindparam("agency"),
        policy_gaps.c.marked_at >= bindparam("since"),
        policy_gaps.c.marked_at < bindparam("until"),
    )
    .order_by(policy_gaps.c.marked_at, policy_gaps.c.petition_id, policy_gaps.c.seq)
    .limit(MOST)
)
_INSERT: Final = Prepared(insert(policy_gaps))
_WITHDRAW: Final = (
    update(policy_gaps)
    .where(policy_gaps.c.petition_id == bindparam("of_petition"), policy_gaps.c.seq == bindparam("of_seq"))
    .values(withdrawn_at=bindparam("at"))
)


class PolicyGaps(Cases):
    """Marking, withdrawing and gathering."""

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
        """As `Events.record`; a marked loophole gets its line, a withdrawn one loses it."""
        after = super().record(
            petition, action=action, actor=actor, content=content, changes=changes, operations=operations
        )
        if action is Action.POLICY_GAP:
            _INSERT.run(
                self.connection,
                {
                    "petition_id": after.id,
                    "seq": after.events_count,
                    "agency": self.agency,
                    "unit": after.unit,
                    "officer_id": actor.officer_id or 0,
                    "marked_at": after.updated_at,
                    "withdrawn_at": None,
                },
            )
        elif action is Action.WITHDRAW_GAP:
            values = {"of_petition": after.id, "of_seq": content["gap"], "at": after.updated_at}
            self.connection.execute(_WITHDRAW, values)
        return after

    def gaps_of(self, petition_id: int) -> list[Gap]:
        """What is marked in a petition now, the oldest first. Raises `keys.CannotOpen`."""
        rows = self.connection.execute(_OF_PETITION, {"petition_id": petition_id})
        return [self._gap(row) for row in rows]

    def gaps(self, *, since: datetime, until: datetime, units: Sequence[str] | None = None) -> list[Gap]:
        """What was marked from `since` before `until` and still stands, the oldest first; of `units` where given.

        Raises `keys.CannotOpen`.
        """
        statement = _OF_PERIOD
        values: dict[str, Any] = {"agency": self.agency, "since": since, "until": until}
        if units is not None:
            statement = statement.where(policy_gaps.c.unit.in_(bindparam("units", expanding=True)))
            values["units"] = list(units)
        return [self._gap(row) for row in self.connection.execute(statement, values)]

    def _gap(self, row: Any) -> Gap:
        content = self.vault.open_json(
            row.content_enc, table="events", column="content_enc", row=row.event_id
        )
        return Gap(
            petition_id=row.petition_id,
            seq=row.seq,
            unit=row.unit,
            officer_id=row.officer_id,
            marked_at=row.marked_at,
            law=str(content.get("law", "")),
            article=str(content.get("article", "")),
            flaw=str(content.get("text", "")),
            proposal=str(content.get("proposal", "")),
        )
