"""A choice that was typed: where a channel shows buttons as numbered lines, numbers and labels come back as text.

The number counts the choices of the newest message of this chat that had any. Where that is the dialogue's own
last message, the dialogue decides, for a number may be an answer as well; a notice or card that came after it,
whoever queued it, is pressed from here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from handlers.citizens import joining
from handlers.citizens.chat import plain_label
from handlers.messages import Choice, Text
from handlers.officers import state as officers_state
from petitions.numbers import typed_number
from storage import outbox
from storage.records import OutboxStatus

if TYPE_CHECKING:
    from handlers.turn import Turn
    from storage.records import OutboxRow

LOOKED_AT: Final = 30
"""Messages of a chat that are looked at."""
_LONGEST: Final = 64
"""Characters: the label of a button is no longer."""
_LATE: Final = timedelta(seconds=5)
"""Clocks of platforms and ours differ by so much at most; what was sent later was not seen yet."""
_SHOWN: Final = frozenset({OutboxStatus.SENT, OutboxStatus.DELIVERED, OutboxStatus.UNCERTAIN})


@dataclass(frozen=True, slots=True)
class Typed:
    """What typed words mean as a choice."""

    token: str = ""
    """The choice; empty where none is meant."""
    most: int = 0
    """For a number that no line of an officer's list has: how many lines it has."""


def read(turn: Turn) -> Typed:
    """The choice in a text of this turn; nothing on channels with buttons, in groups and for anything else."""
    content, incoming = turn.incoming.content, turn.incoming
    if (
        not turn.capabilities.numbered
        or incoming.is_group
        or incoming.replayed
        or not isinstance(content, Text)
        or len(content.text.strip()) > _LONGEST
    ):
        return Typed()
    number, label = typed_number(content.text), plain_label(content.text)
    if number is None and not label:
        return Typed()
    shown = _not_of_the_dialogue(turn)
    if number is not None:
        return _by_number(turn, shown, number)
    if _officer_writes(turn):
        shown = shown[:1]  # words for an open question are rarely a button further up
    found = (token for offered in shown for text, token in offered if plain_label(text) == label)
    return Typed(next(found, ""))


def as_press(turn: Turn, token: str) -> None:
    """From here on the turn is that press."""
    turn.incoming = replace(turn.incoming, content=Choice(token=token))


def _by_number(turn: Turn, shown: list[list[tuple[str, str]]], number: int) -> Typed:
    if not shown:
        return Typed()
    newest = shown[0]
    if 1 <= number <= len(newest):
        return Typed(newest[number - 1][1])
    of_officer = newest[0][1].startswith("o.") and not _officer_writes(turn)
    return Typed(most=len(newest) if of_officer else 0)


def _officer_writes(turn: Turn) -> bool:
    """Whether an officer's question is open, to which any words are the answer."""
    return turn.officer is not None and officers_state.load(turn.talk, turn.now).pending is not None


def _not_of_the_dialogue(turn: Turn) -> list[list[tuple[str, str]]]:
    """The choices (label, token) of what was shown after the dialogue's last message, the newest first."""
    own = _dialogue_tokens(turn)
    rows = outbox.of_contact(turn.book.connection, turn.book.vault, turn.contact.id, limit=LOOKED_AT)
    found: list[list[tuple[str, str]]] = []
    for row in reversed(rows):
        offered = _choices(row)
        if _is_of_the_dialogue(row, [token for _, token in offered], own):
            break
        if offered and _was_shown(turn, row, [token for _, token in offered]):
            found.append(offered)
    return found


def _dialogue_tokens(turn: Turn) -> list[str]:
    """The tokens that the citizen's dialogue offered last, whichever of its chats that was in."""
    offered: dict[str, Any] = turn.talk.citizen.get("offered", {})
    tokens = [str(token) for token in offered.values()]
    return tokens[: int(turn.talk.citizen.get("numbers", 0)) or None]


def _is_of_the_dialogue(row: OutboxRow, tokens: list[str], own: list[str]) -> bool:
    """A message the citizen's dialogue said: with its choices, or with none that it waits to be answered."""
    if row.audience != "citizen" or row.event_seq is not None or row.status is OutboxStatus.SUPERSEDED:
        return False
    return tokens == own if tokens else True


def _choices(row: OutboxRow) -> list[tuple[str, str]]:
    lines = [button for line in row.body.get("rows", ()) for button in line]
    return [(button.get("label", ""), button["token"]) for button in lines if button.get("token")]


def _was_shown(turn: Turn, row: OutboxRow, tokens: list[str]) -> bool:
    """Whether the person can have seen it before typing. Where the answer opens one's petitions to another chat
    there is no leeway: a number that crossed the question on its way agrees to nothing."""
    consents = any(token.startswith(joining.YES_TOKEN) for token in tokens)
    seen_by = turn.incoming.at + (timedelta() if consents else _LATE)
    return row.status in _SHOWN and (row.finished_at is None or row.finished_at <= seen_by)
