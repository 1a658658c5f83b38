"""Makes the documents that messages carry, when they are sent and never inside a turn."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from bot.channels.base import Attachment, Never, Refusal
from bot.official.drafts import Drafts
from bot.papers.printer import Format, PaperPrinter
from handlers.console_board import Look
from handlers.messages import OutgoingFile
from handlers.official_values import values_of
from handlers.papers import document_names, paper_data
from handlers.texts import DEFAULT_LANGUAGE
from petitions.official_papers import OfficialPaper, paper_of
from petitions.papers import Paper, PaperData
from storage.database import Database
from storage.files import FileStore

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from bot.dispatch import Books
    from bot.receipts import ReceiptPrinter
    from handlers.turn import Facts
    from petitions.clock import Clock

_READING: Final = ".reading"


class Renderer:
    """Turns an `OutgoingFile` into bytes: a receipt, paper or draft made in a thread, or a file of the store."""

    def __init__(
        self,
        *,
        database: Database,
        books: Books,
        store: FileStore,
        printer: ReceiptPrinter,
        papers: PaperPrinter,
        drafts: Drafts,
        facts: Facts,
        clock: Clock,
    ) -> None:
        self._database = database
        self._books = books
        self._store = store
        self._printer = printer
        self._papers = papers
        self._drafts = drafts
        self._facts = facts
        self._clock = clock

    async def __call__(self, wanted: OutgoingFile) -> Attachment:
        """The document. Raises Never(REFUSED) for one that does not exist."""
        if wanted.render == "receipt":
            return await self._receipt(wanted)
        if wanted.render == "paper":
            return await self._paper(wanted)
        if wanted.render == "draft":
            return await self._draft(wanted)
        if wanted.file_id:
            return await self._stored(wanted)
        raise Never("nothing to render", refusal=Refusal.REFUSED)

    async def _receipt(self, wanted: OutgoingFile) -> Attachment:
        petition = await self._database.read(
            lambda connection: self._books(connection).petition(wanted.petition_id)
        )
        if petition is None:
            raise Never("no such petition", refusal=Refusal.REFUSED)
        return await asyncio.to_thread(
            self._printer.print, petition, secret=wanted.secret, language=wanted.language
        )

    async def _paper(self, wanted: OutgoingFile) -> Attachment:
        stem, _, ending = wanted.paper.rpartition(".")
        try:
            paper, form = Paper(stem.removesuffix(_READING)), Format(ending)
        except ValueError:
            raise Never("no such paper", refusal=Refusal.REFUSED) from None
        language = wanted.language if stem.endswith(_READING) else DEFAULT_LANGUAGE
        data = await self._database.read(lambda connection: self._told(connection, wanted.petition_id))
        if data is None:
            raise Never("no such petition", refusal=Refusal.REFUSED)
        return await asyncio.to_thread(self._papers.print, paper, data, form, language=language)

    def _told(self, connection: Connection, petition_id: int) -> PaperData | None:
        book = self._books(connection)
        petition = book.petition(petition_id)
        if petition is None:
            return None
        agency = self._facts.agency
        texts = self._facts.catalogue.language(DEFAULT_LANGUAGE)
        return paper_data(
            petition,
            book.content(petition),
            book.form_values(petition.id),
            agency,
            self._clock.now().astimezone(agency.zone).date(),
            documents=document_names(book.files_of(petition.id), texts),
        )

    async def _draft(self, wanted: OutgoingFile) -> Attachment:
        """An official paper, filled in from the case as it is now."""
        paper = paper_of(wanted.paper)
        if paper is None:
            raise Never("no such form", refusal=Refusal.REFUSED)
        filled = await self._database.read(
            lambda connection: self._filled(connection, wanted.petition_id, paper)
        )
        if filled is None:
            raise Never("no such petition", refusal=Refusal.REFUSED)
        code, values = filled
        return await asyncio.to_thread(self._drafts.make, paper, values, code=code)

    def _filled(
        self, connection: Connection, petition_id: int, paper: OfficialPaper
    ) -> tuple[str, dict[str, str]] | None:
        book = self._books(connection)
        petition = book.petition(petition_id)
        if petition is None:
            return None
        return petition.code, values_of(Look(self._facts, book, self._clock.now()), petition, paper)

    async def _stored(self, wanted: OutgoingFile) -> Attachment:
        record = await self._database.read(
            lambda connection: self._books(connection).file_by_id(wanted.file_id)
        )
        if record is None or record.content_key is None:
            raise Never("no such file", refusal=Refusal.REFUSED)
        return Attachment(
            name=wanted.name or record.name or f"{record.kind}-{record.id}",
            mime=record.mime or "application/octet-stream",
            data=await self._store.get(record.content_key),
        )
