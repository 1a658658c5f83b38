"""Proof that history was not rewritten: every petition's chain is walked, its first broken link named."""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum, unique
from itertools import groupby
from typing import Any, Final

from sqlalchemy import BigInteger, Connection, Row, String, bindparam, func, select, type_coerce

from storage import chain
from storage.events import CHANGES, FINGERPRINT, REPLAYED, REPLAYED_WORDS
from storage.keys import CannotOpen, Vault
from storage.schema import events, petitions, register_entries, registers

_PAGE: Final = 200

_PETITIONS: Final = (
    select(
        petitions.c.id,
        petitions.c.events_count,
        petitions.c.events_head,
        petitions.c.content_enc,
        petitions.c.officer_id,
        petitions.c.merged_into,
        petitions.c.members,
        petitions.c.register_year,
        petitions.c.register_no,
        *(type_coerce(petitions.c[name], String).label(name) for name in REPLAYED_WORDS),
    )
    .where(petitions.c.agency == bindparam("agency"), petitions.c.id > bindparam("after"))
    .order_by(petitions.c.id)
    .limit(_PAGE)
)
# Plain types: a tampered word or time must come out as it is, not fail to be read.
_EVENTS: Final = (
    select(
        events.c.id,
        events.c.petition_id,
        events.c.seq,
        type_coerce(events.c.type, String).label("type"),
        type_coerce(events.c.actor_kind, String).label("actor_kind"),
        events.c.officer_id,
        type_coerce(events.c.at, BigInteger).label("at"),
        events.c.salt_enc,
        events.c.content_enc,
        events.c.commitment,
        events.c.link,
    )
    .where(events.c.petition_id >= bindparam("first"), events.c.petition_id <= bindparam("last"))
    .where(events.c.agency == bindparam("agency"))
    .order_by(events.c.petition_id, events.c.seq)
)
_BOOKS: Final = (
    select(
        registers.c.book,
        registers.c.year,
        registers.c.last_no,
        func.count(register_entries.c.number).label("entries"),
        func.max(register_entries.c.number).label("highest"),
    )
    .outerjoin(
        register_entries,
        (register_entries.c.agency == registers.c.agency)
        & (register_entries.c.book == registers.c.book)
        & (register_entries.c.year == registers.c.year),
    )
    .where(registers.c.agency == bindparam("agency"))
    .group_by(registers.c.book, registers.c.year, registers.c.last_no)
    .order_by(registers.c.year, registers.c.book)
)

_GONE: Final = (
    select(
        register_entries.c.petition_id,
        register_entries.c.book,
        register_entries.c.year,
        register_entries.c.number,
    )
    .outerjoin(petitions, petitions.c.id == register_entries.c.petition_id)
    .where(register_entries.c.agency == bindparam("agency"), petitions.c.id.is_(None))
    .order_by(register_entries.c.year, register_entries.c.book, register_entries.c.number)
)
"""Lines of the books whose petition was taken out past the foreign keys."""


@unique
class Fault(StrEnum):
    """What is wrong with a chain."""

    ALTERED = "altered"
    """An event says something else than it did."""
    MISSING = "missing"
    """An event in the middle is gone."""
    REORDERED = "reordered"
    """An event stands in another place than it did."""
    TRUNCATED = "truncated"
    """The last events are gone."""
    HEAD = "head"
    """The petition's own record of its chain does not fit the chain."""
    ROW = "row"
    """The petition itself says something else than its history made of it."""
    GONE = "gone"
    """The register has a line for it, and there is no such petition any more."""
    REGISTER = "register"
    """A register book has a gap or a line too many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """The first broken link of a petition; `seq` 0 where it is not an event.

    For a register book `code` is the book and its year, for a petition that is gone its line there.
    """

    petition_id: int
    code: str
    seq: int
    fault: Fault


def verify(connection: Connection, vault: Vault, agency: str) -> Iterator[Broken]:
    """Walks all petitions of an agency, a few hundred in memory at a time. Gives nothing when all is well."""
    after = 0
    while page := connection.execute(_PETITIONS, {"agency": agency, "after": after}).all():
        after = page[-1].id
        rows = connection.execute(_EVENTS, {"agency": agency, "first": page[0].id, "last": after}).all()
        histories = {key: list(group) for key, group in groupby(rows, key=lambda row: row.petition_id)}
        for petition in page:
            broken = _first_broken(petition, histories.get(petition.id, []), vault)
            if broken is not None:
                seq, fault = broken
                yield Broken(petition_id=petition.id, code=petition.code, seq=seq, fault=fault)
    for line in connection.execute(_GONE, {"agency": agency}):
        code = f"{line.book}/{line.year}/{line.number}"
        yield Broken(petition_id=line.petition_id, code=code, seq=0, fault=Fault.GONE)
    yield from _broken_books(connection, agency)


def _first_broken(petition: Row[Any], history: list[Row[Any]], vault: Vault) -> tuple[int, Fault] | None:
    head = chain.START
    contents: list[dict[str, Any]] = []
    for place, event in enumerate(history, start=1):
        if event.seq != place:
            return place, Fault.MISSING
        if not hmac.compare_digest(chain.link(vault.chain_key, head, _facts(event, place)), event.link):
            return place, _moved_or_altered(history, place, vault)
        content = _authentic_content(event, vault)
        if content is None:
            return place, Fault.ALTERED
        contents.append(content)
        head = chain.head(vault.chain_key, petition.id, place, event.link)
    if not history or len(history) < petition.events_count:
        return len(history) + 1, Fault.TRUNCATED
    if len(history) != petition.events_count or not hmac.compare_digest(head, petition.events_head):
        return petition.events_count, Fault.HEAD
    return None if _row_fits(petition, contents, vault) else (0, Fault.ROW)


def _facts(event: Row[Any], seq: int) -> chain.LinkFacts:
    return chain.LinkFacts(
        petition_id=event.petition_id,
        seq=seq,
        action=event.type,
        actor_kind=event.actor_kind,
        officer_id=event.officer_id,
        at=event.at,
        commitment=event.commitment,
    )


def _moved_or_altered(history: list[Row[Any]], place: int, vault: Vault) -> Fault:
    """An event that was put elsewhere still has its own link, which fits one other place of the chain."""
    event = history[place - 1]
    for seq in range(1, len(history) + 1):
        heads = (
            [chain.START]
            if seq == 1
            else [chain.head(vault.chain_key, event.petition_id, seq - 1, other.link) for other in history]
        )
        facts = _facts(event, seq)
        if any(hmac.compare_digest(chain.link(vault.chain_key, head, facts), event.link) for head in heads):
            return Fault.REORDERED
    return Fault.ALTERED


def _authentic_content(event: Row[Any], vault: Vault) -> dict[str, Any] | None:
    """What the event says in secret, if it is what the chain was committed to."""
    try:
        salt = vault.open(event.salt_enc, table="events", column="salt_enc", row=event.id)
        plain = vault.open(event.content_enc, table="events", column="content_enc", row=event.id)
    except CannotOpen:
        return None
    if not hmac.compare_digest(chain.commitment(salt, plain), event.commitment):
        return None
    content: dict[str, Any] = json.loads(plain)
    return content


def _row_fits(petition: Row[Any], contents: list[dict[str, Any]], vault: Vault) -> bool:
    """Whether the petition's row is what its history made of it."""
    expected: dict[str, Any] = {}
    for content in contents:
        expected |= content.get(CHANGES, {})
    if any(getattr(petition, name) != value for name, value in expected.items() if name in REPLAYED):
        return False
    try:
        plain = vault.open(petition.content_enc, table="petitions", column="content_enc", row=petition.id)
    except CannotOpen:
        return False
    return bool(contents[0].get(FINGERPRINT) == vault.fingerprint("petition", plain).hex())


def _broken_books(connection: Connection, agency: str) -> Iterator[Broken]:
    for book in connection.execute(_BOOKS, {"agency": agency}):
        if not book.last_no == book.entries == (book.highest or 0):
            name = f"{book.book}/{book.year}"
            yield Broken(petition_id=0, code=name, seq=0, fault=Fault.REGISTER)
