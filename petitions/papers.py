"""The papers of a petition: which there are, what each must hold, and what is still missing.

A chat message becomes a khiếu nại or tố cáo by a signed đơn (law.md 1.2, 1.4). For four papers a decree gives
the form; for the others the article gives the contents and the layout is the office's own. The signature or
fingerprint is on no list here: no data can replace it, so whoever asks what is missing adds it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum, unique
from typing import Final

from petitions.kinds import Kind
from petitions.text import fold


@unique
class Paper(StrEnum):
    """A paper the service can make. The values are wire values."""

    COMPLAINT = "complaint"
    """Đơn khiếu nại: Mẫu số 01, Nghị định 155/2026/NĐ-CP."""
    AUTHORISATION = "authorisation"
    """Giấy ủy quyền khiếu nại: Mẫu số 02, Nghị định 155/2026/NĐ-CP."""
    COMPLAINT_WITHDRAWAL = "complaint_withdrawal"
    """Đơn rút khiếu nại: Luật Khiếu nại Đ10, no form is laid down."""
    DENUNCIATION = "denunciation"
    """Đơn tố cáo: Luật Tố cáo Đ23 k1, no form is laid down."""
    DENUNCIATION_WITHDRAWAL = "denunciation_withdrawal"
    """Đơn rút tố cáo: Mẫu số 02, Nghị định 156/2026/NĐ-CP."""
    RECOMMENDATION = "recommendation"
    """Đơn kiến nghị: Thông tư 05/2021/TT-TTCP Đ6."""
    FEEDBACK = "feedback"
    """Đơn phản ánh: Thông tư 05/2021/TT-TTCP Đ6."""
    GROUP_LIST = "group_list"
    """Văn bản cử người đại diện with the signatures of all: Luật Tiếp công dân Đ29, Nghị định 124/2020 Đ7."""


@unique
class Extent(StrEnum):
    """How much of a petition is withdrawn (Luật Khiếu nại Đ10, Luật Tố cáo Đ33)."""

    ALL = "all"
    PART = "part"


@unique
class Need(StrEnum):
    """When the law requires a field."""

    ALWAYS = "always"
    IF_AUTHORISED = "if_authorised"
    """Only where somebody else complains for the person."""
    IF_PART = "if_part"
    """Only where a part is withdrawn; the whole needs no words."""
    NEVER = "never"
    """Printed when it is known, never asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperField:
    """A field of a paper."""

    key: str
    need: Need
    article: str
    sensitive: bool = False
    """Never asked in a foreign messenger, and masked where somebody may look on."""

    @property
    def required(self) -> bool:
        """Whether every such paper needs it."""
        return self.need is Need.ALWAYS


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody named in a paper. Empty: not known."""

    name: str = ""
    identity_number: str = ""
    """Căn cước, giấy chứng nhận căn cước, số định danh cá nhân or passport (Nghị định 154/2026 Đ12)."""
    identity_issued_on: date | None = None
    identity_issued_by: str = ""
    address: str = ""
    phone: str = ""
    """Any way to reach the person (cách thức liên hệ)."""


NOBODY: Final = Person()


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperData:
    """What stands in a paper, as plain values. What is empty becomes a dotted line to fill by hand."""

    code: str
    """Tracking code in its canonical form."""
    kind: Kind
    sealed: bool
    """True where nothing on or around the paper may help a machine to find the case (no QR code)."""
    addressee: str = ""
    """Whom it is sent to (Kính gửi)."""
    written_on: date | None = None
    petitioner: Person = NOBODY
    authorised: Person = NOBODY
    """Who complains for the petitioner."""
    respondent: str = ""
    """The body or person complained about, with the address."""
    accused: str = ""
    """The body or person denounced."""
    decision: str = ""
    """The decision or act complained about (khiếu nại về việc)."""
    received_on: date | None = None
    """When the decision was received or the act became known (Luật Khiếu nại Đ9)."""
    story: tuple[str, ...] = ()
    reason: str = ""
    request: str = ""
    place: str = ""
    documents: tuple[str, ...] = ()
    scope: str = ""
    """What somebody is authorised to, or chosen to represent."""
    people: tuple[Person, ...] = field(default=())
    """All who sign together, the petitioner among them; empty for one person."""
    representatives: tuple[Person, ...] = field(default=())
    extent: Extent = Extent.ALL
    withdrawn: str = ""
    """What is withdrawn, where it is a part."""


_L02_8: Final = "Luật Khiếu nại Đ8 k2"
_L25_23: Final = "Luật Tố cáo Đ23 k1"
_C05_6: Final = "Thông tư 05/2021/TT-TTCP Đ6"
_FORM_01: Final = "Nghị định 155/2026/NĐ-CP, Mẫu số 01"
_FORM_02: Final = "Nghị định 155/2026/NĐ-CP, Mẫu số 02"
_D156_1: Final = "Nghị định 156/2026/NĐ-CP Đ1, Mẫu số 02"
_L02_10: Final = "Luật Khiếu nại Đ10"
_L42_29: Final = "Luật Tiếp công dân Đ29"
_D124_7: Final = "Nghị định 124/2020/NĐ-CP Đ7"


def _fields(article: str, *keys: str, need: Need = Need.ALWAYS) -> tuple[PaperField, ...]:
    return tuple(
        PaperField(key=key, need=need, article=article, sensitive=_is_sensitive(key)) for key in keys
    )


def _is_sensitive(key: str) -> bool:
    return "identity" in key


_IDENTITY: Final = ("identity_number", "identity_issued_on", "identity_issued_by")
_AUTHORISED_IDENTITY: Final = tuple(f"authorised_{key}" for key in _IDENTITY)

FIELDS: Final[dict[Paper, tuple[PaperField, ...]]] = {
    Paper.COMPLAINT: (
        *_fields(_L02_8, "written_on", "name"),
        *_fields(_FORM_01, *_IDENTITY),
        *_fields(_L02_8, "address"),
        *_fields(_FORM_01, "authorised_name", need=Need.NEVER),
        *_fields(_FORM_01, *_AUTHORISED_IDENTITY, need=Need.IF_AUTHORISED),
        *_fields(_L02_8, "respondent"),
        *_fields(_FORM_01, "decision"),
        *_fields("Luật Khiếu nại Đ9", "received_on", need=Need.NEVER),
        *_fields(_L02_8, "story"),
        *_fields(_L02_8, "reason", need=Need.NEVER),
        *_fields(_L02_8, "request"),
        *_fields(_L02_8, "documents", need=Need.NEVER),
        *_fields("Luật Khiếu nại Đ8 k4", "people", need=Need.NEVER),
    ),
    Paper.AUTHORISATION: (
        *_fields(_FORM_02, "written_on", "name", "address", *_IDENTITY),
        *_fields(_FORM_02, "authorised_name", "authorised_address", *_AUTHORISED_IDENTITY, "scope"),
    ),
    Paper.COMPLAINT_WITHDRAWAL: (
        *_fields(_L02_10, "written_on", "name", "address"),
        *_fields(_L02_10, "withdrawn", need=Need.IF_PART),
    ),
    Paper.DENUNCIATION: (
        *_fields(_L25_23, "written_on", "name", "address", "phone", "accused", "story"),
        *_fields(_L25_23, "request", "documents", "people", "representatives", need=Need.NEVER),
    ),
    Paper.DENUNCIATION_WITHDRAWAL: (
        *_fields(_D156_1, "written_on", "name", "address", "phone"),
        *_fields(_D156_1, "withdrawn", need=Need.IF_PART),
    ),
    Paper.RECOMMENDATION: (
        *_fields(_C05_6, "written_on", "name", "address", "story"),
        *_fields(_C05_6, "phone", "request", "documents", "people", need=Need.NEVER),
    ),
    Paper.FEEDBACK: (
        *_fields(_C05_6, "written_on", "name", "address", "story"),
        *_fields(_C05_6, "phone", "place", "request", "documents", "people", need=Need.NEVER),
    ),
    Paper.GROUP_LIST: (
        *_fields(_D124_7, "written_on", "people", "scope"),
        *_fields(f"{_L42_29}, {_D124_7}", "representatives"),
    ),
}
"""The reason of a complaint is printed when it is told apart; most people give it within the story, and the
officer who reads the đơn judges that. Sources: law.md 1.2, 1.3, 3.3, 3.7 and 10."""

_OF_KIND: Final = {
    Kind.COMPLAINT: Paper.COMPLAINT,
    Kind.DENUNCIATION: Paper.DENUNCIATION,
    Kind.RECOMMENDATION: Paper.RECOMMENDATION,
    Kind.FEEDBACK: Paper.FEEDBACK,
}
_WITHDRAWALS: Final = {
    Kind.COMPLAINT: Paper.COMPLAINT_WITHDRAWAL,
    Kind.DENUNCIATION: Paper.DENUNCIATION_WITHDRAWAL,
}

FEWEST_WITH_REPRESENTATIVES: Final = 5
"""From so many people on representatives must be chosen (Luật Tiếp công dân Đ29, VERIFIED)."""


def paper_of(kind: Kind) -> Paper | None:
    """The đơn of a kind; None for the anonymous tip, which nobody signs (Luật Tố cáo Đ25)."""
    return _OF_KIND.get(kind)


def withdrawal_of(kind: Kind) -> Paper | None:
    """The paper by which a petition of that kind is withdrawn; None where the law asks for none."""
    return _WITHDRAWALS.get(kind)


def representatives_allowed(people: int) -> range:
    """How many representatives so many people may choose.

    5 to 10 people: 1 or 2; more than 10: 1 to 5 (Luật Tiếp công dân Đ29, VERIFIED). Below 5 the law fixes no
    number and each may act alone (INFERENCE), so none up to all.
    """
    if people < FEWEST_WITH_REPRESENTATIVES:
        return range(people + 1)
    return range(1, 3) if people <= 10 else range(1, 6)


def missing(paper: Paper, data: PaperData) -> tuple[str, ...]:
    """Keys of the fields that the law requires of this paper and `data` does not have, in the form's order.

    `people` is missing where a signer lacks what the law wants of each; `representatives` where their number
    or choice is not what the law allows. The signature is never in the answer.
    """
    lacking = [spec.key for spec in FIELDS[paper] if _needed(spec, data) and not _is_known(spec.key, data)]
    if data.people and "people" not in lacking and not _people_complete(data):
        lacking.append("people")
    if paper in _WITH_REPRESENTATIVES and "representatives" not in lacking:
        lacking += [] if _representatives_right(paper, data) else ["representatives"]
    return tuple(lacking)


_WITH_REPRESENTATIVES: Final = frozenset({Paper.GROUP_LIST, Paper.DENUNCIATION})
"""The denunciation of several names the representative itself (Luật Tố cáo Đ23 k1); a complaint has a
paper of its own for it."""


def _needed(spec: PaperField, data: PaperData) -> bool:
    if spec.key == "representatives":
        return False
    match spec.need:
        case Need.ALWAYS:
            return True
        case Need.IF_AUTHORISED:
            return bool(data.authorised.name)
        case Need.IF_PART:
            return data.extent is Extent.PART
        case Need.NEVER:
            return False


def value_of(key: str, data: PaperData) -> object:
    """What `data` says of a field."""
    if key.startswith("authorised_"):
        return getattr(data.authorised, key.removeprefix("authorised_"))
    return getattr(data.petitioner, key) if key in Person.__dataclass_fields__ else getattr(data, key)


def _is_known(key: str, data: PaperData) -> bool:
    value = value_of(key, data)
    if isinstance(value, tuple):
        return any(part.strip() if isinstance(part, str) else part for part in value)
    return bool(value.strip() if isinstance(value, str) else value)


def _people_complete(data: PaperData) -> bool:
    """Each with name and address; in a denunciation also a way to be reached (Luật Tố cáo Đ23 k1)."""
    reached = data.kind is Kind.DENUNCIATION
    return all(person.name and person.address and (person.phone or not reached) for person in data.people)


def _representatives_right(paper: Paper, data: PaperData) -> bool:
    """Number as the law allows, each of them one of the people (Luật Tiếp công dân Đ29)."""
    if paper is Paper.DENUNCIATION and len(data.people) < 2:
        return True
    names = {fold(person.name) for person in data.people}
    chosen = [fold(person.name) for person in data.representatives]
    if paper is Paper.DENUNCIATION and not chosen:
        return False
    return (
        len(chosen) in representatives_allowed(len(data.people))
        and len(set(chosen)) == len(chosen)
        and names.issuperset(chosen)
    )
