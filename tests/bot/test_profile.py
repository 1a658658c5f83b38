"""A mistake in the operator's files is named with file, line and how to mend it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from importlib.resources import files
from pathlib import Path

import pytest

from bot.profile import ProfileError, read_agency, read_calendar

SAMPLE = (files("petitions") / "data" / "agency.yaml").read_text(encoding="utf-8")


def problems_of(read: Callable[[Path], object], path: Path) -> dict[str, str]:
    with pytest.raises(ProfileError) as caught:
        read(path)
    return {
        problem.name.removeprefix(f"{path}").strip(): problem.message for problem in caught.value.problems
    }


def written(folder: Path, text: str) -> Path:
    path = folder / "office.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def changed(folder: Path, old: str, new: str) -> tuple[Path, str]:
    """The sample with one line changed, and the name of that line."""
    assert SAMPLE.count(old) >= 1
    text = SAMPLE.replace(old, new, 1)
    before = SAMPLE[: SAMPLE.index(old) + len(old) - len(old.lstrip("\n"))]
    return written(folder, text), f"line {before.count(chr(10)) + 1}"


def test_the_shipped_sample_is_the_default() -> None:
    agency = read_agency(None)
    assert agency.code == "svhttdl_ha_nam"
    assert agency.focal_unit == "thanh_tra"
    assert len(agency.units) > 5


def test_an_unknown_unit_is_named_with_line_and_advice(tmp_path: Path) -> None:
    path, line = changed(tmp_path, "{code: le_hoi, unit: ql_van_hoa", "{code: le_hoi, unit: ql_van_hao")
    found = problems_of(read_agency, path)
    assert "unknown unit 'ql_van_hao'" in found[line]
    assert "did you mean 'ql_van_hoa'?" in found[line]


def test_an_unknown_routing_target_lists_what_there_is(tmp_path: Path) -> None:
    path, line = changed(tmp_path, "    to: lanh_dao   ", "    to: zzz   ")
    assert "known are lanh_dao, van_phong, thanh_tra" in problems_of(read_agency, path)[line]


def test_an_unknown_and_a_missing_key_are_named(tmp_path: Path) -> None:
    path, line = changed(tmp_path, "  timezone: Asia/Ho_Chi_Minh", "  time_zone: Asia/Ho_Chi_Minh")
    assert "unknown key 'time_zone'" in problems_of(read_agency, path)[line]
    text = SAMPLE.replace("  code: svhttdl_ha_nam\n", "", 1)
    (message,) = problems_of(read_agency, written(tmp_path, text)).values()
    assert "'code' is missing" in message


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    text = SAMPLE.replace("unit: ql_van_hoa", "unit: nobody").replace(
        "focal_unit: thanh_tra", "focal_unit: nothing"
    )
    found = problems_of(read_agency, written(tmp_path, text))
    assert len(found) > 5
    assert all(name.startswith("line ") for name in found)


def test_a_key_given_twice_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, "agency:\n  code: a\n  code: b\n")
    assert problems_of(read_agency, path) == {"line 3": "'code' already stands in line 2; leave one out."}


@pytest.mark.parametrize(
    ("content", "name", "part"),
    [
        (b"", "", "is empty"),
        (b"just words", "line 1", "sections"),
        (b"- a\n- b\n", "line 1", "sections"),
        (b"agency:\n  code: [1\nunits:", "line 3", "not YAML"),
        (b"agency: !!python/object/apply:os.system ['true']\n", "line 1", "not YAML"),
        (b"\xff\xfe\x00", "", "UTF-8"),
        (b"agency: \x07\n", "", "characters"),
        (b"agency: 2026-02-30\n", "line 1", "does not exist"),
    ],
)
def test_junk_gets_a_clear_answer(tmp_path: Path, content: bytes, name: str, part: str) -> None:
    path = tmp_path / "office.yaml"
    path.write_bytes(content)
    assert part in problems_of(read_agency, path)[name]


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert "cannot be read" in problems_of(read_agency, tmp_path / "none.yaml")[""]


def test_a_calendar_lays_changes_over_the_shipped_table(tmp_path: Path) -> None:
    path = written(tmp_path, "off:\n  - date: 2026-03-10\nworked:\n  - date: 2026-03-14\n")
    shipped, ours = read_calendar(None), read_calendar(path)
    assert shipped.is_working(date(2026, 3, 10))
    assert not ours.is_working(date(2026, 3, 10))
    assert not shipped.is_working(date(2026, 3, 14))
    assert ours.is_working(date(2026, 3, 14))
    assert ours.is_working(date(2026, 3, 11))


@pytest.mark.parametrize(
    ("content", "name", "part"),
    [
        ("off:\n  - date: 2026-02-30\n", "line 2", "does not exist"),
        ("off:\n  - date: 2026-03-10\n  - date: 2/9/2026\n", "line 3", "off[1].date"),
        ("off:\n  - name: x\n", "line 2", "off[0].date"),
        ("holidays: []\n", "line 1", "holidays"),
        ("off: soon\n", "line 1", "off"),
        ("off:\n  - date: 2026-03-14\nworked:\n  - date: 2026-03-14\n", "line 4", "listed as off"),
        ("- 2026-03-10\n", "line 1", "off:, worked:"),
    ],
)
def test_a_wrong_calendar_is_named_by_line(tmp_path: Path, content: str, name: str, part: str) -> None:
    assert part in problems_of(read_calendar, written(tmp_path, content))[name]
