"""Logs: fixed event names with fields, one line each, for eyes or for machines, never people's words.

Every room logs through the standard library: `log.info("petition_filed", extra={"unit": "van_phong"})`. What
goes out is decided here, as the last defence:

* an exception appears as its class and the places it passed, not its message (which may quote an answer);
* a line of a foreign library appears as its unfilled pattern or first line;
* phone and identity numbers, bot tokens and secrets in addresses are struck out wherever they stand.
"""

from __future__ import annotations

import errno
import json
import logging
import re
import sys
import threading
import traceback
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from types import TracebackType
from typing import Any, TextIO

from bot.setting_views import LogFormat

_OWN = frozenset({"bot", "handlers", "storage", "petitions", "alembic"})
"""Loggers whose whole message may be shown; ours are held to fixed event names by tests/test_floors.py."""
_ROOT = Path(__file__).resolve().parent.parent
_LONGEST_VALUE = 200
_MOST_FRAMES = 12
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_WITHHELD = frozenset(
    {"text", "story", "phone", "address", "answer", "caption", "token", "secret", "password"}
)
"""Fields that may hold people's words or secrets by their very name; their values never go out."""
STRUCK = "[struck]"

_PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(?<![0-9])\d{6,12}:[A-Za-z0-9_-]{20,}"), STRUCK),
    (re.compile(r"(/bot)\d+:[A-Za-z0-9_-]+"), rf"\1{STRUCK}"),
    (re.compile(r"(://)[^/\s:@]*:[^/\s]*@"), rf"\1{STRUCK}@"),
    (
        re.compile(
            r"(?i)([?&;](?:access_|refresh_)?(?:token|secret|key|code|start|password|sig)=)[^&\s\"']+"
        ),
        rf"\1{STRUCK}",
    ),
    (re.compile(r"(?<![\w+-])(?<!\d\.)(?:\+|00)?84(?:[ .-]?\d){8,10}(?![\w:])"), STRUCK),
    (re.compile(r"(?<![\w+])(?<!\d\.)0(?:[ .-]?\d){8,11}(?![\w:])"), STRUCK),
)


def strike_out(text: str, secrets: Iterable[str] = ()) -> str:
    """`text` without phone numbers, identity numbers, tokens, secrets in addresses and the given secrets."""
    for secret in secrets:
        text = text.replace(secret, STRUCK)
    for pattern, replacement in _PATTERNS:
        text = pattern.sub(replacement, text)
    return text


def describe(error: BaseException) -> dict[str, Any]:
    """What of an exception may be written down: its class, error number and places, also of its causes.

    >>> describe(ValueError("Nguyễn Văn A, 0912 345 678"))
    {'class': 'ValueError', 'where': []}
    """
    found: dict[str, Any] = {"class": _class_name(error)}
    if isinstance(error, OSError) and error.errno is not None:
        found["errno"] = errno.errorcode.get(error.errno, str(error.errno))
    state = getattr(error, "sqlstate", None)
    if isinstance(state, str):
        found["sqlstate"] = state
    found["where"] = _places(error.__traceback__)
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if cause is not None:
        found["because"] = {key: value for key, value in describe(cause).items() if key != "because"}
    if isinstance(error, BaseExceptionGroup):
        found["parts"] = [describe(part) for part in error.exceptions[:5]]
    return found


def _class_name(error: BaseException) -> str:
    kind = type(error)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


def _places(trace: TracebackType | None) -> list[str]:
    frames = traceback.StackSummary.extract(traceback.walk_tb(trace), limit=-_MOST_FRAMES, lookup_lines=False)
    return [f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames]


def _short(filename: str) -> str:
    path = Path(filename)
    if path.is_relative_to(_ROOT) and "site-packages" not in path.parts:
        return path.relative_to(_ROOT).as_posix()
    return "/".join(path.parts[-2:])


class _Formatter(logging.Formatter):
    """What both forms share: the event's name, its fields and its exception, struck out."""

    def __init__(self, secrets: Iterable[str]) -> None:
        super().__init__()
        self._secrets = tuple(
            sorted((secret for secret in secrets if len(secret) > 3), key=len, reverse=True)
        )

    def event(self, record: logging.LogRecord) -> str:
        if record.name.partition(".")[0] in _OWN:
            return self._clean(record.getMessage())
        first_line = str(record.msg).partition("\n")[0]
        return self._clean(first_line)

    def fields(self, record: logging.LogRecord) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, value in vars(record).items():
            if name not in _STANDARD and not name.startswith("_"):
                found[name] = STRUCK if name in _WITHHELD else self._value(value)
        if record.exc_info and record.exc_info[1] is not None:
            found["error"] = describe(record.exc_info[1])
        return found

    def _value(self, value: Any) -> Any:
        if value is None or isinstance(value, bool | int):
            return value
        if isinstance(value, float):
            return round(value, 6)
        if isinstance(value, Enum):
            return self._value(value.value)
        if isinstance(value, Mapping):
            return {str(key): self._value(part) for key, part in value.items()}
        if isinstance(value, list | tuple | set | frozenset):
            return [self._value(part) for part in value]
        return self._clean(str(value))

    def _clean(self, text: str) -> str:
        return strike_out(text, self._secrets)[:_LONGEST_VALUE]


class JsonFormatter(_Formatter):
    """One JSON object a line: `at` (UTC), `level`, `event`, `logger`, the fields, `error`."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": _moment(record).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "event": self.event(record),
            "logger": record.name,
        }
        return json.dumps({**self.fields(record), **line}, default=str)


class ConsoleFormatter(_Formatter):
    """One line for eyes: time (UTC), level, event, `field=value`."""

    def format(self, record: logging.LogRecord) -> str:
        fields = self.fields(record)
        error = fields.pop("error", None)
        parts = [f"{_moment(record):%H:%M:%S} {record.levelname:<7} {_one_line(self.event(record))}"]
        parts += [f"{name}={_shown(value)}" for name, value in fields.items()]
        line = "  ".join(parts)
        while error is not None:
            line += f"\n    {error['class']} {error.get('errno', error.get('sqlstate', ''))}".rstrip()
            line += "".join(f"\n      at {place}" for place in error["where"])
            error = error.get("because")
        return line


def _moment(record: logging.LogRecord) -> datetime:
    return datetime.fromtimestamp(record.created, UTC)


def _one_line(text: str) -> str:
    return text if text.isprintable() else json.dumps(text)


def _shown(value: Any) -> str:
    if isinstance(value, str) and value.isprintable() and " " not in value:
        return value
    readable = json.dumps(value, ensure_ascii=False, default=str)
    return readable if readable.isprintable() else json.dumps(value, default=str)


def set_up(form: LogFormat, *, secrets: Iterable[str] = (), stream: TextIO | None = None) -> None:
    """Send every log line of the process to `stream` (default: standard error) in one form.

    `secrets` are struck out literally. Uncaught exceptions of any thread are logged in the same careful way.
    """
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter(secrets) if form is LogFormat.JSON else ConsoleFormatter(secrets))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    for chatty in ("aiohttp.access", "httpx", "httpcore", "alembic.runtime.plugins"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    logging.captureWarnings(capture=True)
    logging.raiseExceptions = False
    sys.excepthook = _log_uncaught
    threading.excepthook = _log_uncaught_in_thread


def _log_uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    logging.getLogger(__name__).critical("uncaught_exception", exc_info=(kind, error, trace))


def _log_uncaught_in_thread(args: threading.ExceptHookArgs) -> None:
    if args.exc_value is not None:
        _log_uncaught(args.exc_type, args.exc_value, args.exc_traceback)
