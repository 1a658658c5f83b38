"""A matter that is in hand already: before filing, the citizen may join the case there is, or hand in apart.

Only recommendations and feedback are looked up, and of another's case nothing is shown but subject, place and stage.
No article speaks of joining a case before filing (INFERENCE, as `petitions.gathering_transitions` says of merging);
so each keeps a petition of the own, and nothing is joined without the citizen's word.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from handlers import cases
from handlers.citizens.chat import Chat, Rows
from handlers.citizens.said import only
from handlers.citizens.state import Draft
from handlers.citizens.wording import shown_code, topic_name
from handlers.officers.access import Access
from petitions.extract import find_phones
from petitions.gathering import alike, may_lead
from petitions.hotspots_places import place_keys
from petitions.intents import Intent, match_choice
from petitions.kinds import Kind
from petitions.names import find_name
from petitions.text import fold
from petitions.transition_groups import LIGHT, OPEN
from storage.records import PetitionContent, PetitionRecord
from storage.similar import SimilarCase

APART: Final = 0
"""No case: a petition apart from those there are."""
OFFERED: Final = 3
"""Cases that are offered, at most; more would be a list to study."""
_LOOKED_AT: Final = 8
_PLACE_SHOWN: Final = 60
"""Characters of a place; a longer one tells more than where."""
_HOUSE: Final = frozenset({"nhà", "hộ", "gia đình"})
_SOMEBODY: Final = re.compile(r"(?<!\w)(?:nha|ho|gia dinh) (?:ong|ba|anh|chi|co|chu|bac|thay|cu|em)(?!\w)")
"""A house by who lives there, however it is typed (folded)."""
_BY_NAME: Final = re.compile(
    r"(?<!\w)(?:ông|bà|anh|chị|cô|chú|bác|thầy|cụ|ong|ba|chi|co|chu|bac|thay|cu) [A-ZĐÀ-Ỹ]"
)
"""Somebody spoken of by name: "quán anh Tuấn"; "chùa Bà Đanh" is a place."""


@dataclass(frozen=True, slots=True)
class _Begun:
    """A draft as `alike` compares it with a petition: at the first instance, as every new one is."""

    kind: Kind
    subkind: str = ""
    instance: int = 1


def look(chat: Chat, draft: Draft) -> None:
    """Look once whether the matter is known, as soon as it was told what happened and where."""
    if draft.known_looked or not _asked_of(draft):
        return
    draft.known_looked = True
    found = [case for case in _cases(chat, draft) if case not in draft.known]
    draft.known = found[:OFFERED]
    draft.known_open = bool(draft.known)


def look_again(draft: Draft) -> None:
    """The story is told anew: what was found for the old one does not count."""
    draft.known_looked = False
    draft.joins = None


def question(chat: Chat, draft: Draft) -> tuple[str, Rows]:
    """The cases there are, why they are shown, and the choice between them and a petition apart."""
    lines, rows = [], []
    contents = chat.turn.book.contents(draft.known)
    for case, number in _numbered(chat, draft):
        lines.append(_line(chat, case, contents[case.id], number))
        rows.append((chat.labelled(_label(chat, case, number), "join", str(case.id)),))
    rows.append((chat.button("known_case.button_apart", "apart"),))
    return chat.text("known_case.ask", cases="\n".join(lines)), tuple(rows)


def chosen(chat: Chat, draft: Draft, text: str, found: frozenset[Intent]) -> int | None:
    """The case that words choose; `APART` for a petition apart, None where the message is something else."""
    choices = [(str(case.id), [_label(chat, case, number)]) for case, number in _numbered(chat, draft)]
    apart = [chat.text("known_case.button_apart"), chat.text("known_case.word_apart")]
    choice = match_choice(text, [*choices, ("apart", apart)])
    if choice is None and len(choices) == 1 and only(text, found, Intent.YES, Intent.CONFIRM):
        choice = choices[0][0]
    if choice == "apart" or only(text, found, Intent.NO, Intent.SKIP, Intent.DONE, Intent.DONT_KNOW):
        return APART
    return int(choice) if choice is not None else None


def choose(chat: Chat, draft: Draft, place: int) -> PetitionRecord | None:
    """Join the case, or stay apart. Gives the petition where it is the citizen's own: what was told is to be added
    to it. A case that was not offered changes nothing."""
    if not draft.known_open or place not in {APART, *draft.known}:
        return None
    draft.known_open = False
    draft.joins = None
    case = chat.turn.book.petition(place) if place != APART else None
    if case is None or _own(chat, case):
        return case
    draft.joins = case.id
    chat.lead("known_case.joins")
    return None


def joined(chat: Chat, draft: Draft) -> PetitionRecord | None:
    """The case the draft joins, if it still can."""
    if draft.joins is None or draft.form.kind not in LIGHT or draft.discreet:
        return None
    case = chat.turn.book.petition(draft.joins)
    return case if case is not None and may_lead(case.kind, case.stage, case.outcome) else None


def _asked_of(draft: Draft) -> bool:
    """Whether the draft is one that may join another, and it is known what happened and where."""
    form = draft.form
    open_matter = form.kind in LIGHT and draft.outside is None and not draft.again and draft.linked_to is None
    told = draft.told and bool(form.answers.get("story")) and form.asking is None
    placed = "place" in form.answers or "place" in form.skipped
    secret = draft.confidential or draft.discreet or draft.from_danger
    return open_matter and told and placed and not secret


def _cases(chat: Chat, draft: Draft) -> list[int]:
    """The cases that may be of the same matter, the likeliest first; a merged petition stands for its lead."""
    content = PetitionContent(story=tuple(part.text for part in draft.story), place=draft.get("place"))
    found = chat.turn.book.similar(content, topic=draft.topic, most=_LOOKED_AT)
    near = _at_that_place(draft, found)
    leads = chat.turn.book.petitions_by_id([p.merged_into for p in near if p.merged_into is not None])
    them = [leads[p.merged_into] if p.merged_into is not None else p for p in near]
    return [*dict.fromkeys(case.id for case in them if _may_be_joined(chat, draft, case))]


def _at_that_place(draft: Draft, found: Iterable[SimilarCase]) -> list[PetitionRecord]:
    """Without those that name another place: two streets with the same trouble are two matters."""
    here = place_keys(draft.get("place"))
    near = []
    for each in found:
        there = place_keys(each.place)
        if not here or not there or _meets(here[0], there) or _meets(there[0], here):
            near.append(each.petition)
    return near


def _meets(closest: str, others: Iterable[str]) -> bool:
    """The same name, or one of several words with which the other goes on: "Nguyen Van Troi Phu Ly"."""
    for other in others:
        short, long = sorted((closest, other), key=len)
        if short == long or (" " in short and long.startswith(f"{short} ")):
            return True
    return False


def _may_be_joined(chat: Chat, draft: Draft, case: PetitionRecord) -> bool:
    if _own(chat, case):
        return case.stage in OPEN
    if case.confidential or case.discreet or case.destination is not None or case.kind not in LIGHT:
        return False
    return may_lead(case.kind, case.stage, case.outcome) and alike(_Begun(draft.form.kind), case)


def _numbered(chat: Chat, draft: Draft) -> list[tuple[PetitionRecord, int]]:
    """The cases that were offered, each with its number; one alone has none (0)."""
    known = chat.turn.book.petitions_by_id(draft.known)
    first = 1 if len(draft.known) > 1 else 0
    return [(known[place], first + after) for after, place in enumerate(draft.known)]


def _own(chat: Chat, case: PetitionRecord) -> bool:
    return cases.access(chat.turn, case, proven=case.id in chat.me.proven) is Access.OWN


def _line(chat: Chat, case: PetitionRecord, content: PetitionContent, number: int) -> str:
    stage = chat.text(f"citizen.stage_{case.stage}")
    mark = f"{number}." if number else "•"
    topic = topic_name(chat, case.topic)
    if _own(chat, case):
        return chat.text("known_case.own", mark=mark, code=shown_code(case), topic=topic, stage=stage)
    place = shown_place(content.place)
    key = "known_case.case_at" if place else "known_case.case"
    return chat.text(key, mark=mark, topic=topic, stage=stage, **({"place": place} if place else {}))


def _label(chat: Chat, case: PetitionRecord, number: int) -> str:
    if _own(chat, case):
        return chat.text("known_case.button_add", code=shown_code(case))
    return (
        chat.text("known_case.button_join_one", number=number)
        if number
        else chat.text("known_case.button_join")
    )


def shown_place(place: str) -> str:
    """A place as a stranger may read it; "" where its words may tell who lives there."""
    words = place.lower()
    house = any(house in words for house in _HOUSE) or _SOMEBODY.search(fold(place)) is not None
    person = _BY_NAME.search(place) is not None or bool(find_phones(place)) or bool(find_name(place))
    return "" if house or person or len(place) > _PLACE_SHOWN else place.strip()
