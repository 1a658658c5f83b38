"""After filing: adding, an officer's question, withdrawing, reopening, rating, objecting."""

from __future__ import annotations

from petitions.codes import TrackingCode
from petitions.kinds import Action, Kind, Role, Stage
from storage.records import PetitionRecord
from tests.handlers.harness import Person
from tests.handlers.officers.office import Office

STORY = "Quán karaoke Trăng Thanh ở đường Nguyễn Văn Trỗi, Phủ Lý hát tới 1h sáng, tối nào cũng vậy"


async def filed(person: Person) -> PetitionRecord:
    await person.say(STORY)
    await person.say("Vũ Hải 0951 223 455")
    await person.press("Xác nhận gửi")
    return (await person.petitions())[-1]


async def asked_by_an_officer(office: Office, petition: PetitionRecord, question: str) -> None:
    """An officer of the unit takes the case and asks the citizen."""
    await office.officer("902", "ql_van_hoa", Role.OFFICER, "Chị Mai")
    await office.command("902", "case", petition.code)
    await office.press("902", office.last("902").button("Nhận"))
    await office.command("902", "case", petition.code)
    await office.press("902", office.last("902").button("Hỏi"))
    await office.say("902", question)
    last = office.last("902")
    if last.has("Gửi"):
        await office.press("902", last.button("Gửi"))


async def test_the_next_words_answer_an_officers_question(office: Office, person: Person) -> None:
    petition = await filed(person)
    await asked_by_an_officer(office, petition, "Quán mở từ mấy giờ?")
    assert any("Quán mở từ mấy giờ?" in heard.text for heard in await person.news())
    assert (await office.now(petition)).stage is Stage.WAITING_CITIZEN
    answer = await person.say("từ 8 giờ tối bác ạ")
    assert "Đã chuyển câu trả lời" in answer.text
    after = await office.now(petition)
    assert after.stage is Stage.IN_PROGRESS
    events = await office.work(lambda book: book.events(petition.id))
    assert events[-1].action is Action.CITIZEN_ADDS
    assert events[-1].content["text"] == "từ 8 giờ tối bác ạ"


async def test_a_photo_answers_too_through_the_reply_button(office: Office, person: Person) -> None:
    petition = await filed(person)
    await asked_by_an_officer(office, petition, "Ông có ảnh không?")
    await person.press("Trả lời")
    await person.photos(1)
    assert len(await person.files(petition)) == 1


async def test_words_on_the_same_subject_are_asked_about(person: Person) -> None:
    petition = await filed(person)
    asked = await person.say("loa quán karaoke rất to, hát cả đêm không ai ngủ được")
    assert "bổ sung cho đơn cũ, hay là một việc mới" in asked.text
    added = await person.press("Bổ sung vào")
    assert str(TrackingCode(petition.code)) in added.text
    assert len(await person.petitions()) == 1


async def test_plain_addition_is_not_asked_about(person: Person) -> None:
    await filed(person)
    added = await person.say("bổ sung thêm là tối qua nó lại hát tới 2h sáng")
    assert "Đã bổ sung vào đơn" in added.text


async def test_a_complaint_is_withdrawn_by_wish_only(office: Office) -> None:
    petition = await office.file("500", Kind.COMPLAINT, unit="thanh_tra", topic="quang_cao_ngoai_troi")
    person = Person(office)
    asked = await person.say(f"tôi muốn rút đơn {petition.code}")
    assert "bằng văn bản" in asked.text
    await person.say("vì đã được giải quyết rồi")
    done = await person.say("đồng ý")
    assert "nguyện vọng rút đơn" in done.text
    after = await office.now(petition)
    assert after.stage is Stage.RECEIVED
    assert after.withdraw_wish_at is not None


async def test_withdrawal_not_wanted_after_all(person: Person) -> None:
    petition = await filed(person)
    await person.say("tôi muốn rút đơn")
    answer = await person.press("Không rút")
    assert "vẫn được xử lý" in answer.text
    assert (await person.office.now(petition)).stage is Stage.RECEIVED


async def test_reopened_once_then_linked(office: Office, person: Person) -> None:
    petition = await filed(person)
    for _ in range(2):
        await person.say("tôi muốn rút đơn")
        await person.press("Đồng ý rút đơn")
        answer = await person.say("cho tôi mở lại đơn cũ")
        answer = await person.press("Mở lại đơn cũ")
    assert "không mở lại được nữa" in answer.text
    assert (await office.now(petition)).stage is Stage.WITHDRAWN
    await person.say("quán lại hát ầm ĩ từ tối qua đến sáng nay, không ai ngủ được")
    for _ in range(3):
        if "Xác nhận gửi" in person.transcript[-1].text:
            break
        await person.say("bỏ qua")
    await person.press("Xác nhận gửi")
    newest = (await person.petitions())[-1]
    assert newest.linked_to == petition.id


async def answered(office: Office, petition: PetitionRecord) -> None:
    await office.officer("902", "ql_van_hoa", Role.OFFICER, "Chị Mai")
    await office.officer("903", "ql_van_hoa", Role.HEAD, "Bà Trưởng")
    await office.command("902", "case", petition.code)
    await office.press("902", office.last("902").button("Nhận"))
    await office.command("902", "case", petition.code)
    await office.press("902", office.last("902").button("Trả lời"))
    await office.say("902", "Đã kiểm tra và nhắc nhở chủ quán.")
    last = office.last("902")
    if last.has("Gửi"):
        await office.press("902", last.button("Gửi"))


async def test_rating_and_objection(office: Office, person: Person) -> None:
    petition = await filed(person)
    await answered(office, petition)
    assert (await office.now(petition)).stage is Stage.ANSWERED
    thanks = await person.press("2")
    assert "2/5" in thanks.text
    assert (await office.now(petition)).rating == 2
    await person.press("Chưa hài lòng")
    done = await person.say("quán vẫn hát tới sáng")
    assert "lãnh đạo" in done.text
    assert (await office.now(petition)).not_satisfied_at is not None
    assert "quán vẫn hát tới sáng" in office.everything_sent_to("903")
    again = await person.press("Chưa hài lòng")
    assert "đã được chuyển tới lãnh đạo" in again.text


async def test_thanks_gives_the_code_again(person: Person) -> None:
    petition = await filed(person)
    answer = await person.say("cảm ơn nhé")
    assert str(TrackingCode(petition.code)) in answer.text
