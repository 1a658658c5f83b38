"""An officer at work: taking, assigning, transferring, asking, answering, and every press checked anew."""

from __future__ import annotations

from datetime import timedelta

import pytest

from handlers import cases
from handlers.officers.tokens import Press
from petitions.kinds import Action, Kind, Role, Severity, Stage
from storage.records import OutboxStatus
from tests.handlers.officers.office import NAME, PHONE, STORY, Office

GROUP, HEAD, OFFICER, OTHER, CITIZEN = "-100", "201", "202", "203", "500"


@pytest.fixture
async def staffed(office: Office) -> Office:
    """A unit with a group, a head and two officers."""
    await office.group(GROUP, "ql_van_hoa")
    await office.officer(HEAD, "ql_van_hoa", Role.HEAD, "Lê Trưởng")
    await office.officer(OFFICER, "ql_van_hoa", Role.OFFICER, "Trần Văn Một")
    await office.officer(OTHER, "ql_van_hoa", Role.OFFICER, "Phạm Thị Hai")
    return office


async def test_two_officers_press_take_and_one_wins(staffed: Office) -> None:
    petition = await staffed.file()
    button = staffed.card(GROUP, petition).button("Nhận xử lý")
    await staffed.press(GROUP, button, person=OFFICER)
    assert staffed.acknowledged == "Ông/Bà đã nhận đơn này."
    await staffed.press(GROUP, button, person=OTHER)
    assert staffed.acknowledged == "Đơn này Trần Văn Một đã nhận."
    await staffed.press(GROUP, button, person=OFFICER)
    assert staffed.acknowledged == "Ông/Bà đã nhận đơn này rồi."
    events = await staffed.work(lambda book: book.events(petition.id))
    assert [event.action for event in events] == [Action.FILE, Action.TAKE]
    card = staffed.card(GROUP, petition)
    assert "Người xử lý: Trần Văn Một" in card.text
    assert not card.has("Nhận xử lý")
    told = [sent.text for sent in staffed.chat(CITIZEN)]
    assert sum("Trần Văn Một" in text for text in told) == 1


async def test_a_button_pressed_by_somebody_else_does_nothing(staffed: Office) -> None:
    petition = await staffed.file()
    button = staffed.card(GROUP, petition).button("Nhận xử lý")
    before = len(staffed.chat(GROUP))
    await staffed.press(GROUP, button, person="999")
    assert "cán bộ đã liên kết" in staffed.acknowledged
    await staffed.press(GROUP, button, person="")
    assert "ẩn danh" in staffed.acknowledged
    await staffed.officer("301", "bao_tang", Role.OFFICER)
    await staffed.press(GROUP, button, person="301")
    assert "Không có đơn này" in staffed.acknowledged
    assert len(staffed.chat(GROUP)) == before
    assert (await staffed.now(petition)).stage is Stage.RECEIVED


async def test_a_removed_officer_s_press_does_nothing(staffed: Office) -> None:
    petition = await staffed.file()
    button = staffed.card(GROUP, petition).button("Nhận xử lý")
    gone = await staffed.work(lambda book: book.officer_of_chat("telegram", "bot", OFFICER))
    assert gone is not None
    await staffed.work(lambda book: book.remove_officer(gone.id))
    await staffed.press(GROUP, button, person=OFFICER)
    assert "liên kết" in staffed.acknowledged
    assert (await staffed.now(petition)).officer_id is None


async def test_wrong_unit_and_wrong_role_are_told_apart(staffed: Office) -> None:
    await staffed.officer("301", "thanh_tra", Role.INTAKE)
    petition = await staffed.file()
    await staffed.press("301", Press("take", petition.id).token)
    assert "đơn vị khác" in staffed.last("301").text
    await staffed.press(OFFICER, Press("fix", petition.id, "k:khieu_nai").token)
    assert "Vai trò của Ông/Bà" in staffed.last(OFFICER).text
    await staffed.press(OFFICER, Press("assign", petition.id).token)
    assert "Vai trò của Ông/Bà" in staffed.last(OFFICER).text
    assert (await staffed.now(petition)).stage is Stage.RECEIVED


async def test_the_head_assigns_and_the_named_officer_gets_the_card(staffed: Office) -> None:
    away = await staffed.work(lambda book: book.officer_of_chat("telegram", "bot", OTHER))
    assert away is not None
    until = staffed.clock.now() + timedelta(days=2)
    await staffed.work(lambda book: book.set_absent(away.id, until, None))
    petition = await staffed.file()
    await staffed.press(GROUP, staffed.card(GROUP, petition).button("Giao cho"), person=HEAD)
    assert staffed.acknowledged == "Đã gửi vào chat riêng của Ông/Bà."
    choice = staffed.last(HEAD)
    assert choice.button("Phạm Thị Hai").label == "Phạm Thị Hai (vắng tới 25/11/2026)"
    await staffed.press(HEAD, choice.button("Trần Văn Một"))
    assert (await staffed.now(petition)).stage is Stage.ASSIGNED
    card = staffed.card(OFFICER, petition)
    assert "được giao" in card.text
    assert card.has("Bắt đầu xử lý")
    assert "Người xử lý: Trần Văn Một" in staffed.card(GROUP, petition).text
    assignments = await staffed.work(lambda book: book.assignments(petition.id))
    assert [a.until is None for a in assignments] == [False, True]


async def test_a_transfer_needs_a_reason_and_ends_after_the_limit(staffed: Office) -> None:
    await staffed.group("-200", "bao_tang")
    await staffed.officer("301", "bao_tang", Role.HEAD)
    petition = await staffed.file()
    await staffed.press(GROUP, staffed.card(GROUP, petition).button("Chuyển đơn vị"), person=OFFICER)
    units = staffed.last(OFFICER)
    assert not units.has("Phòng Quản lý văn hóa")
    await staffed.press(OFFICER, units.button("Bảo tàng tỉnh"))
    assert "lý do" in staffed.last(OFFICER).text
    assert (await staffed.now(petition)).unit == "ql_van_hoa"
    await staffed.say(OFFICER, "x")
    preview = staffed.last(OFFICER)
    assert "Bảo tàng tỉnh" in preview.text
    assert (await staffed.now(petition)).unit == "ql_van_hoa"
    await staffed.say(OFFICER, "Việc của bảo tàng")
    await staffed.press(OFFICER, staffed.last(OFFICER).button("Chuyển đơn"))
    after = await staffed.now(petition)
    assert (after.unit, after.stage, after.officer_id, after.transfers) == (
        "bao_tang",
        Stage.RECEIVED,
        None,
        1,
    )
    assert "Việc của bảo tàng" in staffed.last(CITIZEN).text
    assert "Bảo tàng tỉnh" in staffed.last(CITIZEN).text
    gone = staffed.card(GROUP, petition)
    assert not gone.buttons
    assert "Karaoke" not in gone.text
    assert "chuyển tới" in staffed.card("-200", petition).text

    await staffed.officer("302", "thanh_tra", Role.HEAD)
    await staffed.press("301", Press("move", petition.id, "ql_van_hoa").token)
    await staffed.say("301", "Không phải")
    assert "Thanh tra Sở" in staffed.last("301").text  # back to who had it: the focal unit decides
    await staffed.press("301", staffed.last("301").button("Chuyển đơn"))
    contested = await staffed.now(petition)
    assert (contested.unit, contested.transfers, contested.bound) == ("thanh_tra", 2, False)

    await staffed.press("302", Press("rule", petition.id).token)
    await staffed.press("302", Press("pick", petition.id, "bao_tang").token)
    await staffed.say("302", "Quyết định của đầu mối: việc của bảo tàng")
    assert "Bảo tàng tỉnh" in staffed.last("302").text
    await staffed.press("302", staffed.last("302").button("Ghi nhận"))
    ruled = await staffed.now(petition)
    assert (ruled.unit, ruled.bound) == ("bao_tang", True)
    await staffed.press("301", Press("giveback", petition.id).token)
    assert any("không chuyển hay trả lại được nữa" in sent.text for sent in staffed.chat("301")[-2:])
    assert (await staffed.now(petition)).unit == "bao_tang"


async def test_an_unknown_unit_in_an_old_button_is_refused(staffed: Office) -> None:
    petition = await staffed.file()
    await staffed.press(OFFICER, Press("move", petition.id, "phong_cu").token)
    await staffed.say(OFFICER, "lý do")
    await staffed.press(OFFICER, staffed.last(OFFICER).button("Chuyển đơn"))
    assert "không nhận được đơn" in staffed.last(OFFICER).text
    assert (await staffed.now(petition)).unit == "ql_van_hoa"


async def test_question_and_reply_reach_each_other_through_the_bot(staffed: Office) -> None:
    petition = await staffed.file()
    await staffed.press(GROUP, staffed.card(GROUP, petition).button("Nhận xử lý"), person=OFFICER)
    await staffed.command(OFFICER, "case", petition.code)
    await staffed.press(OFFICER, staffed.card(OFFICER, petition).button("Hỏi người dân"))
    await staffed.say(OFFICER, "Quán ở số nhà bao nhiu?")
    assert "Quán ở số nhà bao nhiu?" in staffed.last(OFFICER).text
    assert staffed.chat(CITIZEN)[-1].row.event_seq == 2  # nothing went out yet
    await staffed.say(OFFICER, "Quán ở số nhà bao nhiêu?")
    await staffed.press(OFFICER, staffed.last(OFFICER).button("Gửi câu hỏi"))
    asked = staffed.last(CITIZEN)
    assert "Quán ở số nhà bao nhiêu?" in asked.text
    assert "bao nhiu" not in staffed.everything_sent_to(CITIZEN)
    assert asked.has("Trả lời")
    assert asked.row.legal
    assert (await staffed.now(petition)).stage is Stage.WAITING_CITIZEN

    await staffed.as_citizen(CITIZEN, lambda turn: _add(turn, petition.id, "Số 12 ạ"))
    assert (await staffed.now(petition)).stage is Stage.IN_PROGRESS
    assert "Số 12 ạ" in staffed.last(OFFICER).text
    assert "Số 12" not in staffed.everything_sent_to(GROUP)
    assert CITIZEN not in staffed.everything_sent_to(OFFICER)
    assert OFFICER not in staffed.everything_sent_to(CITIZEN)


def _add(turn: object, petition_id: int, words: str) -> None:
    cases.add_from_citizen(turn, petition_id, text=words)  # type: ignore[arg-type]


async def test_answer_close_not_satisfied_reopen(staffed: Office) -> None:
    petition = await staffed.file()
    await staffed.press(GROUP, staffed.card(GROUP, petition).button("Nhận xử lý"), person=OFFICER)
    await staffed.press(OFFICER, Press("answer", petition.id).token)
    await staffed.say(OFFICER, "Đã nhắc quán đóng cửa lúc 22 giờ.")
    assert (await staffed.now(petition)).stage is Stage.ASSIGNED
    await staffed.say(OFFICER, "đồng ý")
    assert (await staffed.now(petition)).stage is Stage.ANSWERED
    answer = staffed.last(CITIZEN)
    assert "Đã nhắc quán đóng cửa lúc 22 giờ." in answer.text
    assert [button.label for button in answer.message.rows[0]] == ["1", "2", "3", "4", "5"]
    await staffed.press(HEAD, Press("reopen", petition.id).token)
    assert "chưa hài lòng" in staffed.last(HEAD).text
    await staffed.press(OFFICER, staffed.last(OFFICER).button("Kết thúc"))
    assert (await staffed.now(petition)).stage is Stage.CLOSED

    def unhappy(turn: object) -> None:
        cases.perform(turn, petition.id, Action.NOT_SATISFIED, cases.CITIZEN, text="Vẫn ồn")  # type: ignore[arg-type]

    await staffed.as_citizen(CITIZEN, unhappy)
    told = staffed.last(HEAD)
    assert "chưa hài lòng" in told.text
    assert "Vẫn ồn" in told.text
    await staffed.press(OFFICER, Press("reopen", petition.id).token)
    assert "Vai trò" in staffed.last(OFFICER).text
    await staffed.press(HEAD, told.button("Mở lại"))
    await staffed.say(HEAD, "Xem lại giờ đóng cửa")
    after = await staffed.now(petition)
    assert (after.stage, after.reopened) == (Stage.IN_PROGRESS, 1)
    assert "mở lại" in staffed.last(CITIZEN).text


async def test_an_old_button_says_how_it_stands_and_updates_the_card(staffed: Office) -> None:
    petition = await staffed.file()
    await staffed.command(OFFICER, "case", petition.code)
    old = staffed.card(OFFICER, petition).button("Nhận xử lý")
    await staffed.press(OFFICER, old)
    await staffed.press(OFFICER, Press("answer", petition.id).token)
    await staffed.say(OFFICER, "Xong.")
    await staffed.say(OFFICER, "ok")
    await staffed.press(OFFICER, Press("ask", petition.id).token)
    assert "đã trả lời" in staffed.last(OFFICER).text
    for token in (
        "o.take.zzzzzzzzzzzzz",
        "o.take",
        "o.dance.1",
        "o.",
        "o.yes.1",
        "o.relay.1.1",
        "o.file.1.$",
    ):
        before = len(staffed.chat(OFFICER))
        await staffed.press(OFFICER, token)
        assert len(staffed.chat(OFFICER)) == before + 1, token
        assert staffed.acknowledged
    events = await staffed.work(lambda book: book.events(petition.id))
    assert [event.action for event in events] == [Action.FILE, Action.TAKE, Action.ANSWER]


async def test_confirming_twice_sends_once(staffed: Office) -> None:
    petition = await staffed.file()
    await staffed.press(OFFICER, Press("message", petition.id).token)
    await staffed.say(OFFICER, "Chào Ông/Bà.")
    button = staffed.last(OFFICER).button("Gửi lời nhắn")
    await staffed.press(OFFICER, button)
    await staffed.press(OFFICER, button)
    assert "Nút này đã cũ" in staffed.last(OFFICER).text
    assert staffed.everything_sent_to(CITIZEN).count("Chào Ông/Bà.") == 1


@pytest.mark.parametrize("word", ["thôi", "hủy", "cancel"])
async def test_a_question_can_be_dropped_by_words(staffed: Office, word: str) -> None:
    petition = await staffed.file()
    await staffed.press(OFFICER, Press("note", petition.id).token)
    await staffed.say(OFFICER, word)
    assert "Đã bỏ" in staffed.last(OFFICER).text
    events = await staffed.work(lambda book: book.events(petition.id))
    assert len(events) == 1


async def test_a_question_of_yesterday_does_not_swallow_words(staffed: Office) -> None:
    petition = await staffed.file()
    await staffed.press(OFFICER, Press("note", petition.id).token)
    staffed.clock.forward(timedelta(hours=13))
    await staffed.say(OFFICER, "tôi muốn phản ánh một việc")
    events = await staffed.work(lambda book: book.events(petition.id))
    assert len(events) == 1


async def test_words_too_long_or_empty_are_asked_again(staffed: Office) -> None:
    petition = await staffed.file()
    await staffed.press(OFFICER, Press("note", petition.id).token)
    await staffed.say(OFFICER, "x" * 3001)
    assert "3001" in staffed.last(OFFICER).text
    await staffed.say(OFFICER, "\u200b \u202e")
    assert "Chưa có nội dung" in staffed.last(OFFICER).text
    await staffed.say(OFFICER, "gọn hơn {code} <b>")
    events = await staffed.work(lambda book: book.events(petition.id))
    assert events[-1].content["text"] == "gọn hơn {code} <b>"


async def test_a_reply_to_a_card_becomes_a_note_and_after_a_press_a_message(staffed: Office) -> None:
    petition = await staffed.file()
    card = staffed.card(GROUP, petition)
    await staffed.say(GROUP, "chuyện phiếm", person=OFFICER)
    await staffed.say(GROUP, "trả lời của người lạ", person="999", reply_to=card.ref)
    assert len(await staffed.work(lambda book: book.events(petition.id))) == 1
    sent = await staffed.say(GROUP, "Mai tôi xuống quán", person=OFFICER, reply_to=card.ref)
    assert "Đã ghi chú" in sent[-1].text
    assert "Mai tôi xuống quán" not in staffed.everything_sent_to(CITIZEN)
    on = sent[-1].button("Gửi cho người dân")
    await staffed.press(GROUP, on, person=OTHER)
    assert "Chỉ người viết" in staffed.acknowledged
    await staffed.press(GROUP, on, person=OFFICER)
    assert "Mai tôi xuống quán" in staffed.last(CITIZEN).text
    await staffed.press(GROUP, on, person=OFFICER)
    assert "đã được gửi" in staffed.acknowledged
    assert staffed.everything_sent_to(CITIZEN).count("Mai tôi xuống quán") == 1


async def test_an_anonymous_administrator_s_reply_is_not_lost_in_silence(staffed: Office) -> None:
    petition = await staffed.file()
    sent = await staffed.say(GROUP, "ghi chú", person="", reply_to=staffed.card(GROUP, petition).ref)
    assert "ẩn danh" in sent[-1].text


async def test_the_withdrawal_of_a_complaint_is_entered_by_an_officer(staffed: Office) -> None:
    petition = await staffed.file(kind=Kind.COMPLAINT)

    def wish(turn: object) -> None:
        cases.perform(turn, petition.id, Action.ASK_WITHDRAW, cases.CITIZEN)  # type: ignore[arg-type]

    await staffed.as_citizen(CITIZEN, wish)
    assert "xin rút đơn" in staffed.last(HEAD).text
    assert "xin rút đơn" in staffed.card(GROUP, petition).text
    await staffed.press(HEAD, Press("withdraw", petition.id).token)
    await staffed.say(HEAD, "Đơn rút ngày 24/11/2026, có chữ ký")
    await staffed.press(HEAD, staffed.last(HEAD).button("Ghi nhận rút đơn"))
    assert (await staffed.now(petition)).stage is Stage.WITHDRAWN
    assert "ghi nhận" in staffed.last(CITIZEN).text


async def test_a_discreet_petition_s_notices_say_nothing_until_they_are_opened(staffed: Office) -> None:
    petition = await staffed.file(discreet=True, kind=Kind.FEEDBACK, topic="gia_dinh_bao_luc")
    await staffed.press(GROUP, staffed.card(GROUP, petition).button("Nhận xử lý"), person=OFFICER)
    await staffed.press(OFFICER, Press("message", petition.id).token)
    await staffed.say(OFFICER, "Về việc bạo lực gia đình, xin gặp Ông/Bà.")
    await staffed.say(OFFICER, "gửi")
    seen = staffed.everything_sent_to(CITIZEN)
    for word in ("bạo lực", "gia đình", "Phản ánh", "Trần Văn Một", "Phòng Quản lý"):
        assert word not in seen
    notice = staffed.last(CITIZEN)
    assert notice.message.quiet
    read = notice.button("Xem")
    await staffed.press("666", read)
    assert "Không có tin nào" in staffed.last("666").text
    await staffed.press(CITIZEN, read)
    assert "Về việc bạo lực gia đình" in staffed.last(CITIZEN).text


async def test_what_became_of_each_notice_stands_in_the_case(staffed: Office) -> None:
    petition = await staffed.file()
    await staffed.press(OFFICER, Press("take", petition.id).token, deliver=False)
    await staffed.press(OFFICER, Press("log", petition.id).token, deliver=False)
    await staffed.deliver(failing={CITIZEN: (OutboxStatus.BLOCKED, "bot was blocked")})
    assert "chưa tới, đang chờ gửi" in staffed.last(OFFICER).text
    await staffed.command(OFFICER, "case", petition.code)
    assert "Chưa báo được cho người dân: người dân đã chặn tài khoản" in staffed.card(OFFICER, petition).text
    await staffed.press(OFFICER, Press("log", petition.id).token)
    assert "bot was blocked" in staffed.last(OFFICER).text
    await staffed.press(OFFICER, Press("message", petition.id).token)
    await staffed.say(OFFICER, "Xin chào")
    await staffed.say(OFFICER, "gửi")
    await staffed.press(OFFICER, staffed.card(OFFICER, petition).button("Quá trình xử lý"))
    history = staffed.last(OFFICER).text
    assert "Trần Văn Một · nhận xử lý" in history
    assert "chặn tài khoản" in history
    assert "Đã báo người dân: đã gửi" in history


async def test_details_go_to_the_private_chat_only(staffed: Office) -> None:
    petition = await staffed.file()
    before = len(staffed.chat(GROUP))
    await staffed.press(GROUP, staffed.card(GROUP, petition).button("Xem chi tiết"), person=OFFICER)
    texts = [sent.text for sent in staffed.chat(OFFICER)]
    assert any(STORY in text for text in texts)
    assert any(NAME in text and PHONE in text for text in texts)
    assert all(sent.message.protect for sent in staffed.chat(OFFICER)[-2:])
    assert len(staffed.chat(GROUP)) == before


async def test_who_never_opened_a_private_chat_is_told_how(staffed: Office) -> None:
    petition = await staffed.file()
    blocked = await staffed.work(lambda book: book.contact("telegram", "bot", OFFICER))
    assert blocked is not None
    await staffed.work(lambda book: book.mark_blocked(blocked.id, staffed.clock.now()))
    before = staffed.everything_sent_to(OFFICER)
    await staffed.press(GROUP, staffed.card(GROUP, petition).button("Xem chi tiết"), person=OFFICER)
    assert "mở chat riêng" in staffed.acknowledged
    assert staffed.everything_sent_to(OFFICER) == before


async def test_a_sealed_identity_is_opened_with_a_reason_on_record(office: Office) -> None:
    await office.officer(HEAD, "thanh_tra", Role.HEAD, "Ngô Chánh")
    petition = await office.file(unit="thanh_tra", kind=Kind.DENUNCIATION, topic="tham_nhung_tieu_cuc")
    await office.press(HEAD, office.card(HEAD, petition).button("Xem chi tiết"))
    assert STORY in office.everything_sent_to(HEAD)
    assert NAME not in office.everything_sent_to(HEAD)
    await office.press(HEAD, office.last(HEAD).button("Xem người gửi"))
    await office.say(HEAD, "Kiểm tra danh tính theo Điều 24")
    assert NAME in office.last(HEAD).text
    events = await office.work(lambda book: book.events(petition.id))
    assert [event.content.get("opened") for event in events[1:]] == ["story", "identity"]
    assert events[-1].content["text"] == "Kiểm tra danh tính theo Điều 24"
    assert events[-1].actor.officer_id is not None


async def test_long_stories_come_in_parts_and_whole(staffed: Office) -> None:
    from handlers.officers import details

    words = " ".join(f"từ{n}" for n in range(3000))
    parts = list(details._parts(words))
    assert len(parts) > 1
    assert max(map(len, parts)) <= details.PART
    assert " ".join(parts) == words


async def test_an_urgent_case_says_so_first(staffed: Office) -> None:
    petition = await staffed.file(severity=Severity.URGENT)
    card = staffed.card(GROUP, petition)
    assert "Cần xem ngay" in card.text
    assert card.row.priority == 0


async def test_a_correction_moves_the_case_along_the_rules(staffed: Office) -> None:
    await staffed.officer("301", "thanh_tra", Role.INTAKE)
    await staffed.group("-200", "bao_tang")
    petition = await staffed.file()
    await staffed.press("301", Press("fix", petition.id).token)
    await staffed.press("301", staffed.last("301").button("Lĩnh vực"))
    await staffed.press("301", staffed.last("301").button("Bảo tàng tỉnh"))
    await staffed.press("301", staffed.last("301").button("Hoạt động của Bảo tàng"))
    await staffed.say("301", "Nhầm lĩnh vực")
    assert "Đơn vị: Phòng Quản lý văn hóa và gia đình → Bảo tàng tỉnh" in staffed.last("301").text
    await staffed.say("301", "đồng ý")
    after = await staffed.now(petition)
    assert (after.topic, after.unit, after.stage) == ("hoat_dong_bao_tang", "bao_tang", Stage.RECEIVED)
    assert staffed.card("-200", petition).has("Nhận xử lý")
    assert "Nhầm lĩnh vực" in staffed.last(CITIZEN).text


async def test_another_authority_s_matter_keeps_its_unit_until_passed_on(staffed: Office) -> None:
    await staffed.officer("301", "thanh_tra", Role.INTAKE)
    petition = await staffed.file()
    await staffed.press("301", Press("fix", petition.id, "outside").token)
    await staffed.press("301", staffed.last("301").button("Công an tỉnh"))
    await staffed.say("301", "Việc của công an")
    await staffed.say("301", "đồng ý")
    after = await staffed.now(petition)
    assert (after.destination, after.unit) == ("outside:cong_an_tinh", "thanh_tra")
