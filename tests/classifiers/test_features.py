"""Submissions as columns."""

import numpy as np
from sklearn.base import clone

from classifiers.estimators.transformer import SubmissionFeatures
from classifiers.features.metadata import FLAGS
from tests.classifiers.corpus import submissions


def _columns(fields: dict[str, object]) -> set[int]:
    """All columns but the flags'."""
    features = SubmissionFeatures(bits=20)
    indices = features.transform([fields]).indices.tolist()
    return {column for column in indices if column < features.hashing.first_flag}


def test_it_obeys_the_rules_of_transformers() -> None:
    features = SubmissionFeatures(bits=14, field_bits=9, damping=0.5)
    copy = clone(features).fit(submissions(3, seed=1))
    assert copy.get_params() == features.get_params()
    comments = submissions(30, seed=2)
    one, two = features.transform(comments), copy.transform(comments)
    assert (one != two).nnz == 0
    assert one.shape == (30, features.hashing.columns)
    assert one.dtype == np.float32
    assert one.indices.dtype == np.int32


def test_repeating_a_word_adds_nothing_but_its_new_neighbours() -> None:
    once = _columns({"text": "buy now"})
    again = _columns({"text": "buy now buy now buy now"})
    assert once <= again
    # The pair "now buy".
    assert len(again - once) == 1


def test_a_name_is_not_read_as_text() -> None:
    features = SubmissionFeatures(bits=20)
    text = _columns({"text": "pills"})
    named = [
        _columns({"text": "", field: "pills"}) for field in ("author", "url", "email")
    ]
    first_field = features.hashing.first_field
    assert max(text) < first_field
    assert all(min(columns) >= first_field for columns in named)
    assert not named[0] & named[1] & named[2]


def test_case_disguise_and_accents_lead_to_the_same_columns() -> None:
    plain = _columns({"text": "a plain idiot writes here, honestly"})
    for other in (
        "A PLAIN IDIOT writes here, honestly",
        "a plain 1diot wrìtes hére, honestly",
    ):
        assert len(_columns({"text": other}) ^ plain) <= 1


def test_the_more_features_the_less_each_counts() -> None:
    features = SubmissionFeatures(damping=0.5)
    rows = features.transform([{"text": "planetarium"}, {"text": "word"}])
    for row in (rows[[0]], rows[[1]]):
        values = row.data[row.indices < features.hashing.first_flag]
        np.testing.assert_allclose(values, len(values) ** -0.5, rtol=1e-6)


def test_flags_are_the_last_columns() -> None:
    features = SubmissionFeatures()
    [row] = features.transform([{"text": "x" * 300, "honeypot": True}]).toarray()
    raised = {FLAGS[i] for i in np.flatnonzero(row[features.hashing.first_flag :])}
    assert raised == {"honeypot filled in"}
