"""Which addresses are of the open internet, by a table of our own.

After the IANA registries of special-purpose addresses (RFC 6890, as of 2026) and not
after `ipaddress.is_global`, whose table changes with the patch version of Python.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_network

Address = IPv4Address | IPv6Address

# Those that lead to services of the network itself (AS112, AMT) are no publisher's.
_SPECIAL_V4 = tuple(
    ip_network(text)
    for text in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # between a provider and its customers
        "127.0.0.0/8",  # this machine
        "169.254.0.0/16",  # this link, metadata of clouds among it
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments
        "192.0.2.0/24",  # documentation
        "192.31.196.0/24",  # AS112
        "192.52.193.0/24",  # AMT
        "192.88.99.0/24",  # relays of 6to4
        "192.168.0.0/16",  # private
        "192.175.48.0/24",  # AS112
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, broadcast among it
    )
)
# All that is given out for the open internet. What carries an IPv4 address inside in
# another way lies outside of it: NAT64 in 64:ff9b::/32, `::a.b.c.d`, `::ffff:0:a.b.c.d`.
_UNICAST_V6 = ip_network("2000::/3")
_SPECIAL_V6 = tuple(
    ip_network(text)
    for text in (
        "2001::/23",  # protocol assignments: Teredo, benchmarks, ORCHID, AMT, DRIP
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4
        "2620:4f:8000::/48",  # AS112
        "3fff::/20",  # documentation
    )
)
# The interface identifiers of ISATAP (RFC 5214), before the IPv4 address.
_ISATAP = (b"\x00\x00\x5e\xfe", b"\x02\x00\x5e\xfe")


def is_public(address: Address) -> bool:
    """Whether an address is one of the open internet and of a single machine."""
    if isinstance(address, IPv4Address):
        return not any(address in each for each in _SPECIAL_V4)
    if address.ipv4_mapped is not None:
        # What systems make of an IPv4 address for a socket of IPv6: it goes there.
        return is_public(address.ipv4_mapped)
    if address not in _UNICAST_V6 or address.packed[8:12] in _ISATAP:
        return False
    return not any(address in each for each in _SPECIAL_V6)
