"""What a conversation remembers of its citizen between two messages."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum, unique

from pydantic import BaseModel, Field

from handlers.citizens.form_talk import FormTalk, PagesTalk
from handlers.talk import Talk
from petitions.forms import FormState, answer
from petitions.kinds import Kind, Severity

REFS_KEPT = 40
"""Messages whose later correction by the citizen still finds its answer."""
FILED_KEPT = 10
LEADS_KEPT = 5
TYPED_KEPT = 200
"""Messages of a draft that are deleted from a messenger when our own page takes over."""


OUTSIDE = "outside"
"""The matter is another authority's: forward it all the same?"""
KNOWN = "known"
"""The matter is in hand already: join that case?"""
KIND = "kind"
DOUBT = "doubt"
"""Which of two kinds, or two subjects?"""
REVIEW = "review"
"""What a draft can wait for besides the fields of its form."""


@unique
class Ask(StrEnum):
    """A question beside the draft; the answer decides what happens to something else."""

    DISCARD = "discard"
    START_OVER = "start_over"
    CORRECT = "correct"
    """Which answer on the review card is to be corrected."""
    TOPIC = "topic"
    """Which subject is it, in the citizen's words?"""
    LATER = "later"
    SECOND = "second"
    """A second matter was told: both now, the first only, or one petition for both?"""
    WITHDRAW = "withdraw"
    REOPEN = "reopen"
    ADD_OR_NEW = "add_or_new"
    WHICH = "which"
    """Several petitions: which one is meant? `text` holds what is to be done with it."""
    CODE = "code"
    SECRET = "secret"  # noqa: S105 - the question for the receipt's secret
    UNSATISFIED = "unsatisfied"
    AGAIN = "again"
    """A second complaint: why, and what is asked for?"""
    MAYBE_STORY = "maybe_story"
    """Something unclear was said: is it a matter to hand in?"""
    REPLAYED = "replayed"
    OFFICER = "officer"
    """An officer asked something; the next words are the answer."""
    FORM = "form"
    """A field of the đơn is asked for; which one stands in `CitizenTalk.form`."""
    PAGES = "pages"
    """The signed đơn is on its way in (`CitizenTalk.pages`)."""
    VISIT = "visit"
    """When does the citizen come to sign? `text` holds the day chosen."""
    WAY_PHONE = "way_phone"
    """By which number is the citizen told of changes?"""


class StoryPart(BaseModel):
    """One message of the story, letter for letter."""

    text: str
    ref: str = ""
    lead: bool = False
    """Said before the matter was told: a greeting, "tôi muốn phản ánh". Kept, not read."""
    at: datetime | None = None


class Unsure(BaseModel):
    """Two readings of the story that a question can tell apart (`petitions.understanding.Doubt`)."""

    about: str
    first: str
    second: str


class Draft(BaseModel):
    """A petition in the making. Nothing of it is official."""

    form: FormState
    step: str = "story"
    """What was asked last: a field of the form, or one of `OUTSIDE`, `KNOWN`, `KIND`, `DOUBT`, `REVIEW`."""
    kind_chosen: bool = False
    """The citizen named the kind; a guess does not change it any more."""
    story: list[StoryPart] = Field(default_factory=list)
    """The messages that tell it; the form holds their words, here is where each came from."""
    guessed: list[str] = Field(default_factory=list)
    """Fields filled from the story, not by an answer."""
    topic: str | None = None
    topic_chosen: bool = False
    unsure: Unsure | None = None
    unsure_asked: bool = False
    """The one question about it was put; there is no second one."""
    why_kind: str = ""
    why_topic: str = ""
    why_urgent: str = ""
    """The words of the story that the guesses rest on, one to a line."""
    outside: str | None = None
    """The authority whose matter it is (`outside` while it is not known which); None: the office's own."""
    above: bool = False
    """Against who leads this office, so that the authority above is competent."""
    outside_wanted: bool = False
    """The citizen knows that it goes to another authority, and wants it sent."""
    known: list[int] = Field(default_factory=list)
    """Cases there are that may be of the same matter, as they were offered."""
    known_looked: bool = False
    known_open: bool = False
    """Whether they were offered and the citizen has not chosen yet."""
    joins: int | None = None
    """The case that the petition will be handled with."""
    against: str | None = None
    accused_id: int | None = None
    """The officer of the office who is accused by full name."""
    second_instance: bool = False
    severity: Severity = Severity.NORMAL
    people: int | None = None
    latitude: float | None = None
    longitude: float | None = None
    phone_note: str = ""
    contact_note: str = ""
    files: list[int] = Field(default_factory=list)
    photos: int = 0
    album: str = ""
    """The album being received, and how many of it came."""
    album_count: int = 0
    told_identity: bool = False
    """What anonymous and secret mean was explained."""
    told_own_page: bool = False
    """The page of our own was offered for what is secret; who went on in a messenger all the same insists."""
    identity_here: bool = False
    """Told of that page, the citizen wants to type an identity number in a messenger."""
    typed: list[str] = Field(default_factory=list)
    """Messages of the citizen in a messenger, to be deleted there when our own page takes over."""
    confidential: bool = False
    discreet: bool = False
    from_danger: bool = False
    misses: int = 0
    """Answers to "where?" that named no place."""
    wants_human: bool = False
    nameless: bool = False
    """Hands in feedback without a name, knowing what that means."""
    language: str = ""
    """Language of later notices, where the citizen asked for one."""
    linked_to: int | None = None
    again: bool = False
    """A second complaint: `linked_to` is the first one."""
    first_at: datetime
    touched_at: datetime
    kept: bool = False
    """The citizen agreed to keep it for the full time."""
    remind: bool = False
    understood: str = ""
    """What the citizen was last told we understood, so that it is said again only when it changed."""
    refs: dict[str, str] = Field(default_factory=dict)
    """Message of the citizen -> the answer it gave, so that editing the message corrects that answer."""

    @property
    def words(self) -> str:
        """What was told, as one text, without the words that only led up to it."""
        told = [part.text for part in self.story if not part.lead] or [part.text for part in self.story]
        return "\n".join(told)

    @property
    def why(self) -> str:
        """The words that subject and kind rest on, as far as the citizen named neither."""
        parts = ("" if self.topic_chosen else self.why_topic, "" if self.kind_chosen else self.why_kind)
        return "\n".join(dict.fromkeys(word for part in parts for word in part.split("\n") if word))

    @property
    def told(self) -> bool:
        """Whether anything was told yet."""
        return any(not part.lead for part in self.story)

    @property
    def elsewhere(self) -> bool:
        """Whether another authority is competent, for the matter or for the person it is against."""
        return self.outside is not None or self.above

    def get(self, key: str) -> str:
        """The answer to a field as text; "" where there is none."""
        value = self.form.answers.get(key)
        return value if isinstance(value, str) else ""

    def put(self, key: str, value: str) -> None:
        """An answer the citizen gave."""
        self.form = answer(self.form, key, value)
        if key in self.guessed:
            self.guessed.remove(key)

    def guess(self, key: str, value: str) -> None:
        """A value read from the story; it never replaces an answer, but an earlier guess."""
        if value and (key not in self.form.answers or key in self.guessed):
            self.form = answer(self.form, key, value)
            if key not in self.guessed:
                self.guessed.append(key)

    @property
    def anonymous(self) -> bool:
        """Nobody to be reached: a tip, or feedback with neither name nor phone."""
        return self.form.kind is Kind.ANONYMOUS_TIP or (self.nameless and not self.get("phone"))

    def remember(self, ref: str, what: str) -> None:
        """Keep that the message `ref` gave the answer `what`."""
        if not ref:
            return
        self.refs[ref] = what
        while len(self.refs) > REFS_KEPT:
            self.refs.pop(next(iter(self.refs)))


class Filed(BaseModel):
    """A petition filed in this conversation, as far as the dialogue needs to know it without asking."""

    petition_id: int
    code: str
    kind: Kind
    discreet: bool = False
    pressed: str = ""
    """Version of the button that confirmed it: pressed twice, it files once."""
    refs: list[str] = Field(default_factory=list)
    at: datetime


class Asked(BaseModel):
    """An open question beside the draft."""

    what: Ask
    petition_id: int | None = None
    text: str = ""
    file_ids: list[int] = Field(default_factory=list)
    choices: list[int] = Field(default_factory=list)
    at: datetime


class Danger(BaseModel):
    """Somebody may be in danger now: no form, no menu, until the person says so."""

    about: str
    story: list[StoryPart] = Field(default_factory=list)
    files: list[int] = Field(default_factory=list)
    address: str = ""
    address_asked: bool = False
    alerted: bool = False
    cannot_call: bool = False
    quiet: bool = False
    """The one quiet line was said."""
    at: datetime
    first_at: datetime


class FileRow(BaseModel):
    """Files that came one after the other, as one answer."""

    key: str
    """Names the row as an album's id does."""
    count: int = 0
    at: datetime
    """When the last one came."""
    first: list[str] = Field(default_factory=list)
    """What the waiting answer says first: a greeting, what was understood."""
    said: str = ""
    """All it says before its question."""


class CitizenTalk(BaseModel):
    """The citizen's part of a conversation's memory."""

    version: int = 0
    """Stands in every button; a button with another one is an old button."""
    greeted: bool = False
    draft: Draft | None = None
    second: Draft | None = None
    """A second matter, proposed as a petition of its own."""
    ask: Asked | None = None
    danger: Danger | None = None
    filed: list[Filed] = Field(default_factory=list)
    """The newest last."""
    about: int | None = None
    """The petition spoken of last."""
    stranger: bool = False
    """The last look-up was of somebody else's petition."""
    proven: list[int] = Field(default_factory=list)
    """Petitions whose receipt's secret was shown here."""
    leads: list[StoryPart] = Field(default_factory=list)
    """Words that told nothing yet; they belong to the story that may follow."""
    offered: dict[str, str] = Field(default_factory=dict)
    """Buttons under our last message: folded label -> token, in order, for who types one or its number; after
    them those of the messages before it in the same turn."""
    numbers: int = 0
    """How many of `offered` stand under the last message that offered something; 0: all."""
    offered_in: int = 0
    """Where several chats share the conversation: the chat in which that was offered."""
    bound: list[int] = Field(default_factory=list)
    """Other chats of the same person that joined this conversation (their contacts)."""
    row: FileRow | None = None
    """Files sent one by one that are answered together, while their answer waits."""
    second_way: str = ""
    """The further way to be told of changes that the citizen chose: `link`, `phone` or `code`."""
    form: FormTalk | None = None
    """A đơn being completed; kept when something else is asked in between."""
    pages: PagesTalk | None = None
    form_refs: dict[str, str] = Field(default_factory=dict)
    """Message of the citizen -> petition and field of a đơn that it answered, for correcting it by editing."""
    last_at: datetime | None = None
    handed_over: bool = False
    """This is the small conversation of a chat whose own one goes on elsewhere meanwhile."""

    def filed_last(self) -> Filed | None:
        return self.filed[-1] if self.filed else None


def load(talk: Talk) -> CitizenTalk:
    return CitizenTalk.model_validate(talk.citizen)


def save(talk: Talk, state: CitizenTalk) -> None:
    """Only what differs from an empty memory is stored: the row is written at every turn."""
    talk.citizen = state.model_dump(mode="json", exclude_defaults=True)
