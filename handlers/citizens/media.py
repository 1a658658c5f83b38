"""What comes besides words: photos, documents, voice, a place, a contact card, stickers."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from handlers.citizens import (
    after,
    asks,
    drafting,
    emergency,
    form_pages,
    in_a_row,
    lawful_form,
    prompts,
    review,
    second_way,
    tracking,
)
from handlers.citizens.chat import Chat
from handlers.citizens.prompts import Prompt
from handlers.citizens.state import REVIEW, Ask, Draft
from handlers.messages import Contact, FileKind, Files, IncomingFile, Location, Unusable
from petitions.extract import BadPhone, Phone, read_phone
from petitions.forms import receive_files
from petitions.text import clean
from storage.records import NewFile

_PUT_AGAIN: Final = {Ask.FORM: lawful_form.repeat, Ask.PAGES: form_pages.again}
"""Questions that a sticker interrupts for a moment only."""
MOST_FILES: Final = 40
"""Files a draft may have; more are better handed in on a stick or in parts."""
_SPOKEN: Final = frozenset({FileKind.VOICE, FileKind.AUDIO})
"""Recordings, whether made in the chat or uploaded."""
_CAPTION_IS_STORY: Final = 3
"""Words from which a caption tells something."""
_RECENT: Final = timedelta(days=30)


def files(chat: Chat, content: Files) -> None:
    """Keep the files and say so; an album, or files sent in a row, are answered once."""
    content = in_a_row.joined(chat, content)
    taken, refused = _store(chat, content)
    caption = clean(content.caption)
    if refused:
        chat.lead("citizen.file_too_large", limit=chat.turn.capabilities.max_upload // (1024 * 1024))
    if emergency.is_on(chat):
        for file_id in taken:
            emergency.keep_file(chat, file_id)
        emergency.take(chat, caption or "…")
        return
    if taken and form_pages.take_files(chat, content, taken):
        return
    if not taken:
        if chat.me.draft is None:
            chat.say("citizen.file_nowhere")
        else:
            prompts.repeat(chat)
        return
    if chat.me.draft is None and _belongs_to_filed(chat, content, taken, caption):
        return
    draft = chat.me.draft or drafting.begin(chat)
    _into_draft(chat, draft, content, taken, caption)


def _store(chat: Chat, content: Files) -> tuple[list[int], int]:
    """Enter the files that can be taken; returns their ids and how many were too large."""
    incoming, draft = chat.turn.incoming, chat.me.draft
    have = len(draft.files) if draft is not None else 0
    ids: list[int] = []
    refused = 0
    for file in content.files:
        if file.size is not None and file.size > chat.turn.capabilities.max_upload:
            refused += 1
            continue
        if have + len(ids) >= MOST_FILES:
            chat.lead("citizen.files_too_many", count=MOST_FILES)
            break
        ids.append(
            chat.turn.book.add_file(
                NewFile(
                    channel=incoming.channel,
                    account=incoming.account,
                    kind=file.kind.value,
                    platform_id=file.platform_id,
                    conversation_id=chat.turn.conversation_id,
                    name=file.name,
                    caption=clean(content.caption),
                    mime=file.mime,
                    size=file.size,
                    position=have + len(ids),
                    album=content.album,
                )
            )
        )
    return ids, refused


def keep(chat: Chat, content: Files) -> list[int]:
    """Keep the files without saying anything; the ids of those that could be taken."""
    return _store(chat, content)[0]


def _belongs_to_filed(chat: Chat, content: Files, taken: list[int], caption: str) -> bool:
    """Files without a draft: for the petition an officer or the citizen spoke of, or a question which."""
    ask = chat.me.ask
    album = f"album:{content.album}" if content.album else ""
    quiet = in_a_row.quiet(chat, content)
    if ask is not None and ask.what is Ask.OFFICER:
        petition = after.own(chat, ask.petition_id)
        if petition is not None:
            after.add(chat, petition, caption, tuple(taken), coalesce=album, delay=quiet)
            chat.open(Ask.OFFICER, petition_id=petition.id)
        return True
    if ask is not None and ask.what is Ask.ADD_OR_NEW:
        ask.file_ids += taken
        ask.text = "\n".join(part for part in (ask.text, caption) if part)
        text = chat.text("citizen.files_waiting", count=len(ask.file_ids))
        chat.send(
            in_a_row.says(chat, content, text),
            rows=after.add_or_new_rows(chat, ask),
            coalesce=album,
            delay=quiet,
        )
        return True
    last = chat.me.filed_last()
    if last is None or chat.turn.now - last.at > _RECENT:
        return False
    own = [petition for petition in tracking.mine(chat) if petition.stage not in {"withdrawn", "closed"}]
    if not own:
        return False
    after.ask_add_or_new(chat, own[:4], caption, tuple(taken), coalesce=album, delay=quiet)
    return True


def _into_draft(chat: Chat, draft: Draft, content: Files, taken: list[int], caption: str) -> None:
    draft.files += taken
    told_before = draft.told
    if caption and (len(caption.split()) >= _CAPTION_IS_STORY or not told_before):
        drafting.tell(chat, draft, caption, chat.ref)
    if content.album and content.album == draft.album:
        draft.album_count += len(taken)
    else:
        draft.album, draft.album_count = content.album, len(taken)
    line = _kept(chat, content.files[0], draft.album_count, len(draft.files))
    if not draft.told:
        voice = content.files[0].kind in _SPOKEN
        asked = Prompt(
            chat.text("citizen.ask_story_after_voice" if voice else "citizen.ask_story_after_files")
        )
    else:
        draft.form = receive_files(draft.form)
        chat.go("files")
        asked = prompts.prompt_for(chat, draft, "files")
    if not told_before:
        chat.lead_text(drafting.understood(chat, draft))
    _answer_files(chat, content, line, asked)


def _answer_files(chat: Chat, content: Files, line: str, asked: Prompt) -> None:
    """One answer; that to an album waits until no more of it comes, and a later one replaces it."""
    if not content.album:
        chat.lead_text(line)
        chat.send(asked.text, rows=asked.rows)
        return
    line = in_a_row.says(chat, content, line)
    leads, chat.leads = chat.leads, []
    if leads:
        chat.send("\n\n".join(leads))
    chat.send(
        f"{line}\n\n{asked.text}",
        rows=asked.rows,
        coalesce=f"album:{content.album}",
        delay=in_a_row.quiet(chat, content),
    )


def _kept(chat: Chat, file: IncomingFile, count: int, total: int) -> str:
    """What was received, in words; a document by its name."""
    if file.kind is FileKind.PHOTO:
        return chat.text("citizen.photos_kept", count=count, total=total)
    if file.kind in _SPOKEN:
        return chat.text("citizen.voice_kept")
    if file.name and count == 1:
        return chat.text("citizen.document_kept", name=clean(file.name)[:120])
    return chat.text("citizen.files_kept", count=count, total=total)


def location(chat: Chat, content: Location) -> None:
    """A shared place: kept as it is; only its name is asked, and that may be passed over."""
    if emergency.is_on(chat):
        emergency.located(chat, content.latitude, content.longitude)
        return
    draft = chat.me.draft or drafting.begin(chat)
    draft.latitude, draft.longitude = content.latitude, content.longitude
    chat.lead("citizen.location_kept")
    if draft.told and not draft.get("place") and draft.step != REVIEW and not draft.from_danger:
        draft.form = draft.form.model_copy(
            update={"skipped": tuple(k for k in draft.form.skipped if k != "place")}
        )
    if draft.step == REVIEW:
        review.show(chat, draft)
    else:
        prompts.advance(chat)


def contact(chat: Chat, content: Contact) -> None:
    """A contact card: the number to reach the person by, whosever it is; one's own with name and address."""
    if emergency.is_on(chat):
        emergency.take(chat, content.phone)
        return
    read = read_phone(content.phone)
    if read is None or isinstance(read, BadPhone):
        chat.lead("citizen.card_unreadable")
        prompts.repeat(chat) if chat.me.draft else chat.flush()
        return
    if chat.me.draft is None and _answers_question(chat, content, read):
        return
    draft = chat.me.draft or drafting.begin(chat)
    if content.own and content.address:
        _take_own(chat, draft, read, clean(content.name), clean(content.address))
    else:
        _take_card(chat, draft, read, clean(content.name), own=content.own)
    prompts.advance(chat)


def _answers_question(chat: Chat, content: Contact, phone: Phone) -> bool:
    """The part of a card that a question beside a draft asks for."""
    ask, form = chat.me.ask, chat.me.form
    if ask is not None and ask.what is Ask.WAY_PHONE:
        return second_way.take_number(chat, ask, phone.number)
    if ask is None or ask.what is not Ask.FORM or form is None:
        return False
    own = {"name": clean(content.name), "address": clean(content.address)} if content.own else {}
    value = {"phone": phone.number, "contact": phone.number, **own}.get(form.key, "")
    return bool(value) and asks.take(chat, value)


def _take_own(chat: Chat, draft: Draft, phone: Phone, name: str, address: str) -> None:
    """What the platform proves to be the person's own answers name, phone and address in one go."""
    draft.put("phone", phone.number)
    draft.phone_note = ""
    if draft.anonymous:
        chat.lead("citizen.card_taken", name="", phone=phone.number)
        return
    if name and not draft.get("name"):
        draft.put("name", name)
    if not draft.get("address"):
        draft.put("address", address)
    draft.remember(chat.ref, "contact")
    chat.lead("chats.shared_info", phone=phone.number)


def _take_card(chat: Chat, draft: Draft, phone: Phone, name: str, *, own: bool) -> None:
    draft.put("phone", phone.number)
    known = draft.get("name")
    if name and own and not known and not draft.anonymous:
        draft.guess("name", name)
    other = bool(name and known and name.casefold() != known.casefold() and not own)
    draft.phone_note = name if other else ""
    chat.lead("citizen.card_taken_other" if other else "citizen.card_taken", name=name, phone=phone.number)


def unusable(chat: Chat, content: Unusable) -> None:
    """A sticker is a nod, no answer; anything else we cannot use is said to be so."""
    if emergency.is_on(chat):
        emergency.take(chat, content.emoji or "…")
        return
    chat.lead("citizen.sticker" if content.what == "sticker" else "citizen.unusable")
    if chat.me.ask is not None and chat.me.ask.what in _PUT_AGAIN:
        _PUT_AGAIN[chat.me.ask.what](chat)
        return
    if chat.me.draft is not None:
        prompts.repeat(chat)
    else:
        chat.send("" if chat.me.filed else chat.text("citizen.how_can_i_help"), rows=prompts.main_menu(chat))
