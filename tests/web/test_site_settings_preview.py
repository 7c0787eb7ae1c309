"""What rules would do: a preview that saves nothing, and a run on what waits."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import func, select, update

from moderation.comments.draft import Stored
from moderation.enums import Act, Status
from moderation.schema import audit
from moderation.schema.audit import journal
from moderation.schema.comments import comment
from moderation.sites.site import Site
from moderation.storage.database import Database
from tests.web.configuring import PAGE, UNDO, form, settings_of
from tests.web.person import Person

Hold = Callable[..., Stored]


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


def test_the_preview_warns_of_a_list_that_hits_everything(
    owner: Person, database: Database, hold: Hold
) -> None:
    for _ in range(10):
        hold()
    page = owner.send(
        PAGE,
        f"{PAGE}/preview",
        **form(database, suspect_words="/./", blocked_words="xyzzy"),
    )

    assert page.text.count("This list would hit 100 %") == 1


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
            select(audit.decision).order_by(audit.decision.c.id.desc()).limit(2)
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


def standing(database: Database, stored: Stored) -> Status:
    with database.read() as conn:
        status = select(comment.c.status).where(comment.c.public_id == stored.public_id)
        return Status(conn.execute(status).scalar_one())
