"""The state of the emulated Telegram and the few ways it changes."""

from __future__ import annotations

import random
from typing import Any

from .clock import SimClock
from .errors import bad, forbidden
from .model import ChatState, PressedButton, StoredFile, StoredMessage, User
from .params import Params
from .updates import UpdateQueue

CALLBACK_LIFETIME = 150.0


class World:
    def __init__(
        self, *, token: str, clock: SimClock, seed: int, username: str, first_update_id: int
    ) -> None:
        self.token = token
        self.clock = clock
        self.random = random.Random(seed)
        self.bot = User(int(token.split(":")[0]), "Tiếp Dân", username=username, is_bot=True)
        self.token_revoked = False
        self.chats: dict[int, ChatState] = {}
        self.users: dict[int, User] = {}
        self.files: dict[str, StoredFile] = {}
        self.paths: dict[str, StoredFile] = {}
        self.callbacks: dict[str, PressedButton] = {}
        self.commands: dict[tuple[str, str], list[dict[str, str]]] = {}
        self.menu_buttons: dict[int, dict[str, Any]] = {}
        self.privacy_mode = True
        self.updates = UpdateQueue(clock, self.random, first_id=first_update_id)
        self._last_shared_id = 0
        self._numbers = 0

    def number(self) -> int:
        """A fresh number for ids whose value means nothing."""
        self._numbers += 1
        return self._numbers

    def new_message_id(self, chat: ChatState) -> int:
        """Supergroups count for themselves; private chats and basic groups share one sequence (1.8)."""
        if chat.type in ("supergroup", "channel"):
            chat.last_own_id += 1
            return chat.last_own_id
        self._last_shared_id += 1
        return self._last_shared_id

    def add_file(
        self, kind: str, data: bytes, *, name: str = "", mime: str = "", size: int | None = None
    ) -> StoredFile:
        number = self.number()
        prefix = {"photo": "AgACAgUAAxk", "voice": "AwACAgUAAxk"}.get(kind, "BQACAgUAAxk")
        extension = (
            name.rpartition(".")[2] if "." in name else {"photo": "jpg", "voice": "oga"}.get(kind, "bin")
        )
        file = StoredFile(
            file_id=f"{prefix}{self.bot.id:x}{number:08x}",
            unique_id=f"AgAD{number:08x}",
            path=f"{kind}s/file_{number}.{extension}",
            data=data,
            size=len(data) if size is None else size,
            name=name,
            mime=mime,
        )
        self.files[file.file_id] = file
        self.paths[file.path] = file
        return file

    def find_chat(self, params: Params) -> ChatState:
        """The chat named by `chat_id`, whoever may write there. Raises the server's texts."""
        given = params.text("chat_id").strip()
        if not given:
            raise bad("chat_id is empty")
        try:
            chat = self.chats.get(int(given))
        except ValueError:
            chat = None
        if chat is None:
            raise bad("chat not found")
        return chat

    def chat_to_write(self, params: Params) -> ChatState:
        """The chat named by `chat_id` if the bot may write there; else the 400s and 403s of reference 1.7."""
        chat = self.find_chat(params)
        if chat.migrated_to is not None:
            raise bad(
                "group chat was upgraded to a supergroup chat", {"migrate_to_chat_id": chat.migrated_to}
            )
        if chat.type == "private":
            if chat.deactivated:
                raise forbidden("user is deactivated")
            if chat.blocked:
                raise forbidden("bot was blocked by the user")
            if not chat.started:
                raise forbidden("bot can't initiate conversation with a user")
            return chat
        if chat.deleted:
            raise forbidden("the group chat was deleted")
        if chat.bot_status == "kicked":
            raise forbidden(f"bot was kicked from the {chat.type} chat")
        if chat.bot_status == "left":
            raise forbidden(f"bot is not a member of the {chat.type} chat")
        return chat

    def post(
        self, chat: ChatState, fields: dict[str, Any], *, sender: dict[str, Any], by_bot: bool
    ) -> StoredMessage:
        """Put a message into a chat; what the bot posts wakes whoever waits there."""
        message_id = self.new_message_id(chat)
        api = {
            "message_id": message_id,
            "from": sender,
            "chat": chat.api(),
            "date": self.clock.unix(),
            **fields,
        }
        message = StoredMessage(api, by_bot)
        chat.messages[message_id] = message
        if by_bot:
            chat.happened("new", message_id)
        return message

    def post_by_bot(
        self,
        chat: ChatState,
        fields: dict[str, Any],
        params: Params,
        markup: dict[str, Any] | None,
        reply: StoredMessage | None,
        file: StoredFile | None = None,
    ) -> StoredMessage:
        if markup is not None and "inline_keyboard" in markup:
            fields["reply_markup"] = markup
        if params.flag("protect_content"):
            fields["has_protected_content"] = True
        if reply is not None:
            fields["reply_to_message"] = {k: v for k, v in reply.api.items() if k != "reply_to_message"}
        if markup is not None and "keyboard" in markup:
            chat.reply_keyboard = markup
        elif markup is not None and markup.get("remove_keyboard"):
            chat.reply_keyboard = None
        message = self.post(chat, fields, sender=self.bot.api(), by_bot=True)
        message.markup = markup if markup is not None and "inline_keyboard" not in markup else None
        message.file = file
        if params.flag("disable_notification"):
            message.silent = True
        return message

    def press(self, user: User, message: StoredMessage | None, data: str, chat: ChatState) -> PressedButton:
        """A callback query of `user`; `message` None stands for one that is no longer accessible."""
        now = self.clock.now()
        shown = message.api if message is not None else {"chat": chat.api(), "message_id": 1, "date": 0}
        payload = {
            "id": str(self.random.getrandbits(62)),
            "from": user.api(),
            "message": shown,
            "chat_instance": str(abs(chat.id) * 7919),
            "data": data,
        }
        pressed = PressedButton(str(payload["id"]), now, payload)
        self.callbacks[pressed.id] = pressed
        self.updates.add("callback_query", payload, ("callback", user.id))
        return pressed

    def membership(self, chat: ChatState, actor: User, old: str, new: str) -> None:
        """`my_chat_member` about the bot itself."""
        bot = self.bot.api()
        self.updates.add(
            "my_chat_member",
            {
                "chat": chat.api(),
                "from": actor.api(),
                "date": self.clock.unix(),
                "old_chat_member": {"user": bot, "status": old, **_member_extra(old)},
                "new_chat_member": {"user": bot, "status": new, **_member_extra(new)},
            },
            ("member", chat.id),
        )


ADMIN_RIGHTS = dict.fromkeys(
    [
        "can_be_edited",
        "is_anonymous",
        "can_manage_chat",
        "can_delete_messages",
        "can_manage_video_chats",
        "can_restrict_members",
        "can_promote_members",
        "can_change_info",
        "can_invite_users",
        "can_post_stories",
        "can_edit_stories",
        "can_delete_stories",
    ],
    False,
)


def _member_extra(status: str) -> dict[str, Any]:
    if status == "administrator":
        return dict(ADMIN_RIGHTS)
    return {"until_date": 0} if status == "kicked" else {}
