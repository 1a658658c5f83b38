"""Groups of officers: members, administrators, the bot coming and going, migration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .model import ChatState
from .phone import Shown, transcript

if TYPE_CHECKING:
    from .people import Person
    from .world import World


class Group:
    """A group; officers act in it through `person.say(…, chat=group)` and `person.press(…, chat=group)`."""

    def __init__(self, world: World, chat: ChatState, owner: Person) -> None:
        self._world = world
        self.chat = chat
        self.owner = owner

    @property
    def id(self) -> int:
        return self.chat.id

    def join(self, person: Person, *, admin: bool = False) -> None:
        self.chat.members[person.id] = "administrator" if admin else "member"

    def add_bot(self, by: Person | None = None) -> None:
        """Somebody adds the bot; a service message and `my_chat_member` tell it so."""
        self._bot(by, "member")
        actor = (by or self.owner).user
        stored = self._world.post(
            self.chat, {"new_chat_members": [self._world.bot.api()]}, sender=actor.api(), by_bot=False
        )
        self._world.updates.add("message", stored.api, ("chat", self.id))

    def promote_bot(self, by: Person | None = None) -> None:
        self._bot(by, "administrator")

    def kick_bot(self, by: Person | None = None) -> None:
        self._bot(by, "kicked")

    def _bot(self, by: Person | None, status: str) -> None:
        old, self.chat.bot_status = self.chat.bot_status, status
        self._world.membership(self.chat, (by or self.owner).user, old, status)

    def delete(self) -> None:
        self.chat.deleted = True

    def migrate(self) -> int:
        """A basic group becomes a supergroup: service messages in both chats; the old id answers 400."""
        old = self.chat
        new_id = -1_000_000_000_000 - abs(old.id)
        new = ChatState(new_id, "supergroup", old.title, bot_status=old.bot_status, members=dict(old.members))
        self._world.chats[new_id] = new
        sender = self.owner.user.api()
        left = self._world.post(old, {"migrate_to_chat_id": new_id}, sender=sender, by_bot=False)
        came = self._world.post(new, {"migrate_from_chat_id": old.id}, sender=sender, by_bot=False)
        old.migrated_to = new_id
        self._world.updates.add("message", left.api, ("chat", old.id))
        self._world.updates.add("message", came.api, ("chat", new_id))
        self.chat = new
        return new_id

    def transcript(self) -> list[Shown]:
        return transcript(self.chat)

    def said_by_bot(self) -> list[Shown]:
        return [shown for shown in self.transcript() if shown.by_bot]
