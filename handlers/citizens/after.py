"""After filing: adding, withdrawing, reopening, rating, objecting.

What the law of each kind allows is decided by the transition table; here it is asked, confirmed and told.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from handlers import cases
from handlers.citizens import form_papers, tracking
from handlers.citizens.chat import Chat, Rows, in_rows, petition_button
from handlers.citizens.form_state import is_lawful
from handlers.citizens.form_talk import Flow
from handlers.citizens.state import Ask, Asked
from handlers.citizens.wording import day, shown_code, unit_name
from handlers.officers.access import Access
from petitions.kinds import Action, Stage
from petitions.workflow import RefusalCode, Refused
from storage.records import PetitionRecord

LIGHT: Final = frozenset({"phan_anh", "kien_nghi"})
_REFUSALS: Final = frozenset(
    {
        RefusalCode.WRONG_STAGE,
        RefusalCode.ALREADY_REOPENED,
        RefusalCode.ALREADY_NOT_SATISFIED,
        RefusalCode.WRONG_KIND,
        RefusalCode.BAD_RATING,
    }
)


def own(chat: Chat, petition_id: int | None) -> PetitionRecord | None:
    """The petition, if this conversation may act on it; otherwise that is said and None given."""
    petition = chat.turn.book.petition(petition_id) if petition_id is not None else None
    if petition is None or tracking.access(chat, petition) is not Access.OWN:
        chat.say("citizen.not_yours")
        return None
    chat.me.about = petition.id
    chat.me.stranger = False
    return petition


def act(
    chat: Chat,
    petition: PetitionRecord,
    action: Action,
    *,
    text: str = "",
    reason: str = "",
    rating: int | None = None,
    file_ids: tuple[int, ...] = (),
    **given: Any,
) -> PetitionRecord | None:
    """Do it; a refusal of the table is told in plain words and gives None. `given`: more of `cases.Details`."""
    try:
        return cases.perform(
            chat.turn,
            petition.id,
            action,
            cases.CITIZEN,
            proven=petition.id in chat.me.proven,
            text=text,
            reason=reason,
            rating=rating,
            file_ids=file_ids,
            **given,
        )
    except cases.UnknownPetition:
        chat.say("citizen.not_yours")
    except Refused as refused:
        code = refused.code if refused.code in _REFUSALS else RefusalCode.WRONG_STAGE
        stage = chat.text(f"citizen.stage_{petition.stage}")
        chat.say(f"citizen.refused_{code}", code=shown_code(petition), stage=stage)
    return None


# --- adding


def add(
    chat: Chat,
    petition: PetitionRecord,
    text: str,
    file_ids: tuple[int, ...] = (),
    *,
    coalesce: str = "",
    delay: timedelta | None = None,
) -> None:
    """Words or files go to the petition; where an officer had asked, they are the answer.

    `coalesce` and `delay`: files of one album, or sent in a row, are answered together.
    """
    chat.close()
    waiting = petition.stage is Stage.WAITING_CITIZEN
    done = act(chat, petition, Action.CITIZEN_ADDS, text=text, file_ids=file_ids)
    if done is None:
        return
    key = "citizen.answer_passed_on" if waiting else "citizen.added"
    text = chat.text(key, code=shown_code(petition), unit=unit_name(chat, petition.unit))
    chat.send(text, coalesce=coalesce, delay=delay)


def ask_addition(chat: Chat, petition: PetitionRecord) -> None:
    """The citizen pressed "add": what comes next belongs to this petition."""
    if petition.stage is Stage.WITHDRAWN:
        offer_reopening(chat, petition, "")
        return
    chat.open(Ask.OFFICER, petition_id=petition.id)
    chat.say("citizen.ask_addition", code=shown_code(petition))


def ask_add_or_new(
    chat: Chat,
    petitions: list[PetitionRecord],
    text: str,
    file_ids: tuple[int, ...] = (),
    *,
    coalesce: str = "",
    delay: timedelta | None = None,
) -> None:
    """Does it belong to a petition, or is it something new?"""
    chat.open(Ask.ADD_OR_NEW, text=text, file_ids=file_ids, choices=[p.id for p in petitions])
    chat.send(
        chat.text("citizen.ask_add_or_new"), rows=_add_or_new(chat, petitions), coalesce=coalesce, delay=delay
    )


def add_or_new_rows(chat: Chat, ask: Asked) -> Rows:
    """The choices of that question while it is open."""
    return _add_or_new(chat, [p for p in map(chat.turn.book.petition, ask.choices) if p is not None])


def _add_or_new(chat: Chat, petitions: list[PetitionRecord]) -> Rows:
    made = [chat.labelled(chat.text("citizen.button_add_to", code=tracking.label(chat, p)), "addto", str(n))
            for n, p in enumerate(petitions)]  # fmt: skip
    made.append(chat.button("citizen.button_new_petition", "asnew"))
    made.append(chat.button("citizen.button_neither", "drop"))
    return in_rows(made)


# --- withdrawing


def ask_withdrawal(chat: Chat, petition: PetitionRecord, reason: str = "") -> None:
    """What withdrawing means, and whether that is wanted. The reason is welcome, not required."""
    if petition.stage in {Stage.WITHDRAWN, Stage.CLOSED, Stage.ANSWERED}:
        stage = chat.text(f"citizen.stage_{petition.stage}")
        chat.say("citizen.withdraw_too_late", code=shown_code(petition), stage=stage)
        return
    chat.open(Ask.WITHDRAW, petition_id=petition.id, text=reason)
    light = petition.kind.value in LIGHT
    key = "citizen.ask_withdraw" if light else "citizen.ask_withdraw_formal"
    chat.say(key, code=shown_code(petition), rows=_withdraw_rows(chat, light=light))


def take_reason(chat: Chat, petition: PetitionRecord, reason: str) -> None:
    """The reason for withdrawing is noted; the confirmation is still awaited."""
    ask = chat.me.ask
    if ask is not None:
        ask.text = f"{ask.text}\n{reason}".strip()
    light = petition.kind.value in LIGHT
    chat.say(
        "citizen.withdraw_reason_noted", code=shown_code(petition), rows=_withdraw_rows(chat, light=light)
    )


def _withdraw_rows(chat: Chat, *, light: bool) -> Rows:
    agree = "citizen.button_withdraw_yes" if light else "citizen.button_withdraw_wish"
    return (
        (chat.button(agree, "withdraw", style="danger"),),
        (chat.button("citizen.button_withdraw_no", "keepit"),),
    )


def withdraw(chat: Chat, petition: PetitionRecord, reason: str) -> None:
    """Withdraw it: at once where the citizen's word is enough, else as a wish that an officer completes."""
    chat.close()
    light = petition.kind.value in LIGHT
    action = Action.WITHDRAW if light else Action.ASK_WITHDRAW
    done = act(chat, petition, action, reason=reason, text=reason)
    if done is None:
        return
    key = "citizen.withdrawn" if light else "citizen.withdraw_wish_noted"
    chat.lead(
        key, code=shown_code(petition), date=day(chat, chat.turn.now), unit=unit_name(chat, petition.unit)
    )
    if not light and is_lawful(petition):
        form_papers.send(chat, done, Flow.WITHDRAWAL)
    chat.flush()


# --- reopening


def offer_reopening(chat: Chat, petition: PetitionRecord, text: str) -> None:
    """A withdrawn matter goes on: open it again, or hand in a new one linked to it."""
    chat.open(Ask.REOPEN, petition_id=petition.id, text=text)
    rows = (
        (chat.button("citizen.button_reopen_old", "reopenit", style="primary"),),
        (chat.button("citizen.button_linked_new", "linked"),),
        (chat.button("citizen.button_neither", "drop"),),
    )
    chat.say("citizen.ask_reopen", code=shown_code(petition), rows=rows)


def reopen(chat: Chat, petition: PetitionRecord, text: str) -> bool:
    """Open it again with its history; what was told is the reason. False where that is not allowed."""
    try:
        cases.perform(
            chat.turn,
            petition.id,
            Action.REOPEN,
            cases.CITIZEN,
            proven=petition.id in chat.me.proven,
            reason=text,
        )
    except Refused:
        return False
    chat.close()
    chat.say("citizen.reopened", code=shown_code(petition), unit=unit_name(chat, petition.unit))
    return True


# --- the answer judged


def ask_rating(chat: Chat, petition: PetitionRecord) -> None:
    row = tuple(petition_button(str(n), "rate", petition.id, str(n)) for n in range(1, 6))
    chat.say("citizen.ask_rating", code=shown_code(petition), rows=(row,))


def rate(chat: Chat, petition: PetitionRecord, stars: int) -> None:
    """Keep the rating; a low one offers the objection."""
    done = act(chat, petition, Action.RATE, rating=stars)
    if done is None:
        return
    rows: Rows = ()
    if stars <= 2 and done.not_satisfied_at is None:
        rows = ((petition_button(chat.text("citizen.button_unsatisfied"), "unsatisfied", petition.id),),)
    chat.say("citizen.rated", count=stars, rows=rows)


def ask_objection(chat: Chat, petition: PetitionRecord) -> None:
    """Not satisfied: in which point? Goes to the head of the unit, once."""
    if petition.not_satisfied_at is not None:
        chat.say("citizen.refused_already_not_satisfied", code=shown_code(petition), stage="")
        return
    chat.open(Ask.UNSATISFIED, petition_id=petition.id)
    rows = ((chat.button("citizen.button_send_objection", "object"),),)
    chat.say("citizen.ask_objection", rows=rows)


def object_to(chat: Chat, petition: PetitionRecord, reason: str) -> None:
    chat.close()
    done = act(chat, petition, Action.NOT_SATISFIED, reason=reason, text=reason)
    if done is not None:
        chat.say(
            "citizen.objection_passed_on", code=shown_code(petition), unit=unit_name(chat, petition.unit)
        )
