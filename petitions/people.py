"""How many people stand behind a petition, where the text says so.

Luật Tiếp công dân treats petitions of several people apart. Victims, visitors or witnesses are no
petitioners.
"""

from __future__ import annotations

import re

from petitions.text import fold

_COUNT_WORDS = {
    "hai": 2, "ba": 3, "bon": 4, "nam": 5, "sau": 6, "bay": 7, "tam": 8, "chin": 9, "muoi": 10, "two": 2,
    "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
}  # fmt: skip
_NUMBER = r"(?P<n>\d{1,4}|hai|ba|bon|nam|sau|bay|tam|chin|muoi)"
_DIGITS = r"(?P<n>\d{1,4})"
"""Folded number words are ambiguous ("bà" and "ba"), so they count only behind "we"."""
_WHO = (
    r"(?:nguoi|ho dan|ho gia dinh|ho|gia dinh|cu|ong|ba|anh|chi|em|ban|chau|phu huynh|hoi vien|thanh vien|"
    r"can bo|giao vien|hoc sinh|"
    r"sinh vien|cong nhan|vien chuc|nhan vien|cu dan|nguoi dan|cu tri|xa vien|tieu thuong|chu quan|chu ho|"
    r"doan vien|nghe nhan|"
    r"dien vien|van dong vien|vdv|huan luyen vien|hlv|hdv|huong dan vien|khach|du khach|dan|bac|co|chu|nha|"
    r"ca nhan|can ho|doanh nghiep|co so|tay|thay co)"
)
_WE = (
    r"(?:chung toi|chung em|chung chau|chung minh|bon em|bon toi|tui em|toi va|nhom toi|nhom em|tap the|"
    r"dai dien(?: cho)?|thay mat(?: cho)?)"
)
_ACTS = (
    r"(?:cung|dong)? ?(?:ky ten|ky don|ky|kien nghi|khieu nai|to cao|phan anh|de nghi|lam don|viet don|"
    r"gui don|dung don|dong don|yeu cau|dong long)"
)
_PATTERNS = tuple(
    (hints, re.compile(pattern))
    for hints, pattern in (
        (
            ("chung", "bon", "tui em", "toi va", "nhom", "tap the", "dai dien", "thay mat"),
            (
                rf"(?<!\w){_WE}(?: (?:gom|la|co|tong cong|gom co|cho))*,? ?\(?(?:tat ca |gom )?{_NUMBER} "
                rf"{_WHO}(?!\w)"
            ),
        ),
        (
            ("chung toi", "chung em", "bon em"),
            rf"(?<!\w){_DIGITS} {_WHO}[\w ]{{0,40}}? (?:chung toi|chung em|bon em)[\w ]{{0,12}}? ?{_ACTS}(?!\w)",
        ),
        ((" cung", " dong"), rf"(?<!\w){_DIGITS} {_WHO}(?: [\w]+){{0,5}}? (?:cung|dong) {_ACTS}(?!\w)"),
        (
            ("kien nghi", "khieu nai", "to cao", "phan anh", "dung don", "ky don", "ky ten", "lam don"),
            (
                rf"(?<!\w){_DIGITS} {_WHO}(?: [\w]+){{0,6}}? (?:kien nghi|khieu nai|to cao|phan anh|dung don|"
                rf"ky don|ky ten|lam don)(?!\w)"
            ),
        ),
        (
            ("cung ", "voi "),
            (
                rf"(?<!\w)(?:cung|voi) {_DIGITS} {_WHO}(?: \w+){{0,3}} (?:cung )?(?:ky|kien nghi|khieu nai|"
                rf"phan anh|to cao|lam don)"
            ),
        ),
        (("we", "on behalf of"), r"(?<!\w)(?:we are|we, the|we,|on behalf of) (?P<n>\d{1,4})(?!\w)"),
        ((" of us",), r"(?<!\w)(?P<n>\d{1,4}) of us(?!\w)"),
    )
)
"""Patterns with words one of which each match holds: most texts hold none, which is seen at once."""
_TWO = re.compile(
    r"(?<!\w)(?:my (?:wife|husband|friend|partner|girlfriend|boyfriend|mother|father) and i)(?!\w)"
)
_WITNESS = re.compile(r"(?:chung kien|lam chung|xac nhan|tham gia|ung ho|da bi|bi lua|ngo doc)")
_MOST = 5000


def find_people(text: str) -> int | None:
    """The number of people who bring the petition: "Chúng tôi, 23 giáo viên" = 23, "6 phụ huynh cùng kiến
    nghị" = 6.

    None where no such number is given ("14 người nôn ói" counts victims).
    """
    flat = fold(text)
    for hints, pattern in _PATTERNS:
        if not any(hint in flat for hint in hints):
            continue
        for match in pattern.finditer(flat):
            if _WITNESS.search(match.group()):
                continue
            typed = match["n"]
            count = int(typed) if typed.isdecimal() else _COUNT_WORDS[typed]
            if 2 <= count <= _MOST:
                return count
    return 2 if " and i" in flat and _TWO.search(flat) else None
