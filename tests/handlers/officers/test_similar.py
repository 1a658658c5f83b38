"""Similar petitions are a hint in the details, with the reason, to those who may know of both."""

from __future__ import annotations

from typing import Any

from handlers.officers.cards import shown_code
from petitions.kinds import Kind, Role
from petitions.matters import as_written
from storage.records import PetitionRecord
from tests.handlers.officers.office import NAME, STORY, Office

FOCAL, UNIT = "901", "902"


async def opened(office: Office, chat: str, petition: PetitionRecord) -> list[str]:
    """What the officer of a chat is sent on opening a petition's details."""
    before = len(office.chat(chat))
    await office.press(chat, office.card(chat, petition).button("Xem chi tiết"))
    return [sent.text for sent in office.chat(chat)[before:]]


def hints(texts: list[str]) -> list[str]:
    return [text for text in texts if "Đơn tương tự" in text]


async def test_a_copy_is_named_to_the_unit_of_both(office: Office) -> None:
    await office.officer(UNIT, "ql_van_hoa", Role.HEAD)
    first = await office.file("500")
    second = await office.file("501")
    [hint] = hints(await opened(office, UNIT, second))
    assert shown_code(first) in hint
    assert "gần như giống hệt" in hint
    assert "gợi ý" in hint
    assert NAME not in hint


async def test_nothing_is_said_where_nothing_is_similar(office: Office) -> None:
    await office.officer(UNIT, "ql_van_hoa", Role.HEAD)
    assert hints(await opened(office, UNIT, await office.file())) == []


async def test_of_complaints_only_the_focal_unit_hears(office: Office) -> None:
    await office.officer(UNIT, "ql_van_hoa", Role.HEAD)
    focal = office.facts.agency.focal_unit
    await office.officer(FOCAL, focal, Role.INTAKE)
    first = await office.file("500", Kind.COMPLAINT)
    second = await office.file("501", Kind.COMPLAINT)
    third = await office.file("502", Kind.COMPLAINT, unit=focal)
    assert hints(await opened(office, UNIT, second)) == []
    [hint] = hints(await opened(office, FOCAL, third))
    assert shown_code(first) in hint


async def test_a_sealed_case_is_named_to_its_circle_in_the_focal_unit_only(office: Office) -> None:
    focal = office.facts.agency.focal_unit
    await office.officer(FOCAL, focal, Role.HEAD)
    await office.officer(UNIT, "ql_van_hoa", Role.HEAD)
    sealed: dict[str, Any] = {"kind": Kind.DENUNCIATION, "confidential": True, "topic": "tham_nhung_tieu_cuc"}
    hidden = await office.file("500", unit="ql_van_hoa", **sealed)
    first = await office.file("501", unit=focal, **sealed)
    second = await office.file("502", unit=focal, **sealed)
    plain = await office.file("503", unit="ql_van_hoa")
    [hint] = hints(await opened(office, FOCAL, second))
    assert shown_code(first) in hint
    assert shown_code(hidden) not in hint
    assert shown_code(plain) not in hint
    assert hints(await opened(office, UNIT, plain)) == []
    assert hints(await opened(office, UNIT, hidden)) == []


def test_reasons_stand_as_they_were_typed() -> None:
    assert as_written("quan hat", STORY) == "Quán hát"
    assert as_written("chau ti", STORY) == "cháu Tí"
    assert as_written("khong co", STORY) == "khong co"
    assert as_written("", "") == ""
