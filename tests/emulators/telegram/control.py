"""A small HTTP control under `/sim/` for demonstrations and drivers in another process. JSON in, JSON out.

POST /sim/say        {"person": 5, "text": "…"}            POST /sim/press  {"person": 5, "button": "…"}
POST /sim/photo      {"person": 5, "caption": "…"}         POST /sim/block  {"person": 5}   /sim/unblock
POST /sim/fault      {"kind": "lost_after", "method": "sendMessage", "chat": 5, "count": 1}
POST /sim/redeliver  {"update_id": 100001}                 GET /sim/transcript?chat=5
GET  /sim/calls      GET /sim/chats                        GET /sim/state
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .errors import ApiError, bad
from .model import Call
from .params import Params, read_params
from .people import ButtonMissing
from .phone import Shown

if TYPE_CHECKING:
    from aiohttp import web

    from .emulator import TelegramEmulator


class Control:
    def __init__(self, emulator: TelegramEmulator) -> None:
        self._emulator = emulator

    async def handle(self, request: web.BaseRequest) -> Any:
        params = await read_params(request)
        action = request.path.removeprefix("/sim/").strip("/").replace("/", "_")
        handler = getattr(self, f"do_{action}", None)
        if handler is None:
            raise ApiError(404, "Not Found")
        try:
            return handler(params)
        except (ButtonMissing, LookupError, TypeError, ValueError) as error:
            raise bad(str(error)) from None

    def do_say(self, params: Params) -> Any:
        return _shown(self._person(params).say(params.text("text")))

    def do_photo(self, params: Params) -> Any:
        return _shown(self._person(params).send_photo(params.text("caption")))

    def do_press(self, params: Params) -> Any:
        self._person(params).press(params.text("button"))
        return {"ok": True}

    def do_block(self, params: Params) -> Any:
        self._person(params).block()
        return {"ok": True}

    def do_unblock(self, params: Params) -> Any:
        self._person(params).unblock()
        return {"ok": True}

    def do_fault(self, params: Params) -> Any:
        settings = {k: v for k, v in params.values.items() if k not in ("kind", "method")}
        self._emulator.fault(params.text("kind"), params.text("method"), **settings)
        return {"ok": True}

    def do_redeliver(self, params: Params) -> Any:
        self._emulator.redeliver(params.integer("update_id"))
        return {"ok": True}

    def do_transcript(self, params: Params) -> Any:
        return [_shown(shown) for shown in self._emulator.transcript(params.integer("chat"))]

    def do_chats(self, params: Params) -> Any:
        return [
            {**chat.api(), "messages": len(chat.messages)} for chat in self._emulator.world.chats.values()
        ]

    def do_calls(self, params: Params) -> Any:
        return [_call(call) for call in self._emulator.calls]

    def do_state(self, params: Params) -> Any:
        return {"unconfirmed": self._emulator.unconfirmed, "calls": len(self._emulator.server.calls)}

    def _person(self, params: Params) -> Any:
        return self._emulator.person(params.integer("person", 5), params.text("first_name") or "An")


def _shown(shown: Shown) -> dict[str, Any]:
    return {
        "id": shown.id,
        "by_bot": shown.by_bot,
        "text": shown.text,
        "edited": shown.edited,
        "keyboard": shown.keyboard,
        "rows": [[{"label": b.label, "data": b.data, "url": b.url} for b in row] for row in shown.rows],
    }


def _call(call: Call) -> dict[str, Any]:
    return {
        "method": call.method,
        "chat": call.chat,
        "outcome": call.outcome,
        "message_id": call.message_id,
        "seconds": round(call.seconds, 4),
    }
