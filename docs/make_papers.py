"""Make docs/papers.md from the table of official papers: `.venv/bin/python docs/make_papers.py`."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

from bot.official.building import template
from bot.official.filling import PLACEHOLDER, paragraphs, parsed, text_of
from handlers.texts import Catalogue
from petitions.kinds import Stage
from petitions.official_papers import FIELDS, PERSONAL, OfficialPaper, papers

PAGE = Path(__file__).with_name("papers.md")
TEXTS = Catalogue.load().language("vi")
HEAD = """# Drafts of official papers

This page is made by `docs/make_papers.py` from `petitions/data/official_papers.toml`; please do not edit it by
hand.

| ![Papers at a case](images/console-papers.png) | ![A draft in Word](images/paper-draft.png) |
|---|---|

## For officers

The page of a case in the console has a section *Văn bản*. It lists the papers of this kind of petition: first what
the step at hand asks for, with the reason and the limit it has to keep, then what may be needed, then the others.
*Lập dự thảo* gives a Word file filled in from the case. In chat the
button *Văn bản* on a card offers the same papers where the step at hand asks for one.

* **A draft is not a paper.** Read it, finish it, have it signed, and record the deed (accept, decide, send) at the
  case as before. Nothing is done to the case by making a draft, and the citizen does not see it. That you made it
  stays on record.
* **Dots are gaps.** What the case does not tell is left as …………, never guessed. Number and day stay open until the
  deed is recorded with its document number; a draft made after that has them.
* **Sealed cases.** Drafts are offered after the text was opened. Papers that name the petitioner (*Thông báo việc
  thụ lý tố cáo*, *Biên bản ghi nhận việc rút tố cáo* …) only after opening who that is, with a reason. Papers that
  go to others have no place for the denouncer or for what was told: write the content yourself, and nothing in it
  that gives the person away. No draft of a sealed case goes through a chat.
* Mẫu số 03 and 14b of the complaint, 04, 05 and 06 of the denunciation say the limit and its last day in one
  sentence more than the form has; strike it out where the agency does not want it.

## For operators

**Head and foot** come from the agency profile, section `papers`; what is left out stays a gap:

```yaml
papers:
  superior_vi: Ủy ban nhân dân tỉnh Hà Nam   # above the office's name
  place_vi: Hà Nam                           # before the date
  symbol_vi: SVHTTDL                         # in document numbers
  signer_vi: Giám đốc                        # who signs for the office
```

A subordinate unit (`don_vi_truc_thuoc`) settles first complaints in its own name, with the office above it.

**Own templates.** `tiepdan papers export FOLDER` writes the packaged templates, `tiepdan papers check FOLDER` looks
changed ones over. Change them in Word (Times New Roman stays Times New Roman, the agency's own wording goes in),
keep the file name, put those you changed into a folder and set `TIEPDAN_PAPER_TEMPLATES`. They are read at start.
`tiepdan doctor` and the start of the service name every fault with its file and what to do: an unknown or unclosed
placeholder, a file that is no .docx, macros, embedded objects, links to anything outside, fields other than page
numbers and dates, more than 2 MiB. A form that must not name the denouncer refuses the placeholders marked ● below.

A placeholder is written `{{nguoi_gui}}`. Word may cut it into pieces; that does no harm. A value of several lines
gets a paragraph for each where the placeholder stands alone.
"""
FORMS = """## Forms

*Own words*: the form's full text was not at hand; layout by this program, contents by the article. Of the papers
without a number the form in Thông tư 05/2021/TT-TTCP was not compared with its text (RECALLED).
"""
NAMES = {
    "mau": "number of the form and where it is from (head line of the draft)",
    "co_quan_cap_tren": "body above the office",
    "co_quan": "the office; a subordinate unit for its own first complaints",
    "dia_danh": "place before the date",
    "ngay_thang": "“ngày … tháng … năm …”; the day recorded with the deed, else open",
    "so_ky_hieu": "document number recorded with the deed, else “………/TB-SVHTTDL”",
    "nguoi_ky": "office of who signs",
    "don_vi": "unit that has the case",
    "can_bo": "officer who made the draft",
    "ma_don": "tracking code",
    "so_tiep_nhan": "register number and year",
    "loai_don": "kind of petition, small letters",
    "ngay_nhan_don": "day the signed đơn came in; before that the day of filing",
    "so_nguoi": "how many people stand behind it",
    "ben_kia": "body or person complained about or denounced",
    "so_thu_ly": "number of the acceptance",
    "ngay_thu_ly": "day of acceptance",
    "han_thu_ly": "last day to accept",
    "thoi_han_giai_quyet": "time for settling, such as “30 ngày”",
    "dieu_thoi_han": "article of that time",
    "han_giai_quyet": "last day to settle",
    "thoi_han_tiep": "time for a second complaint",
    "ly_do": "reason recorded with the deed, in words",
    "dieu_ly_do": "article of the reason",
    "ket_qua": "result recorded with decision or conclusion",
    "so_tam_dinh_chi": "number of the suspension",
    "ngay_tam_dinh_chi": "day of the suspension",
    "gio_doi_thoai": "hour of the dialogue",
    "ngay_doi_thoai": "day of the dialogue",
    "co_quan_nhan": "authority it is passed on to",
    "dia_chi_co_quan_nhan": "that authority's address",
    "nguoi_gui": "petitioner's name",
    "nguoi_gui_dia_chi": "address",
    "nguoi_gui_lien_he": "way to contact",
    "nguoi_gui_so_giay_to": "identity number",
    "nguoi_gui_ngay_cap": "day of issue",
    "nguoi_gui_noi_cap": "issued by",
    "nguoi_duoc_uy_quyen": "who complains for the petitioner",
    "ve_viec": "decision complained about; else the topic; of a denunciation nothing",
    "noi_dung": "what was told",
    "yeu_cau": "what is asked for",
    "tai_lieu": "enclosed documents",
}
"""What each placeholder is filled with."""


def page() -> str:
    """The whole page."""
    if set(NAMES) != FIELDS:
        raise ValueError(f"placeholders without a line here: {sorted(set(NAMES) ^ FIELDS)}")
    return "\n".join([HEAD, FORMS, *_forms(), "", "## Placeholders", "", *_names(), ""])


def _forms() -> Iterator[str]:
    yield "| File | Paper | Form | Article | Offered when | Filled in |"
    yield "|---|---|---|---|---|---|"
    for paper in papers():
        form = ", ".join(part for part in (paper.form, paper.source) if part)
        marks = [] if paper.verified else [paper.mark.value]
        marks += ["own words"] if paper.wording != "form" else []
        note = f" ({', '.join(marks)})" if marks else ""
        names = ", ".join(f"`{name}`" for name in sorted(_used(paper)))
        yield f"| `{paper.code}` | {paper.title} | {form}{note} | {paper.article} | {_when(paper)} | {names} |"


def _when(paper: OfficialPaper) -> str:
    told = []
    for word, conditions in (("", paper.now), ("may: ", paper.may)):
        for when in conditions:
            stages = ", ".join(
                TEXTS.get(f"cards.stage_{stage}").lower() for stage in Stage if stage in when.stages
            )
            more = [f"`{when.running}` runs"] if when.running else []
            more += [f"`{when.fact}`"] if when.fact else []
            told.append(f"{word}{stages}" + (f" ({', '.join(more)})" if more else ""))
    return "; ".join(told) or "on request"


def _used(paper: OfficialPaper) -> set[str]:
    found: set[str] = set()
    with zipfile.ZipFile(io.BytesIO(template(paper))) as archive:
        for paragraph in paragraphs(parsed(archive.read("word/document.xml"))):
            found |= set(PLACEHOLDER.findall(text_of(paragraph)))
    return found - {"co_quan_cap_tren", "co_quan", "dia_danh", "ngay_thang", "so_ky_hieu", "nguoi_ky"}


def _names() -> Iterator[str]:
    yield "| Placeholder | What it is filled with |"
    yield "|---|---|"
    for name, what in NAMES.items():
        yield f"| `{{{{{name}}}}}`{' ●' if name in PERSONAL else ''} | {what} |"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
