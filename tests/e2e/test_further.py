"""Going further: the dialogue, a second complaint with its limit, an overdue denunciation, in both languages."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from handlers.citizens.chat import petition_button
from petitions.kinds import Action, Stage
from tests.e2e.support.legal_office import NOTHING, TODAY, Case, LegalOffice, Officer
from tests.e2e.support.people import shown
from tests.e2e.support.script import Person, file

LANGUAGES: Final = ("vi", "en")
MUSEUM: Final = {
    "vi": (
        "Tôi khiếu nại quyết định số 5/QĐ-BT ngày 10/11/2026 của Bảo tàng tỉnh từ chối trả lại hiện vật gia đình "
        "tôi cho mượn trưng bày"
    ),
    "en": (
        "The Provincial Museum refused by decision no. 5/QD-BT of 10/11/2026 to give back the objects my family "
        "had lent."
    ),
}
AGAIN: Final = {"vi": "Không đồng ý, gửi tiếp", "en": "I do not agree, go on"}


async def test_a_dialogue_is_invited_to_in_time_and_put_on_record(office: LegalOffice) -> None:
    cases = []
    for language in LANGUAGES:
        case = await office.accepted("khieu_nai", language)
        too_soon = await office.clerk.does(case.code, "Mời đối thoại…", "02/12/2026 8h30", agree=False)
        assert too_soon.text == "Ngày này sớm quá. Sớm nhất là 05/12/2026.", "five days before (C-08)"
        await office.clerk.chat.say("15/12/2026 8h30")
        await office.clerk.chat.say("Mời Ông/Bà tới phòng 2.")
        await office.clerk.chat.press("Ghi nhận")
        await case.hears(
            vi=(
                "Đơn {code}: Thanh tra Sở mời Ông/Bà đối thoại lúc 08:30 ngày 15/12/2026.\n\n"
                "Mời Ông/Bà tới phòng 2.\n\nNếu không tới được, xin Ông/Bà báo tại đây."
            ),
            en=(
                "Petition {code}: Departmental Inspectorate invites you to a dialogue at 08:30 on 15/12/2026.\n\n"
                "Mời Ông/Bà tới phòng 2.\n\nIf you cannot come, please say so here."
            ),
        )
        before = await office.kept(case)
        ahead = await office.clerk.does(case.code, "Ghi buổi đối thoại…", TODAY, agree=False)
        assert ahead.text == "Ngày này trước sự kiện mà nó nối tiếp. Sớm nhất là 15/12/2026."
        await office.clerk.chat.press("Thôi")
        await office.unchanged(before)
        cases.append(case)
    await office.later(timedelta(days=15))
    for case in cases:
        await office.clerk.does(case.code, "Ghi buổi đối thoại…", TODAY, "3/BB", "Hai bên đã trình bày.")
        await case.hears(
            vi=(
                "Đơn {code}: buổi đối thoại ngày 15/12/2026 đã được ghi biên bản số 3/BB.\n\n"
                "Hai bên đã trình bày."
            ),
            en="Petition {code}: the dialogue of 15/12/2026 is on record, no. 3/BB.\n\nHai bên đã trình bày.",
        )


async def test_a_second_complaint_goes_to_the_superior_who_must_hold_a_dialogue(office: LegalOffice) -> None:
    museum = await office.joins("bao_tang", "head", "Vũ Văn Tàng")
    seconds = []
    for language in LANGUAGES:
        first = await _decided_by(museum, office, language)
        second = await _again(office, first)
        told = await office.kept(first)
        assert told.actions[-1] == "complain_again"
        assert "người gửi khiếu nại lần hai" in "\n".join(heard.text for heard in await museum.chat.news())
        limits = await office.clocks(first)
        assert limits["effect"].state.value == "stopped", "the first decision takes no effect"
        kept = await office.kept(second)
        assert (kept.record.unit, kept.record.instance) == ("lanh_dao", 2)
        assert kept.record.linked_to == told.record.id

        await _accept(office.director, second)
        told_last = (await second.citizen.news())[-1].text
        # 45 days from Monday 30 November (C-15): Thursday 14 January.
        assert "14/01/2027" in told_last
        before = await office.kept(second)
        refused = await office.director.begins(second.code, "Ra quyết định…")
        assert "Luật bắt buộc đối thoại trước khi ra quyết định này." in refused.text
        await office.unchanged(before)
        await office.director.does(second.code, "Mời đối thoại…", "07/12/2026 14h", "Phòng họp số 1.")
        seconds.append(second)
    await office.later(timedelta(days=7))
    for second in seconds:
        await office.director.does(second.code, "Ghi buổi đối thoại…", TODAY, "3/BB", "Đã nghe hai bên.")
        await second.citizen.news()
        await office.director.does(
            second.code,
            "Ra quyết định…",
            "[giữ nguyên kết quả lần đầu]",
            TODAY,
            "4/QĐ",
            NOTHING,
            "Giữ nguyên.",
        )
        await second.hears(
            vi=(
                "Đơn {code}: đã có quyết định giải quyết số 4/QĐ ngày 07/12/2026.\n"
                "Kết quả: kết quả giải quyết lần đầu là đúng và được giữ nguyên. "
                "Căn cứ: Điều 40 Luật Khiếu nại.\n\nGiữ nguyên.\n\n"
                "Văn bản sẽ được gửi cho Ông/Bà. Đây là lần giải quyết cuối cùng. Nếu không đồng ý, Ông/Bà có "
                "quyền khởi kiện tại tòa án theo luật."
            ),
            en=(
                "Petition {code}: the decision no. 4/QĐ of 07/12/2026 has been issued.\n"
                "Result: the first result was right and is upheld. "
                "Legal basis: Điều 40 Luật Khiếu nại.\n\nGiữ nguyên.\n\n"
                "The document will be sent to you. It is the last one the office makes. If you do not agree, "
                "you may go to court as the law provides."
            ),
        )
        await office.director.does(second.code, "Đã gửi văn bản…", TODAY)
        assert (await second.citizen.news())[-1].labels == ()
        assert "second_complaint" not in await office.clocks(second)


async def test_a_second_complaint_after_its_limit_is_refused(office: LegalOffice) -> None:
    cases = []
    for language in LANGUAGES:
        case = await office.accepted("khieu_nai", language)
        await office.clerk.does(case.code, "Ra quyết định…", "[sai]", TODAY, "30/QĐ", NOTHING, "Giữ nguyên.")
        await office.clerk.does(case.code, "Đã gửi văn bản…", TODAY)
        # 30 days from Monday 30 November (C-13): Wednesday 30 December.
        assert (await office.clocks(case))["second_complaint"].due_on == date(2026, 12, 30)
        cases.append(case)
    await office.later(timedelta(days=31))
    for case in cases:
        before = await office.kept(case)
        assert before.record.stage is Stage.ENFORCING
        refused = (await case.citizen.press(AGAIN[case.language])).text
        assert "30/12/2026" in refused
        assert {"vi": "đã hết", "en": "ended"}[case.language] in refused
        looked_up = await case.citizen.say(case.shown)
        assert AGAIN[case.language] not in looked_up.labels
        await office.unchanged(before)
    assert len(await office.house.ledger.petitions()) == len(cases)


async def test_nobody_complains_again_before_there_is_something_to_complain_about(
    office: LegalOffice,
) -> None:
    """An old button of a decision that was never sent, or of a case that goes on in time."""
    case = await office.accepted("khieu_nai")
    kept = await office.kept(case)
    assert AGAIN["vi"] not in (await case.citizen.say(case.shown)).labels
    refused = await case.citizen.press_token(_citizen_token("again", kept.record.id), "")
    assert "30/12/2026" in refused.text
    await office.unchanged(kept)


async def test_an_overdue_denunciation_goes_up(office: LegalOffice) -> None:
    cases = []
    for language in LANGUAGES:
        case = await office.accepted("to_cao", language)
        kept = await office.kept(case)
        early = await case.citizen.press_token(_citizen_token("goup", kept.record.id), "")
        assert "30/12/2026" in early.text, "not overdue yet"
        await office.unchanged(kept)
        cases.append(case)
    await office.later(timedelta(days=32))
    await office.director.chat.news()
    for case in cases:
        await case.citizen.news()
        button = {"vi": "Báo quá hạn lên cấp trên", "en": "Report"}[case.language]
        looked_up = (await case.citizen.say(case.shown)).text
        assert {
            "vi": "Hạn là 30/12/2026, nay đã quá. Giải quyết tố cáo: 30 ngày tính từ ngày 30/11/2026",
            "en": "The date was 30/12/2026 and has passed.",
        }[case.language] in looked_up
        answer = await case.citizen.press(button)
        assert case.shown in answer.text
        assert {"vi": "báo lên cấp trên", "en": "superior"}[case.language] in answer.text
        kept = await office.kept(case)
        assert kept.actions[-1] == "go_up"
        limit = (await office.clocks(case))["report_up"]
        # Five working days from Friday 1 January, a holiday: 4, 5, 6, 7, 8 January (D-23).
        assert (limit.rule, limit.due_on) == ("D-23", date(2027, 1, 8))
        heard = [heard for heard in await office.director.chat.news() if case.shown in heard.text]
        assert any("quá hạn giải quyết và đã được đưa lên cấp trên" in one.text for one in heard)
        assert all("o.case" not in token for one in heard for token in one.tokens), "sealed: the code alone"
        before = await office.kept(case)
        again = await case.citizen.press_token(_citizen_token("goup", kept.record.id), "")
        assert again.answers
        await office.unchanged(before)


async def test_those_who_follow_up_bring_an_overdue_denunciation_up(office: LegalOffice) -> None:
    case = await office.accepted("to_cao")
    assert "Báo quá hạn lên cấp trên…" not in await office.inspector.offered(case.code)
    before = await office.kept(case)
    early = await office.presses_an_old_button(office.inspector, case, Action.GO_UP)
    assert early.text.startswith("Chưa quá hạn: hạn giải quyết là 30/12/2026.")
    await office.unchanged(before)
    await office.later(timedelta(days=32))
    await case.citizen.news()
    await office.inspector.does(
        case.code, "Báo quá hạn lên cấp trên…", "Đã quá hạn, đề nghị yêu cầu báo cáo."
    )
    await case.hears(
        vi="Đơn {code}: vì đã quá hạn giải quyết, vụ việc được đưa lên cấp trên để yêu cầu báo cáo.",
        en="Petition {code}: since it is overdue, it was taken to the superior, who demands a report.",
    )


async def _decided_by(settler: Officer, office: LegalOffice, language: str) -> Case:
    """A complaint that a unit under the department decided and sent."""
    case = await office.files("khieu_nai", language, story=MUSEUM[language])
    await _accept(settler, case)
    await settler.does(case.code, "Ra quyết định…", "[sai]", TODAY, "2/QĐ", NOTHING, "Giữ nguyên.")
    await settler.does(case.code, "Đã gửi văn bản…", TODAY)
    await case.citizen.news()
    return case


async def _accept(settler: Officer, case: Case) -> None:
    await settler.does(case.code, "Nhận xử lý")
    await settler.does(case.code, "Xác nhận đủ đơn…", TODAY)
    await settler.does(case.code, "Đủ điều kiện")
    await settler.does(case.code, "Thụ lý…", TODAY, "1/TB")


async def _again(office: LegalOffice, first: Case) -> Case:
    """The citizen presses that they do not agree, says why, and files the second complaint."""
    citizen, language = first.citizen, first.language
    asked = (await citizen.press(AGAIN[language])).text
    assert {"vi": "khởi kiện tại tòa án", "en": "go to court"}[language] in asked
    begun = await citizen.say(
        {
            "vi": "Hiện vật là của gia đình tôi, có giấy biên nhận",
            "en": "The objects are ours, we have a receipt",
        }[language]
    )
    assert first.shown in begun.text
    further = await citizen.press({"vi": "Bỏ qua", "en": "Skip"}[language])
    person = Person(name="Nguyễn Thị Sen", phone="0951 223 455", kind="khieu_nai")
    done = await file(citizen, further, person)
    assert len(done.codes) == 1, shown(citizen.transcript[-6:])
    await citizen.news()
    return Case(done.codes[0], citizen, language)


def _citizen_token(action: str, petition_id: int) -> str:
    """A citizen's lasting button about a petition, pressed where it does not stand (any more)."""
    return petition_button("", action, petition_id).token
