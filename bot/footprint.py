"""Keeps the process small and its pauses short; measured with `make bench`, without effect on what it does."""

from __future__ import annotations

import asyncio
import ctypes
import ctypes.util
import gc
from concurrent.futures import ThreadPoolExecutor
from typing import Final

_M_ARENA_MAX: Final = -8
"""glibc's `mallopt` parameter for the number of heaps (malloc.h)."""
_THREADS: Final = 3
"""Threads for receipts and file work; each can hold a heap of its own."""


def share_heaps() -> None:
    """Let all threads share two heaps of the C library: one for each thread cost 20 MiB of 190 under load.

    Call before threads are started. Does nothing where the C library is not glibc.
    """
    name = ctypes.util.find_library("c")
    if name is None:
        return
    mallopt = getattr(ctypes.CDLL(name), "mallopt", None)
    if mallopt is not None:
        mallopt(_M_ARENA_MAX, 2)


def settle() -> None:
    """Call when everything is imported and started: those objects stay for ever, so the garbage collector need
    not look at them again, and looks less often at the rest."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


def few_threads(loop: asyncio.AbstractEventLoop) -> None:
    """Bound the loop's threads for blocking work."""
    loop.set_default_executor(ThreadPoolExecutor(_THREADS, thread_name_prefix="work"))
