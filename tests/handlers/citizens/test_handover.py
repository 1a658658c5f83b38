"""From the messenger to our own page and back: what is told, what is kept, what is said meanwhile."""

from __future__ import annotations

from datetime import timedelta

import pytest

from handlers import notices
from handlers.case_details import Details
from handlers.citizens import own_page
from handlers.citizens.chat import Chat as CitizenChat
from handlers.citizens.state import load, save
from handlers.messages import Button, Choice, Edit, FileKind, Files, IncomingFile, Outgoing, Text
from handlers.turn import Turn
from petitions.identity import Identity, Paper
from petitions.kinds import Action, ActorKind, Kind
from storage.database import Database
from storage.ids import IdSource
from storage.keys import Vault
from storage.records import ActorRef
from tests.hand_clock import HandClock
from tests.handlers.citizens.two_chats import SAFE, Chat, Post

STORY = "Tôi tố cáo ông Hùng, trưởng ban quản lý di tích, lấy tiền công đức của đình làng về xây nhà riêng"
NOISE = "Quán karaoke Trăng Thanh ở đường Nguyễn Văn Trỗi, Phủ Lý hát tới 1h sáng, tối nào cũng vậy"
OWN = "trang riêng của cơ quan"


@pytest.fixture
def post(sqlite_database: Database, vault: Vault, ids: IdSource, clock: HandClock) -> Post:
    return Post(sqlite_database, vault, ids, clock)


@pytest.fixture
def messenger(post: Post) -> Chat:
    return post.messenger()


@pytest.fixture
def browser(post: Post) -> Chat:
    return post.browser()


def text(said: list[Outgoing]) -> str:
    return "\n".join(message.text for message in said)


def urls(said: list[Outgoing]) -> list[str]:
    return [button.url for message in said for row in message.rows for button in row if button.url]


async def handed_over(messenger: Chat, browser: Chat, story: str = STORY) -> list[Outgoing]:
    await messenger.say(story)
    return await browser.take(messenger.link())


# --- the offer


async def test_a_denunciation_is_offered_our_own_page_once(messenger: Chat) -> None:
    asked = await messenger.say(STORY)
    assert OWN in text(asked)
    assert "10 phút" in text(asked)
    assert len(urls(asked)) == 1

    later = [*await messenger.press("Giữ bí mật"), *await messenger.say("Nguyễn Thị Sen 0951 223 455")]
    assert not urls(later), "who goes on here insists, and is not asked again"
    draft = (await messenger.memory()).draft
    assert draft is not None
    assert draft.told_own_page
    assert draft.get("name") == "Nguyễn Thị Sen"


async def test_the_kind_chosen_from_the_menu_is_offered_it_before_a_word_is_told(messenger: Chat) -> None:
    await messenger.command("start")
    await messenger.press("Gửi đơn")
    asked = await messenger.press("Tố cáo")
    assert OWN in text(asked)
    assert len(urls(asked)) == 1


async def test_other_kinds_are_offered_nothing(messenger: Chat) -> None:
    assert not urls(await messenger.say(NOISE))


@pytest.mark.parametrize("address", ["", "http://tiepdan.example.vn"])
async def test_without_a_safe_address_no_link_is_offered(post: Post, address: str) -> None:
    post.public_url = address
    assert not urls(await post.messenger().say(STORY))


async def test_our_own_page_offers_no_link(browser: Chat) -> None:
    assert not urls(await browser.say(STORY))


# --- taking over


async def test_the_page_puts_the_pending_question_and_the_first_chat_is_told(
    messenger: Chat, browser: Chat
) -> None:
    await messenger.say(STORY)
    before = len(messenger.heard)
    here = await browser.take(messenger.link())

    assert "tiếp tục ở đây" in text(here)
    assert "tiền công đức" in text(here), "what was told is shown again on our own page"
    assert browser.button("Giữ bí mật").token
    told = messenger.heard[before:]
    assert "đã chuyển sang trang riêng" in text(told)
    assert messenger.button("Đưa cuộc trò chuyện về").token


async def test_what_was_typed_is_kept_and_asked_to_be_deleted(messenger: Chat, browser: Chat) -> None:
    await messenger.say("xin chào")
    await messenger.say(STORY)
    photo = IncomingFile(kind=FileKind.PHOTO, platform_id="p1")
    await messenger.do(Files(files=(photo,), caption="ảnh căn nhà đang xây của ông ấy"))
    await browser.take(messenger.link())

    told = messenger.heard[-1]
    assert set(messenger.refs[1:]) <= set(told.removes), "the story and the photo"
    assert any(ref.startswith("o") for ref in told.removes), "and what we understood of it"
    assert "đã được xóa" in told.removed
    assert "không xóa được" in told.kept
    draft = (await browser.memory()).draft
    assert draft is not None
    assert draft.words.startswith(STORY)
    assert len(draft.files) == 1


async def test_the_petition_is_filed_on_the_page(post: Post, messenger: Chat, browser: Chat) -> None:
    await handed_over(messenger, browser)
    await browser.press("Giữ bí mật")
    await file_it(browser)

    [petition] = await post.petitions()
    assert petition.kind is Kind.DENUNCIATION
    assert petition.contact_id == await browser.contact_id()
    assert petition.channel == "web"
    assert petition.first_message_at < petition.filed_at
    codes = [said for said in browser.heard if petition.code[:4] in said.text]
    assert codes
    assert not [said for said in messenger.heard if petition.code[:4] in said.text]


async def file_it(chat: Chat) -> None:
    """Answer what is asked until the card is there, and confirm it."""
    for _ in range(8):
        last = chat.heard[-1]
        labels = [button.label for row in last.rows for button in row]
        if any("Gửi bí mật" in label for label in labels):
            await chat.press("Gửi bí mật")
            return
        if "họ tên" in last.text.lower():
            await chat.say("Nguyễn Thị Sen 0951 223 455")
        elif any("Bỏ qua" in label for label in labels):
            await chat.press("Bỏ qua")
        elif any("xong" in label.lower() for label in labels):
            await chat.press(next(label for label in labels if "xong" in label.lower()))
        else:
            await chat.say("Ban quản lý di tích phường Minh Khai")
    raise AssertionError(f"no card: {chat.heard[-1].text}")


async def test_a_link_works_once(post: Post, messenger: Chat, browser: Chat) -> None:
    await handed_over(messenger, browser)
    token = next(url for url in urls(messenger.heard)).partition("t=")[2]
    other = post.browser("web2")
    assert await other.take(token) == []
    assert (await browser.memory()).draft is not None


async def test_a_link_that_is_over_changes_nothing(messenger: Chat, browser: Chat, clock: HandClock) -> None:
    await messenger.say(STORY)
    clock.forward(timedelta(minutes=10))
    assert await browser.take(messenger.link()) == []
    assert (await messenger.memory()).draft is not None


# --- meanwhile


async def test_the_first_chat_says_where_to_go_on_and_takes_no_words(messenger: Chat, browser: Chat) -> None:
    await handed_over(messenger, browser)
    answer = await messenger.say("Ông ấy còn lấy cả tượng cổ")

    assert "không được ghi nhận" in text(answer)
    assert len(urls(answer)) == 1
    draft = (await browser.memory()).draft
    assert draft is not None
    assert "tượng cổ" not in draft.words
    for more in (
        await messenger.command("mine"),
        await messenger.do(Choice(token="c.1.skip", callback_id="1")),
        await messenger.do(Edit(text=STORY + "!"), ref=messenger.refs[0]),
        await messenger.do(Files(files=(IncomingFile(kind=FileKind.PHOTO, platform_id="p"),))),
    ):
        assert "không được ghi nhận" in text(more)
    draft = (await browser.memory()).draft
    assert draft is not None
    assert draft.files == []


async def test_the_fresh_link_opens_it_in_another_browser(post: Post, messenger: Chat, browser: Chat) -> None:
    await browser.say(NOISE)
    await handed_over(messenger, browser)
    await messenger.say("tôi mở trên máy khác được không")
    other = post.browser("web2")
    there = await other.take(messenger.link())

    assert "tiếp tục ở đây" in text(there)
    assert "trình duyệt khác" in browser.heard[-1].text
    own = (await browser.memory()).draft
    assert own is not None
    assert "karaoke" in own.words, "the browser has its own conversation again"


async def test_words_of_danger_are_answered_at_once_and_bring_it_back(messenger: Chat, browser: Chat) -> None:
    await handed_over(messenger, browser)
    answer = await messenger.say("cứu tôi với chồng tôi đang cầm dao đánh tôi")

    assert len(answer) == 1
    assert "113" in text(answer)
    memory = await messenger.memory()
    assert memory.danger is not None
    assert memory.draft is not None, "the draft is kept"
    assert "đã trở lại ứng dụng nhắn tin" in browser.heard[-1].text


# --- and back


@pytest.mark.parametrize("how", ["button here", "words here", "button there", "words there"])
async def test_it_comes_back_with_everything(messenger: Chat, browser: Chat, how: str) -> None:
    await browser.say(NOISE)
    await handed_over(messenger, browser)
    await browser.press("Giữ bí mật")
    before = len(messenger.heard)
    chat = messenger if "here" in how else browser
    if "button" in how:
        await chat.press("Đưa cuộc trò chuyện về")
    else:
        where = "về đây" if chat is messenger else "về lại ứng dụng nhắn tin"
        await chat.say(f"đưa cuộc trò chuyện {where}")

    back = text(messenger.heard[before:])
    assert "đã trở lại đây" in back
    assert "tiền công đức" not in back, "a secret matter is not repeated in the messenger"
    memory = await messenger.memory()
    assert memory.draft is not None
    assert memory.draft.words == STORY
    assert memory.draft.get("identity") == "confidential", "what was answered on the page is kept"
    gone = browser.heard[-1].text
    assert "đã trở lại ứng dụng nhắn tin" in gone
    assert "việc ông/bà viết dở trên trang này" in gone.lower()
    own = (await browser.memory()).draft
    assert own is not None
    assert own.words == NOISE, "the browser's own conversation comes back"
    await file_it(messenger)
    assert (await messenger.memory()).filed


async def test_a_correction_of_an_earlier_message_still_finds_its_answer(
    messenger: Chat, browser: Chat
) -> None:
    await handed_over(messenger, browser)
    await browser.press("Giữ bí mật")
    await browser.press("Đưa cuộc trò chuyện về")
    await messenger.do(Edit(text=STORY.replace("ông Hùng", "ông Hưng")), ref=messenger.refs[0])
    draft = (await messenger.memory()).draft
    assert draft is not None
    assert draft.words == STORY.replace("ông Hùng", "ông Hưng")


async def test_pressed_where_the_conversation_is_already(messenger: Chat, browser: Chat) -> None:
    await handed_over(messenger, browser)
    token = messenger.button("Đưa cuộc trò chuyện về").token
    await messenger.press("Đưa cuộc trò chuyện về")
    again = await messenger.do(Choice(token=token, callback_id="1"))
    assert "đang ở đây rồi" in text(again)
    assert (await messenger.memory()).draft is not None


async def test_a_second_conversation_taken_to_one_browser_sends_the_first_one_back(
    post: Post, messenger: Chat, browser: Chat
) -> None:
    await browser.say(NOISE)
    await handed_over(messenger, browser)
    neighbour = post.messenger("501")
    await neighbour.say(STORY.replace("ông Hùng", "bà Lan"))
    await browser.take(neighbour.link())

    assert "đã trở lại đây" in messenger.heard[-1].text
    first, second = (await messenger.memory()).draft, (await browser.memory()).draft
    assert first is not None
    assert second is not None
    assert (first.words, "bà Lan" in second.words) == (STORY, True)
    await browser.press("Đưa cuộc trò chuyện về")
    own = (await browser.memory()).draft
    assert own is not None
    assert own.words == NOISE


# --- petitions and their notices


async def test_notices_go_where_the_petition_was_filed_and_their_buttons_work_there(
    post: Post, messenger: Chat, browser: Chat
) -> None:
    await handed_over(messenger, browser)
    await browser.press("Giữ bí mật")
    await file_it(browser)
    [petition] = await post.petitions()
    await browser.press("Đưa cuộc trò chuyện về")
    before = len(browser.heard), len(messenger.heard)

    def message(turn: Turn) -> None:
        office = ActorRef(kind=ActorKind.SERVICE)
        words = Details(text="Mời bác đến thứ Hai")
        notices.announce(turn, petition, Action.MESSAGE_CITIZEN, actor=office, details=words)

    await post.bring(messenger, Text(text="…"), handle=message)
    assert "Mời bác đến thứ Hai" in text(browser.heard[before[0] :])
    assert len(messenger.heard) == before[1]
    asked = await browser.press("Trả lời")
    await browser.say("tôi đến được ạ")
    assert petition.code[:4] in text(asked)
    events = await post.work(lambda book: book.events(petition.id))
    assert events[-1].content["text"] == "tôi đến được ạ"
    mine = await messenger.command("mine")
    assert petition.code[:4] in text(mine), "the conversation it was filed in lists it as well"


# --- identity numbers


async def ask_number(chat: Chat, words: str = "") -> tuple[str, list[Button], Identity | None]:
    """What the form's question for the number says in this chat after `words`, and what is taken of them."""
    found: list[tuple[str, list[Button], Identity | None]] = []

    def ask(turn: Turn) -> None:
        me = load(turn.talk)
        asking = CitizenChat(turn, me)
        assert me.draft is not None
        taken = own_page.take_identity(asking, me.draft, words) if words else None
        question, rows = own_page.ask_identity(asking, me.draft, "Số căn cước?")
        found.append(("\n".join([*asking.leads, question]), [b for row in rows for b in row], taken))
        save(turn.talk, me)

    await chat.post.bring(chat, Text(text=words), handle=ask)
    return found[0]


async def test_on_our_own_page_the_number_is_asked_directly(browser: Chat) -> None:
    await browser.say(NOISE)
    assert await ask_number(browser) == ("Số căn cước?", [], None)


async def test_in_a_messenger_the_link_is_given_instead(messenger: Chat) -> None:
    await messenger.say(NOISE)
    asked, buttons, _ = await ask_number(messenger)
    assert "Số căn cước?" not in asked
    assert buttons[0].url.startswith(f"{SAFE}/continue?t=")
    assert buttons[1].label == "Tôi vẫn nhập ở đây"


@pytest.mark.parametrize("words", ["nhập ở đây", "tôi nhập ở đây luôn", "Tôi vẫn nhập ở đây"])
async def test_who_insists_is_asked_here(messenger: Chat, words: str) -> None:
    await messenger.say(NOISE)
    asked, buttons, taken = await ask_number(messenger, words)
    assert "Số căn cước?" in asked
    assert (buttons, taken) == ([], None)
    assert (await ask_number(messenger, "035 090 123 456"))[2] == Identity("035090123456", Paper.CITIZEN)


async def test_without_a_safe_address_paper_and_the_desk_remain(post: Post) -> None:
    post.public_url = ""
    chat = post.messenger()
    await chat.say(NOISE)
    asked, buttons, _ = await ask_number(chat)
    assert "nơi tiếp công dân" in asked
    assert [button.label for button in buttons] == ["Tôi vẫn nhập ở đây"]


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("168123456", "chứng minh nhân dân cũ"),
        ("0350901234", "chưa đúng"),
        ("tôi không có", "Chưa thấy số"),
        ("035090123456 hay 035090123457", "một số"),
    ],
)
async def test_a_number_that_cannot_be_taken_is_said_why(browser: Chat, words: str, why: str) -> None:
    await browser.say(NOISE)
    asked, _, taken = await ask_number(browser, words)
    assert taken is None
    assert why in asked
