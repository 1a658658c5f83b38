"""The picture on the platform's card that asks for name and number: Zalo wants one, by address (D-ELEM)."""

from __future__ import annotations

import asyncio
import functools
import io
from typing import Final

from aiohttp import web

from bot.channels.zalo_oa.options import PATH

CARD_PATH: Final = f"{PATH}/card.png"
SIZE: Final = (640, 320)
_RED: Final = (143, 29, 33)
"""The colour of the service's own pages."""
_WHITE: Final = (255, 255, 255)


def card_url(public_url: str) -> str:
    """Where Zalo finds the picture; empty where the service has no public https address."""
    return f"{public_url.rstrip('/')}{CARD_PATH}" if public_url.startswith("https://") else ""


async def serve_card(_: web.Request) -> web.Response:
    """The picture, the same for everybody."""
    data = await asyncio.to_thread(card_picture)
    headers = {"Cache-Control": "public, max-age=86400"}
    return web.Response(body=data, content_type="image/png", headers=headers)


@functools.cache
def card_picture() -> bytes:
    """A person and two lines on a card, as PNG."""
    from PIL import Image, ImageDraw

    picture = Image.new("RGB", SIZE, _RED)
    draw = ImageDraw.Draw(picture)
    draw.rounded_rectangle((80, 50, 560, 270), radius=24, fill=_WHITE)
    draw.ellipse((145, 85, 225, 165), fill=_RED)
    draw.pieslice((115, 175, 255, 315), 180, 360, fill=_RED)
    draw.rounded_rectangle((300, 110, 510, 138), radius=14, fill=_RED)
    draw.rounded_rectangle((300, 170, 450, 198), radius=14, fill=_RED)
    written = io.BytesIO()
    picture.save(written, "PNG", optimize=True)
    return written.getvalue()
