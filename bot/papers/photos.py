"""Looks at a photographed page of a signed paper: is it large, sharp and bright enough to be read?

The findings are advice: the citizen hears at once what to do better, the officer decides alone. Each threshold
stands with its reason; they were set on pages of our own, printed, then blurred, darkened, paled, made small
and compressed (`tests/bot/papers/test_photos.py`).
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from PIL.Image import Image

SHORT_SIDE: Final = 800
"""Pixels. An A4 page across 800 pixels has 97 dots an inch; small letters of 13 points are then 8 pixels high,
about the least at which Vietnamese marks can be told apart. Messengers send 960 for a photograph of 4:3."""
MOST_PIXELS: Final = 89_000_000
"""Above it a small file may claim a picture that fills the memory (Pillow warns from here on)."""
LOOKED_AT: Final = 1600
"""Long side of the grey copy that is measured: findings then do not depend on the camera, and a page that is
sharp at 1,600 pixels (137 dots an inch) is sharp enough to be read."""
LEAST_SHARPNESS: Final = 160.0
"""Variance of the Laplacian where the page is busiest, at full contrast. Sharp print gives more than 1,000,
also from a poor camera; where the strokes of neighbouring letters run together it is below 100."""
LEAST_BRIGHTNESS: Final = 80.0
"""Brightness of the paper, 0 to 255. A page by a lamp in the evening has 100 and more."""
LEAST_CONTRAST: Final = 50.0
"""Between paper and ink, 0 to 255. Below it ink can hardly be told from paper: faded by the flash where the
paper is bright, lost in the dark where it is not."""
_BRIGHT_PAPER: Final = 170.0
_PAPER: Final = 0.75
"""A page is mostly paper: three quarters of the picture are no brighter than this part says."""
_INK: Final = 0.003
"""A page with four lines on it has about 0.5 % of ink."""
_TILES: Final = 6
_BUSIEST: Final = 9
"""Of 36 tiles: enough for a short paper, whose text fills a quarter of the page."""
_SIDEWAYS: Final = frozenset({5, 6, 7, 8})
"""Values of the EXIF orientation that exchange width and height."""
_ORIENTATION: Final = 0x0112
_FORMATS: Final = ("JPEG", "PNG", "WEBP", "GIF")

NOT_A_PICTURE: Final = "not_a_picture"


@dataclass(frozen=True, slots=True, kw_only=True)
class PageFinding:
    """What was seen. Width and height in pixels as one looks at it; brightness and contrast 0 to 255."""

    width: int = 0
    height: int = 0
    megapixels: float = 0.0
    sharpness: float = 0.0
    brightness: float = 0.0
    contrast: float = 0.0
    problems: tuple[str, ...] = ()
    """`too_small`, `blurred`, `too_dark`, `too_bright`; or `not_a_picture` alone, for what cannot be opened."""


def examine(data: bytes) -> PageFinding:
    """What a photographed page looks like. Takes up to 200 ms for 12 MP: use a thread. Never raises."""
    from PIL import Image

    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as picture:
            width, height = picture.size
            if width * height > MOST_PIXELS:
                return PageFinding(problems=(NOT_A_PICTURE,))
            if picture.getexif().get(_ORIENTATION) in _SIDEWAYS:
                width, height = height, width
            grey = _grey(picture)
    except Exception:  # noqa: BLE001 - a broken file makes the library raise almost anything; none of it is ours
        return PageFinding(problems=(NOT_A_PICTURE,))
    return _measure(grey, width, height)


def _grey(picture: Image) -> Image:
    """A grey copy of at most LOOKED_AT pixels a side; what is transparent counts as paper."""
    from PIL import Image

    picture.draft("L", (LOOKED_AT, LOOKED_AT))
    if picture.has_transparency_data:
        clear = picture.convert("RGBA")
        paper = Image.new("RGBA", clear.size, "white")
        paper.alpha_composite(clear)
        grey = paper.convert("L")
    else:
        grey = picture.convert("L")
    grey.thumbnail((LOOKED_AT, LOOKED_AT), Image.Resampling.BOX)
    return grey


def _measure(grey: Image, width: int, height: int) -> PageFinding:
    paper, ink = _share_at(grey, _PAPER), _share_at(grey, _INK)
    contrast = paper - ink
    sharpness = _sharpness(grey, contrast)
    problems = []
    if min(width, height) < SHORT_SIDE:
        problems.append("too_small")
    if paper < LEAST_BRIGHTNESS or (contrast < LEAST_CONTRAST and paper < _BRIGHT_PAPER):
        problems.append("too_dark")
    elif contrast < LEAST_CONTRAST:
        problems.append("too_bright")
    if sharpness < LEAST_SHARPNESS:
        problems.append("blurred")
    return PageFinding(
        width=width,
        height=height,
        megapixels=round(width * height / 1e6, 1),
        sharpness=round(sharpness, 1),
        brightness=float(paper),
        contrast=float(contrast),
        problems=tuple(problems),
    )


def _share_at(grey: Image, share: float) -> int:
    """The grey that `share` of the picture does not exceed."""
    counts = grey.histogram()
    wanted, seen = share * sum(counts), 0
    for shade, count in enumerate(counts):
        seen += count
        if seen >= wanted:
            return shade
    return 255


def _sharpness(grey: Image, contrast: float) -> float:
    """How steep the edges are where there are most of them, compared with where there are fewest: neither the
    table around a page counts, nor the empty half of a short paper, nor noise."""
    from PIL import ImageFilter, ImageStat

    kernel = ImageFilter.Kernel((3, 3), (0, 1, 0, 1, -4, 1, 0, 1, 0), scale=2, offset=128)
    across, down = (grey.width - 2) // _TILES, (grey.height - 2) // _TILES
    if across < 3 or down < 3:
        return 0.0
    edges = grey.filter(kernel)  # leaves the outermost row of pixels as it was
    tiles: list[float] = [
        ImageStat.Stat(edges.crop((left, top, left + across, top + down))).var[0]
        for left in range(1, 1 + across * _TILES, across)
        for top in range(1, 1 + down * _TILES, down)
    ]
    tiles.sort()
    # What empty paper and table show as well is the camera's noise.
    steep = (sum(tiles[-_BUSIEST:]) - sum(tiles[:_BUSIEST])) / _BUSIEST
    # At half the contrast every edge has half the height; that is told by `contrast` and counts once.
    return steep * (255 / max(contrast, LEAST_CONTRAST / 2)) ** 2
