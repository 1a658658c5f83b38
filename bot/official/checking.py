"""Looks a template of the agency over before it is used: a plain Word document, with names that can be filled in.

A template comes from people who write in Word, so each fault is said with what to do there. Nothing in it is run or
fetched: macros, embedded objects, links to other files and fields beyond page numbers are refused.
"""

from __future__ import annotations

import difflib
import io
import lzma
import re
import zipfile
import zlib
from typing import Any, Final

from bot.official.filling import FILLED_PARTS, PLACEHOLDER, paragraphs, parsed, text_of
from petitions.official_papers import FIELDS, PERSONAL, OfficialPaper

LARGEST: Final = 2 * 1024 * 1024
"""Bytes of the file."""
LARGEST_INSIDE: Final = 20 * 1024 * 1024
"""Bytes of what it holds, unpacked."""
_MOST_PARTS: Final = 300
_DOCUMENT: Final = "word/document.xml"
_TYPES: Final = "[Content_Types].xml"
_OLD_OFFICE: Final = b"\xd0\xcf\x11\xe0"
"""How a .doc and a document with a password begin."""
_EMBEDDED: Final = ("word/embeddings/", "word/activeX/", "word/afchunk", "word/externalLinks/")
_DECLARATION: Final = re.compile(rb"<!(DOCTYPE|ENTITY)", re.IGNORECASE)
_DAMAGED: Final = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    KeyError,
    OSError,
    RuntimeError,
    SyntaxError,
    ValueError,
)
"""What reading a broken archive or document raises; what wants a password is a RuntimeError."""
_FIELDS_ALLOWED: Final = frozenset({"PAGE", "NUMPAGES", "SECTIONPAGES", "DATE", "TIME"})
_BRACES: Final = re.compile(r"\{\{|\}\}")
_SAVE_AS: Final = "Open it in Word and save it as 'Word Document (*.docx)'."
_LIST: Final = "docs/papers.md lists the names."


def faults_of(data: bytes, paper: OfficialPaper) -> list[str]:
    """What is wrong with a template of this form, each with how to mend it; empty where it can be used."""
    if len(data) > LARGEST:
        return [f"is larger than {LARGEST // 1024 // 1024} MiB. Make its pictures smaller or leave them out."]
    if data.startswith(_OLD_OFFICE):
        return [f"is a .doc, or has a password. {_SAVE_AS} without a password"]
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            wrong = _outside(archive)
            return wrong or _inside(archive, paper)
    except _DAMAGED:
        return [f"is not a Word document, or is damaged. {_SAVE_AS}"]


def _outside(archive: zipfile.ZipFile) -> list[str]:
    """What its parts are, before any is read as a document."""
    entries = archive.infolist()
    names = [entry.filename for entry in entries]
    if len(entries) > _MOST_PARTS or sum(entry.file_size for entry in entries) > LARGEST_INSIDE:
        return [f"holds more than {LARGEST_INSIDE // 1024 // 1024} MiB unpacked. Leave its pictures out."]
    if len(set(names)) < len(names):
        return [f"holds a part twice. {_SAVE_AS}"]
    if any(name.startswith("/") or ".." in name.split("/") or "\\" in name for name in names):
        return [f"holds parts with paths that lead elsewhere. {_SAVE_AS}"]
    if _DOCUMENT not in names or _TYPES not in names:
        return [f"is not a Word document. {_SAVE_AS}"]
    if archive.testzip() is not None:
        raise zipfile.BadZipFile
    if _main_part(archive) != _DOCUMENT:
        return [f"has its text where Word does not put it. {_SAVE_AS}"]
    types = archive.read(_TYPES).decode("utf-8", "replace").lower()
    if "macroenabled" in types or any("vba" in name.lower() for name in names):
        return [f"holds macros, which are never taken. {_SAVE_AS} Word then leaves the macros out."]
    if any(name.startswith(_EMBEDDED) for name in names):
        return ["holds an embedded object (such as a sheet). Delete it, and save the document again."]
    return []


def _main_part(archive: zipfile.ZipFile) -> str:
    """Which part Word opens as the document. Raises KeyError where the archive does not say."""
    links = parsed(archive.read("_rels/.rels"))
    return next(
        (
            link.get("Target", "").lstrip("/")
            for link in links
            if link.get("Type", "").endswith("/officeDocument")
        ),
        "",
    )


def _inside(archive: zipfile.ZipFile, paper: OfficialPaper) -> list[str]:
    wrong: list[str] = []
    for name in archive.namelist():
        if not name.endswith((".xml", ".rels")):
            continue
        data = archive.read(name)
        if _DECLARATION.search(data):
            return [f"holds declarations ({name}) that no Word document has. {_SAVE_AS}"]
        if name.endswith(".rels"):
            wrong += _links(data)
        elif FILLED_PARTS.fullmatch(name):
            wrong += _part(parsed(data), paper)
    return list(dict.fromkeys(wrong))


def _links(data: bytes) -> list[str]:
    external = [link.get("Target", "") for link in parsed(data) if link.get("TargetMode") == "External"]
    return [
        f"links to something outside itself ({target[:80]}). In Word: right-click it, 'Remove Hyperlink' or "
        "'Break Link'; a template attached under Developer, Document Template is a link too."
        for target in external
    ]


def _part(root: Any, paper: OfficialPaper) -> list[str]:
    return [*_fields(root), *_names(root, paper)]


def _fields(root: Any) -> list[str]:
    """Fields that do more than count pages could fetch, run or ask for something when the draft is opened."""
    from docx.oxml.ns import qn

    told = ["".join(piece.text or "" for piece in run) for run in _instructions(root)]
    told += [field.get(qn("w:instr"), "") for field in root.iter(qn("w:fldSimple"))]
    wrong = [words for words in told if words.split() and words.split()[0].upper() not in _FIELDS_ALLOWED]
    faults = [
        f"holds a field {words.split()[0]!r}. Only page numbers and dates are taken: click it and press "
        "Ctrl+Shift+F9, which leaves its words."
        for words in wrong
    ]
    if next(root.iter(qn("w:altChunk")), None) is not None:
        faults.append("takes in another document. Copy the text itself into the template.")
    return faults


def _instructions(root: Any) -> list[list[Any]]:
    """The words of each complex field, which Word may have cut into pieces."""
    from docx.oxml.ns import qn

    found: list[list[Any]] = []
    begin, words = qn("w:fldChar"), qn("w:instrText")
    for element in root.iter(begin, words):
        if element.tag == begin and element.get(qn("w:fldCharType")) == "begin":
            found.append([])
        elif element.tag == words:
            if not found:
                found.append([])
            found[-1].append(element)
    return found


def _names(root: Any, paper: OfficialPaper) -> list[str]:
    wrong = []
    for paragraph in paragraphs(root):
        words = text_of(paragraph)
        for name in PLACEHOLDER.findall(words):
            wrong += _name(name, paper)
        if _BRACES.search(PLACEHOLDER.sub("", words)):
            place = " ".join(words.split())[:60]
            wrong.append(f"has a placeholder that is not closed, near “{place}”. Write it as {{{{name}}}}.")
    return wrong


def _name(name: str, paper: OfficialPaper) -> list[str]:
    if name not in FIELDS:
        close = difflib.get_close_matches(name, FIELDS, 1, 0.6)
        hint = f" Did you mean {{{{{close[0]}}}}}?" if close else ""
        return [f"has an unknown placeholder {{{{{name[:40]}}}}}.{hint} {_LIST}"]
    if name in PERSONAL and not paper.names:
        return [
            f"has {{{{{name}}}}}, but {paper.form} must not say who denounced or what that person told. Take it out."
        ]
    return []
