"""The console in a real browser: signing in, the board, a case from its card to its closing, a sealed identity."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from petitions.kinds import Action, Kind, Role, Stage
from petitions.reception_schedule import Mode
from storage.database import Database
from storage.ids import IdSource
from storage.keys import Vault
from storage.reception import NewBooking
from tests.browser.conftest import DESK, PHONE
from tests.browser.console_rig import a_photo, busy_office, desk, faults, fits, picture
from tests.hand_clock import HandClock
from tests.handlers.officers.office import NAME, STORY, Office
from tests.web_site import Site

pytestmark = pytest.mark.browser


@pytest.fixture
def office(sqlite_database: Database, vault: Vault, ids: IdSource, clock: HandClock) -> Office:
    return Office(sqlite_database, vault, ids, clock)


async def test_signing_in_by_code_on_a_phone(
    browser: Browser, site: Site, office: Office, complaints: list[str]
) -> None:
    head = await office.officer("700", "ql_van_hoa", Role.HEAD, "Trần Thị Hoa")
    async with desk(browser, site, office, head, complaints, viewport=PHONE, enter=False) as page:
        await page.goto("/console/sessions")
        await expect(page.get_by_role("heading", level=1)).to_have_text("Vào bảng điều hành")
        assert await faults(page) == []
        await fits(page)
        await picture(page, "phone-enter")
        await page.get_by_label("Mã đăng nhập").fill("0000-0000-0000")
        await page.get_by_role("button", name="Đăng nhập").click()
        await expect(page.get_by_role("alert")).to_contain_text("Mã không đúng")
        assert await faults(page) == []
        await page.goto("/console/sessions")
        code = (await office.command("700", "console"))[0].message.monospace[0]
        await page.get_by_label("Mã đăng nhập").fill(code.lower())
        await page.get_by_role("button", name="Đăng nhập").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("Phiên đăng nhập")
        assert await faults(page) == []
        await fits(page)
        await picture(page, "phone-sessions")
        await page.get_by_role("button", name="Đăng xuất", exact=True).click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("Vào bảng điều hành")
    assert complaints == []


@pytest.mark.parametrize(("viewport", "scheme"), [(PHONE, "light"), (DESK, "light"), (DESK, "dark")])
async def test_the_board_is_read_narrowed_and_kept_up_to_date(
    browser: Browser,
    site: Site,
    office: Office,
    clock: HandClock,
    complaints: list[str],
    viewport: dict[str, int],
    scheme: str,
) -> None:
    people = await busy_office(office, clock)
    name = f"{'phone' if viewport == PHONE else 'desk'}-{scheme}"
    inspector = people["inspector"]
    async with desk(browser, site, office, inspector, complaints, viewport=viewport, scheme=scheme) as page:
        await page.get_by_role("link", name="Toàn cơ quan").click()
        await expect(page.locator(".board tbody tr")).to_have_count(9)
        assert await faults(page) == []
        await fits(page)
        await picture(page, f"{name}-board")
        await page.get_by_label("Loại đơn").select_option("khieu_nai")
        await expect(page.locator(".board tbody tr")).to_have_count(1)
        assert "kind=khieu_nai" in page.url
        await page.get_by_label("Loại đơn").select_option("")
        await expect(page.locator(".board tbody tr")).to_have_count(9)
        await page.locator("body").press("/")
        await expect(page.locator("#q")).to_be_focused()
        await page.locator("#q").blur()
        await page.keyboard.press("j")
        await page.keyboard.press("j")
        await page.keyboard.press("k")
        await expect(page.locator(".board a.open").first).to_be_focused()
        await office.file("599")
        await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        await expect(page.locator(".board tbody tr")).to_have_count(10)
        await expect(page.locator(".board a.open").first).to_be_focused()
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", level=1)).to_contain_text("Đơn ")
    assert complaints == []


@pytest.mark.parametrize("viewport", [PHONE, DESK])
async def test_a_case_goes_from_its_card_to_its_closing(
    browser: Browser,
    site: Site,
    office: Office,
    clock: HandClock,
    complaints: list[str],
    viewport: dict[str, int],
    tmp_path: Path,
) -> None:
    people = await busy_office(office, clock)
    petition = await office.file("530")
    await a_photo(site, office, petition, a_picture())
    name = "phone" if viewport == PHONE else "desk"
    async with desk(browser, site, office, people["officer"], complaints, viewport=viewport) as page:
        await page.goto(f"/console/cases/{petition.code}")
        await expect(page.locator("#story")).to_contain_text(STORY)
        await expect(page.locator("#person")).to_contain_text(NAME)
        shown = page.locator(".files img")
        await expect(shown).to_be_visible()
        assert await shown.evaluate("(one) => one.complete && one.naturalWidth > 0")
        await page.get_by_role("button", name="Nhận xử lý").click()
        await expect(page.locator(".done")).to_contain_text("Ông/Bà đã nhận đơn này")
        assert await faults(page) == []
        await fits(page)
        await picture(page, f"{name}-case")

        await page.get_by_role("link", name="Hỏi người dân").click()
        await expect(page.get_by_role("textbox", name="Nội dung")).to_be_focused()
        await page.get_by_role("textbox", name="Nội dung").fill("Quán ở số nhà nào?")
        assert await faults(page) == []
        await picture(page, f"{name}-asking")
        await page.get_by_role("button", name="Gửi câu hỏi").click()
        await expect(page.locator(".talk")).to_contain_text("Quán ở số nhà nào?")
        await expect(page.locator(".talk")).to_contain_text("đang chờ gửi")

        await page.get_by_role("link", name="Trả lời").click()
        await page.get_by_role("textbox", name="Nội dung").fill("Đã nhắc nhở quán.")
        await office.does(people["head"], petition, Action.NOTE, text="Gọi cho tổ dân phố trước.")
        await page.get_by_role("button", name="Gửi trả lời").click()
        await expect(page.locator(".changed")).to_contain_text("Gọi cho tổ dân phố trước.")
        await expect(page.get_by_role("textbox", name="Nội dung")).to_have_value("Đã nhắc nhở quán.")
        assert await faults(page) == []
        await fits(page)
        await picture(page, f"{name}-conflict")
        await page.get_by_role("button", name="Gửi trả lời").click()
        await expect(page.locator(".done")).to_contain_text("Đã gửi trả lời")
        await page.get_by_role("button", name="Kết thúc").click()
        await expect(page.locator(".done")).to_contain_text("Đã kết thúc đơn")
    assert (await office.now(petition)).stage is Stage.CLOSED
    assert complaints == []


@pytest.mark.parametrize("viewport", [PHONE, DESK])
async def test_who_denounces_is_opened_with_a_reason_and_on_record(
    browser: Browser,
    site: Site,
    office: Office,
    clock: HandClock,
    complaints: list[str],
    viewport: dict[str, int],
) -> None:
    people = await busy_office(office, clock)
    petition = await office.file("540", Kind.DENUNCIATION, unit="thanh_tra", topic=None)
    name = "phone" if viewport == PHONE else "desk"
    async with desk(browser, site, office, people["inspector"], complaints, viewport=viewport) as page:
        await page.goto(f"/console/cases/{petition.code}")
        body = page.locator("body")
        await expect(body).not_to_contain_text(NAME)
        await expect(body).not_to_contain_text(STORY)
        assert await faults(page) == []
        await picture(page, f"{name}-sealed")
        await page.get_by_role("button", name="Mở nội dung").click()
        await expect(page.locator("#story")).to_contain_text(STORY)
        await expect(body).not_to_contain_text(NAME)
        await page.get_by_label("Lý do cần biết người gửi").fill("Mời người tố cáo tới làm việc")
        await page.get_by_role("button", name="Xem người gửi").click()
        await expect(page.locator("#person")).to_contain_text(NAME)
        await expect(page.locator(".steps-list")).to_contain_text("Mời người tố cáo tới làm việc")
        assert await faults(page) == []
        await fits(page)
        await picture(page, f"{name}-opened")
    events = await office.work(lambda book: book.events(petition.id))
    assert [e.content["opened"] for e in events if e.content.get("opened")] == ["story", "identity"]
    assert complaints == []


async def test_nobodys_words_become_markup(
    browser: Browser, site: Site, office: Office, complaints: list[str]
) -> None:
    nasty = "<img src=x onerror=\"document.title='nguy'\"><script>document.title='nguy'</script>{{ 7*7 }}"
    head = await office.officer("700", "ql_van_hoa", Role.HEAD, nasty)
    petition = await office.file("530", place=nasty, answers={"decision": nasty})
    await office.does(head, petition, Action.TAKE)
    await office.does(head, petition, Action.ASK_CITIZEN, text=nasty)
    async with desk(browser, site, office, head, complaints, viewport=DESK) as page:
        for path in ("/console?view=unit", f"/console/find?q={nasty}", f"/console/cases/{petition.code}"):
            await page.goto(path)
            assert await page.locator("img[src=x], main script").count() == 0
            assert "nguy" not in await page.title()
        await expect(page.locator(".talk")).to_contain_text(nasty)
        assert re.search(r"\b49\b", await page.locator(".talk").inner_text()) is None
    assert complaints == []


def a_picture() -> bytes:
    """A small photograph."""
    import io

    from PIL import Image

    made = io.BytesIO()
    Image.linear_gradient("L").resize((640, 480)).convert("RGB").save(made, "JPEG")
    return made.getvalue()


@pytest.mark.parametrize("viewport", [PHONE, DESK])
async def test_an_office_sets_its_people_templates_and_lists(
    browser: Browser,
    site: Site,
    office: Office,
    clock: HandClock,
    complaints: list[str],
    viewport: dict[str, int],
) -> None:
    people = await busy_office(office, clock)
    admin = await office.officer("709", "van_phong", Role.ADMIN, "Đỗ Quản Trị")
    name = "phone" if viewport == PHONE else "desk"
    async with desk(browser, site, office, admin, complaints, viewport=viewport) as page:
        await page.get_by_role("link", name="Cơ quan", exact=True).click()
        await page.get_by_label("Họ tên").fill("Ngô Thị Mới")
        await page.get_by_role("button", name="Tạo mã mời").click()
        await expect(page.locator(".big-code")).to_contain_text("/link ")
        assert await faults(page) == []
        await fits(page)
        await picture(page, f"{name}-office")
        await page.get_by_role("link", name="Mẫu trả lời").click()
        await page.get_by_label("Tên mẫu").fill("Mời làm việc")
        await page.get_by_label("Nội dung").fill("Kính mời Ông/Bà tới trụ sở về đơn {code}.")
        await page.get_by_role("button", name="Lưu mẫu").click()
        await expect(page.locator(".done")).to_contain_text("Đã lưu mẫu")
        assert await faults(page) == []
        await page.goto(f"/console/office/people/{people['officer'].id}")
        assert await faults(page) == []
        await fits(page)
        await picture(page, f"{name}-person")
        await page.goto("/console/office/units")
        assert await faults(page) == []
        await fits(page)
        await picture(page, f"{name}-units")
        await page.goto("/console/office/calendar")
        await page.get_by_label("Ngày", exact=True).fill("2026-12-18")
        await page.get_by_label("Tên gọi").fill("Nghỉ do bão")
        await page.get_by_label("Căn cứ (số văn bản)").fill("Công điện 12/CĐ-UBND")
        await page.get_by_role("button", name="Đặt ngày").click()
        await expect(page.locator(".done")).to_contain_text("Đã đặt ngày")
        await expect(page.get_by_role("button", name="Trả về bảng chung: Thứ Sáu 18/12/2026")).to_be_visible()
        assert await faults(page) == []
        await fits(page)
        await picture(page, f"{name}-calendar")
        await page.goto("/console/office/announcements")
        await page.get_by_label("Tiêu đề", exact=True).fill("Nghỉ tiếp công dân ngày 24/12")
        await page.get_by_label("Nội dung", exact=True).fill("Cơ quan tiếp bù vào ngày 25/12.")
        await page.get_by_role("button", name="Lưu bản nháp").click()
        await page.get_by_text("Nghỉ tiếp công dân ngày 24/12").click()
        assert await faults(page) == []
        await fits(page)
        await picture(page, f"{name}-announcements")
        await page.get_by_role("button", name="Đăng và gửi").click()
        await expect(page.locator(".done")).to_contain_text("Đã đăng")
        await page.goto("/announcements")
        await expect(page.get_by_role("heading", level=2)).to_have_text("Nghỉ tiếp công dân ngày 24/12")
        assert await faults(page) == []
        await picture(page, f"{name}-public-announcements")
        await page.goto("/console")
        await page.get_by_role("link", name="Tiếp dân", exact=True).click()
        await page.get_by_label("Thứ Năm", exact=True).check()
        await page.get_by_label("Người tiếp").fill("Bà Phạm Thị Lan, Chánh Thanh tra")
        await page.get_by_role("button", name="Thêm vào lịch").click()
        await expect(page.locator(".done")).to_contain_text("Đã thêm vào lịch")
        assert await faults(page) == []
        await fits(page)
        await picture(page, f"{name}-reception-schedule")
    async with desk(browser, site, office, people["inspector"], complaints, viewport=viewport) as page:
        seat = {
            "line_id": 0,
            "at": clock.now(),
            "day": clock.now().date(),
            "seats": 1,
            "mode": Mode.IN_PERSON,
        }
        words = {"name": "Nguyễn Văn Bình", "phone": "0912345678", "matter": "Hỏi về quyết định phạt"}
        await office.work(lambda book: book.take_seat(NewBooking(**seat, **words)))  # type: ignore[arg-type]
        await page.goto("/console/reception")
        await page.get_by_role("button", name="Đã đến").click()
        await expect(page.locator(".tag.good")).to_have_text("đã đến")
        assert await faults(page) == []
        await fits(page)
        await picture(page, f"{name}-reception")
    async with desk(browser, site, office, people["head"], complaints, viewport=viewport) as page:
        await page.goto("/console?view=unit&officer=0")
        boxes = page.locator("input[name=pick]")
        for place in range(2):
            await boxes.nth(place).check()
        await page.get_by_label("Giao các đơn đã đánh dấu cho").select_option(
            label="Lê Văn Cán (cán bộ xử lý)"
        )
        await page.get_by_text("Danh sách của tôi").click()
        assert await faults(page) == []
        await fits(page)
        await picture(page, f"{name}-bulk")
        await page.get_by_role("button", name="Giao", exact=True).click()
        await expect(page.locator(".tag.good")).to_have_count(2)
        assert await faults(page) == []
        await page.goto("/console?view=unit&officer=0")
        await page.get_by_text("Danh sách của tôi").click()
        await page.get_by_label("Tên danh sách").fill("Chưa ai nhận")
        await page.get_by_role("button", name="Lưu danh sách đang xem").click()
        await expect(page.get_by_role("link", name="★ Chưa ai nhận")).to_have_attribute(
            "aria-current", "page"
        )
        await page.get_by_role("link", name="Việc của tôi").click()
        mine = await office.work(lambda book: book.open_of_officer(people["officer"].id))
        await page.goto("/console?view=unit")
        await page.locator(".board a.open").first.click()
        await page.get_by_role("link", name="Nhắn người dân").click()
        await page.get_by_label("Mẫu trả lời").select_option(label="Mời làm việc")
        await expect(page.get_by_role("textbox", name="Nội dung")).to_have_value(
            re.compile("Kính mời Ông/Bà")
        )
        assert len(mine) >= 2
    assert complaints == []


@pytest.mark.parametrize("viewport", [PHONE, DESK])
async def test_a_petition_made_at_the_desk_is_entered_and_its_receipt_printed(
    browser: Browser, site: Site, office: Office, complaints: list[str], viewport: dict[str, int]
) -> None:
    intake = await office.officer("700", "thanh_tra", Role.INTAKE, "Vũ Thị Đón")
    name = "phone" if viewport == PHONE else "desk"
    async with desk(browser, site, office, intake, complaints, viewport=viewport) as page:
        await page.get_by_role("link", name="Nhập đơn").click()
        await page.get_by_label("Nội dung, theo lời người gửi").fill(STORY)
        await page.get_by_role("button", name="Xem lại trước khi ghi").click()
        await expect(page.get_by_role("alert")).to_contain_text("xem lại các mục")
        assert await faults(page) == []
        await fits(page)
        await picture(page, f"{name}-entry")
        await page.get_by_label("Họ tên").fill(NAME)
        await page.get_by_label("Lĩnh vực").select_option("karaoke_vu_truong")
        await page.get_by_role("button", name="Xem lại trước khi ghi").click()
        await expect(page.locator(".facts")).to_contain_text("Phòng Quản lý văn hóa và gia đình")
        assert await faults(page) == []
        await picture(page, f"{name}-entry-review")
        await page.get_by_role("button", name="Ghi nhận đơn").click()
        await expect(page.locator(".big-code").first).to_be_visible()
        assert await faults(page) == []
        await fits(page)
        await picture(page, f"{name}-entered")
        async with page.expect_download() as started:
            await page.get_by_role("button", name="In giấy xác nhận").click()
        assert (await (await started.value).path()).read_bytes()[:5] == b"%PDF-"
        await page.get_by_role("link", name="Mở đơn").click()
        await page.get_by_text("Thêm tệp của cơ quan").click()
        await page.get_by_label("Tệp (tối đa").set_input_files(
            {"name": "biên bản.jpg", "mimeType": "image/jpeg", "buffer": a_picture()}
        )
        await page.get_by_role("button", name="Thêm vào hồ sơ").click()
        await expect(page.locator(".files img")).to_be_visible()
        assert await faults(page) == []
        await fits(page)
    assert complaints == []


@pytest.mark.parametrize("viewport", [PHONE, DESK])
async def test_a_report_is_made_read_submitted_and_fetched(
    browser: Browser,
    site: Site,
    office: Office,
    clock: HandClock,
    complaints: list[str],
    viewport: dict[str, int],
) -> None:
    people = await busy_office(office, clock)
    await office.file("541", Kind.DENUNCIATION)
    name = "phone" if viewport == PHONE else "desk"
    async with desk(browser, site, office, people["inspector"], complaints, viewport=viewport) as page:
        await page.get_by_role("link", name="Báo cáo", exact=True).click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("Báo cáo")
        assert await faults(page) == []
        await fits(page)
        await picture(page, f"{name}-reports")
        await page.get_by_role("link", name=re.compile("tổng hợp.*Quý IV")).click()
        await page.get_by_role("button", name="Lập số liệu").click()
        await expect(page.locator(".figures tbody tr")).to_have_count(25)
        await expect(page.locator(".note").first).to_contain_text("Số liệu tạm tính")
        assert await faults(page) == []
        await fits(page)
        await picture(page, f"{name}-report")
        async with page.expect_download() as started:
            await page.get_by_role("link", name="Bảng biểu (.xlsx)").click()
        assert (await (await started.value).path()).read_bytes()[:2] == b"PK"
        await page.get_by_text("Biểu theo đơn vị").click()
        await expect(page.locator(".official tbody tr").last).to_contain_text("Tổng cộng")
        assert await faults(page) == []
        await picture(page, f"{name}-report-units")
        await page.locator(".figures .now a").first.click()
        await expect(page.locator(".board tbody tr").first).to_be_visible()
        await expect(page.locator(".note")).to_contain_text("không có quyền mở")
        assert await faults(page) == []
        await fits(page)
        await picture(page, f"{name}-report-cases")
        await page.goto("/console/reports/2026-Q1/thanh_tra?form=1")
        await page.get_by_text("Số liệu đơn vị tự nhập").click()
        await page.get_by_label("10 Tiếp định kỳ").fill("1.200")
        assert await faults(page) == []
        await fits(page)
        await page.get_by_role("button", name="Lưu và lập lại số liệu").click()
        await expect(page.locator(".figures")).to_contain_text("1.200")
        await page.get_by_role("button", name="Nộp báo cáo của đơn vị").click()
        await expect(page.locator(".done")).to_contain_text("Đã nộp báo cáo")
        await expect(page.locator(".hash")).to_have_text(re.compile("[0-9a-f]{64}"))
        assert await faults(page) == []
        await fits(page)
        await picture(page, f"{name}-report-submitted")
        await page.get_by_role("link", name="Phần lời").click()
        assert await faults(page) == []
        await fits(page)
        await picture(page, f"{name}-report-words")
    assert complaints == []
