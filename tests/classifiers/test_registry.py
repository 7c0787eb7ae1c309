"""The life of a model version on disk, under a running scorer."""

import json
import logging
import shutil
from pathlib import Path

import numpy as np
import pytest
import skops.io
from sklearn.naive_bayes import GaussianNB

from classifiers import registry, scoring
from classifiers.errors import BadModel, UnknownVersion
from classifiers.estimators import persistence
from classifiers.serving.model import CARD, FORMAT, PIPELINE, WEIGHTS, digest
from tests.classifiers.corpus import a_version

HELLO = [{"text": "Good morning"}]


def _version(models: Path) -> Path:
    return models / registry.promoted(models)[-1]


def _rewrite_card(version: Path, **changes: object) -> None:
    card = json.loads((version / CARD).read_text())
    (version / CARD).write_text(json.dumps({**card, **changes}))


def _accept(version: Path, name: str) -> None:
    """Make the card vouch for a file, as a forger would."""
    card = json.loads((version / CARD).read_text())
    _rewrite_card(version, files={**card["files"], name: digest(version / name)})


def test_a_running_scorer_picks_up_a_promoted_version(models: Path) -> None:
    scorer = scoring.load(models)
    before = scorer.score(HELLO)
    assert not scorer.refresh()
    new = a_version(models, seed=2)
    assert not scorer.refresh()
    registry.promote(models, new, persistence.verify)
    assert scorer.refresh()
    assert scorer.version == new
    assert scorer.score(HELLO) != before
    assert not scorer.refresh()


def test_rolling_back_brings_the_previous_version_back(models: Path) -> None:
    first = registry.promoted(models)[0]
    registry.promote(models, a_version(models, seed=2), persistence.verify)
    scorer = scoring.load(models)
    assert registry.roll_back(models) == first
    assert scorer.refresh()
    assert scorer.version == first
    with pytest.raises(UnknownVersion):
        registry.roll_back(models)


def test_promoting_the_current_version_changes_nothing(models: Path) -> None:
    history = registry.promoted(models)
    registry.promote(models, history[-1], persistence.verify)
    assert registry.promoted(models) == history


def test_it_lists_all_versions_and_only_versions(models: Path) -> None:
    (models / "notes").mkdir()
    new = a_version(models, seed=2)
    assert registry.versions(models) == sorted([*registry.promoted(models), new])


def test_a_name_that_is_no_version_is_refused(models: Path) -> None:
    for name in ("nothing", "../elsewhere", ""):
        with pytest.raises(UnknownVersion):
            registry.promote(models, name, persistence.verify)


def test_an_empty_registry_means_the_shipped_models(
    tmp_path: Path, shipped: scoring.Scorer
) -> None:
    assert scoring.load(tmp_path / "not there yet").version == shipped.version


@pytest.mark.parametrize("name", [WEIGHTS, PIPELINE, CARD])
@pytest.mark.parametrize("damage", ["missing", "truncated", "altered"])
def test_a_damaged_file_is_refused_and_the_old_version_goes_on(
    models: Path, name: str, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    scorer = scoring.load(models)
    before = scorer.version, scorer.score(HELLO)
    new = models / a_version(models, seed=2)
    whole = (new / name).read_bytes()
    if damage == "missing":
        (new / name).unlink()
    elif damage == "truncated":
        (new / name).write_bytes(whole[: len(whole) // 2])
    else:
        middle = len(whole) // 2
        flipped = bytes([whole[middle] ^ 1])
        (new / name).write_bytes(whole[:middle] + flipped + whole[middle + 1 :])
        if name == CARD:
            _rewrite_card_or_leave(new)
    if not (name == CARD and damage == "altered"):
        with pytest.raises((BadModel, UnknownVersion)):
            registry.promote(models, new.name, persistence.verify)
        assert registry.promoted(models)[-1] == before[0]
    # Even when it gets past promotion, because the damage came later.
    (models / registry.CURRENT).write_text(f"{before[0]}\n{new.name}\n")
    with caplog.at_level(logging.ERROR):
        assert not scorer.refresh()
        assert not scorer.refresh()
    # Said once, not before every batch.
    assert [record.message for record in caplog.records] == ["model_refused"]
    assert (scorer.version, scorer.score(HELLO)) == before
    assert scoring.load(models).version == before[0]


def _rewrite_card_or_leave(version: Path) -> None:
    """One flipped bit may leave a card readable; a wrong hash never is."""
    (version / CARD).write_text(json.dumps({"format": FORMAT, "files": {}}))


def test_a_foreign_object_in_the_pipeline_is_refused(models: Path) -> None:
    version = _version(models)
    (version / PIPELINE).write_bytes(skops.io.dumps({"evil": registry.promote}))
    _accept(version, PIPELINE)
    with pytest.raises(BadModel, match="foreign"):
        persistence.open_pipeline(version)


def test_a_pickle_in_place_of_the_weights_is_refused(models: Path) -> None:
    version = _version(models)
    np.save(version / WEIGHTS, np.array([{"a": 1}], object), allow_pickle=True)
    _accept(version, WEIGHTS)
    with pytest.raises(BadModel):
        scoring.open_model(version)


def test_weights_of_another_shape_are_refused(models: Path) -> None:
    version = _version(models)
    np.save(version / WEIGHTS, np.zeros((3, 8), np.int8))
    _accept(version, WEIGHTS)
    with pytest.raises(BadModel, match="do not fit"):
        scoring.open_model(version)


def test_a_pipeline_of_other_steps_is_refused(models: Path) -> None:
    version = _version(models)
    (version / PIPELINE).write_bytes(skops.io.dumps(GaussianNB()))
    _accept(version, PIPELINE)
    with pytest.raises(BadModel):
        registry.promote(models, version.name, persistence.verify)


def test_the_same_pipeline_and_card_give_the_same_bytes(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    version = a_version(one)
    assert a_version(two) == version
    for name in (WEIGHTS, PIPELINE, CARD):
        assert (one / version / name).read_bytes() == (
            two / version / name
        ).read_bytes()


def test_saving_a_version_again_replaces_it(models: Path) -> None:
    version = _version(models)
    shutil.rmtree(version)
    assert a_version(models) == version.name
    assert scoring.load(models).version == version.name


def test_every_file_of_the_shipped_models_is_what_its_card_says() -> None:
    for version in registry.promoted(scoring.SHIPPED):
        persistence.verify(scoring.SHIPPED / version)
    size = sum(f.stat().st_size for f in scoring.SHIPPED.rglob("*") if f.is_file())
    assert 0 < size <= 25_000_000


def test_the_code_hash_covers_every_module_of_every_folder(tmp_path: Path) -> None:
    def package(name: str, inner: str = "one = 1", at: str = "text/inner.py") -> str:
        folder = tmp_path / name
        (folder / at).parent.mkdir(parents=True)
        (folder / "outer.py").write_text("two = 2")
        (folder / at).write_text(inner)
        return persistence.hash_of_sources(folder)

    assert package("here") == package("there")
    assert package("changed", inner="one = 3") != package("same")
    assert package("moved", at="features/inner.py") != package("unmoved")
