"""The tables of an evaluation: how well comments are told apart."""

from collections.abc import Mapping, Sequence

import numpy as np

from classifiers.evaluation import robustness
from classifiers.evaluation.identity_bias import identity_bias
from classifiers.evaluation.results import TestSetResult
from classifiers.evaluation.table import Sheet
from classifiers.metrics import MEASURES
from classifiers.scoring import Scorer


def targets(panels: Sequence[TestSetResult]) -> Sheet:
    rows = []
    for each in panels:
        for measure, target in (each.panel.targets or {}).items():
            value = each.measured["ours"][measure]
            best = max(
                (
                    m[measure].value
                    for name, m in each.measured.items()
                    if name != "ours"
                ),
                default=float("nan"),
            )
            met = (
                "yes" if value.value >= target else f"no ({value.value - target:+.3f})"
            )
            rows.append(
                (
                    each.panel.name,
                    measure,
                    f"{target:.3f}",
                    str(value),
                    f"{best:.3f}",
                    met,
                )
            )
    return Sheet(
        "Targets",
        ("set", "measure", "target", "measured", "best of the simple ones", "met"),
        rows,
    )


def quality(panels: Sequence[TestSetResult]) -> Sheet:
    rows = [
        (each.panel.name, name, *(str(found[measure]) for measure in MEASURES))
        for each in panels
        for name, found in each.measured.items()
    ]
    return Sheet(
        "Every set, beside the simple classifiers", ("set", "by", *MEASURES), rows
    )


def identity_terms(panels: Sequence[TestSetResult]) -> Sheet:
    each = next(p for p in panels if p.panel.name == "bias_madlibs")
    found = identity_bias(each.truth, each.ours, [str(r["text"]) for r in each.rows])
    rows = [
        (b.term, f"{b.subgroup:.3f}", f"{b.bpsn:.3f}", f"{b.bnsp:.3f}")
        for b in found[:8]
    ]
    return Sheet(
        "Identity terms, the eight worst (target: 0.90 each)",
        ("term", "subgroup", "BPSN", "BNSP"),
        rows,
    )


def left_out(card: Mapping[str, object]) -> Sheet:
    left_out = card["left_out"]
    assert isinstance(left_out, dict)
    rows = [
        (attribute, source, f"{value:.3f}")
        for attribute, found in left_out.items()
        for source, value in found.items()
    ]
    return Sheet(
        "Training sources scored by models that had not seen them (AUC)",
        ("attribute", "source", "AUC"),
        rows,
    )


def disguises(scorer: Scorer, panels: Sequence[TestSetResult]) -> Sheet:
    each = next(p for p in panels if p.panel.name == "jigsaw_test_dev")
    texts = [str(row["text"]) for row in each.rows]
    found = robustness.in_disguise(scorer, texts, each.truth, each.ours)
    rows = [(name, f"{auc:+.3f}", f"{recall:+.3f}") for name, auc, recall in found]
    means = np.mean([[auc, recall] for _, auc, recall in found], axis=0)
    rows.append(
        ("mean (targets: -0.015, -0.080)", f"{means[0]:+.3f}", f"{means[1]:+.3f}")
    )
    header = ("disguise", "change of AUC", "change of recall at 5 % false positives")
    return Sheet("jigsaw_test_dev in disguise", header, rows)


def functions(scorer: Scorer, panels: Sequence[TestSetResult]) -> Sheet:
    each = next(p for p in panels if p.panel.name == "hatecheck")
    limit = scorer.default_thresholds[each.panel.attribute]["hold_at"]
    found = robustness.by_function(each.rows, each.truth, each.ours, limit)
    rows = [
        (name, "hateful" if hateful else "not hateful", str(cases), f"{share:.0%}")
        for name, hateful, cases, share in found
    ]
    header = ("function", "labelled", "cases", "held or rejected")
    return Sheet("hatecheck by function", header, rows)
