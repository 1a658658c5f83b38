"""Messages as `listrecentchat` and `conversation` give them, in the form of the webhook's events.

No sample of these reads is published for v3 (their field names are RECALLED), so every field is looked for under
several names and what cannot be read is said to be unreadable instead of being guessed at.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from bot.channels.zalo_oa.reading import ident, json_object, link_of, moment_of, objects, part, word

_LISTS: Final = ("data", "messages", "chats", "conversations", "items")
_PLAIN: Final = frozenset({"", "text"})


@dataclass(frozen=True, slots=True, kw_only=True)
class PastMessage:
    """One message of a chat, read back. `message` has the form of an event's `message`."""

    id: str
    user: str
    at: datetime
    by_user: bool
    message: dict[str, Any]


def listed(answer: Any) -> list[Any] | None:
    """The list in an answer's `data`, wherever it stands; None where there is none."""
    if isinstance(answer, list):
        return answer
    if isinstance(answer, dict):
        return next((answer[name] for name in _LISTS if isinstance(answer.get(name), list)), None)
    return None


def past_message(item: Any, oa_id: str) -> PastMessage | None:
    """One item of such a list; None where who, when or which message cannot be told."""
    if not isinstance(item, dict):
        return None
    sender = ident(item, "from_id") or ident(part(item, "sender"), "id")
    receiver = ident(item, "to_id") or ident(part(item, "recipient"), "id")
    source = word(item, "src").strip()
    by_user = sender != oa_id if sender else source == "1"
    user = sender if by_user else receiver
    if not user and source:
        user = ident(item, "user_id")
    at = moment_of(word(item, "time") or word(item, "sent_time") or word(item, "timestamp"))
    message_id = (word(item, "message_id") or word(item, "msg_id")).strip()
    if not user or user == oa_id or at is None or not message_id:
        return None
    return PastMessage(id=message_id, user=user, at=at, by_user=by_user, message=_as_event(item, message_id))


def _as_event(item: dict[str, Any], message_id: str) -> dict[str, Any]:
    told = item.get("message")
    text = word(item, "message") if not isinstance(told, dict) else word(told, "text")
    message: dict[str, Any] = {"msg_id": message_id, "text": text}
    quoted = word(item, "quote_msg_id")
    if quoted:
        message["quote_msg_id"] = quoted
    attachments = objects(item, "attachments") or objects(told, "attachments")
    kind = word(item, "type").strip().lower()
    if attachments:
        message["attachments"] = attachments
    elif kind not in _PLAIN:
        message["attachments"] = [{"type": kind, "payload": _payload(item, kind)}]
    return message


def _payload(item: dict[str, Any], kind: str) -> dict[str, Any]:
    if kind == "location":
        return {"coordinates": _coordinates(item)}
    payload: dict[str, Any] = {
        name: value for name in ("url", "description", "name", "size", "title") if (value := word(item, name))
    }
    if not link_of(payload, "url"):
        linked = next(iter(objects(item, "links")), {})
        payload |= {name: value for name in ("url", "title", "description") if (value := word(linked, name))}
    if kind in ("photo", "image", "gif", "video") and (thumb := link_of(item, "thumb", "thumbnail")):
        payload["thumbnail"] = thumb
    return payload


def _coordinates(item: dict[str, Any]) -> dict[str, str]:
    """A place as an object, as JSON in a string, or as `latitude,longitude`."""
    place = part(item, "location")
    if not place:
        written = word(item, "location") or word(item, "message")
        place = json_object(written) or {}
        halves = written.split(",")
        if not place and len(halves) == 2:
            place = {"latitude": halves[0].strip(), "longitude": halves[1].strip()}
    return {name: word(place, name) for name in ("latitude", "longitude")}


def is_card(message: PastMessage) -> bool:
    """Whether a link is a business card: its description is JSON with a number (2.4)."""
    for one in objects(message.message, "attachments"):
        inner = json_object(word(part(one, "payload"), "description"))
        if inner is not None and word(inner, "phone"):
            return True
    return False
