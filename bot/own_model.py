"""Which trained artefact the service reads stories with: the office's own, else the one that comes with the program.

`tiepdan triage train --corrections` writes the office's own into the data folder. One that cannot be read never stops
the service: it is told, and the packaged one serves.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from petitions.triage.model import Model, UnreadableModel, load, packaged

OWN: Final = "triage_model.zip"
"""Name of the office's own artefact in the data folder."""


@dataclass(frozen=True, slots=True)
class Found:
    """The artefact to use. `fault`: why the office's own one, though it is there, cannot be used."""

    model: Model
    own: bool
    fault: str = ""

    @property
    def older(self) -> bool:
        """Whether the office's own one was made by a version of the program with other texts: it works, but lacks
        what was learned since."""
        return self.own and self.model.origin.get("packaged") != packaged().origin["sha256"]


def own_path(data_dir: Path) -> Path:
    """Where the office's own artefact stands."""
    return data_dir / OWN


def find_model(data_dir: Path) -> Found:
    """The artefact to read stories with."""
    try:
        data = own_path(data_dir).read_bytes()
    except FileNotFoundError:
        return Found(packaged(), own=False)
    except OSError as error:
        return Found(packaged(), own=False, fault=error.strerror or type(error).__name__)
    try:
        return Found(load(data), own=True)
    except UnreadableModel as error:
        return Found(packaged(), own=False, fault=f"damaged, or made by another version ({error})")


def keep_model(data_dir: Path, data: bytes) -> Path:
    """Write the office's own artefact, whole or not at all, readable by its owner alone."""
    path = own_path(data_dir)
    half = path.with_suffix(".new")
    handle = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    half.replace(path)
    return path
