"""What tests of the đơn share: a complaint told in the chat, pages that were looked at, timers that fire."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from handlers.citizens import form_pages
from petitions.kinds import Action
from storage.records import FileRecord, PetitionRecord
from tests.handlers.harness import Person
from tests.handlers.officers.office import Sent

IDENTITY = "001099012345"
FINE = {"check": "page", "problems": []}
BLURRED = {"check": "page", "problems": ["blurred"]}


async def complaint(person: Person) -> PetitionRecord:
    """From the first word to the code: a complaint that lacks respondent, request and identity papers."""
    await person.say("Tôi muốn khiếu nại việc Sở trả hồ sơ cấp giấy phép của tôi")
    await person.say("Ngày 10/5/2026 tôi nhận văn bản trả hồ sơ thông báo quảng cáo, không nêu điều khoản")
    await person.say("Vũ Văn Hải, tổ 5 phường Minh Khai, 0951 223 455")
    await person.say("bỏ qua")
    await person.press("Xác nhận gửi")
    return (await person.petitions())[-1]


async def filled(person: Person) -> PetitionRecord:
    """The same, with everything the form asks told in the chat."""
    petition = await complaint(person)
    await person.press("Hoàn thiện đơn")
    for words in ("Thanh tra Sở", "Sở nhận lại hồ sơ và nói rõ căn cứ", IDENTITY, "5/3/2022", "Bộ Công an"):
        await person.say(words)
    return petition


async def values(person: Person, petition: PetitionRecord) -> dict[str, Any]:
    return await person.office.work(lambda book: book.form_values(petition.id))


async def actions(person: Person, petition: PetitionRecord) -> list[Action]:
    events = await person.office.work(lambda book: book.events(petition.id))
    return [event.action for event in events]


async def waiting(person: Person) -> list[FileRecord]:
    """Files of the conversation that belong to no petition yet."""

    def look(book: Any) -> list[FileRecord]:
        opened = book.open_turn(channel="telegram", account="bot", chat=person.chat)
        return list(book.conversation_files(opened.conversation.id))

    return await person.office.work(look)


async def looked_at(person: Person, file: FileRecord, finding: dict[str, Any]) -> list[Sent]:
    """The background check is done with a file, as the fetcher writes it down: what is said then."""
    before = len(person.office.chat(person.chat))

    def keep(book: Any) -> None:
        book.set_finding(file.id, finding)
        here = book.file_by_id(file.id)
        book.set_timer(
            form_pages.TIMER,
            person.office.clock.now(),
            petition_id=here.petition_id,
            conversation_id=here.conversation_id,
            data={"file": here.id, "petition": here.petition_id},
        )

    await person.office.work(keep)
    await person.office.fire_timers()
    person.office.clock.forward(timedelta(seconds=3))
    await person.office.deliver()
    return person.office.chat(person.chat)[before:]


async def later(person: Person, moment: datetime) -> list[Sent]:
    """Time passes, timers fire; what the person hears meanwhile."""
    before = len(person.office.chat(person.chat))
    await person.office.live_until(moment)
    return person.office.chat(person.chat)[before:]


def papers(sent: list[Sent]) -> list[str]:
    """Which papers these messages carry."""
    return [each.message.file.paper for each in sent if each.message.file is not None]
