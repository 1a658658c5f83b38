"""Set aside, reminded, taken up again, thrown away; and messages that come late."""

from __future__ import annotations

from datetime import timedelta

from handlers.citizens import reminders
from handlers.turn import Turn
from storage.records import TimerRecord
from tests.handlers.harness import Person

STORY = "Quán karaoke Trăng Thanh ở đường Nguyễn Văn Trỗi, Phủ Lý hát tới 1h sáng, tối nào cũng vậy"


def _timer(person: Person) -> TimerRecord:
    return TimerRecord(
        id=1,
        what=reminders.TIMER,
        due_at=person.office.clock.now(),
        petition_id=None,
        conversation_id=None,
        data={},
        attempts=0,
    )


async def wake(person: Person) -> list[str]:
    """The reminder's timer fires; what it says."""

    def fire(turn: Turn) -> None:
        reminders.fire(turn, _timer(person))

    before = len(await person.all_heard())
    await person.office.as_citizen(person.chat, fire)
    return [heard.text for heard in (await person.all_heard())[before:]]


async def test_reminder_only_with_consent_and_only_once(person: Person) -> None:
    await person.say(STORY)
    person.rest(24)
    assert await wake(person) == []
    await person.say("để mình đi đón con đã")
    kept = await person.press("Giữ và nhắc tôi một lần")
    assert "đúng một lần" in kept.text
    person.rest(24)
    (told,) = await wake(person)
    assert "lần nhắc duy nhất" in told
    assert "họ tên" in told
    person.rest(24)
    assert await wake(person) == []


async def test_an_unsent_draft_is_forgotten_unless_kept(person: Person) -> None:
    await person.say(STORY)
    person.rest(8 * 24)
    answer = await person.say("alo, hôm trước mình đang viết dở ấy")
    assert "hết hạn giữ" in answer.text


async def test_a_kept_draft_is_there_after_weeks(person: Person) -> None:
    await person.say(STORY)
    await person.say("để sau nhé")
    await person.press("Giữ giúp tôi")
    person.rest(20 * 24)
    answer = await person.say("alo")
    assert "vẫn còn" in answer.text
    assert "Trăng Thanh" in answer.text


async def test_deleting_at_once(person: Person) -> None:
    await person.say(STORY)
    await person.photos(1)
    await person.say("để sau nhé")
    answer = await person.press("Xóa ngay")
    assert "Đã bỏ bản nháp" in answer.text
    assert "không còn bản nháp" in (await person.say("hôm qua mình đang viết dở")).text


async def test_a_late_message_is_offered_never_taken_as_an_answer(person: Person) -> None:
    await person.say(STORY)
    answer = await person.replayed("0951 223 455", ago=timedelta(minutes=10))
    assert "tới chậm" in answer.text
    asked = await person.press("Không cần")
    assert "bỏ qua phần đó" in asked.text
    card = await person.say("Vũ Hải 0953 118 704")
    assert "0953 118 704" in card.text
    assert "0951" not in card.text


async def test_a_late_message_can_be_added(person: Person) -> None:
    await person.say(STORY)
    await person.replayed("hôm nay cũng vậy, ồn không chịu được", ago=timedelta(minutes=10))
    await person.press("Thêm vào")
    await person.say("Vũ Hải 0953 118 704")
    await person.press("Xác nhận gửi")
    (petition,) = await person.petitions()
    assert "hôm nay cũng vậy, ồn không chịu được" in (await person.content(petition)).story


async def test_a_replayed_message_that_is_still_the_newest_is_simply_handled(person: Person) -> None:
    answer = await person.replayed(STORY, ago=timedelta(minutes=10))
    assert "họ tên và số điện thoại" in answer.text


async def test_an_album_without_words_asks_for_them(person: Person) -> None:
    answer = await person.photos(3)
    assert "3 ảnh" in answer.text
    assert "viết giúp một câu" in answer.text
    assert len([heard for heard in answer.answers if "ảnh" in heard.text]) == 1


async def test_files_have_a_limit_that_is_said(person: Person) -> None:
    await person.say(STORY)
    answer = await person.photos(45)
    assert "tối đa 40 tệp" in answer.text
