"""One turn with a citizen: the memory, what is said, and the buttons under it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final

from handlers.citizens.state import Ask, Asked, CitizenTalk, Draft
from handlers.messages import Button, Outgoing
from handlers.turn import Turn
from petitions.agency import Agency
from petitions.numbers import typed_number
from petitions.text import fold

PREFIX: Final = "c"
TIMELESS: Final = "0"
"""Version of buttons that stay good: what they do is checked against the petition itself."""
_DIGITS: Final = "0123456789abcdefghijklmnopqrstuvwxyz"
_VERSIONS: Final = 36**4
OFFERED: Final = 48
"""Choices of a message that are remembered; no message of the dialogue offers more."""
NAMED: Final = frozenset(
    {"contact", "name", "phone", "address", "place", "accused", "respondent", "people", "representatives"}
    | {"identity_issued_by", "authorised_name", "authorised_address", "authorised_identity_issued_by"}
)
"""Questions answered with names of people and places, which are Vietnamese in any language."""
Rows = tuple[tuple[Button, ...], ...]


def base36(number: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits = _DIGITS[digit] + digits
    return digits or "0"


def next_version(version: int) -> int:
    """The version after which every button of `version` is an old one."""
    return version % (_VERSIONS * 36) + 1


def mark_of(contact_id: int) -> str:
    """What goes before the ids of messages of a chat that joined another one's conversation."""
    return f"{base36(contact_id)}/"


def plain_label(label: str) -> str:
    """A label for comparing with typed words: without emoji, marks and punctuation."""
    return " ".join(re.findall(r"[^\W_]+", fold(label)))


@dataclass(frozen=True, slots=True)
class Press:
    """What stands behind a citizen's button: `c.<version>.<action>[.<argument>]`."""

    version: str
    action: str
    argument: str = ""


def read_token(token: str) -> Press | None:
    """The press behind `token`; None for anything we did not make."""
    parts = token.split(".")
    if len(parts) not in {3, 4} or parts[0] != PREFIX:
        return None
    return Press(parts[1], parts[2], parts[3] if len(parts) == 4 else "")


def petition_button(label: str, action: str, petition_id: int, argument: str = "") -> Button:
    """A button about a filed petition, good for ever; notices make theirs with it (`rate`, `status`, …)."""
    value = base36(petition_id) + (f"_{argument}" if argument else "")
    return Button(label=label, token=f"{PREFIX}.{TIMELESS}.{action}.{value}")


def read_petition(argument: str) -> tuple[int, str]:
    """Petition id and the rest of a `petition_button`'s argument. Raises ValueError for anything else."""
    value, _, rest = argument.partition("_")
    return int(value, 36), rest


@dataclass(slots=True)
class Chat:
    """What every part of the citizen's dialogue works with."""

    turn: Turn
    me: CitizenTalk
    leads: list[str] = field(default_factory=list)
    """Short lines said before the next message of this turn, in the same bubble."""
    beside: list[Button] = field(default_factory=list)
    """Buttons that go under the next message of this turn, below its own."""
    instead_of: str = ""
    """Coalescing key of a message still waiting, which the next one of this turn replaces."""
    spoken: bool = False
    """Whether something was said in this turn already."""

    @property
    def agency(self) -> Agency:
        return self.turn.facts.agency

    @property
    def today(self) -> date:
        return self.turn.now.astimezone(self.agency.zone).date()

    @property
    def draft(self) -> Draft | None:
        return self.me.draft

    @property
    def ref(self) -> str:
        """The message of this turn. Where several chats share the conversation, those of a chat that joined
        it carry its mark: two platforms may count alike."""
        ref = self.turn.incoming.message_ref
        return f"{mark_of(self.turn.contact.id)}{ref}" if ref and self._has_joined else ref

    @property
    def _has_joined(self) -> bool:
        return self.turn.contact.id in self.me.bound

    @property
    def asks_name(self) -> bool:
        """Whether the open question is answered with the name of a person or a place."""
        draft, form = self.me.draft, self.me.form
        return (draft.step if draft is not None else form.key if form is not None else "") in NAMED

    def text(self, key: str, **params: object) -> str:
        return self.turn.text(key, **params)

    def lead(self, key: str, **params: object) -> None:
        """A line that goes before whatever is said next in this turn."""
        self.lead_text(self.text(key, **params))

    def lead_text(self, line: str) -> None:
        if line and line not in self.leads:
            self.leads.append(line)

    def say(self, key: str, *, rows: Rows = (), coalesce: str = "", **params: object) -> None:
        """One message: the leads and the text under `key`."""
        self.send(self.text(key, **params), rows=rows, coalesce=coalesce)

    def send(
        self,
        text: str,
        *,
        rows: Rows = (),
        coalesce: str = "",
        delay: timedelta | None = None,
        petition_id: int | None = None,
        legal: bool = False,
        **fields: Any,
    ) -> None:
        body = "\n\n".join([*self.leads, text] if text else self.leads)
        self.leads.clear()
        rows = (*rows, *((button,) for button in self.beside))
        self.beside.clear()
        if self.instead_of:
            coalesce, self.instead_of = self.instead_of, ""
        self._remember_offer(rows)
        self.turn.send(
            Outgoing(text=body, rows=rows, **fields),
            coalesce=coalesce,
            delay=delay,
            petition_id=petition_id,
            legal=legal,
        )

    def _remember_offer(self, rows: Rows) -> None:
        """What the next words may choose: the last message with choices of this turn by number, and whatever
        was offered in it by its words."""
        before = self.me.offered if self.spoken else {}
        if not self.spoken:
            self.me.numbers = 0
        self.spoken = True
        offered: dict[str, str] = {}
        for button in [button for row in rows for button in row if button.token][:OFFERED]:
            label = plain_label(button.label)
            offered[label if label not in offered else f"{label} #{len(offered)}"] = button.token
        self.me.numbers = len(offered) or self.me.numbers
        self.me.offered = offered | {label: token for label, token in before.items() if label not in offered}
        self.me.offered_in = self.turn.contact.id if self.me.bound else 0

    @property
    def numbered(self) -> list[str]:
        """The tokens behind the numbers 1, 2, … of the dialogue's last choices in this chat."""
        if self.me.offered_in not in {0, self.turn.contact.id}:
            return []
        tokens = list(self.me.offered.values())
        return tokens[: self.me.numbers] if self.me.numbers else tokens

    def chosen(self, text: str) -> str | None:
        """The token of the button that typed words or a number name exactly; None where they mean more.

        Where a name or a place is asked, "số 5" is an answer and only a bare number chooses.
        """
        free = not self.asks_name
        number = typed_number(text, led=free, words=free and self.turn.capabilities.numbered)
        if number is not None:
            tokens = self.numbered
            return tokens[number - 1] if 1 <= number <= len(tokens) else None
        if self.me.offered_in not in {0, self.turn.contact.id}:
            return None
        return self.me.offered.get(plain_label(text))

    def flush(self) -> None:
        """Say the leads where nothing followed them."""
        if self.leads:
            self.send("")

    # --- buttons

    def renew(self) -> None:
        """From here on every earlier button is an old button."""
        if not self.me.version:
            self.me.version = self.turn.random.randrange(1, _VERSIONS)
        self.me.version = next_version(self.me.version)

    @property
    def version(self) -> str:
        if not self.me.version:
            self.renew()
        return base36(self.me.version)

    def button(
        self, key: str, action: str, argument: str = "", *, style: str = "", **params: object
    ) -> Button:
        """A button of the present state; `key` is the text of its label."""
        return self.labelled(self.text(key, **params), action, argument, style=style)

    def labelled(self, label: str, action: str, argument: str = "", *, style: str = "") -> Button:
        token = f"{PREFIX}.{self.version}.{action}" + (f".{argument}" if argument else "")
        return Button(label=self._fit(label), token=token, style=style)

    def lasting(self, key: str, action: str, argument: str = "") -> Button:
        """A button that is never old (menu, help, language)."""
        token = f"{PREFIX}.{TIMELESS}.{action}" + (f".{argument}" if argument else "")
        return Button(label=self._fit(self.text(key)), token=token)

    def _fit(self, label: str) -> str:
        most = self.turn.capabilities.max_label
        return label if len(label) <= most else label[: most - 1].rstrip() + "…"

    # --- open questions

    def go(self, step: str) -> None:
        """The draft waits for `step` now."""
        draft = self.me.draft
        if draft is not None and draft.step != step:
            draft.step = step
            self.renew()

    def open(
        self,
        what: Ask,
        *,
        petition_id: int | None = None,
        text: str = "",
        file_ids: Iterable[int] = (),
        choices: Iterable[int] = (),
    ) -> None:
        """Put a question beside the draft; it replaces an earlier one."""
        self.renew()
        self.me.ask = Asked(
            what=what,
            petition_id=petition_id,
            text=text,
            file_ids=list(file_ids),
            choices=list(choices),
            at=self.turn.now,
        )

    def close(self) -> None:
        """The question beside the draft is answered or dropped."""
        if self.me.ask is not None:
            self.me.ask = None
            self.renew()


def in_rows(buttons: Iterable[Button], width: int = 1) -> Rows:
    """Buttons in rows of `width`; long labels read better one to a row."""
    row = list(buttons)
    return tuple(tuple(row[at : at + width]) for at in range(0, len(row), width))
