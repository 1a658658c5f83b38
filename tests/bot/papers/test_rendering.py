"""A message that carries a paper: made at delivery from the casebook, with what was told after filing."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from bot.channels.base import Attachment, Never
from bot.dispatch import Books
from bot.official.drafts import Drafts
from bot.papers.printer import PaperPrinter
from bot.profile import read_agency, read_calendar
from bot.receipts import ReceiptPrinter
from bot.rendering import Renderer
from handlers.messages import OutgoingFile
from handlers.texts import Catalogue
from handlers.turn import Facts
from petitions.codes import TrackingCode
from petitions.kinds import Kind
from petitions.triage.suggester import suggester_for
from storage.database import Database
from storage.files import FileStore
from storage.records import PetitionContent, PetitionRecord
from tests.bot.papers.reading import docx_words, pdf_words
from tests.hand_clock import HandClock
from tests.storage.builders import a_file, a_filing, a_turn

CONTENT = PetitionContent(
    story=("Tôi bị phạt sai.",),
    answers={"decision": "Quyết định số 15", "respondent": "Phòng Quản lý văn hóa"},
    name="Nguyễn Thị Hạnh",
    address="Số 12 Trần Hưng Đạo",
)


@pytest.fixture
def render(database: Database, books: Books, clock: HandClock, tmp_path: Path) -> Renderer:
    catalogue, agency = Catalogue.load(), read_agency(None)
    return Renderer(
        database=database,
        books=books,
        store=FileStore(tmp_path / "files", books.vault),
        printer=ReceiptPrinter(catalogue=catalogue, agency=agency, public_url=""),
        drafts=Drafts(),
        papers=PaperPrinter(catalogue),
        facts=Facts(
            agency=agency,
            calendar=read_calendar(None),
            catalogue=catalogue,
            suggester=suggester_for(agency),
        ),
        clock=clock,
    )


async def filed(
    database: Database, books: Books, kind: Kind = Kind.COMPLAINT, **later: Any
) -> PetitionRecord:
    def work(connection: Connection) -> PetitionRecord:
        book = books(connection)
        turn = a_turn(book)
        file_id = book.add_file(a_file(caption="Biên bản", conversation_id=turn.conversation.id))
        code = TrackingCode.generate(random.Random(9)).value
        petition = book.file(a_filing(kind=kind, content=CONTENT, file_ids=(file_id,), code=code))
        if later:
            book.set_form_values(petition.id, later)
        return petition

    return await database.transact(work)


def wanted(petition: PetitionRecord, paper: str, **given: Any) -> OutgoingFile:
    return replace(OutgoingFile(render="paper", petition_id=petition.id, paper=paper), **given)


async def made(render: Renderer, petition: PetitionRecord, paper: str, **given: Any) -> Attachment:
    return await render(wanted(petition, paper, **given))


async def test_a_complaint_with_what_was_told_later(
    render: Renderer, database: Database, books: Books
) -> None:
    petition = await filed(
        database,
        books,
        identity_number="035180001234",
        identity_issued_on="2021-05-03",
        address="Thôn Ô Cách",
    )
    pdf = await made(render, petition, "complaint.pdf")
    docx = await made(render, petition, "complaint.docx")
    code = str(TrackingCode(petition.code))
    assert (pdf.name, docx.name) == (f"don-{code}.pdf", f"don-{code}.docx")
    for words in (pdf_words(pdf.data), docx_words(docx.data)):
        for part in (
            "Nguyễn Thị Hạnh",
            "035180001234 ngày cấp: 03/05/2021",
            "- Địa chỉ: Thôn Ô Cách",
            "4. Khiếu nại về việc: Quyết định số 15",
            "Tôi bị phạt sai.",
            "- Ảnh số 1: Biên bản",
            "Kính gửi: Sở Văn hóa, Thể thao và Du lịch tỉnh Hà Nam",
        ):
            assert part in words, part
        assert "Số 12" not in words


async def test_the_paper_is_vietnamese_unless_a_translation_is_asked_for(
    render: Renderer, database: Database, books: Books
) -> None:
    petition = await filed(database, books)
    signed = await made(render, petition, "complaint.pdf", language="en")
    reading = await made(render, petition, "complaint.reading.pdf", language="en")
    assert "ĐƠN KHIẾU NẠI" in pdf_words(signed.data)
    assert "for reading only" in pdf_words(reading.data)
    assert reading.name.endswith("-translation.pdf")


async def test_the_day_is_the_offices_day(
    render: Renderer, database: Database, books: Books, clock: HandClock
) -> None:
    petition = await filed(database, books)
    local = clock.now().astimezone(read_agency(None).zone)
    pdf = await made(render, petition, "complaint.pdf")
    assert f"ngày {local:%d} tháng" in pdf_words(pdf.data)


async def test_a_denunciation_names_nobody_outside_the_paper(
    render: Renderer, database: Database, books: Books
) -> None:
    petition = await filed(database, books, Kind.DENUNCIATION)
    pdf = await made(render, petition, "denunciation.pdf")
    assert pdf.name == f"don-{TrackingCode(petition.code)}.pdf"
    assert "Nguyễn Thị Hạnh" in pdf_words(pdf.data)


async def test_a_draft_of_an_official_paper_is_filled_in_when_it_is_sent(
    render: Renderer, database: Database, books: Books
) -> None:
    petition = await filed(database, books)
    draft = await render(OutgoingFile(render="draft", paper="kn_03", petition_id=petition.id))
    assert draft.name == f"kn_03-{petition.code}.docx"
    assert "đã nhận được đơn khiếu nại của: Nguyễn Thị Hạnh" in docx_words(draft.data)
    for wanted in (("kn_99", petition.id), ("kn_03", 1)):
        with pytest.raises(Never):
            await render(OutgoingFile(render="draft", paper=wanted[0], petition_id=wanted[1]))


@pytest.mark.parametrize(
    "paper", ["", "complaint", "complaint.exe", "nothing.pdf", ".pdf", "complaint.en.pdf"]
)
async def test_a_paper_that_is_none_is_refused(
    render: Renderer, database: Database, books: Books, paper: str
) -> None:
    petition = await filed(database, books)
    with pytest.raises(Never):
        await made(render, petition, paper)


async def test_a_petition_that_is_gone_is_refused(render: Renderer) -> None:
    with pytest.raises(Never):
        await render(OutgoingFile(render="paper", petition_id=404, paper="complaint.pdf"))
