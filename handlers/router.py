"""The one entry of every update: to the officers' side, the citizen's side, or what concerns the chat
itself."""

from __future__ import annotations

from handlers import membership, responses, typed_choices
from handlers.citizens import dialogue, handover, withdrawal
from handlers.messages import Choice, Membership, Migrated, Outgoing, Takeover, Withdrawn
from handlers.officers import group, private
from handlers.turn import Turn


def handle(turn: Turn) -> None:
    """Handle one update. Raises only what is a fault of ours; dispatch keeps such an update for replay."""
    before = len(turn.queued)
    typed = typed_choices.read(turn)
    if typed.token:
        typed_choices.as_press(turn, typed.token)
    match turn.incoming.content:
        case Membership() as change:
            membership.changed(turn, change)
        case Migrated() as migrated:
            membership.moved(turn, migrated)
        case Takeover(token=token):
            handover.take(turn, token)
        case Withdrawn() if not turn.incoming.is_group:
            withdrawal.take(turn)
        case Choice(token=token) if responses.is_ours(token) and not turn.incoming.is_group:
            responses.press(turn, token)
        case _ if turn.incoming.is_group:
            group.handle(turn)
        case _ if typed.most and private.no_such_number(turn, typed.most):
            pass
        case _ if not private.handle(turn):
            dialogue.handle(turn)
        case _:
            pass
    _say_what_cannot_be_shown(turn, before)


def _say_what_cannot_be_shown(turn: Turn, before: int) -> None:
    """Where a press has nothing to show short words on, they are said if they are the only answer.

    `before`: how many messages were queued before the handlers began.
    """
    content = turn.incoming.content
    if not isinstance(content, Choice) or content.callback_id or turn.incoming.is_group:
        return
    said = any(item.row.contact_id == turn.contact.id for item in turn.queued[before:])
    if turn.acknowledgement and not said:
        turn.send(Outgoing(text=turn.acknowledgement), audience="officer" if turn.officer else "citizen")
