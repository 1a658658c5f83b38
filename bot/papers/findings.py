"""What is found on a handed-in page or signed file, as plain values to keep and to show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from bot.papers.photos import NOT_A_PICTURE, examine
from bot.papers.signatures import validate

PAGE: Final = "page"
"""Purpose of a file: a photographed page of the signed paper."""
ESIGNED: Final = "esigned"
"""Purpose of a file: a paper signed electronically."""
CHECKED: Final = frozenset({PAGE, ESIGNED})
"""Purposes for which a file is looked at."""

_PDF: Final = b"%PDF-"


def find(purpose: str, data: bytes, trust_roots: Sequence[Path], *, moment: datetime) -> dict[str, Any]:
    """What a file for `purpose` shows, as JSON values.

    `check` says what was done: `page` (keys of `PageFinding`), `signature` (keys of `SignatureFinding`,
    `signed_at` in ISO form), or `scan` for a page that came as an unsigned PDF, which is opened and not
    measured.
    `problems` is there in each. Takes up to 300 ms and runs a loop of its own: call it in a thread.
    """
    if purpose == PAGE and not data.startswith(_PDF):
        seen = examine(data)
        return {"check": "page", **asdict(seen), "problems": list(seen.problems)}
    found = validate(data, trust_roots, moment=moment)
    if purpose == PAGE and not found.signed:
        readable = found.problems == ("unsigned",)
        return {"check": "scan", "problems": [] if readable else [NOT_A_PICTURE]}
    values = asdict(found)
    values["signed_at"] = found.signed_at.isoformat() if found.signed_at else None
    values["problems"] = list(found.problems)
    return {"check": "signature", **values}
