"""What a person was told, whatever the channel, and the transcript of both sides."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field

from petitions.codes import find_codes
from petitions.text import fold


class NoSuchButton(AssertionError):
    """Nothing to press that comes near to what the person looks for."""


class NoAnswer(AssertionError):
    """The office stayed silent."""


@dataclass(frozen=True, slots=True)
class Document:
    """A file the office sent."""

    name: str
    mime: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Heard:
    """One message of the office as the person sees it now."""

    ref: str
    text: str
    labels: tuple[str, ...] = ()
    tokens: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()
    """Links of buttons that open a page; they are no labels."""
    edited: bool = False
    quiet: bool = False
    file: Document | None = None

    @property
    def codes(self) -> list[str]:
        """Valid tracking codes in the text, canonical, in order."""
        return [found.code.value for found in find_codes(self.text) if found.code is not None]

    def line(self) -> str:
        buttons = f"\n      [{' | '.join(self.labels)}]" if self.labels else ""
        file = f" <{self.file.name}>" if self.file else ""
        again = " (edited)" if self.edited else ""
        return f"OFFICE: {self.text}{file}{again}{buttons}"


@dataclass(slots=True)
class Exchange:
    """What the person did and what came back."""

    did: str
    answers: list[Heard] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All answers as one text."""
        return "\n".join(answer.text for answer in self.answers)

    @property
    def labels(self) -> list[str]:
        return [label for answer in self.answers for label in answer.labels]

    def lines(self) -> list[str]:
        return [f"CITIZEN: {self.did}", *(answer.line() for answer in self.answers)]


def likeness(wanted: str, label: str) -> float:
    """How much a button is what a person looks for: 1 the same words, 0.9 they are part of it, else less."""
    aim, found = fold(wanted), _words_of(label)
    if aim == found or aim == fold(label):
        return 1.0
    if aim in found:
        return 0.9
    return 0.8 * _likeness(aim, found)


def _words_of(label: str) -> str:
    """A label without the pictures before it."""
    return fold("".join(sign for sign in label if sign.isalnum() or sign.isspace()))


def _likeness(one: str, other: str) -> float:
    mine, theirs = set(one.split()), set(other.split())
    shared = len(mine & theirs) / max(1, len(mine))
    return max(shared, difflib.SequenceMatcher(None, one, other).ratio())
