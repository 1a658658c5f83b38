"""What the emulated Zalo knows: settings, people's phones, messages, files, calls."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

HOUR = 3600.0
DAY = 24 * HOUR


@dataclass(slots=True)
class Settings:
    """What the consoles hold, and the switches where the truth about Zalo is uncertain (reference 1.13)."""

    app_id: str = "1234567890123456789"
    app_secret: str = "AppSecretForTests"
    oa_id: str = "388613280878808645"
    oa_secret: str = "OaSecretKeyForTests1"
    oa_name: str = "UBND phường Mẫu"
    callback: str = ""
    """Callback URL as the developer console has it; empty takes any."""
    challenge: str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    """PKCE challenge of the console; the default belongs to RFC 7636's verifier."""
    buttons: str = "accept"
    """`accept` | `reject`: buttons in message/cs."""
    lists: str = "reject"
    """`accept` | `reject`: template_type list on v3 (documented for v2.0 only)."""
    unsupported: int = -233
    """-201 or -233: the code of what is rejected by the two switches above."""
    never_interacted: int = -232
    """-232 or -230."""
    demand_proof: bool = False
    """Calls must carry `appsecret_proof` (-242)."""
    oauth_shape: str = "mixed"
    """`short` | `long` | `mixed` (-14014 short, others long, as the documentation shows them)."""
    keep_refresh: bool = False
    """A renewal answers an access token only; the refresh token stays good."""
    echoes: bool = True
    """oa_send_* events for what the API sends; the console's always come."""
    receipts: bool = True
    """user_received_message when a phone that is online gets a message; seen comes with `user.read()`."""
    receipt_delay: float = 0.0
    """Seconds on the clock."""
    hash_only: bool = False
    """Console filter: only texts that begin with `#` become events."""
    night_window: bool = False
    """Templates that are not transactions are refused 22:00-06:00 in Vietnam (-133; promotion -234)."""
    app_per_minute: int = 1_000_000
    oa_per_minute: int = 1_000_000
    package_quota: int = 1_000_000
    """Consultation messages between 48 hours and 7 days (-211 when spent)."""
    template_quota: int = 1_000_000
    """Template messages a day (-144)."""
    uploads_per_month: int = 5_000
    utf16_length: bool = True
    """Texts are measured in UTF-16 units (the stricter reading of `2 000 characters`)."""
    access_life: float = 90_000.0
    refresh_life: float = 90 * DAY
    code_life: float = 600.0
    cdn_life: float = 7 * DAY
    asset_life: float = 7 * DAY


@dataclass(frozen=True, slots=True)
class ShownButton:
    label: str
    type: str
    payload: str = ""
    """Text of oa.query.*; JSON-like parts of other kinds are in `url` or `phone`."""
    url: str = ""
    phone: str = ""


@dataclass(slots=True)
class Attachment:
    kind: str
    """image, gif, file, sticker, audio, video, location, link, card, request_user_info, list."""
    name: str = ""
    url: str = ""
    data: bytes = b""
    title: str = ""
    text: str = ""


@dataclass(slots=True)
class Shown:
    """One message as the phone has it."""

    id: str
    from_oa: bool
    text: str
    sent_at: float
    """Unix seconds."""
    buttons: list[ShownButton] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    kind: str = "text"
    hidden: bool = False
    """A press of oa.query.hide: the OA gets it, the phone does not show it."""
    admin_id: str = ""
    """Set when an officer typed it in the OA's console."""
    quote: str = ""
    template_id: str = ""
    tracking_id: str = ""
    received: bool = False
    seen: bool = False

    @property
    def by_bot(self) -> bool:
        return self.from_oa

    @property
    def labels(self) -> list[str]:
        return [button.label for button in self.buttons]

    def find(self, wanted: str) -> ShownButton | None:
        """The button with this payload or label; else the first whose label contains it, case aside."""
        for button in self.buttons:
            if wanted in (button.payload, button.label):
                return button
        folded = wanted.casefold()
        return next((b for b in self.buttons if folded and folded in b.label.casefold()), None)

    def line(self) -> str:
        who = f"ADMIN {self.admin_id}" if self.admin_id else "OA" if self.from_oa else "USER"
        things = "".join(f" [{a.kind} {a.name or a.title or a.url}]" for a in self.attachments)
        buttons = f"\n      [{' | '.join(self.labels)}]" if self.buttons else ""
        return f"{who}: {self.text}{things}{buttons}"


@dataclass(slots=True)
class CdnFile:
    """What a media link leads to."""

    data: bytes
    content_type: str
    expires: float
    status: int = 200
    """403 or 404 for a link that is dead already."""


@dataclass(slots=True)
class Asset:
    """An upload: its id or token works for `asset_life`."""

    kind: str
    name: str
    data: bytes
    expires: float


@dataclass(slots=True)
class Template:
    """An approved (or not yet approved) ZBS template."""

    id: str
    limits: dict[str, int]
    """Parameter name -> most characters (-1121); all are required (-1122)."""
    text: str
    tag: int = 1
    """1 transaction, 2 customer care, 3 promotion."""
    approved: bool = True
    for_uid: bool = True


@dataclass(slots=True)
class Call:
    """One request and what became of it."""

    host: str
    """`oauth` | `api` | `business` | `cdn`."""
    path: str
    user: str
    """User id or phone it was for, where there is one."""
    body: dict[str, Any]
    at: float
    outcome: str = ""
    """`ok`, `-230 …`, `not applied, reset`, `applied, answer lost`, …"""
    message_id: str = ""


@dataclass(slots=True)
class Incoming:
    """A request, read."""

    method: str
    host: str
    path: str
    body: dict[str, Any]
    """JSON body, form fields, or the `data` parameter of a GET."""
    query: dict[str, str]
    headers: dict[str, str]
    files: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    readable: bool = True
    """The body was of the kind this method takes."""

    def text(self, name: str) -> str:
        found = self.body.get(name, "")
        return found if isinstance(found, str) else ""
