"""Where Zalo sends the account's administrator back to: exchanges the code and says what became of it.

The answer is a redirection to a page without the code, so that it stays in no address bar and no history.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Collection
from typing import Final

from aiohttp import web

from bot.channels.zalo_oa.authorise import GOOD, Authorisation, Outcome
from bot.channels.zalo_oa.options import CALLBACK
from bot.web.address import LOOPBACK, Network
from bot.web.limits import Budget, spend_or_refuse
from bot.web.pages import PAGES
from bot.web.security import keep_from_others
from storage.keys import CannotOpen

log = logging.getLogger(__name__)

_LONGEST: Final = 4096
_AT_ONCE: Final = 20
_PER_SECOND: Final = 0.2
_SHOWN: Final = "done"


class AuthorisationCallback:
    """`GET /oauth/zalo`. `count` counts what was refused."""

    def __init__(
        self,
        authorisation: Authorisation,
        *,
        count: Callable[[str], None],
        proxies: Collection[Network] = LOOPBACK,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._authorisation = authorisation
        self._count = count
        self._proxies = proxies
        self._budget = Budget(burst=_AT_ONCE, per_second=_PER_SECOND, time=monotonic)

    def routes(self) -> list[web.RouteDef]:
        """A HEAD request must not use anything up."""
        return [web.get(CALLBACK, self.handle, allow_head=False)]

    async def handle(self, request: web.Request) -> web.Response:
        shown = request.query.get(_SHOWN, "")
        if shown:
            return _page(request, shown)
        spend_or_refuse(self._budget, request, self._proxies)
        given = {name: request.query.get(name, "").strip()[:_LONGEST] for name in ("state", "code", "oa_id")}
        try:
            result = await self._authorisation.finish(
                word=given["state"], code=given["code"], oa_id=given["oa_id"]
            )
        except CannotOpen:
            log.critical("grant_unreadable")
            raise web.HTTPServiceUnavailable from None
        if result.outcome in GOOD:
            log.info("grant_given", extra={"outcome": result.outcome.value, "code": result.code})
        else:
            self._count(f"oauth_{result.outcome.value}")
            log.warning("grant_not_given", extra={"outcome": result.outcome.value, "code": result.code})
        raise web.HTTPSeeOther(f"{CALLBACK}?{_SHOWN}={result.outcome.value}")


def _page(request: web.Request, shown: str) -> web.Response:
    try:
        outcome = Outcome(shown)
    except ValueError:
        raise web.HTTPNotFound from None
    response = request.app[PAGES].render(
        request,
        "notice.html",
        status=200 if outcome in GOOD else 400,
        title=f"grant_{outcome.value}_title",
        text=f"grant_{outcome.value}",
        keep=f"{_SHOWN}={outcome.value}&",
    )
    keep_from_others(response, referrer="no-referrer")
    return response
