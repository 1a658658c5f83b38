"""Officers mark loopholes of policy and law in a case, take them back, and those who lead read them gathered."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.reports.narrative import text_key
from bot.reports.recommendations import with_recommendations
from handlers.cases import UnknownPetition
from handlers.officers.gaps import quarter_of
from handlers.officers.tokens import Press
from petitions.kinds import Action, Kind, Role
from petitions.reports.periods import Period
from petitions.workflow import RefusalCode, Refused
from storage.records import OfficerRecord, PetitionRecord
from storage.reporting_make import make
from tests.handlers.officers.office import Office, sample_agency

OFFICER, HEAD, INTAKE, DIRECTOR, OTHER = "801", "802", "803", "804", "805"
LAW = "Nghị định 38/2021/NĐ-CP"


@pytest.fixture
async def officer(office: Office) -> OfficerRecord:
    return await office.officer(OFFICER, "ql_van_hoa", Role.OFFICER, "Trần Văn Một")


@pytest.fixture
async def taken(office: Office, officer: OfficerRecord) -> PetitionRecord:
    petition = await office.file()
    return await office.does(officer, petition, Action.TAKE)


async def mark(office: Office, who: OfficerRecord, petition: PetitionRecord, **more: Any) -> PetitionRecord:
    given = {"law": LAW, "article": "Điều 17", "text": "Mức phạt không đủ răn đe.", "proposal": ""} | more
    return await office.does(who, petition, Action.POLICY_GAP, **given)


async def gathered(office: Office, chat: str, period: str = "") -> str:
    before = len(office.chat(chat))
    await office.command(chat, "gaps", period)
    return "\n".join(sent.text for sent in office.chat(chat)[before:])


async def test_a_loophole_is_asked_for_step_by_step_and_kept_sealed(
    office: Office, taken: PetitionRecord
) -> None:
    await office.press(OFFICER, Press("gap", taken.id).token)
    assert "văn bản nào" in office.last(OFFICER).text
    await office.say(OFFICER, "cái quy định tiếng ồn ấy")
    assert "Chưa thấy số hoặc tên văn bản" in office.last(OFFICER).text
    await office.say(OFFICER, LAW)
    await office.press(OFFICER, office.last(OFFICER).button("không nêu điều, khoản"))
    assert "sơ hở, bất cập thế nào" in office.last(OFFICER).text
    await office.say(OFFICER, "Không quy định cách đo tiếng ồn ban đêm.")
    await office.say(OFFICER, "Giao xã đo và lập biên bản.")
    preview = office.last(OFFICER)
    assert "không nêu điều, khoản" in preview.text
    await office.press(OFFICER, preview.button("Ghi nhận"))
    assert (await office.now(taken)).gaps == 1
    [gap] = await office.work(lambda book: book.gaps_of(taken.id))
    assert (gap.law, gap.article, gap.proposal) == (LAW, "", "Giao xã đo và lập biên bản.")
    assert not [sent for sent in office.chat("500") if "sơ hở" in sent.text]  # the citizen is told nothing
    await office.press(OFFICER, Press("view", taken.id).token)
    assert "⚖️ Sơ hở, bất cập: Nghị định 38/2021/NĐ-CP" in office.everything_sent_to(OFFICER)


async def test_words_that_name_no_text_are_taken_when_they_come_again(
    office: Office, taken: PetitionRecord
) -> None:
    await office.press(OFFICER, Press("gap", taken.id).token)
    await office.say(OFFICER, "hương ước thôn Đông")
    await office.say(OFFICER, "hương ước thôn Đông")
    assert "điều, khoản nào" in office.last(OFFICER).text


@pytest.mark.parametrize("words", ["🙂", "x" * 201, "  "])
async def test_bad_words_keep_the_question_open(office: Office, taken: PetitionRecord, words: str) -> None:
    await office.press(OFFICER, Press("gap", taken.id).token)
    await office.say(OFFICER, words)
    await office.say(OFFICER, LAW)
    assert "điều, khoản nào" in office.last(OFFICER).text


async def test_nothing_is_marked_before_the_case_is_looked_at(office: Office, officer: OfficerRecord) -> None:
    petition = await office.file()
    with pytest.raises(Refused) as refused:
        await mark(office, officer, petition)
    assert refused.value.code is RefusalCode.WRONG_STAGE


async def test_also_a_closed_case_has_its_lesson_and_other_units_have_not(
    office: Office, taken: PetitionRecord, officer: OfficerRecord
) -> None:
    await office.does(officer, taken, Action.ANSWER, text="Đã xử phạt")
    await office.does(officer, taken, Action.CLOSE)
    assert (await mark(office, officer, taken)).gaps == 1
    other = await office.officer(OTHER, "ql_di_san", Role.OFFICER)
    with pytest.raises(UnknownPetition):
        await mark(office, other, taken)
    intake = await office.officer(INTAKE, "thanh_tra", Role.INTAKE)
    assert (await mark(office, intake, taken, law="Luật Quảng cáo")).gaps == 2


async def test_who_marked_it_or_leads_takes_it_back(
    office: Office, taken: PetitionRecord, officer: OfficerRecord
) -> None:
    intake = await office.officer(INTAKE, "thanh_tra", Role.INTAKE)
    head = await office.officer(HEAD, "ql_van_hoa", Role.HEAD)
    marked = await mark(office, officer, taken)
    with pytest.raises(Refused) as refused:
        await office.does(intake, taken, Action.WITHDRAW_GAP, gap=marked.events_count, reason="Nhầm")
    assert refused.value.code is RefusalCode.NOT_YOUR_GAP
    with pytest.raises(Refused) as refused:
        await office.does(head, taken, Action.WITHDRAW_GAP, gap=1, reason="Nhầm")
    assert refused.value.code is RefusalCode.MISSING_GAP
    await office.press(HEAD, Press("ungap", taken.id).token)
    await office.press(HEAD, office.last(HEAD).button("Mức phạt"))
    await office.say(HEAD, "Đã sửa ở văn bản mới")
    await office.press(HEAD, office.last(HEAD).button("Ghi nhận"))
    assert (await office.now(taken)).gaps == 0
    assert await office.work(lambda book: book.gaps_of(taken.id)) == []
    with pytest.raises(Refused) as refused:
        await office.does(head, taken, Action.WITHDRAW_GAP, gap=marked.events_count, reason="Nhầm")
    assert refused.value.code is RefusalCode.NO_GAP


async def test_the_gathered_list_counts_by_text_and_unit(
    office: Office, taken: PetitionRecord, officer: OfficerRecord
) -> None:
    await office.officer(INTAKE, "thanh_tra", Role.INTAKE)
    head = await office.officer(HEAD, "ql_di_san", Role.HEAD)
    await mark(office, officer, taken)
    other = await office.does(head, await office.file("501", unit="ql_di_san"), Action.TAKE)
    await mark(
        office, head, other, law="ND 38/2021", text="Thiếu quy định về đình làng.", proposal="Bổ sung."
    )
    told = await gathered(office, INTAKE)
    assert (
        "1. Nghị định 38/2021/NĐ-CP: 2 lần (Phòng Quản lý văn hóa và gia đình 1, Phòng Quản lý di sản 1"
        in told
    )
    assert "Thiếu quy định về đình làng. Đề xuất: Bổ sung." in told
    own = await gathered(office, HEAD)
    assert "Mức phạt" not in own
    assert "1 lần (Phòng Quản lý di sản 1" in own
    assert "dành cho lãnh đạo" in await gathered(office, OFFICER)


async def test_a_period_is_chosen_or_typed(
    office: Office, taken: PetitionRecord, officer: OfficerRecord
) -> None:
    await office.officer(INTAKE, "thanh_tra", Role.INTAKE)
    await mark(office, officer, taken)
    now = quarter_of(office.clock.now().date())
    assert "Quý trước" in str([button.label for button in office.chat(INTAKE)[-1].buttons]) or now
    assert "chưa có sơ hở" in await gathered(office, INTAKE, "2019-Q1")
    assert "Chưa đọc được kỳ này" in await gathered(office, INTAKE, "quý này nhé")
    picker = office.last(INTAKE)
    await office.press(INTAKE, picker.button("Cả năm"))
    assert str(Period.parse(now.code).year) in office.last(INTAKE).text
    office.clock.forward(timedelta(days=120))
    assert "chưa có sơ hở" in await gathered(office, INTAKE)


async def test_of_a_sealed_case_only_a_number_reaches_who_may_not_see_it(office: Office) -> None:
    director = await office.officer(DIRECTOR, "lanh_dao", Role.DIRECTOR)
    await office.officer(INTAKE, "thanh_tra", Role.INTAKE)
    petition = await office.file("502", Kind.DENUNCIATION, unit="lanh_dao", confidential=True)
    await office.does(director, petition, Action.TAKE)
    await mark(office, director, petition, text="Lộ tên người tố cáo.")
    told = await gathered(office, INTAKE)
    assert "1 lần ở đơn được giữ bí mật" in told
    assert "Lộ tên" not in told
    assert "Lãnh đạo Sở" not in told
    assert petition.code[:4] not in told
    assert "Lộ tên" in await gathered(office, DIRECTOR)


async def test_a_long_list_comes_in_several_messages(
    office: Office, taken: PetitionRecord, officer: OfficerRecord
) -> None:
    await office.officer(INTAKE, "thanh_tra", Role.INTAKE)
    for number in range(12):
        await mark(office, officer, taken, text=f"{number} " + "bất cập " * 200)
    before = len(office.chat(INTAKE))
    await office.command(INTAKE, "gaps")
    pages = office.chat(INTAKE)[before:]
    assert len(pages) > 3
    assert max(len(page.message.text) for page in pages) <= 3000
    assert pages[-1].has("Quý này")


async def test_the_narrative_report_recommends_what_was_marked(
    office: Office, taken: PetitionRecord, officer: OfficerRecord
) -> None:
    director = await office.officer(DIRECTOR, "lanh_dao", Role.DIRECTOR)
    await mark(office, officer, taken, proposal="Tăng mức phạt.")
    sealed = await office.file("502", Kind.DENUNCIATION, unit="lanh_dao", confidential=True)
    await office.does(director, sealed, Action.TAKE)
    await mark(office, director, sealed, law="38/2021/NĐ-CP", text="Lộ tên người tố cáo.")
    agency = sample_agency()
    today = office.clock.now().date()
    period = next(
        each
        for each in (Period.parse(f"{today.year}"), Period.parse(f"{today.year + 1}"))
        if each.first <= today <= each.last
    )
    texts = office.facts.catalogue.language("vi")

    def work(book: Any) -> str:
        plain = make(book, agency, period, today=today, unit="")
        return with_recommendations(book, agency, plain, texts).texts[text_key("vi")]

    told = await office.work(work)
    assert told.splitlines() == [
        "- Nghị định 38/2021/NĐ-CP (2 lần được nêu):",
        "+ Điều 17: Mức phạt không đủ răn đe. Đề xuất: Tăng mức phạt.",
    ]
