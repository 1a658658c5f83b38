"""How the Official Account is reached, and what its parts ask of one another."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Final, Protocol

from bot.setting_views import Signing

CHANNEL: Final = "zalo_oa"
PATH: Final = "/webhooks/zalo-oa"
CALLBACK: Final = "/oauth/zalo"
FREE_WINDOW: Final = timedelta(hours=48)
"""Messages within this time of a person's last interaction are free (D-CS)."""
PAID_WINDOW: Final = timedelta(days=7)
"""Until then they are allowed and billable; later ones are refused with -230 (D-CS)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OaOptions:
    """The account, its application and the servers. `receives` off: only sends (no intake role)."""

    oa_id: str
    app_id: str
    app_secret: str = field(repr=False)
    secret_key: str = field(repr=False)
    refresh_token: str = field(default="", repr=False)
    api_url: str = "https://openapi.zalo.me"
    oauth_url: str = "https://oauth.zaloapp.com/v4"
    business_url: str = "https://business.openapi.zalo.me"
    public_url: str = ""
    """Address of the service without a closing slash."""
    rate: int = 100
    """Requests a minute; 0: no budget of our own."""
    signing: Signing = Signing.OA_KEY
    buttons: bool = True
    paid_replies: bool = True
    proof: bool = False
    domain_code: str = ""
    templates: Path | None = None
    receives: bool = True

    @property
    def window(self) -> timedelta:
        """How long after a person's last interaction ordinary messages are sent."""
        return PAID_WINDOW if self.paid_replies else FREE_WINDOW


class AccessTokens(Protocol):
    """Where the client gets its access token from (`bot.channels.zalo_oa.tokens`)."""

    async def current(self) -> str:
        """A token that should be good. Raises Stop where a person must authorise, Again while it cannot be had."""

    async def refused(self, token: str) -> None:
        """The platform refused this token (-216, -220, -124): have another one for the next `current`.

        Raises as `current`. Does nothing where the token was replaced meanwhile.
        """
