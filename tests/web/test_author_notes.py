"""Notes about an author, from the page and from a card."""

from __future__ import annotations

import re
from collections.abc import Callable

from moderation.comments.draft import Stored
from moderation.enums import Role
from moderation.sites.site import Site
from moderation.storage.database import Database
from tests.factories import a_moderator
from tests.web.marking import JANE, page_of, undo
from tests.web.person import Person

Hold = Callable[..., Stored]


def test_notes_are_kept_read_removed_and_put_back(
    hold: Hold,
    person: Person,
    someone: Callable[[], Person],
    database: Database,
    site: Site,
) -> None:
    page = page_of(database, hold(**JANE).public_id)
    with database.write() as conn:
        colleague, owner = (
            a_moderator(conn, site),
            a_moderator(conn, site, role=Role.OWNER),
        )
    other, boss = someone(), someone()
    other.sign_in(colleague)
    boss.sign_in(owner)

    assert person.send(page, f"{page}/notes", text="<b>Rude</b>").status_code == 303
    assert "&lt;b&gt;Rude&lt;/b&gt;" in other.read(page)
    path = re.search(r'action="(/notes/\w+/remove)"', person.read(page))
    assert path
    assert path[1] not in other.read(page)
    assert other.send(page, path[1]).status_code == 404
    assert boss.send(page, path[1]).status_code == 303
    assert "Rude" not in person.read(page)
    undo(boss, page)
    assert "Rude" in person.read(page)
    for text in ("  ", "x" * 2_001):
        assert person.send(page, f"{page}/notes", text=text).status_code == 400


def test_a_note_from_a_card_stays_with_its_comment(
    hold: Hold, person: Person, database: Database
) -> None:
    first, second = hold(**JANE), hold(**JANE)
    strange = hold(name="Ann", email="ann@example.org")
    page = page_of(database, first.public_id)
    form = {"text": "Same words <b>as</b> last week", "comment": first.public_id}
    words = "Same words &lt;b&gt;as&lt;/b&gt; last week"

    assert person.send(page, f"{page}/notes", **form).status_code == 303

    assert words in person.read(f"/review/{first.public_id}")
    assert words not in person.read(f"/review/{second.public_id}")
    assert person.read("/review").count(words) == 1
    # Once as a note about the author, once on the card of the comment.
    shown = person.read(page)
    assert shown.count(words) == 2
    assert f'<a href="/review/{first.public_id}">written on a comment</a>' in shown
    form["comment"] = strange.public_id
    assert person.send(page, f"{page}/notes", **form).status_code == 404
    person.undo_latest()
    assert words not in person.read("/review")
