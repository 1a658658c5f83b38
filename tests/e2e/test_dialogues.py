"""The twelve sample dialogues over every channel, with every expectation and the final state."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.profile import read_agency
from tests.e2e.book_expectations import IN_THE_BOOK, SENTENCES, Aftermath
from tests.e2e.dialogues import dialogues, play_turn
from tests.e2e.expectations import EXPECTED, answered, check_final, check_turn
from tests.e2e.support.house import House, running_house
from tests.e2e.support.office import bound_group, link
from tests.e2e.support.people import CANNOT_CARRY, Citizen, shown
from tests.e2e.support.platforms import ALL_CHANNELS
from tests.e2e.support.script import Person, file
from tests.e2e.support.telegram_citizen import TelegramCitizen

ALL = dialogues()
FILED_BEFORE = frozenset({"dlg-dev-05", "dlg-dev-08"})
"""Dialogues that speak of a petition filed earlier; it is filed through the same chat first."""
KARAOKE = "Quán karaoke Hoa Sữa ở đường Lê Hoàn, Phủ Lý hát tới 1h sáng tối nào cũng vậy"
DIFFERENT_HERE = {
    ("dlg-dev-02", "transcript"): "no speech is transcribed: the office asks for a sentence or a number",
    (
        "dlg-dev-05",
        4,
    ): "a stranger sees stage and dates (the issue); nothing else of somebody else's petition",
    ("dlg-dev-08", "status"): "withdrawal of feedback may be taken back by its petitioner once",
    ("dlg-dev-09", "unit"): "an outside authority is the destination; the focal unit is the answerable unit",
}
"""Where the law or the issue says otherwise than a dialogue, and what holds instead."""
NOT_CARRIED = {
    ("zalo_bot", "dlg-dev-03", 6): "document",
    ("zalo_bot", "dlg-dev-11", 5): "video",
    ("zalo_oa", "dlg-dev-11", 5): "video",
}
"""Turns whose expectation is about what the channel cannot carry (`CANNOT_CARRY`): answered they are all the same."""


@dataclass(slots=True)
class Scene:
    """A dialogue's citizen and the officers who should hear of it."""

    citizen: Citizen
    unit: TelegramCitizen
    focal: TelegramCitizen
    group: TelegramCitizen


@pytest.mark.parametrize("channel", ALL_CHANNELS)
@pytest.mark.parametrize("dialogue", ALL, ids=lambda dialogue: dialogue["id"])
async def test_dialogue(dialogue: dict[str, Any], channel: str, sqlite_url: str, tmp_path: Path) -> None:
    async with running_house(sqlite_url, tmp_path / "var", channels=(channel,)) as house:
        await play(dialogue, channel, house)


@pytest.mark.postgres
@pytest.mark.parametrize(
    ("dialogue", "channel"),
    [(ALL[0], "telegram"), (ALL[8], "telegram"), (ALL[1], "zalo_oa"), (ALL[6], "zalo_bot")],
    ids=lambda value: value if isinstance(value, str) else value["id"],
)
async def test_dialogue_on_postgresql(
    dialogue: dict[str, Any], channel: str, postgres_url: str, tmp_path: Path
) -> None:
    async with running_house(postgres_url, tmp_path / "var", channels=(channel,)) as house:
        await play(dialogue, channel, house)


@pytest.mark.parametrize("channel", ["telegram", "zalo_bot"])
async def test_a_dialogue_by_webhook(channel: str, sqlite_url: str, tmp_path: Path) -> None:
    """Updates pushed to the service instead of asked for."""
    async with running_house(sqlite_url, tmp_path / "var", channels=(channel,), webhook=True) as house:
        await play(ALL[0], channel, house)


async def play(dialogue: dict[str, Any], channel: str, house: House) -> None:
    scene = await set_up(dialogue, channel, house)
    citizen = scene.citizen
    codes: list[str] = []
    other = ""
    if dialogue["id"] in FILED_BEFORE:
        codes = (await file(citizen, await citizen.say(KARAOKE), Person(kind="phan_anh"))).codes
        neighbour = await house.citizen(channel)
        other = (await file(neighbour, await neighbour.say(KARAOKE), Person(kind="phan_anh"))).codes[0]
        citizen.transcript.clear()
    for heard in (scene.unit, scene.focal, scene.group):
        await heard.news()
    try:
        for turn in dialogue["turns"]:
            if hours := turn.get("after_hours"):
                await house.pass_time(timedelta(hours=hours))
            now = {name: value for name, value in turn.items() if name != "after_hours"}
            await play_turn(citizen, now, codes=codes, other=other, rest=lambda hours: None)
            if (channel, dialogue["id"], turn["n"]) in NOT_CARRIED:
                answered(citizen.transcript[-1])
            else:
                check_turn(dialogue["id"], turn["n"], citizen.transcript)
        await house.files_fetched()
        await end(dialogue, scene, house, before=len(codes))
    except AssertionError as fault:
        raise AssertionError(f"{fault}\n\n{shown(citizen.transcript)}") from fault


async def set_up(dialogue: dict[str, Any], channel: str, house: House) -> Scene:
    """The unit's head and group, the focal unit's clerk, and the citizen."""
    labels = dialogue["final"].get("list", [dialogue["final"]])
    focal = read_agency(None).focal_unit
    unit = next((label["unit"] for label in reversed(labels) if "unit" in label), "ql_van_hoa")
    head, clerk = house.telegram_citizen(), house.telegram_citizen()
    await link(house, clerk, focal, "intake", "Đầu mối")
    await link(house, head, unit, "head", "Lãnh đạo")
    group = await bound_group(house, unit, head.person)
    english = dialogue["id"] == "dlg-dev-10"
    return Scene(await house.citizen(channel, language="en" if english else "vi"), head, clerk, group)


async def end(dialogue: dict[str, Any], scene: Scene, house: House, *, before: int) -> None:
    """`final` exactly, what no transcript shows, and a book that holds."""
    mine = await own_petitions(house, dialogue, scene)
    counted = before if "status" not in dialogue["final"] else 0
    check_final(dialogue["final"], [(k.record, k.content, len(k.files)) for k in mine], filed_before=counted)
    aftermath = Aftermath(
        scene.citizen.channel,
        mine,
        scene.citizen.transcript,
        unit_heard=await scene.unit.news(),
        focal_heard=await scene.focal.news(),
        group_heard=await scene.group.news(),
    )
    for check in IN_THE_BOOK[dialogue["id"]]:
        check(aftermath)
    assert await house.ledger.dead() == []
    assert await house.ledger.broken() == []
    assert set((await house.ledger.open_assignments()).values()) <= {1}


async def own_petitions(house: House, dialogue: dict[str, Any], scene: Scene) -> list:  # type: ignore[type-arg]
    """Those of this dialogue's chat; the neighbour's is not."""
    kept = await house.ledger.petitions()
    if dialogue["id"] not in FILED_BEFORE:
        return kept
    return [each for each in kept if each.record.conversation_id == kept[0].record.conversation_id]


def test_every_expected_sentence_has_its_check() -> None:
    """One sentence in a turn: the turn has checks. Several: `SENTENCES` names one check for each."""
    known = {check.__name__ for checks in IN_THE_BOOK.values() for check in checks}
    for dialogue in ALL:
        for turn in dialogue["turns"]:
            key = (dialogue["id"], turn["n"])
            checks = EXPECTED[key[0]][key[1]]
            assert checks, f"no check for {key}"
            if len(turn["expect"]) > 1:
                assert len(SENTENCES[key]) == len(turn["expect"]), key
                everywhere = known | {c.__name__ for turns in EXPECTED[key[0]].values() for c in turns}
                assert set(SENTENCES[key]) <= everywhere, key
    assert len(ALL) == 12
    assert set(IN_THE_BOOK) == {dialogue["id"] for dialogue in ALL}


def test_differences_name_known_dialogues() -> None:
    ids = {dialogue["id"] for dialogue in ALL}
    assert {key[0] for key in DIFFERENT_HERE} <= ids
    assert {"telegram", "zalo"} == {dialogue["channel"] for dialogue in ALL}
    types = {(dialogue["id"], turn["n"]): turn["type"] for dialogue in ALL for turn in dialogue["turns"]}
    for (channel, dialogue, turn), deed in NOT_CARRIED.items():
        assert types[(dialogue, turn)] == deed
        assert deed in CANNOT_CARRY[channel]
