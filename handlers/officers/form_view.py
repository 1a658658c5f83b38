"""The intake officer's view of the signed đơn: what is there, what is missing, and each page with its finding.

Of a sealed case the signed pages and the prepared print name the person, so they open only after the identity
was opened with a reason (Luật Tố cáo 2018 Đ9, Đ49, Đ56).
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Final

from handlers.citizens.form_state import ESIGNED, PAGE, FormView, field_names, handed_in, is_group, view_of
from handlers.form_findings import page_words, signature_words
from handlers.messages import Button, Outgoing, OutgoingFile
from handlers.officers import cards
from handlers.officers.access import sealed
from handlers.officers.tokens import Press, to_base36
from petitions.clock_steps import filing_rule
from petitions.deadlines import reckon
from petitions.kinds import Action
from petitions.papers import Paper
from petitions.transition_groups import LAWFUL
from storage.records import FileStatus

if TYPE_CHECKING:
    from collections.abc import Iterator

    from handlers.officers.room import Room
    from storage.records import EventRecord, FileRecord, PetitionRecord

VERB: Final = "paper"
"""Verb of the button that sends a prepared paper; its argument names the paper."""
SHOWN: Final = 20
"""Buttons of pages; the newest hand-in has the last of them."""
_PREPARED: Final = {
    Paper.GROUP_LIST: "form.button_prepared_list",
    Paper.AUTHORISATION: "form.button_prepared_authorisation",
}
_GONE: Final = frozenset({FileStatus.REFUSED, FileStatus.FAILED})


def show(room: Room, petition: PetitionRecord) -> None:
    """One message with everything about the signed đơn; nothing where the kind of petition has none."""
    files = {file.id: file for file in handed_in(room.turn, petition)}
    if petition.kind not in LAWFUL and not files:
        return
    open_now = may_open(room, petition)
    view = view_of(room.turn, petition)
    lines = lines_of(room, petition, view, files, named=open_now)
    room.send(
        Outgoing(
            title=room.text("form.view_title", code=cards.shown_code(petition)),
            text="\n".join(lines),
            rows=_buttons(room, petition, view, files) if open_now else (),
            protect=True,
        ),
        petition_id=petition.id,
    )


def lines_of(
    room: Room,
    petition: PetitionRecord,
    view: FormView | None,
    files: dict[int, FileRecord],
    *,
    named: bool,
) -> list[str]:
    """What the đơn holds and lacks, and what was found in each page; `named`: who signed may be told."""
    lines = [*_contents(room, petition, view), *_handed_in(room, petition, files, named=named)]
    if not named:
        lines.append(room.text("form.view_sealed"))
    elif files:
        lines.append(room.text("form.view_advice"))
    return lines


def prepared(room: Room, petition: PetitionRecord, view: FormView | None) -> list[tuple[str, str]]:
    """The papers that can be printed to be signed at the desk: name and words of each."""
    papers = view.papers if view is not None and petition.kind in LAWFUL else ()
    return [(paper.value, room.text(_PREPARED.get(paper, "form.button_prepared"))) for paper in papers]


def is_signed_paper(file: FileRecord) -> bool:
    """Whether a file is a page or signed file of the đơn, which this view shows and the list of files does not."""
    return file.purpose in {PAGE, ESIGNED}


def may_open(room: Room, petition: PetitionRecord) -> bool:
    """Whether this officer may see who signed: of a sealed case only after opening the identity, on record."""
    if not sealed(petition):
        return True
    return any(
        event.action is Action.NOTE
        and event.actor.officer_id == room.officer.id
        and event.content.get("opened") == "identity"
        for event in room.turn.book.events(petition.id)
    )


def send_paper(room: Room, petition: PetitionRecord, argument: str) -> None:
    """The prepared paper as PDF, for reading back and signing at the desk."""
    view = view_of(room.turn, petition)
    paper = next((each for each in view.papers if each.value == argument), None) if view is not None else None
    if paper is None:
        room.refuse("officer.no_such_file")
        return
    if not may_open(room, petition):
        room.refuse("form.open_identity_first")
        return
    room.send(
        Outgoing(
            text=room.text("form.prepared_caption", code=cards.shown_code(petition)),
            file=OutgoingFile(render="paper", paper=f"{paper.value}.pdf", petition_id=petition.id),
            protect=True,
        ),
        petition_id=petition.id,
    )


# --- lines


def _contents(room: Room, petition: PetitionRecord, view: FormView | None) -> Iterator[str]:
    yield room.text("form.view_first", date=_day(room, petition.first_message_at))
    if view is not None and petition.kind in LAWFUL:
        if view.known:
            yield room.text("form.view_there", fields=field_names(view.known, room.texts))
        if view.missing:
            yield room.text("form.view_lacking", fields=field_names(view.missing, room.texts))
        else:
            yield room.text("form.view_complete")
        yield from _in_time(room, petition, view.data.received_on)
        if is_group(petition, view.data):
            yield room.text("form.view_group", count=max(petition.people or 0, len(view.data.people)))
    if petition.withdraw_wish_at is not None:
        yield room.text("form.view_withdraw", date=_day(room, petition.withdraw_wish_at))
    if petition.formed_on is not None:
        yield room.text("form.view_formed", date=cards.shown_date(petition.formed_on, room.texts))
    elif petition.form_given_at is None and petition.kind in LAWFUL:
        yield room.text("form.view_not_given")
    if petition.visit_at is not None and petition.formed_on is None:
        yield room.text("form.view_visit", when=_moment(room, petition.visit_at))


def _in_time(room: Room, petition: PetitionRecord, known: dt.date | None) -> Iterator[str]:
    """Until when the complaint could be made, from the day its decision was received or known, and whether that
    day passed before the signed đơn: a ground not to accept it, for the officer to weigh (Luật Khiếu nại Đ9, Đ11
    k6, Đ48)."""
    rule_id = filing_rule(petition)
    if rule_id is None or known is None:
        return
    facts = room.turn.facts
    today = room.turn.now.astimezone(facts.agency.zone).date()
    limit = reckon(facts.agency.rules.pick(rule_id, known), known, facts.calendar)
    yield room.text(
        "form.view_limit",
        date=cards.shown_date(limit.date, room.texts),
        amount=room.text(f"clocks.amount_{limit.unit}", amount=limit.amount),
        since=cards.shown_date(known, room.texts),
        article=limit.article,
    )
    if (petition.formed_on or today) > limit.date:
        yield room.text("form.view_limit_passed")


def _handed_in(
    room: Room, petition: PetitionRecord, files: dict[int, FileRecord], *, named: bool
) -> Iterator[str]:
    """Each hand-in with its day, and each page with what was found."""
    numbers: dict[int, int] = {}
    for event in room.turn.book.events(petition.id):
        ids = [file_id for file_id in event.content.get("file_ids", ()) if file_id in files]
        if not ids:
            continue
        again = event.content.get("replaces")
        if again is None:
            key = "form.view_given" if event.action is Action.HAND_IN_FORM else "form.view_withdrawal_given"
            yield room.text(key, date=_day(room, event.at))
        for place, file_id in enumerate(ids, start=1):
            numbers[file_id] = numbers.get(again, place) if isinstance(again, int) else place
            yield _page(room, files[file_id], numbers[file_id], event, named=named)


def _page(room: Room, file: FileRecord, number: int, event: EventRecord, *, named: bool) -> str:
    finding = file.finding
    if finding is not None and (file.purpose == ESIGNED or finding.get("check") == "signature"):
        shown: dict[str, Any] = dict(finding) if named else {**finding, "signer_name": ""}
        return room.text("form.view_esigned", what=signature_words(shown, room.texts, hidden=not named))
    if file.status in _GONE:
        what = room.text("form.view_page_gone")
    elif finding is None:
        what = room.text("form.view_page_waiting")
    elif finding.get("check") == "scan" and not finding.get("problems"):
        what = room.text("form.view_page_scan")
    else:
        what = page_words(finding, room.texts) or room.text("form.view_page_fine")
    if file.purpose == ESIGNED:
        return room.text("form.view_esigned", what=what)
    key = "form.view_page_again" if "replaces" in event.content else "form.view_page"
    return room.text(key, page=number, what=what)


def _buttons(
    room: Room, petition: PetitionRecord, view: FormView | None, files: dict[int, FileRecord]
) -> tuple[tuple[Button, ...], ...]:
    """The prepared papers first, then the pages, two in a row."""
    rows = [
        (Button(label=label, token=Press(VERB, petition.id, name).token),)
        for name, label in prepared(room, petition, view)
    ]
    pages = [
        Button(
            label=room.text("form.button_signed_file")
            if file.purpose == ESIGNED
            else room.text("form.button_page", page=place),
            token=Press("file", petition.id, to_base36(file.id)).token,
        )
        for place, file in enumerate(files.values(), start=1)
        if file.content_key is not None
    ][-SHOWN:]
    return (*rows, *(tuple(pages[at : at + 2]) for at in range(0, len(pages), 2)))


def _day(room: Room, moment: dt.datetime) -> str:
    return cards.shown_date(moment.astimezone(room.turn.facts.agency.zone).date(), room.texts)


def _moment(room: Room, moment: dt.datetime) -> str:
    return cards.shown_moment(moment.astimezone(room.turn.facts.agency.zone), room.texts)
