"""What the law or the table does not allow: said with what is wrong and what is possible now, nothing half done."""

from __future__ import annotations

from datetime import timedelta

from handlers.officers.tokens import Press
from petitions.kinds import Action, Stage
from tests.e2e.support.legal_office import NOTHING, TODAY, LegalOffice


async def test_a_step_that_is_not_allowed_now(office: LegalOffice) -> None:
    """Old buttons on a case that is not so far yet, or has gone further."""
    case = await office.taken("khieu_nai")
    before = await office.kept(case)
    for action in (Action.ACCEPT, Action.DECIDE, Action.SUSPEND, Action.RESUME, Action.TASK_DONE):
        refused = await office.presses_an_old_button(office.clerk, case, action)
        assert refused.text == (
            "Đơn đã phân công, nên lúc này không làm được việc đó. Làm được: Bắt đầu xử lý, Xác nhận đủ đơn, "
            "Yêu cầu bổ sung, Hỏi người dân."
        )
    conclude = await office.presses_an_old_button(office.clerk, case, Action.CONCLUDE)
    assert "Không áp dụng cho loại đơn này." in conclude.text
    await office.unchanged(before)
    assert await case.citizen.news() == []


async def test_eligible_without_a_signed_form(office: LegalOffice) -> None:
    for kind in ("khieu_nai", "to_cao"):
        case = await office.taken(kind)
        before = await office.kept(case)
        assert "Đủ điều kiện" not in await office.hand(kind).offered(case.code)
        refused = await office.presses_an_old_button(office.hand(kind), case, Action.SCREEN_ELIGIBLE)
        assert "Chưa xác nhận đơn ký đầy đủ." in refused.text
        assert "xác nhận đủ đơn trước, hoặc yêu cầu bổ sung" in refused.text
        await office.unchanged(before)


async def test_the_second_moment_is_confirmed_once_and_never_before_the_first(office: LegalOffice) -> None:
    case = await office.taken("khieu_nai")
    before = await office.kept(case)
    refused = await office.clerk.does(case.code, "Xác nhận đủ đơn…", "29/11/2026", agree=False)
    assert refused.text == "Ngày này trước sự kiện mà nó nối tiếp. Sớm nhất là 30/11/2026."
    refused = await office.clerk.chat.say("01/12/2026")
    assert refused.text == "Ngày này chưa tới. Muộn nhất là 30/11/2026."
    refused = await office.clerk.chat.say("31/02/2026")
    assert refused.text == "Ngày này không có trong lịch. Xin gõ lại, ví dụ 03/12/2026."
    await office.unchanged(before)
    # The question stayed open all the while.
    await office.clerk.chat.say("hôm nay")
    await office.clerk.chat.press("Ghi nhận")
    assert "30/11/2026" in await case.told()
    before = await office.kept(case)
    again = await office.presses_an_old_button(office.clerk, case, Action.CONFIRM_FORM)
    assert "Đơn ký đầy đủ đã được xác nhận ngày 30/11/2026." in again.text
    await office.unchanged(before)


async def test_nothing_happens_without_a_reason_or_its_words(office: LegalOffice) -> None:
    case = await office.eligible("khieu_nai")
    before = await office.kept(case)
    asked = await office.clerk.begins(case.code, "Không thụ lý…")
    assert "vì lý do nào?" in asked.text
    unread = await office.clerk.chat.say("vì tôi thấy thế")
    assert unread.text == "Chưa rõ Ông/Bà chọn mục nào. Xin bấm một nút, hoặc gõ số thứ tự."
    await office.clerk.presses("đã hết thời hiệu", asked)
    # Pressing an old "agree" now agrees to nothing: number and words are still missing.
    petition_id = before.record.id
    early = await office.clerk.chat.press_token(Press("yes", petition_id).token, "")
    assert "Không còn gì chờ xác nhận" in early.text
    await office.unchanged(before)
    empty = await office.clerk.chat.say("   ")
    assert empty.answers, "never silence"
    await office.clerk.chat.press("Thôi")
    await office.unchanged(before)
    assert await case.citizen.news() == []


async def test_a_feedback_is_not_closed_without_a_reason(office: LegalOffice) -> None:
    head = await office.joins("ql_van_hoa", "head", "Phạm Thị Trưởng")
    case = await office.files("phan_anh")
    await head.does(case.code, "Nhận xử lý")
    await case.told()
    before = await office.kept(case)
    asked = await head.begins(case.code, "Kết thúc")
    assert "lý do kết thúc" in asked.text
    await head.presses("Thôi", asked)
    await office.unchanged(before)


async def test_a_complaint_is_never_extended_and_a_finding_after_the_term_is_refused(
    office: LegalOffice,
) -> None:
    case = await office.accepted("khieu_nai")
    before = await office.kept(case)
    refused = await office.presses_an_old_button(office.clerk, case, Action.EXTEND)
    assert "Không áp dụng cho loại đơn này." in refused.text
    assert "Gia hạn…" not in await office.clerk.offered(case.code)
    await office.unchanged(before)
    await office.later(timedelta(days=32))
    before = await office.kept(case)
    late = await office.clerk.does(case.code, "Vụ việc phức tạp…", "[nhiều người]", TODAY, agree=False)
    assert late.text.startswith("Hạn đã hết ngày 30/12/2026; hết hạn rồi thì không gia hạn được.")
    await office.unchanged(before)
    # Found in time, and only entered now: the day of the finding counts.
    for words in ("29/12/2026", "20/KL-TTr", "Có 5 hộ."):
        await office.clerk.chat.say(words)
    await office.clerk.chat.press("Ghi nhận")
    assert "Hạn giải quyết mới: 14/01/2027." in (await case.citizen.news())[-1].text


async def test_a_resumption_before_its_suspension(office: LegalOffice) -> None:
    case = await office.accepted("khieu_nai")
    await office.later(timedelta(days=3))
    await office.clerk.does(
        case.code, "Tạm đình chỉ…", "[trở ngại khách quan]", TODAY, "21/QĐ", "Người khiếu nại nằm viện."
    )
    await case.citizen.news()
    before = await office.kept(case)
    refused = await office.clerk.does(case.code, "Tiếp tục giải quyết…", "01/12/2026", agree=False)
    assert refused.text == "Ngày này trước sự kiện mà nó nối tiếp. Sớm nhất là 03/12/2026."
    await office.clerk.chat.press("Thôi")
    await office.unchanged(before)
    assert before.record.stage is Stage.SUSPENDED


async def test_a_decision_before_acceptance_and_numbers_that_do_not_add_up(office: LegalOffice) -> None:
    case = await office.accepted("khieu_nai")
    before = await office.kept(case)
    day = await office.clerk.does(case.code, "Ra quyết định…", "[đúng]", "27/11/2026", agree=False)
    assert day.text == "Ngày này trước sự kiện mà nó nối tiếp. Sớm nhất là 30/11/2026."
    await office.clerk.chat.say("hôm nay")
    asked = await office.clerk.chat.say("30/QĐ")
    # The example the question gives can be typed as it stands.
    assert "1=120, 3=5" in asked.text
    refused = await office.clerk.chat.say("7=1, 8=2")
    assert "Trong đó cán bộ, công chức, viên chức" in refused.text
    assert "phần không lớn hơn tổng" in refused.text
    refused = await office.clerk.chat.say("99=1")
    assert "Chưa đọc được số liệu." in refused.text
    await office.unchanged(before)
    await office.clerk.chat.say("1=120, 3=5")
    await office.clerk.chat.say("Trả lại 5 triệu.")
    await office.clerk.chat.press("Ghi nhận")
    assert (await office.kept(case)).record.stage is Stage.DECIDED


async def test_a_task_due_in_the_past_and_a_document_sent_twice(office: LegalOffice) -> None:
    case = await office.accepted("to_cao")
    await office.inspector.does(
        case.code, "Ra kết luận…", "[sai]", TODAY, "30/KL", NOTHING, "Không có vi phạm."
    )
    await office.inspector.does(case.code, "Đã gửi văn bản…", TODAY)
    before = await office.kept(case)
    assert "Đã gửi văn bản…" not in await office.inspector.offered(case.code)
    twice = await office.presses_an_old_button(office.inspector, case, Action.SEND_DECISION)
    assert "Việc này đã được làm." in twice.text
    past = await office.inspector.does(
        case.code,
        "Giao việc thi hành…",
        "[Phạm Văn Thanh]",
        "Thông báo cho các bên",
        "29/11/2026",
        agree=False,
    )
    assert past.text == "Ngày này sớm quá. Sớm nhất là 30/11/2026."
    await office.inspector.chat.press("Thôi")
    await office.unchanged(before)


async def test_a_case_is_not_sent_around(office: LegalOffice) -> None:
    """Back to a unit that had it, a second refusal, another forwarding: the focal unit rules, bindingly."""
    culture = await office.joins("ql_van_hoa", "head", "Trần Thị Bộ")
    tourism = await office.joins("ql_du_lich", "head", "Hoàng Văn Lịch")
    case = await office.files("phan_anh")
    before = await office.kept(case)
    none = await office.presses_an_old_button(culture, case, Action.REFUSE_TRANSFER)
    assert none.answers
    await office.unchanged(before)
    await culture.begins(case.code, "Chuyển đơn vị…")
    await culture.presses("Phòng Quản lý du lịch", culture.chat.transcript[-1])
    await culture.chat.say("Quán nằm trong khu du lịch.")
    await culture.chat.press("Chuyển đơn")
    assert "chuyển tới Phòng Quản lý du lịch" in await case.told()
    await tourism.does(case.code, "Trả lại đơn…", "Quán không nằm trong khu du lịch.")
    told = await case.told()
    assert "Phòng Quản lý văn hóa và gia đình chịu trách nhiệm" in told
    assert "Quán không nằm trong khu du lịch." in told
    await culture.begins(case.code, "Chuyển đơn vị…")
    await culture.presses("Phòng Quản lý du lịch", culture.chat.transcript[-1])
    preview = await culture.chat.say("Xin xem lại.")
    assert "tới Thanh tra Sở?" in preview.text, "the officer sees that the focal unit gets it"
    await culture.chat.press("Chuyển đơn")
    assert (await office.kept(case)).record.unit == "thanh_tra"
    await case.told()
    await office.inspector.does(
        case.code, "Quyết định đơn vị…", "[Phòng Quản lý văn hóa và gia đình]", "Karaoke thuộc phòng văn hóa."
    )
    assert "đầu mối đã quyết định Phòng Quản lý văn hóa và gia đình chịu trách nhiệm" in await case.told()
    before = await office.kept(case)
    assert before.record.bound
    offered = await culture.offered(case.code)
    assert not {"Chuyển đơn vị…", "Trả lại đơn…"} & set(offered)
    bound = await office.presses_an_old_button(culture, case, Action.REFUSE_TRANSFER)
    assert "Đầu mối đã quyết định đơn vị chịu trách nhiệm" in bound.text
    await office.unchanged(before)
