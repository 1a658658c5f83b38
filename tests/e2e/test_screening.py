"""Every outcome of screening, from the citizen's first word, by officers pressing; told in both languages."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

import pytest

from petitions.kinds import Kind, Stage
from tests.e2e.support.legal_office import TODAY, Case, LegalOffice, Officer, officer

LANGUAGES: Final = ("vi", "en")
PROVINCE: Final = "[UBND tỉnh, Ban Tiếp công dân tỉnh]"
PROVINCE_NAME: Final = {"vi": "UBND tỉnh, Ban Tiếp công dân tỉnh", "en": "Provincial People's Committee"}
GUIDANCE: Final = {
    "vi": "Đơn về người đứng đầu Sở hoặc việc thuộc Chủ tịch UBND tỉnh xin gửi Ban Tiếp công dân tỉnh.",
    "en": (
        "Petitions about the head of the department, or for the chairman of the province, go to the "
        "province's citizen reception office."
    ),
}
NINTH_DECEMBER: Final = date(2026, 12, 9)
"""Seven working days after Monday 30 November 2026: 1, 2, 3, 4, 7, 8, 9 December."""


@pytest.mark.parametrize("language", LANGUAGES)
async def test_an_eligible_complaint_is_accepted(office: LegalOffice, language: str) -> None:
    case = await office.taken("khieu_nai", language)
    assert (await office.kept(case)).record.formed_on is None
    await office.clerk.does(case.code, "Xác nhận đủ đơn…", TODAY)
    await case.hears(
        vi=(
            "Đơn {code}: cơ quan đã nhận đơn ký đầy đủ ngày 30/11/2026. Thời hạn theo luật tính từ ngày này. "
            "Chậm nhất ngày 09/12/2026, cơ quan báo có thụ lý (nhận giải quyết) hay không."
        ),
        en=(
            "Petition {code}: the office received the complete signed form on 30/11/2026. The legal time "
            "limits count from that day. By 09/12/2026 the office says whether it accepts the petition."
        ),
    )
    limits = await office.clocks(case)
    assert (limits["accept"].rule, limits["accept"].due_on) == ("C-03", NINTH_DECEMBER)
    await office.clerk.does(case.code, "Đủ điều kiện")
    await case.hears(
        vi="Đơn {code}: cơ quan đã xem, đơn đủ điều kiện xử lý và thuộc thẩm quyền của Thanh tra Sở.",
        en=(
            "Petition {code}: the office has looked at it; it is eligible and belongs to "
            "Departmental Inspectorate."
        ),
    )
    await office.clerk.does(case.code, "Thụ lý…", TODAY, "12/TB-TTr")
    await case.hears(
        vi=(
            "Đơn {code} đã được thụ lý (chính thức nhận giải quyết) ngày 30/11/2026, văn bản số 12/TB-TTr. "
            "Hạn giải quyết: 30/12/2026. Ông/Bà gõ mã đơn để xem căn cứ pháp luật."
        ),
        en=(
            "Petition {code} was formally accepted on 30/11/2026, notice no. 12/TB-TTr. It is to be settled "
            "by 30/12/2026. Type the code to see the legal basis."
        ),
    )
    looked_up = (await case.citizen.say(case.shown)).text
    assert "Điều 28 Luật Khiếu nại" in looked_up
    assert "30/12/2026" in looked_up


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_denunciation_is_accepted_with_its_own_limit(office: LegalOffice, language: str) -> None:
    """The notice names the day it is settled by, not the sooner one on which others have to be told."""
    case = await office.eligible("to_cao", language)
    await office.inspector.does(case.code, "Thụ lý…", TODAY, "12/TB-TTr")
    told = await case.told()
    assert {"vi": "Hạn giải quyết: 30/12/2026.", "en": "It is to be settled by 30/12/2026."}[language] in told
    limits = await office.clocks(case)
    assert (limits["settle"].rule, limits["settle"].due_on) == ("D-09", date(2026, 12, 30))
    # Five working days after Monday 30 November: 1, 2, 3, 4, 7 December.
    assert (limits["notify_acceptance"].rule, limits["notify_acceptance"].due_on) == (
        "D-08",
        date(2026, 12, 7),
    )
    assert "tố cáo" not in told.lower()
    assert "denunciation" not in told.lower()
    looked_up = (await case.citizen.say(case.shown)).text
    assert {"vi": "Hạn hiện nay: 30/12/2026.", "en": "The date now: 30/12/2026."}[language] in looked_up
    assert "khoản 1 Điều 30 Luật Tố cáo" in looked_up


async def test_not_accepted_for_a_ground_of_the_law(office: LegalOffice) -> None:
    for language in LANGUAGES:
        case = await office.eligible("khieu_nai", language)
        words = "Quyết định giao ngày 01/06/2026, quá 90 ngày."
        await office.clerk.does(case.code, "Không thụ lý…", "[đã hết thời hiệu]", "15/TB-TTr", words)
        await case.hears(
            vi=(
                "Đơn {code} không được thụ lý (không được nhận giải quyết).\n"
                "Lý do: đã hết thời gian luật cho phép gửi mà không có lý do chính đáng. "
                f"Căn cứ: khoản 6 Điều 11 Luật Khiếu nại.\n\n{words}"
            ),
            en=(
                "Petition {code} was not accepted for settling.\n"
                "Reason: the time the law gives has passed without good reason. "
                f"Legal basis: khoản 6 Điều 11 Luật Khiếu nại.\n\n{words}"
            ),
        )
        kept = await office.kept(case)
        assert kept.record.stage is Stage.NOT_ACCEPTED
        assert kept.record.outcome == "too_late"
        assert kept.record.due_on is None


async def test_a_denunciation_not_accepted_names_no_law(office: LegalOffice) -> None:
    for language in LANGUAGES:
        case = await office.eligible("to_cao", language)
        words = "Đơn không nêu được chứng từ nào."
        await office.inspector.does(case.code, "Không thụ lý…", "[không có cơ sở xác định]", words)
        await case.hears(
            vi=(
                "Đơn {code} không được thụ lý (không được nhận giải quyết).\n"
                f"Lý do: nội dung không có cơ sở để xác định người vi phạm và hành vi vi phạm.\n\n{words}"
            ),
            en=(
                "Petition {code} was not accepted for settling.\n"
                f"Reason: the content gives no basis to determine who did wrong and what.\n\n{words}"
            ),
        )


async def test_ineligible_with_the_reason_and_what_to_mend(office: LegalOffice) -> None:
    for language in LANGUAGES:
        case = await office.taken("khieu_nai", language)
        words = "Xin bỏ các lời lẽ xúc phạm ở trang 2."
        await office.clerk.does(case.code, "Không đủ điều kiện…", "[lời lẽ xúc phạm]", words)
        await case.hears(
            vi=(
                "Đơn {code}: cơ quan không xử lý được đơn này.\n"
                "Lý do: đơn có lời lẽ thô tục, xúc phạm hoặc kích động. "
                f"Căn cứ: khoản 2 Điều 6 Thông tư 05/2021/TT-TTCP.\n\n{words}\n\n"
                "Nếu sửa được điều này, Ông/Bà có thể gửi lại."
            ),
            en=(
                "Petition {code}: the office cannot handle it.\n"
                "Reason: the petition is obscene, insulting or inciting. "
                f"Legal basis: khoản 2 Điều 6 Thông tư 05/2021/TT-TTCP.\n\n{words}\n\n"
                "If you can put this right, you may send it again."
            ),
        )
        assert (await office.clocks(case))["first_answer"].state.value == "met"


async def test_outside_jurisdiction_is_passed_on_or_guided(office: LegalOffice) -> None:
    words = "Quyết định do Chủ tịch UBND tỉnh ban hành."
    for language in LANGUAGES:
        case = await office.taken("khieu_nai", language)
        await office.clerk.does(case.code, "Chuyển cơ quan khác…", PROVINCE, "[thuộc cấp khác]", words)
        authority, guidance = PROVINCE_NAME[language], GUIDANCE[language]
        await case.hears(
            vi=(
                "Đơn {code} không thuộc thẩm quyền của cơ quan chúng tôi. Ngày 30/11/2026, đơn đã được "
                f"chuyển tới {authority}.\nLý do: việc này thuộc thẩm quyền của cấp khác. "
                f"Căn cứ: Điều 26 Luật Tiếp công dân.\n\n{words}\n\n{guidance}\n"
                "Từ nay Ông/Bà liên hệ nơi đó; đơn chỉ được chuyển một lần."
            ),
            en=(
                f"Petition {{code}} is not ours to settle. On 30/11/2026 it was passed on to {authority}.\n"
                "Reason: the matter belongs to another level. Legal basis: Điều 26 Luật Tiếp công dân.\n\n"
                f"{words}\n\n{guidance}\nPlease turn to them from now on; a petition is passed on once only."
            ),
        )
        kept = await office.kept(case)
        assert (kept.record.stage, kept.record.destination) == (Stage.PASSED_ON, "outside:ubnd_tinh")
        assert kept.record.due_on is None

        case = await office.taken("khieu_nai", language)
        await office.clerk.does(case.code, "Hướng dẫn tới cơ quan khác…", PROVINCE, "[thuộc cấp khác]", words)
        await case.hears(
            vi=(
                f"Đơn {{code}} không thuộc thẩm quyền của cơ quan chúng tôi. Xin Ông/Bà gửi tới {authority}.\n"
                "Lý do: việc này thuộc thẩm quyền của cấp khác. Căn cứ: Điều 26 Luật Tiếp công dân.\n\n"
                f"{words}\n\n{guidance}"
            ),
            en=(
                f"Petition {{code}} is not ours to settle. Please send it to {authority}.\n"
                "Reason: the matter belongs to another level. Legal basis: Điều 26 Luật Tiếp công dân.\n\n"
                f"{words}\n\n{guidance}"
            ),
        )
        assert (await office.kept(case)).record.stage is Stage.GUIDED


async def test_a_duplicate_is_joined_to_the_first(office: LegalOffice) -> None:
    for language in LANGUAGES:
        first = await office.taken("khieu_nai", language)
        again = await office.taken("khieu_nai", language)
        # The code is typed the way people read it aloud.
        await office.clerk.does(again.code, "Trùng đơn…", first.shown.lower(), "[trùng nội dung]")
        await again.hears(
            vi=(
                "Đơn {code} trùng nội dung với một đơn cơ quan đã nhận trước, nên được nhập vào đơn đó. "
                "Kết quả của đơn trước dùng cho cả hai; không có gì Ông/Bà gửi bị mất."
            ),
            en=(
                "Petition {code} is on the same matter as one received before, so it was joined to that "
                "one. Its result is for both; nothing you sent is lost."
            ),
        )
        kept = await office.kept(again)
        assert kept.record.stage is Stage.CLOSED
        assert kept.record.linked_to == (await office.kept(first)).record.id
        assert await first.citizen.news() == []
        # The way round would be a circle.
        refused = await office.clerk.does(first.code, "Trùng đơn…", again.code, "[trùng nội dung]")
        assert "Không nối được với đơn này" in refused.text
        assert (await office.kept(first)).record.stage is Stage.ASSIGNED


async def test_an_anonymous_denunciation_is_information(office: LegalOffice) -> None:
    for language in LANGUAGES:
        case = await office.taken("to_cao", language)
        words = "Đã liên hệ, người có tên không gửi đơn này."
        await office.inspector.does(case.code, "Không rõ người gửi…", "[dùng tên người khác]", words)
        await case.hears(
            vi=(
                "Đơn {code} chưa đủ điều kiện theo luật về người gửi hoặc hình thức, nên cơ quan xem xét "
                f"nội dung như thông tin được cung cấp.\nLý do: người gửi dùng họ tên của người khác.\n\n{words}\n\n"
                "Muốn được giải quyết theo luật, Ông/Bà có thể gửi đơn ghi rõ họ tên, địa chỉ và ký tên."
            ),
            en=(
                "Petition {code} does not meet what the law asks of the sender or the form, so the office "
                f"looks into it as information received.\nReason: somebody else's name was used.\n\n{words}\n\n"
                "To have it settled as the law provides, you may send a form with your name, address and signature."
            ),
        )
        kept = await office.kept(case)
        assert (kept.record.kind, kept.record.stage) == (Kind.ANONYMOUS_TIP, Stage.IN_PROGRESS)
        assert kept.record.confidential
        # It is still looked into, and ends with an answer.
        await office.inspector.does(case.code, "Trả lời", "Đã kiểm tra, đã chấn chỉnh.")
        assert "Đã kiểm tra, đã chấn chỉnh." in await case.told()


async def test_a_supplement_is_named_and_waited_for_without_stopping_time(office: LegalOffice) -> None:
    for language in LANGUAGES:
        case = await office.taken("khieu_nai", language)
        due = (await office.kept(case)).record.due_on
        words = "Xin ký vào trang cuối rồi chụp gửi lại."
        await office.clerk.does(case.code, "Yêu cầu bổ sung…", "[thiếu chữ ký]", words)
        news = await case.citizen.news()
        assert (
            news[-1].text
            == {
                "vi": (
                    f"Đơn {case.shown} còn thiếu: chữ ký hoặc điểm chỉ của người gửi. "
                    f"Căn cứ: Điều 6 Thông tư 05/2021/TT-TTCP.\n\n{words}\n\n"
                    "Ông/Bà bổ sung tại đây. Thời hạn theo luật không dừng vì chờ bổ sung, nhưng thiếu thì cơ quan "
                    "chưa nhận giải quyết được."
                ),
                "en": (
                    f"Petition {case.shown} still lacks: the signature or fingerprint of the petitioner. "
                    f"Legal basis: Điều 6 Thông tư 05/2021/TT-TTCP.\n\n{words}\n\n"
                    "Please send it here. No time limit waits for it, but without it the office cannot accept the "
                    "petition."
                ),
            }[language]
        )
        assert (
            news[-1].labels
            == {
                "vi": ("Hoàn thiện đơn", "Trả lời"),
                "en": ("Complete the form", "Reply"),
            }[language]
        )
        kept = await office.kept(case)
        assert (kept.record.stage, kept.record.due_on) == (Stage.WAITING_CITIZEN, due)
        await case.citizen.press({"vi": "Trả lời", "en": "Reply"}[language])
        await case.citizen.say(
            {"vi": "Tôi sẽ tới ký sáng mai", "en": "I will come to sign tomorrow"}[language]
        )
        assert (await office.kept(case)).record.stage is Stage.IN_PROGRESS


async def test_feedback_is_taken_up_answered_and_closed(office: LegalOffice) -> None:
    culture = await officer(office.house, "ql_van_hoa", "officer", "Trần Thị Bộ")
    for language in LANGUAGES:
        case = await _feedback(office, culture, language)
        await culture.does(case.code, "Đủ điều kiện")
        await case.hears(
            vi=(
                "Đơn {code}: cơ quan đã xem, đơn đủ điều kiện xử lý và thuộc thẩm quyền của "
                "Phòng Quản lý văn hóa và gia đình."
            ),
            en=(
                "Petition {code}: the office has looked at it; it is eligible and belongs to "
                "Culture and Family Management Division."
            ),
        )
        await culture.does(case.code, "Trả lời", "Quán đã bị nhắc nhở, đóng cửa trước 23 giờ.")
        assert "đóng cửa trước 23 giờ" in await case.told()
        await culture.does(case.code, "Kết thúc")
        await case.hears(
            vi="Đơn {code} đã kết thúc. Cảm ơn Ông/Bà.",
            en="Petition {code} is closed. Thank you.",
        )
        assert (await office.kept(case)).record.stage is Stage.CLOSED


async def test_repeated_feedback_is_refused_in_writing_within_three_working_days(office: LegalOffice) -> None:
    culture = await officer(office.house, "ql_van_hoa", "officer", "Trần Thị Bộ")
    case = await _feedback(office, culture, "vi")
    await culture.does(
        case.code, "Không đủ điều kiện…", "[đã trả lời, không có gì mới]", "Đã trả lời ngày 02/11/2026."
    )
    assert "Căn cứ: điểm h khoản 1 Điều 4 Nghị định 154/2026/NĐ-CP." in await case.told()
    refusal = (await office.clocks(case))["written_refusal"]
    assert (refusal.rule, refusal.due_on) == ("A-05", date(2026, 12, 3))
    await culture.does(case.code, "Đã gửi văn bản…", TODAY)
    assert await case.told() == f"Đơn {case.shown}: văn bản đã được gửi cho Ông/Bà ngày 30/11/2026."
    assert (await office.clocks(case))["written_refusal"].state.value == "met"


async def _feedback(office: LegalOffice, culture: Officer, language: str) -> Case:
    case = await office.files("phan_anh", language)
    await culture.does(case.code, "Nhận xử lý")
    await case.told()
    return case


async def test_the_second_moment_is_the_day_the_signed_form_came(office: LegalOffice) -> None:
    """First word on Monday, the signed form on Wednesday, noted on Thursday: the law counts from Wednesday."""
    case = await office.taken("khieu_nai")
    await office.later(timedelta(days=3))
    await case.citizen.news()
    await office.clerk.does(case.code, "Xác nhận đủ đơn…", "02/12/2026")
    told = await case.told()
    # Seven working days after Wednesday 2 December: 3, 4, 7, 8, 9, 10, 11 December.
    assert "đơn ký đầy đủ ngày 02/12/2026" in told
    assert "Chậm nhất ngày 11/12/2026" in told
    kept = await office.kept(case)
    assert kept.record.formed_on == date(2026, 12, 2)
    assert kept.record.first_message_at.date() == date(2026, 11, 30)
