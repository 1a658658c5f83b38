"""What a phone shows: the bot's messages after edits and deletions, their buttons, a chat's transcript."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from .model import ChatState, StoredFile, StoredMessage


@dataclass(frozen=True, slots=True)
class ShownButton:
    label: str
    data: str = ""
    url: str = ""
    style: str = ""


class Shown:
    """One message as it stands in the chat now (it follows later edits)."""

    def __init__(self, chat: ChatState, stored: StoredMessage) -> None:
        self.chat = chat
        self.stored = stored

    @property
    def id(self) -> int:
        return self.stored.id

    @property
    def text(self) -> str:
        return self.stored.text

    @property
    def entities(self) -> list[dict[str, Any]]:
        return list(self.stored.api.get("entities") or self.stored.api.get("caption_entities") or [])

    def parts(self, kind: str) -> list[str]:
        """The pieces of the text shown as `kind` (`code`, `bold` …)."""
        units = self.text.encode("utf-16-le")
        return [
            units[2 * e["offset"] : 2 * (e["offset"] + e["length"])].decode("utf-16-le")
            for e in self.entities
            if e["type"] == kind
        ]

    @property
    def rows(self) -> list[list[ShownButton]]:
        keyboard = (self.stored.api.get("reply_markup") or {}).get("inline_keyboard", [])
        return [
            [
                ShownButton(b["text"], b.get("callback_data", ""), b.get("url", ""), b.get("style", ""))
                for b in row
            ]
            for row in keyboard
        ]

    @property
    def buttons(self) -> list[ShownButton]:
        return [button for row in self.rows for button in row]

    @property
    def labels(self) -> list[str]:
        return [button.label for button in self.buttons]

    @property
    def keyboard(self) -> list[str]:
        """Labels of the reply keyboard it came with."""
        return [b["text"] for row in (self.stored.markup or {}).get("keyboard", []) for b in row]

    @property
    def removes_keyboard(self) -> bool:
        return bool((self.stored.markup or {}).get("remove_keyboard"))

    @property
    def by_bot(self) -> bool:
        return self.stored.by_bot

    @property
    def edited(self) -> bool:
        return "edit_date" in self.stored.api

    @property
    def deleted(self) -> bool:
        return self.stored.deleted

    @property
    def protected(self) -> bool:
        return bool(self.stored.api.get("has_protected_content"))

    @property
    def silent(self) -> bool:
        return self.stored.silent

    @property
    def file(self) -> StoredFile | None:
        return self.stored.file

    @property
    def reply_to(self) -> int | None:
        return (self.stored.api.get("reply_to_message") or {}).get("message_id")

    def find(self, wanted: str) -> ShownButton | None:
        """The button with this data or label; else the first whose label contains it, case aside."""
        for button in self.buttons:
            if wanted in (button.data, button.label):
                return button
        folded = wanted.casefold()
        return next((b for b in self.buttons if folded and folded in b.label.casefold()), None)

    def line(self) -> str:
        who = "BOT" if self.by_bot else str(self.stored.api["from"].get("first_name", "?"))
        what = self.text or _kind(self.stored.api)
        file = f" [{self.file.name or self.file.path}]" if self.file else ""
        buttons = "".join(f"\n      [{' | '.join(b.label for b in row)}]" for row in self.rows)
        keyboard = f"\n      ⌨ {' | '.join(self.keyboard)}" if self.keyboard else ""
        return f"{who}: {what}{file}{' (edited)' if self.edited else ''}{buttons}{keyboard}"

    def __repr__(self) -> str:
        return f"<{self.id} {self.line()}>"


def _kind(api: dict[str, Any]) -> str:
    known = [
        "photo",
        "document",
        "voice",
        "video",
        "video_note",
        "audio",
        "sticker",
        "location",
        "contact",
        "poll",
        "dice",
        "animation",
        "migrate_to_chat_id",
        "migrate_from_chat_id",
        "new_chat_members",
    ]
    return next((f"<{name}>" for name in known if name in api), "<service>")


def transcript(chat: ChatState) -> list[Shown]:
    """Every message that is still to be seen, oldest first."""
    return [Shown(chat, stored) for stored in chat.messages.values() if not stored.deleted]


def newest_first(chat: ChatState) -> Iterator[Shown]:
    for message_id in reversed(chat.messages):
        stored = chat.messages[message_id]
        if not stored.deleted:
            yield Shown(chat, stored)
