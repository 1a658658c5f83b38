"""What a paper is made of, as plain values that both printers know how to set."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

REST: Final = 0
"""A blank that takes the rest of the line."""
NO_BLANK: Final = -1
"""No dots: what belongs to the label stands below it."""


@dataclass(frozen=True, slots=True)
class Part:
    """A label and what stands after it; without a value `blank` dots, REST or NO_BLANK."""

    label: str
    value: str
    blank: int = REST


@dataclass(frozen=True, slots=True)
class Line:
    """Parts that run on as one paragraph."""

    parts: tuple[Part, ...]
    strong: bool = False
    """A heading of the form: stays with what follows."""


@dataclass(frozen=True, slots=True)
class Prose:
    """Paragraphs as a person wrote them."""

    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Dots:
    """Whole dotted lines."""

    lines: int


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence of the form."""

    text: str


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a list; `width` in parts of the whole."""

    title: str
    width: int


@dataclass(frozen=True, slots=True)
class Grid:
    """A list of people; rows are high enough to sign in."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Signer:
    """Where somebody signs."""

    title: str
    note: str
    label: str
    name: str


@dataclass(frozen=True, slots=True)
class Signatures:
    """One signer at the right, or two side by side; nobody where `signers` is empty."""

    signers: tuple[Signer, ...]


Block = Line | Prose | Dots | Note | Grid | Signatures


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A paper, ready to be set."""

    language: str
    name: str
    """Name of the file without its ending, and title in its metadata: the code, never kind or person."""
    aid: str
    """Where it is a translation, the sentence that says so."""
    basis: str
    nation: str
    motto: str
    place_and_date: str
    title: str
    to: Part | None
    """Whom it is sent to; the authorisation is sent to nobody, it goes with the complaint."""
    blocks: tuple[Block, ...]
    page: str
    code: str
    qr: str
    """What the QR code holds: the tracking code alone; empty for a sealed petition."""
    qr_alt: str
