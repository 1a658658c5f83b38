"""Checks of what came from platforms and was refused or not understood: counted by the service, explained here."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from bot.cli.checkup.findings import Finding, Level
from bot.cli.checkup.zalo_errors import advice_on, words_of
from bot.profile import ProfileError, read_agency
from bot.settings import Settings
from storage import oddities
from storage.database import Database, Unavailable
from storage.oddities import Oddity

_RECENT: Final = timedelta(days=7)
"""What happened longer ago is told, and no warning any more."""
_HOME: Final = ZoneInfo("Asia/Ho_Chi_Minh")
_KEYS: Final = "TIEPDAN_ZALO_OA_SECRET_KEY (webhook page of Zalo's console) and TIEPDAN_ZALO_OA_APP_ID"


class _Meaning(NamedTuple):
    words: str
    do: str = ""
    """What an operator should do; empty where there is nothing to mend."""


_MEANINGS: Final[dict[str, _Meaning]] = {
    "received": _Meaning("authentic events that are safe with us"),
    "read_up": _Meaning("times that reading back found nothing missing any more"),
    "registration_ping": _Meaning("tries of the webhook's address from the console"),
    "retried_delivery": _Meaning("events that the platform had to bring again"),
    "duplicate_event": _Meaning("events that came again and were dropped"),
    "unsigned": _Meaning("requests without a signature, refused: somebody knocks at the webhook's address"),
    "wrong_signature": _Meaning(
        "requests whose signature was refused",
        f"where citizens get no answer, compare {_KEYS}; a few are only strangers at the door",
    ),
    "wrong_secret": _Meaning(
        "requests without the webhook's secret, refused: somebody knocks at the webhook's address"
    ),
    "stale_event": _Meaning(
        "stale events (older than 24 hours), dropped", "check this machine's clock (timedatectl set-ntp true)"
    ),
    "future_event": _Meaning(
        "events from the future, taken all the same", "check this machine's clock (timedatectl set-ntp true)"
    ),
    "foreign_account": _Meaning(
        "events of another account, dropped",
        "compare TIEPDAN_ZALO_OA_ID, or take the other account off this application",
    ),
    "unknown_event": _Meaning("events of a kind this version does not know"),
    "ignored_event": _Meaning("events that are of no use here; untick them in the console"),
    "group_event": _Meaning("events of groups, which are not served; untick them in the console"),
    "unreadable_event": _Meaning("events without a person or message in them"),
    "unreadable_attachment": _Meaning("attachments that could not be read; the person was told"),
    "empty_message": _Meaning("messages without any content"),
    "no_message_id": _Meaning("messages without an id"),
    "no_timestamp": _Meaning("events without a time"),
    "anonymous_without_conversation": _Meaning("anonymous messages that cannot be answered"),
    "broken_json": _Meaning("authentic events that arrived broken"),
    "too_large": _Meaning("requests that were too large, refused"),
    "not_committed": _Meaning(
        "events that could not be stored in time; they come again or are read back",
        "look whether the database was away or slow at that time",
    ),
    "unfollowed": _Meaning("people who follow the account no more"),
    "withdrawn": _Meaning("people who withdrew the consent to the use of their data"),
    "office_wrote": _Meaning("messages typed in the console; the service was silent in those chats"),
    "muted": _Meaning("messages of people that were left to the office's own staff in the console"),
    "reading_back": _Meaning(
        "gap since then that is not read back yet", "keep the service running, with access to the platform"
    ),
    "catchup_found": _Meaning("times that missed messages were read back"),
    "catchup_continued": _Meaning("times that reading back needed another minute"),
    "catchup_long_chat": _Meaning("chats too long to be read back whole"),
    "catchup_unreadable": _Meaning("messages read back in a form this version does not know"),
    "catchup_ids_unknown": _Meaning("times that messages read back had other ids than their events"),
    "catchup_chat_refused": _Meaning("chats that may not be read back"),
    "catchup_refused": _Meaning(
        "times that reading back was refused", "tick the reading of messages among the application's rights"
    ),
    "rate_refused": _Meaning("requests beyond the account's rate", "lower TIEPDAN_ZALO_OA_RATE"),
    "buttons_refused": _Meaning(
        "messages with buttons refused; they went out numbered", "set TIEPDAN_ZALO_OA_BUTTONS=off"
    ),
    "token_renewals": _Meaning("renewals of the access token"),
    "settled_by_echo": _Meaning("sends whose answer was lost and that were seen to have arrived"),
    "renewal_answer_lost": _Meaning("renewals of the token whose answer was lost"),
    "renewal_without_refresh_token": _Meaning("renewals that gave no token for the next one"),
    "access_token_refused_anew": _Meaning(
        "times that fresh access tokens were refused", "look at the line zalo account for the reason"
    ),
    "oauth_wrong_state": _Meaning("ways back of an authorisation that nobody here had begun, refused"),
    "oauth_denied": _Meaning("authorisations to which nobody agreed"),
    "oauth_other_account": _Meaning("authorisations of another account, refused"),
    "oauth_code_bad": _Meaning("authorisations whose code was over or used"),
    "oauth_challenge": _Meaning("authorisations with another challenge or callback than the console's"),
    "oauth_configuration": _Meaning("authorisations with a wrong application id or secret"),
    "oauth_no_answer": _Meaning("authorisations to which no answer came"),
    "oauth_no_verifier": _Meaning("authorisations that were not prepared here"),
    "other": _Meaning("further kinds"),
}
_UNREADABLE: Final = (
    "requests whose signature could not be read, refused: somebody knocks at the webhook's address"
)
_SIGNATURES: Final = {
    "oa_key": "the OA secret key would match: set TIEPDAN_ZALO_OA_SIGNING=oa_key",
    "app_secret": "the application's secret would match: set TIEPDAN_ZALO_OA_SIGNING=app_secret",
    "oa_id_first": "the OA's id in front would match: set TIEPDAN_ZALO_OA_SIGNING=oa_id_first",
    "app_id_of_body": "they belong to another application: compare TIEPDAN_ZALO_OA_APP_ID",
    "hmac": "they are signed by HMAC, which this version does not take: look for a newer one",
}


async def check_oddities(settings: Settings, now: datetime) -> list[Finding]:
    """A line for each kind, with how often, when last, and what to do. Nothing where nothing was counted."""
    database = Database.from_url(settings.storage.database_url.get_secret_value())
    try:
        agency = read_agency(settings.agency_file).code
        await database.open()
        found = await database.read(lambda connection: oddities.all_of(connection, agency))
    except (ProfileError, Unavailable):
        return []  # another line of the doctor says so
    finally:
        await database.close()
    return [finding_of(one, now) for one in found]


def finding_of(one: Oddity, now: datetime) -> Finding:
    """The line of one count. A signature that another setting would have matched is a fault of the settings."""
    words, do, level = _explained(one.what)
    last = f"{one.last_at.astimezone(_HOME):%d/%m/%Y %H:%M}"
    if level is not Level.OK and now - one.last_at > _RECENT:
        level = Level.OK
    message = f"{one.count:,} {words}; last on {last}"
    do = f"{do[:1].upper()}{do[1:].removesuffix('.')}."
    return Finding(level, f"{one.channel} events", message if do == "." else f"{message}. {do}")


def _explained(what: str) -> tuple[str, str, Level]:
    known = _MEANINGS.get(what)
    if known is not None:
        return known.words, known.do, Level.WARN if known.do else Level.OK
    kind, _, detail = what.partition(":")
    match kind:
        case "signature":
            do = _SIGNATURES.get(detail.removesuffix("_would_match"), "")
            # What matched with our keys is Zalo's own; a header that is none anybody can send.
            return ("wrong signatures", do, Level.FAIL) if do else (_UNREADABLE, "", Level.OK)
        case "alarm":
            code = int(detail)
            return f"answers with error {detail} ({words_of(code)})", advice_on(code), Level.WARN
        case "unknown_error":
            return f"answers with an unknown error ({detail})", "please report it", Level.WARN
        case "oauth_refused":
            return f"refused renewals (error {detail})", "run `tiepdan zalo authorise`", Level.WARN
    return f"times {what.replace('_', ' ').replace(':', ' ')}", "", Level.OK
