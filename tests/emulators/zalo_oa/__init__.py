"""An emulator of the Zalo Official Account platform: OAuth, OpenAPI, templates, CDN and the webhook's deliverer.

Written against the behaviour list of the Zalo reference, section 5. Left out: groups (GMF), calls, tags, template
administration, RSA and hashed phones.
"""

from tests.emulators.telegram.people import ButtonMissing, NothingCame

from .deliverer import Delivery, signature
from .emulator import VERIFIER, ZaloOaEmulator
from .errors import ZaloError
from .faults import Fault, FaultKind
from .model import Attachment, Call, Settings, Shown, ShownButton, Template
from .people import ZaloUser

__all__ = [
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
    "Template",
    "ZaloError",
    "ZaloOaEmulator",
    "ZaloUser",
    "signature",
]
