"""`tiepdan triage train --corrections`: a real casebook, and the artefact the service then reads stories with."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import Result

from bot.cli.checkup.office_checks import check_understanding
from bot.own_model import find_model, own_path
from bot.settings import Settings
from petitions.kinds import Action, ActorKind, Kind
from petitions.triage.model import packaged
from petitions.wordlists import files
from storage.casebook import Casebook
from storage.records import ActorRef, PetitionContent
from tests.bot.cli.conftest import Command
from tests.bot.cli.test_officers import in_book
from tests.storage.builders import a_filing

OFFICER = ActorRef(kind=ActorKind.OFFICER)
HALLS = [
    "Quán hát {} mở loa tới hai giờ sáng, cả ngõ mất ngủ, đề nghị kiểm tra.",
    "Phòng hát {} không cách âm, khách gào suốt đêm, con nhỏ giật mình khóc.",
    "Vũ trường {} mở quá giờ quy định, thanh niên tụ tập ồn ào trước cửa nhà dân.",
]
BOOKS = [
    "Thư viện tỉnh {} đóng cửa phòng đọc cả tuần, bạn đọc không mượn được sách.",
    "Thẻ bạn đọc của cháu {} làm hai tháng chưa có, nhân viên thư viện hẹn mãi.",
    "Phòng đọc {} nóng quá, quạt hỏng, sách cũ rách mà thư viện không thay.",
]
SECRET = "Tôi tố cáo ông trưởng phòng nhận phong bì để bỏ qua lỗi của quán hát."


def fill(book: Casebook, *, decided: bool = True) -> None:
    """Petitions as people filed them; officers corrected some and went on with the others."""
    for number in range(8):
        for topic, unit, told in (
            ("karaoke_vu_truong", "ql_van_hoa", HALLS),
            ("hoat_dong_thu_vien", "thu_vien", BOOKS),
        ):
            story = told[number % 3].format(f"số {number}")
            petition = book.file(
                a_filing(
                    unit=unit,
                    topic="le_hoi" if number == 0 else topic,
                    content=PetitionContent(story=(story,)),
                    event={"suggested": {"kind": ["phan_anh", 0.9], "unit": [unit, 0.9], "version": "x"}},
                )
            )
            if not decided:
                continue
            changes = {"topic": topic} if number == 0 else {}
            action = Action.CORRECT if number == 0 else Action.ANSWER
            book.record(petition, action=action, actor=OFFICER, content={}, changes=changes)  # type: ignore[arg-type]
    for _ in range(2):
        petition = book.file(
            a_filing(
                kind=Kind.DENUNCIATION,
                unit="thanh_tra",
                topic="tham_nhung_tieu_cuc",
                confidential=True,
                content=PetitionContent(story=(SECRET,)),
            )
        )
        book.record(petition, action=Action.ACCEPT, actor=OFFICER, content={}, changes={})


@pytest.fixture
def own_texts(office_folder: Path) -> str:
    """Some texts of the project: training on all of them takes a minute."""
    lines = []
    for name in ("corpus_other", "corpus_culture"):
        text = (files("petitions.triage") / "corpus" / f"{name}.jsonl").read_text(encoding="utf-8")
        lines += text.splitlines()[:60]
    path = office_folder / "some.jsonl"
    path.write_text("\n".join(lines), encoding="utf-8")
    return str(path)


def learned(command: Command, own_texts: str, *more: str) -> Result:
    return command("triage", "train", "--corrections", "--only", "--texts", own_texts, *more)


def test_officers_decisions_are_learned_and_the_service_uses_them(
    command: Command, ready: str, own_texts: str
) -> None:
    in_book(ready, fill)
    result = learned(command, own_texts, "--anyway")
    assert result.exit_code == 0, result.output
    assert "16 petitions looked at, 16 of them decided by people" in result.output
    assert "2 sealed ones left out" in result.output
    assert "suggested kind      right 16 of 16, 1.000" in result.output
    assert "decided petitions, this one, five folds" in result.output
    settings = Settings.load()
    path = own_path(settings.storage.data_dir)
    assert path.stat().st_mode & 0o077 == 0
    found = find_model(settings.storage.data_dir)
    assert (found.own, found.fault, found.older) == (True, "", False)
    assert found.model.origin["corrections"] == 16
    assert found.model.version != packaged().version
    assert "16 decided petitions" in check_understanding(settings).message
    asked = json.dumps({"id": 1, "text": "Quán hát mở loa suốt đêm, đề nghị kiểm tra."})
    told = command("triage", "suggest", "-", typed=asked)
    assert json.loads(told.stdout)["unit"]["value"] == "ql_van_hoa"


def test_sealed_petitions_are_learned_from_only_when_asked_for(
    command: Command, ready: str, own_texts: str
) -> None:
    in_book(ready, fill)
    result = learned(command, own_texts, "--with-sealed", "--anyway")
    assert result.exit_code == 0, result.output
    assert "18 petitions looked at, 18 of them decided by people" in result.output
    assert "left out" not in result.output
    data = own_path(Settings.load().storage.data_dir).read_bytes()
    assert "phong bì".encode() not in data


def test_where_nothing_is_urgent_the_packaged_artefact_answers_that(
    command: Command, ready: str, office_folder: Path
) -> None:
    in_book(ready, fill)
    text = (files("petitions.triage") / "corpus" / "corpus_other.jsonl").read_text(encoding="utf-8")
    calm = [line for line in text.splitlines() if '"urgent"' not in line]
    path = office_folder / "calm.jsonl"
    path.write_text("\n".join(calm[:12]), encoding="utf-8")
    result = learned(command, str(path), "--anyway")
    assert result.exit_code == 0, result.output
    assert "severity: these texts show fewer than two classes" in result.output
    found = find_model(Settings.load().storage.data_dir).model
    assert found.origin["kept"] == ["kind", "severity"]
    assert found.heads["severity"].packed == packaged().heads["severity"].packed


def test_nothing_decided_is_nothing_to_learn(command: Command, ready: str, own_texts: str) -> None:
    in_book(ready, lambda book: fill(book, decided=False))
    result = learned(command, own_texts)
    assert result.exit_code == 1
    assert "nothing to learn" in result.output
    assert not own_path(Settings.load().storage.data_dir).exists()


def test_a_broken_own_artefact_is_told_and_the_packaged_one_serves(command: Command, ready: str) -> None:
    settings = Settings.load()
    own_path(settings.storage.data_dir).write_bytes(b"PK broken")
    found = find_model(settings.storage.data_dir)
    assert found.model is packaged()
    assert "damaged" in found.fault
    told = check_understanding(settings)
    assert (told.level.value, "train --corrections" in told.message) == ("WARN", True)
    answered = command("triage", "suggest", "-", typed='{"id": 1, "text": "Thư viện tỉnh đóng cửa"}')
    assert answered.exit_code == 0


def test_the_options_of_corrections_go_with_it(command: Command, ready: str) -> None:
    assert command("triage", "train", "--with-sealed").exit_code == 2
