"""What the sample dialogues expect of each turn, as named checks over a transcript, whatever the channel.

`EXPECTED[dialogue id][turn number]` are the checks of one turn, each named after what it sees; the sample
data hold the sentence behind it. Where the law or the issue says otherwise than a dialogue, the check follows
them and says so in its docstring.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

from petitions.kinds import Stage
from petitions.text import fold
from storage.records import PetitionContent, PetitionRecord
from tests.e2e.support.heard import Exchange

Check = Callable[[Exchange, Sequence[Exchange]], None]
"""Takes the exchange of the turn and all exchanges up to it; raises AssertionError."""

EXPECTED: dict[str, dict[int, list[Check]]] = defaultdict(lambda: defaultdict(list))


def expect(dialogue: int, turn: int) -> Callable[[Check], Check]:
    """Register a check for a turn of `dlg-dev-NN`."""

    def register(check: Check) -> Check:
        EXPECTED[f"dlg-dev-{dialogue:02d}"][turn].append(check)
        return check

    return register


def check_turn(dialogue: str, turn: int, transcript: Sequence[Exchange]) -> None:
    """Run every check of the turn that was just played (the last exchange)."""
    for check in EXPECTED[dialogue][turn]:
        check(transcript[-1], transcript)


# --- the words of the checks


def says(exchange: Exchange, *patterns: str) -> None:
    """Every pattern (folded: no diacritics, lower case) stands in what was answered."""
    told = fold(exchange.text)
    for pattern in patterns:
        assert re.search(pattern, told), f"not said: {pattern!r}\n{exchange.text}"


def never(exchange: Exchange, *patterns: str) -> None:
    told = fold(exchange.text)
    for pattern in patterns:
        assert not re.search(pattern, told), f"said: {pattern!r}\n{exchange.text}"


def offers(exchange: Exchange, *labels: str) -> None:
    told = [fold(label) for label in exchange.labels]
    for label in labels:
        assert any(re.search(label, one) for one in told), f"no button {label!r} among {exchange.labels}"


def answered(exchange: Exchange) -> None:
    assert exchange.answers, f"silence after: {exchange.did}"


def one_message(exchange: Exchange) -> None:
    assert len(exchange.answers) == 1, [answer.text for answer in exchange.answers]


def no_menu(exchange: Exchange) -> None:
    assert not any("gui don" in fold(label) or "tra cuu" in fold(label) for label in exchange.labels)


def in_english(exchange: Exchange) -> None:
    assert not re.search(r"[ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]", _told(exchange)), (
        exchange.text
    )


def in_vietnamese(exchange: Exchange) -> None:
    assert re.search(r"[ăâđêôơưạảấầẩậắằặếềểệốồộớờợứừự]", _told(exchange)), exchange.text


def _told(exchange: Exchange) -> str:
    """The office's own words: without quotations of the citizen's story, names of places and the agency."""
    text = re.sub(r"(?m)^.*(Hà Nam province|Content \(in your words\)).*$", "", exchange.text)
    return text.lower()


def no_code(exchange: Exchange) -> None:
    assert not [code for answer in exchange.answers for code in answer.codes], exchange.text


def one_code(exchange: Exchange) -> None:
    codes = {code for answer in exchange.answers for code in answer.codes}
    assert len(codes) == 1, exchange.text


# --- 1: karaoke, five photos, words for buttons, a corrected number


@expect(1, 1)
def short_greeting_purpose_and_menu(now: Exchange, _all: Sequence[Exchange]) -> None:
    says(now, "kinh chao", "phan anh, kien nghi, khieu nai, to cao")
    offers(now, "gui don", "tra cuu", "hoi dap")


@expect(1, 2)
def typed_kind_is_taken_without_the_menu_again(now: Exchange, _all: Sequence[Exchange]) -> None:
    says(now, "phan anh", "chuyen gi da xay ra")
    no_menu(now)


@expect(1, 3)
def content_taken_and_place_not_asked_again(now: Exchange, _all: Sequence[Exchange]) -> None:
    says(now, "nguyen van troi, phu ly", "karaoke")
    never(now, r"o dau\?")


@expect(1, 4)
def exactly_one_answer_to_the_album_naming_five_photos(now: Exchange, _all: Sequence[Exchange]) -> None:
    one_message(now)
    says(now, r"\b5 anh")


@expect(1, 5)
def typed_done_goes_on_to_contact_details(now: Exchange, _all: Sequence[Exchange]) -> None:
    says(now, "ho ten va so dien thoai")


@expect(1, 6)
def wrong_number_is_shown_and_only_the_number_asked_again(now: Exchange, _all: Sequence[Exchange]) -> None:
    says(now, "0951 223 45", "9 chu so", "so dien thoai")
    never(now, "ho ten")


@expect(1, 7)
def number_replaced_and_name_kept(now: Exchange, _all: Sequence[Exchange]) -> None:
    says(now, "nguyen thi sen", "0951 ?223 ?454")


@expect(1, 8)
def number_replaced_at_review_and_summary_shown_again(now: Exchange, _all: Sequence[Exchange]) -> None:
    says(now, "nguyen thi sen", "0951 ?223 ?455", "xac nhan gui")
    never(now, "223 ?454")
    offers(now, "xac nhan gui")


@expect(1, 9)
def code_unit_in_plain_words_and_date(now: Exchange, _all: Sequence[Exchange]) -> None:
    one_code(now)
    says(now, "phong quan ly van hoa va gia dinh", r"cham nhat ngay \d\d/\d\d/\d{4}", "10 ngay lam viec")


# --- 2: an old man's voice message


@expect(2, 1)
def voice_is_kept_and_one_sentence_or_a_number_asked(now: Exchange, _all: Sequence[Exchange]) -> None:
    says(now, "tin thoai cua ong/ba da duoc luu", "mot cau ngan", "so dien thoai")
    never(now, "khong hieu")


@expect(2, 2)
def bare_letters_are_taken_without_correcting(now: Exchange, _all: Sequence[Exchange]) -> None:
    says(now, "tu bo|di tich", "ong/ba|o dau")
    never(now, "sai chinh ta", "co dau")


@expect(2, 3)
def position_stored_and_only_the_name_of_the_place_asked(now: Exchange, _all: Sequence[Exchange]) -> None:
    says(now, "da luu vi tri", "thon, xom")
    never(now, "so nha", "dia chi day du")


@expect(2, 4)
def typed_place_is_taken(now: Exchange, _all: Sequence[Exchange]) -> None:
    says(now, "dinh cuu hao")


@expect(2, 5)
def side_question_answered_and_pending_one_repeated(now: Exchange, all_: Sequence[Exchange]) -> None:
    says(now, "khong can", "lien he")
    assert fold(all_[-2].answers[-1].text).split("xin cho biet")[-1] in fold(now.text)


@expect(2, 6)
def age_is_no_phone(now: Exchange, _all: Sequence[Exchange]) -> None:
    says(now, "so dien thoai")
    never(now, r"\b79\b", "chu so")


@expect(2, 7)
def number_of_the_grandson_is_marked_so(now: Exchange, _all: Sequence[Exchange]) -> None:
    says(now, "0953 ?600 ?411", "chau noi", "tran van dieu")


@expect(2, 8)
def typed_consent_files_and_the_code_can_be_read_out(now: Exchange, _all: Sequence[Exchange]) -> None:
    one_code(now)
    says(now, "doc ma nay cho chau noi")


# --- 3: a complaint, questions in the middle, a corrected date


@expect(3, 1)
def complaint_recognised_and_what_it_needs_said(now: Exchange, _all: Sequence[Exchange]) -> None:
    says(now, "khieu nai", "quyet dinh hoac viec lam", "ngay nao", "vi sao")


@expect(3, 2)
def subject_of_the_returned_papers_understood(now: Exchange, _all: Sequence[Exchange]) -> None:
    says(now, "quang cao")


@expect(3, 3)
def time_limits_of_a_complaint(now: Exchange, all_: Sequence[Exchange]) -> None:
    says(now, "0?7 ngay lam viec", "30 ngay", "45 ngay", "thong tin chung")
    _pending_again(now, all_)


@expect(3, 4)
def no_lawyer_needed_and_draft_not_lost(now: Exchange, all_: Sequence[Exchange]) -> None:
    says(now, "khong bat buoc|khong can")
    _pending_again(now, all_)


def _pending_again(now: Exchange, all_: Sequence[Exchange]) -> None:
    question = [line for line in all_[-2].answers[-1].text.splitlines() if line.strip()]
    asked = [line for line in question if line.startswith(("Xin cho biết", "Việc", "Ông/Bà"))][-1]
    assert asked in now.text, f"not repeated: {asked}"


@expect(3, 5)
def date_corrected_in_place(now: Exchange, _all: Sequence[Exchange]) -> None:
    says(now, "12/0?5", "giu nguyen")
    never(now, "10/0?5")


@expect(3, 6)
def document_kept_under_its_name(now: Exchange, _all: Sequence[Exchange]) -> None:
    says(now, re.escape("cong_van_tra_ho_so.pdf"))


@expect(3, 7)
def name_address_and_phone_taken_from_one_message(now: Exchange, _all: Sequence[Exchange]) -> None:
    never(now, "ho ten", "so dien thoai", r"dia chi .*\?")
    says(now, "yeu cau")


@expect(3, 8)
def request_stored_and_the_signed_form_explained(now: Exchange, _all: Sequence[Exchange]) -> None:
    says(
        now,
        "nhan lai ho so",
        "pham quoc huy",
        "to 5 dong van",
        "0955 ?220 ?671",
        "12/05",
        "ky don hoac xac nhan danh tinh",
    )


@expect(3, 9)
def clock_runs_from_acceptance(now: Exchange, _all: Sequence[Exchange]) -> None:
    one_code(now)
    says(now, "tinh tu ngay thu ly")


# --- 4: anonymous, then named but secret


@expect(4, 1)
def anonymous_and_secret_explained_and_offered(now: Exchange, _all: Sequence[Exchange]) -> None:
    says(now, "nac danh", "khong thu ly la to cao", "giu bi mat danh tinh", "chung cu")
    offers(now, "giu bi mat", "nac danh")


@expect(4, 2)
def anonymous_asks_no_name_and_warns_of_the_code(now: Exchange, _all: Sequence[Exchange]) -> None:
    says(now, "khong hoi ten", "chi theo doi duoc qua cuoc tro chuyen nay va ma don")
    never(now, "cho biet ho ten")


@expect(4, 3)
def accusation_is_the_citizens_word(now: Exchange, _all: Sequence[Exchange]) -> None:
    says(now, "theo loi ong/ba|ghi nhan")
    never(now, "ho ten va so")


@expect(4, 4)
def evidence_stored(now: Exchange, _all: Sequence[Exchange]) -> None:
    one_message(now)
    says(now, "1 anh")


@expect(4, 5)
def honest_answer_without_promise(now: Exchange, _all: Sequence[Exchange]) -> None:
    says(now, "khong thu ly la to cao", "chung cu", "khong hua")


@expect(4, 6)
def switched_to_secret_with_name_and_phone(now: Exchange, _all: Sequence[Exchange]) -> None:
    says(now, "giu bi mat", "can bo co tham quyen")
    never(now, "0957 ?331 ?209", "bui thi nhan")


@expect(4, 7)
def nothing_to_resend_and_masked_summary(now: Exchange, _all: Sequence[Exchange]) -> None:
    says(now, "khong phai gui lai", r"b\*+ t\*+ n\*+")
    never(now, "0957 ?331 ?209", "bui thi nhan")
    offers(now, "gui bi mat")


@expect(4, 8)
def denunciation_filed_in_secret(now: Exchange, _all: Sequence[Exchange]) -> None:
    one_code(now)
    never(now, "bui thi nhan", "0957")


# --- 5: looking up


@expect(5, 1)
def mistyped_code_is_said_so_and_nothing_betrayed(now: Exchange, _all: Sequence[Exchange]) -> None:
    says(now, "go chua dung", "go lai ma")
    never(now, "giai doan", "gan dung", "co phai ma")
    no_code(now)


@expect(5, 2)
def lower_case_and_spaces_accepted_and_details_shown_to_the_owner(
    now: Exchange, _all: Sequence[Exchange]
) -> None:
    one_code(now)
    says(now, "giai doan", "karaoke", r"\d\d/\d\d/\d{4}")


@expect(5, 3)
def stage_in_plain_words_and_date_of_the_record(now: Exchange, all_: Sequence[Exchange]) -> None:
    says(now, "nghia la", r"con \d+ ngay")
    due = re.search(r"hạn[^:]*: (\d\d/\d\d/\d{4})", all_[-2].text, re.IGNORECASE)
    assert due is not None
    assert due[1] in now.text


@expect(5, 4)
def a_strangers_details_are_not_shown(now: Exchange, _all: Sequence[Exchange]) -> None:
    """Stage and dates are told (issue: who knows a code sees stage and dates); nothing else."""
    says(now, "chi nguoi gui moi xem duoc")
    never(now, "karaoke", "phong quan ly", "nguyen thi sen")


@expect(5, 5)
def firm_polite_and_how_the_owner_can(now: Exchange, _all: Sequence[Exchange]) -> None:
    says(now, "thong cam", "khoa rieng", "uy quyen")
    never(now, "giai doan")


@expect(5, 6)
def notices_are_on_for_ones_own(now: Exchange, _all: Sequence[Exchange]) -> None:
    says(now, "bao tin da bat san")
    one_code(now)


# --- 6: an angry person


@expect(6, 1)
def empathy_no_scolding(now: Exchange, _all: Sequence[Exchange]) -> None:
    says(now, "buc xuc", "quang cao")
    never(now, "lich su", "van hoa giao tiep", "chan", "xuc pham")


@expect(6, 2)
def admits_to_be_automatic_and_offers_a_human(now: Exchange, _all: Sequence[Exchange]) -> None:
    says(now, "tro ly tu dong", "can bo", "lien he|goi lai", r"o dau\?")


@expect(6, 3)
def place_taken_from_the_sentence(now: Exchange, _all: Sequence[Exchange]) -> None:
    says(now, "nga tu vinh tru")


@expect(6, 4)
def only_one_question_left(now: Exchange, _all: Sequence[Exchange]) -> None:
    says(now, "chi con mot cau", "so dien thoai")
    assert now.labels, "no way to skip"


@expect(6, 5)
def name_and_phone_taken_and_short_summary(now: Exchange, _all: Sequence[Exchange]) -> None:
    says(now, "thang", "0951 ?990 ?017")
    offers(now, "xac nhan")


@expect(6, 6)
def rude_consent_files_courteously(now: Exchange, _all: Sequence[Exchange]) -> None:
    one_code(now)
    says(now, "ong/ba")


@expect(6, 7)
def apology_taken_lightly_and_notice_confirmed(now: Exchange, _all: Sequence[Exchange]) -> None:
    says(now, "khong sao", "bao tin da bat|nhan ngay tai day")


# --- 7: leaves, returns the next day, changes the matter


@expect(7, 1)
def recommendation_about_the_library_begun(now: Exchange, _all: Sequence[Exchange]) -> None:
    says(now, "kien nghi", "thu vien")


@expect(7, 2)
def content_stored_and_form_goes_on(now: Exchange, _all: Sequence[Exchange]) -> None:
    answered(now)
    no_menu(now)


@expect(7, 3)
def draft_kept_and_how_long(now: Exchange, _all: Sequence[Exchange]) -> None:
    says(now, "ban nhap duoc giu", r"\d+ ngay")


@expect(7, 4)
def draft_and_pending_question_shown_again(now: Exchange, _all: Sequence[Exchange]) -> None:
    says(now, "van con", "mo cua ca chu nhat", "ho ten")
    never(now, "chuyen gi da xay ra")


@expect(7, 5)
def asks_once_whether_to_discard(now: Exchange, _all: Sequence[Exchange]) -> None:
    says(now, "co chac muon bo")
    one_message(now)


@expect(7, 6)
def old_draft_dropped_and_new_feedback_begun(now: Exchange, _all: Sequence[Exchange]) -> None:
    says(now, "da bo ban nhap", "phan anh", "thu vien")
    never(now, "co chac")


@expect(7, 7)
def chat_accepted_as_contact(now: Exchange, _all: Sequence[Exchange]) -> None:
    says(now, "le bich ngoc", "tai day|cuoc tro chuyen nay")
    never(now, "mo cua ca chu nhat")


@expect(7, 8)
def created_once(now: Exchange, _all: Sequence[Exchange]) -> None:
    one_code(now)


# --- 8: withdraws, and opens it again


@expect(8, 1)
def withdrawal_explained_and_confirmation_asked(now: Exchange, _all: Sequence[Exchange]) -> None:
    says(now, "rut don", "luu theo quy dinh")
    offers(now, "dong y rut don")


@expect(8, 2)
def reason_stored_without_judgement(now: Exchange, _all: Sequence[Exchange]) -> None:
    says(now, "da ghi ly do")
    offers(now, "dong y rut don")


@expect(8, 3)
def withdrawn_with_date_and_unit_told(now: Exchange, _all: Sequence[Exchange]) -> None:
    says(now, "da rut don", r"\d\d/\d\d/\d{4}", "duoc bao")
    never(now, r"\?")


@expect(8, 4)
def reopening_or_a_linked_new_one_offered(now: Exchange, _all: Sequence[Exchange]) -> None:
    offers(now, "mo lai", "don moi")


@expect(8, 5)
def reopened_with_history(now: Exchange, _all: Sequence[Exchange]) -> None:
    says(now, "da mo lai", "qua trinh xu ly")


# --- 9: outside competence, and a second matter


@expect(9, 1)
def outside_is_said_with_the_authority_and_a_choice(now: Exchange, _all: Sequence[Exchange]) -> None:
    says(now, "khong thuoc tham quyen", "so nong nghiep va moi truong")
    offers(now, "chuyen giup")


@expect(9, 2)
def forwarded_but_not_decided_here(now: Exchange, _all: Sequence[Exchange]) -> None:
    says(now, "chuyen don toi so nong nghiep va moi truong", "khong giai quyet thay")


@expect(9, 3)
def name_phone_and_place_taken_at_once(now: Exchange, _all: Sequence[Exchange]) -> None:
    says(now, "nguyen thi hoa", "0955 ?412 ?660", "thua 118 thon 3")


@expect(9, 4)
def a_separate_petition_is_proposed(now: Exchange, _all: Sequence[Exchange]) -> None:
    says(now, "viec khac", "don rieng", "quang cao")
    no_code(now)


@expect(9, 5)
def two_codes_listed_together(now: Exchange, _all: Sequence[Exchange]) -> None:
    first = now.answers[0]
    assert len(set(first.codes)) == 2, first.text
    says(now, "so nong nghiep va moi truong", "phong quan ly van hoa va gia dinh")


@expect(9, 6)
def both_listed_with_subject_and_destination(now: Exchange, all_: Sequence[Exchange]) -> None:
    assert set(now.answers[-1].codes) == set(all_[-2].answers[0].codes)
    says(now, r"\b2 don", "quang cao", "so nong nghiep va moi truong")


# --- 10: an English tourist, then her friend


@expect(10, 1)
def answered_in_english_asking_where(now: Exchange, _all: Sequence[Exchange]) -> None:
    in_english(now)
    says(now, "where")


@expect(10, 2)
def position_stored_without_vietnamese(now: Exchange, _all: Sequence[Exchange]) -> None:
    in_english(now)
    says(now, "location")


@expect(10, 3)
def more_content_taken_in_english(now: Exchange, _all: Sequence[Exchange]) -> None:
    in_english(now)
    no_code(now)


@expect(10, 4)
def switched_to_vietnamese_with_both_people_kept(now: Exchange, _all: Sequence[Exchange]) -> None:
    in_vietnamese(now)
    says(now, "emma clarke", "0958 ?220 ?471", "so cua ban")
    never(now, "chuyen gi da xay ra")


@expect(10, 5)
def filed_with_an_english_line(now: Exchange, _all: Sequence[Exchange]) -> None:
    one_code(now)
    says(now, "tieng anh", "petition code")


@expect(10, 6)
def english_close_with_the_code(now: Exchange, _all: Sequence[Exchange]) -> None:
    in_english(now)
    says(now, "thank you")
    one_code(now)


# --- 11: two answers in one, a card, a sticker, a video too large


@expect(11, 1)
def asks_what_happened(now: Exchange, _all: Sequence[Exchange]) -> None:
    says(now, "chuyen gi da xay ra")


@expect(11, 2)
def name_and_place_not_asked_again(now: Exchange, _all: Sequence[Exchange]) -> None:
    says(now, "hoa mac")
    never(now, "cho biet ho ten", r"o dau\?")


@expect(11, 3)
def sticker_is_a_nod_and_the_question_comes_again(now: Exchange, _all: Sequence[Exchange]) -> None:
    says(now, "cam on", "so dien thoai")


@expect(11, 4)
def phone_from_the_card(now: Exchange, _all: Sequence[Exchange]) -> None:
    says(now, "0953 ?118 ?704")


@expect(11, 5)
def limit_explained_and_draft_untouched(now: Exchange, _all: Sequence[Exchange]) -> None:
    says(now, "20 mb", "ngan hon", "anh", "con nguyen")


@expect(11, 6)
def photo_stored(now: Exchange, _all: Sequence[Exchange]) -> None:
    says(now, "1 anh")


@expect(11, 7)
def urgent_confirmed_with_numbers_and_next_step(now: Exchange, _all: Sequence[Exchange]) -> None:
    says(now, "khan", r"\b114\b|\b115\b", "bao ngay")
    no_code(now)


@expect(11, 8)
def created_as_urgent(now: Exchange, _all: Sequence[Exchange]) -> None:
    one_code(now)
    says(now, "khan", "bao ngay")


# --- 12: violence at home, going on


@expect(12, 1)
def numbers_first_very_short_no_form(now: Exchange, _all: Sequence[Exchange]) -> None:
    one_message(now)
    first = fold(now.text).splitlines()[0]
    assert "113" in first, now.text
    assert "111" in first, now.text
    says(now, "cong an xa")
    assert len(now.text) < 160
    assert not now.labels


@expect(12, 2)
def only_the_address_asked(now: Exchange, _all: Sequence[Exchange]) -> None:
    one_message(now)
    says(now, "o dau", "113")
    never(now, "phan anh|to cao|khieu nai|ho ten")
    assert not now.labels


@expect(12, 3)
def number_again_address_passed_on_nothing_promised(now: Exchange, _all: Sequence[Exchange]) -> None:
    one_message(now)
    says(now, "113", "da ghi dia chi", "bao ngay")
    never(now, "se den", "se toi", "dang den")


@expect(12, 4)
def text_a_neighbour_and_no_call(now: Exchange, _all: Sequence[Exchange]) -> None:
    one_message(now)
    says(now, "hang xom", "113")
    never(now, r"goi lai\b", "so dien thoai")


@expect(12, 5)
def one_quiet_line_with_choices(now: Exchange, all_: Sequence[Exchange]) -> None:
    one_message(now)
    assert len(now.text.splitlines()) == 1
    offers(now, "nguoi than", "dung", "tiep tuc")
    assert len([answer for one in all_ for answer in one.answers]) == 5, "a reminder was sent"


@expect(12, 6)
def petition_begins_prefilled_asking_for_safe_contact(now: Exchange, _all: Sequence[Exchange]) -> None:
    says(now, "khong phai ke lai", "an toan", "kin dao")
    never(now, "chuyen gi da xay ra")


@expect(12, 7)
def mothers_number_only_and_nothing_named(now: Exchange, _all: Sequence[Exchange]) -> None:
    says(now, "318", "cua me")
    never(now, "bao luc", "chong", "dap cua", "phan anh")
    offers(now, "gui")


@expect(12, 8)
def neutral_words_with_the_code(now: Exchange, _all: Sequence[Exchange]) -> None:
    one_code(now)
    never(now, "bao luc", "chong", "gia dinh", "phan anh", "to cao", "khan")


# --- the end of a dialogue


def check_final(
    final: dict[str, Any],
    petitions: Sequence[tuple[PetitionRecord, PetitionContent, int]],
    *,
    filed_before: int = 0,
) -> None:
    """Each field of `final` against what stands in the book: petitions of the chat, oldest first, with their
    content and number of files. `filed_before`: petitions that were there when the dialogue began."""
    if final.get("status") == "reopened_or_linked":
        assert len(petitions) in {final["petitions"], final["petitions"] + 1}
        reopened = petitions[0][0].stage is not Stage.WITHDRAWN and petitions[0][0].reopened == 1
        assert reopened or petitions[-1][0].linked_to == petitions[0][0].id
    else:
        assert len(petitions) - filed_before == final["petitions"]
    labels = final.get("list") or ([final] if "kind" in final else [])
    for label, (record, content, files) in zip(labels, petitions, strict=bool(labels)):
        _one_petition(label, record, content, files)


def _one_petition(
    label: dict[str, Any], record: PetitionRecord, content: PetitionContent, files: int
) -> None:
    """An outside authority is the destination, never the answerable unit (design, promise 2)."""
    assert record.kind == label["kind"]
    assert record.topic == label["topic"]
    assert (record.destination or record.unit) == label["unit"]
    found = {
        "severity": record.severity.value,
        "confidential": record.confidential,
        "anonymous": record.anonymous,
        "people": record.people,
        "phone": content.phone or None,
        "attachments": files,
    }
    for name, value in found.items():
        if name in label:
            assert value == label[name], f"{name}: {value!r}"
