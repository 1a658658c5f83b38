"""How the text of each setting is read, and what is said of one that is wrong.

Each rule takes what stands in the environment (or the finished value, when a test builds settings in code)
and raises with a sentence for the operator. Rules for secrets never repeat the value.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from enum import StrEnum
from ipaddress import ip_address
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit

from pydantic import SecretStr
from pydantic_core import PydanticCustomError

TELEGRAM_API_URL = "https://api.telegram.org"
_FASTEST_RATE = 1000.0
"""Above what any bot is granted (paid broadcasts of Telegram, Bot API 8.0); more is surely a slip."""

_MOST_PER_MINUTE = 4000
"""Requests a minute that Zalo grants one application, whatever the package (D-RATE)."""
ZALO_OA_API_URL = "https://openapi.zalo.me"
ZALO_OA_OAUTH_URL = "https://oauth.zaloapp.com/v4"
ZALO_OA_BUSINESS_URL = "https://business.openapi.zalo.me"
ZALO_BOT_API_URL = "https://bot-api.zaloplatforms.com"

_Choice = TypeVar("_Choice", bound=StrEnum)


def complaint(setting: str, message: str) -> PydanticCustomError:
    """An error about `setting` (field name) raised by a rule that looks at several settings."""
    return PydanticCustomError("setting", "{message}", {"message": message, "setting": setting})


def _wrong(message: str) -> PydanticCustomError:
    return PydanticCustomError("setting", "{message}", {"message": message})


def _plain(value: Any) -> str:
    return value.get_secret_value() if isinstance(value, SecretStr) else str(value)


def folder(value: Any) -> Path:
    """A path, `~` allowed."""
    return Path(_plain(value)).expanduser()


def readable_file(value: Any) -> Path:
    """A path to a file that exists and can be read."""
    path = folder(value)
    if not path.is_file():
        what = "is a folder" if path.is_dir() else "does not exist"
        raise _wrong(f"the file {path} {what}. Give the path of a readable file, or leave the setting out.")
    try:
        with path.open("rb"):
            return path
    except OSError as error:
        raise _wrong(f"the file {path} cannot be read ({error.strerror}). Mend its owner or mode.") from None


def readable_folder(value: Any) -> Path:
    """A path to a folder that exists and can be listed."""
    path = folder(value)
    if not path.is_dir():
        what = "is a file" if path.exists() else "does not exist"
        raise _wrong(f"the folder {path} {what}. Give the path of a folder, or leave the setting out.")
    try:
        _ = next(path.iterdir(), None)
    except OSError as error:
        raise _wrong(
            f"the folder {path} cannot be read ({error.strerror}). Mend its owner or mode."
        ) from None
    return path


def host(value: Any) -> str:
    """A host name or address to listen on."""
    text = _plain(value).strip("[]")
    if "://" in text or "/" in text or any(letter.isspace() for letter in text):
        raise _wrong(f"{text!r} is not a host name. Give only a name or address, such as 127.0.0.1.")
    if text.count(":") == 1:
        raise _wrong(f"{text!r} holds a port. Give the host alone and the port in TIEPDAN_HTTP_PORT.")
    return text


def port(value: Any) -> int:
    """A TCP port; 0 lets the system choose a free one."""
    text = _plain(value)
    if not (text.isascii() and text.isdigit() and int(text) <= 65535):
        raise _wrong(f"{text[:20]!r} is not a port. Give a whole number from 1 to 65535, such as 8080.")
    return int(text)


def rate(value: Any) -> float:
    """Messages a second; 0 means no pacing of our own."""
    text = _plain(value)
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not 0 <= number <= _FASTEST_RATE:
        raise _wrong(f"{text[:20]!r} is not a rate. Give messages per second, 0 (no pacing) to 1000.")
    return number


def one_of(choices: type[_Choice]) -> Callable[[Any], _Choice]:
    """A rule for a setting that is one of a few words, capitals or not."""

    def rule(value: Any) -> _Choice:
        text = _plain(value).lower()
        for choice in choices:
            if choice.value == text:
                return choice
        words = " or ".join(choice.value for choice in choices)
        raise _wrong(f"{text[:20]!r} is not known. Set it to {words}.")

    return rule


def telegram_token(value: Any) -> SecretStr:
    """A bot token as BotFather gives it: digits, a colon, letters."""
    text = _plain(value)
    if not re.fullmatch(r"\d{1,20}:[A-Za-z0-9_-]{3,100}", text):
        raise _wrong(
            "is not a bot token. Copy the whole line that @BotFather gives (digits, a colon, 35 letters) "
            "without quotes or spaces."
        )
    return SecretStr(text)


def webhook_secret(value: Any) -> SecretStr:
    """1 to 256 letters, digits, `_` and `-` (Bot API, setWebhook `secret_token`)."""
    text = _plain(value)
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", text):
        raise _wrong("may hold 1 to 256 letters, digits, _ and - only (Telegram's rule). Take another word.")
    return SecretStr(text)


def _web_address(text: str, example: str) -> SplitResult:
    try:
        parts = urlsplit(text)
        good = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        good = False
    if not good or any(letter.isspace() for letter in text):
        raise _wrong(f"is not a web address. Give it with http:// or https:// in front, such as {example}.")
    if parts.username or parts.password:
        raise _wrong("holds a user name or password; a web address here must not. Leave that part out.")
    if parts.query or parts.fragment:
        raise _wrong(f"must not hold ? or #. Give only the address, such as {example}.")
    return parts


def public_url(value: Any) -> str:
    """The address people open, without a path and without a slash at the end."""
    text = _plain(value)
    parts = _web_address(text, "https://tiepdan.example.vn")
    if parts.path.strip("/"):
        raise _wrong("must not hold a path: the service needs a host name of its own. Leave the path out.")
    return f"{parts.scheme}://{parts.netloc}"


def api_url(value: Any) -> str:
    """The address of a server that speaks the Bot API, without a slash at the end."""
    text = _plain(value)
    _web_address(text, TELEGRAM_API_URL)
    return text.rstrip("/")


def digits(value: Any) -> str:
    """An id of a platform: digits, kept as text (they are larger than a number may be)."""
    text = _plain(value)
    if not re.fullmatch(r"[0-9]{1,30}", text):
        raise _wrong("is not an id. Copy the digits alone, without quotes, spaces or points.")
    return text


def secret_word(value: Any) -> SecretStr:
    """A key or token as a console shows it: one word of visible ASCII."""
    text = _plain(value)
    if not re.fullmatch(r"[\x21-\x7e]{6,4096}", text):
        raise _wrong("is not one word of letters, digits and signs. Copy it anew, whole and without spaces.")
    return SecretStr(text)


def domain_code(value: Any) -> str:
    """The code of Zalo's domain check; the file's whole name is understood as well."""
    text = _plain(value).removeprefix("zalo_verifier").removesuffix(".html")
    if not re.fullmatch(r"[A-Za-z0-9_-]{4,100}", text):
        raise _wrong("is not a code of Zalo's domain check. Copy the part between zalo_verifier and .html.")
    return text


def per_minute(value: Any) -> int:
    """Requests a minute, at least 1; 0 means no budget of our own."""
    text = _plain(value)
    if not (text.isascii() and text.isdigit() and int(text) <= _MOST_PER_MINUTE):
        raise _wrong(f"{text[:20]!r} is not a rate. Give requests per minute, 0 (no budget) to 4000.")
    return int(text)


def zalo_bot_token(value: Any) -> SecretStr:
    """A token of the Zalo Bot Platform: digits, a colon, letters."""
    text = _plain(value)
    if not re.fullmatch(r"\d{1,30}:[\x21-\x7e]{3,200}", text):
        raise _wrong(
            "is not a bot token. Copy the whole line that the chat of Zalo Bot Manager gives (digits, a "
            "colon, letters) without quotes or spaces."
        )
    return SecretStr(text)


def long_secret(value: Any) -> SecretStr:
    """8 to 256 letters, digits, `_` and `-` (Zalo Bot Platform, setWebhook `secret_token`)."""
    text = _plain(value)
    if not re.fullmatch(r"[A-Za-z0-9_-]{8,256}", text):
        raise _wrong("may hold 8 to 256 letters, digits, _ and - only (Zalo's rule). Take another word.")
    return SecretStr(text)


def database_url(value: Any) -> SecretStr:
    """A SQLAlchemy URL for aiosqlite or asyncpg; `sqlite:///` and `postgresql://` are completed."""
    text = _plain(value)
    scheme, separator, rest = text.partition("://")
    scheme = {
        "sqlite": "sqlite+aiosqlite",
        "postgres": "postgresql+asyncpg",
        "postgresql": "postgresql+asyncpg",
    }.get(scheme, scheme)
    if not separator or scheme not in {"sqlite+aiosqlite", "postgresql+asyncpg"}:
        shown = f" ({scheme}://)" if separator and re.fullmatch(r"[a-z0-9+]{1,30}", scheme) else ""
        raise _wrong(
            f"is not a database this service works with{shown}. Give "
            "postgresql+asyncpg://user:password@host/name or sqlite+aiosqlite:////absolute/path.db, "
            "or leave it out for SQLite in TIEPDAN_DATA_DIR."
        )
    if scheme == "sqlite+aiosqlite":
        return SecretStr(_sqlite(rest))
    return SecretStr(_postgresql(f"{scheme}://{rest}"))


def _sqlite(rest: str) -> str:
    path = rest.removeprefix("/")
    if path == rest or not path or path.startswith(":memory:"):
        raise _wrong(
            "names no file: what is kept in memory would be lost. Give sqlite+aiosqlite:////absolute/path.db "
            "or leave it out for SQLite in TIEPDAN_DATA_DIR."
        )
    return f"sqlite+aiosqlite:///{path}"


def _postgresql(url: str) -> str:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise _wrong("cannot be read. In a password write @ as %40, : as %3A, / as %2F, # as %23.") from None
    if parts.fragment or "#" in url:
        raise _wrong("holds a #. In a password write it as %23.")
    if not parts.path.strip("/"):
        raise _wrong(
            "names no database. Put its name at the end: postgresql+asyncpg://user:password@host/name."
        )
    query = [("ssl" if name == "sslmode" else name, value) for name, value in parse_qsl(parts.query)]
    return f"{parts.scheme}://{parts.netloc}{parts.path}" + (f"?{urlencode(query)}" if query else "")


def address_of(listen_host: str, listen_port: int) -> str:
    """The address of a server on this machine that listens on this host and port."""
    try:
        address = ip_address(listen_host)
    except ValueError:
        return f"http://{listen_host}:{listen_port}"
    if address.is_unspecified:
        return f"http://{'127.0.0.1' if address.version == 4 else '[::1]'}:{listen_port}"
    return f"http://{listen_host if address.version == 4 else f'[{listen_host}]'}:{listen_port}"
