"""Something grows at a place: who hears of it when, in which words, who acknowledges, and what goes on record."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

import pytest

from handlers import hotspots
from petitions.hotspots import HotspotRules
from petitions.kinds import Action, ActorKind, Kind, Role, Stage
from storage.casebook import Casebook
from storage.database import Database
from storage.hotspots import Deed, HotspotRecord, HotspotState
from storage.ids import IdSource
from storage.keys import Vault
from storage.records import ActorRef, Filing, OfficerRecord, PetitionContent, PetitionRecord
from tests.hand_clock import HandClock
from tests.handlers.officers.office import Office, Sent, sample_agency

ZONE = sample_agency().zone
HEAD, OFFICER, INSPECTOR, DIRECTOR = "201", "202", "301", "401"
STORIES = (
    "Quán karaoke hát tới hai giờ sáng, cả xóm không ngủ được",
    "Loa mở to suốt đêm, con nhỏ nhà tôi giật mình khóc vì tiếng nhạc",
    "Đề nghị kiểm tra giấy phép phòng hát mới mở đầu ngõ",
    "Khách hát xong say rượu đánh nhau ngoài đường lúc nửa đêm",
    "Chủ cơ sở không lắp cách âm như đã cam kết với tổ dân phố",
    "Cuối tuần nào cũng inh ỏi, người già trong khu phố ốm cả ra",
    "Tôi làm ca đêm về cần nghỉ mà sáng ra vẫn còn tiếng nhạc xập xình",
    "Học sinh ôn thi không học nổi vì dàn âm thanh công suất lớn",
    "Hát hò quá giờ quy định, gọi công an phường xuống rồi đâu lại vào đấy",
    "Xe của khách đỗ chắn hết lối đi, nhắc thì bị dọa đánh",
    "Nhà tôi sát vách, tường rung theo từng nhịp trống",
    "Đã ba lần họp tổ góp ý mà bà chủ quán không sửa",
)


@dataclass
class Town:
    """An office of a head, an officer, an inspector and a director, and people who write to it."""

    office: Office
    head: OfficerRecord
    officer: OfficerRecord
    inspector: OfficerRecord
    director: OfficerRecord
    people: int = 0

    async def files(
        self,
        story: str = STORIES[0],
        *,
        place: str = "tổ 4 Lam Hạ",
        chat: str = "",
        kind: Kind = Kind.FEEDBACK,
        topic: str | None = "karaoke_vu_truong",
        **given: Any,
    ) -> PetitionRecord:
        """Somebody new, unless `chat` says who, files a petition."""
        self.people += 1
        content = PetitionContent(
            story=(story,),
            place=place,
            name=f"Người Số {self.people}",
            phone=given.pop("phone", ""),
        )
        filing = Filing(
            kind=kind,
            unit=given.pop("unit", "ql_van_hoa"),
            topic=topic,
            content=content,
            actor=ActorRef(kind=ActorKind.CITIZEN),
            first_message_at=self.office.clock.now(),
            channel="telegram",
            **given,
        )
        filed: list[PetitionRecord] = []

        def work(turn: Any) -> None:
            where = replace(filing, conversation_id=turn.conversation_id, contact_id=turn.contact.id)
            filed.append(turn.book.file(where))

        await self.office.as_citizen(chat or f"9{self.people:03d}", work)
        return filed[-1]

    async def wave(self, count: int = 5, **given: Any) -> list[PetitionRecord]:
        """Different people with words of their own about one thing."""
        return [await self.files(STORIES[number], **given) for number in range(count)]

    async def looks(self, hours: float = 1.1) -> None:
        """Time goes by until the next look, which is made."""
        self.office.clock.forward(dt.timedelta(hours=hours))
        await self.office.fire_timers()

    async def tracked(self) -> list[HotspotRecord]:
        return await self.office.work(lambda book: book.open_hotspots())

    async def deeds(self, hotspot: HotspotRecord) -> list[tuple[Deed, int | None]]:
        found = await self.office.work(lambda book: book.deeds(hotspot.id))
        return [(deed.what, deed.officer_id) for deed in found]

    def alerts(self, chat: str) -> list[Sent]:
        return [sent for sent in self.office.chat(chat) if sent.message.title.startswith("🔥")]


@pytest.fixture
async def town(sqlite_database: Database, vault: Vault, ids: IdSource, clock: HandClock) -> Town:
    """On Monday 30/11/2026 at nine."""
    clock.at = dt.datetime(2026, 11, 30, 9, tzinfo=ZONE)
    office = Office(sqlite_database, vault, ids, clock)
    town = Town(
        office,
        head=await office.officer(HEAD, "ql_van_hoa", Role.HEAD, "Lê Trưởng"),
        officer=await office.officer(OFFICER, "ql_van_hoa", Role.OFFICER, "Trần Văn Một"),
        inspector=await office.officer(INSPECTOR, "thanh_tra", Role.INSPECTOR, "Đỗ Thanh Tra"),
        director=await office.officer(DIRECTOR, "lanh_dao", Role.DIRECTOR, "Vũ Giám Đốc"),
    )
    await office.as_service(hotspots.arm)
    return town


# --- found and told


async def test_the_fifth_petition_of_one_topic_and_place_is_told_within_the_hour(town: Town) -> None:
    await town.files("Thư viện đóng cửa sớm", place="Phủ Lý", topic="hoat_dong_thu_vien")
    filed = await town.wave(4)
    await town.looks()
    assert await town.tracked() == []
    filed.append(await town.files(STORIES[4], place="phường Lam Hạ"))
    await town.looks()

    [hotspot] = await town.tracked()
    assert (hotspot.kind, hotspot.count, hotspot.state) == ("topic_place", 5, HotspotState.NEW)
    for chat in (INSPECTOR, DIRECTOR):
        [alert] = town.alerts(chat)
        assert alert.message.title == "🔥 Điểm nóng mới"
        assert "Đơn về “Karaoke, vũ trường, quán bar” tại " in alert.text
        assert "Lam Hạ: 5 người gửi trong 3 ngày. Bình thường hầu như không có." in alert.text
        assert "Từ ngày 30/11/2026 đến nay có 5 đơn." in alert.text
        assert all(petition.code[:4] in alert.text for petition in filed)
        assert "Người Số" not in alert.text
        assert alert.message.protect
    assert town.alerts(HEAD) == []
    assert town.alerts(OFFICER) == []
    assert await town.deeds(hotspot) == [(Deed.FOUND, None), (Deed.TOLD, None)]

    await town.looks()
    assert len(town.alerts(DIRECTOR)) == 1, "one hotspot is told once"
    assert await town.tracked() == [hotspot]


async def test_one_person_who_writes_ten_times_is_no_hotspot(town: Town) -> None:
    for story in STORIES[:10]:
        await town.files(story, chat="9001")
    await town.looks()
    assert await town.tracked() == []


async def test_one_text_sent_by_many_is_no_hotspot(town: Town) -> None:
    for _ in range(12):
        await town.files(STORIES[0])
    await town.looks()
    assert await town.tracked() == []


async def test_sealed_cases_make_no_hotspot_and_are_in_none(town: Town) -> None:
    for story in STORIES[:6]:
        await town.files(story, kind=Kind.DENUNCIATION)
        await town.files(story, confidential=True)
    await town.looks()
    assert await town.tracked() == []
    await town.wave(5)
    await town.looks()
    [hotspot] = await town.tracked()
    assert hotspot.count == 5
    assert "Từ ngày 30/11/2026 đến nay có 5 đơn." in town.alerts(DIRECTOR)[0].text


async def test_many_petitions_at_different_places_about_different_things_are_no_hotspot(town: Town) -> None:
    topics = [topic.code for topic in sample_agency().topics]
    for number in range(12):
        await town.files(STORIES[number], place=f"thôn Số Mấy {chr(65 + number)}", topic=topics[number])
    await town.looks()
    assert await town.tracked() == []


async def test_at_night_it_is_found_and_told_in_the_morning_also_of_a_day_off(town: Town) -> None:
    town.office.clock.at = dt.datetime(2026, 12, 5, 22, 30, tzinfo=ZONE)  # a Saturday
    await town.wave(5)
    await town.office.as_service(hotspots.arm)
    await town.looks()  # the service was down until now
    assert len(await town.tracked()) == 1
    assert town.alerts(DIRECTOR) == []
    await town.office.live_until(dt.datetime(2026, 12, 6, 7, 45, tzinfo=ZONE))
    assert len(town.alerts(DIRECTOR)) == 1


async def test_a_reader_sees_the_codes_of_petitions_they_may_see_only(
    town: Town,
) -> None:
    focal_head = await town.office.officer("302", "thanh_tra", Role.HEAD, "Phó Đầu Mối")
    filed = await town.wave(5)
    await town.looks()
    assert focal_head.unit != filed[0].unit
    [alert] = town.alerts("302")
    assert "5 người gửi" in alert.text
    assert not any(petition.code[:4] in alert.text for petition in filed)


# --- growing


async def test_it_is_told_again_when_it_has_doubled_and_between_in_the_morning(town: Town) -> None:
    await town.wave(5)
    await town.looks()
    await town.files(STORIES[5])
    await town.files(STORIES[6])
    await town.looks()
    assert len(town.alerts(DIRECTOR)) == 1

    await town.office.live_until(dt.datetime(2026, 12, 1, 9, 30, tzinfo=ZONE))
    digest = town.alerts(DIRECTOR)[-1]
    assert digest.message.title == "🔥 Điểm nóng đang theo dõi"
    assert "thêm 2 đơn, nay 7 đơn. Chưa ai nắm." in digest.text
    for story in STORIES[7:10]:
        await town.files(story)
    await town.looks()
    [grown] = [sent for sent in town.alerts(DIRECTOR) if sent.message.title == "🔥 Điểm nóng tăng thêm"]
    assert "10 người gửi" in grown.text
    [hotspot] = await town.tracked()
    assert (hotspot.told, hotspot.digested) == (10, 10)
    kinds = [what for what, _ in await town.deeds(hotspot)]
    assert kinds == [Deed.FOUND, Deed.TOLD, Deed.DIGEST, Deed.GROWN]


async def test_more_of_one_person_is_no_growth(town: Town) -> None:
    await town.wave(5)
    await town.looks()
    for number in range(12):
        await town.files(f"{STORIES[number]} lần {number}", chat="9001")
    await town.looks()
    assert len(town.alerts(DIRECTOR)) == 1


async def test_another_topic_at_the_same_place_is_another_hotspot(town: Town) -> None:
    await town.wave(5)
    await town.looks()
    await town.wave(6, topic="quang_cao_ngoai_troi")
    await town.looks()
    assert [each.topic for each in await town.tracked()] == ["karaoke_vu_truong", "quang_cao_ngoai_troi"]


# --- acknowledged, reminded, raised, ended


async def found(town: Town) -> tuple[HotspotRecord, Sent]:
    await town.wave(5)
    await town.looks()
    [hotspot] = await town.tracked()
    return hotspot, town.alerts(DIRECTOR)[0]


async def test_acknowledging_is_on_record_and_ends_the_reminders(town: Town) -> None:
    hotspot, alert = await found(town)
    said = await town.office.press(INSPECTOR, town.alerts(INSPECTOR)[0].button("Đã nắm"))
    assert "Đã ghi: Ông/Bà đã nắm" in said[-1].text
    said = await town.office.press(DIRECTOR, alert.button("Đã nắm"))
    assert "Đỗ Thanh Tra đã nắm điểm nóng này lúc" in said[-1].text
    [now] = await town.tracked()
    assert (now.state, now.acknowledged_by) == (HotspotState.ACKNOWLEDGED, town.inspector.id)
    assert (await town.deeds(hotspot))[2:] == [
        (Deed.ACKNOWLEDGED, town.inspector.id),
        (Deed.SEEN, town.director.id),
    ]
    await town.office.live_until(dt.datetime(2026, 12, 9, 17, tzinfo=ZONE))
    assert len(town.alerts(DIRECTOR)) == 1


async def test_what_nobody_acknowledges_is_told_again_and_then_further_up(town: Town) -> None:
    admin = await town.office.officer("601", "van_phong", Role.ADMIN, "Quản Trị")
    hotspot, _ = await found(town)
    await town.office.live_until(dt.datetime(2026, 12, 8, 17, tzinfo=ZONE))
    titles = [sent.message.title for sent in town.alerts(DIRECTOR)]
    assert titles == [
        "🔥 Điểm nóng mới",
        "🔥 Điểm nóng chưa ai nắm",
        "🔥 Điểm nóng chưa ai nắm, báo lên cấp trên",
    ]
    times = [sent.row.created_at.astimezone(ZONE) for sent in town.alerts(DIRECTOR)]
    assert [moment.date().isoformat() for moment in times] == ["2026-11-30", "2026-12-01", "2026-12-02"]
    for chat in (HEAD, "601"):
        assert [sent.message.title for sent in town.alerts(chat)] == titles[2:]
    assert "Đã báo ngày 30/11/2026" in town.alerts(DIRECTOR)[1].text
    assert [what for what, _ in await town.deeds(hotspot)][2:] == [Deed.REMINDED, Deed.RAISED]
    said = await town.office.press("601", town.alerts("601")[0].button("Đã nắm"))
    assert "Đã ghi" in said[-1].text
    assert (await town.tracked())[0].acknowledged_by == admin.id


async def test_the_list_shows_what_one_may_see_and_opens_a_case(town: Town) -> None:
    hotspot, alert = await found(town)
    [shown] = await town.office.press(DIRECTOR, alert.button("Xem danh sách"))
    assert "Từ ngày 30/11/2026: 5 đơn, đơn mới nhất ngày 30/11/2026." in shown.text
    cases = [button for button in shown.buttons if button.token.startswith("o.case.")]
    assert len(cases) == 5
    [card] = await town.office.press(DIRECTOR, cases[0])
    assert card.row.card_petition_id is not None
    assert (Deed.SEEN, town.director.id) in await town.deeds(hotspot)


async def test_tracking_ends_with_a_note_and_a_new_wave_is_a_new_hotspot(town: Town) -> None:
    hotspot, alert = await found(town)
    [asked] = await town.office.press(INSPECTOR, town.alerts(INSPECTOR)[0].button("Kết thúc"))
    assert "viết vắn tắt đã làm gì" in asked.text
    [said] = await town.office.say(INSPECTOR, "x" * 1001)
    assert "dài quá 1000" in said.text
    [said] = await town.office.say(INSPECTOR, "Đã kiểm tra, lập biên bản, quán hứa lắp cách âm")
    assert "Đã kết thúc theo dõi" in said.text
    assert await town.tracked() == []
    record = await town.office.work(lambda book: book.deeds(hotspot.id))
    assert record[-1].content == {"note": "Đã kiểm tra, lập biên bản, quán hứa lắp cách âm"}
    assert record[-1].officer_id == town.inspector.id

    said = await town.office.press(DIRECTOR, alert.button("Đã nắm"))
    assert "đã kết thúc theo dõi lúc" in said[-1].text
    for story in STORIES[5:9]:
        await town.files(story)
    await town.looks()
    assert await town.tracked() == []
    await town.files(STORIES[9])
    await town.looks()
    [again] = await town.tracked()
    assert again.id != hotspot.id


async def test_ending_can_be_given_up(town: Town) -> None:
    await found(town)
    await town.office.press(INSPECTOR, town.alerts(INSPECTOR)[0].button("Kết thúc"))
    await town.office.say(INSPECTOR, "thôi")
    await town.office.say(INSPECTOR, "Một câu bình thường")
    assert len(await town.tracked()) == 1


async def test_whoever_it_is_not_for_neither_sees_nor_ends_it(town: Town) -> None:
    hotspot, alert = await found(town)
    for label in ("Đã nắm", "Xem danh sách", "Kết thúc"):
        said = await town.office.press(OFFICER, alert.button(label))
        assert "Không có điểm nóng này" in said[-1].text
    said = await town.office.command(OFFICER, "hotspots")
    assert "dành cho đơn vị đầu mối" in said[-1].text
    stranger = await town.office.press("500", alert.button("Đã nắm"))
    assert "dành cho cán bộ" in stranger[-1].text
    said = await town.office.press(DIRECTOR, "o.hotack.7")
    assert "Không có điểm nóng này" in said[-1].text
    assert [what for what, _ in await town.deeds(hotspot)] == [Deed.FOUND, Deed.TOLD]


async def test_the_command_lists_what_is_tracked(town: Town) -> None:
    said = await town.office.command(DIRECTOR, "hotspots")
    assert "Không có điểm nóng nào" in said[-1].text
    await found(town)
    said = await town.office.command(DIRECTOR, "diemnong")
    assert "Lam Hạ: 5 đơn từ ngày 30/11/2026. Chưa ai nắm." in said[-1].text
    said = await town.office.press(DIRECTOR, said[-1].button("Karaoke"))
    assert "đơn mới nhất" in said[-1].text
    said = await town.office.command(HEAD, "hotspots")
    assert "Lam Hạ: 5 đơn" in said[-1].text, "the head of the unit that answers"


# --- cases to be kept an eye on


async def test_long_complex_second_and_many_each_with_the_reason(town: Town) -> None:
    many = await town.files(STORIES[0], people=7)
    await town.files(STORIES[0], people=4)
    first = await town.files(STORIES[1], kind=Kind.COMPLAINT)
    two = [
        await town.files(STORIES[2], kind=Kind.COMPLAINT, instance=2, linked_to=first.id, place="")
        for _ in range(2)
    ]
    await town.files(STORIES[2], kind=Kind.COMPLAINT, instance=2, place="")
    hard = await town.files(STORIES[3], kind=Kind.COMPLAINT)
    sealed = await town.files(STORIES[3], kind=Kind.DENUNCIATION)

    def found_complex(book: Casebook) -> None:
        for petition in (hard, sealed):
            locked = book.petition(petition.id, lock=True)
            assert locked is not None
            actor = ActorRef(kind=ActorKind.SERVICE)
            book.record(
                locked, action=Action.FIND_COMPLEX, actor=actor, content={}, changes={"complex": True}
            )

    await town.office.work(found_complex)
    await town.office.command(DIRECTOR, "hotspots")

    async def shown(which: str, chat: str = DIRECTOR) -> str:
        return (await town.office.press(chat, f"o.hotcases.0.{which}"))[-1].text

    text = await shown("many")
    assert "đang mở: 1." in text
    assert "biểu 01/TCD" in text
    assert "7 người." in text
    assert many.code[:4] in text
    text = await shown("complex")
    assert hard.code[:4] in text
    assert "Điều 3a Nghị định 124/2020" in text
    assert sealed.code[:4] not in text, "nobody of this office may see it"
    assert "đang mở: 1." in text
    text = await shown("second")
    assert text.count("2 khiếu nại lần hai về cùng một vụ việc") == 2
    assert all(petition.code[:4] in text for petition in two)
    assert "3 khiếu nại lần hai do" in text
    assert "Không có đơn nào quá hạn từ 30 ngày" in await shown("long")
    assert "không còn dùng được" in await shown("nothing")
    said = await town.office.press(OFFICER, "o.hotcases.0.many")
    assert "dành cho đơn vị đầu mối" in said[-1].text
    assert many.code[:4] in await shown("many", HEAD)


async def test_a_case_long_past_its_term_is_listed(town: Town) -> None:
    petition = await town.office.file("500", Kind.COMPLAINT)
    await town.office.does(town.officer, petition, Action.TAKE)
    due = petition.due_on
    assert due is not None
    town.office.clock.at = dt.datetime.combine(due + dt.timedelta(days=29), dt.time(9), ZONE)
    said = await town.office.press(DIRECTOR, "o.hotcases.0.long")
    assert "Không có đơn nào" in said[-1].text
    town.office.clock.at = dt.datetime.combine(due + dt.timedelta(days=30), dt.time(9), ZONE)
    said = await town.office.press(DIRECTOR, "o.hotcases.0.long")
    assert f"quá hạn 30 ngày, từ ngày {due:%d/%m/%Y}" in said[-1].text


# --- bad input


async def test_no_place_a_place_of_one_letter_and_no_topic_do_no_harm(town: Town) -> None:
    for number, place in enumerate(["", "A", "1", "🙂", "x" * 3000, "gần nhà tôi"]):
        await town.files(STORIES[number], place=place, topic=None)
    await town.looks()
    assert await town.tracked() == []


async def test_a_topic_that_left_the_profile_is_said_as_such(town: Town) -> None:
    await town.wave(5, topic="khong_con_nua")
    await town.looks()
    assert "Đơn về “lĩnh vực không còn trong danh mục” tại" in town.alerts(DIRECTOR)[0].text


async def test_a_clock_that_goes_back_does_not_blind_the_look(town: Town) -> None:
    town.office.clock.forward(dt.timedelta(days=3))
    await town.looks()
    town.office.clock.forward(dt.timedelta(days=-3))
    await town.wave(5)
    await town.office.as_service(hotspots.arm)
    await town.looks()
    assert len(await town.tracked()) == 1


async def test_a_place_that_tells_a_name_or_a_phone_is_not_shown(town: Town) -> None:
    for number in range(5):
        await town.files(STORIES[number], place=f"nhà Người Số {number + 1}, thôn Mai Cầu, 095122345{number}")
    await town.looks()
    alert = town.alerts(DIRECTOR)[0]
    assert "Người Số" not in alert.text
    assert "0951" not in alert.text


async def test_nobody_linked_is_no_fault(
    sqlite_database: Database, vault: Vault, ids: IdSource, clock: HandClock
) -> None:
    office = Office(sqlite_database, vault, ids, clock)
    nobody: Any = None
    town = Town(office, nobody, nobody, nobody, nobody)
    await office.as_service(hotspots.arm)
    await town.wave(5)
    await town.looks()
    [hotspot] = await town.tracked()
    assert [what for what, _ in await town.deeds(hotspot)] == [Deed.FOUND, Deed.TOLD]


async def test_a_flood_of_one_day_is_one_hotspot(town: Town) -> None:
    def flood(book: Casebook) -> None:
        for number in range(600):
            content = PetitionContent(
                story=(f"{STORIES[number % 12]} {number * 7919} {STORIES[(number * 5) % 12][::-1]}",),
                place="Lam Hạ",
            )
            book.file(
                Filing(
                    kind=Kind.FEEDBACK,
                    unit="ql_van_hoa",
                    topic="karaoke_vu_truong",
                    content=content,
                    actor=ActorRef(kind=ActorKind.CITIZEN),
                    first_message_at=book.now(),
                    channel="web",
                )
            )

    await town.office.work(flood)
    await town.looks()
    await town.looks()
    [hotspot] = await town.tracked()
    sizes = await town.office.work(lambda book: book.hotspot_sizes([hotspot.id]))
    assert sizes[hotspot.id] == 600


async def test_withdrawn_and_sealed_petitions_leave_the_list(town: Town) -> None:
    petitions = await town.wave(6)
    await town.looks()
    [hotspot] = await town.tracked()

    def change(book: Casebook) -> None:
        for petition, changes in (
            (petitions[0], {"stage": Stage.WITHDRAWN}),
            (petitions[1], {"confidential": True}),
        ):
            locked = book.petition(petition.id, lock=True)
            assert locked is not None
            actor = ActorRef(kind=ActorKind.SERVICE)
            book.record(locked, action=Action.CORRECT, actor=actor, content={}, changes=changes)  # type: ignore[arg-type]

    await town.office.work(change)
    [shown] = await town.office.press(DIRECTOR, f"o.hotlist.{_base36(hotspot.id)}")
    assert "4 đơn" in shown.text
    assert petitions[1].code[:4] not in shown.text
    assert not any(petitions[1].code[:4] in button.label for button in shown.buttons)


async def test_the_rules_of_the_profile_count(town: Town) -> None:
    rules = HotspotRules(least=8, long_days=1)
    agency = sample_agency().model_copy(update={"hotspots": rules})
    town.office.facts = replace(town.office.facts, agency=agency)
    await town.wave(7)
    await town.looks()
    assert await town.tracked() == []
    await town.files(STORIES[8])
    await town.looks()
    assert len(await town.tracked()) == 1


def _base36(number: int) -> str:
    from handlers.officers.tokens import to_base36

    return to_base36(number)


async def test_the_whole_life_of_a_hotspot_on_postgresql(
    postgres_database: Database, vault: Vault, ids: IdSource, clock: HandClock
) -> None:
    clock.at = dt.datetime(2026, 11, 30, 9, tzinfo=ZONE)
    office = Office(postgres_database, vault, ids, clock)
    director = await office.officer(DIRECTOR, "lanh_dao", Role.DIRECTOR, "Vũ Giám Đốc")
    town = Town(office, director, director, director, director)
    await office.as_service(hotspots.arm)
    hotspot, alert = await found(town)
    await town.files(STORIES[5])
    await office.live_until(dt.datetime(2026, 12, 1, 9, 30, tzinfo=ZONE))
    assert "thêm 1 đơn, nay 6 đơn" in town.alerts(DIRECTOR)[-1].text
    await office.live_until(dt.datetime(2026, 12, 1, 11, 30, tzinfo=ZONE))
    assert town.alerts(DIRECTOR)[-1].message.title == "🔥 Điểm nóng chưa ai nắm"
    await office.press(DIRECTOR, alert.button("Đã nắm"))
    shown = await office.press(DIRECTOR, alert.button("Xem danh sách"))
    assert "6 đơn" in shown[-1].text
    for which in ("long", "complex", "second", "many"):
        assert await office.press(DIRECTOR, f"o.hotcases.0.{which}")
    await office.press(DIRECTOR, alert.button("Kết thúc"))
    await office.say(DIRECTOR, "Đã xử lý xong")
    assert await town.tracked() == []
    assert [what for what, _ in await town.deeds(hotspot)] == [
        Deed.FOUND,
        Deed.TOLD,
        Deed.DIGEST,
        Deed.REMINDED,
        Deed.ACKNOWLEDGED,
        Deed.SEEN,
        Deed.CLOSED,
    ]
