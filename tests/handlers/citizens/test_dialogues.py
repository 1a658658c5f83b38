"""The sample dialogues, played to the end: every expectation of every turn, and the final state exactly."""

from __future__ import annotations

from typing import Any

import pytest

from tests.e2e.dialogues import dialogues, play_turn
from tests.e2e.expectations import EXPECTED, check_final, check_turn
from tests.handlers.harness import Person, Typist
from tests.handlers.officers.office import Office

pytestmark = pytest.mark.shared

WITH_PETITION = frozenset({"dlg-dev-05", "dlg-dev-08"})
"""Dialogues that speak of a petition filed before."""


@pytest.fixture
def person(request: pytest.FixtureRequest, office: Office) -> Person:
    kind: type[Person] = request.param
    return kind(office, chat="z500" if kind is Typist else "500")


@pytest.mark.parametrize("dialogue", dialogues(), ids=lambda dialogue: dialogue["id"])
@pytest.mark.parametrize("person", [Person, Typist], ids=["buttons", "numbers"], indirect=True)
async def test_dialogue(dialogue: dict[str, Any], office: Office, person: Person) -> None:
    """With buttons, and with not one message more where every choice is typed."""
    codes, other = [], ""
    if dialogue["id"] in WITH_PETITION:
        codes = [(await office.file(person.chat)).code]
        other = (await office.file("600")).code
    for turn in dialogue["turns"]:
        await play_turn(person, turn, codes=codes, other=other, rest=person.rest)
        check_turn(dialogue["id"], turn["n"], person.transcript)
    petitions = [
        (petition, await person.content(petition), len(await person.files(petition)))
        for petition in await person.petitions()
    ]
    before = len(codes) if "status" not in dialogue["final"] else 0
    check_final(dialogue["final"], petitions, filed_before=before)


def test_every_turn_has_a_named_expectation() -> None:
    assert len(dialogues()) == 12
    for dialogue in dialogues():
        for turn in dialogue["turns"]:
            assert EXPECTED[dialogue["id"]][turn["n"]], f"{dialogue['id']} turn {turn['n']}"
