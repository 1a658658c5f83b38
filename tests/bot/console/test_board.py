"""The board: each sees what is theirs, in the order of the limits, narrowed as wished, kept up to date."""

from __future__ import annotations

import itertools
import random
import re
from datetime import timedelta

import pytest

from handlers.console_board import PAGE, reader_of
from petitions.codes import TrackingCode
from petitions.kinds import Action, Kind, Role
from petitions.workflow import may_see
from storage.console_board import Choice, Colour, View
from storage.records import OfficerRecord, PetitionRecord
from tests.bot.console.rig import Answer, signed_in, somebody
from tests.hand_clock import HandClock
from tests.handlers.officers.office import PHONE, STORY, Office
from tests.web_site import Site


def codes(answer: Answer) -> list[str]:
    """The petitions of the list, in its order."""
    return re.findall(r'class="open" href="/console/cases/([0-9A-Z]+)"', answer.text)


def shown(petition: PetitionRecord) -> str:
    return str(TrackingCode(petition.code))


@pytest.fixture
async def head(office: Office) -> OfficerRecord:
    return await somebody(office, Role.HEAD)


async def test_the_list_says_what_each_petition_is_about_and_by_which_law_it_is_due(
    site: Site, office: Office, head: OfficerRecord
) -> None:
    petition = await office.file()
    async with signed_in(site, office, head) as one:
        page = await one.get("/console")
    assert codes(page) == [petition.code]
    assert shown(petition) in page.words
    assert STORY in page.words
    assert "Phản ánh" in page.words
    assert "còn" in page.words
    assert "Luật Tiếp công dân" in page.words or "Luật tiếp công dân" in page.words.lower()
    assert "chưa có ai nhận" in page.words


async def test_a_sealed_case_shows_neither_topic_nor_words(
    site: Site, office: Office, head: OfficerRecord
) -> None:
    petition = await office.file(kind=Kind.DENUNCIATION)
    async with signed_in(site, office, head) as one:
        page = await one.get("/console?view=unit")
    assert codes(page) == [petition.code]
    assert "Giữ bí mật" in page.words
    assert STORY not in page.text
    row = page.text[page.text.index("<tbody>") :]
    assert "karaoke" not in row.lower()


async def test_colours_count_and_narrow(
    site: Site, office: Office, head: OfficerRecord, clock: HandClock
) -> None:
    old = await office.file()
    clock.forward(timedelta(days=9))
    middle = await office.file(chat="501")
    clock.forward(timedelta(days=10))
    new = await office.file(chat="502")
    today = clock.now().date()
    old, middle, new = [await office.now(each) for each in (old, middle, new)]
    assert old.due_on is not None
    assert old.due_on < today
    async with signed_in(site, office, head) as one:
        page = await one.get("/console?view=unit")
        assert codes(page) == [old.code, middle.code, new.code], "the soonest limit first"
        assert re.search(r"3 đang mở", page.words)
        late = await one.get("/console?view=unit&due=late")
        assert old.code in codes(late)
        assert new.code not in codes(late)
        assert "3 đang mở" in late.words, "the numbers stay"
        assert codes(await one.get("/console?view=unit&due=none")) == []


async def test_filters_narrow_and_strange_values_count_as_none(
    site: Site, office: Office, head: OfficerRecord
) -> None:
    noise = await office.file()
    wish = await office.file(chat="501", kind=Kind.RECOMMENDATION, topic="le_hoi")
    await office.does(head, wish, Action.TAKE)
    async with signed_in(site, office, head) as one:
        for query, wanted in (
            ("kind=kien_nghi", [wish]),
            ("kind=phan_anh", [noise]),
            ("topic=le_hoi", [wish]),
            ("stage=assigned", [wish]),
            ("stage=done", []),
            ("officer=0", [noise]),
            (f"officer={head.id}", [wish]),
            ("kind=x&stage=y&topic=z&officer=w&due=v&after=u&unit=t", [noise, wish]),
            ("officer=99999999999999999999", [noise, wish]),
            ("after=2026-13-45.1", [noise, wish]),
        ):
            found = codes(await one.get(f"/console?view=unit&{query}"))
            assert sorted(found) == sorted(each.code for each in wanted), query
        assert codes(await one.get("/console?view=mine")) == [wish.code]
        assert "Toàn cơ quan" not in (await one.get("/console?view=all")).words, "not for a head of a unit"


async def test_finished_petitions_are_a_list_of_their_own(
    site: Site, office: Office, head: OfficerRecord
) -> None:
    first, second = await office.file(), await office.file(chat="501")
    for each in (first, second):
        await office.does(head, each, Action.TAKE)
        await office.does(head, each, Action.ANSWER, text="Đã nhắc nhở.")
        await office.does(head, each, Action.CLOSE)
    async with signed_in(site, office, head) as one:
        assert codes(await one.get("/console?view=unit")) == []
        assert codes(await one.get("/console?view=unit&stage=done")) == [second.code, first.code]


async def test_a_long_list_goes_on_by_key(
    site: Site, office: Office, head: OfficerRecord, clock: HandClock
) -> None:
    filed = []
    for number in range(PAGE + 5):
        filed.append(await office.file(chat=f"5{number:03d}"))
        if number % 10 == 9:
            clock.forward(timedelta(days=1))
    async with signed_in(site, office, head) as one:
        first = await one.get("/console?view=unit")
        assert len(codes(first)) == PAGE
        following = re.search(r'hx-get="([^"]+after=[^"]+)"', first.text)
        assert following is not None
        second = await one.get(following[1].replace("&amp;", "&"))
        assert codes(first) + codes(second) == [each.code for each in filed]
        assert "<html" not in second.text


async def test_petitions_are_found_by_right(site: Site, office: Office, head: OfficerRecord) -> None:
    mine = await office.file()
    other = await office.file(chat="501", unit="ql_di_san", topic="di_tich")
    secret = await office.file(chat="502", kind=Kind.DENUNCIATION, unit="thanh_tra")
    number, nobody = f"{mine.register_no}/{mine.register_year}", TrackingCode.generate(random.Random(1))
    async with signed_in(site, office, head) as one:
        for typed in (shown(mine), mine.code.lower(), f"số: {number}", "mất ngủ"):
            assert codes(await one.get(f"/console/find?q={typed}")) == [mine.code], typed
        for hidden in (other, secret):
            page = await one.get(f"/console/find?q={hidden.code}")
            assert codes(page) == []
            absent = await one.get(f"/console/find?q={nobody.value}")
            told = page.words.replace(hidden.code, "…").replace(shown(hidden), "…")
            assert told == absent.words.replace(nobody.value, "…").replace(str(nobody), "…")
        for typed in ("%", "' OR 1=1 --", "<b>x</b>", "9" * 40, "٣", "x" * 3000, "", "mã:", "tìm"):
            page = await one.get(f"/console/find?q={typed}&below=x&codes=7")
            assert (page.status, codes(page)) == (200, []), typed
            assert "<b>x" not in page.text
    events = await office.work(lambda book: book.events(secret.id))
    assert [e.content["tried"] for e in events if e.action is Action.DENIED] == ["find"]


async def test_who_only_administers_does_not_look_for_people(site: Site, office: Office) -> None:
    admin = await somebody(office, Role.ADMIN)
    await office.file()
    async with signed_in(site, office, admin) as one:
        page = await one.get(f"/console/find?q={PHONE}")
        assert codes(page) == []
        assert "dành cho cán bộ" in page.words


async def test_news_come_only_when_there_are_any(site: Site, office: Office, head: OfficerRecord) -> None:
    petition = await office.file()
    async with signed_in(site, office, head) as one:
        page = await one.get("/console?view=unit")
        live = re.search(r'data-live="([^"]+)"', page.text)
        assert live is not None
        path = live[1].replace("&amp;", "&")
        assert (await one.get(path)).status == 204
        await office.does(head, petition, Action.TAKE)
        news = await one.get(path)
        assert news.status == 200
        assert "đã phân công" in news.words


KINDS = (
    (Kind.FEEDBACK, False),
    (Kind.FEEDBACK, True),
    (Kind.DENUNCIATION, False),
    (Kind.ANONYMOUS_TIP, True),
    (Kind.COMPLAINT, False),
)
UNITS = ("ql_van_hoa", "thanh_tra")


async def test_the_lists_hold_exactly_what_the_rules_allow(office: Office) -> None:
    """Every role of every unit, over every kind, sealed or not, own or other unit, named or not."""
    people = [await somebody(office, role, unit) for role, unit in itertools.product(Role, UNITS)]
    made: list[PetitionRecord] = []
    for place, ((kind, secret), unit) in enumerate(itertools.product(KINDS, UNITS)):
        made.append(await office.file(chat=f"6{place:02d}", kind=kind, unit=unit, confidential=secret))
        named = await office.file(chat=f"7{place:02d}", kind=kind, unit=unit, confidential=secret)
        officer = next(o for o in people if o.unit == unit and o.role is Role.OFFICER)
        head = next(o for o in people if o.unit == unit and o.role is Role.HEAD)
        made.append(await office.does(head, named, Action.ASSIGN, officer_id=officer.id))
    today, agency = office.clock.now().date(), office.facts.agency
    for officer in people:
        reader = reader_of(agency, officer)

        def seen(petition: PetitionRecord, officer: OfficerRecord = officer) -> bool:
            named, same = petition.officer_id == officer.id, petition.unit == officer.unit
            return may_see(petition.kind, petition.confidential, officer.role, same, named)

        wanted = {
            View.MINE: {p.id for p in made if p.officer_id == officer.id},
            View.UNIT: {p.id for p in made if seen(p) and p.unit == officer.unit},
            View.ALL: {p.id for p in made if seen(p)},
        }
        for view, ids in wanted.items():
            choice = Choice(view=view)
            found = await office.work(
                lambda book, c=choice, r=reader: book.board(
                    r, c, today=today, soon=today, after=None, most=100
                )  # type: ignore[misc]
            )
            counts = await office.work(
                lambda book, c=choice, r=reader: book.board_counts(r, c, today=today, soon=today)  # type: ignore[misc]
            )
            assert {p.id for p in found} == ids, (officer.role, officer.unit, view)
            assert counts.all == len(ids), "no count tells of what is hidden"
            assert {colour.value for colour in Colour} == set(counts.__dataclass_fields__)
