"""`tiepdan triage suggest` and `train`, as an operator types them."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from bot.cli import main
from petitions.wordlists import files

FIELDS = {"id", "is_petition", "kind", "topic", "unit", "severity", "people", "place", "phone"}


def test_each_line_is_answered_with_every_field() -> None:
    rows = [
        {"id": 1, "text": "Quán karaoke ở phố Trần Phú hát tới 2 giờ sáng, 0951 223 455"},
        {"id": "b", "text": "cho hỏi sở ở đâu"},
        {"id": None, "text": ""},
    ]
    asked = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    result = CliRunner().invoke(main, ["triage", "suggest", "-"], input=asked)
    assert result.exit_code == 0, result.output
    answers = [json.loads(line) for line in result.stdout.splitlines()]
    assert [answer["id"] for answer in answers] == [1, "b", None]
    for answer in answers:
        assert set(answer) == FIELDS
        assert all(set(answer[field]) == {"value", "confidence", "reason"} for field in FIELDS - {"id"})
    assert answers[0]["unit"]["value"] == "ql_van_hoa"
    assert answers[0]["phone"]["value"] == "0951223455"
    assert [answer["is_petition"]["value"] for answer in answers] == [True, False, False]


def test_the_likeliest_desks_on_demand() -> None:
    asked = json.dumps({"id": 1, "text": "Thư viện tỉnh phạt tiền sách vô lý"})
    result = CliRunner().invoke(main, ["triage", "suggest", "--others", "-"], input=asked)
    assert next(iter(json.loads(result.stdout)["desks"])) == "thu_vien"


def test_what_is_written_under_a_file_is_told_as_well() -> None:
    files = [
        {"type": "photo", "caption": "Rác ngập cổng đền Trần Thương, đi lễ phải bịt mũi"},
        {"type": "photo"},
    ]
    asked = [
        {"id": 1, "text": "😡😡", "attachments": files},
        {"id": 2, "text": "😡😡", "attachments": "none"},
        {"id": 3, "text": "😡😡", "attachments": [7, {"caption": 7}]},
    ]
    lines = "".join(f"{json.dumps(row)}\n" for row in asked)
    result = CliRunner().invoke(main, ["triage", "suggest", "-"], input=lines)
    answers = [json.loads(line) for line in result.output.splitlines()]
    assert [answer["is_petition"]["value"] for answer in answers] == [True, False, False]


def test_training_on_own_texts_alone(tmp_path: Path) -> None:
    own = tmp_path / "own.jsonl"
    lines = (files("petitions.triage") / "corpus" / "corpus_other.jsonl").read_text(encoding="utf-8")
    own.write_text(lines, encoding="utf-8")
    out = tmp_path / "model.zip"
    result = CliRunner().invoke(main, ["triage", "train", "--only", "--texts", str(own), "--out", str(out)])
    assert result.exit_code == 0, result.output
    assert "five folds" in result.output
    assert out.stat().st_size > 1_000
    again = CliRunner().invoke(
        main, ["triage", "suggest", "--model", str(out), "-"], input='{"id": 1, "text": "chào"}'
    )
    assert again.exit_code == 0


def test_bad_files_are_told(tmp_path: Path) -> None:
    bad = tmp_path / "bad"
    bad.write_text("no json", encoding="utf-8")
    train = CliRunner().invoke(main, ["triage", "train", "--texts", str(bad)])
    assert (train.exit_code, "line 1" in train.output) == (1, True)
    suggest = CliRunner().invoke(main, ["triage", "suggest", "--model", str(bad), "-"], input="")
    assert suggest.exit_code == 1
