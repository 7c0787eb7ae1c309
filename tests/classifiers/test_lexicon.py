"""Tokens that are remembered instead of being taken apart again."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np

from classifiers.features.submission import Submission
from classifiers.features.token_cache import TokenCache
from classifiers.registry import promoted
from classifiers.scoring import SHIPPED, Scorer, load
from classifiers.serving.model import open_model
from tests.classifiers.corpus import submissions


def test_it_recalls_what_it_learnt_and_nothing_else() -> None:
    lexicon = TokenCache(3)
    hashes = np.arange(1, 6, dtype=np.uint64) << np.uint64(50)
    sums = np.random.default_rng(1).normal(size=(3, 3)).astype(np.float32)
    lexicon.learn(hashes[:3], np.array([4, 5, 6], np.int32), sums)
    recalled = lexicon.recall(hashes[[4, 2, 0]])
    assert recalled.known.tolist() == [False, True, True]
    assert recalled.counts.tolist() == [6, 4]
    assert recalled.sums.tolist() == sums[[2, 0]].tolist()


def test_a_token_in_the_same_place_is_not_mistaken_for_another() -> None:
    lexicon = TokenCache(1)
    one, other = np.array([[7], [8]], np.uint64)
    lexicon.learn(one, np.array([1], np.int32), np.array([[5]], np.float32))
    assert not lexicon.recall(other).known.any()
    lexicon.learn(other, np.array([2], np.int32), np.array([[6]], np.float32))
    assert lexicon.recall(other).sums.tolist() == [[6]]
    assert not lexicon.recall(one).known.any()


def test_an_empty_place_is_no_token() -> None:
    assert not TokenCache(1).recall(np.zeros(1, np.uint64)).known.any()


def test_a_known_word_scores_like_a_new_one(shipped: Scorer) -> None:
    comments = submissions(90, seed=21)
    assert shipped.score(comments) == load().score(comments)
    assert shipped.score(comments) == shipped.score(comments)


def test_threads_that_share_a_scorer_get_the_scores_of_one(shipped: Scorer) -> None:
    parts = [submissions(40, seed=seed) for seed in range(12)]
    expected = [load().score(part) for part in parts]
    fresh = load()
    with ThreadPoolExecutor(4) as pool:
        for _ in range(5):
            assert list(pool.map(fresh.score, parts)) == expected


def test_single_letters_and_signs_each_have_a_place() -> None:
    model = open_model(SHIPPED / promoted(SHIPPED)[-1])
    comment = [Submission("I , a . b ! 5 ?")]
    model.sums(model.bag(comment))
    assert not len(model.bag(comment).new_hashes)
