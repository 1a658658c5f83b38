"""Labelled texts to learn from: the project's own and what an office's officers corrected."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from petitions.agency import Agency, UnknownCode
from petitions.agency_parts import OUTSIDE
from petitions.kinds import Kind, Severity


class BadText(Exception):
    """A line of labelled texts that cannot be used; says which and why."""


@dataclass(frozen=True, slots=True)
class LabelledText:
    """One message and what people say it is. Texts of one `group` are never split between folds."""

    text: str
    group: str
    kind: Kind | None
    """None: no petition (a question, a greeting, junk)."""
    topic: str | None = None
    """A topic's code, or `outside:<authority>`."""
    unit: str | None = None
    urgent: bool | None = False
    """None: nobody said."""
    source: str = ""


def read_lines(
    lines: Iterable[str], agency: Agency, source: str, *, any_office: bool = False
) -> list[LabelledText]:
    """Texts from JSON lines, as `docs/triage.md` describes them. Raises BadText.

    With `any_office` a text whose topic the profile lacks keeps its kind and severity."""
    found = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            found.append(_read(row, agency, f"{source}:{number}", source, any_office=any_office))
        except (ValueError, KeyError, TypeError, AttributeError, UnknownCode) as fault:
            raise BadText(f"{source}, line {number}: {type(fault).__name__}") from fault
    return found


def packaged_texts(agency: Agency) -> list[LabelledText]:
    """The project's own texts. Those of a topic or authority that the agency's profile lacks keep only their kind and
    severity."""
    found: list[LabelledText] = []
    for file in sorted((files("petitions.triage") / "corpus").iterdir(), key=lambda entry: entry.name):
        if file.name.endswith(".jsonl"):
            lines = file.read_text(encoding="utf-8").splitlines()
            found += read_lines(lines, agency, file.name, any_office=True)
    return found


def fingerprint(texts: Iterable[LabelledText]) -> str:
    """The hash of texts and labels, in their order."""
    sha = hashlib.sha256()
    for text in texts:
        sha.update(repr((text.text, text.kind, text.topic, text.unit, text.urgent)).encode())
    return sha.hexdigest()


def _read(row: dict[str, Any], agency: Agency, name: str, source: str, *, any_office: bool) -> LabelledText:
    captions = [file.get("caption") or "" for file in row.get("attachments") or []]
    text = "\n".join(part for part in (row["text"], *captions) if part)
    group = row.get("matter") or row.get("dup_group")
    group = f"{source}:{group}" if group else name
    if row["kind"] is None:
        return LabelledText(text, group, None, source=source)
    kind, topic, outside = Kind(row["kind"]), row["topic"], row.get("outside")
    if outside is None and topic == agency.outside_topic:
        outside = (row.get("unit") or "").removeprefix(f"{OUTSIDE}:") or None
    urgent = row.get("severity") == Severity.URGENT.value
    try:
        route = agency.route(
            kind,
            topic,
            against=row.get("against"),
            second_instance=bool(row.get("second_instance")),
            outside=outside,
        )
    except UnknownCode:
        if not any_office:
            raise
        return LabelledText(text, group, kind, urgent=urgent, source=source)
    return LabelledText(
        text,
        group,
        kind,
        f"{OUTSIDE}:{outside}" if outside else topic,
        route.destination or route.unit,
        urgent,
        source,
    )
