"""The draft grows: words are kept letter for letter, and what can be read from them is filled in.

What the citizen said in answer to a question is never overwritten by a guess; what was only guessed is
guessed anew when more is told.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Final

from handlers import competence
from handlers.citizens.chat import Chat
from handlers.citizens.state import LEADS_KEPT, Draft, StoryPart, Unsure
from handlers.citizens.wording import authority_name, kind_name, topic_name, unit_name
from handlers.officers.access import same_unit
from handlers.route_words import because as grounds_of
from petitions.agency_parts import OUTSIDE, SUBORDINATE_TYPE
from petitions.extract import Phone, find_phones, find_place, read_phone
from petitions.forms import Mode, change_kind, change_mode, edit, new_form, skip
from petitions.forms import answer as answer_form
from petitions.intents import chosen_kind
from petitions.kinds import Kind
from petitions.routing import ACCUSING, Route
from petitions.text import fold
from petitions.understanding import Understanding

SEALED: Final = frozenset({Kind.DENUNCIATION, Kind.ANONYMOUS_TIP})
_SURE: Final = 0.5
"""From this confidence on a guess of the kind goes before the word the citizen happened to use."""
_ANNOUNCED: Final = re.compile(r"^(?:\w+ ){0,4}(?:muon|can|xin|want to|like to) (?:\w+ ){1,4}(?:ve|about) ")
"""A matter announced, not told: "mình muốn kiến nghị về thư viện tỉnh" (folded words)."""
_THIN: Final = 10
"""Words: an announcement is short."""
_EMPTY: Final = 4
_DECLARED: Final = re.compile(
    r"(?:\w+ ){0,3}(?:muon|can|xin) (?:gui|lam|viet|nop) (?:mot )?(?:don )?(?:khieu nai|to cao|kien nghi|phan anh)"
    r"|(?:\w+ ){0,3}(?:want|like|wish|need) to (?:file|make|submit|lodge|send) (?:an? )?(?:formal )?\w+"
)
"""A kind declared in more words: "I want to file a complaint" (folded words)."""
_DECISION: Final = re.compile(
    r"(?:quyết định|biên bản|thông báo|công văn)(?=[^,;\n]*(?:\d+/[\dA-ZĐ]|số \d))[^,;\n]{4,160}",
    re.IGNORECASE,
)
"""The paper a complaint is about, named with its number or day."""
_WHY_TOPIC: Final = 2
_WHY_KIND: Final = 1
"""Words quoted for a subject and for a kind."""
_ACCUSED_FIELDS: Final = ("accused", "respondent", "decision")
_LEADS_FOR: Final = timedelta(minutes=30)


def begin(chat: Chat, kind: Kind | None = None) -> Draft:
    """A new draft becomes the one that is worked on."""
    now = chat.turn.now
    draft = Draft(
        form=new_form(kind or Kind.FEEDBACK),
        kind_chosen=kind is not None,
        first_at=chat.turn.incoming.at,
        touched_at=now,
        confidential=kind in SEALED,
    )
    chat.me.draft = draft
    draft.story = taken_leads(chat)
    chat.me.ask = None
    chat.me.stranger = False
    chat.renew()
    return draft


def lead_up(chat: Chat, text: str) -> None:
    """Words that tell nothing yet are kept for the story that may follow."""
    part = StoryPart(text=text, ref=chat.ref, lead=True, at=chat.turn.now)
    if chat.me.draft is not None:
        chat.me.draft.story.append(part)
    else:
        chat.me.leads = [*chat.me.leads, part][-LEADS_KEPT:]


def taken_leads(chat: Chat) -> list[StoryPart]:
    """The words that led up to what is told now; older ones belonged to something else."""
    leads = [part for part in chat.me.leads if part.at is not None and chat.turn.now - part.at < _LEADS_FOR]
    chat.me.leads = []
    return leads


def choose_kind(draft: Draft, kind: Kind) -> None:
    """The citizen names the kind; what was answered stays."""
    set_kind(draft, kind)
    draft.kind_chosen = True


def set_kind(draft: Draft, kind: Kind) -> None:
    if draft.form.kind is kind:
        return
    was_sealed = draft.form.kind in SEALED
    draft.form = change_kind(draft.form, kind)
    if kind in SEALED:
        draft.confidential = True
    elif was_sealed and not draft.from_danger:
        draft.confidential = False


def set_mode(draft: Draft) -> None:
    """How much is asked: less for another authority's matter, least after danger."""
    mode = Mode.OUTSIDE if draft.elsewhere else Mode.FULL
    if draft.from_danger:
        mode = Mode.BRIEF
    if draft.form.mode is not mode:
        draft.form = change_mode(draft.form, mode)


def tell(chat: Chat, draft: Draft, text: str, ref: str = "") -> None:
    """One more message of the story."""
    draft.story.append(StoryPart(text=text, ref=ref))
    draft.remember(ref, f"story:{len(draft.story) - 1}")
    keep_story(draft)
    understand(chat, draft)


def keep_story(draft: Draft) -> None:
    """The form's story is what the messages say now."""
    draft.form = answer_form(draft.form, "story", [part.text for part in draft.story])


def told_text(draft: Draft) -> str:
    """All that the draft is understood from."""
    return "\n".join(part for part in (draft.words, draft.get("decision")) if part)


def understand(chat: Chat, draft: Draft) -> None:
    """Fill in what the whole story says and no answer has settled."""
    seen = chat.turn.facts.suggester.understand(told_text(draft), today=chat.today)
    _guess_kind(draft, seen)
    _guess_accused(chat, draft, seen)
    _guess_subject(chat, draft, seen)
    _note_reasons(draft, seen)
    if seen.severity.value is not None and not draft.from_danger:
        draft.severity = seen.severity.value  # of the whole story: what sounded urgent may turn out otherwise
    draft.people = seen.people.value or draft.people
    draft.second_instance = bool(seen.second_instance.value)
    draft.guess("place", seen.place.value or _place_led_up(draft))
    if draft.form.kind is Kind.COMPLAINT and (named := _DECISION.search(draft.words)) is not None:
        draft.guess("decision", named.group())
    if seen.date.value is not None and draft.form.kind is not Kind.RECOMMENDATION:
        draft.guess("received_on", seen.date.value.isoformat())
    if not draft.anonymous:
        draft.guess("name", seen.name.value or "")
        read = read_phone(seen.phone.value) if seen.phone.value else _phone_led_up(draft)
        draft.guess("phone", read.number if isinstance(read, Phone) else "")
    draft.above = not draft.again and draft.outside is None and route(chat, draft).destination is not None
    if _place_is_plain(chat, draft):
        draft.form = skip(draft.form, "place")
    set_mode(draft)


def _note_reasons(draft: Draft, seen: Understanding) -> None:
    """What the guesses rest on, and what is worth asking."""
    draft.why_topic = "\n".join(seen.topic.reason.split(", ")[:_WHY_TOPIC])
    draft.why_kind = "\n".join(seen.kind.reason.split(", ")[:_WHY_KIND])
    draft.why_urgent = "\n".join(seen.severity.reason.split(", ")[:_WHY_TOPIC])
    if not draft.unsure_asked:
        doubt = seen.doubt
        draft.unsure = Unsure(about=doubt.about, first=doubt.first, second=doubt.second) if doubt else None


def _guess_accused(chat: Chat, draft: Draft, seen: Understanding) -> None:
    """Whom story and answers accuse: an office holder or unit the rules know, an officer by full name."""
    kind = draft.form.kind
    answers = [answer for key in _ACCUSED_FIELDS if (answer := draft.get(key))]
    told = (draft.words, *(f"to cao {answer}" for answer in answers))
    named = (chat.agency.accused_in(part, kind) for part in told)
    draft.against = seen.against.value or next((code for code in named if code is not None), None)
    draft.accused_id = None
    if kind not in ACCUSING:
        return
    pieces = [*competence.accusations(draft.words), *answers]
    officer = competence.accused_officer(chat.turn.book.officers(), pieces, kind, unit=draft.against)
    if officer is not None:
        draft.accused_id = officer.id
        leading = same_unit(chat.agency, officer.unit, chat.agency.leadership_unit)
        if draft.against is None and not leading:
            draft.against = officer.unit


def _place_led_up(draft: Draft) -> str:
    """Where the writer said to be before telling anything: "Bác ở thôn Đông"."""
    return next((place for part in draft.story if part.lead and (place := find_place(part.text))), "")


def _phone_led_up(draft: Draft) -> Phone | None:
    """The number somebody left before telling anything: "gọi cho tôi 0951 223 455"."""
    numbers = (phone for part in draft.story if part.lead for phone in find_phones(part.text))
    return next((phone for phone in numbers if isinstance(phone, Phone)), None)


def _place_is_plain(chat: Chat, draft: Draft) -> bool:
    """A matter of the museum or the library happens there; nobody needs to be asked where."""
    form = draft.form
    if draft.topic is None or draft.elsewhere or form.kind is not Kind.FEEDBACK:
        return False
    unit = chat.agency.topic(draft.topic).unit
    plain = unit != OUTSIDE and chat.agency.answerable(unit).type == SUBORDINATE_TYPE
    return plain and "place" not in form.answers and "place" not in form.skipped


def _guess_kind(draft: Draft, seen: Understanding) -> None:
    if draft.kind_chosen or draft.from_danger:
        return
    named = chosen_kind(draft.words)
    if seen.kind.value is not None and (named is None or seen.kind.confidence >= _SURE):
        guessed = seen.kind.value
    else:
        guessed = named or seen.kind.value or Kind.FEEDBACK
    if guessed is Kind.DENUNCIATION and draft.form.kind is Kind.ANONYMOUS_TIP:
        return
    set_kind(draft, guessed)


def _guess_subject(chat: Chat, draft: Draft, seen: Understanding) -> None:
    if draft.topic_chosen:
        return
    unit = seen.unit.value or ""
    if unit.startswith(OUTSIDE) and not _is_against_the_head(chat, draft, seen):
        draft.topic = seen.topic.value or chat.agency.outside_topic
        draft.outside = unit.partition(":")[2] or OUTSIDE
    elif seen.topic.value is not None:
        draft.topic = seen.topic.value
        draft.outside = None


def _is_against_the_head(chat: Chat, draft: Draft, seen: Understanding) -> bool:
    """Whether it is the accused, not the matter, for whom another authority is competent."""
    if seen.topic.value is None or draft.against is None:
        return False
    going = chat.agency.route(draft.form.kind, seen.topic.value, against=draft.against)
    return going.destination == seen.unit.value


def route(chat: Chat, draft: Draft) -> Route:
    """Which unit answers for the draft as it stands. A second complaint goes to who stands above the first."""
    if draft.again and draft.linked_to is not None:
        first = chat.turn.book.petition(draft.linked_to)
        if first is not None:
            return chat.agency.second_route(first.unit)
    return chat.agency.route(
        draft.form.kind,
        draft.topic,
        against=draft.against,
        second_instance=draft.second_instance,
        outside=draft.outside,
    )


def accused(chat: Chat, draft: Draft, *, second: bool) -> str | None:
    """Who is complained about or denounced; a second complaint is about who settled the first."""
    first = chat.turn.book.petition(draft.linked_to) if second and draft.linked_to is not None else None
    if first is not None:
        settled = chat.agency.answerable(first.unit)
        return settled.code if settled.type == SUBORDINATE_TYPE else chat.agency.leadership_unit
    return draft.against if draft.form.kind in ACCUSING else None


def is_announced_only(text: str) -> bool:
    """The message names a kind and perhaps a subject, but tells nothing yet."""
    words = fold(text).split()
    if len(words) > _THIN or chosen_kind(text) is None:
        return False
    return len(words) <= _EMPTY or _ANNOUNCED.match(" ".join(words)) is not None


def names_only_kind(text: str) -> bool:
    """The message is a kind and nothing else: "phản ánh nhé", "tôi muốn phản ánh"."""
    if chosen_kind(text) is None:
        return False
    words = fold(text).split()
    return len(words) <= _EMPTY or _DECLARED.fullmatch(" ".join(words).strip(" .!")) is not None


def ask_more(draft: Draft) -> None:
    """The story is announced but not told: it stays the open question."""
    draft.form = edit(draft.form, "story")


def understood(chat: Chat, draft: Draft) -> str:
    """What we made of the story, in two or three lines; "" where the citizen was told just that before."""
    if draft.discreet or not draft.told:
        return ""
    going = route(chat, draft)
    known, _, known_place = draft.understood.partition("@")
    signature = f"{draft.form.kind}|{draft.topic}|{going.unit}|{going.destination}"
    place = draft.get("place")
    draft.understood = f"{signature}@{place}"
    if going.destination is not None:
        return ""
    lines = []
    if signature != known:
        kind = kind_name(chat, draft.form.kind)
        lines.append(chat.text("citizen.understood", kind=kind, topic=topic_name(chat, draft.topic)))
    if place and (place != known_place or lines):
        lines.append(chat.text("citizen.understood_place", place=place))
    if signature != known:
        lines += because(chat, draft.why)
        why = grounds_of(chat.agency, going.because, chat.turn.texts)
        lines.append(chat.text("citizen.understood_unit", unit=unit_name(chat, going.unit), why=why))
    return "\n".join(lines)


def because(chat: Chat, why: str) -> list[str]:
    """The line that says which words of the story a guess rests on; none where it rests on no words."""
    if not why:
        return []
    words = ", ".join(chat.text("citizen.quoted", words=word) for word in why.split("\n"))
    return [chat.text("citizen.understood_why", words=words)]


def destination_name(chat: Chat, draft: Draft) -> str:
    """The authority the draft is for, in words."""
    going = route(chat, draft)
    return authority_name(chat, going.destination or "outside")
