"""A pytest plugin: every log line of the whole run is kept, and at its end none may hold people's words.

Each process writes what it logs (in the service's own form) into one folder of the session, services started
as processes of their own write their output there as well, and tests note what people said. When the session
ends the lines are searched; a leak fails the run.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest

from tests.log_scanner import Hidden, leaks_in

FOLDER = "TIEPDAN_TEST_LOGS"
_MOST_SHOWN = 20


def folder() -> Path:
    """Where the log lines of this session are kept."""
    return Path(os.environ[FOLDER])


def note(*texts: str, sort: str = "text") -> None:
    """Remember what may stand in no log line; `sort`: text, phone or secret."""
    if FOLDER not in os.environ:
        return
    with (folder() / f"hidden-{os.getpid()}.jsonl").open("a", encoding="utf-8") as stream:
        for text in texts:
            if text:
                stream.write(json.dumps([sort, text], ensure_ascii=True) + "\n")


class _Capture:
    """The handler of this process, put back where a test set up the log anew."""

    def __init__(self) -> None:
        from bot.logs import JsonFormatter

        self._handler = logging.FileHandler(folder() / f"tests-{os.getpid()}.log", delay=True)
        self._handler.setFormatter(JsonFormatter(()))

    def pytest_runtest_setup(self) -> None:
        root = logging.getLogger()
        root.setLevel(min(root.level or logging.INFO, logging.INFO))
        if self._handler not in root.handlers:
            root.addHandler(self._handler)

    def pytest_unconfigure(self) -> None:
        logging.getLogger().removeHandler(self._handler)
        self._handler.close()


def pytest_configure(config: pytest.Config) -> None:
    if FOLDER not in os.environ:
        os.environ[FOLDER] = tempfile.mkdtemp(prefix="tiepdan-logs-")
        config.stash[_OWNER] = True
    config.pluginmanager.register(_Capture(), "log-capture")


_OWNER: pytest.StashKey[bool] = pytest.StashKey()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> Generator[None, object, object]:
    result = yield
    if session.config.stash.get(_OWNER, False):
        _finish(session)
    return result


def _finish(session: pytest.Session) -> None:
    place = Path(os.environ.pop(FOLDER))
    found = leaks_in(place, hidden_in(place))
    say = _printer(session)
    if not found:
        shutil.rmtree(place, ignore_errors=True)
        return
    say(f"\n{len(found)} log lines hold what no log line may hold (kept in {place}):")
    for leak in found[:_MOST_SHOWN]:
        say(f"  {leak}")
    session.exitstatus = pytest.ExitCode.TESTS_FAILED


def hidden_in(place: Path) -> Hidden:
    """What the tests of a session noted."""
    hidden = Hidden()
    for path in sorted(place.glob("hidden-*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            sort, text = json.loads(line)
            {"text": hidden.text, "phone": hidden.phone, "secret": hidden.secret}[sort](text)
    return hidden


def _printer(session: pytest.Session):  # type: ignore[no-untyped-def]
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    return reporter.write_line if reporter is not None else print
