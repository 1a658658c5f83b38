"""/find: officers look for cases in their private chat, and for the unit's own ones in its group.

A group is shown code, topic, stage and day of its unit's cases, nothing of a person and nothing sealed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from handlers.messages import Button, Outgoing
from handlers.officers import cards, finding, state
from handlers.officers.access import sealed, unit_name
from handlers.officers.finding import Ask, Found
from handlers.officers.room import room_of
from handlers.officers.tokens import Press, read_number
from petitions.codes import CODE_LENGTH, GROUP
from petitions.danger import find_danger
from petitions.matters import as_written
from petitions.text import clean, fold

if TYPE_CHECKING:
    from collections.abc import Iterator

    from handlers.officers.room import Room
    from handlers.texts import Texts
    from handlers.turn import Turn
    from petitions.search_parts import Query
    from storage.records import PetitionRecord

_VERBS: Final = ("tim", "find")
_VERBS_OF_TWO: Final = ("tim kiem", "tim don")
_SEARCHES_KEPT: Final = 3
_LONGEST: Final = 120
"""Characters of a search typed without a slash; what is longer tells something."""
_BEING_WRITTEN: Final = ("draft", "second", "ask", "danger", "form", "pages", "leads")
"""What an open question or a petition being written leaves in the memory of the citizen's dialogue."""


def asked(words: str) -> str | None:
    """What is looked for in "tìm …", "/tìm …", "find …"; None where the words begin otherwise."""
    first, _, rest = clean(words).partition(" ")
    verb = fold(first.removeprefix("/"))
    if verb not in _VERBS or not (first.startswith("/") or rest.strip()):
        return None
    second, _, further = rest.strip().partition(" ")
    return further.strip() if fold(f"{verb} {second}") in _VERBS_OF_TWO and further.strip() else rest.strip()


def is_command(words: str) -> bool:
    """Whether the words are the command as it is spelt in Vietnamese, which platforms do not know for one."""
    return words.lstrip().startswith("/") and asked(words) is not None


def is_meant(turn: Turn, words: str) -> bool:
    """Whether an officer's words without a slash are a search, and no part of a petition or cry for help."""
    if any(turn.talk.citizen.get(part) for part in _BEING_WRITTEN):
        return False
    first = clean(words).split(" ", 1)[0].lower()
    return (
        first in ("tìm", "tim", "find")
        and len(words) <= _LONGEST
        and "\n" not in words.strip()
        and find_danger(words) is None
    )


def show(room: Room, typed: str) -> None:
    """The first page in the officer's private chat; without anything to look for, how to ask."""
    message = _begin(room, typed, room.texts, shared_with=None)
    room.send(message)


def show_in_group(turn: Turn, typed: str) -> None:
    """The first page in a unit's group, for a linked officer; others' words there are passed over."""
    if not turn.incoming.person:
        turn.say("officer.anonymous_admin")
        return
    room = room_of(turn)
    if room is None:
        return
    if turn.contact.unit is None:
        turn.say("officer.group_unbound")
        return
    turn.send(_begin(room, typed, turn.texts, shared_with=turn.contact.unit), audience="unit")


def more(room: Room, wish: Press) -> None:
    """The page below a case, of a search that is still kept."""
    turn, number = room.turn, read_number(wish.argument, base=10)
    kept = next((each for each in state.load(turn.talk, turn.now).searches if each.number == number), None)
    if kept is None or (room.in_group and turn.contact.unit is None):
        room.refuse("search.gone")
        return
    ask = Ask(typed=kept.typed, codes=kept.codes, begins=kept.begins)
    shared_with = turn.contact.unit if room.in_group else None
    found = _find(room, ask, below=wish.petition_id, shared_with=shared_with)
    if room.in_group:
        message = _page(room, found, turn.texts, number, first=False, private=False)
        turn.send(message, audience="unit")
    else:
        room.send(_page(room, found, room.texts, number, first=False, private=True))


def _begin(room: Room, typed: str, texts: Texts, *, shared_with: str | None) -> Outgoing:
    found = _find(room, Ask(typed=typed[: finding.LONGEST]), below=None, shared_with=shared_with)
    private = shared_with is None
    if found.refused is not None:
        return Outgoing(text=texts.get(f"search.{found.refused}"))
    if found.common:
        words = ", ".join(as_written(word, found.ask.typed) for word in found.common)
        return Outgoing(text="\n".join([texts.get("search.common", words=words), *problems(found, texts)]))
    if not found.query.asks:
        how = texts.get("search.help" if private else "search.help_group")
        return Outgoing(text="\n".join([*problems(found, texts), how]))
    return _page(room, found, texts, _keep(room.turn, found), first=True, private=private)


def _find(room: Room, ask: Ask, *, below: int | None, shared_with: str | None) -> Found:
    turn = room.turn
    return finding.find(turn.book, turn.facts, room.officer, ask, below=below, shared_with=shared_with)


def _keep(turn: Turn, found: Found) -> int:
    """Remembers the search for its further pages; its number."""
    memory = state.load(turn.talk, turn.now)
    newest = max((each.number for each in memory.searches), default=0)
    number = max(newest + 1, int(turn.now.timestamp()))  # no button of a search long forgotten has it
    if found.below is not None:
        ask = found.ask
        kept = state.Searched(number=number, typed=ask.typed, codes=ask.codes, begins=ask.begins, at=turn.now)
        memory.searches = [*memory.searches, kept][-_SEARCHES_KEPT:]
        state.save(turn.talk, memory)
    return number


def _page(room: Room, found: Found, texts: Texts, number: int, *, first: bool, private: bool) -> Outgoing:
    lines = [heading(found, texts, first=first)]
    if first:
        read_as = list(understood(room, found, texts, private=private))
        if read_as:
            lines.append(texts.get("search.understood", what="; ".join(read_as)))
        lines += problems(found, texts)
    lines += [_line(room, petition, texts) for petition in found.cases]
    opening = [
        Button(label=cards.shown_code(petition), token=Press("case", petition.id).token)
        for petition in found.cases
    ]
    rows = [tuple(opening[at : at + 2]) for at in range(0, len(opening), 2)]
    if found.below is not None:
        further = Press("find", found.below, str(number))
        rows.append((Button(label=texts.get("search.button_more"), token=further.token),))
    return Outgoing(text="\n".join(lines), rows=tuple(rows), protect=private)


def heading(found: Found, texts: Texts, *, first: bool) -> str:
    """How much was found, above the page."""
    if found.cases:
        if first and found.below is None:
            return texts.get("search.found", count=len(found.cases))
        return texts.get("search.newest" if first else "search.further")
    if found.below is not None:
        return texts.get("search.none_yet")
    return texts.get("search.none" if first else "search.no_further")


def _line(room: Room, petition: PetitionRecord, texts: Texts) -> str:
    """Of a sealed case its code and stage only, as in /inbox."""
    turn = room.turn
    stage, code = texts.get(f"cards.stage_{petition.stage}"), cards.shown_code(petition)
    if sealed(petition):
        return texts.get("search.line_sealed", code=code, stage=stage)
    filed = petition.filed_at.astimezone(turn.facts.agency.zone).date()
    return texts.get(
        "search.line",
        code=code,
        topic=cards.topic_shown(turn, petition, texts),
        stage=stage,
        unit=unit_name(turn.facts.agency, petition.unit, texts.language),
        date=cards.shown_date(filed, texts),
    )


def problems(found: Found, texts: Texts) -> list[str]:
    """What of the search could not be read, a line for each."""
    return [texts.get(f"search.{each.sort}", what=each.what) for each in found.query.problems]


def understood(room: Room, found: Found, texts: Texts, *, private: bool) -> Iterator[str]:
    """How the search was read: a slip in reading must be seen. In a group no words: they may name a person."""
    query, agency, language = found.query, room.turn.facts.agency, texts.language
    typed = found.ask.typed
    told = [as_written(term, typed) for term in (*query.words, *query.phrases)] if private else []
    if told:
        yield texts.get("search.by_words", words=", ".join(f"“{term}”" for term in told))
    if query.names:
        yield texts.get("search.by_name", name=" ".join(as_written(term, typed) for term in query.names))
    if query.phone:
        yield texts.get("search.by_phone", phone=query.phone)
    if query.code:
        key = "search.by_code" if query.whole_code else "search.by_code_begin"
        yield texts.get(key, code=_grouped(query.code))
    if query.number:
        yield texts.get(_number_key(found), number=_number(query))
    if query.units:
        names = ", ".join(agency.unit(code).name(language) for code in query.units)
        yield texts.get("search.by_unit", units=names)
    if query.topics:
        names = ", ".join(agency.topic(code).name(language) for code in query.topics)
        yield texts.get("search.by_topic", topics=names)
    if query.stages:
        stages = ", ".join(texts.get(f"cards.stage_{stage}") for stage in query.stages)
        yield texts.get("search.by_stage", stages=stages)
    if query.since is not None:
        yield texts.get("search.by_since", date=cards.shown_date(query.since, texts))
    if query.until is not None:
        yield texts.get("search.by_until", date=cards.shown_date(query.until, texts))


def _number_key(found: Found) -> str:
    begins = found.query.begins or found.ask.begins
    return "search.by_number_begin" if begins else "search.by_number"


def _number(query: Query) -> str:
    tail = "-".join(part for part in (query.book, str(query.year or "")) if part)
    return f"{query.number}/{tail}" if tail else query.number


def _grouped(code: str) -> str:
    return "-".join(code[at : at + GROUP] for at in range(0, min(len(code), CODE_LENGTH), GROUP))
