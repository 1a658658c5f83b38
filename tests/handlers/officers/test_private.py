"""The private chat of an officer: files, languages, stand-ins, and a chat that is a citizen's as well."""

from __future__ import annotations

from datetime import timedelta

import pytest

from handlers import cases
from handlers.messages import FileKind, Files, IncomingFile
from handlers.officers.tokens import Press, parse, read_number, to_base36
from petitions.kinds import Action, Kind, Role, Stage
from storage.records import NewFile
from tests.handlers.officers.office import CHANNEL, Office

OFFICER, HEAD, CITIZEN = "202", "201", "500"
PHOTO = Files(files=(IncomingFile(kind=FileKind.PHOTO, platform_id="p1"),), caption="ảnh")


async def test_a_file_is_sent_to_private_once_it_is_here(office: Office) -> None:
    await office.officer(OFFICER, "ql_van_hoa", Role.OFFICER)

    def add(book: object) -> int:
        new = NewFile(channel=CHANNEL, account="bot", kind="photo", platform_id="p1", caption="chụp đêm qua")
        return book.add_file(new)  # type: ignore[attr-defined, no-any-return]

    file_id = await office.work(add)
    petition = await office.file(file_ids=(file_id,))
    await office.press(OFFICER, Press("view", petition.id).token)
    button = office.last(OFFICER).button("Tệp 1: ảnh")
    await office.press(OFFICER, button)
    assert "chưa tải về xong" in office.last(OFFICER).text
    await office.press(OFFICER, Press("file", petition.id, to_base36(file_id + 1)).token)
    assert "Không có tệp này" in office.last(OFFICER).text


async def test_answers_of_the_form_stand_in_the_details(office: Office) -> None:
    await office.officer(OFFICER, "thanh_tra", Role.HEAD)
    answers = {
        "decision": "Quyết định 12/QĐ",
        "call_back": True,
        "identity": "named",
        "odd": ["a", "b"],
        "no": "",
    }
    petition = await office.file(kind=Kind.COMPLAINT, unit="thanh_tra", answers=answers)
    await office.press(OFFICER, Press("view", petition.id).token)
    text = office.everything_sent_to(OFFICER)
    assert "Quyết định hoặc hành vi bị khiếu nại: Quyết định 12/QĐ" in text
    assert "xin được gọi lại" in text
    assert "odd: a, b" in text
    assert "named" not in text
    assert "no:" not in text


async def test_english_is_complete_for_an_officer(office: Office) -> None:
    await office.officer(OFFICER, "ql_van_hoa", Role.HEAD, "Tran Van Mot")
    await office.as_citizen(OFFICER, lambda turn: setattr(turn.talk, "language", "en"))
    petition = await office.file(place="Main street")
    await office.command(OFFICER, "inbox", "unit")
    assert "1 open" in office.last(OFFICER).text
    await office.press(OFFICER, office.last(OFFICER).buttons[0])
    card = office.card(OFFICER, petition)
    for words in ("Feedback", "Karaoke and dance halls", "Where: Main street", "10 working days"):
        assert words in card.text
    await office.press(OFFICER, card.button("Take it"))
    assert "You have taken" in office.last(OFFICER).text
    await office.press(OFFICER, office.card(OFFICER, petition).button("Answer"))
    await office.say(OFFICER, "Done.")
    await office.press(OFFICER, office.last(OFFICER).button("Send answer"))
    await office.press(OFFICER, office.card(OFFICER, petition).button("History"))
    assert "Tran Van Mot · answered: Done." in office.last(OFFICER).text
    assert "đã trả lời" in office.last(CITIZEN).text  # the citizen's language is the petition's


async def test_the_deputy_hears_while_the_named_officer_is_away(office: Office) -> None:
    named = await office.officer(OFFICER, "ql_van_hoa", Role.OFFICER)
    deputy = await office.officer("203", "ql_van_hoa", Role.OFFICER)
    petition = await office.file()
    await office.press(OFFICER, Press("take", petition.id).token)
    until = office.clock.now() + timedelta(days=3)
    await office.work(lambda book: book.set_absent(named.id, until, deputy.id))
    await office.as_citizen(CITIZEN, lambda turn: _add(turn, petition.id))
    assert "bổ sung" in office.last("203").text
    assert "bổ sung" in office.last(OFFICER).text


def _add(turn: object, petition_id: int) -> None:
    cases.add_from_citizen(turn, petition_id, text="thêm")  # type: ignore[arg-type]


async def test_a_file_where_words_are_wanted_gets_an_answer(office: Office) -> None:
    await office.officer(OFFICER, "ql_van_hoa", Role.OFFICER)
    petition = await office.file()
    await office.press(OFFICER, Press("note", petition.id).token)
    await office.update(OFFICER, PHOTO)
    assert "chỉ nhận chữ" in office.last(OFFICER).text
    await office.say(OFFICER, "đã xem")
    events = await office.work(lambda book: book.events(petition.id))
    assert events[-1].content == {"text": "đã xem"}


async def test_a_sealed_case_s_replies_in_a_group_are_not_taken(office: Office) -> None:
    await office.group("-100", "thanh_tra")
    await office.officer(HEAD, "thanh_tra", Role.HEAD)
    petition = await office.file(unit="thanh_tra", topic="tham_nhung_tieu_cuc")
    card = office.card("-100", petition)
    await office.press(HEAD, Press("fix", petition.id, f"k:{Kind.DENUNCIATION}").token)
    await office.say(HEAD, "tố cáo")
    await office.say(HEAD, "đồng ý")
    await office.say("-100", "nói về đơn này", person=HEAD, reply_to=card.ref)
    await office.press("-100", Press("view", petition.id).token, person=HEAD)
    assert "giữ bí mật" in office.acknowledged
    events = await office.work(lambda book: book.events(petition.id))
    assert [event.action for event in events] == [Action.FILE, Action.CORRECT]


async def test_a_command_ends_an_open_question(office: Office) -> None:
    await office.officer(OFFICER, "ql_van_hoa", Role.OFFICER)
    petition = await office.file()
    await office.press(OFFICER, Press("note", petition.id).token)
    await office.command(OFFICER, "cancel")
    assert "Đã bỏ" in office.last(OFFICER).text
    await office.press(OFFICER, Press("note", petition.id).token)
    await office.command(OFFICER, "help")
    await office.say(OFFICER, "quán karaoke ồn quá")
    events = await office.work(lambda book: book.events(petition.id))
    assert len(events) == 1


@pytest.mark.parametrize(
    "token", ["", "o", "o.", "o.take.", "x.take.1", "o.TAKE.1", "o.take.1.é", "o.take.1.2.3"]
)
def test_tokens_nobody_made_are_none_of_ours(token: str) -> None:
    assert parse(token) is None


@pytest.mark.parametrize("number", [0, 1, 35, 36, 2**62, 2**63 - 1])
def test_ids_survive_a_button(number: int) -> None:
    assert read_number(to_base36(number)) == number
    assert parse(Press("take", number).token) == Press("take", number)


@pytest.mark.parametrize("typed", ["", "é", "-1", "zzzzzzzzzzzzz", "1 2"])
def test_what_can_be_no_id_names_nothing(typed: str) -> None:
    assert read_number(typed) == 0


async def test_citizen_and_officer_answer_each_other_with_the_buttons_they_were_sent(office: Office) -> None:
    await office.officer(HEAD, "ql_van_hoa", Role.HEAD)
    petition = await office.file(CITIZEN)
    await office.press(HEAD, Press("take", petition.id).token)
    await office.press(HEAD, Press("ask", petition.id).token)
    await office.say(HEAD, "Quán ở số nhà bao nhiêu?")
    await office.say(HEAD, "gửi")
    await office.press(CITIZEN, office.last(CITIZEN).button("Trả lời"))
    await office.say(CITIZEN, "Số 12, cạnh chợ")
    assert "Số 12, cạnh chợ" in office.everything_sent_to(HEAD)
    assert (await office.now(petition)).stage is Stage.IN_PROGRESS

    await office.press(HEAD, Press("answer", petition.id).token)
    await office.say(HEAD, "Đã nhắc nhở quán.")
    await office.say(HEAD, "gửi")
    answer = office.last(CITIZEN)
    await office.press(CITIZEN, answer.button("2"))
    assert (await office.now(petition)).rating == 2
    await office.press(CITIZEN, answer.button("Chưa hài lòng"))
    await office.say(CITIZEN, "Đêm qua vẫn ồn")
    assert (await office.now(petition)).not_satisfied_at is not None
    told = office.last(HEAD)
    assert "Đêm qua vẫn ồn" in told.text
    await office.press(HEAD, told.button("Mở lại"))
    await office.say(HEAD, "Kiểm tra lại ban đêm")
    assert (await office.now(petition)).stage is Stage.IN_PROGRESS
    assert "Kiểm tra lại ban đêm" in office.last(CITIZEN).text


async def test_an_officer_is_a_citizen_too_in_the_same_chat(office: Office) -> None:
    await office.officer(OFFICER, "ql_van_hoa", Role.OFFICER)
    own = await office.file(OFFICER)
    before = len(office.chat(OFFICER))
    await office.command(OFFICER, "status", own.code)
    await office.say(OFFICER, "xin chào")
    assert len(office.chat(OFFICER)) >= before + 2
    assert (await office.now(own)).events_count == 1
