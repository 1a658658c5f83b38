"""Officers merge, link and take apart in the chat: what is offered, what is said first, what stands on the cards."""

from __future__ import annotations

from typing import Any

import pytest

from handlers.officers.cards import shown_code
from petitions.kinds import Action, Kind, Role, Stage
from storage.records import OfficerRecord, PetitionRecord
from tests.handlers.officers.office import NAME, Office, Sent

HEAD, GROUP, FOCAL, OFFICER = "901", "-77", "903", "904"


@pytest.fixture
async def head(office: Office) -> OfficerRecord:
    return await office.officer(HEAD, "ql_van_hoa", Role.HEAD, "Lê Trưởng")


async def opened(office: Office, chat: str, petition: PetitionRecord) -> list[Sent]:
    """What the officer of a chat is sent on opening a petition's details."""
    before = len(office.chat(chat))
    await office.press(chat, office.card(chat, petition).button("Xem chi tiết"))
    return office.chat(chat)[before:]


def hint(sent: list[Sent]) -> Sent:
    [found] = [each for each in sent if "Đơn tương tự" in each.text]
    return found


async def test_a_similar_petition_is_merged_from_the_hint_after_saying_what_will_happen(
    office: Office, head: OfficerRecord
) -> None:
    first, second = await office.file("500"), await office.file("501")
    button = hint(await opened(office, HEAD, second)).button(f"Nhập vào đơn {shown_code(first)}")
    [asked] = await office.press(HEAD, button)
    assert "vì sao hai đơn là một việc" in asked.text
    [preview] = await office.say(HEAD, "Cùng một quán hát")
    assert f"Đơn {shown_code(second)} sẽ nhập vào đơn {shown_code(first)}" in preview.text
    assert "Có thể tách ra bất cứ lúc nào" in preview.text
    assert NAME not in preview.text
    await office.press(HEAD, preview.button("Ghi nhận"))
    assert (await office.now(second)).merged_into == first.id

    card = office.card(HEAD, second)
    assert (
        f"Đã nhập vào đơn {shown_code(first)} (số vào sổ {first.register_no}/{first.register_year})"
        in card.text
    )
    assert not card.has("Nhận xử lý")
    assert card.has("Xem đơn chính")
    lead = office.card(HEAD, first)
    assert "2 đơn, 1 người" in lead.text
    [listed] = await office.press(HEAD, lead.button("Các đơn đã nhập"))
    assert listed.has(shown_code(second))


async def test_the_earlier_of_two_offers_to_take_the_later_in(office: Office, head: OfficerRecord) -> None:
    first, second = await office.file("500"), await office.file("501")
    button = hint(await opened(office, HEAD, first)).button(f"Nhập đơn {shown_code(second)} vào đây")
    await office.press(HEAD, button)
    [preview] = await office.say(HEAD, "Cùng một quán hát")
    await office.press(HEAD, preview.button("Ghi nhận"))
    assert (await office.now(second)).merged_into == first.id
    assert [each for each in await opened(office, HEAD, first) if "Đơn tương tự" in each.text] == []


async def test_it_is_taken_out_from_its_card_with_a_reason(office: Office, head: OfficerRecord) -> None:
    first, second = await office.file("500"), await office.file("501")
    await office.does(head, second, Action.MERGE, linked=first.id, reason="Cùng quán")
    [asked] = await office.press(HEAD, office.card(HEAD, second).button("Tách ra"))
    assert "vì sao phải tách" in asked.text
    [preview] = await office.say(HEAD, "Hai quán khác nhau")
    assert f"sẽ tách khỏi đơn {shown_code(first)}" in preview.text
    await office.press(HEAD, preview.button("Ghi nhận"))
    assert (await office.now(second)).stage is Stage.RECEIVED
    assert office.card(HEAD, second).has("Nhận xử lý")
    assert "người." not in office.card(HEAD, first).text


async def test_links_are_made_shown_on_both_sides_and_taken_away(office: Office, head: OfficerRecord) -> None:
    first, second = await office.file("500"), await office.file("501")
    sent = await opened(office, HEAD, second)
    [preview] = await office.press(HEAD, hint(sent).button(f"Ghi liên quan với {shown_code(first)}"))
    await office.press(HEAD, preview.button("Ghi nhận"))
    for one, other in ((first, second), (second, first)):
        [links] = [s for s in await opened(office, HEAD, one) if "Đơn liên quan" in s.text]
        assert shown_code(other) in links.text
    [preview] = await office.press(HEAD, links.button("Bỏ liên quan"))
    await office.press(HEAD, preview.button("Ghi nhận"))
    assert [s for s in await opened(office, HEAD, first) if "Đơn liên quan" in s.text] == []


async def test_who_answers_for_many_is_reminded_that_all_of_them_read_it(
    office: Office, head: OfficerRecord
) -> None:
    first, second = await office.file("500"), await office.file("501")
    await office.does(head, first, Action.TAKE)
    await office.does(head, second, Action.MERGE, linked=first.id, reason="Cùng quán")
    await office.press(HEAD, office.card(HEAD, first).button("Trả lời"))
    [preview] = await office.say(HEAD, "Đã nhắc quán.")
    assert "cũng gửi cho người gửi của 1 đơn đã nhập" in preview.text


async def test_what_a_member_adds_stands_in_the_details_of_the_lead(
    office: Office, head: OfficerRecord
) -> None:
    from tests.handlers.test_gathering import as_citizen

    first, second = await office.file("500"), await office.file("501")
    await office.does(head, second, Action.MERGE, linked=first.id, reason="Cùng quán")
    await as_citizen(office, "501", second, Action.CITIZEN_ADDS, text="Đêm qua lại ồn tới sáng")
    told = "\n".join(sent.text for sent in await opened(office, HEAD, first))
    assert f"Bổ sung từ đơn {shown_code(second)}" in told
    assert "Đêm qua lại ồn tới sáng" in told


async def test_nothing_of_it_is_offered_to_whom_it_is_not_for(office: Office, head: OfficerRecord) -> None:
    await office.officer(OFFICER, "ql_van_hoa", Role.OFFICER)
    await office.file("500")
    second = await office.file("501")
    assert not hint(await opened(office, OFFICER, second)).has("Nhập")
    complaint, again = await office.file("502", Kind.COMPLAINT), await office.file("503", Kind.COMPLAINT)
    assert not [s for s in await opened(office, HEAD, again) if s.has(shown_code(complaint))]


async def test_a_group_shows_of_a_merged_petition_only_where_it_went(
    office: Office, head: OfficerRecord
) -> None:
    await office.group(GROUP, "ql_van_hoa")
    first, second = await office.file("500"), await office.file("501")
    await office.does(head, second, Action.MERGE, linked=first.id, reason="Cùng quán")
    card = office.card(GROUP, second)
    assert shown_code(first) in card.text
    assert "Phủ Lý" not in card.text
    assert not card.has("Nhắn người dân")


async def test_a_sealed_case_never_comes_into_a_preview_of_a_stranger(
    office: Office, head: OfficerRecord
) -> None:
    sealed: dict[str, Any] = {"kind": Kind.DENUNCIATION, "confidential": True}
    hidden = await office.file("500", unit=office.facts.agency.focal_unit, **sealed)
    plain = await office.file("501")
    await office.press(HEAD, office.card(HEAD, plain).button("Ghi liên quan"))
    [said] = await office.say(HEAD, shown_code(hidden))
    assert "Không thấy đơn nào" in said.text
    from handlers.officers.tokens import Press, to_base36

    [asked] = await office.press(HEAD, Press("link", plain.id, to_base36(hidden.id)).token)
    assert "gõ mã của đơn có liên quan" in asked.text
    assert shown_code(hidden) not in asked.text
