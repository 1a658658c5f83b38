"""What a conversation remembers between two messages; stored encrypted as one row, versioned."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field


class Talk(BaseModel):
    """The memory of one conversation. Each side of the dialogue owns its part and knows its shape."""

    language: str = ""
    """Language the person chose or evidently writes; empty while unknown."""
    citizen: dict[str, Any] = Field(default_factory=dict)
    """`handlers.citizens.state.CitizenTalk` as plain data."""
    officer: dict[str, Any] = Field(default_factory=dict)
    """`handlers.officers.state.OfficerTalk` as plain data."""
