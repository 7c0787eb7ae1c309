"""Write a fitted pipeline as a model version, and read it back as scikit-learn sees it.

A version is a folder: `pipeline.skops` (the pipeline without its table of weights),
`weights.npy` (the table, in bytes) and `card.json`, which holds the hash of both. Same pipeline and card: same bytes.
"""

import hashlib
import json
import platform
import re
import shutil
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import asdict
from importlib.metadata import version as version_of
from io import BytesIO
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import skops.io
from sklearn.base import clone
from sklearn.pipeline import Pipeline
from skops.io.exceptions import UntrustedTypesFoundException

import classifiers
from classifiers.attributes import ATTRIBUTES
from classifiers.errors import BadModel
from classifiers.estimators.classifier import AttributeHeads
from classifiers.estimators.transformer import SubmissionFeatures
from classifiers.features import submission
from classifiers.serving.model import (
    CARD,
    FORMAT,
    PIPELINE,
    WEIGHTS,
    digest,
    open_model,
)
from classifiers.serving.output_layer import BEND
from classifiers.serving.quantised_weights import pack

TRUSTED = (
    "classifiers.estimators.transformer.SubmissionFeatures",
    "classifiers.estimators.classifier.AttributeHeads",
)
"""The only types besides scikit-learn's own that a model file may hold."""

_LIBRARIES = ("numpy", "scipy", "scikit-learn", "skops")
_LONG_AGO = (1980, 1, 1, 0, 0, 0)
_MEMORY_ADDRESS = re.compile(r"\b\d{9,}\b")
_PROBES: tuple[dict[str, object], ...] = (
    {"text": "Thank you, I had been looking for this."},
    {"text": "you are a st*pid id1ot!!! g.o a.w.a.y", "author": "Anon"},
    {"text": "", "url": "http://example.com/", "honeypot": True, "times_seen": 7},
    {"text": "Привет, 世界 😀", "email": "a.b@example.org", "seconds_on_form": 2.5},
)
_TOLERANCE = 1e-3


def save(pipeline: Pipeline, card: Mapping[str, object], directory: Path) -> Path:
    """Write a version into a folder named after it inside `directory`; return that folder.

    `card` brings what only training knows: thresholds, metrics, data, seed. The version's
    name is the start of the hash of its weights and parameters.
    """
    features: SubmissionFeatures = pipeline.named_steps["features"]
    heads: AttributeHeads = pipeline.named_steps["heads"]
    directory.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=".saving-", dir=directory))
    table = pack(heads.coef_)
    np.save(scratch / WEIGHTS, table.packed, allow_pickle=False)
    (scratch / PIPELINE).write_bytes(_pack(features, heads))
    files = {name: digest(scratch / name) for name in (WEIGHTS, PIPELINE)}
    version = files[WEIGHTS][:8] + files[PIPELINE][:4]
    full = {
        **card,
        "format": FORMAT,
        "version": version,
        "attributes": list(ATTRIBUTES),
        "hashing": asdict(features.hashing),
        "step": table.step.tolist(),
        **{name: getattr(heads, f"{name}_").tolist() for name in BEND},
        "files": files,
        "code": code_hash(),
        "libraries": {name: version_of(name) for name in _LIBRARIES}
        | {"python": platform.python_version()},
    }
    text = json.dumps(full, indent=1, ensure_ascii=False, sort_keys=True)
    (scratch / CARD).write_text(text + "\n", encoding="utf-8")
    target = directory / version
    if target.exists():
        shutil.rmtree(target)
    scratch.chmod(0o755)
    return scratch.rename(target)


def open_pipeline(directory: Path) -> Pipeline:
    """Return the pipeline with its weights; raise BadModel if a file is not ours."""
    model = open_model(directory)
    try:
        pipeline = skops.io.load(directory / PIPELINE, trusted=list(TRUSTED))
    except UntrustedTypesFoundException as error:
        raise BadModel(
            f"{directory / PIPELINE} holds foreign types: {error}"
        ) from error
    except (BadZipFile, KeyError, ValueError) as error:
        raise BadModel(f"{directory / PIPELINE} is not a pipeline: {error}") from error
    steps = getattr(pipeline, "named_steps", {})
    if not isinstance(steps.get("heads"), AttributeHeads):
        raise BadModel(f"{directory / PIPELINE} is not one of our pipelines")
    steps["heads"].coef_ = model.table.dense()
    return pipeline


def verify(directory: Path) -> None:
    """Raise BadModel unless scorer and pipeline of a version say the same."""
    model = open_model(directory)
    pipeline = open_pipeline(directory)
    comments = [submission.read(probe) for probe in _PROBES]
    fused = model.log_odds(model.bag(comments))
    slow = pipeline.decision_function(list(_PROBES))
    if not np.allclose(fused, slow, atol=_TOLERANCE):
        raise BadModel(f"{directory}: its weights are not those of its pipeline")


def code_hash() -> str:
    """Return the hash of this package's source: which code made a model."""
    return hash_of_sources(Path(next(iter(classifiers.__path__))))


def hash_of_sources(package: Path) -> str:
    """Return the hash of every module below a folder, whatever the folder's own place."""
    sources = {
        path.relative_to(package).as_posix(): path for path in package.rglob("*.py")
    }
    whole = hashlib.sha256()
    for name in sorted(sources):
        content = hashlib.sha256(sources[name].read_bytes()).hexdigest()
        whole.update(f"{content}  {name}\n".encode())
    return whole.hexdigest()


def _pack(features: SubmissionFeatures, heads: AttributeHeads) -> bytes:
    """Dump the pipeline without its weights, free of memory addresses and dates."""
    light = clone(heads)
    for name in BEND:
        setattr(light, f"{name}_", getattr(heads, f"{name}_"))
    dumped = skops.io.dumps(Pipeline([("features", features), ("heads", light)]))
    addresses: dict[str, str] = {}

    def number(found: re.Match[str]) -> str:
        return addresses.setdefault(found.group(), str(1_000_000_000 + len(addresses)))

    packed = BytesIO()
    with zipfile.ZipFile(BytesIO(dumped)) as old, zipfile.ZipFile(packed, "w") as new:
        schema = _MEMORY_ADDRESS.sub(number, old.read("schema.json").decode())
        entries = [("schema.json", schema.encode())]
        for name in old.namelist():
            if name != "schema.json":
                entries.append((_MEMORY_ADDRESS.sub(number, name), old.read(name)))
        for name, content in sorted(entries):
            new.writestr(zipfile.ZipInfo(name, _LONG_AGO), content)
    return packed.getvalue()
