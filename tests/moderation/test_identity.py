"""Keys that never meet, ids that count nothing, signatures that hold."""

from __future__ import annotations

import threading
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from multiprocessing import get_context
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.comments.submission import text_hash
from moderation.ids import new_key, new_public_id
from moderation.ip_addresses import network_of
from moderation.signing import Keyring

KEYRING = Keyring("one secret")


def _many_keys(count: int) -> list[int]:
    return [new_key() for _ in range(count)]


def test_keys_grow_and_fit_into_the_database() -> None:
    keys = _many_keys(10_000)

    assert keys == sorted(set(keys))
    assert 0 < keys[0] < keys[-1] < 2**63


def test_threads_and_processes_make_different_keys() -> None:
    made: list[int] = []
    threads = [
        threading.Thread(target=lambda: made.extend(_many_keys(2_000)))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        for keys in pool.map(_many_keys, [2_000] * 4):
            made.extend(keys)

    assert len(set(made)) == 16_000


def test_public_ids_are_uuids_that_sort_roughly_by_time_and_never_meet() -> None:
    ids = [new_public_id() for _ in range(5_000)]

    assert len(set(ids)) == 5_000
    assert {UUID(each).version for each in ids} == {7}
    assert {UUID(each).variant for each in ids} == {"specified in RFC 4122"}


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        # Case and spacing do not matter, words do.
        ("Great  post!", " great\npost! ", True),
        ("Great post!", "Great post", False),
        ("STRASSE", "straße", True),
        ("", " ", True),
        # What cannot be encoded still has a hash.
        ("\ud800", "\ud801", True),
    ],
)
def test_a_text_is_known_by_its_words(one: str, other: str, same: bool) -> None:
    assert (text_hash(one) == text_hash(other)) is same
    assert -(2**63) <= text_hash(one) < 2**63


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.77", "192.0.2.0/24"),
        ("2001:db8:1:2:3::4", "2001:db8:1::/48"),
        ("", None),
        ("unknown", None),
        ("192.0.2.77, 10.0.0.1", None),
    ],
)
def test_of_an_address_only_the_network_is_kept(
    address: str, network: str | None
) -> None:
    assert network_of(address) == network


@given(st.text(max_size=40))
def test_what_was_signed_can_be_read_and_nothing_else(value: str) -> None:
    token = KEYRING.sign("status", value)

    assert KEYRING.unsign("status", token) == value
    assert KEYRING.unsign("edit", token) is None
    assert Keyring("another secret").unsign("status", token) is None
    assert KEYRING.unsign("status", token + "x") is None
    assert KEYRING.unsign("status", "x" + token) is None


@given(st.text(max_size=60))
def test_no_token_is_accepted_that_was_not_signed(token: str) -> None:
    assert KEYRING.unsign("status", token) is None


def test_a_form_token_says_when_the_form_was_opened_on_which_site() -> None:
    opened = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)
    token = KEYRING.form_token("news", opened)

    assert KEYRING.form_opened("news", token) == opened.timestamp()
    assert KEYRING.form_opened("other", token) is None
    assert KEYRING.form_opened("news", "18f.forged") is None


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        # The address decides, whatever the name and the case.
        (("a@example.org", "Ada"), ("A@Example.org", "Somebody"), True),
        # Without one the name does; a name is no address.
        (("", "Ada"), ("", " ada "), True),
        (("", "Ada"), ("", "Bob"), False),
        (("ada", ""), ("", "ada"), False),
    ],
)
def test_an_author_is_known_by_address_or_name(
    one: tuple[str, str], other: tuple[str, str], same: bool
) -> None:
    first = KEYRING.author(email=one[0], name=one[1])
    second = KEYRING.author(email=other[0], name=other[1])

    assert (first == second) is same


def test_hashes_say_nothing_without_the_key() -> None:
    other = Keyring("another secret")

    assert KEYRING.address("192.0.2.7") != other.address("192.0.2.7")
    assert KEYRING.author(email="a@b.org", name="") != other.author(
        email="a@b.org", name=""
    )


def test_parts_of_a_digest_cannot_be_shifted_into_one_another() -> None:
    assert KEYRING.digest("a", "bc", "d") != KEYRING.digest("a", "b", "cd")
