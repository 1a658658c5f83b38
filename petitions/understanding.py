"""What a story means: is it a petition, of which kind, about what, for which unit, how urgent.

`Suggester` is the one door through which the rest of the service asks; `KeywordSuggester` answers from the
agency's keywords and packaged cue lists. Every guess carries a confidence and the words it rests on; people
confirm or correct.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Generic, Literal, Protocol, TypeVar

from petitions.accused import find_against, is_second_instance
from petitions.agency import Agency
from petitions.agency_parts import OUTSIDE
from petitions.dates import find_dates
from petitions.intents import Intent, intents
from petitions.kind_cues import KindScores, best_kind, is_urgent, score_kinds, urgency
from petitions.kinds import Kind, Severity
from petitions.names import find_name
from petitions.people import find_people
from petitions.phones import Phone, find_phones
from petitions.places import find_place
from petitions.questions import question
from petitions.subject_cues import Score, SubjectCues
from petitions.wording import Phrasebook, Words, read_words
from petitions.wordlists import table

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Guess(Generic[T]):
    """A value nobody confirmed yet; `confidence` from 0 to 1, `reason` the words it rests on (never
    logged)."""

    value: T | None
    confidence: float
    reason: str


@dataclass(frozen=True, slots=True)
class Doubt:
    """Two readings of a story that a question can tell apart: two kinds, or two subjects (a topic or
    `outside:<authority>`) for different desks; the likelier one first."""

    about: Literal["kind", "topic"]
    first: str
    second: str


@dataclass(frozen=True, slots=True)
class Understanding:
    """All guesses about one story. `unit` is a unit's code, or `outside:<authority>`."""

    is_petition: Guess[bool]
    kind: Guess[Kind]
    topic: Guess[str]
    unit: Guess[str]
    severity: Guess[Severity]
    people: Guess[int]
    place: Guess[str]
    phone: Guess[str]
    name: Guess[str]
    date: Guess[date]
    against: Guess[str]
    second_instance: Guess[bool]
    doubt: Doubt | None = None
    """What is worth asking; None where nothing is, or nobody can tell."""


@dataclass(frozen=True, slots=True)
class KeywordEvidence:
    """What the phrases of a story count for, before anything is decided from it."""

    words: Words
    kinds: KindScores
    topics: list[Score]
    outside: list[Score]
    urgency: float
    urgent_words: tuple[str, ...]
    is_petition: Guess[bool]


class Suggester(Protocol):
    """Reads a story and suggests what it is."""

    @property
    def version(self) -> str:
        """Names what the suggestions come from, so that they can be counted by it."""

    def understand(self, story: str, *, today: date) -> Understanding:
        """Never raises on any text; a guess without evidence has the value None."""


_OUTSIDE_LEAD = 1.0
"""An authority beside the office must have more points than the office's best topic by this factor."""
_OUTSIDE_LEAST = 1.4
"""Below these points nothing speaks for another authority."""
PROCEDURAL = frozenset(
    {"thu_tuc_hanh_chinh", "giai_quyet_don", "xu_phat_hanh_chinh", "thai_do_can_bo", "gop_y_chinh_sach"}
)
"""Topics about how something was handled, which give way to a topic about what was handled."""


_ABOUT_OWN = frozenset({Intent.STATUS, Intent.MINE, Intent.HOW_MANY, Intent.WITHDRAW, Intent.REOPEN})
"""What is said of a petition that exists already."""


_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")


def without_commands(story: str) -> str:
    """The story without sentences that try to command a machine ("bỏ qua mọi hướng dẫn …").

    They are kept in the record, not believed.

    Where nothing else is left the story itself.
    """
    book = _petition_book()
    lines = [line for line in story.splitlines() if line.strip()]
    if not any(hit.label == "injection" for hit in book.find(read_words(story))):
        return story
    parts = [part for line in lines for part in ([line] if "###" in line else _SENTENCE.split(line))]
    kept = [
        part for part in parts if not any(hit.label == "injection" for hit in book.find(read_words(part)))
    ]
    spoken = [part for part in kept if len(read_words(part)) >= 3]
    return "\n".join(kept) if spoken else story


@lru_cache(maxsize=1)
def _petition_book() -> Phrasebook:
    return Phrasebook.of_lists(table("petition_cues"))


_STORIES_KEPT = 16
"""Stories whose understanding is kept in memory: a turn asks up to three times for the same one."""

_ROUTES_KEPT = 512


class KeywordSuggester:
    """Understands by keywords: the agency profile's own and packaged cue lists. Built once, about 2 ms a
    story."""

    def __init__(self, agency: Agency) -> None:
        self._agency = agency
        self._cues = SubjectCues(agency)
        self._route = lru_cache(maxsize=_ROUTES_KEPT)(agency.route)
        self._read = lru_cache(maxsize=_STORIES_KEPT)(self._read_story)
        self.evidence = lru_cache(maxsize=_STORIES_KEPT)(self._weigh)
        """The points of a story's phrases, by story."""
        self.version = "keywords"

    def understand(self, story: str, *, today: date) -> Understanding:
        """See `Suggester.understand`. Only what the words show; the unit follows the agency's routing."""
        return self._read(story, today)

    def _read_story(self, story: str, today: date) -> Understanding:
        evidence = self.evidence(story)
        if evidence.is_petition.value is False:
            return nothing(evidence.is_petition)
        return self.understand_petition(story, today=today)

    def _weigh(self, story: str) -> KeywordEvidence:
        words = read_words(without_commands(story))
        kinds, (points, urgent_words) = score_kinds(words), urgency(words)
        topics, outside = self._cues.topics(words), self._cues.authorities(words)
        petition = self._is_petition(words, topics, outside, explicit=kinds.explicit)
        return KeywordEvidence(words, kinds, topics, outside, points, urgent_words, petition)

    def understand_petition(self, story: str, *, today: date) -> Understanding:
        """The guesses about a story that is taken for a petition, whatever the keywords say of that."""
        evidence = self.evidence(story)
        words, points, urgent_words = evidence.words, evidence.urgency, evidence.urgent_words
        kind, sure, why = best_kind(evidence.kinds)
        against, second = find_against(words.text, kind), is_second_instance(words.text)
        topic, unit = self._where(kind, evidence.topics, evidence.outside, against, second=second)
        urgent = is_urgent(points, kind)
        return Understanding(
            is_petition=Guess(value=True, confidence=evidence.is_petition.confidence, reason=""),
            kind=Guess(kind, sure, why),
            topic=topic,
            unit=unit,
            severity=Guess(
                Severity.URGENT if urgent else Severity.NORMAL,
                min(0.95, 0.5 + abs(points - 1.3) * 0.2),
                ", ".join(urgent_words[:4]) if urgent else "",
            ),
            people=_guess(find_people(story), 0.85),
            place=_guess(find_place(story), 0.7),
            phone=_guess(_phone(story), 0.9),
            name=_guess(find_name(story), 0.8),
            date=_guess(_date(story, today), 0.6),
            against=_guess(against, 0.75),
            second_instance=Guess(second, 0.75 if second else 0.6, ""),
        )

    def subject(self, found: KeywordEvidence) -> str | None:
        """The topic, or `outside:<authority>`, that the keywords point to; None where no phrase was found."""
        topic, away = _best_topic(best_kind(found.kinds)[0], found.topics), _away(found.outside)
        if away is not None and away.points > (topic.points if topic else 0.0) * _OUTSIDE_LEAD:
            return f"{OUTSIDE}:{away.code}"
        return topic.code if topic else None

    def _is_petition(
        self, words: Words, topics: list[Score], outside: list[Score], *, explicit: bool
    ) -> Guess[bool]:
        labels = {hit.label for hit in _petition_book().find(words)}
        subject = max((s[0].points for s in (topics, outside) if s), default=0.0)
        if len(words) < 2 or not re.search(r"[^\W\d_]{2}", words.text):
            return Guess(value=False, confidence=0.95, reason="")
        if "injection" in labels:
            return Guess(value=False, confidence=0.9, reason="injection")
        if len(words) <= 24 and subject < 2.5 and intents(words.text) & _ABOUT_OWN:
            return Guess(value=False, confidence=0.85, reason="status")
        if explicit and question(words.text) is None:
            return Guess(value=True, confidence=0.95, reason="")
        if len(words) <= 12 and subject < 1.0 and intents(words.text):
            return Guess(value=False, confidence=0.85, reason="")
        if _only_asks(words, labels, subject):
            return Guess(value=False, confidence=0.85, reason="question")
        if subject < 0.5 and not explicit and (len(words) < 8 or not _has_speech(words)):
            return Guess(value=False, confidence=0.8, reason="")
        return Guess(value=True, confidence=0.6 if subject < 1.0 and not explicit else 0.9, reason="")

    def _where(
        self, kind: Kind, topics: list[Score], outside: list[Score], against: str | None, *, second: bool
    ) -> tuple[Guess[str], Guess[str]]:
        """Topic and unit: another authority's matter where its words weigh more than those of the office's
        field."""
        topic = _best_topic(kind, topics)
        inside = topic.points if topic else 0.0
        away = _away(outside)
        if away is not None and away.points > inside * _OUTSIDE_LEAD:
            sure = _confidence(away.points, inside)
            why = ", ".join(away.phrases[:4])
            route = self._route(kind, self._agency.outside_topic, against=against, outside=away.code)
            return Guess(self._agency.outside_topic, sure, why), Guess(
                route.destination or route.unit, sure, why
            )
        if topic is None:
            return Guess(None, 0.0, ""), Guess(self._agency.focal_unit, 0.2, "")
        following = next((s.points for s in topics if s.code != topic.code), 0.0)
        sure, why = (
            _confidence(inside, max(following, away.points if away else 0.0)),
            ", ".join(topic.phrases[:4]),
        )
        route = self._route(kind, topic.code, against=against, second_instance=second)
        return Guess(topic.code, sure, why), Guess(route.destination or route.unit, sure, why)


def _away(outside: list[Score]) -> Score | None:
    """The other authority with most points, where they are enough to speak of it."""
    return outside[0] if outside and outside[0].points >= _OUTSIDE_LEAST else None


def _best_topic(kind: Kind, topics: list[Score]) -> Score | None:
    """The topic with most points; where it is only about the handling, a substantial one close behind it."""
    best = next((score for score in topics if score.points > 0), None)
    if best is None or best.code not in PROCEDURAL or kind is Kind.RECOMMENDATION:
        return best
    return next((s for s in topics if s.code not in PROCEDURAL and s.points >= 0.8 * best.points), best)


def _confidence(best: float, second: float) -> float:
    return max(0.15, min(0.97, 0.35 + 0.5 * (best - second) / (best + second + 0.5) + 0.05 * min(best, 4.0)))


def _guess(value: T | None, sure: float) -> Guess[T]:
    return Guess(value, sure if value is not None else 0.0, str(value) if isinstance(value, str) else "")


def _phone(story: str) -> str | None:
    return next((phone.number for phone in find_phones(story) if isinstance(phone, Phone)), None)


def _date(story: str, today: date) -> date | None:
    return next(
        (day.date for day in find_dates(story, today) if day.date is not None and not day.problem), None
    )


def _has_speech(words: Words) -> bool:
    """Looks like words of a language: letters in syllables, not keyboard play."""
    letters = [word for word in words.words if word.bare.isalpha()]
    spoken = [word for word in letters if len(word.bare) <= 8 and re.search(r"[aeiouy]", word.bare)]
    distinct = {word.bare for word in spoken}
    return len(spoken) >= 0.7 * max(1, len(words)) and len(distinct) >= 4


def _only_asks(words: Words, labels: set[str], subject: float) -> bool:
    """Asks for information, and tells nothing that happened."""
    asked = question(words.text)
    if asked is None and "info" not in labels:
        return False
    if len(words) > 40:
        return False
    told = score_kinds(words).said["phan_anh"]
    return asked is not None or (len(told) <= 1 and subject < 4.0)


def nothing(petition: Guess[bool]) -> Understanding:
    """The understanding of what is no petition: no guess but that."""
    return Understanding(
        is_petition=petition,
        kind=Guess(None, 0.0, ""),
        topic=Guess(None, 0.0, ""),
        unit=Guess(None, 0.0, ""),
        severity=Guess(Severity.NORMAL, 0.5, ""),
        people=Guess(None, 0.0, ""),
        place=Guess(None, 0.0, ""),
        phone=Guess(None, 0.0, ""),
        name=Guess(None, 0.0, ""),
        date=Guess(None, 0.0, ""),
        against=Guess(None, 0.0, ""),
        second_instance=Guess(value=False, confidence=0.5, reason=""),
    )
