"""Why a comment has the score it has."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from classifiers.scoring import Scorer
from classifiers.text import graphemes
from tests.classifiers.corpus import submissions
from tests.classifiers.test_normalise import hostile

COMMENTS = [
    {"text": "You are a s\u200btupid i&#100;iot 👨\u200d👩\u200d👧, g.o a.w.a.y!!!"},
    {
        "text": "buy buy buy buy",
        "author": "Cheap Pills",
        "url": "http://pills.example/x",
    },
    {
        "text": "这是一个没有空格的很长的中文句子，用来测试逐字解释。",
        "email": "a@b.example",
    },
    {"text": "", "honeypot": True, "seconds_on_form": 1.0, "times_seen": 12},
    {"text": "word " * 3000},
    {"text": "x" * 5000},
    *submissions(6, seed=3),
]


@pytest.mark.parametrize("comment", COMMENTS)
def test_the_parts_add_up_to_the_score(
    shipped: Scorer, comment: dict[str, object]
) -> None:
    [scores] = shipped.score([comment])
    for attribute, why in shipped.explain(comment).items():
        total = why.intercept + sum(span.contribution for span in why.spans)
        total += sum(why.features.values())
        assert total == pytest.approx(why.log_odds, abs=1e-9)
        assert why.probability == pytest.approx(scores[attribute], abs=1e-5)


def test_a_page_is_explained_like_its_comments_one_by_one(shipped: Scorer) -> None:
    page = [*COMMENTS, *reversed(COMMENTS)]
    together = shipped.explain_many(page)
    assert together == [shipped.explain(comment) for comment in page]
    assert any(why["SPAM"].spans != together[0]["SPAM"].spans for why in together)


def test_an_empty_page_has_no_explanations(shipped: Scorer) -> None:
    assert shipped.explain_many([]) == []


@settings(deadline=None, max_examples=60)
@given(texts=st.lists(hostile, min_size=1, max_size=8))
@example(texts=["", "ß" * 40, "", "a b a b"])
def test_any_batch_is_explained_like_its_comments_one_by_one(
    shipped: Scorer, texts: list[str]
) -> None:
    page = [{"text": text, "author": text[:5]} for text in texts]
    assert shipped.explain_many(page) == [shipped.explain(each) for each in page]


def test_the_rude_word_moved_the_score_most_where_it_was_typed(shipped: Scorer) -> None:
    text = "Thank you for that, you i\u200bd&#105;ot, and good night"
    spans = shipped.explain({"text": text})["INSULT"].spans
    worst = max(spans, key=lambda span: span.contribution)
    assert text[worst.begin : worst.end] == "i\u200bd&#105;ot"


def test_what_is_not_in_the_text_is_named(shipped: Scorer) -> None:
    why = shipped.explain(
        {"text": "Nice", "author": "Pills", "url": "http://a.example", "honeypot": True}
    )["SPAM"]
    assert {"author", "url", "website given"} <= set(why.features)


def test_a_sentence_without_blanks_is_explained_letter_by_letter(
    shipped: Scorer,
) -> None:
    text = "这是一个没有空格的很长的中文句子，用来测试逐字解释。"
    spans = shipped.explain({"text": text})["TOXICITY"].spans
    assert max(span.end - span.begin for span in spans) < 8


@settings(deadline=None, max_examples=150)
@given(text=hostile)
@example(text="⼀00ß")
def test_spans_lie_in_the_text_in_order_and_cut_no_character(
    shipped: Scorer, text: str
) -> None:
    begins = graphemes.starts(text)
    for why in shipped.explain({"text": text}).values():
        last = 0
        for span in why.spans:
            assert last <= span.begin < span.end <= len(text)
            assert begins[span.begin]
            assert begins[span.end]
            last = span.end


@settings(deadline=None, max_examples=100)
@given(
    text=hostile,
    author=st.none() | hostile,
    url=st.none() | hostile,
    email=st.none() | hostile,
    seen=st.none() | st.integers(0, 50),
)
def test_the_parts_add_up_for_any_submission(
    shipped: Scorer,
    text: str,
    author: str | None,
    url: str | None,
    email: str | None,
    seen: int | None,
) -> None:
    comment = {"text": text, "author": author, "url": url, "email": email}
    comment["times_seen"] = seen
    [scores] = shipped.score([comment])
    for attribute, why in shipped.explain(comment).items():
        total = why.intercept + sum(span.contribution for span in why.spans)
        total += sum(why.features.values())
        assert total == pytest.approx(why.log_odds, abs=1e-9)
        assert why.probability == pytest.approx(scores[attribute], abs=1e-5)
