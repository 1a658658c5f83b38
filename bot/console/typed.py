"""Whole numbers out of addresses and forms, where anything may stand."""

from __future__ import annotations

from typing import Final

LONGEST_ID: Final = 18
"""Digits; the longest number that fits an id of the database."""


def whole(typed: str, *, digits: int = LONGEST_ID) -> int | None:
    """The number that is typed in at most so many ASCII digits; None for anything else."""
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= digits else None
