"""A citizen who answers whatever is asked, reading question and buttons, until the code is there."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import Final

from bot.profile import read_agency
from handlers.texts import LANGUAGES, Catalogue
from petitions.kinds import Kind
from petitions.text import fold
from tests.e2e.support.heard import Exchange, Heard, NoAnswer
from tests.e2e.support.numbered import same_label
from tests.e2e.support.people import Citizen, shown

MOST_STEPS = 25
_CATALOGUE = Catalogue.load()
_SPOKEN = tuple(_CATALOGUE.language(code) for code in LANGUAGES)
_TYPED_QUESTIONS = {
    "citizen.ask_contact_secret": "contact",
    "citizen.ask_contact_address": "contact_address",
    "citizen.ask_contact": "contact",
    "citizen.ask_name": "name",
    "citizen.ask_phone_secret": "phone",
    "citizen.ask_phone": "phone",
    "citizen.ask_safe_contact": "phone",
    "citizen.ask_address": "address",
}


@dataclass(slots=True)
class Person:
    """What a citizen knows about themselves; `None` is left out where that is possible."""

    name: str = "Trần Thị Thử"
    phone: str = "0951 223 455"
    address: str = "thôn 3, xã Liêm Tuyền"
    kind: str = ""
    """The kind this person would choose when asked; empty: does not know."""
    secret: bool = True
    """A denunciation under one's name, kept secret; else anonymous."""


@dataclass(slots=True)
class Filing:
    """How it went."""

    codes: list[str] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)


async def file(citizen: Citizen, first: Exchange, person: Person) -> Filing:
    """Answer from the first reply to a code. Raises NoAnswer where it leads nowhere."""
    done = Filing()
    exchange = first
    for _ in range(MOST_STEPS):
        codes = [code for heard in exchange.answers for code in heard.codes]
        if codes:
            done.codes = list(dict.fromkeys(codes))
            return done
        step, exchange = await _answer(citizen, exchange, person)
        done.steps.append(step)
    raise NoAnswer(f"no code after {MOST_STEPS} answers\n{shown(citizen.transcript[-6:])}")


async def _answer(citizen: Citizen, exchange: Exchange, person: Person) -> tuple[str, Exchange]:
    for heard in reversed(exchange.answers):
        asked = _asked(heard)
        if asked is not None:
            return asked, await citizen.say(_words(asked, person))
        pressed = _choice(heard, person)
        if pressed is not None:
            action, place = pressed
            return action, await citizen.take(heard, place)
    if not exchange.answers:
        raise NoAnswer(f"silence\n{shown(citizen.transcript[-4:])}")
    # Nothing to press and nothing known to be asked (danger, a question of its own): say what is wanted.
    return "wish", await citizen.say("tôi muốn gửi đơn")


def _asked(heard: Heard) -> str | None:
    """Which typed answer the message asks for, by the beginning of the known question in it."""
    if place_of(heard, "send") is not None:
        return None
    said = fold(heard.text)
    for key, what in _TYPED_QUESTIONS.items():
        for texts in _SPOKEN:
            question = texts.get(key).partition("{")[0]
            if fold(question)[:60] in said:
                return what
    return None


def _words(asked: str, person: Person) -> str:
    return {
        "contact": f"{person.name}, {person.phone}",
        "contact_address": f"{person.name}, {person.address}, {person.phone}",
        "name": person.name,
        "phone": person.phone,
        "address": person.address,
    }[asked]


def _choice(heard: Heard, person: Person) -> tuple[str, int] | None:
    """What this person chooses and where it stands, in the order a helpful person would look for it."""
    wanted = [
        "send",
        "forward",
        f"identity.{'confidential' if person.secret else 'anonymous'}",
        f"kind.{person.kind}" if person.kind else "kind.any",
        "kind.any",
        "doubt.skip",
        "apart",
        "done",
        "skip",
        "first",
        "new",
    ]
    for action in wanted:
        place = place_of(heard, action)
        if place is not None:
            return action, place
    return None


def place_of(heard: Heard, action: str) -> int | None:
    """Where the citizen's choice of this action stands in the message; None where it is not offered.

    Known by the token `c.<version>.<action>` behind its button, and by its label where only that is shown.
    """
    for place, (label, token) in enumerate(zip(heard.labels, heard.tokens, strict=True)):
        parts = token.split(".", 2)
        if len(parts) == 3 and parts[0] == "c" and parts[2] == action:
            return place
        if not token and any(same_label(label, known) for known in _labels_of(action)):
            return place
    return None


_LABELS: Final = {
    "send": ("button_send", "button_send_secret", "button_send_discreet"),
    "forward": ("button_forward",),
    "identity.confidential": ("button_confidential",),
    "identity.anonymous": ("button_anonymous",),
    "kind.any": ("button_dont_know_kind",),
    "kind.phan_anh": ("button_as_feedback",),
    "doubt.skip": ("button_doubt_skip",),
    "apart": ("known_case.button_apart",),
    "done": ("button_done",),
    "skip": ("button_skip", "button_chat_only"),
    "first": ("button_first_only",),
    "new": ("menu_new",),
}
"""The texts that stand on the buttons of each action."""


@cache
def _labels_of(action: str) -> frozenset[str]:
    """The labels of an action, in every language."""
    labels = {
        texts.get(key if "." in key else f"citizen.{key}")
        for key in _LABELS.get(action, ())
        for texts in _SPOKEN
    }
    what, _, value = action.partition(".")
    kind = read_agency(None).kind(Kind(value)) if what == "kind" and value != "any" else None
    return frozenset(labels | {kind.name(code) for code in LANGUAGES if kind is not None})
