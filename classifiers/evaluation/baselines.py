"""Three simple classifiers to be better than.

Their scores never change, so they are kept in a cache folder under the hash of the texts;
delete it to measure them anew.
"""

import hashlib
import re
import warnings
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline, make_union

from classifiers.data.datasets import reserved_hashes, training_rows
from classifiers.data.grammar import read_grammar

Floats = NDArray[np.floating]

_SPLIT = re.compile(r"\w+")
_PROMOTION = frozenset(
    [
        "buy",
        "cheap",
        "free",
        "discount",
        "click",
        "visit",
        "subscribe",
        "channel",
        "loan",
        "casino",
        "viagra",
        "cialis",
        "seo",
        "insurance",
        "outlet",
        "jerseys",
        "replica",
        "earn",
        "income",
        "whatsapp",
        "telegram",
        "bitcoin",
        "crypto",
        "http",
        "https",
        "www",
        "url",
        "href",
        "promo",
        "bonus",
        "followers",
        "offer",
        "deal",
        "sale",
        "slot",
        "judi",
        "poker",
    ]
)


def word_list(texts: Sequence[str], spam: bool) -> Floats:
    """Return the share of words that stand on a list of our own."""
    listed = _PROMOTION if spam else _rude_words()
    shares = []
    for text in texts:
        words = _SPLIT.findall(text.lower())
        shares.append(sum(word in listed for word in words) / (len(words) or 1))
    return np.array(shares)


def _rude_words() -> frozenset[str]:
    words = read_grammar("people", "english").words
    lists = ("bad", "beast", "insult", "slur", "slurs", "swear")
    rude = [word.lower() for name in lists for word in words[name]]
    return frozenset(word for each in rude for word in each.split() if len(word) > 3)


class Baselines:
    """The learnt ones, fitted when first asked for a text they have not scored before."""

    def __init__(self, data: Path, cache: Path) -> None:
        self._data = data
        self._cache = cache
        self._tfidf: Pipeline | None = None

    def scores(self, texts: Sequence[str]) -> dict[str, Floats]:
        """Return scores by name; a package that is not installed is left out."""
        found = {"TF-IDF on jigsaw": self._kept("tfidf", texts, self._by_tfidf)}
        if find_spec("profanity_check"):
            found["alt-profanity-check"] = self._kept("alt", texts, alt_profanity_check)
        return found

    def _kept(
        self, name: str, texts: Sequence[str], score: Callable[[Sequence[str]], Floats]
    ) -> Floats:
        digest = hashlib.sha256("\0".join(texts).encode("utf-8", "surrogatepass"))
        kept = self._cache / f"{name}-{digest.hexdigest()[:16]}.npy"
        if kept.is_file():
            return np.asarray(np.load(kept, allow_pickle=False), float)
        scores = score(texts)
        self._cache.mkdir(parents=True, exist_ok=True)
        np.save(kept, scores, allow_pickle=False)
        return scores

    def _by_tfidf(self, texts: Sequence[str]) -> Floats:
        if self._tfidf is None:
            name = "toxicity/train/jigsaw"
            rows = list(training_rows(self._data, name, reserved_hashes(self._data)))
            self._tfidf = tfidf()
            self._tfidf.fit(
                [str(row["text"]) for row in rows], [row["label"] for row in rows]
            )
        return np.asarray(self._tfidf.decision_function(list(texts)), float)


def alt_profanity_check(texts: Sequence[str]) -> Floats:
    """Return the probabilities of the PyPI package of that name."""
    from profanity_check import predict_prob

    with warnings.catch_warnings():
        # Its model was saved by an older scikit-learn.
        warnings.simplefilter("ignore")
        return np.asarray(predict_prob(list(texts)), float)


def tfidf() -> Pipeline:
    """Return TF-IDF over words 1-2 and letters 2-5 with logistic regression, unfitted."""
    words = TfidfVectorizer(
        ngram_range=(1, 2), sublinear_tf=True, min_df=2, max_features=200_000
    )
    letters = TfidfVectorizer(
        analyzer="char_wb",
        ngram_range=(2, 5),
        sublinear_tf=True,
        min_df=3,
        max_features=300_000,
    )
    return make_pipeline(
        make_union(words, letters), LogisticRegression(C=4, solver="liblinear")
    )
