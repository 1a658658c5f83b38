"""One message to the platform: read from its row, its document made, an older message edited in place."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from typing import Final

from bot.channels.base import (
    Again,
    Attachment,
    Channel,
    Closed,
    Never,
    Refusal,
    SendFault,
    SendReceipt,
    Uncertain,
    Windowed,
)
from bot.dispatch import fault_place
from handlers.messages import Outgoing, OutgoingFile
from handlers.turn import outgoing_from_data
from storage.database import Unavailable
from storage.records import OutboxRow

log = logging.getLogger(__name__)

Render = Callable[[OutgoingFile], Awaitable[Attachment]]

LONGEST_SEND: Final = 60.0
"""Seconds after which a send has surely ended, one way or the other: what a new leader waits for."""
MAKING_TRIES: Final = 4
"""How often a document that cannot be made is tried; meanwhile the later messages of its chat wait."""
WINDOW_PASSED: Final = "window_passed"
"""Reason of a message that waits for the person: the platform takes no more since their last deed."""
NO_TEMPLATE: Final = "no_template"
"""As above, for a notice that no approved template could carry to this person."""


async def post(channel: Channel, row: OutboxRow, render: Render, *, place: str, now: datetime) -> SendReceipt:
    """Sends the message of `row`, or edits the one at `place` where the platform can.

    Where the time after the person's last deed has passed, the notice goes in the form that is allowed then.
    Raises Again, Uncertain, Never, ChatMoved, Stop; and Closed where the message has to wait for the person, with
    one of the reasons above.
    """
    message = _read(row)
    if _passed(channel, row, now):
        return await _outside(channel, row, message)
    try:
        return await _inside(channel, row, message, render, place)
    except Closed as fault:  # the platform counts otherwise than we do
        log.info("chat_closed", extra={"channel": channel.name, "reason": fault.reason})
        return await _outside(channel, row, message)


def _passed(channel: Channel, row: OutboxRow, now: datetime) -> bool:
    """Whether the person's last deed is too long ago for this platform, or there was none."""
    window = channel.capabilities.window
    if window is None or channel.is_group(row.chat):
        return False
    return row.seen_at is None or now - row.seen_at > window


async def _inside(
    channel: Channel, row: OutboxRow, message: Outgoing, render: Render, place: str
) -> SendReceipt:
    if place and channel.capabilities.can_edit:
        try:
            return await _edit(channel, row.chat, place, message)
        except Never as fault:
            if fault.refusal is not Refusal.EDIT_IMPOSSIBLE:
                raise
    attachment = None if message.file is None else await _document(row, message.file, render)
    halved = bool(place or message.removes)
    if message.removes:
        message = await _after_deleting(channel, row.chat, message)
    try:
        async with asyncio.timeout(LONGEST_SEND / 2 if halved else LONGEST_SEND):
            return await channel.send(row.chat, message, attachment)
    except TimeoutError as fault:
        raise Uncertain("no answer in time") from fault


async def _outside(channel: Channel, row: OutboxRow, message: Outgoing) -> SendReceipt:
    """Only a notice has a template; everything else waits."""
    if not message.notice or not isinstance(channel, Windowed):
        raise Closed(WINDOW_PASSED)
    try:
        async with asyncio.timeout(LONGEST_SEND / 2):
            return await channel.send_outside(row.chat, message, phone=row.phone)
    except TimeoutError as fault:
        raise Uncertain("no answer in time") from fault
    except Closed as fault:
        log.info("no_template", extra={"channel": channel.name, "reason": fault.reason})
        raise Closed(NO_TEMPLATE) from fault


async def _edit(channel: Channel, chat: str, place: str, message: Outgoing) -> SendReceipt:
    """An edit may be repeated, so one without an answer is only late."""
    try:
        async with asyncio.timeout(LONGEST_SEND / 2):
            return await channel.edit(chat, place, message)
    except TimeoutError as fault:
        raise Again("no answer in time") from fault


async def _after_deleting(channel: Channel, chat: str, message: Outgoing) -> Outgoing:
    """Deletes what the message removes, and lets it say honestly whether all of it is gone."""
    gone = channel.capabilities.can_delete
    if gone:
        try:
            async with asyncio.timeout(LONGEST_SEND / 2):
                gone = all([await channel.delete(chat, ref) for ref in message.removes])
        except TimeoutError as fault:  # what is gone already goes quickly at the next try
            raise Again("no answer in time") from fault
    line = message.removed if gone else message.kept
    text = f"{message.text}\n\n{line}" if line else message.text
    return replace(message, text=text, removes=(), removed="", kept="")


def _read(row: OutboxRow) -> Outgoing:
    try:
        return outgoing_from_data(row.body)
    except (TypeError, ValueError, KeyError) as fault:  # written by another version of the service
        log.critical("message_unreadable", extra={"fault": fault_place(fault)})
        raise Never("the message cannot be read", refusal=Refusal.REFUSED) from fault


async def _document(row: OutboxRow, wanted: OutgoingFile, render: Render) -> Attachment:
    try:
        return await render(wanted)
    except SendFault:
        raise
    except Unavailable as fault:
        raise Again("the database is away") from fault
    except Exception as fault:  # the edge of what makes documents: nothing was sent, whatever went wrong
        log.critical("document_not_made", extra={"fault": fault_place(fault)})
        if row.attempts + 1 < MAKING_TRIES:
            raise Again("the document cannot be made") from fault
        raise Never("the document cannot be made", refusal=Refusal.REFUSED) from fault
