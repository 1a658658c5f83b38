"""The form engine: what to ask next, and what an answer, a skip, a step back or a correction does.

Pure: every function takes a state and returns a new one. A confirmed answer is only ever replaced by another
answer to the same question, or taken away by `clear_answer` and `clear`, which the person asks for by name.
Answers may come in any order and several at a time; the engine only says which question comes next.
"""

from __future__ import annotations

from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, JsonValue

from petitions.form_fields import FORMS, Asked, Field, Mode, Validator, fields_of
from petitions.kinds import Kind
from petitions.told import told_in_story

__all__ = [
    "FORMS",
    "Asked",
    "Field",
    "FormState",
    "Mode",
    "NotSkippable",
    "UnknownField",
    "Validator",
    "add_to_story",
    "answer",
    "back",
    "change_kind",
    "change_mode",
    "clear",
    "clear_answer",
    "complete",
    "edit",
    "fields_of",
    "filed_answers",
    "finish_files",
    "keep",
    "missing_for_form",
    "new_form",
    "next_field",
    "receive_files",
    "skip",
    "story_text",
    "told_in_story",
]

ANONYMOUS: Final = "anonymous"
"""The answer to `identity` that makes a denunciation a tip; `named` and `confidential` make it one again."""
IDENTITIES: Final = ("named", "confidential", ANONYMOUS)


class UnknownField(LookupError):
    """No form has a field of that key."""


class NotSkippable(Exception):
    """The chat cannot file without this answer. `key` names the field."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


class FormState(BaseModel):
    """A form being filled in; plain data, kept between messages."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Kind
    mode: Mode = Mode.FULL
    answers: dict[str, JsonValue] = {}
    """By field key. Answers to questions another kind asks stay here when the kind changes."""
    skipped: tuple[str, ...] = ()
    trail: tuple[str, ...] = ()
    """Keys in the order they were first dealt with; what `back` walks along."""
    asking: str | None = None
    """A question that was opened again, by a step back or a correction; None: the next open one."""
    files: Literal["none", "open", "done"] = "none"
    """`open`: files are coming in, and the person has not said that these were all."""


def new_form(kind: Kind, mode: Mode = Mode.FULL) -> FormState:
    """An empty form. A tip is anonymous from the start, so that question is answered."""
    state = FormState(kind=kind, mode=mode)
    return answer(state, "identity", ANONYMOUS) if kind is Kind.ANONYMOUS_TIP else state


_ALL_KEYS: Final = frozenset(field.key for fields in FORMS.values() for field in fields)


def _field(state: FormState, key: str) -> Field | None:
    return next((field for field in fields_of(state.kind, state.mode) if field.key == key), None)


def _known(key: str) -> str:
    if key not in _ALL_KEYS:
        raise UnknownField(key)
    return key


def next_field(state: FormState) -> Field | None:
    """The question to put now, or None when everything is there for the review.

    A question opened again goes first, then files that are still coming in, then the form's own order.
    """
    opened = _field(state, state.asking) if state.asking is not None else None
    if opened is not None:
        return opened
    if state.files == "open":
        return _field(state, "files")
    told: frozenset[str] | None = None
    for field in fields_of(state.kind, state.mode):
        if field.key in state.answers or field.key in state.skipped:
            continue
        if field.asked is Asked.UNLESS_TOLD:
            told = told_in_story(story_text(state)) if told is None else told
            if field.key not in told:
                return field
        elif field.asked is Asked.ALWAYS:
            return field
    return None


def complete(state: FormState) -> bool:
    """Whether the review card can be shown: nothing is left to ask and no question is open again."""
    return next_field(state) is None


def answer(state: FormState, key: str, value: JsonValue) -> FormState:
    """Keeps an answer, asked for or not. An earlier answer to the same question is replaced.

    `identity` decides between denunciation and tip. An answer to another question than the open one does not
    close the open one, but it does end the files that were coming in.

    Raises:
        UnknownField: no form asks this.
    """
    _known(key)
    changes: dict[str, object] = {
        "answers": state.answers | {key: value},
        "skipped": tuple(skipped for skipped in state.skipped if skipped != key),
        "trail": state.trail if key in state.trail else (*state.trail, key),
        "asking": None if state.asking == key else state.asking,
        "files": "done" if state.files == "open" or key == "files" else state.files,
    }
    if key == "identity" and state.kind in {Kind.DENUNCIATION, Kind.ANONYMOUS_TIP}:
        changes["kind"] = Kind.ANONYMOUS_TIP if value == ANONYMOUS else Kind.DENUNCIATION
    return state.model_copy(update=changes)


def add_to_story(state: FormState, text: str) -> FormState:
    """Adds one more message to the story; the ones before stay as they are."""
    return answer(state, "story", [*_story(state), text])


def _story(state: FormState) -> list[JsonValue]:
    story = state.answers.get("story")
    if isinstance(story, list):
        return list(story)
    return [] if story is None else [story]


def story_text(state: FormState) -> str:
    """The story's messages as one text."""
    return "\n".join(str(part) for part in _story(state))


def skip(state: FormState, key: str | None = None) -> FormState:
    """Leaves the present question (or the one of `key`) open for good; an answer already given stays.

    Raises:
        NotSkippable: the chat cannot file without it.
        UnknownField: the form of this kind does not ask it.
    """
    present = next_field(state) if key is None else _field(state, _known(key))
    if present is None:
        if key is None:
            return state
        raise UnknownField(key)
    if present.key == "files":
        return finish_files(state)
    if present.key in state.answers:
        return keep(state)
    if not present.skippable:
        raise NotSkippable(present.key)
    return state.model_copy(
        update={
            "skipped": (*(k for k in state.skipped if k != present.key), present.key),
            "trail": state.trail if present.key in state.trail else (*state.trail, present.key),
            "asking": None if state.asking == present.key else state.asking,
        }
    )


def keep(state: FormState) -> FormState:
    """Leaves a question that was opened again as it was answered before."""
    return state.model_copy(update={"asking": None})


def back(state: FormState) -> FormState:
    """Opens the question before the present one again; its answer stays until another one is given.

    At the first question nothing changes.
    """
    asked = [key for key in state.trail if _field(state, key) is not None]
    position = asked.index(state.asking) if state.asking in asked else len(asked)
    return state if position == 0 else state.model_copy(update={"asking": asked[position - 1]})


def edit(state: FormState, key: str) -> FormState:
    """Opens one question again, as chosen at review.

    Raises:
        UnknownField: the form of this kind has no such field.
    """
    if _field(state, key) is None:
        raise UnknownField(key)
    return state.model_copy(update={"asking": key})


def clear_answer(state: FormState, key: str) -> FormState:
    """Takes one answer away because the person asks for it; it counts as skipped where that is allowed.

    Raises:
        UnknownField: no form asks this.
    """
    _known(key)
    field = _field(state, key)
    skipped = tuple(k for k in state.skipped if k != key)
    if field is not None and field.skippable and key in state.answers:
        skipped = (*skipped, key)
    return state.model_copy(
        update={
            "answers": {k: value for k, value in state.answers.items() if k != key},
            "skipped": skipped,
            "asking": None if state.asking == key else state.asking,
            "files": "none" if key == "files" else state.files,
        }
    )


def clear(state: FormState) -> FormState:
    """The same form, empty: the person starts over."""
    return new_form(state.kind, state.mode)


def change_kind(state: FormState, kind: Kind) -> FormState:
    """The same answers under the form of another kind; what that form does not ask is kept, not shown.

    Only `identity` follows the kind: a tip is anonymous, a denunciation after one asks again.
    """
    changed = state.model_copy(update={"kind": kind})
    if kind is Kind.ANONYMOUS_TIP:
        return answer(changed, "identity", ANONYMOUS)
    if state.answers.get("identity") == ANONYMOUS:
        return clear_answer(changed, "identity")
    return changed


def change_mode(state: FormState, mode: Mode) -> FormState:
    """The same answers, with more or fewer questions."""
    return state.model_copy(update={"mode": mode})


def receive_files(state: FormState) -> FormState:
    """Files came in: until the person says that these were all, that is the open question."""
    return state.model_copy(update={"files": "open"})


def finish_files(state: FormState) -> FormState:
    """These were all the files, or there are none."""
    return state.model_copy(
        update={"files": "done", "asking": None if state.asking == "files" else state.asking}
    )


def filed_answers(state: FormState) -> dict[str, JsonValue]:
    """What goes into the petition: only what the form of this kind asks, so a tip carries no name."""
    keys = [field.key for field in fields_of(state.kind, state.mode)]
    return {key: state.answers[key] for key in keys if key in state.answers}


def missing_for_form(state: FormState) -> tuple[Field, ...]:
    """What the law requires of the complete đơn and nobody has told yet."""
    told = told_in_story(story_text(state))
    return tuple(
        field
        for field in FORMS[state.kind]
        if field.required
        and field.key not in state.answers
        and not (field.asked is Asked.UNLESS_TOLD and field.key in told)
    )
