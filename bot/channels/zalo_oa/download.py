"""Files that people sent: public links that expire, so they are fetched at once (reference 2.3)."""

from __future__ import annotations

from typing import Final

from bot.channels.linked_files import LinkedFiles, stands_inside
from bot.channels.zalo_oa.options import OaOptions

MAX_FILE: Final = 50 * 1024 * 1024
"""Bytes; whoever keeps the file may allow less."""


def make_downloads(options: OaOptions, *, limit: int = MAX_FILE) -> LinkedFiles:
    """The account's downloads. Private addresses only where the API itself stands on one."""
    return LinkedFiles(limit=limit, inside=stands_inside(options.api_url))
