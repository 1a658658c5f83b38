"""Office files without the time of day in them: the same report gives the same bytes."""

from __future__ import annotations

import io
import zipfile
from typing import Final
from xml.sax.saxutils import escape

_STAMP: Final = (1980, 1, 1, 0, 0, 0)
_CORE: Final = "docProps/core.xml"
_PROPERTIES: Final = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{title}</dc:title></cp:coreProperties>'
)
"""All that the file tells of itself: its name. The libraries would add their own name and a date."""


def steady(made: bytes, *, title: str) -> bytes:
    """The same archive with fixed dates, in the same order."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(made)) as old,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            entry = zipfile.ZipInfo(name, _STAMP)
            entry.compress_type = zipfile.ZIP_DEFLATED
            content = _PROPERTIES.format(title=escape(title)).encode() if name == _CORE else old.read(name)
            new.writestr(entry, content)
    return buffer.getvalue()
