"""Files that Zalo carries itself: pictures made small enough, PDF, Word and CSV (reference 1.8).

Everything else, and what is too large, is no upload; the sender gives a link instead.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bot.channels.base import Again, Attachment
from bot.channels.zalo_oa.client import OaClient

if TYPE_CHECKING:
    from PIL.Image import Image

MAX_IMAGE: Final = 1_000_000
MAX_GIF: Final = 5_000_000
MAX_FILE: Final = 5_000_000
"""Bytes. `1 MB` and `5 MB` in the documentation, read as the smaller of both meanings."""
MOST_PIXELS: Final = 89_000_000
"""Above it a small file may claim a picture that fills the memory (Pillow warns from here on)."""
SIDES: Final = (2560, 1920, 1440, 1080, 720)
QUALITIES: Final = (85, 70)
KEPT_SECONDS: Final = 6 * 24 * 3600.0
"""An upload may be used for seven days; a day less, for a message that waits in between."""
REMEMBERED: Final = 200
PATHS: Final = {
    "image": "/v2.0/oa/upload/image",
    "gif": "/v2.0/oa/upload/gif",
    "file": "/v2.0/oa/upload/file",
}
_DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_ENDINGS: Final = {
    "application/pdf": ".pdf",
    "application/msword": ".doc",
    _DOCX: ".docx",
    "text/csv": ".csv",
}
_AS_THEY_ARE: Final = {"JPEG": ("image/jpeg", ".jpg"), "PNG": ("image/png", ".png")}
_FORMATS: Final = ("JPEG", "PNG", "WEBP", "GIF")


@dataclass(frozen=True, slots=True)
class Prepared:
    """Bytes as Zalo takes them. `kind`: `image`, `gif` or `file`."""

    kind: str
    name: str
    mime: str
    data: bytes
    size: tuple[int, int] = (0, 0)
    """Width and height of a GIF in pixels."""


@dataclass(frozen=True, slots=True)
class Uploaded:
    """What a message names: the attachment id of a picture, the token of a file."""

    kind: str
    reference: str
    size: tuple[int, int] = (0, 0)


class Uploads:
    """Uploads once what is sent several times. `time`: monotonic seconds."""

    def __init__(self, client: OaClient, time: Callable[[], float]) -> None:
        self._client = client
        self._time = time
        self._known: OrderedDict[bytes, tuple[float, Uploaded]] = OrderedDict()

    async def put(self, attachment: Attachment) -> Uploaded | None:
        """The upload of this file; None where Zalo takes no such file. Raises as `OaClient.upload`."""
        digest = _digest(attachment)
        made, uploaded = self._known.get(digest, (0.0, None))
        if uploaded is not None and self._time() - made < KEPT_SECONDS:
            return uploaded
        prepared = await asyncio.to_thread(prepare, attachment)
        if prepared is None:
            return None
        answer = await self._client.upload(PATHS[prepared.kind], prepared.name, prepared.mime, prepared.data)
        field = "token" if prepared.kind == "file" else "attachment_id"
        reference = answer.get(field) if isinstance(answer, dict) else None
        if not isinstance(reference, str) or not reference:
            raise Again("upload without an id")
        uploaded = Uploaded(prepared.kind, reference, prepared.size)
        self._known[digest] = self._time(), uploaded
        self._known.move_to_end(digest)
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        return uploaded

    def forget(self, attachment: Attachment) -> None:
        """Zalo says that the upload is gone (-100)."""
        self._known.pop(_digest(attachment), None)


def prepare(attachment: Attachment) -> Prepared | None:
    """The file as Zalo takes it, pictures scaled where they must be; None where it takes no such file.

    Takes up to a second for a large photograph: use a thread. Never raises.
    """
    if attachment.mime.startswith("image/"):
        return _prepared_picture(attachment)
    ending = _ENDINGS.get(attachment.mime)
    if ending is None or not 0 < len(attachment.data) <= MAX_FILE:
        return None
    name = attachment.name if attachment.name.lower().endswith(ending) else attachment.name + ending
    return Prepared("file", name, attachment.mime, attachment.data)


def _prepared_picture(attachment: Attachment) -> Prepared | None:
    from PIL import Image

    try:
        with Image.open(io.BytesIO(attachment.data), formats=_FORMATS) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                return None
            if picture.format == "GIF" and len(attachment.data) <= MAX_GIF:
                size = picture.width, picture.height
                return Prepared("gif", _named(attachment.name, ".gif"), "image/gif", attachment.data, size)
            known = _AS_THEY_ARE.get(picture.format or "")
            if known is not None and len(attachment.data) <= MAX_IMAGE:
                mime, ending = known
                return Prepared("image", _named(attachment.name, ending), mime, attachment.data)
            data = _scaled(picture)
    except Exception:  # noqa: BLE001 - a broken file makes the library raise almost anything; none of it is ours
        return None
    if data is None:
        return None
    return Prepared("image", _named(attachment.name, ".jpg"), "image/jpeg", data)


def _scaled(picture: Image) -> bytes | None:
    """The picture as JPEG of at most `MAX_IMAGE` bytes, as large and good as that allows."""
    from PIL import Image, ImageOps

    picture.draft("RGB", (SIDES[0], SIDES[0]))
    upright = ImageOps.exif_transpose(picture)
    if upright.has_transparency_data:
        clear = upright.convert("RGBA")
        paper = Image.new("RGBA", clear.size, "white")
        paper.alpha_composite(clear)
        upright = paper
    shown = upright.convert("RGB")
    for side in SIDES:
        shown.thumbnail((side, side), Image.Resampling.LANCZOS)
        for quality in QUALITIES:
            written = io.BytesIO()
            shown.save(written, "JPEG", quality=quality, optimize=True)
            if written.tell() <= MAX_IMAGE:
                return written.getvalue()
    return None


def _named(name: str, ending: str) -> str:
    stem, dot, old = name.rpartition(".")
    return name if f".{old}".lower() == ending else (stem if dot else name) + ending


def _digest(attachment: Attachment) -> bytes:
    return hashlib.blake2b(f"{attachment.name}|".encode() + attachment.data, digest_size=16).digest()
