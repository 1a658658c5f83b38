"""From chat to a lawful petition: what is missing is asked, the paper comes, and it comes back signed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from petitions.codes import TrackingCode
from petitions.kinds import Action, Kind, Role, Stage
from petitions.reception import Reception
from petitions.reception_schedule import Mode
from storage.reception import NewBooking
from tests.handlers.citizens.forms import (
    BLURRED,
    FINE,
    IDENTITY,
    actions,
    complaint,
    filled,
    later,
    looked_at,
    papers,
    values,
    waiting,
)
from tests.handlers.harness import Person
from tests.handlers.officers.office import Office

REMINDED = datetime(2026, 11, 30, 1, 0, tzinfo=UTC)
"""Filed on Monday 23/11/2026; five days later is Saturday 28/11, so Monday 30/11 at 08:00 in Hà Nội."""


# --- the questions


async def test_the_message_with_the_code_offers_the_form(person: Person) -> None:
    await complaint(person)
    told = person.transcript[-1].answers[0]
    assert "Mã đơn của Ông/Bà" in told.text
    assert told.labels == ("📝 Hoàn thiện đơn",)


async def test_what_is_there_and_what_is_missing_is_said_before_the_first_question(person: Person) -> None:
    await complaint(person)
    asked = await person.press("Hoàn thiện đơn")
    assert len(asked.answers) == 1
    assert "Đã có: quyết định hoặc việc làm bị khiếu nại" in asked.text
    assert "Còn thiếu: bên bị khiếu nại, yêu cầu giải quyết, số căn cước hoặc hộ chiếu" in asked.text
    assert "chữ ký." in asked.text
    assert "Thời hạn theo luật chỉ bắt đầu khi" in asked.text
    assert asked.text.endswith("Xin ghi cả địa chỉ, nếu biết.")


async def test_each_answer_is_an_event_and_the_filed_words_stay(person: Person) -> None:
    petition = await complaint(person)
    before = await person.content(petition)
    await person.press("Hoàn thiện đơn")
    await person.say("Thanh tra Sở")
    await person.say("Sở nhận lại hồ sơ và nói rõ căn cứ")
    assert await values(person, petition) == {
        "respondent": "Thanh tra Sở",
        "request": "Sở nhận lại hồ sơ và nói rõ căn cứ",
    }
    assert (await actions(person, petition)).count(Action.GIVE_FORM_VALUES) == 2
    assert await person.content(petition) == before


async def test_typos_are_named_and_asked_again(person: Person) -> None:
    petition = await complaint(person)
    await person.press("Hoàn thiện đơn")
    await person.press("Để trống")
    await person.press("Để trống")
    told = await person.say("123456789")
    assert "chứng minh nhân dân cũ" in told.text
    assert "chứng minh nhân dân cũ" not in (await person.say("00109901234")).text
    taken = await person.say("số của tôi là 001 099 012 345")
    assert "•••••••••345" in taken.text
    assert IDENTITY not in taken.text
    assert "còn thiếu năm" in (await person.say("5/3")).text
    assert "không có trên lịch" in (await person.say("31/2/2022")).text
    assert "chưa tới" in (await person.say("5/3/2030")).text
    await person.say("ngày 5 tháng 3 năm 2022")
    await person.say("Bộ Công an")
    assert await values(person, petition) == {
        "identity_number": IDENTITY,
        "identity_issued_on": "2022-03-05",
        "identity_issued_by": "Bộ Công an",
    }


async def test_every_field_can_be_left_for_the_hand(office: Office, person: Person) -> None:
    petition = await complaint(person)
    await person.press("Hoàn thiện đơn")
    await person.say("bỏ qua")
    await person.say("để trống, tôi điền tay")
    done = await person.press("Để trống, điền tay")
    assert "Chỗ còn trống để điền tay: bên bị khiếu nại, yêu cầu giải quyết, số căn cước" in done.text
    assert papers(office.chat("500")) == ["", "complaint.pdf", "complaint.docx"]
    assert await values(person, petition) == {}


async def test_back_asks_the_field_before_again_and_the_new_answer_counts(person: Person) -> None:
    petition = await complaint(person)
    await person.press("Hoàn thiện đơn")
    await person.say("Sở Văn hóa")
    back = await person.say("quay lại")
    assert "Ông/Bà khiếu nại cơ quan nào" in back.text
    assert "yêu cầu giải quyết thế nào" in (await person.say("Thanh tra Sở")).text
    assert (await values(person, petition))["respondent"] == "Thanh tra Sở"


async def test_a_pause_keeps_what_was_told_and_the_button_goes_on(person: Person) -> None:
    await complaint(person)
    await person.press("Hoàn thiện đơn")
    await person.say("Thanh tra Sở")
    paused = await person.say("thôi để sau")
    assert "vẫn được giữ" in paused.text
    person.rest(24 * 9)
    again = await person.press("Hoàn thiện đơn")
    assert "Còn thiếu: yêu cầu giải quyết" in again.text
    assert again.text.endswith("Ông/Bà yêu cầu giải quyết thế nào?")


async def test_a_sticker_and_a_question_in_the_middle_change_nothing(person: Person) -> None:
    petition = await complaint(person)
    await person.press("Hoàn thiện đơn")
    await person.press("Để trống")
    await person.press("Để trống")
    assert "Số căn cước" in (await person.sticker("👍")).text
    answered = await person.say("làm đơn này có mất phí không?")
    assert "Số căn cước" in answered.text
    await person.say("quay lại")
    assert "yêu cầu giải quyết thế nào" in (await person.say("làm đơn này có mất phí không?")).text
    await person.press("Để trống")
    await person.say(IDENTITY)
    assert (await values(person, petition))["identity_number"] == IDENTITY


async def test_an_old_button_of_an_answered_field_changes_nothing(person: Person) -> None:
    await complaint(person)
    asked = await person.press("Hoàn thiện đơn")
    skip = asked.answers[0].tokens[0]
    await person.say("Thanh tra Sở")
    old = await person.press_token(skip)
    assert "câu hỏi trước" in old.text
    assert "yêu cầu giải quyết thế nào" in old.text


async def test_an_edited_message_corrects_its_field(person: Person) -> None:
    petition = await complaint(person)
    await person.press("Hoàn thiện đơn")
    await person.say("Thanh tra Sơ")
    ref = person.refs[-1]
    edited = await person.edit(ref, "Thanh tra Sở Văn hóa, Thể thao và Du lịch")
    assert "Đã sửa bên bị khiếu nại" in edited.text
    assert "yêu cầu giải quyết thế nào" in edited.text
    assert (await values(person, petition))["respondent"] == "Thanh tra Sở Văn hóa, Thể thao và Du lịch"


async def test_a_single_field_is_changed_after_the_papers_came(office: Office, person: Person) -> None:
    petition = await filled(person)
    await person.press("Sửa thông tin")
    asked = await person.press("Yêu cầu giải quyết")
    assert "Hiện ghi: Sở nhận lại hồ sơ" in asked.text
    changed = await person.say("Sở nhận lại hồ sơ và xin lỗi tôi")
    assert "đã soạn xong" in changed.text
    assert (await values(person, petition))["request"] == "Sở nhận lại hồ sơ và xin lỗi tôi"
    assert papers(office.chat("500"))[-2:] == ["complaint.pdf", "complaint.docx"]


async def test_a_new_matter_told_in_the_middle_is_not_taken_for_an_answer(person: Person) -> None:
    petition = await complaint(person)
    await person.press("Hoàn thiện đơn")
    await person.press("Để trống")
    await person.press("Để trống")
    await person.say(
        "Quán karaoke Trăng Thanh ở đường Nguyễn Văn Trỗi, Phủ Lý hát tới 1h sáng, tối nào cũng vậy, cả xóm mất ngủ"
    )
    assert "identity_number" not in await values(person, petition)
    assert len(await person.petitions()) == 1


async def test_the_status_says_in_plain_words_what_is_missing(person: Person) -> None:
    petition = await complaint(person)
    shown = await person.say(str(TrackingCode(petition.code)))
    assert "Đơn còn thiếu: bên bị khiếu nại" in shown.text
    assert "Thời hạn giải quyết theo luật chỉ bắt đầu khi có đơn đủ, có chữ ký." in shown.text
    assert "📝 Hoàn thiện đơn" in shown.labels


async def test_another_authoritys_matter_and_feedback_need_no_form(office: Office, person: Person) -> None:
    outside = await office.file("500", Kind.COMPLAINT, unit="thanh_tra", destination="outside")
    shown = await person.say(str(TrackingCode(outside.code)))
    assert not any("Hoàn thiện" in label for label in shown.labels)
    feedback = await office.file("500")
    await person.say(str(TrackingCode(feedback.code)))
    given = await person.say("in đơn cho tôi")
    assert papers(office.chat("500"))[-2:] == ["feedback.pdf", "feedback.docx"]
    assert "không bắt buộc phải ký" in given.text


async def test_words_for_one_of_several_petitions_are_asked_about(office: Office, person: Person) -> None:
    petition = await complaint(person)
    await office.file("500")
    await person.command("mine")
    person.rest(1)
    await person.say(f"mã {petition.code}")
    given = await person.say("cho tôi xin bản in đơn")
    assert "complaint.pdf" in papers(office.chat("500"))
    assert str(TrackingCode(petition.code)) in given.text


async def test_two_petitions_sent_together_are_each_offered_their_form(
    office: Office, person: Person
) -> None:
    first = await office.file("500", Kind.COMPLAINT, unit="thanh_tra")
    second = await office.file("500", Kind.COMPLAINT, unit="thanh_tra")
    asked = await person.say("tôi muốn tra cứu đơn")
    assert len(asked.labels) == 2
    await person.say(str(TrackingCode(first.code)))
    await person.say(str(TrackingCode(second.code)))
    await person.say("tôi muốn ký đơn")
    await person.say("Thanh tra Sở")
    assert await values(person, second) != {}
    assert await values(person, first) == {}


# --- photographed pages


async def test_photographed_pages_one_blurred_and_sent_again_are_one_hand_in(
    office: Office, person: Person
) -> None:
    petition = await filled(person)
    assert "chụp từng trang" in (await person.press("Chụp gửi")).text
    await person.photos(1)
    kept = await person.photos(1)
    assert "tất cả 2 trang" in kept.text
    first, second = await waiting(person)
    assert {first.purpose, second.purpose} == {"page"}
    assert await looked_at(person, first, FINE) == []
    (told,) = await looked_at(person, second, BLURRED)
    assert "Trang 2: ảnh bị mờ" in told.text
    assert "cán bộ sẽ quyết định" in told.text
    await person.press("Chụp lại trang 2")
    again = await person.photos(1)
    assert "Đã thay trang 2" in again.text
    done = await person.say("xong")
    assert "Đã nhận đơn ký của Ông/Bà: 2 trang" in done.text
    files = await person.files(petition)
    assert files[0].id == first.id
    assert len(files) == 2
    assert second.id != files[1].id
    after = await office.now(petition)
    assert after.form_given_at is not None
    assert after.formed_on is None
    assert (await actions(person, petition)).count(Action.HAND_IN_FORM) == 1
    shown = await person.say(str(TrackingCode(petition.code)))
    assert "Ông/Bà đã nộp ngày 23/11/2026" in shown.text


async def test_an_album_is_answered_once_and_handed_in_by_the_button(person: Person) -> None:
    petition = await filled(person)
    await person.press("Chụp gửi")
    kept = await person.photos(3)
    assert len(kept.answers) == 1
    assert "Đã nhận 3 trang" in kept.text
    await person.press("Nộp đơn")
    twice = await person.press("Nộp đơn")
    assert "không nộp hai lần" in twice.text
    assert (await actions(person, petition)).count(Action.HAND_IN_FORM) == 1
    assert len(await person.files(petition)) == 3


async def test_a_photo_sent_after_one_bad_page_takes_its_place_or_is_another(person: Person) -> None:
    petition = await filled(person)
    await person.press("Chụp gửi")
    await person.photos(1)
    (page,) = await waiting(person)
    await looked_at(person, page, BLURRED)
    guessed = await person.photos(1)
    assert "Đã thay trang 1" in guessed.text
    other = await person.press("Đây là trang khác")
    assert "trang cũ vẫn giữ (tất cả 2 trang)" in other.text
    await person.press("Nộp đơn")
    files = await person.files(petition)
    assert files[0].id == page.id
    assert len(files) == 2


async def test_a_bad_page_can_be_handed_in_all_the_same_and_sent_again_later(
    office: Office, person: Person
) -> None:
    petition = await filled(person)
    await person.press("Chụp gửi")
    await person.photos(2)
    pages = await waiting(person)
    await looked_at(person, pages[0], {"check": "page", "problems": ["too_dark"]})
    await person.press("Vẫn nộp như vậy")
    assert (await office.now(petition)).form_given_at is not None
    (told,) = await looked_at(person, pages[1], BLURRED)
    assert "Trang 1: ảnh tối quá" in told.text
    assert "Trang 2: ảnh bị mờ" in told.text
    assert "vẫn được ghi là đã nộp" in told.text
    await person.press("Chụp lại trang 2")
    again = await person.photos(1)
    assert "ảnh mới của trang 2" in again.text
    assert len(await person.files(petition)) == 3
    events = await office.work(lambda book: book.events(petition.id))
    assert events[-1].action is Action.HAND_IN_FORM
    assert events[-1].content["replaces"] == pages[1].id


async def test_second_thoughts_about_the_pages_hand_in_nothing(office: Office, person: Person) -> None:
    petition = await filled(person)
    await person.press("Chụp gửi")
    await person.photos(1)
    assert "Ông/Bà chụp từng trang" in (await person.sticker("👍")).text
    stopped = await person.say("thôi")
    assert "chưa nộp" in stopped.text
    assert (await office.now(petition)).form_given_at is None
    resumed = await person.press("Chụp gửi")
    assert "Ông/Bà đã gửi 1 trang, vẫn còn đây" in resumed.text
    await person.photos(1)
    await person.press("Nộp đơn")
    assert len(await person.files(petition)) == 2


async def test_no_page_no_hand_in(office: Office, person: Person) -> None:
    petition = await filled(person)
    await person.press("Chụp gửi")
    assert "Chưa có trang nào" in (await person.say("xong")).text
    assert (await office.now(petition)).form_given_at is None


async def test_the_officer_confirms_and_the_form_is_done(office: Office, person: Person) -> None:
    petition = await filled(person)
    await person.press("Chụp gửi")
    await person.photos(1)
    await person.say("xong")
    officer = await office.officer("903", "thanh_tra", Role.HEAD, "Anh Bình")
    await office.command("903", "case", petition.code)
    await office.press("903", office.last("903").button("Nhận"))
    today = office.clock.now().date()
    formed = await office.does(officer, petition, Action.CONFIRM_FORM, on=today)
    assert formed.formed_on == today
    pressed = await person.press("Hoàn thiện đơn")
    assert "đã đủ và có chữ ký" in pressed.text
    shown = await person.say(str(TrackingCode(petition.code)))
    assert "đã xác nhận, tính từ ngày 23/11/2026" in shown.text
    assert not any("Hoàn thiện" in label for label in shown.labels)


# --- signed electronically


async def test_an_electronically_signed_pdf_is_handed_in_and_its_signature_explained(
    office: Office, person: Person
) -> None:
    petition = await filled(person)
    await person.press("Gửi PDF ký số")
    taken = await person.document("don.pdf", b"%PDF-1.7")
    assert "đang kiểm tra chữ ký" in taken.text
    (file,) = await person.files(petition)
    assert file.purpose == "esigned"
    assert (await office.now(petition)).form_given_at is not None
    finding = {
        "check": "signature", "signed": True, "intact": True, "covers_whole_document": True, "trusted": True,
        "signer_name": "Vũ Văn Hải", "problems": [],
    }  # fmt: skip
    (told,) = await looked_at(person, file, finding)
    assert "Tệp có chữ ký số của Vũ Văn Hải. Nội dung không bị sửa sau khi ký." in told.text
    assert "Cán bộ xem rồi xác nhận" in told.text


async def test_an_unsigned_pdf_is_said_so_with_the_other_ways(person: Person) -> None:
    petition = await filled(person)
    await person.press("Gửi PDF ký số")
    await person.document("don.pdf", b"%PDF-1.7")
    (file,) = await person.files(petition)
    (told,) = await looked_at(person, file, {"check": "signature", "signed": False, "problems": ["unsigned"]})
    assert "chưa có chữ ký số nào" in told.text
    assert told.has("Gửi tệp khác")
    assert told.has("Cách khác")


async def test_a_word_file_is_no_signed_pdf_and_a_photo_is_taken_as_a_page(person: Person) -> None:
    petition = await filled(person)
    await person.press("Gửi PDF ký số")
    refused = await person.document("don.docx", b"PK", "application/msword")
    assert "không phải PDF" in refused.text
    photo = await person.photos(1)
    assert "như đơn ký trên giấy" in photo.text
    await person.press("Nộp đơn")
    assert [file.purpose for file in await person.files(petition)] == ["page"]


# --- a visit


async def test_a_visit_is_booked_moved_and_cancelled(office: Office, person: Person) -> None:
    petition = await filled(person)
    days = await person.press("Hẹn đến ký")
    # the 24th is a holiday, the 28th and 29th a weekend
    assert days.labels[:5] == [
        "Thứ Tư 25/11", "Thứ Năm 26/11", "Thứ Sáu 27/11", "Thứ Hai 30/11", "Thứ Ba 01/12",
    ]  # fmt: skip
    times = await person.press("Thứ Năm 26/11")
    assert times.labels[:5] == ["08:00", "09:00", "10:00", "14:00", "15:00"]
    booked = await person.press("09:00")
    assert "Đã hẹn: 09:00, Thứ Năm, 26/11/2026" in booked.text
    assert "đọc lại cho Ông/Bà nghe trước khi ký" in booked.text
    assert (await office.now(petition)).visit_at == datetime(2026, 11, 26, 2, 0, tzinfo=UTC)
    shown = await person.say(str(TrackingCode(petition.code)))
    assert "Hẹn đến ký đơn: 09:00, Thứ Năm, 26/11/2026" in shown.text
    await person.press_token(booked.answers[0].tokens[0])
    moved = await person.say("2 giờ chiều thứ sáu")
    assert "Đã đổi hẹn: 14:00, Thứ Sáu, 27/11/2026" in moved.text
    cancelled = await person.press("Hủy hẹn")
    assert "Đã hủy hẹn" in cancelled.text
    assert (await office.now(petition)).visit_at is None
    assert [action for action in await actions(person, petition) if "visit" in action] == [
        Action.BOOK_VISIT,
        Action.BOOK_VISIT,
        Action.CANCEL_VISIT,
    ]
    again = await person.press("Hủy hẹn")
    assert "không có hẹn nào" in again.text


async def test_a_seat_taken_on_the_page_is_not_offered_in_the_chat(office: Office, person: Person) -> None:
    """Of two seats at that hour one goes to this visit, none is left; moving it gives it back."""
    petition = await filled(person)
    nine, ten = (datetime(2026, 11, 26, hour, 0, tzinfo=UTC) for hour in (2, 3))

    def taken(at: datetime, seats: int = 2) -> NewBooking:
        return NewBooking(
            line_id=0,
            at=at,
            day=at.date(),
            seats=seats,
            mode=Mode.IN_PERSON,
            name="Lê An",
            phone="0912345678",
        )

    assert await office.work(lambda book: book.take_seat(taken(nine, seats=1))) is not None
    await person.press("Hẹn đến ký")
    times = await person.press("Thứ Năm 26/11")
    assert times.labels[:2] == ["08:00", "09:00"]
    assert "Đã hẹn: 09:00" in (await person.press("09:00")).text
    assert await office.work(lambda book: book.take_seat(taken(nine))) is None
    for _ in range(2):
        assert await office.work(lambda book: book.take_seat(taken(ten))) is not None
    late = await person.press_token(times.answers[0].tokens[2])
    assert "không còn nhận hẹn" in late.text
    assert (await office.now(petition)).visit_at == nine
    moved = await person.say("thứ sáu 9h")
    assert "Đã đổi hẹn" in moved.text
    assert await office.work(lambda book: book.take_seat(taken(nine))) is not None


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("thứ năm 9h", "09:00, Thứ Năm, 26/11/2026"),
        ("26/11 lúc 10 giờ", "10:00, Thứ Năm, 26/11/2026"),
        ("sáng thứ 4", "Thứ Tư 25/11: Ông/Bà đến lúc mấy giờ?"),
        ("chủ nhật", "Chúng tôi chưa đọc được ngày, hoặc ngày đó không có tiếp"),
        ("24/11", "Chúng tôi chưa đọc được ngày, hoặc ngày đó không có tiếp"),
        ("thứ năm 12h", "Thứ Năm 26/11: Ông/Bà đến lúc mấy giờ?"),
        ("thôi", "chưa hẹn"),
    ],
)
async def test_days_and_hours_in_words(person: Person, words: str, answer: str) -> None:
    await filled(person)
    await person.press("Hẹn đến ký")
    assert answer in (await person.say(words)).text


async def test_an_office_without_appointments_says_so(office: Office, person: Person) -> None:
    await filled(person)
    agency = office.facts.agency
    closed = agency.office.model_copy(update={"reception": Reception(days=())})
    office.facts = replace(office.facts, agency=agency.model_copy(update={"office": closed}))
    assert "chưa có lịch nhận hẹn" in (await person.press("Hẹn đến ký")).text


async def test_a_time_that_has_gone_by_meanwhile_is_not_booked(office: Office, person: Person) -> None:
    petition = await filled(person)
    await person.press("Hẹn đến ký")
    times = await person.press("Thứ Tư 25/11")
    person.rest(24 * 5)
    late = await person.press_token(times.answers[0].tokens[0])
    assert "không còn nhận hẹn" in late.text
    assert (await office.now(petition)).visit_at is None


@pytest.mark.parametrize(
    "words", ["đặt lịch hẹn", "Tôi muốn đặt lịch hẹn", "lịch tiếp công dân", "Hẹn giờ", "book an appointment"]
)
async def test_who_asks_for_an_appointment_hears_the_next_sessions(office: Office, words: str) -> None:
    office.facts = replace(office.facts, public_url="https://don.example.vn")
    (answer,) = await office.say("509", words)
    assert "25/11/2026: 08:00–11:00, 14:00–16:00" in answer.text
    assert "https://don.example.vn/reception" in answer.text


# --- one reminder


async def test_the_reminder_comes_once_on_a_working_morning(office: Office, person: Person) -> None:
    petition = await complaint(person)
    assert await later(person, datetime(2026, 11, 30, 0, 59, tzinfo=UTC)) == []
    (told,) = await later(person, REMINDED)
    assert "Chúng tôi chỉ nhắc một lần" in told.text
    assert told.has("Hoàn thiện đơn")
    assert await later(person, datetime(2026, 12, 4, 3, 0, tzinfo=UTC)) == []
    assert (await actions(person, petition)).count(Action.REMIND_FORM) == 1


async def test_no_reminder_after_pages_were_handed_in(person: Person) -> None:
    petition = await filled(person)
    await person.press("Chụp gửi")
    await person.photos(1)
    await person.say("xong")
    assert await later(person, REMINDED) == []
    assert Action.REMIND_FORM not in await actions(person, petition)


async def test_no_reminder_while_a_visit_is_booked(person: Person) -> None:
    petition = await filled(person)
    await person.press("Hẹn đến ký")
    await person.say("thứ ba 9h")
    assert await later(person, REMINDED) == []
    assert Action.REMIND_FORM not in await actions(person, petition)


async def test_nobody_is_reminded_of_feedback(office: Office, person: Person) -> None:
    await person.say(
        "Quán karaoke Trăng Thanh ở đường Nguyễn Văn Trỗi, Phủ Lý hát tới 1h sáng, tối nào cũng vậy"
    )
    await person.say("Vũ Hải 0951 223 455")
    filed = await person.press("Xác nhận gửi")
    assert not any("Hoàn thiện" in label for label in filed.labels)
    assert await later(person, REMINDED) == []


# --- withdrawal, group, authorisation


async def test_a_withdrawal_gets_its_paper_and_is_signed_the_same_ways(
    office: Office, person: Person
) -> None:
    petition = await complaint(person)
    await person.say("tôi muốn rút đơn")
    done = await person.say("đồng ý")
    assert "nguyện vọng rút đơn" in done.text
    assert "Việc rút chỉ có hiệu lực khi Ông/Bà ký" in done.text
    assert papers(office.chat("500"))[-2:] == ["complaint_withdrawal.pdf", "complaint_withdrawal.docx"]
    await person.press("Chụp gửi")
    await person.photos(1)
    signed = await person.press("Nộp đơn")
    assert "đơn xin rút đã ký" in signed.text
    after = await office.now(petition)
    assert after.form_given_at is None
    events = await office.work(lambda book: book.events(petition.id))
    assert events[-1].action is Action.CITIZEN_ADDS
    assert events[-1].content["text"] == "Nộp đơn xin rút đã ký."


async def test_only_a_part_is_withdrawn(office: Office, person: Person) -> None:
    petition = await complaint(person)
    await person.say("tôi muốn rút đơn")
    await person.say("đồng ý")
    await person.press("Chỉ rút một phần")
    told = await person.say("Phần yêu cầu xin lỗi")
    assert "đã soạn xong" in told.text
    assert await values(person, petition) == {"extent": "part", "withdrawn": "Phần yêu cầu xin lỗi"}


async def test_a_denunciation_is_withdrawn_on_the_decrees_form(office: Office, person: Person) -> None:
    petition = await office.file("500", Kind.DENUNCIATION, unit="thanh_tra", confidential=True)
    await person.say(f"tôi muốn rút đơn {petition.code}")
    await person.say("đồng ý")
    assert papers(office.chat("500"))[-2:] == ["denunciation_withdrawal.pdf", "denunciation_withdrawal.docx"]
    assert all(sent.message.protect for sent in office.chat("500") if sent.message.file is not None)


async def test_several_people_get_the_list_to_sign_and_choose_representatives(
    office: Office, person: Person
) -> None:
    petition = await office.file("500", Kind.COMPLAINT, unit="thanh_tra", people=5)
    await person.say(str(TrackingCode(petition.code)))
    await person.press("Hoàn thiện đơn")
    for _ in range(4):  # decision, day, respondent, request
        asked = await person.press("Để trống")
    assert "mỗi người một dòng" in asked.text
    assert "chưa có địa chỉ" in (await person.say("Trần Văn Tám\nLê Văn Chín")).text
    listed = await person.say(
        "1. Trần Văn Tám, tổ 1 Minh Khai\n2. Lê Văn Chín, tổ 2\n3. Đỗ Thị Mười, tổ 3\n4. Ngô Văn Một, tổ 4"
    )
    assert "danh sách 5 người" in listed.text
    assert "1. Nguyễn Thị Sen" in listed.text  # the petitioner is one of them
    assert "từ 1 đến 2" in (await person.say("1, 2 và 3")).text
    assert "không tìm thấy “Bích”" in (await person.say("Bích")).text
    assert "Đã ghi 1 người đại diện" in (await person.say("2")).text
    await person.say("quay lại")
    await person.say("bà Sen và ông Tám")
    await person.press("Toàn bộ việc này")
    done = await person.press("Để trống")
    assert "chữ ký hoặc điểm chỉ của tất cả mọi người" in done.text
    assert "nhiều nhất 2 người" in done.text
    assert [paper for paper in papers(office.chat("500")) if paper.endswith("pdf")] == [
        "complaint.pdf",
        "group_list.pdf",
    ]
    told = await values(person, petition)
    assert [each["name"] for each in told["representatives"]] == ["Nguyễn Thị Sen", "Trần Văn Tám"]


async def test_somebody_else_complains_with_an_authorisation(office: Office, person: Person) -> None:
    petition = await filled(person)
    asked = await person.say("tôi muốn ủy quyền cho con trai")
    assert "Họ tên đầy đủ của người được ủy quyền" in asked.text
    for words in (
        "Vũ Văn Bình",
        "tổ 5 phường Minh Khai",
        "Toàn bộ việc khiếu nại",
        "001099054321",
        "6/4/2022",
    ):
        await person.say(words)
    done = await person.say("Bộ Công an")
    assert "công chứng hoặc chứng thực. Từ ngày 01/01/2027 chỉ còn chứng thực" in done.text
    assert "authorisation.pdf" in papers(office.chat("500"))
    assert (await values(person, petition))["authorised_name"] == "Vũ Văn Bình"


async def test_after_the_change_of_law_an_authorisation_is_certified_only(
    office: Office, person: Person
) -> None:
    person.rest(24 * 40)  # 02/01/2027
    await filled(person)
    await person.press("Ủy quyền cho người khác")
    await person.say("Vũ Văn Bình")
    done = await person.say("xong")
    assert "mang đi chứng thực" in done.text
    assert "công chứng" not in done.text


async def test_a_denunciation_cannot_be_authorised(office: Office, person: Person) -> None:
    petition = await office.file("500", Kind.DENUNCIATION, unit="thanh_tra", confidential=True)
    await person.say(str(TrackingCode(petition.code)))
    assert "người tố cáo phải tự đứng đơn" in (await person.say("tôi ủy quyền cho con tôi được không")).text


# --- English, strangers, discreet


async def test_in_english(office: Office, person: Person) -> None:
    petition = await office.file("500", Kind.COMPLAINT, unit="thanh_tra", language="en")
    await person.command("language", "en")
    await person.say(str(TrackingCode(petition.code)))
    asked = await person.press("Complete the petition")
    assert "Still missing:" in asked.text
    for _ in range(5):
        done = await person.press("Leave blank")
    assert "The time limits of the law begin only when" in done.text
    assert "notarised translation" in done.text
    assert "complaint.reading.pdf" in papers(office.chat("500"))
    await person.press("Send photos")
    await person.photos(1)
    handed_in = await person.say("done")
    assert "We have your signed petition" in handed_in.text
    assert (await office.now(petition)).form_given_at is not None


async def test_a_strangers_press_learns_nothing(office: Office, person: Person) -> None:
    await complaint(person)
    token = person.transcript[-1].answers[0].tokens[0]
    stranger = Person(office, chat="600")
    answer = await stranger.press_token(token)
    assert "chỉ người gửi đơn mới làm được" in answer.text


async def test_a_discreet_petition_is_spoken_of_neutrally(office: Office, person: Person) -> None:
    petition = await office.file("500", Kind.COMPLAINT, unit="thanh_tra", discreet=True)
    shown = await person.say(str(TrackingCode(petition.code)))
    assert "Còn việc cần Ông/Bà làm tiếp." in shown.text
    assert "Làm tiếp" in shown.labels
    await person.press("Làm tiếp")
    await person.say("xong")
    assert "khiếu nại" not in office.chat("500")[-2].text.lower()
    assert papers(office.chat("500")) == ["complaint.pdf", "complaint.docx"]


async def test_a_handed_in_form_answers_what_the_officer_asked(office: Office, person: Person) -> None:
    petition = await filled(person)
    officer = await office.officer("903", "thanh_tra", Role.HEAD, "Anh Bình")
    await office.command("903", "case", petition.code)
    await office.press("903", office.last("903").button("Nhận"))
    asked = await office.does(
        officer, petition, Action.REQUEST_SUPPLEMENT, code="lacks_signature", text="Đơn cần chữ ký của Ông"
    )
    assert asked.stage is Stage.WAITING_CITIZEN
    await person.press("Chụp gửi")
    await person.photos(1)
    await person.say("xong")
    assert (await office.now(petition)).stage is Stage.IN_PROGRESS
