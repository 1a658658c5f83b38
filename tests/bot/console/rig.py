"""The console before real HTTP and a real database, with officers who sign in as in service."""

from __future__ import annotations

import html
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp

from petitions.kinds import Role
from storage.records import OfficerRecord
from tests.handlers.officers.office import Office
from tests.web_site import Site

CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36"


@dataclass(frozen=True)
class Answer:
    """One answer of the server."""

    status: int
    text: str
    headers: Any

    @property
    def place(self) -> str:
        return str(self.headers.get("Location", ""))

    @property
    def words(self) -> str:
        """What stands on the page, without its markup."""
        bare = re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", self.text, flags=re.DOTALL)
        return " ".join(html.unescape(bare).split())

    def value(self, name: str) -> str:
        """The value of the first field of that name."""
        found = re.search(rf'name="{name}" value="([^"]*)"', self.text)
        assert found is not None, f"no field {name}"
        return html.unescape(found[1])


@dataclass
class Browser:
    """One browser. `proof` is what its forms bring along; taken from the last page that had it."""

    session: aiohttp.ClientSession
    proof: str = ""

    async def get(self, path: str, **headers: str) -> Answer:
        async with self.session.get(path, headers=headers, allow_redirects=False) as response:
            answer = Answer(response.status, await response.text(), response.headers)
        found = re.search(r'name="proof" value="([0-9a-f]+)"', answer.text)
        self.proof = found[1] if found else self.proof
        return answer

    async def post(self, path: str, fields: dict[str, str] | None = None, **headers: str) -> Answer:
        data = {"proof": self.proof} | (fields or {})
        async with self.session.post(path, data=data, headers=headers, allow_redirects=False) as response:
            return Answer(response.status, await response.text(), response.headers)

    async def enter(self, code: str, **more: str) -> Answer:
        """Type the code on the sign-in page."""
        async with self.session.post(
            "/console/enter", data={"code": code, **more}, allow_redirects=False
        ) as response:
            return Answer(response.status, await response.text(), response.headers)


@asynccontextmanager
async def browser(site: Site, *, agent: str = CHROME, language: str = "vi") -> AsyncIterator[Browser]:
    """A browser that is signed in nowhere."""
    jar = aiohttp.CookieJar(unsafe=True)
    headers = {"User-Agent": agent, "Accept-Language": language}
    async with aiohttp.ClientSession(site.url, cookie_jar=jar, headers=headers) as session:
        yield Browser(session)


async def code_for(office: Office, officer: OfficerRecord) -> str:
    """A one-time code, as the chat would say it."""
    return await office.work(lambda book: book.offer_console_code(officer.id, officer.contact_ids[0]))


@asynccontextmanager
async def signed_in(
    site: Site, office: Office, officer: OfficerRecord, **more: str
) -> AsyncIterator[Browser]:
    """A browser in which this officer signed in."""
    async with browser(site, **more) as one:
        answer = await one.enter(await code_for(office, officer))
        assert (answer.status, answer.place) == (303, "/console"), answer.words
        await one.get("/console")
        yield one


async def somebody(office: Office, role: Role, unit: str = "ql_van_hoa", *, chat: str = "") -> OfficerRecord:
    """An officer with a linked chat."""
    return await office.officer(
        chat or f"{abs(hash((role, unit))) % 10**9 + 10**9}", unit, role, f"Cán bộ {role} {unit}"
    )
