"""Photographed pages: our own papers as pictures, then spoilt as hands, lamps and messengers spoil them."""

from __future__ import annotations

import io
import json
import time
import zlib
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageEnhance, ImageFilter

from bot.papers.findings import find
from bot.papers.layout import sheet
from bot.papers.photos import PageFinding, examine
from bot.papers.printer import PaperPrinter, _new_compiler, _values
from handlers.texts import Catalogue
from petitions.papers import Paper
from tests.bot.papers.sample import FULL
from tests.bot.papers.signing import NOW, authority, person, sign

TABLE = (90, 70, 50)
SIZE = (3000, 4000)
"""12 MP, as phones take them."""


def page(paper: Paper) -> Image.Image:
    """A printed page, 200 dots an inch."""
    content = json.dumps(_values(sheet(paper, FULL, Catalogue.load().language("vi"))))
    made = _new_compiler().compile(format="png", ppi=200, sys_inputs={"data": content})
    first = made[0] if isinstance(made, list) else made
    assert isinstance(first, bytes)
    return Image.open(io.BytesIO(first)).convert("RGB")


@pytest.fixture(scope="module", params=[Paper.COMPLAINT, Paper.COMPLAINT_WITHDRAWAL], ids=["full", "short"])
def photo(request: pytest.FixtureRequest) -> Image.Image:
    """The page on a table, a little askew: one full of text, one with six lines."""
    paper = page(request.param)
    picture = Image.new("RGB", SIZE, TABLE)
    width = int(SIZE[0] * 0.9)
    picture.paste(paper.resize((width, width * paper.height // paper.width)), (150, 90))
    return picture.rotate(1.5, fillcolor=TABLE)


def jpeg(picture: Image.Image, quality: int = 80, **given: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality, **given)  # type: ignore[arg-type]
    return out.getvalue()


def noisy(picture: Image.Image, strength: int) -> Image.Image:
    grain = Image.effect_noise(picture.size, strength).convert("RGB")
    return ImageChops.add(picture, grain, 1, -128)


def lit(picture: Image.Image, share: float) -> Image.Image:
    return ImageEnhance.Brightness(picture).enhance(share)


def test_a_good_photograph(photo: Image.Image) -> None:
    found = examine(jpeg(lit(photo, 0.8)))
    assert found.problems == ()
    assert (found.width, found.height, found.megapixels) == (3000, 4000, 12.0)
    assert found.sharpness > 800
    assert 180 < found.brightness < 230
    assert found.contrast > 150


@pytest.mark.parametrize("quality", [90, 60, 30])
def test_what_a_messenger_makes_of_it_is_still_good(photo: Image.Image, quality: int) -> None:
    small = photo.resize((960, 1280), Image.Resampling.LANCZOS)
    assert examine(jpeg(noisy(lit(small, 0.7), 4), quality)).problems == ()


def test_the_picture_itself_and_other_formats(photo: Image.Image) -> None:
    small = photo.resize((1200, 1600))
    for form in ("PNG", "WEBP"):
        out = io.BytesIO()
        small.save(out, form)
        assert examine(out.getvalue()).problems == (), form
    assert examine(jpeg(small.convert("L"))).problems == ()
    clear = small.convert("RGBA")
    clear.putalpha(ImageChops.invert(small.convert("L")))
    out = io.BytesIO()
    clear.save(out, "PNG")
    assert examine(out.getvalue()).brightness > 200, "what is transparent is paper, not darkness"


@pytest.mark.parametrize("radius", [4, 12])
@pytest.mark.parametrize("strength", [0, 12])
def test_blurred(photo: Image.Image, radius: int, strength: int) -> None:
    """A shaken hand, also with a camera whose noise looks like edges."""
    shaken = lit(photo, 0.8).filter(ImageFilter.GaussianBlur(radius))
    assert examine(jpeg(noisy(shaken, strength) if strength else shaken)).problems == ("blurred",)


def test_a_little_soft_is_no_blur(photo: Image.Image) -> None:
    assert examine(jpeg(lit(photo, 0.8).filter(ImageFilter.GaussianBlur(2)))).problems == ()


@pytest.mark.parametrize(("share", "dark"), [(0.8, False), (0.4, False), (0.25, True), (0.1, True)])
def test_dark(photo: Image.Image, share: float, dark: bool) -> None:
    assert ("too_dark" in examine(jpeg(noisy(lit(photo, share), 4))).problems) is dark


@pytest.mark.parametrize(("share", "bright"), [(0.5, False), (0.3, False), (0.15, True), (0.05, True)])
def test_bright(photo: Image.Image, share: float, bright: bool) -> None:
    """The flash leaves `share` of the difference between paper and ink."""
    flash = Image.blend(Image.new("RGB", SIZE, "white"), photo, share)
    problems = examine(jpeg(flash)).problems
    assert ("too_bright" in problems) is bright
    assert "too_dark" not in problems


@pytest.mark.parametrize(
    ("size", "small"), [((960, 1280), False), ((800, 1067), False), ((720, 960), True), ((240, 320), True)]
)
def test_small(photo: Image.Image, size: tuple[int, int], small: bool) -> None:
    assert ("too_small" in examine(jpeg(photo.resize(size))).problems) is small


@pytest.mark.parametrize(("orientation", "turned"), [(1, False), (3, False), (6, True), (8, True)])
def test_a_turned_camera(photo: Image.Image, orientation: int, turned: bool) -> None:
    notes = Image.Exif()
    notes[0x0112] = orientation
    found = examine(jpeg(photo.resize((1200, 1600)), exif=notes))
    assert (found.width, found.height) == ((1600, 1200) if turned else (1200, 1600))
    assert found.problems == ()


def test_a_page_lying_on_its_side_or_upside_down_is_as_good(photo: Image.Image) -> None:
    for degrees in (90, 180, 270):
        assert examine(jpeg(photo.rotate(degrees, expand=True))).problems == ()


def test_an_empty_wall_is_no_page() -> None:
    for shade in (255, 200, 30):
        assert examine(jpeg(Image.new("L", (1500, 2000), shade))).problems != ()


@pytest.mark.parametrize(
    "data", [b"", b"no picture", b"%PDF-1.7 ...", b"\xff\xd8\xff\xe0" + bytes(400), b"GIF89a\x00\x00\x00\x00"]
)
def test_what_is_no_picture(data: bytes) -> None:
    assert examine(data) == PageFinding(problems=("not_a_picture",))


def test_half_a_file_and_damaged_notes(photo: Image.Image) -> None:
    whole = jpeg(photo.resize((1200, 1600)))
    assert examine(whole[: len(whole) // 2]).problems == ("not_a_picture",)
    notes = jpeg(photo.resize((1200, 1600)), exif=b"Exif\x00\x00MM\x00*\x00\x00\xff\xff" + bytes(range(90)))
    assert isinstance(examine(notes), PageFinding)


def test_a_picture_that_would_fill_the_memory_is_not_opened() -> None:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    head = (40_000).to_bytes(4, "big") + (40_000).to_bytes(4, "big") + b"\x01\x00\x00\x00\x00"
    bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(10_000)))
    started = time.perf_counter()
    assert examine(bomb + chunk(b"IEND", b"")).problems == ("not_a_picture",)
    assert time.perf_counter() - started < 1


def test_twelve_megapixels_take_a_fifth_of_a_second(photo: Image.Image) -> None:
    data = jpeg(photo)
    examine(data)
    started = time.thread_time()  # of this thread alone: other tests run at the same time
    for _ in range(5):
        examine(data)
    assert (time.thread_time() - started) / 5 < 0.2


# --- what is kept with a file


def test_findings_are_plain_values(photo: Image.Image) -> None:
    found = find("page", jpeg(lit(photo, 0.1)), [], moment=NOW)
    assert json.loads(json.dumps(found)) == found
    assert found["check"] == "page"
    assert found["problems"] == ["too_dark"]
    assert (found["width"], found["height"]) == SIZE


def test_findings_of_pdfs(tmp_path: Path) -> None:
    root = authority()
    pdf = PaperPrinter(Catalogue.load()).pdf(Paper.COMPLAINT, FULL)
    signed = sign(pdf, person("NGUYỄN THỊ HẠNH", root), tmp_path)
    roots = [root.pem(tmp_path / "root.pem")]
    for purpose in ("esigned", "page"):
        found = find(purpose, signed, roots, moment=NOW)
        assert json.loads(json.dumps(found)) == found
        assert (found["check"], found["trusted"], found["problems"]) == ("signature", True, [])
        assert found["signed_at"].startswith("20")
    assert find("page", pdf, roots, moment=NOW) == {"check": "scan", "problems": []}
    assert find("page", b"%PDF-1.7 broken", roots, moment=NOW) == {
        "check": "scan",
        "problems": ["not_a_picture"],
    }
    assert find("esigned", pdf, roots, moment=NOW)["problems"] == ["unsigned"]
    assert find("esigned", b"\xff\xd8\xff", roots, moment=NOW)["problems"] == ["not_a_pdf"]
