"""`tiepdan triage duplicates`: groups of copies in a file, one JSON line each."""

from __future__ import annotations

import json
from pathlib import Path

from sqlalchemy import delete

from bot.cli.checkup.findings import Level
from bot.cli.checkup.search_checks import check_search
from bot.settings import Settings
from petitions.search_terms import phrase_terms
from storage.casebook import Casebook
from storage.records import PetitionContent
from storage.schema import search_words, similarities
from storage.search import Wanted
from tests.bot.cli.conftest import Command
from tests.bot.cli.test_officers import in_book
from tests.petitions.altered import without_marks
from tests.petitions.test_copies import OTHER, STORY
from tests.petitions.test_matters import RETOLD
from tests.postgres_server import in_thread
from tests.storage.builders import a_filing


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
    def filed(book: Casebook) -> int:
        petition = book.file(a_filing(content=PetitionContent(story=(STORY,))))
        book.connection.execute(delete(similarities))
        book.connection.execute(delete(search_words))
        return petition.id

    petition_id = in_book(ready, filed)
    [waiting] = in_thread(check_search(Settings.load()))
    assert waiting.level is Level.WARN
    assert "1 petition" in waiting.message
    result = command("triage", "remember")
    assert (result.exit_code, result.stdout) == (0, "Done.\n"), result.output
    wanted = Wanted(words=phrase_terms("hát quá giờ"))
    [found], below = in_book(ready, lambda book: book.find_cases(wanted, lambda _: True, most=5))
    assert (found.id, below) == (petition_id, None)
    [similar] = in_book(ready, lambda book: book.similar(PetitionContent(story=(STORY,)), topic=None))
    assert similar.petition.id == petition_id
    [done] = in_thread(check_search(Settings.load()))
    assert done.level is Level.OK


def test_remembering_needs_a_key_ring(command: Command) -> None:
    result = command("triage", "remember")
    assert result.exit_code == 1
    assert "key ring" in result.stderr
