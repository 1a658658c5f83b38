"""Checks of what the office set: profile, calendar, public address."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from bot.channels.limits import windows_of
from bot.cli.checkup.findings import Finding, fail, ok, warn
from bot.official.drafts import Drafts, TemplatesUnusable
from bot.own_model import find_model, own_path
from bot.papers.signatures import readable_roots, root_files
from bot.profile import ProfileError, read_agency, read_calendar
from bot.settings import Settings
from storage.database import Database
from storage.officers import Way, ways_to

_OFFICERS_SHOWN: Final = 10


def check_agency(settings: Settings) -> Finding:
    """The profile can be read and fits together."""
    try:
        agency = read_agency(settings.agency_file)
    except ProfileError as error:
        return fail("agency profile", str(error))
    facts = f"{agency.name('vi')}: {len(agency.units)} units, {len(agency.topics)} topics"
    if settings.agency_file is None:
        return warn("agency profile", f"{facts}. This is the sample; set TIEPDAN_AGENCY_FILE to your own.")
    return ok("agency profile", facts)


def check_understanding(settings: Settings) -> Finding:
    """Which trained artefact stories are read with, and whether the office's own one is good."""
    name = "understanding"
    found = find_model(settings.storage.data_dir)
    mend = "Run `tiepdan triage train --corrections` again, or delete it."
    if found.fault:
        path = own_path(settings.storage.data_dir)
        return warn(name, f"{path} cannot be used: {found.fault}. The packaged artefact serves. {mend}")
    if not found.own:
        return ok(name, "the packaged artefact")
    corrections = (
        f"the office's own artefact, from {found.model.origin.get('corrections', 0)} decided petitions"
    )
    if found.older:
        return warn(name, f"{corrections}, made by another version of the program. {mend}")
    return ok(name, corrections)


def check_calendar(settings: Settings, now: datetime) -> Finding:
    """The days off of this and the next year are known, for deadlines reach into both."""
    try:
        calendar = read_calendar(settings.calendar_file)
    except ProfileError as error:
        return fail("calendar", str(error))
    missing = [year for year in (now.year, now.year + 1) if not calendar.covers(date(year, 1, 1))]
    if now.year in missing:
        message = f"days off of {now.year} are not known: deadlines would be wrong."
        return fail("calendar", f"{message} Update the service, or list them in TIEPDAN_CALENDAR_FILE.")
    if missing:
        message = f"days off of {missing[0]} are not known yet."
        return warn("calendar", f"{message} Update the service before the new year.")
    return ok("calendar", f"days off of {now.year} and {now.year + 1} are known")


def check_paper_templates(settings: Settings) -> list[Finding]:
    """The agency's own templates of official papers can be filled in; each wrong one is named."""
    name = "paper templates"
    try:
        own = Drafts.load(settings.paper_templates).own
    except TemplatesUnusable as error:
        return [fail(name, f"{settings.paper_templates}: {fault}") for fault in error.faults]
    if settings.paper_templates is None:
        return [ok(name, "the packaged ones (no TIEPDAN_PAPER_TEMPLATES)")]
    if not own:
        return [warn(name, f"no template (.docx) in {settings.paper_templates}: the packaged ones serve.")]
    return [ok(name, f"{', '.join(own)} from {settings.paper_templates}; the packaged ones for the others")]


def check_trust_roots(settings: Settings) -> Finding:
    """The certificates of the folder can be read."""
    name = "trust roots"
    folder = settings.trust_roots
    if folder is None:
        return ok(name, "none (no TIEPDAN_TRUST_ROOTS): electronic signers are shown as not confirmed")
    files = root_files(folder)
    if not files:
        return warn(name, f"no certificate (.pem, .crt, .cer, .der) in {folder}: no signer can be confirmed.")
    bad = [path.name for path in files if not readable_roots(path)]
    if bad:
        return fail(name, f"not a certificate in PEM or DER: {', '.join(bad)} in {folder}. Put it in again.")
    count = sum(map(readable_roots, files))
    return ok(name, f"{count} certificate{'s' if count > 1 else ''} from {folder}")


async def check_officer_chats(settings: Settings, now: datetime) -> list[Finding]:
    """Every officer has a chat that takes reminders at any time. For a database that is there and up to date.

    A channel that closes some days after the person's last word is no such chat: what is sent there then climbs to
    the superiors. Empty where no such channel is set up.
    """
    windows = windows_of(settings)
    if not windows:
        return []
    name = "officers' chats"
    try:
        agency = read_agency(settings.agency_file)
    except ProfileError:
        return []  # said by the check of the profile
    database = Database.from_url(settings.storage.database_url.get_secret_value())
    await database.open()
    try:
        ways = await database.read(lambda connection: ways_to(connection, agency.code))
    finally:
        await database.close()
    lasting = {way.officer_id for way in ways if way.channel not in windows}
    short = {way.officer_id: way for way in ways if way.officer_id not in lasting}
    if not short:
        return [ok(name, "every officer has one that takes messages at any time")]
    people = [
        f"{way.officer_id} ({way.role.value}, {way.unit}{', closed now' if _closed(way, windows, now) else ''})"
        for way in list(short.values())[:_OFFICERS_SHOWN]
    ]
    more = f" and {len(short) - len(people)} more" if len(short) > len(people) else ""
    count = f"{len(short)} officers have" if len(short) > 1 else "1 officer has"
    message = (
        f"{count} only chats that close some days after the last message there, so that reminders do not arrive: "
        f"{', '.join(people)}{more}. Give each a second way: tiepdan officer invite --officer ID with the unit and "
        "role, used in the web chat or another messenger."
    )
    return [warn(name, message)]


def _closed(way: Way, windows: Mapping[str, timedelta], now: datetime) -> bool:
    return way.seen_at is None or now - way.seen_at > windows[way.channel]


def check_web_address(settings: Settings) -> list[Finding]:
    """People can open the address, and what they send is not readable on the way."""
    http = settings.http
    host = urlsplit(http.public_url).hostname or ""
    if _only_here(host):
        message = (
            f"{http.public_url} works on this machine only. Set TIEPDAN_PUBLIC_URL to what people will open."
        )
        return [warn("web address", message)]
    if not http.secure:
        message = f"{http.public_url} is not https: what people send can be read on the way. See deploy/."
        return [warn("web address", message)]
    return [ok("web address", f"{http.public_url}, served from {http.host}:{http.port}")]


def _only_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
