"""Whether the mere name of a group moves a score."""

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from classifiers.metrics import Floats, TermBias, Truth, term_bias

TERMS = (
    "lesbian gay bisexual transgender trans queer lgbt lgbtq homosexual straight "
    "heterosexual male female nonbinary african black white european hispanic latino "
    "latina latinx mexican canadian american asian indian chinese japanese christian "
    "muslim jewish buddhist catholic protestant sikh taoist old older young younger "
    "teenage millenial elderly blind deaf paralyzed"
)
_FEWEST = 50
_WORD = re.compile(r"\w+")


def identity_bias(
    truth: Truth, scores: Floats, texts: Sequence[str]
) -> Sequence[TermBias]:
    """Return the bias of each group name that enough texts have, worst first."""
    words = [frozenset(_WORD.findall(text.lower())) for text in texts]
    mentions: dict[str, NDArray[np.bool_]] = {}
    for term in TERMS.split():
        inside = np.array([term in each for each in words])
        if inside.sum() >= _FEWEST:
            mentions[term] = inside
    return term_bias(truth, scores, mentions)
