"""What a message says and nothing besides."""

from __future__ import annotations

from petitions.intents import Intent, is_only


def only(text: str, found: frozenset[Intent], *wanted: Intent) -> bool:
    """The message says one of `wanted` and nothing else.

    `found` are its intents: what is not among them need not be looked for again.
    """
    return any(intent in found and is_only(text, intent) for intent in wanted)
