"""A model version read from disk, and its sums over a batch.

Serving needs the numbers of a fitted pipeline, not the objects: the weights are mapped
from their file, so all processes of a machine share one copy, and nothing is unpacked that
could run code. `artefacts` proves on promotion that this gives what the pipeline gives.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifiers.attributes import ATTRIBUTES
from classifiers.errors import BadModel
from classifiers.features.batch import DOCUMENTS, Bag
from classifiers.features.hashing import Hashing
from classifiers.features.ngrams import ORDERS
from classifiers.features.submission import Submission
from classifiers.features.token_cache import TokenCache
from classifiers.serving.output_layer import BEND, OutputLayer
from classifiers.serving.quantised_weights import Table, members_sum

CARD = "card.json"
WEIGHTS = "weights.npy"
PIPELINE = "pipeline.skops"
FORMAT = 5


@dataclass(frozen=True)
class Sums:
    """What the features of a batch add up to; one column per output of the table."""

    of_tokens: NDArray[np.float32]
    """Per distinct token, in steps of the table."""
    scale: NDArray[np.float32]
    """Per document: what each of its features counts."""
    total: NDArray[np.float32]
    """Per comment."""


@dataclass(frozen=True)
class Model:
    """All that a version's scores follow from."""

    version: str
    hashing: Hashing
    table: Table
    bend: OutputLayer
    card: dict[str, Any]
    lexicon: TokenCache

    def bag(self, comments: Sequence[Submission]) -> Bag:
        """Hash a batch, leaving out what the lexicon remembers."""
        return self.hashing.bag(comments, self.lexicon)

    def log_odds(self, bag: Bag) -> NDArray[np.float32]:
        """Return one row per comment, one column per attribute."""
        return self.bend.log_odds(self.sums(bag).total)

    def sums(self, bag: Bag) -> Sums:
        """Look up every feature of a batch and add up."""
        found = self.table.sums(bag.rows)
        of_flags = bag.of_tokens + bag.documents
        of_tokens = self._merged(bag, found[: bag.of_tokens])
        scale = self.hashing.scale(bag)
        documents = members_sum(bag.members, of_tokens)
        documents += found[bag.of_tokens : of_flags]
        documents *= scale[:, None]
        parts = documents.reshape(len(DOCUMENTS), bag.comments, -1)
        total: NDArray[np.float32] = parts.sum(axis=0)
        total += found[of_flags:]
        total *= self.table.step
        return Sums(of_tokens, scale, total)

    def _merged(self, bag: Bag, nested: NDArray[np.float32]) -> NDArray[np.float32]:
        if bag.recalled is not None and not len(bag.new_hashes):
            return bag.recalled.sums
        shape = (len(ORDERS) + 1, len(bag.new_hashes), nested.shape[1])
        sums: NDArray[np.float32] = nested.reshape(shape).sum(axis=0)
        if bag.recalled is None:
            return sums
        self.lexicon.learn(bag.new_hashes, bag.new_counts, sums)
        return bag.merged(sums, bag.recalled.sums)


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
    if not isinstance(card, dict) or card.get("format") != FORMAT:
        raise BadModel(f"{path} is not a card of format {FORMAT}")
    return card


def open_model(directory: Path) -> Model:
    """Read a version; raise BadModel for files missing, cut off, altered or foreign."""
    card = read_card(directory)
    try:
        files = dict(card["files"])
        expected = {name: files[name] for name in (WEIGHTS, PIPELINE)}
        hashing = Hashing(**card["hashing"])
        step = np.array(card["step"], np.float32)
        bend = OutputLayer(*(np.array(card[name], np.float32) for name in BEND))
        version = str(card["version"])
        attributes = tuple(card["attributes"])
    except (KeyError, TypeError, ValueError) as error:
        raise BadModel(f"{directory / CARD} lacks or garbles {error}") from error
    for name, wanted in expected.items():
        if digest(directory / name) != wanted:
            raise BadModel(f"{directory / name} is not the file its card describes")
    try:
        packed = np.load(directory / WEIGHTS, mmap_mode="r", allow_pickle=False)
    except ValueError as error:
        raise BadModel(f"{directory / WEIGHTS} is not an array: {error}") from error
    out = bend.out.reshape(len(bend.bias), len(ATTRIBUTES))
    fits = (
        attributes == ATTRIBUTES
        and packed.dtype == np.int8
        and packed.shape == (hashing.columns, len(step))
        and len(step) >= len(ATTRIBUTES) + len(bend.bias)
        and bend.intercept.shape == bend.knee.shape == (len(ATTRIBUTES),)
        and bend.rise.shape == (len(ATTRIBUTES), len(ATTRIBUTES))
    )
    if not fits:
        raise BadModel(f"{directory}: weights {packed.shape} do not fit the card")
    table = Table(np.asarray(packed), step)
    bend = replace(bend, out=out)
    return Model(version, hashing, table, bend, card, TokenCache(len(step)))
