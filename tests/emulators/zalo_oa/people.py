"""The people's side: what a person does on the phone, and what the person waits for."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from tests.emulators.listening import Listener
from tests.emulators.telegram.people import ButtonMissing

from .media import Media
from .model import Shown, ShownButton

if TYPE_CHECKING:
    from .world import Account, World


class ZaloUser(Media, Listener[Shown]):
    """A person with a chat with the OA. Actions return at once; `expect*` and `next` wait.

    `last_event` is the delivery of the newest event this person caused.
    """

    def __init__(self, world: World, account: Account) -> None:
        Media.__init__(self, world, account)
        Listener.__init__(self)

    # --- saying and pressing

    def say(self, text: str, *, quote: Shown | str = "") -> Shown:
        """Type a text; `quote` answers a message of the chat."""
        quoted = quote.id if isinstance(quote, Shown) else quote
        return self._text(text, quote=quoted)

    def press(self, button: str | ShownButton, *, on: Shown | None = None) -> ShownButton:
        """Press a button (label or payload) of `on` or of the newest message that has it.

        oa.query.* comes back as user_send_text; the others only open something on the phone.
        Raises ButtonMissing.
        """
        found = button if isinstance(button, ShownButton) else self._find(button, on)
        if found.type in ("oa.query.show", "oa.query.hide"):
            self.press_payload(found.payload, visible=found.type == "oa.query.show")
        return found

    def press_payload(self, payload: str, *, visible: bool = False) -> Shown:
        """A press of a button of long ago, or of the OA's menu: any payload."""
        return self._text(payload, hidden=not visible)

    def _find(self, wanted: str, on: Shown | None) -> ShownButton:
        shown = [on] if on is not None else [m for m in reversed(self.account.messages) if m.from_oa]
        for message in shown:
            if (found := message.find(wanted)) is not None:
                return found
        offered = [label for message in shown for label in message.labels][:20]
        raise ButtonMissing(f"no button {wanted!r}; offered: {offered}")

    def _text(self, text: str, *, quote: str = "", hidden: bool = False) -> Shown:
        shown = self._post(Shown(self._world.message_id(), False, text, 0.0, hidden=hidden, quote=quote))
        message: dict[str, Any] = {"msg_id": shown.id, "text": text}
        if quote:
            message["quote_msg_id"] = quote
        self._event("user_send_text", message)
        return shown

    # --- the OA and me

    def follow(self, source: str = "oa_profile") -> None:
        self.account.follower = True
        self._world.interacted(self.account)
        self.last_event = self._world.relation(self.account, "follow", source)

    def unfollow(self) -> None:
        self.account.follower = False
        self.last_event = self._world.relation(self.account, "unfollow", "")

    def block(self) -> None:
        """Refuse messages of the OA; it learns of it by -244."""
        self.account.blocked = True

    def unblock(self) -> None:
        self.account.blocked = False

    def click_chatnow(self) -> None:
        """Open the chat for the first time: an interaction before any message exists."""
        self._world.interacted(self.account)
        self.last_event = self._world.about(self.account, "user_click_chatnow")

    def withdraw(self) -> None:
        """Withdraw the consent to the use of personal data."""
        self.last_event = self._world.about(self.account, "user_withdraw")

    def go_offline(self) -> None:
        """Messages wait at Zalo; no receipts come."""
        self.account.online = False

    def come_online(self) -> None:
        self.account.online = True
        waiting, self.account.waiting_receipts = self.account.waiting_receipts, []
        for shown in waiting:
            self._world.received(self.account, shown)

    def read(self) -> None:
        """Look at the chat: one receipt for everything not yet seen."""
        unseen = [m for m in self.account.messages if m.from_oa and m.received and not m.seen]
        for shown in unseen:
            shown.seen = True
        if unseen and self._world.settings.receipts and not self.account.anonymous:
            self.last_event = self._world.by_oa(
                self.account, "user_seen_message", {"msg_ids": [shown.id for shown in unseen]}
            )

    # --- what came

    @property
    def messages(self) -> list[Shown]:
        """What the phone shows, oldest first; hidden presses are not among it."""
        return [shown for shown in self.account.messages if not shown.hidden]

    def transcript(self) -> list[Shown]:
        return self.messages

    def said_by_bot(self) -> list[Shown]:
        return [shown for shown in self.messages if shown.from_oa]

    def _waiters(self) -> list[asyncio.Future[None]]:
        return self.account.waiters

    def words_of(self, shown: Shown) -> str:
        """The labels of buttons and what stands on attachments are read as well."""
        things = [f"{a.name} {a.title} {a.text}" for a in shown.attachments]
        return " ".join([shown.text, *shown.labels, *things])
