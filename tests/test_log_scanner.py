"""The search of the log lines finds what it is there to find, and fails a run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.log_scanner import Hidden, leaks, leaks_in
from tests.log_watch import FOLDER

PLAIN = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_ADDOPTS": ""}
STORY = "Quán karaoke Trăng Thanh hát tới một giờ sáng"


@pytest.fixture
def hidden() -> Hidden:
    known = Hidden()
    known.text(STORY)
    known.text("Vũ Hải")
    known.text("he had a green shirt on the boat")
    known.phone("0951 223 455")
    known.secret("XK4T-PQ8R-77MN")
    return known


@pytest.mark.parametrize(
    ("line", "sort"),
    [
        ("INFO said: quán karaoke trăng thanh", "a person's words"),
        (json.dumps({"event": "x", "note": "… Trăng Thanh hát tới …"}), "a person's words"),
        (json.dumps({"event": "x", "deep": [{"name": "vũ hải"}]}), "a person's words"),
        ("ERROR had a green shirt", "a person's words"),
        ("called +84951223455", "a phone number"),
        ("called 0951.223.455 twice", "a phone number"),
        (json.dumps({"event": "x", "number": 951223455}), "a phone number"),
        ("somebody else's 0912345678", "a phone number"),
        ("GET /bot7000000001:AAEmulatorTokenForTestsOnly-0123456789abc/getMe", "a bot token"),
        ("receipt XK4T-PQ8R-77MN", "a secret"),
    ],
)
def test_a_leak_is_found(hidden: Hidden, line: str, sort: str) -> None:
    assert sort in {leak.sort for leak in leaks([line], hidden, "a.log")}


@pytest.mark.parametrize(
    "line",
    [
        json.dumps({"at": "2026-11-23T02:00:00.000Z", "event": "http_request", "seconds": 0.001234}),
        json.dumps({"event": "send_failed", "petition": 8912345678901234567, "count": 3}),
        '12:00:00 INFO    started  roles=["delivery"]',
        "karaoke",
    ],
)
def test_an_innocent_line_passes(hidden: Hidden, line: str) -> None:
    assert list(leaks([line], hidden, "a.log")) == []


def test_places_are_named_but_not_the_words(hidden: Hidden, tmp_path: Path) -> None:
    (tmp_path / "service.log").write_text(f"fine\n{STORY}\n", encoding="utf-8")
    found = [str(leak) for leak in leaks_in(tmp_path, hidden)]
    assert found == ["service.log:2: a person's words"]


@pytest.mark.parametrize(("logged", "code"), [(STORY, 1), ("nothing_special", 0)])
def test_a_leak_fails_the_run(tmp_path: Path, logged: str, code: int) -> None:
    (tmp_path / "test_leaky.py").write_text(
        "import logging\nfrom tests import log_watch\n\n"
        f"def test_fine():\n    log_watch.note({STORY!r})\n"
        f"    logging.getLogger('bot.x').warning('told', extra={{'note': {logged!r}}})\n",
        encoding="utf-8",
    )
    root = Path(__file__).resolve().parent.parent
    environment = {name: value for name, value in os.environ.items() if name != FOLDER}
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-p",
            "tests.log_watch",
            "-p",
            "no:cacheprovider",
            "-q",
            str(tmp_path),
        ],
        cwd=tmp_path,
        env={**environment, "PYTHONPATH": str(root), "TMPDIR": str(tmp_path), **PLAIN},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code, done.stdout + done.stderr
    assert ("hold what no log line may hold" in done.stdout) is bool(code)
    assert STORY not in done.stdout
