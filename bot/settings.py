"""What the operator can set: one frozen object, read once at start from the environment and an `.env` file.

Every name is `TIEPDAN_` + the field's name in capitals; `docs/settings.md` lists them all. A wrong value
gives one line that names the variable, says what is wrong and how to mend it; all wrong ones are told at
once. The value of a secret is never repeated. An empty value counts as not set.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Self

from dotenv import dotenv_values
from dotenv.parser import parse_stream
from pydantic import BeforeValidator, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot import setting_rules as rules
from bot.setting_views import (
    HttpSettings,
    LogFormat,
    Signing,
    StorageSettings,
    Switch,
    TelegramMode,
    TelegramSettings,
    ZaloBotSettings,
    ZaloOaSettings,
)

PREFIX = "TIEPDAN_"
ENV_FILE = Path(".env")
_SLIP = "unknown;"
_FOR_TESTS = "TIEPDAN_TEST_"
"""Variables of the test run (`TIEPDAN_TEST_STRICT`) are no settings of the service."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend: the variable (or file), what is wrong with it and what would be right."""

    name: str
    message: str

    def __str__(self) -> str:
        return f"{self.name}: {self.message}"


class SettingsError(Exception):
    """The service cannot start with these settings; `str()` gives a line for each of `problems`."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class Settings(BaseSettings):
    """Everything that can be set, checked. The parts of the service get the small views below."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file_encoding="utf-8-sig",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
        validate_default=False,
    )

    data_dir: Annotated[Path, BeforeValidator(rules.folder)] = Path("var")
    database_url: Annotated[SecretStr | None, BeforeValidator(rules.database_url)] = None
    secret_key_file: Annotated[Path | None, BeforeValidator(rules.folder)] = None
    agency_file: Annotated[Path | None, BeforeValidator(rules.readable_file)] = None
    calendar_file: Annotated[Path | None, BeforeValidator(rules.readable_file)] = None
    paper_templates: Annotated[Path | None, BeforeValidator(rules.readable_folder)] = None
    trust_roots: Annotated[Path | None, BeforeValidator(rules.readable_folder)] = None
    http_host: Annotated[str, BeforeValidator(rules.host)] = "127.0.0.1"
    http_port: Annotated[int, BeforeValidator(rules.port)] = 8080
    public_url: Annotated[str, BeforeValidator(rules.public_url)] = ""
    telegram_token: Annotated[SecretStr | None, BeforeValidator(rules.telegram_token)] = None
    telegram_api_url: Annotated[str, BeforeValidator(rules.api_url)] = rules.TELEGRAM_API_URL
    telegram_mode: Annotated[TelegramMode, BeforeValidator(rules.one_of(TelegramMode))] = TelegramMode.POLLING
    telegram_webhook_secret: Annotated[SecretStr | None, BeforeValidator(rules.webhook_secret)] = None
    telegram_rate: Annotated[float, BeforeValidator(rules.rate)] = 30.0
    zalo_oa_id: Annotated[str, BeforeValidator(rules.digits)] = ""
    zalo_oa_app_id: Annotated[str, BeforeValidator(rules.digits)] = ""
    zalo_oa_app_secret: Annotated[SecretStr | None, BeforeValidator(rules.secret_word)] = None
    zalo_oa_secret_key: Annotated[SecretStr | None, BeforeValidator(rules.secret_word)] = None
    zalo_oa_refresh_token: Annotated[SecretStr | None, BeforeValidator(rules.secret_word)] = None
    zalo_oa_api_url: Annotated[str, BeforeValidator(rules.api_url)] = rules.ZALO_OA_API_URL
    zalo_oa_oauth_url: Annotated[str, BeforeValidator(rules.api_url)] = rules.ZALO_OA_OAUTH_URL
    zalo_oa_business_url: Annotated[str, BeforeValidator(rules.api_url)] = rules.ZALO_OA_BUSINESS_URL
    zalo_oa_rate: Annotated[int, BeforeValidator(rules.per_minute)] = 100
    zalo_oa_signing: Annotated[Signing, BeforeValidator(rules.one_of(Signing))] = Signing.OA_KEY
    zalo_oa_buttons: Annotated[Switch, BeforeValidator(rules.one_of(Switch))] = Switch.ON
    zalo_oa_paid_replies: Annotated[Switch, BeforeValidator(rules.one_of(Switch))] = Switch.ON
    zalo_oa_proof: Annotated[Switch, BeforeValidator(rules.one_of(Switch))] = Switch.OFF
    zalo_oa_domain_code: Annotated[str, BeforeValidator(rules.domain_code)] = ""
    zalo_templates: Annotated[Path | None, BeforeValidator(rules.readable_file)] = None
    zalo_bot_token: Annotated[SecretStr | None, BeforeValidator(rules.zalo_bot_token)] = None
    zalo_bot_secret: Annotated[SecretStr | None, BeforeValidator(rules.long_secret)] = None
    zalo_bot_api_url: Annotated[str, BeforeValidator(rules.api_url)] = rules.ZALO_BOT_API_URL
    log_format: Annotated[LogFormat, BeforeValidator(rules.one_of(LogFormat))] = LogFormat.CONSOLE

    @model_validator(mode="before")
    @classmethod
    def _blank_is_unset(cls, values: dict[str, Any]) -> dict[str, Any]:
        kept = {}
        for name, value in values.items():
            if isinstance(value, str):
                value = value.strip()
            if value is not None and value != "":
                kept[name] = value
        return kept

    @model_validator(mode="after")
    def _webhook_is_complete(self) -> Self:
        if self.telegram_token is None or self.telegram_mode is not TelegramMode.WEBHOOK:
            return self
        if self.telegram_webhook_secret is None:
            raise rules.complaint(
                "telegram_webhook_secret",
                "not set, but TIEPDAN_TELEGRAM_MODE is webhook. Set it to a random word, e.g. from: "
                'python3 -c "import secrets; print(secrets.token_urlsafe(32))"',
            )
        if self.telegram_api_url == rules.TELEGRAM_API_URL and not self.http.secure:
            raise rules.complaint(
                "public_url",
                "Telegram calls webhooks over https only. Set the https:// address people reach the service "
                "at, or use TIEPDAN_TELEGRAM_MODE=polling, which needs no public address.",
            )
        return self

    @model_validator(mode="after")
    def _zalo_is_complete(self) -> Self:
        wanted = {
            "zalo_oa_id": self.zalo_oa_id,
            "zalo_oa_app_id": self.zalo_oa_app_id,
            "zalo_oa_app_secret": self.zalo_oa_app_secret,
            "zalo_oa_secret_key": self.zalo_oa_secret_key,
        }
        missing = [name for name, value in wanted.items() if not value]
        if missing and len(missing) < len(wanted):
            others = ", ".join(PREFIX + name.upper() for name in wanted if name not in missing)
            raise rules.complaint(
                missing[0],
                f"not set, but {others} is. The Official Account needs all four; docs/zalo.md says where each "
                "stands in Zalo's console.",
            )
        if self.zalo_bot_secret is not None and self.zalo_bot_token is None:
            raise rules.complaint(
                "zalo_bot_token",
                "not set, but TIEPDAN_ZALO_BOT_SECRET is. Set the bot's token, or leave both out.",
            )
        public = self.zalo_bot_api_url == rules.ZALO_BOT_API_URL and not self.http.secure
        if self.zalo_bot_secret is not None and public:
            raise rules.complaint(
                "public_url",
                "Zalo calls webhooks over https only. Set the https:// address people reach the service at, or "
                "leave TIEPDAN_ZALO_BOT_SECRET out: then the bot polls and needs no public address.",
            )
        return self

    @property
    def http(self) -> HttpSettings:
        """The web server's part."""
        return HttpSettings(
            host=self.http_host,
            port=self.http_port,
            public_url=self.public_url or rules.address_of(self.http_host, self.http_port),
        )

    @property
    def storage(self) -> StorageSettings:
        """Where data is kept, defaults filled in."""
        folder = self.data_dir.absolute()
        default = f"sqlite+aiosqlite:///{folder / 'tiepdan.db'}"
        return StorageSettings(
            database_url=self.database_url or SecretStr(default),
            data_dir=folder,
            files_dir=folder / "files",
            key_file=(self.secret_key_file or folder / "keys.json").absolute(),
        )

    @property
    def telegram(self) -> TelegramSettings | None:
        """The bot's part; None when no token is set and the channel is off."""
        if self.telegram_token is None:
            return None
        return TelegramSettings(
            token=self.telegram_token,
            api_url=self.telegram_api_url,
            mode=self.telegram_mode,
            webhook_secret=self.telegram_webhook_secret,
            rate=self.telegram_rate,
        )

    @property
    def zalo_oa(self) -> ZaloOaSettings | None:
        """The Official Account's part; None when it is not set and the channel is off."""
        if not self.zalo_oa_id or self.zalo_oa_app_secret is None or self.zalo_oa_secret_key is None:
            return None
        return ZaloOaSettings(
            oa_id=self.zalo_oa_id,
            app_id=self.zalo_oa_app_id,
            app_secret=self.zalo_oa_app_secret,
            secret_key=self.zalo_oa_secret_key,
            refresh_token=self.zalo_oa_refresh_token,
            api_url=self.zalo_oa_api_url,
            oauth_url=self.zalo_oa_oauth_url,
            business_url=self.zalo_oa_business_url,
            rate=self.zalo_oa_rate,
            signing=self.zalo_oa_signing,
            buttons=self.zalo_oa_buttons is Switch.ON,
            paid_replies=self.zalo_oa_paid_replies is Switch.ON,
            proof=self.zalo_oa_proof is Switch.ON,
            domain_code=self.zalo_oa_domain_code,
            templates=self.zalo_templates,
        )

    @property
    def zalo_bot(self) -> ZaloBotSettings | None:
        """The Bot Platform's part; None when no token is set and the channel is off."""
        if self.zalo_bot_token is None:
            return None
        return ZaloBotSettings(
            token=self.zalo_bot_token, secret=self.zalo_bot_secret, api_url=self.zalo_bot_api_url
        )

    def secrets(self) -> tuple[str, ...]:
        """Every secret value, for the log's filter only."""
        values = (
            self.telegram_token,
            self.telegram_webhook_secret,
            self.database_url,
            self.zalo_oa_app_secret,
            self.zalo_oa_secret_key,
            self.zalo_oa_refresh_token,
            self.zalo_bot_token,
            self.zalo_bot_secret,
        )
        return tuple(value.get_secret_value() for value in values if value is not None)

    @classmethod
    def load(cls, env_file: Path | None = ENV_FILE) -> Self:
        """Read the environment and `env_file`; the environment wins. Raises SettingsError (all problems)."""
        problems = [*_env_file_problems(env_file)]
        loaded = None
        if not problems:
            problems += [found for found in unknown_names(env_file) if found.message.startswith(_SLIP)]
            try:
                loaded = cls(_env_file=env_file)  # type: ignore[call-arg]  # pydantic-settings adds it
            except ValidationError as error:
                problems += [_problem(dict(item)) for item in error.errors()]
        if problems or loaded is None:
            raise SettingsError(problems)
        return loaded


def setting_names() -> tuple[str, ...]:
    """Every variable the service knows, in the order of the documentation."""
    return tuple(PREFIX + name.upper() for name in Settings.model_fields)


def unknown_names(env_file: Path | None = ENV_FILE) -> list[Problem]:
    """`TIEPDAN_…` variables that mean nothing here.

    One that looks like a mistyped name keeps the service from starting ("unknown; did you mean …?"); another,
    such as a setting of a later version, is only worth a warning.
    """
    known = [name.removeprefix(PREFIX) for name in setting_names()]
    present = {name.upper() for name in os.environ}
    if env_file is not None and env_file.is_file():
        present |= {name.upper() for name in dotenv_values(env_file, encoding="utf-8-sig", interpolate=False)}
    problems = []
    for name in sorted(present - set(setting_names())):
        if not name.startswith(PREFIX) or name.startswith(_FOR_TESTS):
            continue
        close = difflib.get_close_matches(name.removeprefix(PREFIX), known, 1, 0.8)
        message = "not a setting of this version, ignored. docs/settings.md lists them all."
        if close:
            message = f"{_SLIP} did you mean {PREFIX}{close[0]}?"
        problems.append(Problem(name, message))
    return problems


def _env_file_problems(env_file: Path | None) -> list[Problem]:
    if env_file is None or not env_file.exists():
        return []
    try:
        with env_file.open(encoding="utf-8-sig") as stream:
            wrong = [binding.original.line for binding in parse_stream(stream) if binding.error]
    except UnicodeDecodeError:
        return [Problem(str(env_file), "is not UTF-8 text; save it as UTF-8.")]
    except OSError as error:
        return [Problem(str(env_file), f"cannot be read ({error.strerror}); check its owner and mode.")]
    return [Problem(f"{env_file} line {line}", "is not of the form NAME=value.") for line in wrong]


def _problem(error: dict[str, Any]) -> Problem:
    context = error.get("ctx") or {}
    location = error["loc"][0] if error["loc"] else context.get("setting", "settings")
    return Problem(PREFIX + str(location).upper(), str(error["msg"]))
