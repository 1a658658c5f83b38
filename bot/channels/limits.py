"""What the platforms of these settings do not let us do; the dialogue hears of it through `handlers.turn.Facts`."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.channels.zalo_bot.parser import CHANNEL as ZALO_BOT
from bot.channels.zalo_oa.options import CHANNEL as ZALO_OA
from bot.channels.zalo_oa.options import FREE_WINDOW, PAID_WINDOW

if TYPE_CHECKING:
    from bot.settings import Settings


def windows_of(settings: Settings) -> dict[str, timedelta]:
    """Channels that take messages only for so long after a person's last deed, by name."""
    account = settings.zalo_oa
    return {} if account is None else {ZALO_OA: PAID_WINDOW if account.paid_replies else FREE_WINDOW}


def fixed_of(settings: Settings) -> frozenset[str]:
    """Channels in which a message stays as it was sent."""
    known = {ZALO_OA: settings.zalo_oa, ZALO_BOT: settings.zalo_bot}
    return frozenset(name for name, account in known.items() if account is not None)
