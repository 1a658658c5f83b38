"""What a person sent, as contents of the house: words, presses, files, places, cards (reference 2.4)."""

from __future__ import annotations

import mimetypes
from typing import Any, Final
from urllib.parse import urlsplit

from bot.channels.words import BUTTON_MARK, command_of
from bot.channels.zalo_oa.reading import degrees_of, json_object, link_of, objects, part, word
from handlers.messages import (
    Choice,
    Contact,
    Content,
    FileKind,
    Files,
    IncomingFile,
    Location,
    Text,
    Unusable,
)
from petitions.phones import Phone, read_phone

UNREADABLE: Final = "unreadable_attachment"
MAX_TOKEN: Final = 64
MAX_NAME: Final = 255
_FILES: Final = {
    "image": FileKind.PHOTO,
    "photo": FileKind.PHOTO,
    "gif": FileKind.PHOTO,
    "file": FileKind.DOCUMENT,
    "audio": FileKind.VOICE,
    "voice": FileKind.VOICE,
    "video": FileKind.VIDEO,
}


def words(text: str) -> Content:
    """Typed text: a press (its payload comes back as text, 1.5), a command, or words, kept whole."""
    stripped = text.strip()
    if stripped.startswith(BUTTON_MARK):
        token = stripped[len(BUTTON_MARK) :]
        if token and token.isascii() and token.isprintable() and len(token) <= MAX_TOKEN:
            return Choice(token=token)
    return command_of(text) or Text(text=text)


def contents_of(message: dict[str, Any], *, card: bool = False) -> tuple[list[Content], list[str]]:
    """What one message says, in order, and what was odd about it. Never empty.

    `card`: the link in it is a business card. Words beside an attachment that has no caption of its own come
    behind it.
    """
    text, given = word(message, "text"), objects(message, "attachments")
    files: list[IncomingFile] = []
    contents: list[Content] = []
    odd: list[str] = []
    captions = [text]
    for number, one in enumerate(given):
        kind, payload = word(one, "type").strip().lower(), part(one, "payload")
        if kind in _FILES:
            file = _file(kind, payload, number, word(message, "msg_id"))
            if file is None:
                odd.append(UNREADABLE)
                contents.append(Unusable(what=kind))
            else:
                files.append(file)
                captions.append(word(payload, "description"))
        elif kind in ("link", "links"):
            shared = _card(payload) if card else _link(payload, text)
            if isinstance(shared, Text):
                text = ""
            if shared is None:
                odd.append(UNREADABLE)
            contents.append(shared or Unusable(what="contact" if card else kind))
        elif kind == "location":
            contents.append(_place(payload))
        elif kind == "sticker":
            contents.append(Unusable(what="sticker"))
        else:
            odd.append(UNREADABLE)
            contents.append(Unusable(what="unknown"))
    if files:
        contents.insert(0, Files(files=tuple(files), caption=_joined(captions)))
    elif text.strip() or (not given and "text" in message):
        contents.append(words(text))
    if not contents:
        odd.append("empty_message")
        contents.append(Unusable(what="unknown"))
    return contents, odd


def shared_info(info: dict[str, Any]) -> Contact | Unusable:
    """The person's own name, number and address, in the form of today or the older one."""
    address = part(info, "full_address")
    places = (
        [word(address, name) for name in ("user_address", "user_ward", "user_district", "user_city")]
        if address
        else [word(info, name) for name in ("address", "ward", "district", "city")]
    )
    phone = _national(word(info, "phone"))
    name = word(info, "name").strip()
    if not phone and not name:
        return Unusable(what="contact")
    return Contact(
        phone=phone, name=name, own=True, address=", ".join(p.strip() for p in places if p.strip())
    )


def _file(kind: str, payload: dict[str, Any], number: int, msg_id: str) -> IncomingFile | None:
    link = link_of(payload, "url", "thumbnail") if kind != "file" else link_of(payload, "url")
    if not link:
        return None
    name = word(payload, "name").strip()[:MAX_NAME]
    ending = word(payload, "type").strip().lower()
    if kind == "gif":
        ending = "gif"
    if not ending.isalnum() or len(ending) > 5:
        ending = _path(link).rpartition(".")[2].lower()
    if name and "." not in name and ending.isalnum():
        name = f"{name}.{ending}"
    size = word(payload, "size").strip()
    return IncomingFile(
        kind=_FILES[kind],
        platform_id=link,
        unique_id=f"{msg_id}:{number}" if msg_id else "",
        name=name,
        mime=mimetypes.guess_type(f"x.{ending}")[0] or "",
        size=int(size) if size.isascii() and size.isdigit() and len(size) <= 15 else None,
    )


def _path(link: str) -> str:
    try:
        return urlsplit(link).path
    except ValueError:
        return ""


def _link(payload: dict[str, Any], text: str) -> Text | None:
    """A shared page as words: what the person typed, what the page says of itself, its address."""
    shown = _joined([text, word(payload, "title"), word(payload, "description"), word(payload, "url")])
    return Text(text=shown) if shown else None


def _card(payload: dict[str, Any]) -> Contact | None:
    """A business card: its number stands in JSON inside the description. It may be anybody's."""
    inner = json_object(word(payload, "description")) or {}
    phone = _national(word(inner, "phone") or word(payload, "phone"))
    return Contact(phone=phone, name=word(inner, "name") or word(payload, "title")) if phone else None


def _place(payload: dict[str, Any]) -> Content:
    degrees = degrees_of(part(payload, "coordinates") or payload)
    if degrees is None:
        return Unusable(what="location")
    return Location(latitude=degrees[0], longitude=degrees[1])


def _national(given: str) -> str:
    """`84901234567` and `901234567` (a number that lost its 0) as people write it; what is none stays as it is."""
    digits = given.strip()[:40]
    for candidate in (digits, f"0{digits}"):
        read = read_phone(candidate)
        if isinstance(read, Phone):
            return read.number
    return digits


def _joined(parts: list[str]) -> str:
    """The parts that say something new, one a line."""
    said: list[str] = []
    for one in parts:
        one = one.strip()
        if one and not any(one in earlier for earlier in said):
            said.append(one)
    return "\n".join(said)
