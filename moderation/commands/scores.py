"""``score``: JSON Lines in, the same lines with scores out."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, BinaryIO

import click
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from moderation import scorer as scorers
from moderation.errors import NotReady
from moderation.scorer import Explanation, Scorer
from moderation.settings import Settings

BATCH_SIZE = 256
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Line:
    """One line of input, as it was and as it is understood."""

    number: int
    raw: bytes
    fields: dict[str, Any]

    def with_answer(self, answer: Mapping[str, object]) -> bytes:
        """The line as it was, byte for byte, and `answer` at the end of it.

        Only a line that has such keys already is written anew.
        """
        if self.fields.keys() & answer.keys():
            return json.dumps({**self.fields, **answer}).encode() + b"\n"
        added = json.dumps(answer)[1:].encode()
        return self.raw.rstrip()[:-1].rstrip() + b", " + added + b"\n"


@click.command()
@click.option("--explain", is_flag=True, help="Add what moved each score.")
def score(explain: bool) -> None:
    """Read comments as JSON Lines, write the same lines with their scores.

    Each line is an object with "text" and, where known, "author", "email", "url"
    and "user_agent"; any other key is carried through. The order stays.
    """
    scorer = _load()
    lines = read_lines(sys.stdin.buffer)
    columns = (SpinnerColumn(), TextColumn("{task.completed:,.0f} comments"))
    # On a terminal only: a program that reads stderr wants errors alone.
    console = Console(stderr=True)
    with Progress(
        *columns, TimeElapsedColumn(), console=console, disable=not console.is_terminal
    ) as progress:
        task = progress.add_task("", total=None)
        while batch := list(islice(lines, BATCH_SIZE)):
            for line, answer in zip(
                batch, answers(scorer, batch, explain), strict=True
            ):
                sys.stdout.buffer.write(line.with_answer(answer))
            sys.stdout.buffer.flush()
            progress.advance(task, len(batch))


def _load() -> Scorer:
    try:
        return scorers.load(Settings.read().registry_dir)
    except scorers.failure() as error:
        raise NotReady(f"no model can be loaded: {error}") from None


def read_lines(stream: BinaryIO) -> Iterator[Line]:
    """The lines that hold something; ClickException names the first bad one."""
    for number, raw in enumerate(stream, start=1):
        if number == 1:
            raw = raw.removeprefix(_BYTE_ORDER_MARK)
        if not raw.strip():
            continue
        try:
            fields = json.loads(raw.decode())
        except (ValueError, RecursionError) as error:
            raise click.ClickException(f"line {number}: not JSON: {error}") from None
        if not isinstance(fields, dict) or not isinstance(fields.get("text"), str):
            message = 'not an object with a string under "text"'
            raise click.ClickException(f"line {number}: {message}")
        yield Line(number, raw, fields)


def answers(
    scorer: Scorer, batch: Sequence[Line], explain: bool
) -> Iterator[dict[str, object]]:
    """What is added to each line of a batch, in order."""
    for line, scores in zip(batch, _scores(scorer, batch), strict=True):
        answer: dict[str, object] = {"scores": scores}
        if explain:
            reasons = scorer.explain(line.fields)
            answer["explanation"] = {
                attribute: _reason(reason) for attribute, reason in reasons.items()
            }
        yield answer


def _scores(scorer: Scorer, batch: Sequence[Line]) -> list[dict[str, float]]:
    try:
        return scorer.score([line.fields for line in batch])
    except scorers.failure():
        # One by one, to name the line that cannot be scored.
        return [_score(scorer, line) for line in batch]


def _score(scorer: Scorer, line: Line) -> dict[str, float]:
    try:
        return scorer.score([line.fields])[0]
    except scorers.failure() as error:
        raise click.ClickException(f"line {line.number}: {error}") from None


def _reason(reason: Explanation) -> dict[str, object]:
    return {
        "intercept": reason.intercept,
        "log_odds": reason.log_odds,
        "spans": [
            {"begin": span.begin, "end": span.end, "contribution": span.contribution}
            for span in reason.spans
        ],
        "features": dict(reason.features),
    }
