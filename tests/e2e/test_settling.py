"""Every ending of a legal life, and every turn on the way, by officers pressing; told in both languages."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

import pytest

from petitions.kinds import Action, Stage
from tests.e2e.support.legal_office import NOTHING, TODAY, LegalOffice

LANGUAGES: Final = ("vi", "en")
COMPLEX: Final = "Vụ việc phức tạp…"
ONE_CRITERION: Final = "[phức tạp (một tiêu chí)]"
SEVERAL: Final = "[đặc biệt phức tạp (từ hai tiêu chí)]"


async def test_a_complex_complaint_has_a_higher_ceiling_once(office: LegalOffice) -> None:
    for language in LANGUAGES:
        case = await office.accepted("khieu_nai", language)
        await office.clerk.does(case.code, "Bắt đầu xác minh")
        await case.hears(
            vi=(
                "Đơn {code}: Thanh tra Sở bắt đầu xác minh, tức là kiểm tra sự việc. "
                "Hạn giải quyết: 30/12/2026."
            ),
            en=(
                "Petition {code}: Departmental Inspectorate has begun to verify the facts. "
                "To be settled by 30/12/2026."
            ),
        )
        await office.clerk.does(case.code, COMPLEX, "[nhiều người]", TODAY, "20/KL-TTr", "Có 5 hộ.")
        # 45 days in all from 30 November: 14 January.
        await case.hears(
            vi=(
                "Đơn {code}: vụ việc được xác định là phức tạp bằng văn bản số 20/KL-TTr ngày 30/11/2026. "
                "Hạn giải quyết mới: 14/01/2027.\n"
                "Lý do: nhiều người cùng gửi hoặc liên quan quyền lợi của nhiều người. "
                "Căn cứ: Điều 3a Nghị định 124/2020/NĐ-CP.\n\nCó 5 hộ."
            ),
            en=(
                "Petition {code}: the matter was found to be complex, document no. 20/KL-TTr of 30/11/2026. "
                "New date: 14/01/2027.\n"
                "Reason: many people complain, or many people's interests are touched. "
                "Legal basis: Điều 3a Nghị định 124/2020/NĐ-CP.\n\nCó 5 hộ."
            ),
        )
        before = await office.kept(case)
        assert COMPLEX not in await office.clerk.offered(case.code)
        again = await office.presses_an_old_button(office.clerk, case, Action.FIND_COMPLEX)
        assert "luật chỉ cho nâng hạn một lần và không có cách gia hạn khác" in again.text
        await office.unchanged(before)
        assert await case.citizen.news() == []


async def test_a_denunciation_is_extended_twice_and_a_third_time_is_refused(office: LegalOffice) -> None:
    for language in LANGUAGES:
        case = await office.accepted("to_cao", language)
        # Each term begins at the nominal end of the last: 30/12, 29/01, 28/02/2027, a Sunday, so 01/03.
        for number, due in (("20/QĐ", "29/01/2027"), ("21/QĐ", "01/03/2027")):
            await office.inspector.does(
                case.code, "Gia hạn…", SEVERAL, TODAY, number, "Nhiều nơi phải kiểm tra."
            )
            await case.hears(
                vi=(
                    f"Đơn {{code}}: thời hạn được gia hạn theo quyết định số {number} ngày 30/11/2026. "
                    f"Hạn giải quyết mới: {due}.\n"
                    "Lý do: vụ việc đặc biệt phức tạp: có từ hai tiêu chí theo quy định.\n\n"
                    "Nhiều nơi phải kiểm tra."
                ),
                en=(
                    f"Petition {{code}}: the time was extended by decision no. {number} of 30/11/2026. "
                    f"New date: {due}.\n"
                    "Reason: the case is especially complex: two or more of the criteria hold.\n\n"
                    "Nhiều nơi phải kiểm tra."
                ),
            )
        before = await office.kept(case)
        assert "Gia hạn…" not in await office.inspector.offered(case.code)
        third = await office.presses_an_old_button(office.inspector, case, Action.EXTEND)
        assert "Luật chỉ cho gia hạn 2 lần" in third.text
        assert "phải kết luận, hoặc báo cáo cấp trên" in third.text
        await office.unchanged(before)


async def test_one_criterion_extends_once(office: LegalOffice) -> None:
    case = await office.accepted("to_cao")
    await office.inspector.does(
        case.code, "Gia hạn…", ONE_CRITERION, TODAY, "20/QĐ", "Nhiều nơi phải kiểm tra."
    )
    assert "Hạn giải quyết mới: 29/01/2027." in await case.told()
    before = await office.kept(case)
    second = await office.inspector.does(case.code, "Gia hạn…", ONE_CRITERION, TODAY, "21/QĐ", "Vẫn còn.")
    assert "Luật chỉ cho gia hạn 1 lần trong trường hợp này" in second.text
    await office.unchanged(before)
    assert await case.citizen.news() == []


async def test_only_a_lawful_suspension_stops_the_clock(office: LegalOffice) -> None:
    cases = [await office.accepted("khieu_nai", language) for language in LANGUAGES]
    await office.later(timedelta(days=2))
    for case in cases:
        await office.clerk.does(
            case.code, "Tạm đình chỉ…", "[chờ kết quả cơ quan khác]", TODAY, "21/QĐ", "Chờ kết quả đo đạc."
        )
        await case.hears(
            vi=(
                "Đơn {code}: việc giải quyết tạm dừng từ ngày 02/12/2026, quyết định số 21/QĐ. "
                "Thời hạn cũng tạm dừng.\n"
                "Lý do: phải chờ kết quả của cơ quan khác về việc liên quan trực tiếp. "
                "Căn cứ: khoản 1 Điều 11a Luật Khiếu nại.\n\nChờ kết quả đo đạc."
            ),
            en=(
                "Petition {code}: settling is suspended from 02/12/2026, decision no. 21/QĐ. "
                "The time stands still as well.\n"
                "Reason: the result of another body on a directly related matter is awaited. "
                "Legal basis: khoản 1 Điều 11a Luật Khiếu nại.\n\nChờ kết quả đo đạc."
            ),
        )
        # The decision has to leave within three working days (C-22): 3, 4, 7 December.
        assert (await office.clocks(case))["send_suspension"].due_on == date(2026, 12, 7)
        await office.clerk.does(case.code, "Đã gửi văn bản…", TODAY)
        sent = (await case.citizen.news())[-1]
        assert "02/12/2026" in sent.text
        assert sent.labels == (), "a suspension is no decision that one complains against"
        assert "second_complaint" not in await office.clocks(case)
    await office.later(timedelta(days=8))
    for case in cases:
        assert await case.citizen.news() == []
        await office.clerk.does(case.code, "Tiếp tục giải quyết…", TODAY, "22/QĐ")
        # Due on 30 December, and eight days more: Thursday 7 January.
        await case.hears(
            vi=(
                "Đơn {code}: việc giải quyết tiếp tục từ ngày 10/12/2026, quyết định số 22/QĐ. "
                "Hạn giải quyết: 07/01/2027."
            ),
            en=(
                "Petition {code}: settling goes on from 10/12/2026, decision no. 22/QĐ. "
                "To be settled by 07/01/2027."
            ),
        )
        spans = {
            "vi": "Thời gian tạm dừng theo luật (8 ngày) không tính vào hạn.",
            "en": "The time of lawful suspension (8 days) is not counted.",
        }
        assert spans[case.language] in (await case.citizen.say(case.shown)).text
        kept = await office.kept(case)
        assert kept.record.stage is Stage.VERIFYING
        assert "breach" not in kept.actions


async def test_discontinued_for_a_ground_of_the_law(office: LegalOffice) -> None:
    for language in LANGUAGES:
        case = await office.accepted("khieu_nai", language)
        await office.clerk.does(
            case.code,
            "Đình chỉ…",
            "[không còn đối tượng, nội dung]",
            TODAY,
            "9/QĐ",
            "Quyết định phạt đã hủy.",
        )
        await case.hears(
            vi=(
                "Đơn {code}: việc giải quyết dừng hẳn từ ngày 30/11/2026, quyết định số 9/QĐ.\n"
                "Lý do: không còn đối tượng hoặc nội dung để giải quyết. "
                "Căn cứ: khoản 2 Điều 11a Luật Khiếu nại.\n\nQuyết định phạt đã hủy."
            ),
            en=(
                "Petition {code}: settling ended on 30/11/2026, decision no. 9/QĐ.\n"
                "Reason: no object or content is left to settle. "
                "Legal basis: khoản 2 Điều 11a Luật Khiếu nại.\n\nQuyết định phạt đã hủy."
            ),
        )
        assert (await office.clocks(case))["settle"].state.value == "stopped"
        await office.clerk.does(case.code, "Đã gửi văn bản…", TODAY)
        await case.told()
        await office.clerk.does(case.code, "Kết thúc")
        assert (await office.kept(case)).record.stage is Stage.CLOSED


@pytest.mark.parametrize(
    ("result", "vi", "en"),
    [
        ("đúng", "nội dung đơn đúng.", "the petition is right."),
        ("sai", "nội dung đơn sai.", "the petition is wrong."),
        ("đúng một phần", "nội dung đơn đúng một phần.", "the petition is partly right."),
    ],
)
async def test_a_complaint_is_decided(office: LegalOffice, result: str, vi: str, en: str) -> None:
    for language in LANGUAGES:
        case = await office.accepted("khieu_nai", language)
        words = "Mức phạt được xem xét lại."
        await office.clerk.does(
            case.code, "Ra quyết định…", f"[{result}]", TODAY, "30/QĐ", "3=20, 7=3, 8=2", words
        )
        await case.hears(
            vi=(
                "Đơn {code}: đã có quyết định giải quyết số 30/QĐ ngày 30/11/2026.\n"
                f"Kết quả: {vi} Căn cứ: Điều 31 Luật Khiếu nại.\n\n{words}\n\n"
                "Văn bản sẽ được gửi cho Ông/Bà. Nếu không đồng ý, Ông/Bà có quyền gửi đơn tiếp hoặc khởi kiện "
                "tại tòa án theo luật."
            ),
            en=(
                "Petition {code}: the decision no. 30/QĐ of 30/11/2026 has been issued.\n"
                f"Result: {en} Legal basis: Điều 31 Luật Khiếu nại.\n\n{words}\n\n"
                "The document will be sent to you. If you do not agree, you may go on to the next instance or to "
                "court as the law provides."
            ),
        )
        kept = await office.kept(case)
        facts = kept.events[-1].content["facts"]
        assert (facts["return_money"], facts["discipline_people"], facts["discipline_officials"]) == (
            20,
            3,
            2,
        )
        assert facts["recover_money"] == 0


async def test_from_decision_over_effect_and_tasks_to_the_end(office: LegalOffice) -> None:
    cases = []
    for language in LANGUAGES:
        case = await office.accepted("khieu_nai", language)
        await office.clerk.does(
            case.code, "Ra quyết định…", "[đúng]", TODAY, "30/QĐ", "3=20", "Trả lại 20 triệu."
        )
        await case.told()
        limits = await office.clocks(case)
        # Three working days: 3 December; fifteen days: 15 December; after thirty days: 30 December.
        assert (limits["send_decision"].rule, limits["send_decision"].due_on) == ("C-10", date(2026, 12, 3))
        assert (limits["publish"].rule, limits["publish"].due_on) == ("C-11", date(2026, 12, 15))
        assert (limits["effect"].rule, limits["effect"].due_on) == ("C-19", date(2026, 12, 30))
        assert "second_complaint" not in limits
        await office.clerk.does(case.code, "Đã gửi văn bản…", TODAY)
        sent = (await case.citizen.news())[-1]
        assert (
            sent.text
            == {
                "vi": f"Đơn {case.shown}: văn bản đã được gửi cho Ông/Bà ngày 30/11/2026.",
                "en": f"Petition {case.shown}: the document was sent to you on 30/11/2026.",
            }[language]
        )
        assert sent.labels == ({"vi": "Không đồng ý, gửi tiếp", "en": "I do not agree, go on"}[language],)
        await office.clerk.does(case.code, "Đã công khai…", TODAY, "Niêm yết tại trụ sở Sở.")
        await case.hears(
            vi="Đơn {code}: kết quả được công khai từ ngày 30/11/2026.\n\nNiêm yết tại trụ sở Sở.",
            en="Petition {code}: the result is public from 30/11/2026.\n\nNiêm yết tại trụ sở Sở.",
        )
        cases.append(case)
    await office.later(timedelta(days=30))
    for case in cases:
        assert await case.citizen.news() == [], "30 December is the last day to go on"
        assert (await office.kept(case)).record.stage is Stage.DECIDED
    await office.later(timedelta(days=1))
    for case in cases:
        await case.hears(
            vi=(
                "Đơn {code}: kết quả giải quyết có hiệu lực từ ngày 31/12/2026. "
                "Cơ quan tổ chức thực hiện và báo Ông/Bà."
            ),
            en=(
                "Petition {code}: the result is in force from 31/12/2026. "
                "The office has it carried out and will tell you."
            ),
        )
        kept = await office.kept(case)
        assert (kept.record.stage, kept.record.effective_on) == (Stage.ENFORCING, date(2026, 12, 31))
        # Five working days from Thursday 31 December: 4, 5, 6, 7, 8 January (1 January is a holiday).
        limit = (await office.clocks(case))["carry_out"]
        assert (limit.rule, limit.due_on) == ("C-21", date(2027, 1, 8))
        task = ("[Lê Văn Cán]", "Trả lại 20 triệu đồng", "15/01/2027")
        await office.clerk.does(case.code, "Giao việc thi hành…", *task)
        await case.hears(
            vi="Đơn {code}: việc thực hiện kết quả đã được giao cho người phụ trách.",
            en="Petition {code}: carrying out the result was given to a person in charge.",
        )
        card = (await office.clerk.chat.say(f"/case {case.code}")).text
        assert card.count("hạn 15/01/2027") == 1
        assert "• Việc thi hành: Trả lại 20 triệu đồng, hạn 15/01/2027, Lê Văn Cán" in card
        before = await office.kept(case)
        early = await office.presses_an_old_button(office.clerk, case, Action.CLOSE)
        assert "Còn 1 việc thi hành chưa xong" in early.text
        await office.unchanged(before)
        await office.clerk.does(case.code, "Việc đã xong…", TODAY, "3=20", "Đã trả đủ 20 triệu đồng.")
        await case.hears(
            vi=(
                "Đơn {code}: một việc trong kết quả giải quyết đã thực hiện xong ngày 31/12/2026.\n\n"
                "Đã trả đủ 20 triệu đồng."
            ),
            en=(
                "Petition {code}: one thing the result orders was carried out on 31/12/2026.\n\n"
                "Đã trả đủ 20 triệu đồng."
            ),
        )
        await office.clerk.does(case.code, "Kết thúc")
        await case.hears(
            vi="Đơn {code} đã kết thúc. Cảm ơn Ông/Bà.", en="Petition {code} is closed. Thank you."
        )
        assert (await office.kept(case)).record.stage is Stage.CLOSED


async def test_a_decision_that_orders_nothing_is_closed_with_a_reason(office: LegalOffice) -> None:
    case = await office.accepted("khieu_nai")
    await office.clerk.does(case.code, "Ra quyết định…", "[sai]", TODAY, "30/QĐ", NOTHING, "Giữ nguyên.")
    await case.told()
    before = await office.kept(case)
    early = await office.presses_an_old_button(office.clerk, case, Action.CLOSE)
    assert "Còn văn bản chưa gửi hoặc chưa công khai" in early.text
    await office.unchanged(before)
    await office.clerk.does(case.code, "Đã gửi văn bản…", TODAY)
    await case.told()
    await office.clerk.does(case.code, "Đã công khai…", TODAY, "Niêm yết tại trụ sở.")
    await case.told()
    await office.clerk.does(case.code, "Kết thúc", "Quyết định không có nội dung phải thi hành.")
    assert await case.told() == (
        f"Đơn {case.shown} đã kết thúc.\nLý do: Quyết định không có nội dung phải thi hành."
    )


async def test_a_denunciation_is_concluded_published_and_acted_on(office: LegalOffice) -> None:
    for language in LANGUAGES:
        case = await office.accepted("to_cao", language)
        await office.inspector.does(case.code, "Bắt đầu xác minh")
        await case.told()
        words = "Đã yêu cầu nộp lại tiền."
        await office.inspector.does(
            case.code, "Ra kết luận…", "[có đúng, có sai]", TODAY, "30/KL", "1=20, 8=2", words
        )
        await case.hears(
            vi=(
                "Đơn {code}: đã có kết luận số 30/KL ngày 30/11/2026.\n"
                f"Kết quả: nội dung nêu trong đơn có phần đúng, có phần không đúng.\n\n{words}\n\n"
                "Nếu không đồng ý, Ông/Bà có quyền gửi tiếp lên cấp trên trực tiếp."
            ),
            en=(
                "Petition {code}: the conclusion no. 30/KL of 30/11/2026 has been issued.\n"
                f"Result: what was told is partly true.\n\n{words}\n\n"
                "If you do not agree, you may go on to the direct superior."
            ),
        )
        limits = await office.clocks(case)
        # Five and seven working days after Monday 30 November: 7 and 9 December.
        assert (limits["send_decision"].rule, limits["send_decision"].due_on) == ("D-16", date(2026, 12, 7))
        assert (limits["carry_out"].rule, limits["carry_out"].due_on) == ("D-17", date(2026, 12, 9))
        assert (limits["publish"].rule, limits["publish"].due_on) == ("D-19", date(2026, 12, 9))
        await office.inspector.does(case.code, "Đã công khai…", TODAY, "Niêm yết tại trụ sở Sở.")
        await case.hears(
            vi=(
                "Đơn {code}: kết quả được công khai từ ngày 30/11/2026, không nêu thông tin về người gửi.\n\n"
                "Niêm yết tại trụ sở Sở."
            ),
            en=(
                "Petition {code}: the result is public from 30/11/2026, without anything about the sender.\n\n"
                "Niêm yết tại trụ sở Sở."
            ),
        )
        task = ("[Phạm Văn Thanh]", "Thu hồi 20 triệu đồng", "31/12/2026")
        await office.inspector.does(case.code, "Giao việc thi hành…", *task)
        await case.told()
        card = (await office.inspector.chat.say(f"/case {case.code}")).text
        assert "Thu hồi" not in card, "nothing of a sealed case stands on a card"
        assert "• Việc thi hành: nội dung được giữ bí mật, hạn 31/12/2026, Phạm Văn Thanh" in card


async def test_withdrawn_as_a_whole_or_in_part_or_kept_going(office: LegalOffice) -> None:
    for language in LANGUAGES:
        case = await office.eligible("khieu_nai", language)
        await office.asks_to_withdraw(case)
        assert "xin rút đơn" in "\n".join(heard.text for heard in await office.clerk.chat.news())
        await office.clerk.does(case.code, "Hoàn tất rút đơn", "Đơn rút có chữ ký ngày 30/11/2026.")
        await case.hears(
            vi="Đơn {code}: việc rút đơn đã được ghi nhận.\nĐơn rút có chữ ký ngày 30/11/2026.",
            en="Petition {code}: the withdrawal has been entered.\nĐơn rút có chữ ký ngày 30/11/2026.",
        )
        kept = await office.kept(case)
        assert (kept.record.stage, kept.record.due_on) == (Stage.WITHDRAWN, None)

        case = await office.accepted("khieu_nai", language)
        await office.clerk.does(case.code, "Rút một phần…", TODAY, "Rút nội dung về mức phạt.")
        await case.hears(
            vi=(
                "Đơn {code}: việc rút một phần đơn ngày 30/11/2026 đã được ghi nhận; phần còn lại vẫn được giải "
                "quyết.\n\nRút nội dung về mức phạt."
            ),
            en=(
                "Petition {code}: the withdrawal of a part on 30/11/2026 was entered; the rest goes on.\n\n"
                "Rút nội dung về mức phạt."
            ),
        )
        kept = await office.kept(case)
        assert (kept.record.stage, kept.record.due_on) == (Stage.ACCEPTED, date(2026, 12, 30))

        case = await office.accepted("to_cao", language)
        assert "Vẫn tiếp tục…" not in await office.inspector.offered(case.code)
        await office.asks_to_withdraw(case)
        await office.inspector.does(case.code, "Vẫn tiếp tục…", "[bị đe dọa]", "Có băng ghi âm lời đe dọa.")
        await case.hears(
            vi=(
                "Đơn {code}: dù Ông/Bà xin rút, cơ quan vẫn tiếp tục giải quyết.\n"
                "Lý do: có căn cứ việc rút đơn là do bị đe dọa.\n\nCó băng ghi âm lời đe dọa."
            ),
            en=(
                "Petition {code}: although you asked to withdraw it, the office goes on with it.\n"
                "Reason: there are grounds that the withdrawal was forced by threats.\n\n"
                "Có băng ghi âm lời đe dọa."
            ),
        )
        kept = await office.kept(case)
        assert (kept.record.stage, kept.record.withdraw_wish_at) == (Stage.ACCEPTED, None)


async def test_an_answered_petition_is_reopened_when_the_head_finds_the_objection_right(
    office: LegalOffice,
) -> None:
    culture = await office.joins("ql_van_hoa", "officer", "Trần Thị Bộ")
    head = await office.joins("ql_van_hoa", "head", "Phạm Thị Trưởng")
    for language in LANGUAGES:
        case = await office.files("phan_anh", language)
        await culture.does(case.code, "Nhận xử lý")
        await culture.does(case.code, "Trả lời", "Quán đã bị nhắc nhở.")
        await case.citizen.news()
        await case.citizen.press({"vi": "Chưa hài lòng", "en": "Not satisfied"}[language])
        await case.citizen.say({"vi": "Quán vẫn hát", "en": "They still sing at night"}[language])
        assert "chưa hài lòng" in "\n".join(heard.text for heard in await head.chat.news())
        await head.begins(case.code, "Mở lại")
        await head.chat.say("Ý kiến của bà là đúng, kiểm tra lại.")
        await case.hears(
            vi=(
                "Đơn {code} đã được mở lại. Phòng Quản lý văn hóa và gia đình tiếp tục xử lý.\n"
                "Lý do: Ý kiến của bà là đúng, kiểm tra lại."
            ),
            en=(
                "Petition {code} has been reopened. Culture and Family Management Division goes on with it.\n"
                "Reason: Ý kiến của bà là đúng, kiểm tra lại."
            ),
        )
        assert (await office.kept(case)).record.stage is Stage.IN_PROGRESS
