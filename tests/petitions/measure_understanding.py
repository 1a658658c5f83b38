"""Measures `KeywordSuggester` on the sample petitions: `python -m tests.petitions.measure_understanding
[--wrong]`.

Accuracy by field, recall and specificity of "urgent", and the time per story. Needs the sample data beside
the checkout.
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from petitions.agency import Agency
from petitions.text import fold
from petitions.understanding import KeywordSuggester

SAMPLE = Path(__file__).parents[3] / "shared" / "data"
TODAY = date(2026, 11, 20)


@dataclass
class Tally:
    """Right and all, per field, with the wrong ones named."""

    right: dict[str, int] = field(default_factory=dict)
    total: dict[str, int] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def count(self, what: str, ok: bool, note: str = "") -> None:
        self.total[what] = self.total.get(what, 0) + 1
        self.right[what] = self.right.get(what, 0) + ok
        if not ok:
            self.wrong.append(f"{what:<12} {note}")

    def share(self, what: str) -> float:
        """Share of right answers, 0..1."""
        return self.right.get(what, 0) / max(1, self.total.get(what, 0))


def read_rows(only: frozenset[str] | None = None) -> list[dict[str, Any]]:
    """The sample petitions, or those with the given last three digits of their id."""
    lines = (SAMPLE / "petitions_dev.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    return [row for row in rows if only is None or row["id"][-3:] in only]


def story_of(row: dict[str, Any]) -> str:
    """Everything the citizen wrote, captions too."""
    captions = [file.get("caption") for file in row.get("attachments") or []]
    return "\n".join([row["text"], *(caption for caption in captions if caption)])


def sample_suggester() -> KeywordSuggester:
    """A suggester for the sample agency."""
    data = yaml.safe_load((SAMPLE / "agency.yaml").read_text(encoding="utf-8"))
    return KeywordSuggester(Agency.model_validate(data))


def measure(suggester: KeywordSuggester, rows: list[dict[str, Any]]) -> Tally:
    """Compare every guess with its label."""
    tally = Tally()
    for row in rows:
        started = time.perf_counter()
        seen = suggester.understand(story_of(row), today=TODAY)
        tally.seconds += time.perf_counter() - started
        name = f"{row['id'][-3:]} {row['text'][:70]!r}"
        is_petition = row["kind"] is not None
        tally.count("is_petition", seen.is_petition.value is is_petition, name)
        if not is_petition:
            continue
        for what in ("kind", "topic", "unit"):
            guess = getattr(seen, what)
            tally.count(
                what, guess.value == row[what], f"{row[what]} <- {guess.value} ({guess.reason}) {name}"
            )
        urgent = row["severity"] == "urgent"
        what = "urgent recall" if urgent else "urgent specificity"
        tally.count(what, (seen.severity.value == "urgent") is urgent, f"({seen.severity.reason}) {name}")
        tally.count(
            "people", seen.people.value == row["people"], f"{row['people']} <- {seen.people.value} {name}"
        )
        tally.count("against", seen.against.value == row.get("against"), f"{seen.against.value} {name}")
        second = bool(row.get("second_instance"))
        tally.count("second", bool(seen.second_instance.value) is second, name)
        if row["place"]:
            want, got = fold(row["place"]), fold(seen.place.value or "")
            tally.count(
                "place", bool(got) and (got in want or want in got), f"{row['place']} <- {seen.place.value}"
            )
    return tally


def main() -> None:
    rows = read_rows()
    tally = measure(sample_suggester(), rows)
    for what in tally.total:
        print(f"{what:<20} {tally.share(what):6.1%}  ({tally.right[what]}/{tally.total[what]})")
    print(f"{1000 * tally.seconds / len(rows):.2f} ms a story")
    if "--wrong" in sys.argv:
        print("\n".join(sorted(tally.wrong)))


if __name__ == "__main__":
    main()
