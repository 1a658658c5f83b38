"""The pages made from the code are what the code says now."""

from __future__ import annotations

import runpy
from pathlib import Path

from petitions.kinds import Action, Stage

ROOT = Path(__file__).resolve().parent.parent


def test_the_workflow_page_is_up_to_date() -> None:
    made = runpy.run_path(str(ROOT / "docs" / "make_workflow.py"))["page"]()

    assert (ROOT / "docs" / "workflow.md").read_text("utf-8") == made, "run python docs/make_workflow.py"


def test_the_page_of_official_papers_is_up_to_date() -> None:
    made = runpy.run_path(str(ROOT / "docs" / "make_papers.py"))["page"]()

    assert (ROOT / "docs" / "papers.md").read_text("utf-8") == made, "run python docs/make_papers.py"


def test_the_workflow_page_shows_every_action_and_stage() -> None:
    page = (ROOT / "docs" / "workflow.md").read_text("utf-8")

    assert page.count("```mermaid") == 4
    assert [action for action in Action if f"`{action.value}`" not in page] == []
    assert [stage for stage in Stage if f"    {stage.value}: " not in page] == []
    complaint = page.split("```")[1]
    assert "    verifying --> decided: Ra quyết định" in complaint
    assert "answered" not in complaint
