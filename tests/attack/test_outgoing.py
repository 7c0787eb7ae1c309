"""Addresses that people type lead nowhere but out, whatever they look like."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from moderation.ip_addresses import networks
from moderation.outbound.http_client import NotSentError, Outside
from moderation.outbound.public_addresses import is_public
from tests.publisher import Publisher

LOOPBACK = networks("127.0.0.0/8")


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    with Publisher().open() as it:
        yield it


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "localhost", "[::1]", "0.0.0.0", "127.1", "2130706433"),
        *("0x7f000001", "10.0.0.1", "192.168.1.1", "172.16.0.1", "100.64.0.1"),
        *("169.254.169.254", "[fe80::1]", "[fd00::1]", "[::ffff:127.0.0.1]"),
        *("[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[ff02::1]", "224.0.0.1"),
        # Special-purpose by the registries, whatever the version of Python says.
        *("192.0.0.8", "192.0.0.9", "192.88.99.1", "198.18.0.1", "203.0.113.1"),
        *("255.255.255.255", "192.31.196.1", "192.52.193.1", "192.175.48.1"),
        *("[fec0::1]", "[3fff::1]", "[5f00::1]", "[100::1]", "[2001:db8::1]"),
        *("[2620:4f:8000::1]", "[2001:2::1]", "[2001:20::1]", "[4000::1]", "[::]"),
        # An IPv4 address inside of one of IPv6.
        *("[::127.0.0.1]", "[::10.0.0.1]", "[::ffff:0:127.0.0.1]"),
        *("[::ffff:10.0.0.1]", "[64:ff9b:1::a00:1]", "[2001:0:7f00:1::1]"),
        *("[2606:4700::5efe:10.0.0.1]", "[2606:4700::200:5efe:10.0.0.1]"),
    ],
)
def test_no_private_address_is_reached(host: str, publisher: Publisher) -> None:
    for scheme in ("http", "https"):
        with pytest.raises(NotSentError, match="address_forbidden"):
            Outside().post(f"{scheme}://{host}:{publisher.port}/", b"{}", {})
    assert publisher.bodies == []


@pytest.mark.parametrize(
    "text",
    [
        *("8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "93.184.216.34"),
        *("192.0.1.1", "192.88.98.1", "100.128.0.1", "172.32.0.1", "223.255.255.1"),
        *("2001:200::1", "2a00:1450::5efe", "2003::1", "3ffe::1"),
    ],
)
def test_the_open_internet_is_public(text: str) -> None:
    assert is_public(ip_address(text))


def test_a_private_network_that_the_operator_names_is_reached(
    publisher: Publisher,
) -> None:
    assert Outside(LOOPBACK).post(publisher.url, b"{}", {"X-Test": "1"}) == 204
    assert publisher.bodies == [b"{}"]
    assert publisher.headers[0]["Host"] == f"127.0.0.1:{publisher.port}"


def test_the_open_internet_is_told_nothing_in_the_clear() -> None:
    with pytest.raises(NotSentError, match="not_encrypted"):
        Outside().post("http://93.184.216.34/", b"{}", {})


def test_a_name_that_does_not_exist_is_said_so() -> None:
    with pytest.raises(NotSentError, match="name_unknown"):
        Outside().post("https://nobody.invalid/", b"{}", {})


def test_a_closed_port_and_a_mute_server_are_no_answer() -> None:
    with pytest.raises(NotSentError, match="no_connection"):
        Outside(LOOPBACK).post("http://127.0.0.1:9/", b"{}", {})

    with Mute() as port, pytest.raises(NotSentError, match="timeout"):
        Outside(LOOPBACK, seconds=0.05).post(f"http://127.0.0.1:{port}/", b"{}", {})


class Mute:
    """Takes connections and says nothing."""

    def __enter__(self) -> int:
        self._socket = socket.create_server(("127.0.0.1", 0))
        return int(self._socket.getsockname()[1])

    def __exit__(self, *_: object) -> None:
        self._socket.close()


@pytest.mark.parametrize(
    ("name", "outcome"), [("localhost", "204"), ("example.org", "bad_certificate")]
)
def test_a_certificate_has_to_be_of_the_name_and_by_somebody_known(
    tmp_path: Path, name: str, outcome: str
) -> None:
    chain, key = _certificate(tmp_path, name)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain, key)
    with Publisher().open(context) as publisher:
        url = publisher.url.replace("127.0.0.1", "localhost")
        v6 = networks("127.0.0.0/8, ::1/128")

        assert _said(Outside(v6, authorities=str(chain)), url) == outcome
        assert _said(Outside(v6), url) == "bad_certificate"


def _said(outside: Outside, url: str) -> str:
    try:
        return str(outside.post(url, b"{}", {}))
    except NotSentError as error:
        return str(error)


def _certificate(folder: Path, name: str) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    called = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(called)
        .issuer_name(called)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), False)
        .sign(key, hashes.SHA256())
    )
    chain, secret = folder / "chain.pem", folder / "key.pem"
    chain.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return chain, secret
