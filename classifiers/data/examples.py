"""Labelled submissions, many at a time: what a model learns from."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classifiers.attributes import ATTRIBUTES, Attribute

Labels = dict[Attribute, float]
"""What is known to be true (1) or false (0) of a comment; the rest is unknown."""


@dataclass(frozen=True)
class Example:
    """A submission, what is known of it, and how much it counts within its source."""

    fields: dict[str, object]
    labels: Labels
    weight: float = 1.0


@dataclass(frozen=True)
class Examples:
    """Examples as columns.

    `labels` has shape (examples, attributes), NaN where unknown; `weights` and `sources`
    have one entry per example.
    """

    fields: list[dict[str, object]]
    labels: NDArray[np.float32]
    weights: NDArray[np.float32]
    sources: NDArray[np.str_]

    def __len__(self) -> int:
        return len(self.fields)


def gather(named: Sequence[tuple[str, Sequence[Example]]]) -> Examples:
    """Put the examples of several sources into one set of columns, in the order given."""
    flat = [(name, each) for name, examples in named for each in examples]
    labels = np.full((len(flat), len(ATTRIBUTES)), np.nan, np.float32)
    for row, (_, example) in enumerate(flat):
        for attribute, label in example.labels.items():
            labels[row, ATTRIBUTES.index(attribute)] = label
    return Examples(
        [example.fields for _, example in flat],
        labels,
        np.array([example.weight for _, example in flat], np.float32),
        np.array([name for name, _ in flat]),
    )
