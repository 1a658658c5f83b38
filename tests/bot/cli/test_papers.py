"""`tiepdan papers`, and what the doctor and the start of the service say of an agency's templates."""

from __future__ import annotations

from pathlib import Path

import pytest

from petitions.official_papers import papers
from tests.bot.cli.conftest import Command
from tests.bot.official.reading import with_words


def test_templates_are_written_kept_and_looked_over(command: Command, office_folder: Path) -> None:
    folder = office_folder / "templates"
    first = command("papers", "export", str(folder))
    assert (first.exit_code, len(list(folder.iterdir()))) == (0, len(papers()))
    (folder / "kn_03.docx").write_bytes(with_words("kn_03", "Của cơ quan"))
    mine = (folder / "kn_03.docx").read_bytes()
    assert "0 templates written" in command("papers", "export", str(folder)).stdout
    assert (folder / "kn_03.docx").read_bytes() == mine
    assert f"{len(papers())} templates can be used" in command("papers", "check", str(folder)).stdout
    blocked = command("papers", "export", str(folder / "kn_03.docx" / "x"))
    assert blocked.exit_code != 0
    (folder / "kn_03.docx").write_bytes(with_words("kn_03", "{{nguoi_giu}}"))
    found = command("papers", "check", str(folder))
    assert found.exit_code == 1
    assert "kn_03.docx: has an unknown placeholder {{nguoi_giu}}" in found.stderr


def test_a_wrong_template_is_named_by_the_doctor_and_keeps_the_service_from_starting(
    command: Command, office_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "the packaged ones (no TIEPDAN_PAPER_TEMPLATES)" in command("doctor").stdout
    folder = office_folder / "templates"
    folder.mkdir()
    monkeypatch.setenv("TIEPDAN_PAPER_TEMPLATES", str(folder))
    assert "no template (.docx)" in command("doctor").stdout
    (folder / "tc_04.docx").write_bytes(with_words("tc_04", "của cơ quan"))
    assert "tc_04 from" in command("doctor").stdout
    (folder / "tc_06.docx").write_bytes(with_words("tc_06", "{{nguoi_gui}}"))
    (folder / "kn_04.docx").write_bytes(b"x")
    examined = command("doctor")
    assert examined.exit_code == 1
    assert "tc_06.docx: has {{nguoi_gui}}, but Mẫu số 06 must not say who denounced" in examined.stdout
    assert "kn_04.docx: is not a Word document" in examined.stdout
    started = command("run")
    assert started.exit_code == 1
    assert "TIEPDAN_PAPER_TEMPLATES: kn_04.docx: is not a Word document" in started.stderr
    assert "tc_06.docx" in started.stderr
