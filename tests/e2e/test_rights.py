"""Who may do what: one of two presses wins, and a try without the right gets a polite no and stays on record."""

from __future__ import annotations

from typing import Final

from handlers.officers.tokens import Press
from petitions.kinds import Action, Stage
from tests.e2e.support.legal_office import TODAY, Case, LegalOffice, Officer
from tests.e2e.support.office import bound_group, command
from tests.emulators.telegram import Shown

NOT_HERE: Final = "Không có đơn này, hoặc đơn không thuộc phần việc của Ông/Bà."


async def test_of_two_who_take_at_once_one_has_it(any_office: LegalOffice) -> None:
    office = any_office
    other = await office.joins("thanh_tra", "officer", "Trần Thị Bộ")
    case = await office.files("khieu_nai")
    said = await _both_press(office, case, "take", office.clerk, other)
    kept = await office.kept(case)
    assert kept.actions.count("take") == 1
    assert (await case.told()).count("đã nhận xử lý") == 1
    winner = office.clerk if kept.record.officer_id == await office.clerk.id() else other
    won, lost = said if winner is office.clerk else reversed(said)
    assert kept.record.officer_id == await winner.id()
    assert (won, lost) == ("Ông/Bà đã nhận đơn này.", f"Đơn này {winner.name} đã nhận.")
    assert "denied" not in kept.actions, "being slower is no attempt without the right"
    assert await office.house.ledger.open_assignments() == {kept.record.id: 1}


async def test_of_two_who_decide_at_once_one_is_told_it_is_done(any_office: LegalOffice) -> None:
    """The head and the officer of a complaint both confirm their own decision in the same moment."""
    office = any_office
    head = await office.joins("thanh_tra", "head", "Ngô Văn Trưởng")
    case = await office.accepted("khieu_nai")
    for hand, result in ((office.clerk, "[đúng]"), (head, "[sai]")):
        words = ("3=20", "Trả lại.") if hand is office.clerk else ("[Không có]", "Giữ nguyên.")
        await hand.does(case.code, "Ra quyết định…", result, TODAY, "30/QĐ", *words, agree=False)
    before = await office.kept(case)
    await _both_press(office, case, "yes", office.clerk, head)
    kept = await office.kept(case)
    assert kept.actions[len(before.actions) :] == ["decide"]
    assert kept.record.stage is Stage.DECIDED
    assert kept.record.outcome in {"complaint_right", "complaint_wrong"}
    assert len(await case.citizen.news()) == 1, "one decision, one notice"
    lost = head if kept.record.outcome == "complaint_right" else office.clerk
    said = [heard.text for heard in (await lost.chat.all_heard())[-2:]]
    assert any("nên lúc này không làm được việc đó" in words for words in said)


async def test_two_buttons_of_a_group_s_card_make_one_step(office: LegalOffice) -> None:
    people = (office.clerk.chat.person, office.inspector.chat.person)
    seat = await bound_group(office.house, "thanh_tra", *people)
    case = await office.files("khieu_nai")
    card = (await seat.news())[-1]
    token = card.tokens[card.labels.index("Nhận xử lý")]
    group = seat.group
    assert group is not None
    stood = next(shown for shown in group.transcript() if str(shown.id) == card.ref)
    presses = [person.press_data(token, on=stood, chat=group) for person in people]
    await office.house.quiet()
    spoken = {(await press.wait_answer()).get("text", "") for press in presses}
    assert (await office.kept(case)).actions.count("take") == 1
    assert len(spoken) == 2
    assert any("đã nhận." in words for words in spoken)


async def test_a_colleague_without_the_right_gets_a_no_that_stays_on_record(office: LegalOffice) -> None:
    other = await office.joins("thanh_tra", "officer", "Trần Thị Bộ")
    case = await office.accepted("khieu_nai")
    before = await office.kept(case)
    assert "Ra quyết định…" not in await other.offered(case.code)
    refused = await office.presses_an_old_button(other, case, Action.DECIDE)
    assert "Chỉ người được giao hoặc lãnh đạo đơn vị làm được việc này." in refused.text
    assert await _denied(office, case, other) == [("decide", "not_assigned")]
    await office.unchanged(before)
    assert await case.citizen.news() == []
    assert "thử làm việc không có quyền" in (await office.clerk.begins(case.code, "Quá trình xử lý")).text
    looked_up = (await case.citizen.say(case.shown)).text
    assert "quyền" not in looked_up.lower(), "the citizen is not troubled with it"


async def test_another_unit_is_answered_as_if_there_were_no_such_case(office: LegalOffice) -> None:
    stranger = await office.joins("ql_du_lich", "head", "Hoàng Văn Lịch")
    case = await office.accepted("khieu_nai")
    before = await office.kept(case)
    refused = await office.presses_an_old_button(stranger, case, Action.DECIDE)
    assert refused.text == NOT_HERE
    looked = await stranger.chat.say(f"/case {case.code}")
    assert looked.text == NOT_HERE
    assert await _denied(office, case, stranger) == [("decide", "hidden"), ("case", "hidden")]
    await office.unchanged(before)


async def test_a_hidden_sealed_case_is_denied_without_a_word_and_on_record(office: LegalOffice) -> None:
    """The clerk of the same unit is outside the circle of a denunciation (Luật Tố cáo Đ56)."""
    case = await office.accepted("to_cao")
    before = await office.kept(case)
    missing = await office.clerk.chat.say("/case 0000-0000-0000")
    for press in (Press("take", before.record.id), Press("conclude", before.record.id)):
        answer = await office.clerk.chat.press_token(press.token, "")
        assert answer.text == NOT_HERE
    for press in (Press("view", before.record.id), Press("log", before.record.id)):
        answer = await office.clerk.chat.press_token(press.token, "")
        assert answer.text == NOT_HERE
    looked = await office.clerk.chat.say(f"/case {case.code}")
    assert looked.text == NOT_HERE != missing.text
    assert await _denied(office, case, office.clerk) == [
        ("take", "hidden"),
        ("conclude", "hidden"),
        ("view", "hidden"),
        ("log", "hidden"),
        ("case", "hidden"),
    ]
    await office.unchanged(before)
    assert await case.citizen.news() == []
    shown_to_circle = (await office.inspector.begins(case.code, "Quá trình xử lý")).text
    assert shown_to_circle.count("Lê Văn Cán · thử làm việc không có quyền") == 5


async def test_a_flood_of_tries_is_kept_within_bounds(office: LegalOffice) -> None:
    case = await office.accepted("to_cao")
    kept = await office.kept(case)
    for _ in range(24):
        await office.clerk.chat.press_token(Press("conclude", kept.record.id).token, "")
    assert len(await _denied(office, case, office.clerk)) == 20


async def test_a_removed_officer_can_do_nothing(office: LegalOffice) -> None:
    case = await office.accepted("khieu_nai")
    before = await office.kept(case)
    token = Press("decide", before.record.id).token
    await command(office.house, "officer", "remove", str(await office.clerk.id()), "--yes")
    await case.hears(
        vi="Đơn {code}: nay Phạm Văn Thanh, Thanh tra Sở, chịu trách nhiệm xử lý đơn của Ông/Bà.", en=""
    )
    refused = await office.clerk.chat.press_token(token, (await office.clerk.chat.all_heard())[-1].ref)
    assert "Phần này dành cho cán bộ" in refused.text
    now = await office.kept(case)
    assert now.actions[len(before.actions) :] == ["reassign"]
    assert now.record.stage is before.record.stage
    assert now.record.officer_id == await office.inspector.id()


async def _both_press(office: LegalOffice, case: Case, verb: str, *hands: Officer) -> list[str]:
    """Both press before either is answered; what each read on the button."""
    token = Press(verb, (await office.kept(case)).record.id).token
    stood = []
    for hand in hands:
        ref = next(heard.ref for heard in reversed(await hand.chat.all_heard()) if token in heard.tokens)
        chat = hand.chat.person.chat
        stood.append(Shown(chat, chat.messages[int(ref)]))
    presses = [hand.chat.person.press_data(token, on=on) for hand, on in zip(hands, stood, strict=True)]
    await office.house.quiet()
    return [(await press.wait_answer()).get("text", "") for press in presses]


async def _denied(office: LegalOffice, case: Case, hand: Officer) -> list[tuple[str, str]]:
    """What this person tried without the right, and why it was refused."""
    who = await hand.id()
    denied = [event for event in (await office.kept(case)).events if event.action is Action.DENIED]
    return [(e.content["tried"], e.content["why"]) for e in denied if e.actor.officer_id == who]
