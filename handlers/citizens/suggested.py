"""What the service made of a draft's words, kept with the filing beside what the citizen confirmed.

From it and what officers decide later it can be told how often suggestions are right, and the next training learns
(`petitions.triage.learning`). It stands in the sealed content of the FILE event.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from handlers.citizens.chat import Chat
from handlers.citizens.drafting import told_text
from handlers.citizens.state import Draft
from petitions.agency_parts import OUTSIDE
from petitions.understanding import Guess


def kept(chat: Chat, draft: Draft) -> dict[str, Any]:
    """The suggestions about the draft as it is filed, by field: value, confidence, the words it rests on.

    `chosen`: what the citizen named themselves; `version`: which artefact suggested it.
    """
    suggester = chat.turn.facts.suggester
    seen = suggester.understand(told_text(draft), today=chat.today)
    unit = seen.unit.value or ""
    topic = unit if unit.startswith(f"{OUTSIDE}:") else seen.topic.value
    guesses: dict[str, Guess[Any]] = {
        "kind": seen.kind,
        "topic": replace(seen.topic, value=topic),
        "unit": seen.unit,
        "severity": seen.severity,
    }
    found: dict[str, Any] = {
        name: [str(guess.value), round(guess.confidence, 3), guess.reason]
        for name, guess in guesses.items()
        if guess.value is not None
    }
    chosen = [name for name, named in (("kind", draft.kind_chosen), ("topic", draft.topic_chosen)) if named]
    return found | {"chosen": chosen, "version": suggester.version}
