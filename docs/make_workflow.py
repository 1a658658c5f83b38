"""Makes `workflow.md` from the transition table: a diagram for each sort of petition, and every row.

python docs/make_workflow.py            # writes docs/workflow.md
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from handlers.texts import Catalogue, Texts  # noqa: E402
from petitions.kinds import Action, ActorKind, Kind, Role, Stage  # noqa: E402
from petitions.notices import notices_for  # noqa: E402
from petitions.transition_rows import NEEDS, Transition  # noqa: E402
from petitions.transitions import TABLE  # noqa: E402

PAGE = ROOT / "docs" / "workflow.md"
SORTS: tuple[tuple[str, Kind], ...] = (
    ("Khiếu nại (complaint)", Kind.COMPLAINT),
    ("Tố cáo (denunciation)", Kind.DENUNCIATION),
    ("Kiến nghị, phản ánh (recommendation, feedback)", Kind.FEEDBACK),
    ("Thông tin nặc danh (anonymous tip)", Kind.ANONYMOUS_TIP),
)
INTRO = """# The workflow

Generated from `petitions/transitions.py` by `docs/make_workflow.py`; a test holds it to be up to date. The diagrams
show what moves a petition from one stage to another; what leaves the stage as it is stands only in the table
below them. Corrections (`correct`) to another unit begin anew at `received`.
"""


def page() -> str:
    """The whole page."""
    texts = Catalogue.load().language("vi")
    parts = [INTRO]
    for title, kind in SORTS:
        parts += [f"## {title}\n", "```mermaid", *diagram(kind, texts), "```\n"]
    parts += ["## Every row\n", *table(texts), ""]
    return "\n".join(parts)


def diagram(kind: Kind, texts: Texts) -> Iterator[str]:
    """A state diagram of one sort of petition; several actions between two stages share an arrow."""
    arrows: dict[tuple[str, str], list[str]] = {}
    for row in _rows(kind):
        if row.to_stage is None:
            continue
        for stage in sorted(row.from_stages) or ["[*]"]:
            if stage != row.to_stage:
                names = arrows.setdefault((str(stage), str(row.to_stage)), [])
                label = _label(row.action, texts)
                if label not in names:
                    names.append(label)
    stages = _reached(arrows)
    yield "stateDiagram-v2"
    for name in [stage.value for stage in Stage if stage.value in stages]:
        yield f"    {name}: {texts.get(f'cards.stage_{name}')}"
    for (start, end), names in arrows.items():
        if start not in {*stages, "[*]"}:
            continue
        yield f"    {start} --> {end}: {', '.join(names)}"
    for name in ("closed", "withdrawn"):
        if name in stages:
            yield f"    {name} --> [*]"


def _reached(arrows: Iterable[tuple[str, str]]) -> set[str]:
    """The stages this sort of petition can come to."""
    reached: set[str] = {"[*]"}
    while more := {end for start, end in arrows if start in reached} - reached:
        reached |= more
    return reached - {"[*]"}


def table(texts: Texts) -> Iterator[str]:
    """Every row in the order they are tried."""
    yield "| Action | From | To | Who | Needs | Clocks | Told | Why |"
    yield "|---|---|---|---|---|---|---|---|"
    for row in TABLE:
        cells = (
            f"{_label(row.action, texts)} `{row.action}`",
            _stages(row.from_stages),
            row.to_stage.value if row.to_stage else "–",
            _who(row),
            ", ".join(_needs(row)) or "–",
            "; ".join(_clocks(row)) or "–",
            ", ".join(_told(row)) or "–",
            row.reason + _kinds(row),
        )
        yield "| " + " | ".join(cells) + " |"


def _rows(kind: Kind) -> Iterable[Transition]:
    return (row for row in TABLE if row.kinds is None or kind in row.kinds)


def _label(action: Action, texts: Texts) -> str:
    for key in (f"cards.button_{action}", f"officer.event_{action}"):
        if key in texts:
            return texts.get(key).rstrip("….")
    return action.value


def _stages(stages: frozenset[Stage]) -> str:
    if len(stages) > len(Stage) - 4:
        left_out = [stage.value for stage in Stage if stage not in stages]
        return "any" + (f" but {', '.join(left_out)}" if left_out else "")
    return ", ".join(stage.value for stage in Stage if stage in stages) or "(new)"


def _who(row: Transition) -> str:
    people = []
    for kind in ActorKind:
        if kind not in row.actors:
            continue
        if kind is not ActorKind.OFFICER:
            people.append(kind.value)
            continue
        roles = ", ".join(role.value for role in Role if role in row.roles)
        where = {"own": "of the unit", "any": "of any unit", "focal": "of the focal unit"}[row.unit_scope]
        named = "; the named officer only" if row.assigned_only else ""
        people.append(f"{roles} {where}{named}")
    return " / ".join(people)


def _needs(row: Transition) -> Iterator[str]:
    for need in NEEDS:
        if need in row.needs:
            yield f"code ({row.codes})" if need == "code" else need
    if row.after is not None:
        yield f"after `{row.after}`"


def _clocks(row: Transition) -> Iterator[str]:
    for word, steps in (("starts", row.starts), ("ends", row.ends), ("drops", row.drops)):
        if steps:
            yield f"{word} {', '.join(steps)}"
    for word in ("stops", "pauses", "resumes"):
        if getattr(row, word):
            yield {"stops": "stops all others", "pauses": "pauses settle", "resumes": "resumes settle"}[word]


def _told(row: Transition) -> list[str]:
    kind = next(iter(sorted(row.kinds)), None) if row.kinds else None
    found = []
    for notice in notices_for(row.action, kind):
        if notice.audience.value not in found:
            found.append(notice.audience.value)
    return found


def _kinds(row: Transition) -> str:
    return "" if row.kinds is None else f" *({', '.join(sorted(row.kinds))})*"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
