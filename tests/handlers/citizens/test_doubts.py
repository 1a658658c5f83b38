"""Not sure of kind or subject: one question that separates the two, in words or buttons, never a second one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from petitions.kinds import Kind
from petitions.triage.model import Calibration, Model, packaged
from petitions.triage.suggester import suggester_for
from tests.handlers.harness import Person
from tests.handlers.officers.office import sample_agency, sample_facts

PROPOSAL = (
    "Thư viện tỉnh ở đường Lê Lợi, Phủ Lý đóng cửa chủ nhật, trẻ con không có chỗ đọc, nên mở cả chủ nhật"
)
MUSEUM = (
    "Bảo tàng tỉnh và thư viện tỉnh đóng cửa cả tuần, không xem được hiện vật, bạn đọc không mượn được sách"
)
DRUNK = "Khách say ở quán karaoke đường Lê Lợi, Phủ Lý đánh nhau, cướp giật ngoài đường, hát ầm ĩ tới khuya, dân sợ"
QUESTION = "Có một điều chúng tôi chưa chắc"
_WEAK = 0.4


def unsure_model(name: str) -> Model:
    """The packaged model, but it learned little of kinds or of topics, and knows it."""
    model = packaged()
    head = model.heads[name]
    weak = replace(head, fusion=[weight * _WEAK for weight in head.fusion])
    doubtful = "kind" if name == "kind" else "unit"
    calibrations = model.calibrations | {doubtful: Calibration(0.05, -0.5)}
    return replace(model, heads=model.heads | {name: weak}, calibrations=calibrations)


@pytest.fixture
def doubting(person: Person, request: pytest.FixtureRequest) -> Person:
    """A person at an office that is not sure of `request.param`: kind or topic."""
    suggester = suggester_for(sample_agency(), unsure_model(request.param))
    person.office.facts = replace(sample_facts(), suggester=suggester)
    return person


@pytest.mark.parametrize("doubting", ["kind"], indirect=True)
async def test_two_kinds_are_told_apart_in_plain_words(doubting: Person) -> None:
    answer = await doubting.say(PROPOSAL)
    assert QUESTION in answer.text
    assert "để cơ quan kiểm tra" in answer.text
    assert "đề xuất" in answer.text
    assert answer.labels == ["Kiến nghị", "Phản ánh", "Để cơ quan xác định"]
    answer = await doubting.press("Phản ánh")
    assert "Phản ánh" in answer.text
    assert "họ tên" in answer.text
    answer = await doubting.say("Thêm nữa là quán này còn đỗ xe chắn hết lối đi của cả ngõ chúng tôi")
    assert QUESTION not in answer.text
    await doubting.say("Nguyễn Thị Sen, 0951 223 455")
    await doubting.press("Xác nhận gửi")
    [petition] = await doubting.petitions()
    assert petition.kind is Kind.FEEDBACK


@pytest.mark.parametrize("doubting", ["kind"], indirect=True)
@pytest.mark.parametrize(
    ("typed", "kind"),
    [
        ("phan anh", Kind.FEEDBACK),
        ("2", Kind.FEEDBACK),
        ("bỏ qua", Kind.RECOMMENDATION),
        ("tôi không biết", Kind.RECOMMENDATION),
        ("vâng", Kind.RECOMMENDATION),
        ("mình muốn phản ánh ạ", Kind.FEEDBACK),
    ],
)
async def test_typed_words_answer_it(doubting: Person, typed: str, kind: Kind) -> None:
    await doubting.say(PROPOSAL)
    answer = await doubting.say(typed)
    assert QUESTION not in answer.text
    assert "họ tên" in answer.text
    await doubting.say("Nguyễn Thị Sen, 0951 223 455")
    await doubting.press("Xác nhận gửi")
    [petition] = await doubting.petitions()
    assert petition.kind is kind


@pytest.mark.parametrize("doubting", ["kind"], indirect=True)
async def test_more_of_the_story_is_kept_and_not_asked_about_again(doubting: Person) -> None:
    await doubting.say(PROPOSAL)
    more = "Hôm qua tôi sang nói thì chủ quán còn chửi và bật loa to hơn nữa, mong các anh xuống giúp"
    answer = await doubting.say(more)
    assert QUESTION not in answer.text
    await doubting.say("Nguyễn Thị Sen, 0951 223 455")
    await doubting.press("Xác nhận gửi")
    [petition] = await doubting.petitions()
    assert (await doubting.content(petition)).story == (PROPOSAL, more)


@pytest.mark.parametrize("doubting", ["topic"], indirect=True)
async def test_two_subjects_are_named(doubting: Person) -> None:
    answer = await doubting.say(MUSEUM)
    assert answer.labels[2:] == ["Việc khác", "Để cơ quan xác định"]
    await doubting.say("bảo tàng")
    await doubting.say("Nguyễn Thị Sen, 0951 223 455")
    await doubting.press("Xác nhận gửi")
    [petition] = await doubting.petitions()
    assert (petition.topic, petition.unit) == ("hoat_dong_bao_tang", "bao_tang")


@pytest.mark.parametrize("doubting", ["topic"], indirect=True)
async def test_something_else_leaves_it_to_the_focal_unit(doubting: Person) -> None:
    await doubting.say(MUSEUM)
    answer = await doubting.press("Việc khác")
    assert "Lĩnh vực sẽ do cơ quan xác định" in answer.text
    await doubting.say("Nguyễn Thị Sen, 0951 223 455")
    await doubting.press("Xác nhận gửi")
    [petition] = await doubting.petitions()
    assert (petition.topic, petition.unit) == (None, "thanh_tra")


@pytest.mark.parametrize("doubting", ["topic"], indirect=True)
async def test_another_authority_chosen_is_then_offered_as_ever(doubting: Person) -> None:
    answer = await doubting.say(DRUNK)
    assert "Công an" in answer.labels[1]
    answer = await doubting.press("Công an")
    assert "thuộc thẩm quyền" in answer.text
    assert "chuyển giúp" in answer.text


async def test_a_guess_carries_the_words_it_rests_on(person: Person) -> None:
    answer = await person.say("Bể bơi Sóng Xanh ở Phủ Lý không có cứu hộ, hôm qua một cháu suýt đuối nước")
    assert "Vì Ông/Bà viết: “" in answer.text
    assert "cứu hộ" in answer.text.partition("Vì Ông/Bà viết")[2]
    await person.say("Nguyễn Thị Sen, 0951 223 455")
    card = person.transcript[-1].text
    urgent = card.partition("KHẨN")[2]
    assert "Vì Ông/Bà viết" in urgent
