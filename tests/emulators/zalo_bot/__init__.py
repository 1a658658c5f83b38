"""An emulator of the Zalo Bot Platform: own HTTP server, people on the other side, faults on order.

Written against section 3 of the Zalo reference. What that does not say is a choice of ours, kept in
`Habits`: how often an update comes again, how a refused webhook is tried again, how a person who blocked the
bot shows. Left out: rendering of `parse_mode` and `text_styles`, voice and sticker messages of the bot's own
beyond their acceptance.
"""

from tests.emulators.telegram.people import NothingCame

from .emulator import TOKEN, ZaloBotEmulator
from .faults import Fault, FaultKind
from .model import Call, Habits, Limits
from .people import Person, Shown

__all__ = [
    "TOKEN",
    "Call",
    "Fault",
    "FaultKind",
    "Habits",
    "Limits",
    "NothingCame",
    "Person",
    "Shown",
    "ZaloBotEmulator",
]
