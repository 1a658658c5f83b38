"""The card of a petition as one reader may see it: in a unit's group, or in an officer's private chat.

A group sees what the work needs and nothing about the person: code, kind, topic, place, unit, stage, who has
it, the date and why. A sealed case shows only its code and class, and only in private.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from handlers.messages import Button, Outgoing
from handlers.officers.access import Access, in_unit, officer_access, same_unit, sealed, unit_name
from handlers.officers.tokens import Press, verb_of
from petitions.agency import UnknownCode
from petitions.codes import TrackingCode
from petitions.deadlines import NoRule, legal_rule
from petitions.kinds import Action, Role, Severity, Stage
from petitions.phones import find_phones
from petitions.text import fold
from petitions.workflow import actions_for

if TYPE_CHECKING:
    from handlers.texts import Texts
    from handlers.turn import Turn
    from storage.records import OfficerRecord, PetitionContent, PetitionRecord

_PRIVATE_ONLY: Final = frozenset({Action.WITHDRAW, Action.CORRECT, Action.REOPEN})
"""Buttons that a group's card does without: rare, and for those who lead."""
_PRIMARY: Final = frozenset({Action.TAKE, Action.ANSWER})
_OVER: Final = frozenset({Stage.CLOSED, Stage.WITHDRAWN})
_DONE: Final = frozenset({Stage.ANSWERED, Stage.CLOSED})
_PLACE_SHOWN: Final = 120


def shown_code(petition: PetitionRecord) -> str:
    """The code as people read it."""
    return str(TrackingCode(petition.code))


def private_card(turn: Turn, petition: PetitionRecord, officer: OfficerRecord, texts: Texts) -> Outgoing:
    """The card in the private chat of `officer`, with the buttons this officer may press now."""
    access = officer_access(turn.facts.agency, petition, officer)
    if access is Access.NONE:
        return gone_card(petition, texts)
    text = (
        _sealed_lines(turn, petition, texts)
        if sealed(petition)
        else _lines(turn, petition, texts, group=False)
    )
    buttons = _actions(turn, petition, officer, texts) if access is Access.FULL else []
    if access is Access.FULL:
        buttons.append(Button(label=texts.get("cards.button_view"), token=Press("view", petition.id).token))
        buttons.append(Button(label=texts.get("cards.button_history"), token=Press("log", petition.id).token))
    return Outgoing(
        title=texts.get("cards.title", code=shown_code(petition)),
        text=text,
        rows=_pairs(buttons),
        monospace=(shown_code(petition),),
        protect=sealed(petition),
    )


def group_card(turn: Turn, petition: PetitionRecord, texts: Texts, *, unit: str | None) -> Outgoing:
    """The card in the group of `unit`. A case that went elsewhere, or is sealed, keeps only its code
    there."""
    if sealed(petition) or unit is None or not same_unit(turn.facts.agency, unit, petition.unit):
        return gone_card(petition, texts)
    offered = actions_for(petition.stage, role=Role.HEAD, kind=petition.kind, same_unit=True)
    buttons = [_button(action, petition, texts) for action in offered if action not in _PRIVATE_ONLY]
    buttons.append(Button(label=texts.get("cards.button_view"), token=Press("view", petition.id).token))
    return Outgoing(
        title=texts.get("cards.title", code=shown_code(petition)),
        text=_lines(turn, petition, texts, group=True),
        rows=_pairs(buttons),
        monospace=(shown_code(petition),),
    )


def gone_card(petition: PetitionRecord, texts: Texts) -> Outgoing:
    """What is left of a card where the case may no longer be seen: no kind, no unit, no button."""
    return Outgoing(
        text=texts.get("cards.gone", code=shown_code(petition)), monospace=(shown_code(petition),)
    )


def shown_date(day: date, texts: Texts) -> str:
    """A date as people write it here, day first."""
    return texts.get("cards.date", day=f"{day.day:02d}", month=f"{day.month:02d}", year=day.year)


def due_line(turn: Turn, petition: PetitionRecord, texts: Texts) -> str:
    """The first legal date with its reason; empty where no rule gives one."""
    if petition.due_on is None:
        return ""
    since = petition.first_message_at.astimezone(turn.facts.agency.zone).date()
    reason = _due_reason(petition.due_rule or "", since, texts)
    line = texts.get("cards.due", date=shown_date(petition.due_on, texts), reason=reason)
    today = turn.now.astimezone(turn.facts.agency.zone).date()
    if petition.due_on < today and petition.stage not in _OVER | {Stage.ANSWERED}:
        return line + "\n" + texts.get("cards.overdue", days=(today - petition.due_on).days)
    return line


def _due_reason(rule_id: str, since: date, texts: Texts) -> str:
    """The rule in words: how many days, from when, by which article."""
    day = shown_date(since, texts)
    try:
        rule = legal_rule(rule_id, since)
    except NoRule:
        return texts.get("cards.reason_other", since=day)
    if rule.unit not in {"d", "wd"}:
        return texts.get("cards.reason_other", since=day)
    return texts.get(f"cards.reason_{rule.unit}", amount=rule.amount, since=day, article=rule.article)


def officer_shown(turn: Turn, petition: PetitionRecord, texts: Texts) -> str:
    """Who has the case, in words; nobody is said as such."""
    officer = turn.book.officer(petition.officer_id) if petition.officer_id is not None else None
    return officer_name(officer, texts) if officer is not None else texts.get("cards.nobody")


def officer_name(officer: OfficerRecord, texts: Texts) -> str:
    """The officer's name; the role where none was given."""
    return officer.name or texts.get(f"cards.role_{officer.role}")


def topic_shown(turn: Turn, petition: PetitionRecord, texts: Texts) -> str:
    """The topic's name; that it is not known, also where the profile no longer has it."""
    try:
        return turn.facts.agency.topic(petition.topic or "").name(texts.language)
    except UnknownCode:
        return texts.get("cards.no_topic")


def unit_shown(turn: Turn, petition: PetitionRecord, texts: Texts) -> str:
    return unit_name(turn.facts.agency, petition.unit, texts.language)


def _lines(turn: Turn, petition: PetitionRecord, texts: Texts, *, group: bool) -> str:
    lines = [
        texts.get(
            "cards.matter",
            kind=texts.get(f"cards.kind_{petition.kind}"),
            topic=topic_shown(turn, petition, texts),
        )
    ]
    if petition.severity is Severity.URGENT:
        lines.insert(0, texts.get("cards.urgent"))
    content = turn.book.content(petition)
    place = _public_place(petition, content) if group else content.place
    if place:
        lines.append(texts.get("cards.place", place=_short(place)))
    lines.append(texts.get("cards.unit", unit=unit_shown(turn, petition, texts)))
    if petition.destination:
        lines.append(
            texts.get("cards.destination", destination=destination_shown(turn, petition.destination, texts))
        )
    lines.append(texts.get("cards.stage", stage=texts.get(f"cards.stage_{petition.stage}")))
    lines.append(texts.get("cards.officer", officer=officer_shown(turn, petition, texts)))
    if petition.withdraw_wish_at is not None and petition.stage not in _OVER:
        lines.append(texts.get("cards.withdraw_wish"))
    if petition.not_satisfied_at is not None and petition.stage in _DONE:
        lines.append(texts.get("cards.not_satisfied"))
    lines.append(due_line(turn, petition, texts))
    return "\n".join(line for line in lines if line)


def _sealed_lines(turn: Turn, petition: PetitionRecord, texts: Texts) -> str:
    lines = [
        texts.get("cards.urgent") if petition.severity is Severity.URGENT else "",
        texts.get("cards.class", kind=texts.get(f"cards.kind_{petition.kind}")),
        texts.get("cards.stage", stage=texts.get(f"cards.stage_{petition.stage}")),
        texts.get("cards.officer", officer=officer_shown(turn, petition, texts)),
        texts.get("cards.withdraw_wish") if petition.withdraw_wish_at and petition.stage not in _OVER else "",
        due_line(turn, petition, texts),
        texts.get("cards.sealed"),
    ]
    return "\n".join(line for line in lines if line)


def destination_shown(turn: Turn, destination: str, texts: Texts) -> str:
    """The outside authority's name for `outside:<code>`; for `outside` alone, that it is not known yet."""
    try:
        return turn.facts.agency.outside_authority(destination).name(texts.language)
    except UnknownCode:
        return texts.get("cards.outside_unknown")


def _actions(turn: Turn, petition: PetitionRecord, officer: OfficerRecord, texts: Texts) -> list[Button]:
    offered = actions_for(
        petition.stage,
        role=officer.role,
        kind=petition.kind,
        same_unit=in_unit(turn.facts.agency, officer, petition.unit),
        is_assigned=petition.officer_id == officer.id,
        confidential=petition.confidential,
    )
    return [_button(action, petition, texts) for action in offered if _makes_sense(petition, action)]


def _makes_sense(petition: PetitionRecord, action: Action) -> bool:
    """An answered petition is reopened only after its citizen objected; the table asks the history for
    that."""
    if action is Action.REOPEN and petition.stage is not Stage.WITHDRAWN:
        return petition.not_satisfied_at is not None
    return True


def _button(action: Action, petition: PetitionRecord, texts: Texts) -> Button:
    return Button(
        label=texts.get(f"cards.button_{action}"),
        token=Press(verb_of(action), petition.id).token,
        style="primary" if action in _PRIMARY else "",
    )


def _pairs(buttons: list[Button]) -> tuple[tuple[Button, ...], ...]:
    return tuple(tuple(buttons[at : at + 2]) for at in range(0, len(buttons), 2))


def _public_place(petition: PetitionRecord, content: PetitionContent) -> str:
    """Where it happened, as a group may read it: no home, no name, no phone that slipped into the answer."""
    place = content.place
    if petition.discreet or fold(place) == fold(content.address):
        return ""
    if content.name and fold(content.name) in fold(place):
        return ""
    for phone in reversed(find_phones(place)):
        place = place[: phone.span[0]] + "…" + place[phone.span[1] :]
    return place


def _short(words: str) -> str:
    line = " ".join(words.split())
    return line if len(line) <= _PLACE_SHOWN else line[: _PLACE_SHOWN - 1].rstrip() + "…"
