"""Fills a Word template in: every `{{name}}`, also where Word cut it into pieces; all else stays as it is."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any, Final

from bot.steady import steady
from petitions.official_papers import GAP
from petitions.text import clean

PLACEHOLDER: Final = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
FILLED_PARTS: Final = re.compile(r"word/(document|header\d*|footer\d*|footnotes|endnotes)\.xml")
_SPACE: Final = "{http://www.w3.org/XML/1998/namespace}space"


def fill(template: bytes, values: Mapping[str, str], *, title: str) -> bytes:
    """The document with `values` in the places of their names; what is not known becomes a dotted gap.

    A value is only ever text: it makes no field, no link and no markup. One of several lines gets a paragraph for
    each where its name stands alone in its own. The same values give the same bytes.
    """
    said = {name: clean(value) or GAP for name, value in values.items()}
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(template)) as old,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, _part(data, said) if FILLED_PARTS.fullmatch(name) else data)
    return steady(buffer.getvalue(), title=title)


def text_of(paragraph: Any) -> str:
    """What a paragraph says, as far as it can hold a name."""
    return "".join(piece.text or "" for piece in pieces(paragraph))


def paragraphs(root: Any) -> list[Any]:
    """Every paragraph of a part, those in tables and text boxes too."""
    from docx.oxml.ns import qn

    return list(root.iter(qn("w:p")))


def pieces(paragraph: Any) -> Iterator[Any]:
    """The texts of a paragraph, without those of paragraphs inside it (text boxes)."""
    from docx.oxml.ns import qn

    for piece in paragraph.iter(qn("w:t")):
        holder = piece.getparent()
        while holder is not None and holder.tag != qn("w:p"):
            holder = holder.getparent()
        if holder is paragraph:
            yield piece


def parsed(data: bytes) -> Any:
    """A part's tree. Entities are not resolved. Raises lxml's XMLSyntaxError (a SyntaxError) for what is no XML."""
    from docx.oxml import parse_xml

    return parse_xml(data)


def _part(data: bytes, said: Mapping[str, str]) -> bytes:
    from docx.opc.oxml import serialize_part_xml

    root = parsed(data)
    for paragraph in paragraphs(root):
        _paragraph(paragraph, said)
    made: bytes = serialize_part_xml(root)
    return made


def _paragraph(paragraph: Any, said: Mapping[str, str]) -> None:
    words = text_of(paragraph)
    alone = PLACEHOLDER.fullmatch(words.strip())
    if alone is not None and "\n" in (value := said.get(alone[1], GAP)):
        lines = [line.strip() for line in value.split("\n") if line.strip()]
        for line in lines[:-1]:
            copy = deepcopy(paragraph)
            _replace(copy, {alone[1]: line})
            paragraph.addprevious(copy)
        said = {alone[1]: lines[-1]}
    _replace(paragraph, said)


def _replace(paragraph: Any, said: Mapping[str, str]) -> None:
    """From the last name to the first, so that places before it stay what they are."""
    for found in reversed(list(PLACEHOLDER.finditer(text_of(paragraph)))):
        value = " ".join(said.get(found[1], GAP).split())
        _put(paragraph, found.start(), found.end(), value)


def _put(paragraph: Any, start: int, end: int, value: str) -> None:
    """`value` instead of what stands from `start` to `end`, in the shape of where it begins."""
    at = 0
    for piece in list(pieces(paragraph)):
        text = piece.text or ""
        first, last = max(start - at, 0), min(end - at, len(text))
        if first < last:
            begins = at <= start
            piece.text = text[:first] + (value if begins else "") + text[last:]
            piece.set(_SPACE, "preserve")
        at += len(text)
