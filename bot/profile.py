"""Reads the operator's files, agency profile and calendar changes, and names each mistake by its line."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import yaml

from bot.holidays_source import days_off
from bot.settings import Problem, SettingsError
from petitions.agency import Agency, ProfileProblem, load_agency
from petitions.calendar import CalendarProblem, WorkingCalendar
from petitions.rules import LawFileProblem

_UNKNOWN = re.compile(r"unknown (unit|topic|outside authority) '([^']*)'")
_SECTIONS = {"unit": "units", "topic": "topics", "outside authority": "outside_authorities"}
_MOST_NAMED = 12


class _Loader(yaml.SafeLoader):
    """YAML where `off`, `no` and `yes` are words, as in its version 1.2; truth values are true and false."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if first in "tTfF" or not tag.endswith(":bool")]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


class _NoSuchDate(yaml.MarkedYAMLError):
    """Something that looks like a date or time and is none, such as 2026-11-31."""


def _date(loader: _Loader, node: yaml.ScalarNode) -> Any:
    try:
        return loader.construct_yaml_timestamp(node)
    except ValueError:
        raise _NoSuchDate(problem=f"{node.value} does not exist", problem_mark=node.start_mark) from None


_Loader.add_constructor("tag:yaml.org,2002:timestamp", _date)


class ProfileError(SettingsError):
    """A file of the operator cannot be used. Each problem is named `file line N`."""


def read_agency(path: Path | None) -> Agency:
    """The office's profile; the sample shipped with the project where `path` is None.

    Raises:
        ProfileError: the file cannot be read, is no YAML, or does not fit together; every fault by line.
    """
    if path is None:
        with as_file(files("petitions") / "data" / "agency.yaml") as sample:
            return read_agency(sample)
    root, data = _read(path)
    if not isinstance(data, dict):
        raise ProfileError(
            [_at(path, root, "must be a profile with sections such as agency, units, topics.")]
        )
    try:
        agency = load_agency(data)
        agency.rules.ids()  # a law file that cannot be used is named now, not at the first petition
    except LawFileProblem as fault:
        raise ProfileError(Problem("petitions/law", f"{problem}.") for problem in fault.problems) from None
    except ProfileProblem as fault:
        raise ProfileError(
            _at(path, _node(root, problem.path), f"{problem}{_advice(problem.message, data)}")
            for problem in fault.problems
        ) from None
    return agency


def read_calendar(path: Path | None) -> WorkingCalendar:
    """The shipped table of days off, with the office's own changes from `path` laid over it.

    Years that neither names come from the `holidays` library, marked provisional.

    Raises:
        ProfileError: as `read_agency`; also for a date that does not exist.
    """
    shipped = WorkingCalendar.from_packaged().with_source(days_off)
    if path is None:
        return shipped
    root, data = _read(path)
    if not isinstance(data, dict):
        raise ProfileError(
            [_at(path, root, "must hold off:, worked: or ordinary:, each with a list of days.")]
        )
    try:
        return shipped.with_overrides(data)
    except CalendarProblem as fault:
        raise ProfileError(
            _at(path, _node(root, _path(line)), f"{line}.") for line in str(fault).splitlines()
        ) from None


def _path(line: str) -> tuple[str | int, ...]:
    """The place that a message begins with: `off[2].date: …` is ("off", 2, "date")."""
    steps = re.findall(r"(\w+)(?:\[(\d+)\])?", line.partition(":")[0])
    return tuple(step for name, number in steps for step in ((name, int(number)) if number else (name,)))


def _read(path: Path) -> tuple[yaml.Node, Any]:
    """The file as nodes, which know their lines, and as plain data. Raises ProfileError."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise ProfileError([Problem(str(path), "is not UTF-8 text; save it as UTF-8.")]) from None
    except OSError as error:
        raise ProfileError(
            [Problem(str(path), f"cannot be read ({error.strerror}); mend path or mode.")]
        ) from None
    try:
        loader = _Loader(text)
        root = loader.get_single_node()
        if root is None:
            raise ProfileError([Problem(str(path), "is empty; copy the sample and change it.")])
        twice = [*_given_twice(path, root)]
        if twice:
            raise ProfileError(twice)
        return root, loader.construct_document(root)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        if isinstance(error, _NoSuchDate):
            message = f"the date {error.problem}; correct it, written as 2026-11-23."
            raise ProfileError([Problem(f"{path} line {line}", message)]) from None
        message = f"is not YAML: {error.problem}. Check indentation, colons and quotes there."
        raise ProfileError([Problem(f"{path} line {line}", message)]) from None
    except yaml.YAMLError:
        raise ProfileError([Problem(str(path), "holds characters that YAML does not allow.")]) from None
    except ValueError as error:
        raise ProfileError([Problem(str(path), f"holds a value that does not exist ({error}).")]) from None


def _at(path: Path, node: yaml.Node, message: str) -> Problem:
    return Problem(f"{path} line {node.start_mark.line + 1}", message)


def _node(root: yaml.Node, path: tuple[str | int, ...]) -> yaml.Node:
    """The node at `path`, or the last one on the way there (a missing key: what should hold it)."""
    node = root
    for step in path:
        below: yaml.Node | None = None
        if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            below = node.value[step]
        elif isinstance(node, yaml.MappingNode):
            below = next((value for key, value in node.value if key.value == str(step)), None)
        if below is None:
            break
        node = below
    return node


def _given_twice(path: Path, node: yaml.Node, seen: frozenset[int] = frozenset()) -> Iterator[Problem]:
    """Keys that stand twice in one mapping: YAML would silently take the last."""
    if id(node) in seen:
        return
    seen |= {id(node)}
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _given_twice(path, item, seen)
    elif isinstance(node, yaml.MappingNode):
        lines: dict[str, int] = {}
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode):
                if key.value in lines:
                    yield _at(
                        path, key, f"{key.value!r} already stands in line {lines[key.value]}; leave one out."
                    )
                lines.setdefault(key.value, key.start_mark.line + 1)
            yield from _given_twice(path, value, seen)


def _advice(message: str, data: dict[str, Any]) -> str:
    """What may have been meant, or what there is to choose from."""
    unknown = _UNKNOWN.search(message)
    if unknown is None:
        return ""
    section = data.get(_SECTIONS[unknown[1]])
    entries = section if isinstance(section, list) else []
    known = [str(entry["code"]) for entry in entries if isinstance(entry, dict) and "code" in entry]
    close = difflib.get_close_matches(unknown[2], known, 1)
    if close:
        return f"; did you mean {close[0]!r}?"
    return f"; known are {', '.join(known[:_MOST_NAMED])}{' …' if len(known) > _MOST_NAMED else ''}"
