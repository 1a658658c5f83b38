"""/find: whoever asks sees what they may see and nothing else, not even by a number or another answer."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from handlers.officers import finding
from handlers.officers.cards import shown_code
from petitions.kinds import Action, Kind, Role, Stage
from storage import search
from storage.records import PetitionRecord
from tests.handlers.officers.office import NAME, PHONE, STORY, Office, Sent
from tests.storage.builders import NASTY

UNIT, OTHER, FOCAL = "ql_van_hoa", "ql_di_san", "thanh_tra"
HEAD, OFFICER, OTHER_HEAD, OTHER_OFFICER = "201", "202", "203", "204"
INTAKE, INSPECTOR, DIRECTOR, ADMIN = "205", "206", "207", "208"
STAFF: dict[str, tuple[str, Role]] = {
    HEAD: (UNIT, Role.HEAD),
    OFFICER: (UNIT, Role.OFFICER),
    OTHER_HEAD: (OTHER, Role.HEAD),
    OTHER_OFFICER: (OTHER, Role.OFFICER),
    INTAKE: (FOCAL, Role.INTAKE),
    INSPECTOR: (FOCAL, Role.INSPECTOR),
    DIRECTOR: ("lanh_dao", Role.DIRECTOR),
    ADMIN: (UNIT, Role.ADMIN),
}
GROUP = "-100"
NONE = "Không tìm thấy đơn nào mà Ông/Bà được xem."


@pytest.fixture
async def staffed(office: Office) -> Office:
    for chat, (unit, role) in STAFF.items():
        await office.officer(chat, unit, role)
    return office


async def search_for(office: Office, chat: str, typed: str, **more: Any) -> Sent:
    await office.command(chat, "find", typed, **more)
    return office.last(chat)


def codes(sent: Sent) -> list[str]:
    return [button.label for button in sent.buttons if button.token.startswith("o.case.")]


def ways(petition: PetitionRecord) -> dict[str, str]:
    """Every kind of search that fits the petition."""
    return {
        "words": "quán hát khuya",
        "no marks": "QUAN hat den khuya",
        "phrase": '"cháu Tí nhà tôi"',
        "code": shown_code(petition),
        "code begins": petition.code[:5],
        "number": f"số: {petition.register_no}/{petition.register_year}",
        "name": "người: Nguyễn Thị Sen",
        "phone": "0951 223 455",
        "unit": "đơn vị: văn hóa",
        "stage": "đã tiếp nhận",
        "topic": "lĩnh vực: kara",
        "days": "từ 1/1/2026 đến hôm nay",
    }


PEOPLE = {"name", "phone"}
SIGNS = {"code", "code begins", "number"}


@pytest.mark.parametrize("chat", STAFF)
async def test_each_way_finds_what_the_role_may_see(staffed: Office, chat: str) -> None:
    case = await staffed.file()
    seeing = {HEAD, OFFICER, INTAKE, INSPECTOR, DIRECTOR, ADMIN}
    for way, typed in ways(case).items():
        sent = await search_for(staffed, chat, typed)
        if chat == ADMIN and way in PEOPLE:
            assert "dành cho cán bộ tiếp nhận" in sent.text
        elif chat in seeing:
            assert codes(sent) == [shown_code(case)], way
            assert "Tìm thấy 1 đơn." in sent.text
            assert sent.message.protect
        else:
            assert NONE in sent.text, way
        assert STORY not in sent.text


@pytest.mark.parametrize("sealed", [{"kind": Kind.DENUNCIATION}, {"kind": Kind.ANONYMOUS_TIP}, {}], ids=str)
@pytest.mark.parametrize("chat", STAFF)
async def test_a_sealed_case_is_found_by_its_circle_and_by_its_signs(
    staffed: Office, chat: str, sealed: dict[str, Any]
) -> None:
    case = await staffed.file(confidential=True, **sealed)
    for way, typed in ways(case).items():
        sent = await search_for(staffed, chat, typed)
        if chat == HEAD and way in SIGNS:
            assert codes(sent) == [shown_code(case)], way
            assert "🔒" in sent.text
            assert "Karaoke" not in sent.text
        else:
            assert codes(sent) == [], way
            assert chat == ADMIN or NONE in sent.text, way


async def test_the_named_officer_finds_a_sealed_case_too(staffed: Office) -> None:
    case = await staffed.file(kind=Kind.DENUNCIATION, confidential=True)
    head = await staffed.work(lambda book: book.officer_of_chat("telegram", "bot", HEAD))
    named = await staffed.work(lambda book: book.officer_of_chat("telegram", "bot", OFFICER))
    assert head is not None
    assert named is not None
    await staffed.does(head, case, Action.ASSIGN, officer_id=named.id)
    assert codes(await search_for(staffed, OFFICER, case.code)) == [shown_code(case)]
    assert NONE in (await search_for(staffed, OFFICER, "quán hát")).text


async def test_a_code_that_is_forbidden_is_answered_like_one_that_is_unknown(staffed: Office) -> None:
    case = await staffed.file(kind=Kind.DENUNCIATION, confidential=True)
    forbidden = await search_for(staffed, INSPECTOR, shown_code(case))
    unknown = await search_for(staffed, INSPECTOR, "QE9V-6YGF-JP9E")
    assert forbidden.text.replace(shown_code(case), "QE9V-6YGF-JP9E") == unknown.text
    assert forbidden.buttons == unknown.buttons == []
    [tried] = [
        event
        for event in await staffed.work(lambda book: book.events(case.id))
        if event.action is Action.DENIED
    ]
    assert tried.content == {"tried": "find", "why": "hidden"}


async def test_what_may_not_be_seen_changes_no_number_and_no_page(staffed: Office) -> None:
    mine = [await staffed.file("500", unit=OTHER) for _ in range(finding.PAGE)]
    for _ in range(3):
        await staffed.file("500")
        await staffed.file("500", unit=OTHER, kind=Kind.DENUNCIATION, confidential=True)
    sent = await search_for(staffed, OTHER_OFFICER, "quán hát")
    assert f"Tìm thấy {finding.PAGE} đơn." in sent.text
    assert codes(sent) == [shown_code(case) for case in reversed(mine)]
    assert not sent.has("Xem thêm")


async def test_pages_go_on_and_end(staffed: Office) -> None:
    filed = [shown_code(await staffed.file("500")) for _ in range(finding.PAGE * 2 + 1)][::-1]
    sent = await search_for(staffed, OFFICER, "quán hát")
    assert "Các đơn mới nhất:" in sent.text
    seen = codes(sent)
    for heading in ("Các đơn tiếp theo:", "Các đơn tiếp theo:"):
        await staffed.press(OFFICER, sent.button("Xem thêm"))
        sent = staffed.last(OFFICER)
        assert heading in sent.text
        seen += codes(sent)
    assert seen == filed
    assert not sent.has("Xem thêm")


async def test_a_search_that_is_not_kept_any_more_is_said_to_be_old(staffed: Office) -> None:
    for _ in range(finding.PAGE + 1):
        await staffed.file("500")
    first = await search_for(staffed, OFFICER, "quán hát")
    for _ in range(3):
        again = await search_for(staffed, OFFICER, "quán")
    await staffed.press(OFFICER, first.button("Xem thêm"))
    assert "đã cũ" in staffed.last(OFFICER).text
    staffed.clock.forward(timedelta(hours=13))
    await staffed.press(OFFICER, again.button("Xem thêm"))
    assert "đã cũ" in staffed.last(OFFICER).text
    for token in ("o.find", "o.find.zzzzzzzzzzzzz.1", "o.find.0.x", "o.find.1.-1"):
        await staffed.press(OFFICER, token)
        assert "đã cũ" in staffed.last(OFFICER).text


async def test_a_page_is_judged_again_when_it_is_turned(staffed: Office) -> None:
    for _ in range(finding.PAGE + 1):
        await staffed.file("500")
    sent = await search_for(staffed, OFFICER, "quán hát")
    officer = await staffed.work(lambda book: book.officer_of_chat("telegram", "bot", OFFICER))
    assert officer is not None
    await staffed.work(lambda book: book.remove_officer(officer.id))
    await staffed.press(OFFICER, sent.button("Xem thêm"))
    assert codes(staffed.last(OFFICER)) == []
    await staffed.command(OFFICER, "find", "quán hát")
    assert "Phần này dành cho cán bộ" in staffed.last(OFFICER).text


async def test_a_result_opens_the_card(staffed: Office) -> None:
    case = await staffed.file()
    sent = await search_for(staffed, HEAD, "quán hát")
    await staffed.press(HEAD, sent.button(shown_code(case)))
    assert staffed.last(HEAD).row.card_petition_id == case.id


async def test_where_choices_are_numbers(staffed: Office) -> None:
    await staffed.officer("z900", UNIT, Role.OFFICER)
    filed = [await staffed.file("500") for _ in range(finding.PAGE + 1)]
    await search_for(staffed, "z900", "quán hát")
    await staffed.say("z900", str(finding.PAGE + 1))
    assert codes(staffed.last("z900")) == [shown_code(filed[0])]
    await staffed.say("z900", "1")
    assert staffed.last("z900").row.card_petition_id == filed[0].id


async def test_numbers_are_whole_before_they_are_beginnings(staffed: Office) -> None:
    filed = [shown_code(await staffed.file("500")) for _ in range(12)]
    assert codes(await search_for(staffed, HEAD, "1")) == [filed[0]]
    assert codes(await search_for(staffed, HEAD, "1*")) == [filed[11], filed[10], filed[9], filed[0]]
    assert codes(await search_for(staffed, HEAD, "00012/PA-2026")) == [filed[11]]
    assert codes(await search_for(staffed, HEAD, "12/TC-2026")) == []
    await staffed.work(
        lambda book: book.connection.exec_driver_sql("DELETE FROM register_entries WHERE number = 1")
    )
    sent = await search_for(staffed, HEAD, "số: 1")
    assert codes(sent) == [filed[11], filed[10], filed[9]]
    assert "bắt đầu bằng 1" in sent.text


async def test_a_road_that_looks_like_a_code_is_found_as_a_word(staffed: Office) -> None:
    case = await staffed.file(story="Đoạn QL21 qua thôn hỏng nặng")
    sent = await search_for(staffed, HEAD, "QL21")
    assert codes(sent) == [shown_code(case)]
    assert "“QL21”" in sent.text


async def test_filters_narrow_and_their_reading_is_shown(staffed: Office) -> None:
    case = await staffed.file()
    await staffed.file("501", unit=OTHER, topic="tu_bo_di_tich")
    sent = await search_for(
        staffed, INSPECTOR, "quan hat, đơn vị: văn hóa, lĩnh vực: karaoke, từ 1/1/2026 đến hôm nay"
    )
    assert codes(sent) == [shown_code(case)]
    for said in (
        "“quan”",
        "đơn vị Phòng Quản lý văn hóa",
        "lĩnh vực Karaoke",
        "từ ngày 01/01/2026",
        "đến hết ngày",
    ):
        assert said in sent.text
    assert codes(await search_for(staffed, INSPECTOR, "quán hát giai đoạn: đã kết thúc")) == []
    assert codes(await search_for(staffed, INSPECTOR, "quán hát, đến 1/1/2026")) == []
    reversed_days = await search_for(staffed, INSPECTOR, "đơn vị: văn hóa từ hôm nay đến 1/1/2026")
    assert codes(reversed_days) == [shown_code(case)]


async def test_mistakes_are_named(staffed: Office) -> None:
    case = await staffed.file()
    sent = await search_for(staffed, HEAD, "quán hát từ 31/2")
    assert "Không có ngày “31/2”." in sent.text
    assert codes(sent) == [shown_code(case)]
    for typed, said in (
        ("ngày 31/2", "Không có ngày"),
        ("đơn vị: Bộ Tài chính", "Không có đơn vị"),
        ("mã: QE9V-6YGF-JP9F", "không phải mã đơn đúng"),
        ("số: mười", "không phải số tiếp nhận"),
        ("sđt: 123", "không phải số điện thoại"),
    ):
        sent = await search_for(staffed, HEAD, typed)
        assert said in sent.text
        assert "Để tìm đơn" in sent.text, "and how to ask"


@pytest.mark.parametrize("typed", ["", "   ", "của tôi là và", "🙂🙂🙂", "%", "*", "_", "''", ":", '""'])
async def test_nothing_to_look_for_gets_examples(staffed: Office, typed: str) -> None:
    await staffed.file()
    sent = await search_for(staffed, HEAD, typed)
    assert "Để tìm đơn" in sent.text
    assert codes(sent) == []


@pytest.mark.parametrize(
    "typed",
    [
        *NASTY,
        "a" * 10_000,
        "karaoke " * 2_000,
        "'; DROP TABLE petitions; --",
        "k%raoke _uan *hat",
        "từ 1/1/0001",
        "đến 31/12/9999 quán",
        "quán tháng 12/9999",
        "số: 9999999*",
        "mã: ZZZZZZZZZZZZ",
        "quán OR 1=1",
        "đơn vị: " * 40,
    ],
    ids=lambda typed: ascii(typed[:14]),
)
async def test_strange_words_find_nothing_and_harm_nothing(staffed: Office, typed: str) -> None:
    case = await staffed.file()
    await search_for(staffed, HEAD, typed)
    assert codes(await search_for(staffed, HEAD, "quán hát")) == [shown_code(case)]


async def test_words_of_too_many_petitions_are_named(
    staffed: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "ALWAYS_RARE", 1)
    case = await staffed.file()
    other = await staffed.file("501", story="Quán hát mở cửa tới sáng")
    sent = await search_for(staffed, HEAD, "Quán hát")
    assert "Quá nhiều đơn có các từ này: Quán, hát." in sent.text
    assert codes(sent) == []
    assert codes(await search_for(staffed, HEAD, "quán hát khuya")) == [shown_code(case)], "beside a rare one"
    found = await search_for(staffed, HEAD, "quán hát, hôm nay")
    assert codes(found) == [shown_code(other), shown_code(case)], "beside a day"


async def test_people_are_looked_for_so_often_an_hour(
    staffed: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "PEOPLE_AN_HOUR", 2)
    case = await staffed.file()
    for _ in range(2):
        assert codes(await search_for(staffed, HEAD, PHONE)) == [shown_code(case)]
    assert "quá nhiều lần" in (await search_for(staffed, HEAD, f"người: {NAME}")).text
    assert codes(await search_for(staffed, OFFICER, PHONE)) == [shown_code(case)], "others may"
    assert codes(await search_for(staffed, HEAD, "quán hát")) == [shown_code(case)], "words are free"
    staffed.clock.forward(timedelta(hours=2))
    assert codes(await search_for(staffed, HEAD, PHONE)) == [shown_code(case)]


# --- without a slash


@pytest.mark.parametrize(
    "typed", ["tìm quán hát", "Tìm quán hát", "tim quan hat", "find quán hát", "tìm kiếm quán hát"]
)
async def test_an_officer_may_leave_the_slash_out(staffed: Office, typed: str) -> None:
    case = await staffed.file()
    await staffed.say(HEAD, typed)
    assert codes(staffed.last(HEAD)) == [shown_code(case)]


@pytest.mark.parametrize("typed", ["/tìm quán hát", "/Tìm  quán hát"])
async def test_the_command_in_vietnamese(staffed: Office, typed: str) -> None:
    case = await staffed.file()
    await staffed.say(HEAD, typed)
    assert codes(staffed.last(HEAD)) == [shown_code(case)]
    await staffed.command(HEAD, "tim", "quan hat")
    assert codes(staffed.last(HEAD)) == [shown_code(case)]


@pytest.mark.parametrize(
    "typed",
    [
        "tím cả mặt vì bị đánh",
        "tìm",
        "Tìm người cứu tôi với, nó đang đánh tôi",
        "tìm " + "rất dài " * 30,
        "quán hát",
    ],
    ids=lambda typed: typed[:12],
)
async def test_what_is_no_search_stays_the_citizens(staffed: Office, typed: str) -> None:
    await staffed.file()
    await staffed.say(HEAD, typed)
    sent = staffed.last(HEAD)
    assert NONE not in sent.text
    assert codes(sent) == []


async def test_a_petition_being_written_is_not_taken_for_a_search(staffed: Office) -> None:
    await staffed.say(HEAD, "Quán karaoke cạnh nhà hát rất to tới 2 giờ sáng, đề nghị xử lý")
    await staffed.say(HEAD, "tìm quán hát")
    assert "được xem" not in staffed.last(HEAD).text


async def test_a_citizen_finds_nothing(staffed: Office) -> None:
    await staffed.file("500")
    await staffed.command("600", "find", "quán hát")
    assert "Phần này dành cho cán bộ" in staffed.last("600").text
    for words in ("tìm quán hát", "/tìm quán hát"):
        await staffed.say("600", words)
        assert codes(staffed.last("600")) == []


# --- in the unit's group


async def test_a_group_sees_its_units_cases_and_nothing_of_people(staffed: Office) -> None:
    await staffed.group(GROUP, UNIT)
    case = await staffed.file()
    await staffed.file("501", kind=Kind.DENUNCIATION, confidential=True)
    await staffed.file("502", unit=OTHER)
    for person in (OFFICER, INSPECTOR):
        sent = await search_for(staffed, GROUP, "quán hát", person=person)
        assert codes(sent) == [shown_code(case)]
        assert "Karaoke" in sent.text
        assert NAME not in sent.text
        assert "quán hát" not in sent.text, "the words may name a person"
    await staffed.press(GROUP, sent.button(shown_code(case)), person=OFFICER)
    assert staffed.last(OFFICER).row.card_petition_id == case.id


async def test_a_group_is_told_nothing_of_sealed_cases_or_by_people(staffed: Office) -> None:
    await staffed.group(GROUP, UNIT)
    await staffed.file()
    case = await staffed.file("501", kind=Kind.DENUNCIATION, confidential=True)
    for typed in (shown_code(case), case.code[:4], str(case.register_no) + "/TC"):
        sent = await search_for(staffed, GROUP, typed, person=HEAD)
        assert codes(sent) == []
    for typed in (f"người: {NAME}", PHONE):
        sent = await search_for(staffed, GROUP, typed, person=HEAD)
        assert "chat riêng" in sent.text
        assert NAME not in sent.text
        assert PHONE not in sent.text


async def test_pages_of_a_group(staffed: Office) -> None:
    await staffed.group(GROUP, UNIT)
    for _ in range(finding.PAGE + 1):
        await staffed.file("500")
    sent = await search_for(staffed, GROUP, "quán hát", person=OFFICER)
    await staffed.press(GROUP, sent.button("Xem thêm"), person=HEAD)
    assert len(codes(staffed.last(GROUP))) == 1
    await staffed.press(GROUP, sent.button("Xem thêm"), person=OTHER_OFFICER)
    assert codes(staffed.last(GROUP)) == [], "who turns the page sees no more than they may"


async def test_who_asks_in_a_group(staffed: Office) -> None:
    await staffed.file()
    await search_for(staffed, GROUP, "quán hát", person=OFFICER)
    assert "chưa gắn với đơn vị nào" in staffed.last(GROUP).text
    await staffed.group(GROUP, UNIT)
    before = len(staffed.chat(GROUP))
    await staffed.command(GROUP, "find", "quán hát", person="999")
    await staffed.say(GROUP, "tìm quán hát", person=OFFICER)
    assert len(staffed.chat(GROUP)) == before, "strangers and ordinary talk are passed over"
    await staffed.say(GROUP, "/tìm quán hát", person=OFFICER)
    assert len(codes(staffed.last(GROUP))) == 1
    await staffed.command(GROUP, "find", "", person=OFFICER)
    assert "Để tìm đơn của đơn vị" in staffed.last(GROUP).text
    await staffed.command(GROUP, "find", "quán hát", person="")
    assert "ẩn danh" in staffed.last(GROUP).text


# --- stages that come after


async def test_a_case_is_found_as_it_stands_now(staffed: Office) -> None:
    case = await staffed.file()
    head = await staffed.work(lambda book: book.officer_of_chat("telegram", "bot", HEAD))
    assert head is not None
    await staffed.does(head, case, Action.TAKE)
    assert codes(await search_for(staffed, HEAD, "đã phân công")) == [shown_code(case)]
    assert codes(await search_for(staffed, HEAD, f"stage: {Stage.RECEIVED.value}")) == []
    complaint = await staffed.file("501", kind=Kind.COMPLAINT, story="Tôi không đồng ý biên bản phạt")
    assert codes(await search_for(staffed, HEAD, "biên bản phạt")) == [shown_code(complaint)]
    await staffed.does(head, complaint, Action.WITHDRAW, reason="Người gửi đến rút đơn.")
    assert codes(await search_for(staffed, HEAD, "biên bản phạt")) == [], "its words are gone"
    assert codes(await search_for(staffed, HEAD, shown_code(complaint))) == [shown_code(complaint)]
