"""What the casebook hands out and takes in: frozen values with aware UTC times, apart from the database."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import date, datetime
from enum import StrEnum, unique
from typing import Any, Final, NamedTuple, Self, TypedDict

from petitions.kinds import Action, ActorKind, Kind, Role, Severity, Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class ActorRef:
    """Who makes an event happen. Role and unit serve the check before it; kept are kind and officer."""

    kind: ActorKind
    officer_id: int | None = None
    role: Role | None = None
    unit: str = ""


SERVICE: Final = ActorRef(kind=ActorKind.SERVICE)


@dataclass(frozen=True, slots=True, kw_only=True)
class PetitionContent:
    """Everything a citizen said when filing. Kept only encrypted; the story is kept letter for letter."""

    story: tuple[str, ...] = ()
    """The messages that tell it, in the order they came."""
    answers: dict[str, Any] = field(default_factory=dict)
    """Answers to the form by field key (JSON values), beyond the named fields below."""
    name: str = ""
    phone: str = ""
    phone_note: str = ""
    """Whose phone it is, where it is not the petitioner's own."""
    address: str = ""
    place: str = ""
    """Where it happened."""
    latitude: float | None = None
    longitude: float | None = None
    accused: str = ""
    request: str = ""
    contact_note: str = ""

    def to_json(self) -> dict[str, Any]:
        return {item.name: getattr(self, item.name) for item in fields(self)}

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Self:
        known = {item.name for item in fields(cls)}
        kept = {name: value for name, value in values.items() if name in known}
        return cls(**kept | {"story": tuple(values.get("story", ()))})


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """A confirmed petition on its way into the book. `code` is drawn by the casebook when empty."""

    kind: Kind
    unit: str
    """The one answerable unit inside the office."""
    content: PetitionContent
    actor: ActorRef
    first_message_at: datetime
    channel: str
    subkind: str = ""
    topic: str | None = None
    destination: str | None = None
    severity: Severity = Severity.NORMAL
    confidential: bool = False
    anonymous: bool = False
    discreet: bool = False
    people: int | None = None
    language: str = "vi"
    due_on: date | None = None
    due_rule: str | None = None
    conversation_id: int | None = None
    contact_id: int | None = None
    """The chat where the petitioner wants to hear of it."""
    linked_to: int | None = None
    instance: int = 1
    remote: bool = False
    against: str | None = None
    accused_id: int | None = None
    operations: tuple[dict[str, Any], ...] = ()
    """What the filing does to the clocks of the new petition (`petitions.clocks`)."""
    id: int = 0
    """Drawn by the casebook when 0."""
    code: str = ""
    secret: str = ""
    """The receipt's secret as it is given to the citizen; only its keyed hash is stored."""
    event: dict[str, Any] = field(default_factory=dict)
    """What the FILE event says beyond the content's fingerprint (kept encrypted)."""
    file_ids: tuple[int, ...] = ()
    """Files of the draft that belong to the petition, in order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PetitionRecord:
    """A petition without its content. Field names are column names."""

    id: int
    agency: str
    code: str
    kind: Kind
    subkind: str
    topic: str | None
    unit: str
    destination: str | None
    officer_id: int | None
    stage: Stage
    severity: Severity
    confidential: bool
    anonymous: bool
    discreet: bool
    people: int | None
    language: str
    channel: str
    first_message_at: datetime
    filed_at: datetime
    due_on: date | None
    due_rule: str | None
    register_book: str
    register_year: int
    register_no: int
    conversation_id: int | None
    contact_id: int | None
    linked_to: int | None
    merged_into: int | None
    """The lead that this petition is handled with; always one that came before it."""
    members: int
    """How many petitions are merged into this one."""
    left_at: datetime | None
    """When its own petitioner withdrew while it went on for those who had joined it."""
    mass_at: datetime | None = None
    """When its matter reached the number of people from which the law asks for representatives (đông người)."""
    represents_at: datetime | None = None
    """When its petitioner was noted as a representative (người đại diện) of the matter."""
    rating: int | None
    not_satisfied_at: datetime | None
    withdraw_wish_at: datetime | None
    transfers: int
    reopened: int
    refusals: int
    """How often a unit gave a transfer back."""
    bound: bool
    """The focal unit decided who answers; no unit may send it on."""
    instance: int
    """1: first; 2: second complaint, or tố cáo tiếp."""
    remote: bool
    """Vùng sâu, vùng xa đi lại khó khăn: some limits are longer."""
    complex: bool
    """A written finding of complexity is on record."""
    extensions: int
    formed_on: date | None
    """The day the complete, signed đơn came in: the second of the two moments."""
    accepted_on: date | None
    decided_on: date | None
    effective_on: date | None
    outcome: str | None
    """Reason or result code of the last outcome (`petitions.reasons`)."""
    asked_at: datetime | None
    """Since when an answer of the citizen is awaited; no legal clock waits with it."""
    dialogue_at: datetime | None
    dialogue_held_at: datetime | None
    form_given_at: datetime | None
    """When the citizen handed in the signed form; an officer still confirms it."""
    visit_at: datetime | None
    """When the citizen comes to sign."""
    gone_up_at: datetime | None
    against: str | None
    """Who is complained about or denounced, as far as routing knows it: a unit, an office holder, `outside`."""
    accused_id: int | None
    """The officer of this office who is complained about or denounced."""
    gaps: int
    """Loopholes marked in it that still stand."""
    version: int
    events_count: int
    events_head: bytes
    updated_at: datetime


class PetitionChanges(TypedDict, total=False):
    """Columns that an event changes. A name left out stays as it is; None empties it."""

    kind: Kind
    subkind: str
    topic: str | None
    unit: str
    destination: str | None
    officer_id: int | None
    stage: Stage
    severity: Severity
    confidential: bool
    anonymous: bool
    discreet: bool
    people: int | None
    language: str
    due_on: date | None
    due_rule: str | None
    conversation_id: int | None
    contact_id: int | None
    linked_to: int | None
    merged_into: int | None
    members: int
    left_at: datetime | None
    mass_at: datetime | None
    represents_at: datetime | None
    rating: int | None
    not_satisfied_at: datetime | None
    withdraw_wish_at: datetime | None
    transfers: int
    reopened: int
    refusals: int
    bound: bool
    instance: int
    remote: bool
    complex: bool
    extensions: int
    formed_on: date | None
    accepted_on: date | None
    decided_on: date | None
    effective_on: date | None
    outcome: str | None
    asked_at: datetime | None
    dialogue_at: datetime | None
    dialogue_held_at: datetime | None
    form_given_at: datetime | None
    visit_at: datetime | None
    gone_up_at: datetime | None
    against: str | None
    accused_id: int | None
    gaps: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRecord:
    """One link of a petition's history, opened."""

    id: int
    petition_id: int
    seq: int
    action: Action
    actor: ActorRef
    at: datetime
    content: dict[str, Any]
    changes: dict[str, Any]
    """What it made of the petition, by column, as JSON values."""
    clocks: tuple[dict[str, Any], ...] = ()
    """What it did to the petition's clocks and tasks, in order, as JSON values."""

    @property
    def told_as(self) -> str:
        """The action as a petitioner reads of it: where a merged petition followed its lead, what was done there."""
        return str(self.content.get("did", self.action.value))


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentRecord:
    """Who answered for a petition from `since` until `until` (None: still)."""

    id: int
    petition_id: int
    unit: str
    officer_id: int | None
    destination: str | None
    since: datetime
    until: datetime | None
    event_seq: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterEntry:
    """A line of a register book. After a change of kind it says where the matter went on."""

    petition_id: int
    book: str
    year: int
    number: int
    entered_at: datetime
    continued_book: str | None
    continued_year: int | None
    continued_number: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactRecord:
    """A chat on a platform; `chat` is the platform's id of it (kept encrypted, looked up by keyed hash)."""

    id: int
    channel: str
    account: str
    chat: str
    is_group: bool
    language: str
    blocked_at: datetime | None
    blocked_reason: str | None
    conversation_id: int
    unit: str | None
    """The unit that a group is bound to."""
    officer_id: int | None
    """The officer this private chat is linked to."""
    notify: str
    """Which notices the person wants: `all` or what the dialogue stores here."""
    discreet: bool
    seen_at: datetime | None = None
    """The person's last own deed in this chat."""
    muted_until: datetime | None = None
    """Until then a person of the office writes in this chat by hand, and the service is silent."""
    has_waiting: bool = False
    """Messages wait that could not be sent before the person writes again."""
    template_phone: str = ""
    """The number by which the person agreed to be told of changes; empty where they did not."""


@dataclass(slots=True)
class ConversationRow:
    """A conversation, locked in this transaction. The dialogue changes `state` and saves it."""

    id: int
    version: int
    state: dict[str, Any]
    owner_contact_id: int
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenTurn:
    """All that a turn starts from, read in one statement."""

    contact: ContactRecord
    conversation: ConversationRow
    has_petitions: bool
    """True when the conversation has filed petitions."""
    new: bool
    """True at the very first message of this chat."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficerRecord:
    """An officer. `contact_ids` are the private chats linked to the person."""

    id: int
    unit: str
    role: Role
    name: str
    active: bool
    absent_from: datetime | None
    absent_until: datetime | None
    deputy_id: int | None
    contact_ids: tuple[int, ...]

    def is_away(self, at: datetime) -> bool:
        """Whether the officer is away at that moment."""
        return self.absent_until is not None and (self.absent_from or at) <= at < self.absent_until


@dataclass(frozen=True, slots=True, kw_only=True)
class InviteRecord:
    """An invitation, without its token (which is known only to whom it was given)."""

    id: int
    unit: str
    role: Role | None
    """None for the invitation of a group."""
    name: str
    for_group: bool
    officer_id: int | None
    """An officer who links one more chat."""
    expires_at: datetime
    used_at: datetime | None


@dataclass(frozen=True, slots=True)
class GroupBound:
    """The answer to a group's invitation."""

    contact_id: int
    unit: str


@unique
class OutboxStatus(StrEnum):
    """What became of a message."""

    QUEUED = "queued"
    SENT = "sent"
    DELIVERED = "delivered"
    UNCERTAIN = "uncertain"
    REFUSED = "refused"
    BLOCKED = "blocked"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    WAITING = "waiting"
    """The platform takes it only after the person writes again: it is said first then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOutbox:
    """A message to send. `body` is the outgoing message as JSON values; storage does not look inside."""

    contact_id: int
    channel: str
    account: str
    body: dict[str, Any]
    audience: str = ""
    priority: int = 0
    """Lower goes first when an account's rate is short: 0 a reply in dialogue, 1 a notice, 2 a digest."""
    petition_id: int | None = None
    event_seq: int | None = None
    coalesce_key: str = ""
    """A later message to the same contact with the same key replaces this one while it is still queued."""
    card_petition_id: int | None = None
    """The petition whose card this message shows or updates."""
    legal: bool = False
    """A legal notice is never replaced."""
    not_before: datetime | None = None
    edit_of_ref: str = ""
    """The platform's id of the message to edit; for a card it is found by the casebook."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxRow:
    """A message as delivery needs it. Ids rise with time: order of a contact's messages is order of ids."""

    id: int
    contact_id: int
    channel: str
    account: str
    chat: str
    """Where to send it; the address is joined from the contact when the row is read."""
    status: OutboxStatus
    audience: str
    priority: int
    body: dict[str, Any]
    petition_id: int | None
    event_seq: int | None
    coalesce_key: str
    card_petition_id: int | None
    edit_of_ref: str
    legal: bool
    attempts: int
    next_at: datetime
    created_at: datetime
    finished_at: datetime | None
    platform_ref: str
    reason: str
    """The platform's reason for the outcome; short, no personal data."""
    superseded_by: int | None
    seen_at: datetime | None = None
    """The person's last own deed in that chat."""
    muted_until: datetime | None = None
    """A person of the office writes there by hand until then."""
    phone: str = ""
    """The number by which the person agreed to be told, for a template."""
    released_at: datetime | None = None
    """When it went on after it had waited for the person's next deed."""

    @property
    def tried_since(self) -> datetime:
        """From when on the platform was asked to take it."""
        return self.released_at or self.created_at

    @property
    def is_news(self) -> bool:
        """Whether it tells of an event of a petition: no answer in a dialogue, no card brought up to date."""
        return self.petition_id is not None and self.event_seq is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class CardRecord:
    """Where a petition's card stands in a chat."""

    id: int
    petition_id: int
    contact_id: int
    platform_ref: str
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TimerRecord:
    """Something to do at a time."""

    id: int
    what: str
    due_at: datetime
    petition_id: int | None
    conversation_id: int | None
    data: dict[str, Any]
    attempts: int
    officer_id: int | None = None
    damaged: bool = False
    """Its data cannot be opened, so it cannot be fired; it must not stop those behind it."""


@unique
class FileStatus(StrEnum):
    """Where a file stands between the platform and our store."""

    PENDING = "pending"
    STORED = "stored"
    REFUSED = "refused"
    """Seen and not taken: too large, or not what it says it is."""
    FAILED = "failed"
    """The platform no longer gives it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFile:
    """A file that a platform announced. Its platform id is stored at once, the bytes come later."""

    channel: str
    account: str
    kind: str
    platform_id: str
    conversation_id: int | None = None
    petition_id: int | None = None
    name: str = ""
    caption: str = ""
    mime: str = ""
    size: int | None = None
    position: int = 0
    album: str = ""
    draft: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRecord:
    """A citizen's or officer's file."""

    id: int
    channel: str
    account: str
    kind: str
    platform_id: str
    name: str
    caption: str
    mime: str
    size: int | None
    status: FileStatus
    content_key: str | None
    """Its address in the file store, once stored."""
    reason: str | None
    attempts: int
    position: int
    petition_id: int | None
    conversation_id: int | None
    draft: bool
    purpose: str | None
    """`page`: a photographed page of the signed form; `esigned`: a file signed electronically; None: other."""
    finding: dict[str, Any] | None
    """What the check of a page or a signature found; None while it was not made."""
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """An update that is kept: `raw` opens only for replay."""

    id: int
    channel: str
    account: str
    update_id: str
    status: str
    error: str
    attempts: int
    received_at: datetime
    raw: bytes | None = None


class Queued(NamedTuple):
    """A message queued in this transaction, for delivery to take up after the commit."""

    row: OutboxRow
    superseded: tuple[int, ...]
    """Messages it replaced; delivery must not start them any more."""
