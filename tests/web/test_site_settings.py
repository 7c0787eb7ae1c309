"""The settings of a site: a form that keeps what was typed, a preview, an undo."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select, update

from moderation import journals, schema, sites
from moderation.app import create_app
from moderation.comments import Stored
from moderation.db import Database
from moderation.moderators import Moderator
from moderation.reader_schema import wish
from moderation.schema import comment, journal
from moderation.settings import Settings
from moderation.sites import Site, SiteSettings, Threshold
from moderation.vocabulary import Act, Mode, Role, Status
from moderation.web import settings_form
from tests.factories import ARTICLE, ORIGIN, a_moderator
from tests.web.person import Person

Someone = Callable[[], Person]
Hold = Callable[..., Stored]
PAGE = "/settings/news"
UNDO = re.compile(r'action="(/review/decided/\w+/undo)"')


@pytest.fixture
def owner(someone: Someone, database: Database, site: Site) -> Person:
    with database.write() as conn:
        who = a_moderator(conn, site, role=Role.OWNER)
    person = someone()
    person.sign_in(who)
    return person


def settings_of(database: Database) -> SiteSettings:
    with database.read() as conn:
        found = sites.find(conn, "news")
    assert found
    return found.settings


def form(database: Database, **changes: str) -> dict[str, Any]:
    """The form as it stands on the page, with some fields typed otherwise."""
    settings = settings_of(database)
    shown = settings_form.shown(settings)
    shown = {name: value for name, value in shown.items() if value}
    shown["version"] = settings_form.version_of(settings)
    return {name: value for name, value in (shown | changes).items() if value != "-"}


def test_the_form_shows_the_settings_and_saves_nothing_of_its_own(
    owner: Person, database: Database
) -> None:
    before = settings_of(database)
    page = owner.read(PAGE)
    assert 'value="hold_first_time" checked' in page
    assert "0.50 / 0.9" in page

    assert owner.send(PAGE, PAGE, **form(database)).status_code == 303

    assert settings_of(database) == before
    with database.read() as conn:
        assert conn.execute(select(func.count()).select_from(journal)).scalar() == 0


def test_every_setting_can_be_changed(owner: Person, database: Database) -> None:
    changes = {
        "mode": "hold_all",
        "links_allowed": "7",
        "spot_check_percent": "2,5",
        "blocked_words": "cheap pills\r\n\r\n/vi[a4]gra/\r\ncheap pills",
        "suspect_words": "casino",
        "hold_SPAM": "0.3",
        "reject_SPAM": "0.9",
        "hold_INSULT": "-",
        "reject_INSULT": "-",
        "form_title": "Your turn",
        "form_asks_for_website": "-",
        "requires_email": "on",
        "form_requires_email": "-",
        "requires_form_token": "on",
    }

    answer = owner.send(PAGE, PAGE, **form(database, **changes))

    assert answer.status_code == 303, answer.text
    saved = settings_of(database)
    assert saved.mode is Mode.HOLD_ALL
    assert saved.links_allowed == 7
    assert saved.spot_check_share == pytest.approx(0.025)
    assert saved.blocked_words == ("cheap pills", "/vi[a4]gra/")
    assert saved.suspect_words == ("casino",)
    assert saved.thresholds["SPAM"] == Threshold(hold_at=0.3, reject_at=0.9)
    assert "INSULT" not in saved.thresholds
    assert "TOXICITY" in saved.thresholds
    assert (saved.form_title, saved.form_asks_for_website) == ("Your turn", False)
    assert (saved.requires_email, saved.requires_form_token) == (True, True)
    assert not saved.form_requires_email


def test_a_change_is_in_the_journal_and_can_be_taken_back(
    owner: Person, database: Database
) -> None:
    before = settings_of(database)
    owner.send(PAGE, PAGE, **form(database, links_allowed="9", mode="hold_all"))
    with database.read() as conn:
        (entry,) = conn.execute(select(journal)).all()
    assert entry.act == Act.SETTINGS
    (effect,) = entry.detail[journals.EFFECTS]
    assert effect["before"] == {"links_allowed": 2, "mode": "hold_first_time"}
    assert effect["after"] == {"links_allowed": 9, "mode": "hold_all"}

    undo = UNDO.search(owner.read(PAGE))
    assert undo
    assert owner.send(PAGE, undo[1]).status_code == 303

    assert settings_of(database) == before


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("mode", "publish_everything", "This value is not allowed here."),
        ("links_allowed", "-1", "This value is not allowed here."),
        ("links_allowed", "many", "This is not a number."),
        ("links_allowed", "inf", "This is not a number."),
        ("links_allowed", "nan", "This is not a number."),
        ("spot_check_percent", "101", "This value is not allowed here."),
        ("blocked_words", "fine\n/(unclosed/", "This list cannot be used"),
        ("suspect_words", "x" * 201, "This list cannot be used"),
        ("hold_SPAM", "1.02", "From 0 to 1, and rejected not before held."),
        ("reject_SPAM", "0.1", "From 0 to 1, and rejected not before held."),
        ("reject_SPAM", "1.5", "From 0 to 1, and rejected not before held."),
        ("reject_SPAM", "-", "Give both values or none."),
        ("form_title", "x" * 81, "This value is not allowed here."),
    ],
)
def test_what_cannot_be_saved_comes_back_as_it_was_typed(
    owner: Person, database: Database, field: str, value: str, said: str
) -> None:
    before = settings_of(database)

    answer = owner.send(
        PAGE,
        PAGE,
        **form(database, **({"suspect_words": "kept"} | {field: value})),
    )

    assert answer.status_code == 422
    assert said in answer.text
    assert field == "suspect_words" or "kept</textarea>" in answer.text
    assert settings_of(database) == before


def test_who_saves_over_somebody_else_is_told_first(
    owner: Person, database: Database
) -> None:
    mine = form(database, links_allowed="3")
    owner.send(PAGE, PAGE, **form(database, links_allowed="8"))

    answer = owner.send(PAGE, PAGE, **mine)

    assert answer.status_code == 409
    assert "Somebody else saved meanwhile" in answer.text
    assert 'value="3"' in answer.text
    assert settings_of(database).links_allowed == 8
    assert (
        owner.send(PAGE, PAGE, **form(database, links_allowed="3")).status_code == 303
    )


def test_the_preview_says_what_a_list_would_have_hit_and_saves_nothing(
    owner: Person, database: Database, hold: Hold
) -> None:
    before = settings_of(database)
    hold("Cheap PILLS for everybody")
    hold("Nothing to see here", name="Casino Royale")
    old = hold("cheap pills of last year")
    with database.write() as conn:
        conn.execute(
            update(comment)
            .where(comment.c.public_id == old.public_id)
            .values(created_at=func.datetime("now", "-40 days"))
            if conn.dialect.name == "sqlite"
            else update(comment)
            .where(comment.c.public_id == old.public_id)
            .values(created_at=func.now() - func.make_interval(0, 0, 0, 40))
        )

    page = owner.send(
        PAGE,
        f"{PAGE}/preview",
        **form(database, blocked_words="cheap pills\n/xyzzy/", suspect_words="casino", links_allowed="5"),
    )  # fmt: skip

    assert page.status_code == 200
    assert page.text.count("Would have hit 1 of 2 comments") == 2
    assert "Cheap PILLS for everybody" in page.text
    assert "last year" not in page.text
    assert "<bdi>/xyzzy/</bdi>: 0 comments" in page.text
    assert 'name="links_allowed" type="number" value="5"' in page.text
    assert settings_of(database) == before


def test_the_rules_are_run_on_what_waits_and_taken_back(
    owner: Person, database: Database, site: Site, hold: Hold
) -> None:
    good = hold("A harmless word about the harbour and its boats.")
    bad = hold("Buy our xyzzy today, the harbour has never seen better.")
    owner.send(
        PAGE,
        PAGE,
        **form(database, mode="publish_unless_flagged", blocked_words="xyzzy"),
    )
    page = owner.read(f"{PAGE}/rules")
    assert "2 comments wait" in page
    assert "Decide 2 comments" in page
    assert standing(database, good) is Status.HELD

    owner.send(f"{PAGE}/rules", f"{PAGE}/rules")

    assert standing(database, good) is Status.APPROVED
    assert standing(database, bad) is Status.REJECTED
    with database.read() as conn:
        acts = (
            conn.execute(select(journal.c.act).order_by(journal.c.id)).scalars().all()
        )
        decided = conn.execute(
            select(schema.decision).order_by(schema.decision.c.id.desc()).limit(2)
        ).all()
    assert acts[-1] == Act.RULES
    assert {each.rule for each in decided} == {"blocked_word", "unobjectionable"}
    assert all(each.model_version for each in decided)

    after = owner.read(f"{PAGE}/rules")
    assert "The rules decided 2 comments." in after
    undo = UNDO.search(after)
    assert undo
    owner.send(PAGE, undo[1])
    assert standing(database, good) is standing(database, bad) is Status.HELD


def test_running_rules_that_change_nothing_leaves_no_entry(
    owner: Person, database: Database, hold: Hold
) -> None:
    hold("A harmless word about the harbour and its boats.")
    with database.read() as conn:
        count = select(func.count()).select_from(journal)
        before = conn.execute(count).scalar()
    assert "Decide 1" not in owner.read(f"{PAGE}/rules")

    owner.send(PAGE, f"{PAGE}/rules")

    with database.read() as conn:
        assert conn.execute(count).scalar() == before


def test_the_secret_key_is_shown_on_demand_and_replaced(
    owner: Person, database: Database, site: Site
) -> None:
    page = f"{PAGE}/keys"
    assert "sk_" not in owner.read(page)
    first = secret(owner)

    owner.send(page, f"{page}/rotate")
    second = secret(owner)
    assert second != first
    undo = UNDO.search(owner.read(page)) or UNDO.search(owner.read("/review/decided"))
    assert undo
    owner.send(PAGE, undo[1])

    assert secret(owner) == first
    with database.read() as conn:
        rows = conn.execute(select(journal)).all()
    assert {row.act for row in rows} == {Act.SETTINGS, Act.UNDO}
    assert first not in str(rows)


def secret(person: Person) -> str:
    shown = person.send(f"{PAGE}/keys", f"{PAGE}/keys")
    found = re.search(r"sk_[0-9a-f]{64}", shown.text)
    assert found
    return found[0]


def standing(database: Database, stored: Stored) -> Status:
    with database.read() as conn:
        status = select(comment.c.status).where(comment.c.public_id == stored.public_id)
        return Status(conn.execute(status).scalar_one())


@pytest.mark.parametrize("path", ["", "/people", "/keys", "/rules"])
def test_other_members_read_and_do_not_change(
    someone: Someone,
    moderator: Moderator,
    viewer: Moderator,
    database: Database,
    path: str,
) -> None:
    for who in (moderator, viewer):
        person = someone()
        person.sign_in(who)
        page = person.read(PAGE + path)
        assert "Only owners change this." in page
        assert 'type="submit">Save' not in page
        assert "@example.org" not in page
        answer = person.send(PAGE, PAGE + path, **form(database, links_allowed="9"))
        assert answer.status_code in (403, 405)
    assert settings_of(database).links_allowed == 2


def test_a_lost_role_cannot_be_used_to_undo(
    someone: Someone, database: Database, site: Site
) -> None:
    with database.write() as conn:
        one, two = (a_moderator(conn, site, role=Role.OWNER) for _ in range(2))
    first, second = someone(), someone()
    first.sign_in(one)
    second.sign_in(two)
    first.send(PAGE, PAGE, **form(database, links_allowed="9"))
    undo = UNDO.search(first.read(PAGE))
    assert undo
    second.send(f"{PAGE}/people", f"{PAGE}/people/{one.public_id}", role="moderator")

    answer = first.send("/account", undo[1])

    assert answer.status_code == 409
    assert settings_of(database).links_allowed == 9


def test_the_form_looks_as_the_owner_wants_it(
    owner: Person, someone: Someone, database: Database
) -> None:
    reader = someone().client
    looks = {"form_title": "Your <turn>", "form_asks_for_website": "-"}
    before = reader.post("/sites/news/reply", data={"text": ""}).text
    assert "<h1>Leave a Reply</h1>" in before
    assert 'name="url"' in before

    owner.send(PAGE, PAGE, **form(database, **looks))
    # Another process would need a moment to hear of it.
    owner.client.application.extensions["moderation"]._sites.clear()

    after = reader.post("/sites/news/reply", data={"text": ""}).text
    assert "<h1>Your &lt;turn&gt;</h1>" in after
    assert 'name="url"' not in after
    asked = reader.get("/api/v1/sites/news/form").get_json()
    assert (asked["title"], asked["website"]) == ("Your <turn>", False)


def test_every_setting_has_a_field_on_the_page(
    owner: Person, database: Database
) -> None:
    page = owner.read(PAGE)
    names = {name: place for place, name in settings_form.SHARES.items()}
    names["thresholds"] = "hold_SPAM"

    for name in SiteSettings.model_fields:
        assert f'name="{names.get(name, name)}"' in page, name


@pytest.mark.parametrize("store", ["sqlite"])
def test_notices_are_offered_where_the_owner_wants_it(
    make_settings: Callable[..., Settings], database: Database, site: Site
) -> None:
    app = create_app(make_settings(smtp_url="smtp://127.0.0.1:9"))
    owner = Person(app.test_client())
    with database.write() as conn:
        who = a_moderator(conn, site, role=Role.OWNER)
    owner.sign_in(who)
    asked = "/api/v1/sites/news/form"
    before = owner.client.get(asked).get_json()["notices"]
    owner.send(PAGE, PAGE, **form(database, offers_notices="-"))
    app.extensions["moderation"]._sites.clear()
    after = owner.client.get(asked).get_json()["notices"]
    again = owner.client.post("/sites/news/reply", data={"text": ""}).text
    notify = owner.client.post(
        "/api/v1/sites/news/comments",
        json={
            "thread": {"url": ARTICLE},
            "author": {"name": "Ann", "email": "ann@example.org"},
            "text": "Tell me.",
            "notify": True,
        },
        headers={"Origin": ORIGIN},
    )
    app.extensions["moderation"].database.close()

    assert (before, after) == (True, False)
    assert 'name="notify"' not in again
    assert notify.status_code in (201, 202)
    with database.read() as conn:
        assert conn.execute(select(wish)).all() == []
