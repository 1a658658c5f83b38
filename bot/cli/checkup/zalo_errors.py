"""What an operator does about the numbers with which Zalo refuses."""

from __future__ import annotations

from typing import Final

from bot.channels.zalo_oa.errors import Host, is_known, meaning_of

AUTHORISE: Final = "Run `tiepdan zalo authorise`."
_TOP_UP: Final = "Top up the account for paid messages at Zalo; meanwhile the notices wait for their people."
_QUOTA: Final = "What may wait waits; where it happens often, ask Zalo for more."
_TEMPLATE: Final = (
    "Compare the ids in the file of TIEPDAN_ZALO_TEMPLATES with Zalo's console: approved, and allowed for this "
    "application and for this way (user or phone)."
)
_VALUES: Final = (
    "Compare [template.values] in the file of TIEPDAN_ZALO_TEMPLATES with the template's parameters."
)
_MAY_SEND: Final = (
    "Have the account verified and link an account for paid messages (ZBS) in Zalo's console; meanwhile the notices "
    "wait for their people."
)
_PROOF: Final = (
    "Set TIEPDAN_ZALO_OA_PROOF=on and compare TIEPDAN_ZALO_OA_APP_SECRET, or switch the proof off at Zalo."
)
_RENEWED: Final = "Start the service, which renews it; if this stays, authorise again."
_DO: Final[dict[int, str]] = {
    -115: _TOP_UP,
    -117: _TEMPLATE,
    -1121: _VALUES,
    -1122: _VALUES,
    -1241: _PROOF,
    -126: "The template is for tests only: have it approved for everybody.",
    -127: "The template is for tests only: have it approved for everybody.",
    -131: _TEMPLATE,
    -135: _MAY_SEND,
    -1351: _MAY_SEND,
    -136: _MAY_SEND,
    -137: _MAY_SEND,
    -144: _QUOTA,
    -146: _TEMPLATE,
    -147: _QUOTA,
    -204: "The account is disabled: ask Zalo why.",
    -205: "Compare TIEPDAN_ZALO_OA_ID; the account may have been deleted.",
    -209: "Activate the application in Zalo's console (developers.zalo.me).",
    -211: _QUOTA,
    -212: f"Tick the API groups of the Official Account in Zalo's console, then authorise again. {AUTHORISE}",
    -216: _RENEWED,
    -218: _QUOTA,
    -219: f"The application was removed from the account or disabled: put it back. {AUTHORISE}",
    -220: _RENEWED,
    -221: "Have the account verified (the badge) in the account's own console (oa.zalo.me).",
    -223: f"The account took its grant back. {AUTHORISE}",
    -224: "The account's package has no API access: take Growth (Tăng trưởng) or higher.",
    -242: _PROOF,
    -248: "Ask Zalo which words it refuses; the officer's view of the case shows which notice did not go.",
    -249: _TEMPLATE,
    -320: _MAY_SEND,
    -321: _TOP_UP,
    112: "Link the application with the account in Zalo's console, then authorise again.",
}
_ELSE: Final = "Try again in a few minutes; if it stays, ask Zalo with this number."


def words_of(code: int) -> str:
    """What the number means, on whichever host it is known."""
    host = Host.API if is_known(Host.API, code) else Host.BUSINESS
    return meaning_of(host, code).words


def advice_on(code: int) -> str:
    """What to do about it, as whole sentences."""
    return _DO.get(code, _ELSE)
