"""The full sample data beside the checkout, for `make soak` and tests marked `shared`."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "shared" / "data"


def shared_lines(name: str) -> list[str]:
    """The lines of a sample file. Absent: skipped with the reason, failed where TIEPDAN_TEST_STRICT=1."""
    path = FOLDER / name
    if not path.exists():
        reason = f"no {name} in ../shared/data"
        if os.environ.get("TIEPDAN_TEST_STRICT") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    return path.read_text(encoding="utf-8").splitlines()
