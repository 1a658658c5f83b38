"""What stands behind a card: the story, the person, the files; only ever in an officer's private chat.

The identity behind a sealed case is opened on its own, with a reason, and who opened it stands in the
petition's history for good (Luật Tố cáo 2018 Đ9, Đ49, Đ56).
"""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Final

from handlers import cases
from handlers.messages import Button, Outgoing, OutgoingFile
from handlers.officers import cards, form_view, gap_words, history, merging, routing_lines, similar, suggested
from handlers.officers.access import sealed
from handlers.officers.tokens import Press, to_base36
from petitions.kinds import Action
from petitions.workflow import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator

    from handlers.officers.room import Room
    from storage.records import FileRecord, PetitionContent, PetitionRecord

PART: Final = 3000
"""Characters of one message of a long story; leaves room for heading and doubled UTF-16 units."""
FILES_SHOWN: Final = 20
_SHOWN_ELSEWHERE: Final = frozenset(
    {"request", "identity", "story", "name", "phone", "address", "place", "accused"}
)
"""Answers that have a line of their own, or that the kind of the petition says already."""


def show(room: Room, petition: PetitionRecord) -> None:
    """Story, additions, files and, unless the case is sealed, who wrote it."""
    if sealed(petition) and not _on_record(room, petition, "story", room.text("officer.opened_story")):
        return
    content = room.turn.book.content(petition)
    code = cards.shown_code(petition)
    parts = list(_parts("\n\n".join(_story(room, petition, content))))
    for place, part in enumerate(parts, start=1):
        title = room.text("officer.story_title", code=code)
        if len(parts) > 1:
            title = room.text("officer.story_part", code=code, part=place, parts=len(parts))
        room.send(Outgoing(title=title, text=part, protect=True), petition_id=petition.id)
    suggested.show(room, petition)
    form_view.show(room, petition)
    similar.show(room, petition, content)
    merging.show_links(room, petition)
    buttons = _files(room, petition)
    if sealed(petition):
        who = Button(label=room.text("officer.button_identity"), token=Press("who", petition.id).token)
        room.send(
            Outgoing(text=room.text("officer.identity_sealed"), rows=((who,), *buttons), protect=True),
            petition_id=petition.id,
        )
    else:
        text = _person(room, petition, content)
        room.send(
            Outgoing(title=room.text("officer.person_title"), text=text, rows=buttons, protect=True),
            petition_id=petition.id,
        )
    missing = history.untold(room, petition)
    if missing:
        message = Outgoing(title=room.text("untold.title"), text=missing, protect=True)
        room.send(message, petition_id=petition.id)
    if room.in_group:
        room.acknowledge("officer.see_private")


def open_identity(room: Room, petition: PetitionRecord, reason: str) -> None:
    """Name and ways to reach the person behind a sealed case, after putting on record who asked and why."""
    if not _on_record(room, petition, "identity", reason):
        return
    form_view.show(room, petition)
    text = _person(room, petition, room.turn.book.content(petition))
    room.send(
        Outgoing(title=room.text("officer.person_title"), text=text, protect=True), petition_id=petition.id
    )


def send_file(room: Room, petition: PetitionRecord, file_id: int) -> None:
    """One of the petition's files, to the private chat."""
    file = next((file for file in room.turn.book.files_of(petition.id) if file.id == file_id), None)
    if file is None:
        room.refuse("officer.no_such_file")
        return
    if form_view.is_signed_paper(file) and not form_view.may_open(room, petition):
        room.refuse("form.open_identity_first")
        return
    if file.content_key is None:
        room.refuse("officer.file_not_here")
        return
    if sealed(petition) and not _on_record(room, petition, "file", room.text("officer.opened_file")):
        return
    room.send(
        Outgoing(
            text=file.caption or room.text("officer.file_of", code=cards.shown_code(petition)),
            file=OutgoingFile(file_id=file.id, name=file.name),
            protect=True,
        ),
        petition_id=petition.id,
    )


def _on_record(room: Room, petition: PetitionRecord, what: str, reason: str) -> bool:
    """Write into the history that this officer opened a part of a sealed case. False where that is
    refused."""
    try:
        cases.perform(room.turn, petition.id, Action.NOTE, room.actor, text=reason, extra={"opened": what})
    except (cases.UnknownPetition, Refused):
        room.refuse("officer.unknown_case")
        return False
    return True


def _story(room: Room, petition: PetitionRecord, content: PetitionContent) -> Iterator[str]:
    yield from content.story
    events = room.turn.book.events(petition.id)
    yield from routing_lines.detail_lines(room.turn, petition, events, room.texts)
    if petition.gaps:
        yield from gap_words.detail_lines(room, petition)
    if content.request:
        yield room.text("officer.request", text=content.request)
    if content.accused:
        yield room.text("officer.accused", text=content.accused)
    if content.place:
        yield room.text("cards.place", place=content.place)
    if content.latitude is not None and content.longitude is not None:
        yield room.text("officer.position", latitude=content.latitude, longitude=content.longitude)
    for name, answer in content.answers.items():
        if name not in _SHOWN_ELSEWHERE and answer not in ("", None, False):
            yield _answer(room, name, answer)
    for event in events:
        if event.action is Action.CITIZEN_ADDS:
            day = event.at.astimezone(room.turn.facts.agency.zone).date()
            yield room.text(
                "officer.addition",
                date=cards.shown_date(day, room.texts),
                text=event.content.get("text") or room.text("officer.files_only"),
            )
    yield from merging.additions(room, petition)


def _answer(room: Room, name: str, answer: object) -> str:
    key = f"cards.field_{name}"
    label = room.text(key) if key in room.texts else name
    if answer is True:
        return label
    return room.text("officer.answer_line", label=label, answer=plain(room, answer))


def plain(room: Room, answer: object) -> str:
    """An answer of the form as people read it: several side by side, a day with the day first."""
    if isinstance(answer, list | tuple):
        return ", ".join(plain(room, item) for item in answer)
    words = str(answer)
    if not _KEPT_DAY.fullmatch(words):
        return words
    try:
        return cards.shown_date(date.fromisoformat(words), room.texts)
    except ValueError:
        return words


_KEPT_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
"""A day as the form keeps it; people read it day first."""


def _person(room: Room, petition: PetitionRecord, content: PetitionContent) -> str:
    known = (
        ("name", content.name),
        ("phone", f"{content.phone} {content.phone_note}".strip()),
        ("address", content.address),
        ("contact", content.contact_note),
    )
    lines = [room.text(f"officer.person_{key}", value=value) for key, value in known if value]
    if petition.anonymous or not lines:
        lines.insert(0, room.text("officer.person_unknown"))
    if petition.discreet:
        lines.append(room.text("officer.person_discreet"))
    lines.append(room.text("officer.through_the_bot"))
    return "\n".join(lines)


def _files(room: Room, petition: PetitionRecord) -> tuple[tuple[Button, ...], ...]:
    files = [f for f in room.turn.book.files_of(petition.id) if not form_view.is_signed_paper(f)]
    return tuple(
        (
            Button(
                label=_file_label(room, place, file),
                token=Press("file", petition.id, to_base36(file.id)).token,
            ),
        )
        for place, file in enumerate(files[:FILES_SHOWN], start=1)
    )


def _file_label(room: Room, place: int, file: FileRecord) -> str:
    return room.text("officer.button_file", place=place, kind=room.text(f"officer.file_{file.kind}"))


def _parts(text: str) -> Iterator[str]:
    """The text in pieces of at most `PART` characters, cut at a line or a space where there is one."""
    while len(text) > PART:
        cut = max(text.rfind("\n", PART // 2, PART), text.rfind(" ", PART // 2, PART))
        cut = cut if cut > 0 else PART
        yield text[:cut].rstrip()
        text = text[cut:].lstrip()
    if text:
        yield text
