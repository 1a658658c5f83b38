"""The printed papers: every given value letter for letter, dotted lines for the rest, and nobody's markup."""

from __future__ import annotations

import io
import random
import re
import time
import unicodedata
import zipfile
from dataclasses import replace
from datetime import date

import pytest
from pypdf import PdfReader

from bot.papers.layout import sheet
from bot.papers.printer import Format, PaperPrinter
from handlers.texts import Catalogue
from petitions.codes import BadCode, TrackingCode
from petitions.kinds import Kind
from petitions.papers import FIELDS, Extent, Paper, PaperData, Person, value_of
from tests.bot.papers.reading import both, docx_words, docx_xml, pdf_words
from tests.bot.papers.sample import CODE, EMPTY, FULL, HANH, LAN, PEOPLE
from tests.storage.builders import NASTY

KINDS = {
    Paper.DENUNCIATION: Kind.DENUNCIATION,
    Paper.DENUNCIATION_WITHDRAWAL: Kind.DENUNCIATION,
    Paper.RECOMMENDATION: Kind.RECOMMENDATION,
    Paper.FEEDBACK: Kind.FEEDBACK,
}
TITLES = {
    Paper.COMPLAINT: "ĐƠN KHIẾU NẠI",
    Paper.AUTHORISATION: "GIẤY ỦY QUYỀN KHIẾU NẠI",
    Paper.COMPLAINT_WITHDRAWAL: "ĐƠN RÚT KHIẾU NẠI",
    Paper.DENUNCIATION: "ĐƠN TỐ CÁO",
    Paper.DENUNCIATION_WITHDRAWAL: "ĐƠN RÚT TỐ CÁO",
    Paper.RECOMMENDATION: "ĐƠN KIẾN NGHỊ",
    Paper.FEEDBACK: "ĐƠN PHẢN ÁNH",
    Paper.GROUP_LIST: "VĂN BẢN CỬ NGƯỜI ĐẠI DIỆN",
}
SEALED = frozenset({Paper.DENUNCIATION, Paper.DENUNCIATION_WITHDRAWAL})


@pytest.fixture(scope="module")
def printer() -> PaperPrinter:
    return PaperPrinter(Catalogue.load())


def of(paper: Paper, data: PaperData = FULL, **given: object) -> PaperData:
    kind = KINDS.get(paper, Kind.COMPLAINT)
    return replace(data, **{"kind": kind, "sealed": paper in SEALED, **given})  # type: ignore[arg-type]


def squeezed(words: str) -> str:
    """Without spaces: a line may end after a dash or slash, and no space stood there."""
    return "".join(words.replace("\u200b", "").split())


def shown(value: object) -> list[str]:
    """A value as it must be read on the paper."""
    if isinstance(value, date):
        return [f"{value:%d/%m/%Y}"]
    if isinstance(value, Person):
        return [value.name, value.address]
    if isinstance(value, tuple):
        return [part for each in value for part in shown(each)]
    return [line for line in str(value).split("\n") if line]


@pytest.mark.parametrize("paper", Paper)
def test_every_value_stands_on_the_paper_letter_for_letter(printer: PaperPrinter, paper: Paper) -> None:
    data = of(
        paper, people=PEOPLE, representatives=(HANH, LAN), extent=Extent.PART, withdrawn="Phần tiền phạt."
    )
    for name, words in both(printer, paper, data).items():
        assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in words
        assert "Độc lập - Tự do - Hạnh phúc" in words
        assert "ngày 23 tháng 11 năm 2026" in words
        assert TITLES[paper] in words
        assert f"Mã đơn: {CODE}" in words
        for field in FIELDS[paper]:
            if field.key == "written_on":
                continue
            for part in shown(value_of(field.key, data)):
                assert squeezed(part) in squeezed(words), (name, field.key, part)
        if paper is not Paper.AUTHORISATION:  # the form of the decree is addressed to nobody
            assert f"Kính gửi: {FULL.addressee}" in words


def test_the_complaint_follows_form_01_in_its_order(printer: PaperPrinter) -> None:
    """Nghị định 155/2026/NĐ-CP, Mẫu số 01; the address is what Luật Khiếu nại Đ8 k2 adds."""
    for words in both(printer, Paper.COMPLAINT, FULL).values():
        order = [
            "Mẫu số 01, ban hành kèm theo Nghị định số 155/2026/NĐ-CP",
            "ĐƠN KHIẾU NẠI",
            "Kính gửi: Sở Văn hóa, Thể thao và Du lịch tỉnh Hà Nam",
            "1. Thông tin người khiếu nại:",
            "- Họ và tên: Nguyễn Thị Hạnh",
            "- Số căn cước/định danh cá nhân/giấy chứng nhận căn cước/hộ chiếu: 035180001234",
            "ngày cấp: 03/05/2021 nơi cấp: Cục Cảnh sát quản lý hành chính về trật tự xã hội",
            "2. Thông tin người được ủy quyền khiếu nại (nếu có):",
            "- Họ và tên: Lê Văn Lân",
            "3. Tên cơ quan, tổ chức, cá nhân bị khiếu nại (ghi cả địa chỉ): Phòng Quản lý văn hóa",
            "4. Khiếu nại về việc: Quyết định số 15/QĐ-XPHC",
            "5. Nội dung khiếu nại:",
            "Lý do khiếu nại (nếu chưa nêu ở trên): Quyết định dựa trên một biên bản sai.",
            "Yêu cầu giải quyết: Hủy Quyết định số 15/QĐ-XPHC",
            "Tài liệu, chứng cứ kèm theo (nếu có):",
            "- Ảnh số 1: Biên bản kiểm tra",
        ]
        places = [words.index(part) for part in order[1:]]
        assert places == sorted(places)
        assert order[0] in words
        assert "NGƯỜI KHIẾU NẠI" in words
        assert "(Ký hoặc điểm chỉ)" in words


def test_the_withdrawal_of_a_denunciation_follows_form_02(printer: PaperPrinter) -> None:
    """Nghị định 156/2026/NĐ-CP, Mẫu số 02."""
    for words in both(printer, Paper.DENUNCIATION_WITHDRAWAL, of(Paper.DENUNCIATION_WITHDRAWAL)).values():
        for part in (
            "Mẫu số 02, ban hành kèm theo Nghị định số 156/2026/NĐ-CP",
            "Tên tôi/Chúng tôi là: Nguyễn Thị Hạnh",
            "Cách thức liên hệ: 0912 345 678",
            f"Nội dung tố cáo được rút: Toàn bộ nội dung tố cáo trong đơn có mã {CODE}.",
            "Tôi/Chúng tôi làm đơn này đề nghị cơ quan có thẩm quyền chấp nhận việc rút tố cáo nêu trên./.",
            "NGƯỜI RÚT TỐ CÁO",
        ):
            assert part in words, part


def test_the_denunciation_says_what_the_article_asks(printer: PaperPrinter) -> None:
    for words in both(printer, Paper.DENUNCIATION, of(Paper.DENUNCIATION)).values():
        for part in (
            "Nội dung theo khoản 1 Điều 23 Luật Tố cáo",
            "- Cách thức liên hệ: 0912 345 678",
            "2. Người bị tố cáo: Ông Trần Văn Bình, Trưởng phòng Quản lý văn hóa",
            "Tôi cam đoan những điều trình bày trên đây là trung thực",
            "NGƯỜI TỐ CÁO",
        ):
            assert part in words, part
        assert "035180001234" not in words, "an identity number is not among its contents"


@pytest.mark.parametrize("paper", Paper)
def test_what_is_not_known_is_a_dotted_line(printer: PaperPrinter, paper: Paper) -> None:
    """Each label of the paper stands, with dots after it, and nothing says None."""
    data = of(paper, EMPTY)
    pdf, docx = printer.pdf(paper, data), printer.docx(paper, data)
    words = pdf_words(pdf)
    assert "None" not in words + docx_words(docx)
    assert re.search(r"\.{5,}, ngày \.{5} tháng \.{5} năm \.{8}", words)
    label = "Tên tôi/Chúng tôi là:" if "WITHDRAWAL" in paper.name else "Họ và tên"
    assert re.search(rf"{label}[^.]*\.{{20,}}", words)
    xml = docx_xml(docx)
    assert 'w:leader="dot"' in xml
    assert xml.count("<w:tab/>") >= 3
    assert "........" in docx_words(docx)


def test_a_list_leaves_room_to_sign_for_at_least_five(printer: PaperPrinter) -> None:
    for words in both(printer, Paper.GROUP_LIST, EMPTY).values():
        assert re.search(r"STT Họ và tên Địa chỉ Ký hoặc điểm chỉ 1 2 3 4 5(?! 6)", words)
    many = tuple(Person(name=f"Người thứ {number}", address="Thôn 1") for number in range(1, 61))
    words = pdf_words(printer.pdf(Paper.GROUP_LIST, replace(EMPTY, people=many)))
    assert all(f"{number} Người thứ {number} Thôn 1" in words for number in range(1, 61))
    assert words.count("STT Họ và tên Địa chỉ") >= 3, "each page says what its columns are"


def test_everybody_of_a_group_signs_the_complaint_too(printer: PaperPrinter) -> None:
    for words in both(printer, Paper.COMPLAINT, replace(FULL, people=PEOPLE)).values():
        assert "Những người cùng khiếu nại:" in words
        for number, person in enumerate(PEOPLE, start=1):
            assert f"{number} {person.name} {person.address}" in words
    assert "Những người cùng" not in pdf_words(printer.pdf(Paper.COMPLAINT, replace(FULL, people=(HANH,))))


SENTENCE = "Tôi đã nhiều lần đề nghị được giải thích nhưng không ai trả lời, và việc ấy kéo dài. "


def test_a_long_story_flows_over_numbered_pages(printer: PaperPrinter) -> None:
    numbered = "".join(f"{number}. {SENTENCE}" for number in range(1, 300))[:20_000].rstrip()
    story = (numbered[:12_000].rstrip(), numbered[12_000:].lstrip())
    data = replace(FULL, story=story)
    pages = PdfReader(io.BytesIO(printer.pdf(Paper.COMPLAINT, data))).pages
    texts = [page.extract_text() for page in pages]
    assert 6 <= len(texts) <= 12
    foot = f"Mã đơn: {CODE}"
    for number, text in enumerate(texts, start=1):
        assert foot in text
        assert f"Trang {number}/{len(texts)}" in text
    whole = squeezed("".join(re.sub(r"Trang \d+/\d+", "", text.replace(foot, "")) for text in texts))
    assert all(squeezed(part) in whole for part in story)
    assert "Nguyễn Thị Hạnh" in texts[-1]
    made = printer.docx(Paper.COMPLAINT, data)
    assert all(" ".join(part.split()) in docx_words(made) for part in story)
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        footer = archive.read("word/footer1.xml").decode()
    assert ">PAGE<" in footer
    assert ">NUMPAGES<" in footer


def test_a_signature_never_stands_alone_on_a_page(printer: PaperPrinter) -> None:
    for lines in range(1, 40):
        data = of(Paper.DENUNCIATION, story=("Một dòng.",) * lines)
        last = PdfReader(io.BytesIO(printer.pdf(Paper.DENUNCIATION, data))).pages[-1].extract_text()
        assert "cam đoan" in last, lines
        assert "NGƯỜI TỐ CÁO" in last, lines


MARKUP = '#panic("x") *đậm* $x$ \\ <w:p>&amp;</w:p> [b] {{x}} {0} %s ]]> <!-- #image("/etc/passwd") </w:t>'


@pytest.mark.parametrize("paper", Paper)
def test_nobody_can_write_markup(printer: PaperPrinter, paper: Paper) -> None:
    nasty = Person(
        name=MARKUP, identity_number=MARKUP, identity_issued_by=MARKUP, address=MARKUP, phone=MARKUP
    )
    data = of(
        paper, petitioner=nasty, authorised=nasty, addressee=MARKUP, respondent=MARKUP, accused=MARKUP,
        decision=MARKUP, story=(MARKUP,), reason=MARKUP, request=MARKUP, documents=(MARKUP,), scope=MARKUP,
        people=(nasty, nasty), representatives=(nasty,), extent=Extent.PART, withdrawn=MARKUP, place=MARKUP,
    )  # fmt: skip
    for words in both(printer, paper, data).values():
        assert "".join(MARKUP.split()) in "".join(words.replace("\u200b", "").split())


@pytest.mark.parametrize("words", NASTY)
def test_hostile_words_break_nothing(printer: PaperPrinter, words: str) -> None:
    data = replace(FULL, story=(words,), petitioner=replace(HANH, name=words[:500]), documents=(words[:500],))
    for printed in both(printer, Paper.COMPLAINT, data).values():
        assert "ĐƠN KHIẾU NẠI" in printed
        assert not any(unicodedata.category(letter) in {"Cc", "Cs"} for letter in printed)


def test_what_the_font_lacks_is_an_open_box_and_the_rest_is_drawn(printer: PaperPrinter) -> None:
    words = "😡 👨‍👩‍👧‍👦 🇻🇳 ✅ 漢字 ＡＢ 𝐍guyễn ✓ ≥ №"
    data = replace(FULL, story=(words,))
    assert "□ □ □ □ □□ AB Nguyễn ✓ ≥ №" in pdf_words(printer.pdf(Paper.COMPLAINT, data))
    assert words in docx_words(printer.docx(Paper.COMPLAINT, data)), "Word has other fonts to take them from"
    every = [
        chr(code)
        for first, last in ((0x21, 0x4FF), (0x1E00, 0x27BF))
        for code in range(first, last + 1)
        if unicodedata.category(chr(code))[0] not in "CZM"
    ]
    lines = tuple(" ".join(every[start : start + 20]) for start in range(0, len(every), 20))
    printed = printer.pdf(Paper.COMPLAINT, replace(FULL, story=lines))
    assert "\x00" not in pdf_words(printed), "a letter without a glyph"


def test_a_huge_word_takes_no_long_time(printer: PaperPrinter) -> None:
    started = time.perf_counter()
    printer.pdf(Paper.COMPLAINT, replace(FULL, story=("x" * 100_000,)))
    assert time.perf_counter() - started < 3


def test_decomposed_letters_are_printed_whole(printer: PaperPrinter) -> None:
    data = replace(FULL, petitioner=replace(HANH, name=unicodedata.normalize("NFD", "Nguyễn Thị Hạnh")))
    for words in both(printer, Paper.COMPLAINT, data).values():
        assert "- Họ và tên: Nguyễn Thị Hạnh" in words


def test_every_vietnamese_letter_is_drawn(printer: PaperPrinter) -> None:
    marks = ("", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323")
    letters = unicodedata.normalize(
        "NFC", "".join(base + mark for base in "aăâeêioôơuưy" for mark in marks) + "đ"
    )
    every = letters + letters.upper()
    lines = tuple(every[start : start + 24] for start in range(0, len(every), 24))
    words = pdf_words(printer.pdf(Paper.COMPLAINT, replace(FULL, story=lines)))
    assert [line for line in lines if line not in words] == []


def test_a_word_longer_than_a_line_stays_on_the_paper(printer: PaperPrinter) -> None:
    address = "https://example.vn/" + "a1b2" * 60
    page = PdfReader(io.BytesIO(printer.pdf(Paper.COMPLAINT, replace(FULL, story=(address,))))).pages[0]
    ends: list[float] = []

    def visit(text: str, _matrix: object, place: list[float], *_: object) -> None:
        if text.strip():
            ends.append(place[4])

    page.extract_text(visitor_text=visit)
    assert max(ends) < 560, "no piece of text begins outside of the right margin"
    assert address in "".join(page.extract_text().replace("\u200b", "").split())


def test_the_same_data_give_the_same_bytes(printer: PaperPrinter) -> None:
    other = PaperPrinter(Catalogue.load())
    for paper in Paper:
        assert printer.pdf(paper, of(paper)) == other.pdf(paper, of(paper))
        assert printer.docx(paper, of(paper)) == other.docx(paper, of(paper))


@pytest.mark.parametrize("paper", Paper)
@pytest.mark.parametrize("form", Format)
def test_name_and_metadata_tell_the_code_and_nothing_else(
    printer: PaperPrinter, paper: Paper, form: Format
) -> None:
    made = printer.print(paper, of(paper), form)
    assert re.fullmatch(rf"(don|don-rut|uy-quyen|danh-sach)-{CODE}\.{form.value}", made.name)
    if form is Format.PDF:
        metadata = " ".join(map(str, (PdfReader(io.BytesIO(made.data)).metadata or {}).values()))
        assert made.mime == "application/pdf"
    else:
        with zipfile.ZipFile(io.BytesIO(made.data)) as archive:
            metadata = archive.read("docProps/core.xml").decode() + archive.read("docProps/app.xml").decode()
    assert str(CODE) in metadata
    for hidden in ("Hạnh", "cáo", "khiếu", "denunciation", "complaint", "python", "Luật", "Sở Văn hóa"):
        assert hidden.lower() not in metadata.lower(), hidden


def test_a_denunciation_is_named_like_any_other_paper(printer: PaperPrinter) -> None:
    names = {
        printer.print(paper, of(paper), Format.PDF).name
        for paper in (Paper.DENUNCIATION, Paper.COMPLAINT, Paper.FEEDBACK, Paper.RECOMMENDATION)
    }
    assert names == {f"don-{CODE}.pdf"}


def test_only_an_open_paper_has_a_qr_code(printer: PaperPrinter) -> None:
    def drawing(data: PaperData) -> int:
        contents = PdfReader(io.BytesIO(printer.pdf(Paper.FEEDBACK, data))).pages[0].get_contents()
        assert contents is not None
        return len(contents.get_data())

    open_paper, sealed = of(Paper.FEEDBACK), of(Paper.FEEDBACK, sealed=True)
    assert drawing(open_paper) > drawing(sealed) + 1000, "some hundred black squares"
    texts = Catalogue.load().language("vi")
    assert sheet(Paper.FEEDBACK, open_paper, texts).qr == str(CODE), "the code alone: no address, no secret"
    assert sheet(Paper.FEEDBACK, sealed, texts).qr == ""


def test_a_translation_says_that_it_is_one(printer: PaperPrinter) -> None:
    english = printer.print(Paper.COMPLAINT, FULL, Format.PDF, language="en")
    words = pdf_words(english.data)
    assert words.index("for reading only") < words.index("COMPLAINT")
    assert "The complainant" in words
    assert english.name == f"petition-{CODE}-translation.pdf"
    assert "for reading only" in docx_words(printer.docx(Paper.COMPLAINT, FULL, language="en"))
    assert "Bản dịch" not in pdf_words(printer.pdf(Paper.COMPLAINT, FULL))


def test_a_code_that_is_none_is_refused(printer: PaperPrinter) -> None:
    with pytest.raises(BadCode):
        printer.pdf(Paper.COMPLAINT, replace(FULL, code="XXXX"))
    other = TrackingCode.generate(random.Random(5))
    assert f"Mã đơn: {other}" in pdf_words(printer.pdf(Paper.COMPLAINT, replace(FULL, code=other.value)))


def test_the_date_is_written_as_offices_do(printer: PaperPrinter) -> None:
    """Nghị định 30/2020/NĐ-CP: days below 10, and the first two months, with a zero."""
    for day, words in (
        (date(2027, 2, 5), "ngày 05 tháng 02 năm 2027"),
        (date(2027, 3, 15), "ngày 15 tháng 3 năm 2027"),
        (date(2027, 10, 9), "ngày 09 tháng 10 năm 2027"),
    ):
        assert words in pdf_words(printer.pdf(Paper.FEEDBACK, of(Paper.FEEDBACK, written_on=day)))
