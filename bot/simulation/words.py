"""What the played people say: stories, names, places, answers; and how people really type."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.resources import files
from random import Random
from typing import Any, Final, Self

from petitions.kinds import Kind
from petitions.text import fold

_NEIGHBOURS: Final = {"a": "s", "o": "p", "i": "u", "n": "m", "t": "r", "h": "g"}
"""Letters a thumb takes for each other."""
_ENDLESS: Final = 400


@dataclass(frozen=True, slots=True)
class Story:
    """What somebody tells, with the answers to what the form may ask."""

    kind: Kind
    say: tuple[str, ...]
    outside: bool
    urgent: bool
    language: str
    weight: int
    answers: dict[str, str]


@dataclass(frozen=True, slots=True)
class Told:
    """A story with its blanks filled in."""

    story: Story
    say: tuple[str, ...]
    place: str
    people: int | None
    answers: dict[str, str]


class Words:
    """Everything read once from the packaged files."""

    def __init__(self, words: dict[str, Any], stories: Sequence[Story]) -> None:
        self._words = words
        self._officer: dict[str, list[str]] = words["officer"]
        self.stories = tuple(stories)

    @classmethod
    def load(cls) -> Self:
        folder = files("bot") / "simulation"
        told = tomllib.loads((folder / "stories.toml").read_text("utf-8"))["story"]
        return cls(
            tomllib.loads((folder / "words.toml").read_text("utf-8")), [_story(entry) for entry in told]
        )

    def line(self, what: str, chance: Random) -> str:
        """Words of an officer."""
        return _one(self._officer[what], chance)

    def citizen(self, what: str, chance: Random) -> str:
        """Words of a citizen."""
        return _one(self._words["citizen"][what], chance)

    def name(self, chance: Random) -> str:
        """An invented name."""
        names = self._words["names"]
        sex = "woman" if chance.random() < 0.5 else "man"
        parts = (names["family"], names[f"middle_{sex}"], names[f"given_{sex}"])
        return " ".join(_one(part, chance) for part in parts)

    def officers(self, chance: Random) -> Iterator[str]:
        """Names for officers, none twice."""
        used: set[str] = set()
        for _ in range(_ENDLESS):
            name = self.name(chance)
            if name not in used:
                used.add(name)
                yield name

    def address(self, chance: Random) -> str:
        return _one(self._words["places"]["street"], chance)

    def phone(self, chance: Random) -> str:
        """An invented number, written as people write it."""
        digits = f"0951{chance.randrange(10**6):06d}"
        shapes = (
            digits,
            f"{digits[:4]} {digits[4:7]} {digits[7:]}",
            f"{digits[:4]}.{digits[4:7]}.{digits[7:]}",
        )
        return _one(shapes, chance)

    def tell(self, story: Story, now: datetime, chance: Random) -> Told:
        """The story with its blanks filled in."""
        places = self._words["places"]
        day = (now - timedelta(days=chance.randrange(3, 40))).strftime("%d/%m/%Y")
        people = chance.randrange(3, 48)
        blanks = {
            "place": _one(places["where"], chance),
            "shop": _one(places["shop"], chance),
            "person": self.name(chance),
            "day": day,
            "hour": chance.randrange(1, 6),
            "money": chance.randrange(2, 60) * 50,
            "people": people,
            "number": chance.randrange(11, 480),
        }
        return Told(
            story,
            tuple(part.format(**blanks) for part in story.say),
            str(blanks["place"]),
            people if any("{people}" in part for part in story.say) else None,
            {key: value.format(**blanks) for key, value in story.answers.items()},
        )


def typed(text: str, chance: Random, *, plain: bool, slips: bool) -> str:
    """The words as they come out of a telephone: without diacritics, or with a slip of the thumb."""
    if slips and len(text) > 30:
        at = chance.randrange(10, len(text) - 5)
        text = text[:at] + _NEIGHBOURS.get(text[at], text[at]) + text[at + 1 :]
    return fold(text) if plain else text


def _story(entry: dict[str, Any]) -> Story:
    known = {"kind", "say", "outside", "urgent", "language", "weight"}
    return Story(
        kind=Kind(entry["kind"]),
        say=tuple(entry["say"]),
        outside=entry.get("outside", False),
        urgent=entry.get("urgent", False),
        language=entry.get("language", "vi"),
        weight=entry["weight"],
        answers={key: value for key, value in entry.items() if key not in known},
    )


def _one(things: Sequence[str], chance: Random) -> str:
    return things[chance.randrange(len(things))]
