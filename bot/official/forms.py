"""The words of the forms (`forms/*.txt`), read into what is laid out.

A form begins with `=== code`. Lines with @ are its parts (title, about, by, to, bases, order, copies, sign, team),
`# ` a heading, `> ` a basis; every other line is a paragraph. In it **bold** and //italic//, and `{{name}}` is filled
in. What all of them share stands in `common.toml`.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from enum import StrEnum, unique
from functools import cache
from importlib.resources import files
from typing import Any, Final

_TITLE: Final = re.compile(r"=== ([a-z0-9_]+)")
_PART: Final = re.compile(r"@([a-z]+)(?: (.*))?")


@unique
class Sort(StrEnum):
    """What a line of the body is."""

    HEADING = "heading"
    BASIS = "basis"
    ORDER = "order"
    PARAGRAPH = "paragraph"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the body."""

    sort: Sort
    words: str


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signs, and how."""

    title: str
    how: str


@dataclass(slots=True)
class Form:
    """One form as it is laid out."""

    code: str
    team: bool = False
    """It is made by the team that verifies, whose name stands in the head."""
    title: str = ""
    about: list[str] = field(default_factory=list)
    by: str = ""
    to: str = ""
    lines: list[Line] = field(default_factory=list)
    copies: tuple[str, ...] = ()
    signers: list[tuple[Signer, ...]] = field(default_factory=list)


@cache
def common() -> dict[str, Any]:
    """The words that all forms share, and the laws that decisions rest on."""
    text = (files("bot.official") / "forms" / "common.toml").read_text("utf-8")
    return tomllib.loads(text)


@cache
def packaged() -> dict[str, Form]:
    """Every form, by its code. Raises ValueError for a line that means nothing."""
    found: dict[str, Form] = {}
    folder = files("bot.official") / "forms"
    for path in sorted(folder.iterdir(), key=lambda each: each.name):
        if path.name.endswith(".txt"):
            for form in _read(path.read_text("utf-8")):
                found[form.code] = form
    return found


def _read(text: str) -> list[Form]:
    found: list[Form] = []
    for line in text.splitlines():
        begins = _TITLE.fullmatch(line)
        if begins is not None:
            found.append(Form(begins[1]))
        elif found and line.strip():
            _line(found[-1], line.strip())
    return found


def _line(form: Form, line: str) -> None:
    part = _PART.fullmatch(line)
    if part is not None:
        _part(form, part[1], part[2] or "")
    elif line.startswith("# "):
        form.lines.append(Line(Sort.HEADING, line[2:]))
    elif line.startswith("> "):
        form.lines.append(Line(Sort.BASIS, line[2:]))
    else:
        form.lines.append(Line(Sort.PARAGRAPH, line))


def _part(form: Form, name: str, words: str) -> None:
    match name:
        case "title":
            form.title = words
        case "about":
            form.about.append(words)
        case "by":
            form.by = words
        case "to":
            form.to = words
        case "team":
            form.team = True
        case "bases":
            form.lines += [Line(Sort.BASIS, basis) for basis in common()["bases"][words]]
        case "order":
            form.lines.append(Line(Sort.ORDER, common()["order"]))
        case "copies":
            form.copies = tuple(part.strip() for part in words.split("|"))
        case "sign":
            pairs = (part.split("~") for part in words.split("|"))
            form.signers.append(tuple(Signer(title.strip(), how.strip()) for title, how in pairs))
        case _:
            raise ValueError(f"{form.code}: @{name} means nothing")
