"""Documents as LibreOffice prints them."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from pypdf import PdfReader

_PROGRAM = Path("/usr/lib/libreoffice/program")


def pdfs_of(
    documents: Mapping[str, bytes], folder: Path, *, library: str, packages: Sequence[str]
) -> dict[str, PdfReader]:
    """What becomes of each document, by its file name. Without the part of LibreOffice that reads them (`library`, of
    these Debian packages): skipped, or failed where TIEPDAN_TEST_STRICT=1."""
    office = shutil.which("soffice")
    if office is None or not (_PROGRAM / library).exists():
        reason = f"no LibreOffice: install Debian's {' and '.join(packages)}"
        if os.environ.get("TIEPDAN_TEST_STRICT") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    for name, body in documents.items():
        (folder / name).write_bytes(body)
    own = f"-env:UserInstallation=file://{folder / 'profile'}"
    done = subprocess.run(
        [
            office,
            own,
            "--headless",
            "--convert-to",
            "pdf",
            "--outdir",
            folder,
            *(folder / name for name in documents),
        ],
        capture_output=True,
        check=False,
        timeout=180,
    )
    assert done.returncode == 0, done.stderr[-500:]
    return {name: PdfReader(folder / Path(name).with_suffix(".pdf")) for name in documents}
