"""Network addresses as people and proxies write them."""

from __future__ import annotations

import re
from functools import lru_cache
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

Network = IPv4Network | IPv6Network

# As proxies write them: 198.51.100.7:4000, [2001:db8::1]:4000 or [2001:db8::1].
_WITH_PORT = re.compile(r"(?:\[(?P<six>[^\]]+)\]|(?P<four>[0-9.]+))(?::[0-9]+)?")


def networks(text: str) -> tuple[Network, ...]:
    """Networks between commas, such as ``10.0.0.0/8, fd00::/8``; ValueError otherwise."""
    return tuple(ip_network(each.strip()) for each in text.split(",") if each.strip())


@lru_cache(maxsize=4096)
def network_of(address: str) -> str | None:
    """The /24 or /48 around an address, or None where there is no address."""
    ip = _read(address)
    if ip is None:
        return None
    return str(ip_network((ip, 24 if ip.version == 4 else 48), strict=False))


def visitor_of(address: str) -> str:
    """What counts as one visitor: an IPv4 address, or the /64 that IPv6 gives to each."""
    ip = _read(address)
    if ip is None:
        return address
    return str(ip if ip.version == 4 else ip_network((ip.packed, 64), strict=False))


@lru_cache(maxsize=4096)
def canonical(address: str) -> str:
    """The one spelling of an address, without port and zone; empty where there is none.

    Limits and bans go by it, so whoever spells theirs in another way gains nothing.
    """
    ip = _read(address)
    return "" if ip is None else str(ip)


def _read(address: str) -> IPv4Address | IPv6Address | None:
    text = address.strip()
    found = _WITH_PORT.fullmatch(text)
    if found is not None:
        text = found["six"] or found["four"]
    try:
        ip = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    # IPv4 visitors of a socket that listens for both.
    return (ip.ipv4_mapped if isinstance(ip, IPv6Address) else None) or ip
