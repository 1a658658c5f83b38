"""What was suggested stands beside what the citizen filed, sealed in the history."""

from __future__ import annotations

from handlers.officers.tokens import Press
from petitions.kinds import Kind, Role
from tests.handlers.harness import Person
from tests.handlers.officers.office import sample_facts

STORY = "Quán karaoke Trăng Thanh ở đường Nguyễn Văn Trỗi, Phủ Lý hát tới 1h sáng, tối nào cũng vậy"


async def file(person: Person, story: str, kind: str = "") -> dict[str, object]:
    await person.say(story)
    await person.say("Nguyễn Thị Sen, 0951 223 455")
    if kind:
        await person.press("Sửa lại")
        await person.press("Loại")
        await person.press(kind)
    await person.press("Xác nhận gửi")
    [petition] = await person.petitions()
    [event] = await person.office.work(lambda book: book.events(petition.id))
    found: dict[str, object] = event.content["suggested"]
    return found


async def test_the_suggestion_is_kept_with_the_filing(person: Person) -> None:
    found = await file(person, STORY)
    values = {name: found[name][0] for name in ("kind", "topic", "unit", "severity")}  # type: ignore[index]
    assert values == {
        "kind": "phan_anh",
        "topic": "karaoke_vu_truong",
        "unit": "ql_van_hoa",
        "severity": "normal",
    }
    assert found["chosen"] == []
    assert found["version"] == sample_facts().suggester.version


async def test_the_citizens_own_choice_is_kept_as_theirs(person: Person) -> None:
    found = await file(person, STORY, "Kiến nghị")
    [petition] = await person.petitions()
    assert petition.kind is Kind.RECOMMENDATION
    assert (found["kind"][0], found["chosen"]) == ("phan_anh", ["kind"])  # type: ignore[index]


async def test_the_officer_reads_the_suggestion_with_its_words(person: Person) -> None:
    head = await person.office.officer("22", "ql_van_hoa", Role.HEAD)
    assert head.unit == "ql_van_hoa"
    await file(person, STORY)
    [petition] = await person.petitions()
    await person.office.press("22", Press("view", petition.id).token)
    told = next(sent for sent in person.office.chat("22") if "Gợi ý của máy" in sent.text).text
    assert "Lĩnh vực: Karaoke" in told
    assert "Nơi giải quyết: Phòng Quản lý văn hóa" in told
    assert "vì người gửi viết: “" in told
    assert "karaoke" in told.partition("viết")[2]


async def test_a_petition_without_kept_suggestions_is_shown_as_ever(person: Person) -> None:
    office = person.office
    await office.officer("22", "ql_van_hoa", Role.HEAD)
    petition = await office.file("500")
    await office.press("22", Press("view", petition.id).token)
    assert "Gợi ý của máy" not in office.everything_sent_to("22")
