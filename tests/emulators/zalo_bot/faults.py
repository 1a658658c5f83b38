"""Faults on order: which calls go wrong, how, and how often."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class FaultKind(StrEnum):
    ERROR = "error"
    """The API's own refusal with `code` and `description`; nothing is applied."""
    BAD_GATEWAY = "bad_gateway"
    """502 with an HTML page; nothing is applied."""
    GATEWAY_LOST = "gateway_lost"
    """502 with an HTML page although the call was applied."""
    PORTAL = "portal"
    """403 with an HTML page of something in between; nothing is applied."""
    RESET_BEFORE = "reset_before"
    """The connection is cut before the call is applied."""
    LOST_AFTER = "lost_after"
    """The call is applied; after `seconds` the connection is cut without an answer."""
    DELAY = "delay"
    """The call is applied, the answer comes `seconds` late."""
    SLOW = "slow"
    """`seconds` pass before the call is even looked at."""
    TRUNCATED = "truncated"
    """The call is applied; half of the JSON arrives."""
    NOT_JSON = "not_json"
    """The call is applied; 200 with words that are no JSON."""


@dataclass(slots=True)
class Fault:
    kind: FaultKind
    method: str = ""
    """Method name in lower case; empty for every one."""
    chat: str | None = None
    count: int = 1
    """How many calls it hits; 0 = until it is cleared."""
    skip: int = 0
    """So many matching calls pass first."""
    code: int = 500
    status: int = 0
    """HTTP status of an ERROR; 0: the same as `code`."""
    description: str = "Internal Server Error"
    seconds: float = 0.0
    chance: float = 1.0
    hits: int = 0

    def __post_init__(self) -> None:
        self.method = self.method.lower()

    def meant_for(self, call: str, whom: Any) -> bool:
        return self.method in ("", call) and self.chat in (None, whom)
