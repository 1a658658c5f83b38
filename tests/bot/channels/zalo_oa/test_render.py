"""What a message is on Zalo: whole in its text, five buttons at most, nothing longer than allowed."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.cutting import utf16
from bot.channels.zalo_oa.render import (
    MAX_BUTTONS,
    MAX_TEXT,
    MAX_TITLE,
    PLAIN,
    Body,
    Form,
    bodies,
    contact_card,
    document,
    forms_of,
    picture,
    recipient_of,
    short_title,
)
from handlers.messages import Button, Outgoing

FULL = Form()


def choices(count: int) -> tuple[tuple[Button, ...], ...]:
    return tuple((Button(label=f"Lựa chọn {number}", token=f"c.{number}"),) for number in range(1, count + 1))


def buttons(body: Body) -> list[Body]:
    payload = body.get("attachment", {}).get("payload", {})
    found = payload.get("buttons", [])
    assert isinstance(found, list)
    return found


def test_choices_stand_in_the_text_and_the_first_five_are_buttons() -> None:
    message = Outgoing(title="Tôi hiểu như sau", text="Đúng không ạ?", rows=choices(7))
    (body,) = bodies(message, FULL)
    assert body["text"].startswith("Tôi hiểu như sau\nĐúng không ạ?\n\n1. Lựa chọn 1\n2. Lựa chọn 2")
    assert body["text"].endswith("7. Lựa chọn 7")
    assert [(b["title"], b["type"], b["payload"]) for b in buttons(body)] == [
        (f"Lựa chọn {number}", "oa.query.hide", f"#b:c.{number}") for number in range(1, 6)
    ]
    assert "template_type" not in body["attachment"]["payload"]
    assert bodies(message, PLAIN) == [{"text": body["text"]}]


def test_links_are_buttons_where_there_is_room_and_lines_where_not() -> None:
    link = Button(label="Xem hồ sơ", url="https://tiepdan.example.vn/status")
    local = Button(label="Trang này", url="http://127.0.0.1:8080/")
    (body,) = bodies(Outgoing(text="Ông/Bà chọn.", rows=((link, local), *choices(2))), FULL)
    assert [b["type"] for b in buttons(body)] == ["oa.query.hide", "oa.query.hide", "oa.open.url"]
    assert buttons(body)[2]["payload"] == {"url": "https://tiepdan.example.vn/status"}
    assert "Xem hồ sơ" not in body["text"]
    assert "Trang này: http://127.0.0.1:8080/" in body["text"]
    (full,) = bodies(Outgoing(text="Ông/Bà chọn.", rows=((link,), *choices(5))), FULL)
    assert len(buttons(full)) == MAX_BUTTONS
    assert "Xem hồ sơ: https://tiepdan.example.vn/status" in full["text"]


def test_buttons_only_under_the_last_piece_and_the_quote_on_the_first() -> None:
    message = Outgoing(text="Một câu dài. " * 300, rows=choices(2), reply_to="m1")
    found = bodies(message, FULL)
    assert len(found) > 1
    assert ["attachment" in body for body in found] == [False] * (len(found) - 1) + [True]
    assert ["quote_message_id" in body for body in found] == [True] + [False] * (len(found) - 1)
    assert found[0]["quote_message_id"] == "m1"


def test_forms_leave_out_one_thing_after_the_other() -> None:
    link = Button(label="Xem", url="https://tiepdan.example.vn/")
    message = Outgoing(text="a", rows=((link,), *choices(1)), reply_to="m1")
    assert forms_of(message, buttons=True, links=True) == [
        Form(buttons=True, links=True, quote=True),
        Form(buttons=True, links=True, quote=False),
        Form(buttons=True, links=False, quote=False),
        PLAIN,
    ]
    assert forms_of(Outgoing(text="a", rows=choices(1)), buttons=False, links=True) == [PLAIN]
    assert forms_of(Outgoing(text="a"), buttons=True, links=True) == [PLAIN]


def test_words_are_sent_composed() -> None:
    decomposed = unicodedata.normalize("NFD", "Phường Cầu Kho")
    rows = ((Button(label=decomposed, token="x"),),)
    (body,) = bodies(Outgoing(text=decomposed, title=decomposed, rows=rows), FULL)
    assert body["text"] == "Phường Cầu Kho\nPhường Cầu Kho\n\n1. Phường Cầu Kho"
    assert buttons(body)[0]["title"] == "Phường Cầu Kho"


def test_nothing_to_say_is_nothing() -> None:
    assert bodies(Outgoing(text=" \n\u200b "), FULL) == []
    assert bodies(Outgoing(text=""), FULL, lines=["don.odt", "https://x.vn/files/1"]) == [
        {"text": "don.odt\nhttps://x.vn/files/1"}
    ]


@pytest.mark.parametrize(
    ("label", "shown"),
    [
        ("Đúng rồi", "Đúng rồi"),
        ("Tôi không đồng ý với câu trả lời này", "Tôi không đồng ý với câu…"),
        ("a" * 40, "a" * 24 + "…"),
        ("  Hai \n dòng ", "Hai dòng"),
        ("Phòng Quản lý văn hóa và gia đình", "Phòng Quản lý văn hóa và…"),
    ],
)
def test_labels_are_cut_at_a_word(label: str, shown: str) -> None:
    assert short_title(label) == shown
    assert len(short_title(label)) <= MAX_TITLE


def test_who_it_is_for() -> None:
    assert recipient_of("246845883529197922") == {"user_id": "246845883529197922"}
    assert recipient_of("anon:0af3:771") == {"anonymous_id": "0af3", "conversation_id": "771"}


def test_other_bodies() -> None:
    assert document("t1") == {"attachment": {"type": "file", "payload": {"token": "t1"}}}
    (element,) = picture("gif", "a1", (20, 10))["attachment"]["payload"]["elements"]
    assert element == {"media_type": "gif", "attachment_id": "a1", "width": 20, "height": 10}
    assert picture("image", "a1", (0, 0), "Ảnh")["text"] == "Ảnh"
    card = contact_card({"contact_title": "T" * 200, "contact_subtitle": "S" * 900}, "https://x.vn/a.png")
    (element,) = card["attachment"]["payload"]["elements"]
    assert (len(element["title"]), len(element["subtitle"])) == (100, 500)


words = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs"]) | st.sampled_from("ắệ ữ\u0301.😀"), max_size=5_000
)


@given(
    text=words, title=st.text(max_size=80), labels=st.lists(st.text(min_size=1, max_size=120), max_size=12)
)
def test_no_piece_and_no_button_is_over_its_limit(text: str, title: str, labels: list[str]) -> None:
    rows = tuple((Button(label=label, token=f"c.{number}"),) for number, label in enumerate(labels))
    message = Outgoing(text=text, title=title, rows=rows)
    for form in (FULL, PLAIN):
        for body in bodies(message, form):
            assert 0 < utf16(body["text"]) <= MAX_TEXT
            assert len(buttons(body)) <= MAX_BUTTONS
            assert all(0 < len(b["title"]) <= 100 for b in buttons(body))
