"""Keys of two processes never meet, however many write and whatever their clocks say."""

from __future__ import annotations

import subprocess
import sys
from array import array
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, func, insert, select, update

from moderation.ids import LEASED_NUMBERS, hold_number, new_key
from moderation.schema.processes import process_number
from moderation.storage.database import Database, connect
from moderation.storage.process_numbers import LEASE, ProcessNumber
from tests.moderation.key_makers import KEYS, PROCESSES


def test_two_hundred_processes_make_different_keys_in_the_same_millisecond(
    database: Database,
) -> None:
    url = database.engine.url.render_as_string(hide_password=False)
    done = subprocess.run(
        [sys.executable, "-m", "tests.moderation.key_makers", url],
        capture_output=True,
        timeout=120,
    )
    assert not done.stderr, done.stderr.decode()
    keys = array("q")
    keys.frombytes(done.stdout)

    assert len(keys) == PROCESSES * KEYS
    assert len(set(keys)) == PROCESSES * KEYS
    assert all(0 < key < 2**63 for key in keys)
    with database.read() as conn:
        held = conn.execute(select(func.count()).select_from(process_number)).scalar()
    assert held == PROCESSES


def test_a_number_that_is_held_is_given_to_nobody_and_one_that_lapsed_is(
    database: Database,
) -> None:
    now = datetime.now(UTC)
    rows = [
        {"number": number, "holder": "somebody", "held_until": now + LEASE}
        for number in LEASED_NUMBERS
    ]
    with database.write() as conn:
        conn.execute(delete(process_number))
        conn.execute(insert(process_number), rows)
        ProcessNumber().renew(conn)
        conn.execute(
            update(process_number)
            .where(process_number.c.number != LEASED_NUMBERS[0])
            .values(held_until=now - timedelta(seconds=1))
        )
        ProcessNumber().renew(conn)

    with database.read() as conn:
        holders = conn.execute(
            select(process_number.c.number, process_number.c.holder).where(
                process_number.c.held_until > now
            )
        ).all()
    assert len(holders) == 2
    assert dict(map(tuple, holders))[LEASED_NUMBERS[0]] == "somebody"


def test_a_lease_goes_on_under_its_number_until_somebody_else_has_it(
    database: Database,
) -> None:
    lease = ProcessNumber()
    with database.write() as conn:
        conn.execute(delete(process_number))
        numbers = []
        for _ in range(2):
            lease.renew(conn)
            numbers += conn.execute(select(process_number.c.number)).scalars()
        conn.execute(update(process_number).values(holder="another"))
        lease.renew(conn)
        rows = conn.execute(select(process_number.c.number, process_number.c.holder))
        others = {row.number for row in rows if row.holder != "another"}

    assert numbers[0] == numbers[1]
    assert len(others) == 1
    assert others != {numbers[0]}
    assert not lease.is_due()


def test_keys_grow_across_leases_and_outside_of_one(now: datetime) -> None:
    keys = [new_key()]
    for number, since, until in (
        (900, now, now + timedelta(minutes=1)),
        # Another one, lower, in the same millisecond.
        (200, now, now + timedelta(minutes=1)),
        # It is over.
        (500, now - timedelta(hours=2), now - timedelta(hours=1)),
    ):
        hold_number(number, since=since, until=until)
        keys += [new_key() for _ in range(3_000)]

    assert keys == sorted(set(keys))


@pytest.mark.parametrize("store", ["sqlite"])
def test_a_store_without_the_table_is_written_all_the_same(
    store: str, tmp_path: Path
) -> None:
    database = connect(f"sqlite:///{tmp_path}/empty.sqlite3")
    with database.write() as conn:
        assert conn.execute(select(1)).scalar() == 1
    database.close()
