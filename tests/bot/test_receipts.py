"""The receipt: every word readable and right, nothing a finder may not know, no markup from anybody."""

from __future__ import annotations

import io
import random
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from pypdf import PdfReader

from bot.profile import read_agency
from bot.receipts import ReceiptPrinter, register_number
from handlers.texts import Catalogue
from petitions.codes import TrackingCode, new_secret, show_secret
from petitions.kinds import Kind
from tests.storage.builders import a_petition

SECRET = new_secret(random.Random(3))
CODE = TrackingCode.generate(random.Random(4))

PETITION = a_petition(
    code=CODE.value,
    kind=Kind.FEEDBACK,
    topic="karaoke_vu_truong",
    unit="ql_van_hoa",
    first_message_at=datetime(2026, 11, 22, 18, 30, tzinfo=UTC),
    filed_at=datetime(2026, 11, 23, 2, 5, tzinfo=UTC),
    due_on=date(2026, 12, 8),
    due_rule="A-01",
    register_book="phan_anh",
    register_year=2026,
    register_no=12,
)


@pytest.fixture(scope="module")
def printer() -> ReceiptPrinter:
    return ReceiptPrinter(
        catalogue=Catalogue.load(), agency=read_agency(None), public_url="https://tiepdan.example.vn/"
    )


def words(pdf: bytes) -> str:
    pages = PdfReader(io.BytesIO(pdf)).pages
    assert len(pages) == 1
    return " ".join(pages[0].extract_text().split())


def test_every_word_can_be_read_and_copied(printer: ReceiptPrinter) -> None:
    receipt = printer.print(PETITION, secret=SECRET)
    text = words(receipt.data)
    assert receipt.mime == "application/pdf"
    assert receipt.name == f"xac-nhan-{CODE}.pdf"
    for part in (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "GIẤY XÁC NHẬN TIẾP NHẬN",
        str(CODE),
        show_secret(SECRET),
        "00012/PA-2026",
        "Phản ánh",
        "09:05, Thứ Hai, ngày 23/11/2026 (giờ Việt Nam)",
        "Thứ Ba, ngày 08/12/2026",
        "không tính ngày nhận 23/11/2026",
        "khoản 1 Điều 28 Luật Tiếp công dân",
        "Phòng Quản lý văn hóa và gia đình",
        "https://tiepdan.example.vn/status",
    ):
        assert part in text, part
    size = PdfReader(io.BytesIO(receipt.data)).pages[0].mediabox
    assert (round(float(size.width)), round(float(size.height))) == (420, 595), "A5"


ALL_LETTERS = "".join(
    letter + mark
    for letter in "aăâeêioôơuưy"
    for mark in ("", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323")
)


def test_every_vietnamese_letter_is_drawn(printer: ReceiptPrinter) -> None:
    import unicodedata

    letters = unicodedata.normalize("NFC", ALL_LETTERS + "đ")
    every = letters + letters.upper()
    content = printer.content(PETITION, secret="", texts=Catalogue.load().language("vi"))
    content["next"] = [every[start : start + 24] for start in range(0, len(every), 24)]
    text = words(printer.compile(content))
    assert len(set(letters)) == 73
    assert [letter for letter in every if letter not in text] == []


@pytest.mark.parametrize("kind", [Kind.DENUNCIATION, Kind.ANONYMOUS_TIP])
@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_finder_cannot_tell_a_denunciation_from_a_discreet_petition(
    printer: ReceiptPrinter, kind: Kind, language: str
) -> None:
    sealed = replace(PETITION, kind=kind, confidential=True, unit="thanh_tra", register_book=kind.value)
    discreet = replace(PETITION, discreet=True)
    texts = [words(printer.print(each, secret=SECRET, language=language).data) for each in (sealed, discreet)]
    assert texts[0] == texts[1]
    for hidden in (
        "Tố cáo",
        "tố cáo",
        "Denunciation",
        "Thanh tra",
        "Inspectorate",
        "/TC-",
        "/PA-",
        "Phản ánh",
    ):
        assert hidden not in texts[0]


def test_english_is_complete(printer: ReceiptPrinter) -> None:
    text = words(printer.print(PETITION, secret=SECRET, language="en").data)
    assert "CONFIRMATION OF RECEIPT" in text
    assert "Tuesday, 08/12/2026" in text
    assert "Culture and Family Management Division" in text
    assert "Ông/Bà" not in text


def test_without_secret_address_or_date_the_receipt_still_stands() -> None:
    printer = ReceiptPrinter(catalogue=Catalogue.load(), agency=read_agency(None), public_url="")
    text = words(printer.print(replace(PETITION, due_on=None, due_rule=None)).data)
    assert str(CODE) in text
    assert "Khóa riêng" not in text
    assert "Trả lời chậm nhất" not in text
    assert "http" not in text


def test_nothing_becomes_markup(printer: ReceiptPrinter) -> None:
    content = printer.content(PETITION, secret="", texts=Catalogue.load().language("vi"))
    nasty = '#panic("x") *đậm* $x$ \\ <a> [b] #image("/etc/passwd")'
    content["next"] = [nasty]
    content["rows"] = [{"label": "Nhãn", "value": nasty, "note": nasty}]
    text = words(printer.compile(content))
    assert text.count('#panic("x") *đậm* $x$') == 3


def test_the_qr_code_opens_the_status_page_and_holds_no_secret(printer: ReceiptPrinter) -> None:
    import segno

    content = printer.content(PETITION, secret=SECRET, texts=Catalogue.load().language("vi"))
    buffer = io.BytesIO()
    code = segno.make_qr(
        f"https://tiepdan.example.vn/status?code={CODE}", error="m", mask=2, boost_error=False
    )
    code.save(buffer, kind="svg", border=2, xmldecl=False)
    assert content["qr"] == buffer.getvalue().decode()


@pytest.mark.parametrize(
    ("book", "number"),
    [("khieu_nai", "00012/KN-2026"), ("to_cao", "00012/TC-2026"), ("thong_tin_nac_danh", "00012/TTND-2026")],
)
def test_register_numbers_are_written_as_offices_do(book: str, number: str) -> None:
    assert register_number(replace(PETITION, register_book=book)) == number
