"""Understands a story with the trained model and the keywords together.

The keywords are part of the evidence; people, place, phone, name and dates are read by rule as ever. The unit is
never guessed by itself: every likely reading is sent through the agency's routing, and the desks' chances add up.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import Final

from petitions.accused import find_against
from petitions.agency import Agency
from petitions.agency_parts import OUTSIDE
from petitions.kind_cues import best_kind, is_urgent
from petitions.kinds import Kind, Severity
from petitions.triage.desks import Desks
from petitions.triage.doubts import find_doubt
from petitions.triage.evidence import YES, Evidence, EvidenceReader
from petitions.triage.model import Model, packaged
from petitions.triage.reasons import reason
from petitions.understanding import (
    PROCEDURAL,
    Guess,
    KeywordSuggester,
    Understanding,
    nothing,
)

SURE: Final = 0.9
"""From this confidence on a guess is shown as sure: `docs/triage.md` has how often it then is right."""
_FEW_WORDS = 10
_PER_WORD = 0.06
"""What each word of a short text adds to how sure an answer may be: nothing is sure from fewer than ten words."""
_LEAST_CHANCE = 0.2
"""Without any phrase of a topic, fewer words or a smaller chance name none."""
_STRANGE = 0.3
"""Share of known syllables under which a text is in no language the model has learned."""
_NOTHING_KNOWN = 0.35
_BY_RULE = frozenset({"injection", "status"})
"""Reasons for which the keywords alone decide that something is no petition."""
_AGAINST_A_YES: Final = 0.2
"""Chance of being a petition under which the keywords' yes is overruled: nobody's matter is refused lightly."""
_AGAINST_A_NO: Final = 0.6
"""Chance from which the keywords' no is overruled."""
_SOME_DANGER: Final = 0.5
"""Points of danger words from which the model's lower threshold counts."""
_UNSAID_DANGER: Final = 0.8
"""Chance that is needed where no word of danger is said."""
_PLAIN_DANGER: Final = 0.05
"""Chance that is enough where the words of danger alone would do."""
_AWAY_FROM: Final = 0.35
"""Chance of all other authorities together from which the likeliest of them is named."""
_SUBJECTS_LOOKED_AT: Final = 12
_KEYWORDS_STAND: Final = 0.1
"""Share of the likeliest subject's chance from which the keywords' own subject stands, at the same desk."""
_STORIES_KEPT = 16


def suggester_for(agency: Agency, model: Model | None = None) -> TrainedSuggester:
    """The suggester of this agency: `model`, else the packaged one. Raises UnreadableModel."""
    return TrainedSuggester(agency, model or packaged())


class TrainedSuggester:
    """Answers as `Suggester` says, some milliseconds a story. Built once; never changes."""

    def __init__(self, agency: Agency, model: Model) -> None:
        self._agency = agency
        self._model = model
        self._keywords = KeywordSuggester(agency)
        self._reader = EvidenceReader(agency, self._keywords)
        self._desks = Desks(agency)
        self._subjects = self._desks.subjects()
        self._read = lru_cache(maxsize=_STORIES_KEPT)(self._read_story)
        self.version = model.version

    def understand(self, story: str, *, today: date) -> Understanding:
        """See `Suggester.understand`."""
        return self._read(story, today)

    def desks(self, story: str) -> dict[str, float]:
        """The units and outside authorities a story may be for, with their chances, best first."""
        evidence = self._reader.read(story)
        return self._weigh(evidence)[2]

    def _read_story(self, story: str, today: date) -> Understanding:
        evidence = self._reader.read(story)
        petition = self._petition(evidence)
        if petition.value is False:
            return nothing(petition)
        rules = self._keywords.understand_petition(story, today=today)
        kinds, subjects, desks = self._weigh(evidence)
        kind = Kind(_best(kinds))
        guessed = self._kind(evidence, kinds, kind)
        subject, topic, unit = self._where(evidence, kinds, subjects, desks)
        text = evidence.keywords.words.text

        def desk_of(code: str) -> str:
            return next(iter(self._desks.spread(text, {kind.value: 1.0}, {code: 1.0})))

        return replace(
            rules,
            is_petition=petition,
            kind=guessed,
            topic=topic,
            unit=unit,
            doubt=find_doubt(guessed, unit, kinds, subjects, subject, desk_of),
            severity=self._severity(evidence),
            against=replace(rules.against, value=find_against(text, kind)),
        )

    def _weigh(self, evidence: Evidence) -> tuple[dict[str, float], dict[str, float], dict[str, float]]:
        """Chances of kinds, of subjects this office knows, and of desks."""
        kinds = self._model.heads["kind"].spread(evidence, "kind")
        spread = self._model.heads["topic"].spread(evidence, "topic", self._subjects)
        known = {code: spread[code] for code in self._subjects}
        whole = sum(known.values()) or 1.0
        subjects = {code: chance / whole for code, chance in known.items()}
        return kinds, subjects, self._desks.spread(evidence.keywords.words.text, kinds, subjects)

    def _petition(self, evidence: Evidence) -> Guess[bool]:
        rule = evidence.keywords.is_petition
        if rule.value is False and (rule.confidence >= 0.95 or rule.reason in _BY_RULE):
            return rule
        if self._familiar(evidence) < _STRANGE:
            return rule
        chance = self._model.heads["petition"].spread(evidence, "petition")[YES]
        value = chance >= (_AGAINST_A_YES if rule.value else _AGAINST_A_NO)
        sure = self._sure("petition", max(chance, 1.0 - chance), evidence)
        if value is rule.value:
            sure = max(sure, rule.confidence)
        elif value is not (chance >= 0.5):
            sure = 1.0 - sure
        return Guess(value, sure, "" if value else rule.reason)

    def _kind(self, evidence: Evidence, kinds: Mapping[str, float], kind: Kind) -> Guess[Kind]:
        said = evidence.keywords.kinds.said.get(kind.value, ())
        why = reason(self._model.heads["kind"], evidence, kind.value, said)
        return Guess(kind, self._sure("kind", kinds[kind.value], evidence), why)

    def _where(
        self,
        evidence: Evidence,
        kinds: Mapping[str, float],
        subjects: Mapping[str, float],
        desks: Mapping[str, float],
    ) -> tuple[str | None, Guess[str], Guess[str]]:
        """Subject, its topic, and the desk, that fit each other."""
        if not desks:
            return None, Guess(None, 0.0, ""), Guess(self._agency.focal_unit, 0.2, "")
        desk = _likeliest(desks)
        subject = self._subject_of(desk, evidence, kinds, subjects)
        if not evidence.phrases and (
            len(evidence.keywords.words) < _FEW_WORDS or subjects[subject] < _LEAST_CHANCE
        ):
            return None, Guess(None, 0.0, ""), Guess(self._agency.focal_unit, 0.2, "")
        why = reason(self._model.heads["topic"], evidence, subject, evidence.phrases.get(subject, ()))
        away = subject.startswith(f"{OUTSIDE}:")
        topic = self._agency.outside_topic if away else subject
        return (
            subject,
            Guess(topic, self._sure("topic", subjects[subject], evidence), why),
            Guess(desk, self._sure("unit", desks[desk], evidence), why),
        )

    def _subject_of(
        self, desk: str, evidence: Evidence, kinds: Mapping[str, float], subjects: Mapping[str, float]
    ) -> str:
        """The likeliest subject among those that lead to this desk for the likeliest kind, else of all.

        Where the keywords' subject leads there too it stands, if it is at all likely, or if the other is only
        about procedure: a petition is counted under what it is about.
        """
        kind = Kind(_best(kinds))
        text = evidence.keywords.words.text
        ranked = sorted(subjects, key=lambda code: (-subjects[code], code))[:_SUBJECTS_LOOKED_AT]
        leading = [code for code in ranked if self._leads(code, kind, text, desk)]
        first = leading[0] if leading else ranked[0]
        said = self._keywords.subject(evidence.keywords)
        if said is None or said == first or not subjects.get(said):
            return first
        likely = subjects[said] >= _KEYWORDS_STAND * subjects[first]
        substance = first in PROCEDURAL and said not in PROCEDURAL
        return said if (likely or substance) and self._leads(said, kind, text, desk) else first

    def _leads(self, subject: str, kind: Kind, text: str, desk: str) -> bool:
        return desk in self._desks.spread(text, {kind.value: 1.0}, {subject: 1.0})

    def _severity(self, evidence: Evidence) -> Guess[Severity]:
        head = self._model.heads["severity"]
        chance = head.spread(evidence, "severity")[YES]
        urgent = chance >= self._urgent_from(evidence)
        sure = self._model.calibrations["severity"].sure(max(chance, 1.0 - chance))
        if urgent is not (chance >= 0.5):
            sure = 1.0 - sure
        why = reason(head, evidence, YES, evidence.keywords.urgent_words) if urgent else ""
        return Guess(Severity.URGENT if urgent else Severity.NORMAL, round(sure, 3), why)

    def _urgent_from(self, evidence: Evidence) -> float:
        """The less is said of danger, the likelier it must be; plain words of danger nearly stand alone."""
        found = evidence.keywords
        if is_urgent(found.urgency, best_kind(found.kinds)[0]):
            return min(_PLAIN_DANGER, self._model.urgent_from)
        said = evidence.danger >= _SOME_DANGER
        return self._model.urgent_from if said else max(_UNSAID_DANGER, self._model.urgent_from)

    def _sure(self, name: str, chance: float, evidence: Evidence) -> float:
        """How often such an answer is right; lower for a text of strange or very few words."""
        sure = self._model.calibrations[name].sure(chance)
        words = len(evidence.keywords.words)
        if name != "petition":
            sure = min(sure, 0.3 + _PER_WORD * words, _NOTHING_KNOWN + self._familiar(evidence) / _STRANGE)
        return round(sure, 3)

    def _familiar(self, evidence: Evidence) -> float:
        """The share of single syllables that training knew."""
        rows = self._model.heads["topic"].rows
        single = [gram for gram in evidence.grams if gram.last - gram.first == 1]
        return sum(gram.key in rows for gram in single) / max(1, len(single))


def _best(chances: Mapping[str, float]) -> str:
    return max(sorted(chances), key=lambda code: chances[code])


def _likeliest(desks: Mapping[str, float]) -> str:
    """The likeliest unit, or the likeliest other authority where all of them together are likely enough."""
    away = {desk: chance for desk, chance in desks.items() if desk.startswith(OUTSIDE)}
    home = {desk: chance for desk, chance in desks.items() if desk not in away}
    return _best(away if away and (not home or sum(away.values()) >= _AWAY_FROM) else home)
