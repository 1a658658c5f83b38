"""What the measurements at many rows share: the engines asked for on the command line, and a server for one."""

from __future__ import annotations

import argparse
from contextlib import ExitStack
from typing import Final

from tests import postgres_server
from tests.conftest import server_folder

SIZES: Final = (10_000, 100_000, 1_000_000)


def arguments(name: str, about: str | None) -> argparse.ArgumentParser:
    """`--rows` and `--engine` of `python -m benchmarks NAME`."""
    asked = argparse.ArgumentParser(prog=f"python -m benchmarks {name}", description=about)
    asked.add_argument("--rows", type=int, nargs="+", default=[*SIZES])
    asked.add_argument(
        "--engine", choices=("sqlite", "postgresql"), nargs="+", default=["sqlite", "postgresql"]
    )
    return asked


def server(stack: ExitStack, name: str) -> str:
    """The address of a PostgreSQL server that runs until `stack` is closed. Raises SystemExit where there is none."""
    binaries = postgres_server.find_binaries()
    if binaries is None:
        raise SystemExit("No PostgreSQL found; use --engine sqlite.")
    return stack.enter_context(postgres_server.started(binaries, server_folder(name))).url
