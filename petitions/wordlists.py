"""The packaged word lists (`petitions/data/*.toml`), read once, at first use."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def table(name: str) -> dict[str, Any]:
    """The list file `name` as a dictionary. Raises FileNotFoundError for an unknown name."""
    return tomllib.loads((files("petitions") / "data" / f"{name}.toml").read_text(encoding="utf-8"))
