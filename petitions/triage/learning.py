"""What officers and citizens decided about filed petitions, as texts to learn from, and how often suggestions were
right.

Only what a person decided is learned: the class that an officer corrected, or worked on as it was, and what the
citizen named instead of the suggestion. A class that was merely suggested teaches nothing, or the model would learn
from itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from petitions.accused import find_against, is_second_instance
from petitions.agency import Agency, UnknownCode
from petitions.agency_parts import OUTSIDE
from petitions.copies import group
from petitions.kinds import Action, Kind, Severity
from petitions.triage.texts import LabelledText

MOVED: Final = frozenset({Action.TRANSFER, Action.RULE_UNIT, Action.REFUSE_TRANSFER})
"""Acts about the unit alone."""
CONFIRMING: Final = frozenset(
    {
        Action.CORRECT,
        Action.CONFIRM_FORM,
        Action.SCREEN_ELIGIBLE,
        Action.SCREEN_ANONYMOUS,
        Action.PASS_ON,
        Action.GUIDE,
        Action.ACCEPT,
        Action.ANSWER,
        Action.DECIDE,
        Action.CONCLUDE,
    }
)
"""Acts of an officer who had the class before their eyes and corrected it or went on with it."""
DECIDING: Final = CONFIRMING | MOVED
FIELDS: Final = ("kind", "topic", "unit", "severity")
SOURCE: Final = "corrections"
"""`LabelledText.source` of texts from the casebook."""


@dataclass(frozen=True, slots=True)
class Decision:
    """A petition as it stands now, and who decided what of it."""

    name: str
    """Names the petition and those linked to it: texts of one matter are never parted."""
    words: str
    kind: Kind
    topic: str | None
    unit: str
    destination: str | None
    severity: Severity
    second: bool
    acts: frozenset[Action]
    """Of `DECIDING`, what officers did."""
    suggested: Mapping[str, Any] = field(default_factory=dict)
    """As `handlers.citizens.suggested` keeps it; empty for petitions filed before it was kept."""


@dataclass(frozen=True, slots=True)
class Learned:
    """Texts to learn from, and how many suggestions of those that people decided were right."""

    texts: list[LabelledText]
    looked_at: int
    right: dict[str, tuple[int, int]]
    """By field: right ones, all that can be told."""


def learn(decisions: Iterable[Decision], agency: Agency) -> Learned:
    """The texts of the decisions, copies of one text in one group."""
    looked_at, kept = 0, []
    right = dict.fromkeys(FIELDS, (0, 0))
    for decision in decisions:
        looked_at += 1
        text = labelled(decision, agency)
        if text is not None:
            kept.append(text)
            for name, hit in hits(decision, text).items():
                right[name] = right[name][0] + hit, right[name][1] + 1
    return Learned(_grouped(kept), looked_at, right)


def labelled(decision: Decision, agency: Agency) -> LabelledText | None:
    """What the petition teaches; None where no person decided anything, or there are no words."""
    if not decision.words.strip():
        return None
    kind = Kind.DENUNCIATION if decision.kind is Kind.ANONYMOUS_TIP else decision.kind
    unit = decision.destination or _today(agency, decision.unit)
    text = LabelledText(decision.words, decision.name, kind, urgent=None, source=SOURCE)
    if not decision.acts:
        return _by_citizen(decision, agency, text)
    text = replace(text, unit=unit, topic=_subject(decision, agency, kind, unit))
    if decision.acts <= MOVED:
        return text
    return replace(text, urgent=decision.severity is Severity.URGENT)


def hits(decision: Decision, text: LabelledText) -> dict[str, bool]:
    """By field whether the suggestion was what people decided; fields nobody decided are left out."""
    decided = {
        "kind": text.kind.value if text.kind else None,
        "topic": text.topic,
        "unit": text.unit,
        "severity": None if text.urgent is None else decision.severity.value,
    }
    said = {name: decision.suggested[name][0] for name in FIELDS if name in decision.suggested}
    return {
        name: said[name] == value for name, value in decided.items() if value is not None and name in said
    }


def _by_citizen(decision: Decision, agency: Agency, text: LabelledText) -> LabelledText | None:
    """The citizen's own correction, where no officer has looked yet."""
    chosen: Sequence[str] = decision.suggested.get("chosen", ())
    changed = {name for name in chosen if name in decision.suggested and name in ("kind", "topic")}
    if "kind" in changed and text.kind is not None and text.kind != decision.suggested["kind"][0]:
        return text
    if "topic" in changed and decision.topic is not None and decision.topic != decision.suggested["topic"][0]:
        topic = decision.topic if _knows(agency, decision.topic) else None
        return replace(text, topic=topic) if topic is not None else None
    return None


def _subject(decision: Decision, agency: Agency, kind: Kind, unit: str) -> str | None:
    """The topic, or `outside:<authority>`, where it fits the unit that has the case; else the only topic of that
    unit, else None: a unit that was changed alone says that the topic was wrong, not which is right."""
    topic = decision.topic
    inside = topic is not None and _knows(agency, topic) and topic != agency.outside_topic
    if inside and topic is not None and _leads(decision, agency, kind, topic, unit):
        return topic
    if decision.destination is not None:
        known = {f"{OUTSIDE}:{authority.code}" for authority in agency.outside}
        return decision.destination if decision.destination in known else None
    if inside and decision.acts & {Action.CORRECT, Action.SCREEN_ELIGIBLE, Action.ACCEPT}:
        return topic
    return _only_topic(agency, unit)


def _leads(decision: Decision, agency: Agency, kind: Kind, topic: str, unit: str) -> bool:
    against = find_against(decision.words, kind)
    for second in {decision.second, is_second_instance(decision.words)}:
        route = agency.route(kind, topic, against=against, second_instance=second)
        if (route.destination or _today(agency, route.unit)) == unit:
            return True
    return False


def _only_topic(agency: Agency, unit: str) -> str | None:
    own = [topic.code for topic in agency.topics if topic.unit == unit]
    return own[0] if len(own) == 1 else None


def _knows(agency: Agency, topic: str) -> bool:
    return any(known.code == topic for known in agency.topics)


def _today(agency: Agency, unit: str) -> str:
    try:
        return agency.answerable(unit).code
    except UnknownCode:
        return unit


def _grouped(texts: list[LabelledText]) -> list[LabelledText]:
    """Copies of one text share a group, so that no fold is asked about what it has learned by heart."""
    same = {text.group: text.group for text in texts}

    def root(name: str) -> str:
        while same[name] != name:
            name = same[name]
        return name

    for places in group(text.text for text in texts):
        first, *others = (root(texts[place].group) for place in places)
        for other in others:
            same[root(other)] = root(first)
    return [replace(text, group=f"{SOURCE}:{root(text.group)}") for text in texts]
