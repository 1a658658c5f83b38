"""A complaint runs late: through Telegram the ladder climbs to the director on the right days and hours."""

from __future__ import annotations

from datetime import datetime

from petitions.kinds import Action
from storage.clocks import BreachRecord
from tests.e2e.support.legal_office import FOCAL, HANOI, Case, LegalOffice, Officer


def at(day: int, month: int, hour: int, minute: int) -> datetime:
    return datetime(2027 if month == 1 else 2026, month, day, hour, minute, tzinfo=HANOI)


async def told(office: LegalOffice, moment: datetime, *people: Officer) -> list[list[str]]:
    """Let the clock go on to `moment`; the alarms that each of these people got meanwhile."""
    await office.later(moment - office.house.clock.now())
    heard = [[news.text for news in await person.chat.news()] for person in people]
    return [[text for text in texts if "Nhắc hạn" in text] for texts in heard]


async def breaches(office: LegalOffice, case: Case) -> list[BreachRecord]:
    kept = await office.kept(case)
    return await office.house.ledger.read(lambda book: book.breaches(kept.record.id))


async def test_a_late_complaint_climbs_to_the_director(office: LegalOffice) -> None:
    # Accepted on Monday 30/11/2026, to be settled within 30 days (C-05): Wednesday 30/12. Half: 15/12. Working
    # mornings after the date: 31/12, then 1/1/2027 is a day off, 4/1, 5/1, 6/1, 7/1, 8/1.
    head = await office.joins(FOCAL, "head", "Hoàng Thị Trưởng")
    people = (office.clerk, head, office.inspector, office.director)
    case = await office.accepted("khieu_nai")
    await told(office, at(30, 11, 12, 0), *people)

    assert await told(office, at(15, 12, 7, 29), *people) == [[], [], [], []]
    await told(office, at(15, 12, 7, 31))
    near, *others = await told(office, at(15, 12, 7, 42), *people)
    assert others == [[], [], []]
    assert f"{case.shown}: " in near[0]
    assert "Hạn 30/12/2026, còn 11 ngày làm việc (Điều 28 Luật Khiếu nại)." in near[0]

    await told(office, at(30, 12, 23, 59), *people)
    assert await told(office, at(31, 12, 0, 1), *people) == [[], [], [], []], "nobody is woken at night"
    [breach] = await breaches(office, case)
    assert breach.found_at.astimezone(HANOI).date() == at(31, 12, 0, 0).date()
    steps = (
        (at(31, 12, 7, 42), "người xử lý", 1),
        (at(4, 1, 7, 42), "lãnh đạo đơn vị", 2),
        (at(6, 1, 7, 42), "đơn vị đầu mối", 3),
        (at(8, 1, 7, 42), "lãnh đạo cơ quan", 4),
    )
    for moment, level, number in steps:
        before = await told(office, moment.replace(minute=29), *people)
        assert before == [[], [], [], []]
        await told(office, moment.replace(minute=31))
        heard = await told(office, moment, *people)
        [alarm] = heard[number - 1]
        assert f"{case.shown}: đã quá hạn ngày 30/12/2026." in alarm
        assert f"Báo tới {level}." in alarm
        assert all(texts == [] for texts in heard[number:]), "those further up do not hear yet"

    kept = await office.kept(case)
    assert kept.actions.count(Action.BREACH.value) == 1
    [breach] = await breaches(office, case)
    assert (breach.level, breach.ended_on) == (4, None)
    assert not [news for news in await case.citizen.news() if "quá hạn" in news.text]
