"""The intake officer's view of a signed đơn: contents, pages with their findings, signature, visit, sealing."""

from __future__ import annotations

import pytest

from handlers.officers.tokens import Press, to_base36
from petitions.kinds import Kind, Role
from storage.records import PetitionRecord
from tests.handlers.citizens.forms import BLURRED, FINE, complaint, filled, looked_at, waiting
from tests.handlers.harness import Person
from tests.handlers.officers.office import NAME, Office, Sent

HEAD = "201"
SIGNED = {
    "check": "signature",
    "signed": True,
    "intact": True,
    "covers_whole_document": True,
    "trusted": False,
    "signer_name": NAME,
    "problems": ["untrusted"],
}


@pytest.fixture
async def desk(office: Office) -> Office:
    await office.officer("901", "thanh_tra", Role.INTAKE, "Cán bộ trực")
    await office.officer(HEAD, "thanh_tra", Role.HEAD, "Ngô Chánh")
    return office


async def view(desk: Office, petition: PetitionRecord) -> Sent:
    """What stands behind the card: the message about the signed đơn."""
    await desk.command(HEAD, "case", petition.code)
    await desk.press(HEAD, desk.last(HEAD).button("Xem chi tiết"))
    return newest(desk)


def newest(desk: Office) -> Sent:
    found = [sent for sent in desk.chat(HEAD) if "Đơn có chữ ký" in sent.text]
    assert found
    return found[-1]


async def test_what_is_there_what_is_missing_and_since_when(desk: Office) -> None:
    person = Person(desk)
    petition = await complaint(person)
    shown = await view(desk, petition)
    assert "Tin nhắn đầu tiên: 23/11/2026" in shown.text
    assert "Đã có: quyết định hoặc việc làm bị khiếu nại" in shown.text
    assert "Còn thiếu trong đơn: bên bị khiếu nại, yêu cầu giải quyết" in shown.text
    assert "Chưa nộp đơn có chữ ký" in shown.text
    assert shown.message.protect


async def test_the_officer_sees_whether_the_complaint_came_in_time(desk: Office) -> None:
    """Ninety days from 20/08/2026 ended on 18/11/2026, a Wednesday; from 01/09/2026 they end on 30/11/2026."""
    for received, said, late in (("2026-08-20", "18/11/2026", True), ("2026-09-01", "30/11/2026", False)):
        petition = await desk.file("500", Kind.COMPLAINT, unit="thanh_tra", answers={"received_on": received})
        shown = (await view(desk, petition)).text
        assert f"Thời hiệu khiếu nại: đến hết ngày {said} (90 ngày" in shown
        assert "Điều 9 Luật Khiếu nại" in shown
        assert ("Đã quá thời hiệu" in shown) is late
    petition = await desk.file(
        "500", Kind.COMPLAINT, unit="thanh_tra", subkind="ky_luat", answers={"received_on": "2026-11-02"}
    )
    shown = (await view(desk, petition)).text
    assert "đến hết ngày 17/11/2026 (15 ngày" in shown
    assert "Đã quá thời hiệu" in shown


async def test_each_page_stands_with_its_finding_and_opens(desk: Office) -> None:
    person = Person(desk)
    petition = await filled(person)
    await person.press("Chụp gửi")
    await person.photos(3)
    pages = await waiting(person)
    await looked_at(person, pages[0], FINE)
    await looked_at(person, pages[1], {"check": "page", "problems": ["too_dark", "blurred"]})
    await person.press("Vẫn nộp như vậy")
    shown = await view(desk, petition)
    assert "Nội dung đơn: đủ các mục luật yêu cầu" in shown.text
    assert "Người gửi nộp đơn ký: 23/11/2026" in shown.text
    assert "• Trang 1: đọc được" in shown.text
    assert "• Trang 2: ảnh bị mờ, ảnh tối quá" in shown.text
    assert "• Trang 3: chưa xem xong" in shown.text
    assert "người tiếp nhận quyết định" in shown.text
    assert not any("Ảnh" in button.label for sent in desk.chat(HEAD) for button in sent.buttons)


async def test_a_page_sent_again_keeps_its_number(desk: Office) -> None:
    person = Person(desk)
    petition = await filled(person)
    await person.press("Chụp gửi")
    await person.photos(2)
    pages = await waiting(person)
    await person.press("Nộp đơn")
    await looked_at(person, pages[1], BLURRED)
    await person.press("Chụp lại trang 2")
    await person.photos(1)
    newest_page = (await person.files(petition))[-1]
    await looked_at(person, newest_page, FINE)
    shown = await view(desk, petition)
    assert "• Trang 2: ảnh bị mờ" in shown.text
    assert "• Trang 2 (gửi lại): đọc được" in shown.text


async def test_the_prepared_paper_and_the_visit(desk: Office) -> None:
    person = Person(desk)
    petition = await filled(person)
    await person.press("Hẹn đến ký")
    await person.say("thứ năm 9h")
    assert any("hẹn tới ký đơn" in sent.text for sent in desk.chat(HEAD) + desk.chat("901"))
    shown = await view(desk, petition)
    assert "📅 Hẹn đến ký" in shown.text
    assert "26/11/2026" in shown.text
    await desk.press(HEAD, shown.button("Bản in sẵn"))
    paper = desk.last(HEAD).message.file
    assert paper is not None
    assert (paper.render, paper.paper, paper.petition_id) == ("paper", "complaint.pdf", petition.id)


async def test_an_electronic_signature_in_plain_words(desk: Office) -> None:
    person = Person(desk)
    petition = await filled(person)
    await person.press("Gửi PDF ký số")
    await person.document("don.pdf", b"%PDF-1.7")
    (file,) = await person.files(petition)
    await looked_at(person, file, SIGNED)
    shown = await view(desk, petition)
    assert f"• Tệp ký số: Tệp có chữ ký số của {NAME}. Nội dung không bị sửa sau khi ký." in shown.text
    assert "không thuộc nơi cấp mà hệ thống nhận biết được" in shown.text


async def test_a_sealed_case_shows_who_signed_only_after_the_identity_was_opened(desk: Office) -> None:
    person = Person(desk)
    petition = await desk.file("500", Kind.DENUNCIATION, unit="thanh_tra", confidential=True)
    await person.say(petition.code)
    await person.press("Hoàn thiện đơn")
    await person.say("xong")
    await person.press("Gửi PDF ký số")
    await person.document("don.pdf", b"%PDF-1.7")
    (file,) = await person.files(petition)
    await looked_at(person, file, SIGNED)

    shown = await view(desk, petition)
    assert NAME not in desk.everything_sent_to(HEAD)
    assert "tên người ký chỉ hiện sau khi mở danh tính" in shown.text
    assert shown.buttons == []
    await desk.press(HEAD, Press("file", petition.id, to_base36(file.id)).token)
    assert "mở danh tính người gửi trước" in desk.last(HEAD).text
    await desk.press(HEAD, Press("paper", petition.id, "denunciation").token)
    assert "mở danh tính người gửi trước" in desk.last(HEAD).text

    await view(desk, petition)
    await desk.press(HEAD, desk.last(HEAD).button("Xem người gửi"))
    await desk.say(HEAD, "Kiểm tra chữ ký theo Điều 24")
    assert NAME in newest(desk).text
    await desk.press(HEAD, newest(desk).button("Bản in sẵn"))
    assert desk.last(HEAD).message.file is not None


async def test_a_withdrawal_stands_apart_from_the_form(desk: Office) -> None:
    person = Person(desk)
    petition = await complaint(person)
    await person.say("tôi muốn rút đơn")
    await person.say("đồng ý")
    await person.press("Chụp gửi")
    await person.photos(1)
    await person.press("Nộp đơn")
    shown = await view(desk, petition)
    assert "Người gửi xin rút đơn ngày 23/11/2026" in shown.text
    assert "Nộp đơn xin rút đã ký: 23/11/2026" in shown.text
    assert "Chưa nộp đơn có chữ ký" in shown.text


async def test_feedback_has_no_such_view(desk: Office) -> None:
    petition = await desk.file("500", unit="thanh_tra")
    await desk.command(HEAD, "case", petition.code)
    await desk.press(HEAD, desk.last(HEAD).button("Xem chi tiết"))
    assert "Đơn có chữ ký" not in desk.everything_sent_to(HEAD)
