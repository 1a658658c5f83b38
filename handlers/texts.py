"""Texts by language: every sentence a person reads is looked up here by key, never written in code.

A key is `area.name`, where area is the file `locales/<language>/<area>.toml`. English plurals: `name.one`
and `name.other` are chosen by the parameter `count`; Vietnamese has one form, so both may be the same.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from importlib.resources import files
from typing import Final

LANGUAGES: Final = ("vi", "en")
DEFAULT_LANGUAGE: Final = "vi"


class MissingText(LookupError):
    """No text stands under that key in that language; a programming fault, found by the tests."""


class Texts:
    """The texts of one language."""

    def __init__(self, language: str, entries: Mapping[str, str]) -> None:
        self.language = language
        self._entries = entries

    def __contains__(self, key: str) -> bool:
        return key in self._entries

    def keys(self) -> frozenset[str]:
        return frozenset(self._entries)

    def get(self, key: str, **params: object) -> str:
        """The sentence under `key` with `params` filled in. Raises MissingText."""
        entry = self._entries.get(key)
        if entry is None and "count" in params:
            form = "one" if params["count"] == 1 else "other"
            entry = self._entries.get(f"{key}.{form}")
        if entry is None:
            raise MissingText(f"{self.language}: {key}")
        return entry.format(**params) if params else entry


class Catalogue:
    """All languages, loaded once at start."""

    def __init__(self, by_language: Mapping[str, Texts]) -> None:
        self._by_language = by_language

    @classmethod
    def load(cls) -> Catalogue:
        """Read `locales/<language>/*.toml` as shipped with the project."""
        return cls({language: Texts(language, _entries(language)) for language in LANGUAGES})

    def language(self, code: str) -> Texts:
        """The texts of `code`, or of the default language where there are none."""
        return self._by_language.get(code) or self._by_language[DEFAULT_LANGUAGE]

    def area(self, name: str) -> dict[str, dict[str, str]]:
        """All texts of an area as they stand, language → name in it → text, the default language first."""
        found = {}
        for language in LANGUAGES:
            texts, start = self.language(language), f"{name}."
            keys = sorted(key for key in texts.keys() if key.startswith(start))  # noqa: SIM118 - not a dict
            found[language] = {key.removeprefix(start): texts.get(key) for key in keys}
        return found


def _entries(language: str) -> dict[str, str]:
    entries: dict[str, str] = {}
    folder = files("locales") / language
    for file in folder.iterdir():
        if file.name.endswith(".toml"):
            area = file.name.removesuffix(".toml")
            for name, value in _flat(tomllib.loads(file.read_text(encoding="utf-8"))):
                entries[f"{area}.{name}"] = value
    return entries


def _flat(table: Mapping[str, object], prefix: str = "") -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    for name, value in table.items():
        if isinstance(value, Mapping):
            pairs.extend(_flat(value, f"{prefix}{name}."))
        else:
            pairs.append((f"{prefix}{name}", str(value)))
    return pairs
