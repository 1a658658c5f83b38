"""From the first chat word over the form, the signed photograph and the officer's check to acceptance."""

from __future__ import annotations

import asyncio
import io
from datetime import date, timedelta
from pathlib import Path
from typing import Final

import pytest
from PIL import Image, ImageEnhance

from petitions.kinds import Stage
from petitions.papers import Paper
from tests.bot.papers.reading import pdf_words
from tests.bot.papers.signing import authority, person, sign
from tests.bot.papers.test_photos import page
from tests.e2e.support.heard import Document, Exchange
from tests.e2e.support.house import PATIENCE
from tests.e2e.support.legal_office import TODAY, Case, LegalOffice
from tests.e2e.support.people import shown
from tests.e2e.support.waiting import until

RESPONDENT: Final = "Thanh tra Sở Văn hóa, Thể thao và Du lịch, đường Trường Chinh, Phủ Lý"
REQUEST: Final = {
    "vi": "Hủy quyết định xử phạt số 15/QĐ-XPHC",
    "en": "Annul the sanction decision 15/QD-XPHC",
}
WORDS: Final = {
    "vi": {
        "form": "Hoàn thiện đơn",
        "blank": "Để trống, điền tay",
        "pages": "Chụp gửi đơn đã ký",
        "hand in": "Nộp đơn",
        "retake": "Chụp lại trang 1",
        "clock": "Thời hạn theo luật chỉ bắt đầu khi cơ quan nhận được đơn đủ nội dung và có chữ ký.",
        "lacking": "Đơn còn thiếu:",
        "dark": "Trang 1: ảnh tối quá",
        "replaced": "Đã thay trang 1 bằng ảnh mới",
        "given": "Đơn có chữ ký: Ông/Bà đã nộp ngày 02/12/2026, cán bộ đang kiểm tra.",
    },
    "en": {
        "form": "Complete the petition",
        "blank": "Leave blank, by hand",
        "pages": "Send photos of it signed",
        "hand in": "Hand in",
        "retake": "page 1 again",
        "clock": "The time limits of the law begin only when the office has the complete, signed petition.",
        "lacking": "Still missing:",
        "dark": "Page 1: the picture is too dark",
        "replaced": "Page 1 was replaced by the new photo",
        "given": "Signed petition: you handed it in on 02/12/2026; an officer is checking it.",
    },
}


@pytest.fixture(scope="module")
def paper() -> Image.Image:
    """A printed complaint, as a telephone photographs it."""
    printed = page(Paper.COMPLAINT)
    width = 960
    return printed.resize((width, width * printed.height // printed.width), Image.Resampling.LANCZOS)


def photographed(paper: Image.Image, light: float) -> bytes:
    out = io.BytesIO()
    ImageEnhance.Brightness(paper).enhance(light).save(out, "JPEG", quality=80)
    return out.getvalue()


@pytest.mark.parametrize("language", ["vi", "en"])
async def test_from_the_first_word_to_acceptance(
    office: LegalOffice, paper: Image.Image, language: str
) -> None:
    words = WORDS[language]
    # Monday 30 November: the first word. Only the answer of A-01 is due: ten working days, 14 December.
    case = await office.taken("khieu_nai", language)
    limits = await office.clocks(case)
    assert limits["first_answer"].due_on == date(2026, 12, 14)
    assert "accept" not in limits
    assert "settle" not in limits
    looked_up = (await case.citizen.say(case.shown)).text
    assert words["lacking"] in looked_up

    papers = await _filled(case)
    printed = pdf_words(papers[0].data)
    assert "15/Q" in printed
    assert RESPONDENT in printed
    assert REQUEST[language] in printed
    assert "Nguyễn Thị Sen" in printed
    assert "settle" not in await office.clocks(case), "a filled form is not a signed one"

    # Wednesday 2 December: the signed page, first too dark, then well.
    await office.later(timedelta(days=2))
    await case.citizen.news()
    await case.citizen.press(words["pages"])
    await case.citizen.photo(photographed(paper, 0.2))
    await _is_told(office, case, words["dark"])
    await case.citizen.press(words["retake"])
    again = await case.citizen.photo(photographed(paper, 0.8))
    assert words["replaced"] in again.text
    given = await case.citizen.press(words["hand in"])
    assert case.shown in given.text
    kept = await office.kept(case)
    assert (kept.record.formed_on, kept.record.stage) == (None, Stage.ASSIGNED), "the officer decides"
    assert kept.record.form_given_at is not None
    assert "accept" not in await office.clocks(case)
    assert words["given"] in (await case.citizen.say(case.shown)).text

    # Friday 4 December: the officer looks at the page and confirms that the form came on Wednesday.
    told = "\n".join(heard.text for heard in await office.clerk.chat.news())
    assert "người gửi đã nộp đơn ký. Xin xem và xác nhận, hoặc yêu cầu bổ sung." in told
    await office.later(timedelta(days=2))
    seen = await office.clerk.begins(case.code, "Xem chi tiết")
    assert "Người gửi nộp đơn ký: 02/12/2026" in seen.text
    assert "2026-1" not in seen.text, "days are written as people write them"
    picture = await office.clerk.presses("Trang 1", seen)
    assert picture.answers[-1].file is not None
    assert picture.answers[-1].file.data == photographed(paper, 0.8)
    await office.clerk.does(case.code, "Xác nhận đủ đơn…", "02/12/2026")
    await case.hears(
        vi=(
            "Đơn {code}: cơ quan đã nhận đơn ký đầy đủ ngày 02/12/2026. Thời hạn theo luật tính từ ngày này. "
            "Chậm nhất ngày 11/12/2026, cơ quan báo có thụ lý (nhận giải quyết) hay không."
        ),
        en=(
            "Petition {code}: the office received the complete signed form on 02/12/2026. The legal time limits "
            "count from that day. By 11/12/2026 the office says whether it accepts the petition."
        ),
    )
    kept = await office.kept(case)
    first, second = kept.record.first_message_at.date(), kept.record.formed_on
    assert (first, second) == (date(2026, 11, 30), date(2026, 12, 2)), "both moments are on record"
    # Seven working days after Wednesday 2 December: 3, 4, 7, 8, 9, 10, 11 December (C-03).
    limits = await office.clocks(case)
    assert (limits["accept"].started_on, limits["accept"].due_on) == (date(2026, 12, 2), date(2026, 12, 11))

    await office.clerk.does(case.code, "Đủ điều kiện")
    await case.told()
    await office.clerk.does(case.code, "Thụ lý…", TODAY, "12/TB-TTr")
    # 30 days from Friday 4 December: Sunday 3 January, so Monday 4 January (C-05).
    await case.hears(
        vi=(
            "Đơn {code} đã được thụ lý (chính thức nhận giải quyết) ngày 04/12/2026, văn bản số 12/TB-TTr. "
            "Hạn giải quyết: 04/01/2027. Ông/Bà gõ mã đơn để xem căn cứ pháp luật."
        ),
        en=(
            "Petition {code} was formally accepted on 04/12/2026, notice no. 12/TB-TTr. It is to be settled by "
            "04/01/2027. Type the code to see the legal basis."
        ),
    )
    limit = (await office.clocks(case))["settle"]
    assert (limit.started_on, limit.nominal_on, limit.due_on, limit.aim_on) == (
        date(2026, 12, 4),
        date(2027, 1, 3),
        date(2027, 1, 4),
        date(2026, 12, 31),
    )


async def test_a_form_signed_electronically(office: LegalOffice, tmp_path: Path) -> None:
    """The signature is looked at and its result told to both; who accepts it is the officer."""
    case = await office.taken("khieu_nai")
    papers = await _filled(case)
    signer = person("Nguyễn Thị Sen", authority())
    signed = await asyncio.to_thread(sign, papers[0].data, signer, tmp_path)  # it runs a loop of its own
    await case.citizen.press("Gửi PDF ký số")
    await case.citizen.document("don-da-ky.pdf", signed)
    told = await _is_told(office, case, "Kết quả kiểm tra chữ ký số:")
    assert "Tệp có chữ ký số của Nguyễn Thị Sen." in told
    assert "Nội dung không bị sửa sau khi ký." in told
    assert "không thuộc nơi cấp mà hệ thống nhận biết được" in told
    kept = await office.kept(case)
    assert kept.record.form_given_at is not None
    assert kept.record.formed_on is None
    seen = await office.clerk.begins(case.code, "Xem chi tiết")
    assert "Tệp ký số" in seen.text
    await office.clerk.does(case.code, "Yêu cầu bổ sung…", "[thiếu chữ ký]", "Xin ký bằng chứng thư khác.")
    assert "chữ ký hoặc điểm chỉ của người gửi" in (await case.citizen.news())[-1].text
    assert (await office.kept(case)).record.stage is Stage.WAITING_CITIZEN


async def test_what_the_form_still_lacks_is_reminded_of_once(office: LegalOffice) -> None:
    for language in ("vi", "en"):
        case = await office.taken("khieu_nai", language)
        await case.citizen.press(WORDS[language]["form"])
        reminders = []
        for _ in range(6):
            await office.later(timedelta(days=2))
            reminders += [heard for heard in await case.citizen.news() if heard.labels]
        assert len(reminders) == 1, [heard.text for heard in reminders]
        assert case.shown in reminders[0].text
        assert "remind_form" in (await office.kept(case)).actions


async def _filled(case: Case) -> list[Document]:
    """The form's questions answered, one left for the hand; the papers that came."""
    words = WORDS[case.language]
    asked = await case.citizen.press(words["form"])
    assert words["clock"] in asked.text
    for _ in range(10):
        if any(heard.file for heard in asked.answers):
            return [heard.file for heard in asked.answers if heard.file is not None]
        asked = await _answer(case, asked)
    raise AssertionError(shown(case.citizen.transcript[-10:]))


async def _answer(case: Case, asked: Exchange) -> Exchange:
    question = asked.answers[-1].text.splitlines()[-1]
    for begin, answer in {
        "Ông/Bà khiếu nại cơ quan": RESPONDENT,
        "Which body or person": RESPONDENT,
        "Ông/Bà yêu cầu": REQUEST["vi"],
        "What do you ask": REQUEST["en"],
        "Which decision or act": "Decision 15/QD-XPHC of 20/11/2026 of the Inspectorate",
    }.items():
        if question.startswith(begin):
            return await case.citizen.say(answer)
    return await case.citizen.press(WORDS[case.language]["blank"])


async def _is_told(office: LegalOffice, case: Case, words: str) -> str:
    """Until a file was fetched and looked at, and the citizen reads `words` of it; all that stands there then."""
    told = ""

    async def reads() -> bool:
        nonlocal told
        await office.later(timedelta(seconds=5))
        told = "\n".join(heard.text for heard in await case.citizen.all_heard())
        return words in told

    await until(reads, f"told: {words}", within=PATIENCE)
    return told
