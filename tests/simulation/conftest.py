"""One simulated year, made once and looked at by many tests."""

from __future__ import annotations

import fcntl
import pickle
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random
from typing import TypeVar

import pytest
from sqlalchemy import Connection

from bot.profile import read_agency
from bot.settings import Settings
from bot.simulation.run import Summary, simulate
from bot.simulation.world import Wish
from storage import swift
from storage.keys import KeyRing, Vault

T = TypeVar("T")

AGENCY = read_agency(None)
YEAR = Wish(first=date(2026, 1, 1), last=date(2026, 12, 31), petitions=500)


def settings_in(folder: Path, **more: str) -> Settings:
    """Settings of a folder of its own, whatever the machine's environment says."""
    return Settings(_env_file=None, data_dir=folder, **more)  # type: ignore[call-arg,arg-type]


@dataclass(frozen=True)
class Year:
    """What was played, and where it lies."""

    folder: Path
    summary: Summary
    seconds: float

    @property
    def url(self) -> str:
        return address_in(self.folder)

    @property
    def vault(self) -> Vault:
        return Vault(KeyRing.load(self.folder / "keys.json"))

    def look(self, work: Callable[[Connection], T]) -> T:
        return swift.run(self.url, work)


def address_in(folder: Path) -> str:
    return f"sqlite+aiosqlite:///{folder / 'tiepdan.db'}"


def played(folder: Path, wish: Wish, seed: int) -> Year:
    began = time.perf_counter()
    summary = simulate(settings_in(folder), wish, chance=Random(seed))
    return Year(folder, summary, time.perf_counter() - began)


@pytest.fixture(scope="session")
def year(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Year:
    """Five hundred petitions of a year, played once in a run; each process of the run looks at a copy."""
    own = tmp_path_factory.getbasetemp()
    shared = own if worker_id == "master" else own.parent
    told, folder = shared / "year.pickle", shared / "year"
    with (shared / "year.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not told.exists():
            made = played(folder, YEAR, 1)
            told.write_bytes(pickle.dumps((made.summary, made.seconds)))
        summary, seconds = pickle.loads(told.read_bytes())
        copy = tmp_path_factory.mktemp("year")
        for name in ("tiepdan.db", "keys.json"):
            shutil.copyfile(folder / name, copy / name)
    return Year(copy, summary, seconds)
