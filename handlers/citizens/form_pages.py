"""The signed đơn comes back: photographed page by page, or as one PDF signed electronically.

Photos sent one by one or as an album are one hand-in, made when the citizen says so. Each page is looked at in
the background; what could be better is said kindly, and whether it will do the officer decides.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from handlers.citizens import after, in_a_row, lawful_form
from handlers.citizens.chat import Chat, Rows, in_rows, petition_button
from handlers.citizens.form_state import ESIGNED, PAGE, wants_form
from handlers.citizens.form_talk import Flow, PagesTalk, Way
from handlers.citizens.form_wishes import wish_in
from handlers.citizens.said import only
from handlers.citizens.state import Ask, Asked, load, save
from handlers.citizens.wording import shown_code, unit_name
from handlers.form_findings import is_sound, page_words, problems, signature_words
from handlers.messages import FileKind, Files, IncomingFile
from handlers.turn import Turn
from petitions.intents import Intent, question
from petitions.kinds import Action
from storage.records import FileRecord, FileStatus, PetitionRecord, TimerRecord

TIMER: Final = "paper_checked"
"""Name of the timer that wakes this up when a page or signature was looked at; its data are `file` (id) and
`petition`."""
_PAPERS: Final = frozenset({FileKind.PHOTO, FileKind.DOCUMENT})
_GONE: Final = frozenset({FileStatus.REFUSED, FileStatus.FAILED})
_KEPT: Final = timedelta(days=14)
"""Pages lying about longer are not taken for the beginning of a new hand-in."""
_SHORT: Final = 8
_ELSEWHERE: Final = frozenset(
    {Intent.STATUS, Intent.MINE, Intent.HOW_MANY, Intent.WITHDRAW, Intent.HUMAN, Intent.MENU, Intent.HELP}
)


# --- asking for it


def start(chat: Chat, petition: PetitionRecord, flow: Flow, way: Way) -> None:
    """The citizen chose this way: what to send, and how to make it readable."""
    if not _may_come(chat, petition, flow):
        return
    pages = _open(chat, petition, flow)
    pages.way = way
    chat.me.form = None
    chat.open(Ask.PAGES, petition_id=petition.id)
    key = "form.ask_pages" if way is Way.PHOTOS else "form.ask_esigned"
    if way is Way.PHOTOS and pages.file_ids and not pages.handed_in:
        chat.lead("form.pages_before", count=len(pages.file_ids))
    chat.say(key, rows=_waiting_rows(chat, pages))


def _may_come(chat: Chat, petition: PetitionRecord, flow: Flow) -> bool:
    """A withdrawal may be signed at any time; the đơn until the officer confirmed it."""
    if flow is Flow.WITHDRAWAL or wants_form(petition):
        return True
    lawful_form.not_needed(chat, petition)
    return False


def _open(chat: Chat, petition: PetitionRecord, flow: Flow) -> PagesTalk:
    """The pages under way for this paper; a new bundle where there is none, or it was handed in."""
    pages = chat.me.pages
    stale = pages is not None and chat.turn.now - pages.at > _KEPT
    if pages is None or stale or pages.handed_in or (pages.petition_id, pages.flow) != (petition.id, flow):
        pages = PagesTalk(petition_id=petition.id, flow=flow, at=chat.turn.now)
        chat.me.pages = pages
    return pages


def _waiting_rows(chat: Chat, pages: PagesTalk) -> Rows:
    made = []
    if pages.file_ids and not pages.handed_in:
        made.append(
            petition_button(chat.text("form.button_hand_in"), "handin", pages.petition_id, pages.flow.value)
        )
    made.append(
        petition_button(chat.text("form.button_other_way"), "paper", pages.petition_id, pages.flow.value)
    )
    return in_rows(made, 2)


# --- files


def take_files(chat: Chat, content: Files, taken: list[int]) -> bool:
    """Files while the signed paper is awaited. False where they are something else."""
    ask, pages = chat.me.ask, chat.me.pages
    if pages is None or ask is None or ask.what is not Ask.PAGES:
        return False
    petition = after.own(chat, pages.petition_id)
    if petition is None:
        return True
    kind = content.files[0].kind
    if kind not in _PAPERS:
        chat.lead("form.pages_only")
        return False
    pages.at = chat.turn.now
    if pages.way is Way.SIGNED and kind is FileKind.DOCUMENT:
        _take_signed(chat, petition, pages, content.files[0], taken)
        return True
    if pages.way is Way.SIGNED:
        pages.way = Way.PHOTOS
        if not pages.file_ids:
            chat.lead("form.photos_instead")
    chat.turn.book.set_purpose(taken, PAGE)
    alone = not content.album or in_a_row.is_first(chat, content)
    if pages.replace is not None or (len(pages.bad) == 1 and alone):
        _sent_again(chat, petition, pages, taken)
        return True
    if pages.handed_in:
        if _perform(chat, petition, pages, taken):
            pages.file_ids += taken
            chat.send(
                chat.text("form.page_more_handed_in", code=shown_code(petition)),
                coalesce=f"album:{content.album}" if content.album else "",
                delay=in_a_row.quiet(chat, content),
            )
        return True
    pages.file_ids += taken
    if content.album and content.album == pages.album:
        pages.album_count += len(taken)
    else:
        pages.album, pages.album_count = content.album, len(taken)
    text = chat.text("form.pages_kept", count=pages.album_count, total=len(pages.file_ids))
    text = in_a_row.says(chat, content, text)
    leads, chat.leads = chat.leads, []
    chat.send(
        "\n\n".join([*leads, text]),
        rows=_waiting_rows(chat, pages),
        coalesce=f"album:{content.album}" if content.album else "",
        delay=in_a_row.quiet(chat, content),
        petition_id=petition.id,
        quiet=petition.discreet,
    )
    return True


def _take_signed(
    chat: Chat, petition: PetitionRecord, pages: PagesTalk, file: IncomingFile, taken: list[int]
) -> None:
    """A PDF is handed in at once; what its signature says follows when it was looked at."""
    is_pdf = file.mime == "application/pdf" or file.name.lower().endswith(".pdf")
    if not is_pdf:
        chat.turn.book.forget_files(taken)
        chat.say("form.not_pdf", rows=_waiting_rows(chat, pages))
        return
    chat.turn.book.set_purpose(taken, ESIGNED)
    pages.file_ids = list(taken)
    if _perform(chat, petition, pages, taken):
        pages.handed_in = True
        chat.close()
        chat.say("form.esigned_taken", code=shown_code(petition))


def _sent_again(chat: Chat, petition: PetitionRecord, pages: PagesTalk, taken: list[int]) -> None:
    """A page that could not be read comes anew and takes the place of the first one."""
    guessed = pages.replace is None
    old = pages.bad[0] if pages.replace is None else pages.replace
    number = pages.file_ids.index(old) + 1 if old in pages.file_ids else len(pages.file_ids) + 1
    pages.bad = [page for page in pages.bad if page != old]
    pages.replace = None
    pages.file_ids = [*pages.file_ids[: number - 1], *taken, *pages.file_ids[number:]]
    if pages.handed_in:
        if _perform(chat, petition, pages, taken, replaces=old):
            if not pages.bad:
                chat.close()
            chat.say("form.page_again_handed_in", page=number, code=shown_code(petition))
        return
    pages.replaced.append(old)
    rows = _waiting_rows(chat, pages)
    if guessed:
        button = petition_button(chat.text("form.button_other_page"), "notagain", petition.id, str(taken[0]))
        rows = ((button,), *rows)
    chat.say("form.page_again_kept", page=number, total=len(pages.file_ids), rows=rows)


# --- words


def take_words(chat: Chat, ask: Asked, text: str, found: frozenset[Intent]) -> bool:
    """Words while the signed paper is awaited: done, enough, something else."""
    petition = after.own(chat, ask.petition_id)
    pages = chat.me.pages
    if petition is None or pages is None:
        chat.close()
        return petition is None
    if Intent.DONE in found or only(text, found, Intent.CONFIRM, Intent.YES):
        hand_in(chat, petition, pages.flow)
    elif only(text, found, Intent.CANCEL, Intent.LATER, Intent.BACK, Intent.NO):
        stop(chat, petition)
    elif question(text) is not None or found & _ELSEWHERE or len(text.split()) > _SHORT or wish_in(text):
        chat.close()
        return False
    else:
        chat.say(
            "form.ask_pages" if pages.way is Way.PHOTOS else "form.ask_esigned",
            rows=_waiting_rows(chat, pages),
        )
    return True


def again(chat: Chat) -> None:
    """After a sticker or the like: what is awaited, once more."""
    pages = chat.me.pages
    if pages is None:
        chat.flush()
        return
    key = "form.ask_pages" if pages.way is Way.PHOTOS else "form.ask_esigned"
    chat.say(key, rows=_waiting_rows(chat, pages))


def stop(chat: Chat, petition: PetitionRecord) -> None:
    """Not now. The pages sent so far are kept for a while; nothing is handed in."""
    chat.close()
    pages = chat.me.pages
    flow = pages.flow if pages is not None else Flow.MAIN
    kept = pages is not None and bool(pages.file_ids) and not pages.handed_in
    rows = ((petition_button(chat.text("form.button_papers"), "paper", petition.id, flow.value),),)
    chat.say("form.pages_stopped_kept" if kept else "form.pages_stopped", rows=rows)


def retake(chat: Chat, petition: PetitionRecord, file_id: int) -> None:
    """The citizen sends this page again."""
    pages = chat.me.pages
    if pages is None or pages.petition_id != petition.id or file_id not in pages.file_ids:
        chat.say("form.page_replaced_before")
        return
    if not _may_come(chat, petition, pages.flow):
        return
    pages.replace = file_id
    pages.way = Way.PHOTOS
    chat.open(Ask.PAGES, petition_id=petition.id)
    chat.say("form.ask_page_again", page=pages.file_ids.index(file_id) + 1)


def not_again(chat: Chat, petition: PetitionRecord, file_id: int) -> None:
    """The photo was another page after all: the page before it comes back, the photo goes to the end."""
    pages = chat.me.pages
    if pages is None or pages.handed_in or file_id not in pages.file_ids or not pages.replaced:
        chat.say("form.page_replaced_before")
        return
    old = pages.replaced.pop()
    place = pages.file_ids.index(file_id)
    pages.file_ids = [*pages.file_ids[:place], old, *pages.file_ids[place + 1 :], file_id]
    pages.bad = [page for page in pages.file_ids if page in {*pages.bad, old}]
    chat.open(Ask.PAGES, petition_id=petition.id)
    chat.say("form.page_is_other", total=len(pages.file_ids), rows=_waiting_rows(chat, pages))


# --- handing in


def hand_in(chat: Chat, petition: PetitionRecord, flow: Flow) -> None:
    """All pages together, as one hand-in; pressed twice it is one."""
    pages = chat.me.pages
    if pages is None or (pages.petition_id, pages.flow) != (petition.id, flow):
        start(chat, petition, flow, Way.PHOTOS)
        return
    if pages.handed_in:
        chat.close()
        chat.say("form.handed_in_before", code=shown_code(petition))
        return
    kept = [file_id for file_id in pages.file_ids if _is_here(chat.turn.book.file_by_id(file_id))]
    if not kept:
        chat.say("form.no_pages", rows=_waiting_rows(chat, pages))
        return
    if not _perform(chat, petition, pages, kept):
        return
    chat.turn.book.forget_files(pages.replaced)
    pages.file_ids, pages.handed_in = kept, True
    pages.replaced.clear()
    chat.close()
    key = "form.handed_in" if flow is Flow.MAIN else "form.withdrawal_handed_in"
    chat.send(
        chat.text(key, count=len(kept), code=shown_code(petition), unit=unit_name(chat, petition.unit)),
        petition_id=petition.id,
        legal=True,
        quiet=petition.discreet,
    )


def _is_here(file: FileRecord | None) -> bool:
    return file is not None and file.status not in _GONE


def _perform(
    chat: Chat,
    petition: PetitionRecord,
    pages: PagesTalk,
    file_ids: list[int],
    *,
    replaces: int | None = None,
) -> bool:
    """Into the petition: the đơn as a hand-in that an officer confirms, a withdrawal as what was asked for."""
    extra: dict[str, object] = {"way": pages.way.value}
    if replaces is not None:
        extra["replaces"] = replaces
    if pages.flow is Flow.MAIN:
        done = after.act(chat, petition, Action.HAND_IN_FORM, file_ids=tuple(file_ids), extra=extra)
    else:
        words = chat.turn.facts.catalogue.language("vi").get("form.withdrawal_signed")
        done = after.act(
            chat, petition, Action.CITIZEN_ADDS, text=words, file_ids=tuple(file_ids), extra=extra
        )
    return done is not None


# --- what the check found


def fire(turn: Turn, timer: TimerRecord) -> None:
    """A page or a signature was looked at: say what could be better. To somebody in danger, nothing."""
    file = turn.book.file_by_id(int(timer.data.get("file", 0)))
    state = load(turn.talk)
    if file is None or file.finding is None or state.danger is not None:
        return
    chat = Chat(turn, state)
    if file.purpose == ESIGNED:
        _tell_signature(chat, file)
    elif file.purpose == PAGE:
        _tell_page(chat, file)
    save(turn.talk, state)


def _tell_signature(chat: Chat, file: FileRecord) -> None:
    petition = chat.turn.book.petition(file.petition_id) if file.petition_id is not None else None
    if petition is None or file.finding is None:
        return
    said = signature_words(file.finding, chat.turn.texts)
    sound = is_sound(file.finding)
    lines = [chat.text("form.signature_looked_at"), said]
    lines.append(chat.text("form.signature_next" if sound else "form.signature_not_sure"))
    flow = chat.me.pages.flow.value if chat.me.pages is not None else Flow.MAIN.value
    rows: Rows = ()
    if not sound:
        rows = in_rows(
            [
                petition_button(chat.text("form.button_esigned_again"), "esigned", petition.id, flow),
                petition_button(chat.text("form.button_other_way"), "paper", petition.id, flow),
            ],
            2,
        )
    chat.send("\n".join(lines), rows=rows, petition_id=petition.id, quiet=petition.discreet)


def _tell_page(chat: Chat, file: FileRecord) -> None:
    """Every page of the bundle that could be better, in one message: a later one replaces it while it waits."""
    pages = chat.me.pages
    if pages is None or file.id not in pages.file_ids or not problems(file.finding):
        return
    petition = chat.turn.book.petition(pages.petition_id)
    if petition is None:
        return
    pages.bad = [page for page in pages.file_ids if page in {*pages.bad, file.id}]
    lines, buttons = [chat.text("form.pages_looked_at")], []
    for file_id in pages.bad:
        page = chat.turn.book.file_by_id(file_id)
        number = pages.file_ids.index(file_id) + 1
        what = page_words(page.finding if page is not None else None, chat.turn.texts)
        lines.append(chat.text("form.page_is", page=number, what=what))
        buttons.append(
            petition_button(chat.text("form.button_retake", page=number), "retake", petition.id, str(file_id))
        )
    lines.append(chat.text("form.pages_handed_in_advice" if pages.handed_in else "form.pages_advice"))
    if not pages.handed_in:
        buttons.append(
            petition_button(
                chat.text("form.button_hand_in_all_the_same"), "handin", petition.id, pages.flow.value
            )
        )
    if chat.me.ask is None and chat.me.draft is None:
        chat.open(Ask.PAGES, petition_id=petition.id)
    chat.send(
        "\n".join(lines),
        rows=in_rows(buttons),
        coalesce=f"pages:{petition.id}",
        delay=chat.turn.facts.album_quiet,
        petition_id=petition.id,
        quiet=petition.discreet,
    )
