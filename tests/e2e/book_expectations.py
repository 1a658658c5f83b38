"""What the sample dialogues expect that no transcript shows: what stands in the book, and what officers were told.

`IN_THE_BOOK[dialogue id]` are the checks after the last turn. Beside `expectations.py`, which reads the
transcript; `SENTENCES` says which check covers which sentence where a turn expects more than one thing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from petitions.kinds import Stage
from petitions.text import fold
from storage.records import FileStatus
from tests.e2e.support.heard import Exchange, Heard
from tests.e2e.support.ledger import Kept
from tests.e2e.support.people import CANNOT_CARRY


@dataclass(slots=True)
class Aftermath:
    """What is left when a dialogue is over. Petitions oldest first, with those filed before it."""

    channel: str
    petitions: list[Kept]
    transcript: Sequence[Exchange]
    unit_heard: list[Heard] = field(default_factory=list)
    """The head of the unit that answers, in private."""
    focal_heard: list[Heard] = field(default_factory=list)
    group_heard: list[Heard] = field(default_factory=list)
    """The unit's group."""

    @property
    def unit_told(self) -> list[Heard]:
        """A unit with a group hears there, except of what is sealed."""
        return [*self.unit_heard, *self.group_heard]

    def carried(self, deed: str) -> bool:
        """Whether the channel brought it as what it was."""
        return deed not in CANNOT_CARRY[self.channel]

    @property
    def last(self) -> Kept:
        return self.petitions[-1]


Check = Callable[[Aftermath], None]
IN_THE_BOOK: dict[str, list[Check]] = defaultdict(list)


def after(dialogue: int) -> Callable[[Check], Check]:
    """Register a check of `dlg-dev-NN`."""

    def register(check: Check) -> Check:
        IN_THE_BOOK[f"dlg-dev-{dialogue:02d}"].append(check)
        return check

    return register


SENTENCES: Final[dict[tuple[str, int], tuple[str, ...]]] = {
    ("dlg-dev-01", 3): ("story_kept_as_told", "content_taken_and_place_not_asked_again"),
    ("dlg-dev-01", 4): (
        "exactly_one_answer_to_the_album_naming_five_photos",
        "five_photos_in_order_with_the_caption",
    ),
    ("dlg-dev-01", 6): (
        "number_replaced_and_name_kept",
        "wrong_number_is_shown_and_only_the_number_asked_again",
    ),
    ("dlg-dev-02", 1): ("voice_is_kept_and_one_sentence_or_a_number_asked", "recording_is_an_attachment"),
    ("dlg-dev-08", 1): ("withdrawal_explained_and_confirmation_asked", "withdrawn_by_the_petitioners_chat"),
    ("dlg-dev-11", 2): ("name_and_place_not_asked_again", "six_people_and_urgent"),
}
"""Turns with several expected things: for each sentence, in order, the check that covers it."""


def told(heard: Sequence[Heard]) -> str:
    return fold("\n".join(message.text for message in heard))


@after(1)
def story_kept_as_told(end: Aftermath) -> None:
    told_so = (
        "Quán karaoke Trăng Thanh ở đường Nguyễn Văn Trỗi, Phủ Lý hát tới 1h sáng, tối nào cũng vậy, "
        "nhà tôi có người già không ngủ được"
    )
    assert told_so in end.last.content.story
    assert end.last.content.name == "Nguyễn Thị Sen"


@after(1)
def five_photos_in_order_with_the_caption(end: Aftermath) -> None:
    files = sorted(end.last.files, key=lambda file: file.id)
    assert [file.kind for file in files] == ["photo"] * 5
    assert [file.id for file in end.last.files] == [file.id for file in files]
    assert files[0].caption == "chụp lúc 0h50 tối qua"
    assert {file.status for file in files} == {FileStatus.STORED}


@after(2)
def recording_is_an_attachment(end: Aftermath) -> None:
    """On the web the recording is uploaded, so it is an audio file there."""
    assert [file.kind for file in end.last.files] == ["voice" if end.carried("voice") else "audio"]
    assert end.last.files[0].status is FileStatus.STORED


@after(2)
def position_place_and_whose_phone(end: Aftermath) -> None:
    content = end.last.content
    assert (content.latitude, content.longitude) == (20.5411, 106.0003)
    assert "Cựu" in content.place
    assert content.name == "Trần Văn Điều"
    assert "cháu" in content.phone_note
    assert "Đinh lang mai thung dot uot sac phong.Ông gõ chậm lắm" in content.story


@after(3)
def corrected_date_file_name_person_and_request(end: Aftermath) -> None:
    content, answers = end.last.content, end.last.content.answers
    assert answers["received_on"][-5:] == "05-12"
    wanted = ["cong_van_tra_ho_so.pdf"] if end.carried("document") else []
    assert [file.name for file in end.last.files] == wanted
    assert (content.name, content.phone) == ("Phạm Quốc Huy", "0955220671")
    assert "Đồng Văn" in content.address
    assert "nhận lại hồ sơ" in content.request


@after(4)
def officers_hear_code_and_class_only(end: Aftermath) -> None:
    """ "Created; officer notification contains no name, phone or photo, only the code and class"."""
    heard = told(end.unit_heard)
    assert fold("Tố cáo") in heard
    assert end.last.record.code in "".join(heard.upper().replace("-", ""))
    for secret in ("bùi thị nhàn", "0957", "331 209", "tu bổ 120 triệu", "trưởng ban quản lý", "bảng kê"):
        assert fold(secret) not in heard
    assert all(message.file is None for message in end.unit_heard)
    assert end.group_heard == []


@after(4)
def name_and_phone_are_in_the_book(end: Aftermath) -> None:
    assert (end.last.content.name, end.last.content.phone) == ("Bùi Thị Nhàn", "0957331209")


@after(5)
def nothing_was_filed_by_looking(end: Aftermath) -> None:
    assert all(kept.actions == ["file"] for kept in end.petitions)


@after(6)
def place_name_and_phone_of_the_angry_man(end: Aftermath) -> None:
    content = end.last.content
    assert fold("ngã tư Vĩnh Trụ") in fold(content.place)
    assert (content.name, content.phone) == ("Thắng", "0951990017")
    assert any("màn hình LED" in part for part in content.story)


@after(7)
def old_draft_was_not_submitted(end: Aftermath) -> None:
    """ "Created once; old draft not submitted"; "accept the chat as contact"."""
    content = end.last.content
    assert "chủ nhật" not in " ".join(content.story)
    assert "điều hòa" in " ".join(content.story)
    assert (content.name, content.phone) == ("Lê Bích Ngọc", "")
    assert end.last.record.contact_id is not None


@after(8)
def withdrawn_by_the_petitioners_chat(end: Aftermath) -> None:
    """The history is kept: withdrawn with its reason, then open again."""
    kept = end.petitions[0]
    assert kept.actions[:3] == ["file", "withdraw", "reopen"]
    reason = str(kept.events[1].content)
    assert "chủ quán đã xin lỗi" in reason
    assert kept.record.stage is not Stage.WITHDRAWN


@after(8)
def unit_was_told_of_the_withdrawal(end: Aftermath) -> None:
    assert fold("việc rút đơn đã được ghi nhận") in told(end.unit_told)


@after(9)
def second_petition_has_the_same_person(end: Aftermath) -> None:
    first, second = (kept.content for kept in end.petitions)
    assert (first.name, first.phone) == (second.name, second.phone) == ("Nguyễn Thị Hoa", "0955412660")
    assert "thôn 3" in second.place or "thôn 3" in second.address
    assert end.petitions[0].record.unit == "thanh_tra"
    assert end.petitions[0].record.destination == "outside:so_nnmt"


@after(10)
def notices_in_english_to_the_tourist(end: Aftermath) -> None:
    content = end.last.content
    assert end.last.record.language == "en"
    assert content.name == "Emma Clarke"
    assert content.phone_note
    assert (content.latitude, content.longitude) == (20.5668, 105.8)
    assert any("green shirt" in part for part in content.story)


@after(11)
def six_people_and_urgent(end: Aftermath) -> None:
    assert (end.last.record.people, end.last.record.severity.value) == (6, "urgent")
    assert end.last.content.name == "Vũ Hải"
    assert fold("Hòa Mạc") in fold(end.last.content.place)


@after(11)
def unit_was_told_at_once(end: Aftermath) -> None:
    assert fold("Cần xem ngay") in told(end.unit_told)


@after(12)
def restricted_discreet_and_reached_through_the_mother(end: Aftermath) -> None:
    kept = end.last
    assert (kept.record.confidential, kept.record.discreet) == (True, True)
    assert "mẹ" in fold(kept.content.phone_note) or "me" in fold(kept.content.phone_note)
    assert "đừng gọi vào số chồng em" in kept.content.contact_note
    assert end.group_heard == []
    story = " ".join(kept.content.story)
    for part in ("chồng em đang đập cửa", "em khóa trong nhà tắm với con"):
        assert part in story
    assert fold("xóm 4 thanh hải") in fold(kept.content.place + kept.content.address)


@after(12)
def alert_went_to_the_focal_unit_before_any_petition(end: Aftermath) -> None:
    assert fold("đang gặp nguy hiểm") in told(end.focal_heard)
    assert fold("xóm 4 thanh hải") in told(end.focal_heard)
