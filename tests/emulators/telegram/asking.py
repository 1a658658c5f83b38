"""Methods that read or configure: getMe, files, chats, commands, menu button, typing signs."""

from __future__ import annotations

import re
from typing import Any

from .errors import bad
from .model import StoredFile
from .params import Params
from .world import ADMIN_RIGHTS, World

DOWNLOAD_LIMIT = 20 * 1024 * 1024
SCOPES = frozenset(
    [
        "default",
        "all_private_chats",
        "all_group_chats",
        "all_chat_administrators",
        "chat",
        "chat_administrators",
        "chat_member",
    ]
)
ACTIONS = frozenset(
    [
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
    ]
)


def get_me(world: World, params: Params) -> dict[str, Any]:
    rights = {"can_join_groups": True, "can_read_all_group_messages": not world.privacy_mode}
    return {
        **world.bot.api(),
        **rights,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


def get_file(world: World, params: Params) -> dict[str, Any]:
    file_id = params.text("file_id")
    if not file_id:
        raise bad("file_id not specified")
    file: StoredFile | None = world.files.get(file_id)
    if file is None:
        raise bad("wrong file_id or the file is temporarily unavailable")
    if file.size > DOWNLOAD_LIMIT:
        raise bad("file is too big")
    return {
        "file_id": file.file_id,
        "file_unique_id": file.unique_id,
        "file_size": file.size,
        "file_path": file.path,
    }


def get_chat(world: World, params: Params) -> dict[str, Any]:
    chat = world.find_chat(params)
    return {
        **chat.api(),
        "accent_color_id": 0,
        "max_reaction_count": 11,
        "accepted_gift_types": dict.fromkeys(
            ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription"), False
        ),
    }


def get_chat_member(world: World, params: Params) -> dict[str, Any]:
    chat = world.find_chat(params)
    user_id = params.integer("user_id")
    if user_id == world.bot.id:
        status, user = chat.bot_status, world.bot
    elif user_id in world.users:
        status, user = chat.members.get(user_id, "left"), world.users[user_id]
    else:
        raise bad("user not found")
    extra = dict(ADMIN_RIGHTS) if status == "administrator" else {}
    return {"user": user.api(), "status": status, **extra}


def _scope(params: Params) -> tuple[str, str]:
    scope = params.json("scope", "BotCommandScope") or {"type": "default"}
    kind = scope.get("type") if isinstance(scope, dict) else None
    if kind not in SCOPES:
        raise bad("can't parse BotCommandScope: unsupported type specified")
    language = params.text("language_code")
    if language and not re.fullmatch("[a-z]{2}", language):
        raise bad("invalid language code specified")
    return f"{kind}:{scope.get('chat_id', '')}:{scope.get('user_id', '')}", language


def set_my_commands(world: World, params: Params) -> bool:
    commands = params.json("commands", "commands")
    if not isinstance(commands, list):
        raise bad("can't parse commands: expected an Array of BotCommand")
    if len(commands) > 100:
        raise bad("BOT_COMMANDS_TOO_MUCH")
    for command in commands:
        if not re.fullmatch("[a-z0-9_]{1,32}", str(command.get("command", ""))):
            raise bad("BOT_COMMAND_INVALID")
        if not 1 <= len(str(command.get("description", ""))) <= 256:
            raise bad("BOT_COMMAND_DESCRIPTION_INVALID")
    key = _scope(params)
    world.commands[key] = [{"command": c["command"], "description": c["description"]} for c in commands]
    return True


def get_my_commands(world: World, params: Params) -> list[dict[str, str]]:
    return world.commands.get(_scope(params), [])


def delete_my_commands(world: World, params: Params) -> bool:
    world.commands.pop(_scope(params), None)
    return True


def set_chat_menu_button(world: World, params: Params) -> bool:
    button = params.json("menu_button", "MenuButton") or {"type": "default"}
    world.menu_buttons[params.integer("chat_id")] = button
    return True


def send_chat_action(world: World, params: Params) -> bool:
    if params.text("action") not in ACTIONS:
        raise bad("wrong parameter action in request")
    world.chat_to_write(params)
    return True
