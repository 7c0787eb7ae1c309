"""The inner loop of training, compiled: one pass of AdaGrad over all comments.

Only training imports this module, as only training has a compiler. One thread and one
order of comments: the same input makes the same weights.
"""

import math
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Integers = NDArray[np.integer[Any]]


@njit(cache=True, fastmath={"contract"})
def fit_epoch(
    rows: tuple[Integers, Integers, Floats],
    order: NDArray[np.int64],
    lessons: tuple[Floats, Floats],
    weights: tuple[Floats, Floats, Floats],
    seen: tuple[Floats, Floats, Floats],
    rates: tuple[np.float32, np.float32],
) -> None:
    """Move `weights` down the slope of each comment of `order`, one after the other.

    `rows` is a sparse matrix (bounds, columns, values); `lessons` are labels and their
    weights (comments, heads); `weights` are those of the columns (columns, heads + hidden),
    of the biases (heads + hidden) and of the hidden sums (hidden, heads). `seen` has
    the same shapes: the squares of all slopes so far, which make later steps shorter.
    `rates`: of the columns and biases, and of the hidden sums.
    """
    bounds, columns, values = rows
    labels, importance = lessons
    coef, bias, out = weights
    seen_coef, seen_bias, seen_out = seen
    rate, rate_out = rates
    heads = out.shape[1]
    slope = np.empty(len(bias), np.float32)
    for row in order:
        part = slice(bounds[row], bounds[row + 1])
        sums = _sums(columns[part], values[part], coef, bias)
        _slopes(sums, labels[row], importance[row], out, slope)
        _back(sums[heads:], slope, out, seen_out, rate_out)
        for k in range(len(bias)):
            seen_bias[k] += slope[k] * slope[k]
            bias[k] -= rate * slope[k] / np.sqrt(seen_bias[k])
        _step(columns[part], values[part], slope, coef, seen_coef, rate)


@njit(cache=True, fastmath={"contract"})
def _sums(columns: Integers, values: Floats, coef: Floats, bias: Floats) -> Floats:
    sums: Floats = bias.copy()
    for j in range(len(columns)):
        column, value = columns[j], values[j]
        for k in range(len(sums)):
            sums[k] += value * coef[column, k]
    return sums


@njit(cache=True, fastmath={"contract"})
def _slopes(
    sums: Floats, labels: Floats, importance: Floats, out: Floats, slope: Floats
) -> None:
    """Write the slope of the logistic loss into the heads' part of `slope`."""
    hidden, heads = out.shape
    for head in range(heads):
        slope[head] = np.float32(0)
        if importance[head] > 0:
            logit = sums[head]
            for unit in range(hidden):
                logit += max(sums[heads + unit], np.float32(0)) * out[unit, head]
            said = np.float32(1 / (1 + math.exp(-logit)))
            slope[head] = importance[head] * (said - labels[head])


@njit(cache=True, fastmath={"contract"})
def _back(
    heights: Floats, slope: Floats, out: Floats, seen: Floats, rate: np.float32
) -> None:
    """Write the slope into the hidden part of `slope`; move what comes after it."""
    hidden, heads = out.shape
    for unit in range(hidden):
        slope[heads + unit] = np.float32(0)
        if heights[unit] > 0:
            for head in range(heads):
                slope[heads + unit] += slope[head] * out[unit, head]
            for head in range(heads):
                pull = slope[head] * heights[unit]
                seen[unit, head] += pull * pull
                out[unit, head] -= rate * pull / np.sqrt(seen[unit, head])


@njit(cache=True, fastmath={"contract"})
def _step(
    columns: Integers,
    values: Floats,
    slope: Floats,
    coef: Floats,
    seen: Floats,
    rate: np.float32,
) -> None:
    for j in range(len(columns)):
        column, value = columns[j], values[j]
        for k in range(len(slope)):
            pull = value * slope[k]
            total = seen[column, k] + pull * pull
            seen[column, k] = total
            coef[column, k] -= rate * pull / np.sqrt(total)
