"""Methods that make messages. Checks run in the server's order: request, chat, reply, length (1.7)."""

from __future__ import annotations

from typing import Any

from .entities import Entity, parse, shows_something, tidy, units
from .errors import bad
from .markup import check_for_chat, read_markup
from .model import ChatState, StoredFile, StoredMessage
from .params import Params, Upload
from .world import World

MAX_TEXT = 4096
MAX_CAPTION = 1024
MAX_RAW = 32 * 1024
PHOTO_LIMIT = 10 * 1024 * 1024
UPLOAD_LIMIT = 50 * 1024 * 1024
TYPES = {"photo": "photo", "document": "document", "video": "video", "audio": "audio"}


def formatted(params: Params, name: str, prefix: str = "") -> tuple[str, list[Entity]]:
    """Text (or caption) of the request, parsed and cleaned."""
    raw = params.text(name)
    if len(raw.encode("utf-8", "replace")) > MAX_RAW:
        raise bad("text is too long")
    mode = params.text("parse_mode")
    if not mode and (given := params.json(f"{prefix}entities", "entities")):
        return tidy(raw, list(given))
    return parse(raw, mode)


def required_text(params: Params) -> tuple[str, list[Entity]]:
    if not params.text("text"):
        raise bad("message text is empty")
    text, entities = formatted(params, "text")
    if not shows_something(text):
        raise bad("text must be non-empty")
    return text, entities


def reply_target(world: World, chat: ChatState, params: Params) -> StoredMessage | None:
    wanted = params.json("reply_parameters", "reply parameters")
    if isinstance(wanted, dict):
        message_id, lenient = (
            int(wanted.get("message_id") or 0),
            bool(wanted.get("allow_sending_without_reply")),
        )
    else:
        message_id, lenient = (
            params.integer("reply_to_message_id"),
            params.flag("allow_sending_without_reply"),
        )
    if not message_id:
        return None
    message = chat.messages.get(message_id)
    if message is None or message.deleted:
        if lenient:
            return None
        raise bad("message to be replied not found")
    return message


def send_message(world: World, params: Params) -> dict[str, Any]:
    text, entities = required_text(params)
    markup = read_markup(params)
    chat = world.chat_to_write(params)
    check_for_chat(markup, chat)
    reply = reply_target(world, chat, params)
    if units(text) > MAX_TEXT:
        raise bad("message is too long")
    fields: dict[str, Any] = {"text": text}
    if entities:
        fields["entities"] = entities
    return world.post_by_bot(chat, fields, params, markup, reply).api


def send_document(world: World, params: Params) -> dict[str, Any]:
    return _send_file(world, params, "document", UPLOAD_LIMIT)


def send_photo(world: World, params: Params) -> dict[str, Any]:
    return _send_file(world, params, "photo", PHOTO_LIMIT)


def _send_file(world: World, params: Params, kind: str, limit: int) -> dict[str, Any]:
    caption, entities = formatted(params, "caption", "caption_")
    markup = read_markup(params)
    source = _source(world, params, params.values.get(kind), kind)
    chat = world.chat_to_write(params)
    check_for_chat(markup, chat)
    reply = reply_target(world, chat, params)
    if units(caption) > MAX_CAPTION:
        raise bad("message caption is too long")
    file = _stored(world, source, kind, limit)
    fields = {**file_fields(world, kind, file), **_caption(caption, entities)}
    return world.post_by_bot(chat, fields, params, markup, reply, file).api


def send_media_group(world: World, params: Params) -> list[dict[str, Any]]:
    media = params.json("media", "media")
    if not isinstance(media, list) or not 2 <= len(media) <= 10:
        raise bad("there must be 2-10 items in the media group" if media else "message must contain media")
    kinds = {str(item.get("type")) for item in media}
    if ("document" in kinds or "audio" in kinds) and len(kinds) > 1:
        raise bad("document can't be mixed with other media types")
    if params.has("reply_markup"):
        raise bad("reply markup can't be used in media groups")
    prepared = []
    for item in media:
        kind = TYPES.get(str(item.get("type")), "document")
        caption, entities = parse(str(item.get("caption", "")), item.get("parse_mode"))
        prepared.append((kind, _source(world, params, item.get("media"), kind), caption, entities))
    chat = world.chat_to_write(params)
    reply = reply_target(world, chat, params)
    if any(units(caption) > MAX_CAPTION for _, _, caption, _ in prepared):
        raise bad("message caption is too long")
    group = {"media_group_id": str(world.random.getrandbits(53))}
    sent = []
    for kind, source, caption, entities in prepared:
        file = _stored(world, source, kind, UPLOAD_LIMIT)
        fields = {**group, **file_fields(world, kind, file), **_caption(caption, entities)}
        sent.append(world.post_by_bot(chat, fields, params, None, reply, file).api)
    return sent


def _caption(caption: str, entities: list[Entity]) -> dict[str, Any]:
    fields: dict[str, Any] = {"caption": caption} if caption else {}
    if entities:
        fields["caption_entities"] = entities
    return fields


def _source(world: World, params: Params, value: Any, kind: str) -> Upload | StoredFile:
    """The upload or known file meant by a parameter or media item."""
    if isinstance(value, str) and value.startswith("attach://"):
        upload = params.uploads.get(value.removeprefix("attach://"))
        if upload is None:
            raise bad("wrong file identifier/HTTP URL specified")
        return upload
    if isinstance(value, str) and value:
        if value.startswith(("http://", "https://")):
            raise bad("failed to get HTTP URL content")
        if value not in world.files:
            raise bad("wrong file identifier/HTTP URL specified")
        return world.files[value]
    if kind in params.uploads:
        return params.uploads[kind]
    raise bad(f"there is no {kind} in the request")


def _stored(world: World, source: Upload | StoredFile, kind: str, limit: int) -> StoredFile:
    if isinstance(source, StoredFile):
        return source
    if not source.data:
        raise bad("file must be non-empty")
    if len(source.data) > limit:
        raise bad("file is too big")
    return world.add_file(kind, source.data, name=source.name, mime=source.mime)


def file_fields(world: World, kind: str, file: StoredFile, **extra: Any) -> dict[str, Any]:
    """The part of a message that describes its file; photos come in sizes, the largest last."""
    base = {"file_id": file.file_id, "file_unique_id": file.unique_id, "file_size": file.size}
    if kind == "photo":
        small = world.add_file("photo", file.data[:1500])
        middle = world.add_file("photo", file.data[:9000])
        sizes = [
            {
                "file_id": part.file_id,
                "file_unique_id": part.unique_id,
                "file_size": part.size,
                "width": w,
                "height": h,
            }
            for part, w, h in ((small, 90, 60), (middle, 320, 213))
        ]
        return {"photo": [*sizes, {**base, "width": 1280, "height": 853}]}
    if file.name:
        base["file_name"] = file.name
    if file.mime:
        base["mime_type"] = file.mime
    return {kind: {**base, **extra}}
