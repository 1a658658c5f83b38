"""The people's side: what a person does on the phone, and what the person waits for."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from tests.emulators.telegram.people import PATIENCE, ButtonMissing, NothingCame

from .media import Media
from .model import Shown, ShownButton

if TYPE_CHECKING:
    from .world import Account, World


class ZaloUser(Media):
    """A person with a chat with the OA. Actions return at once; `expect*` and `next` wait.

    `last_event` is the delivery of the newest event this person caused.
    """

    def __init__(self, world: World, account: Account) -> None:
        super().__init__(world, account)
        self._seen = 0

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

    @property
    def last(self) -> Shown:
        """The newest message of the OA."""
        found = next((shown for shown in reversed(self.account.messages) if shown.from_oa), None)
        if found is None:
            raise NothingCame("the OA has not said anything yet")
        return found

    async def next(self, timeout: float = PATIENCE) -> Shown:  # noqa: ASYNC109 - the test's patience
        """The next message of the OA that this person has not yet waited for."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + timeout
        while True:
            messages = self.account.messages
            while self._seen < len(messages):
                shown = messages[self._seen]
                self._seen += 1
                if shown.from_oa:
                    return shown
            waiter: asyncio.Future[None] = loop.create_future()
            self.account.waiters.append(waiter)
            try:
                await asyncio.wait_for(waiter, max(deadline - loop.time(), 0.001))
            except TimeoutError:
                raise NothingCame(f"no message within {timeout} s") from None

    async def expect(self, *parts: str, timeout: float = PATIENCE) -> Shown:  # noqa: ASYNC109
        """Read on until a message has every one of `parts` (case aside) in its text, labels or titles."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + timeout
        passed: list[str] = []
        while True:
            try:
                shown = await self.next(max(deadline - loop.time(), 0.001))
            except NothingCame:
                raise NothingCame(f"nothing with {parts!r} within {timeout} s; came: {passed}") from None
            things = [f"{a.name} {a.title} {a.text}" for a in shown.attachments]
            whole = " ".join([shown.text, *shown.labels, *things]).casefold()
            if all(part.casefold() in whole for part in parts):
                return shown
            passed.append(shown.line())

    async def expect_silence(self, seconds: float = 0.3) -> None:
        """Nothing new comes for so long."""
        try:
            shown = await self.next(seconds)
        except NothingCame:
            return
        raise AssertionError(f"expected silence, but came: {shown.line()}")

    def skip_seen(self) -> None:
        """Forget what has come so far; `expect` waits for what comes from now on."""
        self._seen = len(self.account.messages)
