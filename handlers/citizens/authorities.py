"""A matter of another authority, before anything is filed: which one and why, where it is, what to take along, and
the choice to file here all the same, to go there, or to tell it better.

What is said of an authority stands in the agency profile; what a đơn needs, in the law. Nothing else is said.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from handlers.citizens.drafting import SEALED, because, destination_name, route
from handlers.citizens.wording import kind_name, unit_name
from petitions.agency import UnknownCode
from petitions.agency_parts import OUTSIDE
from petitions.kinds import Kind

if TYPE_CHECKING:
    from handlers.citizens.chat import Chat, Rows
    from handlers.citizens.state import Draft
    from petitions.agency_parts import OutsideAuthority

_MANY: Final = 5
"""People on one matter from whom on representatives are named in writing (Luật Tiếp công dân Đ29)."""
_SUMMARY: Final = ("decision", "respondent", "place", "request")
"""Answers that stand under the story in the text to copy."""


def question(chat: Chat, draft: Draft) -> str:
    """What is said and asked before an outside matter is filed here."""
    authority = _authority(chat, draft)
    key = "citizen.ask_outside" if authority is not None else "citizen.ask_outside_unknown"
    if authority is not None and draft.outside is None:
        key = "citizen.ask_above"
    lines = [
        *([] if draft.topic_chosen or draft.above else because(chat, draft.why_topic)),
        chat.text(
            key,
            authority=destination_name(chat, draft),
            guidance=authority.guidance(chat.turn.language) if authority is not None else "",
        ),
        *_where(chat, authority),
        *_bring(chat, draft, authority),
        "",
        chat.text("citizen.ask_outside_choice", focal=unit_name(chat, route(chat, draft).unit)),
    ]
    return "\n".join(line.rstrip() for line in lines)


def rows(chat: Chat, draft: Draft) -> Rows:
    """The choices: file here all the same, go there, tell it better, or it is this office's after all."""
    ours = ((chat.button("citizen.button_not_outside", "inside"),),) if draft.outside is not None else ()
    return (
        (chat.button("citizen.button_forward", "forward", style="primary"),),
        (chat.button("citizen.button_myself", "myself"),),
        (chat.button("citizen.button_edit_story", "edit", "story"),),
        *ours,
    )


def go_there(chat: Chat, draft: Draft) -> None:
    """The citizen goes there without us: nothing is filed, and what was told is given back to be copied."""
    from handlers.citizens import drafts, prompts

    authority = _authority(chat, draft)
    lines = [chat.text("citizen.going_myself", authority=destination_name(chat, draft))]
    lines += [*_where(chat, authority), *_bring(chat, draft, authority)]
    summary = _summary(chat, draft)
    drafts.forget(chat, draft)
    if not summary:
        chat.send("\n".join(lines), rows=prompts.main_menu(chat))
        return
    chat.send("\n".join([*lines, "", chat.text("citizen.summary_follows")]))
    chat.send(summary, rows=prompts.main_menu(chat))


def _authority(chat: Chat, draft: Draft) -> OutsideAuthority | None:
    """The authority the draft is for; None while it is not known which."""
    destination = route(chat, draft).destination or OUTSIDE
    try:
        return None if destination == OUTSIDE else chat.agency.outside_authority(destination)
    except UnknownCode:
        return None


def _where(chat: Chat, authority: OutsideAuthority | None) -> list[str]:
    if authority is None:
        return []
    told = {
        "address": authority.address(chat.turn.language),
        "phone": authority.phone,
        "website": authority.website,
        "hours": authority.hours(chat.turn.language),
    }
    return [chat.text(f"citizen.outside_{key}", value=value) for key, value in told.items() if value]


def _bring(chat: Chat, draft: Draft, authority: OutsideAuthority | None) -> list[str]:
    """What to take along: what the law asks of this kind, then what the authority itself asks for."""
    kind = draft.form.kind
    form = kind if kind in {Kind.COMPLAINT, Kind.DENUNCIATION} else Kind.FEEDBACK
    things = [chat.text(f"citizen.bring_{form.value}"), chat.text("citizen.bring_identity")]
    if (draft.people or 0) >= _MANY:
        things.append(chat.text("citizen.bring_representatives"))
    if authority is not None:
        things += authority.bring(chat.turn.language)
    return [chat.text("citizen.bring"), *(chat.text("citizen.bring_line", what=what) for what in things)]


def _summary(chat: Chat, draft: Draft) -> str:
    """What was told, to be copied; "" where the matter is one that nobody should read here again."""
    if draft.form.kind in SEALED or draft.discreet or not draft.told:
        return ""
    lines = [kind_name(chat, draft.form.kind), draft.words]
    for key in _SUMMARY:
        value = draft.get(key)
        if value and value not in draft.words:
            lines.append(f"{chat.text(f'citizen.field_{key}')}: {value}")
    return "\n".join(lines)
