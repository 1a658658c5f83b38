"""An officer in private on a channel that shows buttons as numbered lines: numbers and labels do what buttons do."""

from __future__ import annotations

from petitions.kinds import Action, Kind, Role, Stage
from storage.records import PetitionRecord
from tests.handlers.officers.office import Office, Sent

UNIT = "ql_van_hoa"
CHAT = "z901"


def number(sent: Sent, label: str) -> str:
    """The number before the line that holds these words."""
    lines = [button.label for button in sent.buttons if button.token]
    found = [place for place, line in enumerate(lines, start=1) if label in line]
    assert found, f"no line {label!r} among {lines}"
    return str(found[0])


async def choose(office: Office, label: str) -> list[Sent]:
    """Types the number of a line of the newest message with lines."""
    newest = next(sent for sent in reversed(office.chat(CHAT)) if any(b.token for b in sent.buttons))
    return await office.say(CHAT, number(newest, label))


async def head_with_case(office: Office) -> PetitionRecord:
    await office.officer(CHAT, UNIT, Role.HEAD, "Bà Trưởng phòng")
    return await office.file()


async def test_from_the_inbox_to_the_answer_with_numbers(office: Office) -> None:
    petition = await head_with_case(office)
    await office.command(CHAT, "inbox")
    await choose(office, str(petition.code)[:4])
    await choose(office, "Nhận")
    assert (await office.now(petition)).stage is Stage.ASSIGNED
    await office.command(CHAT, "case", petition.code)
    await choose(office, "Trả lời")
    await office.say(CHAT, "Đã kiểm tra, quán đã dừng sau 23 giờ.")
    assert "Đã kiểm tra" in office.last(CHAT).text
    await choose(office, "Gửi")
    assert (await office.now(petition)).stage is Stage.ANSWERED


async def test_typed_labels_work_in_any_spelling(office: Office) -> None:
    petition = await head_with_case(office)
    await office.command(CHAT, "case", petition.code)
    label = next(b.label for b in office.last(CHAT).buttons if "Nhận" in b.label)
    await office.say(CHAT, label.lower())
    assert (await office.now(petition)).stage is Stage.ASSIGNED
    await office.command(CHAT, "inbox")
    await office.say(CHAT, "qua han")
    assert "hạn" in office.last(CHAT).text


async def test_the_number_of_a_card_presses_it(office: Office) -> None:
    petition = await head_with_case(office)
    card = office.card(CHAT, petition)
    await office.say(CHAT, f"số {number(card, 'Nhận')}")
    assert (await office.now(petition)).stage is Stage.ASSIGNED


async def test_a_number_that_stands_on_no_line_answers_the_question(office: Office) -> None:
    petition = await head_with_case(office)
    await office.command(CHAT, "case", petition.code)
    await press_action(office, "Ghi chú")
    assert [button.label for button in office.last(CHAT).buttons] == ["Thôi"]
    await office.say(CHAT, "12")
    events = await office.work(lambda book: book.events(petition.id))
    assert [e.content.get("text") for e in events if e.action is Action.NOTE] == ["12"]


async def test_a_number_on_a_line_of_the_question_presses_it(office: Office) -> None:
    petition = await head_with_case(office)
    await office.command(CHAT, "case", petition.code)
    await press_action(office, "Ghi chú")
    await office.say(CHAT, "1")
    assert not office.last(CHAT).buttons
    events = await office.work(lambda book: book.events(petition.id))
    assert not [e for e in events if e.action is Action.NOTE]


async def test_a_day_is_asked_and_answered_by_number_or_as_a_date(office: Office) -> None:
    await office.officer(CHAT, "thanh_tra", Role.INSPECTOR, "Thanh tra viên")
    petition = await office.file("500", Kind.COMPLAINT, unit="thanh_tra")
    await office.command(CHAT, "case", petition.code)
    await choose(office, "Nhận")
    await office.command(CHAT, "case", petition.code)
    await press_action(office, "Xác nhận đủ đơn")
    asked = office.last(CHAT)
    assert asked.has("Hôm nay")
    await choose(office, "Hôm nay")
    assert office.last(CHAT).has("Thôi")


async def test_a_wrong_number_is_said_to_be_wrong(office: Office) -> None:
    petition = await head_with_case(office)
    await office.command(CHAT, "case", petition.code)
    lines = sum(bool(button.token) for button in office.last(CHAT).buttons)
    answer = await office.say(CHAT, "77")
    assert f"1 đến {lines}" in answer[-1].text
    assert (await office.now(petition)).stage is Stage.RECEIVED


async def test_an_old_cancel_is_an_old_button(office: Office) -> None:
    petition = await head_with_case(office)
    await office.command(CHAT, "case", petition.code)
    await press_action(office, "Ghi chú")
    cancel = office.last(CHAT).button("Thôi")
    await office.say(CHAT, "Đã gọi điện cho quán.")
    answer = await office.press(CHAT, cancel)
    assert "không còn dùng được" in answer[-1].text


async def test_pages_of_a_long_list_turn_by_number(office: Office) -> None:
    await head_with_case(office)
    for _ in range(13):
        await office.file()
    await office.command(CHAT, "inbox", "unit")
    first = [button.label for button in office.last(CHAT).buttons][:2]
    await choose(office, "Trang sau")
    second = office.last(CHAT)
    assert second.has("Trang trước")
    assert not set(first) & {button.label for button in second.buttons}


async def test_an_officer_who_is_a_citizen_too_answers_what_was_asked_last(office: Office) -> None:
    petition = await head_with_case(office)
    await office.command(CHAT, "case", petition.code)
    await office.command(CHAT, "start")
    answer = await office.say(CHAT, "1")
    assert "kể giúp" in answer[-1].text
    assert (await office.now(petition)).stage is Stage.RECEIVED


async def press_action(office: Office, label: str) -> None:
    """By number on the card, or behind its last line."""
    if not office.last(CHAT).has(label):
        await choose(office, "Việc khác")
    await choose(office, label)
