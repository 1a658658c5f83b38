"""Every table of the casebook (SQLAlchemy Core). Migrations are the only way to make them.

Names ending in `_enc` hold sealed bytes (`keys.Vault`), names ending in `_hash` hold keyed hashes. Every
table that grows carries the agency. Queries on growing tables have an index each; the partial ones stay
small because done work leaves them.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Final

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
    true,
)

from petitions.kinds import Action, ActorKind, Kind, Role, Severity, Stage
from storage.columns import Identifier, Moment, Vocabulary, Word, reference
from storage.records import FileStatus, OutboxStatus

metadata: Final = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def own_id() -> Column[int]:
    """The id of a row, made before it is written."""
    return Column("id", Identifier, primary_key=True, autoincrement=False)


def _agency() -> Column[str]:
    return Column("agency", Word, nullable=False)


def _reference(name: str, target: str, *, nullable: bool = True) -> Column[int]:
    return reference(name, target, nullable=nullable)


def _moment(name: str, *, nullable: bool = False) -> Column[Any]:
    return Column(name, Moment, nullable=nullable)


def _word(name: str, *, nullable: bool = False) -> Column[Any]:
    return Column(name, Word, nullable=nullable)


def _of(name: str, words: type[StrEnum], *, nullable: bool = False) -> Column[Any]:
    return Column(name, Vocabulary(words), nullable=nullable)


def _sealed(name: str, *, nullable: bool = False) -> Column[Any]:
    return Column(name, LargeBinary, nullable=nullable)


def _flag(name: str) -> Column[bool]:
    return Column(name, Boolean, nullable=False, server_default=false())


def _count(name: str) -> Column[int]:
    return Column(name, Integer, nullable=False, server_default=text("0"))


def _partial(name: str, *columns: Any, where: str) -> Index:
    return Index(name, *columns, sqlite_where=text(where), postgresql_where=text(where))


inbox: Final = Table(
    "inbox",
    metadata,
    Column("channel", Word, primary_key=True),
    Column("account", Word, primary_key=True),
    Column("update_id", Word, primary_key=True),
    Column("id", Identifier, nullable=True),
    _agency(),
    _word("status"),
    _sealed("raw_enc", nullable=True),
    _word("error", nullable=True),
    _count("attempts"),
    _moment("received_at"),
    sqlite_with_rowid=False,
)
"""Updates seen. `status`: done; kept = acknowledged, not yet handled; dead = a letter for replay."""
_partial("ix_inbox_open", inbox.c.status, inbox.c.id, where="status <> 'done'")

conversations: Final = Table(
    "conversations",
    metadata,
    own_id(),
    _agency(),
    _count("version"),
    _sealed("state_enc"),
    Column("owner_contact_id", Identifier, nullable=False),
    _flag("has_petitions"),
    _moment("updated_at"),
)

officers: Final = Table(
    "officers",
    metadata,
    own_id(),
    _agency(),
    _word("unit"),
    _of("role", Role),
    _sealed("name_enc"),
    Column("active", Boolean, nullable=False, server_default=true()),
    _moment("absent_from", nullable=True),
    _moment("absent_until", nullable=True),
    _reference("deputy_id", "officers"),
    _moment("created_at"),
    _moment("removed_at", nullable=True),
)
Index("ix_officers_unit", officers.c.agency, officers.c.unit)

contacts: Final = Table(
    "contacts",
    metadata,
    own_id(),
    _agency(),
    _word("channel"),
    _word("account"),
    Column("chat_hash", LargeBinary, nullable=False, unique=True),
    _sealed("address_enc"),
    _flag("is_group"),
    _word("language"),
    _moment("blocked_at", nullable=True),
    _word("blocked_reason", nullable=True),
    _reference("conversation_id", "conversations", nullable=False),
    _word("unit", nullable=True),
    _reference("officer_id", "officers"),
    _word("notify"),
    _flag("discreet"),
    _moment("created_at"),
    _moment("seen_at", nullable=True),
    _moment("muted_until", nullable=True),
    _flag("has_waiting"),
    _sealed("template_phone_enc", nullable=True),
)
Index("ix_contacts_conversation", contacts.c.conversation_id)
_partial("ix_contacts_unit", contacts.c.agency, contacts.c.unit, where="unit IS NOT NULL")
_partial("ix_contacts_officer", contacts.c.officer_id, where="officer_id IS NOT NULL")

petitions: Final = Table(
    "petitions",
    metadata,
    own_id(),
    _agency(),
    Column("code", Word, nullable=False, unique=True),
    _of("kind", Kind),
    _word("subkind"),
    _word("topic", nullable=True),
    _word("unit"),
    _word("destination", nullable=True),
    _reference("officer_id", "officers"),
    _of("stage", Stage),
    _of("severity", Severity),
    _flag("confidential"),
    _flag("anonymous"),
    _flag("discreet"),
    Column("people", Integer, nullable=True),
    _word("language"),
    _word("channel"),
    _moment("first_message_at"),
    _moment("filed_at"),
    Column("due_on", Date, nullable=True),
    _word("due_rule", nullable=True),
    _word("register_book"),
    Column("register_year", Integer, nullable=False),
    Column("register_no", Integer, nullable=False),
    _reference("conversation_id", "conversations"),
    _reference("contact_id", "contacts"),
    _reference("linked_to", "petitions"),
    _reference("merged_into", "petitions"),
    _count("members"),
    _moment("left_at", nullable=True),
    _moment("mass_at", nullable=True),
    _moment("represents_at", nullable=True),
    Column("phone_hash", LargeBinary, nullable=True),
    Column("secret_hash", LargeBinary, nullable=True),
    _sealed("content_enc"),
    Column("rating", Integer, nullable=True),
    _moment("not_satisfied_at", nullable=True),
    _moment("withdraw_wish_at", nullable=True),
    _count("transfers"),
    _count("refusals"),
    _flag("bound"),
    _count("reopened"),
    Column("instance", Integer, nullable=False, server_default=text("1")),
    _flag("remote"),
    _flag("complex"),
    _count("extensions"),
    Column("formed_on", Date, nullable=True),
    Column("accepted_on", Date, nullable=True),
    Column("decided_on", Date, nullable=True),
    Column("effective_on", Date, nullable=True),
    _word("outcome", nullable=True),
    _moment("asked_at", nullable=True),
    _moment("dialogue_at", nullable=True),
    _moment("dialogue_held_at", nullable=True),
    _moment("form_given_at", nullable=True),
    _moment("visit_at", nullable=True),
    _moment("gone_up_at", nullable=True),
    _word("against", nullable=True),
    _count("gaps"),
    Column("accused_id", Identifier, nullable=True),
    _sealed("form_enc", nullable=True),
    _count("version"),
    _count("events_count"),
    Column("events_head", LargeBinary, nullable=False),
    _moment("updated_at"),
    UniqueConstraint("agency", "register_book", "register_year", "register_no", name="uq_petitions_register"),
    CheckConstraint("merged_into < id", name="lead_first"),
)
_partial("ix_petitions_merged", petitions.c.merged_into, petitions.c.id, where="merged_into IS NOT NULL")
_partial(
    "ix_petitions_conversation",
    petitions.c.conversation_id,
    petitions.c.id,
    where="conversation_id IS NOT NULL",
)
_partial("ix_petitions_phone", petitions.c.phone_hash, petitions.c.id, where="phone_hash IS NOT NULL")
Index("ix_petitions_filed", petitions.c.agency, petitions.c.filed_at)
_partial("ix_petitions_visit", petitions.c.agency, petitions.c.visit_at, where="visit_at IS NOT NULL")
_partial(
    "ix_petitions_counter", petitions.c.agency, petitions.c.first_message_at, where="channel = 'counter'"
)
Index("ix_petitions_unit", petitions.c.agency, petitions.c.unit, petitions.c.stage, petitions.c.id)
_partial(
    "ix_petitions_officer",
    petitions.c.officer_id,
    petitions.c.stage,
    petitions.c.id,
    where="officer_id IS NOT NULL",
)
GRAVE: Final = "complex IS TRUE OR extensions > 0 OR instance > 1 OR people >= 5"
"""Petitions to be kept an eye on; written the same in queries, or no planner knows that the index serves them."""
_partial("ix_petitions_grave", petitions.c.agency, petitions.c.stage, petitions.c.id, where=GRAVE)
_partial(
    "ix_petitions_against",
    petitions.c.agency,
    petitions.c.against,
    petitions.c.stage,
    where="against IS NOT NULL",
)
_partial(
    "ix_petitions_topic",
    petitions.c.agency,
    petitions.c.topic,
    petitions.c.id,
    where="topic IS NOT NULL",
)
_BOARD: Final = ("stage", "unit", "officer_id", "kind", "confidential", "topic", "accused_id")
"""What the console's lists narrow by and rights look at: with it in the index, counting needs no look at the rows."""
_partial(
    "ix_petitions_open",
    *(petitions.c[name] for name in ("agency", "due_on", "id", *_BOARD)),
    where="stage NOT IN ('closed', 'withdrawn')",
)
_partial(
    "ix_petitions_done",
    *(petitions.c[name] for name in ("agency", "id", *_BOARD)),
    where="stage IN ('closed', 'withdrawn')",
)

policy_gaps: Final = Table(
    "policy_gaps",
    metadata,
    Column("petition_id", Identifier, ForeignKey("petitions.id"), primary_key=True, autoincrement=False),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    _agency(),
    _word("unit"),
    Column("officer_id", Identifier, nullable=False),
    _moment("marked_at"),
    _moment("withdrawn_at", nullable=True),
)
"""Loopholes that officers marked; `seq` names the event that keeps the words."""
_partial("ix_policy_gaps_marked", policy_gaps.c.agency, policy_gaps.c.marked_at, where="withdrawn_at IS NULL")

clocks: Final = Table(
    "clocks",
    metadata,
    own_id(),
    _agency(),
    _reference("petition_id", "petitions", nullable=False),
    _word("rule"),
    Column("version", Date, nullable=False),
    _word("conditions"),
    _word("step"),
    _word("duty"),
    Column("started_on", Date, nullable=False),
    Column("nominal_on", Date, nullable=True),
    Column("due_on", Date, nullable=True),
    Column("aim_on", Date, nullable=True),
    _word("state"),
    Column("suspended_on", Date, nullable=True),
    _word("suspensions"),
    Column("ended_on", Date, nullable=True),
    _flag("provisional"),
    _reference("task_id", "tasks"),
    Column("start_seq", Integer, nullable=False),
    Column("end_seq", Integer, nullable=True),
    _moment("warned_at", nullable=True),
    _count("warned"),
    _count("level"),
    _moment("breached_at", nullable=True),
)
"""Running and finished time limits of each case. `state`: running, suspended, met, stopped, replaced."""
Index("ix_clocks_petition", clocks.c.petition_id, clocks.c.id)
_partial("ix_clocks_running", clocks.c.agency, clocks.c.due_on, where="state = 'running'")

breaches: Final = Table(
    "breaches",
    metadata,
    own_id(),
    _agency(),
    _reference("petition_id", "petitions", nullable=False),
    _reference("clock_id", "clocks", nullable=False),
    _word("rule"),
    Column("due_on", Date, nullable=False),
    _word("unit"),
    _reference("officer_id", "officers"),
    _moment("found_at"),
    _count("level"),
    Column("ended_on", Date, nullable=True),
    Column("event_seq", Integer, nullable=False),
    UniqueConstraint("clock_id"),
)
"""A passed date is a record of its own, for ever; nothing deletes one."""
Index("ix_breaches_petition", breaches.c.petition_id)
Index("ix_breaches_due", breaches.c.agency, breaches.c.due_on, breaches.c.id)

tasks: Final = Table(
    "tasks",
    metadata,
    own_id(),
    _agency(),
    _reference("petition_id", "petitions", nullable=False),
    _word("unit"),
    _reference("officer_id", "officers"),
    _sealed("what_enc"),
    Column("due_on", Date, nullable=False),
    Column("done_on", Date, nullable=True),
    Column("start_seq", Integer, nullable=False),
    Column("end_seq", Integer, nullable=True),
)
"""What a decision in force orders: who carries out what by when."""
Index("ix_tasks_petition", tasks.c.petition_id, tasks.c.id)
_partial("ix_tasks_officer", tasks.c.officer_id, where="done_on IS NULL AND officer_id IS NOT NULL")
_partial("ix_tasks_open", tasks.c.agency, tasks.c.due_on, tasks.c.id, where="done_on IS NULL")

alarms: Final = Table(
    "alarms",
    metadata,
    own_id(),
    _agency(),
    _reference("officer_id", "officers", nullable=False),
    _reference("petition_id", "petitions", nullable=False),
    _reference("clock_id", "clocks"),
    _word("what"),
    _word("level"),
    _flag("urgent"),
    _moment("created_at"),
    _moment("told_at", nullable=True),
    Column("message_id", Identifier, nullable=True),
    _moment("raised_at", nullable=True),
)
"""Warnings and alarms by the officer who must hear of them; told together, in working hours. `message_id`: the
message that told of it; `raised_at`: the next level heard of it because this officer could not be told."""
_partial("ix_alarms_waiting", alarms.c.officer_id, alarms.c.id, where="told_at IS NULL")
Index("ix_alarms_petition", alarms.c.petition_id)
_partial("ix_alarms_message", alarms.c.message_id, where="message_id IS NOT NULL")

registers: Final = Table(
    "registers",
    metadata,
    Column("agency", Word, primary_key=True),
    Column("book", Word, primary_key=True),
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("last_no", Integer, nullable=False),
)

register_entries: Final = Table(
    "register_entries",
    metadata,
    Column("agency", Word, primary_key=True),
    Column("book", Word, primary_key=True),
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    _reference("petition_id", "petitions", nullable=False),
    _moment("entered_at"),
    _word("continued_book", nullable=True),
    Column("continued_year", Integer, nullable=True),
    Column("continued_number", Integer, nullable=True),
    sqlite_with_rowid=False,
)
"""The register books themselves. A line is never reused or moved; `continued_*` is its cross-reference."""
Index("ix_register_entries_petition", register_entries.c.petition_id)
_partial(
    "ix_register_entries_continued",
    register_entries.c.petition_id,
    where="continued_book IS NOT NULL",
)

events: Final = Table(
    "events",
    metadata,
    own_id(),
    _agency(),
    _reference("petition_id", "petitions", nullable=False),
    Column("seq", Integer, nullable=False),
    _of("type", Action),
    _of("actor_kind", ActorKind),
    Column("officer_id", Identifier, nullable=True),
    _moment("at"),
    _sealed("salt_enc"),
    _sealed("content_enc"),
    Column("commitment", LargeBinary, nullable=False),
    Column("link", LargeBinary, nullable=False),
    UniqueConstraint("petition_id", "seq"),
)

REPORTED: Final = (
    "screen_eligible",
    "screen_ineligible",
    "screen_duplicate",
    "pass_on",
    "guide",
    "answer",
    "close",
    "withdraw",
    "not_accept",
    "discontinue",
    "decide",
    "conclude",
    "task_done",
    "merge",
)
"""Events that the reports count; a report reads them from their index alone."""
_partial(
    "ix_events_report",
    events.c.petition_id,
    events.c.type,
    events.c.at,
    events.c.seq,
    where="type IN ({})".format(", ".join(f"'{word}'" for word in REPORTED)),
)

assignments: Final = Table(
    "assignments",
    metadata,
    own_id(),
    _agency(),
    _reference("petition_id", "petitions", nullable=False),
    _word("unit"),
    _reference("officer_id", "officers"),
    _word("destination", nullable=True),
    _moment("since"),
    _moment("until", nullable=True),
    Column("event_seq", Integer, nullable=False),
)
Index("ix_assignments_petition", assignments.c.petition_id)
Index(
    "uq_assignments_open",
    assignments.c.petition_id,
    unique=True,
    sqlite_where=text("until IS NULL"),
    postgresql_where=text("until IS NULL"),
)

timers: Final = Table(
    "timers",
    metadata,
    own_id(),
    _agency(),
    _word("what"),
    _moment("due_at"),
    Column("petition_id", Identifier, nullable=True),
    Column("conversation_id", Identifier, nullable=True),
    _sealed("data_enc", nullable=True),
    _word("status"),
    _count("attempts"),
    _moment("finished_at", nullable=True),
    Column("officer_id", Identifier, nullable=True),
)
"""`status`: waiting, fired, cancelled."""
_partial("ix_timers_due", timers.c.due_at, timers.c.id, where="status = 'waiting'")
_partial("ix_timers_petition", timers.c.petition_id, where="status = 'waiting' AND petition_id IS NOT NULL")
_partial(
    "ix_timers_conversation",
    timers.c.conversation_id,
    where="status = 'waiting' AND conversation_id IS NOT NULL",
)
OF_OFFICER: Final = "status = 'waiting' AND officer_id IS NOT NULL"
"""An officer has one waiting timer of a name."""
Index(
    "uq_timers_officer",
    timers.c.officer_id,
    timers.c.what,
    unique=True,
    sqlite_where=text(OF_OFFICER),
    postgresql_where=text(OF_OFFICER),
)

ONE_LOOK: Final = "status = 'waiting' AND what = 'hotspots'"
"""An agency has one waiting look for hotspots."""
Index(
    "uq_timers_hotspots",
    timers.c.agency,
    unique=True,
    sqlite_where=text(ONE_LOOK),
    postgresql_where=text(ONE_LOOK),
)

files: Final = Table(
    "files",
    metadata,
    own_id(),
    _agency(),
    _word("channel"),
    _word("account"),
    _word("kind"),
    _sealed("platform_id_enc"),
    _sealed("name_enc", nullable=True),
    _sealed("caption_enc", nullable=True),
    _word("mime"),
    Column("size", Identifier, nullable=True),
    _of("status", FileStatus),
    _word("content_key", nullable=True),
    _word("reason", nullable=True),
    _count("attempts"),
    _moment("next_at"),
    _count("position"),
    Column("album_hash", LargeBinary, nullable=True),
    _reference("petition_id", "petitions"),
    _reference("conversation_id", "conversations"),
    _flag("draft"),
    _word("purpose", nullable=True),
    _sealed("finding_enc", nullable=True),
    _moment("created_at"),
)
_partial("ix_files_pending", files.c.next_at, files.c.id, where="status = 'pending'")
_partial("ix_files_petition", files.c.petition_id, where="petition_id IS NOT NULL")
_partial("ix_files_conversation", files.c.conversation_id, where="conversation_id IS NOT NULL")
_partial("ix_files_content", files.c.content_key, where="content_key IS NOT NULL")

outbox: Final = Table(
    "outbox",
    metadata,
    own_id(),
    _agency(),
    _reference("contact_id", "contacts", nullable=False),
    _word("channel"),
    _word("account"),
    _of("status", OutboxStatus),
    _word("audience"),
    Column("priority", Integer, nullable=False),
    _sealed("body_enc"),
    Column("petition_id", Identifier, nullable=True),
    Column("event_seq", Integer, nullable=True),
    _word("coalesce_key"),
    Column("card_petition_id", Identifier, nullable=True),
    _word("edit_of_ref"),
    _flag("legal"),
    _count("attempts"),
    _moment("next_at"),
    _moment("sending_until", nullable=True),
    _moment("created_at"),
    _moment("finished_at", nullable=True),
    _word("platform_ref"),
    _word("reason"),
    Column("superseded_by", Identifier, nullable=True),
    _moment("released_at", nullable=True),
)
_partial(
    "ix_outbox_due",
    outbox.c.channel,
    outbox.c.account,
    outbox.c.next_at,
    outbox.c.id,
    where="status = 'queued'",
)
_partial("ix_outbox_waiting", outbox.c.contact_id, outbox.c.id, where="status = 'queued'")
_partial("ix_outbox_held", outbox.c.contact_id, outbox.c.id, where="status = 'waiting'")
_partial("ix_outbox_petition", outbox.c.petition_id, outbox.c.id, where="petition_id IS NOT NULL")
Index("ix_outbox_contact", outbox.c.contact_id, outbox.c.id)

cards: Final = Table(
    "cards",
    metadata,
    own_id(),
    _agency(),
    _reference("petition_id", "petitions", nullable=False),
    _reference("contact_id", "contacts", nullable=False),
    _word("platform_ref"),
    _count("version"),
    UniqueConstraint("petition_id", "contact_id"),
)

invites: Final = Table(
    "invites",
    metadata,
    own_id(),
    _agency(),
    Column("token_hash", LargeBinary, nullable=False, unique=True),
    _word("unit"),
    _of("role", Role, nullable=True),
    _sealed("name_enc"),
    _flag("for_group"),
    _reference("officer_id", "officers"),
    _moment("created_at"),
    _moment("expires_at"),
    _moment("used_at", nullable=True),
    _reference("used_by", "contacts"),
)

throttles: Final = Table(
    "throttles",
    metadata,
    Column("agency", Word, primary_key=True),
    Column("key_hash", LargeBinary, primary_key=True),
    Column("used", Integer, nullable=False),
    _moment("until"),
    sqlite_with_rowid=False,
)
Index("ix_throttles_until", throttles.c.until)

similarities: Final = Table(
    "similarities",
    metadata,
    Column("hash", Identifier, primary_key=True, autoincrement=False),
    Column("petition_id", Identifier, ForeignKey("petitions.id"), primary_key=True, autoincrement=False),
    _agency(),
    sqlite_with_rowid=False,
)

search_words: Final = Table(
    "search_words",
    metadata,
    Column("hash", Identifier, primary_key=True, autoincrement=False),
    Column("petition_id", Identifier, ForeignKey("petitions.id"), primary_key=True, autoincrement=False),
    _agency(),
    sqlite_with_rowid=False,
)
"""Keyed hashes of the words of open petitions, for officers' search; one of them marks every petition looked at."""
Index("ix_search_words_petition", search_words.c.petition_id)

links: Final = Table(
    "links",
    metadata,
    Column("petition_id", Identifier, ForeignKey("petitions.id"), primary_key=True, autoincrement=False),
    Column("other_id", Identifier, ForeignKey("petitions.id"), primary_key=True, autoincrement=False),
    _agency(),
    sqlite_with_rowid=False,
)
"""Petitions that have to do with each other; every link stands here from both sides."""
Index("ix_links_other", links.c.other_id)

audit_roots: Final = Table(
    "audit_roots",
    metadata,
    own_id(),
    _agency(),
    _moment("at"),
    Column("petitions_count", Identifier, nullable=False),
    Column("events_count", Identifier, nullable=False),
    Column("root", LargeBinary, nullable=False),
)

grants: Final = Table(
    "grants",
    metadata,
    Column("channel", Word, primary_key=True),
    Column("account", Word, primary_key=True),
    _agency(),
    _word("state"),
    _sealed("verifier_enc", nullable=True),
    Column("state_hash", LargeBinary, nullable=True),
    _moment("state_until", nullable=True),
    _sealed("access_enc", nullable=True),
    _sealed("refresh_enc", nullable=True),
    _moment("issued_at", nullable=True),
    _moment("expires_at", nullable=True),
    _moment("refresh_until", nullable=True),
    _count("version"),
    _word("reason"),
    _moment("alarmed_at", nullable=True),
    _moment("updated_at"),
    sqlite_with_rowid=False,
)
"""What a platform grants an account, and how it is renewed. `state`: none, good, uncertain (the answer to a renewal
was lost), refused (a person must authorise again). `state_hash` guards the authorisation that is under way."""

oddities: Final = Table(
    "oddities",
    metadata,
    Column("channel", Word, primary_key=True),
    Column("account", Word, primary_key=True),
    Column("what", Word, primary_key=True),
    _agency(),
    Column("count", Identifier, nullable=False),
    _moment("first_at"),
    _moment("last_at"),
    sqlite_with_rowid=False,
)
"""What came from a platform and was refused or not understood, counted by kind; never its content."""

shared_files: Final = Table(
    "shared_files",
    metadata,
    own_id(),
    _agency(),
    Column("token_hash", LargeBinary, nullable=False, unique=True),
    _sealed("name_enc"),
    _word("mime"),
    Column("size", Identifier, nullable=False),
    _word("content_key"),
    _moment("created_at"),
    _moment("expires_at"),
    _moment("used_at", nullable=True),
)
"""Documents that a platform cannot carry, given by a link that works once."""
Index("ix_shared_files_expires", shared_files.c.expires_at)

report_entries: Final = Table(
    "report_entries",
    metadata,
    own_id(),
    _agency(),
    _word("period"),
    _word("unit"),
    _word("form"),
    _word("item"),
    Column("value", Identifier, nullable=True),
    _sealed("text_enc", nullable=True),
    Column("officer_id", Identifier, nullable=True),
    _moment("at"),
)
"""What only the office knows of a period, typed in. The last of a place counts, the others are its history."""
Index("ix_report_entries_period", report_entries.c.agency, report_entries.c.period, report_entries.c.id)

reports: Final = Table(
    "reports",
    metadata,
    own_id(),
    _agency(),
    _word("period"),
    _word("unit"),
    Column("version", Integer, nullable=False),
    _word("state"),
    Column("figures", Text, nullable=False),
    _sealed("texts_enc"),
    _word("sha256"),
    _moment("made_at"),
    Column("made_by", Identifier, nullable=True),
    _moment("sent_at", nullable=True),
    Column("sent_by", Identifier, nullable=True),
    _word("sent_to"),
    _word("sent_number"),
    UniqueConstraint("agency", "period", "unit", "version"),
)
"""Finished reports: their numbers (counts only), the texts that go with them, and how far each has come."""

report_jobs: Final = Table(
    "report_jobs",
    metadata,
    own_id(),
    _agency(),
    _word("period"),
    _word("unit"),
    _word("what"),
    Column("run", Identifier, nullable=False),
    _word("state"),
    Column("asked_by", Identifier, nullable=False),
    _moment("asked_at"),
    _moment("done_at", nullable=True),
    Column("figures", Text, nullable=True),
    _sealed("texts_enc", nullable=True),
    _word("sha256"),
    _word("content_key"),
    UniqueConstraint("agency", "period", "unit", "what"),
)
"""What is made apart from the requests: a report's numbers before it is finished, and the books of a period, which
lie in the file store for a day. `run` tells a newer one from one that was given up."""

bindings: Final = Table(
    "bindings",
    metadata,
    own_id(),
    _agency(),
    _reference("petition_id", "petitions", nullable=False),
    _reference("conversation_id", "conversations", nullable=False),
    _reference("asking_id", "contacts", nullable=False),
    _reference("asked_id", "contacts", nullable=False),
    _reference("former_id", "conversations"),
    _moment("asked_at"),
    _moment("expires_at"),
    _moment("answered_at", nullable=True),
    _flag("agreed"),
    _moment("ended_at", nullable=True),
)
"""A chat that asked to share the petitions of another one, and what the person there said."""
Index("ix_bindings_asking", bindings.c.asking_id, bindings.c.id)
Index("ix_bindings_conversation", bindings.c.conversation_id)
