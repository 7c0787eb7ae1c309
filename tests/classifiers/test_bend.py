"""The step from sums to log-odds."""

from dataclasses import replace

import numpy as np
import pytest

from classifiers.serving.output_layer import OutputLayer


@pytest.mark.parametrize("units", [0, 1, 9])
def test_the_plane_around_a_comment_passes_through_its_log_odds(units: int) -> None:
    random = np.random.default_rng(units)
    bend = OutputLayer(
        random.normal(size=7).astype(np.float32),
        random.normal(size=units).astype(np.float32),
        random.normal(size=(units, 7)).astype(np.float32),
        random.normal(size=7).astype(np.float32),
        random.normal(size=(7, 7)).astype(np.float32),
    )
    for sums in random.normal(size=(20, 16)).astype(np.float32):
        slope, intercept = bend.around(sums)
        expected = bend.log_odds(sums[None])[0]
        np.testing.assert_allclose(sums @ slope + intercept, expected, atol=1e-4)


def test_a_unit_counts_only_when_it_is_above_zero() -> None:
    bend = OutputLayer.straight(
        np.zeros(7, np.float32),
        np.array([-1], np.float32),
        np.full((1, 7), 3, np.float32),
    )
    low, high = np.zeros((2, 8), np.float32)
    low[7], high[7] = 0.9, 1.5
    odds = bend.log_odds(np.stack([low, high]))
    assert odds.tolist() == [[0.0] * 7, [1.5] * 7]


def test_what_is_above_a_knee_raises_another_attribute() -> None:
    none = np.zeros(7, np.float32)
    rise = np.zeros((7, 7), np.float32)
    rise[6, 1] = 0.5
    straight = OutputLayer.straight(none, none[:0], np.zeros((0, 7), np.float32))
    bend = replace(straight, knee=none - 2, rise=rise)
    sums = np.zeros((2, 7), np.float32)
    sums[:, 6] = -3, 4
    assert bend.log_odds(sums)[:, 1].tolist() == [0.0, 3.0]
    assert bend.log_odds(sums)[:, 6].tolist() == [-3.0, 4.0]


def test_a_scaled_bend_says_a_curve_of_what_it_said() -> None:
    random = np.random.default_rng(5)
    shapes = (7, 3, (3, 7), 7, (7, 7))
    bend = OutputLayer(
        *(random.normal(size=shape).astype(np.float32) for shape in shapes)
    )
    # The last one raises others; only it has a rise of its own.
    bend.rise[:, 6] = 0
    rises = np.array([0] * 6 + [0.7], np.float32)
    slopes = random.uniform(0.5, 2, 7).astype(np.float32)
    shifts = random.normal(size=7).astype(np.float32)
    sums = random.normal(size=(20, 10)).astype(np.float32)
    taller = sums.copy()
    taller[:, :7] *= slopes
    said = bend.log_odds(sums)
    expected = slopes * said + shifts + rises * np.maximum(said - bend.knee, 0)
    scaled = bend.scaled(slopes, shifts, rises).log_odds(taller)
    np.testing.assert_allclose(scaled, expected, atol=1e-4)


def test_a_knee_that_is_set_changes_no_rise() -> None:
    none = np.zeros(7, np.float32)
    bend = OutputLayer.straight(none, none[:0], np.zeros((0, 7), np.float32))
    bend.knee[:] = 3
    assert not bend.rise.any()


@pytest.mark.parametrize("units", [0, 7, 23])
def test_a_comment_comes_out_the_same_to_the_bit_in_any_batch(units: int) -> None:
    random = np.random.default_rng(units)
    bend = OutputLayer(
        random.normal(size=7).astype(np.float32),
        random.normal(size=units).astype(np.float32),
        random.normal(size=(units, 7)).astype(np.float32),
        random.normal(size=7).astype(np.float32),
        random.normal(size=(7, 7)).astype(np.float32),
    )
    sums = random.normal(size=(300, 32)).astype(np.float32)
    together = bend.log_odds(sums)
    for size in (1, 2, 5, 64):
        parts = [bend.log_odds(sums[i : i + size]) for i in range(0, 300, size)]
        assert np.concatenate(parts).tolist() == together.tolist()
