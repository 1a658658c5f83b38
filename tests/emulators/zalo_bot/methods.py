"""What each method does once it is let through."""

from __future__ import annotations

from typing import Any, Final

import aiohttp

from .model import MAX_TEXT, ApiError, ChatState, Media, Stored, World, bad

ACTIONS: Final = frozenset({"typing"})
PARSE_MODES: Final = frozenset({"", "markdown", "html"})
FETCH_SECONDS: Final = 5.0


def get_me(world: World) -> dict[str, Any]:
    return {
        "id": world.token.partition(":")[0],
        "account_name": "bot.tiepdan",
        "account_type": "BASIC",
        "can_join_groups": False,
    }


def send_message(world: World, params: dict[str, Any]) -> dict[str, Any]:
    chat = _chat(world, params)
    text = _words(params, "text", least=1)
    if params.get("parse_mode", "") not in PARSE_MODES:
        raise bad("parse_mode is invalid")
    return _sent(world, chat, Stored(world.new_id(), True, text))


async def send_photo(world: World, params: dict[str, Any]) -> dict[str, Any]:
    """The platform fetches the picture by its link and keeps a copy of its own."""
    chat = _chat(world, params)
    caption = _words(params, "caption", least=0)
    data, mime = await _fetched(world, params.get("photo"))
    kept = world.add_media(data, mime, mime.removeprefix("image/"))
    return _sent(world, chat, Stored(world.new_id(), True, caption, "image", kept))


def send_sticker(world: World, params: dict[str, Any]) -> dict[str, Any]:
    chat = _chat(world, params)
    sticker = params.get("sticker")
    if not isinstance(sticker, str) or not sticker:
        raise bad("sticker is required")
    return _sent(world, chat, Stored(world.new_id(), True, "", "sticker", sticker))


def send_voice(world: World, params: dict[str, Any]) -> dict[str, Any]:
    chat = _chat(world, params)
    link = params.get("voice_url")
    if chat.kind != "PRIVATE":
        raise bad("voice is for private chats only")
    if not isinstance(link, str) or not link.startswith("http") or not link.endswith(".aac"):
        raise bad("voice_url must be a link to an .aac file")
    return _sent(world, chat, Stored(world.new_id(), True, "", "voice", link))


def send_chat_action(world: World, params: dict[str, Any]) -> bool:
    _chat(world, params)
    if params.get("action") not in ACTIONS:
        raise bad("action is not supported")
    return True


def _chat(world: World, params: dict[str, Any]) -> ChatState:
    given = params.get("chat_id")
    if not isinstance(given, str) or not given:
        raise bad("chat_id is required")
    chat = world.chats.get(given)
    if chat is None:
        raise bad("chat not found")
    if chat.blocked:
        raise ApiError(403, "Forbidden: user has blocked the bot")
    return chat


def _words(params: dict[str, Any], name: str, *, least: int) -> str:
    text = params.get(name, "")
    if not isinstance(text, str):
        raise bad(f"{name} must be a string")
    units = len(text.encode("utf-16-le", "surrogatepass")) // 2
    if not least <= units <= MAX_TEXT or (least and not text.strip()):
        raise bad(f"{name} must have {least} to {MAX_TEXT} characters")
    return text


async def _fetched(world: World, link: object) -> tuple[bytes, str]:
    if not isinstance(link, str) or not link.startswith(("http://", "https://")):
        raise bad("photo must be a url")
    own: Media | None = world.media.get(link.removeprefix(f"{world.url}/media/"))
    if own is not None:
        return own.data, own.mime
    try:
        limit = aiohttp.ClientTimeout(total=FETCH_SECONDS)
        async with aiohttp.ClientSession(timeout=limit) as session, session.get(link) as answer:
            if answer.status != 200 or not answer.content_type.startswith("image/"):
                raise bad("photo url is not a picture")
            return await answer.read(), answer.content_type
    except (aiohttp.ClientError, TimeoutError, OSError):
        raise bad("photo url cannot be fetched") from None


def _sent(world: World, chat: ChatState, stored: Stored) -> dict[str, Any]:
    world.count_sent(chat.id)
    chat.messages.append(stored)
    chat.happened()
    return {"message_id": stored.id, "date": int(world.clock.now() * 1000)}
