"""What comes in from a channel and what goes out to one. No platform is named here.

`Incoming` is made by a channel from an authentic update; `Outgoing` is rendered by a channel in the best
form its platform has. Both are plain values, so that a turn can be replayed and tested without a server.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum, unique


@unique
class FileKind(StrEnum):
    """How the platform called a file."""

    PHOTO = "photo"
    DOCUMENT = "document"
    VOICE = "voice"
    VIDEO = "video"
    AUDIO = "audio"


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingFile:
    """A file as the platform announced it. Nothing is downloaded yet; `platform_id` is what fetches it."""

    kind: FileKind
    platform_id: str
    unique_id: str = ""
    name: str = ""
    mime: str = ""
    size: int | None = None
    """Bytes, as the platform says; None when it does not."""
    seconds: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """Words typed by the person (a caption without files never occurs)."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A slash command: `name` lower case without the slash, `argument` the rest of the line."""

    name: str
    argument: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A press on a button. `token` is what we put into it; `message_ref` the message it stood under."""

    token: str
    message_ref: str = ""
    callback_id: str = ""
    """The platform's id for acknowledging the press; empty where nothing needs acknowledging."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """One or more files with the caption they came with. An album comes as several of these with one `album`."""

    files: tuple[IncomingFile, ...]
    caption: str = ""
    album: str = ""
    """The platform's group id of an album; empty for a single file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """A place shared by the person, in degrees (WGS 84)."""

    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A shared contact card. `own` is true only when the platform proves that it is the sender's own."""

    phone: str
    name: str = ""
    own: bool = False
    address: str = ""
    """Where the platform shares the person's address as well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """The person corrected an earlier message (`Incoming.message_ref`); `text` is its new wording."""

    text: str


@unique
class MembershipChange(StrEnum):
    """What happened between us and a chat."""

    BLOCKED = "blocked"
    UNBLOCKED = "unblocked"
    ADDED = "added"
    """We were added to a group."""
    REMOVED = "removed"
    """We were removed from a group."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    change: MembershipChange
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Migrated:
    """A group got a new id; everything bound to the old chat belongs to `new_chat`."""

    new_chat: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unusable:
    """A message of a kind that cannot be used. `what` is a key such as `sticker`, `poll`, `dice`, `unknown`."""

    what: str
    emoji: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Takeover:
    """On a page of ours the person pressed to go on here with the conversation of another chat."""

    token: str = field(repr=False)
    """The token of the one-time link."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """The person opened the chat or began to follow us and has said nothing: the moment to greet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawn:
    """The person took back, at the platform, the consent to handle their data: forget what may be forgotten."""


Content = (
    Text
    | Command
    | Choice
    | Files
    | Location
    | Contact
    | Edit
    | Membership
    | Migrated
    | Unusable
    | Takeover
    | Arrived
    | Withdrawn
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """One authentic update of a platform."""

    channel: str
    """Name of the channel: `telegram`, `web`, …"""
    account: str
    """Which of our accounts received it (bot id); `web` for the web chat."""
    update_id: str
    """Unique within (channel, account); a second one with the same id is dropped."""
    chat: str
    """The platform's id of the chat, to answer to."""
    person: str
    """The platform's id of the person; empty where it is not known (anonymous group administrators)."""
    content: Content
    at: datetime
    """When the person sent it, aware, UTC."""
    is_group: bool = False
    language: str = ""
    """Language code of the person's app as the platform tells it; a hint only."""
    message_ref: str = ""
    reply_to: str = ""
    """`message_ref` of the message this one answers."""
    forwarded: bool = False
    replayed: bool = False
    """True when an operator runs a dead letter again: the conversation may have moved on since."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """A choice offered under a message: what it says and the token that comes back (ASCII, at most 64 bytes)."""

    label: str
    token: str = ""
    url: str = ""
    """A link instead of a token."""
    style: str = ""
    """`primary` or `danger` where the platform shows it; never needed to understand the button."""

    def __post_init__(self) -> None:
        if bool(self.token) == bool(self.url):
            raise ValueError("a button has either a token or a url")
        if len(self.token.encode()) > 64 or not self.token.isascii():
            raise ValueError(f"button token must be ASCII and at most 64 bytes: {self.token!r}")


@unique
class Wish(StrEnum):
    """Something the platform can ask for with a button of its own; a typed answer always works as well."""

    CONTACT = "contact"
    LOCATION = "location"
    FILES = "files"


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingFile:
    """A document to send: either made at delivery (`render`) or stored (`file_id`)."""

    render: str = ""
    """Name of a renderer: `receipt`, `paper`, `draft`; `petition_id` is what it renders."""
    petition_id: int = 0
    file_id: int = 0
    name: str = ""
    paper: str = ""
    """For the renderer `paper`: which paper in which format, such as `complaint.pdf` or `complaint.docx`;
    `complaint.reading.pdf` is a translation into `language`, to be read and not signed. For `draft`: the code of
    the form."""
    language: str = "vi"
    secret: str = ""
    """What the renderer needs and nobody may store in clear (the receipt's secret)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """One message to a chat. Plain text; a channel escapes it as its platform needs."""

    text: str
    title: str = ""
    """A short heading, shown in bold above the text where possible."""
    rows: tuple[tuple[Button, ...], ...] = ()
    wishes: tuple[Wish, ...] = ()
    monospace: tuple[str, ...] = ()
    """Parts of the text to show in a fixed font that is easy to copy (the tracking code)."""
    file: OutgoingFile | None = None
    reply_to: str = ""
    protect: bool = False
    """Ask the platform to hinder forwarding and saving (personal data)."""
    fresh: bool = False
    """A card that is sent as a new message, although an older one of the same petition stands above."""
    quiet: bool = False
    """No sound (discreet mode)."""
    language: str = ""
    """Language of the text, for the labels of keys that the platform itself needs (share my number)."""
    removes: tuple[str, ...] = ()
    """Earlier messages of the chat (`message_ref`) that are deleted before this one is sent."""
    removed: str = ""
    """A line under the text where all of them are gone."""
    kept: str = ""
    """A line under the text where one could not be deleted."""
    notice: str = ""
    """For a notice about a petition: its key (`answer`, `ask_citizen`, …), by which a channel finds the approved
    template that may go out when an ordinary message may not."""
    facts: Mapping[str, str] = field(default_factory=dict, hash=False)
    """What a template of that notice may name: `code`, `stage`, `date`, `unit`, `link`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What a channel can carry, as data; the dialogue never asks which channel it is on."""

    max_text: int = 4096
    """Longest message in UTF-16 units."""
    max_buttons: int = 100
    max_row: int = 8
    max_label: int = 60
    can_edit: bool = True
    can_delete: bool = True
    max_upload: int = 20 * 1024 * 1024
    """Largest file that can be taken in, bytes."""
    wishes: frozenset[Wish] = field(default_factory=frozenset)
    groups: bool = False
    foreign: bool = True
    """True where messages pass through a company outside the office (identity numbers are not asked there)."""
    numbered: bool = False
    """True where every choice also stands as a number in the text, and a typed number presses it."""
    albums: bool = True
    """True where the platform says which photos were sent together; else those sent in a row are one answer."""
    window: timedelta | None = None
    """How long after the person's last own deed the platform lets us write; None: always."""
