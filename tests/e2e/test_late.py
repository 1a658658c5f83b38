"""A case runs late: who hears of it, on which day, at which hour, up to the director; and what stays for ever."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from tests.e2e.support.legal_office import HANOI, NOTHING, TODAY, Case, LegalOffice, Officer

MUSEUM: Final = (
    "Tôi khiếu nại quyết định số 5/QĐ-BT ngày 10/11/2026 của Bảo tàng tỉnh từ chối trả lại hiện vật gia đình tôi "
    "cho mượn trưng bày"
)
SETTLE: Final = "Giải quyết khiếu nại lần đầu, vụ việc thông thường"


class Watch:
    """What the people of the ladder hear of a case, each with the name they go by here."""

    def __init__(self, office: LegalOffice, case: Case, **people: Officer) -> None:
        self.office = office
        self.case = case
        self.people = people

    async def heard_by(self, day: int, month: int, hour: int, minute: int) -> dict[str, str]:
        """Who heard of the case up to that moment, and the line they read; since the last look."""
        year = 2026 if month > 6 else 2027
        moment = datetime(year, month, day, hour, minute, tzinfo=HANOI)
        await self.office.later(moment - self.office.house.clock.now())
        return await self.news()

    async def news(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for name, person in self.people.items():
            lines = [line for heard in await person.chat.news() for line in heard.text.splitlines()]
            told = [line for line in lines if self.case.shown in line and line[0] in "🔴⏰"]
            assert len(told) <= 1, f"{name} is told once: {told}"
            if told:
                found[name] = told[0]
        return found


async def test_the_ladder_climbs_to_the_director_on_the_right_mornings(office: LegalOffice) -> None:
    """Accepted on Monday 30 November, due after 30 days, on Wednesday 30 December."""
    officer = await office.joins("bao_tang", "officer", "Vũ Văn Tàng")
    head = await office.joins("bao_tang", "head", "Lý Thị Bảo")
    case = await office.files("khieu_nai", story=MUSEUM)
    for step in (("Nhận xử lý",), ("Xác nhận đủ đơn…", TODAY), ("Đủ điều kiện",), ("Thụ lý…", TODAY, "1/TB")):
        await officer.does(case.code, *step)
    await case.citizen.news()
    watch = Watch(office, case, officer=officer, head=head, focal=office.inspector, director=office.director)
    await watch.news()

    # Half of the time, 15 days before the day it is due: Tuesday 15 December, told together after ten minutes.
    assert await watch.heard_by(15, 12, 7, 31) == {}
    near = f"⏰ {case.shown}: {SETTLE}. Hạn 30/12/2026, còn {{left}} ngày làm việc (Điều 28 Luật Khiếu nại)."
    assert await watch.heard_by(15, 12, 7, 42) == {"officer": near.format(left=11)}
    # Two working days before, and one: Monday 28 and Tuesday 29 December.
    assert await watch.heard_by(28, 12, 7, 31) == {}
    assert await watch.heard_by(28, 12, 7, 42) == {"officer": near.format(left=2)}
    assert await watch.heard_by(29, 12, 7, 31) == {}
    assert await watch.heard_by(29, 12, 7, 42) == {"officer": near.format(left=1)}

    # Late from midnight on; nobody is woken for it.
    assert "breach" not in (await office.kept(case)).actions
    assert await watch.heard_by(31, 12, 0, 5) == {}
    assert (await office.kept(case)).actions[-1] == "breach"
    assert await watch.heard_by(31, 12, 7, 31) == {}
    late = (
        f"🔴 {case.shown}: đã quá hạn ngày 30/12/2026. {SETTLE} (Điều 28 Luật Khiếu nại). Báo tới {{level}}."
    )
    assert await watch.heard_by(31, 12, 7, 42) == {"officer": late.format(level="người xử lý")}
    looked_up = (await case.citizen.say(case.shown)).text
    assert "Hạn là 30/12/2026, nay đã quá." in looked_up
    assert "Việc quá hạn được ghi lại và báo lên cấp trên." in looked_up

    # 1 January is a holiday, then a weekend: the head hears on Monday 4 January. A comment resets nothing.
    await officer.begins(case.code, "Ghi chú")
    await officer.chat.say("Đang chờ kết quả xác minh.")
    assert await watch.heard_by(3, 1, 12, 0) == {}
    assert await watch.heard_by(4, 1, 7, 31) == {}
    assert await watch.heard_by(4, 1, 7, 42) == {"head": late.format(level="lãnh đạo đơn vị")}
    # Four late working days: 31 December, 4, 5, 6 January; six: and 7, 8 January.
    assert await watch.heard_by(6, 1, 7, 31) == {}
    assert await watch.heard_by(6, 1, 7, 42) == {"focal": late.format(level="đơn vị đầu mối")}
    assert await watch.heard_by(8, 1, 7, 31) == {}
    assert await watch.heard_by(8, 1, 7, 42) == {"director": late.format(level="lãnh đạo cơ quan")}
    assert await watch.heard_by(20, 1, 12, 0) == {}, "nobody is told twice"

    # Decided at last, and closed: the breach stays.
    await officer.does(case.code, "Ra quyết định…", "[sai]", TODAY, "2/QĐ", NOTHING, "Giữ nguyên.")
    await officer.does(case.code, "Đã gửi văn bản…", TODAY)
    await officer.does(case.code, "Đã công khai…", TODAY, "Niêm yết.")
    await officer.does(case.code, "Kết thúc", "Không có nội dung phải thi hành.")
    kept = await office.kept(case)
    breaches = await office.house.ledger.read(lambda book: book.breaches(kept.record.id))
    assert [(breach.rule, breach.due_on.isoformat()) for breach in breaches] == [("C-05", "2026-12-30")]


async def test_a_sealed_case_that_nobody_takes_climbs_by_its_code(office: LegalOffice) -> None:
    """The unit has no head: the first late morning goes to those on duty, the director hears on the ninth."""
    case = await office.files("to_cao")
    watch = Watch(office, case, clerk=office.clerk, inspector=office.inspector, director=office.director)
    await watch.news()
    # It had to be taken within one working day, Tuesday 1 December.
    assert await watch.heard_by(2, 12, 7, 31) == {}
    assert await watch.heard_by(2, 12, 7, 42) == {
        "inspector": (
            f"🔴 {case.shown}: chưa ai nhận xử lý, lẽ ra phải có người nhận chậm nhất ngày 01/12/2026. "
            "Báo tới đơn vị đầu mối."
        )
    }
    # The service was down, as it were: all that was missed is told once, to whom it had climbed by then.
    assert await watch.heard_by(10, 12, 9, 0) == {}
    heard = await watch.heard_by(10, 12, 9, 15)
    assert (
        heard["director"] == f"🔴 {case.shown}: có việc đã quá hạn. Ông/Bà không được xem nội dung đơn này."
    )
    assert "clerk" not in heard
    kept = await office.kept(case)
    assert kept.actions.count("breach") == 1
    # Taken at last: it falls silent.
    await office.inspector.does(case.code, "Nhận xử lý")
    await watch.news()
    assert await watch.heard_by(11, 12, 12, 0) == {}
