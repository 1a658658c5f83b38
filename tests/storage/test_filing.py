"""Filing a petition and everything done to it afterwards."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from petitions.codes import TrackingCode, new_secret, show_secret
from petitions.kinds import Action, ActorKind, Kind, Role, Severity, Stage
from storage.casebook import Casebook
from storage.cases import FINISHED
from storage.events import StaleRecord
from storage.keys import CannotOpen
from storage.records import ActorRef, PetitionChanges, PetitionContent, PetitionRecord
from storage.schema import petitions
from tests.conftest import AGENCY, InBook
from tests.hand_clock import MORNING, HandClock
from tests.storage.builders import CITIZEN, NASTY, a_file, a_filing, a_turn

OFFICER_ACTS = ActorRef(kind=ActorKind.OFFICER, officer_id=None, role=Role.HEAD, unit="thanh_tra")


def change(book: Casebook, petition_id: int, **changes: object) -> PetitionRecord:
    petition = book.petition(petition_id, lock=True)
    assert petition is not None
    return book.record(
        petition,
        action=Action.CORRECT,
        actor=OFFICER_ACTS,
        content={"text": "sửa"},
        changes=PetitionChanges(**changes),  # type: ignore[typeddict-item]
    )


async def test_a_filed_petition_is_found_again_as_it_was_filed(in_book: InBook) -> None:
    def file(book: Casebook) -> PetitionRecord:
        turn = a_turn(book)
        return book.file(
            a_filing(
                kind=Kind.COMPLAINT,
                subkind="ky_luat",
                topic="di_tich",
                destination="outside:ubnd_tinh",
                severity=Severity.URGENT,
                confidential=True,
                people=3,
                due_on=date(2026, 12, 7),
                due_rule="A-01",
                conversation_id=turn.conversation.id,
                contact_id=turn.contact.id,
            )
        )

    filed = await in_book(file)

    assert await in_book(lambda book: book.petition(filed.id)) == filed
    assert await in_book(lambda book: book.petition(filed.id, lock=True)) == filed
    assert await in_book(lambda book: book.petition_by_code(filed.code)) == filed
    assert TrackingCode.parse(filed.code).value == filed.code
    assert (filed.agency, filed.stage, filed.register_no, filed.version) == (AGENCY, Stage.RECEIVED, 1, 1)
    assert filed.filed_at == MORNING
    assert filed.filed_at.tzinfo is UTC
    turn = await in_book(a_turn)
    assert turn.has_petitions
    assert filed.conversation_id is not None
    assert await in_book(lambda book: book.petitions_of(filed.conversation_id or 0)) == [filed]
    assert await in_book(lambda book: book.petition(1)) is None
    assert await in_book(lambda book: book.petition_by_code("' OR 1=1 --")) is None


@pytest.mark.parametrize("words", NASTY, ids=range(len(NASTY)))
async def test_what_a_citizen_says_comes_back_letter_for_letter(in_book: InBook, words: str) -> None:
    content = PetitionContent(
        story=(words, "hai"),
        answers={"when": words},
        name=words,
        phone=words,
        phone_note=words,
        address=words,
        place=words,
        latitude=20.5411,
        longitude=-105.9139,
        accused=words,
        request=words,
        contact_note=words,
    )

    filed = await in_book(lambda book: book.file(a_filing(content=content, event={"note": words})))

    assert await in_book(lambda book: book.content(filed)) == content
    events = await in_book(lambda book: book.events(filed.id))
    assert events[0].content == {"note": words}
    assert [found.id for found in await in_book(lambda book: book.petitions_by_phone(words))] == [filed.id]


async def test_nothing_said_stands_readable_in_the_row(in_book: InBook) -> None:
    content = PetitionContent(story=("con đường làng",), name="Trần Văn Điều", phone="0912345678")

    await in_book(lambda book: book.file(a_filing(content=content)))

    row = await in_book(lambda book: book.connection.execute(select(petitions)).one())
    shown = " ".join(repr(value) for value in row)
    assert "0912345678" not in shown
    assert "Tr\u1ea7n" not in shown
    assert "con đường" not in shown


async def test_swapped_contents_do_not_open(in_book: InBook) -> None:
    first = await in_book(lambda book: book.file(a_filing()))
    second = await in_book(lambda book: book.file(a_filing()))

    def swap(book: Casebook) -> None:
        sealed = {row.id: row.content_enc for row in book.connection.execute(select(petitions))}
        for mine, other in ((first.id, second.id), (second.id, first.id)):
            book.connection.execute(
                petitions.update().where(petitions.c.id == mine).values(content_enc=sealed[other])
            )

    await in_book(swap)

    with pytest.raises(CannotOpen, match="another row"):
        await in_book(lambda book: book.content(first))


async def test_each_kind_and_year_has_a_book_of_its_own(in_book: InBook, clock: HandClock) -> None:
    clock.at = datetime(2026, 12, 31, 16, 59, tzinfo=UTC)  # one minute before midnight in Hà Nội
    numbers = [await in_book(lambda book: book.file(a_filing())) for _ in range(2)]
    other = await in_book(lambda book: book.file(a_filing(kind=Kind.DENUNCIATION)))
    clock.forward(timedelta(minutes=1))
    next_year = await in_book(lambda book: book.file(a_filing()))

    places = [(p.register_book, p.register_year, p.register_no) for p in (*numbers, other, next_year)]
    assert places == [
        ("phan_anh", 2026, 1),
        ("phan_anh", 2026, 2),
        ("to_cao", 2026, 1),
        ("phan_anh", 2027, 1),
    ]


async def test_a_change_of_kind_takes_a_number_in_the_other_book(in_book: InBook) -> None:
    filed = await in_book(lambda book: book.file(a_filing()))

    after = await in_book(lambda book: change(book, filed.id, kind=Kind.DENUNCIATION))

    assert (after.kind, after.register_book, after.register_no) == (Kind.DENUNCIATION, "to_cao", 1)
    first, second = await in_book(lambda book: book.register_entries(filed.id))
    assert (first.book, first.number, first.continued_book, first.continued_number) == (
        "phan_anh",
        1,
        "to_cao",
        1,
    )
    assert (second.book, second.number, second.continued_book) == ("to_cao", 1, None)
    following = await in_book(lambda book: book.file(a_filing()))
    assert following.register_no == 2, "a number left behind is never used again"


async def test_the_history_tells_what_was_done_by_whom_and_when(in_book: InBook, clock: HandClock) -> None:
    filed = await in_book(lambda book: book.file(a_filing(event={"messages": 2})))
    clock.forward(timedelta(minutes=5))
    after = await in_book(
        lambda book: change(
            book, filed.id, stage=Stage.IN_PROGRESS, due_on=date(2026, 12, 1), not_satisfied_at=MORNING
        )
    )

    filing, correction = await in_book(lambda book: book.events(filed.id))

    assert (filing.seq, filing.action, filing.actor, filing.at) == (1, Action.FILE, CITIZEN, MORNING)
    assert filing.content == {"messages": 2}
    assert filing.changes["unit"] == "thanh_tra"
    assert (correction.seq, correction.actor.kind) == (2, ActorKind.OFFICER)
    assert correction.at == MORNING + timedelta(minutes=5)
    assert correction.content == {"text": "sửa"}
    assert correction.changes == {
        "stage": "in_progress",
        "due_on": "2026-12-01",
        "not_satisfied_at": MORNING.isoformat(),
    }
    assert (after.events_count, after.version, after.due_on) == (2, 2, date(2026, 12, 1))
    assert await in_book(lambda book: book.petition(filed.id)) == after


async def test_one_answers_for_it_at_every_moment(in_book: InBook, clock: HandClock) -> None:
    filed = await in_book(lambda book: book.file(a_filing()))
    moved_at = clock.forward(timedelta(days=1))
    await in_book(lambda book: change(book, filed.id, unit="van_phong"))
    clock.forward(timedelta(days=1))
    await in_book(lambda book: change(book, filed.id, topic="le_hoi"))  # nobody else answers for it now

    first, second = await in_book(lambda book: book.assignments(filed.id))

    assert (first.unit, first.since, first.until, first.event_seq) == ("thanh_tra", MORNING, moved_at, 1)
    assert (second.unit, second.since, second.until, second.event_seq) == ("van_phong", moved_at, None, 2)


async def test_a_record_that_was_not_locked_is_refused(in_book: InBook) -> None:
    filed = await in_book(lambda book: book.file(a_filing()))
    await in_book(lambda book: change(book, filed.id, topic="le_hoi"))

    with pytest.raises(StaleRecord):
        await in_book(
            lambda book: book.record(
                filed, action=Action.NOTE, actor=CITIZEN, content={}, changes=PetitionChanges()
            )
        )

    assert len(await in_book(lambda book: book.events(filed.id))) == 2


async def test_the_work_of_a_unit_and_of_an_officer(in_book: InBook) -> None:
    late = await in_book(lambda book: book.file(a_filing(due_on=date(2026, 12, 9))))
    soon = await in_book(lambda book: book.file(a_filing(due_on=date(2026, 12, 1))))
    undated = await in_book(lambda book: book.file(a_filing()))
    await in_book(lambda book: book.file(a_filing(unit="van_phong")))
    closed = await in_book(lambda book: book.file(a_filing()))
    await in_book(lambda book: change(book, closed.id, stage=FINISHED[0]))

    work = await in_book(lambda book: book.work_of(unit="thanh_tra", officer_id=None))
    everything = await in_book(lambda book: book.work_of(unit="thanh_tra", officer_id=None, open_only=False))

    assert [petition.id for petition in work] == [soon.id, late.id, undated.id]
    assert len(everything) == 4
    assert await in_book(lambda book: book.work_of(unit=None, officer_id=5)) == []
    assert len(await in_book(lambda book: book.work_of(unit="thanh_tra", officer_id=None, limit=1))) == 1


async def test_the_receipt_opens_its_own_petition_only(in_book: InBook) -> None:
    secret = await in_book(lambda book: new_secret(book.ids.random))
    filed = await in_book(lambda book: book.file(a_filing(secret=secret)))
    other = await in_book(lambda book: book.file(a_filing()))

    assert await in_book(lambda book: book.check_secret(filed, show_secret(secret).lower()))
    assert not await in_book(lambda book: book.check_secret(other, secret))
    assert not await in_book(lambda book: book.check_secret(filed, "ABCD"))
    wrong = secret[:-1] + ("1" if secret[-1] == "0" else "0")
    assert not await in_book(lambda book: book.check_secret(filed, wrong))


async def test_files_of_the_draft_become_the_petitions(in_book: InBook) -> None:
    turn = await in_book(a_turn)
    conversation = turn.conversation.id

    def add(book: Casebook) -> tuple[int, ...]:
        return tuple(
            book.add_file(
                a_file(platform_id=f"p{place}", position=place, conversation_id=conversation, name=words)
            )
            for place, words in enumerate(NASTY[:3])
        )

    file_ids = await in_book(add)
    filed = await in_book(
        lambda book: book.file(a_filing(conversation_id=conversation, file_ids=file_ids[:2]))
    )

    kept = await in_book(lambda book: book.files_of(filed.id))
    left = await in_book(lambda book: book.conversation_files(conversation))
    assert [file.platform_id for file in kept] == ["p0", "p1"]
    assert [file.name for file in kept] == NASTY[:2]
    assert [file.id for file in left] == [file_ids[2]]
    assert await in_book(lambda book: book.forget_files(file_ids)) == 1, "a petition's files stay"
    assert len(await in_book(lambda book: book.files_of(filed.id))) == 2


async def test_nothing_of_a_filing_that_fails_remains(in_book: InBook) -> None:
    class Unlucky(Exception):
        pass

    def fail(book: Casebook) -> None:
        book.file(a_filing())
        raise Unlucky

    with pytest.raises(Unlucky):
        await in_book(fail)

    filed = await in_book(lambda book: book.file(a_filing()))
    assert filed.register_no == 1, "the number that was rolled back is taken again"
    assert len(await in_book(lambda book: book.work_of(unit="thanh_tra", officer_id=None))) == 1
