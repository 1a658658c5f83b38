"""`tiepdan doctor`: one finding for each setting and connection, with how to mend what is wrong."""

from __future__ import annotations

import sys

from bot.cli.checkup.findings import Finding, Level, fail, ok, warn
from bot.cli.checkup.ground_checks import check_database, check_disk, check_folder, check_keys
from bot.cli.checkup.oddity_checks import check_oddities
from bot.cli.checkup.office_checks import (
    check_agency,
    check_calendar,
    check_officer_chats,
    check_paper_templates,
    check_trust_roots,
    check_understanding,
    check_web_address,
)
from bot.cli.checkup.search_checks import check_search
from bot.cli.checkup.telegram_checks import check_telegram
from bot.cli.checkup.zalo_checks import check_zalo, check_zalo_bot
from bot.clock import SystemClock
from bot.settings import Settings, SettingsError, unknown_names

__all__ = ["Finding", "Level", "examine"]


async def examine() -> list[Finding]:
    """Run every check, in the order in which one mistake hinders the next."""
    clock = SystemClock()
    findings = [_python()]
    findings += [
        warn("settings", str(problem)) for problem in unknown_names() if "did you mean" not in problem.message
    ]
    try:
        settings = Settings.load()
    except SettingsError as error:
        return findings + [fail("settings", str(problem)) for problem in error.problems]
    findings.append(ok("settings", "read from the environment and .env"))
    findings += check_folder(settings)
    findings.append(check_disk(settings))
    database, empty = await check_database(settings)
    findings.append(database)
    findings += check_keys(settings, database_is_empty=empty)
    findings.append(check_agency(settings))
    findings.append(check_understanding(settings))
    findings.append(check_calendar(settings, clock.now()))
    findings += check_paper_templates(settings)
    findings.append(check_trust_roots(settings))
    findings += check_web_address(settings)
    ready = database.level is Level.OK and not empty
    if ready:
        findings += await check_officer_chats(settings, clock.now())
        findings += await check_search(settings)
        findings += await check_oddities(settings, clock.now())
    findings += await check_telegram(settings, clock)
    findings += await check_zalo(settings, clock, database_ready=ready)
    findings += await check_zalo_bot(settings)
    return findings


def _python() -> Finding:
    return ok("python", f"{sys.version_info.major}.{sys.version_info.minor}.{sys.version_info.micro}")
