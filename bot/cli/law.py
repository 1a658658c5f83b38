"""`tiepdan law …`: every limit in time with its article, and the date it gives. Needs no database and no keys."""

from __future__ import annotations

import datetime as dt
import difflib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

import click

from bot.cli import ground

if TYPE_CHECKING:
    from petitions.calendar import WorkingCalendar
    from petitions.deadlines import Deadline, Suspension
    from petitions.rules import LegalRule, RuleBook

_ZONE: Final = ZoneInfo("Asia/Ho_Chi_Minh")
_KINDS: Final = {
    "khieu_nai": ("complaint", "reception", "agency"),
    "to_cao": ("denunciation", "reception", "agency"),
    "kien_nghi": ("reception", "agency"),
    "phan_anh": ("reception", "agency"),
    "reception": ("reception",),
    "complaint": ("complaint",),
    "discipline": ("discipline",),
    "denunciation": ("denunciation",),
    "data": ("data",),
    "agency": ("agency",),
}
"""What may stand for KIND, and in which groups of rules its step is looked for, in this order."""
_UNITS: Final = {"d": "day", "wd": "working day", "h": "hour", "year": "year"}
_MARKS: Final = {
    "VERIFIED*": "rests on a secondary page, not on the instrument itself",
    "RECALLED": "general knowledge, not compared with the text",
    "INFERENCE": "a conclusion; no article says it in these words",
    "AGENCY": "the office's own rule, not law",
}


class _Day(click.ParamType[Any]):
    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> dt.date:
        """A day, or an aware moment; one without a zone is taken in Vietnam."""
        try:
            return _day(str(value).strip())
        except ValueError:
            self.fail(
                f"{value!r} is no date; write it as 2026-11-23 or 23/11/2026, a moment as 2026-11-23T09:30.",
                param,
                ctx,
            )


class _Pause(click.ParamType[Any]):
    name = "from..to"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Suspension:
        """The day the clock stopped and the day of the decision to resume."""
        first, dots, resumed = str(value).partition("..")
        try:
            if not dots:
                raise ValueError
            return _only_day(_day(first.strip())), _only_day(_day(resumed.strip()))
        except ValueError:
            self.fail(
                f"{value!r} is no suspension; write the day it began and the day of the decision to resume, "
                "as 2026-12-01..2026-12-10.",
                param,
                ctx,
            )


@dataclass(frozen=True)
class _Asked:
    """What the command line asks for."""

    since: dt.date
    conditions: frozenset[str]
    suspensions: tuple[Suspension, ...]

    @property
    def day(self) -> dt.date:
        """The day of the event in Vietnam."""
        return _only_day(self.since)


@click.group()
def law() -> None:
    """The legal deadlines: list them, and reckon one."""


@law.command(name="list")
@click.argument("kind", type=click.Choice(list(_KINDS)), required=False)
def list_rules(kind: str | None) -> None:
    """List every rule, its versions and conditions: id, kind and step, limit, event, article, mark."""
    _show_list(_book()[0], kind)


@law.command()
@click.argument("words", metavar="[KIND] STEP", nargs=-1)
@click.option("--from", "since", type=_Day(), help="The event that starts the clock, a date or a moment.")
@click.option(
    "--complex", "complex_case", is_flag=True, help="The case was found complex (vụ việc phức tạp)."
)
@click.option("--remote", is_flag=True, help="Remote area hard to reach (vùng sâu, vùng xa đi lại khó khăn).")
@click.option("--second", is_flag=True, help="Second instance (lần hai).")
@click.option("--dismissal", is_flag=True, help="Disciplinary dismissal (buộc thôi việc).")
@click.option(
    "--suspended",
    type=_Pause(),
    multiple=True,
    help="Lawful suspension, FROM..TO; can be given several times.",
)
@click.option(
    "--calendar",
    "calendar_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Days off and worked days instead of those of TIEPDAN_CALENDAR_FILE.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of text.")
def deadline(
    words: tuple[str, ...],
    since: dt.date | None,
    complex_case: bool,
    remote: bool,
    second: bool,
    dismissal: bool,
    suspended: tuple[Suspension, ...],
    calendar_file: Path | None,
    as_json: bool,
) -> None:
    """Reckon a deadline: due date, counting day by day, article.

    STEP is the id of a rule (C-03) or, after KIND (such as khieu_nai, to_cao, complaint, data), the name of a step
    (accept). Without arguments the rules are listed.
    """
    if not words:
        if since is not None:
            raise click.UsageError(
                "Name the rule or step to reckon, such as C-03; `tiepdan law list` lists them."
            )
        _show_list(_book()[0], None)
        return
    flags = {"complex": complex_case, "remote": remote, "second": second, "dismissal": dismissal}
    given = frozenset(name for name, is_given in flags.items() if is_given)
    book, calendar = _book(calendar_file, with_calendar=True)
    kind, step = _meant(words, book)
    if since is None:
        events = dict.fromkeys(row.event_vi for row in _rows(book, kind, step) if row.event_vi)
        what = f", the day of the event: {'; '.join(events)}" if events else ""
        raise click.UsageError(f"Give --from DATE{what}.")
    found = _reckoned(book, calendar, kind, step, _Asked(since, given, suspended))
    if as_json:
        click.echo(json.dumps(_as_data(found), ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(_as_text(found, step, given)))


def _book(
    calendar_file: Path | None = None, *, with_calendar: bool = False
) -> tuple[RuleBook, WorkingCalendar]:
    """The rules and days off as this office has them. Raises Refusal."""
    from bot.profile import read_agency, read_calendar
    from bot.settings import Settings, SettingsError
    from petitions.calendar import WorkingCalendar
    from petitions.rules import LawFileProblem, RuleBook

    # not `ground.clear_words`: it loads the database library, for which a look-up should not wait
    try:
        loaded = Settings.load()
        book = RuleBook.packaged() if loaded.agency_file is None else read_agency(loaded.agency_file).rules
        if not with_calendar:
            return book, WorkingCalendar()
        return book, read_calendar(calendar_file or loaded.calendar_file)
    except (SettingsError, LawFileProblem) as fault:
        raise ground.Refusal(f"Please mend:\n{fault}") from None


def _meant(words: tuple[str, ...], book: RuleBook) -> tuple[str | None, str]:
    """(None, id), or (kind, name of a step). Raises UsageError with what was probably meant."""
    if len(words) > 2:
        raise click.UsageError(
            f"Too many words: {' '.join(words)}. Give [KIND] STEP, such as khieu_nai accept."
        )
    step = words[-1]
    kinds: tuple[str, ...] | None = None
    if len(words) == 2:
        named = _slug(words[0])
        if named not in _KINDS:
            raise click.UsageError(f"Unknown kind {words[0]!r}{_close(named, list(_KINDS))}.")
        kinds = _KINDS[named]
    number = re.fullmatch(r"([A-Za-z])-?([0-9]{2})", step)
    if number is not None:
        return None, _known_id(f"{number[1].upper()}-{number[2]}", kinds, book)
    name = _slug(step)
    found = [kind for kind, known in book.steps() if known == name and (kinds is None or kind in kinds)]
    if kinds is not None:
        found = [kind for kind in kinds if kind in found][:1]
    if len(found) > 1:
        raise click.UsageError(f"Several kinds have a step {name!r}; put one before it: {', '.join(found)}.")
    if not found:
        names = sorted({known for kind, known in book.steps() if kinds is None or kind in kinds})
        where = f" of {words[0]}" if kinds is not None else ""
        raise click.UsageError(f"Unknown step {step!r}{where}{_close(name, [*names, *book.ids()])}.")
    return found[0], name


def _known_id(rule_id: str, kinds: tuple[str, ...] | None, book: RuleBook) -> str:
    if rule_id not in book.ids():
        raise click.UsageError(f"Unknown rule {rule_id}{_close(rule_id, list(book.ids()))}.")
    kind = next(row.kind for row in book.rules() if row.id == rule_id)
    if kinds is not None and kind not in kinds:
        raise click.UsageError(f"{rule_id} is a rule of {kind}; name that kind, or leave KIND out.")
    return rule_id


def _close(name: str, known: list[str]) -> str:
    close = difflib.get_close_matches(name, known, 3)
    if close:
        return f"; did you mean {' or '.join(close)}? `tiepdan law list` shows all"
    return f"; known are {', '.join(known)}" if len(known) <= 12 else "; `tiepdan law list` shows all"


def _slug(word: str) -> str:
    return word.strip().lower().replace("-", "_")


def _rows(book: RuleBook, kind: str | None, step: str) -> list[LegalRule]:
    return [
        row
        for row in book.rules()
        if (row.id == step if kind is None else (row.kind, row.step) == (kind, step))
    ]


def _reckoned(
    book: RuleBook, calendar: WorkingCalendar, kind: str | None, step: str, asked: _Asked
) -> Deadline:
    """Raises Refusal where no rule governs that day, or where it cannot be reckoned."""
    from petitions.deadlines import BadReckoning, reckon
    from petitions.rules import NoRule

    try:
        if kind is None:
            rule = book.pick(step, asked.day, **dict.fromkeys(asked.conditions, True))
        else:
            rule = book.find(kind, step, asked.day, asked.conditions)
        since = asked.since if rule.unit == "h" else asked.day
        return reckon(rule, since, calendar, suspensions=asked.suspensions)
    except (NoRule, BadReckoning) as fault:
        raise ground.Refusal(f"{fault}.") from None


def _as_data(found: Deadline) -> dict[str, Any]:
    rule = found.rule
    return {
        "rule": rule.id,
        "kind": rule.kind,
        "step": rule.step,
        "what": rule.what,
        "what_vi": rule.what_vi,
        "from": _iso(found.since),
        "nominal": _iso(found.nominal),
        "due": _iso(found.due),
        "aim": _iso(found.aim),
        "amount": rule.amount,
        "unit": rule.unit,
        "direction": rule.direction,
        "article": rule.article,
        "source": rule.source,
        "mark": rule.mark.value,
        "sentence": rule.sentence or None,
        "sentence_vi": rule.sentence_vi or None,
        "conditions": sorted(rule.conditions),
        "in_force_from": _iso(rule.in_force_from),
        "suspended_days": found.suspended_days,
        "provisional": found.provisional,
        "note": rule.note or None,
        "days": [
            {"date": _iso(day.date), "number": day.number, "why": day.why, "name": day.name or None}
            for day in found.days
        ],
    }


def _as_text(found: Deadline, asked: str, given: frozenset[str]) -> Iterator[str]:
    rule = found.rule
    yield f"{rule.id}  {rule.what}"
    if asked.isupper() and asked != rule.id:
        yield f"          ({asked} answers as {rule.id} under these conditions)"
    idle = sorted(given - rule.conditions)
    if idle:
        yield f"          (makes no difference to this rule: {', '.join(idle)})"
    yield f"Limit     {_limit(rule)}"
    yield f"Article   {rule.article} ({rule.source})"
    if rule.mark.value in _MARKS:
        yield f"Mark      {rule.mark.value}: {_MARKS[rule.mark.value]}; have it checked before you rely on it"
    if rule.note:
        yield f"Note      {rule.note}"
    yield f"From      {_shown(found.since)}{'' if rule.unit in {'at_once', 'none', 'h'} else ', not counted'}"
    if found.due is None:
        yield f"Due       no date. {rule.sentence}"
        yield f"          {rule.sentence_vi}"
        return
    moved = f" (counted to {_shown(found.nominal)}, a day off)" if found.due != found.nominal else ""
    yield f"Due       {_shown(found.due)}{moved}"
    yield f"Aim       {_shown(found.aim)}"
    if found.suspended_days:
        yield f"Suspended {found.suspended_days} days, not counted"
    if found.provisional:
        yield "Calendar  some days off in this count are not decided yet; the date can still change"
    if found.days:
        yield "Counting"
    for day in found.days:
        number = "–" if day.number is None else str(day.number)
        why = {"day_off": "day off", "suspended": "suspended", "moved": "moved", None: ""}[day.why]
        name = day.name if found.calendar.special(day.date) is not None else ""
        yield f"  {_shown(day.date)}  {number:>3}  {': '.join(filter(None, (why, name)))}".rstrip()


def _show_list(book: RuleBook, kind: str | None) -> None:
    shown = [row for row in book.rules() if kind is None or row.kind in _KINDS[kind]]
    for row in sorted(
        shown, key=lambda row: (_order(row.kind), row.id, row.in_force_from, len(row.conditions))
    ):
        conditions = "".join(f" --{name}" for name in sorted(row.conditions))
        until = f", until {row.in_force_to.isoformat()}" if row.in_force_to is not None else ""
        click.echo(f"{row.id}  {row.kind} {row.step}{conditions}: {row.what}")
        click.echo(f"      {_limit(row)}; {row.article}; {row.mark.value}; since {row.in_force_from}{until}")


def _order(kind: str) -> int:
    return ("reception", "complaint", "discipline", "denunciation", "data", "agency").index(kind)


def _limit(rule: LegalRule) -> str:
    event = f"{rule.event.replace('_', ' ')} ({rule.event_vi})"
    if rule.unit == "none":
        return "no date of its own"
    if rule.unit == "at_once" or rule.amount is None:
        return f"at once on {event}"
    amount = f"{rule.amount} {_UNITS[rule.unit]}{'' if rule.amount == 1 else 's'}"
    return f"{amount} before {event}, at least" if rule.direction == "before" else f"{amount} from {event}"


def _day(text: str) -> dt.date:
    """Raises ValueError."""
    by_people = re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", text)
    if by_people is not None:
        return dt.date(int(by_people[3]), int(by_people[2]), int(by_people[1]))
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        return dt.date.fromisoformat(text)
    if not re.match(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:", text):
        raise ValueError
    moment = dt.datetime.fromisoformat(text)
    try:
        return moment.replace(tzinfo=_ZONE) if moment.tzinfo is None else moment.astimezone(_ZONE)
    except OverflowError:
        raise ValueError from None


def _only_day(day: dt.date) -> dt.date:
    return day.date() if isinstance(day, dt.datetime) else day


def _iso(day: dt.date | None) -> str | None:
    return None if day is None else day.isoformat()


def _shown(day: dt.date | None) -> str:
    if day is None:
        return "–"
    hour = f" {day:%H:%M}" if isinstance(day, dt.datetime) else ""
    return f"{('Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun')[day.weekday()]} {day:%d/%m/%Y}{hour}"
