"""Questions asked in the middle of a form, which are answered before the form goes on."""

from __future__ import annotations

import re
from enum import StrEnum, unique
from functools import lru_cache

from petitions.phones import find_phones
from petitions.wording import MESSAGES_KEPT, Phrasebook, Words, read_words
from petitions.wordlists import table

_LONGEST = 34
"""Words: what is longer is a story, even where it asks something."""
_OTHER_LONGEST = 22


@unique
class Question(StrEnum):
    """What is asked. The values name the sections of `data/questions.toml`, in order of precedence."""

    RESEND_NEEDED = "resend_needed"
    ANONYMOUS_TAKEN_SERIOUSLY = "anonymous_taken_seriously"
    KIND_DIFFERENCE = "kind_difference"
    STATUS_MEANING = "status_meaning"
    NEED_VISIT = "need_visit"
    HOW_LONG = "how_long"
    LAWYER = "lawyer"
    FEE = "fee"
    OPENING_HOURS = "opening_hours"
    PROCEDURE = "procedure"
    OFFICE_WHERE = "office_where"
    DATA_PRIVACY = "data_privacy"
    IS_BOT = "is_bot"
    WHAT_NEXT = "what_next"
    RIGHT_PLACE = "right_place"
    WHY_CONTACT = "why_contact"
    CHANGE_LATER = "change_later"
    OTHER = "other"


@lru_cache(maxsize=1)
def _books() -> tuple[Phrasebook, Phrasebook, Phrasebook]:
    known = Phrasebook.of_lists({name: part["anywhere"] for name, part in table("questions").items()})
    words = table("asking")
    return (
        known,
        Phrasebook.of_lists({"ask": words["ask"], "end": words["end"]}),
        Phrasebook.of_lists({"story": words["story"], "wish": words["wish"]}),
    )


_MARK = re.compile(r"\?\s*[^\w]*$")


def asks(words: Words, *, marks: bool = True) -> bool:
    """The words have the form of a question: an asking word, an asking end, or (`marks`) a question mark at
    the end."""
    if not words.words:
        return False
    if marks and _MARK.search(words.text):
        return True
    for hit in _books()[1].find(words):
        if hit.label == "ask":
            return True
        clause = words.words[hit.last - 1].clause
        tail = [word.bare for word in words.words[hit.last :] if word.clause == clause]
        if _POLITE.issuperset(tail):
            return True
    return False


_POLITE = frozenset(
    ("a", "nhi", "vay", "the", "nhe", "em", "anh", "chi", "ban", "bac", "chau", "ad", "nha", "shop", "ha")
)
"""Words that may follow the end of a question."""


def question(text: str) -> Question | None:
    """The question a short message asks; None for a statement, an answer or a story.

    A story may ask ("ai quản lý vậy?") and a wish may have the form of a question ("cho em tố cáo được
    không"): neither is one here.
    """
    return _question(text)


@lru_cache(maxsize=MESSAGES_KEPT)
def _question(text: str) -> Question | None:
    words = read_words(text)
    if not words.words or len(words) > _LONGEST:
        return None
    known, _, others = _books()
    labels = {hit.label for hit in known.find(words)}
    form = asks(words)
    if (not labels and not form) or find_phones(text):
        return None
    for kind in Question:
        if kind in labels and (form or kind in _PLAIN_ENOUGH):
            return kind
    if not form or len(words) > _OTHER_LONGEST or others.find(words):
        return None
    return Question.OTHER if _addressed(words) else None


_PLAIN_ENOUGH = frozenset(
    {
        Question.RESEND_NEEDED,
        Question.KIND_DIFFERENCE,
        Question.IS_BOT,
        Question.HOW_LONG,
        Question.DATA_PRIVACY,
        Question.WHAT_NEXT,
        Question.WHY_CONTACT,
        Question.NEED_VISIT,
        Question.ANONYMOUS_TAKEN_SERIOUSLY,
    }
)
"""Their phrases ask by themselves."""


def _addressed(words: Words) -> bool:
    """Asked of the office ("cho hỏi", "… không ạ", "?"), not thrown into the room by an angry person."""
    return bool(_books()[1].find(words)) or words.text.rstrip().endswith("?")
