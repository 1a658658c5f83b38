"""The card of a petition as one reader may see it: in a unit's group, or in an officer's private chat.

A group sees what the work needs and nothing about the person: code, kind, topic, place, unit, stage, who has
it, the date and why. A sealed case shows only its code and class, and only in private.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from handlers import competence
from handlers.messages import Button, Outgoing
from handlers.officers import clock_lines, matter_lines, routing_lines, told
from handlers.officers.access import Access, in_unit, officer_access, same_unit, sealed, unit_name
from handlers.officers.place_words import public_place, short
from handlers.officers.tokens import Press, verb_of
from handlers.official_situation import asks_for_paper
from petitions.agency import UnknownCode
from petitions.codes import TrackingCode
from petitions.kinds import Action, Role, Severity, Stage
from petitions.legal_checks import kept_open, settled_late, waits_to_be_sent
from petitions.reasons import ALL_CODES
from petitions.transition_groups import LAWFUL
from petitions.transition_rows import MAX_TRANSFERS
from petitions.workflow import actions_for

if TYPE_CHECKING:
    from handlers.texts import Texts
    from handlers.turn import Turn
    from storage.records import OfficerRecord, PetitionRecord

_IN_GROUP: Final = frozenset(
    {
        Action.TAKE,
        Action.ASSIGN,
        Action.START,
        Action.ASK_CITIZEN,
        Action.MESSAGE_CITIZEN,
        Action.ANSWER,
        Action.CLOSE,
        Action.TRANSFER,
        Action.NOTE,
        Action.VERIFY,
    }
)
"""Buttons of a group's card; what is rare, or for those who lead, is done in private."""
_PRIMARY: Final = frozenset(
    {
        Action.TAKE,
        Action.ANSWER,
        Action.CONFIRM_FORM,
        Action.ACCEPT,
        Action.DECIDE,
        Action.CONCLUDE,
        Action.TASK_DONE,
        Action.RULE_UNIT,
    }
)
_SHOWN_FIRST: Final = 8
"""Buttons of a case on its card; the others stand behind "more"."""

_OVER: Final = frozenset({Stage.CLOSED, Stage.WITHDRAWN})
_DONE: Final = frozenset({Stage.ANSWERED, Stage.CLOSED})


def shown_code(petition: PetitionRecord) -> str:
    """The code as people read it."""
    return str(TrackingCode(petition.code))


def private_card(turn: Turn, petition: PetitionRecord, officer: OfficerRecord, texts: Texts) -> Outgoing:
    """The card in the private chat of `officer`, with the buttons this officer may press now."""
    access = officer_access(turn.facts.agency, petition, officer)
    if access is Access.NONE:
        return gone_card(petition, texts)
    if petition.merged_into is not None:
        text = _merged_lines(turn, petition, texts)
    elif sealed(petition):
        text = _sealed_lines(turn, petition, texts)
    else:
        text = _lines(turn, petition, texts, group=False)
    buttons = first_actions(turn, petition, officer, texts) if access is Access.FULL else []
    if access is Access.FULL:
        buttons.append(Button(label=texts.get("cards.button_view"), token=Press("view", petition.id).token))
        buttons.append(Button(label=texts.get("cards.button_history"), token=Press("log", petition.id).token))
        buttons += _papers(turn, petition, officer, texts)
        buttons += matter_lines.buttons(petition, texts)
    return Outgoing(
        title=texts.get("cards.title", code=shown_code(petition)),
        text=text,
        rows=_pairs(buttons),
        monospace=(shown_code(petition),),
        protect=sealed(petition),
    )


def _papers(turn: Turn, petition: PetitionRecord, officer: OfficerRecord, texts: Texts) -> list[Button]:
    """The way to drafts of official papers, where the step at hand asks for one and this officer may note that it was
    made; of a sealed case only the console makes them."""
    if sealed(petition) or not asks_for_paper(petition, turn.book.clocks(petition.id).values()):
        return []
    note = Press(verb_of(Action.NOTE), petition.id).token
    if all(button.token != note for button in actions_of(turn, petition, officer, texts)):
        return []
    return [Button(label=texts.get("drafts.button"), token=Press("papers", petition.id).token)]


def group_card(turn: Turn, petition: PetitionRecord, texts: Texts, *, unit: str | None) -> Outgoing:
    """The card in the group of `unit`. A case that went elsewhere, or is sealed, keeps only its code
    there."""
    if sealed(petition) or unit is None or not same_unit(turn.facts.agency, unit, petition.unit):
        return gone_card(petition, texts)
    merged = petition.merged_into is not None
    offered = (
        () if merged else actions_for(petition.stage, role=Role.HEAD, kind=petition.kind, same_unit=True)
    )
    agency = turn.facts.agency
    buttons = [
        _button(action, petition, texts)
        for action in offered
        if action in _IN_GROUP and not competence.locked(agency, petition, action)
    ]
    buttons.append(Button(label=texts.get("cards.button_view"), token=Press("view", petition.id).token))
    buttons += matter_lines.buttons(petition, texts)
    return Outgoing(
        title=texts.get("cards.title", code=shown_code(petition)),
        text=_merged_lines(turn, petition, texts) if merged else _lines(turn, petition, texts, group=True),
        rows=_pairs(buttons),
        monospace=(shown_code(petition),),
    )


def _merged_lines(turn: Turn, petition: PetitionRecord, texts: Texts) -> str:
    """All that a merged petition's card says: the work, the dates and the matter itself stand in its lead's."""
    lines = [
        *matter_lines.lines(turn, petition, texts),
        texts.get("cards.stage", stage=texts.get(f"cards.stage_{petition.stage}")),
        *_wishes(petition, texts),
        told.card_line(turn, petition, texts),
    ]
    return "\n".join(line for line in lines if line)


def _wishes(petition: PetitionRecord, texts: Texts) -> list[str]:
    """What the petitioner wants of the office beside the matter itself."""
    lines = []
    if petition.withdraw_wish_at is not None and petition.stage not in _OVER:
        lines.append(texts.get("cards.withdraw_wish"))
    if petition.not_satisfied_at is not None and petition.stage in _DONE:
        lines.append(texts.get("cards.not_satisfied"))
    return lines


def gone_card(petition: PetitionRecord, texts: Texts) -> Outgoing:
    """What is left of a card where the case may no longer be seen: no kind, no unit, no button."""
    return Outgoing(
        text=texts.get("cards.gone", code=shown_code(petition)), monospace=(shown_code(petition),)
    )


def shown_date(day: date, texts: Texts) -> str:
    """A date as people write it here, day first."""
    return texts.get("cards.date", day=f"{day.day:02d}", month=f"{day.month:02d}", year=day.year)


def shown_moment(at: datetime, texts: Texts) -> str:
    """Day and hour as people write them here; `at` in the office's zone."""
    return texts.get("cards.moment", time=f"{at:%H:%M}", date=shown_date(at.date(), texts))


def due_line(turn: Turn, petition: PetitionRecord, texts: Texts) -> str:
    """The legal limits of the case with their reasons; empty where none runs."""
    return "\n".join(clock_lines.officer_lines(turn, petition, texts))


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
    place = public_place(petition, content) if group else content.place
    if place:
        lines.append(texts.get("cards.place", place=short(place)))
    lines.append(texts.get("cards.unit", unit=unit_shown(turn, petition, texts)))
    lines.append(routing_lines.card_line(turn, petition, texts))
    if petition.destination:
        lines.append(
            texts.get("cards.destination", destination=destination_shown(turn, petition.destination, texts))
        )
    lines.append(texts.get("cards.stage", stage=texts.get(f"cards.stage_{petition.stage}")))
    lines.append(texts.get("cards.officer", officer=officer_shown(turn, petition, texts)))
    lines += _wishes(petition, texts)
    lines += _legal_lines(turn, petition, texts)
    lines.append(told.card_line(turn, petition, texts))
    return "\n".join(line for line in lines if line)


def _legal_lines(turn: Turn, petition: PetitionRecord, texts: Texts) -> list[str]:
    """How the case stands in law, its limits, and what is to be carried out."""
    lines = [*standing_lines(turn, petition, texts), due_line(turn, petition, texts)]
    if petition.stage is Stage.ENFORCING:
        lines += _task_lines(turn, petition, texts)
    return lines


def standing_lines(turn: Turn, petition: PetitionRecord, texts: Texts) -> list[str]:
    """How the case stands: with others on its matter; in law its instance, outcome and form; what was asked."""
    zone = turn.facts.agency.zone

    def day(at: datetime) -> str:
        return shown_date(at.astimezone(zone).date(), texts)

    lines = matter_lines.lines(turn, petition, texts)
    if petition.instance > 1:
        lines.append(texts.get("cards.instance_second"))
    if petition.bound:
        lines.append(texts.get("cards.bound"))
    if petition.outcome and petition.outcome in ALL_CODES:
        lines.append(texts.get("cards.outcome", outcome=texts.get(f"reasons.short_{petition.outcome}")))
    if petition.formed_on is not None:
        formed, first = shown_date(petition.formed_on, texts), day(petition.first_message_at)
        lines.append(texts.get("cards.formed", date=formed, first=first))
    elif petition.kind in LAWFUL and petition.stage in _BEFORE_FORM and not petition.destination:
        if petition.form_given_at is not None:
            lines.append(texts.get("cards.form_given", date=day(petition.form_given_at)))
        else:
            lines.append(texts.get("cards.form_waiting"))
        if petition.visit_at is not None:
            moment = shown_moment(petition.visit_at.astimezone(zone), texts)
            lines.append(texts.get("cards.visit", moment=moment))
    if petition.asked_at is not None and petition.stage not in _OVER:
        lines.append(texts.get("cards.asked", date=day(petition.asked_at)))
    return lines


_BEFORE_FORM: Final = frozenset({Stage.RECEIVED, Stage.ASSIGNED, Stage.IN_PROGRESS, Stage.WAITING_CITIZEN})


def _task_lines(turn: Turn, petition: PetitionRecord, texts: Texts) -> list[str]:
    lines = []
    for task in turn.book.tasks(petition.id):
        if task.done_on is not None:
            continue
        officer = turn.book.officer(task.officer_id) if task.officer_id is not None else None
        name = officer_name(officer, texts) if officer is not None else texts.get("cards.nobody")
        what = short(task.what) if not sealed(petition) else texts.get("cards.task_sealed")
        lines.append(
            texts.get("cards.task_line", what=what, date=shown_date(task.due_on, texts), officer=name)
        )
    return lines


def _sealed_lines(turn: Turn, petition: PetitionRecord, texts: Texts) -> str:
    lines = [
        texts.get("cards.urgent") if petition.severity is Severity.URGENT else "",
        texts.get("cards.class", kind=texts.get(f"cards.kind_{petition.kind}")),
        routing_lines.must_move_line(turn, petition, texts),
        texts.get("cards.stage", stage=texts.get(f"cards.stage_{petition.stage}")),
        texts.get("cards.officer", officer=officer_shown(turn, petition, texts)),
        texts.get("cards.withdraw_wish") if petition.withdraw_wish_at and petition.stage not in _OVER else "",
        *_legal_lines(turn, petition, texts),
        told.card_line(turn, petition, texts),
        texts.get("cards.sealed"),
    ]
    return "\n".join(line for line in lines if line)


def destination_shown(turn: Turn, destination: str, texts: Texts) -> str:
    """The outside authority's name for `outside:<code>`; for `outside` alone, that it is not known yet."""
    try:
        return turn.facts.agency.outside_authority(destination).name(texts.language)
    except UnknownCode:
        return texts.get("cards.outside_unknown")


def actions_of(turn: Turn, petition: PetitionRecord, officer: OfficerRecord, texts: Texts) -> list[Button]:
    """Everything this officer may do with the case now, what moves it first."""
    from handlers.cases import done_to

    agency = turn.facts.agency
    if competence.is_accused(petition, officer):
        return []
    offered = actions_for(
        petition.stage,
        role=officer.role,
        kind=petition.kind,
        same_unit=in_unit(agency, officer, petition.unit),
        is_assigned=petition.officer_id == officer.id,
        confidential=petition.confidential,
        in_focal=in_unit(agency, officer, agency.focal_unit),
        done=done_to(petition),
    )
    return [
        _button(action, petition, texts)
        for action in offered
        if _makes_sense(turn, petition, action, officer) and not competence.locked(agency, petition, action)
    ]


def first_actions(turn: Turn, petition: PetitionRecord, officer: OfficerRecord, texts: Texts) -> list[Button]:
    """The buttons of the card: what is done most, and a way to the others where they are many."""
    every = actions_of(turn, petition, officer, texts)
    if len(every) <= _SHOWN_FIRST + 4:
        return every
    more = Button(label=texts.get("cards.button_more"), token=Press("more", petition.id).token)
    return [*every[:_SHOWN_FIRST], more]


def _makes_sense(turn: Turn, petition: PetitionRecord, action: Action, officer: OfficerRecord) -> bool:
    """What the law or the history would refuse anyway is not offered."""
    agency = turn.facts.agency
    match action:
        case Action.CONFIRM_FORM | Action.REQUEST_SUPPLEMENT:
            return petition.formed_on is None or petition.kind not in LAWFUL
        case Action.FIND_COMPLEX:
            return not petition.complex
        case Action.EXTEND:
            return petition.extensions < 2
        case Action.RULE_UNIT:
            deciding = agency.leadership_unit if officer.role is Role.DIRECTOR else agency.focal_unit
            here = same_unit(agency, petition.unit, agency.focal_unit)
            contested = petition.transfers > 0 and (here or same_unit(agency, petition.unit, deciding))
            again = petition.transfers > MAX_TRANSFERS and officer.role is Role.DIRECTOR
            return (contested and not petition.bound) or again or competence.must_move(agency, petition)
        case Action.REFUSE_TRANSFER:
            return not petition.bound and in_unit(agency, officer, petition.unit)
        case Action.TRANSFER:
            few = petition.transfers <= MAX_TRANSFERS
            return few and (not petition.bound or officer.role is Role.DIRECTOR)
        case Action.PASS_ON | Action.GUIDE | Action.SCREEN_DUPLICATE:
            return petition.stage is not Stage.RECEIVED
        case Action.GO_UP:
            today = turn.now.astimezone(agency.zone).date()
            return settled_late(turn.book.clocks(petition.id).values(), today)
        case Action.SEND_DECISION:
            return waits_to_be_sent(turn.book.clocks(petition.id).values())
        case Action.CLOSE:
            return not kept_open(turn.book.clocks(petition.id).values())
        case _:
            return True


def _button(action: Action, petition: PetitionRecord, texts: Texts) -> Button:
    return Button(
        label=texts.get(f"cards.button_{action}"),
        token=Press(verb_of(action), petition.id).token,
        style="primary" if action in _PRIMARY else "",
    )


def _pairs(buttons: list[Button]) -> tuple[tuple[Button, ...], ...]:
    return tuple(tuple(buttons[at : at + 2]) for at in range(0, len(buttons), 2))
