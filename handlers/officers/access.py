"""Who may know what of a petition. Asked at every press and before every notice, never remembered."""

from __future__ import annotations

from enum import StrEnum, unique
from typing import Final

from petitions.agency import Agency, UnknownCode
from petitions.transitions import SEALED_KINDS, SEALED_ROLES
from petitions.workflow import may_see
from storage.records import OfficerRecord, PetitionRecord

CIRCLE: Final = SEALED_ROLES
"""Roles that may know of a sealed case of their own unit; everybody else needs to be its named officer."""


@unique
class Access(StrEnum):
    """How much of a petition somebody may be told."""

    NONE = "none"
    """Answer exactly as if there were no such petition."""
    STAGE = "stage"
    """A stranger who knows the code: stage and dates only."""
    OWN = "own"
    """The petitioner's own conversation: everything they gave and were told."""
    FULL = "full"
    """An officer who may work on the case."""


def sealed(petition: PetitionRecord) -> bool:
    """Whether the case must never show in a group and only its circle may know of it.

    Denunciations and anonymous tips about wrongdoing (Luật Tố cáo 2018 Đ9, Đ25, Đ56), and what the petitioner
    asked to be kept secret.
    """
    return petition.confidential or petition.kind in SEALED_KINDS


def unit_today(agency: Agency, code: str) -> str:
    """The code of the unit that answers today for `code`.

    A unit that vanished from the profile stands for itself: its petitions must stay workable until the
    profile names a successor.
    """
    try:
        return agency.answerable(code).code
    except UnknownCode:
        return code


def unit_name(agency: Agency, code: str, language: str) -> str:
    """The name of the unit that answers today for `code`; the code of one the profile does not know."""
    try:
        return agency.answerable(code).name(language)
    except UnknownCode:
        return code


def same_unit(agency: Agency, one: str, other: str) -> bool:
    """Whether two unit codes mean the same unit today, after following successors."""
    return unit_today(agency, one) == unit_today(agency, other)


def in_unit(agency: Agency, officer: OfficerRecord, unit: str) -> bool:
    """Whether `officer` belongs to the unit that answers today for `unit`."""
    return same_unit(agency, officer.unit, unit)


def officer_access(agency: Agency, petition: PetitionRecord | None, officer: OfficerRecord | None) -> Access:
    """What `officer` may see of `petition`: `FULL` or `NONE`."""
    if petition is None or officer is None or not officer.active:
        return Access.NONE
    if petition.accused_id == officer.id and sealed(petition):
        return Access.NONE  # whom a sealed case is against learns of it only as the law says
    seen = may_see(
        petition.kind,
        petition.confidential,
        officer.role,
        in_unit(agency, officer, petition.unit),
        petition.officer_id == officer.id,
    )
    return Access.FULL if seen else Access.NONE
