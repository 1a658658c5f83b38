"""From what a citizen told, at filing and afterwards, to what the paper says."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from bot.profile import read_agency
from handlers.papers import document_names, paper_data
from handlers.texts import Catalogue
from petitions.kinds import Kind
from petitions.papers import Extent, Paper, PaperData, Person, missing
from storage.records import FileRecord, FileStatus, PetitionContent
from tests.hand_clock import MORNING
from tests.storage.builders import NASTY, a_petition

TODAY = date(2026, 11, 23)
AGENCY = read_agency(None)
CONTENT = PetitionContent(
    story=("Tôi bị phạt sai.", "Biên bản ghi sai giờ."),
    answers={
        "decision": "Quyết định số 15/QĐ-XPHC",
        "received_on": "2026-11-05",
        "respondent": "Phòng Quản lý văn hóa, số 9 Trần Phú",
        "call_back": True,
    },
    name="Nguyễn Thị Hạnh",
    phone="0912345678",
    address="Số 12 Trần Hưng Đạo",
    request="Hủy quyết định.",
)
GIVEN: dict[str, Any] = {
    "identity_number": "035180001234",
    "identity_issued_on": "2021-05-03",
    "identity_issued_by": "Cục Cảnh sát",
}


def told(
    extra: dict[str, Any], content: PetitionContent = CONTENT, kind: Kind = Kind.COMPLAINT, **given: Any
) -> PaperData:
    return paper_data(a_petition(kind=kind, **given), content, extra, AGENCY, TODAY)


def test_filing_and_later_answers_make_a_complete_complaint() -> None:
    data = told(GIVEN)
    assert data == PaperData(
        code="QE9V6YGFJP9E",
        kind=Kind.COMPLAINT,
        sealed=False,
        addressee="Sở Văn hóa, Thể thao và Du lịch tỉnh Hà Nam",
        written_on=TODAY,
        petitioner=Person(
            name="Nguyễn Thị Hạnh",
            identity_number="035180001234",
            identity_issued_on=date(2021, 5, 3),
            identity_issued_by="Cục Cảnh sát",
            address="Số 12 Trần Hưng Đạo",
            phone="0912345678",
        ),
        respondent="Phòng Quản lý văn hóa, số 9 Trần Phú",
        decision="Quyết định số 15/QĐ-XPHC",
        received_on=date(2026, 11, 5),
        story=("Tôi bị phạt sai.", "Biên bản ghi sai giờ."),
        request="Hủy quyết định.",
    )
    assert missing(Paper.COMPLAINT, data) == ()


def test_what_is_told_later_wins_and_empty_answers_do_not_wipe() -> None:
    data = told({"address": "Thôn Ô Cách", "name": "", "request": None, "decision": "Quyết định số 16"})
    assert data.petitioner.address == "Thôn Ô Cách"
    assert data.petitioner.name == "Nguyễn Thị Hạnh"
    assert data.request == "Hủy quyết định."
    assert data.decision == "Quyết định số 16"


@pytest.mark.parametrize(
    ("value", "day"),
    [
        ("2021-05-03", date(2021, 5, 3)),
        ("03/05/2021", date(2021, 5, 3)),
        ("ngày 3 tháng 5 năm 2021", date(2021, 5, 3)),
        (date(2021, 5, 3), date(2021, 5, 3)),
        ("30/02/2021", None),
        ("01/01/2020 hoặc 02/02/2020", None),
        ("năm ngoái", None),
        (20210503, None),
        (None, None),
    ],
)
def test_a_day_is_read_as_people_write_it_or_left_to_the_hand(value: object, day: date | None) -> None:
    assert told({"identity_issued_on": value}).petitioner.identity_issued_on == day


def test_values_of_the_wrong_kind_count_as_not_told() -> None:
    data = told(
        {"name": 7, "decision": ["a"], "people": 6, "representatives": "Lân", "authorised": "Lân"},
        PetitionContent(),
    )
    assert data.petitioner == Person()
    assert data.authorised == Person()
    assert (data.decision, data.people, data.representatives) == ("", (), ())


def test_people_and_the_authorised_person() -> None:
    people = [{"name": "A", "address": "B", "phone": "C"}, {"name": "D"}, "no person"]
    data = told({"people": people, "representatives": people[:1], "scope": "Trình bày"})
    assert data.people == (Person(name="A", address="B", phone="C"), Person(name="D"))
    assert data.representatives == data.people[:1]
    assert data.scope == "Trình bày"
    one = told({"authorised": {"name": "Lân", "identity_issued_on": "2022-02-28"}})
    other = told({"authorised_name": "Lân", "authorised_identity_issued_on": "2022-02-28"})
    assert one.authorised == other.authorised == Person(name="Lân", identity_issued_on=date(2022, 2, 28))


def test_withdrawal() -> None:
    assert told({}).extent is Extent.ALL
    part = told({"extent": "part", "withdrawn": "Phần tiền phạt"})
    assert (part.extent, part.withdrawn) == (Extent.PART, "Phần tiền phạt")


def test_another_authority_is_addressed_where_the_matter_is_its_own() -> None:
    assert told({}, destination="outside:ubnd_tinh").addressee == AGENCY.outside_authority("ubnd_tinh").name(
        "vi"
    )
    for unknown in ("outside", "outside:nobody"):
        assert told({}, destination=unknown).addressee == AGENCY.name("vi")
    assert told({"addressee": "Chủ tịch UBND tỉnh"}).addressee == "Chủ tịch UBND tỉnh"


@pytest.mark.parametrize(
    ("given", "sealed"),
    [
        ({}, False),
        ({"kind": Kind.DENUNCIATION}, True),
        ({"kind": Kind.ANONYMOUS_TIP}, True),
        ({"confidential": True}, True),
        ({"discreet": True}, True),
    ],
)
def test_which_papers_are_sealed(given: dict[str, Any], sealed: bool) -> None:
    assert told({}, **given).sealed is sealed


def test_a_phone_of_somebody_else_says_so() -> None:
    content = PetitionContent(phone="0912345678", phone_note="số của con gái")
    assert told({}, content).petitioner.phone == "0912345678 (số của con gái)"
    assert told({"phone": "0987654321"}, content).petitioner.phone == "0987654321"


def test_hostile_words_are_cleaned_and_never_break() -> None:
    for words in NASTY:
        data = told({"respondent": words}, PetitionContent(story=(words,), name=words, accused=words))
        for said in (*data.story, data.petitioner.name, data.accused, data.respondent):
            said.encode()
            assert "\0" not in said
            assert "\u202e" not in said


def file(kind: str = "photo", **given: Any) -> FileRecord:
    values: dict[str, Any] = {
        "id": 1, "channel": "web", "account": "web", "kind": kind, "platform_id": "p", "name": "", "caption": "",
        "mime": "", "size": None, "status": FileStatus.STORED, "content_key": "k", "reason": None, "attempts": 1,
        "position": 0, "petition_id": 1, "conversation_id": 1, "draft": False, "purpose": None,
        "finding": None, "created_at": MORNING,
    }  # fmt: skip
    return FileRecord(**values | given)


def test_enclosed_files_are_listed_without_pages_and_lost_ones() -> None:
    texts = Catalogue.load().language("vi")
    files = [
        file(caption="Biên bản kiểm tra"),
        file(status=FileStatus.FAILED),
        file("document", name="Quyết định 15.pdf"),
        file(purpose="page"),
        file("document", purpose="esigned"),
        file("hologram"),
        file("video", status=FileStatus.PENDING),
    ]
    assert document_names(files, texts) == (
        "Ảnh số 1: Biên bản kiểm tra",
        "Tệp số 2: Quyết định 15.pdf",
        "Tệp số 3",
        "Ghi hình số 4",
    )
    data = paper_data(
        a_petition(), CONTENT, {"documents": "Giấy phép\nHợp đồng"}, AGENCY, TODAY, documents=("Ảnh số 1",)
    )
    assert data.documents == ("Ảnh số 1", "Giấy phép", "Hợp đồng")
