"""The one entry of every update: to the officers' side, the citizen's side, or what concerns the chat
itself."""

from __future__ import annotations

from handlers import membership, responses
from handlers.citizens import dialogue, handover
from handlers.messages import Choice, Membership, Migrated, Takeover
from handlers.officers import group, private
from handlers.turn import Turn


def handle(turn: Turn) -> None:
    """Handle one update. Raises only what is a fault of ours; dispatch keeps such an update for replay."""
    match turn.incoming.content:
        case Membership() as change:
            membership.changed(turn, change)
            return
        case Migrated() as migrated:
            membership.moved(turn, migrated)
            return
        case Takeover(token=token):
            handover.take(turn, token)
            return
        case Choice(token=token) if responses.is_ours(token) and not turn.incoming.is_group:
            responses.press(turn, token)
            return
        case _:
            pass
    if turn.incoming.is_group:
        group.handle(turn)
    elif not private.handle(turn):
        dialogue.handle(turn)
