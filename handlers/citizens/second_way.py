"""A second way to be told, where the platform lets us write only for a while after the person's last word.

Offered once after filing and never needed: another chat of one's own, an approved template to a telephone
number the person agrees to, or looking up by the code. The consent to the number can be taken back at any time.
"""

from __future__ import annotations

import re
from typing import Final

from handlers.citizens.chat import Chat, Rows, in_rows, petition_button
from handlers.citizens.state import Ask, Asked
from handlers.citizens.wording import shown_code, spaced_phone
from handlers.messages import Button
from petitions.extract import BadPhone, Phone, find_phones, read_phone
from petitions.intents import Intent, is_only
from petitions.text import fold
from petitions.transitions import SEALED_KINDS
from storage.records import PetitionRecord

WAY: Final = "way"
"""Action of the buttons; what is chosen stands behind the petition."""
_PHONE_PROBLEMS: Final = {
    "too_short": "citizen.phone_short",
    "too_long": "citizen.phone_long",
    "prefix": "citizen.phone_prefix",
}
_TRIED: Final = re.compile(r"\s*\+?\d[\d .-]{3,}")
"""Digits that were meant to be a number."""
_STOP: Final = re.compile(
    r"(?:xin |toi muon |cho toi )?(?:dung|thoi|ngung|khong|huy)(?: muon)?(?: nhan| gui)?(?: tin)?(?: bao)?"
    r"(?: vao| qua| toi| cho)? so dien thoai(?: cua toi| nay)?(?: nua)?(?: a| nhe)?"
    r"|(?:please )?stop (?:texting|messaging|using) my (?:phone|phone number|number)"
)
"""The whole message takes the consent back (folded)."""


def offer(chat: Chat, *petitions: PetitionRecord, rows: Rows = ()) -> None:
    """After the receipt, where it makes sense and nothing was chosen before. Whoever passes it over is done.

    `rows`: choices said just before, put first again so that their numbers still mean them.
    """
    turn, petition = chat.turn, petitions[0]
    window = turn.capabilities.window
    if window is None or chat.me.second_way or chat.me.bound or turn.contact.template_phone:
        return
    if any(each.discreet for each in petitions):
        return
    made = [petition_button(chat.text("chats.button_way_link"), WAY, petition.id, "link")]
    if _may_call(chat, *petitions):
        made.append(petition_button(chat.text("chats.button_way_phone"), WAY, petition.id, "phone"))
    made.append(petition_button(chat.text("chats.button_way_code"), WAY, petition.id, "code"))
    first = rows if turn.capabilities.numbered else ()
    chat.say("chats.ask_way", count=max(1, window.days), rows=(*first, *in_rows(made)))


def press(chat: Chat, petition: PetitionRecord, wanted: str) -> bool:
    """A button of this part; the petition is the citizen's own. False where it is none of ours."""
    match wanted:
        case "link":
            _link(chat, petition)
        case "phone":
            _ask_consent(chat, petition)
        case "own":
            _agree(chat, chat.turn.book.content(petition).phone)
        case "other":
            chat.open(Ask.WAY_PHONE, petition_id=petition.id)
            chat.say("chats.ask_number")
        case "code":
            chat.me.second_way = "code"
            _by_code(chat, petition)
        case "stop":
            stop(chat)
        case _:
            return False
    return True


def says_stop(words: str) -> bool:
    """Whether the message, and nothing else in it, takes back the consent to the number."""
    return len(words) <= 80 and _STOP.fullmatch(fold(words).strip(" .!")) is not None


def stop(chat: Chat) -> None:
    """No more messages to the number."""
    had = bool(chat.turn.contact.template_phone)
    chat.turn.book.set_template_phone(chat.turn.contact.id, None)
    if chat.me.second_way == "phone":
        chat.me.second_way = "code"
    if chat.me.ask is not None and chat.me.ask.what is Ask.WAY_PHONE:
        chat.close()
    chat.say("chats.number_stopped" if had else "chats.no_number")


def buttons(chat: Chat, petition: PetitionRecord) -> list[Button]:
    """What stands in the menu of a petition: the consent taken back, while there is one."""
    if not chat.turn.contact.template_phone:
        return []
    return [petition_button(chat.text("chats.button_stop_number"), WAY, petition.id, "stop")]


def take(chat: Chat, ask: Asked, text: str, found: frozenset[Intent]) -> bool:
    """Words where the number is asked for. False where they mean something else."""
    if is_only(text, Intent.NO) or is_only(text, Intent.CANCEL) or is_only(text, Intent.SKIP):
        chat.close()
        chat.say("chats.without_number")
        return True
    del found
    first = next(iter(find_phones(text)), None) or (read_phone(text) if _TRIED.fullmatch(text) else None)
    if first is None:
        chat.close()
        return False
    if isinstance(first, BadPhone):
        key = _PHONE_PROBLEMS[first.problem]
        chat.lead(key, read=first.raw.strip(), count=len(first.digits.lstrip("+")))
        chat.say("chats.ask_number")
        return True
    return take_number(chat, ask, first.number)


def take_number(chat: Chat, ask: Asked, number: str) -> bool:
    """The number was told or shared."""
    del ask
    chat.close()
    _agree(chat, number)
    return True


# --- inside


def _may_call(chat: Chat, *petitions: PetitionRecord) -> bool:
    """Whether an approved template is there, and nothing has to stay secret from who holds the telephone."""
    secret = any(each.kind in SEALED_KINDS or each.confidential for each in petitions)
    return chat.turn.facts.templates_by_phone and not secret


def _ask_consent(chat: Chat, petition: PetitionRecord) -> None:
    """Which number, and that it can be taken back. Nothing is kept before a press."""
    if not _may_call(chat, petition):
        _by_code(chat, petition)
        return
    known = chat.turn.book.content(petition).phone
    made = []
    if known:
        label = chat.text("chats.button_number_own", phone=spaced_phone(known))
        made.append(petition_button(label, WAY, petition.id, "own"))
    made.append(petition_button(chat.text("chats.button_number_other"), WAY, petition.id, "other"))
    made.append(petition_button(chat.text("chats.button_number_none"), WAY, petition.id, "code"))
    chat.say("chats.ask_consent", rows=in_rows(made))


def _agree(chat: Chat, number: str) -> None:
    phones = find_phones(number)
    good = next((phone for phone in phones if isinstance(phone, Phone)), None)
    if good is None or not chat.turn.facts.templates_by_phone:
        chat.say("chats.no_number")
        return
    chat.turn.book.set_template_phone(chat.turn.contact.id, good.number)
    chat.me.second_way = "phone"
    chat.say("chats.number_kept", phone=spaced_phone(good.number))


def _link(chat: Chat, petition: PetitionRecord) -> None:
    """Where to open another chat, and what to do there; the question whether it is oneself comes here."""
    chat.me.second_way = "link"
    facts, here = chat.turn.facts, chat.turn.incoming.channel
    links = {name: url for name, url in facts.chat_links.items() if name != here}
    made = [
        Button(label=_opens(chat, name), url=url.replace("{code}", petition.code))
        for name, url in sorted(links.items())
    ]
    if facts.public_url:
        made.append(Button(label=chat.text("chats.open_web"), url=f"{facts.public_url.rstrip('/')}/"))
    if not made:
        _by_code(chat, petition)
        return
    code = shown_code(petition)
    follow = chat.text("chats.button_follow")
    chat.send(chat.text("chats.how_to_link", code=code, button=follow), rows=in_rows(made), monospace=(code,))


def _opens(chat: Chat, name: str) -> str:
    key = f"chats.open_{name}"
    return chat.text(key if key in chat.turn.texts else "chats.open_other")


def _by_code(chat: Chat, petition: PetitionRecord) -> None:
    code, url = shown_code(petition), chat.turn.facts.public_url.rstrip("/")
    key = "chats.by_code_web" if url else "chats.by_code"
    chat.send(chat.text(key, code=code, url=f"{url}/status"), monospace=(code,))
