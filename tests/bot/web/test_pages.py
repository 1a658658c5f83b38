"""The pages around the chat: safe headers, two languages, faults that tell nothing, and what machines ask."""

from __future__ import annotations

import logging
import random
import re
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from bot.web.address import address_of, is_private
from bot.web.limits import Blocklist, Budget
from bot.web.security import CONTENT_SECURITY_POLICY
from petitions.codes import TrackingCode
from storage.database import Database
from storage.ids import IdSource
from storage.keys import Vault
from tests.hand_clock import HandClock
from tests.web_site import Site, running

GOOD = TrackingCode.generate(random.Random(1))
PAGES = ("/", "/status", "/privacy", "/không-có-trang-này")


async def get(site: Site, path: str, **headers: str) -> tuple[aiohttp.ClientResponse, str]:
    async with aiohttp.ClientSession(site.url) as session, session.get(path, headers=headers) as response:
        return response, await response.text()


@pytest.mark.parametrize("path", PAGES)
async def test_every_page_is_sealed_off(site: Site, path: str) -> None:
    response, html = await get(site, path)
    assert response.headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
    assert "unsafe" not in CONTENT_SECURITY_POLICY
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Cache-Control"] == "no-store"
    assert "Strict-Transport-Security" not in response.headers, "plain http must not promise https"
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=", html), "nothing inline"
    outside = re.findall(r'(?:src|href|action)="(?:https?:)?//[^"]*"', html)
    assert outside == [], "nothing from elsewhere"
    assert '<html lang="vi">' in html


@pytest.mark.parametrize("path", PAGES)
async def test_every_page_is_whole_in_english_too(site: Site, path: str) -> None:
    _, vietnamese = await get(site, path)
    _, english = await get(site, path + "?lang=en")
    assert '<html lang="en">' in english
    assert vietnamese != english
    visible = re.sub(r"<head>.*?</head>|<[^>]+>", " ", english, flags=re.DOTALL)
    assert "Ông/Bà" not in visible


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("vi-VN,vi;q=0.9,en;q=0.8", "vi"),
        ("en-US,en;q=0.9,vi;q=0.8", "vi"),
        ("en-GB,en", "en"),
        ("fr", "vi"),
        ("", "vi"),
    ],
)
async def test_the_language_follows_the_reader(site: Site, accepted: str, language: str) -> None:
    _, html = await get(site, "/", **{"Accept-Language": accepted})
    assert f'<html lang="{language}">' in html


async def test_a_chosen_language_stays(site: Site) -> None:
    async with site.visitor() as visitor:
        async with visitor.get("/?lang=en"):
            pass
        async with visitor.get("/privacy") as response:
            assert '<html lang="en">' in await response.text()


async def test_the_privacy_notice_names_the_law(site: Site) -> None:
    _, html = await get(site, "/privacy")
    for named in (
        "Luật Tiếp công dân",
        "Điều 56",
        "91/2025/QH15",
        "Sở Văn hóa, Thể thao và Du lịch tỉnh Hà Nam",
    ):
        assert named in html


async def test_https_means_a_host_cookie_and_strict_transport(
    sqlite_database: Database, vault: Vault, ids: IdSource, clock: HandClock, tmp_path: Path
) -> None:
    async with running(
        sqlite_database, vault=vault, ids=ids, clock=clock, folder=tmp_path, secure=True
    ) as site:
        response, _ = await get(site, "/")
    cookie = response.cookies["__Host-tiepdan"]
    assert cookie["secure"]
    assert cookie["path"] == "/"
    assert cookie["domain"] == ""
    assert response.headers["Strict-Transport-Security"].startswith("max-age=")


async def test_faults_are_friendly_and_say_nothing_of_the_inside(site: Site) -> None:
    missing, page = await get(site, "/không/có")
    assert missing.status == 404
    assert "Không có trang này" in page
    async with aiohttp.ClientSession(site.url) as session:
        async with session.delete("/privacy") as wrong_way:
            assert wrong_way.status == 405
            assert wrong_way.headers["Allow"]
            assert "Cách mở trang không đúng" in await wrong_way.text()
        async with session.put("/chat/messages") as machine:
            assert machine.status == 405
            assert (await machine.json())["error"] == "405"
        async with session.post("/status", data={"code": "x" * 400_000}) as large:
            assert large.status == 413


async def test_a_crash_gives_a_calm_page_and_a_log_line_without_the_address(
    sqlite_database: Database,
    vault: Vault,
    ids: IdSource,
    clock: HandClock,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def broken(request: web.Request) -> web.Response:
        raise RuntimeError(request.query_string)

    routes = [web.get("/broken/{code}", broken)]
    with caplog.at_level(logging.INFO):
        async with running(
            sqlite_database, vault=vault, ids=ids, clock=clock, folder=tmp_path, routes=routes
        ) as site:
            response, page = await get(site, "/broken/7Q2M4KXD9B3E?phone=0912345678")
    assert response.status == 500
    assert "Hệ thống gặp trục trặc" in page
    assert "0912345678" not in page
    assert "RuntimeError" not in page
    assert response.headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
    lines = [vars(record) for record in caplog.records if record.name.startswith("bot.web")]
    assert {line["msg"] for line in lines} == {"web_request_failed", "http_request"}
    for line in lines:
        told = repr({name: value for name, value in line.items() if name not in {"exc_info", "exc_text"}})
        assert "/broken/{code}" in told
        assert not re.search("0912345678|7Q2M4KXD9B3E|127\\.0\\.0\\.1", told)


async def test_a_database_that_is_away_is_told_as_a_short_break(site: Site) -> None:
    async with site.visitor() as visitor:
        await site.database.close()
        try:
            async with visitor.get("/status?code=000A") as untouched:
                assert untouched.status == 400
            async with visitor.get("/chat/history") as history:
                assert history.status == 503
                assert history.headers["Retry-After"]
            async with visitor.post("/status", data={"code": str(GOOD)}) as page:
                assert page.status == 503
                assert "Hệ thống đang tạm nghỉ" in await page.text()
            async with visitor.get("/healthz") as alive:
                assert alive.status == 200
        finally:
            await site.database.open()


async def test_health_and_readiness(site: Site) -> None:
    alive, _ = await get(site, "/healthz")
    ready, body = await get(site, "/readyz")
    assert (alive.status, ready.status) == (200, 200)
    assert '"problems": []' in body
    site.problems.extend(["database", "intake"])
    ready, body = await get(site, "/readyz")
    assert ready.status == 503
    assert '["database", "intake"]' in body


async def test_metrics_count_for_private_networks_only(site: Site) -> None:
    await get(site, "/privacy")
    response, body = await get(site, "/metrics")
    assert response.status == 200
    assert 'tiepdan_http_requests_total{route="/privacy",status="200"} 1.0' in body
    assert "tiepdan_web_chat_pages 0.0" in body
    outside, _ = await get(site, "/metrics", **{"X-Forwarded-For": "8.8.8.8"})
    assert outside.status == 404


async def test_assets_may_be_kept_for_good_and_search_engines_see_the_front_page_only(site: Site) -> None:
    _, html = await get(site, "/")
    found = re.search(r"/static/[0-9a-f]{12}/style\.css", html)
    assert found
    style, _ = await get(site, found.group())
    assert "immutable" in style.headers["Cache-Control"]
    assert style.headers["Content-Encoding"] == "gzip"
    old, _ = await get(site, "/static/000000000000/style.css")
    assert old.headers["Cache-Control"] == "no-cache"
    missing, _ = await get(site, "/static/000000000000/..%2fpages.py")
    assert missing.status == 404
    _, robots = await get(site, "/robots.txt")
    assert "Disallow: /status" in robots


@pytest.mark.parametrize(
    ("remote", "forwarded", "address"),
    [
        ("203.0.113.9", "", "203.0.113.9"),
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),
        ("127.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("127.0.0.1", "10.9.9.9, 198.51.100.1", "198.51.100.1"),
        ("127.0.0.1", "198.51.100.1, 127.0.0.1", "198.51.100.1"),
        ("::1", "2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.9", "", "203.0.113.9"),
        ("127.0.0.1", "không phải địa chỉ", ""),
        (None, "", ""),
    ],
)
def test_an_address_is_believed_from_our_own_proxy_only(
    remote: str | None, forwarded: str, address: str
) -> None:
    assert address_of(remote, forwarded) == address


def test_private_networks() -> None:
    assert is_private("10.1.2.3")
    assert is_private("")
    assert not is_private("8.8.8.8")
    assert not is_private("2606:4700::/64")


def test_a_budget_refills_and_forgets_nobody_it_needs() -> None:
    now = [0.0]
    budget = Budget(burst=3, per_second=0.5, time=lambda: now[0])
    assert [budget.spend("a") for _ in range(4)] == [0, 0, 0, 2.0]
    assert budget.spend("b") == 0
    now[0] = 2.0
    assert budget.spend("a") == 0
    assert budget.spend("a") > 0
    assert budget.spend("c", 100.0) == 0, "a single large one passes a full budget"


def test_a_blocklist_ends() -> None:
    now = [0.0]
    closed = Blocklist(seconds=60, time=lambda: now[0])
    closed.add("a")
    assert "a" in closed
    assert "b" not in closed
    now[0] = 61.0
    assert "a" not in closed
