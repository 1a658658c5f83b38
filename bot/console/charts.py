"""Charts as plain numbers for the page's SVG: no styles, no scripts, nothing that is not in the figures.

Every chart is as wide as its page and keeps its height, so words stand beside it, not in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

STEP: Final = 10
"""Width of one week."""
HEIGHT: Final = 100
_BAR: Final = 7
_NICE: Final = (1, 2, 4, 6, 8, 10)


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar, standing on the ground line."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Plot:
    """Bars and lines over the same weeks; `top` is the number at the upper edge."""

    width: int
    top: int
    bars: tuple[Bar, ...]
    lines: tuple[str, ...]
    """Points of each line, as SVG writes them; a line with gaps is several."""

    @property
    def half(self) -> int:
        return self.top // 2


def flow_plot(bars: Sequence[int], line: Sequence[int]) -> Plot:
    """How many came in as bars, how many were done as a line."""
    top = nice_top(max((*bars, *line), default=0))
    return Plot(
        width=STEP * len(bars),
        top=top,
        bars=tuple(_bar(place, number, top) for place, number in enumerate(bars)),
        lines=_lines(line, top),
    )


def rate_plot(rates: Sequence[int | None]) -> Plot:
    """Percentages week by week; weeks without one are gaps."""
    return Plot(width=STEP * len(rates), top=100, bars=(), lines=_lines(rates, 100))


def nice_top(largest: int) -> int:
    """A round, even number that is not below the largest."""
    scale = 1
    while True:
        for step in _NICE:
            if step * scale >= largest and step * scale % 2 == 0:
                return step * scale
        scale *= 10


def share_of(number: int, largest: int) -> float:
    """The length of a bar that lies, of 100."""
    return round(number * 100 / largest, 1) if largest else 0


def _bar(place: int, number: int, top: int) -> Bar:
    height = round(number * HEIGHT / top, 2)
    return Bar(place * STEP + (STEP - _BAR) / 2, HEIGHT - height, _BAR, height)


def _lines(numbers: Sequence[int | None], top: int) -> tuple[str, ...]:
    found: list[list[str]] = [[]]
    for place, number in enumerate(numbers):
        if number is None:
            found.append([])
        else:
            found[-1].append(f"{place * STEP + STEP // 2},{round(HEIGHT - number * HEIGHT / top, 2)}")
    # a week between two gaps is a short stroke, for a point alone is not drawn
    return tuple(" ".join(points if len(points) > 1 else _stroke(points[0])) for points in found if points)


def _stroke(point: str) -> list[str]:
    x, y = point.split(",")
    return [f"{int(x) - 3},{y}", f"{int(x) + 3},{y}"]
