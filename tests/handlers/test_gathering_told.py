"""Who hears what of petitions that are handled together, and what of sealed ones nobody hears."""

from __future__ import annotations

from typing import Any

import pytest

from handlers.gathering_news import without_person
from handlers.officers.cards import shown_code, shown_date
from petitions.kinds import Action, Kind, Role, Stage
from petitions.notices import TABLE, Audience
from petitions.shared_notices import decided_on, shared
from petitions.workflow import RefusalCode
from storage.database import Database
from storage.ids import IdSource
from storage.keys import Vault
from storage.records import OfficerRecord, PetitionContent, PetitionRecord
from tests.hand_clock import HandClock
from tests.handlers.officers.office import Office
from tests.handlers.test_gathering import ANSWER, in_order, merged, refusal, told

HEAD, FOCAL = "901", "903"


@pytest.fixture
def office(sqlite_database: Database, vault: Vault, ids: IdSource, clock: HandClock) -> Office:
    return Office(sqlite_database, vault, ids, clock)


@pytest.fixture
async def head(office: Office) -> OfficerRecord:
    return await office.officer(HEAD, "ql_van_hoa", Role.HEAD, "Lê Trưởng")


async def pair(office: Office, head: OfficerRecord, **fields: bool) -> tuple[PetitionRecord, PetitionRecord]:
    """A taken lead and what was merged into it."""
    lead = await office.does(head, await office.file("500"), Action.TAKE)
    member = await office.file("501", **fields)
    return lead, await merged(office, head, member, lead)


def test_every_action_that_citizens_hear_of_is_decided_on_for_members() -> None:
    heard = {
        action
        for (action, _), rows in TABLE.items()
        if isinstance(action, Action) and any(row.audience is Audience.CITIZEN for row in rows)
    }
    assert heard - decided_on() == set()
    assert [action for action in decided_on() if (how := shared(action, Kind.COMPLAINT)) and how.words] == []
    assert [action for action in decided_on() if (how := shared(action, Kind.FEEDBACK)) and how.words] == [
        Action.ANSWER
    ]


def test_an_answer_is_told_to_others_without_who_it_was_written_to() -> None:
    content = PetitionContent(name="Nguyễn Thị Sen", phone="0951223455", address="Tổ 5, phường Minh Khai")
    written = (
        "Kính gửi bà NGUYỄN THỊ  SEN (0951 223 455), Tổ 5, phường Minh Khai. Quán ở phường Minh Khai đã tắt loa. "
        "Gọi 0243 555 0101 khi cần."
    )
    read = without_person(written, content)
    assert "SEN" not in read
    assert "223" not in read
    assert "Tổ 5" not in read
    assert "Quán ở phường Minh Khai đã tắt loa. Gọi 0243 555 0101 khi cần." in read
    assert without_person("Đã xong.", PetitionContent()) == "Đã xong."


async def test_a_discreet_petitioner_reads_the_shared_answer_only_on_pressing(
    office: Office, head: OfficerRecord
) -> None:
    lead, member = await pair(office, head, discreet=True)
    await office.does(head, lead, Action.ANSWER, text=ANSWER)
    notice = office.last("501")
    assert "tắt loa" not in notice.text
    [read] = await office.press("501", notice.button("Xem"))
    assert "tắt loa" in read.text
    assert shown_code(member) in read.text
    assert shown_code(lead) not in read.text
    [strange] = await office.press("599", notice.button("Xem"))
    assert "tắt loa" not in strange.text


async def test_a_petitioner_sees_how_it_stands_and_by_when(office: Office, head: OfficerRecord) -> None:
    lead, member = await pair(office, head)
    due = (await office.now(lead)).due_on
    assert due is not None
    status = (await office.say("501", shown_code(member)))[-1]
    texts = office.facts.catalogue.language("vi")
    assert "được giải quyết chung" in status.text
    assert shown_date(due, texts) in status.text
    assert shown_code(lead) not in status.text
    assert status.has("Rút đơn")
    await office.does(head, lead, Action.ANSWER, text=ANSWER)
    answered = (await office.say("501", shown_code(member)))[-1]
    assert "đã trả lời" in answered.text


async def test_a_decision_is_not_told_in_words_but_that_a_document_will_come(
    office: Office, head: OfficerRecord
) -> None:
    focal = await office.officer(FOCAL, office.facts.agency.focal_unit, Role.INTAKE)
    today = office.clock.now().date()
    lead = await office.does(head, await office.file("500", Kind.COMPLAINT), Action.TAKE)
    await office.does(head, lead, Action.CONFIRM_FORM, on=today)
    member = await merged(office, focal, await office.file("501", Kind.COMPLAINT), lead)
    steps: tuple[tuple[Action, dict[str, Any]], ...] = (
        (Action.SCREEN_ELIGIBLE, {}),
        (Action.ACCEPT, {"on": today, "document": "9/QĐ"}),
        (Action.VERIFY, {}),
        (
            Action.DECIDE,
            {
                "on": today,
                "document": "12/QĐ",
                "code": "complaint_right",
                "facts": {},
                "text": "Trả lại bà Sen hai triệu đồng",
            },
        ),
    )
    for action, given in steps:
        await office.does(head, lead, action, **given)
    assert (await office.now(member)).stage is Stage.DECIDED
    everything = office.everything_sent_to("501")
    assert "đã được thụ lý" in everything
    assert "đã có quyết định giải quyết vụ việc" in everything
    assert "hai triệu" not in everything
    assert "12/QĐ" not in everything
    await in_order(office)


async def test_sealed_cases_meet_only_where_both_are_seen_already(office: Office) -> None:
    focal = office.facts.agency.focal_unit
    intake = await office.officer(FOCAL, focal, Role.INTAKE)
    sealed: dict[str, Any] = {"kind": Kind.DENUNCIATION, "confidential": True, "topic": "tham_nhung_tieu_cuc"}
    elsewhere = await office.file("500", unit="ql_van_hoa", **sealed)
    first = await office.file("501", unit=focal, **sealed)
    second = await office.file("502", unit=focal, **sealed)
    hidden = await refusal(office, intake, second, Action.MERGE, linked=elsewhere.id, reason="Cùng việc")
    nothing = await refusal(office, intake, second, Action.MERGE, linked=12345, reason="Cùng việc")
    assert hidden.code is nothing.code is RefusalCode.MISSING_LINKED
    lead = await office.does(intake, first, Action.TAKE)
    assert (await merged(office, intake, second, lead)).stage is Stage.MERGED
    told_to_second = told(office, "502", second)
    assert told_to_second
    assert all("tố cáo" not in text.lower() for text in told_to_second)
    light = await office.file("503", unit=focal)
    other = await refusal(office, intake, light, Action.LINK, linked=first.id)
    assert other.code in {RefusalCode.OTHER_KIND, RefusalCode.MISSING_LINKED}
