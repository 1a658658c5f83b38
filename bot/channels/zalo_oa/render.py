"""`Outgoing` as message bodies of `/v3.0/oa/message/cs` (reference 1.4, 1.5).

Every text is complete without buttons: choices stand in it as a numbered list. Buttons are an addition under the
last piece, at most five, and may be left out where Zalo refuses them.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from bot.channels.cutting import one_line
from bot.channels.numbered import numbered_choices, numbered_text
from bot.channels.words import BUTTON_MARK
from handlers.messages import Button, Capabilities, Outgoing, Wish

MAX_TEXT: Final = 2_000
"""UTF-16 units in NFC: in which unit Zalo counts is not known (1.13), and this is the strictest."""
MAX_BUTTONS: Final = 5
MAX_TITLE: Final = 25
"""Letters of a label; Zalo takes 100, but phones show about so many. The whole words stand in the text."""
MAX_CARD_TITLE: Final = 100
MAX_CARD_SUBTITLE: Final = 500
ANONYMOUS: Final = "anon:"
CAPABILITIES: Final = Capabilities(
    max_text=MAX_TEXT,
    max_buttons=MAX_BUTTONS,
    max_row=1,
    max_label=100,
    can_edit=False,
    can_delete=False,
    max_upload=20 * 1024 * 1024,
    wishes=frozenset({Wish.CONTACT}),
    groups=False,
    foreign=True,
    numbered=True,
    albums=False,
)
Body = dict[str, Any]
TextsByLanguage = Mapping[str, Mapping[str, str]]
"""Language → key of the area `channels` → text; the first language is everybody's default."""


@dataclass(frozen=True, slots=True)
class Form:
    """What is sent beside the words."""

    buttons: bool = True
    links: bool = True
    """Links as buttons, where they are https."""
    quote: bool = True


PLAIN: Final = Form(buttons=False, links=False, quote=False)


def recipient_of(chat: str) -> Body:
    """The `recipient` of a chat: a user id, or `anon:<id>:<conversation>` of somebody who never followed."""
    if chat.startswith(ANONYMOUS):
        person, _, conversation = chat.removeprefix(ANONYMOUS).rpartition(":")
        return {"anonymous_id": person, "conversation_id": conversation}
    return {"user_id": chat}


def forms_of(message: Outgoing, *, buttons: bool, links: bool) -> list[Form]:
    """The forms to try, richest first; each next one leaves out what Zalo may have refused.

    `buttons`, `links`: false where the account is known not to take them.
    """
    tokens, urls = bool(numbered_choices(message)) and buttons, bool(_link_buttons(message)) and links
    first = Form(buttons=tokens, links=urls and buttons, quote=bool(message.reply_to))
    forms = [first]
    for part in ("quote", "links", "buttons"):
        if getattr(forms[-1], part):
            forms.append(replace(forms[-1], **{part: False}))
    return forms


def bodies(message: Outgoing, form: Form, *, lines: Sequence[str] = ()) -> list[Body]:
    """The `message` of each request, in order. `lines`: what stands under the text (the link of a file)."""
    message = _composed(message)
    choices = numbered_choices(message)[:MAX_BUTTONS] if form.buttons else []
    links = _link_buttons(message)[: MAX_BUTTONS - len(choices)] if form.links else []
    kept = {button.url for button in links}
    rows = tuple(tuple(b for b in row if b.token or b.url not in kept) for row in message.rows)
    texts = numbered_text(replace(message, rows=rows), limit=MAX_TEXT, lines=lines)
    found: list[Body] = [{"text": text} for text in texts]
    if found and form.quote and message.reply_to:
        found[0]["quote_message_id"] = message.reply_to
    if found and (choices or links):
        shown = [_choice(button) for button in choices] + [_link(button) for button in links]
        found[-1]["attachment"] = {"type": "template", "payload": {"buttons": shown}}
    return found


def contact_card(texts: Mapping[str, str], image_url: str) -> Body:
    """The platform's own request for name and number, as a message of its own."""
    element = {
        "title": texts["contact_title"][:MAX_CARD_TITLE],
        "subtitle": texts["contact_subtitle"][:MAX_CARD_SUBTITLE],
        "image_url": image_url,
    }
    payload = {"template_type": "request_user_info", "elements": [element]}
    return {"attachment": {"type": "template", "payload": payload}}


def picture(kind: str, attachment_id: str, size: tuple[int, int], text: str = "") -> Body:
    """An uploaded picture; `kind` `image` or `gif`, which needs its size."""
    element: Body = {"media_type": kind, "attachment_id": attachment_id}
    if kind == "gif":
        element |= {"width": size[0], "height": size[1]}
    payload = {"template_type": "media", "elements": [element]}
    body: Body = {"attachment": {"type": "template", "payload": payload}}
    return {"text": text, **body} if text else body


def document(token: str) -> Body:
    """An uploaded file. No text may stand beside it."""
    return {"attachment": {"type": "file", "payload": {"token": token}}}


def short_title(label: str, limit: int = MAX_TITLE) -> str:
    """One line of at most `limit` visible letters, cut at a word where that keeps most of it."""
    line = one_line(label)
    if _visible(line) <= limit:
        return line
    kept = ""
    for char in line:
        if _visible(kept + char) > limit - 1:
            break
        kept += char
    space = kept.rfind(" ")
    if line[len(kept)] != " " and space > len(kept) // 2:
        kept = kept[:space]
    return kept.rstrip(" ,.;:-(") + "…"


def composed(text: str) -> str:
    """Vietnamese letters as one code point each, as Zalo's limits count them."""
    return unicodedata.normalize("NFC", text)


def _composed(message: Outgoing) -> Outgoing:
    rows = tuple(tuple(replace(b, label=composed(b.label)) for b in row) for row in message.rows)
    return replace(message, title=composed(message.title), text=composed(message.text), rows=rows)


def _link_buttons(message: Outgoing) -> list[Button]:
    return [button for row in message.rows for button in row if button.url.startswith("https://")]


def _choice(button: Button) -> Body:
    title = short_title(button.label) or button.token
    return {"title": title, "type": "oa.query.hide", "payload": f"{BUTTON_MARK}{button.token}"}


def _link(button: Button) -> Body:
    title = short_title(button.label) or one_line(button.url)[:MAX_TITLE]
    return {"title": title, "type": "oa.open.url", "payload": {"url": button.url}}


def _visible(text: str) -> int:
    """Letters one sees: marks, joiners and variation signs are none of their own."""
    return sum(not unicodedata.combining(char) and char not in "\u200d\ufe0f\u20e3" for char in text)
