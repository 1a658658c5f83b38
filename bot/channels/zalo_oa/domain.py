"""The file by which Zalo believes that the public address is ours (D-DOM)."""

from __future__ import annotations

from typing import Final

from aiohttp import web

BODY: Final = "There Is No Limit To What You Can Accomplish Using Zalo!"
"""What the file holds, as seen at sites that are verified (VERIFIED-CODE)."""


def domain_routes(code: str) -> list[web.RouteDef]:
    """The file's route; none where no code is set."""
    if not code:
        return []

    async def verifier(_: web.Request) -> web.Response:
        page = f'<meta name="zalo-platform-site-verification" content="{code}"/>{BODY}'
        return web.Response(text=page, content_type="text/html")

    return [web.get(f"/zalo_verifier{code}.html", verifier)]
