"""The same content is not forwarded twice, nor guided twice (Luật Tố cáo Đ24 k3; Thông tư 05/2021 Đ14 k1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from handlers import competence
from petitions.agency import UnknownCode
from petitions.kinds import Action
from petitions.workflow import RefusalCode, Refused

if TYPE_CHECKING:
    from collections.abc import Iterator

    from handlers.turn import Turn
    from storage.records import PetitionRecord

_CHAIN: Final = 8
"""Linked petitions looked at, from the newest back."""


def check(turn: Turn, petition: PetitionRecord, action: Action, destination: str) -> None:
    """Raises Refused for an authority the profile does not know, or a way that was gone before."""
    try:
        authority = turn.facts.agency.outside_authority(destination).code
    except UnknownCode:
        raise Refused(RefusalCode.MISSING_DESTINATION) from None
    for earlier in _matter(turn, petition):
        for event in turn.book.events(earlier.id):
            gone_to = str(event.content.get("destination", "")).removeprefix("outside:")
            if action is Action.PASS_ON and event.action is Action.PASS_ON and gone_to == authority:
                raise Refused(RefusalCode.ALREADY_FORWARDED)
            if action is Action.GUIDE and event.action is Action.GUIDE:
                raise Refused(RefusalCode.GUIDED_BEFORE)


def check_linked(turn: Turn, petition: PetitionRecord, linked: int | None) -> None:
    """The petition this one repeats must exist, be another one, and not lead back here. Raises Refused."""
    first = turn.book.petition(linked) if linked is not None else None
    if first is None or any(earlier.id == petition.id for earlier in _matter(turn, first)):
        raise Refused(RefusalCode.MISSING_LINKED)
    competence.check_joined(turn, petition, first)


def _matter(turn: Turn, petition: PetitionRecord) -> Iterator[PetitionRecord]:
    """The petition and those it is linked to, the newest first."""
    seen: PetitionRecord | None = petition
    for _ in range(_CHAIN):
        if seen is None:
            return
        yield seen
        seen = turn.book.petition(seen.linked_to) if seen.linked_to is not None else None
