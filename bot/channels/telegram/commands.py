"""The menu of slash commands, per language and kind of chat (Telegram reference 1.13)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from telegram import Bot, BotCommand, BotCommandScopeAllGroupChats, BotCommandScopeAllPrivateChats

from handlers.texts import Catalogue

PRIVATE: Final = ("start", "status", "mine", "channels", "news", "help", "language")
"""What citizens see; officers learn theirs when they are linked, and find them in their group's menu."""
GROUP: Final = ("inbox", "case", "find", "link", "help")
TextsByLanguage = Mapping[str, Mapping[str, str]]
"""Language → key of the area `commands` → text; the first language is everybody's default."""


def command_texts(catalogue: Catalogue) -> TextsByLanguage:
    """The area `commands` of every language, the default language first."""
    return catalogue.area("commands")


async def register_commands(bot: Bot, texts_by_language: TextsByLanguage) -> int:
    """Set the menus that differ from what is set; returns how many calls that took. Raises TelegramError."""
    changed = 0
    for number, (language, texts) in enumerate(texts_by_language.items()):
        code = "" if number == 0 else language
        for scope, names in (
            (BotCommandScopeAllPrivateChats(), PRIVATE),
            (BotCommandScopeAllGroupChats(), GROUP),
        ):
            wanted = [BotCommand(name, texts[name][:256]) for name in names if texts.get(name)]
            known = await bot.get_my_commands(scope=scope, language_code=code or None)
            if [(c.command, c.description) for c in known] == [(c.command, c.description) for c in wanted]:
                continue
            await bot.set_my_commands(wanted, scope=scope, language_code=code or None)
            changed += 1
    return changed
