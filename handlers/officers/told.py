"""Whether the citizen was told: the short line on a card, and what became of each notice, in an officer's words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from storage.records import OutboxStatus

if TYPE_CHECKING:
    from collections.abc import Sequence

    from handlers.texts import Texts
    from handlers.turn import Turn
    from storage.notices import News
    from storage.records import PetitionRecord

UNTOLD: Final = frozenset(
    {
        OutboxStatus.WAITING,
        OutboxStatus.BLOCKED,
        OutboxStatus.REFUSED,
        OutboxStatus.EXPIRED,
        OutboxStatus.UNCERTAIN,
    }
)
"""Outcomes after which it must be taken that the citizen does not know."""
_PLATFORM_SAYS: Final = UNTOLD - {OutboxStatus.WAITING}
"""Outcomes of which the platform's own reason says more."""


def notices(turn: Turn, petition: PetitionRecord) -> list[News]:
    """The notices that events caused for the citizen, oldest first; answers of the dialogue are none."""
    return [news for news in turn.book.news_of(petition.id) if news.audience == "citizen"]


def untold(found: Sequence[News]) -> list[News]:
    """Those that did not reach the citizen: of several chats told of one event, none was reached."""
    reached = {news.event_seq for news in found if news.status not in UNTOLD}
    last = {news.event_seq: news for news in found if news.event_seq not in reached}
    return list(last.values())


def card_line(turn: Turn, petition: PetitionRecord, texts: Texts) -> str:
    """That the latest notice did not reach the citizen, and why; empty where it did or is under way."""
    found = notices(turn, petition)
    missing = untold(found)
    if not missing or missing[-1].event_seq != found[-1].event_seq:
        return ""
    return texts.get("untold.card", why=why(missing[-1], texts))


def why(news: News, texts: Texts) -> str:
    """Why the citizen does not know."""
    by_reason = f"untold.why_{news.reason}"
    if news.status is OutboxStatus.WAITING and by_reason in texts:
        return texts.get(by_reason)
    return texts.get(f"untold.why_{news.status}")


def outcome_line(news: News, at: str, texts: Texts) -> str:
    """What became of a notice, in one line; `at` is the moment in words."""
    if news.status in UNTOLD:
        reason = why(news, texts)
        if news.reason and news.status in _PLATFORM_SAYS:
            return texts.get("untold.outcome_reason", why=reason, at=at, reason=news.reason)
        return texts.get("untold.outcome", why=reason, at=at)
    status = texts.get(f"officer.notice_{news.status}")
    if news.reason and news.status in (OutboxStatus.SENT, OutboxStatus.DELIVERED):
        status = texts.get("untold.by_template")
    return texts.get("officer.notice", status=status, at=at)
