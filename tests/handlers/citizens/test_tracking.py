"""Looking up: one's own, a stranger's, with the receipt's secret, and how often one may be wrong."""

from __future__ import annotations

import pytest

from petitions.codes import TrackingCode
from petitions.kinds import Kind
from tests.e2e.dialogues import typo
from tests.handlers.harness import Person
from tests.handlers.officers.office import Office

STORY = "Quán karaoke Trăng Thanh ở đường Nguyễn Văn Trỗi, Phủ Lý hát tới 1h sáng, tối nào cũng vậy"


async def filed(person: Person) -> tuple[str, str]:
    """A petition of this person: code and receipt's secret."""
    await person.say(STORY)
    await person.say("Vũ Hải 0951 223 455")
    done = await person.press("Xác nhận gửi")
    receipt = next(sent for sent in person.office.chat(person.chat) if sent.message.file is not None)
    assert receipt.message.file is not None
    return done.answers[0].codes[0], receipt.message.file.secret


@pytest.mark.parametrize("typed", ["/status {code}", "{code}", "đơn {lower} tới đâu rồi", "cho xem {zero}"])
async def test_ones_own_code_in_every_disguise(person: Person, typed: str) -> None:
    code, _ = await filed(person)
    shown = str(TrackingCode(code))
    words = typed.format(code=shown, lower=shown.lower().replace("-", " "), zero=shown.replace("0", "O"))
    answer = await person.command("status", shown) if words.startswith("/") else await person.say(words)
    assert "Giai đoạn: đã tiếp nhận" in answer.text
    assert "Karaoke" in answer.text


async def test_a_stranger_sees_stage_and_dates_only(office: Office, person: Person) -> None:
    code, _ = await filed(person)
    stranger = Person(office, chat="600")
    answer = await stranger.command("status", code)
    assert "Giai đoạn: đã tiếp nhận" in answer.text
    assert "Hạn" in answer.text
    assert "Karaoke" not in answer.text
    assert "Phòng Quản lý" not in answer.text


async def test_a_stranger_sees_of_a_denunciation_the_stage_alone(office: Office) -> None:
    petition = await office.file("500", Kind.DENUNCIATION, unit="thanh_tra", confidential=True)
    answer = await Person(office, chat="600").command("status", petition.code)
    assert "Giai đoạn" in answer.text
    assert "/2026" not in answer.text


async def test_the_secret_opens_it_and_leaving_closes_it(office: Office, person: Person) -> None:
    code, secret = await filed(person)
    stranger = Person(office, chat="600")
    await stranger.command("status", code)
    opened = await stranger.say(secret)
    assert "Karaoke" in opened.text
    again = await stranger.say("còn mấy ngày nữa?")
    assert "còn 15 ngày" in again.text
    await stranger.command("leave")
    closed = await stranger.command("status", code)
    assert "Karaoke" not in closed.text
    at_once = await stranger.command("status", f"{code} {secret}")
    assert "Karaoke" in at_once.text


async def test_what_a_stranger_may_not_do(office: Office, person: Person) -> None:
    await filed(person)
    (petition,) = await person.petitions()
    stranger = Person(office, chat="600")
    for action in ("add", "withdraw", "reopen", "rating", "unsatisfied"):
        token = f"c.0.{action}.{_base36(petition.id)}"
        assert "chỉ người gửi đơn" in (await stranger.press_token(token)).text
    refused = await stranger.say(f"rút đơn {petition.code} giúp tôi")
    assert "Đồng ý" not in " ".join(refused.labels)


def _base36(number: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[digit] + digits
    return digits


async def test_wrong_codes_are_slowed_and_good_ones_of_ones_own_never(office: Office, person: Person) -> None:
    code, _ = await filed(person)
    for _ in range(10):
        assert "gõ lại mã" in (await person.say(typo(code))).text
    assert "thử lại sau một giờ" in (await person.say(typo(code))).text
    assert "Giai đoạn" in (await person.say(str(TrackingCode(code)))).text
    person.rest(2)
    assert "gõ lại mã" in (await person.say(typo(code))).text


async def test_wrong_secrets_are_limited(office: Office, person: Person) -> None:
    code, secret = await filed(person)
    stranger = Person(office, chat="600")
    wrong = secret[::-1] if secret[::-1] != secret else "0" * 16
    for _ in range(5):
        assert "chưa đúng" in (await stranger.command("status", f"{code} {wrong}")).text
    assert "Karaoke" not in (await stranger.command("status", f"{code} {secret}")).text


async def test_an_unknown_code_and_a_mistyped_one_tell_nothing(office: Office, person: Person) -> None:
    code, _ = await filed(person)
    answer = await Person(office, chat="600").say(typo(code))
    assert code not in answer.text.replace("-", "")
    assert "Giai đoạn" not in answer.text


async def test_links_and_commands(person: Person) -> None:
    code, _ = await filed(person)
    assert "Giai đoạn" in (await person.start(f"s_{code}")).text
    assert str(TrackingCode(code)) in (await person.command("mine")).text
    assert "đơn nào" in (await person.command("status")).text
    english = await person.command("language")
    assert "in English" in english.text
    unknown = await person.command("foo")
    assert "no such command" in unknown.text


async def test_link_to_a_kind(person: Person) -> None:
    answer = await person.start("k_khieu_nai")
    assert "khiếu nại" in answer.text


async def test_two_petitions_in_one_chat_and_which_is_meant(person: Person) -> None:
    code, _ = await filed(person)
    await person.say("Thư viện tỉnh điều hòa hỏng từ tháng 5, nóng không ngồi được")
    await person.press("Dùng thông tin lần trước")
    await person.press("Xác nhận gửi")
    listed = await person.say("vậy là mấy đơn?")
    assert "2 đơn" in listed.text
    await person.say(str(TrackingCode(code)))
    asked = await person.say("tôi muốn rút đơn")
    assert str(TrackingCode(code)) in asked.text
