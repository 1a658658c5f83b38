"""The Zalo Bot Platform: polling or webhook in, plain text with numbered choices out."""

from bot.channels.zalo_bot.channel import ZaloBotChannel, ZaloBotOptions
from bot.channels.zalo_bot.polling import Pacing
from bot.channels.zalo_bot.sender import file_texts

__all__ = ["Pacing", "ZaloBotChannel", "ZaloBotOptions", "file_texts"]
