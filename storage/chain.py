"""The hash chain of a petition's events: pure sums over plain values, no database.

Each link is an HMAC, under a key of its own, over the link before it and everything the event says in clear,
and over a commitment to what it says in secret (an HMAC of the content under a random salt). Salt and content
are stored sealed: a change of data key, or lawful erasure of the content, leaves every link valid.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from typing import Final

SALT_BYTES: Final = 16
START: Final = b"\0" * 32
"""What stands before the first link."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkFacts:
    """What an event says in clear."""

    petition_id: int
    seq: int
    action: str
    actor_kind: str
    officer_id: int | None
    at: int
    """Microseconds since 1970 UTC."""
    commitment: bytes


def commitment(salt: bytes, content: bytes) -> bytes:
    """Binds an event to its content without telling it."""
    return hmac.digest(salt, content, hashlib.sha256)


def link(key: bytes, previous: bytes, facts: LinkFacts) -> bytes:
    """The link of an event behind the link `previous` (`START` for the first)."""
    parts = (
        previous,
        str(facts.petition_id).encode(),
        str(facts.seq).encode(),
        facts.action.encode(),
        facts.actor_kind.encode(),
        b"" if facts.officer_id is None else str(facts.officer_id).encode(),
        str(facts.at).encode(),
        facts.commitment,
    )
    return hmac.digest(key, b"link" + _joined(parts), hashlib.sha256)


def head(key: bytes, petition_id: int, count: int, last: bytes) -> bytes:
    """What a petition keeps of its chain: nobody without the key can shorten the chain and mend the head."""
    parts = (str(petition_id).encode(), str(count).encode(), last)
    return hmac.digest(key, b"head" + _joined(parts), hashlib.sha256)


def _joined(parts: tuple[bytes, ...]) -> bytes:
    """Each part behind its length, so that no two different lists of parts give the same bytes."""
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)
