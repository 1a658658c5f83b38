"""Drafts of official papers in chat: the button on the card, the list, the file; nothing of a sealed case."""

from __future__ import annotations

import pytest

from handlers.officers.tokens import Press
from petitions.kinds import Action, Kind, Role
from storage.records import OfficerRecord, PetitionRecord
from tests.handlers.officers.office import Office

HEAD = "700"


@pytest.fixture
async def head(office: Office) -> OfficerRecord:
    return await office.officer(HEAD, "ql_van_hoa", Role.HEAD)


async def eligible(office: Office, head: OfficerRecord, kind: Kind) -> PetitionRecord:
    petition = await office.file(kind=kind)
    await office.does(head, petition, Action.TAKE)
    await office.does(head, petition, Action.CONFIRM_FORM, on=office.clock.now().date())
    return await office.does(head, petition, Action.SCREEN_ELIGIBLE)


async def test_a_draft_is_chosen_on_the_card_and_comes_as_a_file(office: Office, head: OfficerRecord) -> None:
    petition = await eligible(office, head, Kind.COMPLAINT)
    await office.command(HEAD, "case", petition.code)
    card = office.card(HEAD, petition)
    [listed] = await office.press(HEAD, card.button("Văn bản"))
    assert [button.label for button in listed.buttons] == [
        "Phiếu đề xuất thụ lý đơn",
        "Thông báo về việc thụ lý giải quyết khiếu nại",
        "Thông báo về việc không thụ lý giải quyết khiếu nại",
        "Giấy biên nhận thông tin, tài liệu",
    ]
    answers = await office.press(HEAD, listed.button("về việc thụ lý"))
    [sent] = [answer for answer in answers if answer.message.file is not None]
    assert "Dự thảo: Thông báo về việc thụ lý giải quyết khiếu nại" in sent.text
    file = sent.message.file
    assert file is not None
    assert (file.render, file.paper, file.petition_id) == ("draft", "kn_03", petition.id)
    events = await office.work(lambda book: book.events(petition.id))
    assert (events[-1].action, events[-1].content["paper"]) == (Action.NOTE, "kn_03")
    await office.press(HEAD, Press("log", petition.id).token)
    assert "lập dự thảo văn bản: Thông báo về việc thụ lý" in office.last(HEAD).text
    await office.press(HEAD, Press("draft", petition.id, "kn_16").token)
    assert "Không có văn bản này cho đơn" in office.last(HEAD).text


async def test_a_sealed_case_gives_no_draft_in_chat(office: Office, head: OfficerRecord) -> None:
    petition = await eligible(office, head, Kind.DENUNCIATION)
    await office.command(HEAD, "case", petition.code)
    assert not office.card(HEAD, petition).has("Văn bản")
    before = len(await office.work(lambda book: book.events(petition.id)))
    for press in (Press("papers", petition.id), Press("draft", petition.id, "tc_04")):
        await office.press(HEAD, press.token)
        assert "không gửi dự thảo qua chat" in office.last(HEAD).text
        assert office.last(HEAD).message.file is None
    assert len(await office.work(lambda book: book.events(petition.id))) == before


async def test_who_may_only_look_gets_no_draft(office: Office, head: OfficerRecord) -> None:
    petition = await eligible(office, head, Kind.COMPLAINT)
    await office.officer("701", "ql_di_san", Role.OFFICER)
    await office.command("701", "case", petition.code)
    assert not office.last("701").has("Văn bản")
    await office.press("701", Press("draft", petition.id, "kn_03").token)
    assert office.last("701").message.file is None
    events = await office.work(lambda book: book.events(petition.id))
    assert not any(event.content.get("paper") for event in events)


async def test_a_step_that_asks_for_no_paper_has_no_button_and_an_old_one_is_answered(
    office: Office, head: OfficerRecord
) -> None:
    petition = await office.file()
    await office.does(head, petition, Action.TAKE)
    await office.command(HEAD, "case", petition.code)
    assert not office.card(HEAD, petition).has("Văn bản")
    await office.does(head, petition, Action.ANSWER, text="Đã nhắc nhở quán.")
    await office.press(HEAD, Press("papers", petition.id).token)
    assert "không có văn bản nào theo mẫu" in office.last(HEAD).text
