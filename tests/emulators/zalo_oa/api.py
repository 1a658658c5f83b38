"""The calls of openapi.zalo.me beside message/cs: uploads, reads, counters (reference 1.6, 1.8, 1.9)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any, Final

from .errors import ZaloError
from .model import Asset, Incoming, Shown
from .sending import message_cs, message_v2
from .templates import by_uid
from .world import Account, World

Method = Callable[[World, Incoming], Any]
VIETNAM: Final = timezone(timedelta(hours=7))
MEGABYTE: Final = 1_000_000
LIMITS: Final = {"image": MEGABYTE, "gif": 5 * MEGABYTE, "file": 5 * MEGABYTE}
MOST_READ: Final = 10
MOST_LISTED: Final = 50
FARTHEST: Final = 9_951


def upload(kind: str) -> Method:
    """`POST /v2.0/oa/upload/{image|gif|file}`: part `file`."""

    def take(world: World, given: Incoming) -> dict[str, str]:
        name, data = given.files.get("file", ("", b""))
        if not data:
            raise ZaloError(-201, "file")
        if not _is_kind(kind, name, data):
            raise ZaloError(-201, "file type")
        if len(data) > LIMITS[kind]:
            raise ZaloError(-210, "file size")
        month = f"{kind} {datetime.fromtimestamp(world.clock.now(), VIETNAM):%Y-%m}"
        world.uploads[month] = world.uploads.get(month, 0) + 1
        if world.uploads[month] > world.settings.uploads_per_month:
            raise ZaloError(-211)
        token = f"{kind}-{world.random.getrandbits(128):032x}"
        world.assets[token] = Asset(kind, name, data, world.clock.now() + world.settings.asset_life)
        return {"token" if kind == "file" else "attachment_id": token}

    return take


def _is_kind(kind: str, name: str, data: bytes) -> bool:
    ending = name.rpartition(".")[2].lower()
    if kind == "image":
        return data.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n"))
    if kind == "gif":
        return data.startswith((b"GIF87a", b"GIF89a"))
    begins = {"pdf": b"%PDF", "docx": b"PK", "doc": b"\xd0\xcf\x11\xe0", "csv": b""}
    return ending in begins and data.startswith(begins[ending])


def getoa(world: World, _: Incoming) -> dict[str, Any]:
    """`GET /v2.0/oa/getoa`."""
    followers = sum(user.follower for user in world.people.values())
    return {
        "oa_id": world.settings.oa_id,
        "name": world.settings.oa_name,
        "is_verified": True,
        "num_follower": followers,
        "package_name": "Growth",
    }


def user_detail(world: World, given: Incoming) -> dict[str, Any]:
    """`GET /v3.0/oa/user/detail`; -213 for strangers."""
    user = _user(world, given)
    seen = user.last_interaction
    day = f"{datetime.fromtimestamp(seen, VIETNAM):%d/%m/%Y}" if seen is not None else ""
    return {
        "user_id": user.id,
        "user_id_by_app": user.by_app,
        "display_name": user.name,
        "user_alias": user.name,
        "is_sensitive": False,
        "user_last_interaction_date": day,
        "user_is_follower": user.follower,
        "avatar": "",
        "tags_and_notes_info": {"notes": [], "tag_names": []},
        "shared_info": user.shared,
    }


def user_list(world: World, given: Incoming) -> dict[str, Any]:
    """`GET /v3.0/oa/user/getlist`."""
    offset, count = _number(given, "offset"), _number(given, "count")
    if offset > FARTHEST or not 0 < count <= MOST_LISTED:
        raise ZaloError(-210, "offset or count")
    followers = [user.id for user in world.people.values() if user.follower]
    page = followers[offset : offset + count]
    return {
        "total": len(followers),
        "count": len(page),
        "offset": offset,
        "users": [{"user_id": one} for one in page],
    }


def user_update(world: World, given: Incoming) -> dict[str, Any]:
    """`POST /v3.0/oa/user/update`."""
    user = _user(world, given)
    shared = given.body.get("shared_info")
    if isinstance(shared, dict):
        user.shared.update({name: str(value) for name, value in shared.items()})
    return {}


def quota_message(world: World, given: Incoming) -> Any:
    """`POST /v3.0/oa/quota/message`."""
    if "user_id" not in given.body:
        left = world.settings.package_quota - world.package_used
        return [{"quota_type": "sub_quota", "remain": str(left), "total": str(world.settings.package_quota)}]
    seen = _user(world, given).last_interaction
    return {"last_interaction": str(round(seen * 1000)) if seen is not None else "", "reply": {}}


def recent_chats(world: World, given: Incoming) -> list[dict[str, Any]]:
    """`GET /v2.0/oa/listrecentchat`: the newest message of each chat, newest first.

    RECALLED: the shape (`src` 0 = OA, 1 = person; `time` in ms; `type`, `message`, `message_id`, `from_id`, `to_id`).
    """
    newest = [(user, shown[-1]) for user in world.people.values() if (shown := _visible(user))]
    newest.sort(key=lambda one: one[1].sent_at, reverse=True)
    return [_message(world, user, shown) for user, shown in _page(newest, given)]


def conversation(world: World, given: Incoming) -> list[dict[str, Any]]:
    """`GET /v2.0/oa/conversation`: the messages of one chat, newest first (shape as `recent_chats`)."""
    user = _user(world, given)
    return [_message(world, user, shown) for shown in _page(_visible(user)[::-1], given)]


def _visible(user: Account) -> list[Shown]:
    return [] if user.anonymous else list(user.messages)


def _page(things: list[Any], given: Incoming) -> list[Any]:
    offset, count = _number(given, "offset"), _number(given, "count")
    if offset < 0 or not 0 < count <= MOST_READ:
        raise ZaloError(-210, "offset or count")
    return things[offset : offset + count]


def _message(world: World, user: Account, shown: Shown) -> dict[str, Any]:
    oa = world.settings.oa_id
    kinds = {"image": "photo", "audio": "voice", "request_user_info": "nosupport", "card": "link"}
    told: dict[str, Any] = {
        "src": 0 if shown.from_oa else 1,
        "time": round(shown.sent_at * 1000),
        "type": kinds.get(shown.kind, shown.kind),
        "message": shown.text,
        "message_id": shown.id,
        "from_id": oa if shown.from_oa else user.id,
        "to_id": user.id if shown.from_oa else oa,
        "from_display_name": world.settings.oa_name if shown.from_oa else user.name,
        "to_display_name": user.name if shown.from_oa else world.settings.oa_name,
    }
    for attachment in shown.attachments:
        told["url"] = attachment.url
        if attachment.kind == "location":
            told["location"] = attachment.text
    return told


def _user(world: World, given: Incoming) -> Account:
    user_id = given.body.get("user_id")
    if not isinstance(user_id, str):
        raise ZaloError(-201, "user_id")
    user = world.people.get(user_id)
    if user is None or user.anonymous or (not user.follower and user.last_interaction is None):
        raise ZaloError(-213)
    return user


def _number(given: Incoming, name: str) -> int:
    value = given.body.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        raise ZaloError(-201, name)
    return value


def message_status(world: World, given: Incoming) -> dict[str, Any]:
    """`GET /message/status` of the business host: -1 not found, 0 not received, 1 received."""
    shown = world.shown.get(given.query.get("message_id", ""))
    if shown is None or not shown.template_id:
        return {"status": -1, "delivery_time": ""}
    at = datetime.fromtimestamp(shown.sent_at, VIETNAM)
    return {
        "status": int(shown.received),
        "delivery_time": f"{at:%H:%M:%S %d/%m/%Y}" if shown.received else "",
    }


METHODS: Final[dict[tuple[str, str], Method]] = {
    ("POST", "/v3.0/oa/message/cs"): message_cs,
    ("POST", "/v2.0/oa/message"): message_v2,
    ("POST", "/v3.0/oa/message/template"): by_uid,
    ("POST", "/v2.0/oa/upload/image"): upload("image"),
    ("POST", "/v2.0/oa/upload/gif"): upload("gif"),
    ("POST", "/v2.0/oa/upload/file"): upload("file"),
    ("GET", "/v2.0/oa/getoa"): getoa,
    ("GET", "/v3.0/oa/user/detail"): user_detail,
    ("GET", "/v3.0/oa/user/getlist"): user_list,
    ("POST", "/v3.0/oa/user/update"): user_update,
    ("POST", "/v3.0/oa/quota/message"): quota_message,
    ("GET", "/v2.0/oa/listrecentchat"): recent_chats,
    ("GET", "/v2.0/oa/conversation"): conversation,
}
"""What openapi.zalo.me answers, by verb and path."""
