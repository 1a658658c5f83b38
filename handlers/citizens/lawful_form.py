"""The last metre of a complaint or denunciation: what the đơn still lacks is asked for, one field at a time.

Each answer goes into the petition at once, as an event of its own; what was filed never changes. Every field
may be left for the hand: a dotted line on paper.
"""

from __future__ import annotations

from typing import Any, Final

from handlers import cases
from handlers.citizens import after, form_papers, own_page, questions
from handlers.citizens.chat import Chat, Rows, petition_button
from handlers.citizens.form_answers import WORDY, Bad, read
from handlers.citizens.form_state import FormView, field_names, is_lawful, view_of, wants_form
from handlers.citizens.form_talk import Flow, FormTalk
from handlers.citizens.form_wishes import wish_in
from handlers.citizens.said import only
from handlers.citizens.state import REFS_KEPT, Ask, Asked
from handlers.citizens.wording import day, shown_code
from petitions.identity import masked_identity
from petitions.intents import Intent, Question, question
from petitions.kinds import Action, Kind
from petitions.text import fold
from petitions.workflow import Refused
from storage.records import PetitionRecord

IDENTITY: Final = ("identity_number", "identity_issued_on", "identity_issued_by")
_STORY: Final = 14
"""Words: so many that hold no answer tell something else."""
_ELSEWHERE: Final = frozenset({Intent.STATUS, Intent.MINE, Intent.HOW_MANY, Intent.WITHDRAW, Intent.HUMAN})
_BY_HAND: Final = ("dien tay", "de trong", "ghi tay", "viet tay", "by hand", "leave it blank", "leave blank")
_NEITHER: Final = frozenset({"khong co", "khong", "none", "no"})


# --- beginning and going on


def start(chat: Chat, petition: PetitionRecord, flow: Flow = Flow.MAIN) -> None:
    """What is there, what is missing, and the first question; or the papers where nothing is missing."""
    chat.close()
    chat.me.form = None
    view = view_of(chat.turn, petition, flow)
    if view is None:
        chat.say("form.no_paper", code=shown_code(petition))
        return
    if flow is Flow.MAIN and not wants_form(petition):
        not_needed(chat, petition)
        return
    chat.me.form = FormTalk(petition_id=petition.id, flow=flow)
    if view.to_ask and _may_tell(chat, petition):
        chat.lead_text(_summary(chat, view))
        chat.lead("form.one_by_one")
        if petition.kind is Kind.DENUNCIATION and own_page.is_offered(chat):
            chat.lead("citizen.own_page_secret", minutes=own_page.MINUTES)
            chat.beside.append(own_page.link(chat))
    go_on(chat)


def not_needed(chat: Chat, petition: PetitionRecord) -> None:
    """Why no form is filled in for this petition now."""
    if petition.formed_on is not None:
        chat.say("form.formed", code=shown_code(petition), date=day(chat, petition.formed_on))
    elif is_lawful(petition):
        stage = chat.text(f"citizen.stage_{petition.stage}")
        chat.say("form.too_late", code=shown_code(petition), stage=stage)
    else:
        form_papers.send(chat, petition)


def _summary(chat: Chat, view: FormView) -> str:
    texts = chat.turn.texts
    lacking = field_names(view.missing, texts)
    signature = chat.text("form.signature")
    lacking = f"{lacking}, {signature}" if lacking else signature
    lines = [chat.text("form.title", code=shown_code(view.petition))]
    if view.known:
        lines.append(chat.text("form.there", fields=field_names(view.known, texts)))
    lines.append(chat.text("form.lacking", fields=lacking))
    lines.append(chat.text("form.clock"))
    return "\n".join(lines)


def _may_tell(chat: Chat, petition: PetitionRecord) -> bool:
    """Whether something may still be told for the form at this stage."""
    try:
        cases.check(
            chat.turn, petition, Action.GIVE_FORM_VALUES, cases.CITIZEN, proven=petition.id in chat.me.proven
        )
    except Refused:
        return False
    return True


def go_on(chat: Chat) -> None:
    """Put the next question; when nothing is left, the papers."""
    talk = chat.me.form
    petition = after.own(chat, talk.petition_id) if talk is not None else None
    view = view_of(chat.turn, petition, talk.flow) if talk is not None and petition is not None else None
    if talk is None or petition is None or view is None:
        chat.me.form = None
        chat.close()
        return
    key = _next_key(talk, view) if _may_tell(chat, petition) else None
    if key is None:
        flow, chat.me.form = talk.flow, None
        chat.close()
        form_papers.send(chat, petition, flow)
        return
    put(chat, talk, view, key)


def _next_key(talk: FormTalk, view: FormView) -> str | None:
    if talk.single:
        return None
    wanted = list(view.to_ask)
    if talk.authorise and not view.data.authorised.name:
        wanted.insert(0, "authorised_name")
    return next((key for key in wanted if key not in talk.trail), None)


def put(chat: Chat, talk: FormTalk, view: FormView, key: str) -> None:
    """Ask for that field."""
    talk.key = key
    chat.open(Ask.FORM, petition_id=talk.petition_id)
    text, rows = _question(chat, talk, view, key)
    chat.send(text, rows=rows, petition_id=talk.petition_id, quiet=view.petition.discreet)
    if key == "representatives" and not chat.turn.capabilities.numbered:
        chat.me.offered = {}  # a number names a person of the list, not a button


def _question(chat: Chat, talk: FormTalk, view: FormView, key: str) -> tuple[str, Rows]:
    petition = view.petition

    def button(name: str, action: str, argument: str) -> Any:
        return petition_button(chat.text(f"form.{name}"), action, petition.id, argument)

    rows: list[tuple[Any, ...]] = []
    if key == "scope":
        rows.append((button("button_scope", "fscope", key),))
    rows.append((button("button_skip", "fskip", key), button("button_later", "flater", key)))
    text = chat.text(f"form.ask_{key}")
    if key == "representatives":
        numbered = chat.turn.capabilities.numbered
        if numbered:  # there a number means one of the lines below
            text = chat.text("chats.ask_representatives")
        names = [
            f"• {person.name}" if numbered else f"{number}. {person.name}"
            for number, person in enumerate(view.data.people, start=1)
        ]
        text = "\n".join([text, *names])
    if key == "people":
        text = chat.text(f"form.ask_people_{view.data.kind.value}")
    if key.endswith("identity_number") and chat.turn.capabilities.foreign and not talk.here:
        if own_page.is_offered(chat):
            rows.insert(0, (own_page.link(chat),))
            told = chat.text("citizen.identity_own_page", minutes=own_page.MINUTES)
        else:
            told = chat.text("citizen.identity_on_paper")
        whose = f"{text}\n\n" if key.startswith("authorised_") else ""
        return f"{whose}{told}", (*rows, (button("button_here", "fhere", key),))
    return text, tuple(rows)


def repeat(chat: Chat) -> None:
    """The pending question once more, after something else was answered or the chat was changed."""
    talk = chat.me.form
    petition = chat.turn.book.petition(talk.petition_id) if talk is not None else None
    view = view_of(chat.turn, petition, talk.flow) if talk is not None and petition is not None else None
    if talk is None or view is None:
        chat.flush()
        return
    if not talk.key:
        go_on(chat)
        return
    put(chat, talk, view, talk.key)


# --- answers


def take(chat: Chat, ask: Asked, text: str, found: frozenset[Intent]) -> bool:
    """Words while a field is asked for. False where they mean something else altogether."""
    talk = chat.me.form
    petition = after.own(chat, ask.petition_id) if talk is not None else None
    if talk is None or petition is None:
        chat.close()
        return petition is None and talk is not None
    folded = fold(text)
    if only(text, found, Intent.BACK):
        back(chat)
    elif only(text, found, Intent.CANCEL, Intent.LATER) or folded in _PAUSES:
        later(chat)
    elif only(text, found, Intent.DONE):
        finish(chat, talk)
    elif (
        only(text, found, Intent.SKIP, Intent.DONT_KNOW)
        or folded in _NEITHER
        or any(words in folded for words in _BY_HAND)
    ):
        skip(chat)
    elif only(text, found, Intent.HELP):
        chat.lead("form.help")
        repeat(chat)
    elif only(text, found, Intent.RESUME, Intent.YES, Intent.GREETING, Intent.THANKS):
        repeat(chat)
    elif talk.key not in WORDY and wish_in(text) is not None:
        chat.close()
        return False
    elif (asked := question(text)) is not None and _is_asked(talk.key, asked, text):
        chat.lead_text(questions.line(chat, asked, text))
        repeat(chat)
    elif found & _ELSEWHERE and only(text, found, *_ELSEWHERE):
        chat.close()
        return False
    else:
        return _answer(chat, talk, petition, talk.key, text)
    return True


def _is_asked(key: str, asked: Question, text: str) -> bool:
    """Whether a message asks something; where free words are awaited, only what is plainly a question does."""
    return key not in WORDY or (asked is not Question.OTHER and text.rstrip().endswith("?"))


_PAUSES: Final = frozenset(
    {"thoi", "de sau", "dung", "nghi", "thoi de sau", "lam sau", "stop", "later", "not now"}
)


def _answer(chat: Chat, talk: FormTalk, petition: PetitionRecord, key: str, text: str) -> bool:
    view = view_of(chat.turn, petition, talk.flow)
    if view is None:
        return False
    value = read(key, text, chat.today, view.data)
    if isinstance(value, Bad):
        if len(text.split()) > _STORY and key != "people":
            chat.close()
            return False
        by_name = chat.turn.capabilities.numbered and value.problem == "representatives_who"
        key = "chats.bad_representatives_who" if by_name else f"form.bad_{value.problem}"
        chat.lead(key, **value.params)
        if key.endswith("identity_number") and value.problem != "identity_none":
            talk.here = True  # told where it is better typed, the citizen types it here
        repeat(chat)
        return True
    if give(chat, petition, {key: value} | _told_where(chat, view, key)):
        _remember(chat, petition, key)
        _acknowledge(chat, key, value)
        if key not in talk.trail:
            talk.trail.append(key)
        go_on(chat)
    return True


def _told_where(chat: Chat, view: FormView, key: str) -> dict[str, Any]:
    """Whether an identity number was kept out of foreign messengers; its papers then stay out of them too."""
    private = not chat.turn.capabilities.foreign
    known = bool(view.values.get(form_papers.PRIVATE))
    return {form_papers.PRIVATE: private} if key.endswith("identity_number") and private != known else {}


def _acknowledge(chat: Chat, key: str, value: Any) -> None:
    """What was read, where it might have been read wrongly."""
    if key.endswith("identity_number"):
        chat.lead("form.took_identity", number=masked_identity(str(value)))
    elif key in {"people", "representatives"}:
        chat.lead(f"form.took_{key}", count=len(value))
    else:
        chat.lead("form.took")


def give(chat: Chat, petition: PetitionRecord, values: dict[str, Any]) -> bool:
    """Keep values for the form. False, and said so, where that is not possible any more."""
    done = after.act(chat, petition, Action.GIVE_FORM_VALUES, extra={"values": values})
    if done is None:
        return False
    book = chat.turn.book
    book.set_form_values(petition.id, book.form_values(petition.id) | values)
    return True


def skip(chat: Chat) -> None:
    """The field stays a dotted line; without its number an identity paper is not asked about further."""
    talk = chat.me.form
    if talk is None:
        return
    keys = [talk.key]
    if talk.key.endswith("identity_number"):
        prefix = talk.key.removesuffix("identity_number")
        keys = [f"{prefix}{key}" for key in IDENTITY]
    if talk.key == "authorised_name":
        talk.authorise = False
    talk.trail += [key for key in keys if key not in talk.trail]
    chat.lead("form.skipped")
    go_on(chat)


def back(chat: Chat) -> None:
    """The field before this one is asked again; its answer stays until another one is given."""
    talk = chat.me.form
    if talk is None:
        return
    if not talk.trail:
        chat.lead("citizen.first_question")
        repeat(chat)
        return
    talk.key = talk.trail.pop()
    chat.lead("citizen.went_back")
    repeat(chat)


def finish(chat: Chat, talk: FormTalk) -> None:
    """No more questions: what is still open is left for the hand."""
    talk.single = True
    go_on(chat)


def later(chat: Chat) -> None:
    """Enough for now: what was told stays, and the button goes on whenever it is pressed."""
    talk, chat.me.form = chat.me.form, None
    chat.close()
    if talk is not None:
        rows = (
            (petition_button(chat.text("form.button_form"), "form", talk.petition_id, talk.flow.value),),
            (petition_button(chat.text("form.button_papers"), "paper", talk.petition_id, talk.flow.value),),
        )
        chat.say("form.later", rows=rows)


def insist(chat: Chat) -> None:
    """Told of our own page, the citizen types the number here all the same."""
    if chat.me.form is not None:
        chat.me.form.here = True
        repeat(chat)


def _remember(chat: Chat, petition: PetitionRecord, key: str) -> None:
    if chat.ref:
        chat.me.form_refs[chat.ref] = f"{petition.id} {key}"
        while len(chat.me.form_refs) > REFS_KEPT:
            chat.me.form_refs.pop(next(iter(chat.me.form_refs)))
