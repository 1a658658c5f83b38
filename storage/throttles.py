"""Throttles: how often something may happen in a while, shared by all processes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from sqlalchemy import bindparam, case

from storage.book import Book, upsert
from storage.schema import throttles


def _change(_row: Any) -> dict[str, Any]:
    over = throttles.c.until <= bindparam("now", type_=throttles.c.until.type)
    return {
        "used": case((over, 1), else_=throttles.c.used + 1),
        "until": case((over, _row.until), else_=throttles.c.until),
    }


_USE: Final = upsert(throttles, key=["agency", "key_hash"], change=_change, returning=throttles.c.used)


class Throttles(Book):
    """Counting in windows that begin with the first use."""

    def throttle(self, key: str, *, limit: int, per: timedelta) -> bool:
        """Counts one use of `key`. True while there were at most `limit` of them since the window began; the
        window ends `per` after its first use. Only a keyed hash of `key` is stored."""
        now = self.now()
        values = {
            "agency": self.agency,
            "key_hash": self.vault.blind("throttle", key),
            "used": 1,
            "until": now + per,
            "now": now,
        }
        used: int = _USE.rows(self.connection, values)[0].used
        return used <= limit
