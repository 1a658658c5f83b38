"""Several petitions on one matter: merged, handled as one, told to each, and taken apart as if nothing had been."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from handlers import cases
from handlers.officers.cards import shown_code
from handlers.turn import Turn
from petitions.clocks import Clock, ClockState
from petitions.gathering import Count
from petitions.kinds import Action, Kind, Role, Severity, Stage
from petitions.reasons import codes_of
from petitions.workflow import RefusalCode, Refused
from storage.database import Database
from storage.ids import IdSource
from storage.keys import Vault
from storage.records import Filing, OfficerRecord, PetitionContent, PetitionRecord
from storage.replay import replay
from storage.verify import verify
from tests.conftest import AGENCY
from tests.hand_clock import HandClock
from tests.handlers.officers.office import NAME, PHONE, Office

HEAD, OFFICER, FOCAL = "901", "902", "903"
ANSWER = f"Cơ quan đã kiểm tra. Kính gửi bà {NAME}, số {PHONE}: quán phải tắt loa sau 22 giờ."
WHY = "Cùng phản ánh một quán"


@pytest.fixture
def office(database: Database, vault: Vault, ids: IdSource, clock: HandClock) -> Office:
    """An office on both engines, on Monday 30/11/2026 at nine."""
    clock.at = datetime(2026, 11, 30, 2, tzinfo=UTC)
    return Office(database, vault, ids, clock)


@pytest.fixture
async def head(office: Office) -> OfficerRecord:
    return await office.officer(HEAD, "ql_van_hoa", Role.HEAD, "Lê Trưởng")


@pytest.fixture
async def focal(office: Office) -> OfficerRecord:
    return await office.officer(FOCAL, office.facts.agency.focal_unit, Role.INTAKE, "Đỗ Đầu Mối")


async def clocks_of(office: Office, petition: PetitionRecord) -> dict[int, Clock]:
    return await office.work(lambda book: book.clocks(petition.id))


async def history(office: Office, petition: PetitionRecord) -> list[Action]:
    return [event.action for event in await office.work(lambda book: book.events(petition.id))]


async def refusal(
    office: Office, officer: OfficerRecord, petition: PetitionRecord, action: Action, **given: Any
) -> Refused:
    with pytest.raises(Refused) as refused:
        await office.does(officer, petition, action, **given)
    return refused.value


async def merged(
    office: Office, officer: OfficerRecord, member: PetitionRecord, lead: PetitionRecord
) -> PetitionRecord:
    return await office.does(officer, member, Action.MERGE, linked=lead.id, reason=WHY)


async def as_citizen(
    office: Office, chat: str, petition: PetitionRecord, action: Action, **given: Any
) -> None:
    def handle(turn: Turn) -> None:
        cases.perform(turn, petition.id, action, cases.CITIZEN, **given)

    await office.as_citizen(chat, handle)


async def in_order(office: Office) -> None:
    """The chains verify, and every row is what its history makes of it."""
    assert await office.database.read(lambda c: list(verify(c, office.vault, AGENCY))) == []
    assert (await office.database.read(lambda c: replay(c, office.vault, AGENCY))).differences == ()


def told(office: Office, chat: str, petition: PetitionRecord) -> list[str]:
    return [sent.text for sent in office.chat(chat) if shown_code(petition) in sent.text]


async def test_a_merged_petition_stands_still_and_its_lead_counts_it(
    office: Office, head: OfficerRecord
) -> None:
    lead = await office.file("500")
    member = await office.file("501")
    before = await clocks_of(office, member)
    lead = await office.does(head, lead, Action.TAKE)
    after = await merged(office, head, member, lead)

    assert (after.stage, after.merged_into) == (Stage.MERGED, lead.id)
    assert (after.unit, after.officer_id, after.due_on) == (lead.unit, head.id, None)
    assert (after.code, after.register_no) == (member.code, member.register_no)
    still = await clocks_of(office, member)
    assert {clock.state for clock in still.values()} == {ClockState.MERGED}
    assert [clock.due_on for clock in still.values()] == [clock.due_on for clock in before.values()]
    now = await office.now(lead)
    assert now.members == 1
    assert await office.work(lambda book: book.count_of_matter(lead.id)) == Count(
        2, 1
    )  # one phone, one person
    assert (await history(office, lead))[-1] is Action.MEMBER_JOINED
    await in_order(office)


async def test_a_merged_petition_is_never_late_on_its_own(office: Office, head: OfficerRecord) -> None:
    lead = await office.does(head, await office.file("500"), Action.TAKE)
    member = await office.file("501")
    await merged(office, head, member, lead)
    await office.live_until(office.clock.now() + timedelta(days=40))
    assert await office.work(lambda book: book.breaches(member.id)) == []
    assert await office.work(lambda book: book.breaches(lead.id))


async def test_undoing_puts_everything_back_and_what_passed_has_passed(
    office: Office, head: OfficerRecord
) -> None:
    worker = await office.officer(OFFICER, "ql_van_hoa", Role.OFFICER, "Trần Văn Một")
    lead = await office.does(head, await office.file("500"), Action.TAKE)
    member = await office.does(worker, await office.file("501"), Action.TAKE)
    before = await clocks_of(office, member)
    await merged(office, head, member, lead)
    await office.live_until(office.clock.now() + timedelta(days=40))
    after = await office.does(head, member, Action.UNMERGE, reason="Hai quán khác nhau")

    assert (after.stage, after.unit, after.officer_id) == (Stage.ASSIGNED, member.unit, worker.id)
    assert (after.due_on, after.due_rule, after.merged_into) == (member.due_on, member.due_rule, None)
    assert await clocks_of(office, member) == before
    assert (await office.now(lead)).members == 0
    assert "tách ra" in told(office, "501", member)[-1]
    await office.live_until(office.clock.now() + timedelta(days=1))
    assert await office.work(lambda book: book.breaches(member.id))
    await in_order(office)


async def test_each_is_told_under_the_own_code_and_nobody_of_another(
    office: Office, head: OfficerRecord
) -> None:
    lead = await office.does(head, await office.file("500"), Action.TAKE)
    member = await office.file("501")
    twice = await office.file("501")
    for each in (member, twice):
        await merged(office, head, each, lead)
    said = len(office.chat("501"))
    await office.does(head, lead, Action.ANSWER, text=ANSWER)

    [answer] = office.chat("501")[said:]
    assert shown_code(member) in answer.text
    assert shown_code(twice) in answer.text
    assert "tắt loa" in answer.text
    assert NAME not in answer.text
    assert PHONE not in answer.text
    everything = office.everything_sent_to("501")
    assert shown_code(lead) not in everything
    assert answer.has("Chưa hài lòng")
    for each in (member, twice):
        assert (await office.now(each)).stage is Stage.ANSWERED
        assert (await office.now(each)).outcome == Action.ANSWER.value
        assert (await history(office, each))[-1] is Action.FOLLOW_LEAD
    assert NAME in told(office, "500", lead)[-1]
    await in_order(office)


async def test_what_was_asked_of_one_is_not_told_to_the_others(office: Office, head: OfficerRecord) -> None:
    lead = await office.does(head, await office.file("500"), Action.TAKE)
    member = await office.file("501")
    await merged(office, head, member, lead)
    said = len(office.chat("501"))
    await office.does(head, lead, Action.ASK_CITIZEN, text="Bà cho biết số phòng trọ?")
    assert office.chat("501")[said:] == []
    assert (await office.now(member)).stage is Stage.MERGED


async def test_closing_reopening_and_moving_the_lead_take_the_others_along(
    office: Office, head: OfficerRecord
) -> None:
    museum = await office.officer("904", "bao_tang", Role.HEAD, "Vũ Bảo Tàng")
    lead = await office.does(head, await office.file("500"), Action.TAKE)
    member = await office.file("501")
    await merged(office, head, member, lead)
    await office.does(head, lead, Action.TRANSFER, unit="bao_tang", reason="Đúng nơi")
    assert ((await office.now(member)).unit, (await office.now(member)).officer_id) == ("bao_tang", None)
    await office.does(museum, lead, Action.TAKE)
    await office.does(museum, lead, Action.ANSWER, text="Đã xong")
    await as_citizen(office, "501", member, Action.NOT_SATISFIED, text="Vẫn ồn")
    await office.does(museum, member, Action.REOPEN, reason="Người gửi nói đúng")
    assert (await office.now(lead)).stage is Stage.IN_PROGRESS
    assert (await office.now(member)).stage is Stage.MERGED
    await office.does(museum, lead, Action.CLOSE, reason="Quán đã nghỉ")
    assert (await office.now(member)).stage is Stage.CLOSED
    assert told(office, "501", member)[-1].strip().endswith("Cảm ơn Ông/Bà.")  # the reason was for the lead
    await in_order(office)


async def test_taken_out_after_the_lead_was_closed_it_is_open_again(
    office: Office, head: OfficerRecord
) -> None:
    lead = await office.does(head, await office.file("500"), Action.TAKE)
    member = await office.file("501")
    await merged(office, head, member, lead)
    await office.does(head, lead, Action.CLOSE, reason="Không kiểm tra được")
    back = await office.does(head, member, Action.UNMERGE, reason="Việc khác")
    assert (back.stage, back.due_on) == (Stage.RECEIVED, member.due_on)
    assert {clock.state for clock in (await clocks_of(office, member)).values()} == {ClockState.RUNNING}
    assert (await office.now(lead)).stage is Stage.CLOSED
    await in_order(office)


async def test_an_officer_who_left_meanwhile_is_replaced_at_once(office: Office, head: OfficerRecord) -> None:
    worker = await office.officer(OFFICER, "ql_van_hoa", Role.OFFICER)
    lead = await office.does(head, await office.file("500"), Action.TAKE)
    member = await office.does(worker, await office.file("501"), Action.TAKE)
    await merged(office, head, member, lead)
    await office.work(lambda book: book.remove_officer(worker.id))
    back = await office.does(head, member, Action.UNMERGE, reason="Việc khác")
    assert back.officer_id == head.id
    await in_order(office)


async def test_the_first_of_two_leads_and_the_way_round_does_not_matter(
    office: Office, head: OfficerRecord
) -> None:
    first, second, third = [await office.file(chat) for chat in ("500", "501", "502")]
    later = await refusal(office, head, first, Action.MERGE, linked=second.id, reason=WHY)
    assert later.code is RefusalCode.LINKED_LATER
    await merged(office, head, second, first)
    assert (await refusal(office, head, first, Action.MERGE, linked=second.id, reason=WHY)).code is (
        RefusalCode.JOINED_HERE
    )
    through = await merged(office, head, third, second)  # whoever names a merged one means its lead
    assert through.merged_into == first.id
    assert (await office.now(first)).members == 2
    again = await refusal(office, head, second, Action.MERGE, linked=first.id, reason=WHY)
    assert again.code is RefusalCode.MERGED
    assert again.params["lead"] == shown_code(first)


async def test_kinds_that_are_not_alike_never_meet(
    office: Office, head: OfficerRecord, focal: OfficerRecord
) -> None:
    feedback = await office.file("500")
    wish = await office.file("501", Kind.RECOMMENDATION)
    complaint = await office.file("502", Kind.COMPLAINT)
    secret = await office.file("503", confidential=True)
    assert (await merged(office, head, wish, feedback)).stage is Stage.MERGED
    for other in (complaint, secret):
        refused = (
            await refusal(office, focal, other, Action.MERGE, linked=feedback.id, reason=WHY)
            if (other is complaint)
            else await refusal(office, head, other, Action.MERGE, linked=feedback.id, reason=WHY)
        )
        assert refused.code is RefusalCode.OTHER_KIND
    second = await office.file("504", Kind.COMPLAINT)
    assert (await refusal(office, head, second, Action.MERGE, linked=complaint.id, reason=WHY)).code in {
        RefusalCode.WRONG_KIND,
        RefusalCode.WRONG_UNIT,
        RefusalCode.WRONG_ROLE,
    }
    assert (await merged(office, focal, second, complaint)).stage is Stage.MERGED


async def test_a_merge_lengthens_no_limit_of_the_law(
    office: Office, head: OfficerRecord, focal: OfficerRecord
) -> None:
    first = await office.file("500", Kind.COMPLAINT)
    second = await office.does(head, await office.file("501", Kind.COMPLAINT), Action.TAKE)
    today = office.clock.now().date()
    formed = await office.does(head, second, Action.CONFIRM_FORM, on=today)
    refused = await refusal(office, focal, formed, Action.MERGE, linked=first.id, reason=WHY)
    assert refused.code is RefusalCode.MERGE_LENGTHENS
    assert refused.params["due"] == formed.due_on


async def test_an_answered_lead_answers_the_newcomer_at_once_a_closed_one_takes_none(
    office: Office, head: OfficerRecord
) -> None:
    lead = await office.does(head, await office.file("500"), Action.TAKE)
    await office.does(head, lead, Action.ANSWER, text=ANSWER)
    member = await merged(office, head, await office.file("501"), lead)
    assert member.stage is Stage.ANSWERED
    assert "tắt loa" in told(office, "501", member)[-1]
    other = await office.does(head, await office.file("502"), Action.TAKE)
    await office.does(head, other, Action.CLOSE, reason="Không kiểm tra được")
    last = await office.file("503")
    refused = await refusal(office, head, last, Action.MERGE, linked=other.id, reason=WHY)
    assert refused.code is RefusalCode.LEAD_FINISHED
    await in_order(office)


async def test_members_add_withdraw_and_rate_on_their_own(office: Office, head: OfficerRecord) -> None:
    lead = await office.does(head, await office.file("500"), Action.TAKE)
    member, leaver = await office.file("501"), await office.file("502")
    for each in (member, leaver):
        await merged(office, head, each, lead)
    await as_citizen(office, "501", member, Action.CITIZEN_ADDS, text="Đêm qua lại ồn")
    assert any("Đêm qua lại ồn" in text for text in told(office, HEAD, member))
    await as_citizen(office, "502", leaver, Action.WITHDRAW)
    gone = await office.now(leaver)
    assert (gone.stage, gone.merged_into) == (Stage.WITHDRAWN, None)
    assert not [clock for clock in (await clocks_of(office, leaver)).values() if clock.alive]
    assert (await office.now(lead)).members == 1
    await office.does(head, lead, Action.ANSWER, text="Đã xong")
    assert len(told(office, "502", leaver)) == len(
        [t for t in told(office, "502", leaver) if "trả lời" not in t]
    )
    await as_citizen(office, "501", member, Action.RATE, rating=4)
    assert ((await office.now(member)).rating, (await office.now(lead)).rating) == (4, None)
    await in_order(office)


async def test_the_first_may_leave_and_the_matter_goes_on_for_the_others(
    office: Office, head: OfficerRecord
) -> None:
    lead = await office.does(head, await office.file("500"), Action.TAKE)
    member = await office.file("501")
    await merged(office, head, member, lead)
    await as_citizen(office, "500", lead, Action.WITHDRAW)
    now = await office.now(lead)
    assert (now.stage, now.left_at is not None) == (Stage.ASSIGNED, True)
    assert await office.work(lambda book: book.count_of_matter(lead.id)) == Count(1, 1)
    said = len(office.chat("500"))
    await office.does(head, lead, Action.START)
    assert office.chat("500")[said:] == []
    assert "đang xử lý" in told(office, "501", member)[-1]
    await as_citizen(office, "501", member, Action.WITHDRAW)
    over = await office.now(lead)
    assert (over.stage, over.members, over.due_on) == (Stage.WITHDRAWN, 0, None)
    assert not [clock for clock in (await clocks_of(office, lead)).values() if clock.alive]
    await in_order(office)


async def test_what_each_petition_must_hear_for_itself_is_not_done_to_a_lead(
    office: Office, head: OfficerRecord
) -> None:
    lead = await office.does(head, await office.file("500"), Action.TAKE)
    await merged(office, head, await office.file("501"), lead)
    refused = await refusal(
        office, head, lead, Action.SCREEN_INELIGIBLE, code=codes_of("ineligible")[0], text="…"
    )
    assert refused.code is RefusalCode.HAS_MEMBERS
    refused = await refusal(office, head, lead, Action.CORRECT, kind=Kind.COMPLAINT, reason="Nhầm loại")
    assert refused.code is RefusalCode.HAS_MEMBERS


async def test_a_citizen_joins_with_a_petition_of_the_own(office: Office, head: OfficerRecord) -> None:
    lead = await office.file("500")
    cards = len(office.chat(HEAD))
    joined: list[PetitionRecord] = []

    def join(turn: Turn) -> None:
        filing = Filing(
            kind=Kind.FEEDBACK,
            unit="ql_van_hoa",
            topic="karaoke_vu_truong",
            content=PetitionContent(story=("Tôi cũng thế",), phone="0951223466"),
            actor=cases.CITIZEN,
            first_message_at=turn.now,
            channel="telegram",
            people=3,
            severity=Severity.NORMAL,
            conversation_id=turn.conversation_id,
            contact_id=turn.contact.id,
        )
        joined.append(cases.file_joined(turn, filing, lead.id))

    await office.as_citizen("501", join)
    [member] = joined
    assert (member.stage, member.merged_into) == (Stage.MERGED, lead.id)
    assert member.register_no == lead.register_no + 1
    assert await office.work(lambda book: book.count_of_matter(lead.id)) == Count(2, 4)
    assert len(office.chat(HEAD)) == cards  # the lead's card says it; nobody gets one for each who joins
    await office.does(head, lead, Action.TAKE)
    await office.does(head, lead, Action.CLOSE, reason="Đã xử lý xong tại chỗ")
    await office.as_citizen("502", join)
    assert (joined[-1].merged_into, joined[-1].stage) == (None, Stage.RECEIVED)  # filed all the same
    assert joined[-1].due_on is not None
    await in_order(office)


async def test_links_stand_on_both_sides_and_go_from_both(office: Office, head: OfficerRecord) -> None:
    one, other = await office.file("500"), await office.file("501", Kind.COMPLAINT)
    await office.does(head, one, Action.LINK, linked=other.id)
    assert await office.work(lambda book: (book.links_of(one.id), book.links_of(other.id))) == (
        [other.id],
        [one.id],
    )
    again = await refusal(office, head, other, Action.LINK, linked=one.id)
    assert again.code is RefusalCode.ALREADY_LINKED
    await office.does(head, other, Action.UNLINK, linked=one.id)
    assert await office.work(lambda book: (book.links_of(one.id), book.links_of(other.id))) == ([], [])
    assert (await history(office, one))[-2:] == [Action.LINK, Action.UNLINK]
    await in_order(office)


async def test_a_duplicate_by_mistake_is_screened_anew(
    office: Office, head: OfficerRecord, focal: OfficerRecord
) -> None:
    first = await office.file("500")
    second = await office.does(head, await office.file("500"), Action.TAKE)
    before = await clocks_of(office, second)
    await office.does(head, second, Action.SCREEN_DUPLICATE, code="same_content", linked=first.id)
    refused = await refusal(office, head, second, Action.UNDO_DUPLICATE, reason="Nhầm")
    assert refused.code in {RefusalCode.WRONG_UNIT, RefusalCode.WRONG_ROLE}
    back = await office.does(focal, second, Action.UNDO_DUPLICATE, reason="Nhầm")
    assert (back.stage, back.officer_id, back.due_on, back.linked_to) == (
        Stage.ASSIGNED,
        head.id,
        second.due_on,
        None,
    )
    assert {k: replace(c, ended_on=None) for k, c in (await clocks_of(office, second)).items()} == {
        k: replace(c, ended_on=None) for k, c in before.items()
    }
    assert (await refusal(office, focal, first, Action.UNDO_DUPLICATE, reason="…")).code in {
        RefusalCode.NOT_DUPLICATE,
        RefusalCode.WRONG_STAGE,
    }
    await in_order(office)
