"""How a petition stands on its way to a lawful đơn: which papers, what they lack, what was handed in.

Read by the citizen's dialogue and by the intake officer's view alike; nothing is changed here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from handlers.citizens.form_talk import Flow
from handlers.papers import document_names, paper_data
from handlers.texts import DEFAULT_LANGUAGE
from petitions.kinds import Kind, Stage
from petitions.papers import (
    Paper,
    PaperData,
    missing,
    paper_of,
    representatives_allowed,
    value_of,
    withdrawal_of,
)
from petitions.transition_groups import INTAKE_STAGES, LAWFUL

if TYPE_CHECKING:
    from handlers.texts import Texts
    from handlers.turn import Turn
    from storage.records import FileRecord, PetitionRecord

_STILL_TO_SIGN: Final = INTAKE_STAGES | {Stage.MERGED}
PAGE: Final = "page"
ESIGNED: Final = "esigned"
"""What a file is handed in for (`files.purpose`)."""
GROUP: Final = 2
"""From so many people on the list of signatures belongs to the đơn (Luật Khiếu nại Đ8 k4, Luật Tố cáo Đ23 k1)."""
_IDENTITY: Final = ("identity_number", "identity_issued_on", "identity_issued_by")
_ORDER: Final = (
    "authorised_name",
    "authorised_address",
    "withdrawn",
    "story",
    "decision",
    "received_on",
    "respondent",
    "accused",
    "request",
    "people",
    "representatives",
    "scope",
    "name",
    "address",
    "phone",
    *_IDENTITY,
    *(f"authorised_{key}" for key in _IDENTITY),
)
"""In which order it is asked: the matter first, identity papers last, for which another page may be better."""
_SHOWN: Final = tuple(key for key in _ORDER if key != "story")


@dataclass(frozen=True, slots=True, kw_only=True)
class FormView:
    """The papers of a petition with what is known for them."""

    petition: PetitionRecord
    papers: tuple[Paper, ...]
    """The main paper first."""
    data: PaperData
    values: dict[str, Any]
    """What was told for the form after filing."""
    missing: tuple[str, ...]
    """Fields the law requires and nobody told, in the order they are asked; the signature is not among them."""

    @property
    def to_ask(self) -> tuple[str, ...]:
        """What is missing, and what the form has a place for and the limits of the law depend on."""
        keys = set(self.missing)
        if Paper.COMPLAINT in self.papers and self.data.received_on is None:
            keys.add("received_on")  # Luật Khiếu nại Đ9: ninety days run from it
        if Paper.GROUP_LIST in self.papers and not self.data.representatives and _may_represent(self.data):
            keys.add("representatives")
        return tuple(key for key in _ORDER if key in keys)

    @property
    def known(self) -> tuple[str, ...]:
        """The fields of these papers that are filled in."""
        from petitions.papers import FIELDS

        fields = {spec.key for paper in self.papers for spec in FIELDS[paper]}
        return tuple(key for key in _SHOWN if key in fields and value_of(key, self.data))


def _may_represent(data: PaperData) -> bool:
    return len(data.people) >= GROUP and representatives_allowed(len(data.people)).stop > 1


def view_of(turn: Turn, petition: PetitionRecord, flow: Flow = Flow.MAIN) -> FormView | None:
    """The papers of `petition`; None for one that nobody signs (the anonymous tip)."""
    main = withdrawal_of(petition.kind) if flow is Flow.WITHDRAWAL else paper_of(petition.kind)
    if main is None:
        return None
    agency = turn.facts.agency
    values = turn.book.form_values(petition.id)
    data = paper_data(
        petition,
        turn.book.content(petition),
        values,
        agency,
        turn.now.astimezone(agency.zone).date(),
        documents=document_names(
            turn.book.files_of(petition.id), turn.facts.catalogue.language(DEFAULT_LANGUAGE)
        ),
    )
    papers = [main]
    if flow is Flow.MAIN and petition.kind is Kind.COMPLAINT and data.authorised.name:
        papers.append(Paper.AUTHORISATION)
    if flow is Flow.MAIN and is_group(petition, data):
        papers.append(Paper.GROUP_LIST)
    lacking = {key for paper in papers for key in missing(paper, data)}
    return FormView(
        petition=petition,
        papers=tuple(papers),
        data=data,
        values=values,
        missing=tuple(key for key in _ORDER if key in lacking),
    )


def is_group(petition: PetitionRecord, data: PaperData) -> bool:
    """Whether several people stand behind it, so that the signatures of all are needed."""
    return petition.kind in LAWFUL and max(petition.people or 0, len(data.people)) >= GROUP


def is_lawful(petition: PetitionRecord) -> bool:
    """Whether it counts in law only as a signed đơn, and this office is the one to receive it."""
    return petition.kind in LAWFUL and petition.destination is None


def wants_form(petition: PetitionRecord) -> bool:
    """Whether the signed đơn is still to come."""
    return is_lawful(petition) and petition.formed_on is None and (petition.stage in _STILL_TO_SIGN)


def handed_in(turn: Turn, petition: PetitionRecord) -> list[FileRecord]:
    """The pages and signed files of the petition, in the order they came."""
    return [file for file in turn.book.files_of(petition.id) if file.purpose in {PAGE, ESIGNED}]


def field_names(keys: tuple[str, ...], texts: Texts) -> str:
    """Fields in words, as part of a sentence."""
    return ", ".join(texts.get(f"form.field_{key}") for key in keys)
