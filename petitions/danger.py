"""Danger in a message: before any form come the numbers to call.

"now" means somebody is being hurt or in danger while this is written: a short message that says so, or an
act with a word of the present right before it, and no sign of a story about the past. "threat" means
violence or a threat of it that is told: the form goes on, with the numbers in its first line.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, cast

from petitions.wording import MESSAGES_KEPT, Hit, Phrasebook, Words, read_words
from petitions.wordlists import table

About = Literal["violence", "child", "fire", "medical", "other"]
_ORDER: tuple[About, ...] = ("violence", "child", "fire", "medical", "other")
_REACH = 3
"""Words there may be between the word of the present and the act."""


@dataclass(frozen=True, slots=True)
class Danger:
    """`reason` holds the words it rests on (never to be logged)."""

    level: Literal["now", "threat"]
    about: About
    reason: str


@lru_cache(maxsize=1)
def _book() -> tuple[Phrasebook, int]:
    data = table("danger")
    lists: dict[str, list[str]] = {"_": data["other"]["_"]}
    for group in ("now", "acts", "threat"):
        for about, phrases in data[group].items():
            if about != "_":
                lists[f"{group}:{about}"] = phrases
    for group in ("ongoing", "past", "formal"):
        lists[f"{group}:"] = data[group]
    return Phrasebook.of_lists(lists), int(data["longest"])


def _of(hits: list[Hit], group: str) -> list[Hit]:
    return [hit for hit in hits if hit.label.startswith(f"{group}:")]


def _about(hits: list[Hit]) -> tuple[About, Hit] | None:
    """The gravest subject among the hits, with the phrase that shows it."""
    ranked = sorted(
        hits, key=lambda hit: (_ORDER.index(cast("About", hit.label.partition(":")[2])), hit.first)
    )
    return (cast("About", ranked[0].label.partition(":")[2]), ranked[0]) if ranked else None


def _is_past(words: Words, hit: Hit, past: list[Hit]) -> bool:
    clause = words.words[hit.first].clause
    return any(words.words[p.first].clause == clause and p.last <= hit.first for p in past)


def _happening(words: Words, hits: list[Hit]) -> list[Hit]:
    past, ongoing = _of(hits, "past"), _of(hits, "ongoing")
    said = [hit for hit in _of(hits, "now") if not _is_past(words, hit, past)]
    for act in _of(hits, "acts"):
        near = any(
            now.last <= act.first <= now.last + _REACH
            and words.words[now.first].clause == words.words[act.first].clause
            for now in ongoing
        )
        if near and not _is_past(words, act, past):
            said.append(act)
    return said


def find_danger(text: str) -> Danger | None:
    """Danger the message speaks of, the gravest; None where there is none. A story of the past is never
    "now"."""
    return _find(text)


@lru_cache(maxsize=MESSAGES_KEPT)
def _find(text: str) -> Danger | None:
    words = read_words(text)
    book, longest = _book()
    hits = book.find(words)
    if not hits:
        return None
    if len(words) <= longest and not _of(hits, "formal"):
        now = _about(_happening(words, hits))
        if now is not None:
            about, hit = now
            child = about == "violence" and any(h.label == "now:child" for h in hits)
            return Danger("now", "child" if child else about, hit.phrase)
    threats = _of(hits, "threat")
    child_threats = [hit for hit in threats if hit.label == "threat:child"]
    threat = _about(child_threats or threats)
    return Danger("threat", threat[0], threat[1].phrase) if threat else None
