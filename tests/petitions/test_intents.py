"""Intents fire on what people type for a button, and stay silent on stories that hold the same words."""

from __future__ import annotations

from datetime import date

import pytest

from petitions.intents import (
    Intent,
    Question,
    chosen_kind,
    intents,
    is_only,
    language_of,
    match_choice,
    question,
    read_correction,
    story_part,
)
from petitions.kinds import Kind

I = Intent  # noqa: E741 - a table of a hundred rows

SAID: list[tuple[str, set[Intent]]] = [
    ("xong rồi, không còn ảnh nào nữa", {I.DONE}),
    ("xog r", {I.DONE}),
    ("hết rồi ạ", {I.DONE}),
    ("that's all", {I.DONE}),
    ("xong, mà nhắn gấp giùm chứ chiều nay lại có mấy chục đứa trẻ xuống bơi", {I.DONE}),
    ("ừ đúng rồi gửi đi cháu", {I.CONFIRM, I.YES}),
    ("gửi mẹ nó đi", {I.CONFIRM}),
    ("gửi luôn ạ, mà kết quả nhắn bằng tiếng Anh cho cô ấy nhé", {I.CONFIRM, I.NOTICES_IN_ENGLISH}),
    ("ok gửi", {I.CONFIRM}),
    ("ok gui di", {I.CONFIRM}),
    ("đúng r gửi lun đi", {I.CONFIRM, I.YES}),
    ("chốt đơn nhé", {I.CONFIRM}),
    ("please submit", {I.CONFIRM}),
    ("tôi không biết cơ quan nào hết, cứ gửi hộ tôi", {I.DONT_KNOW, I.CONFIRM}),
    ("ừ làm luôn đi, địa chỉ giống trên", {I.YES, I.SAME_AS_BEFORE}),
    ("ừ cũng được, tên Nguyễn Thị Hoa 0955 412 660, thửa 118 thôn 3", {I.YES}),
    ("dạ đúng ạ", {I.YES}),
    ("hông", {I.NO}),
    ("đừng gửi vội", {I.NO}),
    ("bo qua", {I.SKIP}),
    ("tên Lê Bích Ngọc, ko cần đt đâu nhắn ở đây là dc", {I.SKIP}),
    (
        "Khoan, quay lại bước trước, tôi ghi sai ngày, nhận ngày 12/5 chứ không phải 10/5",
        {I.BACK, I.CORRECTION},
    ),
    ("quay lai", {I.BACK}),
    ("thôi bỏ đi, mình nghĩ lại rồi", {I.CANCEL}),
    (
        "bỏ, chuyển sang phản ánh điều hòa thư viện hỏng từ tháng 5, nóng không ngồi được",
        {I.CANCEL, I.NEW_MATTER},
    ),
    ("hủy", {I.CANCEL}),
    ("làm lại từ đầu", {I.START_OVER}),
    ("giup voi", {I.HELP}),
    ("đơn của tôi", {I.MINE}),
    ("cho hỏi đơn ABCD-EFGH-JKMN tới đâu rồi", {I.STATUS}),
    ("có kết quả chưa", {I.STATUS}),
    ("mở lại cái cũ đi", {I.REOPEN}),
    ("ơ mà tối qua nó lại hát ầm lên, tôi gửi lại được không?", {I.REOPEN}),
    ("vậy là mấy đơn?", {I.HOW_MANY}),
    ("vậy nặc danh đi", {I.ANONYMOUS}),
    ("thôi em để tên, nhưng giữ bí mật nhé: Bùi Thị Nhàn, 0957 331 209", {I.NAMED, I.KEEP_SECRET}),
    ("… ừ nãy nóng, thông cảm. có kết quả báo nhé", {I.APOLOGY, I.NOTIFY_ME}),
    ("ok vậy nhắn cho tôi khi đơn tôi có kết quả", {I.NOTIFY_ME}),
    ("hôm trước tôi gửi đơn ABCD, giờ tôi không muốn nữa, xóa giúp tôi", {I.WITHDRAW}),
    ("đừng gọi vào số chồng em, số mẹ em 0957 044 318", {I.DISCREET}),
    ("mày là máy à? gọi thằng nào biết việc ra đây", {I.HUMAN}),
    ("để mình đi đón con đã", {I.LATER}),
    ("alo, hôm qua mình đang viết dở ấy", {I.GREETING, I.RESUME}),
    ("với lại cái biển quảng cáo nó đóng chặn cổng nhà tôi luôn", {I.SECOND_MATTER}),
    ("à nhầm, 0951 223 454", {I.CORRECTION}),
    ("ủa gửi nhầm số con gái, số tôi là 0951 223 455 cơ", {I.CORRECTION}),
    ("địt mẹ hỏi lắm thế", {I.RUDE_ONLY}),
    ("thank you so much!", {I.THANKS}),
    ("hi, do you speak english? a boat driver at the lake asked me for a tip", {I.GREETING, I.LANGUAGE_EN}),
    ("để em viết tiếng Việt cho nhanh", {I.LANGUAGE_VI}),
    ("cho em tố cáo được không, mà em không muốn lộ tên", {I.KEEP_SECRET}),
]

SILENT = [
    "họ làm xong rồi bỏ đi không dọn",
    "chủ quán gửi tiền cho công an rồi xong",
    "Chúng tôi đã gửi đơn lên xã ba lần, cán bộ nói xong rồi nhưng không ai xuống kiểm tra",
    "họ ép tôi rút đơn",
    "nặc danh là gì",
    "gửi ảnh",
    "em gửi ảnh rồi",
    "thì ông ấy nhờ tôi mà",
    "vì chủ quán đã xin lỗi và giảm tiếng rồi",
    "thế ông có phải ra xã nữa không",
    "Nguyễn Thị Sen 0951 223 45",
    "Ngày 10/5 tôi nhận văn bản trả hồ sơ thông báo quảng cáo, không nêu điều khoản",
    "cái màn ở ngã tư Vĩnh Trụ ấy, 11 giờ đêm vẫn bật",
    "tam chuc ep khach mua ve combo thuyen xe dien, k ban le. nv noi chuyen coc loc. kiem tra di",
    "Đề nghị hủy bỏ quyết định xử phạt và trả lại tiền cho gia đình tôi",
    "1",
    "",
    "...",
]


@pytest.mark.parametrize(("text", "expected"), SAID)
def test_what_is_typed_for_a_button_is_understood(text: str, expected: set[Intent]) -> None:
    assert expected <= intents(text)


@pytest.mark.parametrize(("text", "expected"), SAID)
def test_no_contrary_intent_beside_it(text: str, expected: set[Intent]) -> None:
    extra = intents(text) - expected - {I.YES, I.GREETING}
    assert extra == set()


@pytest.mark.parametrize("text", SILENT)
def test_stories_and_answers_carry_no_intent(text: str) -> None:
    assert intents(text) == frozenset()


def test_only_means_nothing_else_is_said() -> None:
    assert is_only("gửi luôn ạ", I.CONFIRM)
    assert is_only("👋", I.GREETING)
    assert is_only("đm hỏi lắm thế", I.RUDE_ONLY)
    assert not is_only("ừ cũng được, tên Nguyễn Thị Hoa", I.YES)
    assert not is_only("bỏ, chuyển sang phản ánh điều hòa hỏng", I.CANCEL)


def test_the_story_is_what_is_left_without_the_intents() -> None:
    assert story_part("bỏ, chuyển sang phản ánh điều hòa hỏng, nóng lắm").startswith("chuyển sang")
    assert story_part("ok gửi") == ""
    assert story_part("xong, mà chiều nay trẻ lại xuống bơi") == "mà chiều nay trẻ lại xuống bơi"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("phản ánh nhé", Kind.FEEDBACK),
        ("phan anh", Kind.FEEDBACK),
        ("cho em tố cáo được không, mà em không muốn lộ tên", Kind.DENUNCIATION),
        ("mình muốn kiến nghị về thư viện tỉnh", Kind.RECOMMENDATION),
        ("Tôi muốn khiếu nại việc Sở trả hồ sơ cấp giấy phép của tôi", Kind.COMPLAINT),
        ("bỏ, chuyển sang phản ánh điều hòa thư viện hỏng từ tháng 5", Kind.FEEDBACK),
        ("không phải khiếu nại mà là phản ánh", Kind.FEEDBACK),
        ("I want to complain", Kind.COMPLAINT),
        ("khiếu nại với tố cáo khác nhau thế nào", None),
        ("Mà cho hỏi thời hạn giải quyết khiếu nại là bao nhiêu ngày?", None),
        ("quán hát ồn quá", None),
    ],
)
def test_the_kind_somebody_names(text: str, kind: Kind | None) -> None:
    assert chosen_kind(text) is kind


UNITS = [("di_san", ["Phòng Quản lý di sản", "di tích"]), ("du_lich", ["Phòng Quản lý du lịch"])]


@pytest.mark.parametrize(
    ("text", "token"),
    [
        ("2", "du_lich"),
        ("số 1", "di_san"),
        ("cái thứ hai", "du_lich"),
        ("cuối cùng", "du_lich"),
        ("phong quan ly di san", "di_san"),
        ("di tích nhé", "di_san"),
        ("du lịch", "du_lich"),
        ("du lich a", "du_lich"),
        ("phòng quản lý", None),
        ("3", None),
        ("không biết", None),
    ],
)
def test_a_choice_takes_its_words_or_its_number(text: str, token: str | None) -> None:
    assert match_choice(text, UNITS) == token


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("thế ông có phải ra xã nữa không", Question.NEED_VISIT),
        ("Mà cho hỏi thời hạn giải quyết khiếu nại là bao nhiêu ngày?", Question.HOW_LONG),
        ("Thế có cần luật sư không", Question.LAWYER),
        ("thế nặc danh thì các anh có làm thật không hay để đấy", Question.ANONYMOUS_TAKEN_SERIOUSLY),
        ("à mà sao lúc nãy em nói mà không có nút, giờ có cần gửi lại gì không", Question.RESEND_NEEDED),
        ("trạng thái 'đang xác minh' là sao, còn mấy ngày nữa?", Question.STATUS_MEANING),
        ("mày là máy à? gọi thằng nào biết việc ra đây", Question.IS_BOT),
        ("Tôi hỏi: khiếu nại với tố cáo khác nhau thế nào?", Question.KIND_DIFFERENCE),
        ("so o dau vay", Question.OFFICE_WHERE),
        ("mấy giờ làm việc ạ", Question.OPENING_HOURS),
        ("co mat phi khong", Question.FEE),
        ("ai xem được tên tôi", Question.DATA_PRIVACY),
        ("rồi sao nữa", Question.WHAT_NEXT),
        ("muốn xin giấy phép thì cần những giấy tờ gì, nộp ở đâu ạ?", Question.PROCEDURE),
        ("how long does it take?", Question.HOW_LONG),
        ("bên mình có nhận ảnh qua zalo không ạ?", Question.OTHER),
        ("0951 990 017 tên Thắng, xong chưa?", None),
        ("cho em tố cáo được không, mà em không muốn lộ tên", None),
        ("tôi gửi lại được không?", None),
        ("hát ồn như thế có ai quản lý không?", None),
        ("Tôi yêu cầu Sở nhận lại hồ sơ và nói rõ căn cứ", None),
        ("vâng", None),
    ],
)
def test_a_question_in_the_middle(text: str, asked: Question | None) -> None:
    assert question(text) is asked


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("hi, do you speak english? a boat driver asked me for a tip", "en"),
        ("thank you so much!", "en"),
        ("anh ơi em là bạn của cô ấy, cô ấy tên Emma Clarke", "vi"),
        ("toi muon phan anh quan karaoke hat khuya", "vi"),
        ("ok", None),
        ("Nguyễn Thị Sen 0951 223 455", None),
    ],
)
def test_language_needs_clear_evidence(text: str, language: str | None) -> None:
    assert language_of(text) == language


def test_a_correction_tells_old_and_new() -> None:
    today = date(2026, 5, 20)
    text = "Khoan, quay lại bước trước, tôi ghi sai ngày, nhận ngày 12/5 chứ không phải 10/5"
    found = read_correction(text, today)
    assert found is not None
    assert (found.what, found.old, found.new) == ("date", "10/5", "12/5")
    assert (found.old_date, found.new_date) == (date(2026, 5, 10), date(2026, 5, 12))
    reverse = read_correction("không phải 10/5, ngày 12/5 mới đúng", today)
    assert reverse is not None
    assert (reverse.old, reverse.new) == ("10/5", "12/5")
    phone = read_correction("à nhầm, 0951 223 454", today)
    assert phone is not None
    assert (phone.what, phone.new) == ("phone", "0951 223 454")
    assert read_correction("tôi ghi sai rồi", today) is None
    assert read_correction("quán hát tới 1h sáng ngày 12/5", today) is None
