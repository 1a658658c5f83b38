"""How a channel gives a file to a person where its platform takes no uploads: as a link."""

from __future__ import annotations

from typing import Protocol

from bot.channels.base import Attachment


class FileSharer(Protocol):
    """Keeps a file for a while and gives out links to it."""

    async def share(self, attachment: Attachment) -> str:
        """An https link with a one-time token that opens the file. Raises Again, Never."""
