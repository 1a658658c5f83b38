"""`tiepdan officer …`: who works here, who is away, and the invitations that link a chat to an officer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, TypeVar

import click

from bot.cli.ground import Office, Refusal, clear_words
from petitions.kinds import Role

if TYPE_CHECKING:
    from handlers.turn import Turn
    from petitions.agency import Agency
    from storage.casebook import Casebook
    from storage.records import OfficerRecord, PetitionRecord

_LONGEST_DAYS = 90
_MOST_SHOWN = 20
_DAY = click.DateTime(["%Y-%m-%d"])
T = TypeVar("T")


@click.group()
def officer() -> None:
    """Invite officers, list them, mark them absent, remove them."""


@officer.command()
@click.option("--unit", "unit", required=True, metavar="CODE", help="Code of the unit in the agency profile.")
@click.option("--role", type=click.Choice([role.value for role in Role]), help="What the officer may do.")
@click.option("--name", default="", help="The officer's name, as citizens will read it.")
@click.option("--group", "group", is_flag=True, help="Invite the unit's group chat instead of a person.")
@click.option(
    "--officer", "officer_id", type=int, metavar="ID", help="One more chat for an officer who is here."
)
@click.option(
    "--days", default=7, show_default=True, type=click.IntRange(1, _LONGEST_DAYS), help="How long it holds."
)
def invite(unit: str, role: str | None, name: str, group: bool, officer_id: int | None, days: int) -> None:
    """Give a one-time code that makes a chat an officer's, or a group the unit's."""
    if group and (role or name or officer_id):
        raise click.UsageError(
            "A group has no role, name or officer: leave --role, --name and --officer out."
        )
    if not group and role is None:
        raise click.UsageError(f"--role is missing. Choose from {', '.join(role.value for role in Role)}.")
    office = Office.open()
    _check_unit(office.agency, unit)
    expires = office.clock.now() + timedelta(days=days)

    def task(book: Casebook) -> str:
        if officer_id is not None:
            known = _officer(book, officer_id)
            if (known.unit, known.role) != (unit, role):
                raise Refusal(f"Officer {officer_id} is {known.role.value} in {known.unit}: give these.")
        chosen = None if group else Role(str(role))
        _, token = book.invite(unit, chosen, name, expires, for_group=group, officer_id=officer_id)
        return token

    token = office.work(task)
    until = expires.astimezone(office.agency.zone)
    shown = "-".join(token[start : start + 5] for start in range(0, len(token), 5))
    where = "in the unit's group, after adding the bot to it" if group else "to the bot, or in the web chat"
    purpose = f"as {role}" if role else "for its group"
    click.echo(f"Invitation to {office.agency.unit(unit).name('vi')} ({unit}) {purpose}:")
    click.echo(f"\n    /link {shown}\n")
    click.echo(f"Send this line {where} ({office.settings.http.public_url}/).")
    click.echo(
        f"It works once, until {until:%d/%m/%Y %H:%M}. Hand it over in person: who has it, has the role."
    )


@officer.command(name="list")
@click.option("--unit", metavar="CODE", help="Only this unit.")
@click.option("--all", "everybody", is_flag=True, help="Also those who have left.")
def list_officers(unit: str | None, everybody: bool) -> None:
    """List officers and the groups bound to units."""
    office = Office.open()
    if unit is not None:
        _check_unit(office.agency, unit, may_be_inactive=True)
    units = [unit] if unit else [each.code for each in office.agency.units]
    found, groups = office.work(
        lambda book: (
            book.officers(unit=unit, active=None if everybody else True),
            {code: len(book.groups_of(code)) for code in units},
        )
    )
    for record in found:
        click.echo(_line(office, record))
    for code, count in groups.items():
        if count:
            name = office.agency.unit(code).name("vi")
            click.echo(f"{count} group chat{'s' if count > 1 else ''} of {code} ({name})")
    if not found:
        click.echo("No officers yet. Invite one: tiepdan officer invite --unit CODE --role ROLE")


@officer.command()
@click.argument("officer_id", metavar="ID", type=int)
@click.option("--from", "since", type=_DAY, help="First day away; without it the absence begins now.")
@click.option("--to", "--until", "until", type=_DAY, help="Last day away, such as 2026-12-31.")
@click.option("--deputy", type=int, metavar="ID", help="The officer who stands in.")
@click.option("--back", is_flag=True, help="The officer is back.")
def absent(
    officer_id: int, since: datetime | None, until: datetime | None, deputy: int | None, back: bool
) -> None:
    """Mark an officer as away until a day, or as back.

    At the first moment of the absence the officer's cases move to the deputy, or to the head of the unit, each
    on record. They stay there when the officer is back: assign them anew where that is wanted.
    """
    from handlers.answerability import begin_absence

    if back == (until is not None) or (back and (deputy is not None or since is not None)):
        raise click.UsageError(
            "Give either --to DATE, also written --until DATE (with --from DATE and --deputy ID if wanted), "
            "or --back alone."
        )
    office = Office.open()
    if until is None:
        name = office.work(lambda book: _back(book, officer_id))
        click.echo(f"{name} is back. Cases that moved meanwhile stay where they are.")
        return
    now, zone = office.clock.now(), office.agency.zone
    end = datetime.combine(until.date() + timedelta(days=1), time.min, zone)
    begin = now if since is None else max(now, datetime.combine(since.date(), time.min, zone))
    if end <= now:
        raise click.BadParameter("the day has passed", param_hint="--to")
    if begin >= end:
        raise click.BadParameter("lies after --to", param_hint="--from")

    def task(turn: Turn) -> tuple[str, list[str]]:
        away = _officer(turn.book, officer_id)
        if not away.active:
            raise Refusal(f"Officer {officer_id} has left already.")
        if deputy is not None and (deputy == officer_id or not _officer(turn.book, deputy).active):
            raise Refusal("The deputy must be another officer who has not left.")
        moved = begin_absence(turn, officer_id, since=begin, until=end, deputy=deputy)
        return away.name or str(officer_id), _moves(turn, moved)

    name, moves = _in_turn(office, task)
    begins = f" from {since:%d/%m/%Y}" if since is not None and begin > now else ""
    click.echo(f"{name} is away{begins} until the end of {until:%d/%m/%Y}.")
    if begins:
        click.echo("The cases move on that day.")
    _show_moves(moves)


@officer.command()
@click.argument("officer_id", metavar="ID", type=int)
@click.option("--deputy", type=int, metavar="ID", help="Who takes over the cases; without it the head.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def remove(officer_id: int, deputy: int | None, yes: bool) -> None:
    """Unlink an officer's chats at once. What the officer did stays on record under the name.

    The officer's cases move to the deputy, else to the head of the unit, the focal unit or the leadership, each
    on record.
    """
    from handlers.answerability import officer_left

    office = Office.open()
    record, held = office.work(
        lambda book: (_officer(book, officer_id), len(book.open_of_officer(officer_id)))
    )
    if not record.active:
        raise Refusal(f"Officer {officer_id} has left already.")
    if held:
        click.echo(f"{held} open petition{'s' if held > 1 else ''} will move to somebody else.")
    if not yes:
        click.confirm(f"Remove {record.name or officer_id} ({record.role.value}, {record.unit})?", abort=True)

    def task(turn: Turn) -> list[str]:
        leaving = _officer(turn.book, officer_id)
        if deputy is not None and (deputy == officer_id or not _officer(turn.book, deputy).active):
            raise Refusal("The deputy must be another officer who has not left.")
        turn.book.remove_officer(officer_id)
        return _moves(turn, officer_left(turn, leaving, deputy or leaving.deputy_id))

    moves = _in_turn(office, task)
    click.echo("Removed. The chats are unlinked.")
    _show_moves(moves)


def _back(book: Casebook, officer_id: int) -> str:
    record = _officer(book, officer_id)
    book.set_absent(officer_id, None, None)
    return record.name or str(officer_id)


def _in_turn(office: Office, task: Callable[[Turn], T]) -> T:
    """Run `task` as a turn of the service itself; the running service sends what it queues."""
    from random import SystemRandom

    from bot.channels.limits import fixed_of, windows_of
    from bot.console.live_calendar import laid_over
    from bot.own_model import find_model
    from bot.profile import read_calendar
    from handlers.service_turn import service_turn
    from handlers.texts import Catalogue
    from handlers.turn import Facts
    from petitions.triage.suggester import suggester_for

    with clear_words():
        calendar = read_calendar(office.settings.calendar_file)
    facts = Facts(
        agency=office.agency,
        calendar=calendar,
        catalogue=Catalogue.load(),
        suggester=suggester_for(office.agency, find_model(office.settings.storage.data_dir).model),
        public_url=office.settings.http.public_url,
        windows=windows_of(office.settings),
        fixed=fixed_of(office.settings),
    )

    def work(book: Casebook) -> T:
        days = replace(facts, calendar=laid_over(calendar, book.calendar_days()))
        return task(service_turn(book, days, office.clock.now(), SystemRandom()))

    return office.work(work)


def _moves(turn: Turn, moved: list[PetitionRecord]) -> list[str]:
    """One line for each case that moved: its code and who has it now."""
    names: dict[int | None, str] = {None: "nobody: there is no one left to name"}
    for petition in moved:
        if petition.officer_id not in names and petition.officer_id is not None:
            officer = turn.book.officer(petition.officer_id)
            names[petition.officer_id] = (
                officer.name if officer and officer.name else str(petition.officer_id)
            )
    return [f"{petition.code} → {names[petition.officer_id]}" for petition in moved]


def _show_moves(moves: list[str]) -> None:
    for line in moves[:_MOST_SHOWN]:
        click.echo(f"  {line}")
    if len(moves) > _MOST_SHOWN:
        click.echo(f"  … and {len(moves) - _MOST_SHOWN} more")


def _check_unit(agency: Agency, code: str, *, may_be_inactive: bool = False) -> None:
    units = {unit.code: unit for unit in agency.units}
    if code not in units:
        listed = "\n".join(f"  {unit.code:<18} {unit.name('vi')}" for unit in agency.units if unit.active)
        raise click.BadParameter(
            f"no unit {code!r} in the agency profile. There are:\n{listed}", param_hint="--unit"
        )
    if not units[code].active and not may_be_inactive:
        successor = agency.answerable(code).code
        raise click.BadParameter(
            f"unit {code!r} is no longer active; {successor!r} took over.", param_hint="--unit"
        )


def _officer(book: Casebook, officer_id: int) -> OfficerRecord:
    record = book.officer(officer_id)
    if record is None:
        raise Refusal(f"There is no officer {officer_id}. `tiepdan officer list` shows their numbers.")
    return record


def _line(office: Office, record: OfficerRecord) -> str:
    codes = {unit.code: unit for unit in office.agency.units}
    unit = codes[record.unit].name("vi") if record.unit in codes else "(no longer in the profile)"
    notes = [f"{len(record.contact_ids)} chat{'' if len(record.contact_ids) == 1 else 's'}"]
    if not record.active:
        notes = ["has left"]
    elif record.absent_until is not None and record.absent_until > office.clock.now():
        last_day = record.absent_until.astimezone(office.agency.zone) - timedelta(seconds=1)
        deputy = f", deputy {record.deputy_id}" if record.deputy_id else ""
        begins = record.absent_from
        later = begins is not None and begins > office.clock.now()
        since = f" from {begins.astimezone(office.agency.zone):%d/%m/%Y}" if begins and later else ""
        notes.append(f"away{since} until {last_day:%d/%m/%Y}{deputy}")
    who = record.name or "(no name)"
    return f"{record.id}  {record.role.value:<10} {record.unit} ({unit})  {who}  [{'; '.join(notes)}]"
