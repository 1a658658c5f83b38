"""Danger comes before every form: the numbers first, one short message; later, a petition from what was said.

Nothing is promised: whether help comes is not in our hands. The person may not be able to speak or to look at
a screen for long, so there is never more than one message, no reminder, and nothing that makes a sound.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Final

from handlers import notices
from handlers.citizens import drafting, prompts, questions
from handlers.citizens.chat import Chat, Rows, in_rows, read_token
from handlers.citizens.state import Danger, StoryPart
from petitions.danger import Danger as Found
from petitions.danger import find_danger
from petitions.extract import find_address, find_phones, find_place
from petitions.intents import Intent, chosen_kind, intents
from petitions.kinds import Kind, Severity
from petitions.text import fold

_QUIET_AFTER: Final = timedelta(minutes=45)
"""A silence so long: perhaps it is over, perhaps not. One quiet line, no more."""
_OVER_AFTER: Final = timedelta(hours=24)
_WISH: Final = 5
"""Words of a bare wish to write a petition; more of them tell something."""
_ALERTS: Final = 6
"""Messages passed on to the people on duty; more would bury what matters."""
_TOPIC: Final = "gia_dinh_bao_luc"
_AT_HOME: Final = frozenset({"violence", "child"})
_CANNOT_CALL: Final = re.compile(
    r"\b(?:ko|k|khong|hong|cant|can't|cannot|can not) (?:the )?(?:goi|noi|nghe|call|talk|speak)"
)
_WANTS_PETITION: Final = re.compile(
    r"\b(?:lam don|viet don|gui don|nop don|tiep tuc|lam phieu"
    r"|file a|make a report|write a petition|continue)\b"
)
_STOP: Final = re.compile(r"dừng|dừng lại|thôi dừng|dừng nhắn|dung lai|dung nhan|stop|please stop")
"""The quiet choice in words, marks kept: "đúng" and "dùng" are something else."""
_SAFE_NOW: Final = re.compile(
    r"\b(?:on roi|khong sao roi|ko sao roi|an toan roi|cong an den roi|cong an toi roi"
    r"|het roi|qua roi|i am safe|i'm safe|safe now|police (?:is|are) here)\b"
)


def is_on(chat: Chat) -> bool:
    """Whether this conversation is about a danger still going on. A day later it is not."""
    danger = chat.me.danger
    if danger is not None and chat.turn.now - danger.at > _OVER_AFTER:
        chat.me.danger = None
    return chat.me.danger is not None


def begin(chat: Chat, found: Found, text: str) -> None:
    """The first word of danger: numbers, nothing else."""
    now = chat.turn.now
    danger = Danger(about=found.about, at=now, first_at=chat.turn.incoming.at)
    danger.story = [*drafting.taken_leads(chat), StoryPart(text=text, ref=chat.ref)]
    chat.me.danger = danger
    chat.leads.clear()
    chat.renew()
    where = find_address(text) or ""
    if where:
        _pass_on(chat, danger, where)
        return
    _say(chat, f"citizen.danger_first_{_group(found.about)}")


def take(chat: Chat, text: str) -> None:
    """A message while danger is on."""
    danger = chat.me.danger
    if danger is None:
        return
    silence = chat.turn.now - danger.at
    danger.at = chat.turn.now
    flat = fold(text)
    still = find_danger(text)
    if (still is None or still.level != "now") and _wants_petition(text, flat):
        to_petition(chat, text)
        return
    if still is None and _STOP.fullmatch(text.strip(" .!…").lower()):
        press(chat, "stop")
        return
    if text.strip(" .…"):
        danger.story.append(StoryPart(text=text, ref=chat.ref))
    if still is None and _SAFE_NOW.search(flat):
        _say(chat, "citizen.danger_safe_now", rows=_after(chat))
        return
    if _CANNOT_CALL.search(flat):
        danger.cannot_call = True
        _more(chat, danger, text)
        _say(chat, "citizen.danger_cannot_call" if danger.address else "citizen.danger_cannot_call_where")
        danger.address_asked = True
        return
    if silence > _QUIET_AFTER and still is None:
        danger.quiet = True
        _say(chat, "citizen.danger_quiet", rows=_after(chat))
        return
    if not danger.address:
        where = find_address(text) or find_place(text)
        if where or (danger.address_asked and len(text.split()) >= 2 and still is None):
            _pass_on(chat, danger, text)
            return
        danger.address_asked = True
        _say(chat, "citizen.danger_where")
        return
    _more(chat, danger, text)
    _say(chat, "citizen.danger_noted")


def keep_file(chat: Chat, file_id: int) -> None:
    """A photo or voice message while danger is on is kept for later."""
    danger = chat.me.danger
    if danger is not None:
        danger.files.append(file_id)
        danger.at = chat.turn.now


def located(chat: Chat, latitude: float, longitude: float) -> None:
    """A shared position is the address."""
    danger = chat.me.danger
    if danger is not None:
        _pass_on(chat, danger, f"{latitude:.5f}, {longitude:.5f}")


def is_choice(token: str) -> bool:
    """Whether that is one of the quiet choices."""
    pressed = read_token(token)
    return pressed is not None and pressed.action == "danger"


def press(chat: Chat, what: str) -> None:
    """One of the quiet choices: somebody close, stop, go on."""
    danger = chat.me.danger
    if danger is None:
        chat.say("citizen.old_button")
    elif what == "go":
        to_petition(chat, "")
    elif what == "stop":
        chat.me.danger = None
        chat.renew()
        _say(chat, "citizen.danger_stopped")
    else:
        _say(chat, "citizen.danger_ask_somebody")


def to_petition(chat: Chat, text: str) -> None:
    """The person is safe and wants to hand it in: a draft from everything said before, kept restricted."""
    danger = chat.me.danger
    if danger is None:
        return
    chat.me.danger = None
    draft = chat.me.draft or drafting.begin(chat)
    draft.from_danger = True
    draft.first_at = min(draft.first_at, danger.first_at)
    draft.severity = Severity.URGENT
    at_home = danger.about in _AT_HOME
    draft.confidential = draft.confidential or at_home
    draft.discreet = at_home
    drafting.set_kind(draft, draft.form.kind if draft.kind_chosen else Kind.FEEDBACK)
    draft.files += danger.files
    if danger.address:
        draft.put("place", danger.address)
    parts = [*danger.story]
    if len(text.split()) > _WISH:
        parts.append(StoryPart(text=text, ref=chat.ref))
    for part in parts:
        draft.story.append(part)
        draft.remember(part.ref, f"story:{len(draft.story) - 1}")
    drafting.keep_story(draft)
    drafting.understand(chat, draft)
    known = {topic.code for topic in chat.agency.topics}
    if at_home and _TOPIC in known and (draft.topic is None or draft.outside is not None):
        draft.topic, draft.outside = _TOPIC, None
        drafting.set_mode(draft)
    chat.me.greeted = True
    chat.lead("citizen.danger_to_petition")
    chat.lead_text(questions.privacy_notice(chat))
    prompts.advance(chat, quiet=True)


def _wants_petition(text: str, flat: str) -> bool:
    return (
        _WANTS_PETITION.search(flat) is not None
        or chosen_kind(text) is not None
        or Intent.RESUME in intents(text)
    )


def _pass_on(chat: Chat, danger: Danger, where: str) -> None:
    """The address is known: tell the people on duty at once, and say exactly that."""
    danger.address = where
    reached = notices.alert_danger(chat.turn, "\n".join(part.text for part in danger.story), reach=where)
    danger.alerted = reached > 0
    outcome = "passed_on" if danger.alerted else "nobody"
    _say(chat, f"citizen.danger_{outcome}_{_group(danger.about)}")


def _more(chat: Chat, danger: Danger, text: str) -> None:
    if danger.alerted and len(danger.story) <= _ALERTS:
        phones = [phone.raw for phone in find_phones(text)]
        notices.alert_danger(chat.turn, text, reach=", ".join([danger.address, *phones]))


def _group(about: str) -> str:
    return about if about in {"violence", "child", "fire", "medical"} else "other"


def _number(chat: Chat) -> str:
    """The one number that matters in this danger."""
    numbers = chat.agency.emergency
    about = chat.me.danger.about if chat.me.danger is not None else ""
    return {"fire": numbers.fire, "medical": numbers.ambulance}.get(about, numbers.police)


def _after(chat: Chat) -> Rows:
    return in_rows(
        [
            chat.button("citizen.button_danger_somebody", "danger", "who"),
            chat.button("citizen.button_danger_stop", "danger", "stop"),
            chat.button("citizen.button_danger_go", "danger", "go"),
        ]
    )


def _say(chat: Chat, key: str, rows: Rows = ()) -> None:
    numbers = chat.agency.emergency
    chat.leads.clear()
    chat.send(
        chat.text(
            key,
            police=numbers.police,
            fire=numbers.fire,
            ambulance=numbers.ambulance,
            children=numbers.children,
            number=_number(chat),
        ),
        rows=rows,
        quiet=True,
    )
