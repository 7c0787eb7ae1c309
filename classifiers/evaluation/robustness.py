"""What evaders and careless readers of words get wrong: disguises, and hatecheck's functions."""

from collections.abc import Mapping, Sequence
from random import Random

import numpy as np

from classifiers.attributes import Attribute
from classifiers.data.obfuscation import Disguise, disguise
from classifiers.metrics import Floats, Ranking, Truth
from classifiers.scoring import Scorer

_BATCH = 512
_FALSE_POSITIVES = 0.05


def in_disguise(
    scorer: Scorer, texts: Sequence[str], truth: Truth, plain: Floats
) -> list[tuple[str, float, float]]:
    """Return per disguise its name and how much AUC and recall rise (or fall, below zero).

    Recall is at the threshold that one in twenty undisguised negatives passes. Everybody
    is disguised: who evades and who does not must still be told apart.
    """
    limit = np.quantile(plain[~truth], 1 - _FALSE_POSITIVES)
    auc, recall = Ranking.of(truth, plain).auc(), (plain[truth] > limit).mean()
    found = []
    for kind in Disguise:
        random = Random(str(kind))  # noqa: S311 - repeatable on purpose
        scores = score_texts(scorer, [disguise(text, kind, random) for text in texts])
        changed = Ranking.of(truth, scores).auc() - auc
        caught = float((scores[truth] > limit).mean() - recall)
        found.append((str(kind), changed, caught))
    return found


def score_texts(scorer: Scorer, texts: Sequence[str]) -> Floats:
    """Return the TOXICITY of bare texts."""
    scores: list[float] = []
    for start in range(0, len(texts), _BATCH):
        batch = [{"text": text} for text in texts[start : start + _BATCH]]
        scores += [each[Attribute.TOXICITY] for each in scorer.score(batch)]
    return np.array(scores)


def by_function(
    rows: Sequence[Mapping[str, object]], truth: Truth, scores: Floats, limit: float
) -> list[tuple[str, bool, int, float]]:
    """Return per function of hatecheck: name, whether hateful, cases, share at or above."""
    names = np.array([str(row["functionality"]) for row in rows])
    found = []
    for name in np.unique(names):
        inside = names == name
        share = float((scores[inside] >= limit).mean())
        found.append((str(name), bool(truth[inside][0]), int(inside.sum()), share))
    return found
