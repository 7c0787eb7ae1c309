"""From sums of weights to log-odds: a linear part, a small rectified layer, and knees."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class OutputLayer:
    """Parameters of the step after the sums.

    `intercept` (attributes,), `bias` (hidden,), `out` (hidden, attributes). The first
    sums are the linear parts of the attributes, the next ones the hidden units; any
    further ones are padding. What an attribute has above its knee, `knee` (attributes,),
    raises others by `rise` (attributes, attributes) of it, row by row.
    """

    intercept: Floats
    bias: Floats
    out: Floats
    knee: Floats
    rise: Floats

    @classmethod
    def straight(cls, intercept: Floats, bias: Floats, out: Floats) -> "OutputLayer":
        """Return a bend without knees."""
        heads = len(intercept)
        knee, rise = np.zeros(heads, np.float32), np.zeros((heads, heads), np.float32)
        return cls(intercept, bias, out, knee, rise)

    def log_odds(self, sums: Floats) -> Floats:
        """Return (comments, attributes) from (comments, sums)."""
        linear, hidden = self._parts(sums)
        bent: Floats = linear + self.intercept
        if hidden.shape[1]:
            bent += _product(np.maximum(hidden + self.bias, 0), self.out)
        bent += _product(np.maximum(bent - self.knee, 0), self.rise)
        return bent

    def around(self, sums: Floats) -> tuple[Floats, Floats]:
        """Return slope (sums, attributes) and intercept of the plane one comment is on.

        Rectified units are on or off: `sums @ slope + intercept` is exactly `log_odds`.
        """
        attributes, units = len(self.intercept), len(self.bias)
        on = (sums[attributes : attributes + units] + self.bias > 0).astype(np.float32)
        slope = np.zeros((len(sums), attributes), np.float32)
        slope[:attributes] = np.eye(attributes, dtype=np.float32)
        slope[attributes : attributes + units] = on[:, None] * self.out
        start = self.intercept + (on * self.bias) @ self.out
        above = (sums @ slope + start > self.knee).astype(np.float32)
        raised = np.eye(attributes, dtype=np.float32) + above[:, None] * self.rise
        start = start @ raised - (above * self.knee) @ self.rise
        return slope @ raised, start.astype(np.float32)

    def scaled(self, slopes: Floats, shifts: Floats, rises: Floats) -> "OutputLayer":
        """Return the bend whose log-odds are `slopes * log_odds + shifts` of this one's.

        What an attribute has above its own knee counts `rises` besides; no attribute with
        a rise is raised by others. The sums of the linear parts are expected to be
        multiplied by `slopes` already.
        """
        rise = self.rise * slopes / slopes[:, None] + np.diag(rises / slopes)
        return OutputLayer(
            slopes * self.intercept + shifts,
            self.bias,
            self.out * slopes,
            slopes * self.knee + shifts,
            rise.astype(np.float32),
        )

    def _parts(self, sums: Floats) -> tuple[Floats, Floats]:
        attributes = len(self.intercept)
        hidden = sums[:, attributes : attributes + len(self.bias)]
        return sums[:, :attributes], hidden


def _product(rows: Floats, matrix: Floats) -> Floats:
    """Multiply so that a row comes out the same, to the bit, in whatever batch.

    The linear algebra library adds up in an order that depends on the number of rows.
    """
    product: Floats = np.add.reduce(rows[:, :, None] * matrix, axis=1)
    return product


BEND = ("intercept", "hidden_bias", "hidden_out", "knee", "rise")
"""What a card says of the bend, in the order of its fields."""
