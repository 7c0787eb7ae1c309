"""A NUL in any field of a form: PostgreSQL keeps none, and no form ends with an error."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.attack.conftest import Scene
from tests.web.person import Person

NUL = "a\x00b"


@pytest.mark.parametrize("store", ["postgresql"])
def test_no_form_of_the_desk_trips_over_a_nul(
    scene: Scene, someone: Callable[[], Person]
) -> None:
    owner = someone()
    owner.sign_in(scene.people["owner"])
    author = f"/authors/{scene.held.author_id}"
    choice = {"choice": "rejected:spam", "seen": "held", "revision": "1"}
    forms: list[tuple[str, dict[str, str]]] = [
        (f"{author}/notes", {"text": NUL}),
        (f"/review/{scene.held.id}", {**choice, "answer": NUL}),
        ("/review/bulk", {"choice": "approved", "comment": f"{NUL}:1:held"}),
        ("/review/bulk", {"choice": "approved", "journal": NUL}),
        ("/review/bulk", {"choice": "approved", "q": NUL}),
        ("/review/claims", {"comment": NUL}),
        ("/settings/news/marks/senders", {"kind": "domain", "value": NUL}),
        ("/account/name", {"name": NUL}),
    ]

    answers = [owner.send("/account", path, **form) for path, form in forms]

    assert [answer.status_code for answer in answers] == [400] * len(forms)
