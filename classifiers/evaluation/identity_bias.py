"""Whether the mere name of a group moves a score."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classifiers.metrics import Floats, Truth, auc

TERMS = (
    "lesbian gay bisexual transgender trans queer lgbt lgbtq homosexual straight "
    "heterosexual male female nonbinary african black white european hispanic latino "
    "latina latinx mexican canadian american asian indian chinese japanese christian "
    "muslim jewish buddhist catholic protestant sikh taoist old older young younger "
    "teenage millenial elderly blind deaf paralyzed"
)
_FEWEST = 50
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class TermBias:
    """AUC within comments that name a group, and across the border in both directions.

    The three of Borkan and others (2019): `bpsn` sets kind sentences about the group
    against cruel ones about others, `bnsp` the reverse.
    """

    term: str
    subgroup: float
    bpsn: float
    bnsp: float

    @property
    def worst(self) -> float:
        """The least of the three."""
        return min(self.subgroup, self.bpsn, self.bnsp)


def term_bias(
    truth: Truth, scores: Floats, mentions: Mapping[str, Truth]
) -> Sequence[TermBias]:
    """Return the bias of each term, worst first; `mentions` marks the comments with it."""
    found = []
    for term, inside in mentions.items():
        if truth[inside].all() or not truth[inside].any():
            continue
        kind_inside = (inside & ~truth) | (~inside & truth)
        cruel_inside = (inside & truth) | (~inside & ~truth)
        found.append(
            TermBias(
                term,
                *(
                    auc(truth[r], scores[r])
                    for r in (inside, kind_inside, cruel_inside)
                ),
            )
        )
    return sorted(found, key=lambda bias: bias.worst)


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
