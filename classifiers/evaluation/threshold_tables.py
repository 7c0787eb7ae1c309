"""The tables of an evaluation: what thresholds do, and how honest scores are."""

from collections.abc import Mapping, Sequence

import numpy as np

from classifiers.attributes import Attribute
from classifiers.evaluation.results import TestSetResult
from classifiers.evaluation.table import Sheet
from classifiers.scoring import Scorer

_PRIORS = (0.02, 0.2, 0.6)
_STEPS = (0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98)


def false_positives(scorer: Scorer, panels: Sequence[TestSetResult]) -> Sheet:
    each = next(p for p in panels if p.panel.name == "all ham")
    rows = []
    for attribute, scores in each.probabilities.items():
        allowed = scorer.default_thresholds[attribute]
        held = float((scores >= allowed["hold_at"]).mean())
        rejected = float((scores >= allowed["reject_at"]).mean())
        rows.append((attribute, f"{held:.2%}", f"{rejected:.2%}"))
    title = f"All ham and unlabelled news comments ({len(each.rows)}): share that is"
    return Sheet(
        title, ("attribute", "held or rejected", "rejected (target: 0.5 %)"), rows
    )


def confusion(scorer: Scorer, panels: Sequence[TestSetResult]) -> Sheet:
    rows = []
    for each in panels:
        allowed = scorer.default_thresholds[each.panel.attribute]
        if not each.measured or not each.panel.targets:
            continue
        for kind, chosen in (("positive", each.truth), ("negative", ~each.truth)):
            scores = each.ours[chosen]
            rejected = int((scores >= allowed["reject_at"]).sum())
            held = int((scores >= allowed["hold_at"]).sum()) - rejected
            passed = len(scores) - held - rejected
            rows.append((each.panel.name, kind, str(passed), str(held), str(rejected)))
    return Sheet(
        "Confusion at the shipped thresholds",
        ("set", "labelled", "let pass", "held", "rejected"),
        rows,
    )


def limits(scorer: Scorer, card: Mapping[str, object]) -> Sheet:
    errors, elsewhere = card["calibration_error"], card["transfer_error"]
    assert isinstance(errors, dict)
    assert isinstance(elsewhere, dict)
    rows = [
        (
            a,
            f"{t['hold_at']:.3f}",
            f"{t['reject_at']:.3f}",
            f"{errors[a]:.3f}",
            f"{elsewhere[a]:.3f}" if a in elsewhere else "",
        )
        for a, t in scorer.default_thresholds.items()
    ]
    header = (
        *("attribute", "hold_at", "reject_at"),
        "calibration error (target: 0.03)",
        "error where calibrated on other sources",
    )
    return Sheet("Default thresholds, and calibration on left-out rows", header, rows)


def trade_off(panels: Sequence[TestSetResult]) -> Sheet:
    """Precision depends on how much of it comes in: shown for three kinds of sites."""
    rows = []
    for attribute in (Attribute.SPAM, Attribute.TOXICITY):
        asked = [
            p
            for p in panels
            if p.panel.attribute is attribute and p.panel.targets and p.measured
        ]
        for step in _STEPS:
            caught = float(np.mean([(p.ours[p.truth] >= step).mean() for p in asked]))
            wrong = float(np.mean([(p.ours[~p.truth] >= step).mean() for p in asked]))
            precision = [
                share * caught / max(share * caught + (1 - share) * wrong, 1e-9)
                for share in _PRIORS
            ]
            cells = (f"{value:.1%}" for value in (caught, wrong, *precision))
            rows.append((attribute, f"{step:.2f}", *cells))
    shares = [f"precision where {share:.0%} is bad" for share in _PRIORS]
    return Sheet(
        "Trade-off, mean over evaluation sets",
        ("attribute", "threshold", "caught", "wrongly caught", *shares),
        rows,
    )
