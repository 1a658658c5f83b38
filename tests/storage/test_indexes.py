"""Every query of the service's daily work on a growing table is answered by an index, on both engines."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import Connection, Executable, event

from storage import (
    attachments,
    cases,
    chat_marks,
    clocks,
    contacts,
    events,
    file_queue,
    gatherings,
    inbox,
    notices,
    officers,
    outbox,
    overview_counts,
    timers,
    waiting,
    work,
)
from storage.database import Database
from storage.prepared import Prepared
from tests.hand_clock import MORNING

VALUES: dict[str, Any] = {
    "accounts": [("web", "web")],
    "address": "x",
    "after": 0,
    "after_unit": "",
    "agency": "a",
    "before": MORNING,
    "bytes_stored": 1,
    "by_message": 1,
    "called": "clock",
    "card_of": 1,
    "chat_hash": b"x",
    "code": "x",
    "contact_id": 1,
    "contact_ids": [1, 2],
    "contacts": [1, 2],
    "conversation_id": 1,
    "conversation_ids": [1, 2],
    "day": date(2026, 11, 23),
    "file_id": 1,
    "lead": 1,
    "later_than": MORNING,
    "letter_id": 1,
    "most": 10,
    "now": MORNING,
    "of_contact": 1,
    "of_key": "k",
    "of_petition": 1,
    "officer_id": 1,
    "officer_ids": [1],
    "petition_id": 1,
    "petition_ids": [1, 2],
    "phone_hash": b"x",
    "refs": ["r"],
    "row_id": 1,
    "since": MORNING,
    "soon": date(2026, 11, 26),
    "successor": 2,
    "to_contact": 1,
    "today": date(2026, 11, 23),
    "to_reason": "",
    "to_status": "blocked",
    "unit": "u",
    "units": ["u", "v"],
    "until": MORNING,
    "up_to": 5,
}

QUERIES: list[tuple[str, Any, str]] = [
    ("a turn", contacts._TURN, "uq_contacts_chat_hash"),
    ("groups of a unit", contacts._GROUPS, "ix_contacts_unit"),
    ("chats of officers", officers._CHATS, "ix_contacts_officer"),
    ("members of a lead", gatherings._MEMBERS_LOCKED, "ix_petitions_merged"),
    ("people of a matter", gatherings._PETITIONERS, "ix_petitions_merged"),
    ("what members added", gatherings._ADDITIONS, "ix_petitions_merged"),
    ("links of a petition", gatherings._LINKS, "PRIMARY KEY"),
    ("shared chats among many", gatherings._SHARED, "ix_bindings_conversation"),
    ("petition by code", cases._BY_CODE, "uq_petitions_code"),
    ("petitions of a conversation", cases._BY_CONVERSATION, "ix_petitions_conversation"),
    ("petitions by phone", cases._BY_PHONE, "ix_petitions_phone"),
    ("history", events._OF_PETITION, "uq_events_petition_id_seq"),
    ("assignments", events._ASSIGNMENTS, "ix_assignments_petition"),
    ("files of a petition", attachments._OF_PETITION, "ix_files_petition"),
    ("files of a draft", attachments._OF_CONVERSATION, "ix_files_conversation"),
    ("files to fetch", file_queue._PENDING, "ix_files_pending"),
    ("messages due", outbox._DUE, "ix_outbox_due"),
    ("messages held back", outbox._DUE, "ix_outbox_waiting"),
    ("messages to take over", outbox._BEGUN, "ix_outbox_due"),
    ("messages of some contacts", outbox._BEGUN_OF, "ix_outbox_waiting"),
    ("next message", outbox._NEXT, "ix_outbox_due"),
    ("messages replaced", notices._SUPERSEDE, "ix_outbox_waiting"),
    ("messages of a petition", notices._OF_PETITION, "ix_outbox_petition"),
    ("messages to a contact", outbox._OF_CONTACT, "ix_outbox_contact"),
    ("messages of a lost contact", outbox._LET_GO, "ix_outbox_waiting"),
    ("messages that wait for the person", waiting._HELD, "ix_outbox_held"),
    ("messages hastened", waiting._HASTEN, "ix_outbox_waiting"),
    ("what became of a petition's news", notices._NEWS, "ix_outbox_petition"),
    ("a petition's cards on the way", notices._CARD_ON_THE_WAY, "ix_outbox_petition"),
    ("what a message told of", clocks._TOLD_BY, "ix_alarms_message"),
    ("card", notices._CARD, "uq_cards_petition_id_contact_id"),
    ("timers due", timers._DUE, "ix_timers_due"),
    ("timers due, by id", timers._DUE_IDS, "ix_timers_due"),
    ("next timer", timers._NEXT, "ix_timers_due"),
    ("move a petition's timer", timers._MOVE, "ix_timers_petition"),
    ("timers of petitions", timers._PLANNED, "ix_timers_petition"),
    ("work of units", work._COUNTS, "ix_petitions_unit"),
    ("late anywhere", work._LATE_EVERYWHERE, "ix_clocks_running"),
    ("open cases of an officer", work._OF_OFFICER, "ix_petitions_officer"),
    ("open cases of a unit", work._OF_UNIT, "ix_petitions_unit"),
    ("tasks of an officer", work._WITH_TASKS, "ix_tasks_officer"),
    ("units in use", work._NEXT_UNIT, "ix_petitions_unit"),
    ("what runs", work._RUNNING, "ix_clocks_running"),
    ("dead letters", inbox._OPEN[inbox.DEAD], "ix_inbox_open"),
    ("a letter", inbox._TAKE, "ix_inbox_open"),
    ("updates left behind", inbox._KEPT_SINCE, "ix_inbox_open"),
    ("an update that was kept", inbox._TAKE_KEPT, "ix_inbox_open"),
    ("limits kept, for the overview", overview_counts._MET, "ix_clocks_petition"),
    ("limits passed, for the overview", overview_counts._PASSED, "ix_breaches_petition"),
    ("who answered when, for the overview", overview_counts._ANSWERED, "ix_assignments_petition"),
    ("the oldest petition counted", overview_counts._LOWEST, "ix_overview_cases_agency"),
    ("what a receipt settles", chat_marks._DELIVERED, "ix_outbox_contact"),
]


class Caught(Exception):
    """Stops an execution when the statement and its converted values are known."""


def plan(connection: Connection, query: Prepared | Executable) -> str:
    """How the engine would run the statement."""
    statement = query._for(connection) if isinstance(query, Prepared) else query
    caught: list[Any] = []

    def catch(_connection: Any, _cursor: Any, words: str, values: Any, *_more: Any) -> None:
        caught.extend((words, values))
        raise Caught

    event.listen(connection, "before_cursor_execute", catch)
    try:
        names = statement.compile(dialect=connection.dialect).params  # type: ignore[attr-defined]
        connection.execute(statement, {name: VALUES[name] for name in names if name in VALUES})
    except Caught:
        pass
    finally:
        event.remove(connection, "before_cursor_execute", catch)
    explain = "EXPLAIN" if connection.dialect.name == "postgresql" else "EXPLAIN QUERY PLAN"
    rows = connection.exec_driver_sql(f"{explain} {caught[0]}", tuple(caught[1]))
    return "\n".join(str(row[-1]) for row in rows)


@pytest.mark.parametrize(("query", "index"), [q[1:] for q in QUERIES], ids=[q[0] for q in QUERIES])
async def test_the_index_made_for_it_is_used(sqlite_database: Database, query: Any, index: str) -> None:
    shown = await sqlite_database.transact(lambda connection: plan(connection, query))

    assert index in shown or f"sqlite_autoindex_{index.split('_')[1]}" in shown, shown
    scans = [line for line in shown.splitlines() if "SCAN" in line and "CONSTANT ROW" not in line]
    assert all("USING INDEX" in line for line in scans), shown  # all of a partial index, which is small


@pytest.mark.parametrize("query", [q[1] for q in QUERIES], ids=[q[0] for q in QUERIES])
async def test_no_table_is_read_whole(postgres_database: Database, query: Any) -> None:
    def explain(connection: Connection) -> str:
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        return plan(connection, query)

    shown = await postgres_database.transact(explain)

    assert "Index" in shown, shown
    assert "Seq Scan" not in shown, shown
