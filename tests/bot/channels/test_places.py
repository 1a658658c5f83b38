"""Places that people type where the platform hands on none."""

from __future__ import annotations

import pytest

from bot.channels.words import place_of
from handlers.messages import Location

HERE = Location(latitude=20.5411, longitude=105.9139)


@pytest.mark.parametrize(
    "text",
    [
        "20.5411, 105.9139",
        " 20.5411,105.9139 ",
        "(20.5411, 105.9139)",
        "Vị trí: 20.5411, 105.9139",
        "tọa độ 20.5411 , 105.9139",
        "https://maps.google.com/?q=20.5411,105.9139",
        "https://www.google.com/maps/@20.5411,105.9139,17z",
        "https://www.google.com/maps/search/?api=1&query=20.5411%2C105.9139",
    ],
)
def test_coordinates_are_a_place(text: str) -> None:
    assert place_of(text) == HERE


@pytest.mark.parametrize(
    "text",
    [
        "",
        "20,5 và 30",
        "1.5, 2.5",
        "Ngày 10.5, 12.6 tôi đã gửi",
        "nhà tôi ở 20.5411, 105.9139 cạnh đình",
        "95.0001, 105.0001",
        "https://maps.app.goo.gl/abcdef",
        "0951 223 455",
    ],
)
def test_other_words_are_none(text: str) -> None:
    assert place_of(text) is None
