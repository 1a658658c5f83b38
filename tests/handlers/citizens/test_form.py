"""Filling in: answers in any order, corrections, steps back, old buttons, one petition a confirmation."""

from __future__ import annotations

from petitions.kinds import Kind
from tests.handlers.harness import Person

STORY = "Quán karaoke Trăng Thanh ở đường Nguyễn Văn Trỗi, Phủ Lý hát tới 1h sáng, tối nào cũng vậy"
PERSON = "Vũ Hải 0951 223 455"


async def to_review(person: Person) -> None:
    await person.say(STORY)
    await person.say(PERSON)


async def test_first_reply_carries_the_notice_once_and_blocks_nothing(person: Person) -> None:
    first = await person.say(STORY)
    assert "mã hóa" in first.text
    assert "họ tên và số điện thoại" in first.text
    second = await person.say(PERSON)
    assert "mã hóa" not in second.text


async def test_nothing_is_filed_before_the_confirmation(person: Person) -> None:
    await to_review(person)
    assert await person.petitions() == []


async def test_the_same_confirmation_pressed_twice_files_once(person: Person) -> None:
    await to_review(person)
    first = await person.press("Xác nhận gửi")
    again = await person.press("Xác nhận gửi")
    assert "không gửi hai lần" in again.text
    assert again.answers[0].codes == first.answers[0].codes
    assert len(await person.petitions()) == 1


async def test_a_confirmation_of_an_earlier_card_does_not_send_the_changed_one(person: Person) -> None:
    await to_review(person)
    old = person.transcript[-1].answers[-1].tokens[0]
    await person.say("à nhầm, số tôi là 0953 118 704")
    answer = await person.press_token(old)
    assert "Nút này đã cũ" in answer.text
    assert "0953 118 704" in answer.text
    assert await person.petitions() == []


async def test_a_button_of_another_chat_changes_nothing(person: Person) -> None:
    other = Person(person.office, chat="501")
    await to_review(other)
    await to_review(person)
    theirs = other.transcript[-1].answers[-1].tokens[0]
    await other.say("à nhầm, số tôi là 0953 118 704")
    answer = await person.press_token(theirs + "x")
    assert "Nút này đã cũ" in answer.text
    assert await person.petitions() == []
    assert await other.petitions() == []


async def test_number_or_label_typed_instead_of_a_press(person: Person) -> None:
    await to_review(person)
    asked = await person.say("2")
    assert "muốn sửa mục nào" in asked.text
    asked = await person.say("so dien thoai")
    assert "số điện thoại nào" in asked.text
    await person.say("0953118704")
    await person.say("1")
    (petition,) = await person.petitions()
    assert (await person.content(petition)).phone == "0953118704"


async def test_an_edited_message_corrects_the_answer_it_gave(person: Person) -> None:
    await person.say(STORY)
    story = person.refs[-1]
    await person.say(PERSON)
    contact = person.refs[-1]
    await person.edit(story, STORY + ", loa rất to")
    card = await person.edit(contact, "Vũ Hải 0953 118 704")
    assert "0953 118 704" in card.text
    await person.press("Xác nhận gửi")
    (petition,) = await person.petitions()
    content = await person.content(petition)
    assert content.story == (STORY + ", loa rất to",)
    assert content.phone == "0953118704"


async def test_an_edit_after_filing_becomes_an_addition(person: Person) -> None:
    await person.say(STORY)
    story = person.refs[-1]
    await person.say(PERSON)
    await person.press("Xác nhận gửi")
    answer = await person.edit(story, STORY + " (sửa)")
    assert "ghi là bổ sung" in answer.text
    (petition,) = await person.petitions()
    assert (await person.content(petition)).story == (STORY,)
    events = await person.office.work(lambda book: book.events(petition.id))
    assert events[-1].action == "citizen_adds"
    assert "(sửa)" in events[-1].content["text"]


async def test_kind_changed_at_review_keeps_the_answers(person: Person) -> None:
    await to_review(person)
    await person.press("Sửa")
    await person.press("Loại đơn")
    card = await person.say("kiến nghị")
    assert "Kiến nghị" in card.text
    assert "Vũ Hải" in card.text
    await person.press("Xác nhận gửi")
    (petition,) = await person.petitions()
    assert petition.kind is Kind.RECOMMENDATION


async def test_name_corrected_in_words(person: Person) -> None:
    await to_review(person)
    card = await person.say("đổi tên thành Vũ Hoàng Hải")
    assert "Họ tên: Vũ Hoàng Hải" in card.text


async def test_back_at_the_first_question_and_in_the_middle(person: Person) -> None:
    await person.press_token("c.0.new")
    await person.press("Khiếu nại")
    first = await person.say("quay lại")
    assert "câu đầu tiên" in first.text
    await person.say("Tôi bị Sở xử phạt sai 5 triệu vì biển quảng cáo")
    back = await person.say("quay lại")
    assert "Quay lại câu trước" in back.text
    assert await person.petitions() == []


async def test_impossible_date_is_named(person: Person) -> None:
    await person.say("Tôi muốn khiếu nại việc Sở trả hồ sơ cấp giấy phép của tôi")
    answer = await person.say("Ngày 30/2 tôi nhận văn bản trả hồ sơ, không nêu lý do")
    assert "30/2" in answer.text
    assert "không có trên lịch" in answer.text


async def test_complaint_without_a_name_has_a_way_out(person: Person) -> None:
    await person.say(
        "Tôi khiếu nại quyết định xử phạt của Sở vì biển quảng cáo, nhận ngày 12/5, phạt sai người"
    )
    refused = person.transcript[-1]
    for _ in range(4):
        if "họ tên" in refused.text:
            break
        refused = await person.say("bỏ qua")
    refused = await person.say("bỏ qua")
    assert "Luật Khiếu nại" in refused.text
    feedback = await person.press("Gửi thành phản ánh")
    assert "khiếu nại" not in feedback.text.lower()


async def test_feedback_without_a_name_is_explained_then_taken(person: Person) -> None:
    await person.say(STORY)
    told = await person.press("Không nêu tên")
    assert "thông tin tham khảo" in told.text
    await person.press("Không nêu tên")
    await person.press("Xác nhận gửi")
    (petition,) = await person.petitions()
    assert petition.anonymous
    assert (await person.content(petition)).name == ""


async def test_cancel_asks_once_and_start_over_empties(person: Person) -> None:
    await to_review(person)
    asked = await person.say("hủy")
    assert "có chắc" in asked.text
    kept = await person.press("Viết tiếp")
    assert "Vũ Hải" in kept.text
    await person.say("làm lại từ đầu")
    empty = await person.press("Làm lại từ đầu")
    assert "chuyện gì đã xảy ra" in empty.text
    assert "Vũ Hải" not in empty.text


async def test_second_petition_reuses_the_details(person: Person) -> None:
    await to_review(person)
    await person.press("Xác nhận gửi")
    await person.say("Thư viện tỉnh điều hòa hỏng từ tháng 5, nóng không ngồi được")
    await person.press("Dùng thông tin lần trước")
    await person.press("Xác nhận gửi")
    first, second = [await person.content(petition) for petition in await person.petitions()]
    assert (second.name, second.phone) == (first.name, first.phone) == ("Vũ Hải", "0951223455")


async def test_voice_and_a_number_are_enough(person: Person) -> None:
    await person.voice(30)
    await person.say("0951 223 455")
    for _ in range(4):
        if "Xác nhận gửi" in person.transcript[-1].text:
            break
        await person.say("bỏ qua")
    await person.press("Xác nhận gửi")
    (petition,) = await person.petitions()
    content = await person.content(petition)
    assert content.phone == "0951223455"
    assert content.answers["call_back"] is True
    assert len(await person.files(petition)) == 1


async def test_a_talk_survives_as_stored_data(person: Person) -> None:
    """Every deed above went through the database; here the memory itself stays small and plain."""
    await to_review(person)
    opened = await person.office.work(
        lambda book: book.open_turn(channel="telegram", account="bot", chat=person.chat)
    )
    assert len(str(opened.conversation.state)) < 6000
