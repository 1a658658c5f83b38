"""The doctor tells what was odd about what came in, how often, when last, and what to do, on both engines."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.channels.zalo_oa.errors import TABLE, Host
from bot.cli.checkup.findings import Level
from bot.cli.checkup.oddity_checks import check_oddities, finding_of
from bot.profile import read_agency
from bot.settings import Settings
from storage import oddities
from storage.casebook import Casebook
from storage.oddities import Oddity
from tests.bot.cli.test_officers import in_book
from tests.postgres_server import in_thread

AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def counted(what: str, count: int = 3, at: datetime = AT) -> Oddity:
    return Oddity(channel="zalo_oa", account="1", what=what, count=count, first_at=at, last_at=at)


def test_counts_of_the_casebook_are_shown(ready: str) -> None:
    def add(book: Casebook) -> None:
        known = [counted("stale_event", 1200), counted("received")]
        oddities.add_many(book.connection, known, agency=read_agency(None).code)
        oddities.add_many(book.connection, [counted("wrong_signature")], agency="another office")

    assert in_thread(check_oddities(Settings.load(), AT)) == []
    in_book(ready, add)
    findings = in_thread(check_oddities(Settings.load(), AT))
    assert [finding.level for finding in findings] == [Level.OK, Level.WARN]
    assert findings[1].message.startswith(
        "1,200 stale events (older than 24 hours), dropped; last on 23/11/2026 09:00."
    )
    assert "Check this machine's clock" in findings[1].message


@pytest.mark.parametrize(
    ("what", "level", "part"),
    [
        ("wrong_signature", Level.WARN, "TIEPDAN_ZALO_OA_SECRET_KEY"),
        ("signature:app_secret_would_match", Level.FAIL, "TIEPDAN_ZALO_OA_SIGNING=app_secret"),
        ("signature:oa_id_first_would_match", Level.FAIL, "TIEPDAN_ZALO_OA_SIGNING=oa_id_first"),
        ("signature:app_id_of_body_would_match", Level.FAIL, "TIEPDAN_ZALO_OA_APP_ID"),
        ("signature:header_unreadable", Level.OK, "somebody knocks"),
        ("foreign_account", Level.WARN, "TIEPDAN_ZALO_OA_ID"),
        (
            "alarm:-224",
            Level.WARN,
            "(account needs a higher package); last on 23/11/2026 09:00. The account's package",
        ),
        ("alarm:-321", Level.WARN, "Top up the account"),
        ("alarm:-1241", Level.WARN, "TIEPDAN_ZALO_OA_PROOF"),
        ("unknown_error:-999", Level.WARN, "-999"),
        ("oauth_refused:-14014", Level.WARN, "authorise"),
        ("muted", Level.OK, "left to the office"),
        ("never heard of", Level.OK, "times never heard of"),
    ],
)
def test_each_kind_says_what_to_do(what: str, level: Level, part: str) -> None:
    finding = finding_of(counted(what), AT + timedelta(hours=1))
    assert finding.level is level
    assert part in finding.message


@pytest.mark.parametrize("host", list(Host))
def test_every_number_that_needs_a_person_says_what_to_do(host: Host) -> None:
    for code, meaning in TABLE[host].items():
        if meaning.alarm:
            said = finding_of(counted(f"alarm:{code}"), AT).message
            assert meaning.words in said
            assert "docs/" not in said
            assert said.count("..") == 0


def test_what_was_long_ago_is_no_warning() -> None:
    one = counted("signature:app_secret_would_match")
    assert finding_of(one, AT + timedelta(days=8)).level is Level.OK
