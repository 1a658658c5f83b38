"""Identity numbers are asked for on a page of our own: the đơn goes on there, and comes back whole."""

from __future__ import annotations

import pytest

from handlers.messages import Outgoing
from storage.database import Database
from storage.ids import IdSource
from storage.keys import Vault
from tests.hand_clock import HandClock
from tests.handlers.citizens.forms import IDENTITY
from tests.handlers.citizens.two_chats import Chat, Post


@pytest.fixture
def post(sqlite_database: Database, vault: Vault, ids: IdSource, clock: HandClock) -> Post:
    return Post(sqlite_database, vault, ids, clock)


def text(said: list[Outgoing]) -> str:
    return "\n".join(message.text for message in said)


def papers(said: list[Outgoing]) -> list[str]:
    return [message.file.paper for message in said if message.file is not None]


async def asked_for_identity(messenger: Chat) -> list[Outgoing]:
    """A complaint of the messenger, told until its form asks for the identity number."""
    await messenger.say("Tôi muốn khiếu nại việc Sở trả hồ sơ cấp giấy phép của tôi")
    await messenger.say("Ngày 10/5/2026 tôi nhận văn bản trả hồ sơ thông báo quảng cáo, không nêu điều khoản")
    await messenger.say("Vũ Văn Hải, tổ 5 phường Minh Khai, 0951 223 455")
    await messenger.say("bỏ qua")
    await messenger.press("Xác nhận gửi")
    await messenger.press("Hoàn thiện đơn")
    await messenger.say("Thanh tra Sở")
    return await messenger.say("Sở nhận lại hồ sơ")


async def test_the_number_is_told_on_our_page_and_its_paper_stays_out_of_the_messenger(post: Post) -> None:
    messenger, browser = post.messenger(), post.browser()
    asked = await asked_for_identity(messenger)
    assert "nên nhập trên trang riêng của cơ quan" in text(asked)
    there = await browser.take(messenger.link())
    assert "Số căn cước, số định danh cá nhân hoặc hộ chiếu của Ông/Bà?" in text(there)
    await browser.say(IDENTITY)
    await browser.say("5/3/2022")
    ready = await browser.say("Bộ Công an")
    assert papers(ready) == ["complaint.pdf", "complaint.docx"]
    await browser.press("Đưa cuộc trò chuyện về")
    (petition,) = await post.petitions()
    values = await post.work(lambda book: book.form_values(petition.id))
    assert values["identity_number"] == IDENTITY
    given = await messenger.say("in đơn cho tôi")
    assert papers(given) == []
    assert "nên lấy trên trang riêng" in text(given)
    again = await browser.take(messenger.link())
    assert papers(again) == ["complaint.pdf", "complaint.docx"]


async def test_who_insists_gets_the_paper_in_the_messenger(post: Post) -> None:
    messenger, browser = post.messenger(), post.browser()
    await asked_for_identity(messenger)
    await browser.take(messenger.link())
    await browser.say(IDENTITY)
    await browser.press("Đưa cuộc trò chuyện về")
    await messenger.say("in đơn cho tôi")
    assert papers(await messenger.press("Vẫn gửi đơn vào đây")) == ["complaint.pdf", "complaint.docx"]


async def test_who_insists_types_the_number_in_the_messenger(post: Post) -> None:
    messenger = post.messenger()
    await asked_for_identity(messenger)
    plain = await messenger.press("Tôi vẫn nhập ở đây")
    assert text(plain) == "Số căn cước, số định danh cá nhân hoặc hộ chiếu của Ông/Bà?"
    taken = await messenger.say(IDENTITY)
    assert "•••••••••345" in text(taken)


async def test_without_a_safe_page_paper_and_the_desk_remain(post: Post) -> None:
    post.public_url = ""
    asked = await asked_for_identity(post.messenger())
    assert "ghi số này trên đơn giấy" in text(asked)
    assert not [button.url for message in asked for row in message.rows for button in row if button.url]


async def test_our_own_page_asks_for_the_number_plainly(post: Post) -> None:
    asked = await asked_for_identity(post.browser())
    assert text(asked).endswith("Số căn cước, số định danh cá nhân hoặc hộ chiếu của Ông/Bà?")


async def test_the_form_of_a_denunciation_is_offered_our_page_from_its_first_question(post: Post) -> None:
    messenger = post.messenger()
    await messenger.say("Tôi tố cáo ông Hùng, trưởng ban quản lý di tích, lấy tiền công đức về xây nhà riêng")
    await messenger.press("Giữ bí mật")
    await messenger.say("Nguyễn Thị Sen 0951 223 455")
    await messenger.press("Gửi bí mật")
    asked = await messenger.press("Hoàn thiện đơn")
    assert "Nội dung tố cáo nên viết trên trang riêng" in text(asked)
    there = await post.browser().take(messenger.link())
    assert "Người hoặc cơ quan bị tố cáo là ai" in text(there)
