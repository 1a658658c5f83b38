"""Copies as people make them: forwarded with a preface, typed without diacritics, some words changed."""

from __future__ import annotations

import json
import random
import unicodedata
from pathlib import Path
from typing import Any

from tests.shared_data import shared_lines

SAMPLE = Path(__file__).resolve().parents[1] / "data" / "petitions_sample.jsonl"
PREFACES = (
    "Fwd: ",
    "Em chuyển lại tin của bác hàng xóm nhờ gửi giúp vì bác không dùng điện thoại thông minh, nội dung như sau: ",
    "Kính gửi UBND tỉnh, đồng kính gửi Thanh tra tỉnh, Sở Văn hóa, Thể thao và Du lịch, Báo Pháp luật: ",
    "Nhóm dân phố 5: cả nhà ai thấy đúng thì ký tên và gửi tiếp nhé. ",
    "Tôi gửi lại lần thứ 3 vì chưa thấy ai trả lời. ",
)
WAYS = ("plain", "changed", "every_fifth", "forwarded", "changed_plain", "forwarded_changed", "all")


def sample() -> list[dict[str, Any]]:
    return [json.loads(line) for line in SAMPLE.read_text("utf-8").splitlines()]


def full_sample() -> list[dict[str, Any]]:
    """All petitions of the sample data; skipped where they are absent."""
    return [json.loads(line) for line in shared_lines("petitions_dev.jsonl")]


def without_marks(text: str) -> str:
    marked = unicodedata.normalize("NFD", text)
    return "".join(c for c in marked if not unicodedata.combining(c)).replace("đ", "d").replace("Đ", "D")


def changed(text: str, words: list[str], chance: random.Random) -> str:
    """Twenty words of a hundred are others."""
    own = text.split()
    for place in chance.sample(range(len(own)), max(1, round(len(own) / 5))):
        own[place] = chance.choice(words)
    return " ".join(own)


def every_fifth(text: str, words: list[str], chance: random.Random) -> str:
    own = text.split()
    for place in range(chance.randrange(5), len(own), 5):
        own[place] = chance.choice(words)
    return " ".join(own)


def copy(text: str, way: str, words: list[str], chance: random.Random) -> str:
    preface = chance.choice(PREFACES)
    match way:
        case "plain":
            return without_marks(text)
        case "changed":
            return changed(text, words, chance)
        case "every_fifth":
            return every_fifth(text, words, chance)
        case "forwarded":
            return preface + text
        case "changed_plain":
            return without_marks(changed(text, words, chance))
        case "forwarded_changed":
            return preface + changed(text, words, chance)
        case _:
            return without_marks(preface + changed(text, words, chance))
