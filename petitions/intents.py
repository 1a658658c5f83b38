"""What a person means where a button is expected: yes, send it, go back, take it anonymously …

Precision before recall: a story holds "xong" and "gửi" too. A phrase counts where it is a whole clause,
begins a clause of a short message, or is by itself so plain that its place does not matter; which of the
three is data (`data/intents.toml`). Other readers of short answers live beside and are offered here: kinds,
choices, language (`petitions.choices`), questions (`petitions.questions`) and corrections
(`petitions.corrections`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum, unique
from functools import lru_cache
from typing import Any

from petitions.choices import chosen_kind, language_of, match_choice
from petitions.corrections import Correction, read_correction
from petitions.questions import Question, question
from petitions.wording import MESSAGES_KEPT, Hit, Phrasebook, Word, Words, read_words
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


@dataclass(frozen=True, slots=True)
class _Clause:
    start: int
    """Offset of its first word in the text."""
    last: int
    """Offset of its last word."""
    meant: frozenset[str] = frozenset()
    """Intents that make up the whole clause; empty where something else is said in it."""
    begun: frozenset[str] = frozenset()
    rude: bool = False
    empty: bool = False
    """Nothing but words of politeness."""

    @property
    def tells(self) -> bool:
        """Says something that is neither an intent nor politeness."""
        return not (self.meant or self.rude or self.empty)


@dataclass(slots=True)
class _Found:
    """What the lists find within one clause; places are those of the words in the message."""

    fillers: set[int] = field(default_factory=set)
    swears: set[int] = field(default_factory=set)
    denied: set[str] = field(default_factory=set)
    clause: list[Hit] = field(default_factory=list)
    start: list[Hit] = field(default_factory=list)


def _best_cover(hits: list[Hit], rest: set[int]) -> frozenset[str]:
    """The labels of the longest phrases needed to cover the words `rest`; equal phrases count together."""
    left, spans = set(rest), set()
    for hit in sorted(hits, key=lambda h: h.first - h.last):
        span = set(range(hit.first, hit.last))
        if span & left:
            spans.add((hit.first, hit.last))
            left -= span
    return frozenset(hit.label for hit in hits if (hit.first, hit.last) in spans)


def _read_clause(first: int, words: list[Word], found: _Found | None) -> _Clause:
    """`first` is the place of the first of these `words` in the message."""
    start, last = words[0].start, words[-1].start
    if found is None:
        return _Clause(start, last)
    everything = set(range(first, first + len(words)))
    if not (found.clause or found.start or found.swears):
        return _Clause(start, last, empty=everything <= found.fillers)
    polite = found.fillers | found.swears
    hits = [hit for hit in found.clause if hit.label not in found.denied]
    rest = everything - polite
    covered = {place for hit in hits for place in range(hit.first, hit.last)}
    meant = _best_cover(hits, rest or covered) if covered and rest <= covered else frozenset()
    lead = first
    while lead in polite:
        lead += 1
    begun = frozenset(hit.label for hit in found.start if hit.label not in found.denied and hit.first <= lead)
    rude = bool(found.swears) and not rest
    return _Clause(start, last, meant, begun, rude, everything <= found.fillers)


def _find(words: Words, denied: list[Hit]) -> dict[int, _Found]:
    """What the lists find, by clause, in one pass over the message; no phrase goes over a clause's end."""
    lists = _lists()
    found: dict[int, _Found] = {}

    def within(hits: list[Hit]) -> Iterator[tuple[_Found, Hit]]:
        for hit in hits:
            clause = words.words[hit.first].clause
            if words.words[hit.last - 1].clause == clause:
                if clause not in found:
                    found[clause] = _Found()
                yield found[clause], hit

    for part, hit in within(lists.fillers.find(words)):
        part.fillers.update(range(hit.first, hit.last))
    for part, hit in within(lists.swears.find(words)):
        part.swears.update(range(hit.first, hit.last))
    for part, hit in within(denied):
        part.denied.add(hit.label)
    for part, hit in within(lists.clause.find(words)):
        part.clause.append(hit)
    for part, hit in within(lists.start.find(words)):
        part.start.append(hit)
    return found


@dataclass(frozen=True, slots=True)
class _Reading:
    """All that is read of one message at once."""

    text: str
    clauses: tuple[_Clause, ...]
    intents: frozenset[Intent]
    only: frozenset[Intent]
    """Those besides which the message says nothing."""


@lru_cache(maxsize=MESSAGES_KEPT)
def _read(text: str) -> _Reading:
    words = read_words(text)
    denied = _lists().unless.find(words)
    found = _find(words, denied)
    clauses: list[_Clause] = []
    first = 0
    for clause in words.clauses():
        clauses.append(_read_clause(first, clause, found.get(clause[0].clause)))
        first += len(clause)
    lone = _EMOJI.get(text.strip().rstrip("\ufe0f"))
    if lone is not None:
        return _Reading(words.text, tuple(clauses), frozenset({lone}), frozenset({lone}))
    meant = _strongest(_labels(words, clauses, {hit.label for hit in denied}))
    only = frozenset(intent for intent in meant if _is_all(clauses, intent))
    return _Reading(words.text, tuple(clauses), meant, only)


def _labels(words: Words, clauses: list[_Clause], denied: set[str]) -> set[str]:
    """The intents whose phrases stand where they count, in a message as long as they may stand in."""
    lists, length = _lists(), len(words)
    found: set[str] = set()
    for index, clause in enumerate(clauses):
        edge = index in {0, len(clauses) - 1}
        if length <= _CLAUSE_LIMIT or (edge and length <= _EDGE_LIMIT):
            found |= {label for label in clause.meant if length <= lists.clause_limits[label]}
        found |= {label for label in clause.begun if length <= lists.limits[label]}
    found |= {
        hit.label
        for hit in lists.anywhere.find(words)
        if length <= lists.limits[hit.label] and hit.label not in denied
    }
    if any(c.rude for c in clauses) and all(c.rude or c.empty for c in clauses):
        found = (found - {"yes", "no"}) | {Intent.RUDE_ONLY.value}
    return found


def _strongest(found: set[str]) -> frozenset[Intent]:
    meant = {Intent(label) for label in found}
    if len(meant) > 1:
        for strong, weak in _STRONGER:
            if strong in meant:
                meant -= weak
    return frozenset(meant)


def _is_all(clauses: list[_Clause], intent: Intent) -> bool:
    if intent is Intent.RUDE_ONLY:
        return True
    return all(clause.rude or clause.empty or intent.value in clause.meant for clause in clauses)


def intents(text: str) -> frozenset[Intent]:
    """Every intent the text carries, strongest evidence only: where two exclude each other, the clearer
    one."""
    return _read(text).intents


def is_only(text: str, intent: Intent) -> bool:
    """The message says nothing but that (and words of politeness)."""
    return intent in _read(text).only


def story_part(text: str) -> str:
    """The text without leading and trailing clauses that are only an intent or politeness.

    "bỏ, chuyển sang phản ánh điều hòa hỏng" -> "chuyển sang phản ánh điều hòa hỏng"; "" where nothing else
    is said.
    """
    read = _read(text)
    told = [clause for clause in read.clauses if clause.tells]
    if not told:
        return ""
    start, last = told[0].start, told[-1].last
    end = min((clause.start for clause in read.clauses if clause.start > last), default=len(read.text))
    return read.text[start:end].strip().rstrip(",;:").strip()
