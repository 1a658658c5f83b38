"""What a draft of an official paper is filled in with: the case's own facts, in Vietnamese, and nothing guessed.

What is not on record is empty; the draft then shows a gap to write on. Dates of limits are those of the clocks.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from handlers.officers.access import unit_name, unit_today
from handlers.officers.cards import shown_code
from handlers.officers.clock_lines import Standpoint, rule_of
from handlers.papers import document_names, paper_data
from handlers.texts import DEFAULT_LANGUAGE
from petitions.agency import UnknownCode
from petitions.agency_parts import SUBORDINATE_TYPE
from petitions.clock_steps import ACCEPT, DISMISSAL, SECOND_COMPLAINT, SETTLE
from petitions.clock_steps import rule_of as rule_of_step
from petitions.kinds import Action, Kind
from petitions.reasons import CODES, basis_of
from petitions.rules import LegalRule, NoRule

if TYPE_CHECKING:
    from collections.abc import Iterable

    from handlers.texts import Texts
    from petitions.clocks import Clock
    from petitions.official_papers import OfficialPaper
    from petitions.papers import PaperData
    from storage.records import EventRecord, PetitionRecord

_NUMBER_GAP: Final = "………"
_DAY_GAP: Final = "……"


@dataclass(frozen=True, slots=True)
class _Case:
    """A case with everything its papers are filled from, read once."""

    at: Standpoint
    petition: PetitionRecord
    texts: Texts
    data: PaperData
    events: list[EventRecord]
    clocks: list[Clock]
    today: dt.date

    def last(self, actions: Iterable[Action]) -> EventRecord | None:
        """The latest event of one of these actions."""
        wanted = frozenset(actions)
        return next((event for event in reversed(self.events) if event.action in wanted), None)


DRAFT: Final = "draft"
"""What the record calls a draft that was made (`opened` of a note): it changes nothing, and nobody else is told."""


def values_of(at: Standpoint, petition: PetitionRecord, paper: OfficialPaper) -> dict[str, str]:
    """Every name of `petitions.official_papers.FIELDS` that is known for this paper. Reads only."""
    agency = at.facts.agency
    texts = at.facts.catalogue.language(DEFAULT_LANGUAGE)
    today = at.now.astimezone(agency.zone).date()
    documents = document_names(at.book.files_of(petition.id), texts)
    data = paper_data(
        petition,
        at.book.content(petition),
        at.book.form_values(petition.id),
        agency,
        today,
        documents=documents,
    )
    case = _Case(
        at,
        petition,
        texts,
        data,
        at.book.events(petition.id),
        list(at.book.clocks(petition.id).values()),
        today,
    )
    found = _office(case, paper) | _petitioner(case) | _petition(case) | _limits(case) | _steps(case, paper)
    found["can_bo"] = _maker(case, paper)
    return {name: value for name, value in found.items() if value}


def _maker(case: _Case, paper: OfficialPaper) -> str:
    """Who made the latest draft of this paper, as on record."""
    for event in reversed(case.events):
        if event.content.get("opened") == DRAFT and event.content.get("paper") == paper.code:
            officer = case.at.book.officer(event.actor.officer_id) if event.actor.officer_id else None
            return officer.name if officer is not None else ""
    return ""


def _office(case: _Case, paper: OfficialPaper) -> dict[str, str]:
    """Who issues it: a subordinate unit settles first complaints in its own name (Luật Khiếu nại Đ19)."""
    agency, petition = case.at.facts.agency, case.petition
    head = agency.papers
    office, above = agency.name("vi"), head.superior_vi or ""
    signer, symbol = head.signer_vi or "", head.symbol_vi or ""
    unit = unit_name(agency, petition.unit, "vi")
    if petition.kind is Kind.COMPLAINT and petition.instance == 1 and _is_subordinate(case):
        office, above, signer, symbol = unit, office, "", ""
    return {
        "co_quan": office,
        "co_quan_cap_tren": above,
        "nguoi_ky": signer,
        "don_vi": unit,
        "dia_danh": head.place_vi or "",
        "mau": ", ".join(part for part in (paper.form, paper.source) if part),
        **_number(case, paper, symbol or _NUMBER_GAP),
    }


def _is_subordinate(case: _Case) -> bool:
    agency = case.at.facts.agency
    try:
        return agency.unit(unit_today(agency, case.petition.unit)).type == SUBORDINATE_TYPE
    except UnknownCode:
        return False


def _number(case: _Case, paper: OfficialPaper, symbol: str) -> dict[str, str]:
    """Number and day as recorded with the deed this paper goes with; else left to write in."""
    event = case.last(paper.events)
    document = str(event.content.get("document") or "") if event is not None else ""
    sort = f"{paper.number}-" if paper.number else ""
    day = _event_day(case, event) if document else None
    return {
        "so_ky_hieu": document or f"{_NUMBER_GAP}/{sort}{symbol}",
        "ngay_thang": _date_line(day, case.today.year),
    }


def _date_line(day: dt.date | None, year: int) -> str:
    if day is None:
        return f"ngày {_DAY_GAP} tháng {_DAY_GAP} năm {year}"
    month = f"{day.month:02d}" if day.month < 3 else str(day.month)  # NĐ 30/2020: a zero before 1 and 2
    return f"ngày {day.day:02d} tháng {month} năm {day.year}"


def _petitioner(case: _Case) -> dict[str, str]:
    person, petition = case.data.petitioner, case.petition
    return {
        "nguoi_gui": person.name,
        "nguoi_gui_dia_chi": person.address,
        "nguoi_gui_lien_he": person.phone,
        "nguoi_gui_so_giay_to": person.identity_number,
        "nguoi_gui_ngay_cap": _day(person.identity_issued_on),
        "nguoi_gui_noi_cap": person.identity_issued_by,
        "nguoi_duoc_uy_quyen": case.data.authorised.name,
        "so_nguoi": str(petition.people) if petition.people and petition.people > 1 else "01",
        "noi_dung": "\n".join(case.data.story),
        "yeu_cau": case.data.request,
        "tai_lieu": "\n".join(f"- {name}" for name in case.data.documents),
        "ve_viec": case.data.decision or _topic(case),
    }


def _topic(case: _Case) -> str:
    """The matter by its topic; of a denunciation nothing, for it is written by hand."""
    petition = case.petition
    if petition.kind is Kind.DENUNCIATION or petition.topic is None:
        return ""
    try:
        return case.at.facts.agency.topic(petition.topic).name("vi")
    except UnknownCode:
        return ""


def _petition(case: _Case) -> dict[str, str]:
    petition, agency = case.petition, case.at.facts.agency
    zone = agency.zone
    kind = agency.kind(petition.kind)
    found = {
        "ma_don": shown_code(petition),
        "so_tiep_nhan": f"{petition.register_no}/{petition.register_year}",
        "loai_don": kind.name_vi.lower() if kind is not None else "",
        "ngay_nhan_don": _day(petition.formed_on or petition.filed_at.astimezone(zone).date()),
        "ben_kia": case.data.respondent or case.data.accused,
    }
    if petition.dialogue_at is not None:
        local = petition.dialogue_at.astimezone(zone)
        found |= {"gio_doi_thoai": f"{local:%H} giờ {local:%M}", "ngay_doi_thoai": _day(local.date())}
    if petition.destination:
        try:
            authority = agency.outside_authority(petition.destination)
            found |= {
                "co_quan_nhan": authority.name("vi"),
                "dia_chi_co_quan_nhan": authority.address("vi") or "",
            }
        except UnknownCode:
            pass  # the authority is not known yet: a gap
    return found


def _limits(case: _Case) -> dict[str, str]:
    found = {}
    accept = _clock(case, ACCEPT)
    if accept is not None:
        found["han_thu_ly"] = _day(accept.due_on)
    settle = _clock(case, SETTLE)
    rule = rule_of(case.at, settle) if settle is not None else _rule(case, SETTLE, case.petition)
    if rule is not None:
        found |= {"thoi_han_giai_quyet": _amount(case, rule), "dieu_thoi_han": rule.article}
    if settle is not None:
        found["han_giai_quyet"] = _day(settle.due_on)
    if case.petition.kind is Kind.COMPLAINT and case.petition.instance == 1:
        decided = replace(case.petition, decided_on=case.petition.decided_on or case.today)
        further = _rule(case, SECOND_COMPLAINT, decided)
        found["thoi_han_tiep"] = _amount(case, further) if further is not None else ""
    return found


def _clock(case: _Case, step: str) -> Clock | None:
    """The clock of a step: the one that is alive, else the one that ended last."""
    of_step = sorted((clock for clock in case.clocks if clock.step == step), key=lambda clock: clock.id)
    return next((clock for clock in of_step if clock.alive), of_step[-1] if of_step else None)


def _rule(case: _Case, step: str, petition: PetitionRecord) -> LegalRule | None:
    """The rule that would give a step its time if it began today."""
    named = rule_of_step(step, petition)
    if named is None:
        return None
    try:
        return case.at.facts.agency.rules.pick(
            named.rule,
            case.today,
            complex=petition.complex,
            remote=petition.remote,
            second=petition.instance > 1,
            dismissal=petition.subkind == DISMISSAL,
        )
    except NoRule:
        return None


def _amount(case: _Case, rule: LegalRule) -> str:
    return case.texts.get(f"clocks.amount_{rule.unit}", amount=rule.amount) if rule.amount else ""


def _steps(case: _Case, paper: OfficialPaper) -> dict[str, str]:
    """What was recorded when it was accepted, suspended, refused or decided."""
    petition = case.petition
    accepted = case.last((Action.ACCEPT,)) if petition.accepted_on is not None else None
    suspended = case.last((Action.SUSPEND,))
    found = {
        "ngay_thu_ly": _day(petition.accepted_on),
        "so_thu_ly": str(accepted.content.get("document") or "") if accepted is not None else "",
        "ket_qua": _result(case),
    }
    if suspended is not None:
        found["so_tam_dinh_chi"] = str(suspended.content.get("document") or "")
        found["ngay_tam_dinh_chi"] = _day(_event_day(case, suspended))
    event = case.last(paper.events)
    code = str(event.content.get("code") or "") if event is not None else ""
    if event is not None and f"reasons.long_{code}" in case.texts:
        found["ly_do"] = case.texts.get(f"reasons.long_{code}").rstrip(".")
        found["dieu_ly_do"] = _basis(event.action, petition.kind, code)
    return found


def _basis(action: Action, kind: Kind, code: str) -> str:
    """The article the reason rests on; the lists a reason can be of are looked through in their order."""
    side = "complaint" if kind is Kind.COMPLAINT else "denunciation"
    lists = {
        Action.NOT_ACCEPT: f"not_accept_{side}",
        Action.SCREEN_INELIGIBLE: "ineligible",
        Action.SUSPEND: f"suspend_{side}",
        Action.DISCONTINUE: f"discontinue_{side}",
        Action.EXTEND: "extend_denunciation",
        Action.PASS_ON: "outside",
        Action.GUIDE: "outside",
    }
    name = lists.get(action, "")
    return basis_of(name, code) if code in CODES.get(name, ()) else ""


_RESULTS: Final = frozenset(
    code for name in ("result_first", "result_second", "result_denunciation") for code in CODES[name]
)


def _result(case: _Case) -> str:
    outcome = case.petition.outcome or ""
    return case.texts.get(f"reasons.long_{outcome}") if outcome in _RESULTS else ""


def _event_day(case: _Case, event: EventRecord | None) -> dt.date | None:
    """The day of the deed: the one that was told, else when it was recorded."""
    if event is None:
        return None
    told = event.content.get("on")
    zone = case.at.facts.agency.zone
    return dt.date.fromisoformat(told) if isinstance(told, str) else event.at.astimezone(zone).date()


def _day(day: dt.date | None) -> str:
    return f"{day:%d/%m/%Y}" if day is not None else ""
