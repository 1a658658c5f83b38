"""How many people stand behind a petition, where the text says so.

Luật Tiếp công dân treats petitions of several people apart. Victims, visitors or witnesses are no petitioners.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from petitions.text import clean, fold

_DIGIT: Final = {
    "một": 1, "mốt": 1, "hai": 2, "ba": 3, "bốn": 4, "tư": 4, "năm": 5, "lăm": 5, "sáu": 6, "bảy": 7, "bẩy": 7,
    "tám": 8, "chín": 9,
}  # fmt: skip
_SPOKEN: Final = re.compile(
    rf"(?<!\w)(?:{'|'.join([*_DIGIT, 'mười', 'mươi', 'trăm', 'linh', 'lẻ', 'chục'])})(?!\w)(?: (?:"
    rf"{'|'.join([*_DIGIT, 'mười', 'mươi', 'trăm', 'linh', 'lẻ', 'chục'])})(?!\w))*",
    re.IGNORECASE,
)
"""A number in words. With diacritics only: "ba" is three, "bà" a lady, and "nam" is no five."""
_PLAIN: Final = {
    "hai": 2, "ba": 3, "bon": 4, "nam": 5, "sau": 6, "bay": 7, "tam": 8, "chin": 9, "muoi": 10,
}  # fmt: skip
"""Folded, they count only behind "we", where nothing else can be meant."""
_N: Final = r"(?P<n>\d{1,4})"
_WHO: Final = (
    r"(?:nguoi dan|nguoi|ng|ho dan|ho gia dinh|ho kinh doanh|ho tieu thuong|ho|gia dinh|nha|cu|ong|ba|anh chi|anh em|"
    r"chi em|anh|chi|em|ban|chau|bac|co chu|co|chu quan|chu ho|chu co so|chu|phu huynh|hoi vien|thanh vien|"
    r"can bo|giao vien|thay co|hoc sinh|hs|sinh vien|sv|hoc vien|cong nhan|vien chuc|cong chuc|nhan vien|"
    r"cong tac vien|cu dan|cu tri|xa vien|tieu thuong|doan vien|nghe nhan|nghe si|dien vien|nhac cong|tac gia|"
    r"van dong vien|vdv|huan luyen vien|hlv|hdv|huong dan vien|khach|du khach|dan|cuu chien binh|"
    r"cuu thanh nien|lai xe|tai xe|ngu dan|nong dan|ca nhan|can ho|doanh nghiep|cong ty|co so|tay)"
)
_SIGNERS: Final = r"(?:nguoi dan|nguoi|ho dan|ho gia dinh|ho|gia dinh|tieu thuong|phu huynh|cu tri|hoi vien)"
"""Whose signatures are told of; those of two officials stand on a record."""
_ACT: Final = (
    r"(?:ky ten|ky don|ky|kien nghi|khieu nai|to cao|phan anh|de nghi|lam don|viet don|gui don|dung don|"
    r"dong don|yeu cau|dong long|xin|mong)"
)
_CHIEF: Final = r"(?:kien nghi|khieu nai|to cao|phan anh|de nghi|dung don|ky don|ky ten|lam don|gui don)"
_WE: Final = (
    r"(?:chung toi|chung em|chung chau|chung minh|chung con|bon em|bon toi|bon minh|tui em|nhom toi|nhom em|"
    r"tap the|dai dien|thay mat)"
)
_FILLED: Final = (
    r"(?:,|:| -|\(| la| gom| gom co| co| cho| tong cong| tat ca| ca thay| tap the| nhom| day du|"
    r" tong so)*"
)
_OURS: Final = r"(?:chung toi|chung em|chung con|bon em|bon toi|bon minh|tui em)"


@dataclass(frozen=True, slots=True)
class _Pattern:
    """One way to say how many."""

    hints: tuple[str, ...]
    """One of them stands in every match, so that most texts are passed over at once."""
    found: re.Pattern[str]
    more: int = 0
    """Who writes and is not in the number: "tôi và 5 hộ bên cạnh"."""


def _pattern(pattern: str, *hints: str, more: int = 0) -> _Pattern:
    return _Pattern(hints, re.compile(pattern), more)


_PATTERNS: Final = (
    _pattern(
        rf"(?<!\w)(?:toi|em|chau|minh|con) (?:va|cung|voi|cung voi) {_N} {_WHO}(?: \w+){{0,4}}? "
        rf"(?:nua|khac|cung {_ACT}|{_CHIEF})(?!\w)",
        *("va ", "cung ", "voi "),
        more=1,
    ),
    _pattern(
        rf"(?<!doan )(?<!\w){_WE}{_FILLED} ?{_N} {_WHO}(?!\w)",
        *("chung", "bon", "tui em", "nhom", "tap the", "dai dien", "thay mat"),
    ),
    _pattern(
        rf"(?<!doan )(?<!\w){_WE}(?: \w+){{0,8}}?,? (?:tong cong|tong so|tat ca|ca thay|gom)(?: la| co)? "
        rf"?{_N} {_WHO}(?!\w)",
        *("tong", "tat ca", "ca thay", "gom"),
    ),
    _pattern(rf"(?<!\w){_N} {_WHO}(?:,? \w+){{0,9}}?,? (?<!doan ){_OURS}(?!\w)", "chung", "bon ", "tui em"),
    _pattern(rf"(?<!\w){_N} {_WHO}(?: \w+){{0,5}}? (?:cung|dong) (?:nhau )?{_ACT}(?!\w)", "cung", "dong"),
    _pattern(
        rf"(?<!\w){_N} {_WHO}(?:,? \w+){{0,10}}? {_CHIEF}(?!\w)",
        *(
            "kien nghi",
            "khieu nai",
            "to cao",
            "phan anh",
            "de nghi",
            "dung don",
            "ky don",
            "ky ten",
            "lam don",
        ),
        *("gui don",),
    ),
    _pattern(
        rf"(?<!\w)(?:cung|voi) {_N} {_WHO}(?: \w+){{0,3}} (?:cung )?(?:ky|{_CHIEF})(?!\w)", "cung ", "voi "
    ),
    _pattern(
        rf"(?:(?<!\w)gom |\(){_N} {_WHO}\)?,? (?:(?:chung toi|xin|kinh|tha thiet|nay) )*(?:{_CHIEF}|xin)(?!\w)",
        *("gom", "("),
    ),
    _pattern(rf"(?:(?:^|[.\n!] ?)don(?: tap the)?|chu ky) cua {_N} {_SIGNERS}(?!\w)", " cua "),
    _pattern(rf"(?<!\w){_WE}(?: \w+){{0,8}}? \({_N} {_WHO}\)", "("),
    _pattern(rf"(?<!\w)(?:kem|kem theo|don co|don nay co|voi|gom|du) {_N} chu ky(?!\w)", "chu ky"),
    _pattern(
        rf"(?<!\w){_N} {_WHO}(?: \w+){{0,3}}? (?:da |cung |deu |dong )*(?<!chu )ky(?: ten| don| vao don)?(?!\w)",
        " ky",
    ),
    _pattern(
        r"(?<!\w)(?:we are|we, the|we,|on behalf of|group of|signed by)(?: a group of| all)? (?P<n>\d{1,4})(?!\w)",
        *("we", "on behalf of", "signed by", "group of"),
    ),
    _pattern(r"(?<!\w)(?P<n>\d{1,4}) of us(?!\w)", " of us"),
)
_BEHIND_WE: Final = re.compile(
    rf"(?<!\w)(?P<we>{_OURS}{_FILLED}) ?(?P<n>{'|'.join(_PLAIN)}) (?={_WHO}(?!\w))"
)
_ENGLISH: Final = re.compile(
    r"(?<!\w)(?P<we>we are|we,|we, the) (?P<n>two|three|four|five|six|seven|eight|nine|ten)(?!\w)"
)
_ENGLISH_NUMBERS: Final = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_TWO: Final = re.compile(
    r"(?<!\w)(?:my (?:wife|husband|friend|partner|girlfriend|boyfriend|mother|father) and i)(?!\w)"
)
_WITNESS: Final = re.compile(
    r"(?:chung kien|lam chung|xac nhan|tham gia|ung ho|da bi|bi lua|ngo doc|tu vong|bi thuong|bi don)"
)
_AGES: Final = re.compile(r"(?:nam|thang|ngay|tuan|lan|khoan|muc|dieu|so|tu|lop|tang|quy) $")
"""What stands before a number that counts no people: "năm 2019 người …", "Điều 28 hộ …"."""
_MOST: Final = 5000


def find_people(text: str) -> int | None:
    """The number of people who bring the petition: "Chúng tôi, 23 giáo viên" = 23, "6 phụ huynh cùng kiến
    nghị" = 6, "Mười hai hộ chúng tôi" = 12, "tôi với năm hộ bên cạnh làm đơn" = 6.

    None where no such number is given ("14 người nôn ói" counts victims).
    """
    flat = _with_digits(text)
    for pattern in _PATTERNS:
        if not any(hint in flat for hint in pattern.hints):
            continue
        for match in pattern.found.finditer(flat):
            if _WITNESS.search(match.group()) or _AGES.search(flat[: match.start("n")]):
                continue
            count = int(match["n"]) + pattern.more
            if 2 <= count <= _MOST:
                return count
    return 2 if " and i" in flat and _TWO.search(flat) else None


def _with_digits(text: str) -> str:
    """The folded text, numbers of people in digits."""
    parts, at = [], 0
    written = clean(text)
    for first, last, value in _spoken(written):
        parts += [written[at:first], str(value)]
        at = last
    flat = fold("".join([*parts, written[at:]]))
    flat = _BEHIND_WE.sub(lambda match: f"{match['we']} {_PLAIN[match['n']]} ", flat)
    return _ENGLISH.sub(lambda match: f"{match['we']} {_ENGLISH_NUMBERS.index(match['n']) + 2}", flat)


_COUNTED: Final = re.compile(rf"{_WHO}(?!\w)")


def _spoken(text: str) -> Iterator[tuple[int, int, int]]:
    """Numbers in words that stand before people: where, and which."""
    for match in _SPOKEN.finditer(text):
        value = _value(match.group().lower().split())
        if value is not None and value >= 2 and _COUNTED.match(fold(text[match.end() : match.end() + 30])):
            yield match.start(), match.end(), value


def _value(words: list[str]) -> int | None:
    """ "mười hai" = 12, "hai mươi lăm" = 25, "một trăm linh năm" = 105; None for what is no number."""
    hundreds = 0
    if "trăm" in words:
        at = words.index("trăm")
        if at > 1 or (at == 1 and words[0] not in _DIGIT):
            return None
        hundreds = 100 * (_DIGIT[words[0]] if at else 1)
        words = words[at + 1 :]
    rest = _below_hundred(words)
    return hundreds + rest if rest is not None else None


def _below_hundred(words: list[str]) -> int | None:
    match words:
        case []:
            return 0
        case ["mười"]:
            return 10
        case [one]:
            return _DIGIT.get(one)
        case [tens, "mươi" | "chục"] if tens in _DIGIT:
            return 10 * _DIGIT[tens]
        case ["mười", one] if one in _DIGIT:
            return 10 + _DIGIT[one]
        case ["linh" | "lẻ", one]:
            return _DIGIT.get(one)
        case [tens, "mươi", one] if tens in _DIGIT and one in _DIGIT:
            return 10 * _DIGIT[tens] + _DIGIT[one]
        case _:
            return None
