"""A shallow network fitted comment by comment: linear heads beside shared rectified sums.

All heads look at the same hidden sums, so what one source teaches about words helps the
others. What comes out is exactly what `bend.Bend` computes.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from classifiers.serving.output_layer import OutputLayer
from classifiers.training.adagrad import fit_epoch

Floats = NDArray[np.float32]

_START = 0.03
_OUT = 0.3
# What AdaGrad presumes it has seen before the first comment.
_SEEN = 1e-2
_SEEN_OUT = 1.0


@dataclass(frozen=True)
class TrainingData:
    """What is learnt from: `labels` and `weights` have shape (comments, heads).

    A label without weight teaches nothing and may be NaN.
    """

    X: csr_array
    labels: Floats
    weights: Floats

    def only(self, rows: NDArray[np.bool_]) -> "TrainingData":
        """Return the lessons in which the other rows weigh nothing."""
        return TrainingData(self.X, self.labels, self.weights * rows[:, None])


@dataclass(frozen=True)
class FitConfig:
    """How a network is fitted; the rate falls in even steps, pass by pass.

    The weights are the mean of `looks` at them in the last pass, the last one at its end.
    `networks` are fitted, each from another start and with its own `hidden` sums.
    """

    hidden: int
    passes: int = 3
    looks: int = 1
    networks: int = 1
    rate: float = 0.1
    rate_out: float = 0.01
    seed: int = 0


@dataclass(frozen=True)
class Network:
    """Sums `X @ coef`: those of the heads first, then the hidden ones; and their bend."""

    coef: Floats
    bend: OutputLayer

    def log_odds(self, X: csr_array) -> Floats:
        """Return one row per comment, one column per head."""
        sums: Floats = X @ self.coef
        return self.bend.log_odds(sums)

    def mixed(self, recipe: Floats) -> "Network":
        """Return the network whose heads are `log_odds @ recipe` of this one's.

        `recipe` has shape (heads, new heads). Knees come after mixing.
        """
        heads = len(self.bend.intercept)
        linear, hidden = np.split(self.coef, [heads], axis=1)
        bend = OutputLayer.straight(
            self.bend.intercept @ recipe, self.bend.bias, self.bend.out @ recipe
        )
        return Network(np.concatenate([linear @ recipe, hidden], axis=1), bend)

    def bent(self, knee: Floats, rise: Floats) -> "Network":
        """Return the network with knees; shapes as in `bend.Bend`."""
        return Network(self.coef, replace(self.bend, knee=knee, rise=rise))

    def scaled(self, slopes: Floats, shifts: Floats, rises: Floats) -> "Network":
        """Return the network with calibrated log-odds; see `bend.Bend.scaled`."""
        coef = self.coef.copy()
        coef[:, : len(slopes)] *= slopes
        return Network(coef, self.bend.scaled(slopes, shifts, rises))


def fit_network(lessons: TrainingData, pace: FitConfig) -> Network:
    """Return the mean of the networks that AdaGrad finds (Duchi, Hazan and Singer, 2011).

    Each head's weights count relative to their mean. The same lessons and pace make the
    same network, bit by bit.
    """
    starts = range(pace.seed, pace.seed + pace.networks)
    return averaged([_fit(lessons, replace(pace, seed=seed)) for seed in starts])


def averaged(networks: Sequence[Network]) -> Network:
    """Return the network whose log-odds are the mean of theirs: all hidden sums side by side.

    Only for networks without knees.
    """
    heads, count = len(networks[0].bend.intercept), np.float32(len(networks))
    linear = np.sum([n.coef[:, :heads] for n in networks], axis=0) / count
    hidden = [n.coef[:, heads:] for n in networks]
    parts: list[Floats] = [n.bend.out / count for n in networks]
    bend = OutputLayer.straight(
        np.sum([n.bend.intercept for n in networks], axis=0) / count,
        np.concatenate([n.bend.bias for n in networks]),
        np.concatenate(parts),
    )
    return Network(np.concatenate([linear, *hidden], axis=1), bend)


def _fit(lessons: TrainingData, pace: FitConfig) -> Network:
    X, heads = lessons.X, lessons.labels.shape[1]
    rows = np.flatnonzero(lessons.weights.any(axis=1))
    total = lessons.weights.sum(axis=0, dtype=np.float64)
    weights = (lessons.weights * (len(rows) / np.maximum(total, 1e-12))).astype(
        np.float32
    )
    random = np.random.default_rng(pace.seed)
    outputs = heads + pace.hidden
    coef = np.zeros((X.shape[1], outputs), np.float32)
    coef[:, heads:] = random.normal(0, _START, (X.shape[1], pace.hidden))
    bias = np.zeros(outputs, np.float32)
    out = random.normal(0, _OUT, (pace.hidden, heads)).astype(np.float32)
    seen = np.full_like(coef, _SEEN)
    seen_bias, seen_out = np.full_like(bias, _SEEN_OUT), np.full_like(out, _SEEN_OUT)
    labels = np.nan_to_num(lessons.labels).astype(np.float32)
    rate_out = np.float32(pace.rate_out)
    means: tuple[Floats, Floats, Floats]
    means = np.zeros_like(coef), np.zeros_like(bias), np.zeros_like(out)
    for number in range(pace.passes):
        for part in np.array_split(random.permutation(rows), pace.looks):
            fit_epoch(
                (X.indptr, X.indices, X.data),
                part,
                (labels, weights),
                (coef, bias, out),
                (seen, seen_bias, seen_out),
                (np.float32(pace.rate * (1 - number / pace.passes)), rate_out),
            )
            if number == pace.passes - 1:
                for mean, now in zip(means, (coef, bias, out), strict=True):
                    mean += now
    for mean in means:
        mean /= np.float32(pace.looks)
    coef, bias, out = means
    # A column that no lesson has keeps nothing of its random start.
    unmet = np.ones(X.shape[1], bool)
    unmet[X[rows].indices] = False
    coef[unmet] = 0
    return Network(coef, OutputLayer.straight(bias[:heads], bias[heads:], out))
