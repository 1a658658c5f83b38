"""Searches log lines for what may never stand there: people's words, names, numbers, tokens, secrets."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_WORD = re.compile(r"\w+")
_DIGITS = re.compile(r"\+?\d(?:[ .-]?\d){8,14}(?!\d)")
_ANY_PHONE = re.compile(r"(?<![\w.:+-])(?:\+84|0084|0)(?:[ .-]?[1-9])(?:[ .-]?\d){8}(?![\w:])")
_BOT_TOKEN = re.compile(r"(?<!\d)\d{6,12}:[A-Za-z0-9_-]{30,}")
_LONGEST_RUN = 4
_SHORT = 12


@dataclass(frozen=True, slots=True)
class Leak:
    """What was found; never the words themselves, only where and of which sort."""

    file: str
    line: int
    sort: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.sort}"


@dataclass(slots=True)
class Hidden:
    """What the tests said and used, prepared for searching in one pass."""

    runs: set[tuple[str, ...]] = field(default_factory=set)
    """Pieces of three or four words of every message; short ones only where no log line would have them."""
    phones: set[str] = field(default_factory=set)
    """The last nine digits."""
    secrets: set[str] = field(default_factory=set)

    def text(self, said: str) -> None:
        """Words of a person: a message, a caption, a name, an answer of an officer."""
        for found in _DIGITS.finditer(said):
            self.phone(found.group())
        words = _words(said)
        foreign = not said.isascii()  # our log lines are English
        size = 3 if foreign else _LONGEST_RUN
        if len(words) >= size:
            self.runs.update(tuple(words[at : at + size]) for at in range(len(words) - size + 1))
        elif len(words) > 1 and (foreign or len(said) >= _SHORT):
            self.runs.add(tuple(words))

    def phone(self, number: str) -> None:
        digits = "".join(filter(str.isdigit, number))
        if len(digits) >= 9:
            self.phones.add(digits[-9:])

    def secret(self, value: str) -> None:
        if len(value) >= 8:
            self.secrets.add(value)


def leaks(lines: Iterable[str], hidden: Hidden, name: str) -> Iterator[Leak]:
    """Every leak in a file's lines, JSON or not."""
    for number, line in enumerate(lines, start=1):
        for sort in sorted(_sorts(line, hidden)):
            yield Leak(name, number, sort)


def leaks_in(folder: Path, hidden: Hidden) -> list[Leak]:
    """Every leak in the `*.log` files of a folder."""
    found: list[Leak] = []
    for path in sorted(folder.glob("*.log")):
        with path.open(encoding="utf-8", errors="replace") as stream:
            found += leaks(stream, hidden, path.name)
    return found


def _sorts(line: str, hidden: Hidden) -> set[str]:
    values = _readable(line)
    found: set[str] = set()
    for value in values:
        found |= _in_value(value, hidden)
    return found


def _in_value(value: str, hidden: Hidden) -> set[str]:
    found: set[str] = set()
    if _BOT_TOKEN.search(value):
        found.add("a bot token")
    if _ANY_PHONE.search(value):
        found.add("a phone number")
    for match in _DIGITS.finditer(value):
        digits = "".join(filter(str.isdigit, match.group()))
        if len(digits) <= 12 and digits[-9:] in hidden.phones:
            found.add("a phone number")
    if any(secret in value for secret in hidden.secrets):
        found.add("a secret")
    words = _words(value)
    for size in range(2, _LONGEST_RUN + 1):
        if any(tuple(words[at : at + size]) in hidden.runs for at in range(len(words) - size + 1)):
            found.add("a person's words")
    return found


def _readable(line: str) -> list[str]:
    """The strings of a JSON line, unescaped, else the line itself."""
    try:
        parsed = json.loads(line)
    except ValueError:
        return [line]
    if not isinstance(parsed, dict):
        return [line]
    return list(_strings(parsed))


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, part in value.items():
            if name not in ("at", "where"):
                yield from _strings(part)
    elif isinstance(value, list):
        for part in value:
            yield from _strings(part)
    elif isinstance(value, int) and not isinstance(value, bool):
        yield str(value)


def _words(text: str) -> list[str]:
    return _WORD.findall(unicodedata.normalize("NFC", text).casefold())
