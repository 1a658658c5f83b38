"""The channels differ in what one table says, and a petition costs a person on Zalo hardly more messages."""

from __future__ import annotations

import asyncio
import inspect
import json
from pathlib import Path
from typing import Any, Final

from tests.e2e.dialogues import dialogues, play_turn
from tests.e2e.support.house import House, running_house
from tests.e2e.support.numbered_citizen import NumberedCitizen
from tests.e2e.support.people import CANNOT_CARRY, DEEDS, Citizen
from tests.e2e.support.platforms import ALL_CHANNELS
from tests.e2e.support.script import Person, file
from tests.e2e.support.telegram_citizen import TelegramCitizen
from tests.e2e.support.web_citizen import WebCitizen
from tests.e2e.support.zalo_bot_citizen import ZaloBotCitizen
from tests.e2e.support.zalo_oa_citizen import ZaloOaCitizen
from tests.e2e.test_petitions import SAMPLE

CITIZENS: Final = {one.channel: one for one in (TelegramCitizen, WebCitizen, ZaloOaCitizen, ZaloBotCitizen)}
ALLOWANCE: Final = 2
"""So many messages more may a dialogue take on Zalo than on Telegram."""
SHORT: Final = ("dlg-dev-01", "dlg-dev-02", "dlg-dev-03", "dlg-dev-04", "dlg-dev-06", "dlg-dev-11")
"""Dialogues that end with a petition and have no night between their turns."""


def test_one_table_has_every_difference() -> None:
    """A citizen's class says what it carries; the table names exactly the rest, and nothing that is no deed."""
    assert set(CITIZENS) == set(CANNOT_CARRY) == set(ALL_CHANNELS)
    for channel, citizen in CITIZENS.items():
        assert citizen.carries <= DEEDS
        assert set(CANNOT_CARRY[channel]) == DEEDS - citizen.carries, channel
        assert all(CANNOT_CARRY[channel].values())


def test_every_citizen_does_every_deed() -> None:
    wanted = {name for name, _ in inspect.getmembers(Citizen, inspect.isfunction) if name[0] != "_"}
    assert len(wanted) > 10
    for citizen in CITIZENS.values():
        assert wanted <= set(dir(citizen)), citizen.channel


async def test_a_dialogue_on_zalo_takes_hardly_more_messages(sqlite_url: str, tmp_path: Path) -> None:
    """By script: the turns of each dialogue, and petitions of every kind, counted on both sides; presses count as
    well. The bot's numbers are printed only: it is slow, and has no buttons to press."""
    channels = ("telegram", "zalo_oa", "zalo_bot")
    async with running_house(sqlite_url, tmp_path / "var", channels=channels) as house:
        played = [one for one in dialogues() if one["id"] in SHORT]
        sides = await asyncio.gather(
            all_on(house, "telegram", played), all_on(house, "zalo_oa", played), all_on(house, "zalo_bot", [])
        )
    counted = {name: [side[name] for side in sides if name in side] for name in sides[0]}
    print("\nmessages of a citizen on", ", ".join(channels), counted)
    assert len(counted) == len(SHORT) + len(sample())
    too_many = {name: took for name, took in counted.items() if took[1] > took[0] + ALLOWANCE}
    assert not too_many


def sample() -> list[dict[str, Any]]:
    """A petition of every kind."""
    rows = [json.loads(line) for line in SAMPLE.read_text(encoding="utf-8").splitlines()]
    return list({row["kind"]: row for row in rows if row["kind"] is not None}.values())


async def all_on(house: House, channel: str, played: list[dict[str, Any]]) -> dict[str, int]:
    """Everybody at once: all wait for the same quiet."""
    rows = sample()
    counted = await asyncio.gather(
        *(messages_of_dialogue(house, channel, dialogue) for dialogue in played),
        *(messages_of_petition(house, channel, row) for row in rows),
    )
    return dict(zip([one["id"] for one in (*played, *rows)], counted, strict=True))


async def messages_of_dialogue(house: House, channel: str, dialogue: dict[str, Any]) -> int:
    citizen = await house.citizen(channel)
    for turn in dialogue["turns"]:
        await play_turn(citizen, turn, codes=[], other="", rest=lambda hours: None)
    if not [code for answer in citizen.transcript[-1].answers for code in answer.codes]:
        await file(citizen, citizen.transcript[-1], Person(kind=dialogue["final"]["kind"]))
    return sent_by(citizen)


async def messages_of_petition(house: House, channel: str, row: dict[str, Any]) -> int:
    citizen = await house.citizen(channel)
    told = [await citizen.say(part) for part in row.get("messages") or [row["text"]]]
    await file(citizen, told[-1], Person(kind=row["kind"]))
    return sent_by(citizen)


def sent_by(citizen: Citizen) -> int:
    """An album counts as the photos it has."""
    if isinstance(citizen, NumberedCitizen):
        return citizen.messages_sent
    assert isinstance(citizen, TelegramCitizen)
    return sum(not stored.by_bot for stored in citizen.person.chat.messages.values()) + sum(
        exchange.did.startswith("[") for exchange in citizen.transcript
    )
