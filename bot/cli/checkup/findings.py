"""What a check found."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum, unique


@unique
class Level(StrEnum):
    """FAIL keeps the service from working; WARN is worth a look."""

    OK = "OK"
    WARN = "WARN"
    FAIL = "FAIL"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor. The message never holds a secret."""

    level: Level
    name: str
    message: str


def ok(name: str, message: str) -> Finding:
    """All is well."""
    return Finding(Level.OK, name, message)


def warn(name: str, message: str) -> Finding:
    """Works, but look at it."""
    return Finding(Level.WARN, name, message)


def fail(name: str, message: str) -> Finding:
    """Does not work; the message says how to mend it."""
    return Finding(Level.FAIL, name, message)
