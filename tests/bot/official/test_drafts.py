"""Drafts of official papers: the packaged templates, filling in, and the templates of an agency."""

from __future__ import annotations

import io
import random
import re
import unicodedata
import zipfile
from pathlib import Path

import pytest
from docx import Document
from docx.shared import Pt

from bot.official.building import template
from bot.official.checking import LARGEST, faults_of
from bot.official.drafts import Drafts, TemplatesUnusable
from bot.official.filling import PLACEHOLDER, fill
from bot.official.forms import packaged
from petitions.official_papers import FIELDS, GAP, PERSONAL, OfficialPaper, papers
from tests.bot.official.reading import changed, part_of, the_paper, with_words, words_of

VALUES = {
    "co_quan": "Sở Văn hóa, Thể thao và Du lịch tỉnh Hà Nam",
    "co_quan_cap_tren": "Ủy ban nhân dân tỉnh Hà Nam",
    "nguoi_gui": "Nguyễn Thị Sen",
    "nguoi_gui_dia_chi": "Tổ 5, phường Minh Khai",
    "dia_danh": "Hà Nam",
    "mau": "Mẫu số 03",
}
EVERY = pytest.mark.parametrize("paper", papers(), ids=lambda paper: paper.code)


def test_there_are_words_for_every_form_of_the_table() -> None:
    assert set(packaged()) == {paper.code for paper in papers()}


@EVERY
def test_each_template_is_official_and_sound(paper: OfficialPaper) -> None:
    made = template(paper)
    assert faults_of(made, paper) == []
    words = words_of(made)
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in words
    assert "Độc lập - Tự do - Hạnh phúc" in words
    assert "DỰ THẢO" in words
    assert "{{co_quan}}" in words
    assert ("{{so_ky_hieu}}" in words) == (paper.number is not None)
    assert unicodedata.is_normalized("NFC", words)
    used = set(PLACEHOLDER.findall(words))
    assert used <= FIELDS
    assert paper.names == bool(used & PERSONAL), "it names the petitioner exactly where the table says so"
    assert 'w:ascii="Times New Roman"' in part_of(made, "word/styles.xml")
    document = Document(io.BytesIO(made))
    assert document.styles["Normal"].font.size == Pt(14)


@pytest.mark.parametrize("code", ["kn_14", "tc_04"])
def test_a_template_is_laid_out_the_same_each_time(code: str) -> None:
    assert template.__wrapped__(the_paper(code)) == template(the_paper(code))


@EVERY
def test_what_is_not_known_is_a_gap_and_no_name_is_left_in_braces(paper: OfficialPaper) -> None:
    words = words_of(Drafts().make(paper, {}, code="7Q2M4KXD9B3E").data)
    assert GAP in words
    assert "{{" not in words
    assert "None" not in words


def test_values_stand_where_their_names_were() -> None:
    draft = Drafts().make(the_paper("kn_03"), VALUES, code="7Q2M4KXD9B3E")
    words = words_of(draft.data)
    assert draft.name == "kn_03-7Q2M4KXD9B3E.docx"
    assert "DỰ THẢO · Mẫu số 03" in words
    assert "đã nhận được đơn khiếu nại của: Nguyễn Thị Sen" in words
    assert "Địa chỉ: Tổ 5, phường Minh Khai" in words
    assert f"Khiếu nại về việc: {GAP}" in words
    assert draft.data == Drafts().make(the_paper("kn_03"), dict(VALUES), code="7Q2M4KXD9B3E").data


def test_a_value_is_only_text() -> None:
    nasty = '</w:t><w:fldSimple w:instr="DDEAUTO c:\\cmd"/> & "{{co_quan}}" =1+1 \x07\u202eab'
    made = fill(template(the_paper("kn_03")), {**VALUES, "ve_viec": nasty}, title="x")
    assert faults_of(made, the_paper("kn_03")) == []
    assert "fldSimple" not in re.sub(r"&lt;.*?&gt;", "", part_of(made))
    words = words_of(made)
    assert '</w:t><w:fldSimple w:instr="DDEAUTO c:\\cmd"/> & "{{co_quan}}" =1+1 ab' in words
    assert "\u202e" not in words


def test_values_are_composed_and_may_have_several_lines() -> None:
    story = unicodedata.normalize("NFD", "Quán hát\nđến khuya.\n\nCháu mất ngủ")
    made = fill(template(the_paper("kn_15")), {"noi_dung": story, "yeu_cau": "a\nb"}, title="x")
    texts = [paragraph.text for paragraph in Document(io.BytesIO(made)).paragraphs]
    place = texts.index("Quán hát")
    assert texts[place : place + 3] == ["Quán hát", "đến khuya.", "Cháu mất ngủ"]
    assert "Yêu cầu của người khiếu nại: a b" in texts


def test_a_name_that_word_cut_into_pieces_is_filled_in_with_its_shape() -> None:
    document = Document(io.BytesIO(template(the_paper("kn_03"))))
    paragraph = document.add_paragraph("Gửi ")
    for piece in ("{", "{ngu", "oi_", "gui }", "}", " và {{ co_quan }}, {{nguoi_gui}}."):
        run = paragraph.add_run(piece)
        run.bold = piece == "{"
    buffer = io.BytesIO()
    document.save(buffer)
    assert faults_of(buffer.getvalue(), the_paper("kn_03")) == []
    made = Document(io.BytesIO(fill(buffer.getvalue(), VALUES, title="x"))).paragraphs[-1]
    assert made.text == f"Gửi Nguyễn Thị Sen và {VALUES['co_quan']}, Nguyễn Thị Sen."
    assert [run.text for run in made.runs if run.bold] == ["Nguyễn Thị Sen"]


# --- templates of the agency


def in_folder(folder: Path, **templates: bytes) -> Path:
    for name, data in templates.items():
        (folder / f"{name}.docx").write_bytes(data)
    return folder


def test_an_agency_s_own_template_takes_the_place_of_the_packaged_one(tmp_path: Path) -> None:
    in_folder(tmp_path, kn_03=with_words("kn_03", "Số điện thoại: 0226 385 2222, mã {{ma_don}}"))
    (tmp_path / "README.txt").write_text("ours")
    (tmp_path / "~$kn_03.docx").write_bytes(b"Word's own")
    drafts = Drafts.load(tmp_path)
    assert drafts.own == ("kn_03",)
    made = drafts.make(the_paper("kn_03"), {"ma_don": "7Q2M-4KXD-9B3E"}, code="7Q2M4KXD9B3E")
    assert "Số điện thoại: 0226 385 2222, mã 7Q2M-4KXD-9B3E" in words_of(made.data)
    other = drafts.make(the_paper("kn_04"), {}, code="7Q2M4KXD9B3E")
    assert other.data == Drafts().make(the_paper("kn_04"), {}, code="7Q2M4KXD9B3E").data


RELS = "word/_rels/document.xml.rels"
LINK = (
    b'<Relationship Id="r99" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
    b'attachedTemplate" Target="https://example.org/x.dotm" TargetMode="External"/></Relationships>'
)
FIELD = (
    b'<w:p xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:r><w:fldChar '
    b'w:fldCharType="begin"/></w:r><w:r><w:instrText> INCLUDE</w:instrText></w:r><w:r><w:instrText>TEXT x'
    b'</w:instrText></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p><w:sectPr'
)


def bent(**changes: tuple[bytes, bytes]) -> bytes:
    """The template of Mẫu 03 with the first of these bytes in a part replaced."""
    parts = {"document": "word/document.xml", "rels": RELS, "types": "[Content_Types].xml"}
    wanted = {
        parts[name]: lambda data, old=old, new=new: data.replace(old, new, 1)
        for name, (old, new) in changes.items()
    }
    return changed(template(the_paper("kn_03")), wanted, added={})


def test_each_fault_of_a_template_is_named_with_what_to_do(tmp_path: Path) -> None:
    sound = template(the_paper("kn_03"))
    wrong = {
        "unknown": (with_words("kn_03", "{{nguoi_giu}}"), "{{nguoi_giu}}. Did you mean {{nguoi_gui}}?"),
        "foreign": (with_words("kn_03", "{{Họ tên}}"), "unknown placeholder {{Họ tên}}. docs/papers.md"),
        "open": (with_words("kn_03", "Gửi {{nguoi_gui} nhé"), "not closed, near “Gửi {{nguoi_gui} nhé”"),
        "text": (b"hello", "not a Word document"),
        "empty": (b"", "not a Word document"),
        "cut": (sound[: len(sound) // 2], "not a Word document, or is damaged"),
        "old": (b"\xd0\xcf\x11\xe0" + b"\0" * 600, ".doc, or has a password"),
        "large": (b"PK" + b"\0" * LARGEST, "larger than 2 MiB"),
        "bomb": (changed(sound, {}, added={"word/media/a.bin": b"\0" * 21_000_000}), "20 MiB"),
        "macro": (changed(sound, {}, added={"word/vbaProject.bin": b"x"}), "holds macros"),
        "macro_type": (bent(types=(b"document.main+xml", b"document.macroEnabled.main+xml")), "holds macros"),
        "embedded": (changed(sound, {}, added={"word/embeddings/a.xlsx": b"x"}), "embedded object"),
        "elsewhere": (
            changed(
                sound, {"_rels/.rels": lambda data: data.replace(b"word/document", b"word/other")}, added={}
            ),
            "where Word does not put it",
        ),
        "path": (changed(sound, {}, added={"../a.xml": b"<a/>"}), "paths that lead elsewhere"),
        "link": (bent(rels=(b"</Relationships>", LINK)), "links to something outside itself (https://ex"),
        "field": (bent(document=(b"<w:sectPr", FIELD)), "holds a field 'INCLUDETEXT'"),
        "entity": (bent(document=(b"<w:document", b"<!DOCTYPE a><w:document")), "declarations"),
        "xml": (bent(document=(b"</w:body>", b"")), "damaged"),
    }
    for name, (data, said) in wrong.items():
        faults = faults_of(data, the_paper("kn_03"))
        assert faults, name
        assert said in faults[0], (name, faults)
        in_folder(tmp_path, kn_03=data)
        with pytest.raises(TemplatesUnusable, match=re.escape(f"kn_03.docx: {faults[0]}")):
            Drafts.load(tmp_path)
    assert "{{nguoi_gui}}" not in " ".join(faults_of(wrong["open"][0], the_paper("kn_03"))[1:])


def test_a_broken_template_is_told_and_never_raises() -> None:
    sound, chance = template(the_paper("kn_03")), random.Random(7)
    told = 0
    for _ in range(60):
        broken = bytearray(sound)
        for _ in range(chance.randint(1, 20)):
            broken[chance.randrange(len(broken))] = chance.randrange(256)
        faults = faults_of(bytes(broken), the_paper("kn_03"))
        told += bool(faults)
        if not faults:
            assert fill(bytes(broken), VALUES, title="x")
    assert told > 20


def test_every_wrong_file_of_the_folder_is_named_at_once(tmp_path: Path) -> None:
    in_folder(tmp_path, tc_99=b"x", kn_03=b"x", kn_04=template(the_paper("kn_04")))
    (tmp_path / "kn_15.docm").write_bytes(b"x")
    with pytest.raises(TemplatesUnusable) as caught:
        Drafts.load(tmp_path)
    assert [fault.split(":")[0] for fault in caught.value.faults] == [
        "kn_03.docx",
        "kn_15.docm",
        "tc_99.docx",
    ]
    with pytest.raises(TemplatesUnusable, match="cannot be read"):
        Drafts.load(tmp_path / "not_there")


def test_no_template_makes_a_paper_for_others_name_the_denouncer(tmp_path: Path) -> None:
    told = with_words("tc_06", "Người tố cáo: {{nguoi_gui}}")
    assert "must not say who denounced" in faults_of(told, the_paper("tc_06"))[0]
    with pytest.raises(TemplatesUnusable):
        Drafts.load(in_folder(tmp_path, tc_06=told))
    forced = Drafts({"tc_06": told}).make(the_paper("tc_06"), VALUES, code="7Q2M4KXD9B3E")
    assert "Nguyễn Thị Sen" not in words_of(forced.data)


def test_a_draft_holds_no_trace_of_the_machine_or_the_hour() -> None:
    made = Drafts().make(the_paper("tc_04"), {}, code="7Q2M4KXD9B3E").data
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        core = archive.read("docProps/core.xml").decode()
    assert "Quyết định thụ lý tố cáo" in core
    assert "python-docx" not in core
