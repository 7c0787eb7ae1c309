"""The settings of a site: a form that keeps what was typed, and an undo."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from moderation.app import create_app
from moderation.audit import journal as journals
from moderation.enums import Act, Mode, Role
from moderation.schema.audit import journal
from moderation.schema.notifications import notice_request
from moderation.settings import Settings
from moderation.sites.settings import SiteSettings, Threshold
from moderation.sites.site import Site
from moderation.storage.database import Database
from moderation.web.site import settings_form
from tests.factories import ARTICLE, ORIGIN, a_moderator
from tests.web.configuring import PAGE, UNDO, form, settings_of
from tests.web.person import Person

Someone = Callable[[], Person]


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
        assert conn.execute(select(notice_request)).all() == []
