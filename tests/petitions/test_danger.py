"""Danger that goes on is told from danger that is told."""

from __future__ import annotations

import pytest

from petitions.danger import find_danger


@pytest.mark.parametrize(
    ("text", "level", "about"),
    [
        ("chồng em đang đập cửa", "now", "violence"),
        ("chong em dang dap cua", "now", "violence"),
        ("em khóa trong nhà tắm với con", "now", "violence"),
        ("ko gọi dc no nghe thấy", "now", "violence"),
        ("nó đang cầm dao ngoài cổng", "now", "violence"),
        ("help he is hitting me", "now", "violence"),
        ("cháy rồi các anh ơi", "now", "fire"),
        ("giờ 14 người nôn ói tiêu chảy, 5 người đang trên xe cấp cứu", "now", "medical"),
        ("bố dượng cháu hay đánh cháu bằng dây điện, cháu sợ về nhà lắm", "threat", "child"),
        ("nó nhắn tin dọa chặt tay tôi", "threat", "violence"),
    ],
)
def test_danger_is_heard(text: str, level: str, about: str) -> None:
    danger = find_danger(text)
    assert danger is not None
    assert (danger.level, danger.about) == (level, about)


@pytest.mark.parametrize(
    "text",
    [
        "bể bơi Sông Xanh ở Hòa Mạc không có ai cứu hộ",
        "xong, mà nhắn gấp giùm chứ chiều nay lại có mấy chục đứa trẻ xuống bơi",
        "loa thôn sáng sớm nó rống như cháy nhà",
        "nhà hàng xóm đang đánh bạc",
        "chùa đang đánh trống ầm ĩ",
        "em đang ở nhà mẹ đẻ rồi, giờ em muốn làm đơn",
        "đề nghị tập huấn phòng cháy chữa cháy cho quán karaoke",
        "",
    ],
)
def test_no_danger_where_there_is_none(text: str) -> None:
    assert find_danger(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "Kính gửi Sở. Tôi tố cáo ông Nam, năm ngoái ông ấy đã cầm dao dọa giết bố tôi giữa đường.",
        "hôm qua nó đập cửa nhà tôi, hôm nay đã xin lỗi",
        "Chồng tôi năm ngoái có đánh tôi, nay đã ly hôn, tôi khiếu nại việc xét gia đình văn hóa",
    ],
)
def test_the_past_is_never_now(text: str) -> None:
    danger = find_danger(text)
    assert danger is None or danger.level == "threat"
