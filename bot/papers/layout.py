"""How each paper is laid out: the same blocks for PDF and Word, so that both say the same.

The order and the labels of the forms laid down by decree follow the form; what is not known becomes a dotted
line. Everything a person wrote passes through `clean`, so that neither printer meets a control character.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Final

from bot.papers.blocks import (
    NO_BLANK,
    Block,
    Column,
    Dots,
    Grid,
    Line,
    Note,
    Part,
    Prose,
    Sheet,
    Signatures,
    Signer,
)
from handlers.texts import Texts
from petitions.codes import TrackingCode
from petitions.kinds import Kind
from petitions.papers import Extent, Paper, PaperData, Person
from petitions.text import clean

_SHORT: Final = 18
_LONG: Final = 34
"""Dots of a blank within a line: a date or number, a name."""


def sheet(paper: Paper, data: PaperData, texts: Texts) -> Sheet:
    """The paper with everything `data` knows. Raises BadCode for a code that is none."""
    form = _Form(data, texts)
    code = str(TrackingCode(data.code))
    return Sheet(
        language=texts.language,
        name=texts.get(f"papers.{_FILE_NAMES.get(paper, 'file_name')}", code=code),
        aid="" if texts.language == "vi" else texts.get("papers.reading_aid"),
        basis=texts.get(f"papers.basis_{paper.value}"),
        nation=texts.get("papers.nation"),
        motto=texts.get("papers.motto"),
        place_and_date=_place_and_date(data.written_on, texts),
        title=texts.get(f"papers.title_{paper.value}").upper(),
        to=None if paper is Paper.AUTHORISATION else Part(texts.get("papers.to"), tidy(data.addressee)),
        blocks=tuple(_LAYOUTS[paper](form)),
        page=texts.get("papers.page"),
        code=texts.get("papers.code", code=code),
        qr="" if data.sealed else code,
        qr_alt=texts.get("papers.qr_alt"),
    )


def tidy(text: str) -> str:
    """One line of a person's words."""
    return " ".join(clean(text).split())


_FILE_NAMES: Final = {
    Paper.AUTHORISATION: "file_name_authorisation",
    Paper.COMPLAINT_WITHDRAWAL: "file_name_withdrawal",
    Paper.DENUNCIATION_WITHDRAWAL: "file_name_withdrawal",
    Paper.GROUP_LIST: "file_name_group",
}


def _place_and_date(day: date | None, texts: Texts) -> str:
    """The place is where it is signed, which nobody here knows."""
    return texts.get(
        "papers.place_and_date",
        place="." * _SHORT,
        day=f"{day:%d}" if day else "." * 5,
        month=_month(day) if day else "." * 5,
        year=f"{day:%Y}" if day else "." * 8,
    )


def _month(day: date) -> str:
    """Only January and February are written with a zero (Nghị định 30/2020/NĐ-CP, Phụ lục I)."""
    return f"{day.month:02d}" if day.month < 3 else str(day.month)


class _Form:
    """What the layouts are written with."""

    def __init__(self, data: PaperData, texts: Texts) -> None:
        self.data = data
        self._texts = texts

    def text(self, key: str, **values: object) -> str:
        return self._texts.get(f"papers.{key}", **values)

    def day(self, day: date | None) -> str:
        return (
            self.text("day", day=f"{day:%d}", month=f"{day:%m}", year=f"{day:%Y}") if day is not None else ""
        )

    def heading(self, key: str) -> Line:
        return Line((Part(self.text(key), "", NO_BLANK),), strong=True)

    def line(self, key: str, value: str, *, bullet: bool = False) -> Line:
        label = self.text(key)
        return Line((Part(f"- {label}" if bullet else label, tidy(value)),))

    def said(self, key: str, value: str, *, lines: int = 1, strong: bool = False) -> list[Block]:
        """A label with what was said: short after it, longer below it, nothing as dotted lines."""
        paragraphs = _paragraphs((value,))
        label = self.text(key)
        if not paragraphs:
            rest: list[Block] = [Dots(lines - 1)] if lines > 1 else []
            return [Line((Part(label, ""),), strong=strong), *rest]
        if len(paragraphs) == 1 and len(paragraphs[0]) <= _SHORT_ANSWER:
            return [Line((Part(label, paragraphs[0]),), strong=strong)]
        return [Line((Part(label, "", NO_BLANK),), strong=strong), Prose(paragraphs)]

    def story(self, key: str) -> list[Block]:
        paragraphs = _paragraphs(self.data.story)
        return [self.heading(key), Prose(paragraphs) if paragraphs else Dots(8)]

    def identity(self, person: Person, *, bullet: bool = False) -> Line:
        label = self.text("identity_number")
        return Line(
            (
                Part(f"- {label}" if bullet else label, tidy(person.identity_number), _LONG),
                Part(self.text("identity_issued_on"), self.day(person.identity_issued_on), _SHORT),
                Part(self.text("identity_issued_by"), tidy(person.identity_issued_by)),
            )
        )

    def documents(self, key: str = "documents") -> list[Block]:
        names = [name for name in map(tidy, self.data.documents) if name]
        if not names:
            return [self.heading(key), Dots(1)]
        return [self.heading(key), Prose(tuple(f"- {name}" for name in names))]

    def people(self, key: str) -> list[Block]:
        """All who sign with the petitioner; nothing for one person."""
        return [self.heading(key), self.grid()] if len(self.data.people) > 1 else []

    def grid(self, *, rows: int = 0) -> Grid:
        """The list to sign; at least `rows` rows."""
        contact = self.data.kind is Kind.DENUNCIATION  # of each person: Luật Tố cáo Đ23 k1
        columns = [
            Column(self.text("column_number"), 8),
            Column(self.text("column_name"), 26),
            Column(self.text("column_address"), 32),
            *([Column(self.text("column_contact"), 18)] if contact else []),
            Column(self.text("column_sign"), 22),
        ]
        known = [
            (tidy(person.name), tidy(person.address), *((tidy(person.phone),) if contact else ()), "")
            for person in self.data.people
        ]
        known += [("",) * (len(columns) - 1)] * (rows - len(known))
        return Grid(
            tuple(columns), tuple((str(number), *cells) for number, cells in enumerate(known, start=1))
        )

    def signature(self, key: str) -> Signatures:
        return Signatures((self.signer(key, self.data.petitioner),))

    def signer(self, key: str, person: Person, *, note: str = "sign") -> Signer:
        return Signer(self.text(key), self.text(note), self.text("full_name"), tidy(person.name))


_SHORT_ANSWER: Final = 300
"""Characters up to which an answer stands right after its label."""


def _paragraphs(parts: Iterable[str]) -> tuple[str, ...]:
    lines = (" ".join(line.split("\t")).strip() for part in parts for line in clean(part).split("\n"))
    return tuple(line for line in lines if line)


def _complaint(form: _Form) -> list[Block]:
    data = form.data
    blocks: list[Block] = [
        form.heading("complaint_person"),
        form.line("name", data.petitioner.name, bullet=True),
        form.identity(data.petitioner, bullet=True),
        form.line("address", data.petitioner.address, bullet=True),
        form.heading("complaint_authorised"),
        form.line("name", data.authorised.name, bullet=True),
        form.identity(data.authorised, bullet=True),
        *form.said("complaint_respondent", data.respondent, lines=2, strong=True),
        *form.said("complaint_decision", data.decision, lines=2, strong=True),
    ]
    if data.received_on is not None:
        blocks.append(form.line("complaint_received", form.day(data.received_on)))
    return [
        *blocks,
        *form.story("complaint_story"),
        *form.said("complaint_reason", data.reason),
        *form.said("complaint_request", data.request, lines=3),
        *form.documents(),
        *form.people("complaint_people"),
        form.signature("complaint_signer"),
    ]


def _authorisation(form: _Form) -> list[Block]:
    data = form.data
    return [
        form.line("authorisation_name", data.petitioner.name),
        form.line("address", data.petitioner.address),
        form.identity(data.petitioner),
        form.line("authorisation_authorised", data.authorised.name),
        form.line("address", data.authorised.address),
        form.identity(data.authorised),
        *form.said("authorisation_scope", data.scope, lines=4),
        Note(form.text("authorisation_duty")),
        Signatures(
            (
                form.signer("authorisation_taker", data.authorised),
                form.signer("authorisation_signer", data.petitioner, note="authorisation_sign"),
            )
        ),
        Note(form.text("authorisation_certified")),
        Dots(4),
    ]


def _withdrawal(form: _Form, name: str) -> list[Block]:
    data = form.data
    contact: Sequence[Block] = [form.line("contact", data.petitioner.phone)] if name == "denunciation" else []
    code = str(TrackingCode(data.code))
    withdrawn: list[Block]
    if data.extent is Extent.ALL:
        withdrawn = [
            Line((Part(form.text(f"{name}_withdrawn"), form.text(f"{name}_withdrawn_all", code=code)),))
        ]
    else:
        paragraphs = _paragraphs((data.withdrawn,))
        part = form.text(f"{name}_withdrawn_part", code=code)
        withdrawn = [
            Line((Part(form.text(f"{name}_withdrawn"), part),)),
            Prose(paragraphs) if paragraphs else Dots(4),
        ]
    return [
        form.line("withdrawal_name", data.petitioner.name),
        form.line("address", data.petitioner.address),
        *contact,
        *withdrawn,
        *form.people(f"{name}_people"),
        Note(form.text(f"{name}_withdrawal_end")),
        form.signature(f"{name}_withdrawal_signer"),
    ]


def _own(form: _Form, name: str) -> list[Block]:
    """The three đơn without a form of a decree: who, what, what is asked for, what is enclosed."""
    data = form.data
    accused = form.said("denunciation_accused", data.accused, lines=2, strong=True)
    place: list[Block] = [form.line("feedback_place", data.place)] if data.place else []
    several = len(data.people) > 1
    representative: list[Block] = []
    if name == "denunciation" and several:
        names = ", ".join(tidy(person.name) for person in data.representatives)
        representative = form.said("denunciation_representative", names)
    return [
        form.heading(f"{name}_person"),
        form.line("name", data.petitioner.name, bullet=True),
        form.line("address", data.petitioner.address, bullet=True),
        form.line("contact", data.petitioner.phone, bullet=True),
        *(accused if name == "denunciation" else ()),
        *(place if name == "feedback" else ()),
        *form.story(f"{name}_story"),
        *form.said(f"{name}_request", data.request, lines=2, strong=True),
        *form.documents(f"{name}_documents"),
        *form.people(f"{name}_people"),
        *representative,
        Note(form.text(f"{name}_promise_all" if several else f"{name}_promise")),
        form.signature(f"{name}_signer"),
    ]


def _group_list(form: _Form) -> list[Block]:
    data = form.data
    chosen: list[Block] = []
    for person in data.representatives or (Person(), Person()):
        chosen += [
            form.line("name", person.name, bullet=True),
            form.line("address", person.address),
        ]
    return [
        Note(form.text(f"group_{data.kind.value}")),
        form.heading("group_chosen"),
        *chosen,
        Note(form.text("group_limit")),
        *form.said("group_scope", data.scope, lines=3, strong=True),
        form.heading("group_list"),
        form.grid(rows=5),
    ]


_LAYOUTS: Final[dict[Paper, Callable[[_Form], list[Block]]]] = {
    Paper.COMPLAINT: _complaint,
    Paper.AUTHORISATION: _authorisation,
    Paper.COMPLAINT_WITHDRAWAL: lambda form: _withdrawal(form, "complaint"),
    Paper.DENUNCIATION: lambda form: _own(form, "denunciation"),
    Paper.DENUNCIATION_WITHDRAWAL: lambda form: _withdrawal(form, "denunciation"),
    Paper.RECOMMENDATION: lambda form: _own(form, "recommendation"),
    Paper.FEEDBACK: lambda form: _own(form, "feedback"),
    Paper.GROUP_LIST: _group_list,
}
