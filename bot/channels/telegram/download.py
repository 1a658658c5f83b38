"""Files that people sent: getFile, then the bytes in chunks (Telegram reference 1.8, 1.9)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Final

from telegram import Bot
from telegram.error import BadRequest, TelegramError

from bot.channels.base import Again, Never, Refusal, SendFault, Stop
from bot.channels.telegram.faults import fault_of
from bot.channels.telegram.keyboards import CAPABILITIES
from bot.channels.telegram.request import AiohttpRequest

MAY_COME_BACK: Final = "temporarily unavailable"
LIMIT: Final = CAPABILITIES.max_upload


async def stream_file(bot: Bot, request: AiohttpRequest, platform_id: str) -> AsyncIterator[bytes]:
    """The bytes of a file. Raises Again (repeat all of it), Never(REFUSED), Stop."""
    try:
        file = await bot.get_file(platform_id)
    except TelegramError as error:
        raise _fault(error) from None
    if (file.file_size or 0) > LIMIT:
        raise Never("file too big", refusal=Refusal.REFUSED)
    if not file.file_path:
        raise Again("file not ready")
    received = 0
    try:
        async with aclosing(request.stream(file.file_path)) as chunks:
            async for chunk in chunks:
                received += len(chunk)
                if received > LIMIT:
                    raise Never("file too big", refusal=Refusal.REFUSED)
                yield chunk
    except TelegramError:
        raise Again("download interrupted") from None
    if file.file_size is not None and received < file.file_size:
        raise Again("file came incomplete")


def _fault(error: TelegramError) -> SendFault:
    """Asking again does no harm here, so everything but a refusal of the file or the token is `Again`."""
    if isinstance(error, BadRequest) and MAY_COME_BACK in error.message.lower():
        return Again("file not available")
    fault = fault_of(error)
    if isinstance(fault, Stop | Again):
        return fault
    if isinstance(fault, Never):
        return Never(fault.reason, refusal=Refusal.REFUSED)
    return Again(fault.reason)
