"""The sample petitions, filed through every channel as they were written, and what is no petition."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from bot.profile import read_agency
from petitions.text import clean
from tests.e2e.support.heard import Exchange
from tests.e2e.support.house import House, running_house
from tests.e2e.support.ledger import Kept
from tests.e2e.support.office import link
from tests.e2e.support.people import Citizen, shown
from tests.e2e.support.platforms import ALL_CHANNELS
from tests.e2e.support.script import Filing, Person, file, place_of
from tests.e2e.support.telegram_citizen import TelegramCitizen
from tests.shared_data import shared_lines

SAMPLE = Path(__file__).parents[1] / "data" / "petitions_sample.jsonl"
OUTSIDE = "outside:"


@dataclass(slots=True)
class Report:
    """What is counted and printed; the shares are information, a later issue makes them better."""

    filed: int = 0
    kind_right: int = 0
    unit_right: int = 0
    corrected: int = 0
    answers: list[int] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def lines(self) -> str:
        of = max(1, self.filed)
        return (
            f"\n{self.filed} petitions filed, {sum(self.answers) / of:.1f} answers each; suggested and confirmed "
            f"as labelled: kind {self.kind_right}/{self.filed} ({self.kind_right / of:.0%}), unit "
            f"{self.unit_right}/{self.filed} ({self.unit_right / of:.0%}); put right by the focal unit: "
            f"{self.corrected}"
        )


ON_OTHER_CHANNELS = 6
"""So many rows of the small sample go through each channel other than Telegram, and what is no petition."""


async def test_every_tenth_sample_petition(house: House) -> None:
    await file_all(house, small_sample(), "telegram")


@pytest.mark.parametrize("channel", [name for name in ALL_CHANNELS if name != "telegram"])
async def test_a_few_sample_petitions(channel: str, sqlite_url: str, tmp_path: Path) -> None:
    rows = small_sample()
    petitions = [row for row in rows if row["kind"] is not None]
    few = [*petitions[:: len(petitions) // ON_OTHER_CHANNELS], *(r for r in rows if r["kind"] is None)]
    async with running_house(sqlite_url, tmp_path / "var", channels=(channel,)) as house:
        await file_all(house, few, channel)


@pytest.mark.soak
@pytest.mark.shared
@pytest.mark.parametrize("channel", ALL_CHANNELS)
async def test_all_sample_petitions(channel: str, database_url: str, tmp_path: Path) -> None:
    rows = [json.loads(line) for line in shared_lines("petitions_dev.jsonl")]
    async with running_house(database_url, tmp_path / "var", channels=(channel,)) as house:
        await file_all(house, rows, channel)


def small_sample() -> list[dict[str, Any]]:
    return [json.loads(line) for line in SAMPLE.read_text(encoding="utf-8").splitlines()]


async def file_all(house: House, rows: list[dict[str, Any]], channel: str) -> None:
    """File each row as a person of its own; look at the book after each, and at the whole at the end."""
    desk = house.telegram_citizen()
    focal = read_agency(None).focal_unit
    await link(house, desk, focal, "intake", "Đầu mối")
    report = Report()
    for row in rows:
        citizen = await house.citizen(channel)
        try:
            if row["kind"] is None:
                await no_petition(house, citizen, row)
            else:
                await petition(house, citizen, desk, row, report)
        except AssertionError as fault:
            report.faults.append(f"{row['id']}: {fault}\n{shown(citizen.transcript)}")
    print(report.lines())
    assert not report.faults, f"{len(report.faults)} of {len(rows)}\n\n" + "\n\n".join(report.faults)
    await whole_book(house, report.filed)


async def tell(citizen: Citizen, row: dict[str, Any]) -> Exchange:
    """Say what the row says, in its messages, with its photographs; everything that came back."""
    told = Exchange("")
    parts = row.get("messages") or [row["text"]]
    for part in parts:
        told = await citizen.say(part)
    for attachment in row.get("attachments") or []:
        told = await citizen.photos(1, attachment["caption"])
    return told


async def petition(
    house: House, citizen: Citizen, desk: TelegramCitizen, row: dict[str, Any], report: Report
) -> None:
    person = Person(kind=row["kind"])
    done: Filing = await file(citizen, await tell(citizen, row), person)
    report.filed += len(done.codes)
    report.answers.append(len(done.steps))
    assert len(done.codes) == 1, "one matter, one code"
    kept = await house.ledger.petition(done.codes[0])
    report.kind_right += kept.record.kind.value == row["kind"]
    report.unit_right += kept.answerable_to == row["unit"]
    stored_letter_for_letter(kept, row)
    if row["unit"].startswith(OUTSIDE) and kept.record.destination != row["unit"]:
        await put_right(desk, kept, row["unit"])
        kept = await house.ledger.petition(done.codes[0])
        report.corrected += 1
    one_answerable_unit(kept, row["unit"])


def stored_letter_for_letter(kept: Kept, row: dict[str, Any]) -> None:
    """Every message, in order, as typed after NFC; captions with their photographs."""
    wanted = [clean(part) for part in row.get("messages") or [row["text"]]]
    story = list(kept.content.story)
    captions = [clean(each["caption"]) for each in row.get("attachments") or []]
    assert [part for part in story if part not in captions] == wanted, f"story is {story}"
    assert unicodedata.normalize("NFC", row["text"]).strip() == "\n".join(wanted)
    for caption in captions:
        assert caption in [*story, *(each.caption for each in kept.files)], "a caption is lost"
    assert len(kept.files) == len(captions)


def one_answerable_unit(kept: Kept, label: str) -> None:
    """A unit inside the office answers; another authority's matter stays with the focal unit."""
    agency = read_agency(None)
    assert agency.answerable(kept.record.unit).active
    if kept.record.destination is not None:
        assert kept.record.unit == agency.focal_unit
    if label.startswith(OUTSIDE):
        assert (kept.record.unit, kept.record.destination) == (agency.focal_unit, label)


async def put_right(desk: TelegramCitizen, kept: Kept, destination: str) -> None:
    """The focal unit names the other authority, with a reason, as the card allows."""
    card = (await desk.say(f"/case {kept.record.code}")).answers[-1]
    fix = next(token for token in card.tokens if token.startswith("o.fix."))
    authority = destination.removeprefix(OUTSIDE)
    await desk.press_token(f"{fix}.d:{authority}", card.ref)
    await desk.say("Việc này thuộc thẩm quyền của cơ quan khác")
    await desk.press("Sửa")


async def no_petition(house: House, citizen: Citizen, row: dict[str, Any]) -> None:
    """A sensible answer and no code, not even for somebody who then says no."""
    before = await house.ledger.count("petitions")
    told = await tell(citizen, row)
    assert told.answers, "silence"
    assert all(answer.text.strip() for answer in told.answers)
    assert not [code for answer in told.answers for code in answer.codes]
    assert sensible(told, row["expected"]), "not the answer to that"
    await citizen.say("không")
    assert await house.ledger.count("petitions") == before


def sensible(told: Exchange, expected: str) -> bool:
    """A greeting gets the menu, a question an answer and not the form, junk a friendly way on."""
    if expected == "question":
        asked_form = any(
            place_of(answer, action) is not None for answer in told.answers for action in ("send", "skip")
        )
        return len(told.text) > 40 and not asked_form
    return any(answer.labels for answer in told.answers)


async def whole_book(house: House, filed: int) -> None:
    assert await house.ledger.count("petitions") == filed
    assert await house.ledger.broken() == []
    assert await house.ledger.dead() == []
    assert set((await house.ledger.open_assignments()).values()) == {1}
    for numbers in (await house.ledger.registers()).values():
        assert numbers == list(range(1, len(numbers) + 1))
