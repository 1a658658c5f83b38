"""Whom a denunciation or complaint is against, as far as routing depends on it, and whether it is a second
one."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import Final

from petitions.agency_parts import Unit
from petitions.kinds import Kind
from petitions.text import fold

_OTHER_OFFICE: Final = (
    r"(?! (?:y te|giao duc|xay dung|nong nghiep|noi vu|tai chinh|cong thuong|tu phap|khoa hoc|"
    r"ke hoach|lao dong|giao thong|"
    r"thong tin|tai nguyen))"
)
_DEPUTY: Final = re.compile(
    rf"\b(?:pho giam doc(?: phu trach(?: \w+){{1,4}}?)?(?: cua)? so{_OTHER_OFFICE}|pgd so|"
    r"pho giam doc(?! (?:so|cong ty|hop tac xa|bao tang|thu vien|trung tam|nha hat|benh vien|khach san|cua hang|cn|"
    r"chi nhanh|doanh nghiep|ban quan ly)))\b"
)
_DIRECTOR: Final = re.compile(
    rf"\b(?:(?<!pho )giam doc so{_OTHER_OFFICE}|nguoi dung dau so|ong dau so|thu truong so)\b"
)
_INSPECTORATE: Final = re.compile(
    r"\b(?:thanh tra vien|can bo thanh tra|pho chanh thanh tra|chanh thanh tra|nguoi cua thanh tra so|"
    r"doan thanh tra so|"
    r"thanh tra so|(?:anh|chi|ong|ba|co|chu) thanh tra|doan thanh tra)\b(?! (?:tinh|huyen|bo|"
    r"chinh phu|lao dong|giao thong))"
)
_DENOUNCES: Final = re.compile(
    r"\b(?:to cao|to giac|khieu nai|phan anh|ve viec|doi voi|hanh vi cua|quyet dinh cua|viec lam cua|"
    r"van ban cua|chong lai|"
    r"to|dieu tra)\b"
)
_ADDRESSED: Final = re.compile(
    r"\b(?:kinh gui|gui|de nghi|kinh de nghi|yeu cau|mong|nho|kinh mong|cho|toi|len|ve|trinh|de|"
    r"dung de|bao cao|kinh trinh|"
    r"chuyen|qua) (?:toi |den |cho )?(?:dong chi |lanh dao |ong |ba |anh |quy )?$"
)
_REACH: Final = 55
"""Letters between the verb and the office holder."""
_MISDEED: Final = re.compile(
    r"\b(?:nhan|doi (?:tien|boi duong|lot|chia|\d)|voi (?:tien|vinh|\d)|goi y|bao truoc|bao che|em don|trao|"
    r"danh trao|an chan|an tien|thu tien|ke khong|ky khong|lap khong|thong dong|bo nhiem|duyet|chi dao|"
    r"dung xe|lam kho|de lo|tiet lo|go bo|moi thang|lot tay|phong bi|hoi lo|tieu huy|lam sai|lam trai|"
    r"sach nhieu|vu loi)\b"
)
_ACT: Final = re.compile(
    r"\b(?:lap bien ban|tich thu|thu giu|niem phong|tam giu|ket luan|ra quyet dinh|ky luat|ky van ban|"
    r"ky quyet dinh|dinh "
    r"chi|xu phat|phat|tra lai don|tra don|cham dut|buoc|tu choi)\b"
)
_SENTENCE_END: Final = re.compile(r"[.!?;\n](?=\s|$)|\n")

_AGAIN_SAID: Final = re.compile(
    r"khieu nai (?:lan (?:hai|2|thu hai|thu 2)|tiep)|lan (?:hai|2|thu hai) (?:toi |"
    r"chung toi )?(?:gui don )?khieu nai|"
    r"khong dong y (?:voi )?(?:ket qua|cach|viec|quyet dinh|tra loi)[\w ]{0,15} giai quyet(?! cua cong ty)"
)
_SETTLED: Final = re.compile(
    r"(?<!khong )(?<!chua )(?<!cham )(?<!khong duoc )\b(?:giai quyet|tra loi|bac)(?: xong|"
    r" don)?[\w ]{0,12} ?khieu nai|"
    r"khieu nai[\w ]{0,30}(?:bi bac|(?:da )?duoc giai quyet|giai quyet xong)|bac don|ho giai quyet xong|"
    r"(?:quyet dinh|van ban|ket qua|cong van|thong bao) (?:so [\w/.-]+ )?(?:ve viec )?giai quyet khieu nai"
)
_STILL: Final = re.compile(
    r"\blan (?:hai|2|thu hai|thu 2)\b|\bgui tiep\b|\bkhieu nai (?:tiep|len)\b|\bkhong (?:dong y|"
    r"nhat tri|chiu|chap nhan|dong "
    r"tinh|thoa dang)\b|\b(?:xem xet|xem|giai quyet) lai\b|\bkhong thoa dang\b"
)
_ABOVE: Final = re.compile(r"giai quyet khieu nai lan (?:hai|2|thu hai)")
"""Who complains of the second decision is past both instances of this office."""


def find_against(text: str, kind: Kind) -> str | None:
    """The codes routing rules know: "giam_doc_so", "pho_giam_doc_so", "thanh_tra"; None for anybody else.

    Only who is accused counts: "Kính gửi Thanh tra Sở" names the addressee.
    """
    if kind not in {Kind.DENUNCIATION, Kind.COMPLAINT}:
        return None
    flat = fold(text)
    ends = [end.end() for end in _SENTENCE_END.finditer(flat)]
    for code, pattern in (
        ("pho_giam_doc_so", _DEPUTY),
        ("giam_doc_so", _DIRECTOR),
        ("thanh_tra", _INSPECTORATE),
    ):
        if code == "giam_doc_so" and kind is Kind.COMPLAINT:
            continue  # every first complaint against an act of the office is to its director
        if any(_is_accused(flat, ends, mention, kind) for mention in pattern.finditer(flat)):
            return code
    return None


def _is_accused(flat: str, ends: Sequence[int], mention: re.Match[str], kind: Kind) -> bool:
    """The verb of accusing stands before, or the deed after, in the same sentence; no addressee.

    `ends`: where the sentences end.
    """
    following = bisect_right(ends, mention.start())
    start = max(ends[following - 1] if following else 0, mention.start() - _REACH)
    before = flat[start : mention.start()]
    if _ADDRESSED.search(before):
        return False
    if _DENOUNCES.search(before):
        return True
    stop = min(ends[following] if following < len(ends) else len(flat), mention.end() + 2 * _REACH)
    return (_ACT if kind is Kind.COMPLAINT else _MISDEED).search(flat, mention.end(), stop) is not None


def is_second_instance(text: str) -> bool:
    """The complaint is about how a first complaint was settled (Luật Khiếu nại 2011 Đ7, Đ33)."""
    flat = fold(text)
    if "khieu nai" not in flat and "giai quyet" not in flat:
        return False
    if _ABOVE.search(flat):
        return False
    if _AGAIN_SAID.search(flat):
        return True
    return _SETTLED.search(flat) is not None and _STILL.search(flat) is not None


_AGAINST: Final = (
    r"(?:to cao|to giac|khieu nai|phan anh|ve viec|doi voi|hanh vi cua|quyet dinh cua|chong lai)"
)
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
