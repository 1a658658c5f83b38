"""Plain text with numbered choices, read as a person reads it: the words, then what there is to choose."""

from __future__ import annotations

import re
from dataclasses import dataclass

from petitions.text import fold

_CHOICE = re.compile(r"(\d{1,3})\. (.+)\Z")
_OWN_NUMBERS = re.compile(r"1(?: · \d{1,2})+\Z")
"""A rating: choices that are their own numbers."""
_LINK = re.compile(r"(?:.*: )?(https?://\S+)\Z")


@dataclass(frozen=True, slots=True)
class Spoken:
    """A message taken apart."""

    text: str
    labels: tuple[str, ...] = ()
    """The choices in the order of their numbers; the first is number 1."""
    urls: tuple[str, ...] = ()
    """Links that stand where buttons would."""


def read_numbered(text: str) -> Spoken:
    """The last paragraph is the list of choices where every line of it is one, counted from 1, or a link."""
    before, _, tail = text.rpartition("\n\n")
    labels: list[str] = []
    urls: list[str] = []
    for line in tail.split("\n"):
        if not labels and _OWN_NUMBERS.match(line):
            labels += line.split(" · ")
            continue
        choice, link = _CHOICE.match(line), _LINK.match(line)
        if choice is not None and not urls and int(choice[1]) == len(labels) + 1:
            labels.append(choice[2])
        elif link is not None:
            urls.append(link[1])
        else:
            return Spoken(text)
    return Spoken(before, tuple(labels), tuple(urls))


def typed_number(place: int) -> str:
    """What is typed to press the choice at `place` (the first is 0)."""
    return str(place + 1)


def same_label(shown: str, known: str) -> bool:
    """Whether a shown label, perhaps cut for a small screen, is the known one."""
    mine, theirs = _plain(shown.removesuffix("…")), _plain(known)
    return theirs == mine or (shown.endswith("…") and len(mine) > 8 and theirs.startswith(mine))


def _plain(label: str) -> str:
    """Letters and digits only: pictures before a label say nothing."""
    return " ".join(fold("".join(sign if sign.isalnum() else " " for sign in label)).split())
