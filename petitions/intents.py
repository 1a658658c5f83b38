"""What a person means where a button is expected: yes, send it, go back, take it anonymously …

Precision before recall: a story holds "xong" and "gửi" too. A phrase counts where it is a whole clause,
begins a clause of a short message, or is by itself so plain that its place does not matter; which of the
three is data (`data/intents.toml`). Other readers of short answers live beside and are offered here: kinds,
choices, language (`petitions.choices`), questions (`petitions.questions`) and corrections
(`petitions.corrections`).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum, unique
from functools import lru_cache
from typing import Any

from petitions.choices import chosen_kind, language_of, match_choice
from petitions.corrections import Correction, read_correction
from petitions.questions import Question, question
from petitions.wording import Hit, Phrasebook, Word, Words, read_words
from petitions.wordlists import table

__all__ = [
    "Correction",
    "Intent",
    "Question",
    "chosen_kind",
    "intents",
    "is_only",
    "language_of",
    "match_choice",
    "question",
    "read_correction",
    "story_part",
]

_LIMIT = 40
"""Words a message may have for `start` and `anywhere` phrases, where the list says nothing else."""
_CLAUSE_LIMIT = 28
"""Words a message may have for whole clauses in its middle to count."""
_EDGE_LIMIT = 60
"""Words a message may have for its first or last clause to count."""


@unique
class Intent(StrEnum):
    """One thing a short message can mean. The values name the sections of `data/intents.toml`."""

    YES = "yes"
    NO = "no"
    CONFIRM = "confirm"
    SKIP = "skip"
    DONE = "done"
    BACK = "back"
    CANCEL = "cancel"
    START_OVER = "start_over"
    HELP = "help"
    MENU = "menu"
    STATUS = "status"
    MINE = "mine"
    LANGUAGE_VI = "language_vi"
    LANGUAGE_EN = "language_en"
    NOTICES_IN_ENGLISH = "notices_in_english"
    NOTICES_IN_VIETNAMESE = "notices_in_vietnamese"
    HUMAN = "human"
    LATER = "later"
    RESUME = "resume"
    GREETING = "greeting"
    THANKS = "thanks"
    APOLOGY = "apology"
    RUDE_ONLY = "rude_only"
    WITHDRAW = "withdraw"
    REOPEN = "reopen"
    NOTIFY_ME = "notify_me"
    KEEP_SECRET = "keep_secret"  # noqa: S105 - a wish of the citizen, no password
    ANONYMOUS = "anonymous"
    NAMED = "named"
    SAME_AS_BEFORE = "same_as_before"
    HOW_MANY = "how_many"
    SECOND_MATTER = "second_matter"
    NEW_MATTER = "new_matter"
    """Leaves the present matter for another: "chuyển sang phản ánh …"."""
    DONT_KNOW = "dont_know"
    CORRECTION = "correction"
    DISCREET = "discreet"
    """Somebody at home must not learn of it: "đừng gọi vào số chồng em"."""


_EMOJI = {"👋": Intent.GREETING, "🙏": Intent.THANKS, "❌": Intent.NO, "✅": Intent.YES}
_STRONGER: tuple[tuple[Intent, frozenset[Intent]], ...] = (
    (Intent.CONFIRM, frozenset({Intent.NO, Intent.DONE})),
    (Intent.NO, frozenset({Intent.YES})),
    (Intent.CANCEL, frozenset({Intent.NO, Intent.YES, Intent.SKIP})),
    (Intent.SKIP, frozenset({Intent.NO, Intent.YES})),
    (Intent.DONE, frozenset({Intent.NO, Intent.YES, Intent.SKIP, Intent.STATUS})),
    (Intent.BACK, frozenset({Intent.NO})),
    (Intent.LATER, frozenset({Intent.NO, Intent.CANCEL, Intent.DONE})),
    (Intent.CORRECTION, frozenset({Intent.NO, Intent.APOLOGY})),
    (Intent.WITHDRAW, frozenset({Intent.CANCEL, Intent.NO})),
    (Intent.NAMED, frozenset({Intent.ANONYMOUS})),
    (Intent.NOTIFY_ME, frozenset({Intent.STATUS})),
    (Intent.HOW_MANY, frozenset({Intent.STATUS, Intent.MINE})),
    (Intent.APOLOGY, frozenset({Intent.RUDE_ONLY, Intent.SKIP})),
    (Intent.RESUME, frozenset({Intent.START_OVER})),
    (Intent.DONT_KNOW, frozenset({Intent.NO, Intent.SKIP})),
)
"""Where both are read in one message the first is meant: "không còn ảnh nào" is done, not no."""


@dataclass(frozen=True, slots=True)
class _Lists:
    fillers: Phrasebook
    swears: Phrasebook
    clause: Phrasebook
    start: Phrasebook
    anywhere: Phrasebook
    unless: Phrasebook
    limits: dict[str, int]
    clause_limits: dict[str, int]


@lru_cache(maxsize=1)
def _lists() -> _Lists:
    data: dict[str, Any] = table("intents")
    sections = {name: data[name] for name in data if name not in {"fillers", "swears"}}

    def book(part: str) -> Phrasebook:
        return Phrasebook.of_lists({name: section.get(part, ()) for name, section in sections.items()})

    return _Lists(
        fillers=Phrasebook.of_lists({"filler": data["fillers"]["words"]}),
        swears=Phrasebook.of_lists({"swear": data["swears"]["words"]}),
        clause=book("clause"),
        start=book("start"),
        anywhere=book("anywhere"),
        unless=book("not"),
        limits={name: section.get("limit", _LIMIT) for name, section in sections.items()},
        clause_limits={name: section.get("clause_limit", _EDGE_LIMIT) for name, section in sections.items()},
    )


def _covered(hits: list[Hit]) -> set[int]:
    return {index for hit in hits for index in range(hit.first, hit.last)}


@dataclass(frozen=True, slots=True)
class _Clause:
    words: Words
    meant: frozenset[str]
    """Intents that make up the whole clause; empty where something else is said in it."""
    begun: frozenset[str]
    rude: bool
    empty: bool
    """Nothing but words of politeness."""


def _best_cover(hits: list[Hit], rest: set[int]) -> frozenset[str]:
    """The labels of the longest phrases needed to cover the words `rest`; equal phrases count together."""
    left, spans = set(rest), set()
    for hit in sorted(hits, key=lambda h: h.first - h.last):
        span = set(range(hit.first, hit.last))
        if span & left:
            spans.add((hit.first, hit.last))
            left -= span
    return frozenset(hit.label for hit in hits if (hit.first, hit.last) in spans)


def _read_clause(words: list[Word], text: str) -> _Clause:
    lists = _lists()
    clause = Words(text, tuple(words))
    everything = set(range(len(words)))
    fillers = _covered(lists.fillers.find(clause))
    swears = _covered(lists.swears.find(clause))
    denied = {hit.label for hit in lists.unless.find(clause)}
    hits = [hit for hit in lists.clause.find(clause) if hit.label not in denied]
    rest = everything - fillers - swears
    covered = _covered(hits)
    meant: frozenset[str] = frozenset()
    if covered and rest <= covered:
        meant = _best_cover(hits, rest or covered)
    lead = 0
    while lead < len(words) and (lead in fillers or lead in swears):
        lead += 1
    starts = [hit for hit in lists.start.find(clause) if hit.label not in denied and hit.first <= lead]
    begun = frozenset(hit.label for hit in starts)
    return _Clause(
        clause, meant, begun, bool(swears) and everything <= swears | fillers, everything <= fillers
    )


def _read(text: str) -> tuple[Words, list[_Clause]]:
    words = read_words(text)
    return words, [_read_clause(clause, words.text) for clause in words.clauses()]


def intents(text: str) -> frozenset[Intent]:
    """Every intent the text carries, strongest evidence only: where two exclude each other, the clearer
    one."""
    lone = _EMOJI.get(text.strip().rstrip("\ufe0f"))
    if lone is not None:
        return frozenset({lone})
    words, clauses = _read(text)
    lists, length = _lists(), len(words)
    found: set[str] = set()
    for index, clause in enumerate(clauses):
        edge = index in {0, len(clauses) - 1}
        if length <= _CLAUSE_LIMIT or (edge and length <= _EDGE_LIMIT):
            found |= {label for label in clause.meant if length <= lists.clause_limits[label]}
        found |= {label for label in clause.begun if length <= lists.limits[label]}
    denied = {hit.label for hit in lists.unless.find(words)}
    found |= {
        hit.label
        for hit in lists.anywhere.find(words)
        if length <= lists.limits[hit.label] and hit.label not in denied
    }
    if clauses and any(c.rude for c in clauses) and all(c.rude or c.empty for c in clauses):
        found = (found - {"yes", "no"}) | {Intent.RUDE_ONLY.value}
    meant = {Intent(label) for label in found}
    for strong, weak in _STRONGER:
        if strong in meant:
            meant -= weak
    return frozenset(meant)


def is_only(text: str, intent: Intent) -> bool:
    """The message says nothing but that (and words of politeness)."""
    if _EMOJI.get(text.strip().rstrip("\ufe0f")) is intent:
        return True
    if intent not in intents(text):
        return False
    if intent is Intent.RUDE_ONLY:
        return True
    _, clauses = _read(text)
    return all(intent.value in clause.meant or clause.rude or clause.empty for clause in clauses)


def story_part(text: str) -> str:
    """The text without leading and trailing clauses that are only an intent or politeness.

    "bỏ, chuyển sang phản ánh điều hòa hỏng" -> "chuyển sang phản ánh điều hòa hỏng"; "" where nothing else
    is said.
    """
    words, clauses = _read(text)
    told = [clause for clause in clauses if not (clause.meant or clause.rude or clause.empty)]
    if not told:
        return ""
    start = told[0].words.words[0].start
    last = told[-1].words.words[-1]
    following = [c.words.words[0].start for c in clauses if c.words.words[0].start > last.start]
    end = min(following, default=len(words.text))
    return words.text[start:end].strip().rstrip(",;:").strip()
