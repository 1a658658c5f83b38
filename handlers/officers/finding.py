"""Search for officers, wherever they ask from: what was typed is read and run, and only what this officer may see is
kept, page by page. Nothing here knows a chat; `docs/search.md` has the rules in words.

* Nobody learns of a case they may not see: not by a result, a number of results, nor by another answer. A whole
  code of such a case is answered like one that does not exist, and the attempt stands in the history of the case.
* By name or telephone only those look who work on cases (`PEOPLE`), in what they may see, so many times an hour.
* Sealed cases (tố cáo; Luật Tố cáo 2018 Đ8, Đ9, Đ56) are met by tracking code and register number alone, and by
  their circle alone.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum, unique
from typing import TYPE_CHECKING, Final

from handlers import cases
from handlers.officers.access import Access, officer_access, same_unit, sealed, unit_today
from handlers.texts import LANGUAGES
from petitions import search_query
from petitions.kinds import ActorKind, Stage
from petitions.search_parts import Names, Query
from petitions.search_terms import STOP, phrase_terms
from petitions.transition_groups import OVERSIGHT, STAFF
from storage.records import ActorRef
from storage.search import Wanted

if TYPE_CHECKING:
    from collections.abc import Callable

    from handlers.texts import Catalogue
    from handlers.turn import Facts
    from petitions.agency import Agency
    from storage.casebook import Casebook
    from storage.records import OfficerRecord, PetitionRecord

log = logging.getLogger(__name__)

LONGEST: Final = search_query.LONGEST
"""Characters that are read."""
PAGE: Final = 8
"""Cases of one page."""
PEOPLE: Final = STAFF
"""Roles that may look for a person: who receives, settles, inspects or leads. Who only administers may not."""
PEOPLE_AN_HOUR: Final = 60
"""Pages of looking for people, for one officer: nobody reads a telephone book out of the casebook."""


@unique
class Refusal(StrEnum):
    """Why a person was not looked for."""

    ROLE = "people_role"
    HERE = "people_here"
    """Others read the answer as well."""
    OFTEN = "people_often"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What is searched and how it is read; kept as it is for the pages that follow."""

    typed: str
    codes: bool = True
    """Whether what looks like the beginning of a code is one."""
    begins: bool = False
    """Whether a register number is only the beginning of one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One page of a search."""

    ask: Ask
    """For the next page: the reading that found something."""
    query: Query
    cases: tuple[PetitionRecord, ...] = ()
    """Newest first; all of them may be seen by who asked."""
    below: int | None = None
    """For the next page; None where there is none."""
    common: tuple[str, ...] = ()
    """Nothing was searched, for these words stand in too many petitions and nothing else was asked."""
    refused: Refusal | None = None


def find(
    book: Casebook,
    facts: Facts,
    officer: OfficerRecord,
    ask: Ask,
    *,
    below: int | None = None,
    most: int = PAGE,
    shared_with: str | None = None,
) -> Found:
    """One page of what `officer` may see of what was asked.

    Args:
        below: what the page before gave.
        shared_with: the unit whose people all read the answer; then only its own cases that are not sealed, and
            nobody is looked for by name or telephone.
    """
    agency = facts.agency
    today = book.now().astimezone(agency.zone).date()
    query = search_query.read(ask.typed, names_of(agency, facts.catalogue), today, codes=ask.codes)
    if not query.asks:
        return Found(ask=ask, query=query)
    refused = _refused(book, officer, query, shared=shared_with is not None)
    if refused is not None:
        return Found(ask=ask, query=query, refused=refused)
    words = _words(query)
    usable = book.usable(words)
    if usable.common and not usable.kept and not _asks_more(query):
        return Found(ask=ask, query=query, common=usable.common)
    wanted = _wanted(agency, officer, query, (*usable.kept, *usable.common), shared_with)
    wanted = replace(wanted, begins=query.begins or ask.begins)
    found, following = book.find_cases(wanted, _judge(agency, officer, shared_with), most=most, below=below)
    if not found and following is None and below is None:
        again = _read_otherwise(ask, query)
        if again is not None:
            return find(book, facts, officer, again, most=most, shared_with=shared_with)
        _note_hidden(book, agency, officer, query)
    if query.names or query.phone:
        log.info("person_looked_up", extra={"officer": officer.id, "found": len(found)})
    return Found(ask=ask, query=query, cases=tuple(found), below=following)


def names_of(agency: Agency, catalogue: Catalogue) -> Names:
    """What units, topics and stages are called, in every language and by their codes."""
    texts = [catalogue.language(language) for language in LANGUAGES]
    stages: dict[Stage, tuple[str, ...]] = {}
    for stage in Stage:
        labels = [each.get(f"cards.stage_{stage}") for each in texts]
        stages[stage] = (stage.value, *labels, *(label.partition(",")[0] for label in labels))
    return Names(
        units={each.code: (each.code, each.name_vi, each.name_en) for each in agency.units},
        topics={each.code: (each.code, each.name_vi, each.name_en) for each in agency.topics},
        stages=stages,
    )


def _refused(book: Casebook, officer: OfficerRecord, query: Query, *, shared: bool) -> Refusal | None:
    if not (query.names or query.phone):
        return None
    if shared:
        return Refusal.HERE
    if officer.role not in PEOPLE:
        return Refusal.ROLE
    name = f"people_looked_up:{officer.id}"
    return None if book.throttle(name, limit=PEOPLE_AN_HOUR, per=timedelta(hours=1)) else Refusal.OFTEN


def _words(query: Query) -> list[str]:
    """Words and pairs of words a petition must have; a phrase of one idle word asks nothing."""
    phrases = (term for phrase in query.phrases for term in phrase_terms(phrase) if term not in STOP)
    return list(dict.fromkeys((*query.words, *phrases)))


def _asks_more(query: Query) -> bool:
    """Whether anything is asked beside words."""
    return replace(query, words=(), phrases=()).asks


def _wanted(
    agency: Agency, officer: OfficerRecord, query: Query, words: tuple[str, ...], shared_with: str | None
) -> Wanted:
    own_units, own_officer = None, None
    if shared_with is not None:
        own_units = _codes_of(agency, shared_with)
    elif officer.role not in OVERSIGHT:
        own_units, own_officer = _codes_of(agency, officer.unit), officer.id
    units = dict.fromkeys(code for named in query.units for code in (named, *_led_to(agency, named)))
    return Wanted(
        words=words,
        names=query.names,
        phone=query.phone,
        code=query.code,
        number=query.number,
        book=query.book,
        year=query.year,
        units=tuple(units),
        stages=query.stages,
        topics=query.topics,
        since=_midnight(agency, query.since),
        until=_midnight(agency, query.until, after=1),
        own_units=own_units,
        own_officer=own_officer,
    )


def _codes_of(agency: Agency, unit: str) -> tuple[str, ...]:
    """Every code under which the petitions of this unit of today may stand."""
    known = (each.code for each in agency.units if same_unit(agency, each.code, unit))
    return tuple(dict.fromkeys((*known, unit)))


def _led_to(agency: Agency, named: str) -> tuple[str, ...]:
    """Units of before for which the named one answers today."""
    return tuple(each.code for each in agency.units if unit_today(agency, each.code) == named)


def _midnight(agency: Agency, day: date | None, *, after: int = 0) -> datetime | None:
    """When the day, or the one so many days after it, begins in the office's zone."""
    if day is None or day.toordinal() + after > date.max.toordinal():
        return None
    return datetime.combine(day + timedelta(days=after), time(), agency.zone)


def _judge(
    agency: Agency, officer: OfficerRecord, shared_with: str | None
) -> Callable[[PetitionRecord], bool]:
    def may(petition: PetitionRecord) -> bool:
        if officer_access(agency, petition, officer) is not Access.FULL:
            return False
        return shared_with is None or (not sealed(petition) and same_unit(agency, petition.unit, shared_with))

    return may


def _read_otherwise(ask: Ask, query: Query) -> Ask | None:
    """Another way to read what found nothing: no case has that number, so some may begin so; no code begins so, so it
    may be a word ("QL21")."""
    if query.number and not (query.begins or ask.begins):
        return replace(ask, begins=True)
    return replace(ask, codes=False) if query.guessed else None


def _note_hidden(book: Casebook, agency: Agency, officer: OfficerRecord, query: Query) -> None:
    """A whole code that this officer may not see: the attempt stays in the history of the case, as with /case."""
    petition = book.petition_by_code(query.code) if query.whole_code else None
    if petition is None or officer_access(agency, petition, officer) is Access.FULL:
        return
    actor = ActorRef(kind=ActorKind.OFFICER, officer_id=officer.id, role=officer.role, unit=officer.unit)
    cases.note_denial(book, petition, actor, "find", "hidden")
