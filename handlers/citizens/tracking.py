"""Looking up petitions: by code, all of one's own, in a stranger's eyes, and in plain words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from handlers import cases
from handlers.citizens import form_status, further, joining, second_way
from handlers.citizens.chat import Chat, Rows, in_rows, petition_button
from handlers.citizens.filing import list_line
from handlers.citizens.state import Ask
from handlers.citizens.wording import authority_name, day, kind_name, shown_code, topic_name, unit_name
from handlers.messages import Button
from handlers.officers import clock_lines
from handlers.officers.access import Access
from petitions.codes import BadCode, FoundCode, read_secret
from petitions.kinds import Action, Kind, Stage
from petitions.transition_groups import OPEN
from petitions.transitions import SEALED_KINDS
from storage.records import PetitionRecord

WRONG_CODES: Final = 10
"""Wrong codes a person may try in an hour; good ones are not counted."""
WRONG_SECRETS: Final = 5
WRONG_OVERALL: Final = 600
"""Wrong codes of everybody together in an hour; beyond it only wrong codes are slowed, never a good one."""
_HOUR: Final = timedelta(hours=1)
LISTED: Final = 10
_HISTORY: Final = 6
FIRST_ANSWER_RULE: Final = "A-01"
_OVER: Final = frozenset({Stage.CLOSED, Stage.WITHDRAWN})
_UNTOLD: Final = frozenset(
    {
        Action.NOTE, Action.LINK, Action.RATE, Action.WARN, Action.ESCALATE, Action.DENIED, Action.BREACH,
        Action.UNLINK, Action.MEMBER_JOINED, Action.MEMBER_LEFT,
        Action.GIVE_FORM_VALUES,
    }
)  # fmt: skip
"""What the petitioner does not see of the history: the unit's own notes and alarms, and each field of the đơn
that was told, which would leave no room for the rest."""
_SECRET: Final = re.compile(r"[0-9A-Za-z]{4}(?:[\s\-–]?[0-9A-Za-z]{4}){3}")


def without_codes(text: str, codes: Sequence[FoundCode]) -> str:
    """The message without its codes, so that their letters are not read as words."""
    for found in sorted(codes, key=lambda code: code.span[0], reverse=True):
        text = text[: found.span[0]] + " " + text[found.span[1] :]
    return text


def access(chat: Chat, petition: PetitionRecord | None) -> Access:
    """How much of it this conversation may be told."""
    proven = petition is not None and petition.id in chat.me.proven
    return cases.access(chat.turn, petition, proven=proven)


def find(chat: Chat, code: str) -> PetitionRecord | None:
    """The petition of a well-formed code; None, and said so, where there is none or too much was tried.

    One's own petitions are never counted. A person who tries many others' codes has to wait; the limit for
    everybody together holds back wrong codes only, so that nobody is locked out by a guesser.
    """
    petition = chat.turn.book.petition_by_code(code)
    if petition is not None and access(chat, petition) is Access.OWN:
        return petition
    if petition is None:
        if wrong_code(chat):
            chat.lead("citizen.code_unknown")
        return None
    if not _may_try(chat):
        chat.lead("citizen.code_too_many")
        return None
    return petition


def _may_try(chat: Chat) -> bool:
    return chat.turn.book.throttle(f"code:{chat.turn.contact.id}", limit=WRONG_CODES, per=_HOUR)


def wrong_code(chat: Chat) -> bool:
    """One more wrong code of this person. False (and said so) where there were too many.

    The answer to a wrong code never tells whether one like it exists.
    """
    mine = _may_try(chat)
    everybody = chat.turn.book.throttle("code:all", limit=WRONG_OVERALL, per=_HOUR)
    if mine and everybody:
        return True
    chat.lead("citizen.code_too_many")
    return False


def answer_codes(chat: Chat, codes: Sequence[FoundCode], *, secret: str = "") -> PetitionRecord | None:
    """Show the petitions whose codes stand in a message. Returns the last one that is this person's own."""
    own: PetitionRecord | None = None
    for found in codes[:3]:
        if found.code is None:
            if wrong_code(chat):
                chat.open(Ask.CODE)
                chat.lead("citizen.code_mistyped")
            continue
        petition = find(chat, found.code.value)
        if petition is None:
            chat.open(Ask.CODE)
            continue
        if secret:
            prove(chat, petition, secret)
        if show(chat, petition):
            own = petition
    return own


def prove(chat: Chat, petition: PetitionRecord, typed: str) -> bool:
    """The receipt's secret of this petition: from here on this conversation sees it as its own."""
    if petition.id in chat.me.proven:
        return True
    allowed = chat.turn.book.throttle(f"secret:{petition.id}", limit=WRONG_SECRETS * 4, per=_HOUR)
    mine = chat.turn.book.throttle(f"secret:by:{chat.turn.contact.id}", limit=WRONG_SECRETS, per=_HOUR)
    if not (allowed and mine):
        chat.lead("citizen.code_too_many")
        return False
    if not chat.turn.book.check_secret(petition, typed):
        chat.lead("citizen.secret_wrong")
        return False
    chat.me.proven = [*chat.me.proven, petition.id][-LISTED:]
    chat.lead("citizen.secret_right", code=shown_code(petition))
    return True


def secret_in(text: str) -> str:
    """A receipt's secret in the text, canonical; "" where there is none."""
    for match in _SECRET.finditer(text):
        try:
            return read_secret(match.group())
        except BadCode:
            continue
    return ""


def show(chat: Chat, petition: PetitionRecord) -> bool:
    """Say how the petition stands, as much as this conversation may know. Returns whether it is its own."""
    if access(chat, petition) is not Access.OWN:
        chat.me.stranger = True
        chat.open(Ask.SECRET, petition_id=petition.id)
        rows = in_rows(joining.button(chat, petition))
        chat.send(_stranger(chat, petition), rows=rows, monospace=(shown_code(petition),))
        return False
    chat.me.stranger = False
    chat.me.about = petition.id
    if chat.me.ask is not None and chat.me.ask.what in {Ask.CODE, Ask.SECRET, Ask.WHICH}:
        chat.close()
    chat.send(
        _own(chat, petition), rows=buttons(chat, petition), monospace=(shown_code(petition),),
        petition_id=petition.id,
        protect=petition.confidential, quiet=petition.discreet,
    )  # fmt: skip
    return True


def _stranger(chat: Chat, petition: PetitionRecord) -> str:
    """Stage and dates; of a sealed matter the stage alone."""
    stage = chat.text(f"citizen.stage_{petition.stage}")
    lines = [
        chat.text("citizen.stranger", code=shown_code(petition)),
        chat.text("citizen.status_stage", stage=stage),
    ]
    if petition.kind not in SEALED_KINDS and not petition.confidential and not petition.discreet:
        lines.append(chat.text("citizen.status_filed", date=day(chat, petition.filed_at)))
        if petition.due_on is not None and petition.stage not in _OVER:
            lines.append(chat.text("citizen.status_due_plain", date=day(chat, petition.due_on)))
    lines += ["", chat.text("citizen.stranger_how")]
    return "\n".join(lines)


def _own(chat: Chat, petition: PetitionRecord) -> str:
    lines = [chat.text("citizen.status_title", code=shown_code(petition))]
    if not petition.discreet:
        lines.append(
            chat.text(
                "citizen.status_subject",
                kind=kind_name(chat, petition.kind),
                topic=topic_name(chat, petition.topic),
            )
        )
    lines.append(chat.text("citizen.status_stage", stage=chat.text(f"citizen.stage_{petition.stage}")))
    lines.append(chat.text(f"citizen.stage_meaning_{petition.stage}"))
    if not petition.discreet:
        lines.append(chat.text("citizen.status_unit", unit=unit_name(chat, petition.unit)))
        if petition.destination:
            lines.append(
                chat.text("citizen.status_outside", authority=authority_name(chat, petition.destination))
            )
    lines.append(chat.text("citizen.status_filed", date=day(chat, petition.filed_at)))
    lines.append(due_line(chat, petition))
    if petition.withdraw_wish_at is not None and petition.stage not in _OVER:
        lines.append(chat.text("citizen.status_withdraw_wish", date=day(chat, petition.withdraw_wish_at)))
    lines += form_status.lines(chat, petition)
    lines += _history(chat, petition)
    return "\n".join(line for line in lines if line)


def due_line(chat: Chat, petition: PetitionRecord) -> str:
    """The date of the record with its reason, and how many days are left; "" where nothing is due.

    Until the case is taken up that is the first answer; after that the limits of the law, in plain words.
    """
    if petition.stage in _OVER | {Stage.ANSWERED}:
        return ""
    if petition.due_rule != FIRST_ANSWER_RULE or petition.due_on is None:
        return "\n".join(clock_lines.citizen_lines(chat.turn, petition, chat.turn.texts))
    left = (petition.due_on - chat.today).days
    date = day(chat, petition.due_on)
    if left < 0:
        return chat.text("citizen.status_overdue", date=date)
    return chat.text("citizen.status_due", date=date, count=left)


def _history(chat: Chat, petition: PetitionRecord) -> list[str]:
    if petition.discreet or petition.events_count < 2:
        return []
    told = [event for event in chat.turn.book.events(petition.id) if event.action not in _UNTOLD]
    lines = [chat.text("citizen.history_title")]
    lines += [
        chat.text(
            "citizen.history_line", date=day(chat, event.at), what=chat.text(f"citizen.event_{event.told_as}")
        )
        for event in told[-_HISTORY:]
    ]
    return lines


def buttons(chat: Chat, petition: PetitionRecord) -> Rows:
    """What the petitioner can do with it now."""
    made: list[Button] = form_status.buttons(chat, petition)
    if petition.stage is not Stage.WITHDRAWN:
        made.append(petition_button(chat.text("citizen.button_add"), "add", petition.id))
    if petition.stage in {Stage.ANSWERED, Stage.CLOSED}:
        made.append(petition_button(chat.text("citizen.button_rate"), "rating", petition.id))
        if petition.not_satisfied_at is None:
            made.append(petition_button(chat.text("citizen.button_unsatisfied"), "unsatisfied", petition.id))
    elif petition.stage is Stage.WITHDRAWN:
        made.append(petition_button(chat.text("citizen.button_reopen"), "reopen", petition.id))
    elif petition.withdraw_wish_at is None and petition.stage in OPEN | {Stage.MERGED}:
        made.append(petition_button(chat.text("citizen.button_withdraw"), "withdraw", petition.id))
    made += further.buttons(chat, petition)
    made += second_way.buttons(chat, petition)
    if petition.id in chat.me.proven:
        made += joining.button(chat, petition)
    return in_rows(made, 2)


def mine(chat: Chat) -> list[PetitionRecord]:
    """The petitions of this conversation, newest first, and those opened here with their secret."""
    own = chat.turn.book.petitions_of(chat.turn.conversation_id)
    known = {petition.id for petition in own}
    for petition_id in chat.me.proven:
        petition = chat.turn.book.petition(petition_id) if petition_id not in known else None
        if petition is not None:
            own.append(petition)
    return own


def show_mine(chat: Chat, *, counted: bool = False) -> None:
    """Every petition of this person with its stage. `counted`: begin with how many there are."""
    own = mine(chat)
    if not own:
        chat.say("citizen.mine_none", rows=((chat.lasting("citizen.menu_new", "new"),),))
        return
    lines = [chat.text("citizen.mine_count" if counted else "citizen.mine_title", count=len(own))]
    for number, petition in enumerate(own[:LISTED], start=1):
        lines.append("")
        lines.append(list_line(chat, petition, number))
        lines.append(chat.text("citizen.status_stage", stage=chat.text(f"citizen.stage_{petition.stage}")))
    if len(own) > LISTED:
        lines += ["", chat.text("citizen.mine_more", count=len(own) - LISTED)]
    rows = in_rows([petition_button(shown_code(p), "status", p.id) for p in own[:LISTED]], 2)
    chat.send("\n".join(lines), rows=rows, monospace=tuple(shown_code(p) for p in own[:LISTED]))


def ask_code(chat: Chat) -> None:
    """Which petition? One's own are offered; any code may be typed."""
    own = [p for p in mine(chat) if p.stage is not Stage.WITHDRAWN or p.id == chat.me.about]
    chat.open(Ask.CODE)
    rows = in_rows([petition_button(label(chat, p), "status", p.id) for p in own[:LISTED]])
    chat.say("citizen.ask_code_own" if own else "citizen.ask_code", rows=rows)


def label(chat: Chat, petition: PetitionRecord) -> str:
    """Code and subject on a button."""
    if petition.discreet or petition.kind is Kind.DENUNCIATION:
        return shown_code(petition)
    return f"{shown_code(petition)} · {topic_name(chat, petition.topic)}"


def current(chat: Chat) -> PetitionRecord | None:
    """The petition spoken of: the one mentioned last, else the only one there is."""
    if chat.me.about is not None:
        petition = chat.turn.book.petition(chat.me.about)
        if petition is not None and access(chat, petition) is Access.OWN:
            return petition
    own = mine(chat)
    return own[0] if len(own) == 1 else None
