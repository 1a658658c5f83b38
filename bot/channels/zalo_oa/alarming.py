"""The alarm about the account's tokens, as a message to those who administer the service."""

from __future__ import annotations

from random import Random

from bot.channels.zalo_oa.kept_grant import Alarm, Trouble
from bot.channels.zalo_oa.options import CHANNEL
from handlers.account_alarm import account_alarm
from handlers.service_turn import service_turn
from handlers.turn import Facts
from storage.casebook import Casebook

_AUTHORISE = "tiepdan zalo authorise"
_STATUS = "tiepdan zalo authorise --status"
_NEEDS_AUTHORISING = frozenset({Trouble.AUTHORISE.value, Trouble.SPENT.value})


def tell_administrators(facts: Facts, random: Random) -> Alarm:
    """Queues the message in the transaction that claims the alarm; delivery finds it there."""

    def alarm(book: Casebook, reason: str) -> None:
        turn = service_turn(book, facts, book.now(), random)
        command = _AUTHORISE if reason in _NEEDS_AUTHORISING else _STATUS
        account_alarm(turn, reason, channel=CHANNEL, platform="Zalo", command=command)

    return alarm
