"""Look-up: a stranger sees stage and dates, the petitioner everything, a guesser nothing."""

from __future__ import annotations

import random
import re
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import pytest

from petitions.codes import TrackingCode, new_secret, show_secret
from petitions.kinds import Action, ActorKind, Kind, Stage
from storage.casebook import Casebook
from storage.records import ActorRef, PetitionContent, PetitionRecord
from tests.bot.web.test_web_chat import message, post
from tests.storage.builders import a_filing
from tests.web_site import Site

SECRET = new_secret(random.Random(7))
OTHER_SECRET = new_secret(random.Random(8))
OFFICE = ActorRef(kind=ActorKind.SERVICE)

File = Callable[..., Awaitable[PetitionRecord]]


@pytest.fixture
def file(site: Site) -> File:
    """File a petition, take it and answer it."""

    async def filed(**given: Any) -> PetitionRecord:
        story = PetitionContent(story=("Quán hát quá giờ, rất ồn. <b>Xin xem</b>",))
        filing = a_filing(content=story, unit="ql_van_hoa", secret=SECRET, **given)

        def work(book: Casebook) -> PetitionRecord:
            petition = book.file(filing)
            for action, stage, text in (
                (Action.START, Stage.IN_PROGRESS, ""),
                (Action.NOTE, Stage.IN_PROGRESS, "ghi chú nội bộ"),
                (Action.ANSWER, Stage.ANSWERED, "Đã kiểm tra và nhắc nhở quán."),
            ):
                petition = book.record(
                    petition, action=action, actor=OFFICE, content={"text": text}, changes={"stage": stage}
                )
            return petition

        return await site.database.transact(lambda connection: work(site.books(connection)))

    return filed


async def look(session: aiohttp.ClientSession, **form: str) -> tuple[int, str]:
    async with session.post("/status", data=form) as response:
        return response.status, await response.text()


async def test_a_stranger_sees_stage_and_dates_only(site: Site, file: File) -> None:
    petition = await file()
    async with site.visitor() as stranger, stranger.get(f"/status?code={petition.code.lower()}") as response:
        page = await response.text()
    assert response.status == 200
    assert "Đã trả lời" in page
    assert "09:00 ngày 23/11/2026" in page
    for hidden in ("Phản ánh<", "Quán hát", "Đã kiểm tra", "Phòng Quản lý văn hóa", "/PA-2026", "ghi chú"):
        assert hidden not in page


@pytest.mark.parametrize("kind", [Kind.DENUNCIATION, Kind.ANONYMOUS_TIP])
async def test_of_a_denunciation_a_stranger_sees_the_stage_only(site: Site, file: File, kind: Kind) -> None:
    petition = await file(kind=kind, confidential=True)
    async with site.visitor() as stranger:
        status, page = await look(stranger, code=petition.code)
    assert status == 200
    assert "Đã trả lời" in page
    assert not re.search(r"\d\d/\d\d/2026", page)
    assert "Tố cáo" not in page


@pytest.mark.parametrize("typed", [SECRET, show_secret(SECRET), show_secret(SECRET).lower()])
async def test_the_secret_shows_ones_own_case(site: Site, file: File, typed: str) -> None:
    petition = await file()
    async with site.visitor() as owner:
        status, page = await look(owner, code=petition.code, secret=typed)
    assert status == 200
    for shown in (
        "Phản ánh",
        "00001/PA-2026",
        "Phòng Quản lý văn hóa và gia đình",
        "Đã kiểm tra và nhắc nhở quán.",
        "Bắt đầu xử lý",
        "Quán hát quá giờ, rất ồn. &lt;b&gt;Xin xem&lt;/b&gt;",
    ):
        assert shown in page
    assert "ghi chú nội bộ" not in page
    assert SECRET not in page
    assert show_secret(SECRET) not in page


async def test_a_discreet_case_names_neither_kind_nor_register_even_to_its_owner(
    site: Site, file: File
) -> None:
    petition = await file(discreet=True)
    async with site.visitor() as owner:
        _, page = await look(owner, code=petition.code, secret=SECRET)
    assert "Đã kiểm tra" in page
    assert "/PA-2026" not in page
    assert "Phản ánh</dd>" not in page


async def test_the_browser_that_sent_it_needs_no_secret(site: Site, file: File) -> None:
    async with site.visitor() as owner, site.visitor() as stranger:
        await post(owner, message(text="a"))
        chat = site.office.got[0].chat
        turn = await site.database.transact(
            lambda connection: site.books(connection).open_turn(channel="web", account="web", chat=chat)
        )
        petition = await file(conversation_id=turn.conversation.id, contact_id=turn.contact.id)
        _, own = await look(owner, code=petition.code)
        _, other = await look(stranger, code=petition.code)
        async with owner.post("/status/leave") as left:
            assert "không còn giữ cuộc trò chuyện" in await left.text()
        _, gone = await look(owner, code=petition.code)
    assert "Đã kiểm tra" in own
    assert "Đã kiểm tra" not in other
    assert "Đã kiểm tra" not in gone


async def test_a_slip_in_the_code_is_told_and_costs_nothing(site: Site, file: File) -> None:
    petition = await file()
    slip = ("2" if petition.code[0] != "2" else "3") + petition.code[1:]
    async with site.visitor() as visitor:
        for _ in range(40):
            status, page = await look(visitor, code=slip)
        assert status == 400
        assert "Có một ký tự bị gõ nhầm" in page
        status, page = await look(visitor, code="không phải mã <script>")
        assert status == 400
        assert "gồm 12 chữ và số" in page
        assert "<script>" not in page
        status, _ = await look(visitor, code=petition.code)
    assert status == 200


async def test_unknown_codes_and_wrong_secrets_are_answered_alike(site: Site, file: File) -> None:
    petition = await file()
    unknown = TrackingCode.generate(random.Random(99))
    async with site.visitor() as visitor:
        absent = await look(visitor, code=str(unknown), secret=OTHER_SECRET)
        wrong = await look(visitor, code=petition.code, secret=OTHER_SECRET)
        nonsense = await look(visitor, code=petition.code, secret="x")
        without = await look(visitor, code=str(unknown))

    def same(answer: tuple[int, str], code: str) -> tuple[int, str]:
        return answer[0], answer[1].replace(str(TrackingCode(code)), "CODE")

    assert same(absent, unknown.value) == same(wrong, petition.code) == same(nonsense, petition.code)
    assert absent[0] == without[0] == 404
    assert "Không có đơn nào mang mã này" in without[1]


async def test_guessing_is_stopped_but_a_right_secret_still_opens(site: Site, file: File) -> None:
    petition = await file()
    chance = random.Random(5)
    async with site.visitor() as guesser:
        answers = [(await look(guesser, code=str(TrackingCode.generate(chance))))[0] for _ in range(32)]
        assert answers[:30] == [404] * 30
        assert answers[30:] == [429] * 2
        blocked, page = await look(guesser, code=petition.code)
        assert blocked == 429, "a right guess is told no differently from a wrong one"
        assert "Đã trả lời" not in page
        opened, _ = await look(guesser, code=petition.code, secret=SECRET)
        assert opened == 200
    async with aiohttp.ClientSession(site.url, headers={"X-Forwarded-For": "203.0.113.7"}) as elsewhere:
        status, _ = await look(elsewhere, code=petition.code)
    assert status == 200, "others are not locked out"


async def test_a_secret_in_an_address_is_not_taken(site: Site, file: File) -> None:
    petition = await file()
    async with site.visitor() as visitor:
        async with visitor.get(f"/status?code={petition.code}&secret={SECRET}") as response:
            assert "Đã kiểm tra" not in await response.text()
        async with visitor.post(
            "/status",
            data={"code": petition.code, "secret": SECRET},
            headers={"Origin": "https://evil.example"},
        ) as foreign:
            assert foreign.status == 403
