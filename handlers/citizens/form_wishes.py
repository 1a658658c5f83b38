"""What people say when they want something of the đơn: printed, an appointment, an authorisation."""

from __future__ import annotations

import re
from typing import Final

from petitions.text import fold

_LONGEST: Final = 14
"""Words: a longer message tells something."""
_PHRASES: Final = {
    "authorise": ("uy quyen", "lam thay", "khieu nai thay", "khieu nai ho", "authori[sz]e", "on my behalf"),
    "paper": (
        "in (?:giup |ho |lai )?(?:cho (?:toi|em|minh|chau|ong|ba) )?(?:cai |la |ban )?don",
        "ban in",
        "lay (?:lai )?don",
        "print (?:me )?(?:out )?(?:the|my) (?:petition|form|paper)",
    ),
    "visit": (
        "dat lich",
        "lich hen",
        "(?:doi|huy) (?:gio |ngay |lich )?hen",
        "(?:muon|cho (?:toi|em|minh|chau)) hen",
        "hen (?:den |toi )?ky",
        "appointment",
    ),
    "form": (
        "hoan thien (?:don|ho so)",
        "ky don",
        "nop don ky",
        "bo sung chu ky",
        "complete (?:the|my) (?:petition|form)",
        "sign (?:the|my) petition",
    ),
}
"""What people say (folded), by what they wish; the first that fits is meant."""
_WISHES: Final = tuple(
    (name, re.compile(rf"\b(?:{'|'.join(phrases)})\b")) for name, phrases in _PHRASES.items()
)
_NOT: Final = re.compile(r"\b(?:khong muon|chua muon|khong can|khong the|bao gio|khi nao|vi sao|tai sao)\b")


def wish_in(text: str) -> str | None:
    """`paper`, `visit`, `authorise` or `form`, where a short message wishes that; None for anything else."""
    folded = fold(text)
    if len(text.split()) > _LONGEST or _NOT.search(folded):
        return None
    return next((name for name, pattern in _WISHES if pattern.search(folded)), None)
