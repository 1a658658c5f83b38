"""ZBS template messages, by user id and by phone (reference 1.7)."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any, Final

from .errors import ZaloError
from .model import Incoming, Shown, Template
from .world import Account, World

VIETNAM: Final = timezone(timedelta(hours=7))
DAY_BEGINS, DAY_ENDS = 6, 22
LONGEST_TRACKING: Final = 48
PROMOTION: Final = 3
TRANSACTION: Final = 1


def by_uid(world: World, given: Incoming) -> dict[str, Any]:
    """`POST /v3.0/oa/message/template`."""
    user = world.people.get(given.text("user_id"))
    if user is None or user.anonymous:
        raise ZaloError(-213)
    template, values = _template(world, given)
    if not template.for_uid:
        raise ZaloError(-249)
    if user.inactive:
        raise ZaloError(-227)
    if user.blocked or user.refuses_templates:
        raise ZaloError(-244)
    _may_go(world, template)
    shown = _deliver(world, user, template, values, kind="uid_template")
    return {
        "message_id": shown.id,
        "user_id": user.id,
        "sent_time": world.clock.ms(),
        "quota": {"quota_type": "purchase_quota", "owner_type": "OA"},
    }


def by_phone(world: World, given: Incoming) -> dict[str, Any]:
    """`POST /message/template` of the business host."""
    phone = given.text("phone")
    if not (phone.startswith("84") and phone.isdecimal() and 10 <= len(phone) <= 12):
        raise ZaloError(-108)
    tracking = given.text("tracking_id")
    if len(tracking) > LONGEST_TRACKING:
        raise ZaloError(-1121, "tracking_id")
    template, values = _template(world, given)
    user = world.by_phone(phone)
    development = given.body.get("mode") == "development"
    if development and not (user is not None and user.admin):
        raise ZaloError(-126)
    if user is None:
        raise ZaloError(-118)
    if user.inactive:
        raise ZaloError(-119)
    if user.refuses_templates:
        raise ZaloError(-139)
    _may_go(world, template, free=development)
    shown = _deliver(world, user, template, values, kind="phone_template", tracking=tracking)
    return {
        "msg_id": shown.id,
        "sent_time": world.clock.ms(),
        "sending_mode": str(given.body.get("sending_mode", "1")),
        "quota": message_quota(world, given),
    }


def message_quota(world: World, _: Incoming) -> dict[str, str]:
    """`GET /message/quota` of the business host."""
    left = world.settings.template_quota - world.templates_sent.get(_today(world), 0)
    return {"dailyQuota": str(world.settings.template_quota), "remainingQuota": str(left)}


def _template(world: World, given: Incoming) -> tuple[Template, dict[str, str]]:
    template = world.templates.get(given.text("template_id"))
    if template is None:
        raise ZaloError(-201, "template_id")
    if not template.approved:
        raise ZaloError(-131)
    values = given.body.get("template_data")
    if not isinstance(values, dict):
        raise ZaloError(-1122, "template_data")
    for name, limit in template.limits.items():
        value = values.get(name)
        if not isinstance(value, str) or not value:
            raise ZaloError(-1122, name)
        if len(value) > limit:
            raise ZaloError(-1121, name)
    return template, {name: values[name] for name in template.limits}


def _may_go(world: World, template: Template, *, free: bool = False) -> None:
    """Night rules and the day's quota; counts the message unless it is free (development mode)."""
    hour = datetime.fromtimestamp(world.clock.now(), VIETNAM).hour
    night = not DAY_BEGINS <= hour < DAY_ENDS
    if world.settings.night_window and night and template.tag != TRANSACTION:
        raise ZaloError(-234 if template.tag == PROMOTION else -133)
    if free:
        return
    day = _today(world)
    if world.templates_sent.get(day, 0) >= world.settings.template_quota:
        raise ZaloError(-144)
    world.templates_sent[day] = world.templates_sent.get(day, 0) + 1


def _today(world: World) -> int:
    return int((world.clock.now() + 7 * 3600) // 86_400)


def _deliver(
    world: World, user: Account, template: Template, values: dict[str, str], *, kind: str, tracking: str = ""
) -> Shown:
    text = template.text
    for name, value in values.items():
        text = text.replace(f"<{name}>", value)
    shown = Shown(
        world.message_id(),
        True,
        text,
        world.clock.now(),
        kind=kind,
        template_id=template.id,
        tracking_id=tracking,
    )
    if world.settings.echoes and kind == "uid_template":
        world.by_oa(user, "oa_send_template", {"msg_id": shown.id})
    world.to_phone(user, shown)
    return shown
