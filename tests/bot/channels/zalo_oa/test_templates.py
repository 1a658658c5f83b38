"""Approved templates: the file that names them, and notices sent as one when the window is over."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.channels.base import Again, Closed, SendFault, SendReceipt, Stop, Uncertain
from bot.channels.zalo_oa.errors import LATER_SECONDS
from bot.channels.zalo_oa.templates import (
    OutsideSender,
    Template,
    TemplatesUnusable,
    known_notices,
    phone_number,
    read_templates,
)
from handlers.messages import Outgoing
from tests.bot.channels.zalo_oa.rig_out import Rig
from tests.emulators.zalo_oa import ZaloOaEmulator

NOTICES = frozenset({"answered", "asked"})
ANSWERED = Outgoing(
    text="Đơn 7Q2M-4KXD-9B3E đã được trả lời.",
    notice="answered",
    language="vi",
    facts={"code": "7Q2M-4KXD-9B3E", "unit": "Phòng Quản lý văn hóa", "date": "23/11/2026", "stage": ""},
)
BY_USER = Template("answered", "303211", False, {"ma": "code", "don_vi": "unit"})
BY_PHONE = Template("answered", "303212", True, {"ma": "code", "ngay": "date"})
PHONE = "84901234567"


@pytest.fixture
def approved(zalo: ZaloOaEmulator) -> ZaloOaEmulator:
    zalo.approve_template("303211", {"ma": 30, "don_vi": 100}, "Hồ sơ <ma>: <don_vi> đã trả lời.")
    zalo.approve_template("303212", {"ma": 30, "ngay": 20}, "Hồ sơ <ma> đã có kết quả ngày <ngay>.")
    return zalo


def outside(out: Rig, *templates: Template) -> OutsideSender:
    return OutsideSender(out.client, out.sender, templates)


async def test_by_user_id(approved: ZaloOaEmulator, out: Rig) -> None:
    an = approved.person()
    receipt = await outside(out, BY_USER).send(an.id, ANSWERED, phone="")
    assert an.last.text == "Hồ sơ 7Q2M-4KXD-9B3E: Phòng Quản lý văn hóa đã trả lời."
    assert receipt == SendReceipt(message_ref=an.last.id, note="template 303211")


async def test_by_phone_with_a_number_of_the_message(approved: ZaloOaEmulator, out: Rig) -> None:
    an = approved.person(phone=PHONE)
    receipt = await outside(out, BY_PHONE).send(an.id, ANSWERED, phone="0901 234 567")
    assert an.last.text == "Hồ sơ 7Q2M-4KXD-9B3E đã có kết quả ngày 23/11/2026."
    assert receipt == SendReceipt(message_ref=an.last.id, note="template 303212")
    (call,) = [call for call in approved.calls if call.host == "business"]
    assert call.body["phone"] == PHONE
    assert call.body["sending_mode"] == "1"
    assert 0 < len(call.body["tracking_id"]) <= 48
    assert PHONE not in call.body["tracking_id"]


async def test_the_next_template_where_the_first_cannot_reach_the_person(
    approved: ZaloOaEmulator, out: Rig
) -> None:
    an = approved.person(phone=PHONE)
    an.account.blocked = True
    sender = outside(out, BY_USER, BY_PHONE)
    assert (await sender.send(an.id, ANSWERED, phone=PHONE)).note == "template 303212"
    with pytest.raises(Closed) as caught:
        await sender.send(an.id, ANSWERED, phone="")
    assert caught.value.reason == "no phone number by consent"


@pytest.mark.parametrize(
    ("message", "templates", "phone"),
    [
        (ANSWERED, [], PHONE),
        (Outgoing(text="x", notice="asked"), [BY_USER], PHONE),
        (Outgoing(text="x"), [BY_USER], PHONE),
        (ANSWERED, [BY_PHONE], ""),
        (ANSWERED, [BY_PHONE], "+1 202 555 0100"),
        (ANSWERED, [Template("answered", "1", False, {"ma": "code"}, frozenset({"en"}))], PHONE),
    ],
)
async def test_where_no_template_fits_the_chat_is_closed(
    approved: ZaloOaEmulator, out: Rig, message: Outgoing, templates: list[Template], phone: str
) -> None:
    with pytest.raises(Closed):
        await outside(out, *templates).send(approved.person().id, message, phone=phone)
    assert approved.calls == []


async def test_an_anonymous_person_has_no_user_template(approved: ZaloOaEmulator, out: Rig) -> None:
    with pytest.raises(Closed):
        await outside(out, BY_USER).send("anon:1:2", ANSWERED, phone="")
    assert approved.calls == []


@pytest.mark.parametrize(
    ("code", "fault"),
    [(-118, Closed), (-119, Closed), (-139, Closed), (-108, Closed), (-131, Closed), (-1122, Closed),
     (-115, Closed), (-135, Closed), (-144, Again), (-133, Again), (-32, Again), (-8888, Again)],
)  # fmt: skip
async def test_refusals(approved: ZaloOaEmulator, out: Rig, code: int, fault: type[SendFault]) -> None:
    approved.fail("business/message/template", code)
    with pytest.raises(fault) as caught:
        await outside(out, BY_PHONE).send("1", ANSWERED, phone=PHONE)
    assert str(code) in caught.value.reason


@pytest.mark.parametrize(("code", "fault"), [(-244, Closed), (-221, Closed), (-249, Closed), (-223, Stop)])
async def test_refusals_by_user_id(
    approved: ZaloOaEmulator, out: Rig, code: int, fault: type[SendFault]
) -> None:
    """A template that this person does not take says nothing about ordinary messages."""
    approved.fail("oa/message/template", code)
    with pytest.raises(fault):
        await outside(out, BY_USER).send(approved.person().id, ANSWERED, phone="")


async def test_at_night_it_waits_for_the_morning(approved: ZaloOaEmulator, out: Rig) -> None:
    approved.settings.night_window = True
    approved.world.templates["303212"].tag = 2
    an = approved.person(phone=PHONE)
    source = approved.clock.source
    hour = datetime.fromtimestamp(approved.clock.now(), UTC).hour
    source.advance(((16 - hour) % 24) * 3600)  # 23 h in Vietnam
    out.now = datetime.fromtimestamp(approved.clock.now(), UTC)
    with pytest.raises(Again) as caught:
        await outside(out, BY_PHONE).send(an.id, ANSWERED, phone=PHONE)
    assert caught.value.after is not None
    source.advance(caught.value.after)
    assert (await outside(out, BY_PHONE).send(an.id, ANSWERED, phone=PHONE)).note == "template 303212"


async def test_over_the_days_quota_it_waits(approved: ZaloOaEmulator, out: Rig) -> None:
    approved.settings.template_quota = 0
    with pytest.raises(Again) as caught:
        await outside(out, BY_USER).send(approved.person().id, ANSWERED, phone="")
    assert caught.value.after == LATER_SECONDS
    assert out.counted["alarm:-144"] == 1


async def test_a_lost_answer_is_uncertain(approved: ZaloOaEmulator, out: Rig) -> None:
    approved.fault("lost_after", "oa/message/template")
    with pytest.raises(Uncertain):
        await outside(out, BY_USER).send(approved.person().id, ANSWERED, phone="")


async def test_an_unknown_refusal_is_tried_a_few_times(approved: ZaloOaEmulator, out: Rig) -> None:
    approved.fail("oa/message/template", -8888, count=0)
    an, sender, faults = approved.person(), outside(out, BY_USER), []
    for _ in range(4):
        with pytest.raises(SendFault) as caught:
            await sender.send(an.id, ANSWERED, phone="")
        faults.append(type(caught.value))
    assert faults == [Again, Again, Again, Closed]


def test_values_are_one_line_never_empty_and_cut() -> None:
    template = Template("answered", "1", False, {"a": "unit", "b": "stage", "c": "link"})
    facts = {"unit": "Phòng\n Quản lý" + " rất dài" * 30, "stage": "  "}
    data = template.data(facts)
    assert data["a"].startswith("Phòng Quản lý rất dài")
    assert len(data["a"]) <= 100
    assert (data["b"], data["c"]) == ("-", "-")


@pytest.mark.parametrize(
    ("given", "number"),
    [
        ("0901234567", "84901234567"),
        ("+84 901 234 567", "84901234567"),
        ("84901234567", "84901234567"),
        ("0084901234567", "84901234567"),
        ("02438251234", "842438251234"),
        ("+12025550100", ""),
        ("", ""),
        ("không", ""),
    ],
)
def test_phone_numbers(given: str, number: str) -> None:
    assert phone_number(given) == number


# --- the file


GOOD = """
[[template]]
notice = "answered"
id = "303211"
to = "user"
[template.values]
ma = "code"

[[template]]
notice = "answered"
id = "303212"
to = "phone"
languages = ["vi"]
[template.values]
ma = "code"
ngay = "date"
"""


def read(path: Path, text: str, notices: Collection[str] = NOTICES) -> list[Template]:
    path.write_text(text, "utf-8")
    return read_templates(path, notices=notices, languages=("vi", "en"))


def test_a_good_file(tmp_path: Path) -> None:
    first, second = read(tmp_path / "t.toml", GOOD)
    assert first == Template("answered", "303211", False, {"ma": "code"})
    assert second.by_phone
    assert second.fits(ANSWERED)
    assert not second.fits(Outgoing(text="", notice="answered", language="en"))
    assert read(tmp_path / "empty.toml", "") == []


def test_the_example_of_the_project_can_be_read() -> None:
    example = Path(__file__).parents[4] / "deploy" / "zalo-templates.example.toml"
    assert len(read_templates(example, notices=known_notices(), languages=("vi", "en"))) == 2


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (('"answered"', '"anwered"'), "entry 1 (notice anwered): there is no such notice; there are answered, asked"),
        (('"code"', '"name"'), "entry 1 (notice answered): parameter ma is to hold 'name'; it can hold code, date"),
        (('to = "user"', 'to = "sms"'), "entry 1 (notice answered): to is 'sms'"),
        (('to = "user"', ""), "entry 1 (notice answered): to is missing"),
        (('id = "303211"', "id = 303211"), "entry 1 (notice answered): id must be a text in quotes"),
        (('id = "303211"', 'id = "3 0"'), "id '3 0' is none"),
        (('notice = "answered"', ""), "entry 1: notice is missing"),
        (('notice = "answered"', 'notice = ""'), "entry 1: notice must be a text in quotes"),
        (('to = "user"', 'to = "user"\nvalue = 1'), "entry 1: 'value' is not known; id, languages, notice"),
        (("[template.values]\nma", "[template.other]\nma"), "entry 1: 'other' is not known"),
        (('[template.values]\nma = "code"\n\n', ""), "entry 1 (notice answered): [template.values] is missing"),
        (('["vi"]', '["fr"]'), "entry 2 (notice answered): languages is a list of en, vi"),
        (('["vi"]', '"vi"'), "entry 2 (notice answered): languages is a list of en, vi"),
        (("[[template]]", "extra = 1\n[[template]]"), "'extra' is not known; entries begin with [[template]]"),
        (("notice =", "notice"), "is not TOML"),
    ],
)  # fmt: skip
def test_a_bad_file_says_where_and_what_to_mend(tmp_path: Path, change: tuple[str, str], words: str) -> None:
    with pytest.raises(TemplatesUnusable) as caught:
        read(tmp_path / "templates.toml", GOOD.replace(*change, 1))
    assert words in str(caught.value)
    assert str(tmp_path / "templates.toml") in str(caught.value)


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(TemplatesUnusable, match="cannot be read"):
        read_templates(tmp_path / "none.toml", notices=NOTICES, languages=("vi",))
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(TemplatesUnusable, match="is not TOML"):
        read_templates(tmp_path / "bytes.toml", notices=NOTICES, languages=("vi",))
    with pytest.raises(TemplatesUnusable, match="two brackets"):
        read(tmp_path / "table.toml", '[template]\nnotice = "answered"')
    with pytest.raises(TemplatesUnusable, match="two brackets"):
        read(tmp_path / "list.toml", 'template = ["answered"]')
