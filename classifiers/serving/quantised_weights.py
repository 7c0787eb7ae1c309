"""A table of weights in one byte each, and sums of its rows.

Bytes make the file small enough to ship and the working set small enough for the
processor's cache. Each output has its own step; sums are made of whole numbers, which
float32 adds without error (below 2**24), whatever the order or the batch.
"""

from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from classifiers.arrays import Rows
from classifiers.errors import BadModel

_WORD = 8
_LARGEST = 127
# Rows looked up at a time: bounds memory for very long texts.
_PIECE = 1 << 17
# Making a sparse matrix costs more than it saves for a single comment.
_FEW = 2048


@dataclass(frozen=True)
class Table:
    """Weights `packed * |packed| * step`: (columns, outputs) of int8, (outputs,) of float32.

    Squares keep the many small weights and the few large ones with one relative error.
    """

    packed: NDArray[np.int8]
    step: NDArray[np.float32]

    def dense(self) -> NDArray[np.float32]:
        """Return all weights unpacked."""
        return _unpacked(self.packed.astype(np.float32)) * self.step

    def of(self, columns: NDArray[np.int32]) -> NDArray[np.float32]:
        """Return the weights of the given columns, one row each."""
        return self._look_up(columns) * self.step

    def sums(self, rows: Rows) -> NDArray[np.float32]:
        """Return the sum of each row's columns, in steps: whole numbers."""
        if len(rows.indices) <= _PIECE:
            return add_up(self._look_up(rows.indices), rows.indptr)
        number = len(rows.indptr) - 1
        total = np.zeros((number, self.packed.shape[1]), np.float32)
        for start in range(0, len(rows.indices), _PIECE):
            stop = min(start + _PIECE, len(rows.indices))
            first = int(np.searchsorted(rows.indptr, start, side="right")) - 1
            last = int(np.searchsorted(rows.indptr, stop, side="left"))
            edges = np.clip(rows.indptr[first : last + 1] - start, 0, stop - start)
            looked_up = self._look_up(rows.indices[start:stop])
            total[first:last] += add_up(looked_up, edges)
        return total

    def _look_up(self, columns: NDArray[np.int32]) -> NDArray[np.float32]:
        # Whole words are looked up faster than bytes.
        words = self.packed.view(np.uint64)
        found = words.take(columns, axis=0).view(np.int8)
        return _unpacked(found.astype(np.float32))


def _unpacked(packed: NDArray[np.float32]) -> NDArray[np.float32]:
    packed *= np.abs(packed)
    return packed


def add_up(
    values: NDArray[np.float32], edges: NDArray[np.integer]
) -> NDArray[np.float32]:
    """Return the sums of consecutive rows between the edges."""
    if len(values) > _FEW:
        everyone = np.arange(len(values), dtype=np.int32)
        return _product(Rows(everyone, edges.astype(np.int32)), values)
    total = np.zeros((len(edges) - 1, values.shape[1]), np.float32)
    filled = (edges[1:] > edges[:-1]).nonzero()[0]
    if len(filled):
        total[filled] = np.add.reduceat(values, edges[filled], axis=0)
    return total


def members_sum(rows: Rows, values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return for each row the sum of the values that it names."""
    if len(rows.indices) > _FEW:
        return _product(rows, values)
    return add_up(values[rows.indices], rows.indptr)


def _product(rows: Rows, values: NDArray[np.float32]) -> NDArray[np.float32]:
    ones = np.ones(len(rows.indices), np.float32)
    shape = (len(rows.indptr) - 1, len(values))
    matrix = csr_array((ones, rows.indices, rows.indptr), shape=shape)
    return cast(NDArray[np.float32], matrix @ values)


def pack(weights: NDArray[np.float32]) -> Table:
    """Round weights to bytes; outputs are padded with zeros to whole words."""
    if not np.isfinite(weights).all():
        raise BadModel("weights must be finite numbers")
    missing = -weights.shape[1] % _WORD
    padded = np.pad(weights, ((0, 0), (0, missing)))
    largest = np.abs(padded).max(axis=0)
    step = np.where(largest > 0, largest / _LARGEST**2, 1.0).astype(np.float32)
    packed = np.sign(padded) * np.rint(np.sqrt(np.abs(padded) / step))
    return Table(packed.astype(np.int8), step)
