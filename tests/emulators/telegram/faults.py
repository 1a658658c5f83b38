"""Faults on order: which calls go wrong, how, and how often (reference, section 5, point 12)."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class FaultKind(StrEnum):
    ERROR = "error"
    """The API's own refusal with `code` and `description`; nothing is applied."""
    BAD_GATEWAY = "bad_gateway"
    """502 with an HTML page; nothing is applied."""
    GATEWAY_LOST = "gateway_lost"
    """502 with an HTML page although the call was applied."""
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


@dataclass(slots=True)
class Fault:
    kind: FaultKind
    method: str = ""
    """Method name in lower case; empty for every one."""
    chat: int | None = None
    count: int = 1
    """How many calls it hits; 0 = until it is cleared."""
    skip: int = 0
    """So many matching calls pass first."""
    chance: float = 1.0
    code: int = 500
    description: str = "Internal Server Error: restart"
    parameters: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0
    hits: int = 0

    def __post_init__(self) -> None:
        self.method = self.method.lower()

    def meant_for(self, call: str, whom: Any) -> bool:
        return self.method in ("", call) and self.chat in (None, whom)
