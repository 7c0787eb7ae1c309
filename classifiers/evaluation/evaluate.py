"""Measure a model version on every evaluation set, beside three simple classifiers."""

from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.progress import track

from classifiers import metrics, scoring
from classifiers.attributes import ATTRIBUTES, Attribute
from classifiers.data.datasets import rows
from classifiers.errors import MissingTool
from classifiers.evaluation import model_card
from classifiers.evaluation.baselines import Baselines, word_list
from classifiers.evaluation.results import Floats, TestSetResult
from classifiers.evaluation.test_sets import PANELS, TestSet
from classifiers.scoring import Scorer
from classifiers.serving.model import read_card

CACHE = Path(".cache/baselines")
"""Where baseline scores are kept between runs; delete it to measure them anew."""

_BATCH = 512
OURS, WORD_LIST = "ours", "word list"


def evaluate(data: Path, models: Path, report: Path | None = None) -> None:
    """Print the tables for the current version in `models`; write the report if asked.

    Raises MissingData, and MissingTool before anything is measured. The baselines'
    scores are kept in CACHE.
    """
    if report is not None and find_spec("matplotlib") is None:
        raise MissingTool("a report needs matplotlib: install it with make evaluate")
    scorer = scoring.load(models)
    learnt = Baselines(data, CACHE)
    panels = [
        _score(panel, data, scorer, learnt)
        for panel in track(PANELS, "scoring and measuring")
    ]
    card = read_card(models / scorer.version)
    tables = model_card.tables(scorer, card, panels)
    console = Console(width=150)
    for table in tables:
        console.print(table.rich())
    if report:
        model_card.write(report, scorer, panels, tables)
        console.print(f"written to {report}")


def _score(
    panel: TestSet, data: Path, scorer: Scorer, learnt: Baselines
) -> TestSetResult:
    found = panel.gather(rows_of={name: rows(data, name) for name in panel.files})
    texts = [str(row["text"]) for row in found.rows]
    scores = _scored(scorer, [panel.submission(row) for row in found.rows])
    spam = panel.attribute is Attribute.SPAM
    others = {WORD_LIST: word_list(texts, spam)}
    if panel.compare:
        others |= learnt.scores(texts)
    result = TestSetResult(panel, found.truth, found.rows, scores, others)
    if found.truth.any() and not found.truth.all():
        result.measured[OURS] = metrics.measure(found.truth, result.ours)
        for name, values in others.items():
            result.measured[name] = metrics.measure(found.truth, values)
    return result


def _scored(
    scorer: Scorer, submissions: Sequence[Mapping[str, object]]
) -> dict[str, Floats]:
    scored: list[dict[str, float]] = []
    for start in range(0, len(submissions), _BATCH):
        scored += scorer.score(submissions[start : start + _BATCH])
    return {a: np.array([each[a] for each in scored]) for a in map(str, ATTRIBUTES)}
