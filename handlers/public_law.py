"""What a citizen should know of each kind of petition: the limits the law sets today, with their articles."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from petitions.rules import NoRule

if TYPE_CHECKING:
    from handlers.texts import Texts
    from petitions.rules import LegalRule, RuleBook

LIMITS: Final = {
    "khieu_nai": ("C-01", "C-03", "C-05", "C-06", "C-13"),
    "to_cao": ("D-01", "D-09", "D-10", "D-16"),
    "kien_nghi": ("A-01", "A-12"),
    "phan_anh": ("A-01", "A-12"),
    "privacy": ("P-02", "P-04", "P-03", "P-05"),
}
"""The rules shown for each kind, in the order in which a case meets them; and those on one's own data."""
KINDS: Final = ("khieu_nai", "to_cao", "kien_nghi", "phan_anh")


@dataclass(frozen=True, slots=True)
class LawLine:
    """One limit as it is shown."""

    what: str
    limit: str
    """The amount of time; where nothing is counted, what governs instead."""
    since: str
    """What it counts from; empty where nothing is counted, or where it is said in Vietnamese only."""
    article: str
    hint: str
    """Said where the text was not compared with the law itself; else empty."""


def law_lines(rules: RuleBook, kind: str, today: date, texts: Texts) -> tuple[LawLine, ...]:
    """The limits of a kind as in force on `today`."""
    found = []
    for rule_id in LIMITS[kind]:
        try:
            found.append(_line(rules.rule(rule_id, today), texts))
        except NoRule:
            continue
    return tuple(found)


def _line(rule: LegalRule, texts: Texts) -> LawLine:
    """Words of our own where the table's are an officer's."""
    home = texts.language == "vi"
    own = rule.id.lower().replace("-", "_")

    def words(key: str, otherwise: str) -> str:
        key = f"public.law_{key}{own}"
        return texts.get(key) if key in texts else otherwise

    what = words("what_", rule.what_vi if home else rule.what)
    hint = "" if rule.verified else texts.get("public.law_hint")
    article = rule.article[0].upper() + rule.article[1:]
    if rule.unit == "none":
        return LawLine(what, words("", rule.sentence_vi if home else rule.sentence), "", article, hint)
    limit = texts.get(f"clocks.amount_{rule.unit}", amount=f"{rule.amount or 0:02d}")
    since = words("since_", rule.event_vi if home else "")
    return LawLine(what, limit, since, article, hint)
