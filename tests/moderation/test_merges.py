"""Threads of one page that stood apart become one, and nothing of them is lost."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, insert, select, update

from moderation.actions import merge_threads
from moderation.audit.journal import Entry
from moderation.comments import page_threads, threads
from moderation.comments.draft import Stored
from moderation.comments.submit import submit
from moderation.comments.threads import View
from moderation.decisions.apply import apply
from moderation.enums import Act, Status
from moderation.policy import rules
from moderation.schema.audit import journal
from moderation.schema.comments import comment, thread, thread_alias
from moderation.schema.search import comment_index, index_queue
from moderation.sites.page_addresses import identities, page_identity
from moderation.sites.site import Site
from moderation.storage.database import Database
from tests.commands import Run
from tests.factories import ARTICLE, a_draft, a_site
from tests.moderation.rows import choice_for, decide, row_of

NOW = datetime.now(UTC)
PAGE = identities(ARTICLE)
# How earlier versions knew the same page.
APART = (f"{ARTICLE}?cb=1", f"{ARTICLE}/index.html")


@pytest.fixture
def site(database: Database) -> Site:
    with database.write() as conn:
        return a_site(conn, key="news")


def post(database: Database, site: Site, url: str, name: str = "") -> str:
    """A comment as an earlier version stored it, under the `name` of its page then."""
    draft = a_draft(site, thread_url=url)
    if name:
        draft = replace(draft, thread_names=(name,))
    with database.write() as conn:
        (stored,) = submit(conn, [draft])
    assert isinstance(stored, Stored)
    return stored.public_id


def apart(database: Database, site: Site) -> list[str]:
    """Three comments of a page in three threads, all visible."""
    ids = [post(database, site, ARTICLE)]
    ids += [post(database, site, url, identities(url)[-1]) for url in APART]
    with database.write() as conn:
        decide(conn, Status.APPROVED, *ids)
    return ids


def count(database: Database, table: object) -> int:
    with database.read() as conn:
        return conn.execute(select(func.count()).select_from(table)).scalar_one()  # type: ignore[arg-type]


def merge_all(database: Database, site: Site) -> None:
    with database.read() as conn:
        found = merge_threads.find(conn, site)
    for split in found:
        merge_threads.merge(database, site, split, actor="operator", now=NOW)


def test_without_apply_it_only_shows_what_it_would_do(
    database: Database, site: Site, run: Run
) -> None:
    apart(database, site)

    done = run("merge-threads", "news")

    assert done.returncode == 0, done.stderr
    assert done.stdout.count(page_identity(ARTICLE)) == 4
    assert "3 threads of 1 pages." in done.stdout
    assert "--apply" in done.stdout
    assert count(database, thread) == 3


def test_merged_threads_show_all_comments_under_every_address(
    database: Database, site: Site, run: Run, client: FlaskClient
) -> None:
    ids = apart(database, site)
    with database.read() as conn:
        before = threads.find(conn, site.id, PAGE)
    assert before is not None

    done = run("merge-threads", "news", "--apply")

    assert done.returncode == 0, done.stderr
    for url in (ARTICLE, *APART):
        read = client.get(
            "/api/v1/sites/news/comments", query_string={"thread": url}
        ).get_json()
        assert [each["id"] for each in read["comments"]] == ids
    counted = client.get(
        "/api/v1/sites/news/counts", query_string={"thread": [ARTICLE, *APART]}
    ).get_json()
    assert counted == dict.fromkeys((ARTICLE, *APART), 3)
    with database.read() as conn:
        after = threads.find(conn, site.id, PAGE)
        entry = conn.execute(select(journal).where(journal.c.act == Act.MERGE)).one()
    assert after is not None
    assert (after.id, after.version) == (before.id, before.version + 1)
    assert entry.detail["effects"][0]["comments"] == 2
    assert entry.site_id == site.id


def test_merging_twice_does_no_more_than_once(
    database: Database, site: Site, run: Run
) -> None:
    apart(database, site)
    run("merge-threads", "news", "--apply")

    again = run("merge-threads", "news", "--apply")

    assert "Every page has one thread" in again.stdout
    assert count(database, journal) == 2
    assert count(database, thread) == 1
    assert count(database, thread_alias) == 2


def test_a_reply_under_an_earlier_address_lands_in_the_merged_thread(
    database: Database, site: Site
) -> None:
    apart(database, site)
    merge_all(database, site)

    # Both as the service names the page now, and as it was named then.
    post(database, site, APART[0])
    post(database, site, APART[1], identities(APART[1])[-1])

    assert count(database, thread) == 1


def test_until_they_are_merged_threads_are_found_where_they_were(
    database: Database, site: Site
) -> None:
    ids = apart(database, site)

    with database.read() as conn:
        heads = [threads.find(conn, site.id, identities(u)) for u in (ARTICLE, *APART)]

    assert len({head.id for head in heads if head}) == len(ids)
    post(database, site, APART[1])
    assert count(database, thread) == 3


def test_the_only_thread_of_a_page_gets_its_name_of_today(
    database: Database, site: Site
) -> None:
    old = identities(APART[1])[-1]
    known = post(database, site, APART[1], old)

    merge_all(database, site)

    with database.read() as conn:
        found = page_threads.look_up(conn, site.id, [PAGE, (old,)])
        assert set(found.values()) == {row_of(conn, known).thread_id}


def test_who_closed_one_of_the_threads_closed_the_page(
    database: Database, site: Site
) -> None:
    ids = apart(database, site)
    with database.write() as conn:
        conn.execute(
            update(thread)
            .where(thread.c.id == row_of(conn, ids[2]).thread_id)
            .values(is_open=False)
        )

    merge_all(database, site)

    with database.read() as conn:
        head = threads.find(conn, site.id, PAGE)
    assert head is not None
    assert not head.is_open


def test_a_decision_that_was_made_before_the_merge_shows_in_the_merged_thread(
    database: Database, site: Site
) -> None:
    apart(database, site)
    late = post(database, site, APART[0])
    with database.read() as conn:
        choice = choice_for(conn, late, Status.APPROVED)
    merge_all(database, site)
    with database.read() as conn:
        before = threads.find(conn, site.id, PAGE)

    with database.write() as conn:
        apply(conn, Entry(Act.SCORE, rules.VERSION, NOW), [choice])

    with database.read() as conn:
        after = threads.find(conn, site.id, PAGE)
        assert before is not None
        assert after is not None
        assert after.version == before.version + 1
        assert late.encode() in threads.page(conn, after, View())


def test_what_was_described_is_described_anew_for_the_search(
    database: Database, site: Site
) -> None:
    ids = apart(database, site)
    with database.write() as conn:
        conn.execute(index_queue.delete())
        moved = [row_of(conn, each).id for each in ids[1:]]
        row = {"comment_id": moved[0], "site_id": site.id, "revision": 1}
        conn.execute(insert(comment_index), {**row, "language": ""})

    merge_all(database, site)

    with database.read() as conn:
        assert list(conn.execute(select(index_queue.c.comment_id)).scalars()) == [
            moved[0]
        ]


def test_comments_that_arrive_during_a_merge_are_in_the_merged_thread(
    database: Database, site: Site
) -> None:
    apart(database, site)
    hands, each = 4, 10
    together = threading.Barrier(hands + 1)
    answers: list[Stored] = []

    def write(number: int) -> None:
        url = (ARTICLE, *APART)[number % 3]
        together.wait(20)
        for _ in range(each):
            with database.write() as conn:
                answers.extend(
                    answer
                    for answer in submit(conn, [a_draft(site, thread_url=url)])
                    if isinstance(answer, Stored)
                )

    writers = [threading.Thread(target=write, args=(n,)) for n in range(hands)]
    for writer in writers:
        writer.start()
    together.wait(20)
    merge_all(database, site)
    for writer in writers:
        writer.join()

    assert len(answers) == hands * each
    with database.read() as conn:
        used = set(conn.execute(select(comment.c.thread_id)).scalars())
        head = threads.find(conn, site.id, PAGE)
    assert head is not None
    assert used == {head.id}
