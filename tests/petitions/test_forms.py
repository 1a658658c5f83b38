"""Forms ask what the law requires; no sequence of answers loses one or leads into a dead end."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from petitions import forms
from petitions.forms import FORMS, Asked, FormState, Mode, NotSkippable, UnknownField, fields_of
from petitions.kinds import Kind

KEYS = sorted({field.key for fields in FORMS.values() for field in fields})
STORY = "Quán karaoke Trăng Thanh ở đường Nguyễn Văn Trỗi, Phủ Lý hát tới 1h sáng"


def asked_until_complete(state: FormState) -> tuple[list[str], FormState]:
    asked = []
    while (field := forms.next_field(state)) is not None:
        asked.append(field.key)
        state = forms.answer(state, field.key, "named" if field.key == "identity" else "một câu trả lời")
        assert len(asked) < 20
    return asked, state


def form(kind: Kind, **answers: Any) -> FormState:
    state = forms.new_form(kind)
    for key, value in answers.items():
        state = forms.answer(state, key, value)
    return state


@pytest.mark.parametrize(
    ("kind", "mode", "asked"),
    [
        (
            Kind.COMPLAINT,
            Mode.FULL,
            ["story", "decision", "respondent", "name", "address", "phone", "request"],
        ),
        (Kind.DENUNCIATION, Mode.FULL, ["identity", "story", "accused", "name", "phone"]),
        (Kind.ANONYMOUS_TIP, Mode.FULL, ["story", "accused"]),
        (Kind.RECOMMENDATION, Mode.FULL, ["story", "name", "phone"]),
        (Kind.FEEDBACK, Mode.FULL, ["story", "place", "name", "phone"]),
        (Kind.COMPLAINT, Mode.OUTSIDE, ["story", "name", "phone"]),
        (Kind.FEEDBACK, Mode.BRIEF, ["story", "place", "phone"]),
    ],
)
def test_each_kind_asks_its_own_questions(kind: Kind, mode: Mode, asked: list[str]) -> None:
    got, state = asked_until_complete(forms.new_form(kind, mode))
    assert got == asked
    assert forms.complete(state)


def test_no_form_asks_for_an_identity_number_and_a_tip_for_no_person() -> None:
    assert not {key for key in KEYS if "number" in key or key in {"cccd", "id"}}
    tip = {field.key for field in FORMS[Kind.ANONYMOUS_TIP]}
    assert tip == {"identity", "story", "accused", "files"}


def test_what_the_law_requires_is_in_the_form_with_its_article() -> None:
    required = {kind: {field.key for field in fields if field.required} for kind, fields in FORMS.items()}
    assert required[Kind.COMPLAINT] == {
        "story",
        "decision",
        "received_on",
        "respondent",
        "name",
        "address",
        "request",
    }
    assert required[Kind.DENUNCIATION] == {"identity", "story", "accused", "name", "phone", "address"}
    for kind, fields in FORMS.items():
        assert len({field.key for field in fields}) == len(fields)
        for field in fields:
            assert field.article or not field.required, (kind, field.key)
            assert field.prompt_key == f"citizen.ask_{field.key}"
            assert not (field.asked is Asked.AT_FORM and not (field.skippable or field.required))


def test_what_the_story_tells_is_not_asked_again() -> None:
    told = form(Kind.FEEDBACK, story=STORY)
    asked = forms.next_field(told)
    assert asked is not None
    assert asked.key == "name"
    complaint = form(
        Kind.COMPLAINT, story=["Tôi muốn khiếu nại việc Sở trả hồ sơ cấp giấy phép của tôi"], decision="x"
    )
    following = forms.next_field(complaint)
    assert following is not None
    assert following.key == "name"
    denunciation = form(
        Kind.DENUNCIATION,
        identity="confidential",
        story="Trưởng ban quản lý di tích thôn em lấy tiền tu bổ 120 triệu mua xe",
    )
    following = forms.next_field(denunciation)
    assert following is not None
    assert following.key == "name"


def test_two_answers_at_once_leave_only_what_is_open() -> None:
    state = form(Kind.FEEDBACK, story=STORY, phone="0953118704", name="Vũ Hải")
    assert forms.complete(state)
    assert forms.filed_answers(state) == {"story": STORY, "name": "Vũ Hải", "phone": "0953118704"}


def test_files_are_the_open_question_until_they_are_all_there() -> None:
    state = forms.receive_files(form(Kind.FEEDBACK, story=STORY))
    asked = forms.next_field(state)
    assert asked is not None
    assert asked.key == "files"
    after_done = forms.next_field(forms.finish_files(state))
    after_name = forms.next_field(forms.answer(state, "name", "Nguyễn Thị Sen"))
    assert after_done is not None
    assert after_name is not None
    assert (after_done.key, after_name.key) == ("name", "phone")


def test_a_step_back_corrects_one_answer_and_keeps_the_rest() -> None:
    state = form(Kind.COMPLAINT, story="Sở trả hồ sơ của tôi", received_on="2026-05-10")
    again = forms.back(state)
    assert again.asking == "received_on"
    assert again.answers == state.answers
    corrected = forms.answer(again, "received_on", "2026-05-12")
    assert corrected.answers == {"story": "Sở trả hồ sơ của tôi", "received_on": "2026-05-12"}
    following = forms.next_field(corrected)
    assert following is not None
    assert following.key == "decision"
    first = forms.back(forms.back(forms.back(corrected)))
    assert first.asking == "story"
    assert forms.keep(first).answers == corrected.answers


def test_what_is_needed_cannot_be_skipped_and_what_is_not_can() -> None:
    state = form(Kind.FEEDBACK, story=STORY)
    with pytest.raises(NotSkippable) as caught:
        forms.skip(state)
    assert caught.value.key == "name"
    done = forms.skip(forms.answer(state, "name", "Lê Bích Ngọc"))
    assert forms.complete(done)
    assert done.skipped == ("phone",)
    later = forms.answer(done, "phone", "0951223455")
    assert later.skipped == ()
    assert forms.clear_answer(later, "phone").skipped == ("phone",)


def test_a_skip_on_an_answered_question_keeps_the_answer() -> None:
    state = form(Kind.FEEDBACK, story=STORY, phone="0951223455")
    assert forms.skip(forms.edit(state, "phone")).answers == state.answers


def test_anonymous_and_back_to_named_keeps_everything_told() -> None:
    state = form(Kind.DENUNCIATION, name="Bùi Thị Nhàn", identity="anonymous", story="Ông Ba lấy tiền")
    assert state.kind is Kind.ANONYMOUS_TIP
    assert forms.complete(state)
    assert "name" not in forms.filed_answers(state)
    named = forms.answer(forms.answer(state, "identity", "confidential"), "phone", "0957331209")
    assert named.kind is Kind.DENUNCIATION
    assert forms.complete(named)
    assert forms.filed_answers(named)["name"] == "Bùi Thị Nhàn"
    asked_again = forms.change_kind(state, Kind.DENUNCIATION)
    following = forms.next_field(asked_again)
    assert following is not None
    assert following.key == "identity"


def test_what_the_full_form_still_needs_is_named() -> None:
    state = form(Kind.DENUNCIATION, identity="named", story="Ông Ba lấy tiền", name="A", phone="0957331209")
    assert forms.complete(state)
    assert [field.key for field in forms.missing_for_form(state)] == ["address"]


def test_a_story_grows_message_by_message() -> None:
    state = forms.add_to_story(form(Kind.FEEDBACK, story="một"), "hai")
    assert forms.add_to_story(state, "ba").answers["story"] == ["một", "hai", "ba"]
    assert forms.story_text(state) == "một\nhai"


def test_unknown_keys_are_refused() -> None:
    state = forms.new_form(Kind.FEEDBACK)
    with pytest.raises(UnknownField):
        forms.answer(state, "cccd", "001")
    for act in (forms.edit, forms.skip, forms.clear_answer):
        with pytest.raises(UnknownField):
            act(state, "cccd")
    for act in (forms.edit, forms.skip):
        with pytest.raises(UnknownField):
            act(state, "accused")


ANSWERS = st.one_of(
    st.text(max_size=30), st.lists(st.text(max_size=10), max_size=3), st.just(STORY), st.just("")
)


class AnyFilling(RuleBasedStateMachine):
    """Any sequence of answers, skips, steps back, corrections and changes of kind, beside a plain ledger."""

    def __init__(self) -> None:
        super().__init__()
        self.state = forms.new_form(Kind.FEEDBACK)
        self.confirmed: dict[str, Any] = {}

    def _confirm(self, key: str, value: Any) -> None:
        self.confirmed[key] = value

    @rule(value=ANSWERS)
    def answer_what_is_asked(self, value: Any) -> None:
        field = forms.next_field(self.state)
        if field is None:
            return
        if field.key == "identity":
            value = "confidential"
        self.state = forms.answer(self.state, field.key, value)
        self._confirm(field.key, value)
        assert self.state.asking != field.key

    @rule(key=st.sampled_from([key for key in KEYS if key != "identity"]), value=ANSWERS)
    def answer_something_else(self, key: str, value: Any) -> None:
        self.state = forms.answer(self.state, key, value)
        self._confirm(key, value)

    @rule(value=st.sampled_from(forms.IDENTITIES))
    def choose_identity(self, value: str) -> None:
        self.state = forms.answer(self.state, "identity", value)
        self._confirm("identity", value)

    @rule()
    def skip(self) -> None:
        field = forms.next_field(self.state)
        try:
            self.state = forms.skip(self.state)
        except NotSkippable:
            assert field is not None
            assert not field.skippable
            return
        following = forms.next_field(self.state)
        assert field is None or following is None or following.key != field.key or field.key == "files"

    @rule()
    def back(self) -> None:
        self.state = forms.back(self.state)

    @rule()
    def keep(self) -> None:
        self.state = forms.keep(self.state)

    @rule(key=st.sampled_from(KEYS))
    def edit(self, key: str) -> None:
        if key in {field.key for field in fields_of(self.state.kind, self.state.mode)}:
            self.state = forms.edit(self.state, key)
            asked = forms.next_field(self.state)
            assert asked is not None
            assert asked.key == key

    @rule(key=st.sampled_from(KEYS))
    def take_one_away(self, key: str) -> None:
        self.state = forms.clear_answer(self.state, key)
        self.confirmed.pop(key, None)

    @rule()
    def files_come(self) -> None:
        self.state = forms.receive_files(self.state)

    @rule()
    def files_are_done(self) -> None:
        self.state = forms.finish_files(self.state)

    @rule(kind=st.sampled_from(list(Kind)))
    def change_kind(self, kind: Kind) -> None:
        before = self.state.answers.get("identity")
        self.state = forms.change_kind(self.state, kind)
        if kind is Kind.ANONYMOUS_TIP:
            self._confirm("identity", "anonymous")
        elif before == "anonymous":
            self.confirmed.pop("identity", None)

    @rule(mode=st.sampled_from(list(Mode)))
    def change_mode(self, mode: Mode) -> None:
        self.state = forms.change_mode(self.state, mode)

    @precondition(lambda self: forms.complete(self.state))
    @rule()
    def start_over(self) -> None:
        self.state = forms.clear(self.state)
        self.confirmed = {"identity": "anonymous"} if self.state.kind is Kind.ANONYMOUS_TIP else {}

    @invariant()
    def no_answer_is_lost(self) -> None:
        assert self.state.answers == self.confirmed

    @invariant()
    def it_survives_a_restart(self) -> None:
        assert FormState.model_validate_json(self.state.model_dump_json()) == self.state

    @invariant()
    def answering_always_leads_to_the_review(self) -> None:
        asked, state = asked_until_complete(self.state)
        assert len(asked) == len(set(asked))
        assert forms.complete(state)


AnyFilling.TestCase.settings = settings(max_examples=80, stateful_step_count=25, deadline=None)
TestAnyFilling = AnyFilling.TestCase


@given(st.sampled_from(list(Kind)), st.sampled_from(list(Mode)))
def test_stepping_back_from_the_review_reaches_every_question_and_ends(kind: Kind, mode: Mode) -> None:
    asked, state = asked_until_complete(forms.new_form(kind, mode))
    visited = []
    while (earlier := forms.back(state)) != state:
        assert earlier.asking is not None
        visited.append(earlier.asking)
        state = earlier
    assert set(asked) <= set(visited)
    assert len(visited) == len(set(visited))
