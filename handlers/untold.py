"""What happens when a message did not reach its person: alarms climb, officers' news go to who can act on them.

Delivery sets the timer in the transaction in which it writes the outcome down. What a citizen could not be told is
shown on the cards of the case; the citizen's other ways to hear of it are not tried from here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Protocol

from handlers import alarms, cases, digests, notices
from handlers.alarm_people import above
from handlers.clock_timers import is_urgent
from handlers.messages import Button, Outgoing
from handlers.officers import cards
from handlers.officers.access import Access, officer_access, sealed
from handlers.officers.audience import Reader, next_on_duty, reachable, superiors, tellable, texts_of
from handlers.officers.tokens import Press
from handlers.turn import Priority, outgoing_from_data
from petitions.clocks import ClockState, change
from petitions.escalation import Level
from petitions.kinds import Action
from petitions.transition_groups import RESTING
from storage import outbox, waiting
from storage.records import SERVICE, OutboxStatus

if TYPE_CHECKING:
    from collections.abc import Iterable

    from handlers.turn import Turn
    from storage.casebook import Casebook
    from storage.clocks import AlarmRecord
    from storage.records import OfficerRecord, OutboxRow, TimerRecord

TIMER: Final = "message_untold"
"""Name of the timer; its data name the message."""
NO_CHAT: Final = digests.NO_CHAT
"""Name of the timer for alarms that found no chat at all; `officer_id` says whose."""
ACCOUNT: Final = "account_untold"
"""Name of the timer for alarms that wait in an account which its platform refuses; its data name the account."""
MOST_STUCK: Final = 100
"""Alarms that climb in one transaction; the next refusal finds the others."""
STATUSES: Final = frozenset(
    {OutboxStatus.WAITING, OutboxStatus.BLOCKED, OutboxStatus.REFUSED, OutboxStatus.EXPIRED}
)
"""Outcomes of a message that its person surely has not read (yet)."""
_HEARD: Final = frozenset({OutboxStatus.QUEUED, OutboxStatus.SENT, OutboxStatus.DELIVERED})
_OF_OFFICE: Final = frozenset({"officer", "unit"})
_WARN: Final = "warn"


class Message(Protocol):
    """What there must be known of a message."""

    @property
    def id(self) -> int: ...
    @property
    def audience(self) -> str: ...
    @property
    def petition_id(self) -> int | None: ...
    @property
    def event_seq(self) -> int | None: ...


def note(book: Casebook, messages: Iterable[Message]) -> None:
    """These messages did not reach their persons: look after it soon. Of a citizen's notices one look at each case is
    enough; answers in a dialogue and cards that are only brought up to date are nobody's news."""
    seen: set[int] = set()
    for message in messages:
        is_news = message.petition_id is not None and message.event_seq is not None
        if message.audience == "citizen" and message.petition_id is not None and is_news:
            if message.petition_id in seen:
                continue
            seen.add(message.petition_id)
        elif message.audience not in _OF_OFFICE or (message.petition_id is not None and not is_news):
            continue
        book.set_timer(TIMER, book.now(), data={"message": message.id})


def note_refused(book: Casebook, channel: str, account: str) -> None:
    """The platform refuses the account itself: nothing goes out there until a person mends it."""
    book.set_timer(ACCOUNT, book.now(), data={"channel": channel, "account": account})


def fire_account(turn: Turn, timer: TimerRecord) -> None:
    """Alarms that wait for a refused account climb at once; what waits is still told when the account is good."""
    stuck = turn.book.alarms_stuck(timer.data["channel"], timer.data["account"], limit=MOST_STUCK)
    for alarm in sorted(stuck, key=lambda alarm: (alarm.petition_id, alarm.id)):
        _climb(turn, alarm, "account_refused")


def fire(turn: Turn, timer: TimerRecord) -> None:
    """Look after one message, unless it went out after all."""
    row = outbox.one(turn.book.connection, turn.book.vault, int(timer.data["message"]))
    if row is None or row.status not in STATUSES:
        return
    if row.audience == "citizen":
        petition = turn.book.petition(row.petition_id) if row.petition_id is not None else None
        if petition is not None:
            notices.refresh_cards(turn, petition)
        return
    told_of = turn.book.alarms_told_by(row.id)
    if told_of:
        _alarms(turn, row, told_of)
    elif row.is_news:
        _news(turn, row)
    elif row.legal:
        _alert(turn, row)


def fire_no_chat(turn: Turn, timer: TimerRecord) -> None:
    """Alarms of an officer none of whose chats takes a message: they climb at once, and are told to the officer as
    well when a chat is open again."""
    officer = turn.book.officer(timer.officer_id) if timer.officer_id is not None else None
    if officer is None or not officer.active:
        return
    if reachable(turn, officer):
        digests.arm_alarms(turn, officer.id)
        return
    for contact_id in officer.contact_ids:
        waiting.expect(turn.book.connection, contact_id)
    alarms_waiting = turn.book.waiting_alarms(officer.id)
    for alarm in sorted(alarms_waiting, key=lambda alarm: (alarm.petition_id, alarm.id)):
        _climb(turn, alarm, "no_chat")


def _alarms(turn: Turn, row: OutboxRow, told_of: list[AlarmRecord]) -> None:
    """Another chat of the same officer that takes messages is as good; else each alarm climbs."""
    officer = turn.book.officer(told_of[0].officer_id)
    closed = row.status in (OutboxStatus.BLOCKED, OutboxStatus.WAITING)
    if officer is not None and closed and _other_chat(turn, officer, row.contact_id):
        turn.book.alarms_untold(row.id)
        waiting.end(turn.book.connection, row.id, reason="told_elsewhere")
        digests.arm_alarms(turn, officer.id, urgent=any(alarm.urgent for alarm in told_of))
        return
    for alarm in sorted(told_of, key=lambda alarm: (alarm.petition_id, alarm.id)):
        _climb(turn, alarm, row.status.value)


def _other_chat(turn: Turn, officer: OfficerRecord, failed: int) -> bool:
    """Whether the officer can be told, and not in the chat that just took nothing."""
    chats = [turn.book.contact_by_id(contact_id) for contact_id in officer.contact_ids]
    open_now = {chat.id for chat in chats if chat is not None and tellable(turn, chat)}
    return bool(open_now) and failed not in open_now


def _climb(turn: Turn, alarm: AlarmRecord, outcome: str) -> None:
    """Once for an alarm that is still true: the next level hears now, not when its day comes. Nothing where others of
    the same level hear of it, or a higher one heard already."""
    if alarm.raised_at is not None:
        return
    petition = turn.book.petition(alarm.petition_id, lock=True)
    clock = turn.book.clocks(alarm.petition_id).get(alarm.clock_id or 0)
    if (
        petition is None
        or petition.stage in RESTING
        or clock is None
        or clock.state is not ClockState.RUNNING
    ):
        return
    turn.book.alarm_raised(alarm.id)
    level = Level[alarm.level.upper()]
    late = alarm.what != _WARN
    if (late and clock.level > level) or _others_hear(turn, alarm):
        return
    task = alarms.task_of(turn, petition, clock)
    reached, people = above(turn, petition, level, task, but={alarm.officer_id})
    content: dict[str, Any] = {
        "rule": clock.rule,
        "step": clock.step,
        "clock": clock.id,
        "due": clock.due_on.isoformat() if clock.due_on else None,
        "untold": alarm.officer_id,
        "outcome": outcome,
        "level": reached.word,
        "people": [officer.id for officer in people],
        "reached": len(people),
    }
    operations = [change(clock.id, level=max(clock.level, reached))] if late else []
    cases.perform(turn, petition.id, Action.ESCALATE, SERVICE, operations=operations, extra=content)
    for officer in people:
        urgent = is_urgent(petition)
        turn.book.add_alarm(
            officer.id, petition.id, clock_id=clock.id, what=alarm.what, level=reached.word, urgent=urgent
        )
        digests.arm_alarms(turn, officer.id, urgent=urgent)


def _others_hear(turn: Turn, alarm: AlarmRecord) -> bool:
    people = [turn.book.officer(officer_id) for officer_id in turn.book.heard_beside(alarm)]
    return any(
        officer is not None and officer.id != alarm.officer_id and officer.active and reachable(turn, officer)
        for officer in people
    )


def _news(turn: Turn, row: OutboxRow) -> None:
    """News of a case for an officer or a unit: who leads the unit hears, unless somebody of the office did."""
    petition = turn.book.petition(row.petition_id) if row.petition_id is not None else None
    if petition is None:
        return
    same_event = [news for news in turn.book.news_of(petition.id) if news.event_seq == row.event_seq]
    if any(n.audience in _OF_OFFICE and n.status in _HEARD and n.id != row.id for n in same_event):
        return
    officer = _officer_of(turn, row)
    for reader in superiors(turn, petition, officer):
        if reader.contact.id == row.contact_id:
            continue
        texts = texts_of(turn, reader.contact)
        code = cards.shown_code(petition)
        name = cards.officer_name(officer, texts) if officer is not None else texts.get("untold.somebody")
        key = "untold.to_superior" if reader.may_see else "untold.to_stranger"
        button = Button(label=texts.get("notices.button_open"), token=Press("case", petition.id).token)
        opens = officer_access(turn.facts.agency, petition, reader.officer) is Access.FULL
        turn.send(
            Outgoing(
                text=texts.get(key, code=code, officer=name),
                rows=((button,),) if opens else (),
                monospace=(code,),
                protect=sealed(petition),
            ),
            to=reader.contact,
            audience="officer",
            priority=Priority(row.priority),
            petition_id=petition.id,
            event_seq=row.event_seq,
        )


def _alert(turn: Turn, row: OutboxRow) -> None:
    """Words of danger that one on duty could not be told: the next ones hear them as they were said."""
    readers: list[Reader] = next_on_duty(turn, _officer_of(turn, row))
    for reader in readers:
        message = outgoing_from_data(row.body)
        turn.send(
            message,
            to=reader.contact,
            audience="officer",
            priority=Priority(row.priority),
            coalesce=f"alert:{row.created_at:%Y%m%d%H%M}",
            legal=True,
        )


def _officer_of(turn: Turn, row: OutboxRow) -> OfficerRecord | None:
    contact = turn.book.contact_by_id(row.contact_id)
    if contact is None or contact.officer_id is None:
        return None
    return turn.book.officer(contact.officer_id)
