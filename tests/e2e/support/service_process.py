"""The service as operators start it: a process of its own, which can be killed and started again."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

import aiohttp

from tests import log_watch
from tests.e2e.support.house import give_keys
from tests.free_port import free_port

ROOT = Path(__file__).resolve().parents[3]
READY_WITHIN = 90.0


def environment(**settings: str) -> dict[str, str]:
    """This process's environment with these settings of the service and no others."""
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("TIEPDAN_")},
        "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep),
        "PYTHONUNBUFFERED": "1",
        **{f"TIEPDAN_{name.upper()}": value for name, value in settings.items()},
    }


async def tiepdan(settings: dict[str, str], folder: Path, *words: str, expect: int = 0) -> str:
    """Run `tiepdan <words>` in `folder`; what it said. Fails where it ends otherwise than expected."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot.cli",
        *words,
        cwd=folder,
        env=settings,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said = (await process.communicate())[0].decode()
    assert process.returncode == expect, f"tiepdan {' '.join(words)}: {process.returncode}\n{said}"
    return said


class ServiceProcess:
    """`async with ServiceProcess(data_dir, **settings) as service`: runs `tiepdan run` there."""

    def __init__(self, data_dir: Path, **settings: str) -> None:
        self.data_dir = data_dir
        self.port = free_port()
        self.environment = environment(
            data_dir=str(data_dir), http_port=str(self.port), log_format="json", **settings
        )
        self.process: asyncio.subprocess.Process | None = None
        self.starts = 0
        give_keys(data_dir)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def __aenter__(self) -> Self:
        try:
            await self.start()
        except BaseException:
            await self.end()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.end()

    async def start(self, *, wait: bool = True) -> None:
        """Start it and wait until `/readyz` says so. Raises AssertionError with its last words otherwise."""
        self.starts += 1
        folder = self.data_dir.parent
        with self.log.open("ab") as out:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "bot.cli",
                "run",
                cwd=folder,
                env=self.environment,
                stdout=out,
                stderr=out,
            )
        if wait:
            await self.ready()

    @property
    def log(self) -> Path:
        """Where its output goes, to be searched at the end of the session."""
        return log_watch.folder() / f"service-{os.getpid()}-{self.port}.log"

    async def ready(self) -> None:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + READY_WITHIN
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=2)) as http:
            while loop.time() < deadline:
                if self.process is not None and self.process.returncode is not None:
                    break
                try:
                    async with http.get(f"{self.url}/readyz") as answer:
                        if answer.status == 200:
                            return
                except (aiohttp.ClientError, TimeoutError):
                    pass
                await asyncio.sleep(0.05)
        raise AssertionError(f"the service is not ready: {self.last_words()}")

    async def kill(self) -> None:
        """End it at once, as a power cut would: SIGKILL."""
        if self.process is not None and self.process.returncode is None:
            self.process.send_signal(signal.SIGKILL)
            await self.process.wait()

    async def end(self) -> int | None:
        """Ask it to stop (SIGTERM); its exit code. A process that does not is killed."""
        if self.process is None:
            return None
        if self.process.returncode is None:
            self.process.terminate()
            try:
                async with asyncio.timeout(20):
                    await self.process.wait()
            except TimeoutError:
                await self.kill()
        return self.process.returncode

    async def command(self, *words: str, expect: int = 0) -> str:
        """Run `tiepdan <words>` with the same settings; what it said."""
        return await tiepdan(self.environment, self.data_dir.parent, *words, expect=expect)

    def last_words(self, lines: int = 30) -> str:
        return "\n".join(self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])
