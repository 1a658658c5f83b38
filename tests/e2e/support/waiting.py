"""Waiting for something to become true, with a limit and a name for the failure."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable


async def until(
    holds: Callable[[], bool] | Callable[[], Awaitable[bool]], what: str, *, within: float = 60.0
) -> None:
    """Look every few milliseconds until it holds. Raises AssertionError naming `what`."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + within
    while True:
        found = holds()
        if found if isinstance(found, bool) else await found:
            return
        if loop.time() > deadline:
            raise AssertionError(f"not within {within:g} s: {what}")
        await asyncio.sleep(0.02)
