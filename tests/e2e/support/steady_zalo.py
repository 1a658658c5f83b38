"""The chats of steady citizens on Zalo: a platform that brings what they say until it is taken in."""

from __future__ import annotations

from tests.e2e.support.heard import Heard
from tests.e2e.support.numbered import typed_number
from tests.e2e.support.zalo_bot_citizen import heard as heard_on_zalo_bot
from tests.e2e.support.zalo_oa_citizen import MARK
from tests.e2e.support.zalo_oa_citizen import heard as heard_on_zalo_oa
from tests.emulators.zalo_bot import Person
from tests.emulators.zalo_oa import ZaloUser


class OaChat:
    """With the Official Account: a button is pressed where there is one, else its number typed."""

    def __init__(self, person: ZaloUser) -> None:
        self.person = person
        self._deed = 0

    async def say(self, text: str) -> None:
        self.person.say(text)
        self._deed = len(self.person.messages)

    async def photo(self, data: bytes) -> None:
        self.person.send_photo(data=data)
        self._deed = len(self.person.messages)

    async def take(self, heard: Heard, place: int) -> None:
        token = heard.tokens[place]
        if token:
            self.person.press_payload(f"{MARK}{token}")
        else:
            self.person.say(typed_number(place))
        self._deed = len(self.person.messages)

    async def since_last_deed(self) -> list[Heard]:
        return [heard_on_zalo_oa(shown) for shown in self.person.messages[self._deed :] if shown.from_oa]

    async def everything(self) -> list[Heard]:
        return [heard_on_zalo_oa(shown) for shown in self.person.messages if shown.from_oa]

    async def close(self) -> None:
        return


class BotChat:
    """With the bot of the Bot Platform: the number of a choice is typed."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self._deed = 0

    async def say(self, text: str) -> None:
        self.person.say(text)
        self._deed = len(self.person.messages)

    async def photo(self, data: bytes) -> None:
        self.person.send_photo(data=data)
        self._deed = len(self.person.messages)

    async def take(self, heard: Heard, place: int) -> None:
        del heard
        await self.say(typed_number(place))

    async def since_last_deed(self) -> list[Heard]:
        return [heard_on_zalo_bot(shown) for shown in self.person.messages[self._deed :] if shown.by_bot]

    async def everything(self) -> list[Heard]:
        return [heard_on_zalo_bot(shown) for shown in self.person.messages if shown.by_bot]

    async def close(self) -> None:
        return
