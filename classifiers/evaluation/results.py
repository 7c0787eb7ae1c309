"""An evaluation set together with what every classifier made of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from classifiers.evaluation.test_sets import TestSet
from classifiers.metrics import Interval

Floats = NDArray[np.floating]


@dataclass(frozen=True)
class TestSetResult:
    """An evaluation set with the scores of all classifiers, ours as probabilities."""

    panel: TestSet
    truth: NDArray[np.bool_]
    rows: Sequence[Mapping[str, object]]
    probabilities: Mapping[str, Floats]
    """Ours, per attribute."""
    others: Mapping[str, Floats]
    measured: dict[str, dict[str, Interval]] = field(default_factory=dict)
    """Classifier to measure to value."""

    @property
    def ours(self) -> Floats:
        """Our scores of the attribute that the set is about."""
        return self.probabilities[self.panel.attribute]
