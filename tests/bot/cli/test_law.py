"""`tiepdan law`: any rule's date from the command line, without a database, a key ring or a service."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from petitions.rules import RuleBook
from tests.bot.cli.conftest import Command

SAMPLE = Path(__file__).resolve().parents[3] / "petitions" / "data" / "agency.yaml"


def answer(command: Command, *words: str) -> dict[str, Any]:
    result = command("law", "deadline", *words, "--json")
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert isinstance(found, dict)
    return found


def test_an_id_and_a_date_suffice(command: Command, office_folder: Path) -> None:
    result = command("law", "deadline", "C-03", "--from", "2026-11-23")
    assert result.exit_code == 0, result.output
    assert "Điều 27 Luật Khiếu nại (sửa đổi bởi Luật 136/2025/QH15)" in result.stdout
    assert "Due       Thu 03/12/2026" in result.stdout
    assert "Tue 24/11/2026    –  day off: Ngày Văn hóa Việt Nam" in result.stdout
    assert "Thu 03/12/2026    7" in result.stdout
    assert "Mark" not in result.stdout
    assert not (office_folder / "data").exists()


def test_json_says_everything(command: Command) -> None:
    found = answer(command, "c-05", "--from", "2026-12-03")
    assert {name: found[name] for name in ("rule", "from", "nominal", "due", "aim", "amount", "unit")} == {
        "rule": "C-05",
        "from": "2026-12-03",
        "nominal": "2027-01-02",
        "due": "2027-01-04",
        "aim": "2026-12-31",
        "amount": 30,
        "unit": "d",
    }
    assert (found["direction"], found["article"], found["mark"]) == (
        "after",
        "Điều 28 Luật Khiếu nại",
        "VERIFIED",
    )
    assert found["days"][0] == {"date": "2026-12-04", "number": 1, "why": None, "name": None}
    assert found["days"][-1] == {"date": "2027-01-04", "number": None, "why": "moved", "name": None}
    assert found["sentence"] is None


@pytest.mark.parametrize(
    ("words", "rule", "due"),
    [
        # 45 days from 03/12/2026: Sun 17/01 -> Mon 18/01/2027; 60: Mon 01/02
        ("C-05 --complex", "C-06", "2027-01-18"),
        ("C-05 --remote", "C-07", "2027-01-18"),
        ("C-05 --remote --complex", "C-07", "2027-02-01"),
        ("C-05 --second", "C-15", "2027-01-18"),
        ("C-15 --remote", "C-16", "2027-02-01"),
        ("khieu_nai settle", "C-05", "2027-01-04"),
        ("complaint settle --second --complex", "C-15", "2027-02-01"),
        # 07 wd: 04, 07, 08, 09, 10, 11, 14 Dec
        ("to_cao accept", "D-01", "2026-12-14"),
        ("khieu_nai accept --second", "C-14", "2026-12-14"),
        ("discipline accept", "K-03", "2026-12-14"),
        # 10 wd: three more, Thu 17 Dec
        ("kien_nghi answer", "A-01", "2026-12-17"),
        ("phan-anh answer", "A-01", "2026-12-17"),
        ("khieu_nai answer", "A-01", "2026-12-17"),
        ("data acknowledge_request", "P-02", "2026-12-07"),
        ("tell-not-accepted", "D-03", "2026-12-03"),
        # 10 d: Sun 13 -> Mon 14 Dec; dismissal 30 d
        ("K-02", "K-02", "2026-12-14"),
        ("K-02 --dismissal", "K-02", "2027-01-04"),
        # 30 d and 10 days stopped: Tue 12/01/2027
        ("D-09 --suspended 2026-12-10..2026-12-20", "D-09", "2027-01-12"),
        # stopped twice, 10 and 5 days: Sun 17/01 -> Mon 18/01
        ("D-09 --suspended 2026-12-25..2026-12-30 --suspended 10/12/2026..20/12/2026", "D-09", "2027-01-18"),
        ("C-08", "C-08", "2026-11-28"),
        ("P-01", "P-01", "2026-12-06"),
    ],
)
def test_steps_kinds_and_conditions(command: Command, words: str, rule: str, due: str) -> None:
    found = answer(command, *words.split(), "--from", "2026-12-03")
    assert (found["rule"], found["due"]) == (rule, due)


def test_a_moment_is_answered_by_a_moment_where_hours_count(command: Command) -> None:
    found = answer(command, "P-01", "--from", "2026-11-20T10:00")
    assert found["due"] == "2026-11-23T10:00:00+07:00"
    # 20:00 in UTC is 03:00 of the next day in Vietnam
    found = answer(command, "P-01", "--from", "2026-11-19T20:00:00+00:00")
    assert found["from"] == "2026-11-20T03:00:00+07:00"
    found = answer(command, "A-10", "--from", "2026-11-20T00:30")
    assert found["due"] == "2026-11-19T23:30:00+07:00"
    # a limit in working days takes the day: 20/11 in Vietnam
    assert answer(command, "D-04", "--from", "2026-11-19T20:00:00+00:00")["due"] == "2026-11-30"


def test_a_row_without_a_date_says_what_governs(command: Command) -> None:
    found = answer(command, "A-12", "--from", "2026-11-23")
    assert (found["nominal"], found["due"], found["aim"], found["amount"]) == (None, None, None, None)
    assert "only A-01 applies" in found["sentence"]
    text = command("law", "deadline", "A-12", "--from", "2026-11-23").stdout
    assert "no date. These laws give no day count" in text
    assert "chỉ áp dụng A-01" in text


def test_hints_are_given(command: Command) -> None:
    text = command("law", "deadline", "A-14", "--from", "2026-11-23", "--complex").stdout
    assert "INFERENCE: a conclusion" in text
    assert "makes no difference to this rule: complex" in text
    text = command("law", "deadline", "C-05", "--complex", "--from", "2027-01-04").stdout
    assert "C-05 answers as C-06" in text
    assert "not decided yet" in command("law", "deadline", "A-01", "--from", "2027-02-01").stdout
    text = command(
        "law", "deadline", "D-09", "--from", "2026-12-03", "--suspended", "2026-12-10..2026-12-20"
    ).stdout
    assert "Suspended 10 days" in text
    assert "suspended" in text


@pytest.mark.parametrize("words", [("deadline",), ("list",)])
def test_everything_is_listed(command: Command, words: tuple[str, ...]) -> None:
    result = command("law", *words)
    assert result.exit_code == 0
    assert all(f"{rule_id}  " in result.stdout for rule_id in RuleBook.packaged().ids())
    assert "10 days from receipt" in result.stdout
    assert "complaint settle --complex --remote" in result.stdout
    assert "until 2026-06-30" in result.stdout


def test_a_list_of_one_kind(command: Command) -> None:
    listed = command("law", "list", "to_cao").stdout
    assert "D-01" in listed
    assert "C-03" not in listed


def test_the_calendar_can_be_another(
    command: Command, office_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    swap = office_folder / "days.yaml"
    swap.write_text("off:\n  - {date: 2026-11-23, kind: swap}\nworked:\n  - date: 2026-11-28\n", "utf-8")
    words = ("C-03", "--from", "2026-11-23")
    assert answer(command, *words)["due"] == "2026-12-03"
    assert answer(command, *words, "--calendar", str(swap))["due"] == "2026-12-02"
    monkeypatch.setenv("TIEPDAN_CALENDAR_FILE", str(swap))
    assert answer(command, *words)["due"] == "2026-12-02"
    plain = office_folder / "plain.yaml"
    plain.write_text("ordinary:\n  - date: 2026-11-24\n", "utf-8")
    # 24, 25, 26, 27, 30/11, 01, 02/12
    assert answer(command, *words, "--calendar", str(plain))["due"] == "2026-12-02"


def test_a_calendar_with_a_wrong_date_is_refused_by_line(command: Command, office_folder: Path) -> None:
    wrong = office_folder / "days.yaml"
    wrong.write_text("off:\n  - date: 2026-11-23\n  - date: 2026-11-31\n", "utf-8")
    result = command("law", "deadline", "C-03", "--from", "2026-11-23", "--calendar", str(wrong))
    assert result.exit_code == 1
    assert "days.yaml line 3: the date 2026-11-31 does not exist" in result.stderr
    wrong.write_text("off:\n  - date: 2026-11-23\n  - date: '2026-11-31'\n", "utf-8")
    result = command("law", "deadline", "C-03", "--from", "2026-11-23", "--calendar", str(wrong))
    assert result.exit_code == 1
    assert "days.yaml line 3" in result.stderr
    assert "off[1].date" in result.stderr


def test_the_agency_s_own_times_hold(
    command: Command, office_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    profile = office_folder / "agency.yaml"
    profile.write_text(
        SAMPLE.read_text("utf-8") + "\nlaw:\n  rules:\n    N-01: {amount: 15, unit: wd}\n", "utf-8"
    )
    assert answer(command, "N-01", "--from", "2026-10-05")["due"] is None
    monkeypatch.setenv("TIEPDAN_AGENCY_FILE", str(profile))
    found = answer(command, "N-01", "--from", "2026-10-05")
    # 15 wd from Mon 05/10: three weeks, Mon 26/10
    assert (found["due"], found["mark"]) == ("2026-10-26", "AGENCY")
    profile.write_text(
        SAMPLE.read_text("utf-8") + "\nlaw:\n  rules:\n    C-03: {amount: 15, unit: wd}\n", "utf-8"
    )
    result = command("law", "deadline", "N-01", "--from", "2026-10-05")
    assert result.exit_code == 1
    assert "law.rules.C-03: set by Điều 27" in result.stderr
    assert "agency.yaml line" in result.stderr


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        ("acept --from 2026-11-23", 2, "did you mean accept"),
        ("khieu_nai acept --from 2026-11-23", 2, "Unknown step 'acept' of khieu_nai; did you mean accept"),
        ("accept --from 2026-11-23", 2, "put one before it: complaint, denunciation, discipline"),
        ("to_cao invite_dialogue --from 2026-11-23", 2, "Unknown step"),
        ("khieu_nay accept --from 2026-11-23", 2, "Unknown kind 'khieu_nay'; did you mean khieu_nai"),
        ("to_cao C-03 --from 2026-11-23", 2, "C-03 is a rule of complaint"),
        ("C-99 --from 2026-11-23", 2, "Unknown rule C-99"),
        ("a b c --from 2026-11-23", 2, "Too many words"),
        ("C-03", 2, "Give --from DATE, the day of the event: ngày nhận khiếu nại"),
        ("--from 2026-11-23", 2, "Name the rule or step"),
        ("C-03 --from 2026-13-01", 2, "is no date; write it as 2026-11-23"),
        ("C-03 --from 31/11/2026", 2, "is no date"),
        ("C-03 --from tomorrow", 2, "is no date"),
        ("C-03 --from 0001-01-01T00:00+14:00", 2, "is no date"),
        ("C-05 --from 2026-12-03 --suspended 2026-12-10", 2, "is no suspension"),
        ("C-05 --from 2026-12-03 --suspended 2026-12-10..x", 2, "is no suspension"),
        ("C-05 --from 2026-12-03 --suspended 2026-12-01..2026-12-10", 1, "begins before the event"),
        ("C-05 --from 2026-12-03 --suspended 2027-02-01..2027-02-10", 1, "a term that is over"),
        ("C-05 --from 2026-12-03 --suspended 2026-12-10..2026-12-05", 1, "ends before it begins"),
        ("D-03 --from 2026-12-03 --suspended 2026-12-10..2026-12-15", 1, "no running term"),
        ("C-08 --from 2026-06-30", 1, "C-08 was not in force on 2026-06-30; it is 5 d from 2026-07-01"),
        ("D-01 --from 9999-12-31", 1, "leaves the years"),
        ("C-03 --from 2026-11-23 --calendar none.yaml", 2, "does not exist"),
    ],
)
def test_mistakes_are_named(command: Command, words: str, code: int, message: str) -> None:
    result = command("law", "deadline", *words.split())
    assert result.exit_code == code, result.output
    assert message in " ".join(result.stderr.split())


def test_nothing_heavy_is_loaded(office_folder: Path) -> None:
    script = (
        "import sys\n"
        "from click.testing import CliRunner\n"
        "from bot.cli import main\n"
        "done = CliRunner().invoke(main, ['law', 'deadline', 'C-03', '--from', '2026-11-23'])\n"
        "assert done.exit_code == 0, done.output\n"
        "heavy = {'sqlalchemy', 'aiohttp', 'telegram', 'holidays', 'cryptography'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
