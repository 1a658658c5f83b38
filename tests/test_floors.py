"""The house stays in order: floors, purity, and each rule that no tool of the shelf checks.

Every check first proves that it looked at something, so that an empty folder cannot pass.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FLOORS = ("bot", "handlers", "storage", "petitions")
FEWEST_FILES = {"bot": 20, "handlers": 10, "storage": 10, "petitions": 10}
Parsed = dict[Path, ast.Module]


@pytest.fixture(scope="module")
def parsed() -> Parsed:
    """Every source file of the four floors, by its path from the root."""
    found = {
        path.relative_to(ROOT): ast.parse(path.read_text("utf-8"))
        for floor in FLOORS
        for path in sorted((ROOT / floor).rglob("*.py"))
    }
    for floor, fewest in FEWEST_FILES.items():
        assert sum(path.parts[0] == floor for path in found) >= fewest, f"{floor} was not read"
    return found


def imports(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Every module a file imports, with its line."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"relative import in line {node.lineno}"
            yield node.module or "", node.lineno


def documentation(tree: ast.AST) -> set[int]:
    """The ids of string nodes that stand alone (docstrings and attribute docs), which nobody executes."""
    return {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }


def test_import_linter_keeps_the_floors() -> None:
    lint = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [lint, "--cache-dir", ROOT / ".import_linter_cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 kept, 0 broken" in done.stdout
    assert "locales" not in FLOORS


def test_the_domain_is_pure(parsed: Parsed) -> None:
    allowed = set(sys.stdlib_module_names) | {"pydantic", "petitions"}
    impure = {
        "socket",
        "subprocess",
        "sqlite3",
        "asyncio",
        "threading",
        "urllib",
        "http",
        "os",
        "shutil",
        "tempfile",
    }
    wrong = []
    looked = 0
    for path, tree in parsed.items():
        if path.parts[0] != "petitions":
            continue
        for module, line in imports(tree):
            looked += 1
            top = module.partition(".")[0]
            if top not in allowed or top in impure:
                wrong.append(f"{path}:{line} imports {module}")
    assert looked > 50
    assert not wrong


def test_every_outside_package_is_declared(parsed: Parsed) -> None:
    declared = (ROOT / "pyproject.toml").read_text("utf-8")
    packages = {"telegram": "python-telegram-bot", "yaml": "pyyaml", "dotenv": "pydantic-settings"}
    packages |= {"prometheus_client": "prometheus-client", "pydantic_settings": "pydantic-settings"}
    packages |= {"pydantic_core": "pydantic", "markupsafe": "jinja2"}
    packages |= {"docx": "python-docx", "PIL": "pillow", "pyhanko_certvalidator": "pyhanko"}
    own = {*FLOORS, "locales"}
    used = (
        {module.partition(".")[0] for tree in parsed.values() for module, _ in imports(tree)}
        - set(sys.stdlib_module_names)
        - own
    )
    assert "sqlalchemy" in used
    missing = {name for name in used if f'"{packages.get(name, name)}' not in declared}
    assert not missing


PLATFORM = re.compile(r"telegram|zalo", re.IGNORECASE)
MAY_NAME_PLATFORMS = (
    "bot/channels/",
    "bot/settings.py",
    "bot/setting_rules.py",
    "bot/setting_views.py",
    "bot/channel_parts.py",
    "bot/service.py",
    "bot/wiring.py",
    "bot/cli/",
)


def test_platforms_are_named_only_at_the_edge(parsed: Parsed) -> None:
    """Names in code and executed strings; prose may explain why a rule exists, and the domain's strings are
    words that people write ("số zalo của tôi")."""
    wrong, at_the_edge = [], 0
    for path, tree in parsed.items():
        prose = documentation(tree)
        edge = path.as_posix().startswith(MAY_NAME_PLATFORMS)
        for node in ast.walk(tree):
            names = [
                value
                for field in ("id", "attr", "name", "arg", "module")
                if isinstance(value := getattr(node, field, None), str)
            ]
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose:
                names += [node.value] if path.parts[0] != "petitions" else []
            if any(PLATFORM.search(name) for name in names):
                at_the_edge += edge
                if not edge:
                    wrong.append(f"{path}:{getattr(node, 'lineno', 0)}")
    assert at_the_edge > 10
    assert not wrong


MAY_ASK_THE_MACHINE = {
    "datetime.now": {"bot/clock.py", "bot/wiring.py"},
    "datetime.utcnow": set(),
    "datetime.today": set(),
    "date.today": set(),
    "time.time": {"bot/wiring.py"},
    "time.time_ns": {"bot/wiring.py"},
    "time.localtime": set(),
    "uuid.uuid4": set(),
    "os.urandom": {"bot/wiring.py", "storage/keys.py"},
}
"""`storage/keys.py` draws keys and nonces: a weaker source there would be a hole, not a test help."""
MAY_DRAW = ("bot/wiring.py", "bot/service.py", "bot/cli/")


def test_time_and_chance_come_from_outside(parsed: Parsed) -> None:
    wrong, found = [], set()
    for path, tree in parsed.items():
        name = path.as_posix()
        for node in ast.walk(tree):
            if not isinstance(node, ast.Attribute):
                continue
            dotted = ast.unparse(node)
            for call, where in MAY_ASK_THE_MACHINE.items():
                if dotted == call or dotted.endswith(f".{call}"):
                    found.add(call)
                    if name not in where:
                        wrong.append(f"{path}:{node.lineno} {dotted}")
        if not name.startswith(MAY_DRAW):
            wrong += [f"{path}:{line} draws" for line in draws(tree)]
    assert "datetime.now" in found
    assert not wrong


def draws(tree: ast.AST) -> list[int]:
    """Lines that use the shared generator or make one. A parameter called `random` is passed in: fine."""
    passed_in = {
        id(call)
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        and any(arg.arg == "random" for arg in [*function.args.args, *function.args.kwonlyargs])
        for call in ast.walk(function)
    }
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and id(node) not in passed_in
        and re.fullmatch(r"(random|secrets)\.\w+|SystemRandom|Random", ast.unparse(node.func))
        and not ast.unparse(node.func).endswith(".compare_digest")
    ]


SQL = re.compile(
    r"\b(select\s.+\sfrom|insert\s+into|update\s+\w+\s+set|delete\s+from|create\s+(table|index)|alter\s+table|pragma\s)",
    re.IGNORECASE | re.DOTALL,
)


def test_sql_stands_only_in_the_casebook(parsed: Parsed) -> None:
    wrong, in_storage = [], 0
    for path, tree in parsed.items():
        prose = documentation(tree)
        below = path.parts[0] == "storage"
        for node in ast.walk(tree):
            text = node.value if isinstance(node, ast.Constant) else None
            if isinstance(text, str) and id(node) not in prose and SQL.search(text):
                in_storage += below
                if not below:
                    wrong.append(f"{path}:{node.lineno}")
        if not below:
            wrong += [
                f"{path}:{line} imports {module}"
                for module, line in imports(tree)
                if module.partition(".")[0] in {"sqlalchemy", "alembic", "asyncpg", "aiosqlite", "sqlite3"}
                and not only_connection(tree, module)
            ]
    assert in_storage > 3
    assert not wrong


def only_connection(tree: ast.AST, module: str) -> bool:
    """A work of `Database.transact` may name the type of its one argument, and nothing else of SQLAlchemy."""
    taken = [
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == module
        for alias in node.names
    ]
    return module == "sqlalchemy" and taken == ["Connection"]


LOG_LEVELS = {"debug", "info", "warning", "error", "exception", "critical"}


def test_log_lines_are_fixed_event_names(parsed: Parsed) -> None:
    wrong, calls = [], 0
    for path, tree in parsed.items():
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            owner = ast.unparse(node.func.value)
            if node.func.attr not in LOG_LEVELS or owner.rpartition(".")[2] not in {
                "log",
                "logger",
                "_log",
                "LOG",
            }:
                continue
            calls += 1
            first = node.args[0] if node.args else None
            fixed = isinstance(first, ast.Constant) and isinstance(first.value, str)
            if not fixed or not re.fullmatch(r"[a-z][a-z0-9_]+", str(first.value)) or len(node.args) > 1:  # type: ignore[union-attr]
                wrong.append(f"{path}:{node.lineno}")
    assert calls > 10
    assert not wrong


UNFINISHED = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X|NotImplemented" r"Error)\b")


def test_nothing_is_left_unfinished(parsed: Parsed) -> None:
    assert parsed
    wrong = [
        f"{path}:{number}"
        for path in parsed
        for number, line in enumerate((ROOT / path).read_text("utf-8").splitlines(), 1)
        if UNFINISHED.search(line)
    ]
    assert not wrong


DECLARATIONS = ("storage/schema.py", "storage/records.py", "storage/migrations/versions/")
"""Tables and records: long lists of columns with nothing to take apart."""


def test_files_and_functions_stay_small(parsed: Parsed) -> None:
    long_files = {}
    for path in parsed:
        lines = len((ROOT / path).read_text("utf-8").splitlines())
        if lines > 400 and not path.as_posix().startswith(DECLARATIONS):
            long_files[path.as_posix()] = lines
    assert not long_files
    long_functions = [
        f"{path}:{node.lineno} {node.name} {node.end_lineno - node.lineno + 1}"
        for path, tree in parsed.items()
        if not path.as_posix().startswith(DECLARATIONS)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno is not None
        and node.end_lineno - node.lineno >= 80
    ]
    assert not long_functions


def test_importing_a_module_opens_nothing() -> None:
    """Import every module where connecting, starting a process or opening a file to write is an error."""
    program = """
import pkgutil, sys, importlib
def watch(event, args):
    if event in {"socket.connect", "socket.bind", "sqlite3.connect", "subprocess.Popen"}:
        raise SystemExit(f"{event} while importing {current}")
    if event == "open" and isinstance(args[1], str) and set(args[1]) & set("wax+"):
        raise SystemExit(f"opened {args[0]} to write while importing {current}")
current = ""
sys.dont_write_bytecode = True
sys.addaudithook(watch)
count = 0
for floor in ("petitions", "storage", "handlers", "bot"):
    for module in pkgutil.walk_packages(importlib.import_module(floor).__path__, floor + "."):
        current = module.name
        if ".migrations" in current or current.endswith("__main__"):
            continue
        importlib.import_module(current)
        count += 1
print(count)
"""
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert int(done.stdout) > 50
