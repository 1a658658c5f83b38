"""Similar petitions are found on both engines; sealed ones only among themselves; nothing readable is kept."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import delete, select

from petitions.kinds import Action, ActorKind, Kind
from storage import similar
from storage.casebook import Casebook
from storage.database import Database
from storage.records import ActorRef, PetitionContent, PetitionRecord
from storage.schema import similarities
from tests.conftest import InBook
from tests.petitions.altered import WAYS, copy
from tests.petitions.test_copies import OTHER, STORY
from tests.petitions.test_matters import RETOLD
from tests.storage.builders import NASTY, a_filing

SERVICE = ActorRef(kind=ActorKind.SERVICE)


def file(book: Casebook, story: str, **given: Any) -> PetitionRecord:
    return book.file(a_filing(content=PetitionContent(story=(story,)), topic="karaoke_vu_truong", **given))


async def test_copies_come_first_then_the_matter_in_other_words(in_book: InBook) -> None:
    chance, words = random.Random(8), OTHER.split()

    def work(book: Casebook) -> None:
        first = file(book, STORY)
        file(book, OTHER)
        retold = file(book, RETOLD)
        for way in WAYS:
            content = PetitionContent(story=(copy(STORY, way, words, chance),))
            found = book.similar(content, topic="karaoke_vu_truong")
            assert [each.petition.id for each in found if each.copy] == [first.id], way
        found = book.similar_to(retold)
        assert [(each.petition.id, each.copy) for each in found] == [(first.id, False)]
        assert "sao dem" in " ".join(found[0].reason)
        assert [each.petition.id for each in book.similar_to(first)] == [retold.id]

    await in_book(work)


async def test_sealed_cases_match_only_among_themselves(in_book: InBook) -> None:
    def work(book: Casebook) -> None:
        file(book, STORY)
        sealed = file(book, STORY, kind=Kind.DENUNCIATION, confidential=True)
        again = file(book, STORY, kind=Kind.DENUNCIATION, confidential=True)
        assert [each.petition.id for each in book.similar_to(again)] == [sealed.id]
        content = PetitionContent(story=(STORY,))
        assert not any(each.petition.confidential for each in book.similar(content, topic=None))
        kept: dict[int, set[int]] = {}
        for row in book.connection.execute(select(similarities)):
            kept.setdefault(row.petition_id, set()).add(row.hash)
        open_hashes, sealed_hashes, again_hashes = (kept[place] for place in sorted(kept))
        assert sealed_hashes == again_hashes
        assert not open_hashes & sealed_hashes

    await in_book(work)


async def test_a_case_that_is_sealed_later_leaves_the_open_ones(in_book: InBook) -> None:
    def work(book: Casebook) -> None:
        first = file(book, STORY)
        sealed = file(book, STORY, kind=Kind.DENUNCIATION, confidential=True)
        before = book.petition(first.id, lock=True)
        assert before is not None
        after = book.record(
            before, action=Action.NOTE, actor=SERVICE, content={}, changes={"confidential": True}
        )
        book.seal_similar(before, after)
        content = PetitionContent(story=(STORY,))
        assert book.similar(content, topic=None) == []
        assert [each.petition.id for each in book.similar_to(after)] == [sealed.id]
        rows = book.connection.execute(select(similarities.c.petition_id)).all()
        assert sum(row.petition_id == first.id for row in rows) == similar.LOOKED_UP
        book.seal_similar(after, after)

    await in_book(work)


async def test_another_agency_is_not_met(in_book: InBook) -> None:
    def work(book: Casebook) -> None:
        file(book, STORY)
        other = Casebook(book.connection, vault=book.vault, ids=book.ids, clock=book.clock, agency="other")
        assert other.similar(PetitionContent(story=(STORY,)), topic=None) == []

    await in_book(work)


@pytest.mark.parametrize("words", ["", "👋", *NASTY], ids=lambda words: ascii(words[:12]))
async def test_strange_words_are_filed_and_looked_up(in_book: InBook, words: str) -> None:
    def work(book: Casebook) -> None:
        one, other = file(book, words), file(book, words)
        found = [each.petition.id for each in book.similar_to(other)]
        assert found in ([], [one.id])

    await in_book(work)


async def test_what_everybody_says_costs_no_more(in_book: InBook) -> None:
    """A thousand copies: the newest ones are read, and three are suggested."""

    def work(book: Casebook) -> None:
        filed = [file(book, STORY) for _ in range(120)]
        found = book.similar(PetitionContent(story=(STORY,)), topic=None)
        assert len(found) == 3
        assert {each.petition.id for each in found} <= {each.id for each in filed[-similar.NEWEST :]}

    await in_book(work)


async def test_petitions_of_before_are_remembered(in_book: InBook) -> None:
    def work(book: Casebook) -> None:
        filed = [file(book, STORY), file(book, OTHER), file(book, STORY, confidential=True)]
        kept = set(book.connection.execute(select(similarities)).all())
        book.connection.execute(delete(similarities))
        assert book.similar(PetitionContent(story=(STORY,)), topic=None) == []
        assert book.remember_similar(most=2) == filed[1].id
        assert book.remember_similar(after=filed[1].id, most=2) == filed[2].id
        assert book.remember_similar(after=filed[2].id) is None
        assert book.remember_similar() == filed[2].id
        assert set(book.connection.execute(select(similarities)).all()) == kept

    await in_book(work)


async def test_no_word_is_kept(in_book: InBook) -> None:
    def work(book: Casebook) -> list[Any]:
        file(book, STORY)
        return list(book.connection.execute(select(similarities)))

    rows = await in_book(work)
    assert len(rows) == similar.LOOKED_UP
    assert all(isinstance(row.hash, int) for row in rows)


async def test_each_hash_is_looked_up_in_the_key(sqlite_database: Database) -> None:
    names = {f"h{place}": place for place in range(similar.LOOKED_UP)}

    def plan(connection: Any) -> list[str]:
        compiled = similar._ALL_NEWEST.compile(dialect=connection.dialect)
        values = tuple({**compiled.params, **names}[name] for name in compiled.positiontup or ())
        return [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}", values)]

    lines = [line for line in await sqlite_database.read(plan) if "similarities" in line]
    assert len(lines) == similar.LOOKED_UP
    assert all("SEARCH similarities USING PRIMARY KEY (hash=?)" in line for line in lines)


def test_all_messages_of_a_story_are_compared() -> None:
    content = PetitionContent(story=(STORY,))
    assert similar.words_of(replace(content, story=(STORY, OTHER))) == f"{STORY}\n{OTHER}"
