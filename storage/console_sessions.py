"""Who is signed in at the console: one-time codes given in an officer's own chat, and the sessions they open.

There are no passwords. A code is given in the linked private chat, works once and for five minutes; a session is a
random token in the browser's cookie, of which only a keyed hash is kept. A session ends by itself after a while
without work, at the end of a working day's length, and with the officer's rights.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum, unique
from typing import Any, Final

from sqlalchemy import (
    Column,
    Index,
    LargeBinary,
    Table,
    bindparam,
    delete,
    insert,
    select,
    update,
)

from petitions.codes import random_letters, signs_of
from storage.columns import Identifier, Moment, Word, reference
from storage.officers import Officers
from storage.records import OfficerRecord
from storage.schema import metadata

CODE_VALID: Final = timedelta(minutes=5)
"""How long a code can be used."""
IDLE: Final = timedelta(minutes=30)
"""A session without any work of its officer is over after this time; a page that looks for news is no work."""
LONGEST: Final = timedelta(hours=12)
"""No session lasts longer, whatever is done in it."""
SEEN_EVERY: Final = timedelta(minutes=1)
"""Work is noted at most this often: a session costs no write for every page."""
CODE_LETTERS: Final = 12
"""60 random bits, with five minutes to guess them and few tries."""
CODES_FORGOTTEN: Final = timedelta(days=1)


console_codes: Final = Table(
    "console_codes",
    metadata,
    Column("id", Identifier, primary_key=True, autoincrement=False),
    Column("agency", Word, nullable=False),
    Column("token_hash", LargeBinary, nullable=False, unique=True),
    reference("officer_id", "officers"),
    reference("contact_id", "contacts"),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("used_at", Moment, nullable=True),
)
Index("ix_console_codes_officer", console_codes.c.officer_id)

console_sessions: Final = Table(
    "console_sessions",
    metadata,
    Column("id", Identifier, primary_key=True, autoincrement=False),
    Column("agency", Word, nullable=False),
    Column("token_hash", LargeBinary, nullable=False, unique=True),
    reference("officer_id", "officers"),
    reference("contact_id", "contacts", nullable=True),
    Column("agent", Word, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Column("ended_at", Moment, nullable=True),
)
"""`contact_id`: the chat whose code opened it; `agent`: the family of the browser, nothing finer. Rows stay: who
was signed in when is part of the record."""
Index("ix_console_sessions_officer", console_sessions.c.officer_id, console_sessions.c.id)

_INSERT_CODE: Final = insert(console_codes)
_CODE: Final = select(console_codes).where(
    console_codes.c.agency == bindparam("agency"), console_codes.c.token_hash == bindparam("token_hash")
)
_CODE_LOCKED: Final = _CODE.with_for_update()
_INSERT_SESSION: Final = insert(console_sessions)
_SESSION: Final = select(console_sessions).where(
    console_sessions.c.agency == bindparam("agency"), console_sessions.c.token_hash == bindparam("token_hash")
)
_OF_OFFICER: Final = (
    select(console_sessions)
    .where(console_sessions.c.officer_id == bindparam("of_officer"))
    .order_by(console_sessions.c.id.desc())
    .limit(bindparam("most"))
)
_END: Final = (
    update(console_sessions)
    .where(console_sessions.c.officer_id == bindparam("of_officer"), console_sessions.c.ended_at.is_(None))
    .values(ended_at=bindparam("now"))
)
_SEEN: Final = (
    update(console_sessions)
    .where(console_sessions.c.id == bindparam("of_session"))
    .values(seen_at=bindparam("now"))
)


@unique
class CodeFault(StrEnum):
    """Why a code opens no session."""

    UNKNOWN = "unknown"
    """No such code, or none of an officer who still works here."""
    EXPIRED = "expired"
    """Its five minutes are over, or a newer code took its place."""
    USED = "used"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsoleCode:
    """A one-time code, without the code itself."""

    id: int
    officer_id: int
    contact_id: int
    expires_at: datetime
    used_at: datetime | None

    def fault(self, now: datetime) -> CodeFault | None:
        """Why it opens nothing any more; None while it does."""
        if self.used_at is not None:
            return CodeFault.USED
        return CodeFault.EXPIRED if now >= self.expires_at else None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsoleSession:
    """One browser of an officer."""

    id: int
    officer_id: int
    contact_id: int | None
    agent: str
    made_at: datetime
    seen_at: datetime
    ended_at: datetime | None

    def is_open(self, now: datetime) -> bool:
        """Whether it still counts at `now`, as far as the session itself goes."""
        if self.ended_at is not None or now >= self.made_at + LONGEST:
            return False
        return now < self.seen_at + IDLE

    def ends_at(self) -> datetime:
        """When it ends at the latest if nothing more is done in it."""
        return min(self.made_at + LONGEST, self.seen_at + IDLE)


def counts(session: ConsoleSession, officer: OfficerRecord | None, now: datetime) -> bool:
    """Whether the session opens anything now. An officer who left has none; the beginning of an absence ends those
    begun before it, for another person stands in from then on."""
    if officer is None or not officer.active or not session.is_open(now):
        return False
    began = officer.absent_from
    return not (officer.is_away(now) and began is not None and session.made_at < began)


class ConsoleSessions(Officers):
    """Codes and sessions inside a transaction."""

    def offer_console_code(self, officer_id: int, contact_id: int) -> str:
        """A new code for this officer, to be said in that chat; the officer's earlier codes are over."""
        now = self.now()
        of = console_codes.c.officer_id == officer_id
        self.connection.execute(
            delete(console_codes).where(of, console_codes.c.expires_at < now - CODES_FORGOTTEN)
        )
        self.connection.execute(
            update(console_codes)
            .where(of, console_codes.c.used_at.is_(None), console_codes.c.expires_at > now)
            .values(expires_at=now)
        )
        code = random_letters(self.ids.random, CODE_LETTERS)
        self.connection.execute(
            _INSERT_CODE,
            {
                "id": self.ids.new(),
                "agency": self.agency,
                "token_hash": self._code_hash(code),
                "officer_id": officer_id,
                "contact_id": contact_id,
                "created_at": now,
                "expires_at": now + CODE_VALID,
            },
        )
        return code

    def find_console_code(self, code: str) -> tuple[ConsoleCode | None, CodeFault | None]:
        """The code and why it opens nothing (None: it does). Uses nothing up."""
        values = {"agency": self.agency, "token_hash": self._code_hash(code)}
        return self._judged(self.connection.execute(_CODE, values).first())

    def open_console(self, code: str, *, token: str, agent: str) -> ConsoleSession | CodeFault:
        """Uses the code up and opens a session for `token`, which the browser keeps. What is refused changes
        nothing; of all who try with one code, one succeeds."""
        values = {"agency": self.agency, "token_hash": self._code_hash(code)}
        found, fault = self._judged(self.connection.execute(_CODE_LOCKED, values).first())
        if found is None or fault is not None:
            return fault or CodeFault.UNKNOWN
        used = (
            update(console_codes)
            .where(console_codes.c.id == found.id, console_codes.c.used_at.is_(None))
            .values(used_at=self.now())
        )
        if self.connection.execute(used).rowcount != 1:
            return CodeFault.USED
        return self.begin_console(found.officer_id, found.contact_id, token=token, agent=agent)

    def begin_console(
        self, officer_id: int, contact_id: int | None, *, token: str, agent: str
    ) -> ConsoleSession:
        """A session for an officer whom something else than a code has proven."""
        now = self.now()
        session = ConsoleSession(
            id=self.ids.new(),
            officer_id=officer_id,
            contact_id=contact_id,
            agent=agent,
            made_at=now,
            seen_at=now,
            ended_at=None,
        )
        self.connection.execute(
            _INSERT_SESSION,
            {
                "id": session.id,
                "agency": self.agency,
                "token_hash": self._session_hash(token),
                "officer_id": officer_id,
                "contact_id": contact_id,
                "agent": agent,
                "made_at": now,
                "seen_at": now,
            },
        )
        return session

    def console_session(self, token: str) -> tuple[ConsoleSession, OfficerRecord] | None:
        """The session behind a browser's cookie and whose it is; None for one that opens nothing now."""
        values = {"agency": self.agency, "token_hash": self._session_hash(token)}
        row = self.connection.execute(_SESSION, values).first()
        if row is None:
            return None
        session = _session(row)
        officer = self.officer(session.officer_id)
        if officer is None or not counts(session, officer, self.now()):
            return None
        return session, officer

    def console_sessions_of(self, officer: OfficerRecord, *, most: int = 50) -> list[ConsoleSession]:
        """The officer's sessions, newest first. One that is over by itself or by rule shows when it ended."""
        now = self.now()
        rows = self.connection.execute(_OF_OFFICER, {"of_officer": officer.id, "most": most})
        found = [_session(row) for row in rows]
        return [
            session
            if session.ended_at is not None or counts(session, officer, now)
            else replace(session, ended_at=min(session.ends_at(), now))
            for session in found
        ]

    def console_seen(self, session: ConsoleSession) -> None:
        """The officer works in this session now."""
        self.connection.execute(_SEEN, {"of_session": session.id, "now": self.now()})

    def end_console(self, officer_id: int, session_id: int | None = None, *, but: int | None = None) -> int:
        """Ends one session of this officer, or all of them (`but`: all others). Gives how many that were open."""
        statement = _END
        if session_id is not None:
            statement = statement.where(console_sessions.c.id == session_id)
        if but is not None:
            statement = statement.where(console_sessions.c.id != but)
        return self.connection.execute(statement, {"of_officer": officer_id, "now": self.now()}).rowcount

    def console_proof(self, token: str) -> str:
        """What a form of this session must bring along: made from the cookie's token, which no other page knows."""
        return self.vault.blind("console_proof", token).hex()

    def _judged(self, row: Any) -> tuple[ConsoleCode | None, CodeFault | None]:
        if row is None:
            return None, CodeFault.UNKNOWN
        found = ConsoleCode(
            id=row.id,
            officer_id=row.officer_id,
            contact_id=row.contact_id,
            expires_at=row.expires_at,
            used_at=row.used_at,
        )
        officer = self.officer(found.officer_id)
        if officer is None or not officer.active:
            return None, CodeFault.UNKNOWN
        return found, found.fault(self.now())

    def _code_hash(self, code: str) -> bytes:
        """Case, spaces and dashes do not matter; O is read as 0, I and L as 1."""
        return self.vault.blind("console_code", signs_of(code))

    def _session_hash(self, token: str) -> bytes:
        return self.vault.blind("console_session", token)


def _session(row: Any) -> ConsoleSession:
    return ConsoleSession(
        id=row.id,
        officer_id=row.officer_id,
        contact_id=row.contact_id,
        agent=row.agent,
        made_at=row.made_at,
        seen_at=row.seen_at,
        ended_at=row.ended_at,
    )
