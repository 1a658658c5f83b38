"""Going on after a first result: a second complaint, or up to the superior because the time has passed.

A second complaint is a petition of its own, linked to the first and sent to the competent superior; the first
one notes it, so that its decision does not take effect (Luật Khiếu nại Đ33 k1, Đ44).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from handlers import case_clocks, cases, gathering
from handlers.case_details import Details
from handlers.citizens import drafting, person, prompts
from handlers.citizens.chat import petition_button
from handlers.citizens.state import Ask
from handlers.citizens.wording import day, shown_code
from petitions.kinds import Action, Kind, Stage
from petitions.legal_checks import settled_late
from petitions.transition_groups import AFTERWARDS, SETTLING_STAGES
from petitions.workflow import RefusalCode, Refused

if TYPE_CHECKING:
    from handlers.citizens.chat import Chat
    from handlers.citizens.state import Draft
    from handlers.messages import Button
    from storage.records import PetitionRecord

_GOES_ON: Final = SETTLING_STAGES | AFTERWARDS | {Stage.CLOSED}
AGAIN: Final = "again"
GO_UP: Final = "goup"


def buttons(chat: Chat, petition: PetitionRecord) -> list[Button]:
    """Ways further that are open now."""
    made = []
    if petition.kind is Kind.COMPLAINT and _may_complain_again(chat, petition):
        made.append(petition_button(chat.text("citizen.button_again"), AGAIN, petition.id))
    if petition.kind is Kind.DENUNCIATION and petition.stage in SETTLING_STAGES and _is_late(chat, petition):
        made.append(petition_button(chat.text("citizen.button_go_up"), GO_UP, petition.id))
    return made


def _may_complain_again(chat: Chat, petition: PetitionRecord) -> bool:
    if petition.instance > 1 or petition.stage not in _GOES_ON:
        return False
    return _refusal(chat, petition, Action.COMPLAIN_AGAIN) is None


def _is_late(chat: Chat, petition: PetitionRecord) -> bool:
    return settled_late(chat.turn.book.clocks(petition.id).values(), chat.today)


def offer_again(chat: Chat, petition: PetitionRecord) -> None:
    """What a second complaint is, and what it should say; checked by the table before anything is asked."""
    refused = _refusal(chat, petition, Action.COMPLAIN_AGAIN)
    if refused is not None:
        _say_refused(chat, petition, refused)
        return
    chat.open(Ask.AGAIN, petition_id=petition.id)
    rows = ((chat.button("citizen.button_not_again", "drop"),),)
    chat.say("citizen.ask_again", code=shown_code(petition), rows=rows)


def go_up(chat: Chat, petition: PetitionRecord) -> None:
    """The overdue denunciation is brought before the superior."""
    try:
        cases.perform(
            chat.turn, petition.id, Action.GO_UP, cases.CITIZEN, proven=petition.id in chat.me.proven
        )
    except Refused as refused:
        _say_refused(chat, petition, refused)
        return
    parent = chat.agency.office.parent_code
    if parent is None:
        chat.say("citizen.gone_up_plain", code=shown_code(petition))
        return
    authority = chat.agency.outside_authority(parent).name(chat.turn.language)
    chat.say("citizen.gone_up", code=shown_code(petition), authority=authority)


def take_again(chat: Chat, petition: PetitionRecord, text: str) -> None:
    """The citizen said why: a second petition begins, with what the first one knows already."""
    chat.close()
    draft = drafting.begin(chat, Kind.COMPLAINT)
    draft.kind_chosen = True
    draft.linked_to = petition.id
    draft.again = True
    if petition.topic is not None:
        draft.topic, draft.topic_chosen = petition.topic, True
    drafting.tell(chat, draft, text, chat.ref)
    person.take_over(chat, draft, petition)
    chat.lead("citizen.again_started", code=shown_code(petition))
    prompts.advance(chat)


def note_in_first(chat: Chat, draft: Draft) -> bool:
    """Note in the first petition that its complainant goes on. False where that is not open any more."""
    try:
        cases.perform(
            chat.turn,
            draft.linked_to or 0,
            Action.COMPLAIN_AGAIN,
            cases.CITIZEN,
            proven=draft.linked_to in chat.me.proven,
        )
    except (Refused, cases.UnknownPetition):
        return False
    return True


def _refusal(chat: Chat, petition: PetitionRecord, action: Action) -> Refused | None:
    """Why the action would be refused, without doing it."""
    try:
        row = cases.check(chat.turn, petition, action, cases.CITIZEN, proven=petition.id in chat.me.proven)
        clocks = chat.turn.book.clocks(petition.id)
        law = gathering.in_law(chat.turn, petition, clocks, action)
        case_clocks.check(chat.turn, *law, row, Details(), chat.today)
    except Refused as refused:
        return refused
    return None


_SAID: Final = frozenset(
    {
        RefusalCode.SECOND_TOO_EARLY,
        RefusalCode.SECOND_TOO_LATE,
        RefusalCode.SECOND_NOT_OPEN,
        RefusalCode.NOT_OVERDUE,
        RefusalCode.ALREADY_DONE,
    }
)


def _say_refused(chat: Chat, petition: PetitionRecord, refused: Refused) -> None:
    code = refused.code if refused.code in _SAID else RefusalCode.WRONG_STAGE
    due = refused.params.get("due")
    told = chat.text(
        f"citizen.refused_{code}",
        code=shown_code(petition),
        stage=chat.text(f"citizen.stage_{petition.stage}"),
        due=day(chat, due) if due is not None else "",
    )
    chat.send(told)
