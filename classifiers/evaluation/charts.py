"""The pictures of the model card."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from sklearn.calibration import calibration_curve
from sklearn.metrics import precision_recall_curve

from classifiers.attributes import Attribute
from classifiers.evaluation.results import TestSetResult
from classifiers.scoring import Scorer

if TYPE_CHECKING:
    from matplotlib.axes import Axes


_BINS = 10
# More would not be seen, and would weigh.
_POINTS = 120


def draw(
    folder: Path, scorer: Scorer, panels: Sequence[TestSetResult]
) -> list[tuple[str, str]]:
    """Draw every picture into a folder; return title and file name of each."""
    asked = [p for p in panels if p.panel.targets and p.measured]
    made = []
    for title, name, paint in (
        ("Precision over recall", "precision-recall.svg", _precision),
        ("Calibration on evaluation sets", "calibration.svg", _calibration),
        ("Scores of the two kinds", "histograms.svg", _histogram),
        ("Confusion at the shipped thresholds", "confusion.svg", _confusion),
    ):
        _grid(
            folder / name,
            asked,
            lambda axes, each, paint=paint: paint(axes, each, scorer),
        )
        made.append((title, name))
    return made


def _grid(path: Path, asked: Sequence[TestSetResult], paint: object) -> None:
    # Drawing is for reports only; scoring and training do without matplotlib.
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    matplotlib.rcParams["svg.hashsalt"] = "model-card"
    wide = 4
    high = -(-len(asked) // wide)
    figure, axes = pyplot.subplots(high, wide, figsize=(3.2 * wide, 2.4 * high))
    assert callable(paint)
    for each, one in zip(asked, axes.flat, strict=False):
        paint(one, each)
        one.set_title(each.panel.name, fontsize=8)
        one.tick_params(labelsize=6)
    for one in axes.flat[len(asked) :]:
        one.set_visible(False)
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})
    pyplot.close(figure)


def _precision(axes: "Axes", each: TestSetResult, scorer: Scorer) -> None:
    named = {"ours": each.ours, **each.others}
    for name, scores in named.items():
        precision, recall, _ = precision_recall_curve(each.truth, scores)
        some = np.linspace(0, len(recall) - 1, min(_POINTS, len(recall))).astype(int)
        axes.plot(
            recall[some],
            precision[some],
            label=name,
            linewidth=1.5 if name == "ours" else 0.7,
        )
    axes.set_ylim(0, 1.02)
    axes.legend(fontsize=5)


def _calibration(axes: "Axes", each: TestSetResult, scorer: Scorer) -> None:
    was, said = calibration_curve(each.truth, each.ours, n_bins=_BINS)
    axes.plot([0, 1], [0, 1], color="0.7", linewidth=0.8)
    axes.plot(said, was, marker=".")


def _histogram(axes: "Axes", each: TestSetResult, scorer: Scorer) -> None:
    edges = np.linspace(0, 1, 31).tolist()
    for kind, chosen in (("negative", ~each.truth), ("positive", each.truth)):
        axes.hist(each.ours[chosen], edges, alpha=0.6, label=kind, density=True)
    limits = scorer.default_thresholds[str(Attribute(each.panel.attribute))]
    for limit in limits.values():
        axes.axvline(limit, color="0.3", linewidth=0.8, linestyle=":")
    axes.set_yscale("log")
    axes.legend(fontsize=5)


def _confusion(axes: "Axes", each: TestSetResult, scorer: Scorer) -> None:
    """Of either kind, the shares let pass, held and rejected, one beside the other."""
    limits = scorer.default_thresholds[str(Attribute(each.panel.attribute))]
    edges = [0.0, limits["hold_at"], limits["reject_at"], np.inf]
    kinds = ("negative", "positive")
    counts = [
        np.histogram(each.ours[chosen], edges)[0] / chosen.sum()
        for chosen in (~each.truth, each.truth)
    ]
    left = np.zeros(len(kinds))
    for name, shares in zip(
        ("let pass", "held", "rejected"), np.transpose(counts), strict=True
    ):
        axes.barh(kinds, shares, left=left, label=name)
        left += shares
    axes.legend(fontsize=5)
