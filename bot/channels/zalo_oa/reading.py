"""Taking values out of what Zalo sends: ids as strings even where they come as numbers, and nothing raises."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

MAX_REF: Final = 128
"""Characters of a message's id; a longer one is replaced by its hash."""
MAX_LINK: Final = 4096
_ID: Final = re.compile(r"[A-Za-z0-9_.-]{1,64}\Z")
_LINK: Final = re.compile(r"https?://[^\s\x00-\x1f\x7f]+\Z", re.IGNORECASE)


def json_object(body: bytes | str) -> dict[str, Any] | None:
    """The JSON object in `body`, None where there is none. Numbers are kept as the digits that stand there:
    ids are larger than a float can hold."""
    try:
        data = json.loads(body, parse_int=str, parse_float=str, parse_constant=str)
    except (ValueError, RecursionError):
        return None
    return data if isinstance(data, dict) else None


def answer_object(payload: bytes) -> dict[str, Any] | None:
    """The JSON object in an answer of the API, with its numbers as such; None where there is none."""
    try:
        answer = json.loads(payload)
    except (ValueError, RecursionError):
        return None
    return answer if isinstance(answer, dict) else None


def error_number(answer: Mapping[str, Any] | None) -> int | None:
    """The number in `error`, also where it comes as text; None where there is none."""
    given = None if answer is None else answer.get("error")
    if isinstance(given, bool) or not isinstance(given, int | str):
        return None
    try:
        return int(given)
    except ValueError:
        return None


def part(holder: Any, name: str) -> dict[str, Any]:
    """The object under `name`; empty where there is none."""
    found = holder.get(name) if isinstance(holder, dict) else None
    return found if isinstance(found, dict) else {}


def word(holder: Any, name: str) -> str:
    """The text under `name`; empty where there is none. A number gives its digits."""
    found = holder.get(name) if isinstance(holder, dict) else None
    if isinstance(found, int | float) and not isinstance(found, bool):
        return str(found)
    return found if isinstance(found, str) else ""


def objects(holder: Any, name: str) -> list[dict[str, Any]]:
    """The objects of the list under `name`."""
    found = holder.get(name) if isinstance(holder, dict) else None
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def ident(holder: Any, name: str) -> str:
    """An id of a person, account or application; empty where what stands there is none."""
    found = word(holder, name).strip()
    return found if _ID.match(found) else ""


def ref_of(given: str) -> str:
    """A message's id; an overlong or strange one as its hash, so that it still names the message."""
    given = given.strip()
    if len(given) <= MAX_REF and given.isascii() and given.isprintable():
        return given
    return hashlib.sha256(given.encode("utf-8", "surrogatepass")).hexdigest()


def link_of(holder: Any, *names: str) -> str:
    """The first usable web address under these names; empty where there is none."""
    for name in names:
        found = word(holder, name).strip()
        if len(found) <= MAX_LINK and _LINK.match(found):
            return found
    return ""


def moment_of(given: str) -> datetime | None:
    """A time in milliseconds since 1970, or in seconds where that is what it must be; None for anything else."""
    given = given.strip()
    if not re.fullmatch(r"[0-9]{9,16}", given):
        return None
    number = int(given)
    try:
        return datetime.fromtimestamp(number / 1000 if len(given) > 11 else number, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def degrees_of(holder: Any) -> tuple[float, float] | None:
    """Latitude and longitude (WGS 84); None where they are no place on earth."""
    try:
        latitude, longitude = float(word(holder, "latitude")), float(word(holder, "longitude"))
    except ValueError:
        return None
    # NaN fails both comparisons.
    return (latitude, longitude) if abs(latitude) <= 90 and abs(longitude) <= 180 else None
