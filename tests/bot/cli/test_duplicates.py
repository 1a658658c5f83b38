"""`tiepdan triage duplicates`: groups of copies in a file, one JSON line each."""

from __future__ import annotations

import json
from pathlib import Path

from tests.bot.cli.conftest import Command
from tests.petitions.altered import without_marks
from tests.petitions.test_copies import OTHER, STORY
from tests.petitions.test_matters import RETOLD


def lines(*rows: tuple[object, str]) -> str:
    return "\n".join(json.dumps({"id": name, "text": text}, ensure_ascii=False) for name, text in rows)


def test_copies_come_as_groups(command: Command, office_folder: Path) -> None:
    typed = lines(
        ("a", STORY), (7, OTHER), ("c", f"Fwd: {without_marks(STORY)}"), ("d", "xin chào"), ("e", "xin chào")
    )
    result = command("triage", "duplicates", "-", typed=typed)
    assert result.exit_code == 0, result.output
    assert [json.loads(line) for line in result.stdout.splitlines()] == [{"group": ["a", "c"]}]
    file = office_folder / "petitions.jsonl"
    file.write_text("\ufeff" + typed + "\n\n", "utf-8")
    assert command("triage", "duplicates", str(file)).stdout == result.stdout


def test_others_on_the_matter_come_with_score_and_reason(command: Command) -> None:
    typed = lines(("a", STORY), ("b", OTHER), ("c", RETOLD))
    result = command("triage", "duplicates", "--similar", "-", typed=typed)
    assert result.exit_code == 0, result.output
    found = {row["id"]: row["similar"] for row in map(json.loads, result.stdout.splitlines())}
    assert [each["id"] for each in found["c"]] == ["a"]
    assert found["c"][0]["score"] > 0
    assert "sao dem" in found["c"][0]["reason"]
    assert found["b"] == []


def test_nothing_gives_nothing(command: Command) -> None:
    result = command("triage", "duplicates", "-", typed="")
    assert (result.exit_code, result.stdout) == (0, "")
    result = command("triage", "duplicates", "-", typed='{"id": 1}\n{"id": 2, "text": null}')
    assert (result.exit_code, result.stdout) == (0, "")


def test_a_line_that_is_no_petition_is_named(command: Command) -> None:
    for line in ("[1]", "no json", '{"text": "không có mã"}', "[" * 100_000):
        result = command("triage", "duplicates", "-", typed=lines(("a", STORY)) + "\n" + line)
        assert result.exit_code == 1
        assert "Line 2" in result.stderr


def test_petitions_of_earlier_versions_are_remembered(command: Command, ready: str) -> None:
    assert ready
    result = command("triage", "remember")
    assert (result.exit_code, result.stdout) == (0, "Done.\n"), result.output


def test_remembering_needs_a_key_ring(command: Command) -> None:
    result = command("triage", "remember")
    assert result.exit_code == 1
    assert "key ring" in result.stderr
