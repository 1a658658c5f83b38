"""Values for the casebook's tests; each names only what its test is about."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

from petitions.kinds import ActorKind, Kind, Severity, Stage
from storage.casebook import Casebook
from storage.records import (
    ActorRef,
    ContactRecord,
    Filing,
    NewFile,
    NewOutbox,
    OpenTurn,
    PetitionContent,
    PetitionRecord,
)
from tests.hand_clock import MORNING

CITIZEN = ActorRef(kind=ActorKind.CITIZEN)

NASTY = [
    "Nguye\u0302\u0303n Thi\u0323 Be\u0301",  # NFD
    "\0\x01\x1b\x7f\ufffe",
    "zero\u200bwidth\u200f\u202e",
    "Robert'); DROP TABLE petitions;--",
    "<script>alert('x')</script>&amp;",
    "\ud800 lone surrogate",
    "👨‍👩‍👧‍👦 🇻🇳",
    "x" * 70_000,
    "%s {0} ${x} \\n",
]
"""Words as they come from outside, cleaned or not: each must come back letter for letter."""


def a_filing(**given: Any) -> Filing:
    filing = Filing(
        kind=Kind.FEEDBACK,
        unit="thanh_tra",
        content=PetitionContent(story=("Đèn đường hỏng đã một tháng.",)),
        actor=CITIZEN,
        first_message_at=MORNING,
        channel="web",
    )
    return replace(filing, **given)


_NOTHING: dict[str, Any] = {"int": 0, "bool": False, "str": "", "bytes": b""}


def a_petition(**given: Any) -> PetitionRecord:
    """A petition as it stands right after it was filed; columns no test names are empty."""
    values = {field.name: _NOTHING.get(str(field.type)) for field in fields(PetitionRecord)}
    values |= {
        "id": 1,
        "agency": "svhttdl_ha_nam",
        "code": "QE9V6YGFJP9E",
        "kind": Kind.FEEDBACK,
        "unit": "thanh_tra",
        "stage": Stage.RECEIVED,
        "severity": Severity.NORMAL,
        "language": "vi",
        "channel": "web",
        "first_message_at": MORNING,
        "filed_at": MORNING,
        "register_book": "phan_anh",
        "register_year": 2026,
        "register_no": 1,
        "conversation_id": 1,
        "contact_id": 1,
        "instance": 1,
        "version": 1,
        "events_count": 1,
        "updated_at": MORNING,
    }
    return PetitionRecord(**values | given)


def a_turn(book: Casebook, chat: str = "chat-1", **given: Any) -> OpenTurn:
    return book.open_turn(channel="web", account="web", chat=chat, **given)


def a_message(contact: ContactRecord, text: str = "Xin chào", **given: Any) -> NewOutbox:
    return NewOutbox(
        contact_id=contact.id, channel=contact.channel, account=contact.account, body={"text": text}, **given
    )


def a_file(**given: Any) -> NewFile:
    return replace(NewFile(channel="web", account="web", kind="photo", platform_id="p-1"), **given)
