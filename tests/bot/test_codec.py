"""What was kept of an update or of a message comes back as it was, whatever people sent or are told."""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot import codec
from handlers.messages import (
    Arrived,
    Button,
    Choice,
    Command,
    Contact,
    Content,
    Edit,
    FileKind,
    Files,
    Incoming,
    IncomingFile,
    Location,
    Membership,
    MembershipChange,
    Migrated,
    Outgoing,
    OutgoingFile,
    Takeover,
    Text,
    Unusable,
    Wish,
    Withdrawn,
)
from handlers.turn import outgoing_from_data, outgoing_to_data

ANY_TEXT = st.text(alphabet=st.characters(exclude_categories=()))
"""Also control characters and halves of surrogate pairs: they come in as JSON escapes."""
FILE = st.builds(
    IncomingFile,
    kind=st.sampled_from(FileKind),
    platform_id=ANY_TEXT,
    unique_id=ANY_TEXT,
    name=ANY_TEXT,
    mime=ANY_TEXT,
    size=st.none() | st.integers(0, 2**40),
    seconds=st.none() | st.integers(0, 10_000),
)
CONTENT: st.SearchStrategy[Content] = st.one_of(
    st.builds(Text, text=ANY_TEXT),
    st.builds(Command, name=ANY_TEXT, argument=ANY_TEXT),
    st.builds(Choice, token=ANY_TEXT, message_ref=ANY_TEXT, callback_id=ANY_TEXT),
    st.builds(Files, files=st.lists(FILE, max_size=4).map(tuple), caption=ANY_TEXT, album=ANY_TEXT),
    st.builds(Location, latitude=st.floats(-90, 90), longitude=st.floats(-180, 180)),
    st.builds(Contact, phone=ANY_TEXT, name=ANY_TEXT, own=st.booleans()),
    st.builds(Edit, text=ANY_TEXT),
    st.builds(Membership, change=st.sampled_from(MembershipChange), title=ANY_TEXT),
    st.builds(Migrated, new_chat=ANY_TEXT),
    st.builds(Unusable, what=ANY_TEXT, emoji=ANY_TEXT),
    st.builds(Takeover, token=ANY_TEXT),
    st.builds(Arrived),
    st.builds(Withdrawn),
)
INCOMING = st.builds(
    Incoming,
    channel=ANY_TEXT,
    account=ANY_TEXT,
    update_id=ANY_TEXT,
    chat=ANY_TEXT,
    person=ANY_TEXT,
    content=CONTENT,
    at=st.datetimes(timezones=st.just(UTC)),
    is_group=st.booleans(),
    language=ANY_TEXT,
    message_ref=ANY_TEXT,
    reply_to=ANY_TEXT,
    forwarded=st.booleans(),
    replayed=st.booleans(),
)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(INCOMING)
def test_every_update_comes_back_as_it_was(incoming: Incoming) -> None:
    raw = codec.dump(incoming)
    assert codec.load(raw) == incoming
    assert type(codec.load(raw).content) is type(incoming.content)


@pytest.mark.parametrize("raw", [b"", b"[]", b"{}", b'{"content_kind": "Nothing"}', b"\xff\x00"])
def test_what_is_none_of_ours_is_not_read(raw: bytes) -> None:
    with pytest.raises((KeyError, ValueError, TypeError, AttributeError)):
        codec.load(raw)


def test_times_keep_their_zone() -> None:
    incoming = Incoming(
        channel="web", account="web", update_id="1", chat="c", person="p", content=Text(text="chào"),
        at=datetime(2026, 11, 23, 2, 0, 0, 123456, tzinfo=UTC),
    )  # fmt: skip
    assert codec.load(codec.dump(incoming)).at.utcoffset() == incoming.at.utcoffset()
    assert json.loads(codec.dump(incoming))["at"] == "2026-11-23T02:00:00.123456+00:00"


TOKEN = st.text(alphabet="abc.0-9_", min_size=1, max_size=64)
BUTTON = st.builds(Button, label=ANY_TEXT, token=TOKEN, style=st.sampled_from(["", "primary"])) | st.builds(
    Button, label=ANY_TEXT, url=ANY_TEXT.filter(bool)
)
OUTGOING_FIELDS: dict[str, st.SearchStrategy[object]] = {
    "text": ANY_TEXT,
    "title": ANY_TEXT,
    "rows": st.lists(st.lists(BUTTON, max_size=3).map(tuple), max_size=3).map(tuple),
    "wishes": st.lists(st.sampled_from(Wish), max_size=2).map(tuple),
    "monospace": st.lists(ANY_TEXT, max_size=2).map(tuple),
    "file": st.none()
    | st.builds(
        OutgoingFile, render=ANY_TEXT, petition_id=st.integers(0, 2**62), name=ANY_TEXT, secret=ANY_TEXT
    ),
    "reply_to": ANY_TEXT,
    "protect": st.booleans(),
    "quiet": st.booleans(),
    "fresh": st.booleans(),
    "language": ANY_TEXT,
    "removes": st.lists(ANY_TEXT, max_size=3).map(tuple),
    "removed": ANY_TEXT,
    "kept": ANY_TEXT,
    "notice": ANY_TEXT,
    "facts": st.dictionaries(ANY_TEXT, ANY_TEXT, max_size=3),
}


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.builds(Outgoing, **OUTGOING_FIELDS))
def test_every_message_comes_back_as_it_was(message: Outgoing) -> None:
    data = outgoing_to_data(message)
    assert outgoing_from_data(data) == message, "as it is handed to delivery"
    assert outgoing_from_data(json.loads(json.dumps(data))) == message, "as it is read from the outbox"


def test_no_field_of_a_message_is_forgotten() -> None:
    assert set(OUTGOING_FIELDS) == {field.name for field in fields(Outgoing)}
