"""An emulator of the Telegram Bot API: own HTTP server, people on the other side, faults on order.

Written against the behaviour list of the Telegram reference, section 5.
Left out: inline mode, payments, forum topics,
reactions, legacy Markdown, uploads by URL, throttling of hurried getUpdates.
"""

from .clock import SimClock
from .emulator import TOKEN, TelegramEmulator
from .faults import Fault, FaultKind
from .groups import Group
from .model import Call, PressedButton
from .people import ButtonMissing, NothingCame, Person
from .phone import Shown, ShownButton
from .rates import Rates

__all__ = [
    "TOKEN",
    "ButtonMissing",
    "Call",
    "Fault",
    "FaultKind",
    "Group",
    "NothingCame",
    "Person",
    "PressedButton",
    "Rates",
    "Shown",
    "ShownButton",
    "SimClock",
    "TelegramEmulator",
]
