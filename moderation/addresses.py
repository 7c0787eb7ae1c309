"""Network addresses: which of them lead out of the house."""

from __future__ import annotations

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
Address = IPv4Address | IPv6Address

# Addresses that carry another one inside, which may be private (RFC 6052, 8215, 3056).
_CARRIERS = tuple(
    ip_network(text) for text in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16")
)


def is_public(address: Address) -> bool:
    """Whether an address is one of the open internet and of a single machine."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return is_public(address.ipv4_mapped)
        if any(address in each for each in _CARRIERS):
            return False
    return address.is_global and not address.is_multicast


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
