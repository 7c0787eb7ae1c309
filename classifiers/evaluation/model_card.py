"""What an evaluation found, as the measured part of the model card."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from classifiers import consequences, pictures, sheets
from classifiers.results import Panelled
from classifiers.scoring import Scorer
from classifiers.table import Sheet

_START, _END = "<!-- measured: begin -->", "<!-- measured: end -->"


def tables(
    scorer: Scorer, card: Mapping[str, object], panels: Sequence[Panelled]
) -> list[Sheet]:
    """Return all tables, the targets first."""
    return [
        sheets.targets(panels),
        sheets.quality(panels),
        sheets.identity_terms(panels),
        consequences.false_positives(scorer, panels),
        consequences.confusion(scorer, panels),
        sheets.left_out(card),
        consequences.limits(scorer, card),
        consequences.trade_off(panels),
        sheets.disguises(scorer, panels),
        sheets.functions(scorer, panels),
    ]


def write(
    path: Path, scorer: Scorer, panels: Sequence[Panelled], measured: Sequence[Sheet]
) -> None:
    """Replace the measured part of the model card, and draw its pictures beside it."""
    folder = path.with_suffix("")
    folder.mkdir(parents=True, exist_ok=True)
    shown = pictures.draw(folder, scorer, panels)
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
