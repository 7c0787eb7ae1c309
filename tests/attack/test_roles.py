"""The cast on every route: nobody sees or changes what is not theirs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from moderation.enums import Kind, Status
from moderation.review import lanes
from moderation.schema.accounts import invitation, membership, sign_in
from moderation.schema.audit import decision, journal
from moderation.schema.comments import comment, revision
from moderation.schema.sites import site
from moderation.schema.webhooks import webhook
from moderation.sites import keys
from moderation.storage.database import Database
from tests.attack.conftest import Scene, csrf_token
from tests.travelling import travel
from tests.web.person import Person

CAST = ("owner", "moderator", "viewer", "neighbour", "nobody", "visitor")
MEMBERS = ("owner", "moderator", "viewer")
# Everybody may ask these, and the answer is the same for all.
PUBLIC = {
    *("intake.create", "intake.reply", "edits.edit", "score.score"),
    *("thread.comments", "thread.counts", "thread.form"),
    *("health.alive", "health.ready", "health.numbers"),
    *("reports.create", "reports.ask", "reports.send", "reports.thank"),
    *("appeals.send", "notices.ask_confirm", "notices.confirm"),
    *("notices.ask_stop", "notices.stop"),
    *("status.show", "pages.home", "embed.script"),
    *("static", "other_static"),
    *("login.sign_in", "login.open_session", "login.sign_out"),
    *("login.second_step", "login.take_code", "provider.leave", "provider.come_back"),
    # Whoever has the link may use it: `tests/web/test_invitations.py`.
    *("invitations.show", "invitations.accept"),
}
# Everybody who is signed in has one, and gets at no other: `tests/web/test_account.py`.
OWN = {
    *("account.show", "account.rename", "account.change_password"),
    *("account.end_session", "account.offer_code", "account.turn_code_on"),
    *("account.turn_code_off", "account.renew_codes"),
    # Somebody else's comment among them is as good as none: `tests/web/test_claims.py`.
    *("claims.take", "calm.keep", "undo.last"),
    # The same: `tests/web/test_bulk.py`.
    "bulk.act",
}
# Whoever is not signed in is sent to the door; whoever is not of the site finds nothing.
LISTS = {
    "review.waiting",
    "review.search",
    "review.found",
    "review.decided",
    "live.changes",
    "live.more",
}
# All members read how their site works; only owners change it.
SETTINGS = {
    *("site_settings.show", "site_settings.save", "site_settings.preview"),
    *("people.show", "people.change", "people.invite", "people.withdraw"),
    *("site_keys.show", "site_keys.reveal", "site_keys.rotate"),
    *("site_webhooks.show", "site_webhooks.add", "site_webhooks.reveal"),
    *("site_webhooks.try_out", "site_webhooks.remove"),
    *("site_rules.show", "site_rules.run"),
    *("site_marks.show", "site_marks.end", "site_marks.lift"),
}
LISTS |= {"site_settings.list", "audit.entries", "audit.export", "audit.numbers"}
PRIVATE = {*LISTS, *SETTINGS, "review.one", "review.decide", "undo.one"} | {
    *("authors.show", "authors.mark", "authors.write_note", "authors.remove_note"),
    *("clusters.show", "clusters.decide"),
}


@pytest.fixture
def cast(scene: Scene, someone: Callable[[], Person]) -> dict[str, Person]:
    """A browser for each, signed in where there is somebody to sign in."""
    people = {name: someone() for name in CAST}
    for name, moderator in scene.people.items():
        assert people[name].sign_in(moderator).status_code == 303
    return people


def test_every_route_is_known_to_be_public_or_private(app: Flask) -> None:
    assert {rule.endpoint for rule in app.url_map.iter_rules()} == (
        PUBLIC | PRIVATE | OWN
    )


def test_strangers_have_no_account(app: Flask, cast: dict[str, Person]) -> None:
    for rule in app.url_map.iter_rules():
        if rule.endpoint not in OWN:
            continue
        path = str(rule.build({name: "x" for name in rule.arguments})[1])
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            answer = cast["visitor"].client.open(path, method=method)
            assert answer.status_code == 302, (path, method)
            assert answer.headers["Location"].startswith("/login"), (path, method)


def test_nobody_looks_at_what_is_not_theirs(
    app: Flask, cast: dict[str, Person], scene: Scene
) -> None:
    for rule in app.url_map.iter_rules():
        if rule.endpoint not in PRIVATE or "GET" not in (rule.methods or ()):
            continue
        path = _path(rule, scene)
        for name, person in cast.items():
            answer = person.client.get(path)
            case = (path, name, answer.status)
            if name == "visitor":
                assert answer.status_code == 302, case
                assert answer.headers["Location"].startswith("/login"), case
            elif rule.endpoint in LISTS:
                assert answer.status_code == 200, case
            else:
                assert answer.status_code == (200 if name in MEMBERS else 404), case
            assert (scene.held.email in answer.text) <= (name in MEMBERS), case
            assert (scene.held.text in answer.text) <= (name in MEMBERS), case
            if name != "visitor":
                assert answer.headers["Cache-Control"] == "no-store", case


def test_nobody_changes_what_is_not_theirs(
    app: Flask, cast: dict[str, Person], scene: Scene, database: Database
) -> None:
    before = _everything(database)
    private = [rule for rule in app.url_map.iter_rules() if rule.endpoint in PRIVATE]
    for name in ("viewer", "neighbour", "nobody", "visitor"):
        client = cast[name].client
        form = {"choice": "approved", "revision": "1", "seen": "held"}
        form["csrf_token"] = csrf_token(cast[name])
        for rule in private:
            for method in ("POST", "PUT", "PATCH", "DELETE"):
                answer = client.open(_path(rule, scene), method=method, data=form)
                assert answer.status_code in (302, 403, 404, 405), (rule, method, name)
    assert _everything(database) == before


def test_nobody_acts_for_somebody_who_is_signed_in_elsewhere(
    cast: dict[str, Person], scene: Scene, database: Database
) -> None:
    before = _everything(database)
    acts = (
        f"/review/{scene.held.id}",
        f"/review/decided/{scene.journal_id}/undo",
        "/logout",
    )
    for path, token in product(acts, ("", "x", csrf_token(cast["moderator"]))):
        form = {
            "csrf_token": token,
            "choice": "approved",
            "revision": "1",
            "seen": "held",
        }
        for way in ({"data": form}, {"query_string": form}, {"json": form}):
            answer = cast["owner"].client.post(path, **way)
            assert answer.status_code == 400, (path, way)
    assert _everything(database) == before


def test_no_form_counts_that_the_desk_did_not_make(
    app: Flask, cast: dict[str, Person], scene: Scene, database: Database
) -> None:
    before = _everything(database)
    for rule in app.url_map.iter_rules():
        if rule.endpoint not in PRIVATE | OWN or "POST" not in (rule.methods or ()):
            continue
        path = _path(rule, scene)
        for token in ("", "x", csrf_token(cast["moderator"])):
            data = {"csrf_token": token, "role": "viewer", "name": "x"}
            answer = cast["owner"].client.post(path, data=data)
            assert answer.status_code == 400, (path, token)
    assert _everything(database) == before


@pytest.mark.parametrize("store", ["sqlite"])
def test_a_desk_that_was_open_over_lunch_still_works(
    cast: dict[str, Person], scene: Scene
) -> None:
    person = cast["moderator"]
    form = {
        "csrf_token": csrf_token(person),
        "choice": "approved",
        "revision": "1",
        "seen": "held",
    }
    with travel(datetime.now(UTC) + timedelta(hours=3)):
        answer = person.client.post(f"/review/{scene.held.id}", data=form)
    assert answer.status_code == 303


def test_only_their_own_links_lead_anybody_to_a_comment(
    app: Flask, scene: Scene, cast: dict[str, Person]
) -> None:
    keyring = app.extensions["moderation"].keyring
    public_id, client = scene.held.id, cast["visitor"].client
    assert client.get(scene.status_path).status_code == 200
    wrong = (
        public_id,
        f"{public_id}.",
        keyring.sign("edit", public_id),
        keyring.sign("form:news", public_id),
        keyring.sign("status", public_id)[:-1],
        keyring.sign("status", public_id).upper(),
        keyring.sign("status", "0" * 32),
        keyring.sign("status", ""),
    )
    for token in wrong:
        assert client.get(f"/comments/{token}").status_code == 404, token
    path = f"/api/v1/sites/news/comments/{public_id}"
    for token in (
        *wrong[:2],
        keyring.sign("status", public_id),
        "",
        keyring.sign("edit", "x"),
    ):
        body = {"edit_token": token, "text": "Changed."}
        assert client.patch(path, json=body).status_code == 401, token


def test_no_cookie_of_an_earlier_visitor_survives_signing_in_or_out(
    scene: Scene, cast: dict[str, Person], someone: Callable[[], Person]
) -> None:
    person = someone()
    person.read("/login")
    planted = person.client.get_cookie("session")
    person.sign_in(scene.people["owner"])
    kept = person.client.get_cookie("session")
    assert planted
    assert kept
    thief = someone()
    thief.client.set_cookie("session", planted.value)
    assert thief.client.get("/review").status_code == 302
    person.send("/review", "/logout")
    thief.client.set_cookie("session", kept.value)
    assert thief.client.get("/review").status_code == 302


def test_the_site_of_a_key_is_the_only_one_it_opens(
    app: Flask, scene: Scene, cast: dict[str, Person]
) -> None:
    keyring = app.extensions["moderation"].keyring
    client = cast["visitor"].client
    own = f"Bearer {keys.of(scene.other, keyring).secret}"
    for header in (own, "Bearer", "Bearer ", "Bearer news", own[:-1], own.lower()[7:]):
        headers = {"Authorization": header}
        body: dict[str, Any] = {"site": "news", "text": "Words."}
        assert (
            client.post("/api/v1/score", json=body, headers=headers).status_code == 401
        )
        path = "/api/v1/sites/news/comments"
        assert (
            client.post(path, json={"thread": {}}, headers=headers).status_code == 401
        )


def test_the_desk_of_a_neighbour_counts_nothing_of_ours(
    database: Database, scene: Scene
) -> None:
    with database.read() as conn:
        assert lanes.counts(conn, [scene.site.id])[Kind.HELD] == 1
        assert lanes.counts(conn, [scene.other.id])[Kind.HELD] == 0
        assert lanes.counts(conn, [])[Kind.HELD] == 0
        held = select(func.count()).where(comment.c.status == Status.HELD)
        assert conn.execute(held).scalar_one() == 1


def _path(rule: Any, scene: Scene) -> str:
    values = {
        "site_key": scene.site.key,
        "moderator_id": scene.people["owner"].public_id,
        "invitation_id": "x",
        "kind": "csv",
        "name": "x",
        "comment_id": scene.held.id,
        "journal_id": scene.journal_id,
        "author_id": scene.held.author_id,
        "cluster_id": scene.cluster_id,
        "note_id": scene.note_id,
        "webhook_id": scene.webhook_id,
    }
    return str(rule.build({name: values[name] for name in rule.arguments})[1])


def _everything(database: Database) -> list[object]:
    """All that anybody could change without being allowed to."""
    tables = (
        *(comment, revision, decision, journal, site, membership, invitation),
        webhook,
    )
    with database.read() as conn:
        found = [list(conn.execute(select(table)).all()) for table in tables]
        sessions = select(func.count()).select_from(sign_in)
        return [*found, conn.execute(sessions).scalar_one()]
