"""The ten steps of one citizen, the same for the service and for the plain bot."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from tests.emulators.telegram import Person, Shown

CODE = re.compile(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}\b|\b[0-9A-F]{12}\b")
STORY = (
    "Quán karaoke {number} hát quá giờ, tối nào cũng ồn tới một giờ sáng, nhà có người già không ngủ được, "
    "đã nhắc nhiều lần mà không giảm. Lần thứ {number} tôi báo."
)


@dataclass(frozen=True, slots=True)
class Step:
    """What the citizen does, and how the answer that lets them go on is recognised."""

    name: str
    act: Callable[[Person, str, int], object]
    answered: Callable[[Shown], bool]


def _press(*labels: str) -> Callable[[Person, str, int], object]:
    def act(person: Person, code: str, number: int) -> object:
        del code, number
        for shown in reversed(person.said_by_bot()):
            for label in labels:
                button = shown.find(label)
                if button is not None and button.data:
                    return person.press(button, on=shown)
        raise AssertionError(f"no button of {labels} in {person.last.line()}")

    return act


def _say(words: str) -> Callable[[Person, str, int], object]:
    return lambda person, code, number: person.say(words.format(code=code, number=number))


def _photo(person: Person, code: str, number: int) -> object:
    del code, number
    return person.send_photo(size=60_000)


def _any(shown: Shown) -> bool:
    """Words, but not the receipt of the petition before, which may come late: taken for the answer, it would put
    the citizen one step ahead of the bot for good."""
    return bool(shown.text) and shown.file is None


def _has_code(shown: Shown) -> bool:
    """The code itself; the receipt that follows as a document is not waited for."""
    return bool(CODE.search(shown.text)) and shown.file is None


STEPS: tuple[Step, ...] = (
    Step("start", _say("/start"), _any),
    Step("kind", _press("phản ánh"), _any),
    Step("story", _say(STORY), _any),
    Step("place", _say("đường Nguyễn Văn Trỗi, Phủ Lý"), _any),
    Step("photo", _photo, _any),
    Step("done", _say("xong"), _any),
    Step("name", _say("Nguyễn Văn Mẫu"), _any),
    Step("phone", _say("0951223455"), _any),
    Step("confirm", _press("xác nhận gửi", "gửi"), _has_code),
    Step("status", _say("/status {code}"), _has_code),
)
