"""Approved ZBS templates: what may be said after the window of a chat is over (reference 1.7).

`TIEPDAN_ZALO_TEMPLATES` names a TOML file (an example: `deploy/zalo-templates.example.toml`). Each entry says
which template stands for which notice:

    [[template]]
    notice = "answer"          # what happened to the petition (the service names all it knows)
    id = "303211"              # the template's id in Zalo's console
    to = "phone"               # "phone" (the person agreed to it) or "user" (the Zalo id)
    languages = ["vi"]         # optional: only for who reads this language
    [template.values]          # parameter of the template = what of the notice stands there
    ma_ho_so = "code"
    ngay = "date"

The first entry that fits is used; where Zalo says that this person cannot get it, the next one.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from bot.channels.base import Closed, SendFault, SendReceipt
from bot.channels.cutting import one_line
from bot.channels.zalo_oa.client import OaClient
from bot.channels.zalo_oa.errors import Refused, template_fault_of
from bot.channels.zalo_oa.render import ANONYMOUS, composed
from bot.channels.zalo_oa.sender import OaSender, Progress
from handlers.messages import Outgoing
from petitions.notices import TABLE, Audience

BY_USER: Final = "/v3.0/oa/message/template"
BY_PHONE: Final = "/message/template"
FACTS: Final = ("code", "stage", "date", "unit", "link")
"""What a template may name (`Outgoing.facts`)."""
MAX_VALUE: Final = 100
"""Letters of a value; the limits of a template's own parameters stand in its approval."""
EMPTY: Final = "-"
"""Where a notice has no such fact: a template takes no empty value (-1122)."""
NORMAL_MODE: Final = "1"
_KEYS: Final = frozenset({"notice", "id", "to", "languages", "values"})
_ID: Final = re.compile(r"[0-9A-Za-z_-]{1,64}\Z")
_PHONE: Final = re.compile(r"84[0-9]{8,10}\Z")


class TemplatesUnusable(Exception):
    """The file of templates cannot be used; the message names file and entry and says what to mend."""


@dataclass(frozen=True, slots=True)
class Template:
    """One approved template and what stands in it."""

    notice: str
    id: str
    by_phone: bool
    values: Mapping[str, str]
    """Parameter → fact."""
    languages: frozenset[str] = frozenset()
    """Empty: every language."""

    def fits(self, message: Outgoing) -> bool:
        known = not self.languages or not message.language or message.language in self.languages
        return self.notice == message.notice and known

    def data(self, facts: Mapping[str, str]) -> dict[str, str]:
        """The values as Zalo takes them: one line, not empty, not too long."""
        return {
            name: composed(one_line(facts.get(fact, "")))[:MAX_VALUE].strip() or EMPTY
            for name, fact in self.values.items()
        }


def known_notices() -> frozenset[str]:
    """Every key that a notice to a citizen can have (`Outgoing.notice`)."""
    return frozenset(
        what.value
        for (what, _), rows in TABLE.items()
        if any(row.audience is Audience.CITIZEN for row in rows)
    )


def read_templates(path: Path, *, notices: Collection[str], languages: Collection[str]) -> list[Template]:
    """The entries of the file, checked. `notices`: the keys that exist. Raises TemplatesUnusable."""
    try:
        content = tomllib.loads(path.read_text("utf-8"))
    except OSError as fault:
        raise TemplatesUnusable(f"{path} cannot be read: {fault.strerror}") from fault
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise TemplatesUnusable(f"{path} is not TOML: {fault}") from fault
    entries = content.get("template", [])
    if strange := sorted(set(content) - {"template"}):
        raise TemplatesUnusable(f"{path}: {strange[0]!r} is not known; entries begin with [[template]]")
    if not isinstance(entries, list):
        raise TemplatesUnusable(f"{path}: write [[template]] with two brackets, once for each entry")
    return [
        _Entry(f"{path}, entry {number}", entry).read(notices, languages)
        for number, entry in enumerate(entries, start=1)
    ]


@dataclass(slots=True)
class _Entry:
    """One entry on its way; `where` is what an operator looks for."""

    where: str
    content: Any
    given: dict[str, Any] = field(default_factory=dict)

    def read(self, notices: Collection[str], languages: Collection[str]) -> Template:
        if not isinstance(self.content, dict):
            raise TemplatesUnusable(
                f"{self.where}: write [[template]] with two brackets, once for each entry"
            )
        self.given = self.content
        if strange := sorted(set(self.given) - _KEYS):
            raise TemplatesUnusable(f"{self.where}: {strange[0]!r} is not known; {_listed(_KEYS)} are")
        notice = self._word("notice", "the key of the notice that the template stands for")
        self.where += f" (notice {notice})"
        if notice not in notices:
            raise TemplatesUnusable(f"{self.where}: there is no such notice; there are {_listed(notices)}")
        template_id = self._word("id", "the template's id in Zalo's console")
        if not _ID.match(template_id):
            raise TemplatesUnusable(f'{self.where}: id {template_id!r} is none; write it as "303211"')
        to = self._word("to", '"phone" or "user"')
        if to not in ("phone", "user"):
            raise TemplatesUnusable(f'{self.where}: to is {to!r}; write "phone" or "user"')
        return Template(notice, template_id, to == "phone", self._values(), self._languages(languages))

    def _word(self, key: str, meaning: str) -> str:
        word = self.given.get(key)
        if isinstance(word, str) and word.strip():
            return word.strip()
        if word is None:
            raise TemplatesUnusable(f"{self.where}: {key} is missing ({meaning})")
        raise TemplatesUnusable(f"{self.where}: {key} must be a text in quotes ({meaning})")

    def _values(self) -> dict[str, str]:
        values = self.given.get("values")
        if not isinstance(values, dict) or not values:
            raise TemplatesUnusable(
                f"{self.where}: [template.values] is missing; give each parameter of the template one of "
                f"{_listed(FACTS)}"
            )
        for name, fact in values.items():
            if fact not in FACTS:
                raise TemplatesUnusable(
                    f"{self.where}: parameter {name} is to hold {fact!r}; it can hold {_listed(FACTS)}"
                )
        return values

    def _languages(self, known: Collection[str]) -> frozenset[str]:
        wanted = self.given.get("languages", [])
        if not isinstance(wanted, list) or any(language not in known for language in wanted):
            raise TemplatesUnusable(f"{self.where}: languages is a list of {_listed(known)}")
        return frozenset(wanted)


class OutsideSender:
    """Sends notices as templates. `sender` lends its waiting times; `templates`: as read."""

    def __init__(self, client: OaClient, sender: OaSender, templates: Collection[Template]) -> None:
        self._client = client
        self._sender = sender
        self._templates = list(templates)
        self._progress: dict[int, Progress] = {}

    async def send(self, chat: str, message: Outgoing, *, phone: str) -> SendReceipt:
        """As `bot.channels.base.Windowed.send_outside`. Raises Closed, Again, Uncertain, Stop."""
        closed = Closed("no template for this notice")
        for template in self._templates:
            if not message.notice or not template.fits(message):
                continue
            number = phone_number(phone) if template.by_phone else ""
            if template.by_phone and not number:
                closed = Closed("no phone number by consent")
                continue
            if not template.by_phone and chat.startswith(ANONYMOUS):
                closed = Closed("no template for a person who never followed")
                continue
            try:
                sent = await self._one(chat, message, template, number)
            except Closed as fault:
                closed = fault
            else:
                return SendReceipt(message_ref=sent, note=f"template {template.id}")
        raise closed

    async def _one(self, chat: str, message: Outgoing, template: Template, number: str) -> str:
        body: dict[str, Any] = {"template_id": template.id, "template_data": template.data(message.facts)}
        key = hash((chat, message, template.id))
        try:
            if number:
                tracking = _tracking_id(chat, message, template)
                body |= {"phone": number, "tracking_id": tracking, "sending_mode": NORMAL_MODE}
                answer = await self._client.business_post(BY_PHONE, body)
            else:
                answer = await self._client.post(BY_USER, {"user_id": chat, **body})
        except Refused as refused:
            raise self._fault(refused, key) from None
        self._progress.pop(key, None)
        return _id_in(answer)

    def _fault(self, refused: Refused, key: int) -> SendFault:
        if len(self._progress) > 1_000:
            self._progress.clear()
        progress = self._progress.setdefault(key, Progress())
        fault = self._sender.fault(refused, progress, means=template_fault_of)
        if isinstance(fault, Closed):
            self._progress.pop(key, None)
        return fault


def phone_number(phone: str) -> str:
    """A Vietnamese number as Zalo wants it (`84…`); empty for any other."""
    digits = re.sub(r"[^0-9]", "", phone)
    if digits.startswith("0") and not digits.startswith("00"):
        digits = "84" + digits[1:]
    digits = digits.removeprefix("00")
    return digits if _PHONE.match(digits) else ""


def _tracking_id(chat: str, message: Outgoing, template: Template) -> str:
    """The same for the same message, so that Zalo's delivery report names one message."""
    told = "|".join((chat, template.id, message.notice, *sorted(message.facts.values()), message.text))
    return hashlib.blake2b(told.encode("utf-8", "replace"), digest_size=16).hexdigest()


def _id_in(answer: object) -> str:
    if not isinstance(answer, dict):
        return ""
    given = answer.get("msg_id") or answer.get("message_id")
    return given if isinstance(given, str) else ""


def _listed(words: Collection[str]) -> str:
    return ", ".join(sorted(words))
