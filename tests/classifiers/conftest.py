"""Fixtures: a registry with one promoted version, its scorer, and the shipped scorer."""

from pathlib import Path

import pytest

from classifiers import registry, scoring
from classifiers.estimators import persistence
from classifiers.scoring import Scorer
from tests.classifiers.corpus import a_version


@pytest.fixture(scope="session")
def shipped() -> Scorer:
    """The models that come with the repository."""
    return scoring.load()


@pytest.fixture
def models(tmp_path: Path) -> Path:
    """A registry whose only version is current."""
    registry.promote(tmp_path, a_version(tmp_path), persistence.verify)
    return tmp_path


@pytest.fixture
def scorer(models: Path) -> Scorer:
    """A scorer of that registry."""
    return scoring.load(models)
