"""The people's side: what a person does on the phone, and what the person waits for."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from .entities import commands_in
from .model import GROUP_ANONYMOUS_BOT, ChatState, PressedButton, StoredFile, StoredMessage, User
from .phone import Shown, ShownButton, newest_first, transcript
from .shares import Sharing

if TYPE_CHECKING:
    from .groups import Group
    from .world import World

PATIENCE = 5.0


class NothingCame(AssertionError):
    """The bot did not say what was waited for; the message shows what is to be seen in the chat."""


class ButtonMissing(AssertionError):
    """There is no such button to press."""


class Person(Sharing):
    """A person with a private chat with the bot. All actions return at once; `expect*` and `next` wait."""

    def __init__(self, world: World, user: User, chat: ChatState) -> None:
        self._world = world
        self.user = user
        self.chat = chat
        self._seen: dict[int, int] = {}

    # --- saying things

    def say(
        self,
        text: str,
        *,
        chat: Group | None = None,
        anonymous: bool = False,
        reply_to: Shown | int | None = None,
        **extra: Any,
    ) -> Shown:
        fields: dict[str, Any] = {"text": text}
        if entities := commands_in(text):
            fields["entities"] = entities
        return self.send({**fields, **extra}, chat=chat, anonymous=anonymous, reply_to=reply_to)

    def start(self, param: str = "") -> Shown:
        """Open the bot and press Start, or follow a deep link `?start=param`."""
        return self.say(f"/start {param}".strip())

    def send(
        self,
        fields: dict[str, Any],
        *,
        chat: Group | None = None,
        anonymous: bool = False,
        reply_to: Shown | int | None = None,
        file: StoredFile | None = None,
    ) -> Shown:
        """Any message at all, from its Bot API fields."""
        state = chat.chat if chat is not None else self.chat
        if state.type == "private":
            self._open()
        if reply_to is not None:
            target = state.messages[reply_to.id if isinstance(reply_to, Shown) else reply_to]
            fields = {
                **fields,
                "reply_to_message": {k: v for k, v in target.api.items() if k != "reply_to_message"},
            }
        sender = self.user.api()
        if anonymous:
            sender = {
                "id": GROUP_ANONYMOUS_BOT,
                "is_bot": True,
                "first_name": "Group",
                "username": "GroupAnonymousBot",
            }
            fields = {**fields, "sender_chat": state.api()}
        stored = self._world.post(state, fields, sender=sender, by_bot=False)
        stored.file = file
        if state.type == "private" or self._bot_sees(state, stored):
            self._world.updates.add("message", stored.api, ("chat", state.id), at=stored.api["date"])
        return Shown(state, stored)

    def _bot_sees(self, state: ChatState, stored: StoredMessage) -> bool:
        """Privacy mode: commands for the bot, answers to it; administrators' bots see everything (1.14)."""
        if state.bot_status not in ("member", "administrator"):
            return False
        if not self._world.privacy_mode or state.bot_status == "administrator":
            return True
        answered = stored.api.get("reply_to_message", {}).get("from", {}).get("id")
        if answered == self._world.bot.id:
            return True
        for entity in stored.api.get("entities", []):
            if entity["type"] == "bot_command":
                word = stored.api["text"][entity["offset"] : entity["offset"] + entity["length"]]
                if "@" not in word or word.lower().endswith("@" + self._world.bot.username.lower()):
                    return True
        return False

    def edit(self, message: Shown, text: str) -> Shown:
        """Correct an earlier message of one's own (text, or the caption of a file)."""
        stored = message.stored
        name = "text" if "text" in stored.api else "caption"
        stored.api = {**stored.api, name: text, "edit_date": self._world.clock.unix()}
        self._world.updates.add("edited_message", stored.api, ("chat", message.chat.id))
        return message

    def forward(self, text: str, **extra: Any) -> Shown:
        origin = {"type": "hidden_user", "sender_user_name": "Bà Tư", "date": self._world.clock.unix() - 60}
        return self.say(text, forward_origin=origin, **extra)

    # --- buttons

    def press(
        self, button: str | ShownButton, *, on: Shown | None = None, chat: Group | None = None
    ) -> PressedButton | Shown:
        """Press an inline button (label or data) on `on` or the newest message that has it; else one of the
        reply keyboard, which sends its text, the own contact or a place. Raises ButtonMissing."""
        state = chat.chat if chat is not None else self.chat
        if isinstance(button, ShownButton):
            button = button.data
        for shown in [on] if on is not None else newest_first(state):
            found = shown.find(button)
            if found is not None and found.data:
                return self._world.press(self.user, shown.stored, found.data, state)
        if on is None and state.reply_keyboard is not None:
            for key in (key for row in state.reply_keyboard["keyboard"] for key in row):
                if button.casefold() in key["text"].casefold():
                    return self._reply_key(key)
        offered = [label for shown in newest_first(state) for label in shown.labels][:20]
        raise ButtonMissing(f"no button {button!r}; offered: {offered}")

    def _reply_key(self, key: dict[str, Any]) -> Shown:
        if (self.chat.reply_keyboard or {}).get("one_time_keyboard"):
            self.chat.reply_keyboard = None
        if key.get("request_contact"):
            return self.send_contact(f"84{self.id % 10**9:09d}")
        if key.get("request_location"):
            return self.send_location(20.5411, 105.9139)
        return self.say(key["text"])

    def press_data(self, data: str, *, on: Shown | None = None, chat: Group | None = None) -> PressedButton:
        """A press from a lagging client: any data, whether the button is still there or not."""
        state = chat.chat if chat is not None else self.chat
        return self._world.press(self.user, on.stored if on else None, data, state)

    # --- the bot and me

    def _open(self) -> None:
        if self.chat.blocked:
            self.unblock()
        self.chat.started = True

    def block(self) -> None:
        self.chat.blocked = True
        self._world.membership(self.chat, self.user, "member", "kicked")

    def unblock(self) -> None:
        self.chat.blocked = False
        self._world.membership(self.chat, self.user, "kicked", "member")

    def delete_account(self) -> None:
        self.chat.deactivated = True

    # --- what came

    def transcript(self) -> list[Shown]:
        return transcript(self.chat)

    def said_by_bot(self) -> list[Shown]:
        return [shown for shown in self.transcript() if shown.by_bot]

    @property
    def last(self) -> Shown:
        """The newest message of the bot."""
        found = next((shown for shown in newest_first(self.chat) if shown.by_bot), None)
        if found is None:
            raise NothingCame("the bot has not said anything yet")
        return found

    async def next(self, timeout: float = PATIENCE, *, chat: Group | None = None, what: str = "new") -> Shown:  # noqa: ASYNC109
        """The next message of the bot not yet seen by this person (or edit, with `what="edit"`)."""
        state = chat.chat if chat is not None else self.chat
        loop = asyncio.get_running_loop()
        deadline = loop.time() + timeout
        while True:
            seen = self._seen.get(state.id, 0)
            while seen < len(state.events):
                kind, message_id = state.events[seen]
                seen += 1
                if kind == what or what == "any":
                    self._seen[state.id] = seen
                    return Shown(state, state.messages[message_id])
            self._seen[state.id] = seen
            waiter: asyncio.Future[None] = loop.create_future()
            state.waiters.append(waiter)
            try:
                await asyncio.wait_for(waiter, max(deadline - loop.time(), 0.001))
            except TimeoutError:
                raise NothingCame(f"no {what} message within {timeout} s in chat {state.id}") from None

    async def expect(
        self,
        *parts: str,
        timeout: float = PATIENCE,  # noqa: ASYNC109
        chat: Group | None = None,
        what: str = "new",
    ) -> Shown:
        """Read on until a message has every one of `parts` (case aside) in its text or labels."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + timeout
        passed: list[str] = []
        while True:
            try:
                shown = await self.next(max(deadline - loop.time(), 0.001), chat=chat, what=what)
            except NothingCame:
                raise NothingCame(f"nothing with {parts!r} within {timeout} s; came: {passed}") from None
            whole = " ".join([shown.text, *shown.labels, *shown.keyboard]).casefold()
            if all(part.casefold() in whole for part in parts):
                return shown
            passed.append(shown.line())

    async def expect_edit(self, *parts: str, timeout: float = PATIENCE, chat: Group | None = None) -> Shown:  # noqa: ASYNC109
        return await self.expect(*parts, timeout=timeout, chat=chat, what="edit")

    async def expect_silence(self, seconds: float = 0.3, *, chat: Group | None = None) -> None:
        """Nothing new comes for so long."""
        try:
            shown = await self.next(seconds, chat=chat)
        except NothingCame:
            return
        raise AssertionError(f"expected silence, but came: {shown.line()}")

    def skip_seen(self, *, chat: Group | None = None) -> None:
        """Forget what has come so far; `expect` waits for what comes from now on."""
        state = chat.chat if chat is not None else self.chat
        self._seen[state.id] = len(state.events)
