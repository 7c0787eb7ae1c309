"""A batch of texts as one array: code points, what kind they are, and where they came from."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass
class Stream:
    """Texts one after another, each between two blanks.

    `codes`: code points; `kind`: bits of `alphabets`; `origin`: index in its own text of
    the character it came from; `bounds`: text i is `[bounds[i], bounds[i + 1])`.
    """

    codes: NDArray[np.uint32]
    kind: NDArray[np.uint16]
    origin: NDArray[np.int32]
    bounds: NDArray[np.int64]
    drawn: NDArray[np.uint32] | None = None
    """The Latin letter that a foreign one is drawn like, if there are any of those."""

    def drop(self, gone: NDArray[np.bool_]) -> None:
        """Take positions out; never the blanks around a text."""
        keep = ~gone
        self.bounds = self.bounds - np.searchsorted(np.flatnonzero(gone), self.bounds)
        self.codes = self.codes[keep]
        self.kind = self.kind[keep]
        self.origin = self.origin[keep]
        if self.drawn is not None:
            self.drawn = self.drawn[keep]

    def is_kind(self, bits: int) -> NDArray[np.bool_]:
        """Mark the positions that have any of the bits."""
        marked: NDArray[np.bool_] = (self.kind & np.uint16(bits)) != 0
        return marked
