"""Documents given out by a link that works once, where a platform cannot carry the file itself.

The link's token is given once and kept as a keyed hash only. The content lies sealed in the file store under an
address of its own, so that it can be removed without a thought for other files.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum, unique
from typing import Any, Final

from sqlalchemy import bindparam, delete, insert, or_, select, update

from petitions.codes import ALPHABET
from storage.book import Book
from storage.schema import shared_files

VALID_FOR: Final = timedelta(days=7)
"""How long a link can be used."""
REMEMBERED_FOR: Final = timedelta(days=30)
"""So long after its end a link is still known, to say kindly what became of it."""
REMOVED_AFTER: Final = timedelta(hours=1)
"""When the content of a used link goes: a download may still be under way."""
MOST_AT_ONCE: Final = 200
_TOKEN_LETTERS: Final = 26
_BY_TOKEN: Final = select(shared_files).where(
    shared_files.c.agency == bindparam("agency"), shared_files.c.token_hash == bindparam("token_hash")
)
_OF_TOKEN: Final = (
    shared_files.c.agency == bindparam("of_agency"),
    shared_files.c.token_hash == bindparam("of_hash"),
)
_USE: Final = (
    update(shared_files)
    .where(
        *_OF_TOKEN,
        shared_files.c.used_at.is_(None),
        shared_files.c.expires_at > bindparam("used_now", type_=shared_files.c.expires_at.type),
    )
    .values(used_at=bindparam("used_now"))
)
_GIVE_BACK: Final = update(shared_files).where(*_OF_TOKEN).values(used_at=None)
_OVER: Final = (
    select(shared_files.c.id, shared_files.c.content_key)
    .where(
        shared_files.c.content_key != "",
        or_(
            shared_files.c.expires_at <= bindparam("now"),
            shared_files.c.used_at <= bindparam("used_before", type_=shared_files.c.used_at.type),
        ),
    )
    .order_by(shared_files.c.expires_at)
    .limit(MOST_AT_ONCE)
)


@unique
class SharedFault(StrEnum):
    """Why a link gives no file."""

    UNKNOWN = "unknown"
    EXPIRED = "expired"
    USED = "used"


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedFile:
    """One document and what became of its link."""

    name: str
    mime: str
    size: int
    """Bytes of the document."""
    content_key: str
    expires_at: datetime
    used_at: datetime | None

    def fault(self, now: datetime) -> SharedFault | None:
        """Why the link cannot be used any more; None while it can."""
        if self.used_at is not None:
            return SharedFault.USED
        return SharedFault.EXPIRED if now >= self.expires_at or not self.content_key else None


class SharedFiles(Book):
    """Links to documents, in one transaction."""

    def share_file(self, *, name: str, mime: str, size: int, content_key: str) -> str:
        """A token for a link to this content: 130 random bits, valid once and for seven days."""
        now, row_id = self.now(), self.ids.new()
        token = "".join(self.ids.random.choice(ALPHABET) for _ in range(_TOKEN_LETTERS))
        sealed = self.vault.seal_text(name, table="shared_files", column="name_enc", row=row_id)
        self.connection.execute(
            insert(shared_files).values(
                id=row_id,
                agency=self.agency,
                token_hash=self._hash(token),
                name_enc=sealed,
                mime=mime,
                size=size,
                content_key=content_key,
                created_at=now,
                expires_at=now + VALID_FOR,
            )
        )
        return token

    def find_shared_file(self, token: str) -> SharedFile | None:
        """The document of this token, whatever became of the link. Uses nothing up."""
        values = {"agency": self.agency, "token_hash": self._hash(token)}
        row = self.connection.execute(_BY_TOKEN, values).first()
        return None if row is None else self._record(row)

    def use_shared_file(self, token: str) -> bool:
        """Uses the link up; True for exactly one of all who try."""
        values = self._of(token) | {"used_now": self.now()}
        return self.connection.execute(_USE, values).rowcount == 1

    def give_back_shared_file(self, token: str) -> None:
        """The download broke off: the link is good again."""
        self.connection.execute(_GIVE_BACK, self._of(token))

    def shared_files_over(self) -> dict[int, str]:
        """Row → address of contents that nobody can get any more, some at a time. Remove them, then call
        `forget_shared_files`: in this order a crash in between leaves nothing behind."""
        now = self.now()
        rows = self.connection.execute(_OVER, {"now": now, "used_before": now - REMOVED_AFTER})
        return {row.id: row.content_key for row in rows}

    def forget_shared_files(self, row_ids: Collection[int]) -> None:
        """The contents of these rows are removed; rows long over go as well."""
        if row_ids:
            self.connection.execute(
                update(shared_files).where(shared_files.c.id.in_(row_ids)).values(content_key="")
            )
        self.connection.execute(
            delete(shared_files).where(
                shared_files.c.expires_at < self.now() - REMEMBERED_FOR, shared_files.c.content_key == ""
            )
        )

    def _of(self, token: str) -> dict[str, Any]:
        return {"of_agency": self.agency, "of_hash": self._hash(token)}

    def _hash(self, token: str) -> bytes:
        return self.vault.blind("shared_file", token)

    def _record(self, row: Any) -> SharedFile:
        return SharedFile(
            name=self.vault.open_text(row.name_enc, table="shared_files", column="name_enc", row=row.id),
            mime=row.mime,
            size=row.size,
            content_key=row.content_key,
            expires_at=row.expires_at,
            used_at=row.used_at,
        )
