"""The audit: everything that was done, for those whose site it is, in order."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from moderation.audit import log
from moderation.audit.log import AuditQuery
from moderation.authors import flags
from moderation.comments.draft import Stored
from moderation.sites import site as sites
from moderation.sites.site import Site
from moderation.storage.database import Database
from moderation.web.desk import audit
from tests.factories import KEYRING, a_site
from tests.web.acting import decide, save
from tests.web.choosing import post, seen
from tests.web.person import Person

Someone = Callable[[], Person]
Hold = Callable[..., Stored]
LINE = re.compile(r'id="line-([\w.]+)"')


@pytest.fixture
def owner(owner_of: Callable[..., Person], site: Site) -> Person:
    return owner_of(site)


def test_a_line_says_who_what_when_why_by_which_model_and_from_where(
    owner: Person, database: Database, hold: Hold
) -> None:
    stored = hold("You are a stupid idiot.", name="Grumbler")
    decide(owner, stored, "rejected:abuse")
    save(owner, database, links_allowed="7")

    page = owner.read("/audit")

    settings, rejected, held = LINE.findall(page)
    assert rejected.endswith(stored.public_id)
    assert held.endswith(stored.public_id)
    assert "links: 2 → 7" in page
    assert page.count("a comment by Grumbler") == 2
    assert "from /review?lane=held" in page
    assert re.search(r"model [0-9a-f]{12}", page)
    assert "rule over_hold_threshold" in page
    assert page.index(settings) < page.index(rejected) < page.index(held)


def test_every_filter_narrows(
    owner_of: Callable[..., Person], database: Database, site: Site, hold: Hold
) -> None:
    with database.write() as conn:
        other = a_site(conn, key="blog")
    owner, second = owner_of(site, other), owner_of(site)
    one, two = hold(name="Ann"), hold(name="Bob")
    decide(owner, one, "approved")
    decide(second, two, "rejected:spam")
    save(second, database, mode="hold_all")
    page = owner.read("/audit")
    assert len(LINE.findall(page)) == 5
    (author,) = set(re.findall(r'author=(\w+)">this author', owner.read(
        f"/audit?comment={one.public_id}")))  # fmt: skip
    people = re.findall(r'value="(moderator:\w+)"', page)
    assert len(people) == 2
    today = datetime.now(UTC).date()
    tomorrow, yesterday = today + timedelta(days=1), today - timedelta(days=1)

    def number(query: str) -> int:
        return len(LINE.findall(owner.read(f"/audit?{query}")))

    assert number("person=machine") == 2
    assert sorted(number(f"person={each}") for each in people) == [1, 2]
    assert number("person=moderator:nobody") == 0
    assert number("act=decide") == 2
    assert number("act=settings") == 1
    assert number("act=score") == 2
    assert number("act=nonsense") == 5
    assert number("site=news") == 5
    assert number("site=blog") == 0
    assert number("site=elsewhere") == 0
    assert number(f"since={yesterday}&until={tomorrow}") == 5
    assert number(f"since={tomorrow}") == 0
    assert number(f"until={yesterday}") == 0
    assert number("since=0001-01-01&until=9999-12-31") == 5
    assert number(f"comment={one.public_id}") == 2
    assert number(f"author={author}") == 2
    assert number(f"author={author}&act=decide") == 1
    assert number(f"comment={one.public_id}&person=machine") == 1


def test_pages_follow_each_other_without_a_gap(
    owner: Person,
    database: Database,
    hold: Hold,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stored = [hold() for _ in range(3)]
    for each in stored:
        decide(owner, each, "approved")
    save(owner, database, links_allowed="7")
    whole = LINE.findall(owner.read("/audit"))
    monkeypatch.setattr(audit, "PAGE", 2)

    found, path = [], "/audit"
    while path:
        page = owner.read(path)
        found += LINE.findall(page)
        onward = re.search(
            r'href="(/audit\?after=[\w.]+)">', page.rpartition("</ol>")[2]
        )
        path = onward[1] if onward and len(LINE.findall(page)) == 2 else ""
        assert len(found) <= 7

    assert found == whole
    assert len(whole) == 7


def test_nobody_reads_the_audit_of_a_neighbour(
    owner_of: Callable[..., Person], database: Database, site: Site, hold: Hold
) -> None:
    with database.write() as conn:
        other = a_site(conn, key="blog")
    stored, mine = hold("Only ours."), hold("And theirs", to=other)
    neighbour = owner_of(other)

    page = neighbour.read("/audit")

    assert stored.public_id not in page
    assert mine.public_id in page
    assert LINE.findall(neighbour.read("/audit?site=news")) == []
    assert LINE.findall(neighbour.read(f"/audit?comment={stored.public_id}")) == []
    assert stored.public_id not in neighbour.read("/audit/export.jsonl")
    assert stored.public_id not in neighbour.read("/audit/export.csv?site=news")


def test_an_act_is_taken_back_from_here(
    owner: Person, database: Database, hold: Hold
) -> None:
    save(owner, database, links_allowed="7")
    undo = re.search(r'action="(/review/decided/\w+/undo)"', owner.read("/audit"))
    assert undo

    owner.send("/audit", undo[1])

    with database.read() as conn:
        found = sites.find(conn, "news")
    assert found
    assert found.settings.links_allowed == 2
    page = owner.read("/audit")
    assert "took back: settings" in page.lower() or "took back:" in page
    assert "links: 7 → 2" in page


def test_a_line_of_many_says_that_its_undo_is_about_all_of_them(
    person: Person, hold: Hold
) -> None:
    ids = [hold().public_id for _ in range(3)]
    person.decide(ids[0], "approved")
    post(person, "/review/bulk", choice="approved", comment=seen(ids[1:]))

    page = person.read("/audit")

    assert page.count("Undo all 2 <") == 2
    assert page.count(">Undo <") == 1


def test_the_export_holds_everything_and_no_formula(
    owner: Person, database: Database, site: Site, hold: Hold, now: datetime
) -> None:
    stored = hold("You are a stupid idiot.")
    decide(owner, stored, "rejected:abuse")
    owner.send("/account", "/account/name", name="=HYPERLINK(1)")
    with database.write() as conn:
        identity = KEYRING.author(email="a@example.org", name="")
        flags.flag_author(
            conn, site, identity, {"trusted": True}, actor="@operator", now=now
        )

    text = owner.read("/audit/export.csv")
    rows = list(csv.DictReader(io.StringIO(text)))
    objects = [
        json.loads(line) for line in owner.read("/audit/export.jsonl").splitlines()
    ]

    assert [row["act"] for row in rows] == ["author", "decide", "score"]
    assert [each["act"] for each in objects] == ["author", "decide", "score"]
    assert rows[0]["actor"] == "'@operator"
    assert rows[1]["actor_name"] == "'=HYPERLINK(1)"
    assert objects[1]["actor_name"] == "=HYPERLINK(1)"
    assert rows[1]["reason"] == "abuse"
    assert rows[2]["rule"] == objects[2]["rule"] == "over_hold_threshold"
    assert objects[2]["hits"][0]["rule"] == "over_hold_threshold"
    assert objects[0]["effects"][0]["after"] == {"trusted": True}
    assert datetime.fromisoformat(rows[0]["time"]) == now
    assert not [
        cell for row in rows for cell in row.values() if cell[:1] in "=+-@" and cell
    ]
    assert "stupid idiot" not in text


def test_an_export_of_many_pages_has_each_line_once(
    owner: Person,
    database: Database,
    site: Site,
    hold: Hold,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stored = [hold() for _ in range(5)]
    for each in stored:
        decide(owner, each, "approved")
    monkeypatch.setattr(log, "_EXPORT_PAGE", 3)

    with database.read() as conn:
        ids = [line.id for line in log.whole(conn, AuditQuery([site.id]))]

    assert len(ids) == len(set(ids)) == 10
