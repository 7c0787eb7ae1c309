"""The step from sums to log-odds."""

import numpy as np
import pytest

from classifiers.bend import Bend


@pytest.mark.parametrize("units", [0, 1, 9])
def test_the_plane_around_a_comment_passes_through_its_log_odds(units: int) -> None:
    random = np.random.default_rng(units)
    bend = Bend(
        random.normal(size=7).astype(np.float32),
        random.normal(size=units).astype(np.float32),
        random.normal(size=(units, 7)).astype(np.float32),
    )
    for sums in random.normal(size=(20, 16)).astype(np.float32):
        slope, intercept = bend.around(sums)
        expected = bend.log_odds(sums[None])[0]
        np.testing.assert_allclose(sums @ slope + intercept, expected, atol=1e-5)


def test_a_unit_counts_only_when_it_is_above_zero() -> None:
    bend = Bend(
        np.zeros(7, np.float32),
        np.array([-1], np.float32),
        np.full((1, 7), 3, np.float32),
    )
    low, high = np.zeros((2, 8), np.float32)
    low[7], high[7] = 0.9, 1.5
    odds = bend.log_odds(np.stack([low, high]))
    assert odds.tolist() == [[0.0] * 7, [1.5] * 7]
