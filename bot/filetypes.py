"""Which files are taken in, judged by what they are and not by what they say they are.

One allow-list for every channel. The first bytes decide (`filetype`, plus plain text, OpenDocument and office
containers of our own reading); the name and the platform's word may not contradict them, so that a program
named `anh.jpg` or a page of HTML named `don.pdf` is refused with a clear reason.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final, Literal

import filetype

from petitions.text import clean

Reason = Literal["file_empty", "file_type", "file_lies"]
"""Key of the sentence that says why (`web.<reason>` and the citizen's texts)."""

SNIFFED_BYTES: Final = 4096
"""How much of the head `judge` wants; with less it decides on what there is."""

_OFFICE_2007: Final = "application/vnd.openxmlformats-officedocument."
_DOCX: Final = _OFFICE_2007 + "wordprocessingml.document"
_XLSX: Final = _OFFICE_2007 + "spreadsheetml.sheet"
_TEXT: Final = "text/plain"

# Type by content → name endings that may stand for it. What is not here is refused.
_ALLOWED: Final[dict[str, frozenset[str]]] = {
    "image/jpeg": frozenset({"jpg", "jpeg", "jpe", "jfif"}),
    "image/png": frozenset({"png"}),
    "image/gif": frozenset({"gif"}),
    "image/webp": frozenset({"webp"}),
    "image/heic": frozenset({"heic", "heif"}),
    "application/pdf": frozenset({"pdf"}),
    "application/msword": frozenset({"doc"}),
    "application/vnd.ms-excel": frozenset({"xls"}),
    _DOCX: frozenset({"docx"}),
    _XLSX: frozenset({"xlsx"}),
    "application/vnd.oasis.opendocument.text": frozenset({"odt"}),
    _TEXT: frozenset({"txt"}),
    "video/mp4": frozenset({"mp4", "m4v"}),
    "video/quicktime": frozenset({"mov", "qt"}),
    "video/3gpp": frozenset({"3gp", "3gpp"}),
    "audio/mpeg": frozenset({"mp3"}),
    "audio/mp4": frozenset({"m4a"}),
    "audio/ogg": frozenset({"ogg", "oga", "opus"}),
    "audio/amr": frozenset({"amr"}),
    "audio/aac": frozenset({"aac"}),
    "audio/x-wav": frozenset({"wav"}),
}
_BY_ENDING: Final = {ending: mime for mime, endings in _ALLOWED.items() for ending in endings}

# Containers that several honest names share: phones write sound as MP4 or 3GP, pictures as HEIC or JPEG, and
# many apps name a JPEG ".png". Within a family the name is no lie.
_FAMILIES: Final = (
    frozenset({"image/jpeg", "image/png", "image/gif", "image/webp", "image/heic"}),
    frozenset({"video/mp4", "video/quicktime", "video/3gpp", "audio/mp4"}),
    frozenset(
        {"audio/mpeg", "audio/mp4", "audio/ogg", "audio/amr", "audio/aac", "audio/x-wav", "video/3gpp"}
    ),
    frozenset({"application/msword", "application/vnd.ms-excel"}),
    frozenset({_DOCX, _XLSX}),
)

_OLE2: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP: Final = b"PK\x03\x04"
_MARKUP: Final = re.compile(rb"<(?:!doctype|html|head|body|script|svg|\?xml|\?php|iframe|object|embed)", re.I)
_PROGRAM: Final = (b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"\x00asm")
_CONTROL: Final = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_SAFE_NAME: Final = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f]+')
_LONGEST_NAME: Final = 120


@dataclass(frozen=True, slots=True)
class Accepted:
    """The file may be kept; `mime` is its type by content."""

    mime: str

    @property
    def ending(self) -> str:
        """The usual name ending of this type, without a dot."""
        return _USUAL_ENDING[self.mime]


@dataclass(frozen=True, slots=True)
class Refused:
    """The file is not taken; `reason` is the key of the sentence that says why."""

    reason: Reason


_USUAL_ENDING: Final = {
    mime: next(ending for ending, owner in _BY_ENDING.items() if owner == mime) for mime in _ALLOWED
} | {
    "image/jpeg": "jpg",
    "image/heic": "heic",
    "video/mp4": "mp4",
    "video/quicktime": "mov",
    "video/3gpp": "3gp",
    "audio/ogg": "ogg",
}


def judge(head: bytes, claimed_mime: str, name: str) -> Accepted | Refused:
    """May this file be kept? `head` holds its first SNIFFED_BYTES, or the whole of a smaller file.

    `claimed_mime` is the platform's or browser's word and only used against a plain lie; `name` is the file's
    own name, either may be empty.
    """
    if not head:
        return Refused("file_empty")
    found = _type_of(head, name)
    if found is None:
        return Refused("file_lies" if _claims_allowed(claimed_mime, name) else "file_type")
    ending = _ending(name)
    named = _BY_ENDING.get(ending)
    if ending and named is None and found != _TEXT:
        return Accepted(found) if ending not in _RUNNABLE else Refused("file_lies")
    if named is not None and named != found and not _akin(named, found):
        return Refused("file_lies")
    return Accepted(found)


def safe_name(name: str, *, fallback: str = "tep") -> str:
    """A file name that shows no folder, control or direction-changing character, at most 120 characters."""
    bare = PurePosixPath(name.replace("\\", "/")).name
    kept = " ".join(_SAFE_NAME.sub(" ", clean(bare)).split()).strip(". ")
    if not kept:
        return fallback
    if len(kept) <= _LONGEST_NAME:
        return kept
    stem, dot, ending = kept.rpartition(".")
    if dot and len(ending) <= 8:
        return stem[: _LONGEST_NAME - len(ending) - 1] + "." + ending
    return kept[:_LONGEST_NAME]


_RUNNABLE: Final = frozenset(
    {
        "exe",
        "com",
        "bat",
        "cmd",
        "scr",
        "msi",
        "ps1",
        "vbs",
        "js",
        "jar",
        "apk",
        "sh",
        "html",
        "htm",
        "svg",
        "lnk",
    }
)


def _ending(name: str) -> str:
    return PurePosixPath(name).suffix.removeprefix(".").lower()


def _akin(one: str, other: str) -> bool:
    return any(one in family and other in family for family in _FAMILIES)


def _claims_allowed(mime: str, name: str) -> bool:
    return mime.partition(";")[0].strip().lower() in _ALLOWED or _ending(name) in _BY_ENDING


def _type_of(head: bytes, name: str) -> str | None:
    if head.startswith(b"#!AMR"):
        return "audio/amr"
    if head.startswith(_PROGRAM):
        return None
    if head.startswith(_OLE2):
        return _ole2(head, name)
    if head.startswith(_ZIP):
        return _zip(head, name)
    guess = filetype.guess(head)
    if guess is not None:
        return guess.mime if guess.mime in _ALLOWED else _isobmff(head)
    return _isobmff(head) or (_TEXT if _is_text(head) else None)


def _ole2(head: bytes, name: str) -> str | None:
    """Word and Excel of before 2007 share a container; where `filetype` cannot tell, the name may."""
    guess = filetype.guess(head)
    if guess is not None and guess.mime in _ALLOWED:
        return str(guess.mime)
    return {"doc": "application/msword", "xls": "application/vnd.ms-excel"}.get(_ending(name))


def _zip(head: bytes, name: str) -> str | None:
    """Office files are ZIP archives; which one shows in the names of their first members."""
    if b"mimetypeapplication/vnd.oasis.opendocument.text" in head[:120]:
        return "application/vnd.oasis.opendocument.text"
    if not (b"[Content_Types].xml" in head or b"_rels/.rels" in head or b"docProps/" in head):
        return None
    if b"word/" in head:
        return _DOCX
    if b"xl/" in head:
        return _XLSX
    named = _BY_ENDING.get(_ending(name))
    return named if named in {_DOCX, _XLSX} else None


_BRANDS: Final = {
    b"3gp": "video/3gpp", b"3g2": "video/3gpp", b"qt ": "video/quicktime", b"M4A": "audio/mp4",
    b"hei": "image/heic", b"hev": "image/heic", b"mif": "image/heic",
    b"mp4": "video/mp4", b"iso": "video/mp4", b"avc": "video/mp4", b"M4V": "video/mp4", b"MSN": "video/mp4",
}  # fmt: skip


def _isobmff(head: bytes) -> str | None:
    """MP4, MOV, 3GP and HEIC files that `filetype` does not know by their brand."""
    if head[4:8] == b"ftyp":
        return _BRANDS.get(head[8:11])
    return "video/quicktime" if head[4:8] in {b"moov", b"mdat", b"wide", b"free"} else None


def _is_text(head: bytes) -> bool:
    """UTF-8 (the head may end inside a letter) or UTF-16 with its mark, no control characters, no markup."""
    if _MARKUP.search(head):
        return False
    try:
        if head.startswith((b"\xff\xfe", b"\xfe\xff")):
            text = head[: len(head) // 2 * 2].decode("utf-16")
        else:
            text = _without_torn_letter(head).decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    return _CONTROL.search(text) is None


def _without_torn_letter(head: bytes) -> bytes:
    for back in range(1, min(4, len(head)) + 1):
        byte = head[-back]
        if byte < 0x80:
            return head
        if byte >= 0xC0:
            wanted = 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4
            return head[:-back] if wanted > back else head
    return head
