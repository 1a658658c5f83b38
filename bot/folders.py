"""The data folder: made at first start, for its owner only, and proven to take a file."""

from __future__ import annotations

import os
import stat
import tempfile
from pathlib import Path

from bot.settings import Problem, SettingsError

_NAME = "TIEPDAN_DATA_DIR"


def prepare(folder: Path) -> None:
    """Make `folder` (mode 0700) if it is absent and write to it once. Raises SettingsError."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(b"tiepdan")
            probe.flush()
            os.fsync(probe.fileno())
    except FileExistsError:
        raise SettingsError([Problem(_NAME, f"{folder} is a file; give the path of a folder.")]) from None
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else "it refuses files"
        message = (
            f"cannot write to {folder} ({reason}). Give its owner to this user, or choose another folder."
        )
        raise SettingsError([Problem(_NAME, message)]) from None


def open_to_others(path: Path) -> bool:
    """True when anybody but the owner may read or change `path`."""
    return bool(path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO))
