"""Weights in bytes, and sums of them."""

from itertools import pairwise

import numpy as np
import pytest

from classifiers.arrays import Rows
from classifiers.errors import BadModel
from classifiers.serving import quantised_weights
from classifiers.serving.quantised_weights import pack


def _some(columns: int = 50, outputs: int = 7) -> np.ndarray:
    return np.random.default_rng(3).normal(size=(columns, outputs)).astype(np.float32)


def test_packing_keeps_large_and_small_weights_alike() -> None:
    largest = 8.0
    dense = np.geomspace(1e-3, largest, 70, dtype=np.float32).reshape(10, 7)
    dense[1::2] *= -1
    table = pack(np.vstack([dense, np.full((1, 7), largest, np.float32)]))
    assert table.packed.dtype == np.int8
    assert table.packed.shape == (11, 8)
    got = table.dense()[:10, :7]
    # Half a step around the root; one root is sqrt(weight / largest) * 127.
    allowed = np.sqrt(np.abs(dense) * largest) / 127 + largest / 127**2
    assert (np.abs(got - dense) <= allowed).all()
    assert not table.dense()[:, 7].any()


def test_a_weight_that_is_no_number_is_refused() -> None:
    dense = _some()
    dense[4, 2] = np.nan
    with pytest.raises(BadModel):
        pack(dense)


def test_an_output_without_weights_stays_zero() -> None:
    table = pack(np.zeros((5, 7), np.float32))
    assert not table.dense().any()


@pytest.mark.parametrize("few", [0, 1 << 10])
@pytest.mark.parametrize("piece", [1, 2, 7, 64, 1 << 17])
def test_rows_add_up_however_they_are_cut_and_summed(
    few: int, piece: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quantised_weights, "_FEW", few)
    monkeypatch.setattr(quantised_weights, "_PIECE", piece)
    table = pack(_some())
    random = np.random.default_rng(4)
    counts = [0, 3, 0, 0, 12, 1, 0]
    indices = random.integers(0, 50, sum(counts)).astype(np.int32)
    edges = np.concatenate(([0], np.cumsum(counts))).astype(np.int32)
    sums = table.sums(Rows(indices, edges)) * table.step
    expected = [
        table.dense()[indices[begin:end]].sum(axis=0)
        for begin, end in pairwise(edges.tolist())
    ]
    np.testing.assert_allclose(sums, expected, rtol=1e-5, atol=1e-6)
