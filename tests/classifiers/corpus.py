"""A tiny labelled corpus of our own sentences, and models fitted on it."""

from pathlib import Path
from random import Random

import numpy as np

from classifiers.attributes import ATTRIBUTES
from classifiers.estimators import persistence
from classifiers.estimators.pipeline import build
from classifiers.estimators.transformer import SubmissionFeatures

THINGS = [
    "recipe",
    "article",
    "garden",
    "bridge",
    "concert",
    "library",
    "report",
    "harbour",
]
NAMES = ["Ada", "Bruno", "Chidi", "Dolores", "Emil", "Farah", "Goran", "Hana"]
SHOPS = ["cheap-pills.example", "best-casino.example", "quick-loans.example"]


def submissions(number: int, seed: int) -> list[dict[str, object]]:
    """Return made-up submissions; every third is spam, every third is rude."""
    random = Random(seed)
    made: list[dict[str, object]] = []
    for i in range(number):
        thing = random.choice(THINGS)
        if i % 3 == 0:
            shop = random.choice(SHOPS)
            made.append(
                {
                    "text": f"Buy the best {random.choice(['pills', 'loans'])} now at http://{shop}/",
                    "author": shop.split(".")[0].replace("-", " "),
                    "url": f"http://{shop}/",
                    "times_seen": random.randint(1, 9),
                }
            )
        elif i % 3 == 1:
            word = random.choice(["idiot", "moron", "fool", "clown"])
            made.append(
                {
                    "text": f"You {word}, only a stupid {word} writes such a {thing}.",
                    "author": random.choice(NAMES),
                }
            )
        else:
            made.append(
                {
                    "text": f"Thank you for the {thing}, I learned a lot about it.",
                    "author": random.choice(NAMES),
                    "seconds_on_form": float(random.randint(20, 200)),
                }
            )
    return made


def labels(number: int) -> np.ndarray:
    """Return the labels of `submissions`: (number, attributes), NaN where unknown."""
    known = np.full((number, len(ATTRIBUTES)), np.nan)
    for i in range(number):
        known[i, 0] = i % 3 == 0
        if i % 3:
            known[i, 1:] = i % 3 == 1
    return known


def a_version(registry: Path, *, seed: int = 1, bits: int = 12) -> str:
    """Fit a small model, save it in a registry and return its version."""
    pipeline = build(SubmissionFeatures(bits=bits, field_bits=10))
    pipeline.fit(submissions(120, seed), labels(120))
    thresholds = {
        str(attribute): {"hold_at": 0.5, "reject_at": 0.9} for attribute in ATTRIBUTES
    }
    card = {"thresholds": thresholds, "metrics": {}, "data": {}, "seed": seed}
    return persistence.save(pipeline, card, registry).name
