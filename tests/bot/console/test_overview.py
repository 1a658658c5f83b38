"""The overview: each reader's figures hold what that reader may know, and open the lists they count."""

from __future__ import annotations

import html
import re
from datetime import date, timedelta

import pytest

from bot.console.overview import KEPT_SECONDS
from handlers.console_board import Look
from handlers.console_overview import figures, read_scope
from petitions.hotspots import CellKind, Finding
from petitions.kinds import Action, ActorKind, Kind, Role
from storage.casebook import Casebook
from storage.hotspots_sightings import Cell
from storage.records import ActorRef, OfficerRecord, PetitionRecord
from tests.bot.console.rig import Answer, Browser, signed_in, somebody
from tests.hand_clock import HandClock
from tests.handlers.officers.office import Office
from tests.web_site import Site


def tiles(page: Answer) -> list[str]:
    """Open, overdue, due soon, on time, received, done."""
    return re.findall(r'class="tile-number">([^<]+)<', page.text)


def links(page: Answer, part: str) -> list[str]:
    """Addresses in the section with that heading's id."""
    section = page.text[page.text.index(f'aria-labelledby="{part}-title"') :]
    section = section[: section.index("</section>")]
    return [html.unescape(found) for found in re.findall(r'class="figure-link" href="([^"]+)"', section)]


@pytest.fixture
async def busy(office: Office, clock: HandClock) -> dict[str, OfficerRecord]:
    """A unit with work in every state, and another one with a sealed case."""
    people = {
        "head": await somebody(office, Role.HEAD),
        "clerk": await somebody(office, Role.OFFICER),
        "other": await somebody(office, Role.HEAD, "thanh_tra"),
        "inspector": await somebody(office, Role.INSPECTOR, "thanh_tra"),
        "director": await somebody(office, Role.DIRECTOR, "lanh_dao"),
    }
    late = await office.file("510")
    await office.does(people["head"], late, Action.ASSIGN, officer_id=people["clerk"].id)
    done = await office.file("511", topic="le_hoi")
    await office.does(people["clerk"], done, Action.TAKE)
    await office.does(people["clerk"], done, Action.ANSWER, text="Đã nhắc nhở.")
    clock.forward(timedelta(days=21))
    await office.live_until(clock.now())
    await office.file("512")
    await office.file("513", Kind.DENUNCIATION, topic=None)
    await office.file("514", unit="thanh_tra")
    return people


async def open_number(one: Browser, address: str) -> int:
    """How many open petitions a list of the board says it has."""
    page = await one.get(address)
    assert page.status == 200
    found = re.search(r"(\d+) đang mở", page.words)
    assert found is not None
    return int(found[1])


async def test_each_reader_sees_figures_of_what_they_may_know(
    site: Site, office: Office, busy: dict[str, OfficerRecord]
) -> None:
    for who, (opened, received) in {
        "head": ("4", "4"),  # with the sealed case of the unit
        "other": ("1", "1"),
        "inspector": ("4", "4"),  # every unit, without that case
        "director": ("4", "4"),
    }.items():
        async with signed_in(site, office, busy[who]) as one:
            page = await one.get("/console/overview")
            found = tiles(page)
            assert (found[0], found[4]) == (opened, received), who
            sealed_told = "Đơn giữ bí mật của đơn vị khác" in page.words
            assert sealed_told is (who in ("inspector", "director"))
    async with signed_in(site, office, busy["clerk"]) as one:
        for path in ("", "/decisions", "/passed", "/hotspots/1"):
            refused = await one.get(f"/console/overview{path}")
            nowhere = await one.get(f"/console/nothing{path}")
            assert (refused.status, refused.words) == (404, nowhere.words)
        assert "Tổng quan" not in (await one.get("/console")).words


async def test_each_figure_opens_the_list_it_counts(
    site: Site, office: Office, busy: dict[str, OfficerRecord]
) -> None:
    for who in ("head", "inspector"):
        async with signed_in(site, office, busy[who]) as one:
            page = await one.get("/console/overview")
            pairs = re.findall(
                r'<a class="tile[^"]*" href="([^"]+)"><span class="tile-number">(\d+)<', page.text
            )
            assert await open_number(one, html.unescape(pairs[0][0])) == int(pairs[0][1])
            for colour, (address, number) in zip(("late", "soon"), pairs[1:3], strict=True):
                listed = await one.get(html.unescape(address))
                assert listed.text.count('class="open" href="/console/cases/') == int(number), colour
            for address, number in set(
                re.findall(r'class="figure-link" href="(/console\?[^"]+)">(\d+)<', page.text)
            ):
                listed = await one.get(html.unescape(address))
                assert listed.text.count('class="open" href="/console/cases/') == int(number), address
            passed = [each for each in links(page, "rules") if "/passed?" in each]
            assert passed
            for address in passed:
                number = re.search(
                    rf'href="{re.escape(html.escape(address))}">(\d+)<', page.text.replace("&#34;", '"')
                )
                assert number is not None
                listed = await one.get(address)
                assert listed.text.count('<th scope="row">') == int(number[1])


async def test_a_case_that_is_sealed_later_leaves_every_figure_of_others(
    site: Site, office: Office, busy: dict[str, OfficerRecord], ticks: list[float]
) -> None:
    filed = await office.file("520", Kind.COMPLAINT, topic=None)
    async with signed_in(site, office, busy["inspector"]) as one:
        assert tiles(await one.get("/console/overview"))[4] == "5"
        await office.does(busy["inspector"], filed, Action.CORRECT, kind=Kind.DENUNCIATION, reason="Tố cáo.")
        assert (await office.now(filed)).kind is Kind.DENUNCIATION
        ticks[0] += KEPT_SECONDS + 1
        after = tiles(await one.get("/console/overview"))
        assert (after[0], after[4]) == ("4", "4")
    async with signed_in(site, office, busy["head"]) as one:
        assert tiles(await one.get("/console/overview"))[4] == "5"


async def test_nobody_sees_a_case_against_themselves_in_a_figure(
    office: Office, busy: dict[str, OfficerRecord]
) -> None:
    before = await seen(office, busy["head"])
    await against(office, await office.file("521", Kind.DENUNCIATION, topic=None), busy["head"])
    assert await seen(office, busy["head"]) == before
    other = await somebody(office, Role.HEAD, chat="99")
    assert (await seen(office, other))[1] == before[1] + 1


async def test_what_a_unit_did_stays_with_it_when_the_case_moves_on(
    site: Site, office: Office, busy: dict[str, OfficerRecord]
) -> None:
    async with signed_in(site, office, busy["head"]) as one:
        page = await one.get("/console/overview/passed")
        known = re.findall(r'href="/console/cases/([0-9A-Z]+)"', page.text)
        assert known
    for code in known:
        petition = await office.work(lambda book, code=code: book.petition_by_code(code))
        assert petition is not None
        await office.does(
            busy["head"], petition, Action.TRANSFER, unit="thanh_tra", reason="Thuộc thẩm quyền."
        )
    async with signed_in(site, office, busy["head"]) as one:
        page = await one.get("/console/overview/passed")
        assert page.text.count('<th scope="row">') >= len(known)
        assert "đơn đã chuyển sang đơn vị khác" in page.words
        assert not any(code in page.text for code in known)
    async with signed_in(site, office, busy["inspector"]) as one:
        page = await one.get("/console/overview/passed?unit=ql_van_hoa")
        assert all(code in page.text for code in known)
        assert "Điều 28 Luật Tiếp công dân" in page.words or "quy định của cơ quan" in page.words


async def test_decisions_to_be_carried_out_are_listed_the_soonest_first(
    site: Site, office: Office, busy: dict[str, OfficerRecord], clock: HandClock
) -> None:
    today = clock.now().date()
    plain, sealed = await office.file("540"), await office.file("541", Kind.DENUNCIATION, topic=None)
    for petition, due in ((plain, today - timedelta(days=3)), (sealed, today + timedelta(days=9))):
        await order(office, petition, due, busy["clerk"])
    async with signed_in(site, office, busy["head"]) as one:
        page = await one.get("/console/overview")
        assert "2 việc chưa làm xong, trong đó 1 việc quá hạn." in page.words
        found = await one.get("/console/overview/decisions")
        assert re.findall(r'href="/console/cases/([0-9A-Z]+)"', found.text) == [plain.code, sealed.code]
        assert "Trả lại mặt bằng. " in found.words
        assert "quá 3 ngày" in found.words
        assert "Việc của một đơn giữ bí mật" in found.words
    async with signed_in(site, office, busy["inspector"]) as one:
        found = await one.get("/console/overview/decisions?unit=ql_van_hoa")
        assert "1 việc chưa làm xong, trong đó 1 việc quá hạn." in found.words
        assert sealed.code not in found.text
        assert "Không có việc nào" in (await one.get("/console/overview/decisions?unit=thanh_tra")).words


async def test_hotspots_are_listed_for_those_who_follow_them(
    site: Site, office: Office, busy: dict[str, OfficerRecord]
) -> None:
    petitions = [await office.file(f"55{number}") for number in range(3)]

    def find(book: Casebook) -> int:
        found = book.open_hotspot(
            Cell(7, CellKind.TOPIC_UNIT, None, None, 3),
            Finding(7, 3, 0.5, 1e-6),
            [each.id for each in petitions],
            topic="le_hoi",
            unit="ql_van_hoa",
            place="",
            since_day=office.clock.now().toordinal(),
            remind_at=office.clock.now(),
        )
        return found.id

    number = await office.work(find)
    for who in ("head", "inspector", "director"):
        async with signed_in(site, office, busy[who]) as one:
            page = await one.get("/console/overview")
            assert "Chưa ai nắm." in page.words, who
            assert f'href="/console/overview/hotspots/{number}"' in page.text
            listed = await one.get(f"/console/overview/hotspots/{number}")
            assert all(each.code in listed.text for each in petitions)
            assert "3 đơn từ ngày" in listed.words
    await office.work(
        lambda book: book.change_hotspot(
            number, state="acknowledged", acknowledged_at=office.clock.now(), acknowledged_by=busy["head"].id
        )
    )
    async with signed_in(site, office, busy["head"]) as one:
        assert "đã nắm ngày" in (await one.get("/console/overview")).words
    outsider = await somebody(office, Role.HEAD, "bao_tang")
    async with signed_in(site, office, outsider) as one:
        assert "Không có điểm nóng nào" in (await one.get("/console/overview")).words
        assert (await one.get(f"/console/overview/hotspots/{number}")).status == 404


async def test_strange_wishes_count_as_none(
    site: Site, office: Office, busy: dict[str, OfficerRecord]
) -> None:
    async with signed_in(site, office, busy["inspector"]) as one:
        for query in ("unit=x&weeks=9999", "unit=%00&weeks=-1", "weeks=" + "9" * 5000):
            assert (await one.get(f"/console/overview?{query}")).status == 200
        for query in (
            "first=2026-13-45&last=x", "after=2026-01-01.99999999999999999999", "officer=0&rule=<b>", "open=2",
        ):  # fmt: skip
            page = await one.get(f"/console/overview/passed?{query}")
            assert page.status == 200
            assert "<b>" not in page.text
        assert (await one.get("/console/overview/hotspots/999999999999999999")).status == 404
    async with signed_in(site, office, busy["head"]) as one:
        own, asked = await one.get("/console/overview"), await one.get("/console/overview?unit=thanh_tra")
        assert tiles(asked) == tiles(own), "a head has no other unit"


async def test_figures_are_kept_for_a_minute_and_lists_are_not(
    site: Site, office: Office, busy: dict[str, OfficerRecord], ticks: list[float]
) -> None:
    async with signed_in(site, office, busy["head"]) as one:
        first = tiles(await one.get("/console/overview"))
        await office.file("530")
        assert tiles(await one.get("/console/overview")) == first
        ticks[0] += KEPT_SECONDS + 1
        assert int(tiles(await one.get("/console/overview"))[0]) == int(first[0]) + 1


async def seen(office: Office, officer: OfficerRecord) -> tuple[int, int]:
    """Open and received, as this officer's overview counts them."""

    def count(book: Casebook) -> tuple[int, int]:
        look = Look(office.facts, book, office.clock.now())
        scope = read_scope(office.facts.agency, officer, {})
        found = figures(look, officer, scope, office.facts.catalogue.language("vi"))
        assert found.whole
        assert found.last >= date(2026, 1, 1)
        return found.now.open, found.now.flow.received

    return await office.work(count)


async def order(office: Office, petition: PetitionRecord, due: date, officer: OfficerRecord) -> None:
    """A decision in force orders something to be done until a day."""

    def work(book: Casebook) -> None:
        locked = book.petition(petition.id, lock=True)
        assert locked is not None
        task = {
            "op": "task", "id": book.ids.new(), "unit": petition.unit, "officer_id": officer.id,
            "due": due.isoformat(), "what": "Trả lại mặt bằng.",
        }  # fmt: skip
        book.record(
            locked, action=Action.ORDER_TASK, actor=ActorRef(kind=ActorKind.SERVICE), content={}, changes={},
            operations=[task],
        )  # fmt: skip

    await office.work(work)


async def against(office: Office, petition: PetitionRecord, accused: OfficerRecord) -> None:
    """The case turns out to be against this officer."""

    def work(book: Casebook) -> None:
        locked = book.petition(petition.id, lock=True)
        assert locked is not None
        book.record(
            locked, action=Action.NOTE, actor=ActorRef(kind=ActorKind.SERVICE), content={},
            changes={"accused_id": accused.id},
        )  # fmt: skip

    await office.work(work)
