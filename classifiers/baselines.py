"""Three simple classifiers to be better than.

Their scores never change, so they are kept in a cache folder under the hash of the texts;
delete it to measure them anew.
"""

import hashlib
import re
import warnings
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from classifiers.sources import reserved_hashes, training_rows
from classifiers.templates import read_grammar

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


def alt_profanity_check(texts: Sequence[str], data: Path) -> Floats:
    """Return the probabilities of the PyPI package of that name; NaN where not installed."""
    try:
        from profanity_check import predict_prob
    except ImportError:
        return np.full(len(texts), np.nan)
    with warnings.catch_warnings():
        # Its model was saved by an older scikit-learn.
        warnings.simplefilter("ignore")
        return np.asarray(predict_prob(list(texts)), float)


def tfidf_on_jigsaw(texts: Sequence[str], data: Path) -> Floats:
    """Return log-odds of TF-IDF (words 1-2, letters 2-5) and logistic regression on jigsaw."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline, make_union

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
    model = make_pipeline(
        make_union(words, letters), LogisticRegression(C=4, solver="liblinear")
    )
    rows = list(training_rows(data, "toxicity/train/jigsaw", reserved_hashes(data)))
    model.fit([str(row["text"]) for row in rows], [row["label"] for row in rows])
    return np.asarray(model.decision_function(list(texts)), float)


LEARNT: Mapping[str, Callable[[Sequence[str], Path], Floats]] = {
    "alt-profanity-check": alt_profanity_check,
    "TF-IDF on jigsaw": tfidf_on_jigsaw,
}
"""Those that take long enough to be kept."""


def cached(name: str, texts: Sequence[str], data: Path, cache: Path) -> Floats:
    """Return a learnt baseline's scores, from the cache if the texts are the same."""
    digest = hashlib.sha256("\0".join(texts).encode("utf-8", "surrogatepass"))
    kept = cache / f"{name.replace(' ', '-')}-{digest.hexdigest()[:16]}.npy"
    if kept.is_file():
        return np.asarray(np.load(kept, allow_pickle=False), float)
    scores = LEARNT[name](texts, data)
    cache.mkdir(parents=True, exist_ok=True)
    np.save(kept, scores, allow_pickle=False)
    return scores
