"""What an evaluation found, as the measured part of the model card."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from classifiers.evaluation import charts, quality_tables, threshold_tables
from classifiers.evaluation.results import TestSetResult
from classifiers.evaluation.table import Sheet
from classifiers.scoring import Scorer

_START, _END = "<!-- measured: begin -->", "<!-- measured: end -->"


def tables(
    scorer: Scorer, card: Mapping[str, object], panels: Sequence[TestSetResult]
) -> list[Sheet]:
    """Return all tables, the targets first."""
    return [
        quality_tables.targets(panels),
        quality_tables.quality(panels),
        quality_tables.identity_terms(panels),
        threshold_tables.false_positives(scorer, panels),
        threshold_tables.confusion(scorer, panels),
        quality_tables.left_out(card),
        threshold_tables.limits(scorer, card),
        threshold_tables.trade_off(panels),
        quality_tables.disguises(scorer, panels),
        quality_tables.functions(scorer, panels),
    ]


def write(
    path: Path,
    scorer: Scorer,
    panels: Sequence[TestSetResult],
    measured: Sequence[Sheet],
) -> None:
    """Replace the measured part of the model card, and draw its pictures beside it."""
    folder = path.with_suffix("")
    folder.mkdir(parents=True, exist_ok=True)
    shown = charts.draw(folder, scorer, panels)
    parts = [
        f"Model version `{scorer.version}`.\n",
        *(each.markdown() for each in measured),
    ]
    parts += [
        f"### {title}\n\n![{title}]({folder.name}/{name})\n" for title, name in shown
    ]
    text = path.read_text("utf-8") if path.exists() else f"{_START}\n{_END}\n"
    before, _, rest = text.partition(_START)
    after = rest.partition(_END)[2]
    middle = "\n".join(parts)
    path.write_text(f"{before}{_START}\n{middle}\n{_END}{after}", "utf-8")
