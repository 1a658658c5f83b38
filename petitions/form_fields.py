"""The fields of each kind's form, as data: what is asked, in which order, and which article requires it.

What a law asks of the complete, signed petition (đơn) and what the chat must know before it files are two
things: the chat files with less, and names what is still missing for the đơn (`Asked.AT_FORM`). Identity
numbers are never asked in a chat.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum, unique
from typing import Final, Literal

from petitions.kinds import Kind

Validator = Literal["story", "words", "date", "name", "phone", "address", "place", "identity", "files"]
"""How an answer is read: `petitions.extract` does names, phones, dates, places and addresses."""


@unique
class Asked(StrEnum):
    """When the chat puts the question."""

    ALWAYS = "always"
    UNLESS_TOLD = "unless_told"
    """Only where the story does not say it already (`petitions.told`)."""
    INVITED = "invited"
    """Never a question of its own: other prompts invite it, it is taken whenever it comes."""
    AT_FORM = "at_form"
    """Taken whenever it is given, shown and correctable at review; asked for when the đơn is completed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of a form."""

    key: str
    validator: Validator
    required: bool
    """Whether the law, or the purpose of the form, requires it of a complete petition."""
    skippable: bool = False
    """Whether the chat files without it when the person prefers so."""
    sensitive: bool = False
    """Masked at review where somebody may look on; sealed for a denunciation."""
    asked: Asked = Asked.ALWAYS
    group: str = ""
    """Fields of one group may be asked together and answered in one message."""
    article: str = ""
    """What requires it; empty: the agency's own wish."""

    @property
    def prompt_key(self) -> str:
        """Key of the question in the texts."""
        return f"citizen.ask_{self.key}"


@unique
class Mode(StrEnum):
    """How much of the form is asked in the chat."""

    FULL = "full"
    OUTSIDE = "outside"
    """The matter is another authority's and is only passed on: what that authority asks, it asks itself."""
    BRIEF = "brief"
    """After danger: what happened, where, and how to reach the person safely; nothing else."""


_STORY: Final = Field(key="story", validator="story", required=True)
_FILES: Final = Field(key="files", validator="files", required=False, skippable=True, asked=Asked.INVITED)
_PLACE: Final = Field(key="place", validator="place", required=False, skippable=True, asked=Asked.UNLESS_TOLD)
_NAME: Final = Field(key="name", validator="name", required=True, sensitive=True, group="contact")
_PHONE: Final = Field(
    key="phone", validator="phone", required=False, skippable=True, sensitive=True, group="contact"
)
_ADDRESS: Final = Field(
    key="address", validator="address", required=True, skippable=True, sensitive=True, group="contact"
)
_IDENTITY: Final = Field(key="identity", validator="identity", required=True, article="Luật Tố cáo Đ9, Đ25")
_ACCUSED: Final = Field(
    key="accused",
    validator="words",
    required=True,
    skippable=True,
    sensitive=True,
    asked=Asked.UNLESS_TOLD,
)

_COMPLAINT_ARTICLE: Final = "Luật Khiếu nại Đ8 k2"
_DENUNCIATION_ARTICLE: Final = "Luật Tố cáo Đ23 k1"
_TIP_ARTICLE: Final = "Luật Tố cáo Đ25 k2"
_OTHER_ARTICLE: Final = "Thông tư 05/2021/TT-TTCP Đ6"

FORMS: Final[dict[Kind, tuple[Field, ...]]] = {
    Kind.COMPLAINT: (
        replace(_STORY, article=_COMPLAINT_ARTICLE),
        Field(
            key="decision",
            validator="words",
            required=True,
            skippable=True,
            group="decision",
            article="Luật Khiếu nại Đ2 k8, k9",
        ),
        Field(
            key="received_on",
            validator="date",
            required=True,
            skippable=True,
            asked=Asked.AT_FORM,
            group="decision",
            article="Luật Khiếu nại Đ9",
        ),
        Field(
            key="respondent",
            validator="words",
            required=True,
            skippable=True,
            asked=Asked.UNLESS_TOLD,
            article=_COMPLAINT_ARTICLE,
        ),
        _FILES,
        replace(_NAME, article=_COMPLAINT_ARTICLE),
        replace(_ADDRESS, article=_COMPLAINT_ARTICLE),
        _PHONE,
        Field(key="request", validator="words", required=True, skippable=True, article=_COMPLAINT_ARTICLE),
    ),
    Kind.DENUNCIATION: (
        _IDENTITY,
        replace(_STORY, article=_DENUNCIATION_ARTICLE),
        replace(_ACCUSED, article=_DENUNCIATION_ARTICLE),
        _FILES,
        replace(_NAME, article=_DENUNCIATION_ARTICLE),
        replace(_PHONE, required=True, skippable=False, article=_DENUNCIATION_ARTICLE),
        replace(_ADDRESS, asked=Asked.AT_FORM, article=_DENUNCIATION_ARTICLE),
    ),
    Kind.ANONYMOUS_TIP: (
        _IDENTITY,
        replace(_STORY, article=_TIP_ARTICLE),
        replace(_ACCUSED, article=_TIP_ARTICLE),
        _FILES,
    ),
    Kind.RECOMMENDATION: (
        replace(_STORY, article=_OTHER_ARTICLE),
        _FILES,
        replace(_NAME, article=_OTHER_ARTICLE),
        _PHONE,
        replace(_ADDRESS, asked=Asked.AT_FORM, article=_OTHER_ARTICLE),
    ),
    Kind.FEEDBACK: (
        replace(_STORY, article=_OTHER_ARTICLE),
        _PLACE,
        _FILES,
        replace(_NAME, article=_OTHER_ARTICLE),
        _PHONE,
        replace(_ADDRESS, asked=Asked.AT_FORM, article=_OTHER_ARTICLE),
    ),
}
"""Sources: Luật Khiếu nại 02/2011 Đ8, Luật Tố cáo 25/2018 Đ22–23, Đ25, Thông tư 05/2021/TT-TTCP Đ6."""

_BRIEF: Final = {
    "story": _STORY,
    "place": replace(_PLACE, asked=Asked.ALWAYS),
    "phone": replace(_PHONE, required=True),
}
_STILL_ASKED_OUTSIDE: Final = frozenset({"identity", "story", "files", "name", "phone"})


def fields_of(kind: Kind, mode: Mode = Mode.FULL) -> tuple[Field, ...]:
    """The fields of a kind's form in the order they are asked.

    Outside the office's competence, and after danger, what is not asked stays in the form as `AT_FORM`, so
    that it is taken when it is given and can be corrected.
    """
    fields = FORMS[kind]
    if mode is Mode.OUTSIDE:
        return tuple(field if field.key in _STILL_ASKED_OUTSIDE else _later(field) for field in fields)
    if mode is Mode.BRIEF:
        rest = (field for field in fields if field.key not in _BRIEF)
        return (*_BRIEF.values(), *(_later(field) for field in rest))
    return fields


def _later(field: Field) -> Field:
    return field if field.asked is Asked.INVITED else replace(field, asked=Asked.AT_FORM, skippable=True)
