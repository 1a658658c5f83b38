"""What is better typed on a page of our own than in a foreign messenger: a denunciation, an identity number.

Where people reach us over https, a one-time link to our own page is offered; who goes on in the messenger after
being told is not asked again. Where they do not, paper and an appointment remain.
"""

from __future__ import annotations

import re
from typing import Final

from handlers.citizens.chat import Chat, Rows
from handlers.citizens.drafting import SEALED
from handlers.citizens.state import TYPED_KEPT, Draft
from handlers.messages import Button, Contact, Files, Location, Text
from petitions.identity import Identity, IdentityProblem, read_identity
from petitions.text import fold

PATH: Final = "/continue"
MINUTES: Final = 10
_HERE: Final = re.compile(
    r"(?:\w+ ){0,4}(?:nhap|go|viet|gui|ghi|type|enter|write|send)(?: \w+){0,3} (?:o day|here)\b"
)
"""The wish to type the number here all the same (folded)."""


def is_offered(chat: Chat) -> bool:
    """Whether this chat runs through a foreign company and people reach our own page safely."""
    turn = chat.turn
    return turn.capabilities.foreign and turn.facts.public_url.startswith("https://")


def link(chat: Chat, *, conversation_id: int | None = None) -> Button:
    """A button with a fresh one-time link to our own page, for this conversation or the one named."""
    turn = chat.turn
    token = turn.book.offer_handover(conversation_id or turn.conversation_id, turn.contact.id)
    return Button(
        label=chat.text("citizen.button_own_page"),
        url=f"{turn.facts.public_url.rstrip('/')}{PATH}?t={token}",
    )


def accompany(chat: Chat, draft: Draft) -> None:
    """Once, when the draft is a denunciation or a tip: the next question offers our own page as well."""
    if draft.told_own_page or draft.from_danger or draft.form.kind not in SEALED or not is_offered(chat):
        return
    draft.told_own_page = True
    chat.lead("citizen.own_page_secret", minutes=MINUTES)
    chat.beside.append(link(chat))


def note_typed(chat: Chat) -> None:
    """Remember which messages of the messenger the draft was told in."""
    draft, ref = chat.me.draft, chat.ref
    if draft is None or not ref or not is_offered(chat) or ref in draft.typed:
        return
    if isinstance(chat.turn.incoming.content, Text | Files | Location | Contact):
        draft.typed = [*draft.typed, ref][-TYPED_KEPT:]


# --- identity numbers (asked by the form where its article wants one)


def ask_identity(chat: Chat, draft: Draft, question: str, rows: Rows = ()) -> tuple[str, Rows]:
    """The words and buttons that ask for an identity number.

    On our own page, and where the citizen insisted after being told, `question` itself with its `rows`. In a
    messenger the link to our own page instead, or paper and the desk where there is no such page.
    """
    if not chat.turn.capabilities.foreign or draft.identity_here:
        return question, rows
    here = (chat.button("citizen.button_identity_here", "idhere"),)
    if not is_offered(chat):
        return chat.text("citizen.identity_on_paper"), (*rows, here)
    return chat.text("citizen.identity_own_page", minutes=MINUTES), ((link(chat),), *rows, here)


def insist(chat: Chat, draft: Draft) -> None:
    """Told of our own page, the citizen wants to type the number here; the caller puts the question again."""
    draft.identity_here = True
    chat.lead("citizen.identity_here")


def take_identity(chat: Chat, draft: Draft, text: str) -> Identity | None:
    """The number in an answer to that question; None with a line that says why where there is none to take,
    and the caller puts the question again. Who types it in a messenger after being told insists."""
    found = read_identity(text)
    if isinstance(found, Identity):
        return found
    if found is IdentityProblem.NONE and not draft.identity_here and _HERE.match(fold(text)):
        insist(chat, draft)
    else:
        chat.lead(f"citizen.identity_{found.value}")
    return None
