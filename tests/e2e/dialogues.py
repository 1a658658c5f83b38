"""The sample dialogues of `tests/data/dialogues.jsonl`, and how a citizen plays a turn of them anywhere."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from petitions.codes import TrackingCode
from tests.e2e.support.heard import Exchange
from tests.e2e.support.people import Citizen

DATA = Path(__file__).resolve().parents[1] / "data" / "dialogues.jsonl"


def dialogues() -> list[dict[str, Any]]:
    """All twelve."""
    return [json.loads(line) for line in DATA.read_text("utf-8").splitlines() if line.strip()]


def typo(code: str) -> str:
    """The code with one sign wrong, so that its check letter does not fit."""
    letters = TrackingCode.parse(code).value
    for sign in "7KWXY3":
        wrong = f"{letters[:5]}{sign}{letters[6:]}"
        if wrong != letters:
            return f"{wrong[:4]}-{wrong[4:8]}-{wrong[8:]}"
    raise AssertionError("no other sign")


def with_codes(text: str, codes: Sequence[str], other: str) -> str:
    """The text with its placeholders filled: one's own code in its disguises, and somebody else's."""
    own = codes[-1] if codes else ""
    shown = str(TrackingCode.parse(own)) if own else ""
    return (
        text.replace("{CODE:typo}", typo(own) if own else "")
        .replace("{CODE:lower_spaces}", shown.lower().replace("-", " "))
        .replace("{CODE:O_for_0}", shown.replace("0", "O"))
        .replace("{CODE}", shown)
        .replace("{OTHER_CODE}", str(TrackingCode.parse(other)) if other else "")
    )


async def play_turn(
    citizen: Citizen, turn: dict[str, Any], *, codes: Sequence[str], other: str, rest: Callable[[float], None]
) -> Exchange:
    """Do one turn. `rest` lets the hours of silence before it go by."""
    if turn.get("after_hours"):
        rest(turn["after_hours"])
    text = with_codes(turn.get("text", ""), codes, other)
    match turn["type"]:
        case "command":
            return await citizen.start()
        case "text":
            return await citizen.say(text)
        case "button":
            return await citizen.press(text)
        case "photo":
            return await citizen.photos(1, turn.get("caption", ""))
        case "album":
            return await citizen.photos(len(turn["media"]), turn["captions"][0] or "")
        case "voice":
            return await citizen.voice(turn["seconds"])
        case "video":
            return await citizen.video(turn["seconds"], turn["size_mb"] * 1024 * 1024)
        case "document":
            return await citizen.document(turn["file"], b"%PDF-1.4 " + b"0" * turn["size_kb"])
        case "location":
            return await citizen.location(turn["lat"], turn["lon"])
        case "contact":
            return await citizen.contact(turn["phone"], turn["name"])
        case "sticker":
            return await citizen.sticker(turn["emoji"])
        case other_type:
            raise AssertionError(f"no such turn: {other_type}")
