"""Words about the đơn of a filed petition, where no button was pressed: "in đơn cho tôi", "tôi muốn ủy quyền"."""

from __future__ import annotations

from handlers.citizens import after, form_changes, form_pages, form_presses, lawful_form, tracking
from handlers.citizens.chat import Chat, in_rows
from handlers.citizens.form_state import is_lawful, wants_form
from handlers.citizens.form_wishes import wish_in
from handlers.citizens.said import only
from handlers.citizens.state import Ask
from petitions.intents import Intent, intents
from petitions.kinds import Kind, Stage
from storage.records import PetitionRecord


def take(chat: Chat, text: str) -> bool:
    """Words that go on with a đơn, or ask for one. False for anything else."""
    known = chat.me.filed or chat.me.proven or chat.me.about is not None
    if not known:
        return False
    found = intents(text)
    if _goes_on(chat, text, found):
        return True
    wish = wish_in(text)
    if wish is None:
        return False
    _for_one(chat, wish)
    return True


def _goes_on(chat: Chat, text: str, found: frozenset[Intent]) -> bool:
    """ "xong" after pages that were sent, "tiếp tục" after questions left aside."""
    pages, form = chat.me.pages, chat.me.form
    if pages is not None and pages.file_ids and not pages.handed_in and only(text, found, Intent.DONE):
        petition = after.own(chat, pages.petition_id)
        if petition is not None:
            form_pages.hand_in(chat, petition, pages.flow)
        return True
    if form is not None and only(text, found, Intent.RESUME):
        petition = after.own(chat, form.petition_id)
        if petition is not None:
            lawful_form.start(chat, petition, form.flow)
        return True
    return False


def _for_one(chat: Chat, wish: str) -> None:
    """Do it with the petition meant: the one spoken of, else the only one it fits."""
    own = [petition for petition in tracking.mine(chat) if petition.stage is not Stage.WITHDRAWN]
    fits = [petition for petition in own if _fits(petition, wish)] or own
    about = next((petition for petition in fits if petition.id == chat.me.about), None)
    if about is not None or len(fits) == 1:
        do(chat, about or fits[0], wish)
    elif not fits:
        tracking.ask_code(chat)
    else:
        shown = fits[: tracking.LISTED]
        chat.open(Ask.WHICH, text=wish, choices=[petition.id for petition in shown])
        rows = in_rows([chat.labelled(tracking.label(chat, p), "which", str(n)) for n, p in enumerate(shown)])
        chat.say("citizen.ask_which", rows=rows)


def _fits(petition: PetitionRecord, wish: str) -> bool:
    if wish == "paper":
        return petition.kind is not Kind.ANONYMOUS_TIP
    if wish == "authorise":
        return petition.kind is Kind.COMPLAINT and wants_form(petition)
    return wants_form(petition)


def do(chat: Chat, petition: PetitionRecord, wish: str) -> bool:
    """What was wished, for this petition. False where it is no wish of ours."""
    if wish == "authorise":
        if petition.kind not in {Kind.COMPLAINT, Kind.DENUNCIATION}:
            chat.close()
            chat.say("form.no_authorisation_light")
        else:
            form_changes.authorise(chat, petition)
        return True
    if wish in {"form", "visit"} and not is_lawful(petition):
        wish = "paper"
    return form_presses.press(chat, petition, wish, "m")
