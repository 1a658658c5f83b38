"""Telegram through the Bot API: long polling or webhook in, python-telegram-bot's client on aiohttp out."""

from bot.channels.telegram.channel import TelegramChannel, TelegramOptions
from bot.channels.telegram.commands import command_texts

__all__ = ["TelegramChannel", "TelegramOptions", "command_texts"]
