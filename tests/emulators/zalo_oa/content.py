"""The `message` of a send: what is allowed in it and what the phone makes of it (reference 1.4, 1.5)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .errors import ZaloError
from .model import Asset, Attachment, ShownButton
from .world import World

MAX_TEXT = 2_000
MAX_BUTTONS = 5
MAX_TITLE = 100
MAX_SUBTITLE = 500
MAX_PAYLOAD = 1_000
MAX_SMS = 160


@dataclass(slots=True)
class Content:
    """A message that passed the checks."""

    text: str = ""
    kind: str = "text"
    buttons: list[ShownButton] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    quote: str = ""
    event: str = "oa_send_text"
    event_attachments: list[dict[str, Any]] = field(default_factory=list)


def parse_message(world: World, message: Any) -> Content:
    """Raises -201 (shape), -210 (limits), -100 and -241 (uploads), -201/-233 (switched off)."""
    if not isinstance(message, dict):
        raise ZaloError(-201, "message")
    content = Content(text=_string(message, "text"), quote=_string(message, "quote_message_id"))
    _limit(world, content.text, MAX_TEXT, "text")
    attachment = message.get("attachment")
    if attachment is None:
        if not content.text.strip():
            raise ZaloError(-201, "text")
        return content
    payload = attachment.get("payload") if isinstance(attachment, dict) else None
    if not isinstance(payload, dict):
        raise ZaloError(-201, "attachment")
    if attachment.get("type") == "file":
        return _file(world, content, payload)
    if attachment.get("type") != "template":
        raise ZaloError(-201, "attachment type")
    kind = payload.get("template_type")
    if kind == "media":
        return _media(world, content, payload)
    if kind == "request_user_info":
        return _request_info(world, content, payload)
    if kind == "list":
        return _list(world, content, payload)
    if kind in (None, "button") and "buttons" in payload:
        return _text_with_buttons(world, content, payload)
    raise ZaloError(-201, "template_type")


def _text_with_buttons(world: World, content: Content, payload: dict[str, Any]) -> Content:
    buttons = parse_buttons(world, payload.get("buttons"))
    if world.settings.buttons != "accept":
        raise ZaloError(world.settings.unsupported, "buttons")
    if not content.text.strip():
        raise ZaloError(-201, "text")
    content.buttons = buttons
    return content


def _file(world: World, content: Content, payload: dict[str, Any]) -> Content:
    if content.text:
        raise ZaloError(-201, "text beside a file")
    asset = _asset(world, _string(payload, "token"), ("file",))
    content.kind, content.event = "file", "oa_send_file"
    content.attachments = [Attachment("file", name=asset.name, data=asset.data)]
    url = world.host_file(asset.data, asset.name or "file", "application/octet-stream")
    content.event_attachments = [
        {"type": "file", "payload": {"url": url, "size": str(len(asset.data)), "name": asset.name}}
    ]
    return content


def _media(world: World, content: Content, payload: dict[str, Any]) -> Content:
    element = _only_element(payload)
    kind = element.get("media_type")
    if kind not in ("image", "gif", "sticker"):
        raise ZaloError(-201, "media_type")
    url, attached = _string(element, "url"), _string(element, "attachment_id")
    if bool(url) == bool(attached):
        raise ZaloError(-201, "exactly one of url and attachment_id")
    if kind == "gif" and not (element.get("width") and element.get("height")):
        raise ZaloError(-201, "width and height")
    content.kind, content.event = kind, f"oa_send_{kind}"
    if kind == "sticker":
        if content.text or not attached:
            raise ZaloError(-201, "sticker")
        content.attachments = [Attachment("sticker", name=attached)]
        content.event_attachments = [{"type": "sticker", "payload": {"id": attached}}]
        return content
    if url:
        _http(url, "url")
        content.attachments = [Attachment(kind, url=url)]
    else:
        asset = _asset(world, attached, ("image", "gif") if kind == "gif" else ("image",))
        content.attachments = [Attachment(kind, name=asset.name, data=asset.data)]
        url = world.host_file(asset.data, "picture.jpg", "image/jpeg")
    content.event_attachments = [{"type": kind, "payload": {"thumbnail": url, "url": url}}]
    return content


def _request_info(world: World, content: Content, payload: dict[str, Any]) -> Content:
    element = _only_element(payload)
    title, subtitle = _titles(world, element, subtitle_needed=True)
    _http(_string(element, "image_url"), "image_url")
    content.kind, content.event = "request_user_info", "oa_send_template"
    shown = Attachment("request_user_info", title=title, text=subtitle, url=_string(element, "image_url"))
    content.attachments = [shown]
    return content


def _list(world: World, content: Content, payload: dict[str, Any]) -> Content:
    if world.settings.lists != "accept":
        raise ZaloError(world.settings.unsupported, "list")
    elements = payload.get("elements")
    if not isinstance(elements, list) or not elements:
        raise ZaloError(-201, "elements")
    if len(elements) > MAX_BUTTONS:
        raise ZaloError(-210, "elements")
    for number, element in enumerate(elements):
        if not isinstance(element, dict):
            raise ZaloError(-201, "elements")
        title, subtitle = _titles(world, element, subtitle_needed=number == 0)
        content.attachments.append(Attachment("list", title=title, text=subtitle))
        if (action := element.get("default_action")) is not None:
            content.buttons.append(_button(world, {"title": title, **_dict(action, "default_action")}))
    if "buttons" in payload:
        content.buttons += parse_buttons(world, payload["buttons"])
    content.kind, content.event = "list", "oa_send_list"
    return content


def parse_buttons(world: World, buttons: Any) -> list[ShownButton]:
    if not isinstance(buttons, list) or not buttons:
        raise ZaloError(-201, "buttons")
    if len(buttons) > MAX_BUTTONS:
        raise ZaloError(-210, "buttons")
    return [_button(world, _dict(one, "buttons")) for one in buttons]


def _button(world: World, button: dict[str, Any]) -> ShownButton:
    title, kind, payload = _string(button, "title"), button.get("type"), button.get("payload")
    if not title:
        raise ZaloError(-201, "button title")
    _limit(world, title, MAX_TITLE, "button title")
    if kind in ("oa.query.show", "oa.query.hide"):
        if not isinstance(payload, str) or not payload:
            raise ZaloError(-201, "button payload")
        _limit(world, payload, MAX_PAYLOAD, "button payload")
        return ShownButton(title, kind, payload)
    if kind == "oa.open.url":
        url = button.get("url") or _dict(payload, "button payload").get("url")
        _http(url if isinstance(url, str) else "", "button url")
        return ShownButton(title, kind, url=str(url))
    if kind in ("oa.open.sms", "oa.open.phone"):
        parts = _dict(payload, "button payload")
        phone, text = _string(parts, "phone_code"), _string(parts, "content")
        if not phone:
            raise ZaloError(-201, "phone_code")
        _limit(world, text, MAX_SMS, "content")
        return ShownButton(title, str(kind), text, phone=phone)
    raise ZaloError(-201, "button type")


def _titles(world: World, element: dict[str, Any], *, subtitle_needed: bool) -> tuple[str, str]:
    title, subtitle = _string(element, "title"), _string(element, "subtitle")
    if not title or (subtitle_needed and not subtitle):
        raise ZaloError(-201, "title or subtitle")
    _limit(world, title, MAX_TITLE, "title")
    _limit(world, subtitle, MAX_SUBTITLE, "subtitle")
    return title, subtitle


def _asset(world: World, name: str, kinds: tuple[str, ...]) -> Asset:
    asset = world.assets.get(name)
    if asset is None or asset.kind not in kinds:
        raise ZaloError(-241)
    if world.clock.now() >= asset.expires:
        raise ZaloError(-100)
    return asset


def _only_element(payload: dict[str, Any]) -> dict[str, Any]:
    elements = payload.get("elements")
    if not isinstance(elements, list) or len(elements) != 1:
        raise ZaloError(-201, "elements")
    return _dict(elements[0], "elements")


def _dict(value: Any, what: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ZaloError(-201, what)
    return value


def _string(holder: dict[str, Any], name: str) -> str:
    value = holder.get(name, "")
    if not isinstance(value, str):
        raise ZaloError(-201, name)
    return value


def _http(url: str, what: str) -> None:
    if not url.startswith(("https://", "http://")):
        raise ZaloError(-201, what)


def _limit(world: World, text: str, limit: int, what: str) -> None:
    length = len(text.encode("utf-16-le", "surrogatepass")) // 2 if world.settings.utf16_length else len(text)
    if length > limit:
        raise ZaloError(-210, what)
