"""What was said is left out after all."""

from __future__ import annotations

from handlers.citizens.chat import Chat


def drop(chat: Chat) -> None:
    """None of it: forget what was said."""
    ask = chat.me.ask
    if ask is not None and ask.file_ids:
        chat.turn.book.forget_files(ask.file_ids)
    chat.close()
    chat.say("citizen.dropped")
