"""An emulator of Zalo's Official Account platform: hosts, webhook, people, faults on order.

Written against the behaviour list of the Zalo reference, section 5. What is uncertain there is a switch in
`Settings`. Left out: groups, calls, tags, hashed phones, the menu, template creation.
"""

from tests.emulators.telegram.clock import SimClock
from tests.emulators.telegram.people import ButtonMissing, NothingCame

from .deliverer import LADDER, Delivery, signature
from .emulator import ZaloOaEmulator
from .faults import Fault, FaultKind
from .model import Attachment, Call, Settings, Shown, ShownButton, Template
from .people import ZaloUser

VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
"""The PKCE verifier of the default challenge (RFC 7636)."""

__all__ = [
    "LADDER",
    "VERIFIER",
    "Attachment",
    "ButtonMissing",
    "Call",
    "Delivery",
    "Fault",
    "FaultKind",
    "NothingCame",
    "Settings",
    "Shown",
    "ShownButton",
    "SimClock",
    "Template",
    "ZaloOaEmulator",
    "ZaloUser",
    "signature",
]
