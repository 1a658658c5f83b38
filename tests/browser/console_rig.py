"""An office at work, its console in a real browser, and the checker of accessibility."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Page

from petitions.kinds import Action, Kind, Role
from storage.records import FileRecord, OfficerRecord, PetitionRecord
from tests.browser.conftest import listen
from tests.hand_clock import HandClock
from tests.handlers.officers.office import Office
from tests.web_site import Site

AXE = Path(__file__).with_name("vendor") / "axe.min.js"


@cache
def _axe() -> str:
    return AXE.read_text("utf-8")


async def faults(page: Page) -> list[str]:
    """What the checker finds serious or critical on the page as it stands."""
    await page.evaluate(_axe())
    found: dict[str, Any] = await page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    assert len(found["passes"]) > 5, "the checker looked at nothing"
    return [
        f"{rule['id']}: {node['target']} {node['failureSummary']}"
        for rule in found["violations"]
        if rule["impact"] in ("serious", "critical")
        for node in rule["nodes"]
    ]


async def fits(page: Page) -> None:
    """Nothing is cut off sideways, and what is to be touched is large enough."""
    wide = await page.evaluate(
        """[...document.querySelectorAll("body *")].filter((one) => one.checkVisibility()
             && one.getBoundingClientRect().right > innerWidth + 1 && !one.closest(".sr, .skip"))
           .map((one) => one.outerHTML.slice(0, 120))"""
    )
    assert wide == []
    small = await page.evaluate(
        """[...document.querySelectorAll(
             "button, .button, .quiet, .tabs a, .rooms a, .colours a, input:not([type=hidden]), select")]
           .filter((one) => one.checkVisibility() && one.getBoundingClientRect().height < 43.5
             && !["checkbox", "radio"].includes(one.type))
           .map((one) => one.outerHTML.slice(0, 120))"""
    )
    assert small == [], "everything to touch is at least 44 pixels high"


async def picture(page: Page, name: str) -> None:
    """The whole page as it is, kept where TIEPDAN_TEST_PICTURES names a folder."""
    folder = os.environ.get("TIEPDAN_TEST_PICTURES")
    if folder:
        await page.screenshot(path=Path(folder) / f"console-{name}.png", full_page=True)


@asynccontextmanager
async def desk(
    browser: Browser,
    site: Site,
    office: Office,
    officer: OfficerRecord,
    complaints: list[str],
    *,
    viewport: dict[str, int],
    scheme: str = "light",
    enter: bool = True,
) -> AsyncIterator[Page]:
    """A page of this officer's browser, signed in by the link of a code."""
    context = await browser.new_context(
        base_url=site.url,
        viewport=viewport,
        locale="vi-VN",
        color_scheme=scheme,
        reduced_motion="reduce",
        timezone_id="Asia/Ho_Chi_Minh",
    )  # type: ignore[call-overload]
    page = await context.new_page()
    listen(page, complaints)
    if enter:
        code = await office.work(lambda book: book.offer_console_code(officer.id, officer.contact_ids[0]))
        await page.goto(f"/console/enter?c={code}")
        await page.get_by_role("button", name="Đăng nhập").click()
        await page.get_by_role("heading", level=1).wait_for()
    yield page
    await context.close()


async def busy_office(office: Office, clock: HandClock) -> dict[str, OfficerRecord]:
    """Some people, and petitions in every colour."""
    people = {
        "head": await office.officer("700", "ql_van_hoa", Role.HEAD, "Trần Thị Hoa"),
        "officer": await office.officer("701", "ql_van_hoa", Role.OFFICER, "Lê Văn Cán"),
        "inspector": await office.officer("702", "thanh_tra", Role.INSPECTOR, "Phạm Văn Thanh"),
    }
    late = await office.file("510")
    await office.does(people["head"], late, Action.ASSIGN, officer_id=people["officer"].id)
    await office.does(people["officer"], late, Action.ASK_CITIZEN, text="Quán tên gì, hát tới mấy giờ?")
    clock.forward(timedelta(days=12))
    await office.live_until(clock.now())
    await office.file("511", place="đình làng Cựu", topic="di_tich", unit="ql_di_san")
    await office.file("512", Kind.DENUNCIATION, unit="thanh_tra", topic=None)
    await office.file("513", Kind.COMPLAINT, unit="thanh_tra", topic=None)
    soon = await office.file("514")
    await office.does(people["officer"], soon, Action.TAKE)
    clock.forward(timedelta(days=8))
    await office.live_until(clock.now())
    for number in range(4):
        await office.file(f"52{number}")
    return people


async def a_photo(site: Site, office: Office, petition: PetitionRecord, data: bytes) -> FileRecord:
    """A stored photo of a petition."""
    from storage import files
    from tests.storage.builders import a_file

    async def pieces() -> AsyncIterator[bytes]:
        yield data

    stored = await site.store.put(pieces())

    def work(book: Any) -> FileRecord:
        file_id = book.add_file(a_file(name="hiện trường.jpg", mime="image/jpeg", petition_id=petition.id))
        files.mark_stored(
            book.connection, file_id, content_key=stored.key, size=stored.size, mime="image/jpeg"
        )
        return next(file for file in book.files_of(petition.id) if file.id == file_id)

    return await office.work(work)
