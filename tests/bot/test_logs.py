"""What the log never says, whatever is handed to it; and the two forms it has."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.logs import STRUCK, ConsoleFormatter, JsonFormatter, describe, strike_out

TOKEN = "123456789:AAHnT0kenThatMustNeverBeSeenAnywhere"
Lines = Callable[[], list[dict[str, object]]]


@pytest.fixture
def lines() -> Iterator[Lines]:
    """Everything logged during the test, as the JSON form writes it."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter(["s3cr3t-w0rd"]))
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.removeHandler(handler)
    root.setLevel(level)


@pytest.mark.parametrize(
    "phone",
    [
        "0951223455",
        "0951 223 455",
        "0951.223.455",
        "0951-22-34-55",
        "+84951223455",
        "+84 951 223 455",
        "84951223455",
        "0084951223455",
        "024 3825 1234",
        "036093001234",  # identity number
    ],
)
@pytest.mark.parametrize("around", ["{}", "phone={}", "gọi {} nhé", "({})", '"{}",', "tel:{}."])
def test_phone_and_identity_numbers_are_struck_out(phone: str, around: str) -> None:
    digits = "".join(letter for letter in phone if letter.isdigit())
    struck = strike_out(around.format(phone))
    assert STRUCK in struck
    assert digits[-4:] not in struck


@pytest.mark.parametrize(
    "harmless",
    [
        "petition_filed",
        "7301234567890123456",
        "2026-11-22T01:03:00.123Z",
        "ABCD-EFGH-JKMN",
        "192.168.0.1:8080",
        "0.123457",
        "chat -1001234567890",
        "sha256 9f86d081884c7d659a2feaa0c55ad015",
    ],
)
def test_ids_codes_and_times_stay_readable(harmless: str) -> None:
    assert strike_out(harmless) == harmless


@pytest.mark.parametrize(
    "line",
    [
        f"POST https://api.telegram.org/bot{TOKEN}/sendMessage",
        f"token {TOKEN}",
        "connect postgresql+asyncpg://user:s3cr3tpass@db/name",
        "GET /oauth?state=1&code=s3cr3tpass HTTP/1.1",
        "GET /case?secret=s3cr3tpass",
    ],
)
def test_tokens_and_secrets_in_addresses_are_struck_out(line: str) -> None:
    struck = strike_out(line)
    assert "AAHnT0ken" not in struck
    assert "s3cr3tpass" not in struck


def test_event_and_fields(lines: Lines) -> None:
    logging.getLogger("bot.dispatch").info("petition_filed", extra={"unit": "van_phong", "ms": 1.23456789})
    (line,) = lines()
    assert line["event"] == "petition_filed"
    assert line["unit"] == "van_phong"
    assert line["ms"] == 1.234568
    assert line["level"] == "info"
    assert str(line["at"]).endswith("Z")


def test_fields_that_hold_words_by_name_and_known_secrets_never_go_out(lines: Lines) -> None:
    logging.getLogger("bot.x").info(
        "turn", extra={"text": "tôi bị đánh", "detail": "is s3cr3t-w0rd", "n": [1, "0951223455"]}
    )
    (line,) = lines()
    assert line["text"] == STRUCK
    assert line["detail"] == f"is {STRUCK}"
    assert line["n"] == [1, STRUCK]


def test_an_exception_shows_class_and_places_but_not_its_words(lines: Lines) -> None:
    try:
        try:
            int("Nguyễn Thị Sen")
        except ValueError as error:
            raise RuntimeError("câu chuyện của bà Sen") from error
    except RuntimeError:
        logging.getLogger("handlers.router").exception("turn_failed")
    (line,) = lines()
    shown = json.dumps(line, ensure_ascii=False)
    assert "Sen" not in shown
    error_field = line["error"]
    assert isinstance(error_field, dict)
    assert error_field["class"] == "RuntimeError"
    assert error_field["because"]["class"] == "ValueError"
    assert error_field["where"][0].startswith("tests/bot/test_logs.py:")


def test_error_numbers_of_the_system_are_kept() -> None:
    described = describe(OSError(28, "No space left on device", "/var/nguyen.db"))
    assert described["errno"] == "ENOSPC"
    assert "nguyen" not in str(described)


def test_asyncio_does_not_give_the_words_of_a_lost_task_away(lines: Lines) -> None:
    async def fails() -> None:
        raise ValueError("tôi tên Vũ Hải")

    async def main() -> None:
        task = asyncio.create_task(fails())
        await asyncio.wait([task])
        del task

    asyncio.run(main())
    shown = [line for line in lines() if line["logger"] == "asyncio" and line["level"] == "error"]
    assert len(shown) == 1
    assert shown[0]["event"] == "Task exception was never retrieved"
    assert "Vũ Hải" not in json.dumps(shown, ensure_ascii=False)


def test_a_foreign_library_shows_its_pattern_only(lines: Lines) -> None:
    logging.getLogger("somelib").warning("could not send %r", "tôi tên Vũ Hải")
    assert lines()[0]["event"] == "could not send %r"


@given(st.text())
def test_a_value_never_breaks_a_line(value: str) -> None:
    record = logging.makeLogRecord({"name": "bot.x", "msg": "event", "levelname": "INFO", "field": value})
    assert len(ConsoleFormatter([]).format(record).splitlines()) == 1
    assert json.loads(JsonFormatter([]).format(record))["event"] == "event"


def test_uncaught_exceptions_are_logged_without_their_words() -> None:
    program = (
        "from bot.logs import set_up; from bot.setting_views import LogFormat; import threading\n"
        "set_up(LogFormat.JSON)\n"
        "def fails(): raise ValueError('tôi tên Vũ Hải')\n"
        "thread = threading.Thread(target=fails); thread.start(); thread.join()\n"
        "fails()\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False, timeout=60)
    assert done.returncode == 1
    logged = [json.loads(line) for line in done.stderr.decode().splitlines()]
    assert [line["event"] for line in logged] == ["uncaught_exception", "uncaught_exception"]
    assert [line["error"]["class"] for line in logged] == ["ValueError", "ValueError"]
    assert b"H\\u1ea3i" not in done.stderr
    assert "Hải" not in done.stderr.decode()
