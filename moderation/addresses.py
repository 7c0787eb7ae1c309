"""Network addresses as people and proxies write them."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import (
    IPv4Network,
    IPv6Network,
    ip_address,
    ip_network,
)

Network = IPv4Network | IPv6Network


def networks(text: str) -> tuple[Network, ...]:
    """Networks between commas, such as ``10.0.0.0/8, fd00::/8``; ValueError otherwise."""
    return tuple(ip_network(each.strip()) for each in text.split(",") if each.strip())


@lru_cache(maxsize=4096)
def network_of(address: str) -> str | None:
    """The /24 or /48 around an address, or None where there is no address."""
    try:
        ip = ip_address(address)
    except ValueError:
        return None
    return str(ip_network((ip, 24 if ip.version == 4 else 48), strict=False))


def visitor_of(address: str) -> str:
    """What counts as one visitor: an IPv4 address, or the /64 that IPv6 gives to each."""
    try:
        ip = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if ip.version == 4:
        return str(ip)
    return str(ip.ipv4_mapped or ip_network((ip.packed, 64), strict=False))
