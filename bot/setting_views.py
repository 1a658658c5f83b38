"""The small views of the settings that the parts of the service get, and the words a setting may take."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum, unique
from pathlib import Path

from pydantic import SecretStr


@unique
class TelegramMode(StrEnum):
    """How updates of the bot come in."""

    POLLING = "polling"
    WEBHOOK = "webhook"


@unique
class LogFormat(StrEnum):
    """For eyes or for machines."""

    CONSOLE = "console"
    JSON = "json"


@unique
class Switch(StrEnum):
    """On or off."""

    ON = "on"
    OFF = "off"


@unique
class Signing(StrEnum):
    """With what Zalo signs an event: the key, and whether the OA's id stands first (RECALLED variants)."""

    OA_KEY = "oa_key"
    """app id + body + timestamp + OA secret key (D-HOOK)."""
    APP_SECRET = "app_secret"  # noqa: S105 - a word of the setting, no secret
    """The same with the application's secret."""
    OA_ID_FIRST = "oa_id_first"
    """OA id instead of the app id, with the OA secret key."""


@dataclass(frozen=True, slots=True)
class HttpSettings:
    """The web server. `public_url` is what people open, without a slash at the end."""

    host: str
    port: int
    public_url: str

    @property
    def secure(self) -> bool:
        """True when people reach the service over https (cookies are then `Secure`)."""
        return self.public_url.startswith("https://")


@dataclass(frozen=True, slots=True)
class StorageSettings:
    """Where everything is kept. The key ring belongs in a back-up of its own."""

    database_url: SecretStr
    data_dir: Path
    files_dir: Path
    key_file: Path


@dataclass(frozen=True, slots=True)
class TelegramSettings:
    """The bot's account. `webhook_secret` is set in webhook mode; `rate` is messages a second (0: none)."""

    token: SecretStr
    api_url: str
    mode: TelegramMode
    webhook_secret: SecretStr | None
    rate: float

    @property
    def account(self) -> str:
        """The bot's numeric id, the public part of the token."""
        return self.token.get_secret_value().partition(":")[0]


@dataclass(frozen=True, slots=True)
class ZaloOaSettings:
    """The Official Account. `rate` is requests a minute (0: no budget of our own)."""

    oa_id: str
    app_id: str
    app_secret: SecretStr
    secret_key: SecretStr
    refresh_token: SecretStr | None
    api_url: str
    oauth_url: str
    business_url: str
    rate: int
    signing: Signing
    buttons: bool
    paid_replies: bool
    """Whether messages go out between 48 hours and 7 days, where they cost money."""
    proof: bool
    domain_code: str
    """What Zalo looks for at the public address before it believes that the domain is ours."""
    templates: Path | None


@dataclass(frozen=True, slots=True)
class ZaloBotSettings:
    """The account on the Bot Platform. With a secret it is called by webhook, without one it polls."""

    token: SecretStr
    secret: SecretStr | None
    api_url: str

    @property
    def account(self) -> str:
        """The public part of the token."""
        return self.token.get_secret_value().partition(":")[0]
