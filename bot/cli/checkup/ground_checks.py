"""Checks of what the service stands on: folder, disk, key ring, database."""

from __future__ import annotations

import shutil
from pathlib import Path

from bot.cli.checkup.findings import Finding, fail, ok, warn
from bot.folders import open_to_others, prepare
from bot.settings import Settings, SettingsError
from storage import migrate
from storage.database import Database, Unavailable
from storage.keys import KeyRing, KeyRingUnusable

_MEBIBYTE = 1024 * 1024
_LITTLE_SPACE = 1024 * _MEBIBYTE
"""Room for some fifty large attachments; below it somebody should look."""
_NO_SPACE = 100 * _MEBIBYTE


def check_folder(settings: Settings) -> list[Finding]:
    """The data folder takes files and is closed to others."""
    folder = settings.storage.data_dir
    try:
        prepare(folder)
    except SettingsError as error:
        return [fail("data folder", str(problem)) for problem in error.problems]
    if open_to_others(folder):
        return [warn("data folder", f"{folder} is open to other users; chmod 700 {folder}")]
    return [ok("data folder", str(folder))]


def check_disk(settings: Settings) -> Finding:
    """There is room for petitions and files."""
    place = next(path for path in _upwards(settings.storage.data_dir) if path.exists())
    free = shutil.disk_usage(place).free
    message = f"{free // _MEBIBYTE:,} MiB free"
    if free < _NO_SPACE:
        return fail(
            "disk", f"{message}: petitions would be refused soon; make room or move TIEPDAN_DATA_DIR."
        )
    if free < _LITTLE_SPACE:
        return warn("disk", f"{message}: make room before attachments fill it.")
    return ok("disk", message)


def _upwards(path: Path) -> list[Path]:
    return [path, *path.parents]


def check_keys(settings: Settings, *, database_is_empty: bool) -> list[Finding]:
    """The key ring is there, can be read, and only by its owner."""
    path = settings.storage.key_file
    if not path.exists():
        if database_is_empty:
            return [ok("key ring", f"will be made at first start: {path}")]
        message = (
            f"{path} is missing, and nothing stored can be read without it; restore it from its back-up."
        )
        return [fail("key ring", message)]
    try:
        KeyRing.load(path)
    except KeyRingUnusable as error:
        return [fail("key ring", f"{error}; restore it from its back-up.")]
    findings = [ok("key ring", f"{path}; keep a copy apart from the database")]
    if open_to_others(path):
        findings = [warn("key ring", f"{path} can be read by other users; chmod 600 {path}")]
    return findings


def _exists(file: str) -> bool:
    return Path(file).exists()


async def check_database(settings: Settings) -> tuple[Finding, bool]:
    """The database answers and has this version's schema. The second value: nothing was ever stored there."""
    url = settings.storage.database_url.get_secret_value()
    database = Database.from_url(url)
    name = "database"
    if database.dialect == "sqlite" and not _exists(url.partition(":///")[2]):
        return ok(name, "SQLite, will be made at first start"), True
    try:
        version = await migrate.current(url)
    except Unavailable as error:
        message = f"{error}. Check TIEPDAN_DATABASE_URL, that the server runs, and the user's password."
        return fail(name, message), False
    if version == migrate.head():
        return ok(name, f"{database.dialect}, reachable, schema {version}"), False
    if version is None:
        if database.dialect == "sqlite":
            return ok(name, "empty, the schema is made at first start"), True
        return fail(name, "reachable but empty; run `tiepdan migrate`."), True
    if migrate.newer(version):
        message = (
            f"schema {version} was made by a newer version of the service; this one knows {migrate.head()}."
        )
        return fail(
            name, f"{message} Install the newer one, or restore the back-up before the upgrade."
        ), False
    if database.dialect == "sqlite":
        return warn(
            name, f"schema {version} becomes {migrate.head()} at the next start; make a back-up first."
        ), False
    return fail(
        name, f"schema is {version}, this version needs {migrate.head()}; run `tiepdan migrate`."
    ), False
