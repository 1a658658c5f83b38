"""ZBS template messages by user id and by phone, their quotas and their status (reference 1.7)."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from .errors import ZaloError
from .model import DAY, Incoming, Shown, Template
from .reads import VIETNAM
from .world import Account, World

PHONE = re.compile(r"84[0-9]{9}")
MAX_TRACKING = 48
NIGHT_FROM, NIGHT_UNTIL = 22, 6


def by_user_id(world: World, given: Incoming) -> dict[str, Any]:
    """`POST /v3.0/oa/message/template`: no window, no tracking id."""
    template = _template(world, given)
    if not template.for_uid:
        raise ZaloError(-249)
    user = world.people.get(given.text("user_id"))
    if user is None:
        raise ZaloError(-213)
    if user.inactive:
        raise ZaloError(-227)
    if user.blocked or user.refuses_templates:
        raise ZaloError(-244)
    _night(world, template)
    left = _take_quota(world)
    shown = _show(world, user, template, given, kind="template")
    quota = {
        "quota_type": "sub_quota",
        "remain": str(left),
        "total": str(world.settings.template_quota),
        "owner_type": "OA",
        "owner_id": world.settings.oa_id,
    }
    return {
        "message_id": shown.id,
        "user_id": user.id,
        "sent_time": str(round(shown.sent_at * 1000)),
        "quota": quota,
    }


def by_phone(world: World, given: Incoming) -> dict[str, Any]:
    """`POST /message/template` of the business host."""
    phone = given.text("phone")
    if not PHONE.fullmatch(phone):
        raise ZaloError(-108)
    tracking = given.text("tracking_id")
    if len(tracking) > MAX_TRACKING:
        raise ZaloError(-210, "tracking_id")
    template = _template(world, given)
    user = world.by_phone(phone)
    development = given.body.get("mode") == "development"
    if development and (user is None or not user.admin):
        raise ZaloError(-126)
    if user is None or user.inactive:
        raise ZaloError(-118)
    if user.blocked or user.refuses_templates:
        raise ZaloError(-139)
    _night(world, template)
    left = _left(world) if development else _take_quota(world)
    shown = _show(world, user, template, given, kind="phone_template", tracking_id=tracking)
    return {
        "msg_id": shown.id,
        "sent_time": str(round(shown.sent_at * 1000)),
        "sending_mode": str(given.body.get("sending_mode", "1")),
        "quota": {"dailyQuota": str(world.settings.template_quota), "remainingQuota": str(left)},
    }


def message_status(world: World, given: Incoming) -> dict[str, Any]:
    """`GET /message/status?message_id=`: -1 not found, 0 not received, 1 received."""
    shown = world.shown.get(given.query.get("message_id") or given.text("message_id"))
    if shown is None or not shown.template_id:
        return {"delivery_time": "", "status": -1, "message": "The message not found"}
    if not shown.received:
        return {"delivery_time": "", "status": 0, "message": "The message is not received"}
    at = datetime.fromtimestamp(shown.sent_at, VIETNAM)
    return {"delivery_time": f"{at:%H:%M:%S %d/%m/%Y}", "status": 1, "message": "The message is received"}


def message_quota(world: World, given: Incoming) -> dict[str, Any]:
    """`GET /message/quota` of the business host."""
    return {"dailyQuota": str(world.settings.template_quota), "remainingQuota": str(_left(world))}


def all_templates(world: World, given: Incoming) -> Any:
    """`GET /template/all`."""
    return [
        {
            "templateId": template.id,
            "templateName": template.id,
            "status": "ENABLE" if template.approved else "PENDING_REVIEW",
            "templateTag": str(template.tag),
        }
        for template in world.templates.values()
    ]


def template_info(world: World, given: Incoming) -> dict[str, Any]:
    """`GET /template/info/v2?template_id=`: the parameters with their limits."""
    template = world.templates.get(given.query.get("template_id", ""))
    if template is None:
        raise ZaloError(-201, "template_id")
    parameters = [
        {"name": name, "require": True, "type": "STRING", "maxLength": limit, "minLength": 0}
        for name, limit in template.limits.items()
    ]
    return {
        "templateId": template.id,
        "status": "ENABLE" if template.approved else "PENDING_REVIEW",
        "listParams": parameters,
    }


def _template(world: World, given: Incoming) -> Template:
    template = world.templates.get(str(given.body.get("template_id", "")))
    if template is None:
        raise ZaloError(-201, "template_id")
    if not template.approved:
        raise ZaloError(-131)
    data = given.body.get("template_data")
    if not isinstance(data, dict):
        raise ZaloError(-1122)
    for name, limit in template.limits.items():
        if name not in data or data[name] in ("", None):
            raise ZaloError(-1122, name)
        if len(str(data[name])) > limit:
            raise ZaloError(-1121, name)
    return template


def _night(world: World, template: Template) -> None:
    hour = datetime.fromtimestamp(world.clock.now(), VIETNAM).hour
    if world.settings.night_window and template.tag != 1 and not NIGHT_UNTIL <= hour < NIGHT_FROM:
        raise ZaloError(-234 if template.tag == 3 else -133)


def _today(world: World) -> int:
    return int((world.clock.now() + 7 * 3600) // DAY)


def _left(world: World) -> int:
    return max(world.settings.template_quota - world.templates_sent.get(_today(world), 0), 0)


def _take_quota(world: World) -> int:
    left = _left(world)
    if left <= 0:
        raise ZaloError(-144)
    world.templates_sent[_today(world)] = world.templates_sent.get(_today(world), 0) + 1
    return left - 1


def _show(
    world: World, user: Account, template: Template, given: Incoming, *, kind: str, tracking_id: str = ""
) -> Shown:
    text = template.text
    for name in template.limits:
        text = text.replace(f"<{name}>", str(given.body["template_data"][name]))
    shown = Shown(world.message_id(), True, text, world.clock.now(), kind=kind)
    shown.template_id, shown.tracking_id = template.id, tracking_id
    if world.settings.echoes and kind == "template":
        world.by_oa(user, "oa_send_template", {"msg_id": shown.id})
    world.to_phone(user, shown)
    return shown
