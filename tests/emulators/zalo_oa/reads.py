"""Reads: people, the OA itself, quotas, recent chats (reference 1.6, 1.9)."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

from .errors import ZaloError
from .model import Incoming, Shown
from .world import Account, World

VIETNAM = timezone(timedelta(hours=7))
MAX_OFFSET = 9_951
MAX_PEOPLE = 50
MAX_CHATS = 10
CHAT_TYPES = {
    "image": "photo",
    "gif": "GIF",
    "audio": "voice",
    "link": "link",
    "card": "link",
    "sticker": "sticker",
    "location": "location",
    "file": "file",
    "video": "video",
}


def user_detail(world: World, given: Incoming) -> dict[str, Any]:
    """`GET /v3.0/oa/user/detail`."""
    user = _related(world, given)
    shared = {name: user.shared.get(name, "") for name in ("address", "city", "district", "phone", "name")}
    avatar = f"{world.base_url}/cdn/avatar/{user.id}.jpg"
    return {
        "user_id": user.id,
        "user_id_by_app": user.by_app,
        "user_external_id": "",
        "display_name": user.name,
        "user_alias": user.name,
        "is_sensitive": False,
        "user_last_interaction_date": _day(user.last_interaction),
        "user_is_follower": user.follower,
        "avatar": avatar,
        "avatars": {"120": avatar, "240": avatar},
        "tags_and_notes_info": {"notes": [], "tag_names": []},
        "shared_info": shared if user.shared else {},
    }


def user_list(world: World, given: Incoming) -> dict[str, Any]:
    """`GET /v3.0/oa/user/getlist`: followers, page by page."""
    offset, count = _page(given, MAX_PEOPLE)
    if offset > MAX_OFFSET:
        raise ZaloError(-210, "offset")
    wanted = given.body.get("is_follower", "true")
    everybody = [
        one.id
        for one in world.people.values()
        if not one.anonymous and (one.follower or str(wanted).lower() == "false")
    ]
    page = everybody[offset : offset + count]
    return {
        "total": len(everybody),
        "count": len(page),
        "offset": offset,
        "users": [{"user_id": user_id} for user_id in page],
    }


def get_oa(world: World, given: Incoming) -> dict[str, Any]:
    """`GET /v2.0/oa/getoa`: the health probe."""
    return {
        "oa_id": world.settings.oa_id,
        "name": world.settings.oa_name,
        "description": "",
        "oa_alias": "",
        "is_verified": True,
        "oa_type": 2,
        "cate_name": "Cơ quan nhà nước",
        "num_follower": sum(one.follower for one in world.people.values()),
        "avatar": f"{world.base_url}/cdn/avatar/oa.jpg",
        "cover": "",
        "package_name": "Tăng trưởng",
        "package_valid_through_date": "31/12/2027",
        "package_auto_renew_date": "31/12/2027",
        "linked_zca": "",
    }


def quota_message(world: World, given: Incoming) -> Any:
    """`POST /v3.0/oa/quota/message`: of one user, or (without user id) what the OA owns."""
    left = max(world.settings.package_quota - world.package_used, 0)
    if not given.body.get("user_id"):
        return [
            {
                "quota_type": "sub_quota",
                "product_type": "cs",
                "remain": left,
                "total": world.settings.package_quota,
                "owner_type": "OA",
                "owner_id": world.settings.oa_id,
            }
        ]
    user = _related(world, given)
    last = "0" if user.last_interaction is None else str(round(user.last_interaction * 1000))
    return {
        "user_id": user.id,
        "last_interaction": last,
        "reply": {"remain": "0", "total": "0"},
        "promotion": {"remain": 0, "total": 0},
    }


def recent_chats(world: World, given: Incoming) -> Any:
    """`GET /v2.0/oa/listrecentchat`: the newest message of each chat, newest first.

    RECALLED: that `src` is 0 for the OA and 1 for the user, and the names of the fields.
    """
    offset, count = _page(given, MAX_CHATS)
    newest = [(user.messages[-1], user) for user in world.people.values() if user.messages]
    newest.sort(key=lambda pair: pair[0].sent_at, reverse=True)
    return [_chat_line(world, user, shown) for shown, user in newest[offset : offset + count]]


def conversation(world: World, given: Incoming) -> Any:
    """`GET /v2.0/oa/conversation`: one person's messages, newest first. RECALLED as `recent_chats`."""
    offset, count = _page(given, MAX_CHATS)
    user = world.people.get(given.text("user_id"))
    if user is None:
        raise ZaloError(-213)
    found = list(reversed(user.messages))[offset : offset + count]
    return [_chat_line(world, user, shown) for shown in found]


def _chat_line(world: World, user: Account, shown: Shown) -> dict[str, Any]:
    ours = {"id": world.settings.oa_id, "name": world.settings.oa_name}
    theirs = {"id": user.id, "name": user.name}
    sender, receiver = (ours, theirs) if shown.from_oa else (theirs, ours)
    line: dict[str, Any] = {
        "src": 0 if shown.from_oa else 1,
        "time": round(shown.sent_at * 1000),
        "sent_time": f"{datetime.fromtimestamp(shown.sent_at, VIETNAM):%H:%M:%S %d/%m/%Y}",
        "type": CHAT_TYPES.get(shown.kind, "text"),
        "message": shown.text,
        "message_id": shown.id,
        "from_id": sender["id"],
        "from_display_name": sender["name"],
        "from_avatar": "",
        "to_id": receiver["id"],
        "to_display_name": receiver["name"],
        "to_avatar": "",
    }
    for attachment in shown.attachments[:1]:
        if attachment.kind == "location":
            latitude, _, longitude = attachment.text.partition(",")
            line["location"] = f'{{"latitude":"{latitude}","longitude":"{longitude}"}}'
        elif attachment.url:
            line.update(url=attachment.url, thumb=attachment.url, description=shown.text)
    return line


def _related(world: World, given: Incoming) -> Account:
    """The person of `user_id`; -213 for one who neither follows nor ever wrote."""
    user = world.people.get(given.text("user_id"))
    if user is None or user.anonymous or (not user.follower and user.last_interaction is None):
        raise ZaloError(-213)
    return user


def _page(given: Incoming, most: int) -> tuple[int, int]:
    offset, count = given.body.get("offset", 0), given.body.get("count", most)
    if not isinstance(offset, int) or not isinstance(count, int) or offset < 0 or count < 1:
        raise ZaloError(-201, "offset or count")
    if count > most:
        raise ZaloError(-210, "count")
    return offset, count


def _day(moment: float | None) -> str:
    return "" if moment is None else f"{datetime.fromtimestamp(moment, VIETNAM):%d/%m/%Y}"
