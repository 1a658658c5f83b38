"""Which tests stay in one process when several run them: those that share something costly to make.

pytest-xdist's own groups (`xdist_group`) hang on a private field that pytest 9.2 no longer reads, so the
scheduler is told here, by folder.
"""

from __future__ import annotations

from typing import Any

import pytest
from xdist.scheduler.loadscope import LoadScopeScheduling

SHARED = ("tests/simulation/", "tests/browser/")
"""Folders whose tests share a played year, a browser."""


class ByFolder(LoadScopeScheduling):
    """A shared folder is one piece of work, every other test one of its own."""

    def _split_scope(self, nodeid: str) -> str:
        return next((folder for folder in SHARED if nodeid.startswith(folder)), nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFolder:
    return ByFolder(config, log)
