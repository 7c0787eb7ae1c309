"""Whatever settings are accepted can judge any comment; whatever is stored can be read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hypothesis import example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pydantic import ValidationError

from moderation.classifier_input import ClassifierInput
from moderation.comments.pending import Pending
from moderation.enums import ATTRIBUTES, Mode
from moderation.policy import fallback, rules
from moderation.policy.evaluate import judge
from moderation.sites import site as sites
from moderation.sites.settings import SiteSettings, Threshold
from moderation.sites.site import Site
from moderation.sites.word_lists import Pattern

DEFAULTS = {name: Threshold(hold_at=0.5, reject_at=0.9) for name in ATTRIBUTES}
PLAIN = ("viagra", "casino", "bitcoin", "giveaway", "loan", "crypto", "replica")

# What breaks patterns: their signs, case that grows, marks, scripts without blanks.
_pieces = st.sampled_from([*r"/()[]{}*+?|\.^$-,_ pLNbwd019", *"aßİſΣ赌กेé\u0301\u200b"])
_typed = st.text(_pieces, max_size=12) | st.text(max_size=40)
_entries = _typed | _typed.map(lambda each: f"/{each}/")
_words = st.lists(_entries, max_size=12) | st.builds(
    lambda stem, n: [f"{stem}{each}" for each in range(n)],
    _typed,
    st.integers(1, 1000),
)
_share = st.floats(0, 1)
_documents = st.fixed_dictionaries(
    {},
    optional={
        "mode": st.sampled_from([each.value for each in Mode]),
        "thresholds": st.dictionaries(
            st.sampled_from(ATTRIBUTES),
            st.builds(
                lambda a, b: {"hold_at": min(a, b), "reject_at": max(a, b)},
                _share,
                _share,
            ),
        ),
        "links_allowed": st.integers(0, 100),
        "blocked_words": _words,
        "suspect_words": _words,
        "spot_check_share": _share,
    },
)
_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)
_scores = st.none() | st.dictionaries(st.sampled_from(ATTRIBUTES), _share)


def pending(text: str, name: str = "Robin") -> Pending:
    return Pending(
        comment_id=1,
        site_id=1,
        thread_id=1,
        author_id=1,
        revision=1,
        input=ClassifierInput(text, author=name),
        author_is_trusted=False,
        author_is_banned=False,
        author_approved=0,
        times_seen=0,
    )


def a_site(document: object) -> Site:
    row: Any = {
        "id": 1,
        "key": "news",
        "name": "The news",
        "origins": ["https://news.example.org"],
        "settings": document,
        "key_generation": 1,
    }
    return sites.of_row(row)


@hypothesis_settings(deadline=None)
@given(_documents, st.text(max_size=200), _scores)
@example({"suspect_words": [*PLAIN, "rolex"]}, "my new rolex", None)
@example({"blocked_words": [f"/.*{n}.*{n}/" for n in range(1000)]}, "1 and 1", None)
@example({"blocked_words": [f"{n}" + "ß" * 190 for n in range(1000)]}, "7", None)
def test_settings_that_are_accepted_can_judge_any_comment(
    document: Mapping[str, object], text: str, scores: Mapping[str, float] | None
) -> None:
    try:
        accepted = SiteSettings.model_validate(document)
    except ValidationError:
        return
    site = a_site(accepted.model_dump(mode="json"))

    judged = judge(pending(text), site, scores, DEFAULTS)

    assert site.settings == accepted
    assert judged.verdict.rule in {rule.__name__ for rule in rules.RULES}


@hypothesis_settings(deadline=None)
@given(st.dictionaries(st.sampled_from(list(SiteSettings.model_fields)), _json) | _json)
@example({"mode": "hold_the_line"})
@example({"thresholds": {"WIT": {"hold_at": 0.5, "reject_at": 0.9}}})
@example({"blocked_words": ["/(open/"]})
@example({"blocked_words": [rf"/\pL{{1,9}}x{n}\pL{{1,9}}/" for n in range(400)]})
def test_whatever_is_stored_is_read_and_what_cannot_be_is_for_a_person(
    document: object,
) -> None:
    site = a_site(document)
    judged = judge(pending("Hello"), site, {}, DEFAULTS)

    known = {rule.__name__ for rule in rules.RULES}
    assert judged.verdict.rule in known | {fallback.FAULT, fallback.UNREADABLE}
    if set(site.unreadable) & {"mode", "thresholds", "blocked_words"}:
        assert judged.verdict.rule == fallback.UNREADABLE


def test_a_setting_of_another_version_is_passed_over() -> None:
    site = a_site({"mode": "hold_all", "a_setting_of_tomorrow": 1})

    assert (site.settings.mode, site.unreadable) == (Mode.HOLD_ALL, ())


def test_a_list_that_a_version_before_has_accepted_holds_what_it_cannot_judge() -> None:
    entries = [rf"/\pL{{1,9}}x{n}\pL{{1,9}}/" for n in range(400)]
    site = a_site({"blocked_words": entries})
    judged = judge(pending("Hello"), site, {}, DEFAULTS)

    assert judged.verdict.rule == fallback.FAULT
    assert site.blocked == Pattern(tuple(entries))
