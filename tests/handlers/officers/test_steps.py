"""The legal steps asked one by one: what is read, what is not, and that nothing happens before the last press."""

from __future__ import annotations

import pytest

from handlers.officers.tokens import Press
from petitions.kinds import Action, Kind, Role, Stage
from storage.records import PetitionRecord
from tests.handlers.officers.office import Office

HEAD, INTRUDER = "22", "12"


@pytest.fixture
async def verified(office: Office) -> PetitionRecord:
    """A complaint under verification, with the head of its unit at hand."""
    await office.officer(HEAD, "ql_van_hoa", Role.HEAD, "Trần Văn Trưởng")
    petition = await office.file("500", Kind.COMPLAINT)
    for verb, *answers in (
        ("take",),
        ("formed", "hôm nay"),
        ("eligible",),
        ("accept", "hôm nay", "45/TB-SVHTTDL"),
        ("verify",),
    ):
        await begin(office, petition, verb)
        for words in answers:
            await office.say(HEAD, words)
        if answers:
            await office.press(HEAD, office.last(HEAD).button("Ghi nhận"))
    assert (await office.now(petition)).stage is Stage.VERIFYING
    return petition


async def begin(office: Office, petition: PetitionRecord, verb: str, argument: str = "") -> str:
    await office.press(HEAD, Press(verb, petition.id, argument).token)
    return office.last(HEAD).text


async def test_a_decision_is_asked_shown_and_entered(office: Office, verified: PetitionRecord) -> None:
    assert "kết quả" in await begin(office, verified, "decide")
    await office.say(HEAD, "đúng một phần")
    await office.say(HEAD, "23/11/2026")
    await office.say(HEAD, "15/QĐ-SVHTTDL")
    assert "3. Trả lại: tiền" in office.last(HEAD).text
    await office.say(HEAD, "1=0, 3=1.200 ; 7 = 2")
    await office.say(HEAD, "Giảm mức phạt, trả lại phần đã nộp thừa.")
    preview = office.last(HEAD).text
    assert "Trả lại: tiền (triệu đồng): 1200; Kiến nghị xử lý hành chính: số người: 2" in preview
    assert (await office.now(verified)).stage is Stage.VERIFYING
    await office.press(HEAD, office.last(HEAD).button("Ghi nhận"))
    decided = await office.now(verified)
    assert (decided.stage, decided.outcome) == (Stage.DECIDED, "complaint_partly")
    [event] = [
        e for e in await office.work(lambda book: book.events(verified.id)) if e.action is Action.DECIDE
    ]
    assert event.content["facts"]["return_money"] == 1200
    assert event.content["facts"]["recover_money"] == 0
    assert "nội dung đơn đúng một phần" in office.last("500").text


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        (["tôi không biết"], "bấm một nút"),
        (["sai", "32/13/2026"], "không có trong lịch"),
        (["sai", "hôm nay", "x" * 201], "Tối đa 200"),
        (["sai", "hôm nay", "15/QĐ", "rất nhiều"], "Chưa đọc được số liệu"),
        (["sai", "hôm nay", "15/QĐ", "99=1"], "Chưa đọc được số liệu"),
        (["sai", "hôm nay", "15/QĐ", "8=3"], "không hợp lý"),
    ],
)
async def test_what_cannot_be_read_is_said_and_asked_again(
    office: Office, verified: PetitionRecord, answers: list[str], said: str
) -> None:
    await begin(office, verified, "decide")
    for words in answers:
        await office.say(HEAD, words)
    assert said in office.last(HEAD).text
    assert (await office.now(verified)).stage is Stage.VERIFYING
    await office.press(HEAD, Press("no", verified.id).token)
    assert "không thay đổi" in office.last(HEAD).text


@pytest.mark.parametrize(
    ("day", "said"), [("01/12/2026", "chưa tới"), ("01/11/2026", "Sớm nhất là 23/11/2026")]
)
async def test_a_day_before_the_event_or_ahead_is_refused_with_what_is_possible(
    office: Office, verified: PetitionRecord, day: str, said: str
) -> None:
    before = await office.now(verified)
    await begin(office, verified, "suspend")
    for words in ("chờ kết quả", day):
        await office.say(HEAD, words)
    assert said in office.last(HEAD).text
    assert await office.now(verified) == before  # nothing half done
    for words in ("23/11/2026", "9/QĐ", "Chờ kết luận"):  # the question stayed open for another day
        await office.say(HEAD, words)
    await office.press(HEAD, office.last(HEAD).button("Ghi nhận"))
    assert (await office.now(verified)).stage is Stage.SUSPENDED


async def test_words_after_the_preview_neither_agree_nor_get_lost(
    office: Office, verified: PetitionRecord
) -> None:
    await begin(office, verified, "dialogue")
    for words in ("hôm nay", "3/BB", "Hai bên đã trình bày"):
        await office.say(HEAD, words)
    await office.say(HEAD, "biên bản gồm hai trang")
    assert "Ghi nhận như sau" in office.last(HEAD).text
    assert (await office.now(verified)).dialogue_held_at is None
    await office.say(HEAD, "ghi nhận")
    assert (await office.now(verified)).dialogue_held_at is not None


async def test_a_choice_of_an_older_question_does_nothing(office: Office, verified: PetitionRecord) -> None:
    await office.press(HEAD, Press("pick", verified.id, "complaint_wrong").token)
    assert "không còn dùng được" in office.last(HEAD).text


async def test_an_attempt_without_the_right_is_refused_and_on_record(
    office: Office, verified: PetitionRecord
) -> None:
    intruder = await office.officer(INTRUDER, "thu_vien", Role.OFFICER)
    await office.press(INTRUDER, Press("decide", verified.id).token)
    assert "Không có đơn này" in office.last(INTRUDER).text
    clerk = await office.officer("13", "ql_van_hoa", Role.OFFICER)
    await office.press("13", Press("decide", verified.id).token)
    assert "Chỉ người được giao" in office.last("13").text
    denied = [
        (e.actor.officer_id, e.content["tried"], e.content["why"])
        for e in await office.work(lambda book: book.events(verified.id))
        if e.action is Action.DENIED
    ]
    assert denied == [(intruder.id, "decide", "hidden"), (clerk.id, "decide", "not_assigned")]


async def test_who_rules_may_leave_the_case_where_it_lies(office: Office) -> None:
    await office.officer("31", "thanh_tra", Role.INSPECTOR)
    petition = await office.file("500", Kind.COMPLAINT, unit="thanh_tra")

    await office.press("31", Press("rule", petition.id).token)
    here = office.last("31").button("Thanh tra Sở")
    await office.press("31", here)
    await office.say("31", "Việc thuộc chính đơn vị này.")
    await office.press("31", office.last("31").button("Ghi nhận"))

    ruled = await office.now(petition)
    assert (ruled.unit, ruled.bound) == ("thanh_tra", True)
