"""Which heads are fitted together, and how they add up to the attributes' scores."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from classifiers.attributes import ATTRIBUTES, Attribute
from classifiers.data.examples import Examples
from classifiers.features.hashing import Hashing
from classifiers.training.network import FitConfig, Floats
from classifiers.training.sample_weights import (
    INCIVILITY_SOURCES,
    SPAM_SOURCES,
    TOXICITY_SOURCES,
    WIKIPEDIA_SOURCES,
    SourceWeights,
    weigh,
)

SPAM, TOXICITY, SEVERE, INSULT, PROFANITY, THREAT, IDENTITY = ATTRIBUTES


@dataclass(frozen=True)
class Head:
    """One head: the attribute and sources it learns, and what it says about which."""

    target: Attribute
    shares: SourceWeights
    speaks: Mapping[Attribute, float]


@dataclass(frozen=True)
class Knee:
    """Log-odds of `of` above `at` raise those of `raises` by a part of them.

    The calibration of `of` has its knee at the same place. That may be all it is for.
    """

    of: Attribute
    at: float
    raises: Attribute | None = None
    by: float = 0.0


@dataclass(frozen=True)
class HeadGroup:
    """Heads that share one hidden layer, and the columns they look at."""

    voices: tuple[Head, ...]
    pace: FitConfig
    text_only: bool
    knees: tuple[Knee, ...] = ()

    @property
    def attributes(self) -> tuple[Attribute, ...]:
        """What it scores, in the usual order."""
        spoken = {attribute for voice in self.voices for attribute in voice.speaks}
        return tuple(a for a in ATTRIBUTES if a in spoken)

    @property
    def recipe(self) -> Floats:
        """How voices add up: shape (voices, attributes)."""
        parts = [[v.speaks.get(a, 0.0) for a in self.attributes] for v in self.voices]
        return np.array(parts, np.float32)

    @property
    def knee(self) -> Floats:
        """Where knees are: shape (attributes,), as in `bend.Bend`."""
        return np.array([self.knee_of(a) or 0.0 for a in self.attributes], np.float32)

    def knee_of(self, attribute: Attribute) -> float | None:
        """Return where the knee of an attribute is, if it has one."""
        return next((knee.at for knee in self.knees if knee.of is attribute), None)

    @property
    def rise(self) -> Floats:
        """What is above a knee raises others: shape (attributes, attributes)."""
        rise = np.zeros((len(self.attributes), len(self.attributes)), np.float32)
        for knee in self.knees:
            if knee.raises is not None:
                raised = self.attributes.index(knee.raises)
                rise[self.attributes.index(knee.of), raised] = knee.by
        return rise

    def columns(self, hashing: Hashing) -> int:
        """Return how many of the first columns it looks at: tone is in the text alone."""
        return hashing.first_field if self.text_only else hashing.columns

    def labels(self, examples: Examples) -> Floats:
        """Return what each voice is to say: shape (examples, voices), NaN if unknown."""
        places = [ATTRIBUTES.index(voice.target) for voice in self.voices]
        labels: Floats = examples.labels[:, places]
        return labels

    def weights(self, examples: Examples) -> Floats:
        """Return how much each example counts for each voice."""
        columns = [weigh(examples, v.target, v.shares) for v in self.voices]
        return np.stack(columns, axis=1)


SPAM_HEADS = HeadGroup(
    (Head(SPAM, SPAM_SOURCES, {SPAM: 1.0}),),
    # The last comments move these weights far: another order of them, another model.
    FitConfig(hidden=7, rate=0.05, looks=20),
    text_only=False,
)
TOXICITY_HEADS = HeadGroup(
    (
        # What every set calls toxic, what quarrels in discussions are, and one large crowd.
        Head(TOXICITY, TOXICITY_SOURCES, {TOXICITY: 0.35}),
        Head(TOXICITY, INCIVILITY_SOURCES, {TOXICITY: 0.25}),
        Head(TOXICITY, WIKIPEDIA_SOURCES, {TOXICITY: 0.2}),
        Head(INSULT, TOXICITY_SOURCES, {TOXICITY: 0.15, INSULT: 1.0}),
        Head(SEVERE, TOXICITY_SOURCES, {SEVERE: 1.0}),
        Head(PROFANITY, TOXICITY_SOURCES, {PROFANITY: 1.0}),
        Head(THREAT, TOXICITY_SOURCES, {THREAT: 1.0}),
        Head(IDENTITY, TOXICITY_SOURCES, {TOXICITY: 0.05, IDENTITY: 1.0}),
    ),
    # One network of 16 leaves more to chance: the mean of two ranks better than either.
    FitConfig(hidden=8, networks=2),
    text_only=True,
    # Who attacks a group is toxic, however politely; without this, rude words count alone.
    # Most comments are nowhere near a threat, and one line for all bends at the few that are.
    knees=(Knee(IDENTITY, -3.1, TOXICITY, 0.5), Knee(THREAT, -5.0)),
)
CHOIRS = (SPAM_HEADS, TOXICITY_HEADS)
