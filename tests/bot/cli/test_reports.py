"""`tiepdan report` on both engines: files, books that name no denouncer, typed numbers, freezing, and every slip."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from openpyxl import load_workbook
from sqlalchemy import Connection

from bot.profile import read_agency
from petitions.kinds import Action, ActorKind, Kind, Stage
from storage.casebook import Casebook
from storage.database import Database
from storage.ids import IdSource
from storage.keys import KeyRing, Vault
from storage.records import ActorRef, PetitionContent, PetitionRecord
from tests.bot.cli.conftest import Command
from tests.hand_clock import HandClock
from tests.postgres_server import in_thread
from tests.storage.builders import a_filing

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
FEBRUARY = datetime(2026, 2, 3, 9, tzinfo=VIETNAM)
OFFICER = ActorRef(kind=ActorKind.OFFICER, officer_id=1)
OPEN_NAME, OPEN_STORY = "=Nguyễn Văn Mở", "+Biển quảng cáo che cửa nhà tôi."
SECRET = ("Trần Thị Kín", "Xóm 9, xã Kín", "Trưởng phòng nhận phong bì ngày 3.")


def fill(url: str) -> None:
    """An open complaint with a second one, a denunciation, and a complaint that was marked confidential."""

    def work(connection: Connection) -> None:
        clock = HandClock(FEBRUARY)
        vault = Vault(KeyRing.load(Path("data/keys.json")))
        book = Casebook(
            connection,
            vault=vault,
            ids=IdSource(clock, Random(7)),
            clock=clock,
            agency=read_agency(None).code,
        )

        def filed(**more: Any) -> PetitionRecord:
            clock.forward(timedelta(minutes=1))
            return book.file(a_filing(**more))

        def done(
            petition: PetitionRecord, action: Action, changes: Any = None, **content: Any
        ) -> PetitionRecord:
            clock.forward(timedelta(days=1))
            return book.record(petition, action=action, actor=OFFICER, content=content, changes=changes or {})

        visit = FEBRUARY + timedelta(days=2)
        open_one = filed(
            kind=Kind.COMPLAINT,
            topic="quang_cao_ngoai_troi",
            content=PetitionContent(name=OPEN_NAME, address="@Tổ 1", story=(OPEN_STORY,)),
        )
        open_one = done(open_one, Action.BOOK_VISIT, {"visit_at": visit}, moment=visit.isoformat())
        open_one = done(
            open_one, Action.CONFIRM_FORM, {"formed_on": visit.date()}, on=visit.date().isoformat()
        )
        open_one = done(open_one, Action.SCREEN_ELIGIBLE, {"stage": Stage.ELIGIBLE})
        day = clock.now().date()
        open_one = done(open_one, Action.ACCEPT, {"accepted_on": day}, on=day.isoformat(), document="1/TB")
        secret = PetitionContent(name=SECRET[0], address=SECRET[1], story=(SECRET[2],))
        denounced = filed(kind=Kind.DENUNCIATION, content=secret)
        done(denounced, Action.BOOK_VISIT, {"visit_at": visit}, moment=visit.isoformat())
        filed(kind=Kind.COMPLAINT, confidential=True, content=secret, linked_to=open_one.id)
        filed(
            kind=Kind.COMPLAINT,
            instance=2,
            linked_to=denounced.id,
            content=PetitionContent(name="Lê Thị Hai", story=("Lần hai.",)),
        )

    async def run() -> None:
        database = Database.from_url(url)
        await database.open()
        try:
            await database.transact(work)
        finally:
            await database.close()

    in_thread(run())


@pytest.fixture
def prepared(office_folder: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """A SQLite database at the newest schema and a key ring; what differs between engines is in `storage`."""
    monkeypatch.setenv("TIEPDAN_DATABASE_URL", sqlite_url)
    (office_folder / "data").mkdir(mode=0o700)
    KeyRing.create(office_folder / "data" / "keys.json")
    return sqlite_url


@pytest.fixture
def report(command: Command, prepared: str) -> Callable[..., Any]:
    fill(prepared)
    return lambda *words: command("report", *words)


def test_a_quarter_into_a_folder_on_both_engines(command: Command, ready: str, office_folder: Path) -> None:
    fill(ready)
    done = command("report", "--period", "2026-Q1", "--out", "out/q1")

    assert done.exit_code == 0, done.output
    assert (
        "2026-Q1 (15/12/2025 to 14/03/2026): 0 brought forward + 4 received = 1 handled + 3 carried over"
        in done.output
    )
    assert "Due at the superior by 17/03/2026" in done.output
    assert sorted(path.name for path in (office_folder / "out" / "q1").iterdir()) == [
        "bao-cao-2026-Q1.docx",
        "bieu-2026-Q1.csv",
        "bieu-2026-Q1.xlsx",
        "so-lieu-2026-Q1.json",
    ]
    book = load_workbook(office_folder / "out/q1/bieu-2026-Q1.xlsx")
    assert book.sheetnames[:6] == ["01-TCD", "02-XLD", "03-GQKN", "04-GQTC", "05-KQTH", "06-QLKNTC"]


def test_books_and_exports_never_name_a_denouncer(report: Callable[..., Any], office_folder: Path) -> None:
    words = [f"--with={name}" for name in ("registers", "national", "cases")]
    done = report("--period", "2026-Q1", "--out", "out", *words)

    assert done.exit_code == 0, done.output
    told = []
    for path in (office_folder / "out").iterdir():
        if path.suffix == ".xlsx":
            cells = [
                cell for sheet in load_workbook(path).worksheets for row in sheet.iter_rows() for cell in row
            ]
            assert all(cell.data_type != "f" for cell in cells)
            told += [str(cell.value) for cell in cells]
        elif path.suffix != ".docx":
            told.append(path.read_text("utf-8"))
    everything = "\n".join(told)
    assert OPEN_STORY in everything
    assert not any(each in everything for each in SECRET)
    register = [
        [cell.value for cell in row]
        for row in load_workbook(office_folder / "out/so-don-2026-Q1.xlsx").active.iter_rows()
    ]
    lines = [row for row in register if str(row[0]).startswith(("Khiếu nại ", "Tố cáo "))]
    assert [row[3] for row in lines] == [
        OPEN_NAME,
        "(giữ bí mật theo Luật Tố cáo)",
        "Lê Thị Hai",
        "(giữ bí mật theo Luật Tố cáo)",
    ]
    visits = load_workbook(office_folder / "out/so-tiep-dan-2026-Q1.xlsx").active
    assert [visits.cell(row, 13).value for row in (7, 8)] == [
        "Đã đến",
        "Đặt hẹn qua hệ thống, chưa có xác nhận đã đến",
    ]


def test_the_national_export_says_when_and_by_whom_each_field_changed(
    report: Callable[..., Any], office_folder: Path
) -> None:
    report("--period", "2026-Q1", "--out", "out", "--with=national")

    cases = [
        json.loads(line)
        for line in (office_folder / "out/csdl-quoc-gia-2026-Q1.jsonl").read_text("utf-8").splitlines()
    ]
    assert [case["register"] for case in cases] == [
        "khieu_nai/2026/1",
        "to_cao/2026/1",
        "khieu_nai/2026/2",
        "khieu_nai/2026/3",
    ]
    first, denounced, hidden, second = cases
    assert first["now"]["eligible"] is True
    assert first["now"]["acceptance_document"] == "1/TB"
    accepted = next(change for change in first["changes"] if change["field"] == "accepted_on")
    assert accepted["by_hand"] is True
    assert accepted["changed_at"].endswith("+07:00")
    assert next(change for change in first["changes"] if change["field"] == "kind")["by_hand"] is False
    for case in (denounced, hidden):
        assert set(case["fixed"]) == {"sealed", "received_at", "source", "first_message_at"}
    assert "linked_register" not in second["fixed"]  # the first one is sealed
    rows = list(
        csv.DictReader(io.StringIO((office_folder / "out/csdl-quoc-gia-2026-Q1.csv").read_text("utf-8-sig")))
    )
    assert {"register": "khieu_nai/2026/1", "field": "name", "value": f"'{OPEN_NAME}"}.items() <= rows[
        5
    ].items()
    assert {row["by_hand"] for row in rows} == {"yes", "no"}


def test_the_cases_behind_each_number(report: Callable[..., Any], office_folder: Path) -> None:
    report("--period", "2026-Q1", "--out", "out", "--with", "cases")

    text = (office_folder / "out/vu-viec-2026-Q1.csv").read_text("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    received = [row for row in rows if (row["form"], row["column"]) == ("02/XLD", "1")]
    assert [row["register"] for row in received] == [
        "khieu_nai/2026/1",
        "to_cao/2026/1",
        "khieu_nai/2026/2",
        "khieu_nai/2026/3",
    ]
    assert [bool(row["code"]) for row in received] == [True, False, False, True]


def test_numbers_are_typed_in_and_the_report_is_frozen_and_made_again(
    report: Callable[..., Any], office_folder: Path
) -> None:
    assert report("enter", "--period", "2026-Q1", "--unit", "lanh_dao", "01/TCD:11", "7").exit_code == 0
    made = report("--period", "2026-Q1", "--out", "first", "--finish")
    assert made.exit_code == 0, made.output
    assert report("enter", "--period", "2026-Q1", "--unit", "lanh_dao", "01/TCD:11", "-").exit_code == 0
    again = report("--period", "2026-Q1", "--out", "again", "--kept")
    assert again.exit_code == 0
    for path in (office_folder / "first").iterdir():
        assert path.read_bytes() == (office_folder / "again" / path.name).read_bytes()
    fresh = report("--period", "2026-Q1", "--out", "fresh")
    assert fresh.exit_code == 0
    assert (office_folder / "fresh/bieu-2026-Q1.csv").read_bytes() != (
        office_folder / "first/bieu-2026-Q1.csv"
    ).read_bytes()

    assert report("--period", "2026-Q1", "--unit", "lanh_dao", "--out", "unit", "--finish").exit_code == 0
    assert report("enter", "--period", "2026-Q1", "--unit", "lanh_dao", "01/TCD:11", "9").exit_code == 0
    told = report("--period", "2026-Q1", "--out", "fresh").output
    assert "lanh_dao submitted other numbers than are counted now: 01/TCD:1, 01/TCD:11." in told

    assert report("sent", "--period", "2026-Q1", "--number", "12/BC").exit_code == 0
    status = report("status", "--period", "2026-Q1").output
    assert "(whole office)           sent version 1" in status
    assert "sent to ubnd_tinh as 12/BC" in status
    assert report("sent", "--period", "2026-Q1", "--number", "13/BC").exit_code == 1


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--period", "2026-Q5", "--out", "x"), 2, "2026-Q1, 2026-Q2, 2026-Q3 or 2026-Q4 for a quarter"),
        (("--period", "2026-Q1"), 2, "--out FOLDER"),
        (("--out", "x"), 2, "--period"),
        (("--period", "2026-Q1", "--out", "data/keys.json/x"), 1, "Cannot write into data/keys.json/x"),
        (("--period", "2026-Q1", "--out", "x", "--unit", "nope"), 1, "There is no unit 'nope'"),
        (("--period", "2026-Q1", "--out", "x", "--kept"), 1, "is finished; --finish freezes one"),
        (("--period", "2026-Q1", "--out", "x", "--kept", "--finish"), 2, "give one of them"),
        (("--period", "2199-Q1", "--out", "x", "--finish"), 1, "ends on 14/03/2199"),
        (("enter", "--period", "2026-Q1", "--unit", "nope", "01/TCD:11", "7"), 1, "There is no unit 'nope'"),
        (
            ("enter", "--period", "2026-Q1", "--unit", "lanh_dao", "02/XLD:1", "7"),
            1,
            "counts 02/XLD:1 itself",
        ),
        (("enter", "--period", "2026-Q1", "--unit", "lanh_dao", "01/TCD:99", "7"), 2, "is no column"),
        (("enter", "--period", "2026-Q1", "--unit", "lanh_dao", "01/TCD:11", "7.5"), 2, "no whole number"),
        (("enter", "--period", "2026-Q1", "--unit", "lanh_dao", "01/TCD:11", "9" * 20), 1, "too much"),
        (("sent", "--period", "2026-Q1", "--number", "1"), 1, "is not finished"),
    ],
)
def test_every_slip_has_its_words(
    command: Command, prepared: str, words: tuple[str, ...], code: int, said: str
) -> None:
    done = command("report", *words)

    assert done.exit_code == code, done.output
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_period_that_has_not_ended_is_marked_provisional(
    report: Callable[..., Any], office_folder: Path
) -> None:
    done = report("--period", "2199-Q1", "--out", "out", "--unit", "thu_vien")

    assert done.exit_code == 0
    assert done.output.startswith("PROVISIONAL: 2199-Q1 ends on 14/03/2199")
    sheet = load_workbook(office_folder / "out/bieu-2199-Q1.xlsx")["02-XLD"]
    assert any("TẠM TÍNH" in str(row[0].value) for row in sheet.iter_rows())
