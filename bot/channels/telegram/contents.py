"""Kinds of Telegram messages: which hold a file, which cannot be used, which are notes of the platform."""

from __future__ import annotations

from typing import Final

from telegram import Audio, Message, Video, VideoNote, Voice

from handlers.messages import FileKind, IncomingFile, Unusable

UNUSABLE: Final = (
    "sticker", "animation", "poll", "dice", "game", "story", "invoice", "paid_media", "checklist",
    "giveaway", "giveaway_winners",
)  # fmt: skip
"""Kinds a petition cannot use; the first that a message has names it."""
SERVICE: Final = (
    "new_chat_members", "left_chat_member", "new_chat_title", "new_chat_photo", "delete_chat_photo",
    "group_chat_created", "supergroup_chat_created", "channel_chat_created",
    "message_auto_delete_timer_changed", "migrate_from_chat_id", "pinned_message",
    "successful_payment", "refunded_payment", "users_shared", "chat_shared", "gift", "unique_gift",
    "connected_website", "write_access_allowed", "passport_data", "proximity_alert_triggered",
    "boost_added", "chat_background_set", "checklist_tasks_done", "checklist_tasks_added",
    "direct_message_price_changed", "forum_topic_created", "forum_topic_edited",
    "forum_topic_closed", "forum_topic_reopened", "general_forum_topic_hidden",
    "general_forum_topic_unhidden", "giveaway_created", "giveaway_completed",
    "paid_message_price_changed", "video_chat_scheduled", "video_chat_started", "video_chat_ended",
    "video_chat_participants_invited", "web_app_data",
)  # fmt: skip
"""Notes of the platform about the chat; nobody said anything."""


def unusable_of(message: Message) -> Unusable | None:
    """The kind of a message that cannot be used, None for every other."""
    for what in UNUSABLE:
        if getattr(message, what, None):
            emoji = message.sticker.emoji if what == "sticker" and message.sticker is not None else None
            return Unusable(what=what, emoji=emoji or "")
    return None


def is_service(message: Message) -> bool:
    return any(getattr(message, name, None) for name in SERVICE)


def file_of(message: Message) -> IncomingFile | None:
    """The file in a message; of a photo the largest size (Telegram reference 1.9)."""
    if message.photo:
        photo = max(message.photo, key=lambda size: (size.width * size.height, size.file_size or 0))
        return IncomingFile(
            kind=FileKind.PHOTO,
            platform_id=photo.file_id,
            unique_id=photo.file_unique_id,
            mime="image/jpeg",
            size=photo.file_size,
        )
    if (document := message.document) is not None:
        return IncomingFile(
            kind=FileKind.DOCUMENT,
            platform_id=document.file_id,
            unique_id=document.file_unique_id,
            name=document.file_name or "",
            mime=document.mime_type or "",
            size=document.file_size,
        )
    return _recording(message)


def _recording(message: Message) -> IncomingFile | None:
    if (voice := message.voice) is not None:
        return IncomingFile(
            kind=FileKind.VOICE,
            platform_id=voice.file_id,
            unique_id=voice.file_unique_id,
            mime=voice.mime_type or "audio/ogg",
            size=voice.file_size,
            seconds=_seconds(voice),
        )
    if (note := message.video_note) is not None:
        return IncomingFile(
            kind=FileKind.VIDEO,
            platform_id=note.file_id,
            unique_id=note.file_unique_id,
            mime="video/mp4",
            size=note.file_size,
            seconds=_seconds(note),
        )
    for kind, media in ((FileKind.VIDEO, message.video), (FileKind.AUDIO, message.audio)):
        if media is not None:
            return IncomingFile(
                kind=kind,
                platform_id=media.file_id,
                unique_id=media.file_unique_id,
                name=media.file_name or "",
                mime=media.mime_type or "",
                size=media.file_size,
                seconds=_seconds(media),
            )
    return None


def _seconds(media: Voice | VideoNote | Video | Audio) -> int | None:
    """Not the attribute: that warns until PTB's next major version, where it becomes a timedelta."""
    duration = media.to_dict().get("duration")
    return int(duration) if isinstance(duration, int | float) else None
