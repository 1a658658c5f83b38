"""Formatted text as the server reads it: HTML and MarkdownV2 to plain text with entities in UTF-16 units."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from .errors import bad

Entity = dict[str, Any]

HTML_TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "tg-emoji": "custom_emoji",
}
NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
MARKDOWN_RESERVED = "_*[]()~`>#+-=|{}.!"
MARKDOWN_MARKS = {
    "*": "bold",
    "_": "italic",
    "__": "underline",
    "~": "strikethrough",
    "||": "spoiler",
    "`": "code",
    "```": "pre",
}
BLANK_LETTERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
COMMAND = re.compile(r"(?<![\w/])/[A-Za-z0-9_]{1,32}(?:@[A-Za-z0-9_]{3,32})?")


def units(text: str) -> int:
    """Length in UTF-16 units."""
    return len(text) + sum(1 for char in text if char > "\uffff") if not text.isascii() else len(text)


def parse(text: str, mode: str | None) -> tuple[str, list[Entity]]:
    """Plain, cleaned text and its entities. Raises the server's `can't parse entities: …`."""
    if not mode:
        plain, entities = text, list[Entity]()
    elif mode.lower() == "html":
        plain, entities = parse_html(text) if "<" in text or "&" in text else (text, [])
    elif mode.lower() == "markdownv2":
        plain, entities = parse_markdown(text)
    else:
        raise bad("unsupported parse_mode")
    return tidy(plain, entities)


def _cannot(text: str, source: str, position: int | None = None) -> Exception:
    where = "" if position is None else f" at byte offset {len(source[:position].encode())}"
    return bad(f"can't parse entities: {text}{where}")


def parse_html(source: str) -> tuple[str, list[Entity]]:
    out: list[str] = []
    length = 0
    stack: list[tuple[str, int, dict[str, str]]] = []
    entities: list[Entity] = []
    position = 0
    for match in re.finditer(r"<|&(#x?[0-9a-fA-F]+|[a-z]+);", source):
        if match.start() < position:
            continue
        chunk = source[position : match.start()]
        out.append(chunk)
        length += units(chunk)
        if match.group(0) != "<":
            char = _character(match.group(1)) or match.group(0)
            out.append(char)
            length += units(char)
            position = match.end()
            continue
        end = source.find(">", match.start())
        if end < 0:
            raise _cannot("Unclosed start tag", source, match.start())
        inside = source[match.start() + 1 : end]
        position = end + 1
        if inside.startswith("/"):
            _close(inside[1:].strip().lower(), stack, entities, length, source, match.start())
            continue
        name = (inside.split() or [""])[0].lower()
        attributes = dict(re.findall(r'([\w-]+)\s*=\s*"([^"]*)"', inside))
        if name not in HTML_TAGS or (name == "span" and attributes.get("class") != "tg-spoiler"):
            raise _cannot(f'Unsupported start tag "{name}"', source, match.start())
        stack.append((name, length, attributes))
    out.append(source[position:])
    if stack:
        raise _cannot(f'Can\'t find end tag corresponding to start tag "{stack[-1][0]}"', source)
    return "".join(out), sorted(entities, key=lambda entity: (entity["offset"], -entity["length"]))


def _character(name: str) -> str | None:
    if not name.startswith("#"):
        return NAMED.get(name)
    number = int(name[2:], 16) if name[1] in "xX" else int(name[1:]) if name[1:].isdigit() else 0
    return chr(number) if 0 < number < 0x110000 and not 0xD800 <= number < 0xE000 else None


def _close(
    name: str,
    stack: list[tuple[str, int, dict[str, str]]],
    entities: list[Entity],
    length: int,
    source: str,
    position: int,
) -> None:
    if not stack:
        raise _cannot("Unexpected end tag", source, position)
    opened, start, attributes = stack.pop()
    if name and name != opened:
        where = len(source[:position].encode())
        raise bad(
            f"can't parse entities: Unmatched end tag at byte offset {where}, "
            f'expected "</{opened}>", found "</{name}>"'
        )
    if length > start:
        entity: Entity = {"type": HTML_TAGS[opened], "offset": start, "length": length - start}
        if opened == "a":
            if "href" not in attributes:
                return
            entity["url"] = attributes["href"]
        entities.append(entity)


def parse_markdown(source: str) -> tuple[str, list[Entity]]:
    """MarkdownV2 without links and quotes, which no dialogue of ours uses."""
    out: list[str] = []
    length = 0
    stack: list[tuple[str, int, int]] = []
    entities: list[Entity] = []
    position = 0
    while position < len(source):
        char = source[position]
        code = bool(stack) and stack[-1][0] in ("`", "```")
        mark = next(
            (m for m in ("```", "`", "||", "__", "*", "_", "~") if source.startswith(m, position)), None
        )
        if char == "\\" and position + 1 < len(source) and source[position + 1] < "\x7f":
            out.append(source[position + 1])
            length += 1
            position += 2
        elif mark and (not code or stack[-1][0] == mark):
            if stack and stack[-1][0] == mark:
                _, start, _ = stack.pop()
                if length > start:
                    entities.append({"type": MARKDOWN_MARKS[mark], "offset": start, "length": length - start})
            else:
                stack.append((mark, length, position))
            position += len(mark)
        elif char in MARKDOWN_RESERVED and not code:
            raise bad(
                f"can't parse entities: Character '{char}' is reserved and must be escaped "
                "with the preceding '\\'"
            )
        else:
            out.append(char)
            length += units(char)
            position += 1
    if stack:
        kind = MARKDOWN_MARKS[stack[-1][0]].capitalize()
        raise _cannot(f"Can't find end of {kind} entity", source, stack[-1][2])
    return "".join(out), sorted(entities, key=lambda entity: (entity["offset"], -entity["length"]))


def tidy(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    """What the server does to every text: no CR, no control characters, trimmed; entities follow."""
    if "\r" in text and not entities:
        text = text.replace("\r", "")
    if not text.isprintable():
        text = "".join(" " if char < " " and char != "\n" else char for char in text)
    start = len(text) - len(text.lstrip())
    cut = units(text[:start])
    text = text.strip()
    if not entities:
        return text, []
    total = units(text)
    kept = []
    for entity in entities[:100]:
        begin = max(entity["offset"] - cut, 0)
        end = min(entity["offset"] + entity["length"] - cut, total)
        if end > begin:
            kept.append({**entity, "offset": begin, "length": end - begin})
    return text, kept


def shows_something(text: str) -> bool:
    if text.isascii():
        return bool(text.strip())
    return any(char not in BLANK_LETTERS and unicodedata.category(char)[0] not in "ZC" for char in text)


def commands_in(text: str) -> list[Entity]:
    """The `bot_command` entities a phone's text gets."""
    if "/" not in text:
        return []
    return [
        {"type": "bot_command", "offset": units(text[: m.start()]), "length": len(m.group())}
        for m in COMMAND.finditer(text)
    ]
