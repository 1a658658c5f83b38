"""What a card says of several petitions on one matter: where it was merged to, or for how many it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.messages import Button
from handlers.officers.tokens import Press
from petitions.codes import TrackingCode

if TYPE_CHECKING:
    from handlers.texts import Texts
    from handlers.turn import Turn
    from storage.records import PetitionRecord


def lines(turn: Turn, petition: PetitionRecord, texts: Texts) -> list[str]:
    """Of a merged petition its lead and the lead's number in the register; of a lead how many petitions and people
    it stands for; nothing of any other."""
    if petition.merged_into is not None:
        lead = turn.book.petition(petition.merged_into)
        if lead is None:
            return []
        code, number, year = str(TrackingCode(lead.code)), lead.register_no, lead.register_year
        return [texts.get("cards.merged_into", lead=code, number=number, year=year)]
    if not petition.members:
        return []
    size = turn.book.count_of_matter(petition.id)
    found = [texts.get("cards.matter_size", petitions=size.petitions, people=size.people)]
    if petition.mass_at is not None:
        chosen = ", ".join(str(TrackingCode(each.code)) for each in turn.book.representatives(petition.id))
        found.append(texts.get("cards.mass", codes=chosen) if chosen else texts.get("cards.mass_nobody"))
    return [*found, texts.get("cards.lead_left")] if petition.left_at is not None else found


def buttons(petition: PetitionRecord, texts: Texts) -> list[Button]:
    """The way to the lead, or to what is merged into this one."""
    if petition.merged_into is not None:
        token = Press("case", petition.merged_into).token
        return [Button(label=texts.get("cards.button_lead"), token=token)]
    if petition.members:
        token = Press("members", petition.id).token
        return [Button(label=texts.get("cards.button_members"), token=token)]
    return []
