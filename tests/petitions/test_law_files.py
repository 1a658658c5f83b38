"""Law files and agency times that cannot be used are refused by place; the page for officers is up to date."""

from __future__ import annotations

import runpy
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from petitions.agency import Agency, ProfileProblem, load_agency
from petitions.rules import LawFileProblem, Mark, NoRule, RuleBook, packaged_tables, tables_in

ROOT = Path(__file__).resolve().parents[2]
TODAY = date(2026, 11, 22)


def row(**changes: Any) -> dict[str, Any]:
    """A complete entry, with changes; None leaves a field out."""
    fields = {
        "file": "test.toml",
        "id": "C-03",
        "kind": "complaint",
        "step": "accept",
        "what": "Accept the complaint",
        "what_vi": "Thụ lý khiếu nại",
        "amount": 7,
        "unit": "wd",
        "event": "receipt",
        "event_vi": "ngày nhận",
        "article": "Điều 27 Luật Khiếu nại",
        "instrument": "02/2011/QH13",
        "source": "L02 Đ27",
        "in_force_from": date(2026, 7, 1),
        "from_mark": "VERIFIED",
        "mark": "VERIFIED",
    }
    return {name: value for name, value in (fields | changes).items() if value is not None}


OLDER = {"in_force_from": date(2012, 7, 1), "amount": 10, "unit": "d"}


@pytest.mark.parametrize(
    ("tables", "message"),
    [
        (
            [row(**OLDER, in_force_to=date(2026, 7, 1)), row()],
            r"test\.toml: C-03: the version from 2012-07-01 overlaps .* in_force_to = 2026-06-30",
        ),
        ([row(**OLDER), row()], r"overlaps the one from 2026-07-01"),
        (
            [row(**OLDER, in_force_to=date(2026, 5, 31)), row()],
            r"test\.toml: C-03: nothing is in force from 2026-06-01 to 2026-06-30; let the earlier",
        ),
        ([row(colour="red")], r"test\.toml: C-03: unknown field 'colour'; known are id, kind"),
        ([row(article=None)], r"test\.toml: C-03: field 'article' is missing"),
        ([row(id=None)], r"test\.toml: a rule without id: field 'id' is missing"),
        ([row(amount=None)], r"C-03: unit 'wd' needs an amount; without one use at_once or none"),
        ([row(unit="at_once")], r"C-03: unit 'at_once' takes no amount"),
        ([row(unit="none", amount=None)], r"needs sentence and sentence_vi"),
        ([row(unit="weeks")], r"C-03: unit: .*'d', 'wd', 'h'"),
        ([row(amount=0)], r"C-03: amount: .*greater than or equal to 1"),
        ([row(mark="SURE")], r"C-03: mark: "),
        ([row(conditions=["far"])], r"C-03: conditions.*'complex'"),
        ([row(event=None)], r"what starts the clock"),
        ([row(direction="before", unit="year", amount=1)], r"direction before goes with"),
        ([row(in_force_to=date(2026, 6, 1))], r"in_force_to lies before in_force_from"),
        ([row(in_force_from="1/7/2026")], r"C-03: in_force_from: "),
        (
            [row(), row(step="settle", conditions=["second"])],
            r"C-03 \(second\): is complaint accept elsewhere",
        ),
        ([row(), row(id="C-99")], r"C-99: C-03 governs complaint accept on the same days"),
        (
            [row(), row(conditions=["complex"]), row(id="C-98", conditions=["remote"])],
            r"C-98 \(remote\): C-03 \(complex\) governs complaint accept",
        ),
        ([], "no rule at all"),
    ],
)
def test_a_faulty_law_file_is_refused_by_place(tables: list[dict[str, Any]], message: str) -> None:
    with pytest.raises(LawFileProblem, match=message):
        RuleBook.from_tables(tables)


def test_text_that_is_no_law_file_is_refused() -> None:
    with pytest.raises(LawFileProblem, match=r"x\.toml: is not TOML: .*line 2"):
        tables_in("[[rule]]\nid = C-03\n", "x.toml")
    with pytest.raises(LawFileProblem, match=r"x\.toml: holds \[\[rule\]\] entries only"):
        tables_in("[rules]\n", "x.toml")
    with pytest.raises(LawFileProblem, match="entries only"):
        tables_in('rule = ["C-03"]\n', "x.toml")


def test_every_fault_is_named_at_once() -> None:
    with pytest.raises(LawFileProblem) as refused:
        RuleBook.from_tables([row(amount=None), row(id="D-01", mark="SURE")])
    assert len(refused.value.problems) == 2


def test_a_new_version_touches_later_cases_only() -> None:
    tables = packaged_tables()
    for table in tables:
        if table["id"] == "C-03" and "in_force_to" not in table:
            newer = {**table, "amount": 5, "in_force_from": date(2027, 6, 1)}
            table["in_force_to"] = date(2027, 5, 31)
    book = RuleBook.from_tables([*tables, newer])
    assert [book.rule("C-03", day).shown_amount for day in (date(2026, 6, 30), TODAY, date(2027, 6, 1))] == [
        "10 d",
        "7 wd",
        "5 wd",
    ]
    started = book.rule("C-03", TODAY)
    assert book.pinned("C-03", started.in_force_from) == started


def test_a_case_keeps_the_version_it_started_with() -> None:
    book = RuleBook.packaged()
    started = book.rule("C-03", date(2026, 6, 30))
    assert started.shown_amount == "10 d"
    assert book.pinned("C-03", started.in_force_from) == started
    complex_remote = book.pick("C-05", TODAY, complex=True, remote=True)
    kept = book.pinned(complex_remote.id, complex_remote.in_force_from, complex_remote.conditions)
    assert kept == complex_remote


def test_rules_are_found_by_step_and_not_found_with_a_reason() -> None:
    book = RuleBook.packaged()
    assert book.find("denunciation", "accept", TODAY).id == "D-01"
    assert book.find("complaint", "settle", TODAY, frozenset({"complex", "second"})).amount == 60
    assert book.implied("C-16") == {"remote", "second"}
    with pytest.raises(NoRule, match="no step 'dance'"):
        book.find("complaint", "dance", TODAY)
    with pytest.raises(NoRule, match="there is no rule Z-99"):
        book.rule("Z-99", TODAY)
    with pytest.raises(NoRule, match="C-08 was not in force on 2026-06-30; it is 5 d from 2026-07-01"):
        book.rule("C-08", date(2026, 6, 30))
    with pytest.raises(NoRule, match="complaint invite_dialogue was not in force"):
        book.find("complaint", "invite_dialogue", date(2026, 6, 30))


def profile(**law: Any) -> Agency:
    data = yaml.safe_load((ROOT / "petitions" / "data" / "agency.yaml").read_text("utf-8"))
    return load_agency({**data, **law})


def test_an_agency_sets_what_the_law_leaves_open() -> None:
    agency = profile(
        law={
            "rules": {
                "A-14": {"amount": 7, "unit": "wd"},
                "N-01": {"amount": 15, "unit": "wd", "from": date(2027, 1, 1)},
                "T-01": {"amount": 1, "unit": "wd"},
                "P-08": {"amount": 1, "unit": "wd"},
            }
        }
    )
    ours = agency.rules.rule("A-14", TODAY)
    assert (ours.shown_amount, ours.mark, ours.article) == (
        "7 wd",
        Mark.AGENCY,
        RuleBook.packaged().rule("A-14", TODAY).article,
    )
    assert "shipped as 10 wd" in ours.note
    assert agency.rules.rule("N-01", TODAY).unit == "none"
    later = agency.rules.rule("N-01", date(2027, 1, 1))
    assert (later.shown_amount, later.sentence) == ("15 wd", "")
    assert agency.rules.rule("T-01", TODAY).amount == 1
    assert agency.rules.rule("P-08", TODAY).shown_amount == "1 wd"
    assert RuleBook.packaged().rule("A-14", TODAY).amount == 10
    assert profile().rules is RuleBook.packaged()


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        ({"C-03": {"amount": 5, "unit": "wd"}}, r"law\.rules\.C-03: set by Điều 27 .*an agency may set A-14"),
        ({"N-11": {"amount": 5, "unit": "wd"}}, r"law\.rules\.N-11: there is no rule .*did you mean N-01"),
        ({"A-14": {"amount": 0, "unit": "wd"}}, r"law\.rules\.A-14\.amount: "),
        ({"A-14": {"amount": 5, "unit": "weeks"}}, r"law\.rules\.A-14\.unit: "),
        ({"A-14": {"amount": 5}}, r"law\.rules\.A-14: key 'unit' is missing"),
        ({"A-14": {"amount": 5, "unit": "d", "x": 1}}, r"law\.rules\.A-14\.x: unknown key"),
        ({"A-14": {"amount": 5, "unit": "d", "from": "soon"}}, r"law\.rules\.A-14\.from: "),
    ],
)
def test_an_agency_cannot_set_the_law(rules: dict[str, Any], message: str) -> None:
    with pytest.raises(ProfileProblem, match=message):
        profile(law={"rules": rules})


def test_what_code_hands_in_is_checked_as_well() -> None:
    with pytest.raises(LawFileProblem) as refused:
        RuleBook.packaged().with_agency({"C-03": {"amount": 5, "unit": "wd"}, "A-14": {"amount": "x"}})
    assert len(refused.value.problems) == 3


def test_the_page_for_officers_is_up_to_date() -> None:
    made = runpy.run_path(str(ROOT / "docs" / "make_law.py"))
    text = made["page"](RuleBook.packaged())
    assert (ROOT / "docs" / "law.md").read_text("utf-8") == text, "run .venv/bin/python docs/make_law.py"
    assert all(f"| {rule.id} |" in text and rule.article in text for rule in RuleBook.packaged().rules())
