"""The parts of an agency profile as the file writes them: units, topics, kinds, routing, other authorities.

Unknown keys are refused, so that a slip in the file is named instead of ignored. Facts the file does not tell
(address, opening hours, telephone) are None: the service then says that it does not know.
"""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, field_validator

from petitions.kinds import Kind
from petitions.reception import Reception
from petitions.rules import AgencyLimit

OUTSIDE: Final = "outside"
"""Instead of a unit's code: the matter is for another authority; `outside:<code>` names which."""
TOPIC_UNIT: Final = "topic_unit"
"""In a routing rule: the unit that the topic belongs to."""
LEADERSHIP_TYPE: Final = "lanh_dao"
"""The `type` of the unit that leads the office."""

Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
"""A short name used in files and records: lower case letters, digits, underscores."""
Label = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=400)]
Prose = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000)]

SUBORDINATE_TYPE: Final = "don_vi_truc_thuoc"
"""The `type` of units whose heads settle first complaints about them (Luật Khiếu nại Đ19; NĐ 124/2020 Đ14)."""


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


class Part(BaseModel):
    """Frozen, and refusing what it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Named(Part):
    """Something with a Vietnamese and an English name."""

    name_vi: Label
    name_en: Label

    def name(self, language: str) -> str:
        """The name in `language` ("vi" or "en"); Vietnamese where the language is not known."""
        return self.name_en if language == "en" else self.name_vi


class Unit(Named):
    """A unit of the office."""

    code: Code
    type: Code
    parent: Code | None = None
    """The unit above it; None directly under the leadership."""
    active: bool = True
    successor: Code | None = None
    """Who answers for this unit's petitions once it is no longer active."""
    duty_vi: Prose = ""
    topics: tuple[Code, ...] = ()
    keywords: tuple[Label, ...] = ()


class ReportFields(Part):
    """Under which field of the report forms a topic counts (Thông tư 06/2025/TT-TTCP, 02/XLD cols 9–22)."""

    complaint: Literal["land", "policy", "other"] = "other"
    """Đất đai; chế độ, chính sách; khác (cols 9–11)."""
    denunciation: Literal["administrative", "corruption", "judicial", "other"] = "administrative"
    """Hành chính; tham nhũng; tư pháp; khác (cols 15–18)."""
    proposal: Literal["policy", "land", "other"] = "other"
    """Kiến nghị, phản ánh: chế độ, chính sách; đất đai; khác (cols 20–22)."""


class Topic(Named):
    """A field of matters, and the unit it belongs to ("outside" where it is none of the office's)."""

    code: Code
    unit: Code
    keywords: tuple[Label, ...] = ()
    report: ReportFields = ReportFields()

    def report_field(self, kind: Kind) -> str:
        """The field of the report forms in which a petition of this topic and kind counts."""
        if kind is Kind.COMPLAINT:
            return self.report.complaint
        if kind in {Kind.DENUNCIATION, Kind.ANONYMOUS_TIP}:
            return self.report.denunciation
        return self.report.proposal


class KindText(Named):
    """How the office names and explains a kind of petition."""

    meaning_vi: Prose
    meaning_en: Prose = ""


class OutsideAuthority(Named):
    """An authority outside the office, and what to tell people whose matter is its own."""

    code: Code
    keywords: tuple[Label, ...] = ()
    guidance_vi: Prose
    guidance_en: Prose = ""
    address_vi: Label | None = None
    address_en: Label | None = None
    phone: Annotated[str, StringConstraints(pattern=r"^[+0-9][0-9 .()+/-]{1,60}$")] | None = None
    website: Annotated[str, StringConstraints(pattern=r"^https?://[^\s]{3,200}$")] | None = None
    hours_vi: Label | None = None
    """When it receives citizens."""
    hours_en: Label | None = None
    bring_vi: tuple[Label, ...] = ()
    """What it asks people to bring, beside what the law asks of every đơn."""
    bring_en: tuple[Label, ...] = ()

    def address(self, language: str) -> str | None:
        """Where it is; the Vietnamese words where there are no others."""
        return (self.address_en if language == "en" else None) or self.address_vi

    def hours(self, language: str) -> str | None:
        """When it is open; the Vietnamese words where there are no others."""
        return (self.hours_en if language == "en" else None) or self.hours_vi

    def bring(self, language: str) -> tuple[str, ...]:
        """What to take along; the Vietnamese words where there are no others."""
        return (self.bring_en if language == "en" else ()) or self.bring_vi

    def guidance(self, language: str) -> str:
        """The sentence for the citizen; the Vietnamese one where there is no other."""
        return (self.guidance_en if language == "en" else "") or self.guidance_vi


class OfficeHolder(Part):
    """Somebody a complaint or denunciation may be against, whom routing rules name by this code."""

    code: Code
    name_vi: Label | None = None
    """None: the service's own words for the standard codes."""
    name_en: Label | None = None
    unit: Code | None = None
    """The unit this person belongs to; None: the leadership."""
    heads: bool = False
    """Leads that unit: what is against this person is against the unit."""

    def name(self, language: str) -> str | None:
        """The name in `language`; the Vietnamese one where there is no other."""
        return (self.name_en if language == "en" else None) or self.name_vi


STANDARD_HOLDERS: Final = (
    OfficeHolder(code="giam_doc_so", heads=True),
    OfficeHolder(code="pho_giam_doc_so"),
)
"""The head of the office and a deputy: known where a profile names nobody."""


class When(Part):
    """The conditions of a routing rule; all that are given must hold."""

    topic: Code | None = None
    kind: Annotated[tuple[Kind, ...], BeforeValidator(_listed)] = ()
    against: Annotated[tuple[Code, ...], BeforeValidator(_listed)] = ()
    """Who is complained about or denounced: a unit's code, or the code of an office holder."""
    second_instance: bool | None = None
    topic_unit_type: Code | None = None

    @field_validator("kind", "against")
    @classmethod
    def _not_empty(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not value:
            raise ValueError("must name at least one")
        return value


class Rule(Part):
    """One line of `routing`: the first whose conditions hold decides."""

    when: When
    to: Annotated[str, StringConstraints(pattern=r"^(outside:)?[a-z][a-z0-9_]{0,39}$")]
    """A unit's code, `topic_unit`, `outside`, or `outside:<authority>`."""


class Emergency(Part):
    """Numbers to call when somebody is in danger; Vietnam's national ones unless the file says otherwise."""

    police: Label = "113"
    fire: Label = "114"
    ambulance: Label = "115"
    children: Label = "111"


class DutyContact(Part):
    """Whom to reach in a unit when a matter cannot wait."""

    unit: Code
    name: Label
    phone: Label
    hours_vi: Label | None = None
    hours_en: Label | None = None


class Office(Named):
    """The office itself: the `agency` section of the file."""

    code: Code
    short_vi: Label | None = None
    province_vi: Label | None = None
    merged_into_vi: Label | None = None
    parent_code: Code | None = None
    """The authority above the office; one of `outside_authorities`."""
    timezone: str = "Asia/Ho_Chi_Minh"
    focal_unit: Code
    """Receives, classifies, follows up, reports; answers for what is for another authority."""
    leadership_unit: Code | None = None
    """None: the first unit of type `lanh_dao`."""
    publishing_unit: Code | None = None
    address_vi: Label | None = None
    address_en: Label | None = None
    opening_hours_vi: Label | None = None
    opening_hours_en: Label | None = None
    phone: Label | None = None
    email: Label | None = None
    website: Label | None = None
    reception: Reception = Reception()
    """When citizens may come by appointment."""

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, OSError, ValueError) as fault:
            raise ValueError(f"no such time zone: {value}") from fault
        return value


class PaperHead(Part):
    """The `papers` section: head and foot of the office's own papers (Nghị định 30/2020/NĐ-CP, Phụ lục I).

    What the file does not tell is left open in the drafts.
    """

    superior_vi: Label | None = None
    """Cơ quan chủ quản, as it stands above the office's name."""
    place_vi: Label | None = None
    """Địa danh before the date."""
    symbol_vi: Label | None = None
    """Chữ viết tắt of the office in document numbers, such as SVHTTDL."""
    signer_vi: Label | None = None
    """Chức vụ of who signs for the office."""


class Law(Part):
    """The `law` section: times the office sets itself, by the id of the rule (docs/law.md lists them)."""

    rules: dict[str, AgencyLimit] = Field(default_factory=dict)


OutsideAuthorities = Annotated[tuple[OutsideAuthority, ...], Field(default=())]
