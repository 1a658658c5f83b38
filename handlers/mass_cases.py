"""Mass cases (vụ việc đông người): seen as soon as five people speak of one matter, with those who represent them.

From five people on representatives must be chosen in writing, who are petitioners themselves: 1 or 2 of up to ten
people, at most 5 of more (Luật Tiếp công dân Đ29, VERIFIED).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from petitions.kinds import Action
from petitions.papers import FEWEST_WITH_REPRESENTATIVES, representatives_allowed
from petitions.workflow import RefusalCode, Refused
from storage.records import SERVICE, PetitionRecord

if TYPE_CHECKING:
    from handlers.turn import Turn


def watch(turn: Turn, petition: PetitionRecord) -> PetitionRecord:
    """Put on record, once, that a matter has become one of many people; focal unit, head and leadership hear of it.
    `petition`: the lead, or a petition by itself. Gives it as it is then."""
    from handlers import cases

    if petition.mass_at is not None or petition.merged_into is not None:
        return petition
    if not petition.members and (petition.people or 1) < FEWEST_WITH_REPRESENTATIVES:
        return petition  # no look at the members of a petition that has none
    found = turn.book.count_of_matter(petition.id)
    if found.people < FEWEST_WITH_REPRESENTATIVES:
        return petition
    extra = {"people": found.people, "petitions": found.petitions}
    return cases.perform(turn, petition.id, Action.BECOME_MASS, SERVICE, extra=extra)


def check(turn: Turn, petition: PetitionRecord, lead: PetitionRecord | None) -> None:
    """Whether one representative more may be noted. Raises Refused."""
    head = lead or petition
    people = turn.book.count_of_matter(head.id).people
    if people < FEWEST_WITH_REPRESENTATIVES:
        raise Refused(RefusalCode.FEW_PEOPLE, {"least": FEWEST_WITH_REPRESENTATIVES})
    if petition.represents_at is not None:
        raise Refused(RefusalCode.ALREADY_DONE)
    most = representatives_allowed(people).stop - 1
    if len(turn.book.representatives(head.id)) >= most:
        raise Refused(RefusalCode.ENOUGH_REPRESENTATIVES, {"people": people, "most": most})


def check_accepted(turn: Turn, petition: PetitionRecord) -> None:
    """A complaint of many is accepted only when they have chosen who represents them (Nghị định 155/2026 Đ10,
    VERIFIED). One đơn that many signed brings its own paper; this is for merged petitions. Raises Refused."""
    if petition.mass_at is None or not petition.members or turn.book.representatives(petition.id):
        return
    people = turn.book.count_of_matter(petition.id).people
    raise Refused(RefusalCode.NO_REPRESENTATIVES, {"people": people})
