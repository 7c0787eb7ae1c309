"""What an evaluation found, as tables for a terminal and as the model card."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from rich.table import Table

from classifiers import pictures
from classifiers.attributes import Attribute
from classifiers.bias import identity_bias
from classifiers.metrics import MEASURES
from classifiers.scoring import Scorer

if TYPE_CHECKING:
    from classifiers.evaluation import Panelled

_START, _END = "<!-- measured: begin -->", "<!-- measured: end -->"
_PRIORS = (0.02, 0.2, 0.6)
_STEPS = (0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98)


@dataclass(frozen=True)
class Sheet:
    """A titled table of strings."""

    title: str
    header: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]

    def rich(self) -> Table:
        """Return it for a terminal."""
        table = Table(*self.header, title=self.title, title_justify="left")
        for row in self.rows:
            table.add_row(*row)
        return table

    def markdown(self) -> str:
        """Return it for a document."""
        lines = [f"### {self.title}", "", _line(self.header)]
        lines.append(_line(["---"] * len(self.header)))
        return "\n".join([*lines, *map(_line, self.rows)]) + "\n"


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def tables(
    scorer: Scorer, card: Mapping[str, object], panels: Sequence["Panelled"]
) -> list[Sheet]:
    """Return all tables, the targets first."""
    return [
        _targets(panels),
        _quality(panels),
        _bias(panels),
        _false_positives(scorer, panels),
        _confusion(scorer, panels),
        _left_out(card),
        _thresholds(scorer, card),
        _trade_off(panels),
    ]


def write(
    path: Path, scorer: Scorer, panels: Sequence["Panelled"], sheets: Sequence[Sheet]
) -> None:
    """Replace the measured part of the model card, and draw its pictures beside it."""
    folder = path.with_suffix("")
    folder.mkdir(parents=True, exist_ok=True)
    shown = pictures.draw(folder, scorer, panels)
    parts = [f"Model version `{scorer.version}`.\n", *(s.markdown() for s in sheets)]
    parts += [
        f"### {title}\n\n![{title}]({folder.name}/{name})\n" for title, name in shown
    ]
    text = path.read_text("utf-8") if path.exists() else f"{_START}\n{_END}\n"
    before, _, rest = text.partition(_START)
    after = rest.partition(_END)[2]
    middle = "\n".join(parts)
    path.write_text(f"{before}{_START}\n{middle}\n{_END}{after}", "utf-8")


def _targets(panels: Sequence["Panelled"]) -> Sheet:
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


def _quality(panels: Sequence["Panelled"]) -> Sheet:
    rows = [
        (each.panel.name, name, *(str(found[measure]) for measure in MEASURES))
        for each in panels
        for name, found in each.measured.items()
    ]
    return Sheet(
        "Every set, beside the simple classifiers", ("set", "by", *MEASURES), rows
    )


def _bias(panels: Sequence["Panelled"]) -> Sheet:
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


def _false_positives(scorer: Scorer, panels: Sequence["Panelled"]) -> Sheet:
    each = next(p for p in panels if p.panel.name == "all ham")
    rows = []
    for attribute, scores in each.probabilities.items():
        limits = scorer.default_thresholds[attribute]
        held = float((scores >= limits["hold_at"]).mean())
        rejected = float((scores >= limits["reject_at"]).mean())
        rows.append((attribute, f"{held:.2%}", f"{rejected:.2%}"))
    title = f"All ham and unlabelled news comments ({len(each.rows)}): share that is"
    return Sheet(
        title, ("attribute", "held or rejected", "rejected (target: 0.5 %)"), rows
    )


def _confusion(scorer: Scorer, panels: Sequence["Panelled"]) -> Sheet:
    rows = []
    for each in panels:
        limits = scorer.default_thresholds[each.panel.attribute]
        if not each.measured or not each.panel.targets:
            continue
        for kind, chosen in (("positive", each.truth), ("negative", ~each.truth)):
            scores = each.ours[chosen]
            rejected = int((scores >= limits["reject_at"]).sum())
            held = int((scores >= limits["hold_at"]).sum()) - rejected
            passed = len(scores) - held - rejected
            rows.append((each.panel.name, kind, str(passed), str(held), str(rejected)))
    return Sheet(
        "Confusion at the shipped thresholds",
        ("set", "labelled", "let pass", "held", "rejected"),
        rows,
    )


def _left_out(card: Mapping[str, object]) -> Sheet:
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


def _thresholds(scorer: Scorer, card: Mapping[str, object]) -> Sheet:
    errors = card["calibration_error"]
    assert isinstance(errors, dict)
    rows = [
        (a, f"{t['hold_at']:.3f}", f"{t['reject_at']:.3f}", f"{errors[a]:.3f}")
        for a, t in scorer.default_thresholds.items()
    ]
    return Sheet(
        "Default thresholds, and calibration error on left-out training sources",
        ("attribute", "hold_at", "reject_at", "calibration error (target: 0.03)"),
        rows,
    )


def _trade_off(panels: Sequence["Panelled"]) -> Sheet:
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
