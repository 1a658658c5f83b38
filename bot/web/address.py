"""From which network address a request comes. Used for generous limits only; never stored, never logged."""

from __future__ import annotations

from collections.abc import Collection
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final

from aiohttp import web

Network = IPv4Network | IPv6Network

LOOPBACK: Final[tuple[Network, ...]] = (ip_network("127.0.0.0/8"), ip_network("::1/128"))
"""Proxies on the same machine, which alone are trusted by default."""
_PREFIX: Final = 64
"""One household or mobile phone holds a whole /64 of IPv6."""


def client_address(request: web.Request, proxies: Collection[Network] = LOOPBACK) -> str:
    """The visitor's address: the peer, or what trusted proxies say of it (the last hop that is none of them).

    An IPv6 address is given as its /64 network. "" when there is none (a local socket).
    """
    return address_of(request.remote, request.headers.get("X-Forwarded-For", ""), proxies)


def address_of(peer: str | None, forwarded: str, proxies: Collection[Network] = LOOPBACK) -> str:
    """As `client_address`, from the connection's peer and the value of `X-Forwarded-For`."""
    address = peer or ""
    hops = [hop.strip() for hop in forwarded.split(",") if hop.strip()]
    while hops and _within(address, proxies):
        address = hops.pop()
    return _grouped(address)


def is_private(address: str) -> bool:
    """True for this machine and for networks that are not routed on the internet."""
    try:
        return address == "" or ip_address(address.partition("/")[0]).is_private
    except ValueError:
        return False


def _within(address: str, networks: Collection[Network]) -> bool:
    try:
        known = ip_address(address)
    except ValueError:
        return address == ""
    return any(known in network for network in networks if network.version == known.version)


def _grouped(address: str) -> str:
    try:
        known = ip_address(address)
    except ValueError:
        return ""
    if isinstance(known, IPv6Address) and known.ipv4_mapped is not None:
        return str(known.ipv4_mapped)
    if isinstance(known, IPv6Address) and not known.is_loopback:
        return str(ip_network((known, _PREFIX), strict=False))
    return str(known)
