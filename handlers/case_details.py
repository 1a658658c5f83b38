"""What somebody gives with an action on a petition, and how it is kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from petitions.kinds import Kind, Severity
from petitions.legal_checks import Given

_KEPT_AS_THEY_ARE: Final = (
    "text",
    "reason",
    "officer_id",
    "unit",
    "rating",
    "topic",
    "subkind",
    "remote",
    "destination",
    "against",
    "accused_id",
    "law",
    "article",
    "proposal",
    "gap",
    "code",
    "document",
    "linked",
    "task",
)

_OPEN: Final = "-"
"""Left open on purpose."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """What somebody gives with an action. Empty: not given."""

    text: str = ""
    reason: str = ""
    officer_id: int | None = None
    unit: str | None = None
    rating: int | None = None
    kind: Kind | None = None
    subkind: str | None = None
    topic: str | None = None
    severity: Severity | None = None
    remote: bool | None = None
    destination: str | None = None
    """`outside:<authority>`; empty to take it back; None leaves it."""
    against: str | None = None
    """Who is complained about or denounced: a unit, an office holder, or `petitions.routing.NOT_OURS`."""
    accused_id: int | None = None
    """The officer who is; 0 takes it back."""
    code: str = ""
    """Reason or result code (`petitions.reasons`)."""
    on: dt.date | None = None
    """The day of the event, where it is not today."""
    moment: dt.datetime | None = None
    """Day and hour of a dialogue or a visit; aware."""
    document: str = ""
    """Number of the written decision."""
    linked: int | None = None
    """Id of the petition this one is the same matter as."""
    law: str = ""
    """The legal text a loophole is in, as the officer wrote it."""
    article: str | None = None
    """Where in it; empty where none is named; None: not asked yet."""
    proposal: str | None = None
    """What should be changed; as `article`."""
    gap: int | None = None
    """Sequence of the event that marked the loophole."""
    task: str = ""
    due: dt.date | None = None
    facts: Mapping[str, int] | None = None
    file_ids: tuple[int, ...] = ()
    extra: dict[str, Any] | None = None

    @property
    def words(self) -> str:
        return self.text or self.reason

    def content(self) -> dict[str, Any]:
        """The event's content: only what was given."""
        given: dict[str, Any] = {name: getattr(self, name) for name in _KEPT_AS_THEY_ARE}
        given |= {
            "kind": self.kind.value if self.kind else None,
            "severity": self.severity.value if self.severity else None,
            "on": self.on.isoformat() if self.on else None,
            "moment": self.moment.isoformat() if self.moment else None,
            "due": self.due.isoformat() if self.due else None,
            "facts": dict(self.facts) if self.facts is not None else None,
            "file_ids": list(self.file_ids),
        }
        return {name: value for name, value in given.items() if value not in ("", None, [])} | (
            self.extra or {}
        )

    def given(self) -> dict[str, object]:
        """What the workflow table asks for. Files count as words: a photo can be the answer."""
        return {
            "text": self.text or ("files" if self.file_ids else ""),
            "reason": self.reason,
            "officer": self.officer_id,
            "unit": self.unit,
            "rating": self.rating,
            "code": self.code,
            "on": self.on,
            "moment": self.moment,
            "document": self.document,
            "destination": self.destination,
            "linked": self.linked,
            "task": self.task,
            "due": self.due,
            "facts": self.facts,
            "law": self.law,
            "article": _OPEN if self.article == "" else self.article,
            "proposal": _OPEN if self.proposal == "" else self.proposal,
            "gap": self.gap,
        }

    def for_law(self, today: dt.date) -> Given:
        """What the law looks at."""
        return Given(on=self.on or today, code=self.code, moment=self.moment, due=self.due, facts=self.facts)
