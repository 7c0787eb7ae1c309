"""How much each source counts for each attribute, and which are left out together.

Chosen by what happens to the others when a source is left out, not by how a model does
on its own source. A source's rows share its number; a source without known labels for
an attribute counts nothing there.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from classifiers.attributes import ATTRIBUTES, Attribute
from classifiers.data.examples import Examples

SourceWeights = Mapping[str, float]
Floats = NDArray[np.float32]

TOXICITY_SOURCES: SourceWeights = {
    "jigsaw": 1.5,
    "civil_toxic_spans": 0.05,
    "civil_spans_semeval2021": 0.25,
    "paradetox": 0.4,
    # Found by word lists, one crowd each: little of it.
    "davidson": 0.1,
    "mlma": 0.1,
    "stormfront": 0.3,
    "hatemoji_build": 0.3,
    "told_br_pt": 0.15,
    "korean_beep_ko": 0.12,
    "germeval2018_de": 0.12,
    "cold_zh": 0.2,
    # What people write who were not looked for because they might be rude.
    "static_blog_comments": 0.7,
    "wp_blog_comments": 0.2,
    "own_toxicity": 0.52,
    "own_innocent": 0.25,
    "own_world": 0.1,
}

INCIVILITY_SOURCES: SourceWeights = {
    "jigsaw": 1.0,
    "paradetox": 0.3,
    "static_blog_comments": 0.4,
    "wp_blog_comments": 0.1,
    "civil_spans_semeval2021": 0.1,
    "own_toxicity": 0.1,
    "own_innocent": 0.15,
}
"""The quarrels of discussions, without what sets of hate speech call toxic."""

WIKIPEDIA_SOURCES: SourceWeights = {
    "jigsaw": 1.0,
    "static_blog_comments": 0.2,
    "wp_blog_comments": 0.02,
    # So that something is left to learn from where the first is left out.
    "paradetox": 0.05,
    "civil_spans_semeval2021": 0.02,
}
"""One large crowd's idea of toxic, beside what nobody looked for."""

SPAM_SOURCES: SourceWeights = {
    "wp_blog_spam": 1.0,
    "wp_blog_comments": 1.0,
    "static_blog_comments": 1.0,
    "disqus_blog_zh": 0.2,
    "generic_praise": 0.3,
    "youtube_2015_uci": 0.8,
    "youtube_2014": 0.5,
    "lmblog": 0.1,
    "gambling_id": 0.3,
    "instagram_id": 0.3,
    "telegram_tgspam": 0.2,
    "telegram_ru": 0.2,
    "sms": 0.2,
    "email_spamassassin_sample": 0.15,
    "own_spam": 1.0,
    "readers_words_from_shops": 1.75,
    # Ham of other kinds than blogs have.
    "jigsaw": 0.5,
    "civil_toxic_spans": 0.2,
    "civil_spans_semeval2021": 0.2,
    "paradetox": 0.2,
    "davidson": 0.05,
    "stormfront": 0.1,
    "hatemoji_build": 0.1,
    "mlma": 0.05,
    "told_br_pt": 0.1,
    "korean_beep_ko": 0.1,
    "germeval2018_de": 0.1,
    "cold_zh": 0.1,
    "own_toxicity": 0.05,
    "own_innocent": 0.1,
    "own_world": 0.3,
}

CALIBRATION: Mapping[Attribute, SourceWeights] = {
    Attribute.SPAM: SPAM_SOURCES,
    Attribute.TOXICITY: INCIVILITY_SOURCES,
    Attribute.IDENTITY_ATTACK: {
        **INCIVILITY_SOURCES,
        "stormfront": 0.2,
        "davidson": 0.05,
    },
}
"""What a site's comments are taken to be like when scores become probabilities."""

FOLDS: tuple[frozenset[str], ...] = (
    frozenset({"jigsaw", "stormfront", "mlma"})
    | {"wp_blog_spam", "youtube_2014", "telegram_ru", "sms"},
    frozenset({"paradetox", "hatemoji_build", "static_blog_comments"})
    | {"youtube_2015_uci", "generic_praise", "instagram_id", "lmblog"},
    frozenset({"civil_toxic_spans", "civil_spans_semeval2021", "davidson"})
    | {"wp_blog_comments", "own_toxicity", "own_spam", "own_innocent"}
    | {"own_world"}
    | {"readers_words_from_shops"}
    | {"gambling_id", "telegram_tgspam", "email_spamassassin_sample"},
)
"""Sources that are left out together; like is with like.

The only source of a language is in none: without it the language is unknown, which is
not the question.
"""


def weigh(examples: Examples, attribute: Attribute, shares: SourceWeights) -> Floats:
    """Return one weight per example; a source's known rows sum up to its share."""
    known = ~np.isnan(examples.labels[:, ATTRIBUTES.index(attribute)])
    weights = np.zeros(len(examples), np.float32)
    for source, share in shares.items():
        rows = known & (examples.sources == source)
        if rows.any():
            weights[rows] = (
                examples.weights[rows] / examples.weights[rows].sum() * share
            )
    return weights
