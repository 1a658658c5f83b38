"""What people decided about filed petitions, for training: read page by page, the newest first, never changed.

Sealed cases (tố cáo, or kept secret; Luật Tố cáo 2018 Đ8, Đ56) are left out unless asked for; then their contents
are not even opened.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import bindparam, select

from petitions.kinds import Action, ActorKind
from petitions.transitions import SEALED_KINDS
from petitions.triage.learning import DECIDING, Decision
from storage.cases import Cases
from storage.records import PetitionRecord
from storage.schema import events, petitions
from storage.similar import words_of

PAGE: Final = 200
_HIGHEST: Final = 2**63 - 1
_SUGGESTED: Final = "suggested"
_NEXT: Final = (
    select(petitions.c.id)
    .where(petitions.c.id < bindparam("below"), petitions.c.agency.concat("") == bindparam("agency"))
    .order_by(petitions.c.id.desc())
    .limit(bindparam("most"))
)
"""Down the ids; no index of the agency serves this, and SQLite would take one and sort."""
_ACTS: Final = select(
    events.c.id, events.c.petition_id, events.c.type, events.c.actor_kind, events.c.content_enc
).where(
    events.c.petition_id.in_(bindparam("petition_ids", expanding=True)),
    events.c.type.in_([*DECIDING, Action.FILE]),
)


@dataclass(frozen=True, slots=True)
class Page:
    """Some petitions as decided, the id to go on below (None at the end), and how many sealed ones were left out."""

    decisions: list[Decision]
    below: int | None
    sealed: int


class Learning(Cases):
    """Reading decisions."""

    def decided(self, *, below: int | None = None, with_sealed: bool = False, most: int = PAGE) -> Page:
        """The next page of petitions, the newest first. Raises `keys.CannotOpen`."""
        values = {"below": _HIGHEST if below is None else below, "agency": self.agency, "most": most}
        found = list(self.connection.execute(_NEXT, values).scalars())
        every = self.petitions_by_id(found)
        open_ones = {place: each for place, each in every.items() if with_sealed or not _sealed(each)}
        acts: dict[int, set[Action]] = defaultdict(set)
        suggested: dict[int, dict[str, Any]] = {}
        if open_ones:
            for row in self.connection.execute(_ACTS, {"petition_ids": [*open_ones]}):
                if row.type is Action.FILE:
                    content = self.vault.open_json(
                        row.content_enc, table="events", column="content_enc", row=row.id
                    )
                    suggested[row.petition_id] = content.get(_SUGGESTED, {})
                elif row.actor_kind is ActorKind.OFFICER:
                    acts[row.petition_id].add(row.type)
        contents = self.contents([*open_ones])
        decisions = [
            Decision(
                name=str(each.linked_to or each.id),
                words=words_of(contents[place]),
                kind=each.kind,
                topic=each.topic,
                unit=each.unit,
                destination=each.destination,
                severity=each.severity,
                second=each.instance > 1,
                acts=frozenset(acts[place]),
                suggested=suggested.get(place, {}),
            )
            for place in found
            if (each := open_ones.get(place)) is not None
        ]
        return Page(decisions, found[-1] if len(found) == most else None, len(every) - len(open_ones))


def _sealed(petition: PetitionRecord) -> bool:
    return petition.confidential or petition.kind in SEALED_KINDS
