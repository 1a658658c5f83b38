"""Announcements go to the chats that asked for them: a few at a time, after everything else, each person once.

A timer sends one handful and sets itself anew in the same transaction, with the chat it came to: after a crash it
goes on there, and nobody is told twice. Where a platform takes messages only for a while after a person's last deed,
a chat whose time is over is passed by; the page has the announcement.
"""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import TYPE_CHECKING, Final

from handlers.clock_timers import timing_of
from handlers.messages import Button, Outgoing
from handlers.officers.audience import tellable, texts_of
from handlers.turn import Priority
from storage.announcements import Announcement, AnnouncementState

if TYPE_CHECKING:
    from handlers.texts import Texts
    from handlers.turn import Turn
    from storage.records import NewOutbox, TimerRecord

TIMER: Final = "announcement"
HANDFUL: Final = 200
EVERY: Final = timedelta(seconds=10)
"""From one handful to the next: 20 chats a second, below what the slowest large platform takes."""
LONGEST_TOLD: Final = 1200
"""Letters of an announcement that are said in a chat; the page has all of it."""
STOP: Final = "newsoff"
START: Final = "newson"
"""Actions of the buttons."""


def begin(turn: Turn, announcement_id: int) -> None:
    """Have the announcement told, from the next look on."""
    turn.book.set_timer(TIMER, turn.now, data={"announcement": announcement_id, "after": 0})


def fire(turn: Turn, timer: TimerRecord) -> None:
    """Tell the next handful, and set the timer for those after them."""
    told = turn.book.announcement(int(timer.data["announcement"]))
    if told is None or told.state is not AnnouncementState.PUBLISHED:
        return  # withdrawn meanwhile: who was not told yet is not told any more
    morning = timing_of(turn.facts).after_night(turn.now)
    if morning > turn.now:
        turn.book.set_timer(TIMER, morning.astimezone(UTC), data=timer.data)
        return
    found = turn.book.subscribers(int(timer.data["after"]), HANDFUL)
    messages: list[NewOutbox] = []
    for contact in found:
        if not tellable(turn, contact):
            continue
        message = message_of(turn, told, texts_of(turn, contact))
        messages.append(turn.prepared(message, to=contact, audience="news", priority=Priority.DIGEST))
    turn.send_prepared(messages)
    if len(found) == HANDFUL:
        data = {"announcement": told.id, "after": found[-1].id}
        turn.book.set_timer(TIMER, turn.now + EVERY, data=data)


def message_of(turn: Turn, told: Announcement, texts: Texts) -> Outgoing:
    """The announcement as a chat shows it, with the way to get no more."""
    title, text = words_of(told, texts)
    url = f"{turn.facts.public_url}/announcements" if turn.facts.public_url else ""
    if len(text) > LONGEST_TOLD:
        text = text[:LONGEST_TOLD].rstrip() + "…"
        if url:
            text += "\n" + texts.get("public.news_more", url=url)
    button = Button(label=texts.get("public.news_button_stop"), token=f"c.0.{STOP}")
    return Outgoing(title=title, text=f"{text}\n\n{texts.get('public.news_how_to_stop')}", rows=((button,),))


def words_of(told: Announcement, texts: Texts) -> tuple[str, str]:
    """Title and text in the reader's language where they were written in it, else in Vietnamese."""
    if texts.language == "en" and told.title_en and told.text_en:
        return told.title_en, told.text_en
    return told.title, told.text
