"""From sums of weights to log-odds: a linear part and a small rectified layer."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Bend:
    """Parameters of the step after the sums.

    `intercept` (attributes,), `bias` (hidden,), `out` (hidden, attributes). The first
    sums are the linear parts of the attributes, the next ones the hidden units; any
    further ones are padding.
    """

    intercept: NDArray[np.float32]
    bias: NDArray[np.float32]
    out: NDArray[np.float32]

    def log_odds(self, sums: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return (comments, attributes) from (comments, sums)."""
        linear, hidden = self._parts(sums)
        bent: NDArray[np.float32] = linear + self.intercept
        if hidden.shape[1]:
            bent += np.maximum(hidden + self.bias, 0) @ self.out
        return bent

    def around(
        self, sums: NDArray[np.float32]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return slope (sums, attributes) and intercept of the plane one comment is on.

        Rectified units are on or off: `sums @ slope + intercept` is exactly `log_odds`.
        """
        attributes, units = len(self.intercept), len(self.bias)
        on = (sums[attributes : attributes + units] + self.bias > 0).astype(np.float32)
        slope = np.zeros((len(sums), attributes), np.float32)
        slope[:attributes] = np.eye(attributes, dtype=np.float32)
        slope[attributes : attributes + units] = on[:, None] * self.out
        start = self.intercept + (on * self.bias) @ self.out
        return slope, start.astype(np.float32)

    def _parts(
        self, sums: NDArray[np.float32]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        attributes = len(self.intercept)
        hidden = sums[:, attributes : attributes + len(self.bias)]
        return sums[:, :attributes], hidden
