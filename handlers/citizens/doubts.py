"""Not sure which of two kinds, or two subjects: the one question that separates them, once a draft, never needed.

Whoever passes it over keeps the likelier guess, which the focal unit confirms like any other.
"""

from __future__ import annotations

from typing import Final

from handlers.citizens import drafting
from handlers.citizens.chat import Chat, Rows
from handlers.citizens.state import Draft, Unsure
from handlers.citizens.wording import authority_name, kind_name, topic_name
from petitions.agency_parts import OUTSIDE
from petitions.intents import Intent, chosen_kind, is_only, match_choice
from petitions.kinds import Kind

OTHER: Final = "other"
_SHORT: Final = 8
"""Words; a longer answer tells more of the story, from which it is understood anew."""


def is_open(draft: Draft) -> bool:
    """Whether the draft waits for this question, and nothing speaks against asking."""
    unsure = draft.unsure
    if unsure is None or draft.unsure_asked or not draft.told or draft.outside is not None:
        return False
    if draft.from_danger or draft.discreet or draft.form.asking == "story":
        return False
    return not (draft.kind_chosen if unsure.about == "kind" else draft.topic_chosen)


def question(chat: Chat, unsure: Unsure) -> tuple[str, Rows]:
    """The question and its buttons."""
    names = [_name(chat, unsure, value) for value in (unsure.first, unsure.second)]
    if unsure.about == "kind":
        means = [chat.text(f"citizen.means_{value}") for value in (unsure.first, unsure.second)]
        text = chat.text(
            "citizen.doubt_kind", first=names[0], first_means=means[0], second=names[1], second_means=means[1]
        )
    else:
        text = chat.text("citizen.doubt_topic", first=names[0], second=names[1])
    rows = [
        (chat.labelled(name, "doubt", value.replace(":", "-")),)
        for name, value in zip(names, (unsure.first, unsure.second), strict=True)
    ]
    if unsure.about == "topic":
        rows.append((chat.button("citizen.button_doubt_other", "doubt", OTHER),))
    return text, (*rows, (chat.button("citizen.button_doubt_skip", "doubt", "skip"),))


def take(chat: Chat, draft: Draft, text: str, found: frozenset[Intent]) -> bool:
    """The answer in words. False where it is none: then it tells more of the story."""
    unsure = draft.unsure
    if unsure is None:
        return False
    if any(is_only(text, intent) for intent in (Intent.SKIP, Intent.DONT_KNOW, Intent.NO, Intent.DONE)):
        return True
    if is_only(text, Intent.YES) or (Intent.CONFIRM in found and is_only(text, Intent.CONFIRM)):
        settle(chat, draft, unsure.first)
        return True
    chosen = _chosen(chat, unsure, text)
    if chosen is None:
        return False
    settle(chat, draft, chosen)
    return True


def settle(chat: Chat, draft: Draft, value: str) -> None:
    """The citizen's word on it."""
    unsure = draft.unsure
    if unsure is None or value not in {unsure.first, unsure.second, OTHER}:
        return  # passed over
    if unsure.about == "kind":
        if value in set(Kind):
            drafting.choose_kind(draft, Kind(value))
        return
    draft.topic_chosen = True
    draft.outside = None
    if value == OTHER:
        draft.topic = None
        chat.lead("citizen.topic_left")
    elif value.startswith(f"{OUTSIDE}:"):
        draft.topic, draft.outside = chat.agency.outside_topic, value.removeprefix(f"{OUTSIDE}:")
    else:
        draft.topic = value
    drafting.set_mode(draft)


def _chosen(chat: Chat, unsure: Unsure, text: str) -> str | None:
    both = (unsure.first, unsure.second)
    named = match_choice(text, [(value, [_name(chat, unsure, value)]) for value in both])
    if named is not None:
        return named
    if len(text.split()) > _SHORT:
        return None
    if unsure.about == "kind":
        kind = chosen_kind(text)
        return kind.value if kind is not None and kind.value in both else None
    if match_choice(text, [(OTHER, [chat.text("citizen.button_doubt_other")])]) is not None:
        return OTHER
    seen = chat.turn.facts.suggester.understand(text, today=chat.today)
    return next((found for found in (seen.topic.value, seen.unit.value) if found in both), None)


def _name(chat: Chat, unsure: Unsure, value: str) -> str:
    if unsure.about == "kind":
        return kind_name(chat, Kind(value))
    return authority_name(chat, value) if value.startswith(f"{OUTSIDE}:") else topic_name(chat, value)
