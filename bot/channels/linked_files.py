"""Files that a platform announces by an address: fetched at once, with a limit, and never from inside our net.

Whoever can forge an announcement could otherwise let the service read addresses that only it reaches. So only
http and https are followed, at most a few redirections, and only to public addresses: names are resolved by
us and each address they have is looked at before a connection is made.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Final
from urllib.parse import urljoin, urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

from bot.channels.base import Again, Never, Refusal, SendFault

CHUNK: Final = 64 * 1024
REDIRECTIONS: Final = 3
CONNECT_SECONDS: Final = 10.0
READ_SECONDS: Final = 20.0
TOTAL_SECONDS: Final = 300.0
_TRANSLATED: Final = ipaddress.IPv6Network("64:ff9b::/96")
"""Addresses that a net without IPv4 of its own translates (RFC 6052)."""
_PLAIN_HOST: Final = re.compile(r"(?:[0-9A-Za-z._-]+|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*(?:%[0-9A-Za-z]+)?)\Z")
DEAD: Final = frozenset({401, 403, 404, 410, 451})
"""Links of platforms expire; asking again does not bring them back."""


class LinkedFiles:
    """Downloads by address. `inside` allows private addresses as well (the platform itself stands on one)."""

    def __init__(self, *, limit: int, inside: bool = False, pool_size: int = 20) -> None:
        self._limit = limit
        self._inside = inside
        self._pool_size = pool_size
        self._session: aiohttp.ClientSession | None = None

    async def open(self) -> None:
        if self._session is None:
            resolver = None if self._inside else PublicOnly()
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    limit=self._pool_size, resolver=resolver, use_dns_cache=self._inside
                ),
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=aiohttp.ClientTimeout(
                    total=TOTAL_SECONDS, sock_connect=CONNECT_SECONDS, sock_read=READ_SECONDS
                ),
            )

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def stream(self, link: str) -> AsyncGenerator[bytes, None]:
        """The bytes behind `link`. Raises Again (repeat all of it), Never(REFUSED or GONE)."""
        if self._session is None:
            raise Again("not open")
        fault: SendFault | None = None
        try:
            async with aclosing(self._followed(self._session, link)) as chunks:
                async for chunk in chunks:
                    yield chunk
        except Forbidden:
            fault = Never("link leads inside", refusal=Refusal.REFUSED)
        except (aiohttp.InvalidURL, ValueError):
            fault = Never("no usable link", refusal=Refusal.REFUSED)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            # A resolver's refusal comes wrapped, as if the name could not be resolved.
            inside = isinstance(getattr(error, "os_error", None), Forbidden)
            fault = (
                Never("link leads inside", refusal=Refusal.REFUSED) if inside else Again("download failed")
            )
        if fault is not None:  # outside the handler: the original holds the address, which opens the file
            raise fault

    async def _followed(self, session: aiohttp.ClientSession, link: str) -> AsyncGenerator[bytes, None]:
        for _ in range(REDIRECTIONS + 1):
            self._check(link)
            async with session.get(link, allow_redirects=False) as answer:
                if answer.status in (301, 302, 303, 307, 308) and "Location" in answer.headers:
                    link = urljoin(link, answer.headers["Location"])
                    continue
                async with aclosing(self._body(answer)) as chunks:
                    async for chunk in chunks:
                        yield chunk
                return
        raise Never("link leads nowhere", refusal=Refusal.REFUSED)

    async def _body(self, answer: aiohttp.ClientResponse) -> AsyncGenerator[bytes, None]:
        if answer.status in DEAD:
            raise Never("link is dead", refusal=Refusal.GONE)
        if answer.status != 200:
            raise Again("file not available")
        if (answer.content_length or 0) > self._limit:
            raise Never("file too big", refusal=Refusal.REFUSED)
        received = 0
        async for chunk in answer.content.iter_chunked(CHUNK):
            received += len(chunk)
            if received > self._limit:
                raise Never("file too big", refusal=Refusal.REFUSED)
            yield chunk

    def _check(self, link: str) -> None:
        """Addresses written as numbers are never resolved, so they are looked at here. What is not plainly a name
        or a number is refused: the client would read round digits and dots as the plain ones."""
        parts = urlsplit(link)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise Never("no usable link", refusal=Refusal.REFUSED)
        if _PLAIN_HOST.match(parts.hostname) is None:
            raise Never("no usable link", refusal=Refusal.REFUSED)
        if not self._inside and is_inside(parts.hostname):
            raise Never("link leads inside", refusal=Refusal.REFUSED)


class Forbidden(OSError):
    """A name that leads inside our own net."""


class PublicOnly(AbstractResolver):
    """Resolves names, and refuses those that have an address which is not public."""

    def __init__(self) -> None:
        self._resolver = ThreadedResolver()

    async def resolve(self, host: str, port: int = 0, family: int = 0) -> list[ResolveResult]:
        found = await self._resolver.resolve(host, port, family)  # type: ignore[arg-type]
        if any(is_inside(entry["host"]) for entry in found):
            raise Forbidden("not a public address")
        return found

    async def close(self) -> None:
        await self._resolver.close()


def is_inside(host: str) -> bool:
    """True for addresses (not names) that are loopback, private, link-local or otherwise not public, and for
    names ending in `localhost`."""
    if f".{host}".rstrip(".").lower().endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address):
        mapped = address.ipv4_mapped or address.sixtofour
        if address in _TRANSLATED:
            mapped = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if mapped is not None:
            return not mapped.is_global or mapped.is_multicast
    return not address.is_global or address.is_multicast


def stands_inside(api_url: str) -> bool:
    """Whether the platform's own server stands inside, as in tests; then its files do as well."""
    return is_inside(urlsplit(api_url).hostname or "")
