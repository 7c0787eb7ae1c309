"""A model version read from disk, and its sums over a batch.

Serving needs the numbers of a fitted pipeline, not the objects: the weights are mapped
from their file, so all processes of a machine share one copy, and nothing is unpacked that
could run code. `artefacts` proves on promotion that this gives what the pipeline gives.
"""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from classifiers.attributes import ATTRIBUTES
from classifiers.errors import BadModel
from classifiers.hashing import DOCUMENTS, Bag, Hashing, Rows
from classifiers.ngrams import ORDERS

CARD = "card.json"
WEIGHTS = "weights.npy"
PIPELINE = "pipeline.skops"
_FORMAT = 1


@dataclass(frozen=True)
class Model:
    """Weights of shape (columns, attributes) in log-odds, and what belongs to them."""

    version: str
    hashing: Hashing
    weights: NDArray[np.float32]
    intercept: NDArray[np.float32]
    card: dict[str, Any]

    def log_odds(self, bag: Bag) -> NDArray[np.float32]:
        """Return one row per comment, one column per attribute."""
        documents = self.of_documents(bag)
        documents *= bag.scale[:, None]
        parts = documents.reshape(len(DOCUMENTS), bag.comments, -1)
        logits: NDArray[np.float32] = parts.sum(axis=0)
        logits += self._sum(bag.flags)
        logits += self.intercept
        return logits

    def of_documents(self, bag: Bag) -> NDArray[np.float32]:
        """Return the unscaled sums of each document's tokens and pairs."""
        of_tokens = self.of_tokens(bag)
        return _product(bag.members, of_tokens) + self._sum(bag.paired)

    def of_tokens(self, bag: Bag) -> NDArray[np.float32]:
        """Return the sum over each distinct token's own features."""
        nested = self._sum(bag.features)
        sums: NDArray[np.float32] = nested.reshape(
            len(ORDERS) + 1, bag.distinct, nested.shape[1]
        ).sum(axis=0)
        return sums

    def _sum(self, rows: Rows) -> NDArray[np.float32]:
        return _product(rows, self.weights)


def _product(rows: Rows, weights: NDArray[np.float32]) -> NDArray[np.float32]:
    ones = np.ones(len(rows.indices), np.float32)
    shape = (len(rows.indptr) - 1, len(weights))
    matrix = csr_array((ones, rows.indices, rows.indptr), shape=shape)
    return cast(NDArray[np.float32], matrix @ weights)


def digest(path: Path) -> str:
    """Return the SHA-256 of a file in hex; raise BadModel if it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise BadModel(f"{path} cannot be read: {error.strerror}") from error


def read_card(directory: Path) -> dict[str, Any]:
    """Return the card of a version; raise BadModel if there is none that we wrote."""
    path = directory / CARD
    try:
        card = json.loads(path.read_bytes())
    except OSError as error:
        raise BadModel(f"{path} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise BadModel(f"{path} is not JSON: cut off or altered") from error
    if not isinstance(card, dict) or card.get("format") != _FORMAT:
        raise BadModel(f"{path} is not a card of format {_FORMAT}")
    return card


def open_model(directory: Path) -> Model:
    """Read a version; raise BadModel for files missing, cut off, altered or foreign."""
    card = read_card(directory)
    try:
        files = dict(card["files"])
        expected = {name: files[name] for name in (WEIGHTS, PIPELINE)}
        hashing = Hashing(**card["hashing"])
        intercept = np.array(card["intercept"], np.float32)
        version = str(card["version"])
        attributes = tuple(card["attributes"])
    except (KeyError, TypeError, ValueError) as error:
        raise BadModel(f"{directory / CARD} lacks or garbles {error}") from error
    for name, wanted in expected.items():
        if digest(directory / name) != wanted:
            raise BadModel(
                f"{directory / name} is not the file that its card describes"
            )
    try:
        weights = np.load(directory / WEIGHTS, mmap_mode="r", allow_pickle=False)
    except ValueError as error:
        raise BadModel(f"{directory / WEIGHTS} is not an array: {error}") from error
    shape = (hashing.columns, len(ATTRIBUTES))
    if (
        attributes != ATTRIBUTES
        or weights.shape != shape
        or intercept.shape != shape[1:]
    ):
        raise BadModel(f"{directory}: weights {weights.shape} do not fit {shape}")
    return Model(version, hashing, np.asarray(weights), intercept, card)
