"""A desk with a million comments, written as fast as each store takes them.

The rows are those that intake, the drain and the describing worker would have left; only
the bands of likeness are not there, which no page of the desk reads.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import Connection

from benchmarks.wording import comments as some_texts
from moderation.comments.submission import text_hash
from moderation.enums import ATTRIBUTES, Kind, Status
from moderation.ids import key_at
from moderation.ip_addresses import network_of
from moderation.search import indexing, terms
from moderation.search.indexing import IndexEntry, IndexRequest
from moderation.signing import Keyring
from moderation.sites.site import Site

COMMENTS = 1_000_000
WAITING = 100_000
AUTHORS, THREADS, ADDRESSES, CLUSTERS = 100_000, 5_000, 50_000, 2_000
CHUNK = 10_000
BATCH = 256
SECONDS_APART = 30
# Of different texts: the next one differs by its number and its rare words.
TEXTS = 20_000
RARE_WORDS = 60_000
LANGUAGES = ("en",) * 8 + ("de", "fr")
REASONS = ("spam",) * 6 + ("abuse", "hate", "off_topic", "threat")


def rare_words() -> list[str]:
    """Words that few comments have, the same ones each time."""
    drawn = random.Random(7)
    return [
        "".join(
            drawn.choice("bcdfghklmnprstvwz") + drawn.choice("aeiou") for _ in "123"
        )
        + str(number)
        for number in range(RARE_WORDS)
    ]


@dataclass
class Desk:
    """What the measurements need to know of what was written."""

    sites: Sequence[Site]
    moderator: str
    keyring: Keyring
    random: random.Random = field(default_factory=lambda: random.Random(4))
    first: int = 0
    counts: Counter[tuple[int, str]] = field(default_factory=Counter)
    stacked: set[tuple[int, int]] = field(default_factory=set)
    rare: list[str] = field(default_factory=rare_words)
    texts: list[str] = field(default_factory=list)


def write(conn: Connection, desk: Desk, count: int = COMMENTS) -> None:
    """Fill all tables in the caller's transaction."""
    start = datetime.now(UTC) - timedelta(seconds=SECONDS_APART * count + 60)
    desk.texts = some_texts(TEXTS)
    _authors_and_threads(conn, desk, start)
    for begin in range(0, count, CHUNK):
        _chunk(conn, desk, start, range(begin, min(begin + CHUNK, count)), count)
    rows = [(*lane, number, 1) for lane, number in desk.counts.items()]
    _copy(conn, "lane_count", "site_id kind waiting version", rows)


def _authors_and_threads(conn: Connection, desk: Desk, start: datetime) -> None:
    at = _time(conn, start)
    people = []
    for number in range(AUTHORS):
        site, name = desk.sites[_site_of_author(number)], f"Reader {number}"
        identity = desk.keyring.author(email=_email(number), name=name)
        people.append(
            (number + 1, _id(desk), site.id, identity, name, 5, 1, False, False, at)
        )
    _copy(
        conn,
        "author",
        "id public_id site_id identity name approved rejected trusted banned first_seen",
        people,
    )
    pages = [
        (
            *(number + 1, _id(desk), desk.sites[_site_of_author(number)].id),
            *(f"news.example.org/{number}", f"https://news.example.org/{number}"),
            *(f"Article {number}", True, 1, at),
        )
        for number in range(THREADS)
    ]
    names = "id public_id site_id identity url title is_open version created_at"
    _copy(conn, "thread", names, pages)
    _copy(
        conn,
        "cluster",
        "id public_id created_at",
        [(number + 1, _id(desk), at) for number in range(CLUSTERS)],
    )


def _chunk(
    conn: Connection, desk: Desk, start: datetime, numbers: range, count: int
) -> None:
    tables: dict[str, list[tuple[Any, ...]]] = {name: [] for name in _COLUMNS}
    for number in numbers:
        _one(conn, desk, start, number, count, tables)
    for name, columns in _COLUMNS.items():
        _copy(conn, name, columns, tables[name])


_COLUMNS = {
    "journal": "id public_id act actor site_id detail created_at",
    "comment": "id public_id site_id thread_id author_id status revision text_hash created_at",
    "revision": "comment_id number text html name email url user_agent seconds_on_form network created_at",
    "scoring": "comment_id revision model_version scores created_at",
    "decision": "id journal_id site_id comment_id revision actor from_status to_status reason rule facts model_version created_at",
    "reviewable": "id public_id site_id comment_id kind risk doubt opened_at version cluster_id stacked",
    "description": "comment_id revision language cluster_id address network site_id",
    "comment_words": "",
}


def _one(
    conn: Connection,
    desk: Desk,
    start: datetime,
    number: int,
    count: int,
    tables: dict[str, list[tuple[Any, ...]]],
) -> None:
    r, moment = desk.random, start + timedelta(seconds=SECONDS_APART * number)
    key, at = key_at(moment) + number % 4096, _time(conn, moment)
    desk.first = desk.first or key
    author = int(AUTHORS * r.random() ** 3)
    site = desk.sites[_site_of_author(author)]
    thread = int(THREADS * r.random() ** 2)
    status = (
        Status.HELD
        if number % (count // min(WAITING, count // 10)) == 0
        else (Status.REJECTED if r.random() < 0.15 else Status.APPROVED)
    )
    said = f"{desk.texts[number % TEXTS]} {number} " + " ".join(
        desk.rare[int(RARE_WORDS * r.random() ** 2)] for _ in range(4)
    )
    url = f"https://shop{author % 997}.example.com/" if r.random() < 0.1 else ""
    scores = {name: round(r.random() ** 4, 5) for name in ATTRIBUTES}
    address = f"10.{author % 200}.{author // 200 % 250}.{author % 250}"
    network = network_of(address)
    cluster = (
        (1 if r.random() < 0.08 else r.randrange(2, CLUSTERS + 1))
        if r.random() < 0.06
        else None
    )
    model, email = "bench-1", _email(author)
    tables["comment"].append(
        (
            key,
            _id(desk),
            site.id,
            thread + 1,
            author + 1,
            status.value,
            1,
            text_hash(said),
            at,
        )
    )
    tables["revision"].append(
        (
            key,
            1,
            said,
            said,
            f"Reader {author}",
            email,
            url,
            "Mozilla/5.0",
            30.0,
            network,
            at,
        )
    )
    document = orjson.dumps(scores).decode()
    tables["scoring"].append((key, 1, model, document, at))
    if number % BATCH == 0:
        tables["journal"].append(
            (key, _id(desk), "score", "policy:1", None, '{"model":"bench-1"}', at)
        )
    entry = key_at(start + timedelta(seconds=SECONDS_APART * (number - number % BATCH)))
    entry += (number - number % BATCH) % 4096
    reason = r.choice(REASONS) if status is Status.REJECTED else None
    by_person = status is not Status.HELD and r.random() < 0.05
    first = "held" if by_person else status.value
    tables["decision"].append(
        (
            *(key, entry, site.id, key, 1, "policy:1", "pending", first),
            *(None if by_person else reason, "over_hold_threshold", "{}", model, at),
        )
    )
    if by_person:
        later = key + 1_000_000
        tables["journal"].append(
            (later, _id(desk), "decide", desk.moderator, site.id, "{}", at)
        )
        tables["decision"].append(
            (
                *(later, later, site.id, key, 1, desk.moderator, "held", status.value),
                *(reason, None, "{}", None, at),
            )
        )
    for place, kind in enumerate(_kinds(r, status)):
        stack = cluster is not None and (site.id, cluster) in desk.stacked
        if cluster is not None:
            desk.stacked.add((site.id, cluster))
        desk.counts[site.id, kind.value] += 1
        tables["reviewable"].append(
            (
                *(key + place, _id(desk), site.id, key, kind.value),
                *(round(1.2 * r.random(), 4), round(r.random(), 4), at, 1),
                *(cluster, stack and kind is Kind.HELD),
            )
        )
    hashed = desk.keyring.address(address).hex()
    language = r.choice(LANGUAGES)
    tables["description"].append((key, 1, language, cluster, hashed, network, site.id))
    described = IndexRequest(
        *(key, site.id, thread + 1, author + 1, 1, said, f"Reader {author}"),
        *(email, url, hashed, network, scores),
    )
    found = indexing.searched(IndexEntry(described, language))
    if conn.dialect.name == "sqlite":
        tables["comment_words"].append((key, terms.sqlite_text(found)))
    else:
        tables["comment_words"].append((key, site.id, terms.postgresql_vector(found)))


def _kinds(r: random.Random, status: Status) -> Iterator[Kind]:
    if status is Status.HELD:
        yield Kind.HELD
    if status is Status.APPROVED:
        drawn = r.random()
        if drawn < 0.01:
            yield Kind.SPOT_CHECK
        elif drawn < 0.013:
            yield Kind.REPORTED
    if status is Status.REJECTED and r.random() < 0.003:
        yield Kind.APPEALED


def _site_of_author(number: int) -> int:
    """Eight of ten write on the first site, the others on the next two."""
    return (0, 0, 0, 0, 0, 0, 0, 0, 1, 2)[number % 10]


def _email(author: int) -> str:
    return f"reader{author}@mail{author % 50}.example.org"


def _id(desk: Desk) -> str:
    return f"{desk.random.getrandbits(128):032x}"


def _time(conn: Connection, moment: datetime) -> str:
    written = moment.isoformat(" ", "microseconds")
    return written[:26] if conn.dialect.name == "sqlite" else written


def _copy(
    conn: Connection, table: str, columns: str, rows: Sequence[tuple[Any, ...]]
) -> None:
    """Append rows: many at once on SQLite, by COPY on PostgreSQL."""
    if not rows:
        return
    is_sqlite = conn.dialect.name == "sqlite"
    if table == "comment_words":
        columns = "rowid words" if is_sqlite else "comment_id site_id words"
    names = ", ".join(columns.split())
    raw = conn.connection.cursor()
    if is_sqlite:
        marks = ", ".join("?" * len(columns.split()))
        raw.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)
        return
    with raw.copy(f"COPY {table} ({names}) FROM STDIN") as copy:  # type: ignore[attr-defined]
        for row in rows:
            copy.write_row(row)
