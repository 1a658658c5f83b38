"""What real people write between the lines: refusals, second thoughts, universal "nào cũng", bare signs."""

from __future__ import annotations

import pytest

from petitions.kinds import Kind
from tests.handlers.harness import Person

STORY = "Quán karaoke Trăng Thanh ở đường Nguyễn Văn Trỗi, Phủ Lý hát tới 1h sáng, tối nào cũng vậy"
PERSON = "Vũ Hải 0951 223 455"


async def test_an_angry_story_is_a_story_and_no_question(person: Person) -> None:
    first = await person.say("LŨ ĂN HẠI, tao kêu 3 tháng rồi ko ai làm gì!!!")
    assert "chưa trả lời chắc chắn" not in first.text
    answer = await person.say("quán karaoke Sao Đêm ở phố Châu Cầu hát đến 2h sáng ngày nào cũng thế")
    assert "Karaoke" in answer.text
    assert "phố Châu Cầu" in answer.text


async def test_more_words_of_the_story_are_acknowledged_and_stand_on_lines_of_their_own(
    person: Person,
) -> None:
    await person.say("Bác ở thôn Đông")
    await person.say("cái nhà văn hóa thôn nó dột")
    more = await person.say("mưa là ướt hết")
    assert "Đã ghi thêm vào nội dung đơn" in more.text
    card = await person.say("tên Nguyễn Thị Lành 0951 223 455")
    assert "nó dột\nmưa là" in card.text
    assert "Nơi xảy ra: thôn Đông" in card.text


async def test_no_at_the_review_card_asks_what_to_correct(person: Person) -> None:
    await person.say(STORY)
    await person.say(PERSON)
    answer = await person.say("khong")
    assert "muốn sửa mục nào" in answer.text
    assert await person.petitions() == []


async def test_anonymous_on_second_thought_is_no_part_of_the_matter(person: Person) -> None:
    await person.say("tôi muốn tố cáo")
    await person.say("Ông giám đốc nhà văn hóa huyện ăn tiền tài trợ lễ hội 200 triệu")
    await person.say("bí mật")
    card = await person.say("thôi nặc danh đi tôi sợ")
    assert "Thông tin nặc danh" in card.text
    assert "tôi sợ" not in card.text
    await person.say("gửi")
    (petition,) = await person.petitions()
    assert petition.kind is Kind.ANONYMOUS_TIP
    assert "thôi nặc danh đi tôi sợ" in (await person.content(petition)).story


@pytest.mark.parametrize("sign", ["1", "…", "x"])
async def test_a_bare_sign_is_no_story_and_the_kinds_stay_on_offer(person: Person, sign: str) -> None:
    await person.command("start")
    await person.press("Gửi đơn")
    await person.say("quay lại")
    answer = await person.say(sign)
    assert "chuyện gì đã xảy ra" in answer.text or "muốn phản ánh" in answer.text.lower()
    assert "Việc xảy ra ở đâu" not in answer.text


async def test_the_kind_named_again_is_no_place(person: Person) -> None:
    await person.say("quán karaoke hát khuya quá, ồn không ngủ được")
    answer = await person.say("phản ánh")
    assert "Nơi xảy ra: phản ánh" not in answer.text
    assert "Việc xảy ra ở đâu" in answer.text


async def test_a_future_day_of_a_decision_is_said_to_be_so(person: Person) -> None:
    await person.say("tôi khiếu nại")
    await person.say("Sở phạt cửa hàng quảng cáo của tôi 15 triệu sai, biển của tôi có phép")
    answer = await person.say("31/12/2027")
    assert "chưa tới" in answer.text


async def test_a_decision_named_with_its_number_is_not_asked_for(person: Person) -> None:
    answer = await person.say(
        "tôi khiếu nại quyết định xử phạt số 12/QĐ-XPHC ngày 5/10/2026 của Thanh tra Sở phạt quán tôi"
        " 10 triệu vì quảng cáo, tôi không vi phạm"
    )
    assert "quyết định hoặc việc làm nào" not in answer.text
    assert "họ tên, địa chỉ" in answer.text


async def test_withdrawing_what_is_not_sent_asks_whether_to_drop_it(person: Person) -> None:
    await person.say(
        "tôi khiếu nại quyết định xử phạt số 12/QĐ-XPHC ngày 5/10/2026 của Thanh tra Sở phạt quán"
    )
    await person.say("Trần Bình, 12 Lê Lợi phường Phủ Lý, 0912345678")
    answer = await person.say("rút đơn")
    assert "bỏ bản nháp" in answer.text


async def test_an_offer_to_reopen_holds_nobody_back(person: Person) -> None:
    await person.say(STORY)
    await person.say(PERSON)
    await person.press("Xác nhận gửi")
    await person.say("rút đơn")
    await person.press("Đồng ý rút đơn")
    await person.say("mở lại đơn cũ")
    answer = await person.say("đơn của tôi tới đâu rồi")
    assert "Giai đoạn: đã rút" in answer.text


async def test_stop_is_heard_in_danger(person: Person) -> None:
    await person.say("chồng tôi đang đánh tôi cứu với")
    await person.say("thôn Ngọc Động")
    answer = await person.say("dừng")
    assert "bất cứ lúc nào" in answer.text


@pytest.mark.parametrize(
    ("asked", "said"),
    [("sao phải cho số điện thoại", "báo kết quả"), ("gửi rồi có sửa được không", "bổ sung")],
)
async def test_what_people_ask_while_they_fill_in(person: Person, asked: str, said: str) -> None:
    await person.say(STORY)
    answer = await person.say(asked)
    assert said in answer.text
    assert "họ tên và số điện thoại" in answer.text
    card = await person.say(PERSON)
    assert asked not in card.text


async def test_my_code_is_told(person: Person) -> None:
    await person.say(STORY)
    await person.say(PERSON)
    done = await person.press("Xác nhận gửi")
    answer = await person.say("mã đơn của tôi là gì")
    assert answer.answers[0].codes == done.answers[0].codes


async def test_a_neighbours_land_is_no_matter_of_monuments(person: Person) -> None:
    answer = await person.say("hàng xóm lấn đất nhà tôi 2 mét, xã không giải quyết")
    assert "Nơi xảy ra" not in answer.text
    assert "không thuộc thẩm quyền của Sở" in answer.text


async def test_five_short_messages_lose_no_word_and_make_no_name_of_them(person: Person) -> None:
    await person.say("alo")
    right = await person.say("có phải chỗ phản ánh không")
    assert "Vâng, đúng ạ" in right.text
    for words in ("cái biển quảng cáo", "ngay ngã tư Biên Hòa", "nó sắp rơi", "nguy hiểm lắm"):
        await person.say(words)
    card = await person.say("Tú 0912 345 678")
    assert "Họ tên: Tú" in card.text
    assert "ngã tư Biên Hòa" in card.text
    not_yet = await person.say("chưa gửi vội")
    assert "muốn sửa mục nào" in not_yet.text
    await person.press("Không sửa nữa")
    await person.say("gửi")
    (petition,) = await person.petitions()
    story = (await person.content(petition)).story
    assert "nó sắp rơi" in story
    assert "nguy hiểm lắm" in story
    assert "chưa gửi vội" not in story


async def test_withdrawing_a_denunciation_begins_no_new_one(person: Person) -> None:
    await person.say("tôi muốn tố cáo, giữ bí mật giúp")
    again = await person.say("Trưởng phòng X nhận phong bì của công ty sự kiện để cấp phép")
    assert "Ông/Bà chọn cách nào: giữ bí mật" in again.text
    assert "Luật không thụ lý" not in again.text
    card = await person.say("Lan 0912345678")
    assert "giữ bí mật" in card.text
    await person.say("gửi")
    answer = await person.say("rút tố cáo")
    assert "Có hai cách" not in answer.text
    assert "xin rút đơn" in answer.text


async def test_forwarding_is_understood_when_typed(person: Person) -> None:
    await person.say("Bệnh viện tỉnh thu tiền viện phí của mẹ tôi sai")
    answer = await person.say("chuyển giúp")
    assert "Chúng tôi sẽ chuyển đơn tới Sở Y tế" in answer.text


async def test_half_a_code_is_told_to_be_wrong(person: Person) -> None:
    await person.command("status")
    answer = await person.say("24QV-HSZ3")
    assert "gõ chưa đúng" in answer.text
    other = await person.say("quán karaoke ồn ở phố Trần Phú")
    assert "Karaoke" in other.text


async def test_a_number_left_for_a_call_is_not_asked_for_again(person: Person) -> None:
    await person.say("cho tôi gặp người thật")
    await person.say("gọi cho tôi 0912345678")
    await person.say("vụ quán karaoke ồn ở xã Liêm Tuyền")
    card = await person.say("Bình")
    assert "Điện thoại: 0912 345 678" in card.text


async def test_a_wish_for_saturdays_names_no_day_of_the_petition(person: Person) -> None:
    await person.say("tôi muốn kiến nghị")
    await person.say("nên mở cửa thư viện tối thứ 7")
    card = await person.say(PERSON)
    assert "Ngày nêu trong đơn" not in card.text


async def test_an_insult_alone_is_asked_about_kindly(person: Person) -> None:
    answer = await person.say("LŨ ĂN HẠI, tao kêu 3 tháng rồi ko ai làm gì!!!")
    assert "bức xúc" in answer.text
    assert "chuyện gì đã xảy ra" in answer.text
    assert "Đơn vị sẽ trả lời" not in answer.text


async def test_a_complaint_declared_in_english_stays_one(person: Person) -> None:
    await person.say("I want to file a complaint")
    answer = await person.say(
        "The Department fined my hostel 10 million on 5 October 2026 for a sign I have a permit for"
    )
    assert "Complaint" in answer.text


async def test_an_anonymous_tip_is_asked_for_no_name(person: Person) -> None:
    first = await person.say("tôi muốn báo tin nặc danh")
    assert "không hỏi tên" in first.text
    card = await person.say("chủ tịch xã Liêm Tuyền lấy tiền công đức lễ hội, có biên lai 200 triệu")
    assert "Người gửi: không nêu tên" in card.text


async def test_words_of_a_draft_are_no_name(person: Person) -> None:
    await person.say(STORY)
    answer = await person.say("bổ sung: có biên lai 200 triệu")
    assert "Đã ghi thêm" in answer.text
    dropped = await person.say("bỏ nháp")
    assert "bỏ bản nháp" in dropped.text


async def test_a_day_is_changed_in_words_at_review(person: Person) -> None:
    await person.say(
        "tôi khiếu nại quyết định xử phạt số 12/QĐ-XPHC ngày 5/10/2026 của Thanh tra Sở phạt quán"
    )
    await person.say("Trần Bình, 12 Lê Lợi phường Phủ Lý, 0912345678")
    await person.say("hủy quyết định phạt")
    card = await person.say("đổi ngày thành 6/10/2026")
    assert "Đã sửa ngày thành 06/10/2026" in card.text


async def test_smileys_are_no_anger_and_no_consent(person: Person) -> None:
    assert "bức xúc" not in (await person.say("😀😀😀")).text
    await person.say(STORY)
    await person.say(PERSON)
    assert "chưa được gửi" in (await person.say("👍")).text
    assert await person.petitions() == []


async def test_the_example_of_a_code_is_no_code(person: Person) -> None:
    await person.command("status")
    assert "gõ chưa đúng" in (await person.say("ABCD-EFGH-JKMN")).text


@pytest.mark.parametrize(
    "words",
    [
        "a nham, khong phai toi nao, chi thu 6 thu 7 thoi",
        "à nhầm, không phải tối nào, chỉ thứ 6 thứ 7 thôi",
        "quen noi, ho con do xe kin ca via he",
    ],
)
async def test_a_second_thought_at_the_question_for_a_name_is_kept(person: Person, words: str) -> None:
    await person.say(STORY)
    more = await person.say(words)
    assert "Họ tên:" not in more.text
    card = await person.say(PERSON)
    assert "Vũ Hải" in card.text
    await person.say("gửi")
    (petition,) = await person.petitions()
    assert words in (await person.content(petition)).story
