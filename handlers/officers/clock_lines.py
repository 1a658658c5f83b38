"""A case's legal limits in words: the date, what is due, why it is that day, and what stopped it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final, Protocol

from petitions.clock_steps import SETTLE
from petitions.clocks import Clock, ClockState, Duty
from petitions.clockwork import current
from petitions.gathering import matter_of
from petitions.rules import LegalRule, Mark, NoRule

if TYPE_CHECKING:
    from handlers.texts import Texts
    from handlers.turn import Facts
    from petitions.rules import RuleBook
    from storage.casebook import Casebook
    from storage.records import PetitionRecord


class Standpoint(Protocol):
    """From where a case is looked at: a turn, or a page that is only shown."""

    @property
    def facts(self) -> Facts: ...
    @property
    def book(self) -> Casebook: ...
    @property
    def now(self) -> dt.datetime: ...


_AWAITED: Final = frozenset(
    {"first_answer", "accept", "pass_on", SETTLE, "answer", "send_decision", "carry_out"}
)
"""Steps whose result a citizen waits for; the office's letters and publicity are not among them."""
_OTHERS: Final = 4
"""Further running limits named on a card."""


def officer_lines(turn: Standpoint, petition: PetitionRecord, texts: Texts) -> list[str]:
    """The limits of a case for those who work on it: the governing one first, with its reason and article.

    Tasks have lines of their own on the card, with what is to be done and by whom.
    """
    clocks = list(turn.book.clocks(petition.id).values())
    running = [c for c in clocks if c.state is ClockState.RUNNING and c.duty is not Duty.CITIZEN]
    governing = current(clocks)
    lines: list[str] = []
    if governing is not None:
        if governing.duty is not Duty.TASK:
            lines.append(explained(turn, governing, texts))
        lines += _late(turn, governing, texts)
    lines += [
        texts.get("clocks.suspended", date=_date(clock.suspended_on, texts))
        for clock in clocks
        if clock.state is ClockState.SUSPENDED and clock.suspended_on is not None
    ]
    others = [c for c in running if c.duty is not Duty.TASK and (governing is None or c.id != governing.id)]
    others.sort(key=lambda clock: (clock.due_on or dt.date.max, clock.id))
    lines += [_short(turn, clock, texts) for clock in others[:_OTHERS] if clock.due_on is not None]
    return lines


def citizen_lines(turn: Standpoint, petition: PetitionRecord, texts: Texts) -> list[str]:
    """The limit that governs now in plain words, how it came about, and what stopped or moved it.

    Once the case is accepted that is the day it is settled by, not what the office owes others meanwhile. Of a merged
    petition it is its lead's.
    """
    today = turn.now.astimezone(turn.facts.agency.zone).date()
    clocks = list(turn.book.clocks(matter_of(petition)).values())
    lines = [
        texts.get("clocks.citizen_suspended", date=_date(clock.suspended_on, texts))
        for clock in clocks
        if clock.state is ClockState.SUSPENDED and clock.suspended_on is not None
    ]
    settling = [c for c in clocks if c.step == SETTLE and c.state is ClockState.RUNNING]
    governing = settling[-1] if settling else current(clocks)
    if governing is not None and governing.duty is Duty.OFFICE:
        rule = rule_of(turn, governing)
        key = "clocks.citizen_late" if governing.late_on(today) else "clocks.citizen_due"
        lines.append(
            texts.get(
                key,
                what=_what(rule, texts),
                date=_date(governing.due_on, texts),
                since=_date(governing.started_on, texts),
                amount=_amount(rule, texts),
                article=rule.article if rule is not None else "",
            )
        )
        if governing.spans:
            lines.append(texts.get("clocks.citizen_spans", days=_suspended_days(governing)))
        if petition.extensions:
            lines.append(texts.get("clocks.citizen_extended", count=petition.extensions))
    own = [c for c in clocks if c.duty is Duty.CITIZEN and c.state is ClockState.RUNNING]
    lines += [
        texts.get("clocks.citizen_own", date=_date(clock.due_on, texts))
        for clock in own
        if clock.due_on is not None and not clock.late_on(today)
    ]
    return lines


def rule_of(turn: Standpoint, clock: Clock) -> LegalRule | None:
    """The version of the rule that this case keeps; None for a task, which no rule dates."""
    conditions = frozenset(word for word in clock.conditions.split(",") if word)
    try:
        return turn.facts.agency.rules.pinned(clock.rule, clock.version, conditions)
    except NoRule:
        return None


def named(turn: Standpoint, clock: Clock, texts: Texts) -> str:
    """What is due, in a few words."""
    return _what(rule_of(turn, clock), texts)


def rule_words(rules: RuleBook, rule: str, texts: Texts) -> str:
    """What a rule dates, in a few words with its article, as its newest version has them; a task has no rule."""
    newest = [each for each in rules.rules() if each.id == rule]
    if not newest:
        return texts.get("clocks.task_named")
    return f"{_what(newest[-1], texts)} ({newest[-1].article})"


def pinned_words(rules: RuleBook, rule: str, version: dt.date, conditions: str, texts: Texts) -> str:
    """The same of the version that a case keeps."""
    try:
        kept = rules.pinned(rule, version, frozenset(word for word in conditions.split(",") if word))
    except NoRule:
        return rule_words(rules, rule, texts)
    return f"{_what(kept, texts)} ({kept.article})"


def explained(turn: Standpoint, clock: Clock, texts: Texts) -> str:
    """One limit with its reason: the date, what is due, how long from when, by which article, and what moved it."""
    rule = rule_of(turn, clock)
    if rule is None:
        return _short(turn, clock, texts)
    line = texts.get(
        "clocks.due",
        date=_date(clock.due_on, texts),
        what=_what(rule, texts),
        amount=_amount(rule, texts),
        since=_date(clock.started_on, texts),
        article=rule.article,
    )
    if clock.aim_on is not None and clock.aim_on != clock.due_on:
        line += " " + texts.get("clocks.aim", date=_date(clock.aim_on, texts))
    if clock.spans:
        line += " " + texts.get("clocks.spans", days=_suspended_days(clock))
    if rule.mark is Mark.AGENCY:
        line += " " + texts.get("clocks.agency_rule")
    elif not rule.verified:
        line += " " + texts.get("clocks.unverified", mark=rule.mark.value)
    if clock.provisional:
        line += " " + texts.get("clocks.provisional")
    return line


def _late(turn: Standpoint, clock: Clock, texts: Texts) -> list[str]:
    today = turn.now.astimezone(turn.facts.agency.zone).date()
    if not clock.late_on(today) or clock.due_on is None:
        return []
    return [texts.get("cards.overdue", days=(today - clock.due_on).days)]


def _short(turn: Standpoint, clock: Clock, texts: Texts) -> str:
    key = "clocks.effect" if clock.duty is Duty.EFFECT else "clocks.also"
    return texts.get(key, what=named(turn, clock, texts), date=_date(clock.due_on, texts))


def _what(rule: LegalRule | None, texts: Texts) -> str:
    if rule is None:
        return texts.get("clocks.task_named")
    words = rule.what if texts.language == "en" else rule.what_vi
    return words.rstrip(".")


def _amount(rule: LegalRule | None, texts: Texts) -> str:
    if rule is None or rule.amount is None:
        return ""
    return texts.get(f"clocks.amount_{rule.unit}", amount=rule.amount)


def _suspended_days(clock: Clock) -> int:
    return sum((end - start).days for start, end in clock.spans)


def _date(day: dt.date | None, texts: Texts) -> str:
    if day is None:
        return "…"
    return texts.get("cards.date", day=f"{day.day:02d}", month=f"{day.month:02d}", year=day.year)
