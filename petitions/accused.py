"""Whom a denunciation or complaint is against, as far as routing depends on it, and whether it is a second
one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from petitions.agency_parts import Unit
from petitions.kinds import Kind
from petitions.text import fold

_AGAINST = r"(?:to cao|to giac|khieu nai|phan anh|ve viec|doi voi|hanh vi cua|quyet dinh cua|chong lai)"
_BETWEEN = r"(?:[\s\w,.:\"']{0,45}?)"
_DEPUTY = re.compile(rf"{_AGAINST}{_BETWEEN}\b(?:pho giam doc so|pho giam doc|pgd so)\b")
_DIRECTOR = re.compile(
    rf"{_AGAINST}{_BETWEEN}\b(?<!pho )(?:giam doc so|ong giam doc so|ba giam doc so|nguoi dung dau so)\b"
)
_INSPECTORATE = re.compile(
    rf"{_AGAINST}{_BETWEEN}\b(?:thanh tra vien|can bo thanh tra|chanh thanh tra|pho chanh thanh tra|nguoi "
    rf"cua thanh tra so|thanh tra so)\b"
)
_ADDRESSED = re.compile(
    r"(?:kinh gui|gui|de nghi|yeu cau|mong|nho|kinh mong|cho|toi) (?:ong |ba |anh |quy )?$"
)
_SECOND = re.compile(
    r"khieu nai (?:lan (?:hai|2|thu hai|thu 2)|tiep)|lan (?:hai|2|thu hai) (?:toi |chung toi )?(?:gui don "
    r")?khieu nai|"
    r"(?:quyet dinh|van ban|ket qua|cong van|thong bao) (?:so [\w/.-]+ )?(?:ve viec )?giai quyet khieu nai|"
    r"(?:da )?giai quyet khieu nai lan (?:dau|mot|1)|giai quyet lan (?:dau|mot|1)|"
    r"khong dong y (?:voi )?(?:ket qua|cach|viec|quyet dinh|tra loi)[\w ]{0,15} giai quyet(?! cua cong ty)"
)


def find_against(text: str, kind: Kind) -> str | None:
    """The codes routing rules know: "giam_doc_so", "pho_giam_doc_so", "thanh_tra"; None for anybody else.

    Only who is accused counts: "Kính gửi Thanh tra Sở" names the addressee.
    """
    if kind not in {Kind.DENUNCIATION, Kind.COMPLAINT}:
        return None
    flat = fold(text)
    for code, pattern in (
        ("pho_giam_doc_so", _DEPUTY),
        ("giam_doc_so", _DIRECTOR),
        ("thanh_tra", _INSPECTORATE),
    ):
        if code == "giam_doc_so" and kind is Kind.COMPLAINT:
            continue  # every first complaint against an act of the office is to its director
        for match in pattern.finditer(flat):
            office = re.search(
                r"(?:pho |chanh )?(?:giam doc|thanh tra|nguoi dung|can bo thanh|nguoi cua|pgd)[\w ]*$",
                match.group(),
            )
            before = match.group()[: office.start()] if office else match.group()
            if not _ADDRESSED.search(before) and "." not in before[12:]:
                return code
    return None


def is_second_instance(text: str) -> bool:
    """The complaint is about how a first complaint was settled (Luật Khiếu nại 2011 Đ7, Đ33)."""
    flat = fold(text)
    return ("khieu nai" in flat or "giai quyet" in flat) and _SECOND.search(flat) is not None


_SOMEBODY: Final = (
    r"(?:(?:pho )?giam doc|ban giam doc|(?:pho )?truong|pho|(?:pho )?chanh van phong|thu truong|"
    r"nguoi dung dau|lanh dao|can bo|cong chuc|vien chuc|nhan vien|chuyen vien|ke toan|thu quy|bao ve|thu thu|"
    r"huan luyen vien|thuyet minh vien|tap the|quyet dinh|thong bao|cong van|van ban|hanh vi|viec lam)"
)
"""Who or what of a unit is complained of (folded)."""
_ASKED: Final = re.compile(r"\b(?:kinh gui|gui|de nghi|yeu cau|kinh mong|mong|nho|kinh trinh|trinh)\b")
"""Between the accusing word and the unit: the unit is asked for help, not accused."""
_SHORTEST_NAME: Final = 8
_LOOKED_AT: Final = 6000
"""Characters of a story; whoever is accused is named before."""


class AccusedUnits:
    """Finds the office's own unit that a denunciation or complaint is against, by its name in the profile."""

    def __init__(self, units: Iterable[Unit]) -> None:
        self._patterns = [
            (unit.code, _pattern(names)) for unit in units if (names := sorted(_names(unit), key=len))
        ]

    def find(self, text: str, kind: Kind) -> str | None:
        """The unit's code; None where none is named as the accused, or where the kind accuses nobody."""
        if kind not in {Kind.DENUNCIATION, Kind.COMPLAINT, Kind.ANONYMOUS_TIP}:
            return None
        flat = fold(text)[:_LOOKED_AT]
        found = [
            (match.start(), code)
            for code, pattern in self._patterns
            for match in pattern.finditer(flat)
            if not _ASKED.search(match["between"] or "")
        ]
        return min(found)[1] if found else None


def _names(unit: Unit) -> set[str]:
    """How people write the unit's name: without its province, without "quản lý", by what it includes."""
    whole = fold(unit.name_vi)
    name = re.sub(r"\([^)]*\)", " ", whole)
    name = " ".join(re.sub(r"[^\w\s]", " ", name).split())
    names = {name, name.removesuffix(" tinh"), name.replace("phong quan ly ", "phong ")}
    names |= {" ".join(part.split()) for part in re.findall(r"\(gom ([^)]*)\)", whole)}
    return {each for each in names if len(each) >= _SHORTEST_NAME and " " in each}


def _pattern(names: Iterable[str]) -> re.Pattern[str]:
    either = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    return re.compile(
        rf"\b{_AGAINST}\b(?P<between>[^.;!?]{{0,60}}?\b{_SOMEBODY}\b[^.;!?]{{0,40}}?|(?: ve| viec)? )"
        rf"\b(?:{either})\b"
    )
