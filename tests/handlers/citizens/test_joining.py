"""One citizen in several chats: nothing is shown before the chat that filed it says yes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from handlers.messages import Choice, Edit, Takeover, Text
from petitions.kinds import Action, Kind, Role
from storage.casebook import Casebook
from storage.records import PetitionRecord
from storage.schema import contacts, petitions
from tests.handlers.harness import Person
from tests.handlers.officers.office import Office, place

STORY = "Quán karaoke Trăng Thanh ở đường Nguyễn Văn Trỗi, Phủ Lý hát tới 1h sáng, tối nào cũng vậy"
SIGN = "Biển quảng cáo ở ngõ 5 phường Minh Khai sắp đổ xuống vỉa hè từ tuần trước"
FOLLOW = "Đây là hồ sơ của tôi"


@pytest.fixture
def other(office: Office) -> Person:
    """The same citizen on a channel that numbers its choices."""
    return Person(office, chat="z500")


async def filed(person: Person, story: str = STORY) -> PetitionRecord:
    await person.say(story)
    await person.say("Vũ Hải 0951 223 455")
    await person.press("Xác nhận gửi")
    return (await person.petitions())[-1]


async def secret(person: Person) -> str:
    receipt = next(
        sent for sent in reversed(person.office.chat(person.chat)) if sent.message.file is not None
    )
    assert receipt.message.file is not None
    return receipt.message.file.secret


async def asked(person: Person, other: Person, petition: PetitionRecord) -> None:
    await other.say(petition.code)
    await other.press(FOLLOW)


async def joined(person: Person, other: Person, petition: PetitionRecord) -> None:
    await asked(person, other, petition)
    await person.press("Có, là tôi")


async def contact(office: Office, chat: str) -> Any:
    channel, account, _ = place(chat)
    return await office.work(lambda book: book.contact(channel, account, chat))


async def notify(office: Office, petition: PetitionRecord) -> None:
    officer = await office.officer("902", petition.unit, Role.HEAD)
    await office.does(officer, petition, Action.TAKE)
    await office.does(officer, petition, Action.MESSAGE_CITIZEN, text="Mời Ông/Bà xem lại.")


def heard(office: Office, chat: str, words: str) -> int:
    return office.everything_sent_to(chat).count(words)


async def test_nothing_is_shown_before_the_first_chat_says_yes(
    office: Office, person: Person, other: Person
) -> None:
    petition = await filed(person)
    view = await other.say(petition.code)
    assert FOLLOW in " ".join(view.labels)
    told = await other.press(FOLLOW)
    assert "10 phút" in told.text
    assert "Karaoke" not in office.everything_sent_to(other.chat)
    question = office.last(person.chat)
    assert "Zalo" in question.text
    assert petition.code not in question.text.replace("-", "")
    yes = await person.press("Có, là tôi")
    assert "Zalo" in yes.text
    assert "Đã xác nhận" in office.last(other.chat).text
    mine = await other.command("mine")
    assert "Karaoke" in mine.text
    assert "Karaoke" in (await other.say(petition.code)).text


async def test_no_and_silence_show_nothing(office: Office, person: Person, other: Person) -> None:
    petition = await filed(person)
    await asked(person, other, petition)
    await person.press("Không phải tôi")
    assert "không được xác nhận" in office.last(other.chat).text
    await asked(person, other, petition)
    person.rest(0.2)
    late = await person.press("Có, là tôi")
    assert "hết hiệu lực" in late.text
    assert "Karaoke" not in office.everything_sent_to(other.chat)
    assert "Karaoke" not in (await other.say(petition.code)).text


async def test_only_the_chat_that_was_asked_answers(office: Office, person: Person, other: Person) -> None:
    petition = await filed(person)
    await asked(person, other, petition)
    token = office.last(person.chat).button("Có, là tôi").token
    assert "hết hiệu lực" in (await other.press_token(token)).text
    thief = Person(office, chat="700")
    assert "hết hiệu lực" in (await thief.press_token(token)).text
    assert "Karaoke" not in (await other.command("mine")).text


@pytest.mark.parametrize("typed", ["Có, là tôi", "co la toi", "CÓ LÀ TÔI"])
async def test_the_answer_may_be_typed(office: Office, person: Person, other: Person, typed: str) -> None:
    petition = await filed(person)
    await asked(person, other, petition)
    await person.say(typed)
    assert "Karaoke" in (await other.command("mine")).text


async def test_the_answer_may_be_a_number_where_numbers_choose(
    office: Office, person: Person, other: Person
) -> None:
    await other.say(STORY)
    await other.say("Vũ Hải 0951 223 455")
    await other.choose("Xác nhận gửi")
    (petition,) = await other.petitions()
    await asked(other, person, petition)
    assert "Đã xong" in (await other.say("1")).text
    assert "Karaoke" in (await person.command("mine")).text


async def test_a_number_typed_before_the_question_was_seen_agrees_to_nothing(
    office: Office, person: Person, other: Person
) -> None:
    await other.say(STORY)
    await other.say("Vũ Hải 0951 223 455")
    await other.choose("Xác nhận gửi")
    (petition,) = await other.petitions()
    await other.say(SIGN)
    await other.say("Vũ Hải 0951 223 455")  # review: 1 sends it
    typed_at = office.clock.now()
    office.clock.forward(timedelta(seconds=2))
    await asked(other, person, petition)
    await office.update(other.chat, Text(text="1"), at=typed_at)  # it crossed the question
    assert len(await other.petitions()) == 2
    assert "Karaoke" not in (await person.command("mine")).text
    assert "Đã xong" in (await other.say("Có, là tôi")).text


async def test_a_plain_yes_is_not_enough(office: Office, person: Person, other: Person) -> None:
    petition = await filed(person)
    await asked(person, other, petition)
    await person.say("có")
    assert "Karaoke" not in (await other.command("mine")).text


async def test_what_both_filed_is_seen_in_both(office: Office, person: Person, other: Person) -> None:
    first = await filed(person)
    await other.say(SIGN)
    await other.say("Vũ Hải 0951 223 455")
    await other.choose("Xác nhận gửi")
    await joined(person, other, first)
    for chat in (person, other):
        mine = (await chat.command("mine")).text
        assert "Karaoke" in mine
        assert "Quảng cáo" in mine


async def test_notices_go_to_the_chat_used_last_or_to_all(
    office: Office, person: Person, other: Person
) -> None:
    petition = await filed(person)
    await joined(person, other, petition)
    await seen(office, other.chat)
    await notify(office, petition)
    assert heard(office, other.chat, "Mời Ông/Bà xem lại.") == 1
    assert heard(office, person.chat, "Mời Ông/Bà xem lại.") == 0
    shown = await person.command("channels")
    assert "Telegram" in shown.text
    assert "Zalo, từ ngày" in shown.text
    assert "nơi Ông/Bà dùng gần nhất" in shown.text
    await person.press("Báo ở mọi nơi")
    await office.does(
        await head(office, petition), petition, Action.MESSAGE_CITIZEN, text="Lần hai, tin cho mọi nơi."
    )
    assert heard(office, other.chat, "Lần hai, tin cho mọi nơi.") == 1
    assert heard(office, person.chat, "Lần hai, tin cho mọi nơi.") == 1


async def head(office: Office, petition: PetitionRecord) -> Any:
    return await office.work(lambda book: book.officer_of_chat("telegram", "bot", "902"))


async def seen(office: Office, chat: str) -> None:
    """The chat is the one used last, as dispatch writes it down."""
    found = await contact(office, chat)

    def write(book: Casebook) -> None:
        book.connection.execute(
            update(contacts).where(contacts.c.id == found.id).values(seen_at=office.clock.now())
        )

    await office.work(write)


@pytest.mark.parametrize("words", ["thôi theo dõi ở đây", "Thôi theo dõi tại đây nữa ạ"])
async def test_a_chat_lets_go(office: Office, person: Person, other: Person, words: str) -> None:
    first = await filed(person)
    await other.say(SIGN)
    await other.say("Vũ Hải 0951 223 455")
    await other.choose("Xác nhận gửi")
    await joined(person, other, first)
    left = await other.say(words)
    assert "không theo dõi" in left.text
    own = (await other.command("mine")).text
    assert "Karaoke" not in own
    assert "Quảng cáo" in own
    kept = (await person.command("mine")).text
    assert "Karaoke" in kept
    assert "Quảng cáo" not in kept
    assert "không còn được theo dõi trên Zalo" in office.everything_sent_to(person.chat)


async def test_the_first_chat_lets_the_other_go(office: Office, person: Person, other: Person) -> None:
    petition = await filed(person)
    await joined(person, other, petition)
    await person.say("kênh")
    await person.press("Thôi theo dõi trên Zalo")
    assert "không theo dõi các đơn của nơi kia nữa" in office.last(other.chat).text
    assert "Karaoke" not in (await other.command("mine")).text
    await notify(office, petition)
    assert heard(office, person.chat, "Mời Ông/Bà xem lại.") == 1
    assert "chỉ được theo dõi ở cuộc trò chuyện này" in (await person.command("channels")).text


async def test_a_draft_of_the_joining_chat_goes_on_in_both(
    office: Office, person: Person, other: Person
) -> None:
    petition = await filed(person)
    await other.say(SIGN)
    await joined(person, other, petition)
    assert "Đơn đang viết dở vẫn còn" in office.last(other.chat).text
    await person.say("Vũ Hải 0951 223 455")
    assert "Đã tiếp nhận" in (await person.press("Xác nhận gửi")).text
    assert "Quảng cáo" in (await other.command("mine")).text


async def test_where_both_write_each_keeps_its_draft(office: Office, person: Person, other: Person) -> None:
    petition = await filed(person)
    await person.say("hủy")
    await person.press("Gửi đơn")
    await person.say("Rạp chiếu phim Hoa Sen ở Phủ Lý không trả tiền vé cho khách khi mất điện giữa chừng")
    await other.say(SIGN)
    await joined(person, other, petition)
    assert "được giữ lại" in office.last(other.chat).text
    left = await other.say("thôi theo dõi ở đây")
    assert "viết dở ở đây trước kia vẫn còn" in left.text
    review = await other.say("Vũ Hải 0951 223 455")
    assert "Biển quảng cáo" in review.text


async def test_secrets_of_everything_open_it_without_a_question(
    office: Office, person: Person, other: Person
) -> None:
    petition = await filed(person)
    await other.say(petition.code)
    await other.say(await secret(person))
    bound = await other.press(FOLLOW)
    assert "Đã xác nhận" in bound.text
    assert "khóa riêng" in office.last(person.chat).text
    await person.press("Thôi theo dõi trên Zalo")
    assert "Karaoke" not in (await person.command("channels")).text
    assert (await contact(office, other.chat)).conversation_id != petition.conversation_id


async def test_one_secret_of_two_still_asks(office: Office, person: Person, other: Person) -> None:
    petition = await filed(person)
    key = await secret(person)
    await filed(person, SIGN)
    await other.say(petition.code)
    await other.say(key)
    assert "hỏi lại" in (await other.press(FOLLOW)).text
    assert "Quảng cáo" not in office.everything_sent_to(other.chat)


async def test_a_sealed_case_asks_whatever_was_shown(office: Office, person: Person, other: Person) -> None:
    petition = await office.file(person.chat, Kind.DENUNCIATION, unit="thanh_tra", confidential=True)
    me = await office.work(lambda book: book.petition(petition.id))
    assert me is not None
    await asked(person, other, petition)
    question = office.last(person.chat).text
    assert "Tố cáo" not in question
    assert petition.code not in question.replace("-", "")
    await person.press("Có, là tôi")
    assert "Tố cáo" in (await other.command("mine")).text


async def test_a_blocked_chat_cannot_be_asked_and_that_is_said(
    office: Office, person: Person, other: Person
) -> None:
    petition = await filed(person)
    key = await secret(person)
    found = await contact(office, person.chat)
    await office.work(lambda book: book.mark_blocked(found.id, office.clock.now(), reason="blocked"))
    await other.say(petition.code)
    assert "không hỏi lại được" in (await other.press(FOLLOW)).text
    opened = await other.command("status", f"{petition.code} {key}")
    assert "Karaoke" in opened.text


async def test_a_chat_whose_window_passed_cannot_be_asked(
    office: Office, person: Person, other: Person
) -> None:
    office.facts = replace(office.facts, windows={"zalo_oa": timedelta(days=7)})
    await other.say(STORY)
    await other.say("Vũ Hải 0951 223 455")
    await other.choose("Xác nhận gửi")
    (petition,) = await other.petitions()
    await seen(office, other.chat)
    person.rest(24 * 8)
    await person.say(petition.code)
    assert "không hỏi lại được" in (await person.press(FOLLOW)).text


async def test_asking_is_slowed(office: Office, person: Person, other: Person) -> None:
    petition = await filed(person)
    for _ in range(3):
        await asked(person, other, petition)
    assert office.everything_sent_to(person.chat).count("xin theo dõi") == 3
    await asked(person, other, petition)
    assert "yêu cầu nhiều lần" in office.last(other.chat).text
    for number in range(3):
        await asked(person, Person(office, chat=f"z60{number}"), petition)
    assert office.everything_sent_to(person.chat).count("xin theo dõi") <= 5


async def test_an_officer_s_chat_and_a_third_person_are_left_out(
    office: Office, person: Person, other: Person
) -> None:
    petition = await filed(person)
    view = await Person(office, chat="901").say(petition.code)  # the officer on duty
    assert FOLLOW not in " ".join(view.labels)
    await asked(person, other, petition)
    token = next(t for h in await other.all_heard() for t in h.tokens if ".follow." in t)
    answer = await Person(office, chat="901").press_token(token)
    assert "cán bộ" in answer.text


async def test_a_chat_that_is_shared_becomes_no_officer_s(
    office: Office, person: Person, other: Person
) -> None:
    petition = await filed(person)
    await joined(person, other, petition)
    _, token = await office.work(
        lambda book: book.invite("ql_van_hoa", Role.HEAD, "Trưởng phòng", book.now() + timedelta(days=7))
    )
    await office.command("z500", "link", token)
    assert "theo dõi đơn chung" in office.chat("z500")[-1].message.text
    assert (await contact(office, "z500")).officer_id is None
    await other.say("thôi theo dõi ở đây")
    await office.command("z500", "link", token)
    assert (await contact(office, "z500")).officer_id is not None


async def test_a_chat_follows_one_other_at_a_time(office: Office, person: Person, other: Person) -> None:
    first = await filed(person)
    neighbour = Person(office, chat="600")
    second = await filed(neighbour, SIGN)
    await joined(person, other, first)
    await other.say(second.code)
    assert "thôi theo dõi ở đây" in (await other.press(FOLLOW)).text
    assert "đã được theo dõi" in (await follow_again(other, first)).text


async def follow_again(person: Person, petition: PetitionRecord) -> Any:
    token = next(t for h in await person.all_heard() for t in h.tokens if ".follow." in t)
    return await person.press_token(token)


async def test_an_edit_in_one_chat_never_corrects_an_answer_of_the_other(
    office: Office, person: Person, other: Person
) -> None:
    petition = await filed(person)
    await joined(person, other, petition)
    await office.update(other.chat, Choice(token="c.0.new"), ref="77")
    await office.update(person.chat, Text(text=SIGN), ref="77")
    await office.update(other.chat, Edit(text="chuyện khác hẳn"), ref="77")
    review = await person.say("Vũ Hải 0951 223 455")
    assert "Biển quảng cáo" in review.text
    await office.update(person.chat, Edit(text=SIGN + " đến nay"), ref="77")
    assert "đến nay" in office.last(person.chat).text


async def test_a_number_counts_the_choices_of_its_own_chat(
    office: Office, person: Person, other: Person
) -> None:
    petition = await filed(person)
    await joined(person, other, petition)
    await other.say("xin chào")  # menu: 1 is a new petition
    await person.say(SIGN)
    await person.say("Vũ Hải 0951 223 455")  # review: 1 would send it
    before = len(await person.petitions())
    answer = await other.say("1")
    assert len(await person.petitions()) == before
    assert answer.answers


async def test_an_empty_code_or_a_petition_from_paper_cannot_be_followed(
    office: Office, other: Person
) -> None:
    petition = await office.file("500")

    def cut(book: Casebook) -> None:
        book.connection.execute(
            update(petitions).where(petitions.c.id == petition.id).values(conversation_id=None)
        )

    await office.work(cut)
    view = await other.say(petition.code)
    assert FOLLOW not in " ".join(view.labels)


# --- chats that share a conversation, and a page that takes it over for a while


async def taken_over(office: Office, person: Person) -> Person:
    """The conversation goes on on the office's own page, by a link that stood in this person's chat."""
    channel, account, _ = place(person.chat)

    def offer(book: Casebook) -> str:
        turn = book.open_turn(channel=channel, account=account, chat=person.chat)
        return book.offer_handover(turn.conversation.id, turn.contact.id)

    page = Person(office, chat="w9")
    await office.update(page.chat, Takeover(token=await office.work(offer)))
    return page


async def test_the_page_takes_over_from_a_joined_chat_and_gives_back(
    office: Office, person: Person, other: Person
) -> None:
    office.facts = replace(office.facts, public_url="https://tiepdan.example.vn")
    petition = await filed(person)
    await joined(person, other, petition)
    await other.say("đơn mới")
    await office.update(person.chat, Text(text="Nhà văn hóa thôn Đoài khóa cửa cả năm nay"), ref="41")
    await office.update(other.chat, Text(text=SIGN), ref="41")
    page = await taken_over(office, other)
    removed = {ref for sent in office.chat(other.chat) for ref in sent.message.removes}
    assert "41" in removed
    assert not any("/" in ref for ref in removed)
    assert "Karaoke" in (await page.command("mine")).text
    assert "Karaoke" in (await person.command("mine")).text  # the first chat still shares it
    assert "trang riêng" in (await other.say("còn đó không")).text
    await page.press("về lại ứng dụng")
    assert "Karaoke" in (await other.command("mine")).text
    assert "Karaoke" in (await person.command("mine")).text
    assert "Karaoke" not in (await page.command("mine")).text


async def test_the_question_is_answered_while_the_conversation_is_on_the_page(
    office: Office, person: Person, other: Person
) -> None:
    petition = await filed(person)
    page = await taken_over(office, person)
    await asked(person, other, petition)
    assert "xin theo dõi" in office.last(person.chat).text
    await person.press("Có, là tôi")
    assert "Karaoke" in (await other.command("mine")).text
    assert "Karaoke" in (await page.command("mine")).text


async def test_letting_a_chat_go_whose_conversation_is_on_the_page_brings_it_back_first(
    office: Office, person: Person, other: Person
) -> None:
    petition = await filed(person)
    await joined(person, other, petition)
    page = await taken_over(office, other)
    await person.command("channels")
    token = next(t for h in reversed(await person.all_heard()) for t in h.tokens if ".unbind." in t)
    await person.press_token(token)
    assert "Karaoke" in (await person.command("mine")).text
    for chat in (other, page):
        assert "Karaoke" not in (await chat.command("mine")).text


async def test_a_chat_that_is_elsewhere_asks_later(office: Office, person: Person, other: Person) -> None:
    petition = await filed(person)
    page = await taken_over(office, other)
    await page.say(petition.code)
    assert "Lúc này chưa làm được" in (await page.press(FOLLOW)).text


async def test_a_reminder_of_a_draft_that_stays_is_not_told_elsewhere(
    office: Office, person: Person, other: Person
) -> None:
    petition = await filed(person)
    await person.say("đơn mới")
    await person.say("Rạp chiếu phim Hoa Sen ở Phủ Lý không trả tiền vé cho khách khi mất điện giữa chừng")
    await other.say(SIGN)
    await other.say("để sau")
    await other.choose("Giữ và nhắc")
    await joined(person, other, petition)
    person.rest(30)
    await office.fire_timers()
    assert "Ông/Bà dặn nhắc" not in office.everything_sent_to(person.chat)


async def test_a_reminder_comes_to_the_chat_used_last(office: Office, person: Person, other: Person) -> None:
    petition = await filed(person)
    await joined(person, other, petition)
    await other.say(SIGN)
    await other.say("để sau")
    await other.choose("Giữ và nhắc")
    person.rest(30)
    await office.fire_timers()
    assert "Ông/Bà dặn nhắc" in office.everything_sent_to(other.chat)
    assert "Ông/Bà dặn nhắc" not in office.everything_sent_to(person.chat)
    await other.say("thôi theo dõi ở đây")
    turn = await office.work(lambda book: book.open_turn(channel="telegram", account="bot", chat=person.chat))
    assert turn.conversation.owner_contact_id == turn.contact.id
