"""Every row of the deadline table from five days, with dates worked out by hand on a wall calendar.

The days: an ordinary Monday, a Friday, the last working day before Tết 2026 and before Tết 2027, the day before
30/4. Off in 2026: Sat 14/02 – Sun 22/02, Mon 27/4, Thu 30/4, Fri 01/5, Mon 31/8 – Wed 02/9, Tue 24/11; in 2027:
Fri 01/01, Fri 05/02 – Thu 11/02, Fri 16/4, Fri 30/4, Mon 03/5.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

import pytest

from petitions.calendar import WorkingCalendar
from petitions.deadlines import BadReckoning, Deadline, reckon
from petitions.rules import CONDITIONS, NoRule, RuleBook

BOOK = RuleBook.packaged()
CALENDAR = WorkingCalendar.from_packaged()

STARTS = {
    "ordinary": date(2026, 10, 5),  # Monday
    "weekend": date(2026, 10, 9),  # Friday
    "tet_2026": date(2026, 2, 13),  # Friday, then off until Sun 22/02
    "tet_2027": date(2027, 2, 4),  # Thursday, then off until Thu 11/02
    "april": date(2026, 4, 29),  # Wednesday, then off until Sun 03/5
}
BEFORE_JULY = {"tet_2026", "april"}


class Ends(NamedTuple):
    """Nominal end, due day, aim, as day/month of the start's year unless a year is given."""

    nominal: str
    due: str
    aim: str


def same(day: str) -> Ends:
    """A working day: nothing to move."""
    return Ends(day, day, day)


# Each limit: amount, unit, direction, then its end from each start.
LIMITS: dict[str, dict[str, Ends]] = {
    # 06, 07 Oct | Sat, Sun off, 12, 13 Oct | 23, 24 Feb | Fri 12, Mon 15 Feb | Mon 04, 05 May
    "2 wd": {
        "ordinary": same("07/10"),
        "weekend": same("13/10"),
        "tet_2026": same("24/02"),
        "tet_2027": same("15/02"),
        "april": same("05/05"),
    },
    # the third: Thu 08 Oct | Wed 14 Oct | Wed 25 Feb | Tue 16 Feb | Wed 06 May
    "3 wd": {
        "ordinary": same("08/10"),
        "weekend": same("14/10"),
        "tet_2026": same("25/02"),
        "tet_2027": same("16/02"),
        "april": same("06/05"),
    },
    # 09 Oct the 4th, Mon 12 the 5th | Fri 16 Oct | Fri 27 Feb | Thu 18 Feb | Fri 08 May
    "5 wd": {
        "ordinary": same("12/10"),
        "weekend": same("16/10"),
        "tet_2026": same("27/02"),
        "tet_2027": same("18/02"),
        "april": same("08/05"),
    },
    # 12, 13, 14 Oct are 5 to 7 | Mon 19 Oct the 6th, 20 the 7th | Mon 02 Mar the 6th, 03 the 7th
    # | Fri 19 Feb the 6th, Mon 22 the 7th | Mon 11 May the 6th, 12 the 7th
    "7 wd": {
        "ordinary": same("14/10"),
        "weekend": same("20/10"),
        "tet_2026": same("03/03"),
        "tet_2027": same("22/02"),
        "april": same("12/05"),
    },
    # 15, 16, Mon 19 Oct | 21, 22, 23 Oct | 04, 05, 06 Mar | 23, 24, 25 Feb | 13, 14, 15 May
    "10 wd": {
        "ordinary": same("19/10"),
        "weekend": same("23/10"),
        "tet_2026": same("06/03"),
        "tet_2027": same("25/02"),
        "april": same("15/05"),
    },
    # a week on, the same weekday: Fri 20 Feb is Tết, worked again Mon 23, last before it Fri 13;
    # Thu 11 Feb 2027 is a make-up day, worked again Fri 12, last before it Thu 04
    "7 d": {
        "ordinary": same("12/10"),
        "weekend": same("16/10"),
        "tet_2026": Ends("20/02", "23/02", "13/02"),
        "tet_2027": Ends("11/02", "12/02", "04/02"),
        "april": same("06/05"),
    },
    # Mon+10 Thu 15 | Fri+10 Mon 19 | Mon 23 Feb | Thu+10 Sun 14 Feb -> Mon 15, aim Fri 12
    # | Wed+10 Sat 09 May -> Mon 11, aim Fri 08
    "10 d": {
        "ordinary": same("15/10"),
        "weekend": same("19/10"),
        "tet_2026": same("23/02"),
        "tet_2027": Ends("14/02", "15/02", "12/02"),
        "april": Ends("09/05", "11/05", "08/05"),
    },
    # Mon+15 Tue 20 | Fri+15 Sat 24 -> Mon 26, aim Fri 23 | Sat 28 Feb -> Mon 02 Mar, aim Fri 27 Feb
    # | Thu+15 Fri 19 Feb | Wed+15 Thu 14 May
    "15 d": {
        "ordinary": same("20/10"),
        "weekend": Ends("24/10", "26/10", "23/10"),
        "tet_2026": Ends("28/02", "02/03", "27/02"),
        "tet_2027": same("19/02"),
        "april": same("14/05"),
    },
    # Mon+20 Sun 25 -> Mon 26, aim Fri 23 | Thu 29 | 15 left in Feb, so Thu 05 Mar | Wed 24 Feb | Tue 19 May
    "20 d": {
        "ordinary": Ends("25/10", "26/10", "23/10"),
        "weekend": same("29/10"),
        "tet_2026": same("05/03"),
        "tet_2027": same("24/02"),
        "april": same("19/05"),
    },
    # 26 left in Oct, so Wed 04 Nov | 22 left, Sun 08 Nov -> Mon 09, aim Fri 06 | Sun 15 Mar -> 16, aim 13
    # | 24 left in Feb, Sat 06 Mar -> Mon 08, aim Fri 05 | 1 left in Apr, Fri 29 May
    "30 d": {
        "ordinary": same("04/11"),
        "weekend": Ends("08/11", "09/11", "06/11"),
        "tet_2026": Ends("15/03", "16/03", "13/03"),
        "tet_2027": Ends("06/03", "08/03", "05/03"),
        "april": same("29/05"),
    },
    # 15 days after the 30: Thu 19 Nov | Mon 23 Nov (worked) | Mon 30 Mar | Sun 21 Mar -> Mon 22, aim Fri 19
    # | Sat 13 Jun -> Mon 15, aim Fri 12
    "45 d": {
        "ordinary": same("19/11"),
        "weekend": same("23/11"),
        "tet_2026": same("30/03"),
        "tet_2027": Ends("21/03", "22/03", "19/03"),
        "april": Ends("13/06", "15/06", "12/06"),
    },
    # 15 more: Fri 04 Dec | Tue 08 Dec | Tue 14 Apr | Mon 05 Apr | Sun 28 Jun -> Mon 29, aim Fri 26
    "60 d": {
        "ordinary": same("04/12"),
        "weekend": same("08/12"),
        "tet_2026": same("14/04"),
        "tet_2027": same("05/04"),
        "april": Ends("28/06", "29/06", "26/06"),
    },
    # 10 more, the weekday of the start: Mon 14 Dec | Fri 18 Dec | Fri 24 Apr | Thu 15 Apr | Wed 08 Jul
    "70 d": {
        "ordinary": same("14/12"),
        "weekend": same("18/12"),
        "tet_2026": same("24/04"),
        "tet_2027": same("15/04"),
        "april": same("08/07"),
    },
    # 20 more: Sun 03 Jan 2027 -> Mon 04, aim Thu 31 Dec (Fri 01 off) | Thu 07 Jan 2027 | Thu 14 May
    # | Wed 05 May | Tue 28 Jul
    "90 d": {
        "ordinary": Ends("03/01/2027", "04/01/2027", "31/12"),
        "weekend": same("07/01/2027"),
        "tet_2026": same("14/05"),
        "tet_2027": same("05/05"),
        "april": same("28/07"),
    },
    # the same day a year later: Tue | Sat -> Mon 11, aim Fri 08 | Sat 13 Feb 2027 -> Mon 15, aim Fri 12
    # | Fri 04 Feb 2028 | Thu 29 Apr 2027
    "1 year": {
        "ordinary": same("05/10/2027"),
        "weekend": Ends("09/10/2027", "11/10/2027", "08/10/2027"),
        "tet_2026": Ends("13/02/2027", "15/02/2027", "12/02/2027"),
        "tet_2027": same("04/02/2028"),
        "april": same("29/04/2027"),
    },
    # three days on, never moved: Thu 08 | Mon 12 | Mon 16 Feb (Tết), aim Fri 13 | Sun 07 Feb, aim Thu 04
    # | Sat 02 May, aim Wed 29 Apr
    "72 h": {
        "ordinary": same("08/10"),
        "weekend": same("12/10"),
        "tet_2026": Ends("16/02", "16/02", "13/02"),
        "tet_2027": Ends("07/02", "07/02", "04/02"),
        "april": Ends("02/05", "02/05", "29/04"),
    },
    # the hour is not known, so the day itself
    "1 h before": {
        "ordinary": same("05/10"),
        "weekend": same("09/10"),
        "tet_2026": same("13/02"),
        "tet_2027": same("04/02"),
        "april": same("29/04"),
    },
    # Fri 02 Oct | Thu 08 Oct | Thu 12 Feb | Wed 03 Feb | Tue 28 Apr
    "1 wd before": {
        "ordinary": same("02/10"),
        "weekend": same("08/10"),
        "tet_2026": same("12/02"),
        "tet_2027": same("03/02"),
        "april": same("28/04"),
    },
    # Fri 02, 01 Oct, 30, 29, Mon 28 Sep | 08, 07, 06, 05, Fri 02 Oct | 12, 11, 10, 09, Fri 06 Feb
    # | 03, 02, 01 Feb, Fri 29, 28 Jan | Tue 28, (27 made up for Giỗ Tổ), Fri 24, 23, 22, Tue 21 Apr
    "5 wd before": {
        "ordinary": same("28/09"),
        "weekend": same("02/10"),
        "tet_2026": same("06/02"),
        "tet_2027": same("28/01"),
        "april": same("21/04"),
    },
    # two more: Fri 25, 24 Sep | 01 Oct, 30 Sep | 05, 04 Feb | 27, 26 Jan | Mon 20, Fri 17 Apr
    "7 wd before": {
        "ordinary": same("24/09"),
        "weekend": same("30/09"),
        "tet_2026": same("04/02"),
        "tet_2027": same("26/01"),
        "april": same("17/04"),
    },
    # at least five days ahead, so never moved towards the day: Wed 30 Sep | Sun 04 Oct, aim Fri 02
    # | Sun 08 Feb, aim Fri 06 | Sat 30 Jan, aim Fri 29 | Fri 24 Apr
    "5 d before": {
        "ordinary": same("30/09"),
        "weekend": Ends("04/10", "04/10", "02/10"),
        "tet_2026": Ends("08/02", "08/02", "06/02"),
        "tet_2027": Ends("30/01", "30/01", "29/01"),
        "april": same("24/04"),
    },
    # that same day
    "at_once": {
        "ordinary": same("05/10"),
        "weekend": same("09/10"),
        "tet_2026": same("13/02"),
        "tet_2027": same("04/02"),
        "april": same("29/04"),
    },
}


class Row(NamedTuple):
    """One line of the reference: asked as `asked` under `flags`, answered as `rule`."""

    asked: str
    limit: str
    flags: str = ""
    rule: str = ""
    before_july: str = "same"
    """The limit until 30/6/2026; `new`: there was none."""

    @property
    def name(self) -> str:
        return f"{self.asked}{'+' if self.flags else ''}{self.flags.replace(' ', '+')}"


ROWS = (
    # 2.1 reception
    Row("A-01", "10 wd"),
    Row("A-02", "none"),
    Row("A-03", "7 wd"),
    Row("A-04", "5 wd"),
    Row("A-05", "3 wd", before_july="new"),
    Row("A-06", "at_once"),
    Row("A-07", "5 wd before"),
    Row("A-08", "5 wd before", before_july="new"),
    Row("A-09", "1 wd before", before_july="new"),
    Row("A-10", "1 h before", before_july="new"),
    Row("A-11", "45 d"),
    Row("A-12", "none"),
    Row("A-13", "5 wd"),
    Row("A-14", "10 wd"),
    # 2.2 complaint
    Row("C-01", "90 d"),
    Row("C-02", "7 d"),
    Row("C-03", "7 wd", before_july="10 d"),
    Row("C-03", "7 wd", "second", "C-14", before_july="10 d"),
    Row("C-04", "none"),
    Row("C-05", "30 d"),
    Row("C-05", "45 d", "complex", "C-06"),
    Row("C-05", "45 d", "remote", "C-07"),
    Row("C-05", "60 d", "complex remote", "C-07"),
    Row("C-05", "45 d", "second", "C-15"),
    Row("C-05", "70 d", "complex remote second", "C-16"),
    Row("C-06", "45 d"),
    Row("C-07", "45 d"),
    Row("C-07", "60 d", "complex"),
    Row("C-08", "5 d before", before_july="new"),
    Row("C-09", "none"),
    Row("C-10", "3 wd"),
    Row("C-10", "7 d", "second", "C-18"),
    Row("C-11", "15 d"),
    Row("C-12", "none"),
    Row("C-13", "30 d"),
    Row("C-13", "45 d", "remote"),
    Row("C-14", "7 wd", before_july="10 d"),
    Row("C-15", "45 d"),
    Row("C-15", "60 d", "complex"),
    Row("C-15", "60 d", "remote", "C-16"),
    Row("C-16", "60 d"),
    Row("C-16", "70 d", "complex"),
    Row("C-17", "none"),
    Row("C-18", "7 d"),
    Row("C-19", "30 d"),
    Row("C-19", "45 d", "remote"),
    Row("C-20", "30 d"),
    Row("C-20", "45 d", "remote"),
    Row("C-21", "5 wd"),
    Row("C-22", "3 wd", before_july="new"),
    Row("C-23", "3 wd", before_july="new"),
    Row("C-24", "none", before_july="new"),
    Row("C-25", "1 year"),
    # 2.3 disciplinary complaint
    Row("K-01", "15 d"),
    Row("K-02", "10 d"),
    Row("K-02", "30 d", "dismissal"),
    Row("K-03", "7 wd", before_july="10 d"),
    Row("K-04", "30 d"),
    Row("K-04", "45 d", "complex"),
    Row("K-04", "30 d", "second"),
    Row("K-05", "3 wd"),
    Row("K-05", "7 d", "second"),
    Row("K-06", "30 d"),
    Row("K-07", "none"),
    # 2.4 denunciation
    Row("D-01", "7 wd"),
    Row("D-02", "10 wd"),
    Row("D-03", "at_once"),
    Row("D-04", "5 wd"),
    Row("D-05", "none"),
    Row("D-06", "20 d"),
    Row("D-07", "at_once"),
    Row("D-08", "5 wd"),
    Row("D-09", "30 d"),
    Row("D-10", "30 d"),
    Row("D-11", "30 d"),
    Row("D-12", "none"),
    Row("D-13", "at_once"),
    Row("D-14", "5 wd"),
    Row("D-15", "at_once"),
    Row("D-16", "5 wd"),
    Row("D-17", "7 wd"),
    Row("D-18", "5 wd"),
    Row("D-19", "7 wd"),
    Row("D-20", "none"),
    Row("D-21", "20 d"),
    Row("D-22", "5 wd"),
    Row("D-23", "5 wd"),
    Row("D-24", "30 d"),
    Row("D-25", "none"),
    Row("D-26", "at_once"),
    # 2.5 data and systems
    Row("P-01", "72 h"),
    Row("P-02", "2 wd"),
    Row("P-03", "15 d"),
    Row("P-04", "10 d"),
    Row("P-05", "10 d"),
    Row("P-06", "60 d"),
    Row("P-07", "7 wd before", before_july="new"),
    Row("P-08", "at_once"),
    Row("P-09", "15 d"),
)
NOT_VERIFIED = {
    "A-14": "INFERENCE",
    "C-25": "RECALLED",
    "P-01": "VERIFIED*",
    "P-02": "VERIFIED*",
    "P-03": "VERIFIED*",
    "P-04": "VERIFIED*",
    "P-05": "VERIFIED*",
    "P-06": "RECALLED",
    "P-08": "VERIFIED*",
    "P-09": "VERIFIED*",
}


def on(text: str, start: date) -> date:
    day, month, *year = text.split("/")
    return date(int(year[0]) if year else start.year, int(month), int(day))


def expected(limit: str, start: str) -> tuple[date | None, date | None, date | None]:
    if limit == "none":
        return None, None, None
    nominal, due, aim = (on(text, STARTS[start]) for text in LIMITS[limit][start])
    return nominal, due, aim


def reckoned(row: Row, since: date, **more: object) -> Deadline:
    rule = BOOK.pick(row.asked, since, **dict.fromkeys(row.flags.split(), True))
    assert rule.id == (row.rule or row.asked)
    return reckon(rule, since, CALENDAR, **more)  # type: ignore[arg-type]


def cases() -> Iterator[tuple[Row, str]]:
    for row in ROWS:
        for start in STARTS:
            yield row, start


@pytest.mark.parametrize(("row", "start"), [*cases()], ids=lambda value: getattr(value, "name", value))
def test_every_row_from_every_start(row: Row, start: str) -> None:
    limit = row.limit
    if start in BEFORE_JULY and row.before_july != "same":
        limit = row.before_july
    if limit == "new":
        with pytest.raises(NoRule, match="from 2026-07-01"):
            reckoned(row, STARTS[start])
        return
    found = reckoned(row, STARTS[start])
    assert (found.nominal, found.due, found.aim) == expected(limit, start)
    assert bool(found.rule.sentence) is (limit == "none")


def test_no_row_is_forgotten() -> None:
    tables = {"A": 14, "C": 25, "K": 7, "D": 26, "P": 9}
    rows = {f"{letter}-{number:02d}" for letter, last in tables.items() for number in range(1, last + 1)}
    assert {row.rule or row.asked for row in ROWS} == rows
    assert set(BOOK.ids()) == rows | {"N-01", "U-01", "T-01", "F-01"}
    told = {(rule.id, rule.conditions) for rule in BOOK.rules() if rule.kind != "agency"}
    asked = {
        (rule.id, rule.conditions)
        for row in ROWS
        for rule in [BOOK.pick(row.asked, date(2026, 11, 22), **dict.fromkeys(row.flags.split(), True))]
    }
    assert asked == told


def test_marks_are_those_of_the_reference() -> None:
    day = date(2026, 11, 22)
    for row in ROWS:
        rule = BOOK.pick(row.asked, day, **dict.fromkeys(row.flags.split(), True))
        assert rule.mark.value == NOT_VERIFIED.get(rule.id, "VERIFIED"), rule.id
        assert rule.verified is (rule.id not in NOT_VERIFIED)
    for own in ("N-01", "U-01", "T-01", "F-01"):
        assert BOOK.rule(own, day).mark.value == "AGENCY"


@pytest.mark.parametrize(
    ("start", "ends"),
    [
        # 30, 60 and 90 days, each term from the nominal end of the one before, whatever day that is
        # Mon 05/10 -> Wed 04/11 -> Fri 04/12 -> Sun 03/01/2027, moved to Mon 04/01
        ("ordinary", ("04/11", "04/12", "03/01/2027")),
        # Fri 09/10 -> Sun 08/11 (due Mon 09/11, not counted from there) -> Tue 08/12 -> Thu 07/01/2027
        ("weekend", ("08/11", "08/12", "07/01/2027")),
        # Fri 13/02 -> Sun 15/03 -> Tue 14/04 -> Thu 14/05
        ("tet_2026", ("15/03", "14/04", "14/05")),
        # Thu 04/02 -> Sat 06/03 -> Mon 05/04 -> Wed 05/05
        ("tet_2027", ("06/03", "05/04", "05/05")),
        # Wed 29/4 -> Fri 29/5 -> Sun 28/6 -> Tue 28/7
        ("april", ("29/05", "28/06", "28/07")),
    ],
)
def test_extensions_begin_at_the_nominal_end(start: str, ends: tuple[str, str, str]) -> None:
    since = STARTS[start]
    for rule_id, end in zip(("D-09", "D-10", "D-11"), ends, strict=True):
        found = reckon(BOOK.rule(rule_id, since), since, CALENDAR)
        assert found.nominal == on(end, STARTS[start])
        since = found.nominal


@pytest.mark.parametrize(
    ("asked", "flags", "start", "stops", "ends", "left_out"),
    [
        # 10 days stopped (12 to 21 Oct; 22 is counted again): 04/11 and 10 = Sat 14/11 -> Mon 16, aim Fri 13
        ("C-05", "", "ordinary", [("12/10", "22/10")], Ends("14/11", "16/11", "13/11"), 10),
        # the same, complex: 19/11 and 10 = Sun 29/11 -> Mon 30, aim Fri 27
        ("C-05", "complex", "ordinary", [("12/10", "22/10")], Ends("29/11", "30/11", "27/11"), 10),
        # remote: the same 45 days; remote and complex 60: 04/12 and 10 = Mon 14/12
        ("C-05", "remote", "ordinary", [("12/10", "22/10")], Ends("29/11", "30/11", "27/11"), 10),
        ("C-05", "complex remote", "ordinary", [("12/10", "22/10")], same("14/12"), 10),
        # second instance 45 days over Tết 2027: 21/03 and 5 (15 to 19 Feb) = Fri 26/03
        ("C-05", "second", "tet_2027", [("15/02", "20/02")], same("26/03"), 5),
        # stopped twice, 5 and 3 days: 15/03 and 8 = Mon 23/03
        ("D-09", "", "tet_2026", [("20/02", "25/02"), ("10/03", "13/03")], same("23/03"), 8),
        # from the day of acceptance itself, which is not counted anyway: 09 to 11 Oct take 10 and 11 only,
        # 08/11 and 2 = Tue 10/11
        ("D-09", "", "weekend", [("09/10", "12/10")], same("10/11"), 2),
        # on the last day: Fri 29/5 is not counted, nor 30, 31; Mon 01/6 is the thirtieth
        ("D-09", "", "april", [("29/05", "01/06")], same("01/06"), 3),
        # an extension, stopped from 01 to 30 Nov: 04/11 (30 days from 05/10) and 30 = Fri 04/12
        ("D-10", "", "ordinary", [("01/11", "01/12")], same("04/12"), 30),
        # working days: 06, 07 counted; 08 to 13 Oct stopped (08, 09, 12, 13 are worked); then 14, 15, 16, 19, 20
        ("C-03", "", "ordinary", [("08/10", "14/10")], same("20/10"), 6),
        # resumed on the day it was stopped: nothing is left out
        ("C-05", "", "ordinary", [("12/10", "12/10")], same("04/11"), 0),
        # a year and 10 days: 05/10/2027 and 10 = Fri 15/10/2027
        ("C-25", "", "ordinary", [("12/10", "22/10")], same("15/10/2027"), 10),
    ],
)
def test_suspended_time_is_not_counted(
    asked: str, flags: str, start: str, stops: list[tuple[str, str]], ends: Ends, left_out: int
) -> None:
    since = STARTS[start]
    spans = [(on(first, since), on(resumed, since)) for first, resumed in stops]
    row = Row(asked, "", flags, BOOK.pick(asked, since, **dict.fromkeys(flags.split(), True)).id)
    found = reckoned(row, since, suspensions=spans)
    assert (found.nominal, found.due, found.aim) == tuple(on(text, since) for text in ends)
    assert found.suspended_days == left_out
    assert [day.date for day in found.days if day.why == "suspended"] == [
        day for first, resumed in spans for day in days_from(max(first, next_day(since)), resumed)
    ]


def next_day(day: date) -> date:
    return date.fromordinal(day.toordinal() + 1)


def days_from(first: date, end: date) -> Iterator[date]:
    while first < end:
        yield first
        first = next_day(first)


@pytest.mark.parametrize(
    ("asked", "stops", "message"),
    [
        ("C-05", [("01/10", "08/10")], "begins before the event of C-05 on 2026-10-05; a clock can"),
        ("C-05", [("05/11", "08/11")], "after the term of C-05 ended on 2026-11-04; a term that is over"),
        ("C-05", [("20/10", "19/10")], "ends before it begins; give the day it began first"),
        ("C-05", [("12/10", "20/10"), ("15/10", "22/10")], "overlaps 2026-10-12..2026-10-20"),
        ("C-05", [("15/10", "22/10"), ("12/10", "20/10")], "overlaps 2026-10-12..2026-10-20"),
        ("C-08", [("06/10", "07/10")], "no running term"),
        ("D-03", [("06/10", "07/10")], "no running term"),
        ("P-01", [("06/10", "07/10")], "no running term"),
        ("D-05", [("06/10", "07/10")], "no running term"),
    ],
)
def test_an_impossible_suspension_is_refused(asked: str, stops: list[tuple[str, str]], message: str) -> None:
    since = STARTS["ordinary"]
    spans = [(on(first, since), on(resumed, since)) for first, resumed in stops]
    with pytest.raises(BadReckoning, match=message):
        reckon(BOOK.rule(asked, since), since, CALENDAR, suspensions=spans)


def test_conditions_have_names() -> None:
    assert {name for row in ROWS for name in row.flags.split()} == set(CONDITIONS)
