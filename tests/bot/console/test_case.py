"""A case at the console: what is shown to whom, sealed parts on record, two people at once, files, bad forms."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from handlers.console_case import OPEN_FOR
from petitions.kinds import Action, Kind, Role, Stage
from storage.records import OfficerRecord, OutboxStatus, PetitionRecord
from tests.bot.console.rig import Browser, signed_in, somebody
from tests.browser.console_rig import a_photo
from tests.browser.test_console import a_picture
from tests.hand_clock import HandClock
from tests.handlers.officers.office import ADDRESS, NAME, PHONE, STORY, Office
from tests.web_site import Site


def path(petition: PetitionRecord, rest: str = "") -> str:
    return f"/console/cases/{petition.code}{rest}"


async def do(one: Browser, petition: PetitionRecord, action: Action, **fields: str) -> tuple[int, str]:
    """Open the form of an action, fill it in and send it."""
    page = await one.get(path(petition, f"/do/{action}"))
    seq = re.search(r'name="seq" value="(\d+)"', page.text)
    answer = await one.post(path(petition, f"/do/{action}"), {"seq": seq[1] if seq else "0", **fields})
    return answer.status, answer.place or answer.words


@pytest.fixture
async def head(office: Office) -> OfficerRecord:
    return await somebody(office, Role.HEAD)


@pytest.fixture
async def clerk(office: Office) -> OfficerRecord:
    return await somebody(office, Role.OFFICER)


async def test_the_page_shows_everything_of_an_open_case(
    site: Site, office: Office, head: OfficerRecord
) -> None:
    petition = await office.file()
    await office.does(head, petition, Action.NOTE, text="Tổ dân phố đã gọi.")
    async with signed_in(site, office, head) as one:
        page = await one.get(path(petition))
    for words in (STORY, NAME, PHONE, ADDRESS, "Tổ dân phố đã gọi.", "khoản 1 Điều 28", "Nhận xử lý"):
        assert words in page.words
    assert page.headers["Cache-Control"] == "no-store"


async def test_a_sealed_case_opens_step_by_step_on_record_and_closes_again(
    site: Site, office: Office, head: OfficerRecord, clock: HandClock
) -> None:
    petition = await office.file(kind=Kind.DENUNCIATION)
    async with signed_in(site, office, head) as one:

        async def sees(browser: Browser) -> tuple[bool, bool]:
            text = (await browser.get(path(petition))).words
            assert (NAME in text) == (PHONE in text)
            return STORY in text, NAME in text

        assert await sees(one) == (False, False)
        assert (await one.post(path(petition, "/open"), {"what": "story"})).status == 303
        assert await sees(one) == (True, False)
        refused = await one.post(path(petition, "/open"), {"what": "identity", "reason": "  "})
        assert (refused.status, NAME in refused.text) == (422, False)
        reason = "Mời tới làm việc"
        await one.post(path(petition, "/open"), {"what": "identity", "reason": reason})
        assert await sees(one) == (True, True)
        for _ in range(2):
            clock.forward(OPEN_FOR / 2)
            await one.get("/console")
        assert await sees(one) == (False, False), "closed again after a while"
        for what in ("file", "x", ""):
            assert (await one.post(path(petition, "/open"), {"what": what, "reason": "x"})).status == 404
    events = await office.work(lambda book: book.events(petition.id))
    opened = [(e.content["opened"], e.actor.officer_id) for e in events if e.content.get("opened")]
    assert opened == [("story", head.id), ("identity", head.id)]
    assert events[-1].content["text"] == reason
    async with signed_in(site, office, head) as fresh:
        assert NAME not in (await fresh.get(path(petition))).text


async def test_what_a_colleague_opened_stays_closed_for_others(
    site: Site, office: Office, head: OfficerRecord
) -> None:
    petition = await office.file(kind=Kind.DENUNCIATION)
    other = await somebody(office, Role.INTAKE)
    async with signed_in(site, office, head) as one, signed_in(site, office, other) as two:
        for what in ("story", "identity"):
            await one.post(path(petition, "/open"), {"what": what, "reason": "Xác minh"})
        page = await two.get(path(petition))
        assert (page.status, STORY in page.text, NAME in page.text) == (200, False, False)


async def test_a_case_is_worked_on_to_its_end(site: Site, office: Office, clerk: OfficerRecord) -> None:
    petition = await office.file()
    async with signed_in(site, office, clerk) as one:
        assert await do(one, petition, Action.TAKE) == (303, f"{path(petition)}?done=take")
        assert "Ông/Bà đã nhận đơn này" in (await one.get(f"{path(petition)}?done=take")).words
        status, words = await do(one, petition, Action.ANSWER, text="   ")
        assert (status, "Xin điền mục này." in words) == (422, True)
        status, words = await do(one, petition, Action.ANSWER, text="x" * 3001)
        assert (status, "tối đa 3000" in words) == (422, True)
        assert (await do(one, petition, Action.ANSWER, text="Đã nhắc nhở quán."))[0] == 303
        await office.deliver()
        assert "Đã nhắc nhở quán." in office.last("500").text
        page = await one.get(path(petition))
        assert "đã gửi" in page.words
        assert (await do(one, petition, Action.CLOSE))[0] == 303
    assert (await office.now(petition)).stage is Stage.CLOSED


async def test_a_notice_that_did_not_arrive_is_shown_with_its_reason(
    site: Site, office: Office, clerk: OfficerRecord
) -> None:
    petition = await office.file()
    await office.does(clerk, petition, Action.TAKE)
    async with signed_in(site, office, clerk) as one:
        await do(one, petition, Action.MESSAGE_CITIZEN, text="Mời Ông/Bà tới trụ sở.")
        await office.deliver(failing={"500": (OutboxStatus.BLOCKED, "bot was blocked")})
        page = await one.get(path(petition))
    assert "Mời Ông/Bà tới trụ sở." in page.words
    assert "bot was blocked" in page.words
    assert 'class="ours missed"' in page.text


async def test_the_second_of_two_people_sees_what_changed_and_keeps_what_was_typed(
    site: Site, office: Office, head: OfficerRecord, clerk: OfficerRecord
) -> None:
    petition = await office.file()
    await office.does(clerk, petition, Action.TAKE)
    async with signed_in(site, office, head) as one, signed_in(site, office, clerk) as two:
        ask = path(petition, f"/do/{Action.ANSWER}")
        first, second = await one.get(ask), await two.get(ask)
        typed = "Trả lời <b>thứ hai</b>"
        fields = {"seq": first.value("seq"), "text": "Trả lời thứ nhất"}
        assert (await one.post(ask, fields)).status == 303
        late = await two.post(ask, {"seq": second.value("seq"), "text": typed})
        assert late.status == 409
        assert "Trả lời thứ nhất" in late.words
        assert typed in late.words
        assert "<b>thứ" not in late.text
        again = await one.post(ask, fields)
        assert again.status == 409, "a doubled press does nothing twice"
    events = await office.work(lambda book: book.events(petition.id))
    assert [e.action for e in events].count(Action.ANSWER) == 1


async def test_looking_and_warnings_hinder_nobody(site: Site, office: Office, head: OfficerRecord) -> None:
    petition = await office.file(kind=Kind.DENUNCIATION)
    other = await somebody(office, Role.INTAKE)
    async with signed_in(site, office, head) as one, signed_in(site, office, other) as two:
        form = await one.get(path(petition, "/do/note"))
        await two.post(path(petition, "/open"), {"what": "story"})
        answer = await one.post(path(petition, "/do/note"), {"seq": form.value("seq"), "text": "Đã đọc."})
        assert answer.status == 303


async def test_an_action_with_choices_takes_only_what_was_offered(
    site: Site, office: Office, head: OfficerRecord, clerk: OfficerRecord
) -> None:
    stranger = await somebody(office, Role.OFFICER, "thanh_tra")
    petition = await office.file()
    from handlers.officers.tokens import to_base36

    async with signed_in(site, office, head) as one:
        for officer in (to_base36(stranger.id), "zzz", "-1", "", "' OR 1"):
            assert (await do(one, petition, Action.ASSIGN, officer=officer))[0] == 422
        for unit in ("khong_co", "ql_van_hoa", ""):
            assert (await do(one, petition, Action.TRANSFER, unit=unit, reason="Sai chỗ"))[0] == 422
        for correction in ("", "k:x", "t:x", "d:x", "k:phan_anh;DROP"):
            assert (await do(one, petition, Action.CORRECT, correction=correction, reason="Sai"))[0] == 422
        assert (await office.now(petition)).events_count == petition.events_count
        assert (await do(one, petition, Action.CORRECT, correction="k:kien_nghi", reason="Là kiến nghị"))[
            0
        ] == 303
        assert (await do(one, petition, Action.ASSIGN, officer=to_base36(clerk.id)))[0] == 303
        status, place = await do(one, petition, Action.TRANSFER, unit="ql_di_san", reason="Thuộc di sản")
        assert (status, place) == (303, "/console?done=transfer"), "it is this unit's no more"
        assert "Đã chuyển đơn" in (await one.get(place)).words
    now = await office.now(petition)
    assert (now.kind, now.unit) == (Kind.RECOMMENDATION, "ql_di_san")


async def test_days_and_numbers_are_read_or_told(site: Site, office: Office) -> None:
    inspector = await somebody(office, Role.INSPECTOR, "thanh_tra")
    petition = await office.file(kind=Kind.COMPLAINT, unit="thanh_tra", topic=None)
    await office.does(inspector, petition, Action.TAKE)
    today = office.clock.now().date()
    async with signed_in(site, office, inspector) as one:
        for day in (
            "2026-02-30",
            "ngày mai",
            "99/99/2026",
            (today + timedelta(days=1)).isoformat(),
            "1999-01-01",
        ):
            status, words = await do(one, petition, Action.CONFIRM_FORM, on=day)
            assert status == 422, words
        assert (await do(one, petition, Action.CONFIRM_FORM, on=f"{today:%d/%m/%Y}"))[0] == 303
        assert (await do(one, petition, Action.SCREEN_ELIGIBLE))[0] == 303
        assert (await do(one, petition, Action.ACCEPT, on=today.isoformat(), document="12/TB"))[0] == 303
        assert (await do(one, petition, Action.VERIFY))[0] == 303
        decide = {
            "on": today.isoformat(),
            "document": "9/QĐ",
            "code": "complaint_partly",
            "text": "Đúng một phần.",
        }
        for amount in ("-1", "x", "1e9", "9" * 20, "1,5"):
            fields = decide | {"facts.recover_money": amount}
            assert (await do(one, petition, Action.DECIDE, **fields))[0] == 422
        fields = decide | {"facts.discipline_people": "1", "facts.discipline_officials": "2"}
        assert (await do(one, petition, Action.DECIDE, **fields))[0] == 422, (
            "a part is not more than its whole"
        )
        fields = decide | {"facts.recover_money": "1.200"}
        assert (await do(one, petition, Action.DECIDE, **fields))[0] == 303
    events = await office.work(lambda book: book.events(petition.id))
    assert next(e for e in events if e.action is Action.DECIDE).content["facts"]["recover_money"] == 1200


@pytest.mark.parametrize(
    "rest",
    [
        "",
        "/do/take",
        "/do/file",
        "/do/denied",
        "/do/x",
        "/live",
        "/files/1",
        "/files/1/small",
        "/papers/complaint",
        "/papers/../x",
    ],
)
async def test_hidden_absent_and_impossible_are_answered_alike(
    site: Site, office: Office, head: OfficerRecord, rest: str
) -> None:
    hidden = await office.file(kind=Kind.DENUNCIATION, unit="thanh_tra")
    async with signed_in(site, office, head) as one:
        theirs = await one.get(path(hidden, rest))
        absent = await one.get(f"/console/cases/7Q2M4KXD9B3E{rest}")
        assert theirs.status == absent.status == 404
        assert theirs.text.replace(hidden.code, "") == absent.text.replace("7Q2M4KXD9B3E", "")
        assert dict(theirs.headers).keys() == dict(absent.headers).keys()


async def test_an_attempt_at_a_hidden_case_stands_in_its_history(
    site: Site, office: Office, head: OfficerRecord
) -> None:
    hidden = await office.file(kind=Kind.DENUNCIATION, unit="thanh_tra")
    async with signed_in(site, office, head) as one:
        await one.get(path(hidden))
        assert (await one.post(path(hidden, "/do/take"), {"seq": "1"})).status == 404
        assert (await one.post(path(hidden, "/open"), {"what": "story"})).status == 404
        for _ in range(50):
            events = await office.work(lambda book: book.events(hidden.id))
            if len([e for e in events if e.action is Action.DENIED]) == 3:
                break
            await one.get("/console")
    tried = {e.content["tried"] for e in events if e.action is Action.DENIED}
    assert tried == {"case", "take", "open"}
    assert (await office.now(hidden)).stage is Stage.RECEIVED


async def test_files_are_seen_small_and_given_out_as_downloads(
    site: Site, office: Office, head: OfficerRecord
) -> None:
    petition = await office.file()
    photo = await a_photo(site, office, petition, a_picture())
    broken = await a_photo(site, office, petition, b"<svg onload=alert(1)>" * 50)
    other = await office.file(chat="501")
    async with signed_in(site, office, head) as one:
        async with one.session.get(path(petition, f"/files/{photo.id}/small")) as small:
            assert (small.status, small.content_type) == (200, "image/jpeg")
            assert len(await small.read()) < 20_000
        async with one.session.get(path(petition, f"/files/{photo.id}")) as whole:
            assert await whole.read() == a_picture()
            assert whole.headers["Content-Disposition"].startswith("attachment; filename*=UTF-8''hi%E1")
            assert "sandbox" in whole.headers["Content-Security-Policy"]
            assert whole.headers["X-Content-Type-Options"] == "nosniff"
        assert (await one.get(path(petition, f"/files/{broken.id}/small"))).status == 404
        for wrong in (
            path(other, f"/files/{photo.id}"),
            path(petition, "/files/999"),
            path(petition, "/files/..%2f1"),
        ):
            assert (await one.get(wrong)).status == 404
        assert (await one.post(path(petition, f"/files/{photo.id}"))).status == 404


async def test_files_of_a_sealed_case_leave_only_on_record(
    site: Site, office: Office, head: OfficerRecord
) -> None:
    petition = await office.file(kind=Kind.DENUNCIATION)
    photo = await a_photo(site, office, petition, a_picture())
    async with signed_in(site, office, head) as one:
        file = path(petition, f"/files/{photo.id}")
        assert (await one.get(file)).status == 404
        assert (await one.get(f"{file}/small")).status == 404
        assert (await one.post(file)).status == 404, "its story is not open"
        await one.post(path(petition, "/open"), {"what": "story"})
        page = await one.get(path(petition))
        assert "hiện trường.jpg" in page.words
        assert "/small" not in page.text
        async with one.session.post(file, data={"proof": one.proof}) as response:
            assert await response.read() == a_picture()
    events = await office.work(lambda book: book.events(petition.id))
    assert [e.content["opened"] for e in events if e.content.get("opened")] == ["story", "file"]


async def test_the_prepared_paper_is_printed_and_of_a_sealed_case_only_with_its_identity(
    site: Site, office: Office
) -> None:
    inspector = await somebody(office, Role.INSPECTOR, "thanh_tra")
    complaint = await office.file(kind=Kind.COMPLAINT, unit="thanh_tra", topic=None)
    secret = await office.file(chat="501", kind=Kind.DENUNCIATION, unit="thanh_tra", topic=None)
    async with signed_in(site, office, inspector) as one:
        async with one.session.get(path(complaint, "/papers/complaint")) as response:
            assert (response.status, (await response.read())[:5]) == (200, b"%PDF-")
        await one.post(path(secret, "/open"), {"what": "story"})
        assert (await one.get(path(secret, "/papers/denunciation"))).status == 404
        await one.post(path(secret, "/open"), {"what": "identity", "reason": "In đơn để ký"})
        async with one.session.get(path(secret, "/papers/denunciation")) as response:
            assert response.status == 200
        assert (await one.get(path(complaint, "/papers/receipt"))).status == 404


async def test_a_case_that_changed_says_so_while_it_is_looked_at(
    site: Site, office: Office, head: OfficerRecord
) -> None:
    petition = await office.file()
    async with signed_in(site, office, head) as one:
        live = path(petition, f"/live?seen={petition.events_count}")
        assert (await one.get(live)).status == 204
        await office.does(head, petition, Action.TAKE)
        assert "vừa có thay đổi" in (await one.get(live)).words


async def test_petitions_are_merged_after_saying_what_will_happen(
    site: Site, office: Office, head: OfficerRecord
) -> None:
    first, second = await office.file(), await office.file(chat="501")
    secret = await office.file(chat="502", kind=Kind.DENUNCIATION, unit="thanh_tra")
    for each in (first, second):
        await office.does(head, each, Action.TAKE)
    async with signed_in(site, office, head) as one:
        page = await one.get(path(second))
        assert f"/console/cases/{second.code}/do/merge?with={first.code}" in page.text
        form = await one.get(path(second, f"/do/merge?with={first.code}"))
        assert "sẽ nhập vào đơn" in form.words
        seq = form.value("seq")
        for other in (secret.code, second.code, "x"):
            fields = {"seq": seq, "linked": other, "reason": "Cùng quán", "told": form.value("told")}
            assert (await one.post(path(second, "/do/merge"), fields)).status == 422
        asked = await one.post(
            path(second, "/do/merge"), {"seq": seq, "linked": first.code, "reason": "Cùng quán"}
        )
        assert (asked.status, "sẽ nhập vào đơn" in asked.words) == (200, True)
        assert (await office.now(second)).merged_into is None
        fields = {"seq": seq, "linked": first.code, "reason": "Cùng quán", "told": asked.value("told")}
        assert (await one.post(path(second, "/do/merge"), fields)).status == 303
        assert second.code in (await one.get(path(first))).text
        answer = await one.get(path(first, "/do/answer"))
        assert "cũng gửi cho người gửi của 1 đơn" in answer.words
        listed = await one.get("/console?view=unit")
        assert first.code in listed.text
        assert second.code not in listed.text
        assert second.code in (await one.get("/console?view=unit&stage=merged")).text
    assert (await office.now(second)).merged_into == first.id


async def test_the_timeline_says_to_whom_where_to_and_why(
    site: Site, office: Office, head: OfficerRecord, clerk: OfficerRecord
) -> None:
    intake = await somebody(office, Role.INTAKE, "thanh_tra")
    petition = await office.file()
    await office.does(head, petition, Action.ASSIGN, officer_id=clerk.id)
    await office.does(clerk, petition, Action.TRANSFER, unit="ql_di_san", reason="Việc của bên di sản.")
    await office.does(intake, petition, Action.RULE_UNIT, unit="ql_van_hoa", reason="Thuộc văn hóa.")
    await office.does(clerk, petition, Action.TAKE)
    await office.does(
        clerk,
        petition,
        Action.POLICY_GAP,
        law="Nghị định 38/2021/NĐ-CP",
        article="Điều 14",
        text="Chưa phạt được loa kéo.",
        proposal="Bổ sung hành vi.",
    )
    async with signed_in(site, office, head) as one:
        page = await one.get(path(petition))
    for words in (
        f"Người phụ trách: {clerk.name}",
        "Đơn vị: Phòng Quản lý di sản",
        "Việc của bên di sản.",
        "Đơn vị: Phòng Quản lý văn hóa và gia đình",
        "Văn bản: Nghị định 38/2021/NĐ-CP · Điều, khoản: Điều 14 · Đề xuất: Bổ sung hành vi.",
        "Sơ hở, bất cập đã ghi nhận Nghị định 38/2021/NĐ-CP, Điều 14 Chưa phạt được loa kéo.",
    ):
        assert words in page.words, words


async def test_what_was_given_in_a_sealed_case_stays_closed_with_its_story(
    site: Site, office: Office, head: OfficerRecord
) -> None:
    petition = await office.file(kind=Kind.DENUNCIATION, against="ql_di_san")
    await office.does(head, petition, Action.TAKE)
    today = office.clock.now().date()
    await office.does(head, petition, Action.CONFIRM_FORM, on=today)
    await office.does(head, petition, Action.SCREEN_ELIGIBLE)
    await office.does(head, petition, Action.NOT_ACCEPT, code="no_basis", text="Chưa có căn cứ.")
    async with signed_in(site, office, head) as one:
        closed = (await one.get(path(petition))).words
        await one.post(path(petition, "/open"), {"what": "story"})
        opened = (await one.get(path(petition))).words
    accused = "Người, đơn vị bị khiếu nại, tố cáo: Phòng Quản lý di sản"
    assert "Lý do, kết quả:" not in closed
    assert accused not in closed
    assert "Lý do, kết quả:" in opened
    assert accused in opened


async def test_a_long_history_says_that_earlier_steps_are_kept(
    site: Site, office: Office, head: OfficerRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bot.console import case
    from handlers import console_story

    monkeypatch.setattr(console_story, "MOST", 2)
    monkeypatch.setattr(case, "MOST", 2)
    petition = await office.file()
    for number in range(3):
        await office.does(head, petition, Action.NOTE, text=f"Ghi chú số {number}")
    async with signed_in(site, office, head) as one:
        page = (await one.get(path(petition))).words
    assert "Chỉ hiện 2 bước gần nhất" in page
    assert ("Ghi chú số 2" in page, "Ghi chú số 0" in page) == (True, False)
