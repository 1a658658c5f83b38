"""Invitations, groups and what happens to a chat."""

from __future__ import annotations

from datetime import timedelta

import pytest

from handlers import notices
from handlers.messages import FileKind, Files, IncomingFile, Membership, MembershipChange, Migrated
from petitions.kinds import Role
from tests.handlers.officers.office import CHANNEL, Office, sample_agency

GROUP, PERSON = "-100", "201"


async def token(office: Office, *, group: bool = False, days: int = 7, unit: str = "ql_van_hoa") -> str:
    role = None if group else Role.HEAD
    expires = office.clock.now() + timedelta(days=days)
    _, made = await office.work(lambda book: book.invite(unit, role, "", expires, for_group=group))
    return made


async def test_an_invitation_works_once(office: Office) -> None:
    invite = await token(office)
    await office.file()
    shown = "-".join(invite[at : at + 5] for at in range(0, 20, 5)).lower()
    welcome = await office.command(PERSON, "link", shown)
    for words in ("Phòng Quản lý văn hóa", "lãnh đạo đơn vị", "Đơn đang mở của đơn vị: 1"):
        assert words in welcome[-1].text
    await office.press(PERSON, welcome[-1].button("Việc của đơn vị"))
    assert "1 đơn đang mở" in office.last(PERSON).text
    await office.command("202", "link", invite)
    assert "đã được dùng" in office.last("202").text
    assert await office.work(lambda book: book.officer_of_chat(CHANNEL, "bot", "202")) is None


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "gõ /link và mã mời"),
        ("ABCDE-FGHJK-MNPQR-STVWX", "không đúng"),
        ("'; DROP TABLE invites; --", "không đúng"),
        ("x" * 5000, "không đúng"),
    ],
)
async def test_a_wrong_invitation_is_refused(office: Office, typed: str, said: str) -> None:
    await office.command(PERSON, "link", typed)
    assert said in office.last(PERSON).text
    assert await office.work(lambda book: book.officers()) == []


async def test_an_expired_invitation_is_refused(office: Office) -> None:
    invite = await token(office, days=1)
    office.clock.forward(timedelta(days=2))
    await office.command(PERSON, "link", invite)
    assert "hết hạn" in office.last(PERSON).text


async def test_guessing_invitations_is_slowed(office: Office) -> None:
    invite = await token(office)
    for _ in range(10):
        await office.command(PERSON, "link", "22222-22222-22222-22222")
    await office.command(PERSON, "link", invite)
    assert "quá nhiều lần" in office.last(PERSON).text
    office.clock.forward(timedelta(hours=1))
    await office.command(PERSON, "link", invite)
    assert "Đã liên kết" in office.last(PERSON).text


async def test_an_invitation_of_the_other_sort_stays_good(office: Office) -> None:
    personal, for_group = await token(office), await token(office, group=True)
    await office.command(GROUP, "link", personal, person="777")
    assert "mã mời riêng" in office.last(GROUP).text
    await office.command(PERSON, "link", for_group)
    assert "mã mời cho nhóm" in office.last(PERSON).text
    await office.command(GROUP, "link", for_group, person="777")
    assert "nhận phiếu việc của Phòng Quản lý văn hóa" in office.last(GROUP).text
    await office.command(PERSON, "start", f"link_{personal}")
    assert "Đã liên kết" in office.last(PERSON).text


@pytest.mark.parametrize(
    ("role", "argument", "unit"),
    [
        (Role.HEAD, "", "ql_van_hoa"),
        (Role.INTAKE, "ql_van_hoa", "ql_van_hoa"),
        (Role.HEAD, "bao_tang", None),
        (Role.ADMIN, "bao_tang", "bao_tang"),
        (Role.OFFICER, "", None),
        (Role.INSPECTOR, "", None),
    ],
)
async def test_who_may_bind_a_group(office: Office, role: Role, argument: str, unit: str | None) -> None:
    await office.officer(PERSON, "ql_van_hoa", role)
    await office.command(GROUP, "link", argument, person=PERSON)
    group = await office.work(lambda book: book.contact(CHANNEL, "bot", GROUP))
    assert group is not None
    assert group.unit == unit


async def test_strangers_and_anonymous_administrators_cannot_bind_a_group(office: Office) -> None:
    await office.command(GROUP, "link", "", person="999")
    assert "Chỉ lãnh đạo đơn vị" in office.last(GROUP).text
    await office.command(GROUP, "link", "", person="")
    assert "ẩn danh" in office.last(GROUP).text
    assert await office.work(lambda book: book.groups_of("ql_van_hoa")) == []


async def test_talk_in_a_group_is_passed_over(office: Office) -> None:
    await office.group(GROUP, "ql_van_hoa")
    before = len(office.chat(GROUP))
    await office.say(GROUP, "trưa nay ăn gì", person=PERSON)
    await office.say(GROUP, "tôi muốn phản ánh quán karaoke", person=PERSON)
    await office.command(GROUP, "inbox", person="999")
    await office.update(
        GROUP, Files(files=(IncomingFile(kind=FileKind.PHOTO, platform_id="p"),)), person=PERSON
    )
    await office.press(GROUP, "c.1.confirm", person=PERSON)
    assert len(office.chat(GROUP)) == before
    assert await office.work(lambda book: book.work_of(unit="ql_van_hoa", officer_id=None)) == []


async def test_a_group_is_told_how_to_become_a_unit_s_and_forgotten_when_we_are_removed(
    office: Office,
) -> None:
    await office.officer("301", "thanh_tra", Role.HEAD)
    added = await office.update(GROUP, Membership(change=MembershipChange.ADDED, title="Nhóm"), person="7")
    assert "chưa gắn" in added[-1].text
    await office.group(GROUP, "ql_van_hoa")
    await office.update(GROUP, Membership(change=MembershipChange.REMOVED), person="7")
    assert "xóa khỏi nhóm của Phòng Quản lý văn hóa" in office.last("301").text
    before = office.everything_sent_to(GROUP)
    petition = await office.file()
    assert office.everything_sent_to(GROUP) == before
    assert petition.code in office.everything_sent_to("301").replace("-", "")


async def test_a_group_that_moved_keeps_its_unit(office: Office) -> None:
    await office.group(GROUP, "ql_van_hoa")
    await office.update(GROUP, Migrated(new_chat="-100999"))
    petition = await office.file()
    assert office.card("-100999", petition).has("Nhận xử lý")


async def test_blocked_and_welcome_again(office: Office) -> None:
    await office.officer(PERSON, "ql_van_hoa", Role.HEAD)
    await office.officer("301", "thanh_tra", Role.HEAD)
    await office.update(PERSON, Membership(change=MembershipChange.BLOCKED))
    first = await office.file()
    assert first.code in office.everything_sent_to("301").replace("-", "")
    assert first.code not in office.everything_sent_to(PERSON).replace("-", "")
    await office.update(PERSON, Membership(change=MembershipChange.UNBLOCKED))
    second = await office.file()
    assert second.code in office.everything_sent_to(PERSON).replace("-", "")


async def test_commands_of_officers_tell_others_how_to_link(office: Office) -> None:
    for name, argument in (("inbox", ""), ("case", "ABCD")):
        await office.command("999", name, argument)
        assert "gõ /link" in office.last("999").text


async def test_case_answers_unknown_and_wrong_codes(office: Office) -> None:
    await office.officer(PERSON, "bao_tang", Role.OFFICER)
    petition = await office.file()
    said = []
    for typed in ("", "ABCD", petition.code, "0" * 12):
        await office.command(PERSON, "case", typed)
        said.append(office.last(PERSON).text.strip())
    assert "ví dụ" in said[0]
    assert said[1] == said[3] == "Mã đơn không đúng. Ông/Bà kiểm tra lại từng ký tự."
    assert "Không có đơn này" in said[2]


async def test_the_inbox_turns_its_pages(office: Office) -> None:
    await office.officer(PERSON, "ql_van_hoa", Role.HEAD)
    for _ in range(14):
        await office.file()
    await office.command(PERSON, "inbox", "unit")
    first = office.last(PERSON)
    assert "14 đơn đang mở" in first.text
    assert len(first.message.rows) == 15  # twelve cases, the next page, the other lists in two rows
    await office.press(PERSON, first.button("Trang sau"))
    second = office.last(PERSON)
    assert [len(row) for row in second.message.rows] == [1, 1, 1, 1, 3]
    codes = {
        button.token
        for sent in (first, second)
        for button in sent.buttons
        if button.token.startswith("o.case")
    }
    assert len(codes) == 14
    await office.press(PERSON, second.buttons[0])
    assert office.last(PERSON).has("Nhận xử lý")
    await office.press(PERSON, second.button("Việc của tôi"))
    assert "chưa có đơn nào" in office.last(PERSON).text


async def test_who_has_no_case_of_their_own_sees_the_units_at_once(office: Office) -> None:
    await office.officer(PERSON, "ql_van_hoa", Role.HEAD)
    await office.command(PERSON, "inbox")
    assert "Ông/Bà chưa có đơn nào" in office.last(PERSON).text
    await office.file()
    await office.command(PERSON, "inbox")
    assert "Phòng Quản lý văn hóa và gia đình: 1 đơn đang mở" in office.last(PERSON).text
    await office.press(PERSON, office.last(PERSON).button("Việc của tôi"))
    assert "Ông/Bà chưa có đơn nào" in office.last(PERSON).text


async def test_danger_reaches_people_on_duty_and_no_group(office: Office) -> None:
    told: list[int] = []

    def alert(turn: object) -> None:
        told.append(notices.alert_danger(turn, "Chồng tôi đang đánh tôi", reach="0951223455"))  # type: ignore[arg-type]

    await office.as_citizen("500", alert)
    assert told == [0]
    await office.group(GROUP, "thanh_tra")
    await office.officer("301", "thanh_tra", Role.INTAKE)
    await office.officer("302", "thanh_tra", Role.OFFICER)
    await office.as_citizen("500", alert)
    assert told == [0, 1]
    text = office.last("301").text
    assert "Chồng tôi đang đánh tôi" in text
    assert "0951223455" in text
    assert "Chồng" not in office.everything_sent_to("302") + office.everything_sent_to(GROUP)
    assert await office.work(lambda book: book.work_of(unit=None, officer_id=None)) == []


def test_every_unit_fits_into_a_button() -> None:
    from handlers.messages import Button
    from handlers.officers.tokens import Press, parse

    longest = 2**63 - 1
    arguments = [f"t:{'x' * 40}", "y" * 40, f"in:{'z' * 39}", "topics:999"]
    assert all(len(unit.code) <= 40 for unit in sample_agency().units)
    for verb, argument in zip(("fix", "move", "fix", "fix"), arguments, strict=True):
        press = Press(verb, longest, argument)
        assert Button(label="x", token=press.token).token == press.token
        assert parse(press.token) == press
