"""Every text a person reads exists in each language, says the same, and is written as it should be."""

from __future__ import annotations

import ast
import re
import string
import tomllib
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest

from handlers.texts import DEFAULT_LANGUAGE, LANGUAGES, Catalogue

ROOT = Path(__file__).resolve().parent.parent
LOCALES = ROOT / "locales"
AREAS = sorted(path.stem for path in (LOCALES / DEFAULT_LANGUAGE).glob("*.toml"))


def entries(language: str, area: str) -> dict[str, str]:
    """`key = "text"` of one area, nested tables joined by dots."""
    found: dict[str, str] = {}

    def walk(table: dict[str, object], prefix: str) -> None:
        for name, value in table.items():
            if isinstance(value, dict):
                walk(value, f"{prefix}{name}.")
            else:
                assert isinstance(value, str), f"{language}/{area}: {prefix}{name} is no text"
                found[f"{prefix}{name}"] = value

    walk(tomllib.loads((LOCALES / language / f"{area}.toml").read_text("utf-8")), "")
    return found


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_there_are_texts_in_every_language() -> None:
    assert len(AREAS) >= 3
    for language in LANGUAGES:
        assert sorted(path.stem for path in (LOCALES / language).glob("*.toml")) == AREAS, language
        assert len(Catalogue.load().language(language).keys()) > 100
    assert sorted(path.name for path in LOCALES.iterdir() if path.is_dir() and path.name[0] != "_") == sorted(
        LANGUAGES
    )


@pytest.mark.parametrize("area", AREAS)
@pytest.mark.parametrize("language", [language for language in LANGUAGES if language != DEFAULT_LANGUAGE])
def test_same_keys_and_placeholders(area: str, language: str) -> None:
    ours, theirs = entries(DEFAULT_LANGUAGE, area), entries(language, area)
    assert ours
    assert set(ours) == set(theirs)
    different = {key for key in ours if placeholders(ours[key]) != placeholders(theirs[key])}
    assert not different


@pytest.mark.parametrize("area", AREAS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_texts_are_clean(area: str, language: str) -> None:
    wrong = []
    for key, text in entries(language, area).items():
        if not text.strip():
            wrong.append(f"{key}: empty")
        if unicodedata.normalize("NFC", text) != text:
            wrong.append(f"{key}: not NFC")
        if any(
            unicodedata.category(letter) in {"Cc", "Cf", "Co", "Cn"} and letter not in "\n\u200d"
            for letter in text
        ):
            wrong.append(f"{key}: invisible characters")
        if text != text.strip() or "  " in text:
            wrong.append(f"{key}: stray spaces")
        if any(not re.fullmatch(r"[a-z_][a-z0-9_]*", name) for name in placeholders(text)):
            wrong.append(f"{key}: placeholder without a plain name")
    assert not wrong


@pytest.mark.parametrize("area", AREAS)
def test_vietnamese_has_its_marks(area: str) -> None:
    """A Vietnamese text of several words without a single mark was typed in a hurry."""
    bare = []
    for key, text in entries("vi", area).items():
        words = re.sub(r"\{[^}]*\}|https?://\S+|/\w+|\b[A-Z0-9-]+\b", " ", text)
        letters = re.findall(r"[^\W\d_]+", words)
        if len(letters) >= 4 and all(letter.isascii() for word in letters for letter in word):
            bare.append(key)
    assert not bare


def used_keys() -> dict[str, str]:
    """Fixed keys in the code, by where they stand: strings of the form `area.name` of an existing area."""
    pattern = re.compile(
        rf"({'|'.join(map(re.escape, AREAS))})(\.(?!(toml|html|py|typ)$)[a-z0-9_]*[a-z0-9])+"
    )
    found = {}
    for floor in ("handlers", "bot", "petitions"):
        for path in sorted((ROOT / floor).rglob("*.py")):
            for value, line in whole_strings(ast.parse(path.read_text("utf-8"))):
                if pattern.fullmatch(value):
                    found[value] = f"{path.relative_to(ROOT)}:{line}"
    return found


def whole_strings(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """String constants that are no part of an f-string."""
    parts = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in parts:
            yield node.value, node.lineno


def test_every_key_in_the_code_has_a_text() -> None:
    keys = Catalogue.load().language(DEFAULT_LANGUAGE).keys()
    used = used_keys()
    assert len(used) > 50
    missing = {
        key: where
        for key, where in used.items()
        if not any(known == key or known.startswith(f"{key}.") for known in keys)
    }
    assert not missing
