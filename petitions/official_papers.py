"""The office's own papers: which forms the law gives for which step of a case, as data.

Read from `petitions/data/official_papers.toml` (law.md section 10). A draft is filled from the case; who may have one
that names the petitioner of a sealed case is for the caller to look at (`names`). What the forms say stands in
`bot/official/forms`; which words may be filled in is `FIELDS`, here, so that table, forms and checks agree.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum, unique
from functools import cache
from importlib.resources import files
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from petitions.kinds import Action, Kind, Stage
from petitions.rules import Mark


@unique
class Fact(StrEnum):
    """What a paper may depend on beside the stage; `if` in the table."""

    FORMED = "formed"
    """The complete, signed đơn is there."""
    OUTSIDE = "outside"
    """The matter is another authority's."""
    WISH = "wish"
    """The petitioner said that the petition is to be withdrawn."""
    DIALOGUE = "dialogue"
    """A dialogue is agreed or obligatory, and not held yet (Luật Khiếu nại Đ30, Đ39; Nghị định 124/2020 Đ28)."""
    REFUSED = "refused"
    """Refused because it was answered before and nothing is new (Nghị định 154/2026 Đ4 k1h, k3)."""


@unique
class Fit(StrEnum):
    """How a paper fits where the case stands."""

    NOW = "now"
    """The step at hand asks for it."""
    MAY = "may"
    """It may come up at this step."""
    OTHER = "other"
    """For this kind of petition, at another step."""


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class When(_Row):
    """One condition under which a paper is offered."""

    stages: Annotated[frozenset[Stage], Field(min_length=1)]
    why: str
    """The reason in words: `drafts.why_<why>`."""
    running: str = ""
    """Only while the limit of this step runs."""
    fact: Annotated[Fact | None, Field(alias="if")] = None


class OfficialPaper(_Row):
    """One form."""

    code: Annotated[str, Field(pattern=r"^[a-z]{2,3}_[a-z0-9_]{2,20}$")]
    """A wire value: it stands in the record of a case and names an agency's own template."""
    form: str = ""
    """Its number in the source; empty where that is not verified."""
    title: str
    source: str
    """What it is enclosed with."""
    article: str
    mark: Mark
    """How far the source was compared (law.md section 0)."""
    wording: Literal["form", "contents"]
    """Whether our words are the form's, or our own with the contents the article asks for."""
    kinds: frozenset[Kind]
    instance: int | None = None
    names: bool
    """Whether it says who the petitioner is, or what the petitioner told."""
    number: str | None = None
    """The sort of document in its number (Số: …/TB-…); None for one without a number."""
    step: str = ""
    """The step whose limit it has to keep."""
    events: tuple[Action, ...] = ()
    """What is done with it in the case: reason, number and day come from there."""
    now: tuple[When, ...] = ()
    may: tuple[When, ...] = ()

    @property
    def verified(self) -> bool:
        """Whether its source was compared with the text of the article."""
        return self.mark is Mark.VERIFIED


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """Where a case stands, as far as papers depend on it."""

    kind: Kind
    stage: Stage
    instance: int
    running: frozenset[str]
    """Steps whose limits run."""
    facts: frozenset[Fact]


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """A paper with how it fits, and why; `why` is empty for one of another step."""

    paper: OfficialPaper
    fit: Fit
    why: str = ""


GAP: Final = "……………………"
"""What stands where something is not known: a place to write on, never a guess."""

PERSONAL: Final = frozenset(
    {
        "nguoi_gui",
        "nguoi_gui_dia_chi",
        "nguoi_gui_lien_he",
        "nguoi_gui_so_giay_to",
        "nguoi_gui_ngay_cap",
        "nguoi_gui_noi_cap",
        "nguoi_duoc_uy_quyen",
        "ve_viec",
        "noi_dung",
        "yeu_cau",
        "tai_lieu",
    }
)
"""Who the petitioner is and what that person told: only in papers that name the petitioner (Luật Tố cáo Đ9, Đ56)."""

FIELDS: Final = PERSONAL | {
    "mau",
    "co_quan_cap_tren",
    "co_quan",
    "dia_danh",
    "ngay_thang",
    "so_ky_hieu",
    "nguoi_ky",
    "don_vi",
    "can_bo",
    "ma_don",
    "so_tiep_nhan",
    "loai_don",
    "ngay_nhan_don",
    "so_nguoi",
    "ben_kia",
    "so_thu_ly",
    "ngay_thu_ly",
    "han_thu_ly",
    "thoi_han_giai_quyet",
    "dieu_thoi_han",
    "han_giai_quyet",
    "thoi_han_tiep",
    "ly_do",
    "dieu_ly_do",
    "ket_qua",
    "so_tam_dinh_chi",
    "ngay_tam_dinh_chi",
    "gio_doi_thoai",
    "ngay_doi_thoai",
    "co_quan_nhan",
    "dia_chi_co_quan_nhan",
}
"""Every word that a template may have filled in, `{{name}}`. Wire values: agencies write them in their templates."""


@cache
def papers() -> tuple[OfficialPaper, ...]:
    """Every form, in the order they are offered."""
    text = (files("petitions") / "data" / "official_papers.toml").read_text("utf-8")
    rows = [OfficialPaper.model_validate(row) for row in tomllib.loads(text)["paper"]]
    if len({row.code for row in rows}) != len(rows):
        raise ValueError("two official papers have one code")
    return tuple(rows)


def paper_of(code: str) -> OfficialPaper | None:
    """The form of that code; None for one there is not."""
    return next((paper for paper in papers() if paper.code == code), None)


def offered(case: Situation) -> tuple[Offered, ...]:
    """Every form for this kind of case: what the step at hand asks for, then what it may need, then the rest."""
    found = [_offer(paper, case) for paper in papers() if _is_for(paper, case)]
    order = list(Fit)
    return tuple(sorted(found, key=lambda one: order.index(one.fit)))


def is_for(code: str, kind: Kind, instance: int) -> OfficialPaper | None:
    """The form of that code where it is one for this kind and instance."""
    paper = paper_of(code)
    fits = paper is not None and kind in paper.kinds and paper.instance in (None, min(instance, 2))
    return paper if fits else None


def _is_for(paper: OfficialPaper, case: Situation) -> bool:
    return is_for(paper.code, case.kind, case.instance) is not None


def _offer(paper: OfficialPaper, case: Situation) -> Offered:
    for fit, conditions in ((Fit.NOW, paper.now), (Fit.MAY, paper.may)):
        holding = _first(conditions, case)
        if holding is not None:
            return Offered(paper=paper, fit=fit, why=holding.why)
    return Offered(paper=paper, fit=Fit.OTHER)


def _first(conditions: Iterable[When], case: Situation) -> When | None:
    return next(
        (
            when
            for when in conditions
            if case.stage in when.stages
            and (not when.running or when.running in case.running)
            and (when.fact is None or when.fact in case.facts)
        ),
        None,
    )
