"""Why a petition goes to a unit, in words: the grounds of a route with the profile's names."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

from petitions.agency import UnknownCode
from petitions.agency_parts import OUTSIDE
from petitions.routing import NOT_OURS, Because, Route, basis_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from handlers.texts import Texts
    from petitions.agency import Agency
    from petitions.kinds import Kind

_UNITS: Final = frozenset({"unit", "former"})


def sentence(agency: Agency, route: Route, texts: Texts, *, kind: Kind) -> str:
    """The whole of it: "Vì …; vì …, nên chuyển đến …." with the articles. "" where no ground is known."""
    clauses = [_clause(agency, ground, texts, kind) for ground in route.because]
    if not clauses:
        return ""
    unit = _name(agency, "unit", route.unit, texts)
    goes = texts.get("routing.goes_unit", unit=unit)
    if route.destination is not None:
        authority = _name(agency, "authority", route.destination, texts)
        goes = texts.get("routing.goes_outside", unit=unit, authority=authority)
    joined = f"{texts.get('routing.join')} ".join(clauses)
    return texts.get("routing.sentence", reasons=joined, goes=goes)


def because(agency: Agency, grounds: Iterable[Because], texts: Texts) -> str:
    """The weightiest ground: "vì …", for the middle of a sentence. "" where there is none."""
    first = next(iter(grounds), None)
    return texts.get("routing.because", reason=ground_words(agency, first, texts)) if first else ""


def ground_words(agency: Agency, ground: Because, texts: Texts) -> str:
    """One ground as a clause."""
    named = {name: _name(agency, name, code, texts) for name, code in ground.params.items()}
    return texts.get(f"routing.why_{ground.why}", **named)


def accused_name(agency: Agency, against: str, texts: Texts) -> str:
    """Who is complained about or denounced: a unit, an office holder, somebody outside."""
    if against == NOT_OURS:
        return texts.get("routing.not_ours")
    if agency.has_unit(against):
        return agency.answerable(against).name(texts.language)
    holder = agency.holder(against)
    own = holder.name(texts.language) if holder is not None else None
    key = f"routing.holder_{against}"
    return own or (texts.get(key) if key in texts else against)


def kept_route(content: Mapping[str, Any]) -> Route | None:
    """The route that an event kept; None where it kept none, or one this version cannot read."""
    kept = content.get("route")
    if not isinstance(kept, dict):
        return None
    try:
        grounds = tuple(Because.from_json(ground) for ground in kept["because"])
    except (KeyError, ValueError):
        return None
    return Route(str(kept["unit"]), kept.get("destination"), str(kept.get("reason", "")), grounds)


def _clause(agency: Agency, ground: Because, texts: Texts, kind: Kind) -> str:
    words, basis = ground_words(agency, ground, texts), basis_of(ground.why, kind)
    return texts.get("routing.with_basis", words=words, basis=basis) if basis else words


def _name(agency: Agency, param: str, code: str, texts: Texts) -> str:
    """The profile's name for a parameter; its code where the profile no longer has it."""
    try:
        if param == "accused":
            return accused_name(agency, code, texts)
        if param in _UNITS:
            unit = agency.unit(code) if param == "former" else agency.answerable(code)
            return unit.name(texts.language)
        if param == "topic":
            return agency.topic(code).name(texts.language)
        if param == "authority":
            if code == OUTSIDE:
                return texts.get("routing.outside_unknown")
            return agency.outside_authority(code).name(texts.language)
    except UnknownCode:
        return code
    return code
