"""Bodies of webhook events (reference 2.4): every id, time, size and coordinate is a string."""

from __future__ import annotations

import json
from typing import Any


def encode(event: dict[str, Any]) -> bytes:
    """The bytes that are signed and sent: compact, Vietnamese unescaped."""
    return json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def by_user(
    name: str, *, app: str, oa: str, user: str, by_app: str, at: str, message: dict[str, Any]
) -> dict[str, Any]:
    """What a person did: sender is the user."""
    return {
        "app_id": app,
        "sender": {"id": user},
        "user_id_by_app": by_app,
        "recipient": {"id": oa},
        "event_name": name,
        "message": message,
        "timestamp": at,
    }


def by_oa(
    name: str,
    *,
    app: str,
    oa: str,
    user: str,
    by_app: str,
    at: str,
    message: dict[str, Any],
    admin_id: str = "",
) -> dict[str, Any]:
    """Echoes and receipts: sender is the OA, with `admin_id` when a person typed."""
    sender = {"id": oa, "admin_id": admin_id} if admin_id else {"id": oa}
    return {
        "app_id": app,
        "sender": sender,
        "user_id_by_app": by_app,
        "recipient": {"id": user},
        "event_name": name,
        "message": message,
        "timestamp": at,
    }


def relation(name: str, *, app: str, oa: str, user: str, by_app: str, at: str, source: str) -> dict[str, Any]:
    """follow and unfollow: no sender, no recipient."""
    event = {
        "oa_id": oa,
        "follower": {"id": user},
        "user_id_by_app": by_app,
        "event_name": name,
        "source": source,
        "app_id": app,
        "timestamp": at,
    }
    if name != "follow":
        del event["source"]
    return event


def about(name: str, *, app: str, oa: str, user: str, by_app: str, at: str) -> dict[str, Any]:
    """user_click_chatnow; user_withdraw has the same frame here (RECALLED: no sample of it is published)."""
    return {
        "oa_id": oa,
        "user_id": user,
        "user_id_by_app": by_app,
        "event_name": name,
        "app_id": app,
        "timestamp": at,
    }
