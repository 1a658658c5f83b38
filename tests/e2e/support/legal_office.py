"""An office at a fixed moment of the calendar, whose officers take legal steps by pressing and answering."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from bot.ticker import Ticker
from handlers.officers.tokens import Press, verb_of
from petitions.clocks import Clock
from petitions.codes import TrackingCode
from petitions.kinds import Action
from petitions.text import fold
from tests.e2e.support.heard import Exchange, NoSuchButton
from tests.e2e.support.house import PATIENCE, House, running_house
from tests.e2e.support.ledger import Kept
from tests.e2e.support.office import link
from tests.e2e.support.people import shown
from tests.e2e.support.script import Person, file
from tests.e2e.support.telegram_citizen import TelegramCitizen
from tests.e2e.support.waiting import until

HANOI: Final = ZoneInfo("Asia/Ho_Chi_Minh")
MONDAY: Final = datetime(2026, 11, 30, 8, 30, tzinfo=HANOI)
"""The morning the office opens; 30 November 2026 is an ordinary Monday, the next holiday is 1 January 2027."""
FOCAL: Final = "thanh_tra"
NOTHING: Final = "[Không có]"
"""No numbers for the report forms."""
TODAY: Final = "[Hôm nay]"


class Officer:
    """An officer in the private chat: opens a case and takes its steps the way a hurried person does."""

    def __init__(self, house: House, chat: TelegramCitizen, name: str) -> None:
        self.house = house
        self.chat = chat
        self.name = name

    async def id(self) -> int:
        """The officer's number in the book, also of one who has left."""
        people = await self.house.ledger.read(lambda book: book.officers(active=None))
        return next(person.id for person in people if person.name == self.name)

    async def does(self, code: str, label: str, *answers: str, agree: bool = True) -> Exchange:
        """Open the case, press the button `label`, give the answers in turn and confirm; what came last.

        An answer in square brackets is pressed, any other typed. Raises NoSuchButton.
        """
        last = await self.begins(code, label)
        for answer in answers:
            last = await self.answers(answer, last)
        if not answers or not agree:
            return last
        ask = last.answers[-1]
        agreeing = [token for token in ask.tokens if token.startswith("o.yes.")]
        assert agreeing, f"nothing to confirm\n{shown(self.chat.transcript[-3:])}"
        return await self.chat.press_token(agreeing[0], ask.ref)

    async def begins(self, code: str, label: str) -> Exchange:
        """Open the case and press the button `label`, on its card or behind "more"."""
        card = await self.chat.say(f"/case {code}")
        if _find(card, label) is None and _find(card, "Việc khác…") is not None:
            card = await self.presses("Việc khác…", card)
        return await self.presses(label, card)

    async def answers(self, answer: str, asked: Exchange) -> Exchange:
        if answer.startswith("["):
            return await self.presses(answer.strip("[]"), asked)
        return await self.chat.say(answer)

    async def presses(self, label: str, under: Exchange) -> Exchange:
        """Press exactly this button of what was answered last; through the pages of a list."""
        for _ in range(6):
            found = _find(under, label)
            if found is not None:
                return await self.chat.press_token(*found)
            following = _find(under, "Trang sau »")
            if following is None:
                break
            under = await self.chat.press_token(*following)
        raise NoSuchButton(f"no {label!r}\n{shown(self.chat.transcript[-2:])}")

    async def offered(self, code: str) -> list[str]:
        """Every button of the case, those behind "more" too."""
        card = await self.chat.say(f"/case {code}")
        labels = card.labels
        if _find(card, "Việc khác…") is not None:
            labels = labels + (await self.presses("Việc khác…", card)).labels
        return labels


def _find(exchange: Exchange, label: str) -> tuple[str, str] | None:
    """Token and message of the newest button with this label, with or without its dots."""
    for heard in reversed(exchange.answers):
        for place, shown_label in enumerate(heard.labels):
            if _bare(shown_label) == _bare(label):
                return heard.tokens[place], heard.ref
    return None


def _bare(label: str) -> str:
    return fold(label.rstrip("…").strip())


async def officer(house: House, unit: str, role: str, name: str) -> Officer:
    """A new officer of `unit`, linked in a private chat."""
    chat = house.telegram_citizen()
    welcome = await link(house, chat, unit, role, name)
    assert "Đã liên kết" in welcome.text, welcome.text
    return Officer(house, chat, name)


@dataclass(slots=True)
class Case:
    """A petition and the person who brought it."""

    code: str
    citizen: TelegramCitizen
    language: str

    @property
    def shown(self) -> str:
        """The code as people read it."""
        return str(TrackingCode(self.code))

    async def told(self) -> str:
        """The one notice since the last look, as it stands on the citizen's telephone."""
        news = await self.citizen.news()
        assert len(news) == 1, [heard.text for heard in news]
        return news[0].text

    async def hears(self, *, vi: str, en: str) -> None:
        """Exactly this is the one notice, in the citizen's language; `{code}` stands for the code."""
        assert await self.told() == (en if self.language == "en" else vi).replace("{code}", self.shown)


_STORIES: Final = {
    ("khieu_nai", "vi"): (
        "Tôi khiếu nại quyết định xử phạt vi phạm hành chính số 15/QĐ-XPHC ngày 20/11/2026 của Giám đốc Sở "
        "phạt quán karaoke nhà tôi 20 triệu đồng, tôi cho là sai"
    ),
    ("khieu_nai", "en"): (
        "The Inspectorate fined my karaoke shop 20 million dong by decision no. 15/QD-XPHC of 20/11/2026. "
        "It is wrong, we closed before midnight. Please cancel it."
    ),
    ("to_cao", "vi"): (
        "Tôi tố cáo ông Trưởng ban quản lý di tích thôn Cựu lấy tiền tu bổ 120 triệu mua xe, có bảng kê giả"
    ),
    ("to_cao", "en"): (
        "The head of the relic board of Cuu village took 120 million dong of the repair money and bought a "
        "car. There is a false list."
    ),
    ("phan_anh", "vi"): (
        "Quán karaoke Trăng Thanh ở đường Nguyễn Văn Trỗi, Phủ Lý hát tới 1h sáng, nhà tôi có người già "
        "không ngủ được"
    ),
    ("phan_anh", "en"): (
        "The karaoke shop Trang Thanh in Nguyen Van Troi street, Phu Ly sings until one in the morning and "
        "my old mother cannot sleep."
    ),
}
_KINDS_IN_ENGLISH: Final = {"khieu_nai": "Complaint", "to_cao": "Denunciation", "phan_anh": "Feedback"}


class LegalOffice:
    """The people a legal life needs; `clerk` is the officer of complaints, `inspector` of sealed cases."""

    def __init__(self, house: House, clerk: Officer, inspector: Officer, director: Officer) -> None:
        self.house = house
        self.clerk = clerk
        self.inspector = inspector
        self.director = director

    async def files(self, kind: str, language: str = "vi", *, story: str = "") -> Case:
        """A petition from the citizen's first word through the whole dialogue, in that language."""
        citizen = self.house.telegram_citizen(self.house.telegram.person(language_code=language))
        person = Person(name="Nguyễn Thị Sen", phone="0951 223 455", kind=kind)
        if language == "en":
            await citizen.say("/start")
            await citizen.press("Send a petition")
            await citizen.press(_KINDS_IN_ENGLISH[kind])
        done = await file(citizen, await citizen.say(story or _STORIES[kind, language]), person)
        assert len(done.codes) == 1, shown(citizen.transcript)
        return Case(done.codes[0], citizen, language)

    def hand(self, kind: str) -> Officer:
        return self.clerk if kind == "khieu_nai" else self.inspector

    async def taken(self, kind: str, language: str = "vi", *, story: str = "") -> Case:
        """Filed, and taken by its officer."""
        case = await self.files(kind, language, story=story)
        await self.hand(kind).does(case.code, "Nhận xử lý")
        await case.told()
        return case

    async def eligible(self, kind: str, language: str = "vi") -> Case:
        """A complete signed form came in today, and the case is eligible."""
        case = await self.taken(kind, language)
        await self.hand(kind).does(case.code, "Xác nhận đủ đơn…", TODAY)
        await case.told()
        await self.hand(kind).does(case.code, "Đủ điều kiện")
        await case.told()
        return case

    async def accepted(self, kind: str, language: str = "vi") -> Case:
        """Accepted today, by notice 12/TB."""
        case = await self.eligible(kind, language)
        await self.hand(kind).does(case.code, "Thụ lý…", TODAY, "12/TB-TTr")
        await case.told()
        return case

    async def later(self, step: timedelta) -> None:
        """Let time pass; every timer that falls due meanwhile has fired and what it said is delivered."""
        self.house.clock.forward(step)
        dispatcher = self.house.service.dispatcher
        ticker = Ticker(dispatcher, clock=self.house.clock)

        async def all_fired() -> bool:
            await ticker.look()
            return not await dispatcher.due(self.house.clock.now(), 1)

        await until(all_fired, "timers fired", within=PATIENCE)
        await self.house.quiet()

    async def joins(self, unit: str, role: str, name: str) -> Officer:
        """A further officer of the office."""
        return await officer(self.house, unit, role, name)

    async def asks_to_withdraw(self, case: Case) -> Exchange:
        """The citizen says so in words and agrees to what is explained."""
        words = {"vi": f"Tôi muốn rút đơn {case.shown}", "en": f"I want to withdraw petition {case.shown}"}
        await case.citizen.say(words[case.language])
        return await case.citizen.press(
            {"vi": "Đồng ý xin rút đơn", "en": "Yes, ask to withdraw"}[case.language]
        )

    async def presses_an_old_button(self, hand: Officer, case: Case, action: Action) -> Exchange:
        """A button that stands no more on the card, pressed on an older one."""
        kept = await self.kept(case)
        token = Press(verb_of(action), kept.record.id).token
        return await hand.chat.press_token(token, (await hand.chat.all_heard())[-1].ref)

    async def kept(self, case: Case) -> Kept:
        return await self.house.ledger.petition(case.code)

    async def clocks(self, case: Case) -> dict[str, Clock]:
        """The limits of the case by step; the last of each."""
        kept = await self.kept(case)
        found = await self.house.ledger.read(lambda book: book.clocks(kept.record.id))
        return {clock.step: clock for clock in found.values()}

    async def unchanged(self, before: Kept) -> None:
        """Nothing half done: the same history, but for attempts without the right, stage and limits."""
        now = await self.house.ledger.petition(before.record.code)
        assert [a for a in now.actions if a != "denied"] == [a for a in before.actions if a != "denied"]
        assert now.record.stage is before.record.stage
        assert now.record.due_on == before.record.due_on
        assert await self.house.ledger.broken() == []


@asynccontextmanager
async def legal_office(url: str, data_dir: Path, *, at: datetime = MONDAY) -> AsyncIterator[LegalOffice]:
    """A service whose clock shows `at` when it opens, with its people at work."""
    async with running_house(url, data_dir, at=at) as house:
        clerk = await officer(house, FOCAL, "officer", "Lê Văn Cán")
        inspector = await officer(house, FOCAL, "inspector", "Phạm Văn Thanh")
        director = await officer(house, "lanh_dao", "director", "Đỗ Thị Giám")
        yield LegalOffice(house, clerk, inspector, director)
        assert await house.ledger.broken() == []
        assert await house.ledger.dead() == []
