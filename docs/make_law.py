"""Make docs/law.md, the rules for officers, from petitions/law/*.toml: `.venv/bin/python docs/make_law.py`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from petitions.rules import LegalRule, RuleBook, RuleKind

PAGE = Path(__file__).with_name("law.md")
GROUPS: tuple[tuple[RuleKind, str], ...] = (
    ("reception", "Tiếp nhận và phân loại"),
    ("complaint", "Khiếu nại quyết định, hành vi hành chính"),
    ("discipline", "Khiếu nại quyết định kỷ luật cán bộ, công chức"),
    ("denunciation", "Tố cáo"),
    ("data", "Bảo vệ dữ liệu và hệ thống"),
    ("agency", "Quy định của cơ quan"),
)
UNITS = {"d": "ngày", "wd": "ngày làm việc", "h": "giờ", "year": "năm"}
CONDITIONS = {
    "complex": "vụ việc phức tạp",
    "remote": "vùng sâu, vùng xa",
    "second": "lần hai",
    "dismissal": "buộc thôi việc",
}
MARKS = {
    "VERIFIED": "đã đối chiếu điều luật",
    "VERIFIED*": "theo trang thứ cấp",
    "RECALLED": "chưa đối chiếu",
    "INFERENCE": "suy luận từ điều luật",
    "AGENCY": "cơ quan đặt",
}
HEAD = """# Thời hạn theo luật

Trang này do `docs/make_law.py` lập từ `petitions/law/*.toml`; xin không sửa bằng tay. Tra một ngày cụ thể:
`tiepdan law deadline C-03 --from 2026-11-23`.

**Cách tính.** Không tính ngày xảy ra sự kiện (Bộ luật Dân sự 2015, Điều 147). Ngày làm việc là thứ Hai đến
thứ Sáu, trừ ngày nghỉ lễ, nghỉ bù, nghỉ hoán đổi, cộng ngày làm bù. Ngày cuối rơi vào ngày nghỉ thì hết hạn
vào ngày làm việc kế tiếp (khoản 5 Điều 148); cơ quan nên xong vào ngày làm việc cuối cùng trước đó. Thời hạn
"trước" một sự kiện và thời hạn tính bằng giờ không dời. Thời gian tạm đình chỉ không tính; thời hạn tính tiếp
từ ngày có quyết định tiếp tục giải quyết. Chờ công dân hoặc chờ đơn vị khác không làm thời hạn dừng lại. Vụ
việc giữ quy định có hiệu lực khi thời hạn bắt đầu chạy.

Dấu * sau ngày có hiệu lực: ngày đó chưa đối chiếu với văn bản; hiện nay không ảnh hưởng đến thời hạn nào.

**Mức tin cậy.** Chỉ quy định "đã đối chiếu điều luật" mới dùng được ngay. Các mức khác cần kiểm tra lại với
văn bản; cơ quan có thể tự đặt thời hạn cho những dòng đó trong hồ sơ cơ quan, `from` (ngày bắt đầu áp dụng)
có thể bỏ:

```yaml
law:
  rules:
    A-14: {amount: 7, unit: wd, from: 2027-01-01}
    N-01: {amount: 15, unit: wd}
```

`unit`: `d` là ngày, `wd` là ngày làm việc, `h` là giờ.
"""
COLUMNS = ("Mã", "Việc", "Thời hạn", "Tính từ", "Ai", "Điều luật", "Mức tin cậy", "Hiệu lực")


def page(book: RuleBook) -> str:
    """The whole page."""
    return "\n".join([HEAD, *_groups(book)])


def _groups(book: RuleBook) -> Iterator[str]:
    for kind, title in GROUPS:
        yield f"## {title}\n"
        yield f"| {' | '.join(COLUMNS)} |"
        yield "|---" * len(COLUMNS) + "|"
        for rule in book.rules():
            if rule.kind == kind:
                yield f"| {' | '.join(_cell(text) for text in _row(rule))} |"
        yield ""


def _row(rule: LegalRule) -> tuple[str, ...]:
    condition = ", ".join(CONDITIONS[name] for name in CONDITIONS if name in rule.conditions)
    what = f"{rule.what_vi} (`{rule.step}`)"
    return (
        rule.id,
        f"{what}. {rule.note_vi}" if rule.note_vi else what,
        limit(rule) + (f" ({condition})" if condition else ""),
        rule.event_vi or "–",
        rule.who_vi or "–",
        rule.article
        if rule.instrument in {"agency", *_numbers(rule)}
        else f"{rule.article} ({rule.instrument})",
        MARKS[rule.mark.value],
        _in_force(rule),
    )


def limit(rule: LegalRule) -> str:
    """The limit in words: `7 ngày làm việc`, `ngay`, or what governs instead."""
    if rule.unit == "none":
        return rule.sentence_vi
    if rule.unit == "at_once":
        return "ngay"
    before = "chậm nhất trước " if rule.direction == "before" else ""
    return f"{before}{rule.amount} {UNITS[rule.unit]}"


def _numbers(rule: LegalRule) -> list[str]:
    """What the article already says as a law's number."""
    return [word.strip("(),;") for word in rule.article.split()]


def _in_force(rule: LegalRule) -> str:
    if rule.kind == "agency":
        return "–"
    first = f"từ {rule.in_force_from:%d/%m/%Y}"
    if rule.from_mark.value == "RECALLED":
        first += "*"
    return first if rule.in_force_to is None else f"{first} đến {rule.in_force_to:%d/%m/%Y}"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(page(RuleBook.packaged()), encoding="utf-8")
