"""Zalo's refusals as one table, and what each means for a send (reference 1.12: D-ERR, D-ZBS, SDK lists).

Numbers mean different things on different hosts, so a meaning is found by (host, code). The words are our own:
Zalo's message may quote what was sent.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum, unique
from typing import Final, Protocol

from bot.channels.base import Again, Closed, Never, Refusal, SendFault, Stop


@unique
class Host(StrEnum):
    """Which server refused."""

    API = "api"
    BUSINESS = "business"
    """Templates by phone number."""


@unique
class Remedy(StrEnum):
    """What is done about a code."""

    NEXT_MINUTE = "next_minute"
    FEW_TRIES = "few_tries"
    RENEW = "renew"
    """Have the token renewed, then once more (`bot.channels.zalo_oa.client` does so)."""
    LATER = "later"
    MORNING = "morning"
    CLOSED = "closed"
    """Until the person writes, or by another way."""
    BLOCKED = "blocked"
    REFUSED = "refused"
    """This very message."""
    PLAIN = "plain"
    """The form of the message: the same without buttons may pass."""
    UPLOAD = "upload"
    """The uploaded file is gone: upload it again."""
    TEMPLATE = "template"
    """The template or what it costs: an ordinary message may still pass."""
    STOP = "stop"
    """The account or the application."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """One code: its class in the reference (R, T, U, F, D), what is done, words for the log."""

    group: str
    remedy: Remedy
    words: str
    alarm: bool = False
    """An operator must do something about it."""


class Refused(SendFault):
    """Zalo answered with an error number. Nothing was done."""

    def __init__(self, code: int, host: Host = Host.API) -> None:
        super().__init__(f"zalo {code}: {meaning_of(host, code).words}")
        self.code = code
        self.host = host

    @property
    def meaning(self) -> Meaning:
        return meaning_of(self.host, self.code)


FEW: Final = 4
"""How often something generic or unknown is tried before it is given up."""
LATER_SECONDS: Final = 1_800.0
"""Pause where a quota is used up; it may be refilled at midnight, by the console or not at all."""

_ANY: Final[dict[int, Meaning]] = {
    -32: Meaning("R", Remedy.NEXT_MINUTE, "too many requests this minute"),
}
_TEMPLATES: Final[dict[int, Meaning]] = {
    -108: Meaning("U", Remedy.CLOSED, "phone number invalid"),
    -114: Meaning("U", Remedy.CLOSED, "person cannot receive it"),
    -115: Meaning("D", Remedy.TEMPLATE, "balance too low", alarm=True),
    -117: Meaning("F", Remedy.TEMPLATE, "template not permitted to the application", alarm=True),
    -118: Meaning("U", Remedy.CLOSED, "no such Zalo account, or inactive"),
    -119: Meaning("U", Remedy.CLOSED, "account cannot receive it"),
    -1121: Meaning("F", Remedy.TEMPLATE, "template parameter too long", alarm=True),
    -1122: Meaning("F", Remedy.TEMPLATE, "template parameter missing", alarm=True),
    -126: Meaning("F", Remedy.TEMPLATE, "development mode", alarm=True),
    -127: Meaning("F", Remedy.TEMPLATE, "development mode", alarm=True),
    -131: Meaning("F", Remedy.TEMPLATE, "template not approved", alarm=True),
    -133: Meaning("D", Remedy.MORNING, "not at night"),
    -135: Meaning("F", Remedy.TEMPLATE, "account may not send templates", alarm=True),
    -1351: Meaning("F", Remedy.TEMPLATE, "account may not send templates", alarm=True),
    -136: Meaning("F", Remedy.TEMPLATE, "no template account", alarm=True),
    -137: Meaning("F", Remedy.TEMPLATE, "no package for templates", alarm=True),
    -139: Meaning("U", Remedy.CLOSED, "person does not want such messages"),
    -141: Meaning("U", Remedy.CLOSED, "person does not want messages of the account"),
    -144: Meaning("D", Remedy.LATER, "templates of the day used up", alarm=True),
    -146: Meaning("F", Remedy.TEMPLATE, "template not usable", alarm=True),
    -147: Meaning("D", Remedy.LATER, "this template's day used up", alarm=True),
    -249: Meaning("F", Remedy.TEMPLATE, "template not for user ids", alarm=True),
}
_API: Final[dict[int, Meaning]] = {
    -100: Meaning("F", Remedy.UPLOAD, "uploaded file expired"),
    -200: Meaning("R", Remedy.FEW_TRIES, "sending failed"),
    -201: Meaning("F", Remedy.PLAIN, "invalid parameter"),
    -204: Meaning("F", Remedy.STOP, "account disabled", alarm=True),
    -205: Meaning("F", Remedy.STOP, "account does not exist", alarm=True),
    -209: Meaning("F", Remedy.STOP, "application not activated", alarm=True),
    -210: Meaning("F", Remedy.REFUSED, "parameter over its limit"),
    -211: Meaning("D", Remedy.LATER, "quota used up", alarm=True),
    -212: Meaning("F", Remedy.STOP, "application lacks this API", alarm=True),
    -213: Meaning("U", Remedy.BLOCKED, "person has no relation with the account"),
    -214: Meaning("R", Remedy.FEW_TRIES, "still being processed"),
    -216: Meaning("T", Remedy.RENEW, "access token invalid"),
    -217: Meaning("U", Remedy.BLOCKED, "person blocked invitations"),
    -218: Meaning("D", Remedy.LATER, "person's messages of the day used up", alarm=True),
    -219: Meaning("F", Remedy.STOP, "application removed or disabled", alarm=True),
    -220: Meaning("T", Remedy.RENEW, "access token expired"),
    -221: Meaning("F", Remedy.STOP, "account not verified", alarm=True),
    -223: Meaning("F", Remedy.STOP, "account did not grant the application", alarm=True),
    -224: Meaning("F", Remedy.STOP, "account needs a higher package", alarm=True),
    -227: Meaning("U", Remedy.BLOCKED, "person banned or inactive"),
    -230: Meaning("U", Remedy.CLOSED, "no interaction within 7 days"),
    -232: Meaning("U", Remedy.CLOSED, "no interaction, or it expired"),
    -233: Meaning("F", Remedy.PLAIN, "kind of message not supported"),
    -234: Meaning("D", Remedy.MORNING, "not at night"),
    -235: Meaning("F", Remedy.REFUSED, "API not for this kind of account", alarm=True),
    -237: Meaning("F", Remedy.REFUSED, "group disabled or expired"),
    -238: Meaning("F", Remedy.UPLOAD, "uploaded file not usable"),
    -240: Meaning("F", Remedy.REFUSED, "old way of sending is closed", alarm=True),
    -241: Meaning("F", Remedy.UPLOAD, "uploaded file not usable"),
    -242: Meaning("F", Remedy.STOP, "appsecret_proof wrong or missing", alarm=True),
    -244: Meaning("U", Remedy.BLOCKED, "person does not take messages of the account"),
    -248: Meaning("F", Remedy.REFUSED, "content against the platform's policy", alarm=True),
    -305: Meaning("U", Remedy.CLOSED, "time for replies is over"),
    -311: Meaning("D", Remedy.LATER, "replies to the person used up"),
    # Only messages that cost something need the two; a free one passes once the person has written.
    -320: Meaning("F", Remedy.TEMPLATE, "no account for paid messages", alarm=True),
    -321: Meaning("F", Remedy.TEMPLATE, "account for paid messages is empty", alarm=True),
    -403: Meaning("F", Remedy.BLOCKED, "account is not in the group"),
    112: Meaning("F", Remedy.STOP, "application and account not linked", alarm=True),
    **_TEMPLATES,
    **_ANY,
}
_BUSINESS: Final[dict[int, Meaning]] = {
    -124: Meaning("T", Remedy.RENEW, "access token invalid"),
    -1241: Meaning("F", Remedy.TEMPLATE, "appsecret_proof wrong or missing", alarm=True),
    -216: Meaning("T", Remedy.RENEW, "access token invalid"),
    -220: Meaning("T", Remedy.RENEW, "access token expired"),
    **_TEMPLATES,
    **_ANY,
}
_MAY_MEAN_TEMPLATES: Final = frozenset({-212, -221, -224})
"""Verification, package and API group are asked for templates apart from ordinary messages."""
TABLE: Final[dict[Host, dict[int, Meaning]]] = {Host.API: _API, Host.BUSINESS: _BUSINESS}
_UNKNOWN: Final = Meaning("?", Remedy.FEW_TRIES, "unknown error")


def meaning_of(host: Host, code: int) -> Meaning:
    """What the code means there; an unknown one is generic."""
    return TABLE[host].get(code, _UNKNOWN)


def is_known(host: Host, code: int) -> bool:
    return code in TABLE[host]


class Means(Protocol):
    """What is to be done after a refusal: `fault_of` or `template_fault_of`."""

    def __call__(self, refused: Refused, *, tries: int, next_minute: float, morning: float) -> SendFault: ...


def fault_of(refused: Refused, *, tries: int, next_minute: float, morning: float) -> SendFault:
    """What to do with an ordinary message after this refusal.

    `tries`: how often this message was refused so before. `next_minute`, `morning`: seconds until then, with
    jitter.
    """
    meaning, reason = refused.meaning, refused.reason
    match meaning.remedy:
        case Remedy.NEXT_MINUTE:
            return Again(reason, after=next_minute, whole_account=True)
        case Remedy.LATER:
            return Again(reason, after=LATER_SECONDS)
        case Remedy.MORNING:
            return Again(reason, after=morning)
        case Remedy.RENEW:
            return Again(reason, after=next_minute)
        case Remedy.CLOSED | Remedy.TEMPLATE:
            return Closed(reason)
        case Remedy.BLOCKED:
            return Never(reason, refusal=Refusal.BLOCKED)
        case Remedy.STOP:
            return Stop(reason)
        case Remedy.FEW_TRIES if tries + 1 < FEW:
            return Again(reason)
    return Never(reason, refusal=Refusal.REFUSED)


def template_fault_of(refused: Refused, *, tries: int, next_minute: float, morning: float) -> SendFault:
    """As `fault_of` for an approved template: what is wrong with it, or with this person's wish for such
    messages, says nothing about ordinary messages, so the message waits for the person."""
    fault = fault_of(refused, tries=tries, next_minute=next_minute, morning=morning)
    if refused.code in _MAY_MEAN_TEMPLATES or isinstance(fault, Never):
        return Closed(refused.reason)
    return fault
