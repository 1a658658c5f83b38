"""What a story evidently names already, so that nobody is asked twice.

Deliberately generous: a question too few is mended at review and by the officer, one too many sends people
away.
"""

from __future__ import annotations

import re
from typing import Final

from petitions.extract import find_place
from petitions.text import fold

_BODIES: Final = (
    "ubnd|uy ban|hdnd|thanh tra|phong (van hoa|quan ly|to chuc)|van phong so|chi cuc|doan kiem tra|cong an"
    "|so (vhttdl|van hoa|du lich|tai|xay dung|nong|y te|giao duc)|bao tang|thu vien|trung tam|nha hat"
    "|quan ly thi truong|ban quan ly|hop tac xa|cong ty"
)
_POSTS: Final = (
    "(pho )?chu tich|(pho )?giam doc|hieu truong|to truong|(truong|pho) (phong|thon|ban|doan|xom)"
    "|can bo|cong chuc|vien chuc|nhan vien|thu (nhang|tu)|chu (quan|co so|dau tu)"
)
_SOMEBODY: Final = re.compile(rf"\b({_BODIES}|{_POSTS})\b")
_DEPARTMENT: Final = re.compile(r"\bSở\b|\bsở (?=đã|không|chưa|trả|tháo|ra|phạt|yêu)")
_PERSON: Final = re.compile(r"\b(?:[Ôô]ng|[Bb]à|[Aa]nh|[Cc]hị|[Cc]ô|[Tt]hầy)\s+[A-ZĐÀ-Ỹ]\w*")


def told_in_story(story: str) -> frozenset[str]:
    """Which of `respondent`, `accused` and `place` the story names. Expects cleaned text."""
    told = set()
    if _SOMEBODY.search(fold(story)) or _DEPARTMENT.search(story) or _PERSON.search(story):
        told |= {"respondent", "accused"}
    if find_place(story) is not None:
        told.add("place")
    return frozenset(told)
