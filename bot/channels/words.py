"""What typed words stand for: commands (`/word` and, as communes' menus have it, `#word`) and places."""

from __future__ import annotations

import re
from typing import Final

from handlers.messages import Command, Location
from petitions.text import fold

BUTTON_MARK: Final = "#b:"
"""What the payload of a button begins with; it comes back as text and is never a command."""
ALIASES: Final = {
    "batdau": "start",
    "gopy": "start",
    "goopy": "start",
    "phananh": "start",
    "khieunai": "start",
    "tracuu": "status",
    "tracuuhoso": "status",
    "hosocuatoi": "mine",
    "cuatoi": "mine",
    "trogiup": "help",
    "ngonngu": "language",
    "diemnong": "hotspots",
}
"""Without diacritics and spaces; `goopy` and `tracuuhoso` stand in menus of communes today."""
NAMES: Final = frozenset(
    {
        "start",
        "status",
        "mine",
        "help",
        "language",
        "leave",
        "cancel",
        "inbox",
        "case",
        "find",
        "gaps",
        "link",
        "hotspots",
    }
)
STORY: Final = frozenset({"gopy", "goopy", "phananh", "khieunai"})
"""Words that open a petition: what is typed behind one of them is its beginning."""
MOST_WORDS: Final = 4
"""`#hồ sơ của tôi` is the longest alias."""
_WORD: Final = re.compile(r"[a-z0-9_]{1,32}\Z")


_PLACE: Final = re.compile(
    r"(?:(?:vị trí|tọa độ|toạ độ|location)\s*:?\s*|https?://\S*[@=/])?"
    r"\(?(-?\d{1,2}\.\d{3,})\s*(?:,|%2C)\s*(-?\d{1,3}\.\d{3,})\)?(?:[,&?/]\S*)?\Z",
    re.IGNORECASE,
)


def place_of(text: str) -> Location | None:
    """The place that `text` names and nothing else: coordinates as a map shows them, or the link to a map that
    holds them. Platforms that hand on no places leave people this way."""
    found = _PLACE.match(text.strip()[:500])
    if found is None:
        return None
    latitude, longitude = float(found[1]), float(found[2])
    if abs(latitude) > 90 or abs(longitude) > 180:
        return None
    return Location(latitude=latitude, longitude=longitude)


def command_of(text: str) -> Command | None:
    """The command in `text`, None where it is none.

    `/word` is always one. `#word` is one where we know the word or where it stands alone: a story that
    begins with a hashtag stays a story, and so does what is typed behind `#gopy` or `#phananh`.
    """
    text = text.strip()
    if text[:1] not in ("/", "#") or text[1:2].isspace() or text.startswith(BUTTON_MARK):
        return None
    head = text[1:200].split(maxsplit=MOST_WORDS)[:MOST_WORDS]
    for count in range(len(head), 0, -1):
        word = "".join(fold(part) for part in head[:count])
        if word in ALIASES:
            argument = _behind(text, count)
            return None if argument and word in STORY else Command(name=ALIASES[word], argument=argument)
    name = fold(head[0]) if head else ""
    if not _WORD.match(name) or name.isdigit():
        return None
    argument = _behind(text, 1)
    if text[0] == "#" and name not in NAMES and argument:
        return None
    return Command(name=name, argument=argument)


def _behind(text: str, words: int) -> str:
    """What stands behind the first `words` words of `text`."""
    parts = text.split(maxsplit=words)
    return parts[words].strip() if len(parts) > words else ""
